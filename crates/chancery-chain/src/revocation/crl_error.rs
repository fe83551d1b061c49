//! Why a CRL cannot be used.

use chancery_certificate::asn1::Asn1Error;
use const_oid::ObjectIdentifier;

/// Why a list cannot answer for a certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RevocationListError {
    /// The bytes are no CRL.
    #[error("not a certificate revocation list: {0}")]
    Malformed(#[from] Asn1Error),
    /// What stands around the entries of a list that is not in memory is no CRL.
    #[error("not a certificate revocation list: at byte {offset} {what}")]
    Frame {
        /// Where.
        offset: usize,
        /// What is wrong.
        what: &'static str,
    },
    /// What holds the list cannot be read.
    #[error("the list cannot be read: {reason}")]
    Unreadable {
        /// What the medium reports.
        reason: String,
    },
    /// Something beside the entries is longer than any list in use has it.
    #[error("{what} in the list is longer than {allowed} bytes")]
    TooLong {
        /// What is too long.
        what: &'static str,
        /// How many bytes are allowed.
        allowed: usize,
    },
    /// An entry cannot be read.
    #[error("the entry at byte {offset} of the list cannot be read")]
    Entry {
        /// Where the entry begins.
        offset: usize,
    },
    /// The two statements of the signature algorithm differ (RFC 5280 §5.1.1.2).
    #[error("the list names one signature algorithm inside what is signed and another outside")]
    AlgorithmMismatch,
    /// An extension stands twice.
    #[error("the extension {0} stands twice in the list")]
    DuplicateExtension(ObjectIdentifier),
    /// Extensions in a list that is not of version 2 (RFC 5280 §5.1.2.1), or an unknown version.
    #[error("the list has a version that does not allow what it holds")]
    Version,
    /// A critical extension that is not known here (RFC 5280 §5.2 and §5.3): the list must not be used.
    #[error("the list has the critical extension {0}, which is not known here")]
    UnknownCriticalExtension(ObjectIdentifier),
    /// A number of a list that is negative or has more than 20 octets (RFC 5280 §5.2.3).
    #[error("the list's number, or that of the list that it continues, is negative or longer than 20 octets")]
    Number,
    /// The issuing distribution point contradicts itself (RFC 5280 §5.2.5).
    #[error("the list's issuing distribution point {0}")]
    Scope(&'static str),
}
