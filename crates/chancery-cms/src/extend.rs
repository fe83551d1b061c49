//! Adding to a message that stands already, ours or another's, without touching a byte of what is there.

use chancery_certificate::{Certificate, asn1};
use chancery_digest::{AnyDigest, DigestAlgorithm, KnownDigest};

use crate::attribute::Attribute;
use crate::attributes::COUNTERSIGNATURE;
use crate::ber::Reader;
use crate::countersignature::FinishedCountersignature;
use crate::enclosures::Enclosures;
use crate::error::CmsError;
use crate::message::SignedMessage;
use crate::reframe::{self, Additions};
use crate::signer::SignerInfo;
use crate::signer_preparation::FinishedSigner;

impl SignedMessage {
    /// The same message with one more signer beside the others: a parallel signature of the same content.
    ///
    /// The certificate of the signer is added, and whatever else is enclosed. No byte of content, other signers and
    /// their certificates is changed; where the set of signers is in DER order it stays so, so the new signer need
    /// not be the last, and the place of others can move by one.
    ///
    /// The message may have changed since the signer was prepared. What matters is compared: the type of the
    /// content, the content itself where the message holds it, and where it does not, what the other signers with
    /// the same digest algorithm have signed.
    ///
    /// ```no_run
    /// use chancery_cms::{Enclosures, SignedMessage, SignerPreparation};
    /// use chancery_digest::AnyDigest;
    /// use chancery_key::Signer;
    ///
    /// # fn join(bob: &impl Signer, message: &SignedMessage, contract: &[u8]) -> Result<SignedMessage, Box<dyn std::error::Error>> {
    /// let digest = bob.algorithm().digest().digest(contract);
    /// let prepared = SignerPreparation::new(bob.chain(), bob.algorithm(), digest)
    ///     .content_type(message.content_type())
    ///     .prepare()?;
    /// let signature = bob.sign(prepared.to_be_signed())?;
    /// let chain = Enclosures::new().certificates(bob.chain().iter().cloned());
    /// Ok(message.with_signer(&prepared.finish(signature)?, &chain)?)
    /// # }
    /// ```
    ///
    /// # Errors
    /// The signer signed content of another type, or other content, or is in the message already; or the content
    /// streamed by without being digested with the signer's algorithm.
    pub fn with_signer(&self, signer: &FinishedSigner, enclosed: &Enclosures) -> Result<Self, CmsError> {
        self.check_content(signer)?;
        let signer_info = signer.to_signer_info();
        let same = |other: &SignerInfo| {
            other.to_bytes() == signer_info
                || (other.signature() == signer.signature()
                    && other.signed_attributes_der() == Some(signer.prepared.to_be_signed.bytes()))
        };
        if self.signers().iter().any(same) {
            return Err(CmsError::SignerTwice);
        }
        let enclosures = enclosed.clone().certificate(signer.signer().clone());
        let algorithm = signer.digest_identifier();
        let known = KnownDigest::from(signer.content_digest().algorithm());
        let additions = Additions {
            version: signer.prepared.least_version().max(enclosures.least_version()),
            // Others may have announced it with NULL parameters.
            digest_algorithms: if self.announces(known.oid()) { Vec::new() } else { vec![&algorithm] },
            signers: vec![&signer_info],
            ..additions(&enclosures)
        };
        self.extended(&additions, &enclosures)
    }

    /// The same message with more certificates and revocation information. What is there already is not added.
    ///
    /// No byte of anything else is changed. A signature of the message as a whole, such as an archive timestamp,
    /// may cover the certificates: add before it, not after.
    ///
    /// # Errors
    /// The message would hold more than can be read again.
    pub fn with_enclosures(&self, enclosures: &Enclosures) -> Result<Self, CmsError> {
        self.extended(&additions(enclosures), enclosures)
    }

    /// The same message with this digest algorithm among those that it announces, so that whoever reads the content in
    /// one pass makes that digest too. An archive timestamp needs it (ETSI EN 319 122-1, 5.5.3).
    ///
    /// # Errors
    /// The message would hold more than can be read again.
    pub fn announcing(&self, algorithm: DigestAlgorithm) -> Result<Self, CmsError> {
        if self.announces(algorithm.oid()) {
            return Ok(self.clone());
        }
        let identifier = asn1::sequence(&[&asn1::oid(&algorithm.oid())]);
        let additions = Additions { digest_algorithms: vec![&identifier], ..Additions::default() };
        self.extended(&additions, &Enclosures::new())
    }

