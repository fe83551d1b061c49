//! The verifier: whom it trusts, what it asks, and what it is given.

mod judgement;
mod search;
mod signers;

use chancery_certificate::Certificate;
use chancery_key::lifetime::AlgorithmConstraints;
use jiff::{SignedDuration, Timestamp};

use crate::anchor::TrustAnchors;
use crate::evidence::Evidence;
use crate::past::proofs::ProofsOfExistence;
use crate::path::budget::Limits;
use crate::path::failure::ChainFailure;
use crate::path::signature::SignatureChecker;
use crate::prepared::PreparedEvidence;
use crate::revocation::freshness::Freshness;
use crate::rules::policies::PolicyDemands;
use crate::rules::profile::CertificateProfile;
use crate::rules::purpose::Purpose;
use crate::rules::usages::UsageDemands;
use crate::settings::{RevocationPolicy, WeakAlgorithms};
use crate::verified::VerifiedChain;

/// Judges certificates: is there a path to a trust anchor that held at a moment?
///
/// The order of the certificates that are handed over does not matter, nor do certificates that do not belong to
/// the path; several issuers of one name, cross-certificates and loops are tried until a path holds or the
/// [`Limits`] end the search.
#[derive(Clone, Debug)]
pub struct ChainVerifier<'a> {
    anchors: &'a TrustAnchors,
    purpose: Purpose,
    revocation: RevocationPolicy,
    evidence: Option<&'a Evidence>,
    prepared: Option<&'a PreparedEvidence<'a>>,
    intermediates: &'a [Certificate],
    known_by: Option<Timestamp>,
    proofs: Option<&'a ProofsOfExistence>,
    open_ended: SignedDuration,
    freshness: Freshness,
    policies: PolicyDemands,
    usages: UsageDemands,
    profile: CertificateProfile,
    weak_algorithms: WeakAlgorithms,
    algorithms: AlgorithmConstraints,
    limits: Limits,
}

impl<'a> ChainVerifier<'a> {
    /// A verifier that trusts these anchors, for this purpose, under this revocation policy.
    pub fn new(anchors: &'a TrustAnchors, purpose: Purpose, revocation: RevocationPolicy) -> Self {
        Self {
            anchors,
            purpose,
            revocation,
            evidence: None,
            prepared: None,
            intermediates: &[],
            known_by: None,
            proofs: None,
            open_ended: SignedDuration::ZERO,
            freshness: Freshness::default(),
            policies: PolicyDemands::default(),
            usages: UsageDemands::default(),
            profile: CertificateProfile::default(),
            weak_algorithms: WeakAlgorithms::default(),
            algorithms: AlgorithmConstraints::default(),
            limits: Limits::default(),
        }
    }

    /// Uses certificates, CRLs and OCSP answers that were kept or fetched.
    #[must_use]
    pub fn evidence(self, evidence: &'a Evidence) -> Self {
        Self { evidence: Some(evidence), prepared: None, ..self }
    }

    /// Uses evidence that was read before, and what other verifications with it found out about signatures.
    #[must_use]
    pub fn prepared(self, prepared: &'a PreparedEvidence<'a>) -> Self {
        Self { evidence: Some(prepared.evidence()), prepared: Some(prepared), ..self }
    }

    /// Uses certificates that came with what was signed.
    #[must_use]
    pub fn intermediates(self, intermediates: &'a [Certificate]) -> Self {
        Self { intermediates, ..self }
    }

    /// Does not believe CRLs and OCSP answers that claim to be younger than this: the caller's present.
    ///
    /// Evidence that is younger than the moment in question is welcome otherwise: what was issued after a
    /// signature knows more of that moment than what was issued before.
    #[must_use]
    pub fn known_by(self, present: Timestamp) -> Self {
        Self { known_by: Some(present), ..self }
    }

