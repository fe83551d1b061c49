//! An OCSP answer, read where it lies (RFC 6960 §4.2.1).

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use chancery_certificate::asn1::{Asn1Error, Element, Reader, tag};
use chancery_certificate::{AlgorithmIdentifier, Certificate, Extension, Name};
use chancery_digest::{AnyDigest, KnownDigest, LegacyDigest};
use const_oid::ObjectIdentifier;
use const_oid::db::rfc6960::{
    ID_PKIX_OCSP_ARCHIVE_CUTOFF as ARCHIVE_CUTOFF, ID_PKIX_OCSP_BASIC as BASIC, ID_PKIX_OCSP_CRL,
    ID_PKIX_OCSP_EXTENDED_REVOKE, ID_PKIX_OCSP_NONCE,
};
use jiff::Timestamp;

use crate::extensions::INVALIDITY_DATE;
use crate::revocation::brought::Brought;
use crate::revocation::integer::minimal;
use crate::revocation::ocsp_error::OcspError;
use crate::revocation::reason::RevocationReason;

/// The positive statement of Common PKI (ISIS-MTT part 4 §3.1.2, used by ETSI EN 319 411-2): the digest of the
/// certificate itself, which the responder therefore knows.
///
/// ```text
/// CertHash ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier, certificateHash OCTET STRING }
/// ```
const CERTIFICATE_HASH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.36.8.3.13");

/// Extensions that do not change what an answer means, or are processed.
const KNOWN_EXTENSIONS: [ObjectIdentifier; 7] = [
    CERTIFICATE_HASH,
    // The responder keeps what it knows back to this moment (§4.4.4).
    ARCHIVE_CUTOFF,
    // As in CRL entries (§4.4.5).
    INVALIDITY_DATE,
    ID_PKIX_OCSP_NONCE,
    ID_PKIX_OCSP_CRL,
    ID_PKIX_OCSP_EXTENDED_REVOKE,
    // Signed certificate timestamps (RFC 6962 §3.3).
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.11129.2.4.5"),
];

/// An answer of a responder over borrowed bytes.
///
/// ```text
/// OCSPResponse ::= SEQUENCE { responseStatus ENUMERATED,
///     responseBytes [0] EXPLICIT SEQUENCE { responseType OBJECT IDENTIFIER, response OCTET STRING } OPTIONAL }
/// BasicOCSPResponse ::= SEQUENCE { tbsResponseData ResponseData, signatureAlgorithm AlgorithmIdentifier,
///     signature BIT STRING, certs [0] EXPLICIT SEQUENCE OF Certificate OPTIONAL }
/// ResponseData ::= SEQUENCE { version [0] EXPLICIT Version DEFAULT v1, responderID ResponderID,
///     producedAt GeneralizedTime, responses SEQUENCE OF SingleResponse, responseExtensions [1] EXPLICIT Extensions OPTIONAL }
/// ResponderID ::= CHOICE { byName [1] Name, byKey [2] OCTET STRING }   -- SHA-1 of the public key's bits
/// ```
///
/// Reading one says nothing about its truth: [`ChainVerifier`](crate::ChainVerifier) checks signature, responder
/// and time.
#[derive(Clone, Debug)]
pub struct OcspAnswer<'a> {
    to_be_signed: &'a [u8],
    algorithm: AlgorithmIdentifier<'a>,
    signature: &'a [u8],
    responder: Responder<'a>,
    produced_at: Timestamp,
    statements: Vec<OcspStatement<'a>>,
    extensions: Vec<Extension>,
    /// The certificates as they lie there: who only asks of whom the answer speaks needs none of them.
    brought: Vec<&'a [u8]>,
    /// Those that were read already, for this answer or another.
    known: Option<Arc<Brought<'a>>>,
    certificates: OnceLock<Vec<Certificate>>,
}

/// How an answer names who gave it.
#[derive(Clone, Debug)]
enum Responder<'a> {
    Name(Name),
    KeyHash(&'a [u8]),
}

