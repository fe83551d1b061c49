//! The signed reference from a signature to the certificate it was made with: ESS signing-certificate,
//! versions 1 and 2 (RFC 5035, 5.4).
//!
//! Without it a signature does not say which of two certificates for the same key was meant.

use chancery_certificate::asn1::tag::{INTEGER, OCTET_STRING, SEQUENCE};
use chancery_certificate::{Certificate, GeneralName, Name, asn1};
use chancery_digest::{AnyDigest, Digest, DigestAlgorithm, KnownDigest, LegacyDigest};
use const_oid::ObjectIdentifier as Oid;

use crate::ber::{Element, Reader};
use crate::error::{BerFault, CmsError};

/// Which of the two attributes.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Version {
    V1,
    V2,
}

/// A certificate, named by its digest and often also by its issuer and serial number.
///
/// ```text
/// ESSCertIDv2 ::= SEQUENCE {
///     hashAlgorithm  AlgorithmIdentifier DEFAULT {algorithm id-sha256},
///     certHash       OCTET STRING,
///     issuerSerial   IssuerSerial OPTIONAL }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CertificateReference {
    algorithm: Oid,
    digest: Vec<u8>,
    issuer_serial: Option<IssuerSerial>,
}

/// The issuer and serial number of a certificate.
///
/// ```text
/// IssuerSerial ::= SEQUENCE {
///     issuer        GeneralNames,
///     serialNumber  CertificateSerialNumber }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct IssuerSerial {
    issuer: Vec<Name>,
    serial: Vec<u8>,
}

impl IssuerSerial {
    /// Whether a certificate has this issuer and serial number.
    #[must_use]
    pub fn names(&self, certificate: &Certificate) -> bool {
        self.serial == certificate.serial()
            && self.issuer.iter().any(|issuer| issuer.matches(certificate.issuer()))
    }
}

/// Whether a reference names a certificate.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Match {
    Names,
    OtherDigest,
    OtherIssuerSerial,
    UnknownDigest(Oid),
}

impl CertificateReference {
    /// The algorithm of the digest.
    #[must_use]
    pub const fn digest_algorithm(&self) -> Oid {
        self.algorithm
    }

    /// The digest of the certificate's DER encoding.
    #[must_use]
    pub fn digest(&self) -> &[u8] {
        &self.digest
    }

    /// The issuer and serial number, where given.
    #[must_use]
    pub const fn issuer_serial(&self) -> Option<&IssuerSerial> {
        self.issuer_serial.as_ref()
    }

    /// The digest, if collisions are known for it.
    pub(crate) fn weak_digest(&self) -> Option<LegacyDigest> {
        LegacyDigest::from_oid(&self.algorithm)
    }

    pub(crate) fn matches(&self, certificate: &Certificate) -> Match {
        let Some(algorithm) = KnownDigest::from_oid(&self.algorithm) else {
            return Match::UnknownDigest(self.algorithm);
        };
        // Certificates keep their digest by SHA-256, which nearly all references are made of.
        let is_named = if algorithm == KnownDigest::from(DigestAlgorithm::Sha256) {
            certificate.sha256().as_bytes() == self.digest
        } else {
            Digest::from_parts(algorithm, &self.digest) == Ok(algorithm.digest(certificate.to_der()))
        };
        if !is_named {
            return Match::OtherDigest;
        }
        match &self.issuer_serial {
            Some(issuer_serial) if !issuer_serial.names(certificate) => Match::OtherIssuerSerial,
            _ => Match::Names,
        }
    }
}

/// The value of a signing-certificate-v2 attribute that names these certificates, the signer's first
/// (RFC 5035, 5.4.1.1).
///
/// The hash algorithm is left out when it is SHA-256, since DER omits what is the default.
pub(crate) fn write_v2(certificates: &[Certificate], algorithm: DigestAlgorithm) -> Vec<u8> {
    let references = certificates.iter().map(|certificate| write_reference(certificate, algorithm));
    let references: Vec<Vec<u8>> = references.collect();
    asn1::sequence(&[&asn1::sequence(&[&references.concat()])])
}

