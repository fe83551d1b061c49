//! The proof that a path holds.

use chancery_certificate::Certificate;
use jiff::Timestamp;

use crate::anchor::TrustAnchor;
use crate::evidence_fault::{EvidenceFault, EvidenceKind};
use crate::fault::ChainFault;
use crate::policies::PolicySet;
use crate::purpose::Purpose;
use crate::reason::RevocationReason;

/// A path that holds at a moment. Only [`ChainVerifier`](crate::ChainVerifier) makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedChain(Proven);

/// What a proof consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proven {
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) anchor: TrustAnchor,
    pub(crate) at: Timestamp,
    pub(crate) purpose: Purpose,
    pub(crate) revocation: Vec<RevocationStatus>,
    pub(crate) policies: PolicySet,
    pub(crate) weaknesses: Vec<ChainFault>,
    pub(crate) weak_evidence: Vec<EvidenceFault>,
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
    pub(crate) fn new(proven: Proven) -> Self {
        Self(proven)
    }

    /// The certificates, the judged one first, the trust anchor last.
    pub fn certificates(&self) -> &[Certificate] {
        &self.0.certificates
    }

    /// The judged certificate.
    pub fn certificate(&self) -> &Certificate {
        // The builder always adds the anchor, so there is a first one.
        self.0.certificates.first().unwrap_or_else(|| self.0.anchor.certificate())
    }

    /// The trust anchor.
    pub fn anchor(&self) -> &TrustAnchor {
        &self.0.anchor
    }

    /// The moment at which the path holds.
    pub fn at(&self) -> Timestamp {
        self.0.at
    }

    /// The purpose for which it holds.
    pub fn purpose(&self) -> Purpose {
        self.0.purpose
    }

    /// What is known of the revocation of each certificate, in the order of [`certificates`](Self::certificates).
    pub fn revocation(&self) -> &[RevocationStatus] {
        &self.0.revocation
    }

    /// The certificate policies under which the path is valid, as far as they are acceptable to the user
    /// (the user-constrained-policy-set of RFC 5280 §6.1.6).
    pub fn policies(&self) -> &PolicySet {
        &self.0.policies
    }

    /// Signatures on certificates of the path whose algorithm was no longer acceptable at the moment
    /// ([`ChainFault::WeakAlgorithm`]). Empty unless the verifier was told to report them only.
    pub fn weaknesses(&self) -> &[ChainFault] {
        &self.0.weaknesses
    }

    /// The same for the CRLs and OCSP answers that were used.
    pub fn weak_evidence(&self) -> &[EvidenceFault] {
        &self.0.weak_evidence
    }
}
