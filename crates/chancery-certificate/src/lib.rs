//! X.509 certificates as they were received: raw bytes, names, extensions, claims.
//!
//! ```no_run
//! use chancery_certificate::Certificate;
//!
//! let certificate = Certificate::from_pem(&std::fs::read("alice.pem")?)?;
//! println!("{} until {}", certificate.subject(), certificate.not_after());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! This crate decides nothing. Whether a certificate can be trusted is for `chancery-chain`; what it says about
//! itself, that it is "qualified" for example, are [claims](Certificate::claims) until someone checks them.
//!
//! Everything that was signed is kept as received and handed out as raw bytes, never encoded again. The
//! [`asn1`] module, a small reader that works this way, is public because the crates above need the same.

#![forbid(unsafe_code)]

mod algorithm;
pub mod asn1;
mod asn1_error;
mod certificate;
mod certificate_extensions;
mod claims;
mod description;
mod error;
mod extension;
mod general_name;
mod irregularity;
mod name;
mod name_parts;
mod name_preparation;
mod name_reader;
mod name_text;
mod name_text_error;
mod octets;
mod pem;
mod policy_information;
mod printable;
mod public_key;
mod usage;

pub use algorithm::AlgorithmIdentifier;
pub use certificate::Certificate;
pub use claims::{
    Claim, ClaimedPerson, ClaimedUse, Claims, IdentityNumber, IdentityScheme, MonetaryLimit, NameSemantics,
    Person, PersonClue, StandardPolicy,
};
pub use description::Description;
pub use error::CertificateError;
pub use extension::{
    AccessDescription, AuthorityKeyIdentifier, BasicConstraints, DistributionPoint, Extension, KeyUsage,
    KeyUsages, ReasonFlags,
};
pub use general_name::GeneralName;
pub use irregularity::{Irregularity, IrregularityKind, Place};
pub use name::{Name, NameAttribute};
pub use name_preparation::{PreparedName, prepare_text};
pub use name_text_error::{NameTextError, NameTextFault};
pub use octets::Octets;
pub use policy_information::PolicyInformation;
pub use printable::{misleads, printable};
pub use public_key::PublicKeySummary;
pub use usage::purpose_name;
