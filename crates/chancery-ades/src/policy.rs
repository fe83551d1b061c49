//! Whom to trust, and what to ask for.

use chancery_chain::{ChainVerifier, Evidence, Purpose, RevocationPolicy, TrustAnchors};
use jiff::Timestamp;

/// What a validation is judged by: whom to trust for signers and for timestamps, what to ask about revocation,
/// and what is known beside what the signature itself carries.
///
/// There is no default for revocation: whoever validates says what they mean.
///
/// ```
/// # fn policy(anchors: chancery_chain::TrustAnchors) -> chancery_ades::Policy {
/// use chancery_ades::Policy;
/// use chancery_chain::RevocationPolicy;
///
/// Policy::new(anchors, RevocationPolicy::Require)
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Policy {
    signers: TrustAnchors,
    timestamps: Option<TrustAnchors>,
    revocation: RevocationPolicy,
    purpose: Purpose,
    evidence: Evidence,
}

impl Policy {
    /// Trusts these anchors for signers and for timestamps.
    #[must_use]
    pub fn new(anchors: TrustAnchors, revocation: RevocationPolicy) -> Self {
        let (timestamps, purpose, evidence) = (None, Purpose::DocumentSigning, Evidence::new());
        Self { signers: anchors, timestamps, revocation, purpose, evidence }
    }

    /// Trusts these anchors for timestamps, instead of those for signers.
    #[must_use]
    pub fn timestamp_anchors(mut self, anchors: TrustAnchors) -> Self {
        self.timestamps = Some(anchors);
        self
    }

    /// Adds certificates, CRLs and OCSP answers to what the signatures carry themselves.
    #[must_use]
    pub fn evidence(mut self, evidence: Evidence) -> Self {
        self.evidence.extend(evidence);
        self
    }

    /// What a signer's certificate must be good for, instead of [`Purpose::DocumentSigning`].
    #[must_use]
    pub const fn purpose(mut self, purpose: Purpose) -> Self {
        self.purpose = purpose;
        self
    }

    /// What is asked about revocation.
    #[must_use]
    pub const fn revocation(&self) -> RevocationPolicy {
        self.revocation
    }

    /// What is known beside what the signatures carry.
    #[must_use]
    pub const fn known_evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// What is known, with what a signature carries.
    pub(crate) fn evidence_with(&self, carried: Evidence) -> Evidence {
        let mut all = carried;
        all.extend(self.evidence.clone());
        all
    }

    /// Judges signers; what is known later than at the moment of validation does not count.
    pub(crate) fn signer_verifier<'a>(&'a self, evidence: &'a Evidence, at: Timestamp) -> ChainVerifier<'a> {
        ChainVerifier::new(&self.signers, self.purpose, self.revocation).evidence(evidence).known_by(at)
    }

    /// The same for timestamp authorities.
    pub(crate) fn timestamp_verifier<'a>(
        &'a self,
        evidence: &'a Evidence,
        at: Timestamp,
    ) -> ChainVerifier<'a> {
        let anchors = self.timestamps.as_ref().unwrap_or(&self.signers);
        ChainVerifier::new(anchors, Purpose::Timestamping, self.revocation).evidence(evidence).known_by(at)
    }
}
