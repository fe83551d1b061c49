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
//! Levels are steps, each by itself, on signatures of our own and of others: [`CadesSigner`] makes B-B,
//! [`CadesSignature::timestamp`] makes it B-T, [`preserve`](CadesSignature::preserve) B-LT,
//! [`archive`](CadesSignature::archive) B-LTA. Whatever goes over a network comes in two halves, so that any transport
//! will do: a digest to be stamped and the token for it, requests of a [`LongTermCollector`] and their answers.
//!
//! [`Level::of`] says what level a signature has, also in the forms of earlier years.
//!
//! [`CadesVerifier`] judges messages. PDF signatures hold CMS messages too: `chancery-pades` presents them to the
//! validation process by [`subject`].

#![forbid(unsafe_code)]

mod archive;
pub mod attributes;
mod catalogue;
mod collector;
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
pub use needed::{Holder, NeededChain};
pub use signature::CadesSignature;
pub use signer::CadesSigner;
pub use stamps::content_algorithms;
pub use subject::subject;
pub use verifier::CadesVerifier;
