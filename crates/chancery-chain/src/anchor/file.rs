//! Trust anchors out of files: PEM, DER and PKCS #7.

use chancery_certificate::asn1::{Reader, tag};
use chancery_certificate::{Certificate, CertificateError};
use chancery_cms::{CmsError, SignedMessage};

use crate::anchor::TrustAnchors;
use crate::anchor::file_error::AnchorFileError;

/// Certificates that one file may hold. The largest store in use, all services of the trusted lists of the European
/// Union, has some thousands.
const MOST_CERTIFICATES: usize = 16_384;

/// A SEQUENCE of indefinite length.
const INDEFINITE: [u8; 2] = [tag::SEQUENCE, 0x80];

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";

/// Whoever reads a file of trust anchors trusts whoever could write it: nothing in these forms proves where they come
/// from. Several files, or a folder, are a loop of the caller's, whose results are put together with
/// [`TrustAnchors::new`].
impl TrustAnchors {
    /// Trusts the certificates of a file whose form is not known: PEM, a certificate in DER (`.cer`, `.crt`), or
    /// certificates in PKCS #7 (`.p7b`, `.p7c`). What counts are the bytes, not the name.
    ///
    /// # Errors
    /// As the other constructors say, or when the file is none of these.
    pub fn from_file_bytes(bytes: &[u8]) -> Result<Self, AnchorFileError> {
        // DER says its length, so that text in a certificate is not taken for the text of a file.
        let outer = Reader::new(bytes).element().ok();
        let whole = outer.filter(|outer| outer.tag == tag::SEQUENCE && outer.raw.len() == bytes.len());
        match whole.map(|whole| whole.reader().peek()) {
            // ContentInfo begins with its type, a certificate with what is signed.
            Some(Some(tag::OBJECT_IDENTIFIER)) => Self::from_pkcs7(bytes),
            Some(_) => Self::from_der(bytes),
            None if !bytes.starts_with(&INDEFINITE) && find(bytes, BEGIN, 0).is_some() => {
                Self::from_pem(bytes)
            }
            // BER of indefinite length, or Base64 without its lines of dashes.
            None => Self::from_pkcs7(bytes).map_err(|error| match error {
                AnchorFileError::Message(CmsError::NotRecognised) => AnchorFileError::NotRecognised,
                other => other,
            }),
        }
    }

    /// Trusts every certificate of a PEM text: blocks named `CERTIFICATE`, and `PKCS7` or `CMS` as
    /// [`from_pkcs7`](Self::from_pkcs7) reads them. Other blocks and text between blocks are passed over.
    ///
    /// # Errors
    /// When a block cannot be read, when the text holds no certificate or too many, or when it holds a
    /// `TRUSTED CERTIFICATE` of OpenSSL, whose trust settings would be lost.
    pub fn from_pem(text: &[u8]) -> Result<Self, AnchorFileError> {
        let mut certificates = Vec::new();
        let mut offset = 0;
        while let Some(begin) = find(text, BEGIN, offset) {
            let block = block(text, begin)?;
            offset = begin + block.len();
            match label(block) {
                b"CERTIFICATE" | b"X509 CERTIFICATE" => {
                    let certificate = Certificate::from_pem(block);
                    add(&mut certificates, certificate.map_err(|error| located(error, begin)))?;
                }
                b"PKCS7" | b"CMS" => {
                    for certificate in carried(&SignedMessage::from_file_bytes(block)?)? {
                        add(&mut certificates, Ok(certificate))?;
                    }
                }
                b"TRUSTED CERTIFICATE" => return Err(AnchorFileError::OpensslTrust { offset: begin }),
                _ => {}
            }
        }
        all(certificates)
    }

    /// Trusts this certificate in DER.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn from_der(bytes: &[u8]) -> Result<Self, AnchorFileError> {
        let mut certificates = Vec::new();
        add(&mut certificates, Certificate::from_der(bytes))?;
        all(certificates)
    }

    /// Trusts the certificates that a PKCS #7 or CMS message without signers carries (`.p7b`, `.p7c`; RFC 5652 §5.2),
    /// in BER, DER, PEM or Base64.
    ///
    /// # Errors
    /// When it cannot be read, carries no certificate or too many, carries something among its certificates that is
    /// none, or is a signed message: the certificates of a signature are anybody's.
    pub fn from_pkcs7(bytes: &[u8]) -> Result<Self, AnchorFileError> {
        all(carried(&SignedMessage::from_file_bytes(bytes)?)?)
    }
}

fn carried(message: &SignedMessage) -> Result<Vec<Certificate>, AnchorFileError> {
    if !message.signers().is_empty() || message.content().is_some() {
        return Err(AnchorFileError::Signed);
    }
    if !message.unread_certificates().is_empty() {
        return Err(AnchorFileError::Unread { count: message.unread_certificates().len() });
    }
    Ok(message.certificates().to_vec())
}

fn add(
    certificates: &mut Vec<Certificate>,
    next: Result<Certificate, CertificateError>,
) -> Result<(), AnchorFileError> {
    let number = certificates.len() + 1;
    if number > MOST_CERTIFICATES {
        return Err(AnchorFileError::TooMany { limit: MOST_CERTIFICATES });
    }
    certificates.push(next.map_err(|error| AnchorFileError::Certificate { number, error })?);
    Ok(())
}

fn all(certificates: Vec<Certificate>) -> Result<TrustAnchors, AnchorFileError> {
    match certificates.len() {
        0 => Err(AnchorFileError::Empty),
        count if count > MOST_CERTIFICATES => Err(AnchorFileError::TooMany { limit: MOST_CERTIFICATES }),
        _ => Ok(TrustAnchors::new(certificates)),
    }
}

/// The block that begins here, to the end of its last line.
fn block(text: &[u8], begin: usize) -> Result<&[u8], AnchorFileError> {
    let damaged = AnchorFileError::DamagedPem { offset: begin };
    let Some(end) = find(text, END, begin) else { return Err(damaged) };
    // A block that begins within another one would hide it.
    if find(&text[..end], BEGIN, begin + BEGIN.len()).is_some() {
        return Err(damaged);
    }
    let end = text[end..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |at| end + at + 1);
    Ok(&text[begin..end])
}

fn label(block: &[u8]) -> &[u8] {
    let rest = block.get(BEGIN.len()..).unwrap_or_default();
    find(rest, DASHES, 0).map_or(&[], |end| &rest[..end])
}

/// The block is read by itself; what is said of it counts from the beginning of the text.
fn located(error: CertificateError, begin: usize) -> CertificateError {
    match error {
        CertificateError::DamagedPem { offset } => CertificateError::DamagedPem { offset: begin + offset },
        other => other,
    }
}

fn find(text: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    text.get(from..)?.windows(needle.len()).position(|window| window == needle).map(|at| from + at)
}
