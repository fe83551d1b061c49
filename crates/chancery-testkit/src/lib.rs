//! A PKI in ten lines, with TSA, OCSP and CRL services in process and on loopback, for tests that need signatures.
//!
//! ```
//! use chancery_key::{KeyKind, Signer};
//! use chancery_testkit::TestPki;
//!
//! let now = "2026-11-21T12:00:00Z".parse()?;
//! let pki = TestPki::at(now);
//! let alice = pki.signer("Alice", KeyKind::P256);       // a key, its certificate and that of the issuer
//! assert_eq!(alice.chain()[0].subject().common_name().as_deref(), Some("Alice"));
//! assert_eq!(alice.chain()[1].issuer(), pki.root().subject());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`TestPki`] has a root, an issuing authority, a timestamp authority and an OCSP responder.
//! [`Profile`] describes certificates, also odd ones: expired, with the wrong purpose, with an extension that nobody
//! knows. [`TestPki::on_loopback`] puts its services on a port of this machine, and the certificates name their URLs;
//! [`Misbehaviour`] makes a service slow, wrong or absent. [`FastHasher`] makes verifiers of PINs that cost nothing. [`pdf`] makes sample documents, [`trusted_list`] the XML of trusted lists.
//!
//! Keys are new in every process (RSA keys are shared within one, because making them is slow). Time is an argument
//! everywhere: the services answer as of [`TestPki::now`], which only moves when told.
//!
//! # What it does not do
//!
//! It is no certificate authority: nothing is stored, nothing is refused, keys lie open. Functions here panic where
//! a test would want to fail, and say so: there is nothing that a test could do about a key that cannot be made.

#![forbid(unsafe_code)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a toolkit for tests fails where the test would: loudly, with the reason"
)]

mod authority;
pub mod conformance;
mod crl;
mod encoding;
mod extension;
mod fast_hasher;
mod identity;
mod keys;
pub mod mime;
mod misbehaviour;
mod ocsp;
pub mod oid;
pub mod pdf;
mod pkcs12;
mod pki;
mod profile;
mod reason;
mod server;
mod services;
mod timestamp;
pub mod trusted_list;

pub use authority::{Locations, TestAuthority};
pub use crl::CrlProfile;
pub use extension::TestExtension;
pub use fast_hasher::FastHasher;
pub use identity::TestIdentity;
pub use keys::test_key;
pub use misbehaviour::Misbehaviour;
pub use ocsp::{OcspAnswer, OcspStatus};
pub use pki::TestPki;
pub use profile::Profile;
pub use reason::{Revocation, RevocationReason};
pub use server::LoopbackServer;
pub use services::TestService;
