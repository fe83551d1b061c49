//! A signature of a signature: whoever counter-signs confirms that of another signer.

use chancery_certificate::Certificate;
use chancery_digest::AnyDigest;
use chancery_key::{SignatureAlgorithm, SignatureValue, ToBeSigned};
use jiff::Timestamp;

use crate::attribute::Attribute;
use crate::error::CmsError;
use crate::signer::SignerInfo;
use crate::signer_preparation::{
    CertificateReferences, FinishedSigner, Identification, PreparedSigner, SignerPreparation,
};

/// What a counter-signer will sign: the signature value of a signer, or of another counter-signer
/// (RFC 5652, 11.4).
///
/// ```text
/// Countersignature ::= SignerInfo  -- without content-type, its message-digest that of the signature value
/// ```
///
/// Finished, it is put into the message by
/// [`SignedMessage::with_countersignature`](crate::SignedMessage::with_countersignature). The message may have
/// changed meanwhile: the signature value is what is looked for.
///
/// ```no_run
/// use chancery_cms::{CountersignaturePreparation, SignedMessage};
/// use chancery_key::Signer;
///
/// # fn confirm(notary: &impl Signer, message: &SignedMessage) -> Result<SignedMessage, Box<dyn std::error::Error>> {
/// let alice = &message.signers()[0];
/// let prepared = CountersignaturePreparation::new(notary.chain(), notary.algorithm(), alice).prepare()?;
/// let signature = notary.sign(prepared.to_be_signed())?;
/// Ok(message.with_countersignature(&prepared.finish(signature)?)?)
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct CountersignaturePreparation<'a> {
    signer: SignerPreparation<'a>,
}

impl<'a> CountersignaturePreparation<'a> {
    /// Counter-signs this signer, which is not judged here: [`check`](SignerInfo::check) it first. The first
    /// certificate of the chain is the counter-signer's.
    #[must_use]
    pub fn new(chain: &'a [Certificate], algorithm: SignatureAlgorithm, target: &SignerInfo) -> Self {
        let digest = algorithm.digest().digest(target.signature());
        Self { signer: SignerPreparation::countersigning(chain, algorithm, digest) }
    }

    /// How the message names the counter-signer's certificate.
    #[must_use]
    pub fn identified_by(self, identification: Identification) -> Self {
        self.with_signer(|signer| signer.identified_by(identification))
    }

    /// Which certificates the counter-signature binds.
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

    /// Adds a signed attribute.
    #[must_use]
    pub fn attribute(self, attribute: Attribute) -> Self {
        self.with_signer(|signer| signer.attribute(attribute))
    }

    /// Fixes what will be signed.
    ///
    /// # Errors
    /// As [`SignerPreparation::prepare`].
    pub fn prepare(self) -> Result<PreparedCountersignature, CmsError> {
        Ok(PreparedCountersignature { signer: self.signer.prepare()? })
    }

    fn with_signer(mut self, change: impl FnOnce(SignerPreparation<'a>) -> SignerPreparation<'a>) -> Self {
        self.signer = change(self.signer);
        self
    }
}

/// A counter-signature that lacks only its value. Holds no key, and of the message nothing but a digest.
///
/// It can wait: [`to_bytes`](Self::to_bytes) and [`from_bytes`](Self::from_bytes).
#[derive(Clone, Debug)]
pub struct PreparedCountersignature {
    pub(crate) signer: PreparedSigner,
}

impl PreparedCountersignature {
    /// What the key has to sign: the signed attributes in DER (RFC 5652, 5.4).
    #[must_use]
    pub const fn to_be_signed(&self) -> &ToBeSigned {
        self.signer.to_be_signed()
    }

    /// The certificate of the one who is to counter-sign.
    #[must_use]
    pub const fn signer(&self) -> &Certificate {
        self.signer.signer()
    }

    /// Puts the signature value in its place, verified as by [`PreparedSigner::finish`].
    ///
    /// # Errors
    /// The value is not a signature of the prepared bytes by the key of the counter-signer's certificate.
    pub fn finish(&self, signature: SignatureValue) -> Result<FinishedCountersignature, CmsError> {
        Ok(FinishedCountersignature { signer: self.signer.finish(signature)? })
    }
}

/// A counter-signature, not yet in a message. Its value was verified.
#[derive(Clone, Debug)]
pub struct FinishedCountersignature {
    pub(crate) signer: FinishedSigner,
}

impl FinishedCountersignature {
    /// The certificate of the one who counter-signed.
    #[must_use]
    pub const fn signer(&self) -> &Certificate {
        self.signer.signer()
    }

    /// The SignerInfo in DER: the value of the attribute.
    #[must_use]
    pub fn to_signer_info(&self) -> Vec<u8> {
        self.signer.to_signer_info()
    }
}
