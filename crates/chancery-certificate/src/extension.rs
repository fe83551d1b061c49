//! The extensions of a certificate (RFC 5280, 4.2).

use const_oid::ObjectIdentifier as Oid;

use crate::GeneralName;
use crate::asn1::{Asn1Error, Element, Reader, tag};

/// An extension as it was received.
///
/// ```text
/// Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Extension {
    /// Which extension.
    pub oid: Oid,
    /// Whether whoever does not understand it must refuse the certificate.
    pub critical: bool,
    /// The content of `extnValue`.
    pub value: Vec<u8>,
}

impl Extension {
    /// Reads `Extensions`, the elements of a SEQUENCE: of a certificate, a CRL or an OCSP answer.
    ///
    /// # Errors
    /// If one is not an extension.
    pub fn read_all(mut extensions: Reader<'_>) -> Result<Vec<Self>, Asn1Error> {
        let mut all = Vec::new();
        while !extensions.is_empty() {
            let mut fields = extensions.expect(tag::SEQUENCE)?.reader();
            let oid = fields.expect(tag::OBJECT_IDENTIFIER)?.oid()?;
            // DER forbids to write the default, but enough certificates do; it says the same.
            let critical = fields.optional(tag::BOOLEAN)?.map_or(Ok(false), |element| element.boolean())?;
            let value = fields.expect(tag::OCTET_STRING)?.content.to_vec();
            fields.finish()?;
            all.push(Self { oid, critical, value });
        }
        Ok(all)
    }
}

/// Whether the certificate is a certification authority's, and how long a path below it may be (4.2.1.9).
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct BasicConstraints {
    /// Whether the certificate is a certification authority's.
    pub authority: bool,
    /// How many intermediate certificates may follow, not counting self-issued ones.
    pub path_length: Option<u64>,
}

impl BasicConstraints {
    pub(crate) fn from_der(bytes: &[u8]) -> Result<Self, Asn1Error> {
        let mut fields = Element::only(bytes, tag::SEQUENCE)?.reader();
        let authority = fields.optional(tag::BOOLEAN)?.map_or(Ok(false), |element| element.boolean())?;
        let path_length =
            fields.optional(tag::INTEGER)?.map(|element| element.small_integer()).transpose()?;
        fields.finish()?;
        Ok(Self { authority, path_length })
    }
}

/// One of the things that a key may be used for (4.2.1.3).
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum KeyUsage {
    /// digitalSignature (0).
    DigitalSignature,
    /// nonRepudiation, by its newer name contentCommitment (1).
    NonRepudiation,
    /// keyEncipherment (2).
    KeyEncipherment,
    /// dataEncipherment (3).
    DataEncipherment,
    /// keyAgreement (4).
    KeyAgreement,
    /// keyCertSign (5).
    CertificateSign,
    /// cRLSign (6).
    CrlSign,
    /// encipherOnly (7).
    EncipherOnly,
    /// decipherOnly (8).
    DecipherOnly,
}

/// The set of things that a key may be used for.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct KeyUsages(u16);

impl KeyUsages {
    pub(crate) fn from_der(bytes: &[u8]) -> Result<Self, Asn1Error> {
        Element::only(bytes, tag::BIT_STRING)?.named_bits().map(Self)
    }

    /// Whether the key may be used for this.
    #[must_use]
    pub const fn has(self, usage: KeyUsage) -> bool {
        self.0 & (0x8000 >> usage as u16) != 0
    }
}

/// Which key of the issuer signed (4.2.1.1). A hint for finding the issuer, not a proof.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct AuthorityKeyIdentifier {
    /// The subject key identifier of the issuer.
    pub key_identifier: Option<Vec<u8>>,
    /// The issuer of the issuer's certificate.
    pub issuer: Vec<GeneralName>,
    /// The serial number of the issuer's certificate, content octets as encoded.
    pub serial: Option<Vec<u8>>,
}

impl AuthorityKeyIdentifier {
    pub(crate) fn from_der(bytes: &[u8]) -> Result<Self, Asn1Error> {
        let mut fields = Element::only(bytes, tag::SEQUENCE)?.reader();
        let key_identifier = fields.optional(tag::primitive(0))?.map(|element| element.content.to_vec());
        let issuer = fields.optional(tag::constructed(1))?;
        let issuer = issuer.map_or(Ok(Vec::new()), |names| GeneralName::read_all(names.reader()))?;
        let serial = fields.optional(tag::primitive(2))?.map(|element| element.content.to_vec());
        fields.finish()?;
        Ok(Self { key_identifier, issuer, serial })
    }
}