/// What an answer says of one certificate.
///
/// ```text
/// SingleResponse ::= SEQUENCE { certID CertID, certStatus CertStatus, thisUpdate GeneralizedTime,
///     nextUpdate [0] EXPLICIT GeneralizedTime OPTIONAL, singleExtensions [1] EXPLICIT Extensions OPTIONAL }
/// CertID ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier, issuerNameHash OCTET STRING, issuerKeyHash OCTET STRING,
///     serialNumber INTEGER }
/// CertStatus ::= CHOICE { good [0] IMPLICIT NULL, revoked [1] IMPLICIT SEQUENCE { revocationTime GeneralizedTime,
///     revocationReason [0] EXPLICIT CRLReason OPTIONAL }, unknown [2] IMPLICIT NULL }
/// ```
#[derive(Clone, Debug)]
pub(crate) struct OcspStatement<'a> {
    digest: Option<KnownDigest>,
    issuer_name_hash: &'a [u8],
    issuer_key_hash: &'a [u8],
    serial: &'a [u8],
    pub(crate) status: OcspStatus,
    pub(crate) this_update: Timestamp,
    pub(crate) next_update: Option<Timestamp>,
    pub(crate) archive_cutoff: Option<Timestamp>,
    pub(crate) invalidity_date: Option<Timestamp>,
    extensions: Vec<Extension>,
}

/// The status of a certificate. Good does not mean that the certificate was ever issued (§2.2).
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum OcspStatus {
    Good,
    Revoked { at: Timestamp, reason: RevocationReason },
    Unknown,
}

impl<'a> OcspAnswer<'a> {
    /// Reads an `OCSPResponse`, or the `BasicOCSPResponse` inside it, which is what signatures embed.
    ///
    /// # Errors
    /// When the bytes are neither, or the response is only an error of the responder.
    pub fn from_der(bytes: &'a [u8]) -> Result<Self, OcspError> {
        let mut fields = Element::only(bytes, tag::SEQUENCE)?.reader();
        if fields.peek() == Some(tag::SEQUENCE) {
            return Self::read_basic(fields);
        }
        match fields.expect(tag::ENUMERATED)?.small_integer()? {
            0 => {}
            code => return Err(OcspError::Refused { status: status_words(code) }),
        }
        let mut explicit = fields.expect(tag::constructed(0))?.reader();
        fields.finish()?;
        let mut response = explicit.expect(tag::SEQUENCE)?.reader();
        explicit.finish()?;
        let kind = response.expect(tag::OBJECT_IDENTIFIER)?.oid()?;
        if kind != BASIC {
            return Err(OcspError::UnknownType(kind));
        }
        // The content stands in the same bytes, so offsets of errors count from their beginning.
        let mut basic = response.expect(tag::OCTET_STRING)?.reader();
        response.finish()?;
        let fields = basic.expect(tag::SEQUENCE)?.reader();
        basic.finish()?;
        Self::read_basic(fields)
    }

    /// Takes certificates that it brings from among those that were read already.
    pub(crate) fn knowing(self, known: &Arc<Brought<'a>>) -> Self {
        Self { known: Some(Arc::clone(known)), ..self }
    }

    fn read_basic(mut fields: Reader<'a>) -> Result<Self, OcspError> {
        let to_be_signed = fields.expect(tag::SEQUENCE)?;
        let algorithm = AlgorithmIdentifier::read(&mut fields)?;
        let signature = fields.expect(tag::BIT_STRING)?.bit_string()?;
        let certificates = fields.optional(tag::constructed(0))?;
        fields.finish()?;

        let mut data = to_be_signed.reader();
        if let Some(version) = data.optional(tag::constructed(0))? {
            let mut version = version.reader();
            if version.expect(tag::INTEGER)?.small_integer()? != 0 {
                return Err(OcspError::Version);
            }
            version.finish()?;
        }
        let responder = read_responder(&data.element()?)?;
        let produced_at = data.expect(tag::GENERALIZED_TIME)?.time()?;
        let mut list = data.expect(tag::SEQUENCE)?.reader();
        let mut statements = Vec::new();
        while !list.is_empty() {
            statements.push(OcspStatement::read(list.expect(tag::SEQUENCE)?.reader())?);
        }
        let extensions = read_extensions(&mut data)?;
        data.finish()?;
        Ok(Self {
            to_be_signed: to_be_signed.raw,
            algorithm,
            signature,
            responder,
            produced_at,
            statements,
            extensions,
            brought: certificates.map_or(Ok(Vec::new()), read_certificates)?,
            known: None,
            certificates: OnceLock::new(),
        })
    }

    /// When the responder signed.
    pub fn produced_at(&self) -> Timestamp {
        self.produced_at
    }

    /// Certificates that came along, to verify the signature with. Those that cannot be read are left out.
    pub fn certificates(&self) -> &[Certificate] {
        let read = |der: &&[u8]| match &self.known {
            Some(known) => known.read(der),
            None => Certificate::from_der(der).ok(),
        };
        self.certificates.get_or_init(|| self.brought.iter().filter_map(read).collect())
    }

