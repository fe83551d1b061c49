//! A CAdES signature and how it grows.

use std::sync::{Arc, OnceLock};

use chancery_cms::{Attribute, CmsError, SignedMessage, SignerInfo, attributes};
use chancery_digest::{AnyDigest, Digest, DigestAlgorithm, Digests, KnownDigest};
use chancery_http::Transport;
use chancery_timestamp::{MatchingToken, TimestampAuthority};
use rand_core::CryptoRng;

use crate::level::Level;
use crate::long_term::{self, LongTermEvidence};
use crate::needed::{self, Foundation, NeededChain};
use crate::settled::Settled;
use crate::subject::digests_of_value;
use crate::{CadesError, stamps};

/// A CMS message and one of its signatures, ours or another's. Each level is a step, because each needs the result of
/// the one before; what there is stays as it is, byte for byte.
///
/// ```no_run
/// use chancery_cades::{CadesSignature, LongTermCollector};
/// use chancery_chain::{ChainVerifier, Purpose, RevocationPolicy, TrustAnchors};
/// use chancery_cms::SignedMessage;
/// # use chancery_http::Transport;
/// # use chancery_timestamp::TimestampAuthority;
/// # use rand_core::CryptoRng;
///
/// # fn keep<T: Transport>(file: &[u8], roots: &TrustAnchors, tsa: &TimestampAuthority<T>, http: &T, now: jiff::Timestamp, rng: &mut impl CryptoRng) -> Result<(), Box<dyn std::error::Error>> {
/// let verifier = ChainVerifier::new(roots, Purpose::DocumentSigning, RevocationPolicy::Require);
/// let signed = CadesSignature::first_of(SignedMessage::from_file_bytes(file)?)?;
/// let signed = signed.timestamp(tsa, rng)?;                                             // B-T: it existed
/// let evidence = LongTermCollector::new(&signed, &verifier, &verifier, now)?.collect(http)?;
/// let signed = signed.preserve(&evidence)?;                                             // B-LT: who it was, and not revoked
/// let signed = signed.archive(tsa, rng)?;                                               // B-LTA: all of this existed
///
/// // Years later, before the certificate of the timestamp expires or its algorithms weaken:
/// let evidence = LongTermCollector::new(&signed, &verifier, &verifier, now)?.collect(http)?;
/// let renewed = signed.preserve(&evidence)?.archive(tsa, rng)?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct CadesSignature {
    message: SignedMessage,
    signer: usize,
    /// What is known from the signatures that it grew from.
    settled: Settled,
    /// What it rests on, once that was asked.
    foundation: OnceLock<Arc<Foundation>>,
}

impl CadesSignature {
    /// Takes the first signature of a message.
    ///
    /// # Errors
    /// If the message has no signer.
    pub fn first_of(message: SignedMessage) -> Result<Self, CadesError> {
        Self::of(message, 0)
    }

    /// Takes one of the signatures of a message, counted from 0.
    ///
    /// # Errors
    /// If the message has no such signer.
    pub fn of(message: SignedMessage, signer: usize) -> Result<Self, CadesError> {
        let signers = message.signers().len();
        if signer >= signers {
            return Err(CmsError::NoSuchSigner { index: signer, signers }.into());
        }
        Ok(Self { message, signer, settled: Settled::default(), foundation: OnceLock::new() })
    }

    /// The digest that a signature timestamp is over: that of the signature value (EN 319 122-1, 5.3).
    #[must_use]
    pub fn timestamp_digest(&self, algorithm: DigestAlgorithm) -> Digest {
        algorithm.digest(self.value())
    }

