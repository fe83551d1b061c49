//! The proof that a path holds.

use std::sync::Arc;

use chancery_certificate::Certificate;
use jiff::Timestamp;

use crate::anchor::TrustAnchor;
use crate::evidence::Evidence;
use crate::past::control::ControlTime;
use crate::path::fault::ChainFault;
use crate::revocation::evidence_fault::{EvidenceFault, EvidenceKind};
use crate::revocation::foundation::Foundation;
use crate::revocation::reason::RevocationReason;
use crate::rules::no_revocation::NoRevocation;
use crate::rules::policies::PolicySet;
use crate::rules::purpose::Purpose;

/// A path that holds at a moment. Only [`ChainVerifier`](crate::ChainVerifier) makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedChain(Arc<Proven>);

/// What a proof consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proven {
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) anchor: TrustAnchor,
    pub(crate) at: Timestamp,
    /// Until when it can be relied on, where it was judged in retrospect.
    pub(crate) control: Option<ControlTime>,
    pub(crate) purpose: Purpose,
    pub(crate) revocation: Vec<RevocationStatus>,
    pub(crate) policies: PolicySet,
    pub(crate) weaknesses: Vec<ChainFault>,
    pub(crate) weak_evidence: Vec<EvidenceFault>,
    /// From when on evidence counts as recent.
    pub(crate) fresh_from: Timestamp,
    /// Everything that was used, the path itself first.
    pub(crate) foundation: Foundation,
}

/// What is known of the revocation of one certificate at the moment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevocationStatus {
    /// Not revoked, says evidence that was checked.
    Good(GoodEvidence),
    /// Revoked or put on hold, but only after the moment. A hold is told also when it was lifted again.
    RevokedLater {
        /// The evidence that says so.
        evidence: GoodEvidence,
        /// When the revocation took effect.
        since: Timestamp,
        /// The reason that the issuer gave.
        reason: RevocationReason,
    },
    /// Not known, and not asked further: the issuer says in the certificate that there is nothing to ask. Had
    /// evidence named a revocation, that would count.
    NotAvailable(NoRevocation),
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
///
/// An answer may need several pieces: a delta CRL with the complete list that it continues, lists for some reasons
/// each, the certificate of a signer and what is known of that one. The times are those of the newest piece that
/// speaks of the certificate itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GoodEvidence {
    /// CRL or OCSP answer.
    pub kind: EvidenceKind,
    /// When the information was known to be correct.
    pub this_update: Timestamp,
    /// When newer information was promised.
    pub next_update: Option<Timestamp>,
    pub(crate) foundation: Foundation,
    /// The last moment for which its signer is known to be entitled; `None`: nothing bounds that. What it says stays
    /// true of its time until then, although newer information was due.
    pub(crate) signer_until: Option<Timestamp>,
}

impl GoodEvidence {
    /// The pieces that this answer rests on: the CRLs or the OCSP answer, and what shows that those who signed them
    /// may do so. The path of the certificate itself is not among them, nor are certificates inside an OCSP answer.
    pub fn evidence(&self) -> Evidence {
        self.foundation.to_evidence()
    }

    /// The last moment for which whoever signed it is known to be entitled; `None`: nothing bounds that. Afterwards,
    /// who has the key could date such evidence back, so that it counts only if it is proven to be older.
    pub fn signer_until(&self) -> Option<Timestamp> {
        self.signer_until
    }
}

impl VerifiedChain {
    pub(crate) fn new(proven: Proven) -> Self {
        // Elsewhere, because a verdict that holds one should not be much larger than one that does not; shared, because a
        // thousand timestamps of one authority have one path.
        Self(Arc::new(proven))
    }

    pub(crate) fn foundation(&self) -> &Foundation {
        &self.0.foundation
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

    /// Until when the chain can be relied on, and why not longer, where it was judged in retrospect
    /// ([`ChainVerifier::proofs`](crate::ChainVerifier::proofs)): a signature with the certificate's key that is proven to
    /// have existed by then is good.
    pub fn control_time(&self) -> Option<&ControlTime> {
        self.0.control.as_ref()
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
    /// ([`ChainFault::WeakAlgorithm`]), and its key if that was ([`ChainFault::WeakKey`]). Empty unless the verifier was told to report them only.
    pub fn weaknesses(&self) -> &[ChainFault] {
        &self.0.weaknesses
    }

    /// The evidence of [`revocation`](Self::revocation) that is older than the moment, or than the moment with the
    /// grace of the [`Freshness`](crate::Freshness) that was asked for: it was believed because newer information
    /// was not due yet, and newer may exist that says something else. Each with its certificate.
    pub fn older_evidence(&self) -> impl Iterator<Item = (&Certificate, &GoodEvidence)> {
        let statuses = self.0.certificates.iter().zip(&self.0.revocation);
        statuses.filter_map(|(certificate, status)| match status {
            RevocationStatus::Good(evidence) | RevocationStatus::RevokedLater { evidence, .. } => {
                (evidence.this_update < self.0.fresh_from).then_some((certificate, evidence))
            }
            _ => None,
        })
    }

    /// Exactly the pieces that the proof used: the certificates of the path with the trust anchor's, the CRLs and OCSP
    /// answers that decided, and certificates of their signers that came from elsewhere than from inside the answers.
    /// Verifying the same certificate again with this evidence alone, at the same moment, gives the same answer. Where
    /// the certificate was on hold before the moment, what names the hold and what lifted it are among them, although
    /// they may be outdated. The pieces are shared with the evidence that was given, not copied.
    ///
    /// This is what a signature for the long term embeds (ETSI EN 319 142-1 §5.4, EN 319 122-1 §5.5).
    pub fn evidence(&self) -> Evidence {
        self.0.foundation.to_evidence()
    }

    /// Until when the same evidence proves the same path: the earliest of the ends of validity of the certificates,
    /// of the `nextUpdate` of the CRLs and OCSP answers that were used (of one without it: the moment of its issue,
    /// or as long after as the verifier believes such), of the last moment before a later revocation or hold, and of
    /// the last moment of trust in the anchor. What names a hold or its end counts here only with its signer. Lifetimes
    /// of algorithms are not considered. Newer evidence may of course say something else before.
    ///
    /// `None` when the revocation of a certificate was not asked about or is not known: then nobody promised
    /// anything, and [`certificates`](Self::certificates) tell their ends of validity.
    pub fn holds_until(&self) -> Option<Timestamp> {
        let open = |status: &RevocationStatus| {
            matches!(status, RevocationStatus::NotChecked | RevocationStatus::Unknown { .. })
        };
        self.0.foundation.end().filter(|_| !self.0.revocation.iter().any(open))
    }

    /// Signatures on CRLs and OCSP answers whose algorithm was no longer acceptable
    /// ([`EvidenceFault::WeakAlgorithm`]). Empty unless the verifier was told to report them only.
    pub fn weak_evidence(&self) -> &[EvidenceFault] {
        &self.0.weak_evidence
    }
}
