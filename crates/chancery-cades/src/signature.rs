//! A CAdES signature and how it grows.

use chancery_cms::{Attribute, SignedMessage, attributes};
use chancery_digest::{AnyDigest, Digest, DigestAlgorithm, Digests};
use chancery_http::Transport;
use chancery_timestamp::{MatchingToken, TimestampAuthority};
use rand_core::CryptoRng;

use crate::CadesError;
use crate::subject::digests_of_value;

/// A CMS message with one signature of ours, at level B-B when [`CadesSigner`](crate::CadesSigner) made it. Each
/// level is a step, because each needs the result of the one before.
#[derive(Clone, Debug)]
pub struct CadesSignature {
    message: SignedMessage,
    signer: usize,
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
            return Err(chancery_cms::CmsError::NoSuchSigner { index: signer, signers }.into());
        }
        Ok(Self { message, signer })
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
        let message = self.message.with_unsigned_attribute(self.signer, &attribute)?;
        Ok(Self { message, signer: self.signer })
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

    fn value(&self) -> &[u8] {
        // The constructor has looked: there is such a signer.
        self.message.signers().get(self.signer).map_or(&[], |signer| signer.signature())
    }
}
