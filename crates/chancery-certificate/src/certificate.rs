//! The certificate.

use std::any::Any;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use chancery_digest::{AnyDigest, Digest, DigestAlgorithm, LegacyDigest};
use const_oid::ObjectIdentifier as Oid;
use jiff::Timestamp;

use crate::asn1::{Asn1Error, Element, Reader, tag};
use crate::{AlgorithmIdentifier, CertificateError, Extension, Name, PublicKeySummary, pem, printable};

/// An X.509 certificate (RFC 5280, 4.1), kept as it was received. Cloning is cheap; two certificates are equal
/// if their bytes are.
///
/// ```text
/// Certificate ::= SEQUENCE { tbsCertificate TBSCertificate, signatureAlgorithm AlgorithmIdentifier,
///                            signatureValue BIT STRING }
/// ```
#[derive(Clone)]
pub struct Certificate(Arc<Parts>);

struct Parts {
    der: Vec<u8>,
    to_be_signed: Range<usize>,
    outer_algorithm: Algorithm,
    inner_algorithm: Algorithm,
    signature: Range<usize>,
    public_key_info: Range<usize>,
    public_key_bits: Range<usize>,
    serial: Range<usize>,
    version: u64,
    issuer: Name,
    subject: Name,
    not_before: Timestamp,
    not_after: Timestamp,
    extensions: Vec<Extension>,
    /// What certificates are found by in tables, made when it is first asked for: a table that hashed a thousand
    /// bytes at each look would be slower than the reading of them.
    digest: OnceLock<Digest>,
    /// Of the key, by which OCSP answers name issuers.
    key_digest: OnceLock<Digest<LegacyDigest>>,
    /// What to call the subject, made when it is first asked for.
    display_name: OnceLock<Box<str>>,
    /// See [`Certificate::remember`].
    remembered: OnceLock<Box<dyn Any + Send + Sync>>,
}

/// Where an algorithm identifier stands.
struct Algorithm {
    oid: Oid,
    parameters: Option<Range<usize>>,
    raw: Range<usize>,
}

impl Certificate {
    /// Reads a certificate in DER.
    ///
    /// Serial numbers are not judged: real ones are zero, negative or too long now and then, and nothing is
    /// signed with them.
    ///
    /// # Errors
    /// If the bytes are not exactly one certificate, or an extension stands twice.
    pub fn from_der(bytes: &[u8]) -> Result<Self, CertificateError> {
        let parts = Parts::read(bytes)?;
        if let Some(oid) = twice(&parts.extensions) {
            return Err(CertificateError::ExtensionTwice { oid });
        }
        Ok(Self(Arc::new(parts)))
    }

    /// Reads the first certificate of a PEM text.
    ///
    /// # Errors
    /// If there is none, or it is damaged.
    pub fn from_pem(text: &[u8]) -> Result<Self, CertificateError> {
        let blocks = pem::certificates(text)?;
        Self::from_der(blocks.first().ok_or(CertificateError::NoPem)?)
    }

    /// Reads every certificate of a PEM text; other blocks are passed over.
    ///
    /// # Errors
    /// If there is none, or one is damaged.
    pub fn all_from_pem(text: &[u8]) -> Result<Vec<Self>, CertificateError> {
        let blocks = pem::certificates(text)?;
        if blocks.is_empty() {
            return Err(CertificateError::NoPem);
        }
        blocks.iter().map(|der| Self::from_der(der)).collect()
    }

    /// The certificate as it was received.
    #[must_use]
    pub fn to_der(&self) -> &[u8] {
        &self.0.der
    }

    /// The TBSCertificate as it was received: what the issuer signed.
    #[must_use]
    pub fn to_be_signed(&self) -> &[u8] {
        self.slice(&self.0.to_be_signed)
    }

