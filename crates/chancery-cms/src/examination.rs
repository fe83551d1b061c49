//! The judgement of one signer: every rule of RFC 5652 and its companions that needs no policy.

use chancery_certificate::Certificate;
use chancery_certificate::asn1::tag::{self, SEQUENCE};
use chancery_digest::{Digest, Digests, KnownDigest, LegacyDigest};
use chancery_key::{AlgorithmError, ClaimedAlgorithm, KeyError, PublicKey, VerifyError};
use const_oid::ObjectIdentifier as Oid;

use crate::attribute::Attributes;
use crate::attributes::{
    self, ALGORITHM_PROTECTION, CONTENT_TYPE, COUNTERSIGNATURE, DATA, MESSAGE_DIGEST, SIGNING_CERTIFICATE,
    SIGNING_CERTIFICATE_V2, SIGNING_TIME,
};
use crate::ber::Reader;
use crate::check::{CertificateBinding, CheckedSigner, SignerCheck};
use crate::error::CmsError;
use crate::ess::{self, CertificateReference};
use crate::fault::{Reading, Remark, SignerFault, WithoutContent};
use crate::message::{Shape, SignedMessage};
use crate::shelf::{Shelf, fitting};
use crate::signer::{Algorithm, SignerInfo};

/// The attributes that may stand once, with one value, and only among the signed ones.
const SIGNED_ONCE: [Oid; 6] = [
    CONTENT_TYPE,
    MESSAGE_DIGEST,
    SIGNING_TIME,
    SIGNING_CERTIFICATE,
    SIGNING_CERTIFICATE_V2,
    ALGORITHM_PROTECTION,
];

/// For how many signers content of any length is given to Ed25519 without signed attributes: each of them reads all of
/// it, twice.
const SIGNERS_OF_ANY_CONTENT: usize = 4;
/// How many bytes of content are given to more signers than these, for all of them together.
const MAX_CONTENT_FOR_ALL_SIGNERS: usize = 1 << 26;

impl SignerInfo {
    /// Judges this signer of `message` by everything that needs no policy.
    ///
    /// `content` are digests of what was signed: [`SignedMessage::content_digests`] for a message that holds
    /// its content, digests of the file (of the ranges of the PDF) for a detached one. `candidates` are
    /// certificates beside those in the message.
    ///
    /// Checked are the form and the number of the signed attributes, content type and digest, the agreement
    /// of all algorithm identifiers, the key, the signature, and the signed reference to the certificate
    /// (RFC 5652, 5.3 to 5.6 and 11; RFC 5035; RFC 6211; RFC 8419; RFC 8933). Not checked: the certificate's
    /// path, validity and key usage, and the strength of algorithms.
    #[must_use]
    pub fn check(
        &self,
        message: &SignedMessage,
        content: &Digests,
        candidates: &[Certificate],
    ) -> SignerCheck {
        Examination::new(self, message, Subject::Content(content)).conclude(Shelf::scanned(candidates))
    }
}

/// What a signature is over.
#[derive(Copy, Clone, Debug)]
pub(crate) enum Subject<'a> {
    /// The content of the message, which has these digests.
    Content(&'a Digests),
    /// The signature value of another signer (RFC 5652, 11.4).
    SignatureValue {
        value: &'a [u8],
        /// Its digest in the algorithm of the counter-signer.
        digest: &'a Digests,
    },
}

pub(crate) struct Examination<'a> {
    signer: &'a SignerInfo,
    message: &'a SignedMessage,
    subject: Subject<'a>,
    faults: Vec<SignerFault>,
    remarks: Vec<Remark>,
    content_missing: bool,
}

impl<'a> Examination<'a> {
    pub(crate) fn new(signer: &'a SignerInfo, message: &'a SignedMessage, subject: Subject<'a>) -> Self {
        let (faults, remarks) = (Vec::new(), Vec::new());
        Self { signer, message, subject, faults, remarks, content_missing: false }
    }

