//! One signer of a message, made in two steps around the key and apart from all others.

use chancery_certificate::asn1::tag::{self, INTEGER, SEQUENCE, SET};
use chancery_certificate::{Certificate, asn1};
use chancery_digest::Digest;
use chancery_key::{SignatureAlgorithm, SignatureValue, ToBeSigned};
use const_oid::ObjectIdentifier as Oid;
use jiff::Timestamp;

use crate::attribute::Attribute;
use crate::attributes::{
    ALGORITHM_PROTECTION, CONTENT_TIMESTAMP, CONTENT_TYPE, COUNTERSIGNATURE, DATA, MESSAGE_DIGEST, MIME_TYPE,
    SIGNATURE_TIMESTAMP, SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2, SIGNING_TIME,
};
use crate::ber::Reader;
use crate::error::CmsError;
use crate::ess;
use crate::policy_statement::SIGNATURE_POLICY_STORE;
use crate::statements::CONTENT_HINTS;
use crate::unsigned::may_be_unsigned;

/// What is said of a signature that exists (RFC 5652, 11.4; RFC 3161, appendix A; ETSI EN 319 122-1, 5.2.10).
const MUST_BE_UNSIGNED: [Oid; 3] = [COUNTERSIGNATURE, SIGNATURE_TIMESTAMP, SIGNATURE_POLICY_STORE];
/// What is said of content, which a counter-signature has not (ETSI EN 319 122-1, 5.2.4; RFC 5652, 11.4).
const ABOUT_CONTENT: [Oid; 4] = [CONTENT_TYPE, CONTENT_HINTS, MIME_TYPE, CONTENT_TIMESTAMP];

/// The INTEGER of a version.
pub(crate) const VERSION_LEN: usize = 3;

/// How a signer names its certificate in the message (RFC 5652, 5.3). Beside it, the signed attribute
/// signing-certificate-v2 always binds the certificate itself.
#[derive(Copy, Clone, Debug, Default, Eq, Hash, PartialEq)]
pub enum Identification {
    /// By issuer and serial number: what every reader understands.
    #[default]
    IssuerAndSerial,
    /// By the subject key identifier of the certificate, which must have that extension. The signer then has
    /// version 3.
    SubjectKeyIdentifier,
}

/// Which certificates the signed attribute signing-certificate-v2 names.
#[derive(Copy, Clone, Debug, Default, Eq, Hash, PartialEq)]
pub enum CertificateReferences {
    /// The signer's alone: all that the standard asks for (RFC 5035, 5.4.1).
    #[default]
    Signer,
    /// All of the chain, the signer's first: then only this path may be used to verify.
    Chain,
}

/// Whether the signed attribute CMSAlgorithmProtection is written.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum Protection {
    Written,
    LeftOut,
}

/// What one signer of a message will sign.
///
/// Several signers of the same content are prepared and finished each for itself, in any order and at any place,
/// and put together by [`Assembly`](crate::Assembly); a further one is added to a message that stands already by
/// [`SignedMessage::with_signer`](crate::SignedMessage::with_signer). Who has but one signer finds
/// [`Preparation`](crate::Preparation) shorter.
///
/// The signed attributes content-type, message-digest, signing-certificate-v2 and CMSAlgorithmProtection are
/// always there; the last can be [left out](Self::without_algorithm_protection). A signature *without* signed
/// attributes is not made at all: it would say neither which certificate nor which type of content was meant, and
/// could be passed off as a signature of other content (see
/// [`resembles_signed_attributes`](crate::resembles_signed_attributes)).
///
/// ```no_run
/// use chancery_cms::{Assembly, SignedMessage, SignerPreparation};
/// use chancery_digest::AnyDigest;
/// use chancery_key::Signer;
///
/// # fn sign(alice: &impl Signer, bob: &impl Signer, contract: Vec<u8>) -> Result<SignedMessage, Box<dyn std::error::Error>> {
/// let mut assembly = Assembly::enclosing(contract.clone());
/// for signer in [alice as &dyn Signer, bob] {
///     let digest = signer.algorithm().digest().digest(&contract);
///     let prepared = SignerPreparation::new(signer.chain(), signer.algorithm(), digest).prepare()?;
///     let signature = signer.sign(prepared.to_be_signed())?; // here, or weeks later in another town
///     assembly = assembly.signer(prepared.finish(signature)?);
/// }
/// Ok(assembly.assemble()?)
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct SignerPreparation<'a> {
    chain: &'a [Certificate],
    algorithm: SignatureAlgorithm,
    digest: Digest,
    /// None: a counter-signature, which has no content type (RFC 5652, 11.4).
    content_type: Option<Oid>,
    identification: Identification,
    references: CertificateReferences,
    protection: Protection,
    attributes: Vec<Attribute>,
}