    /// How the issuer signed, as named beside the signature.
    #[must_use]
    pub fn signature_algorithm(&self) -> AlgorithmIdentifier<'_> {
        self.algorithm(&self.0.outer_algorithm)
    }

    /// How the issuer signed, as named within what was signed. Must equal [`Certificate::signature_algorithm`].
    #[must_use]
    pub fn inner_signature_algorithm(&self) -> AlgorithmIdentifier<'_> {
        self.algorithm(&self.0.inner_algorithm)
    }

    /// The issuer's signature.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        self.slice(&self.0.signature)
    }

    /// The version as people count: 1, 2 or 3.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.0.version
    }

    /// The serial number: content octets as encoded, two's complement.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        self.slice(&self.0.serial)
    }

    /// The serial number as people write it: pairs of hexadecimal digits of the octets, with colons.
    #[must_use]
    pub fn serial_hex(&self) -> String {
        crate::description::colons(self.serial())
    }

    /// Who issued the certificate.
    #[must_use]
    pub fn issuer(&self) -> &Name {
        &self.0.issuer
    }

    /// Whose certificate it is.
    #[must_use]
    pub fn subject(&self) -> &Name {
        &self.0.subject
    }

    /// Whether subject and issuer bear the same name.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.subject().matches(self.issuer())
    }

    /// The first moment at which the certificate is valid.
    #[must_use]
    pub fn not_before(&self) -> Timestamp {
        self.0.not_before
    }

    /// The last moment at which the certificate is valid.
    #[must_use]
    pub fn not_after(&self) -> Timestamp {
        self.0.not_after
    }

    /// The SubjectPublicKeyInfo as it was received.
    #[must_use]
    pub fn public_key_info(&self) -> &[u8] {
        self.slice(&self.0.public_key_info)
    }

    /// What kind of key it is, and how large.
    ///
    /// # Errors
    /// If the key is not what its algorithm says, or on a curve that has no name.
    pub fn public_key_summary(&self) -> Result<PublicKeySummary, CertificateError> {
        PublicKeySummary::from_info(self.public_key_info()).map_err(CertificateError::PublicKey)
    }

    /// The bytes of the public key within its BIT STRING, over which key identifiers are made (RFC 5280, 4.2.1.2).
    #[must_use]
    pub fn public_key_bits(&self) -> &[u8] {
        self.slice(&self.0.public_key_bits)
    }

    /// Every extension, in the order in which the certificate has them.
    #[must_use]
    pub fn extensions(&self) -> &[Extension] {
        &self.0.extensions
    }

    /// One extension.
    #[must_use]
    pub fn extension(&self, oid: Oid) -> Option<&Extension> {
        self.extensions().iter().find(|extension| extension.oid.as_bytes() == oid.as_bytes())
    }

    /// The digest of the whole certificate, by which people and protocols recognise it. `LegacyDigest::Sha1` is for
    /// comparing with what others print; it recognises nothing that an attacker has made.
    #[must_use]
    pub fn fingerprint<D: AnyDigest>(&self, algorithm: D) -> Digest<D> {
        algorithm.digest(self.to_der())
    }

    /// The SHA-256 digest of the whole certificate, computed when it is first asked for. Copies share it.
    #[must_use]
    pub fn sha256(&self) -> &Digest {
        self.0.digest.get_or_init(|| DigestAlgorithm::Sha256.digest(&self.0.der))
    }

    /// The SHA-1 digest of the [bytes of the public key](Self::public_key_bits), computed when it is first asked for: by it
    /// OCSP answers name issuers and responders (RFC 6960, 4.1.1), and many key identifiers are it. Who is named by it is
    /// not proven by it.
    #[must_use]
    pub fn key_sha1(&self) -> &Digest<LegacyDigest> {
        self.0.key_digest.get_or_init(|| LegacyDigest::Sha1.digest(self.public_key_bits()))
    }

    /// What to call the subject in a sentence: the common name, else the whole name. Safe to show.
    #[must_use]
    pub fn display_name(&self) -> String {
        let name = || self.subject().common_name();
        let make = || name().map_or_else(|| self.subject().to_string(), |name| printable(&name)).into();
        self.0.display_name.get_or_init(make).to_string()
    }

    /// A value that is made of this certificate and nothing else, such as its key in the form that somebody computes
    /// with: made when it is first asked for, and kept as long as the certificate or a clone of it lives.
    ///
    /// Values of one type are kept, that of the first who asks; those of other types are made each time.
    pub fn remember<T: Any + Clone + Send + Sync>(&self, make: impl FnOnce(&Self) -> T) -> T {
        if let Some(kept) = self.0.remembered.get() {
            return kept.downcast_ref::<T>().map_or_else(|| make(self), T::clone);
        }
        let made = make(self);
        // Whoever was quicker has made the same.
        drop(self.0.remembered.set(Box::new(made.clone())));
        made
    }

    /// What [`remember`](Self::remember) made, where somebody asked for it before.
    #[must_use]
    pub fn remembered<T: Any>(&self) -> Option<&T> {
        self.0.remembered.get()?.downcast_ref()
    }

    fn algorithm(&self, algorithm: &Algorithm) -> AlgorithmIdentifier<'_> {
        let parameters = algorithm.parameters.as_ref().map(|range| self.slice(range));
        AlgorithmIdentifier { oid: algorithm.oid, parameters, raw: self.slice(&algorithm.raw) }
    }

    fn slice(&self, range: &Range<usize>) -> &[u8] {
        &self.0.der[range.clone()]
    }
}