    /// The same message with one value of an unsigned attribute replaced, for a token to which certificates were added,
    /// for example. No byte of anything else is changed. What covers the value no longer does.
    ///
    /// # Errors
    /// There is no such signer, or no such value at it; or the new value is not one element.
    pub fn with_unsigned_value_replaced(
        &self,
        signer: usize,
        old: &[u8],
        new: &[u8],
    ) -> Result<Self, CmsError> {
        let signers = self.signers().len();
        if signer >= signers {
            return Err(CmsError::NoSuchSigner { index: signer, signers });
        }
        let mut reader = Reader::new(new);
        reader.any("Attribute.attrValues")?;
        reader.finish("Attribute.attrValues")?;
        let bytes = reframe::with_unsigned_value_replaced(self.to_bytes(), signer, old, new)?;
        self.read_again(bytes.ok_or(CmsError::NoSuchValue)?, &[])
    }

    /// The same message with a counter-signature at the signer, or counter-signer, whose signature value was
    /// counter-signed (RFC 5652, 11.4). No byte of anything else is changed.
    ///
    /// The counter-signer's certificate is not added: see [`with_enclosures`](Self::with_enclosures).
    ///
    /// # Errors
    /// No signer has that signature value, so that the message is another or has changed; several have it; or the
    /// counter-signature is there already.
    pub fn with_countersignature(&self, signature: &FinishedCountersignature) -> Result<Self, CmsError> {
        let digest = signature.signer.content_digest();
        let signer_info = signature.to_signer_info();
        let attribute = Attribute::new(COUNTERSIGNATURE, signer_info);
        let is_target = |signer: &SignerInfo| digest.algorithm().digest(signer.signature()) == *digest;
        let bytes = reframe::with_attribute_at(self.to_bytes(), is_target, &attribute.to_der())?;
        Self::read(bytes, self.certificates())
    }

    fn extended(&self, additions: &Additions<'_>, enclosures: &Enclosures) -> Result<Self, CmsError> {
        let bytes = reframe::with_additions(self.to_bytes(), additions)?;
        self.read_again(bytes, &enclosures.known)
    }

    /// Reads the message after something was added; content that streamed by stays known.
    fn read_again(&self, bytes: Vec<u8>, known: &[Certificate]) -> Result<Self, CmsError> {
        let message = Self::read(bytes, &[self.certificates(), known].concat())?;
        Ok(message.with_streamed_content_of(self))
    }

    fn check_content(&self, signer: &FinishedSigner) -> Result<(), CmsError> {
        if let Some(tag) = self.content_of_other_type() {
            return Err(CmsError::UnwrappedContent { tag });
        }
        if signer.prepared.content_type != Some(self.content_type()) {
            return Err(CmsError::OtherContentType {
                signed: signer.prepared.content_type,
                message: self.content_type(),
            });
        }
        let digest = signer.content_digest();
        let known = KnownDigest::from(digest.algorithm());
        let same_content = match self.content() {
            Some(content) => digest.algorithm().digest(content) == *digest,
            None => match self.streamed_digests().map(|streamed| streamed.find(known)) {
                Some(Some(enclosed)) => enclosed.as_bytes() == digest.as_bytes(),
                // Nothing else shows that it is the content that streamed by.
                Some(None) => return Err(CmsError::NotAnnounced { algorithm: digest.algorithm().name() }),
                None => {
                    let others =
                        self.signers().iter().filter(|other| other.digest_algorithm() == Some(known));
                    others.filter_map(SignerInfo::message_digest).all(|other| other == digest.as_bytes())
                }
            },
        };
        if same_content {
            Ok(())
        } else {
            Err(CmsError::OtherContent { algorithm: digest.algorithm().name() })
        }
    }
}

fn additions(enclosures: &Enclosures) -> Additions<'_> {
    Additions {
        version: enclosures.least_version(),
        certificates: enclosures.certificate_members(),
        revocations: enclosures.revocations.iter().map(Vec::as_slice).collect(),
        ..Additions::default()
    }
}
