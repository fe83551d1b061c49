//! The steps towards a message as bytes, so that they can wait for a signature, or for other signers.
//!
//! What is read back may have been changed by whoever kept it, so everything that hangs together is compared
//! anew; the signature itself is verified, by `finish` or here.
//!
//! ```text
//! StoredStep ::= SEQUENCE {
//!     version   INTEGER (2),
//!     kind      INTEGER { preparedSigner(1), finishedSigner(2), preparedMessage(3),
//!                         preparedCountersignature(4), finishedCountersignature(5),
//!                         enclosedContent(6) },  -- the body of the last: see `stream`
//!     body      SEQUENCE,                            -- one of those below
//!     checksum  OCTET STRING }                       -- SHA-256 of the encodings of all fields before
//!
//! StoredSigner ::= SEQUENCE {                        -- kinds 1 and 4
//!     signatureAlgorithm  AlgorithmIdentifier,
//!     identification      INTEGER { issuerAndSerial(1), subjectKeyIdentifier(3) },
//!     contentType         OBJECT IDENTIFIER OPTIONAL, -- absent: a counter-signature
//!     signedAttributes    SET OF Attribute,
//!     signer              Certificate }
//!
//! StoredFinishedSigner ::= SEQUENCE {                -- kinds 2 and 5
//!     signer     StoredSigner,
//!     signature  OCTET STRING,
//!     unsigned   SET OF Attribute }
//!
//! StoredMessage ::= SEQUENCE {                       -- kind 3
//!     signer        StoredSigner,
//!     certificates  SET OF CertificateChoices,
//!     revocations   SET OF RevocationInfoChoice,
//!     content       [0] IMPLICIT OCTET STRING OPTIONAL }
//! ```
//!
//! The checksum finds damage; whoever changes the bytes on purpose can compute it as well.

use chancery_certificate::asn1::tag::{self, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, SET};
use chancery_certificate::asn1::{self, Element, Reader};
use chancery_certificate::{AlgorithmIdentifier, Certificate, Octets};
use chancery_digest::{AnyDigest, Digest, DigestAlgorithm};
use chancery_key::{ClaimedAlgorithm, SignatureValue, ToBeSigned};

use crate::attribute::{Attribute, Attributes};
use crate::attributes::{self, ALGORITHM_PROTECTION, CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_CERTIFICATE_V2};
use crate::bounds::most_entries;
use crate::countersignature::{FinishedCountersignature, PreparedCountersignature};
use crate::enclosures::Enclosures;
use crate::error::CmsError;
use crate::ess::Match;
use crate::prepare::PreparedMessage;
use crate::signer_preparation::{
    FinishedSigner, Identification, PreparedSigner, algorithm_protection, digest_identifier, identifier,
};

pub(crate) const DAMAGED: CmsError =
    CmsError::Stored { reason: "it is damaged, of another version or another step" };

/// Which step is stored.
#[derive(Copy, Clone)]
pub(crate) enum Kind {
    PreparedSigner,
    FinishedSigner,
    PreparedMessage,
    PreparedCountersignature,
    FinishedCountersignature,
    EnclosedContent,
}

impl Kind {
    const fn number(self) -> u8 {
        match self {
            Self::PreparedSigner => 1,
            Self::FinishedSigner => 2,
            Self::PreparedMessage => 3,
            Self::PreparedCountersignature => 4,
            Self::FinishedCountersignature => 5,
            Self::EnclosedContent => 6,
        }
    }
}

impl PreparedSigner {
    /// The prepared signer as bytes, which [`from_bytes`](Self::from_bytes) reads. Holds no secret and no content.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        envelope(Kind::PreparedSigner, &self.body())
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote. What was stored may have been changed on purpose: whoever
    /// signs should compare [`content_digest`](Self::content_digest) with the content.
    ///
    /// # Errors
    /// The bytes are not what was written by this version of the library, or do not hang together.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CmsError> {
        let signer = read_signer(&opened(Kind::PreparedSigner, bytes)?)?;
        if signer.content_type.is_none() { Err(DAMAGED) } else { Ok(signer) }
    }

    fn body(&self) -> Vec<u8> {
        let identification = match self.identification {
            Identification::IssuerAndSerial => 1,
            Identification::SubjectKeyIdentifier => 3,
        };
        asn1::sequence(&[
            &self.signature_algorithm,
            &asn1::integer(&[identification]),
            &self.content_type.as_ref().map_or_else(Vec::new, asn1::oid),
            self.to_be_signed.bytes(),
            self.signer.to_der(),
        ])
    }
}

impl FinishedSigner {
    /// The finished signer as bytes, which [`from_bytes`](Self::from_bytes) reads.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        envelope(Kind::FinishedSigner, &self.body())
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote, and verifies the signature again.
    ///
    /// # Errors
    /// The bytes are not what was written by this version of the library, or do not hang together, or the
    /// signature is none of the signer's.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CmsError> {
        let signer = read_finished(&opened(Kind::FinishedSigner, bytes)?)?;
        if signer.prepared.content_type.is_none() { Err(DAMAGED) } else { Ok(signer) }
    }

    fn body(&self) -> Vec<u8> {
        asn1::sequence(&[
            &self.prepared.body(),
            &asn1::octet_string(&self.signature),
            &asn1::set_of(self.unsigned.iter().map(Attribute::to_der).collect()),
        ])
    }
}

