//! Tokens: read, and matched with the bytes that they cover.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use chancery_certificate::{Certificate, Octets};
use chancery_chain::ObjectDigest;
use chancery_cms::{
    CertificateBinding, CheckedSigner, KnownCertificates, SignedMessage, SignerCheck, attributes,
};
use chancery_digest::{Digest, Digests, KnownDigest};
use const_oid::ObjectIdentifier as Oid;
use const_oid::db::rfc5280::{
    ID_CE_EXT_KEY_USAGE as EXTENDED_KEY_USAGE, ID_KP_TIME_STAMPING as TIME_STAMPING,
};
use jiff::{SignedDuration, Timestamp};

use crate::info::TimestampInfo;
use crate::token_fault::TokenFault;

/// A token that was read: it says something, and nothing of it is judged yet.
#[derive(Clone, Debug)]
pub struct TimestampToken {
    message: SignedMessage,
    info: TimestampInfo,
}

impl TimestampToken {
    /// Reads a token: what a `.tst` file, a signature-timestamp attribute or the `/Contents` of a document
    /// timestamp holds.
    ///
    /// # Errors
    /// The bytes are not a signed message with a TSTInfo of version 1.
    pub fn from_ber(bytes: &[u8]) -> Result<Self, TokenFault> {
        Self::from_message(SignedMessage::from_ber(bytes)?)
    }

    /// As [`from_ber`](Self::from_ber), but certificates that are known already are taken instead of read again: nearly
    /// all tokens of a signature hold the same. A part of a message, as [`Octets`], is not copied.
    ///
    /// # Errors
    /// As [`from_ber`](Self::from_ber).
    pub fn from_ber_knowing(
        bytes: impl Into<Octets>,
        known: &KnownCertificates<'_>,
    ) -> Result<Self, TokenFault> {
        Self::from_message(SignedMessage::from_ber_knowing(bytes, known)?)
    }

    /// Takes a message that was read already.
    ///
    /// # Errors
    /// It holds no TSTInfo of version 1.
    pub fn from_message(message: SignedMessage) -> Result<Self, TokenFault> {
        if message.content_type() != attributes::TIMESTAMP_INFO {
            return Err(TokenFault::ContentType { content_type: message.content_type() });
        }
        let (version, info) = TimestampInfo::read(message.content().ok_or(TokenFault::Detached)?)?;
        if version != 1 {
            return Err(TokenFault::Version { found: version });
        }
        Ok(Self { message, info })
    }

    /// What the token says.
    #[must_use]
    pub const fn info(&self) -> &TimestampInfo {
        &self.info
    }

    /// The message around it.
    #[must_use]
    pub const fn message(&self) -> &SignedMessage {
        &self.message
    }

    /// The algorithm with which the covered bytes must be digested.
    ///
    /// # Errors
    /// It is not one that we know.
    pub fn imprint_algorithm(&self) -> Result<KnownDigest, TokenFault> {
        let imprint = self.info.imprint();
        imprint.known_algorithm().ok_or(TokenFault::Unsupported { oid: imprint.algorithm() })
    }

    /// Judges the token by everything that needs no trust: it covers the bytes with these digests; it has one
    /// signer, whose signature is sound and names its certificate; and that certificate is for timestamps and
    /// nothing else (RFC 3161, 2.3 and 2.4.2; RFC 5816).
    ///
    /// `candidates` are certificates beside those in the token.
    ///
    /// # Errors
    /// The first of these that does not hold.
    pub fn matching(
        self,
        covered: &Digests,
        candidates: &[Certificate],
    ) -> Result<MatchingToken, TokenFault> {
        let algorithm = self.imprint_algorithm()?;
        let digest =
            covered.find(algorithm).ok_or(TokenFault::DigestMissing { algorithm: name(algorithm) })?;
        if Digest::from_parts(algorithm, self.info.imprint().digest()).as_ref() != Ok(digest) {
            return Err(TokenFault::ImprintMismatch { algorithm: name(algorithm) });
        }
        if let Some(oid) = self.info.critical_extension() {
            return Err(TokenFault::CriticalExtension { oid });
        }
        let [signer] = self.message.signers() else {
            return Err(TokenFault::Signers { count: self.message.signers().len() });
        };
        let signer = match signer.check(&self.message, &self.message.content_digests(), candidates) {
            SignerCheck::Sound(signer) => signer,
            SignerCheck::Faulty(faults) => return Err(TokenFault::Signer(faults)),
        };
        if signer.binding() == CertificateBinding::None {
            return Err(TokenFault::NotBound);
        }
        check_purpose(signer.certificate())?;
        Ok(MatchingToken(Arc::new(Matched { token: self, algorithm, signer, object: OnceLock::new() })))
    }
}