    pub(crate) fn conclude(mut self, candidates: Shelf<'_>) -> SignerCheck {
        self.look_at_form();
        let digest = self.content_digest();
        let algorithm = self.algorithm();
        let certificate = self.certificate(candidates);
        let reading = match (&certificate, algorithm) {
            (Some((certificate, _)), Some(algorithm)) => {
                self.signature(certificate, &algorithm, digest.as_ref())
            }
            _ => None,
        };
        if self.content_missing {
            let signature = reading.map_or(WithoutContent::NotChecked, |_| WithoutContent::AttributesHold);
            self.faults.push(SignerFault::ContentMissing { signature });
        }
        match (certificate, algorithm, reading) {
            (Some((certificate, binding)), Some(algorithm), Some(reading)) if self.faults.is_empty() => {
                SignerCheck::Sound(CheckedSigner {
                    certificate,
                    binding,
                    algorithm,
                    reading,
                    signing_time: self.signer.signing_time(),
                    remarks: self.remarks,
                })
            }
            _ => {
                self.faults.sort_by_key(SignerFault::kind);
                SignerCheck::Faulty(self.faults)
            }
        }
    }

    /// Versions, and the presence, number and place of the attributes.
    fn look_at_form(&mut self) {
        let expected = self.signer.identifier().version();
        if self.signer.version() != expected {
            self.remarks.push(Remark::SignerVersion { found: self.signer.version(), expected });
        }
        let digest = self.signer.digest_algorithm_oid();
        if matches!(self.subject, Subject::Content(_)) && !self.message.announces(digest) {
            let digest = self.signer.digest_algorithm().map_or(digest.to_string(), |known| known.to_string());
            self.remarks.push(Remark::DigestNotAnnounced { digest });
        }
        if let Some(oid) = self.signer.rsa_without_parameters() {
            self.remarks.push(Remark::ParametersAbsent { oid });
        }
        if let Some(oid) = self.signer.ecdsa_with_null() {
            self.remarks.push(Remark::ParametersPresent { oid });
        }
        for oid in SIGNED_ONCE {
            if self.signer.unsigned_attributes().contains(oid) {
                self.faults.push(SignerFault::AttributeUnsigned { oid });
            }
        }
        if let (Subject::Content(_), Some(tag)) = (self.subject, self.message.content_of_other_type()) {
            self.look_at_unwrapped_content(tag);
        }
        match self.signer.signed_attributes() {
            Some(attributes) => self.look_at_signed_attributes(attributes),
            None => self.look_at_bare_content(),
        }
    }

    /// PKCS #7 1.5 knows content of any type, and digests its content octets without tag and length (RFC 2315, 9.3;
    /// RFC 5652, 5.2.1). So the tag is not signed: what it is follows from the content type, and data are always an
    /// OCTET STRING. Verifiers disagree about such content (docs/decisions/0014), so nothing is vouched for.
    fn look_at_unwrapped_content(&mut self, tag: u8) {
        if self.message.content_type() == DATA {
            self.faults.push(SignerFault::DataNotOctets { tag });
        } else {
            let reason =
                format!("PKCS #7 content with tag {tag:#04x} that is not wrapped in an OCTET STRING");
            self.faults.push(SignerFault::UnsupportedForm { reason });
        }
    }

    fn look_at_signed_attributes(&mut self, attributes: &Attributes) {
        for oid in SIGNED_ONCE {
            let mut found = attributes.find(oid);
            match (found.next(), found.next()) {
                (_, Some(_)) => self.faults.push(SignerFault::AttributeTwice { oid }),
                (Some(attribute), None) if attribute.values().len() != 1 => {
                    let values = attribute.values().len();
                    self.faults.push(SignerFault::AttributeValues { oid, values });
                }
                (None, None) if oid == MESSAGE_DIGEST => {
                    self.faults.push(SignerFault::AttributeMissing { oid });
                }
                _ => {}
            }
        }
        match self.subject {
            Subject::Content(_) => self.look_at_content_type(attributes),
            // Without this rule a signature over a file that holds the value would be a counter-signature.
            Subject::SignatureValue { .. } if attributes.contains(CONTENT_TYPE) => {
                self.faults.push(SignerFault::ContentTypeOfCountersignature);
            }
            Subject::SignatureValue { .. } => {}
        }
        if attributes.contains(COUNTERSIGNATURE) {
            self.remarks.push(Remark::CountersignatureSigned);
        }
        if let Some(Err(error)) = attributes.single(SIGNING_TIME).map(attributes::signing_time) {
            self.remarks.push(Remark::SigningTimeUnreadable { reason: error.to_string() });
        }
        if let Some(value) = attributes.single(ALGORITHM_PROTECTION) {
            match protects(value, self.signer) {
                Ok(true) => {}
                Ok(false) => self.faults.push(SignerFault::AlgorithmProtection),
                Err(error) => self.malformed(ALGORITHM_PROTECTION, &error),
            }
        }
    }