impl<'a> SignerPreparation<'a> {
    /// A signature over content with this digest. The first certificate of the chain is the signer's.
    #[must_use]
    pub const fn new(
        chain: &'a [Certificate],
        algorithm: SignatureAlgorithm,
        content_digest: Digest,
    ) -> Self {
        Self {
            chain,
            algorithm,
            digest: content_digest,
            content_type: Some(DATA),
            identification: Identification::IssuerAndSerial,
            references: CertificateReferences::Signer,
            protection: Protection::Written,
            attributes: Vec::new(),
        }
    }

    pub(crate) fn countersigning(
        chain: &'a [Certificate],
        algorithm: SignatureAlgorithm,
        digest: Digest,
    ) -> Self {
        Self { content_type: None, ..Self::new(chain, algorithm, digest) }
    }

    /// The type of the content, if it is not plain data.
    #[must_use]
    pub const fn content_type(mut self, content_type: Oid) -> Self {
        self.content_type = Some(content_type);
        self
    }

    /// How the message names the signer's certificate.
    #[must_use]
    pub const fn identified_by(mut self, identification: Identification) -> Self {
        self.identification = identification;
        self
    }

    /// Which certificates the signature binds.
    #[must_use]
    pub const fn referring_to(mut self, references: CertificateReferences) -> Self {
        self.references = references;
        self
    }

    /// Leaves CMSAlgorithmProtection (RFC 6211) out.
    ///
    /// It names the algorithms of the signer under the signature, so that nobody can exchange them for weaker
    /// ones. Bouncy Castle (and so EU DSS) and pyHanko write it, OpenSSL does not; some old verifiers are said to
    /// stumble over it.
    #[must_use]
    pub const fn without_algorithm_protection(mut self) -> Self {
        self.protection = Protection::LeftOut;
        self
    }

    /// Adds the claimed time of signing, to the second.
    #[must_use]
    pub fn signing_time(self, time: Timestamp) -> Self {
        self.attribute(Attribute::new(SIGNING_TIME, asn1::time(time)))
    }

    /// Adds a signed attribute: one of the [`statements`](crate::statements), or any other.
    #[must_use]
    pub fn attribute(mut self, attribute: Attribute) -> Self {
        self.attributes.push(attribute);
        self
    }

    /// The chain that was given.
    pub(crate) const fn chain(&self) -> &'a [Certificate] {
        self.chain
    }

    /// Fixes what will be signed.
    ///
    /// # Errors
    /// The chain is empty, the content was digested with another algorithm than the signature's, the algorithm
    /// has no object identifier, the certificate lacks the identifier by which it should be named, or an attribute
    /// is given twice, is written anyway, must be unsigned, or has a value that is not one DER element.
    pub fn prepare(self) -> Result<PreparedSigner, CmsError> {
        let signer = self.chain.first().ok_or(CmsError::EmptyChain)?;
        check_algorithm(self.digest, self.algorithm)?;
        let digest = self.algorithm.digest();
        let identifier = identifier(signer, self.identification)?;
        let signature_algorithm = self.algorithm.to_algorithm_identifier()?;
        let referenced = match self.references {
            CertificateReferences::Signer => std::slice::from_ref(signer),
            CertificateReferences::Chain => self.chain,
        };
        let mut attributes = Vec::with_capacity(self.attributes.len() + 4);
        if let Some(content_type) = self.content_type {
            attributes.push(Attribute::new(CONTENT_TYPE, asn1::oid(&content_type)));
        }
        attributes.push(message_digest(&self.digest));
        attributes.push(Attribute::new(SIGNING_CERTIFICATE_V2, ess::write_v2(referenced, digest)));
        if self.protection == Protection::Written {
            let value = algorithm_protection(&digest_identifier(self.algorithm), &signature_algorithm);
            attributes.push(Attribute::new(ALGORITHM_PROTECTION, value));
        }
        for attribute in self.attributes {
            attribute.check_values_in_der()?;
            let oid = attribute.oid();
            if MUST_BE_UNSIGNED.contains(&oid) {
                return Err(CmsError::MustBeUnsigned { oid });
            }
            if self.content_type.is_none() && ABOUT_CONTENT.contains(&oid) {
                return Err(CmsError::NotInCountersignature { oid });
            }
            let written = [CONTENT_TYPE, SIGNING_CERTIFICATE, ALGORITHM_PROTECTION].contains(&oid);
            if written || attributes.iter().any(|other| other.oid() == oid) {
                return Err(CmsError::AttributeTaken { oid });
            }
            attributes.push(attribute);
        }
        let attributes = asn1::set_of(attributes.iter().map(Attribute::to_der).collect());
        Ok(PreparedSigner {
            to_be_signed: ToBeSigned::new(self.algorithm, attributes),
            signature_algorithm,
            content_type: self.content_type,
            digest: self.digest,
            identification: self.identification,
            identifier,
            signer: signer.clone(),
        })
    }
}

