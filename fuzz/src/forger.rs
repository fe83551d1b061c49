//! Gives hostile certificates, lists and answers a true signature.

use chacha20::ChaCha20Rng;
use chacha20::rand_core::SeedableRng;
use chancery_certificate::Certificate;
use chancery_certificate::asn1::{self, Asn1Error, Reader, tag};
use chancery_digest::{AnyDigest, LegacyDigest};
use chancery_key::{KeyKind, SoftwareKey, SoftwareSigner, ToBeSigned};

/// One key that signs whatever it is given, and a root certificate with it. Always the same: inputs must reproduce.
pub struct Forger {
    key: SoftwareKey,
    algorithm: Vec<u8>,
    root: Certificate,
}

/// `CN=Root`.
const ROOT_NAME: &[u8] = b"\x30\x0f\x31\x0d\x30\x0b\x06\x03\x55\x04\x03\x0c\x04Root";
/// BasicConstraints, critical: cA. Nothing else, so that the chains below are not held back.
const ROOT_EXTENSIONS: &[u8] = b"\xa3\x13\x30\x11\x30\x0f\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x05\x30\x03\x01\x01\xff";

impl Default for Forger {
    fn default() -> Self {
        Self::new()
    }
}

impl Forger {
    pub fn new() -> Self {
        let key = SoftwareKey::generate(KeyKind::P256, &mut ChaCha20Rng::seed_from_u64(1)).unwrap();
        let algorithm = key.default_algorithm().to_algorithm_identifier().unwrap();
        let day = |text: &str| asn1::time(text.parse().unwrap());
        let validity = asn1::sequence(&[&day("2000-01-01T00:00:00Z"), &day("2049-01-01T00:00:00Z")]);
        let info = key.public_key().to_info();
        let version = asn1::encode(tag::constructed(0), &asn1::integer(&[2]));
        let serial = asn1::integer(&[1]);
        let fields =
            [&version, &serial, &algorithm, ROOT_NAME, &validity, ROOT_NAME, info, ROOT_EXTENSIONS].map(|field: &[u8]| field);
        let der = signed(&key, &algorithm, asn1::sequence(&fields));
        let root = Certificate::from_der(&der).unwrap();
        Self { key, algorithm, root }
    }

    /// The root.
    pub fn anchor(&self) -> &Certificate {
        &self.root
    }

    /// The one key, with the root certificate for its own.
    pub fn signer(self) -> SoftwareSigner {
        SoftwareSigner::new(self.key, vec![self.root]).unwrap()
    }

    /// The same certificates, lists and answers, each but the last certificate issued by the next one in the row and
    /// all signed with the one key. What is not built like one of the three is left out.
    pub fn signed_again(&self, elements: &[&[u8]]) -> Vec<Vec<u8>> {
        let subjects: Vec<_> = elements.iter().filter_map(|one| subject(one).ok()).collect();
        let mut certificates = 0;
        let again = |one: &&[u8]| {
            if let Ok(certificate) = self.certificate(one, subjects.get(certificates + 1).copied()) {
                certificates += 1;
                return Some(certificate);
            }
            self.list(one).or_else(|_| self.answer(one, elements.first().copied())).ok()
        };
        elements.iter().filter_map(again).collect()
    }

    fn certificate(&self, bytes: &[u8], issuer: Option<&[u8]>) -> Result<Vec<u8>, Asn1Error> {
        let mut fields = to_be_signed(bytes)?;
        let version = fields.expect(tag::constructed(0))?;
        let serial = fields.expect(tag::INTEGER)?;
        (fields.expect(tag::SEQUENCE)?, fields.expect(tag::SEQUENCE)?);
        let validity = fields.expect(tag::SEQUENCE)?;
        let subject = fields.expect(tag::SEQUENCE)?;
        fields.expect(tag::SEQUENCE)?;
        let mut parts = vec![version.raw, serial.raw, &self.algorithm];
        parts.extend([issuer.unwrap_or(ROOT_NAME), validity.raw, subject.raw, self.key.public_key().to_info()]);
        parts.extend(rest(fields)?);
        Ok(signed(&self.key, &self.algorithm, asn1::sequence(&parts)))
    }

    /// ```asn1
    /// TBSCertList ::= SEQUENCE { version INTEGER OPTIONAL, signature AlgorithmIdentifier, issuer Name, thisUpdate Time, … }
    /// ```
    fn list(&self, bytes: &[u8]) -> Result<Vec<u8>, Asn1Error> {
        let mut fields = to_be_signed(bytes)?;
        let version = fields.optional(tag::INTEGER)?;
        fields.expect(tag::SEQUENCE)?;
        let issuer = fields.expect(tag::SEQUENCE)?;
        let mut parts: Vec<&[u8]> = version.iter().map(|version| version.raw).collect();
        parts.extend([&self.algorithm, issuer.raw]);
        parts.extend(rest(fields)?);
        Ok(signed(&self.key, &self.algorithm, asn1::sequence(&parts)))
    }