impl PreparedCountersignature {
    /// The prepared counter-signature as bytes, which [`from_bytes`](Self::from_bytes) reads. Holds no secret.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        envelope(Kind::PreparedCountersignature, &self.signer.body())
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    /// As [`PreparedSigner::from_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CmsError> {
        let signer = read_signer(&opened(Kind::PreparedCountersignature, bytes)?)?;
        if signer.content_type.is_some() { Err(DAMAGED) } else { Ok(Self { signer }) }
    }
}

impl FinishedCountersignature {
    /// The finished counter-signature as bytes, which [`from_bytes`](Self::from_bytes) reads.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        envelope(Kind::FinishedCountersignature, &self.signer.body())
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote, and verifies the signature again.
    ///
    /// # Errors
    /// As [`FinishedSigner::from_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CmsError> {
        let signer = read_finished(&opened(Kind::FinishedCountersignature, bytes)?)?;
        if signer.prepared.content_type.is_some() { Err(DAMAGED) } else { Ok(Self { signer }) }
    }
}

impl PreparedMessage {
    /// The prepared message as bytes, which [`from_bytes`](Self::from_bytes) reads. Holds no secret; holds the
    /// content only if the message will.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let certificates = self.enclosures.certificate_members().concat();
        let content = self.content.as_ref();
        let body = asn1::sequence(&[
            &self.signer.body(),
            &asn1::encode(SET, &certificates),
            &asn1::encode(SET, &self.enclosures.revocations.concat()),
            &content.map_or_else(Vec::new, |content| asn1::encode(tag::primitive(0), content)),
        ]);
        envelope(Kind::PreparedMessage, &body)
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote. What was stored may have been changed on purpose; the
    /// signature is verified by [`finish`](Self::finish) in any case.
    ///
    /// # Errors
    /// The bytes are not what was written by this version of the library, or do not hang together.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CmsError> {
        let body = opened(Kind::PreparedMessage, bytes)?;
        let mut fields = body.reader();
        let signer = read_signer(&fields.expect(SEQUENCE).map_err(damaged)?)?;
        let certificates = entries(&fields.expect(SET).map_err(damaged)?)?;
        let revocations = entries(&fields.expect(SET).map_err(damaged)?)?;
        let content = fields.optional(tag::primitive(0)).map_err(damaged)?.map(|element| element.content);
        fields.finish().map_err(damaged)?;
        if signer.content_type.is_none() {
            return Err(DAMAGED);
        }
        if content.is_some_and(|content| signer.digest.algorithm().digest(content) != signer.digest) {
            return Err(CmsError::Stored { reason: "the content has another digest than the signed one" });
        }
        let enclosures = read_enclosures(&certificates, &revocations)?;
        Ok(Self { signer, content: content.map(<[u8]>::to_vec), enclosures })
    }
}

pub(crate) fn envelope(kind: Kind, body: &[u8]) -> Vec<u8> {
    let fields = [&asn1::integer(&[2]), &asn1::integer(&[kind.number()]), body].concat();
    let checksum = asn1::octet_string(DigestAlgorithm::Sha256.digest(&fields).as_bytes());
    asn1::sequence(&[&fields, &checksum])
}

/// The body of what was stored, if it is undamaged and of this kind.
pub(crate) fn opened(kind: Kind, bytes: &[u8]) -> Result<Element<'_>, CmsError> {
    let whole = Element::only(bytes, SEQUENCE).map_err(damaged)?;
    let mut fields = whole.reader();
    let version = fields.expect(INTEGER).map_err(damaged)?.small_integer();
    let found = fields.expect(INTEGER).map_err(damaged)?.small_integer();
    let body = fields.expect(SEQUENCE).map_err(damaged)?;
    let checksum = fields.expect(OCTET_STRING).map_err(damaged)?;
    fields.finish().map_err(damaged)?;
    let summed = whole.content.get(..whole.content.len() - checksum.raw.len()).unwrap_or_default();
    let intact = DigestAlgorithm::Sha256.digest(summed).as_bytes() == checksum.content;
    let expected = version == Ok(2) && found == Ok(u64::from(kind.number()));
    if intact && expected { Ok(body) } else { Err(DAMAGED) }
}

pub(crate) fn damaged(_: asn1::Asn1Error) -> CmsError {
    DAMAGED
}