fn write_reference(certificate: &Certificate, algorithm: DigestAlgorithm) -> Vec<u8> {
    let hash_algorithm = match algorithm {
        DigestAlgorithm::Sha256 => Vec::new(),
        other => asn1::sequence(&[&asn1::oid(&other.oid())]),
    };
    let directory_name = asn1::encode(asn1::tag::constructed(4), certificate.issuer().to_der());
    let issuer_serial =
        asn1::sequence(&[&asn1::sequence(&[&directory_name]), &asn1::encode(INTEGER, certificate.serial())]);
    let digest = match algorithm {
        DigestAlgorithm::Sha256 => *certificate.sha256(),
        other => certificate.fingerprint(other),
    };
    let digest = asn1::octet_string(digest.as_bytes());
    asn1::sequence(&[&hash_algorithm, &digest, &issuer_serial])
}

/// Reads `SigningCertificate` or `SigningCertificateV2`:
///
/// ```text
/// SEQUENCE { certs SEQUENCE OF ESSCertID…, policies SEQUENCE OF PolicyInformation OPTIONAL }
/// ```
pub(crate) fn read(value: &[u8], version: Version) -> Result<Vec<CertificateReference>, CmsError> {
    const WHAT: &str = "signing-certificate";
    let mut outer = Reader::new(value);
    let mut fields = outer.expect(SEQUENCE, WHAT)?.reader();
    outer.finish(WHAT)?;
    let certs = fields.expect(SEQUENCE, "signing-certificate.certs")?;
    fields.optional(SEQUENCE, "signing-certificate.policies")?;
    fields.finish(WHAT)?;
    let mut reader = certs.reader();
    let mut references = Vec::new();
    while !reader.is_empty() {
        references.push(reference(&reader.expect(SEQUENCE, "ESSCertID")?, version)?);
    }
    if references.is_empty() {
        return Err(
            certs.fault("signing-certificate.certs", BerFault::Content("list of at least one reference"))
        );
    }
    Ok(references)
}

fn reference(element: &Element<'_>, version: Version) -> Result<CertificateReference, CmsError> {
    let mut fields = element.reader();
    let algorithm = match version {
        Version::V1 => LegacyDigest::Sha1.oid(),
        Version::V2 => match fields.optional(SEQUENCE, "ESSCertIDv2.hashAlgorithm")? {
            None => DigestAlgorithm::Sha256.oid(),
            Some(identifier) => {
                identifier.reader().any("ESSCertIDv2.hashAlgorithm")?.oid("ESSCertIDv2.hashAlgorithm")?
            }
        },
    };
    let digest = fields.any("ESSCertID.certHash")?.octets(OCTET_STRING, "ESSCertID.certHash")?.into_owned();
    let issuer_serial = fields.optional(SEQUENCE, "ESSCertID.issuerSerial")?;
    let issuer_serial = issuer_serial.map(|element| issuer_and_serial(&element)).transpose()?;
    fields.finish("ESSCertID")?;
    Ok(CertificateReference { algorithm, digest, issuer_serial })
}

fn issuer_and_serial(element: &Element<'_>) -> Result<IssuerSerial, CmsError> {
    let mut fields = element.reader();
    let names = fields.expect(SEQUENCE, "IssuerSerial.issuer")?;
    let serial = fields.expect(INTEGER, "IssuerSerial.serialNumber")?.content.to_vec();
    // IssuerSerial of attribute certificates (RFC 5755) has a third field, which some signers copy.
    let names = names
        .to_der()
        .ok_or_else(|| names.fault("IssuerSerial.issuer", BerFault::Content("list of GeneralName")))?;
    let read = asn1::Element::only(&names, SEQUENCE).and_then(|names| GeneralName::read_all(names.reader()));
    let issuer = read
        .map_err(|_| element.fault("IssuerSerial.issuer", BerFault::Content("list of GeneralName")))?
        .into_iter()
        .filter_map(|name| match name {
            GeneralName::Directory(name) => Some(name),
            _ => None,
        })
        .collect();
    Ok(IssuerSerial { issuer, serial })
}
