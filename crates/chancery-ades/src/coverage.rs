//! What a timestamp covers: the things whose existence it proves.

use chancery_certificate::{Certificate, Octets};
use chancery_chain::{Evidence, ObjectDigest};
use chancery_timestamp::MatchingToken;

/// The things that a timestamp covers, as the format of the signature lays down: those whose octets, or whose digest,
/// are in what was stamped. A trusted timestamp proves of these, and of nothing else, that they existed at its time.
///
/// Only what a format *computed* into the stamped digest belongs here, never what it only found nearby.
///
/// A covered token that is itself one of the timestamps at hand is covered together with everything that *it*
/// covers: its octets hold the digest of those things. So an archive timestamp lists the tokens before it, and what
/// came since; a thousand renewals cost a thousand lists, not a million entries.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    signatures: Vec<Octets>,
    tokens: Vec<Covered>,
    evidence: Evidence,
}

/// A token that is covered.
#[derive(Clone, Debug)]
enum Covered {
    Octets(Octets),
    Matching(MatchingToken),
}

impl Covered {
    fn octets(&self) -> &[u8] {
        match self {
            Self::Octets(octets) => octets,
            Self::Matching(token) => token.to_der(),
        }
    }

    fn object(&self) -> ObjectDigest {
        match self {
            Self::Octets(octets) => ObjectDigest::of(octets),
            Self::Matching(token) => token.object(),
        }
    }
}

impl Coverage {
    /// Covers nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a signature value: the octets of `SignerInfo.signature`, as [`SignatureSubject`](crate::SignatureSubject)
    /// has them.
    #[must_use]
    pub fn signature(mut self, value: impl Into<Octets>) -> Self {
        self.signatures.push(value.into());
        self
    }

    /// Adds the token of another timestamp, as received ([`MatchingToken::to_der`](chancery_timestamp::MatchingToken::to_der)).
    #[must_use]
    pub fn token(mut self, token: impl Into<Octets>) -> Self {
        self.tokens.push(Covered::Octets(token.into()));
        self
    }

    /// The same for the token of another timestamp that was read already: quicker, since it is neither copied nor hashed
    /// twice.
    #[must_use]
    pub fn matching_token(mut self, token: MatchingToken) -> Self {
        self.tokens.push(Covered::Matching(token));
        self
    }

    /// Adds certificates, CRLs and OCSP answers.
    #[must_use]
    pub fn evidence(mut self, evidence: Evidence) -> Self {
        self.evidence.extend(evidence);
        self
    }

    /// Adds a certificate.
    #[must_use]
    pub fn certificate(mut self, certificate: Certificate) -> Self {
        self.evidence.add_certificate(certificate);
        self
    }

    /// The signature values.
    pub fn signatures(&self) -> impl Iterator<Item = &[u8]> {
        self.signatures.iter().map(AsRef::as_ref)
    }

    /// The tokens of other timestamps.
    pub fn tokens(&self) -> impl Iterator<Item = &[u8]> {
        self.tokens.iter().map(Covered::octets)
    }

    /// By what the tokens are recognised.
    pub(crate) fn token_objects(&self) -> impl Iterator<Item = ObjectDigest> {
        self.tokens.iter().map(Covered::object)
    }

    /// Certificates, CRLs and OCSP answers.
    #[must_use]
    pub const fn covered_evidence(&self) -> &Evidence {
        &self.evidence
    }
}
