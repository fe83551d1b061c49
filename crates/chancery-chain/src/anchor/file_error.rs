//! What can be wrong with a file of trust anchors.

use chancery_certificate::CertificateError;
use chancery_cms::CmsError;

/// A file of trust anchors that could not be read. Nothing of it is trusted then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnchorFileError {
    /// A certificate cannot be read.
    #[error("certificate {number} of the file cannot be read: {error}")]
    Certificate {
        /// Which, counted from 1.
        number: usize,
        /// What is wrong with it.
        #[source]
        error: CertificateError,
    },
    /// The message cannot be read, or holds more certificates than any honest one.
    #[error("this is no PKCS #7 file of certificates: {0}")]
    Message(#[from] CmsError),
    /// The message is signed, or has content: it is a signature, not a file of certificates.
    #[error(
        "this is a signed message, and the certificates of a signature are anybody's; to trust one, save it as a file of its own"
    )]
    Signed,
    /// Among the certificates of the message there is something that is none.
    #[error(
        "{count} of the file's certificates cannot be read (attribute certificates, perhaps); save the others as PEM"
    )]
    Unread {
        /// How many.
        count: usize,
    },
    /// A block of PEM has no end.
    #[error("the PEM block that begins at byte {offset} has no end")]
    DamagedPem {
        /// Where the block begins.
        offset: usize,
    },
    /// A certificate with trust settings of OpenSSL. There a setting for one purpose also withdraws trust from other
    /// paths through the same key, which has no equivalent here, so it is not read as if it had none.
    #[error(
        "the block at byte {offset} is a TRUSTED CERTIFICATE of OpenSSL, whose trust settings are not read; convert it with \"openssl x509 -in FILE -out PLAIN.pem\" and say what it is trusted for with AnchorConstraints"
    )]
    OpensslTrust {
        /// Where the block begins.
        offset: usize,
    },
    /// More certificates than any store holds.
    #[error("more than {limit} certificates in one file: refused, to keep the work bounded")]
    TooMany {
        /// How many are allowed.
        limit: usize,
    },
    /// There is no certificate in the file.
    #[error("there is no certificate in this file")]
    Empty,
    /// Neither PEM nor DER of a certificate nor PKCS #7.
    #[error("this is neither a certificate in PEM or DER nor a PKCS #7 file of certificates")]
    NotRecognised,
}
