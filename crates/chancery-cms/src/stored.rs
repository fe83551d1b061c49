//! A prepared message as bytes, so that it can wait for its signature.
//!
//! What is read back may have been changed by whoever kept it, so everything that hangs together is compared
//! anew; the signature itself is verified by `finish` in any case.
//!
//! ```text
//! StoredPreparation ::= SEQUENCE {
//!     version             INTEGER (1),
//!     signatureAlgorithm  AlgorithmIdentifier,
//!     contentType         OBJECT IDENTIFIER,
//!     signedAttributes    SET OF Attribute,
//!     signer              Certificate,
//!     certificates        SEQUENCE OF Certificate,
//!     content             [0] IMPLICIT OCTET STRING OPTIONAL,
//!     checksum            OCTET STRING }             -- SHA-256 of the encodings of all fields before
//! ```
//!
//! The checksum finds damage; whoever changes the bytes on purpose can compute it as well.

use chancery_certificate::asn1::tag::{self, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, SET};
use chancery_certificate::asn1::{self, Element, Reader};
use chancery_certificate::{AlgorithmIdentifier, Certificate};
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_key::{ClaimedAlgorithm, ToBeSigned};

use crate::attribute::Attributes;
use crate::attributes::{self, CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_CERTIFICATE_V2};
use crate::error::CmsError;
use crate::ess::Match;
use crate::prepare::PreparedMessage;

/// How many certificates may be stored: those of a chain and a few more.
const MAX_CERTIFICATES: usize = 100;

impl PreparedMessage {
    /// The prepared message as bytes, which [`from_bytes`](Self::from_bytes) reads. Holds no secret; holds the
    /// content only if the message will.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let certificates: Vec<&[u8]> = self.certificates.iter().map(Certificate::to_der).collect();
        let content = self.content.as_ref();
        let fields = [
            &asn1::integer(&[1]),
            &self.signature_algorithm,
            &asn1::oid(&self.content_type),
            self.to_be_signed.bytes(),
            self.signer.to_der(),
            &asn1::sequence(&certificates),
            &content.map_or_else(Vec::new, |content| asn1::encode(tag::primitive(0), content)),
        ]
        .concat();
        let checksum = asn1::octet_string(DigestAlgorithm::Sha256.digest(&fields).as_bytes());
        asn1::sequence(&[&fields, &checksum])
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote, and checks that its parts belong together.
    ///
    /// Whoever kept the bytes can have replaced them by another preparation as a whole: compare
    /// [`to_be_signed`](Self::to_be_signed) with what you meant to sign.
    ///
    /// # Errors
    /// The bytes are not what was written, by this or an earlier version of the library.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CmsError> {
        let stored = |reason| CmsError::Stored { reason };
        let parts = Parts::read(bytes).ok_or_else(|| stored("it is damaged, or of another version"))?;
        let claimed = ClaimedAlgorithm::from_algorithm_identifier(&parts.algorithm).ok();
        let algorithm = claimed.and_then(ClaimedAlgorithm::current);
        let algorithm = algorithm.ok_or_else(|| stored("its signature algorithm is not one we sign with"))?;
        let certificates = parts.certificates.iter().map(|der| Certificate::from_der(der));
        let certificates: Vec<Certificate> = certificates.collect::<Result<_, _>>()?;
        let signer = Certificate::from_der(parts.signer)?;

        let mut reader = crate::ber::Reader::new(parts.attributes);
        let set = reader.any("signedAttributes")?;
        if set.to_der().as_deref() != Some(parts.attributes) {
            return Err(stored("its signed attributes are not DER"));
        }
        let signed = Attributes::read(&set)?;
        let content_type = signed.single(CONTENT_TYPE).map(attributes::object_identifier).transpose()?;
        if content_type != Some(parts.content_type) {
            return Err(stored("the signed content type is another"));
        }
        let reference =
            signed.single(SIGNING_CERTIFICATE_V2).map(attributes::signing_certificate_v2).transpose()?;
        let reference = reference.and_then(|references| references.into_iter().next());
        if reference.map(|reference| reference.matches(&signer)) != Some(Match::Names) {
            return Err(stored("the signed attributes name another certificate"));
        }
        let digest = signed.single(MESSAGE_DIGEST).map(attributes::octet_string).transpose()?;
        let digest = digest.filter(|digest| digest.len() == algorithm.digest().output_len());
        let digest = digest.ok_or_else(|| stored("it holds no digest of the algorithm"))?;
        if parts.content.is_some_and(|content| algorithm.digest().digest(content).as_bytes() != digest) {
            return Err(stored("the content has another digest than the signed one"));
        }
        Ok(Self {
            to_be_signed: ToBeSigned::new(algorithm, parts.attributes.to_vec()),
            signature_algorithm: parts.algorithm.raw.to_vec(),
            content_type: parts.content_type,
            content: parts.content.map(<[u8]>::to_vec),
            signer,
            certificates,
        })
    }
}

struct Parts<'a> {
    algorithm: AlgorithmIdentifier<'a>,
    content_type: const_oid::ObjectIdentifier,
    attributes: &'a [u8],
    signer: &'a [u8],
    certificates: Vec<&'a [u8]>,
    content: Option<&'a [u8]>,
}

impl<'a> Parts<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let whole = Element::only(bytes, SEQUENCE).ok()?;
        let mut fields = whole.reader();
        if fields.expect(INTEGER).ok()?.small_integer() != Ok(1) {
            return None;
        }
        let algorithm = AlgorithmIdentifier::read(&mut fields).ok()?;
        let content_type = fields.expect(OBJECT_IDENTIFIER).ok()?.oid().ok()?;
        let attributes = fields.expect(SET).ok()?.raw;
        let signer = fields.expect(SEQUENCE).ok()?.raw;
        let mut list: Reader<'a> = fields.expect(SEQUENCE).ok()?.reader();
        let mut certificates = Vec::new();
        while !list.is_empty() && certificates.len() < MAX_CERTIFICATES {
            certificates.push(list.expect(SEQUENCE).ok()?.raw);
        }
        list.finish().ok()?;
        let content = fields.optional(tag::primitive(0)).ok()?.map(|element| element.content);
        let checksum = fields.expect(OCTET_STRING).ok()?;
        fields.finish().ok()?;
        let summed = whole.content.get(..whole.content.len() - checksum.raw.len())?;
        if DigestAlgorithm::Sha256.digest(summed).as_bytes() != checksum.content {
            return None;
        }
        Some(Self { algorithm, content_type, attributes, signer, certificates, content })
    }
}