    fn look_at_content_type(&mut self, attributes: &Attributes) {
        if !attributes.contains(CONTENT_TYPE) {
            self.faults.push(SignerFault::AttributeMissing { oid: CONTENT_TYPE });
        }
        if let Some(signed) = self.single(attributes, CONTENT_TYPE, attributes::object_identifier) {
            let found = self.message.content_type();
            if signed != found {
                self.faults.push(SignerFault::ContentTypeMismatch { signed, found });
            }
        }
    }

    /// A signature over the content alone (RFC 5652, 5.3 and 11; the attack it opens: see
    /// [`resembles_signed_attributes`](crate::resembles_signed_attributes)).
    fn look_at_bare_content(&mut self) {
        if let Subject::SignatureValue { value, .. } = self.subject {
            if Shape::of(value) == Shape::SignedAttributes {
                self.faults.push(SignerFault::ContentIsAttributes);
            }
            return;
        }
        let content_type = self.message.content_type();
        if content_type != DATA {
            self.faults.push(SignerFault::SignedAttributesMissing { content_type });
        }
        match self.message.content_shape() {
            Some(Shape::SignedAttributes) => self.faults.push(SignerFault::ContentIsAttributes),
            Some(Shape::Ordinary) => {}
            None => self.remarks.push(Remark::ContentNotSeen),
        }
    }

    /// The digest of the content in the signer's algorithm, compared with the signed one.
    fn content_digest(&mut self) -> Option<Digest<KnownDigest>> {
        let Some(algorithm) = self.signer.digest_algorithm() else {
            self.faults.push(SignerFault::Unsupported { oid: self.signer.digest_algorithm_oid() });
            return None;
        };
        let attributes = self.signer.signed_attributes();
        let (Subject::Content(digests) | Subject::SignatureValue { digest: digests, .. }) = self.subject;
        let Some(digest) = digests.find(algorithm).cloned() else {
            if self.message.streamed_digests().is_some_and(|digests| digests.find(algorithm).is_none()) {
                self.faults.push(SignerFault::ContentDigestNotComputed { algorithm: algorithm.name() });
                return None;
            }
            self.content_missing = true;
            return None;
        };
        if let Some(attributes) = attributes {
            let signed = self.single(attributes, MESSAGE_DIGEST, attributes::octet_string);
            if signed.is_some_and(|signed| signed != digest.as_bytes()) {
                self.faults.push(SignerFault::DigestMismatch { algorithm: algorithm.name() });
            }
        }
        if matches!(self.subject, Subject::Content(_)) && !self.message.encloses_no_other(&digest) {
            self.faults.push(SignerFault::OtherContentEnclosed { algorithm: algorithm.name() });
        }
        Some(digest)
    }

    /// The signature algorithm, if it agrees with the digest algorithm.
    fn algorithm(&mut self) -> Option<ClaimedAlgorithm> {
        let digest = self.signer.digest_algorithm()?;
        let mismatch = |signature: String| SignerFault::DigestAlgorithmMismatch {
            digest: digest.name().to_owned(),
            signature,
        };
        let fault = match self.signer.claimed_algorithm() {
            // RFC 8933, 3: one digest algorithm for content and signed attributes. For Ed25519 it is SHA-512
            // (RFC 8419, 3.1), and without signed attributes there is no digest to disagree with.
            Ok(algorithm)
                if algorithm.digest() == digest
                    || (algorithm == ClaimedAlgorithm::Ed25519
                        && self.signer.signed_attributes().is_none()) =>
            {
                return Some(algorithm);
            }
            Ok(algorithm) => mismatch(algorithm.to_string()),
            Err(AlgorithmError::DigestMismatch { algorithm, .. }) => mismatch(algorithm.to_owned()),
            Err(AlgorithmError::Unsupported { oid }) => SignerFault::Unsupported { oid },
            Err(AlgorithmError::MaskDigest { digest, mask_digest }) => {
                SignerFault::MaskDigest { digest, mask_digest }
            }
            Err(other) => SignerFault::UnsupportedForm { reason: other.to_string() },
        };
        self.faults.push(fault);
        None
    }