/// The content must be digested by the algorithm of the signature (RFC 8933, 3).
fn check_algorithm(content: Digest, signature: SignatureAlgorithm) -> Result<(), CmsError> {
    let (content, signature) = (content.algorithm(), signature.digest());
    if content == signature {
        return Ok(());
    }
    Err(CmsError::DigestAlgorithm { content: content.name(), signature: signature.name() })
}

fn message_digest(digest: &Digest) -> Attribute {
    Attribute::new(MESSAGE_DIGEST, asn1::octet_string(digest.as_bytes()))
}

/// The DER encoding of a SignerIdentifier:
///
/// ```text
/// SignerIdentifier ::= CHOICE {
///     issuerAndSerialNumber  IssuerAndSerialNumber,
///     subjectKeyIdentifier   [0] SubjectKeyIdentifier }
/// ```
pub(crate) fn identifier(signer: &Certificate, by: Identification) -> Result<Vec<u8>, CmsError> {
    match by {
        Identification::IssuerAndSerial => {
            let serial = asn1::encode(INTEGER, signer.serial());
            Ok(asn1::sequence(&[signer.issuer().to_der(), &serial]))
        }
        Identification::SubjectKeyIdentifier => {
            let identifier = signer.subject_key_identifier()?.ok_or(CmsError::NoSubjectKeyIdentifier)?;
            Ok(asn1::encode(tag::primitive(0), &identifier))
        }
    }
}

/// The digest algorithm of a signer, without parameters (RFC 5754, 2).
pub(crate) fn digest_identifier(algorithm: SignatureAlgorithm) -> Vec<u8> {
    asn1::sequence(&[&asn1::oid(&algorithm.digest().oid())])
}

/// The value of CMSAlgorithmProtection (RFC 6211, 2), both algorithms exactly as the SignerInfo names them:
///
/// ```text
/// CMSAlgorithmProtection ::= SEQUENCE {
///     digestAlgorithm     DigestAlgorithmIdentifier,
///     signatureAlgorithm  [1] SignatureAlgorithmIdentifier OPTIONAL,
///     macAlgorithm        [2] MessageAuthenticationCodeAlgorithm OPTIONAL }
/// ```
pub(crate) fn algorithm_protection(digest: &[u8], signature: &[u8]) -> Vec<u8> {
    let mut signature = signature.to_vec();
    if let Some(first) = signature.first_mut() {
        *first = tag::constructed(1);
    }
    asn1::sequence(&[digest, &signature])
}

/// A signer who has not signed yet. Holds no key and no content.
///
/// It can wait: [`to_bytes`](Self::to_bytes) and [`from_bytes`](Self::from_bytes).
#[derive(Clone, Debug)]
pub struct PreparedSigner {
    pub(crate) to_be_signed: ToBeSigned,
    /// The algorithm of the signature as a DER AlgorithmIdentifier.
    pub(crate) signature_algorithm: Vec<u8>,
    /// None: a counter-signature.
    pub(crate) content_type: Option<Oid>,
    /// Of the content, or of the signature value that is counter-signed.
    pub(crate) digest: Digest,
    pub(crate) identification: Identification,
    /// The SignerIdentifier in DER.
    pub(crate) identifier: Vec<u8>,
    pub(crate) signer: Certificate,
}

impl PreparedSigner {
    /// What the key has to sign: the signed attributes in DER (RFC 5652, 5.4).
    #[must_use]
    pub const fn to_be_signed(&self) -> &ToBeSigned {
        &self.to_be_signed
    }

    /// The certificate of the one who is to sign.
    #[must_use]
    pub const fn signer(&self) -> &Certificate {
        &self.signer
    }

    /// The digest of the content that is to be signed.
    #[must_use]
    pub const fn content_digest(&self) -> &Digest {
        &self.digest
    }

