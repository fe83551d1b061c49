//! Whom to trust, and what to ask for.

use chancery_chain::{
    ChainVerifier, Evidence, Freshness, PreparedEvidence, Purpose, RevocationPolicy, TrustAnchors,
    WeakAlgorithms,
};
use chancery_key::lifetime::AlgorithmConstraints;
use jiff::Timestamp;

use crate::level::SignatureLevel;

/// What a validation is judged by (the signature validation policy of ETSI EN 319 102-1, 5.1.4): whom to trust for
/// what, what to ask about revocation, which algorithms to accept until when, which level to demand, and what is known
/// beside what the signatures themselves carry.
///
/// | | [`baseline`](Self::baseline) | [`archival`](Self::archival) | [`strict`](Self::strict) | [`legacy`](Self::legacy) | [`new`](Self::new) |
/// | --- | --- | --- | --- | --- | --- |
/// | for | what is signed today | what goes into an archive, or comes out of one | where much is at stake | files from before all this | a policy of your own |
/// | [revocation](RevocationPolicy) | `Require` | `Require` | `Require` | `WhenKnown` | as given |
/// | [freshness](Self::freshness) | until newer was due | until newer was due | issued after the signature existed | until newer was due | until newer was due |
/// | [algorithms](AlgorithmConstraints) | EU DSS 6.4 | EU DSS 6.4 | ETSI TS 119 312 V2.1.1 | EU DSS 6.4 | EU DSS 6.4 |
/// | what becomes of [weak ones](Self::on_weak_algorithms) | refused | refused | refused | reported | refused |
/// | [level](Self::at_least) demanded | none | B-LTA | B-T | none | none |
/// | [weak references](Self::on_weak_references) to the certificate | reported | reported | refused | reported | reported |
///
/// Each row can be changed. `baseline` accepts what the default policy of EU DSS 6.4 accepts, but never believes
/// revocation information after newer was due, of which DSS does not ask. Timestamps are judged by the rows about
/// revocation and algorithms, with their own trust anchors if [some are given](Self::timestamp_anchors). Most authorities
/// name their certificate by SHA-1, so that no more is asked of their references than that they are right.
///
/// There is no default for revocation: whoever validates says what they mean, by a preset or by name.
///
/// ```
/// # fn policies(anchors: chancery_chain::TrustAnchors, tsas: chancery_chain::TrustAnchors) {
/// use chancery_ades::{Policy, SignatureLevel};
/// use chancery_chain::RevocationPolicy;
///
/// let usual = Policy::baseline(anchors.clone()).timestamp_anchors(tsas);
/// let own = Policy::new(anchors, RevocationPolicy::WhenKnown).at_least(SignatureLevel::Time);
/// # drop((usual, own));
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Policy {
    signers: TrustAnchors,
    timestamps: Option<TrustAnchors>,
    purpose: Purpose,
    revocation: RevocationPolicy,
    freshness: Freshness,
    algorithms: AlgorithmConstraints,
    weak_algorithms: WeakAlgorithms,
    weak_references: WeakAlgorithms,
    level: SignatureLevel,
    evidence: Evidence,
}

impl Policy {
    /// Trusts these anchors for signers and for timestamps.
    #[must_use]
    pub fn new(anchors: TrustAnchors, revocation: RevocationPolicy) -> Self {
        Self {
            signers: anchors,
            timestamps: None,
            purpose: Purpose::DocumentSigning,
            revocation,
            freshness: Freshness::until_next_update(),
            algorithms: AlgorithmConstraints::dss_6_4(),
            weak_algorithms: WeakAlgorithms::Refuse,
            weak_references: WeakAlgorithms::Report,
            level: SignatureLevel::BelowBaseline,
            evidence: Evidence::new(),
        }
    }

    /// For what is signed today: revocation must be known, algorithms as EU DSS 6.4 accepts them, any level.
    #[must_use]
    pub fn baseline(anchors: TrustAnchors) -> Self {
        Self::new(anchors, RevocationPolicy::Require)
    }

    /// For what is to be kept for long: [`baseline`](Self::baseline), and the level B-LTA is demanded.
    #[must_use]
    pub fn archival(anchors: TrustAnchors) -> Self {
        Self::baseline(anchors).at_least(SignatureLevel::Archive)
    }

    /// Where much is at stake: a trusted timestamp is demanded, revocation information that was issued after the
    /// signature existed, algorithms by the newest edition of ETSI TS 119 312, and a reference to the certificate by a
    /// digest that is not weak.
    ///
    /// RSA keys with less than 3000 bits are out since April 2026.
    #[must_use]
    pub fn strict(anchors: TrustAnchors) -> Self {
        Self::new(anchors, RevocationPolicy::Require)
            .freshness(Freshness::issued_after())
            .accept_algorithms(AlgorithmConstraints::ts_119_312_v2_1_1())
            .on_weak_references(WeakAlgorithms::Refuse)
            .at_least(SignatureLevel::Time)
    }

