//! Sign these bytes: one joint for software keys, PKCS#12 files, HSMs, remote services and people, and the check of
//! what they answer.
//!
//! ```
//! use chancery_digest::DigestAlgorithm;
//! use chancery_key::{KeyKind, SoftwareKey, ToBeSigned};
//! use getrandom::{SysRng, rand_core::UnwrapErr};
//!
//! let key = SoftwareKey::generate(KeyKind::P256, &mut UnwrapErr(SysRng))?;
//! let message = ToBeSigned::new(key.default_algorithm(), b"I approve this contract".to_vec());
//! let signature = key.sign(&message)?;
//! key.public_key().verify(&message.algorithm().claimed(), message.bytes(), signature.as_bytes())?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A key with its certificates is a [`SoftwareSigner`], and most come out of a PKCS#12 file:
//!
//! ```no_run
//! use chancery_key::{Password, Signer, SoftwareSigner, ToBeSigned};
//!
//! let signer = SoftwareSigner::from_pkcs12(&std::fs::read("alice.p12")?, &Password::from("secret"))?;
//! let message = ToBeSigned::new(signer.algorithm(), b"I approve this contract".to_vec());
//! let checked = signer.sign(&message)?.check(signer.certificate(), &message)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The joint
//!
//! [`Signer`] has one verb: [`sign`](Signer::sign) takes a [`ToBeSigned`] (bytes, digest and DigestInfo, whichever the
//! key wants) and answers a [`SignatureValue`]. Implement it for a token, a service or a person with a phone.
//! [`SignatureValue::check`] makes a [`CheckedSignature`] of the answer, or says why it is none; what our own software
//! keys have just made is not computed a second time.
//!
//! # What is computed
//!
//! | algorithm | signed | verified |
//! | --- | --- | --- |
//! | RSA PKCS#1 v1.5 (SHA-2, SHA-3) | 2048 to 8192 bits | 1024 to 8192 bits, also with SHA-1 and MD5 |
//! | RSA-PSS (SHA-2, SHA-3) | one digest for message and mask | likewise, exact salt length, also with SHA-1 |
//! | ECDSA on P-256, P-384, P-521, brainpoolP256r1, brainpoolP384r1 (SHA-2, SHA-3) | nonces by RFC 6979, or AWS-LC's | strict DER, also with SHA-1 |
//! | Ed25519 | yes | strict, no points of small order |
//!
//! Everything else is named by its object identifier in an `Unsupported` error: the other brainpool curves, Ed448,
//! DSA, SHAKE, ML-DSA. What is *computed* is not thereby *acceptable*: [`lifetime`] says until when each algorithm was.
//!
//! # Who computes
//!
//! The RustCrypto crates, or AWS-LC with the feature `aws-lc` ([`Provider`]); both are held to the same tests. Keep
//! production RSA keys in AWS-LC, a token or a service.
//!
//! The RustCrypto curves are written to run in constant time, and their authors say that nobody independent has
//! audited that; the brainpool curves, which AWS-LC lacks, are always theirs. Keys that matter are better kept in a
//! token, a card or a service.
//!
//! This crate reads no clock and opens no socket, and validates no certificate: `chancery-chain` does.

#![forbid(unsafe_code)]

mod algorithm;
#[cfg(feature = "aws-lc")]
mod aws_lc;
mod certificate_order;
mod digest_info;
mod error;
mod identifier;
mod key_file;
mod kind;
pub mod lifetime;
mod material;
mod named_curve;
mod password;
mod pbes;
mod pkcs12;
mod pkcs12_error;
mod pkcs12_mac;
mod private_key;
mod provider;
mod pss;
mod public_key;
mod rsa_arithmetic;
mod rsa_key;
mod rust_crypto;
mod signature;
mod signer;
mod software_key;
mod software_signer;
mod to_be_signed;
mod work;

pub use algorithm::{ClaimedAlgorithm, SignatureAlgorithm};
pub use error::{AlgorithmError, KeyError, SignerError, VerifyError};
pub use identifier::ParameterReading;
pub use kind::KeyKind;
pub use password::Password;
pub use pkcs12::{Pkcs12, Pkcs12Key};
pub use pkcs12_error::Pkcs12Error;
pub use provider::Provider;
pub use public_key::PublicKey;
pub use signature::{CheckedSignature, SignatureValue};
pub use signer::Signer;
pub use software_key::SoftwareKey;
pub use software_signer::SoftwareSigner;
pub use to_be_signed::ToBeSigned;
