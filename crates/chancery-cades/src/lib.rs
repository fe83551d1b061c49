//! CAdES signatures (ETSI EN 319 122-1): CMS signatures with the attributes and timestamps that make them last.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use chancery_cades::CadesSigner;
//! use chancery_key::{Password, SoftwareSigner};
//!
//! let alice = SoftwareSigner::from_pkcs12(&std::fs::read("alice.p12")?, &Password::from("secret"))?;
//! let signed = CadesSigner::new(&alice, "2026-11-21T12:00:00Z".parse()?).sign(b"I approve".to_vec())?;
//! std::fs::write("approval.p7m", signed.into_bytes())?;
//! # Ok(()) }
//! ```
//!
//! # Signatures that last
//!
//! That is level B-B: a signature that can be judged while its certificate is valid. What makes it last is added in
//! steps, to signatures of our own and of others; no byte of what stands there is changed.
//!
//! ```no_run
//! # use chancery_chain::{ChainVerifier, Purpose, RevocationPolicy, TrustAnchors};
//! # fn last<T: chancery_http::Transport>(
//! #     network: &T,
//! #     authority: &chancery_timestamp::TimestampAuthority<T>,
//! #     rng: &mut impl rand_core::CryptoRng,
//! #     now: jiff::Timestamp,
//! # ) -> Result<(), Box<dyn std::error::Error>> {
//! use chancery_cades::{CadesSignature, LongTermCollector};
//! use chancery_cms::SignedMessage;
//!
//! let anchors = TrustAnchors::from_pem(&std::fs::read("roots.pem")?)?;
//! let verifier = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require);
//!
//! let signed = CadesSignature::first_of(SignedMessage::from_file_bytes(&std::fs::read("approval.p7m")?)?)?;
//! let signed = signed.timestamp(authority, rng)?;
//! let evidence = LongTermCollector::new(&signed, &verifier, &verifier, now)?.collect(network)?;
//! let signed = signed.preserve(&evidence)?.archive(authority, rng)?;
//! std::fs::write("approval.p7m", signed.into_bytes())?;
//! # Ok(()) }
//! ```
//!
//! | level | what is added | what it is good for |
//! |---|---|---|
//! | B-T | [`timestamp`](CadesSignature::timestamp): a timestamp over the signature | it was there at that time: what is revoked later does not touch it |
//! | B-LT | [`preserve`](CadesSignature::preserve): certificates, CRLs and OCSP answers of the signer and the timestamp authority | whoever judges it years later need not ask anybody |
//! | B-LTA | [`archive`](CadesSignature::archive): a timestamp over all that | it outlives certificates that expire and algorithms that weaken, if it is renewed in time: preserve and archive once more |
//!
//! Whatever goes over a network also comes in two halves, so that any client will do, blocking or not: a digest to be
//! stamped and the token for it ([`prepare_archive`](CadesSignature::prepare_archive)), requests of a
//! [`LongTermCollector`] and their answers. Of content that is kept elsewhere only digests are needed
//! ([`archive_detached`](CadesSignature::archive_detached)).
//!
//! # Judging
//!
//! [`CadesVerifier`] judges messages under a [`Policy`](chancery_ades::Policy); [`Level::of`] says what level a signature
//! has by its form, also in the forms of earlier years. PDF signatures hold CMS messages too: `chancery-pades` presents
//! them to the validation process by [`subject`].

#![forbid(unsafe_code)]

mod archive;
pub mod attributes;
mod catalogue;
mod collector;
mod continued;
mod countersignatures;
mod enclosed;
mod error;
mod hash_index;
mod hash_index_fault;
mod imprint;
mod level;
mod long_term;
mod needed;
mod particulars;
mod settled;
mod signature;
mod signer;
mod stamps;
mod subject;
mod verifier;

pub use archive::PreparedArchive;
pub use collector::{LongTermCollector, LongTermStep, PendingLongTermFetch};
pub use error::{CadesError, MissingEvidence};
pub use hash_index_fault::HashIndexFault;
pub use level::Level;
pub use long_term::LongTermEvidence;
pub use needed::{Holder, NeededChain, lacking};
pub use signature::CadesSignature;
pub use signer::CadesSigner;
pub use stamps::content_algorithms;
pub use subject::subject;
pub use verifier::CadesVerifier;
