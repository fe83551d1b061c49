//! What a timestamp covers: the things whose existence it proves.

use std::sync::Arc;

use chancery_certificate::Certificate;
use chancery_chain::Evidence;

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
    signatures: Vec<Arc<[u8]>>,
    tokens: Vec<Arc<[u8]>>,
    evidence: Evidence,
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
    pub fn signature(mut self, value: impl Into<Arc<[u8]>>) -> Self {
        self.signatures.push(value.into());
        self
    }

    /// Adds the token of another timestamp, as received ([`MatchingToken::to_der`](chancery_timestamp::MatchingToken::to_der)).
    #[must_use]
    pub fn token(mut self, token: impl Into<Arc<[u8]>>) -> Self {
        self.tokens.push(token.into());
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
        self.tokens.iter().map(AsRef::as_ref)
    }

    /// Certificates, CRLs and OCSP answers.
    #[must_use]
    pub const fn covered_evidence(&self) -> &Evidence {
        &self.evidence
    }
}
