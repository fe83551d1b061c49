//! What can be wrong with a certificate.

use const_oid::ObjectIdentifier as Oid;

use crate::asn1_error::Asn1Error;

/// A certificate that could not be read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// The bytes are not the DER of a certificate.
    #[error("this is not an X.509 certificate: {0}")]
    Structure(#[from] Asn1Error),
    /// An extension stands twice, which RFC 5280, 4.2 forbids: which of them holds?
    #[error("the certificate has the extension {oid} twice")]
    ExtensionTwice {
        /// The extension.
        oid: Oid,
    },
    /// The value of an extension is not what the extension's definition says.
    #[error("the certificate's extension {oid} cannot be read: {fault}")]
    Extension {
        /// The extension.
        oid: Oid,
        /// What is wrong with its value; the offset counts from where the value begins.
        fault: Asn1Error,
    },
    /// The public key is not what its algorithm says.
    #[error("the certificate's public key cannot be read: {0}")]
    PublicKey(Asn1Error),
    /// The text holds no `-----BEGIN CERTIFICATE-----`.
    #[error("there is no certificate in this text; PEM begins with -----BEGIN CERTIFICATE-----")]
    NoPem,
    /// The text between BEGIN and END is not Base64.
    #[error("the PEM block that begins at byte {offset} is damaged")]
    DamagedPem {
        /// Where the block begins.
        offset: usize,
    },
}