    /// The certificate of the signer, and how firmly the signature is bound to it.
    fn certificate(&mut self, candidates: Shelf<'_>) -> Option<(Certificate, CertificateBinding)> {
        let fitting = fitting(self.signer.identifier(), [self.message.shelf(), candidates]);
        let (references, binding) = self.references();
        let chosen = match fitting.as_slice() {
            [] => {
                let identifier = self.signer.identifier().to_string();
                self.faults.push(SignerFault::CertificateMissing { identifier });
                return None;
            }
            [only] => *only,
            several => {
                let count = several.len();
                let meant = |certificate: &&&Certificate| {
                    references.iter().all(|reference| reference.matches(certificate) == ess::Match::Names)
                };
                let mut meant = several.iter().filter(meant);
                match (meant.next(), meant.next()) {
                    (Some(certificate), None) if binding != CertificateBinding::None => {
                        self.remarks.push(Remark::SeveralCertificatesFit { count });
                        *certificate
                    }
                    _ => {
                        self.faults.push(SignerFault::AmbiguousCertificate { count });
                        return None;
                    }
                }
            }
        };
        // Both versions of the attribute must name this certificate, so they agree with each other.
        for reference in &references {
            let reason = match reference.matches(chosen) {
                ess::Match::Names => continue,
                ess::Match::UnknownDigest(oid) => {
                    self.faults.push(SignerFault::Unsupported { oid });
                    continue;
                }
                ess::Match::OtherDigest => "the digest of the certificate is another",
                ess::Match::OtherIssuerSerial => "the certificate has another issuer or serial number",
            };
            self.faults.push(SignerFault::WrongCertificateReference { reason });
        }
        // A reference that is worth nothing has a remark of its own.
        if references.is_empty() {
            self.remarks.push(Remark::CertificateNotBound);
        }
        Some((chosen.clone(), binding))
    }

    /// The first reference of each signing-certificate attribute.
    fn references(&mut self) -> (Vec<CertificateReference>, CertificateBinding) {
        let Some(attributes) = self.signer.signed_attributes() else {
            return (Vec::new(), CertificateBinding::None);
        };
        let mut first = |oid, read: fn(&[u8]) -> Result<Vec<CertificateReference>, CmsError>| {
            self.single(attributes, oid, read).and_then(|references| references.into_iter().next())
        };
        let v2 = first(SIGNING_CERTIFICATE_V2, attributes::signing_certificate_v2);
        let v1 = first(SIGNING_CERTIFICATE, attributes::signing_certificate);
        if let Some(digest) = v2.as_ref().and_then(CertificateReference::weak_digest) {
            self.remarks.push(Remark::WeakReference { digest: digest.name() });
        }
        let references: Vec<_> = v2.into_iter().chain(v1).collect();
        let weakness = references.iter().map(CertificateReference::weak_digest);
        let binding = weakness.fold(CertificateBinding::None, |binding, weak| match (weak, binding) {
            (None, _) | (_, CertificateBinding::EssV2) => CertificateBinding::EssV2,
            (Some(LegacyDigest::Sha1), _) => CertificateBinding::EssV1,
            (Some(_), other) => other,
        });
        (references, binding)
    }

    /// Verifies the signature value.
    fn signature(
        &mut self,
        certificate: &Certificate,
        algorithm: &ClaimedAlgorithm,
        digest: Option<&Digest<KnownDigest>>,
    ) -> Option<Reading> {
        let key = match PublicKey::of(certificate) {
            Ok(key) => key,
            Err(error) => {
                self.faults.push(verify_fault(VerifyError::Key(error)));
                return None;
            }
        };
        let signature = self.signer.signature();
        let verified = match (self.signer.signed_attributes(), digest) {
            (Some(_), _) => self.signature_of_attributes(&key, algorithm),
            (None, digest) if *algorithm == ClaimedAlgorithm::Ed25519 => {
                // What is asked about are these digests; the content is what they are the digests of.
                digest?;
                key.verify(algorithm, self.content_for_all_signers()?, signature).map(|()| Reading::Content)
            }
            (None, digest) => key.verify_digest(algorithm, digest?, signature).map(|()| Reading::Content),
        };
        match verified {
            Ok(reading) => {
                if !self.signer.has_attributes_in_der() {
                    self.remarks.push(Remark::AttributesNotDer(reading));
                }
                Some(reading)
            }
            Err(error) => {
                self.faults.push(verify_fault(error));
                None
            }
        }
    }