    /// The same signer over other content, of which this is the digest: quicker than to prepare it anew, for whoever signs
    /// much, or must know how long a message becomes before there is a digest. Every other attribute stays as it is, a
    /// claimed time of signing too.
    ///
    /// # Errors
    /// The digest is of another algorithm than the signature's.
    pub fn with_content_digest(mut self, digest: Digest) -> Result<Self, CmsError> {
        let algorithm = self.to_be_signed.algorithm();
        check_algorithm(digest, algorithm)?;
        let (before, after) = (message_digest(&self.digest).to_der(), message_digest(&digest).to_der());
        let mut members = Reader::new(self.to_be_signed.bytes()).expect(SET, "signedAttrs")?.reader();
        let (mut attributes, mut replaced) = (Vec::new(), 0);
        while !members.is_empty() {
            let member = members.expect(SEQUENCE, "signedAttrs")?.raw;
            let is_digest = member == before;
            replaced += usize::from(is_digest);
            attributes.push(if is_digest { after.clone() } else { member.to_vec() });
        }
        if replaced != 1 {
            return Err(CmsError::OtherContent { algorithm: digest.algorithm().name() });
        }
        // Attributes differ before the digest begins, which keeps its length: the order stays, and is made again all the
        // same.
        self.to_be_signed = ToBeSigned::new(algorithm, asn1::set_of(attributes));
        self.digest = digest;
        Ok(self)
    }

    /// Puts the signature value in its place.
    ///
    /// A value that came from outside (a token, a service, a person) is verified first; one that our own
    /// software signer made for exactly these bytes is not verified twice.
    ///
    /// # Errors
    /// The value is not a signature of the prepared bytes by the key of the signer's certificate.
    pub fn finish(&self, signature: SignatureValue) -> Result<FinishedSigner, CmsError> {
        let checked = signature.check(&self.signer, &self.to_be_signed)?;
        let signature = checked.as_bytes().to_vec();
        Ok(FinishedSigner { prepared: self.clone(), signature, unsigned: Vec::new() })
    }

    /// The version that a SignedData with this signer has at least (RFC 5652, 5.1 and 5.3).
    pub(crate) const fn least_version(&self) -> u8 {
        match self.identification {
            Identification::IssuerAndSerial => 1,
            Identification::SubjectKeyIdentifier => 3,
        }
    }

    /// How long the SignerInfo is with a signature value of this many bytes and nothing unsigned.
    pub(crate) fn signer_info_len(&self, signature: usize) -> usize {
        let algorithms =
            digest_identifier(self.to_be_signed.algorithm()).len() + self.signature_algorithm.len();
        let fields = VERSION_LEN + self.identifier.len() + self.to_be_signed.bytes().len();
        asn1::encoded_len(fields + algorithms + asn1::encoded_len(signature))
    }

    /// The SignerInfo with this signature value (RFC 5652, 5.3).
    pub(crate) fn signer_info(&self, signature: &[u8], unsigned: &[Attribute]) -> Vec<u8> {
        let mut signed_attributes = self.to_be_signed.bytes().to_vec();
        if let Some(first) = signed_attributes.first_mut() {
            *first = tag::constructed(0);
        }
        let mut unsigned: Vec<Vec<u8>> = unsigned.iter().map(Attribute::to_der).collect();
        unsigned.sort_unstable();
        let unsigned = match unsigned.as_slice() {
            [] => Vec::new(),
            some => asn1::encode(tag::constructed(1), &some.concat()),
        };
        asn1::sequence(&[
            &asn1::integer(&[self.least_version()]),
            &self.identifier,
            &digest_identifier(self.to_be_signed.algorithm()),
            &signed_attributes,
            &self.signature_algorithm,
            &asn1::octet_string(signature),
            &unsigned,
        ])
    }
}

/// A signer who has signed, not yet part of a message. Its signature was verified.
///
/// It can wait for the others: [`to_bytes`](Self::to_bytes) and [`from_bytes`](Self::from_bytes).
#[derive(Clone, Debug)]
pub struct FinishedSigner {
    pub(crate) prepared: PreparedSigner,
    pub(crate) signature: Vec<u8>,
    pub(crate) unsigned: Vec<Attribute>,
}

impl FinishedSigner {
    /// The certificate of the one who signed.
    #[must_use]
    pub const fn signer(&self) -> &Certificate {
        &self.prepared.signer
    }

    /// The digest of the content that was signed.
    #[must_use]
    pub const fn content_digest(&self) -> &Digest {
        &self.prepared.digest
    }

    /// The signature value: what a signature timestamp covers.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// Adds an unsigned attribute, such as a timestamp of the signature value.
    ///
    /// # Errors
    /// A value of the attribute is not one element, or the attribute is one that must be signed.
    pub fn with_unsigned_attribute(mut self, attribute: Attribute) -> Result<Self, CmsError> {
        attribute.check_values()?;
        may_be_unsigned(&attribute)?;
        self.unsigned.push(attribute);
        Ok(self)
    }

    /// The SignerInfo in DER.
    #[must_use]
    pub fn to_signer_info(&self) -> Vec<u8> {
        self.prepared.signer_info(&self.signature, &self.unsigned)
    }

    pub(crate) fn digest_identifier(&self) -> Vec<u8> {
        digest_identifier(self.prepared.to_be_signed.algorithm())
    }
}