impl Parts {
    fn read(bytes: &[u8]) -> Result<Self, Asn1Error> {
        let mut outer = Element::only(bytes, tag::SEQUENCE)?.reader();
        let to_be_signed = outer.expect(tag::SEQUENCE)?;
        let outer_algorithm = read_algorithm(&mut outer)?;
        let signature = outer.expect(tag::BIT_STRING)?;
        signature.bit_string()?;
        outer.finish()?;

        let mut fields = to_be_signed.reader();
        let version = read_version(&mut fields)?;
        let serial = fields.expect(tag::INTEGER)?;
        serial.integer()?;
        let inner_algorithm = read_algorithm(&mut fields)?;
        let issuer = Name::from_der(fields.expect(tag::SEQUENCE)?.raw)?;
        let mut validity = fields.expect(tag::SEQUENCE)?.reader();
        let (not_before, not_after) = (validity.element()?.time()?, validity.element()?.time()?);
        validity.finish()?;
        let subject = Name::from_der(fields.expect(tag::SEQUENCE)?.raw)?;
        let public_key_info = fields.expect(tag::SEQUENCE)?;
        let public_key = read_public_key(&public_key_info)?;
        // issuerUniqueID and subjectUniqueID: nobody uses them, and they prove nothing.
        fields.optional(tag::primitive(1))?;
        fields.optional(tag::primitive(2))?;
        let extensions = read_extensions(&mut fields)?;
        fields.finish()?;

        Ok(Self {
            to_be_signed: range(&to_be_signed),
            outer_algorithm,
            inner_algorithm,
            signature: content_range(&signature, 1),
            public_key_info: range(&public_key_info),
            public_key_bits: content_range(&public_key, 1),
            serial: content_range(&serial, 0),
            version,
            issuer,
            subject,
            not_before,
            not_after,
            extensions,
            der: bytes.to_vec(),
            digest: OnceLock::new(),
            key_digest: OnceLock::new(),
            display_name: OnceLock::new(),
            remembered: OnceLock::new(),
        })
    }
}

fn read_version(fields: &mut Reader<'_>) -> Result<u64, Asn1Error> {
    let Some(explicit) = fields.optional(tag::constructed(0))? else { return Ok(1) };
    let version = explicit.inside(tag::INTEGER)?.small_integer()?;
    Ok(version.saturating_add(1))
}

fn read_algorithm(fields: &mut Reader<'_>) -> Result<Algorithm, Asn1Error> {
    let start = fields.position();
    let identifier = AlgorithmIdentifier::read(fields)?;
    let end = fields.position();
    // Parameters are the last thing in an identifier.
    let parameters = identifier.parameters.map(|parameters| end - parameters.len()..end);
    Ok(Algorithm { oid: identifier.oid, parameters, raw: start..end })
}

fn read_public_key<'a>(info: &Element<'a>) -> Result<Element<'a>, Asn1Error> {
    let mut fields = info.reader();
    AlgorithmIdentifier::read(&mut fields)?;
    let key = fields.expect(tag::BIT_STRING)?;
    key.bit_string()?;
    fields.finish()?;
    Ok(key)
}

fn read_extensions(fields: &mut Reader<'_>) -> Result<Vec<Extension>, Asn1Error> {
    let Some(explicit) = fields.optional(tag::constructed(3))? else { return Ok(Vec::new()) };
    Extension::read_all(explicit.inside(tag::SEQUENCE)?.reader())
}

fn range(element: &Element<'_>) -> Range<usize> {
    element.offset..element.offset + element.raw.len()
}

fn content_range(element: &Element<'_>, skip: usize) -> Range<usize> {
    let end = element.offset + element.raw.len();
    end - element.content.len() + skip..end
}

/// Up to so many, to compare each with each is quicker than to sort them.
const FEW_EXTENSIONS: usize = 16;

fn twice(extensions: &[Extension]) -> Option<Oid> {
    if extensions.len() <= FEW_EXTENSIONS {
        let known = |(at, one): &(usize, &Extension)| {
            extensions.iter().take(*at).any(|other| other.oid.as_bytes() == one.oid.as_bytes())
        };
        return extensions.iter().enumerate().find(known).map(|(_, one)| one.oid);
    }
    let mut oids: Vec<&[u8]> = extensions.iter().map(|extension| extension.oid.as_bytes()).collect();
    oids.sort_unstable();
    let twice = oids.windows(2).find(|pair| pair[0] == pair[1])?;
    Oid::from_bytes(twice[0]).ok()
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.der == other.0.der
    }
}

impl Eq for Certificate {}