    /// The bytes under the signature, as received.
    pub fn to_be_signed(&self) -> &'a [u8] {
        self.to_be_signed
    }

    /// The algorithm of the signature.
    pub fn signature_algorithm(&self) -> &AlgorithmIdentifier<'a> {
        &self.algorithm
    }

    /// The signature.
    pub fn signature(&self) -> &'a [u8] {
        self.signature
    }

    /// The nonce that the answer repeats: the value of the extension, usually an OCTET STRING (RFC 9654 §2.1).
    pub fn nonce(&self) -> Option<&[u8]> {
        let nonce = self.extensions.iter().find(|extension| extension.oid == ID_PKIX_OCSP_NONCE);
        nonce.map(|extension| extension.value.as_slice())
    }

    /// Whether the answer speaks of the certificate, which this issuer issued.
    pub fn speaks_of(&self, certificate: &Certificate, issuer: &Certificate) -> SpeaksOf {
        match self.statements_on(certificate, issuer).next() {
            Some(_) => SpeaksOf::Yes,
            None => SpeaksOf::No,
        }
    }

    /// What the answer says of the certificate.
    pub(crate) fn statements_on(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> impl Iterator<Item = &OcspStatement<'a>> {
        self.statements.iter().filter(|statement| statement.is_on(certificate, issuer))
    }

    /// Whether the answer names this certificate as that of the responder.
    pub(crate) fn is_by(&self, certificate: &Certificate) -> bool {
        match &self.responder {
            Responder::Name(name) => name.matches(certificate.subject()),
            Responder::KeyHash(hash) => certificate.key_sha1().as_bytes() == *hash,
        }
    }

    /// The name of the responder, if it is given by name.
    pub(crate) fn responder_name(&self) -> Option<&Name> {
        match &self.responder {
            Responder::Name(name) => Some(name),
            Responder::KeyHash(_) => None,
        }
    }

    /// A critical extension of the whole answer that is not known here.
    pub(crate) fn unknown_critical(&self) -> Option<ObjectIdentifier> {
        unknown_critical(&self.extensions)
    }
}

/// Whether an answer speaks of a certificate.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum SpeaksOf {
    /// It says something of it.
    Yes,
    /// It is about others.
    No,
}

impl<'a> OcspStatement<'a> {
    fn read(mut fields: Reader<'a>) -> Result<Self, OcspError> {
        let mut identifier = fields.expect(tag::SEQUENCE)?.reader();
        let digest = AlgorithmIdentifier::read(&mut identifier)?;
        let issuer_name_hash = identifier.expect(tag::OCTET_STRING)?.content;
        let issuer_key_hash = identifier.expect(tag::OCTET_STRING)?.content;
        let serial = identifier.expect(tag::INTEGER)?.integer()?;
        identifier.finish()?;
        let status = read_status(&fields.element()?)?;
        let this_update = fields.expect(tag::GENERALIZED_TIME)?.time()?;
        let next_update = fields.optional(tag::constructed(0))?.map(read_explicit_time).transpose()?;
        let extensions = read_extensions(&mut fields)?;
        fields.finish()?;
        let moment = |oid| {
            let extension = extensions.iter().find(|extension: &&Extension| extension.oid == oid);
            extension
                .map(|extension| Element::only(&extension.value, tag::GENERALIZED_TIME)?.time())
                .transpose()
        };
        Ok(Self {
            digest: KnownDigest::from_oid(&digest.oid),
            issuer_name_hash,
            issuer_key_hash,
            serial,
            status,
            this_update,
            next_update,
            archive_cutoff: moment(ARCHIVE_CUTOFF)?,
            invalidity_date: moment(INVALIDITY_DATE)?,
            extensions,
        })
    }

    /// Both hashes count: the name alone could be another authority's of the same name.
    fn is_on(&self, certificate: &Certificate, issuer: &Certificate) -> bool {
        let Some(digest) = self.digest else { return false };
        let hashes_to = |bytes: &[u8], hash: &[u8]| digest.digest(bytes).as_bytes() == hash;
        let is_key = || match digest {
            // Nearly all are of this kind, and certificates keep it.
            KnownDigest::Legacy(LegacyDigest::Sha1) => issuer.key_sha1().as_bytes() == self.issuer_key_hash,
            _ => hashes_to(issuer.public_key_bits(), self.issuer_key_hash),
        };
        let is_name = |name: &Name| match digest {
            KnownDigest::Legacy(LegacyDigest::Sha1) => name.sha1().as_bytes() == self.issuer_name_hash,
            _ => hashes_to(name.to_der(), self.issuer_name_hash),
        };
        minimal(self.serial) == minimal(certificate.serial())
            && is_key()
            && (is_name(certificate.issuer()) || is_name(issuer.subject()))
    }

