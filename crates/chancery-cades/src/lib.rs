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
//! Levels are steps: [`CadesSigner`] makes B-B, [`CadesSignature::timestamp`] makes it B-T. The levels with evidence
//! for the long term, B-LT and B-LTA, are not done yet.
//!
//! [`CadesVerifier`] judges messages. PDF signatures hold CMS messages too: `chancery-pades` presents them to the
//! validation process by [`subject`].

#![forbid(unsafe_code)]

mod error;
mod signature;
mod signer;
mod subject;
mod verifier;

pub use error::CadesError;
pub use signature::CadesSignature;
pub use signer::CadesSigner;
pub use subject::subject;
pub use verifier::CadesVerifier;