impl Hash for Certificate {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // A digest without known collisions, so that nobody can fill one place of a table with certificates of his own.
        state.write(self.sha256().as_bytes());
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", self.subject())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::KeyUsage;

    /// openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null -days 3650
    ///   -subj '/C=BE/O=Test/CN=Alice' -addext 'keyUsage=critical,nonRepudiation'
    const ALICE: &[u8] = b"-----BEGIN CERTIFICATE-----
MIIBvjCCAWOgAwIBAgIUXkda/73sA4x7pUmTx08dsx+dgc4wCgYIKoZIzj0EAwIw
LDELMAkGA1UEBhMCQkUxDTALBgNVBAoMBFRlc3QxDjAMBgNVBAMMBUFsaWNlMB4X
DTI2MTEyMTIzNTk1N1oXDTM2MTExODIzNTk1N1owLDELMAkGA1UEBhMCQkUxDTAL
BgNVBAoMBFRlc3QxDjAMBgNVBAMMBUFsaWNlMFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAE72409ZREoozZXn7FK2MaWbt9+/0Oq0aCjDSuLDwGCzL/aUddUOPTHeQF
41/uHD4Ziopw8JSeu+jEC/rLcXoGWqNjMGEwHQYDVR0OBBYEFEiNO8I6u0XAZXS7
hO6+T3xRbdzLMB8GA1UdIwQYMBaAFEiNO8I6u0XAZXS7hO6+T3xRbdzLMA8GA1Ud
EwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgZAMAoGCCqGSM49BAMCA0kAMEYCIQCC
zI+lDtWhoF+yOszlSreiswWUSadJnPL6w8bZub4HNQIhAN4MjE2i9BAs3SBavut5
V5ujcVIVZ76rLW9HjEPOisao
-----END CERTIFICATE-----
";

    #[test]
    fn the_fields_are_those_that_openssl_wrote() {
        let alice = Certificate::from_pem(ALICE).unwrap();
        assert_eq!(alice.subject().to_string(), "CN=Alice,O=Test,C=BE");
        assert!(alice.is_self_issued());
        assert_eq!(alice.version(), 3);
        let usages = alice.key_usage().unwrap().unwrap();
        assert!(usages.has(KeyUsage::NonRepudiation) && !usages.has(KeyUsage::DigitalSignature));
        assert!(alice.basic_constraints().unwrap().unwrap().authority);
        assert_eq!(alice.public_key_bits().len(), 65);
        assert_eq!(alice.subject_key_identifier().unwrap().unwrap().len(), 20);
        assert_eq!(alice.signature_algorithm(), alice.inner_signature_algorithm());
        assert_eq!(alice.display_name(), "Alice");
        assert!(alice.to_der().ends_with(alice.signature()));
    }

    #[test]
    fn digests_and_names_stay_what_they_were() {
        let alice = Certificate::from_pem(ALICE).unwrap();
        // OpenSSL makes the key identifier by method 1 of RFC 5280, 4.2.1.2.
        for _ in 0..2 {
            assert_eq!(alice.key_sha1().as_bytes(), alice.subject_key_identifier().unwrap().unwrap());
            assert_eq!(alice.sha256().as_bytes(), alice.fingerprint(DigestAlgorithm::Sha256).as_bytes());
            assert_eq!(alice.display_name(), "Alice");
        }
    }

    #[test]
    fn what_is_made_of_a_certificate_is_made_once_for_its_clones() {
        let alice = Certificate::from_pem(ALICE).unwrap();
        assert_eq!(alice.remember(|_| 1), 1);
        assert_eq!(alice.clone().remember(|_| 2), 1);
        // Of another type: made each time, and the first is kept.
        assert_eq!(alice.remember(|_| "a"), "a");
        assert_eq!(alice.remember(|_| "b"), "b");
        assert_eq!(alice.remember(|_| 3), 1);
        // The same bytes read again are another certificate.
        assert_eq!(Certificate::from_pem(ALICE).unwrap().remember(|_| 4), 4);
    }

    proptest! {
        #[test]
        fn a_changed_or_cut_certificate_never_panics(at in any::<prop::sample::Index>(), byte: u8, cut in any::<prop::sample::Index>()) {
            let mut der = Certificate::from_pem(ALICE).unwrap().to_der().to_vec();
            let at = at.index(der.len());
            der[at] = byte;
            if let Ok(certificate) = Certificate::from_der(&der) {
                let _ = (certificate.key_usage(), certificate.claims(), certificate.display_name(), certificate.ocsp_urls());
            }
            prop_assert!(Certificate::from_der(&der[..cut.index(der.len())]).is_err());
        }
    }
}
