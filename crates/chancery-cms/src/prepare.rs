//! A message with one signer, made in two steps with the key in between: prepared here, signed anywhere, finished
//! here.

use chancery_certificate::Certificate;
use chancery_digest::{AnyDigest, Digest};
use chancery_key::{SignatureAlgorithm, SignatureValue, ToBeSigned};
use const_oid::ObjectIdentifier as Oid;
use jiff::Timestamp;

use crate::around::Around;
use crate::assembly::Frame;
use crate::attribute::Attribute;
use crate::attributes::DATA;
use crate::enclosures::Enclosures;
use crate::error::CmsError;
use crate::message::SignedMessage;
use crate::signer_preparation::{
    CertificateReferences, Identification, PreparedSigner, SignerPreparation, digest_identifier,
};

/// What a message with one signer will hold. For several, see [`SignerPreparation`].
///
/// The signed attributes content-type, message-digest, signing-certificate-v2 and CMSAlgorithmProtection are
/// there without being asked for; a signing-time only if it is asked for (PAdES forbids it, EN 319 142-1, 6.3).
///
/// ```no_run
/// use chancery_cms::Preparation;
/// use chancery_digest::{AnyDigest, DigestAlgorithm};
/// use chancery_key::Signer;
///
/// # fn sign(alice: &impl Signer, contract: &[u8]) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
/// let digest = alice.algorithm().digest().digest(contract);
/// let prepared = Preparation::new(alice.chain(), alice.algorithm(), digest).prepare()?; // pure, needs no key
/// let signature = alice.sign(prepared.to_be_signed())?; // here or on another continent, now or tomorrow
/// let message = prepared.finish(signature)?; // verifies the value before anything is written
/// # Ok(message.into_bytes())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Preparation<'a> {
    signer: SignerPreparation<'a>,
    content: Option<Vec<u8>>,
    enclosures: Enclosures,
    included: Included,
}

/// Which certificates of the chain the message will hold.
#[derive(Copy, Clone, Debug)]
enum Included {
    Chain,
    Signer,
    None,
}

impl<'a> Preparation<'a> {
    /// A detached signature over content with this digest. The first certificate of the chain is the
    /// signer's; all are put into the message.
    #[must_use]
    pub fn new(chain: &'a [Certificate], algorithm: SignatureAlgorithm, content_digest: Digest) -> Self {
        Self {
            signer: SignerPreparation::new(chain, algorithm, content_digest),
            content: None,
            enclosures: Enclosures::new(),
            included: Included::Chain,
        }
    }

    /// A signature that carries its content with it.
    #[must_use]
    pub fn enclosing(chain: &'a [Certificate], algorithm: SignatureAlgorithm, content: Vec<u8>) -> Self {
        let digest = algorithm.digest().digest(&content);
        Self { content: Some(content), ..Self::new(chain, algorithm, digest) }
    }

    /// The type of the content, if it is not plain data.
    #[must_use]
    pub fn content_type(self, content_type: Oid) -> Self {
        self.with_signer(|signer| signer.content_type(content_type))
    }

    /// How the message names the signer's certificate.
    #[must_use]
    pub fn identified_by(self, identification: Identification) -> Self {
        self.with_signer(|signer| signer.identified_by(identification))
    }

    /// Which certificates the signature binds.
    #[must_use]
    pub fn referring_to(self, references: CertificateReferences) -> Self {
        self.with_signer(|signer| signer.referring_to(references))
    }

    /// Leaves CMSAlgorithmProtection out: see [`SignerPreparation::without_algorithm_protection`].
    #[must_use]
    pub fn without_algorithm_protection(self) -> Self {
        self.with_signer(SignerPreparation::without_algorithm_protection)
    }

    /// Adds the claimed time of signing, to the second.
    #[must_use]
    pub fn signing_time(self, time: Timestamp) -> Self {
        self.with_signer(|signer| signer.signing_time(time))
    }

    /// Adds a signed attribute: one of the [`statements`](crate::statements), or any other.
    #[must_use]
    pub fn attribute(self, attribute: Attribute) -> Self {
        self.with_signer(|signer| signer.attribute(attribute))
    }

    /// Adds a certificate that helps to verify, beside the chain.
    #[must_use]
    pub fn certificate(mut self, certificate: Certificate) -> Self {
        self.enclosures = self.enclosures.certificate(certificate);
        self
    }

    /// With these certificates and revocation information, beside the chain. What was given before goes.
    #[must_use]
    pub fn enclosures(mut self, enclosures: Enclosures) -> Self {
        self.enclosures = enclosures;
        self
    }

    /// Of the chain, puts only the signer's certificate into the message.
    #[must_use]
    pub const fn signer_certificate_only(mut self) -> Self {
        self.included = Included::Signer;
        self
    }