    /// Judges in retrospect, by what is proven to have existed when: *past certificate validation* with *validation time
    /// sliding* (ETSI EN 319 102-1, 5.6.2.1 and 5.6.2.2).
    ///
    /// The moment that [`verify_at`](Self::verify_at) is then given is the time by which a signature with the key of the
    /// certificate is proven to have existed. The path must be valid at that moment, as always. Besides, it is walked
    /// down from its anchor with a *control time*: the last moment for which everything above can be relied on. It begins
    /// at the [present](ProofsOfExistence::present) (or where trust in the anchor ended), and at each certificate:
    ///
    /// | what is asked | otherwise |
    /// |---|---|
    /// | the certificate is proven to have existed by the control time, and before its signature became too weak | [`ChainFault::NoProof`](crate::ChainFault::NoProof) |
    /// | so is a CRL or OCSP answer about it, issued by then, and in the lifetime of the certificate unless it keeps expired ones; its signer was good when it is proven to have existed | that, or [`ChainFault::RevocationUnknown`](crate::ChainFault::RevocationUnknown) |
    ///
    /// and then the control time goes back to before
    ///
    /// - the revocation of the certificate, whatever its reason, or the invalidity date if that is earlier;
    /// - the end of what the evidence says: its `nextUpdate`, or what the [`freshness`](Self::freshness) that was asked
    ///   for makes of it (of several pieces the one that lasts longest counts);
    /// - the end of the certificate, if it is an authority's;
    /// - the day on which the algorithm or key of the signature on the certificate, or on the evidence, became too weak.
    ///
    /// In the end the moment itself must not lie after the control time. The result says which limit was the narrowest
    /// ([`VerifiedChain::control_time`]).
    ///
    /// A revocation that is named by evidence from after the control time counts all the same, unless somebody above was
    /// revoked by then, was trusted no longer, or an algorithm was broken: then it may be forged.
    ///
    /// Under [`RevocationPolicy::WhenKnown`] the end of what evidence says limits nothing, nor is evidence needed: only
    /// what is known to be wrong counts.
    ///
    /// # Stricter and milder than the standard
    ///
    /// The standard asks only that the certificates of the path were once valid together; here the authorities must be
    /// valid at the moment too, and vouch for nothing after their end. Where evidence is not fresh any more the standard
    /// goes back to its `thisUpdate`; here it counts until newer information was due, since a CRL about an authority is
    /// nearly always older than the signature ([`Freshness::issued_after`] keeps to the letter).
    #[must_use]
    pub fn proofs(self, proofs: &'a ProofsOfExistence) -> Self {
        Self { proofs: Some(proofs), ..self }
    }

    /// Believes CRLs and OCSP answers without `nextUpdate` for this long after they were issued.
    ///
    /// By default they are believed only about moments before they were issued: without `nextUpdate` a responder
    /// says that newer information is available at any time (RFC 6960 §4.2.2.1).
    #[must_use]
    pub fn believe_open_ended_for(self, time: SignedDuration) -> Self {
        Self { open_ended: time, ..self }
    }

    /// Asks how recent CRLs and OCSP answers must be.
    #[must_use]
    pub fn freshness(self, freshness: Freshness) -> Self {
        Self { freshness, ..self }
    }

    /// Asks something of certificate policies.
    #[must_use]
    pub fn policies(self, policies: PolicyDemands) -> Self {
        Self { policies, ..self }
    }

    /// Asks more of extended key usages than the purpose does.
    #[must_use]
    pub fn usages(self, usages: UsageDemands) -> Self {
        Self { usages, ..self }
    }

    /// Insists on the rules for issuers too, or does not.
    #[must_use]
    pub fn profile(self, profile: CertificateProfile) -> Self {
        Self { profile, ..self }
    }

    /// Refuses signatures with weak algorithms, or only reports them.
    #[must_use]
    pub fn weak_algorithms(self, weak_algorithms: WeakAlgorithms) -> Self {
        Self { weak_algorithms, ..self }
    }

    /// Judges by this table until when each algorithm and key size is acceptable, instead of the default one.
    #[must_use]
    pub fn algorithms(self, algorithms: AlgorithmConstraints) -> Self {
        Self { algorithms, ..self }
    }

    /// Allows more or less work.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The same verifier for another purpose. What was asked of [`usages`](Self::usages) belonged to the former one and
    /// is asked no longer.
    #[must_use]
    pub fn for_purpose(self, purpose: Purpose) -> Self {
        Self { purpose, usages: UsageDemands::default(), ..self }
    }

    /// The same verifier under another revocation policy.
    #[must_use]
    pub fn with_revocation(self, revocation: RevocationPolicy) -> Self {
        Self { revocation, ..self }
    }

    /// The same verifier for signers of CRLs, of which no purpose and no policy is asked.
    pub(crate) fn for_signers_of_lists(self) -> Self {
        let (policies, usages) = (PolicyDemands::default(), UsageDemands::default());
        Self { purpose: Purpose::Any, policies, usages, ..self }
    }

    /// Evidence and intermediates together.
    pub(crate) fn at_hand(&self) -> Evidence {
        let mut evidence = self.evidence.cloned().unwrap_or_default();
        self.intermediates.iter().for_each(|one| evidence.add_certificate(one.clone()));
        evidence
    }

    /// The proofs of existence by which it judges in retrospect, if it was given any.
    pub fn proofs_of_existence(&self) -> Option<&'a ProofsOfExistence> {
        self.proofs
    }

    /// The table until when each algorithm and key size is acceptable.
    pub fn algorithm_constraints(&self) -> AlgorithmConstraints {
        self.algorithms
    }

    /// The purpose that certificates are judged for.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The revocation policy.
    pub fn revocation_policy(&self) -> RevocationPolicy {
        self.revocation
    }

    /// Judges the certificate at the moment.
    ///
    /// # Errors
    /// When no path holds. The failure keeps every candidate path with all its faults, the most telling first.
    pub fn verify_at(&self, certificate: &Certificate, at: Timestamp) -> Result<VerifiedChain, ChainFailure> {
        match self.prepared {
            Some(prepared) => {
                prepared.remembering(|signatures| self.verify_remembering(certificate, at, signatures))
            }
            None => self.verify_remembering(certificate, at, &mut SignatureChecker::default()),
        }
    }
}