    /// Asks an authority for a timestamp over the signature and puts it in: level B-T.
    ///
    /// # Errors
    /// If the authority gives none, as its error says; the signature at level B-B is not lost, it is borrowed.
    pub fn timestamp<T: Transport>(
        &self,
        authority: &TimestampAuthority<T>,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, CadesError> {
        let token = authority.stamp(&self.timestamp_digest(DigestAlgorithm::Sha256), rng)?;
        self.with_timestamp(&token)
    }

    /// Puts a timestamp over the signature in, as an unsigned attribute: level B-T.
    ///
    /// # Errors
    /// If the timestamp is over something else.
    pub fn with_timestamp(&self, token: &MatchingToken) -> Result<Self, CadesError> {
        let covered: Digests = digests_of_value(self.value());
        MatchingToken::from_token(token.to_der(), &covered)
            .map_err(|_| CadesError::TimestampOfOtherSignature)?;
        let attribute = Attribute::new(attributes::SIGNATURE_TIMESTAMP, token.to_der());
        Ok(self.grown(self.message.with_unsigned_attribute(self.signer, &attribute)?))
    }

    /// The level that the signature has by its form.
    #[must_use]
    pub fn level(&self) -> Level {
        // The constructor has looked: there is such a signer.
        self.signer().map_or(Level::Plain, |signer| Level::of(&self.message, signer))
    }

    /// The certificates whose chains [`preserve`](Self::preserve) asks for: that of the signer and those of its
    /// timestamps. Once there is an archive timestamp, only that of the newest.
    ///
    /// # Errors
    /// The signature has no timestamp that covers it, or does not hold.
    pub fn needed_chains(&self) -> Result<Vec<NeededChain>, CadesError> {
        Ok(self.foundation()?.needed.clone())
    }

    /// Puts certificates, CRLs and OCSP answers in: level B-LT. Also the first half of a renewal: the evidence of the
    /// newest archive timestamp, before the next one covers it.
    ///
    /// # Errors
    /// The signature has no timestamp that covers it, does not hold, or the evidence lacks something: the error says
    /// what, and for whom.
    pub fn preserve(&self, evidence: &LongTermEvidence) -> Result<Self, CadesError> {
        let signer = self.signer()?;
        let enclosures = evidence.enclosures(&self.needed_chains()?)?;
        Ok(self.grown(long_term::enclose(&self.message, self.signer, signer, &enclosures)?))
    }

    /// The algorithms by which detached content has to be digested for [`archive_detached`](Self::archive_detached): that
    /// of the signature, and that of the timestamp, which is SHA-256; and those of earlier timestamps over the content.
    #[must_use]
    pub fn content_algorithms(&self) -> Vec<KnownDigest> {
        let mut algorithms = stamps::content_algorithms(&self.message);
        algorithms.push(DigestAlgorithm::Sha256.into());
        algorithms.sort_unstable();
        algorithms.dedup();
        algorithms
    }

    /// The message.
    #[must_use]
    pub const fn message(&self) -> &SignedMessage {
        &self.message
    }

    /// The message as bytes: a `.p7m` if it encloses its content, else a `.p7s`.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.message.into_bytes()
    }

    /// What it rests on: found out once.
    pub(crate) fn foundation(&self) -> Result<Arc<Foundation>, CadesError> {
        if let Some(known) = self.foundation.get() {
            return Ok(Arc::clone(known));
        }
        let found = needed::of_signer(&self.message, self.signer, self.signer()?, &self.settled)?;
        Ok(Arc::clone(self.foundation.get_or_init(|| Arc::new(found))))
    }

    /// The same signature in a message to which something was added.
    pub(crate) fn grown(&self, message: SignedMessage) -> Self {
        let settled = self.foundation.get().map_or(&self.settled, |known| &known.settled).clone();
        Self { message, signer: self.signer, settled, foundation: OnceLock::new() }
    }

    /// The place of the signature among those of the message.
    pub(crate) const fn index(&self) -> usize {
        self.signer
    }

    pub(crate) fn signer(&self) -> Result<&SignerInfo, CadesError> {
        let signers = self.message.signers();
        let none = CmsError::NoSuchSigner { index: self.signer, signers: signers.len() };
        signers.get(self.signer).ok_or_else(|| none.into())
    }

    fn value(&self) -> &[u8] {
        // The constructor has looked: there is such a signer.
        self.signer().map_or(&[], |signer| signer.signature())
    }
}