/// A sound token that covers certain bytes. Whether its authority can be trusted is still open: see
/// [`trust`](Self::trust).
///
/// Only [`TimestampToken::matching`] makes one (and what builds on it). Cloning is cheap.
#[derive(Clone, Debug)]
pub struct MatchingToken(Arc<Matched>);

#[derive(Debug)]
struct Matched {
    token: TimestampToken,
    algorithm: KnownDigest,
    signer: CheckedSigner,
    /// Of the whole token, made when it is first asked for.
    object: OnceLock<ObjectDigest>,
}

impl MatchingToken {
    /// Reads a token and judges it: [`TimestampToken::from_ber`] and [`TimestampToken::matching`] in one.
    ///
    /// # Errors
    /// The token cannot be read, is not sound, or covers other bytes.
    pub fn from_token(token: &[u8], covered: &Digests) -> Result<Self, TokenFault> {
        TimestampToken::from_ber(token)?.matching(covered, &[])
    }

    /// When the covered bytes existed, if the authority can be trusted.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        self.0.token.info.time()
    }

    /// How far the true time may be from it, in either direction, if the authority says so.
    #[must_use]
    pub fn accuracy(&self) -> Option<Duration> {
        self.0.token.info.accuracy()
    }

    /// The first moment at which the token may have been made: its time, less how far that may be off.
    #[must_use]
    pub fn earliest_time(&self) -> Timestamp {
        self.time().checked_sub(self.tolerance()).unwrap_or(Timestamp::MIN)
    }

    /// The last moment at which the token may have been made: its time, and how far that may be off. The covered bytes
    /// certainly existed then, if the authority can be trusted.
    #[must_use]
    pub fn latest_time(&self) -> Timestamp {
        self.time().checked_add(self.tolerance()).unwrap_or(Timestamp::MAX)
    }

    /// Zero where nothing is said (RFC 3161, 2.4.2, says no more than that it may then be known by other means).
    fn tolerance(&self) -> SignedDuration {
        let stated = self.accuracy().unwrap_or_default();
        SignedDuration::try_from(stated).unwrap_or(SignedDuration::MAX)
    }

    /// The policy under which the authority made the token.
    #[must_use]
    pub fn policy(&self) -> Oid {
        self.0.token.info.policy()
    }

    /// The serial number of the token: the content octets of the INTEGER.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        self.0.token.info.serial()
    }

    /// Everything that the token says.
    #[must_use]
    pub fn info(&self) -> &TimestampInfo {
        &self.0.token.info
    }

    /// The algorithm of the digest that was stamped, which may be one that is no longer acceptable.
    #[must_use]
    pub fn imprint_algorithm(&self) -> KnownDigest {
        self.0.algorithm
    }

    /// The signer of the token.
    #[must_use]
    pub fn signer(&self) -> &CheckedSigner {
        &self.0.signer
    }

    /// The certificates in the token.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        self.0.token.message.certificates()
    }

    /// The message that the token is.
    #[must_use]
    pub fn message(&self) -> &SignedMessage {
        &self.0.token.message
    }

    /// By what the token is recognised where something is [proven of it](chancery_chain::ProofsOfExistence): made when it
    /// is first asked for, once for all clones.
    #[must_use]
    pub fn object(&self) -> ObjectDigest {
        *self.0.object.get_or_init(|| ObjectDigest::of(self.to_der()))
    }

    /// The token as received.
    #[must_use]
    pub fn to_der(&self) -> &[u8] {
        self.0.token.message.to_bytes()
    }
}

/// RFC 3161, 2.3: the key signs timestamps only, and says so in a critical extension.
fn check_purpose(certificate: &Certificate) -> Result<(), TokenFault> {
    let refuse = |reason| Err(TokenFault::NotForTimestamps { reason });
    let Some(extension) = certificate.extension(EXTENDED_KEY_USAGE) else {
        return refuse("it has no extended key usage");
    };
    if !extension.critical {
        return refuse("its extended key usage is not critical");
    }
    match certificate.extended_key_usage() {
        Ok(Some(purposes)) if purposes == [TIME_STAMPING] => Ok(()),
        Ok(Some(purposes)) if purposes.contains(&TIME_STAMPING) => refuse("it has other purposes beside"),
        Ok(_) => refuse("time-stamping is not among its purposes"),
        Err(_) => refuse("its extended key usage cannot be read"),
    }
}

fn name(algorithm: KnownDigest) -> &'static str {
    chancery_digest::AnyDigest::name(algorithm)
}
