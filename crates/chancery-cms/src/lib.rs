//! CMS SignedData (RFC 5652): assembled in two steps around the key, read as it was signed, each signer
//! checked.
//!
//! ```
//! use chancery_cms::{Preparation, SignedMessage, SignerCheck};
//! use chancery_key::Signer;
//!
//! fn sign(alice: &impl Signer, contract: Vec<u8>) -> Result<SignedMessage, Box<dyn std::error::Error>> {
//!     let prepared = Preparation::enclosing(alice.chain(), alice.algorithm(), contract).prepare()?;
//!     let signature = alice.sign(prepared.to_be_signed())?;
//!     Ok(prepared.finish(signature)?)
//! }
//!
//! fn look(file: &[u8]) -> Result<(), chancery_cms::CmsError> {
//!     let message = SignedMessage::from_file_bytes(file)?;
//!     let content = message.content_digests();
//!     for signer in message.signers() {
//!         match signer.check(&message, &content, &[]) {
//!             SignerCheck::Sound(signer) => println!("signed with the key of {}", signer.certificate().subject()),
//!             SignerCheck::Faulty(faults) => faults.iter().for_each(|fault| println!("not sound: {fault}")),
//!         }
//!     }
//!     Ok(())
//! }
//! ```
//!
//! [`SignerInfo::check`] says whether *this content was signed with the key of this certificate*, and for every
//! other case what is wrong: [`SignerFault`], each with its [kind](FaultKind), so that "broken" and "cannot tell"
//! never look alike. It knows no policy: whether the certificate can be trusted is for `chancery-chain`, whether
//! the algorithms were good enough for `chancery-key`'s `lifetime`, what a signature must contain for
//! `chancery-cades` and `chancery-timestamp`.
//!
//! Real messages come in BER: indefinite lengths, strings in pieces, sets out of order. They are read as they
//! are, nothing that was signed is encoded again to be verified, and work is bounded by the length of the input.
//!
//! Content need not fit into memory: [`MessageReader`] reads and [`MessageWriter`] writes messages with content of any
//! size in one pass and constant memory.

#![forbid(unsafe_code)]

mod around;
mod assembly;
mod attribute;
pub mod attributes;
mod bare;
mod ber;
mod bounds;
mod canonical;
mod certificates_only;
mod check;
mod content_info;
mod countersignature;
mod countersigned;
mod der;
mod enclosures;
mod error;
mod ess;
mod examination;
mod extend;
mod fault;
mod known_certificates;
mod message;
mod message_check;
mod policy_statement;
mod prepare;
mod received;
mod reframe;
mod revocation_archive;
mod shelf;
mod signer;
mod signer_preparation;
mod statement_parts;
mod statement_reading;
pub mod statements;
mod stored;
mod stream;
mod unsigned;
mod wrapping;

pub use assembly::Assembly;
pub use attribute::{
    ATTRIBUTES_BEGINNING, Attribute, Attributes, begins_as_signed_attributes, resembles_signed_attributes,
};
pub use bare::BareSignature;
pub use check::{CertificateBinding, CheckedSigner, SignerCheck};
pub use countersignature::{CountersignaturePreparation, FinishedCountersignature, PreparedCountersignature};
pub use countersigned::CountersignatureCheck;
pub use enclosures::Enclosures;
pub use error::{BerFault, CmsError};
pub use fault::{FaultKind, Reading, Remark, SignerFault, WithoutContent};
pub use known_certificates::KnownCertificates;
pub use message::{OtherRevocation, SignedMessage};
pub use message_check::MessageCheck;
pub use prepare::{Preparation, PreparedMessage};
pub use received::{ReceivedElement, ReceivedMessage, ReceivedSet, ReceivedSigner, ReceivedValue};
pub use signer::{SignerIdentifier, SignerInfo};
pub use signer_preparation::{
    CertificateReferences, FinishedSigner, Identification, PreparedSigner, SignerPreparation,
};
pub use stream::{ContentWriter, EnclosedContent, Enclosing, MessageReader, MessageWriter};