    /// An OCSP answer by the one key, its first single answer about the first certificate.
    ///
    /// ```asn1
    /// OCSPResponse ::= SEQUENCE { responseStatus ENUMERATED, responseBytes [0] EXPLICIT SEQUENCE { OBJECT IDENTIFIER,
    ///     OCTET STRING (BasicOCSPResponse ::= SEQUENCE { ResponseData, AlgorithmIdentifier, BIT STRING, certs [0] OPTIONAL }) } }
    /// ResponseData ::= SEQUENCE { version [0] DEFAULT v1, ResponderID, producedAt, SEQUENCE OF SingleResponse, [1] OPTIONAL }
    /// ```
    fn answer(&self, bytes: &[u8], target: Option<&[u8]>) -> Result<Vec<u8>, Asn1Error> {
        let mut response = element(bytes)?.reader();
        let status = response.element()?;
        let mut basic = response.expect(tag::constructed(0))?.inside(tag::SEQUENCE)?.reader();
        let kind = basic.expect(tag::OBJECT_IDENTIFIER)?;
        let mut inner = element(basic.expect(tag::OCTET_STRING)?.content)?.reader();
        let mut data = inner.expect(tag::SEQUENCE)?.reader();
        (data.optional(tag::constructed(0))?, data.element()?);
        let produced = data.element()?;
        let singles = data.expect(tag::SEQUENCE)?;
        let key_hash = LegacyDigest::Sha1.digest(self.root.public_key_bits());
        let responder = asn1::encode(tag::constructed(2), &asn1::octet_string(key_hash.as_bytes()));
        let singles = self.singles(singles.reader(), target)?;
        let mut parts: Vec<&[u8]> = vec![&responder, produced.raw, &singles];
        parts.extend(rest(data)?);
        let made = signed(&self.key, &self.algorithm, asn1::sequence(&parts));
        let bytes = asn1::sequence(&[kind.raw, &asn1::octet_string(&made)]);
        Ok(asn1::sequence(&[status.raw, &asn1::encode(tag::constructed(0), &bytes)]))
    }

    fn singles(&self, mut singles: Reader<'_>, target: Option<&[u8]>) -> Result<Vec<u8>, Asn1Error> {
        let mut first = singles.expect(tag::SEQUENCE)?.reader();
        let mut id = first.expect(tag::SEQUENCE)?.reader();
        id.expect(tag::SEQUENCE)?;
        (id.element()?, id.element()?);
        let mut serial = id.expect(tag::INTEGER)?.raw;
        if let Some(target) = target {
            let mut fields = to_be_signed(target)?;
            fields.optional(tag::constructed(0))?;
            serial = fields.expect(tag::INTEGER)?.raw;
        }
        let sha1 = b"\x30\x07\x06\x05\x2b\x0e\x03\x02\x1a";
        let name = asn1::octet_string(LegacyDigest::Sha1.digest(ROOT_NAME).as_bytes());
        let key = asn1::octet_string(LegacyDigest::Sha1.digest(self.root.public_key_bits()).as_bytes());
        let id = asn1::sequence(&[sha1, &name, &key, serial]);
        let mut parts: Vec<&[u8]> = vec![&id];
        parts.extend(rest(first)?);
        let first = asn1::sequence(&parts);
        let mut parts: Vec<&[u8]> = vec![&first];
        parts.extend(rest(singles)?);
        Ok(asn1::sequence(&parts))
    }
}

fn signed(key: &SoftwareKey, algorithm: &[u8], to_be_signed: Vec<u8>) -> Vec<u8> {
    let what = ToBeSigned::new(key.default_algorithm(), to_be_signed);
    let value = key.sign(&what).unwrap();
    asn1::sequence(&[what.bytes(), algorithm, &asn1::bit_string(value.as_bytes())])
}

fn element(bytes: &[u8]) -> Result<asn1::Element<'_>, Asn1Error> {
    asn1::Element::only(bytes, tag::SEQUENCE)
}

/// The fields of what is signed in a certificate or list.
fn to_be_signed(bytes: &[u8]) -> Result<Reader<'_>, Asn1Error> {
    Ok(element(bytes)?.reader().expect(tag::SEQUENCE)?.reader())
}

fn subject(bytes: &[u8]) -> Result<&[u8], Asn1Error> {
    let mut fields = to_be_signed(bytes)?;
    (fields.expect(tag::constructed(0))?, fields.expect(tag::INTEGER)?);
    (fields.expect(tag::SEQUENCE)?, fields.expect(tag::SEQUENCE)?, fields.expect(tag::SEQUENCE)?);
    Ok(fields.expect(tag::SEQUENCE)?.raw)
}

fn rest(mut reader: Reader<'_>) -> Result<Vec<&[u8]>, Asn1Error> {
    let mut parts = Vec::new();
    while !reader.is_empty() {
        parts.push(reader.element()?.raw);
    }
    Ok(parts)
}
