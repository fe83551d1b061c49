//! The proof that a path holds.

use chancery_certificate::Certificate;
use jiff::Timestamp;

use crate::anchor::TrustAnchor;
use crate::fault::{EvidenceFault, EvidenceKind};
use crate::policies::PolicySet;
use crate::purpose::Purpose;
use crate::reason::RevocationReason;

/// A path that holds at a moment. Only [`ChainVerifier`](crate::ChainVerifier) makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedChain {
    certificates: Vec<Certificate>,
    anchor: TrustAnchor,
    at: Timestamp,
    purpose: Purpose,
    revocation: Vec<RevocationStatus>,
    policies: PolicySet,
}

/// What is known of the revocation of one certificate at the moment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevocationStatus {
    /// Not revoked, says evidence that was checked.
    Good(GoodEvidence),
    /// Revoked, but only after the moment.
    RevokedLater {
        /// The evidence that says so.
        evidence: GoodEvidence,
        /// When the revocation took effect.
        since: Timestamp,
        /// The reason that the issuer gave.
        reason: RevocationReason,
    },
    /// The trust anchor: nobody could revoke it.
    Anchor,
    /// The policy did not ask.
    NotChecked,
    /// The policy asked only for what is known, and nothing is.
    Unknown {
        /// Why the evidence at hand was not used; empty when there was none.
        because: Vec<EvidenceFault>,
    },
}

/// Where an answer about revocation comes from, and for how long it holds.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct GoodEvidence {
    /// CRL or OCSP answer.
    pub kind: EvidenceKind,
    /// When the information was known to be correct.
    pub this_update: Timestamp,
    /// When newer information was promised.
    pub next_update: Option<Timestamp>,
}

impl VerifiedChain {
    pub(crate) fn new(
        certificates: Vec<Certificate>,
        anchor: TrustAnchor,
        at: Timestamp,
        purpose: Purpose,
        revocation: Vec<RevocationStatus>,
        policies: PolicySet,
    ) -> Self {
        Self { certificates, anchor, at, purpose, revocation, policies }
    }

    /// The certificates, the judged one first, the trust anchor last.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The judged certificate.
    pub fn certificate(&self) -> &Certificate {
        // The builder always adds the anchor, so there is a first one.
        self.certificates.first().unwrap_or_else(|| self.anchor.certificate())
    }

    /// The trust anchor.
    pub fn anchor(&self) -> &TrustAnchor {
        &self.anchor
    }

    /// The moment at which the path holds.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The purpose for which it holds.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// What is known of the revocation of each certificate, in the order of [`certificates`](Self::certificates).
    pub fn revocation(&self) -> &[RevocationStatus] {
        &self.revocation
    }

    /// The certificate policies under which the path is valid, as far as they are acceptable to the user
    /// (the user-constrained-policy-set of RFC 5280 §6.1.6).
    pub fn policies(&self) -> &PolicySet {
        &self.policies
    }
}
