//! What the bytes to be signed say: which content, by which certificate.

use chancery_certificate::Certificate;
use chancery_certificate::asn1::{Element, tag};
use chancery_cms::attributes::{
    CONTENT_TYPE, CertificateReference, DATA, MESSAGE_DIGEST, SIGNING_CERTIFICATE_V2, object_identifier,
    octet_string, signing_certificate_v2,
};
use chancery_digest::{AnyDigest, Digest, DigestAlgorithm};
use chancery_key::ToBeSigned;
use const_oid::ObjectIdentifier as Oid;
use serde::{Deserialize, Serialize};

/// Why bytes to be signed are not taken: what they sign could not be told.
#[derive(Copy, Clone, Debug, Eq, PartialEq, thiserror::Error, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContentFault {
    /// They are no signed attributes (RFC 5652, 5.4) in DER.
    #[error("the bytes to be signed are no signed attributes in DER (RFC 5652, 5.4)")]
    NoAttributes,
    /// There are more of them, or they are longer, than any signature needs.
    #[error("the bytes to be signed are longer than any signature needs")]
    TooLong,
    /// No message-digest, or not exactly one with exactly one value of the right length.
    #[error(
        "the bytes to be signed do not say exactly one digest of the content (message-digest, RFC 5652, 11.2)"
    )]
    MessageDigest,
    /// No content-type, not exactly one, or another than id-data.
    #[error("the bytes to be signed are not about plain data (content-type, RFC 5652, 11.1)")]
    ContentType,
    /// No signing-certificate-v2, not exactly one, or one that cannot be read.
    #[error(
        "the bytes to be signed do not name one certificate of the signer (signing-certificate-v2, RFC 5035)"
    )]
    SigningCertificate,
}

/// What the bytes to be signed say.
#[derive(Clone, Debug)]
pub(crate) struct Content {
    pub(crate) digest: Digest,
    certificate: CertificateReference,
}

/// Signed attributes hold some hundred bytes; timestamps of content some thousand.
const MOST_BYTES: usize = 1 << 20;

impl Content {
    /// Reads the very bytes that the key will sign.
    ///
    /// ```text
    /// SignedAttributes ::= SET SIZE (1..MAX) OF Attribute
    /// Attribute ::= SEQUENCE { attrType OBJECT IDENTIFIER, attrValues SET OF AttributeValue }
    /// ```
    pub(crate) fn read(to_be_signed: &ToBeSigned) -> Result<Self, ContentFault> {
        let bytes = to_be_signed.bytes();
        if bytes.len() > MOST_BYTES {
            return Err(ContentFault::TooLong);
        }
        let attributes = Wanted::read(bytes).ok_or(ContentFault::NoAttributes)?;
        let value = attributes.content_type.one().ok_or(ContentFault::ContentType)?;
        if object_identifier(value).ok() != Some(DATA) {
            return Err(ContentFault::ContentType);
        }
        let value = attributes.message_digest.one().ok_or(ContentFault::MessageDigest)?;
        let digest = octet_string(value).map_err(|_| ContentFault::MessageDigest)?;
        let digest = Digest::from_parts(to_be_signed.algorithm().digest(), &digest)
            .map_err(|_| ContentFault::MessageDigest)?;
        let value = attributes.signing_certificate.one().ok_or(ContentFault::SigningCertificate)?;
        let references = signing_certificate_v2(value).map_err(|_| ContentFault::SigningCertificate)?;
        // The first is the signer's; others are of its issuers (RFC 5035, 5.4.1).
        let certificate = references.into_iter().next().ok_or(ContentFault::SigningCertificate)?;
        Ok(Self { digest, certificate })
    }

    /// Whether the bytes name this certificate as the signer's.
    pub(crate) fn names(&self, certificate: &Certificate) -> bool {
        let reference = &self.certificate;
        let same_digest = match DigestAlgorithm::from_oid(&reference.digest_algorithm()) {
            Some(DigestAlgorithm::Sha256) => certificate.sha256().as_bytes() == reference.digest(),
            Some(other) => other.digest(certificate.to_der()).as_bytes() == reference.digest(),
            None => false,
        };
        same_digest && reference.issuer_serial().is_none_or(|issuer| issuer.names(certificate))
    }
}

/// The attributes that are looked for.
#[derive(Default)]
struct Wanted<'a> {
    content_type: Found<'a>,
    message_digest: Found<'a>,
    signing_certificate: Found<'a>,
}

/// How often an attribute was found.
#[derive(Default)]
enum Found<'a> {
    #[default]
    None,
    One(&'a [u8]),
    /// Twice, or with another number of values than one.
    Odd,
}

impl<'a> Found<'a> {
    const fn one(&self) -> Option<&'a [u8]> {
        match self {
            Self::One(value) => Some(value),
            Self::None | Self::Odd => None,
        }
    }

    fn add(&mut self, values: &Element<'a>) {
        let mut reader = values.reader();
        let value = reader.element().ok().filter(|_| reader.is_empty());
        *self = match (&self, value) {
            (Self::None, Some(value)) => Self::One(value.raw),
            (Self::None, None) | (Self::One(_) | Self::Odd, _) => Self::Odd,
        };
    }
}

impl<'a> Wanted<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut found = Self::default();
        let mut attributes = Element::only(bytes, tag::SET).ok()?.reader();
        if attributes.is_empty() {
            return None;
        }
        while !attributes.is_empty() {
            let mut fields = attributes.expect(tag::SEQUENCE).ok()?.reader();
            let kind = fields.expect(tag::OBJECT_IDENTIFIER).ok()?;
            let values = fields.expect(tag::SET).ok()?;
            fields.finish().ok()?;
            // A kind that cannot be held is none of ours.
            match kind.oid().ok() {
                Some(kind) if kind == CONTENT_TYPE => found.content_type.add(&values),
                Some(kind) if kind == MESSAGE_DIGEST => found.message_digest.add(&values),
                Some(kind) if kind == SIGNING_CERTIFICATE_V2 => found.signing_certificate.add(&values),
                Some(Oid { .. }) | None => {}
            }
        }
        Some(found)
    }
}
