//! Sign these bytes: one joint for software keys, PKCS#12, HSMs and remote signers, and the check of what they answer.

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