    /// For files from before: what is known of revocation counts, what is not is only told, and so are algorithms that
    /// are no longer acceptable. That such a signature passes says that it is intact and whose it seems to be; with a
    /// broken algorithm, anybody may have made it.
    #[must_use]
    pub fn legacy(anchors: TrustAnchors) -> Self {
        Self::new(anchors, RevocationPolicy::WhenKnown).on_weak_algorithms(WeakAlgorithms::Report)
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

    /// How recent revocation information about signers must be, counted from the moment at which a signature is proven
    /// to exist, with a grace period if one is wanted. Of timestamp authorities it is believed until newer was due: they
    /// are judged as of the present, for which nobody has anything newer.
    #[must_use]
    pub const fn freshness(mut self, freshness: Freshness) -> Self {
        self.freshness = freshness;
        self
    }

    /// Until when each algorithm and key size is acceptable.
    #[must_use]
    pub const fn accept_algorithms(mut self, algorithms: AlgorithmConstraints) -> Self {
        self.algorithms = algorithms;
        self
    }

    /// Refuses what was made with an algorithm or key that was no longer acceptable, or only reports it.
    #[must_use]
    pub const fn on_weak_algorithms(mut self, weak_algorithms: WeakAlgorithms) -> Self {
        self.weak_algorithms = weak_algorithms;
        self
    }

    /// Refuses signatures that name their certificate by SHA-1 although SHA-1 was no longer acceptable when they are
    /// first proven to exist, or only reports it, as EU DSS does. Whoever wants to use that must find a second
    /// certificate, of a trusted authority, with the same SHA-1 digest as a given one; nobody can today.
    #[must_use]
    pub const fn on_weak_references(mut self, weak_references: WeakAlgorithms) -> Self {
        self.weak_references = weak_references;
        self
    }

    /// Demands a level: a signature of a lower one does not pass. From B-T on, a timestamp must not only be there but
    /// be trusted; for B-LTA, one over everything. From B-LT on, what came with the signature must show by itself that
    /// its certificate was good then.
    #[must_use]
    pub const fn at_least(mut self, level: SignatureLevel) -> Self {
        self.level = level;
        self
    }

    /// What is asked about revocation.
    #[must_use]
    pub const fn revocation(&self) -> RevocationPolicy {
        self.revocation
    }

    /// How recent revocation information about signers must be.
    #[must_use]
    pub const fn asked_freshness(&self) -> Freshness {
        self.freshness
    }

    /// The level that is demanded.
    #[must_use]
    pub const fn demanded_level(&self) -> SignatureLevel {
        self.level
    }

    /// Until when each algorithm and key size is acceptable.
    #[must_use]
    pub const fn algorithms(&self) -> AlgorithmConstraints {
        self.algorithms
    }

    /// What becomes of algorithms that are not.
    #[must_use]
    pub const fn weak_algorithms(&self) -> WeakAlgorithms {
        self.weak_algorithms
    }

    /// What becomes of weak references to the certificate.
    #[must_use]
    pub const fn weak_references(&self) -> WeakAlgorithms {
        self.weak_references
    }

    /// What is known beside what the signatures carry.
    #[must_use]
    pub const fn known_evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// Judges signers; what is known later than at the moment of validation does not count.
    pub(crate) fn signer_verifier<'a>(
        &'a self,
        evidence: &'a PreparedEvidence<'a>,
        at: Timestamp,
    ) -> ChainVerifier<'a> {
        self.verifier(&self.signers, self.purpose, evidence, at).freshness(self.freshness)
    }

    /// The same for timestamp authorities.
    pub(crate) fn timestamp_verifier<'a>(
        &'a self,
        evidence: &'a PreparedEvidence<'a>,
        at: Timestamp,
    ) -> ChainVerifier<'a> {
        let anchors = self.timestamps.as_ref().unwrap_or(&self.signers);
        self.verifier(anchors, Purpose::Timestamping, evidence, at)
    }

    fn verifier<'a>(
        &'a self,
        anchors: &'a TrustAnchors,
        purpose: Purpose,
        evidence: &'a PreparedEvidence<'a>,
        at: Timestamp,
    ) -> ChainVerifier<'a> {
        ChainVerifier::new(anchors, purpose, self.revocation)
            .prepared(evidence)
            .known_by(at)
            .weak_algorithms(self.weak_algorithms)
            .algorithms(self.algorithms)
    }
}
