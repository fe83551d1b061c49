//! Why an OCSP answer cannot be read.

use chancery_certificate::asn1::Asn1Error;
use const_oid::ObjectIdentifier;

/// Why bytes are no OCSP answer that could be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OcspError {
    /// The bytes are no OCSP answer.
    #[error("not an OCSP answer: {0}")]
    Malformed(#[from] Asn1Error),
    /// The responder answered with an error and signed nothing (RFC 6960 §2.3).
    #[error("the responder answered with the error {status}; ask again later, or another source")]
    Refused {
        /// The error, as RFC 6960 names it.
        status: &'static str,
    },
    /// An answer of a type that RFC 6960 does not define.
    #[error("the answer is of the type {0}, which is not known here")]
    UnknownType(ObjectIdentifier),
    /// A version other than 1.
    #[error("the answer has a version other than 1")]
    Version,
    /// The responder is named neither by name nor by key.
    #[error("the answer does not say who gave it")]
    Responder,
    /// A status other than good, revoked and unknown.
    #[error("the answer has a status that RFC 6960 does not define")]
    Status,
    /// An extension stands twice.
    #[error("the extension {0} stands twice in the answer")]
    DuplicateExtension(ObjectIdentifier),
}