    /// Leaves all of the chain out: for answers to those who have it already (RFC 3161, 2.4.1, `certReq`).
    #[must_use]
    pub const fn without_certificates(mut self) -> Self {
        self.included = Included::None;
        self
    }

    /// Fixes what will be signed.
    ///
    /// # Errors
    /// As [`SignerPreparation::prepare`].
    pub fn prepare(self) -> Result<PreparedMessage, CmsError> {
        let chain = self.signer.chain();
        let included = match self.included {
            Included::Chain => chain,
            Included::Signer => chain.get(..1).unwrap_or_default(),
            Included::None => &[],
        };
        let signer = self.signer.prepare()?;
        let enclosures = self.enclosures.certificates(included.iter().cloned());
        Ok(PreparedMessage { signer, content: self.content, enclosures })
    }

    fn with_signer(mut self, change: impl FnOnce(SignerPreparation<'a>) -> SignerPreparation<'a>) -> Self {
        self.signer = change(self.signer);
        self
    }
}

/// A message that lacks only the signature value. Holds no key and, if detached, no content.
///
/// It can wait: [`to_bytes`](Self::to_bytes) and [`from_bytes`](Self::from_bytes).
#[derive(Clone, Debug)]
pub struct PreparedMessage {
    pub(crate) signer: PreparedSigner,
    pub(crate) content: Option<Vec<u8>>,
    pub(crate) enclosures: Enclosures,
}

impl PreparedMessage {
    /// What the key has to sign: the signed attributes in DER (RFC 5652, 5.4).
    #[must_use]
    pub const fn to_be_signed(&self) -> &ToBeSigned {
        self.signer.to_be_signed()
    }

    /// The certificate of the one who is to sign.
    #[must_use]
    pub const fn signer(&self) -> &Certificate {
        self.signer.signer()
    }

    /// The same message about other content, of which this is the digest: see
    /// [`PreparedSigner::with_content_digest`](crate::PreparedSigner::with_content_digest).
    ///
    /// # Errors
    /// The digest is of another algorithm than the signature's, or the message encloses other content.
    pub fn with_content_digest(self, digest: Digest) -> Result<Self, CmsError> {
        let algorithm = digest.algorithm();
        if self.content.as_ref().is_some_and(|content| algorithm.digest(content) != digest) {
            return Err(CmsError::OtherContent { algorithm: algorithm.name() });
        }
        Ok(Self { signer: self.signer.with_content_digest(digest)?, ..self })
    }

    /// Puts the signature value in its place.
    ///
    /// A value that came from outside (a token, a service, a person) is verified first; one that our own
    /// software signer made for exactly these bytes is not verified twice.
    ///
    /// # Errors
    /// The value is not a signature of the prepared bytes by the key of the signer's certificate.
    pub fn finish(&self, signature: SignatureValue) -> Result<SignedMessage, CmsError> {
        let checked = signature.check(self.signer.signer(), self.signer.to_be_signed())?;
        let content = self.content.as_deref().unwrap_or_default();
        let message = self.around(checked.as_bytes()).copied(content);
        SignedMessage::read(message, &self.enclosures.known)
    }

    /// As [`finish`](Self::finish), but enclosed content is moved into the message instead of copied: quicker where there
    /// is much of it. Quickest if the vector that was given to [`Preparation::enclosing`] has some kilobytes to spare.
    ///
    /// # Errors
    /// As [`finish`](Self::finish). The prepared message is then gone.
    pub fn finish_moving_content(self, signature: SignatureValue) -> Result<SignedMessage, CmsError> {
        let checked = signature.check(self.signer.signer(), self.signer.to_be_signed())?;
        let around = self.around(checked.as_bytes());
        SignedMessage::read(around.moved(self.content.unwrap_or_default()), &self.enclosures.known)
    }

    /// The length of the finished message for a signature value of this many bytes, so that room for it can be
    /// reserved.
    #[must_use]
    pub fn finished_len(&self, signature_len: usize) -> usize {
        let content_type = self.signer.content_type.unwrap_or(DATA);
        let digest_algorithm = digest_identifier(self.signer.to_be_signed.algorithm()).len();
        let lengths = [digest_algorithm, self.signer.signer_info_len(signature_len)];
        Frame::message_len(&self.enclosures, &content_type, self.content.as_ref().map(Vec::len), lengths)
    }

    fn around(&self, signature: &[u8]) -> Around {
        let frame = Frame {
            content_type: self.signer.content_type.unwrap_or(DATA),
            digest_algorithms: vec![digest_identifier(self.signer.to_be_signed.algorithm())],
            signers_version: Some(self.signer.least_version()),
            enclosures: &self.enclosures,
            signer_infos: vec![self.signer.signer_info(signature, &[])],
        };
        frame.around(self.content.as_ref().map(Vec::len))
    }
}