    /// Verifies the signature value over each encoding that may have been signed, until one holds.
    fn signature_of_attributes(
        &self,
        key: &PublicKey,
        algorithm: &ClaimedAlgorithm,
    ) -> Result<Reading, VerifyError> {
        let mut verified = Err(VerifyError::SignatureMismatch);
        for (reading, bytes) in self.signer.signed_encodings() {
            verified = key.verify(algorithm, bytes, self.signer.signature()).map(|()| reading);
            if verified != Err(VerifyError::SignatureMismatch) {
                break;
            }
        }
        verified
    }

    /// The content itself, for algorithms that need it, within a budget for the whole message.
    fn content_for_all_signers(&mut self) -> Option<&'a [u8]> {
        if let Subject::SignatureValue { value, .. } = self.subject {
            return Some(value);
        }
        let Some(content) = self.message.signed_octets() else {
            if self.message.streamed_digests().is_some() {
                let reason = "Ed25519 without signed attributes over content that was not kept".to_owned();
                self.faults.push(SignerFault::UnsupportedForm { reason });
                return None;
            }
            self.content_missing = true;
            return None;
        };
        let signers = self.message.signers().len();
        if signers > SIGNERS_OF_ANY_CONTENT
            && content.len().saturating_mul(signers) > MAX_CONTENT_FOR_ALL_SIGNERS
        {
            let reason =
                "Ed25519 without signed attributes over so much content for so many signers".to_owned();
            self.faults.push(SignerFault::UnsupportedForm { reason });
            return None;
        }
        Some(content)
    }

    /// Reads the one value of an attribute. Faults of number are reported elsewhere, faults of form here.
    fn single<T>(
        &mut self,
        attributes: &Attributes,
        oid: Oid,
        read: impl FnOnce(&[u8]) -> Result<T, CmsError>,
    ) -> Option<T> {
        let value = attributes.single(oid)?;
        read(value).map_err(|error| self.malformed(oid, &error)).ok()
    }

    fn malformed(&mut self, oid: Oid, error: &CmsError) {
        self.faults.push(SignerFault::AttributeMalformed { oid, reason: error.to_string() });
    }
}

/// Whether CMSAlgorithmProtection (RFC 6211, 2) names the algorithms of the signer:
///
/// ```text
/// CMSAlgorithmProtection ::= SEQUENCE {
///     digestAlgorithm     DigestAlgorithmIdentifier,
///     signatureAlgorithm  [1] SignatureAlgorithmIdentifier OPTIONAL,
///     macAlgorithm        [2] MessageAuthenticationCodeAlgorithm OPTIONAL }
/// ```
fn protects(value: &[u8], signer: &SignerInfo) -> Result<bool, CmsError> {
    const WHAT: &str = "CMSAlgorithmProtection";
    let mut outer = Reader::new(value);
    let mut fields = outer.expect(SEQUENCE, WHAT)?.reader();
    outer.finish(WHAT)?;
    let digest = Algorithm::read(&fields.expect(SEQUENCE, WHAT)?, WHAT)?;
    let mut signature = fields.expect(tag::constructed(1), WHAT)?;
    fields.finish(WHAT)?;
    signature.tag = SEQUENCE;
    let signature = Algorithm::read(&signature, WHAT)?;
    let (claimed_digest, claimed_signature) = signer.algorithms();
    Ok(digest.is(claimed_digest) && signature.is(claimed_signature))
}

pub(crate) fn verify_fault(error: VerifyError) -> SignerFault {
    match error {
        VerifyError::SignatureMismatch => SignerFault::SignatureMismatch,
        VerifyError::Key(KeyError::Unsupported { oid }) => SignerFault::Unsupported { oid },
        VerifyError::Key(KeyError::MaskDigest { digest, mask_digest }) => {
            SignerFault::MaskDigest { digest, mask_digest }
        }
        VerifyError::Key(error) => SignerFault::UnsupportedForm { reason: error.to_string() },
        other => SignerFault::SignatureInvalid(other),
    }
}
