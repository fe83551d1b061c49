//! Why evidence cannot be written to a file, or read from one.

use chancery_cms::CmsError;
use const_oid::ObjectIdentifier;

/// Why evidence could not be written to a file, or read from one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvidenceFileError {
    /// A CRL that is not in memory cannot be read.
    #[error("a CRL cannot be read: {reason}")]
    Crl {
        /// What the medium reports.
        reason: String,
    },
    /// The bytes are no message that carries certificates and revocation information, or a piece is not DER.
    #[error("not a file of evidence: {0}")]
    Message(#[from] CmsError),
    /// Certificates of the file cannot be read, are longer than 64 KiB, or are no X.509 certificates.
    #[error("the file holds {unread} certificates that cannot be read")]
    UnreadCertificates {
        /// How many.
        unread: usize,
    },
    /// A certificate is too long to be read again.
    #[error(
        "the certificate of \"{subject}\" has {length} bytes, more than the {limit} that can be read again"
    )]
    CertificateTooLong {
        /// Whose it is.
        subject: String,
        /// How long it is, in bytes.
        length: usize,
        /// How long it may be, in bytes.
        limit: usize,
    },
    /// An OCSP answer is not one element of DER.
    #[error("OCSP answer {position} is not DER, so it cannot be kept: {reason}")]
    OcspAnswer {
        /// Which, counted from 1.
        position: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// The file holds revocation information of a kind that is not known here.
    #[error("the file holds revocation information of the kind {format}, which is not known here")]
    UnknownKind {
        /// The kind.
        format: ObjectIdentifier,
    },
}