fn read_signer(body: &Element<'_>) -> Result<PreparedSigner, CmsError> {
    let stored = |reason| CmsError::Stored { reason };
    let mut fields = body.reader();
    let identifier_of_algorithm = AlgorithmIdentifier::read(&mut fields).map_err(|_| DAMAGED)?;
    let identification = match fields.expect(INTEGER).map_err(damaged)?.small_integer() {
        Ok(1) => Identification::IssuerAndSerial,
        Ok(3) => Identification::SubjectKeyIdentifier,
        _ => return Err(DAMAGED),
    };
    let content_type = fields.optional(OBJECT_IDENTIFIER).map_err(damaged)?;
    let content_type = content_type.map(|oid| oid.oid()).transpose().map_err(damaged)?;
    let signed_attributes = fields.expect(SET).map_err(damaged)?.raw;
    let signer = Certificate::from_der(fields.expect(SEQUENCE).map_err(damaged)?.raw)?;
    fields.finish().map_err(damaged)?;

    let claimed = ClaimedAlgorithm::from_algorithm_identifier(&identifier_of_algorithm).ok();
    let algorithm = claimed.and_then(ClaimedAlgorithm::current);
    let algorithm = algorithm.ok_or_else(|| stored("its signature algorithm is not one we sign with"))?;
    let mut reader = crate::ber::Reader::new(signed_attributes);
    let set = reader.any("signedAttributes")?;
    if set.to_der().as_deref() != Some(signed_attributes) {
        return Err(stored("its signed attributes are not DER"));
    }
    let signed = Attributes::read(&set, &signed_attributes.into())?;
    let signed_type = signed.single(CONTENT_TYPE).map(attributes::object_identifier).transpose()?;
    if signed_type != content_type || signed.contains(CONTENT_TYPE) != content_type.is_some() {
        return Err(stored("the signed content type is another"));
    }
    let reference =
        signed.single(SIGNING_CERTIFICATE_V2).map(attributes::signing_certificate_v2).transpose()?;
    let reference = reference.and_then(|references| references.into_iter().next());
    if reference.map(|reference| reference.matches(&signer)) != Some(Match::Names) {
        return Err(stored("the signed attributes name another certificate"));
    }
    let protected = algorithm_protection(&digest_identifier(algorithm), identifier_of_algorithm.raw);
    if signed.values(ALGORITHM_PROTECTION).any(|value| value != protected) {
        return Err(stored("the signed attributes name other algorithms"));
    }
    let digest = signed.single(MESSAGE_DIGEST).map(attributes::octet_string).transpose()?;
    let digest = digest.and_then(|digest| Digest::from_parts(algorithm.digest(), &digest).ok());
    let digest = digest.ok_or_else(|| stored("it holds no digest of the algorithm"))?;
    Ok(PreparedSigner {
        to_be_signed: ToBeSigned::new(algorithm, signed_attributes.to_vec()),
        signature_algorithm: identifier_of_algorithm.raw.to_vec(),
        content_type,
        digest,
        identification,
        identifier: identifier(&signer, identification)?,
        signer,
    })
}

fn read_finished(body: &Element<'_>) -> Result<FinishedSigner, CmsError> {
    let mut fields = body.reader();
    let prepared = read_signer(&fields.expect(SEQUENCE).map_err(damaged)?)?;
    let signature = fields.expect(OCTET_STRING).map_err(damaged)?.content.to_vec();
    let unsigned = fields.expect(SET).map_err(damaged)?.raw;
    fields.finish().map_err(damaged)?;
    let unsigned = Octets::from(unsigned);
    let set = crate::ber::Reader::new(&unsigned).any("unsignedAttributes")?;
    let unsigned = Attributes::read(&set, &unsigned)?;
    let finished = prepared.finish(SignatureValue::from_bytes(signature))?;
    unsigned.iter().cloned().try_fold(finished, FinishedSigner::with_unsigned_attribute)
}

pub(crate) fn entries<'a>(set: &Element<'a>) -> Result<Vec<&'a [u8]>, CmsError> {
    let mut reader: Reader<'a> = set.reader();
    let (limit, mut entries) = (most_entries(set.raw.len()), Vec::new());
    while !reader.is_empty() {
        if entries.len() == limit {
            return Err(CmsError::TooMany { what: "stored entries", limit });
        }
        entries.push(reader.element().map_err(damaged)?.raw);
    }
    Ok(entries)
}

pub(crate) fn read_enclosures(certificates: &[&[u8]], revocations: &[&[u8]]) -> Result<Enclosures, CmsError> {
    let mut enclosures = Enclosures::new();
    for certificate in certificates {
        match certificate.first() {
            Some(&SEQUENCE) => enclosures = enclosures.certificate(Certificate::from_der(certificate)?),
            // Attribute certificates of both versions.
            Some(0xa1 | 0xa2) => enclosures.other_certificates.push(certificate.to_vec()),
            _ => return Err(DAMAGED),
        }
    }
    if revocations.iter().any(|member| !matches!(member.first(), Some(&SEQUENCE | 0xa1))) {
        return Err(DAMAGED);
    }
    enclosures.revocations = revocations.iter().map(|member| member.to_vec()).collect();
    Ok(enclosures)
}