    /// Whether the statement names, by its digest, another certificate than this one: one with the same serial number.
    /// A digest that cannot be read or computed here names none that could be this one.
    pub(crate) fn names_another(&self, certificate: &Certificate) -> bool {
        let named = self.extensions.iter().find(|extension| extension.oid == CERTIFICATE_HASH);
        let is_same = |extension: &Extension| {
            let mut fields = Element::only(&extension.value, tag::SEQUENCE)?.reader();
            let algorithm = AlgorithmIdentifier::read(&mut fields)?;
            let hash = fields.expect(tag::OCTET_STRING)?.content;
            fields.finish()?;
            let digest = KnownDigest::from_oid(&algorithm.oid);
            Ok::<_, Asn1Error>(
                digest.is_some_and(|digest| digest.digest(certificate.to_der()).as_bytes() == hash),
            )
        };
        named.is_some_and(|extension| !is_same(extension).unwrap_or(false))
    }

    /// A critical extension of the statement that is not known here.
    pub(crate) fn unknown_critical(&self) -> Option<ObjectIdentifier> {
        unknown_critical(&self.extensions)
    }
}

fn unknown_critical(extensions: &[Extension]) -> Option<ObjectIdentifier> {
    let mut critical = extensions.iter().filter(|extension| extension.critical);
    critical.find(|extension| !KNOWN_EXTENSIONS.contains(&extension.oid)).map(|extension| extension.oid)
}

fn read_responder<'a>(choice: &Element<'a>) -> Result<Responder<'a>, OcspError> {
    let mut explicit = choice.reader();
    let responder = match choice.tag {
        0xa1 => Responder::Name(Name::from_der(explicit.expect(tag::SEQUENCE)?.raw)?),
        0xa2 => Responder::KeyHash(explicit.expect(tag::OCTET_STRING)?.content),
        _ => return Err(OcspError::Responder),
    };
    explicit.finish()?;
    Ok(responder)
}

fn read_status(choice: &Element<'_>) -> Result<OcspStatus, OcspError> {
    match choice.tag {
        0x80 if choice.content.is_empty() => Ok(OcspStatus::Good),
        0x82 if choice.content.is_empty() => Ok(OcspStatus::Unknown),
        0xa1 => {
            let mut fields = choice.reader();
            let at = fields.expect(tag::GENERALIZED_TIME)?.time()?;
            let reason = match fields.optional(tag::constructed(0))? {
                Some(explicit) => {
                    let mut explicit = explicit.reader();
                    let code = explicit.expect(tag::ENUMERATED)?.small_integer()?;
                    explicit.finish()?;
                    RevocationReason::from_code(u8::try_from(code).unwrap_or(u8::MAX))
                }
                None => RevocationReason::Unspecified,
            };
            fields.finish()?;
            Ok(OcspStatus::Revoked { at, reason })
        }
        _ => Err(OcspError::Status),
    }
}

fn read_explicit_time(explicit: Element<'_>) -> Result<Timestamp, Asn1Error> {
    explicit.inside(tag::GENERALIZED_TIME)?.time()
}

fn read_extensions(fields: &mut Reader<'_>) -> Result<Vec<Extension>, OcspError> {
    let Some(explicit) = fields.optional(tag::constructed(1))? else { return Ok(Vec::new()) };
    let extensions = Extension::read_all(explicit.inside(tag::SEQUENCE)?.reader())?;
    // Nobody signed this yet: a hundred thousand extensions must not cost more for each than three do.
    let mut known = HashSet::new();
    match extensions.iter().find(|one| !known.insert(one.oid)) {
        Some(twice) => Err(OcspError::DuplicateExtension(twice.oid)),
        None => Ok(extensions),
    }
}

fn read_certificates(explicit: Element<'_>) -> Result<Vec<&[u8]>, Asn1Error> {
    let mut explicit = explicit.reader();
    let mut list = explicit.expect(tag::SEQUENCE)?.reader();
    explicit.finish()?;
    let mut certificates = Vec::new();
    while !list.is_empty() {
        certificates.push(list.element()?.raw);
    }
    Ok(certificates)
}

/// `OCSPResponseStatus` (§4.2.1).
fn status_words(code: u64) -> &'static str {
    match code {
        1 => "malformedRequest",
        2 => "internalError",
        3 => "tryLater",
        5 => "sigRequired",
        6 => "unauthorized",
        _ => "an undefined error",
    }
}