/// Reasons for a revocation that a CRL covers (4.2.1.13), bit 0 of the definition highest.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct ReasonFlags(pub u16);

/// Where the CRL that covers a certificate is (4.2.1.13).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct DistributionPoint {
    /// `fullName`: names of the CRL, mostly URIs.
    pub full_name: Vec<GeneralName>,
    /// `nameRelativeToCRLIssuer` as encoded, content of the `[1]`.
    pub relative_name: Option<Vec<u8>>,
    /// The reasons that the CRL covers; absent means all.
    pub reasons: Option<ReasonFlags>,
    /// Who issues the CRL, if not the issuer of the certificate.
    pub crl_issuer: Vec<GeneralName>,
}

impl DistributionPoint {
    /// Reads the value of a `cRLDistributionPoints` or `freshestCRL` extension, of a certificate or of a CRL.
    ///
    /// # Errors
    /// If it is not a list of distribution points and nothing else.
    pub fn list_from_der(bytes: &[u8]) -> Result<Vec<Self>, Asn1Error> {
        let mut points = Element::only(bytes, tag::SEQUENCE)?.reader();
        let mut all = Vec::new();
        while !points.is_empty() {
            all.push(Self::read(points.expect(tag::SEQUENCE)?.reader())?);
        }
        Ok(all)
    }

    fn read(mut fields: Reader<'_>) -> Result<Self, Asn1Error> {
        let mut point = Self::default();
        if let Some(name) = fields.optional(tag::constructed(0))? {
            (point.full_name, point.relative_name) = Self::read_name(name.reader())?;
        }
        point.reasons = fields
            .optional(tag::primitive(1))?
            .map(|element| element.named_bits())
            .transpose()?
            .map(ReasonFlags);
        if let Some(issuer) = fields.optional(tag::constructed(2))? {
            point.crl_issuer = GeneralName::read_all(issuer.reader())?;
        }
        fields.finish()?;
        Ok(point)
    }

    /// Reads a `DistributionPointName`, which a CRL's issuing distribution point has too: the full name, and
    /// the content of a name relative to the issuer.
    ///
    /// # Errors
    /// If it is neither.
    pub fn read_name(mut choice: Reader<'_>) -> Result<(Vec<GeneralName>, Option<Vec<u8>>), Asn1Error> {
        let full = choice.optional(tag::constructed(0))?;
        let full = full.map_or(Ok(Vec::new()), |names| GeneralName::read_all(names.reader()))?;
        let relative = choice.optional(tag::constructed(1))?.map(|name| name.content.to_vec());
        choice.finish()?;
        Ok((full, relative))
    }
}

/// Where to learn more about the issuer: its OCSP responder, its certificate (4.2.2.1).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct AccessDescription {
    /// What is found there.
    pub method: Oid,
    /// Where.
    pub location: GeneralName,
}

impl AccessDescription {
    pub(crate) fn list_from_der(bytes: &[u8]) -> Result<Vec<Self>, Asn1Error> {
        let mut descriptions = Element::only(bytes, tag::SEQUENCE)?.reader();
        let mut all = Vec::new();
        while !descriptions.is_empty() {
            let mut fields = descriptions.expect(tag::SEQUENCE)?.reader();
            let method = fields.expect(tag::OBJECT_IDENTIFIER)?.oid()?;
            let location = GeneralName::from_element(&fields.element()?)?;
            fields.finish()?;
            all.push(Self { method, location });
        }
        Ok(all)
    }
}

pub(crate) fn oids_from_der(bytes: &[u8]) -> Result<Vec<Oid>, Asn1Error> {
    let mut reader = Element::only(bytes, tag::SEQUENCE)?.reader();
    let mut all = Vec::new();
    while !reader.is_empty() {
        all.push(reader.expect(tag::OBJECT_IDENTIFIER)?.oid()?);
    }
    Ok(all)
}

pub(crate) fn names_from_der(bytes: &[u8]) -> Result<Vec<GeneralName>, Asn1Error> {
    GeneralName::read_all(Element::only(bytes, tag::SEQUENCE)?.reader())
}
