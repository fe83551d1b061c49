//! The request as it travels.

use chancery_certificate::asn1::{self, Asn1Error, Element, tag};
use const_oid::ObjectIdentifier as Oid;

use crate::info::Imprint;

/// What a client asks of an authority (RFC 3161, 2.4.1).
///
/// ```text
/// TimeStampReq ::= SEQUENCE {
///     version         INTEGER { v1(1) },
///     messageImprint  MessageImprint,
///     reqPolicy       TSAPolicyId OPTIONAL,
///     nonce           INTEGER OPTIONAL,
///     certReq         BOOLEAN DEFAULT FALSE,
///     extensions      [0] IMPLICIT Extensions OPTIONAL }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TimestampRequest {
    pub(crate) version: u64,
    pub(crate) imprint: Imprint,
    pub(crate) policy: Option<Oid>,
    pub(crate) nonce: Option<Vec<u8>>,
    pub(crate) certificates: CertificateRequest,
    pub(crate) extensions: Option<Vec<u8>>,
}

/// Whether the token shall carry the authority's certificate (`certReq`).
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub enum CertificateRequest {
    /// No: the client has it.
    #[default]
    Omit,
    /// Yes.
    Include,
}

impl TimestampRequest {
    /// The version, which is 1.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// What is to be stamped.
    #[must_use]
    pub const fn imprint(&self) -> &Imprint {
        &self.imprint
    }

    /// The policy asked for.
    #[must_use]
    pub const fn policy(&self) -> Option<Oid> {
        self.policy
    }

    /// The nonce, as the content octets of the INTEGER.
    #[must_use]
    pub fn nonce(&self) -> Option<&[u8]> {
        self.nonce.as_deref()
    }

    /// Whether the certificate is asked for.
    #[must_use]
    pub const fn certificates(&self) -> CertificateRequest {
        self.certificates
    }

    /// The extensions as encoded, `[0]` and all.
    #[must_use]
    pub fn extensions(&self) -> Option<&[u8]> {
        self.extensions.as_deref()
    }

    /// The DER encoding.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        let policy = self.policy.as_ref().map(asn1::oid);
        let nonce = self.nonce.as_ref().map(|nonce| asn1::encode(tag::INTEGER, nonce));
        let certificates = match self.certificates {
            CertificateRequest::Omit => Vec::new(),
            CertificateRequest::Include => asn1::encode(tag::BOOLEAN, &[0xff]),
        };
        asn1::sequence(&[
            &asn1::integer(&self.version.to_be_bytes()),
            &self.imprint.to_der(),
            &policy.unwrap_or_default(),
            &nonce.unwrap_or_default(),
            &certificates,
            self.extensions.as_deref().unwrap_or_default(),
        ])
    }

    /// Reads a request.
    ///
    /// # Errors
    /// The bytes are not exactly one TimeStampReq in DER.
    pub fn from_der(der: &[u8]) -> Result<Self, Asn1Error> {
        let mut fields = Element::only(der, tag::SEQUENCE)?.reader();
        let version = fields.expect(tag::INTEGER)?.small_integer()?;
        let imprint = Imprint::read(&mut fields)?;
        let policy = fields.optional(tag::OBJECT_IDENTIFIER)?.map(|element| element.oid()).transpose()?;
        let nonce = fields.optional(tag::INTEGER)?.map(|element| element.integer()).transpose()?;
        let certificates =
            match fields.optional(tag::BOOLEAN)?.map(|element| element.boolean()).transpose()? {
                Some(true) => CertificateRequest::Include,
                _ => CertificateRequest::Omit,
            };
        let extensions = fields.optional(tag::constructed(0))?.map(|element| element.raw.to_vec());
        fields.finish()?;
        Ok(Self { version, imprint, policy, nonce: nonce.map(<[u8]>::to_vec), certificates, extensions })
    }
}
