//! The verifier: brings search, path rules and revocation together.

use std::collections::HashSet;
use std::mem;

use chancery_certificate::{Certificate, Name};
use chancery_key::lifetime::AlgorithmConstraints;
use jiff::{SignedDuration, Timestamp};

use crate::anchor::{TrustAnchor, TrustAnchors};
use crate::evidence::Evidence;
use crate::past::proofs::ProofsOfExistence;
use crate::past::settle::{self, Settled, Terms};
use crate::past::slide::{Authority, Slide};
use crate::path::budget::Limits;
use crate::path::build::{self, CandidatePath, Question, Work};
use crate::path::failure::ChainFailure;
use crate::path::fault::{ChainFault, FaultGroup};
use crate::path::pool::Pool;
use crate::path::signature::SignatureChecker;
use crate::prepared::PreparedEvidence;
use crate::revocation::answers;
use crate::revocation::ask::{self, Known};
use crate::revocation::foundation::{Foundation, Piece};
use crate::revocation::freshness::Freshness;
use crate::revocation::known_lists;
use crate::revocation::list_signers::ListSigners;
use crate::revocation::standing::{self, Signed, Standing};
use crate::revocation::statement::{Answer, Moment, View};
use crate::revocation::weigh::{rests_on, weigh};
use crate::rules::anchor::Role;
use crate::rules::judge::{self, Judgement, Rules};
use crate::rules::no_revocation::NoRevocation;
use crate::rules::policies::PolicyDemands;
use crate::rules::profile::CertificateProfile;
use crate::rules::purpose::Purpose;
use crate::rules::usages::UsageDemands;
use crate::settings::{RevocationPolicy, WeakAlgorithms};
use crate::verified::{Proven, RevocationStatus, VerifiedChain};

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
    /// | the certificate is proven to have existed by the control time, and before its signature became too weak | [`ChainFault::NoProof`] |
    /// | so is a CRL or OCSP answer about it, issued by then, and in the lifetime of the certificate unless it keeps expired ones; its signer was good when it is proven to have existed | [`ChainFault::NoProof`], [`ChainFault::RevocationUnknown`] |
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

    /// The same, without checking again what an earlier verification with the same evidence, or less of it in the
    /// same order, found out about signatures.
    pub(crate) fn verify_remembering(
        &self,
        certificate: &Certificate,
        at: Timestamp,
        signatures: &mut SignatureChecker,
    ) -> Result<VerifiedChain, ChainFailure> {
        let pool = self.pool();
        let known = match self.revocation {
            RevocationPolicy::NotChecked => Known::default(),
            RevocationPolicy::Require | RevocationPolicy::WhenKnown => self.known(),
        };
        let mut work = Work::new(self.limits, self.weak_algorithms, self.algorithms);
        work.signatures = mem::take(signatures);
        let found = build::search(certificate, at, &pool, &mut work, &mut |path, work| {
            let rules = Rules {
                role: Role::Judged,
                purpose: self.purpose,
                usages: &self.usages,
                at,
                policies: &self.policies,
                profile: self.profile,
                algorithms: self.algorithms,
            };
            let (anchor, in_progress, asked) = (path.anchor, Vec::new(), Vec::new());
            let signers =
                SignersUnder { verifier: self, pool: &pool, known: &known, anchor, at, in_progress, asked };
            self.judge(path, rules, self.revocation, &known, &signers, work)
        });
        *signatures = work.signatures;
        found
    }

    fn judge(
        &self,
        path: CandidatePath<'_, '_>,
        rules: Rules<'_>,
        revocation: RevocationPolicy,
        known: &Known<'_>,
        signers: &dyn ListSigners,
        work: &mut Work,
    ) -> Result<VerifiedChain, Vec<ChainFault>> {
        let Judgement { faults, policies } = judge::judge(path, rules, &mut work.budget);
        let (weaknesses, mut faults): (Vec<_>, Vec<_>) = faults.into_iter().partition(|fault| {
            self.weak_algorithms == WeakAlgorithms::Report && fault.group() == FaultGroup::Cryptography
        });
        // Revocation also matters to a caller who can place the certificate before its expiry by other proof.
        let worth_asking =
            |fault: &ChainFault| matches!(fault.group(), FaultGroup::OutOfBounds | FaultGroup::Cryptography);
        let mut foundation = path.foundation();
        let mut statuses = Vec::new();
        let mut slide = self.proofs.map(|proofs| Slide::from(path.anchor, proofs));
        let target = path.target();
        if faults.iter().all(worth_asking) {
            let mut questions: Vec<_> = path.questions().collect();
            if slide.is_some() {
                // From the anchor down: what is below counts as long as what is above can be relied on.
                questions.reverse();
            }
            for question in questions {
                faults.extend(slide.as_ref().and_then(|slide| slide.certificate(question.certificate)));
                let no_revocation = match NoRevocation::said_by(question.certificate) {
                    Ok(said) => said,
                    Err(reason) => {
                        faults.push(ChainFault::Malformed {
                            certificate: question.certificate.clone(),
                            reason,
                        });
                        continue;
                    }
                };
                let (at, certificate) = (rules.at, question.certificate);
                let status = match revocation {
                    RevocationPolicy::NotChecked => Ok(RevocationStatus::NotChecked),
                    RevocationPolicy::Require | RevocationPolicy::WhenKnown => self
                        .ask(question, at, known, signers, revocation, slide.as_mut(), work)
                        .and_then(|answer| weigh(answer, certificate, no_revocation, revocation, at)),
                };
                if let Some(slide) = &mut slide {
                    let authority =
                        if question.certificate == target { Authority::No } else { Authority::Yes };
                    let known = status.as_ref().ok();
                    faults.extend(slide.pass(
                        question,
                        known,
                        (self.weak_algorithms, self.algorithms),
                        authority,
                    ));
                }
                match status {
                    Ok(status) if slide.is_some() => {
                        foundation = foundation.beside(&rests_on(&status));
                        statuses.push(status);
                    }
                    Ok(status) => {
                        foundation = foundation.and(&rests_on(&status));
                        statuses.push(status);
                    }
                    Err(fault @ ChainFault::BudgetExceeded { .. }) => {
                        faults.push(fault);
                        break;
                    }
                    Err(fault) => faults.push(match &slide {
                        Some(slide) => slide.explain(fault),
                        None => fault,
                    }),
                }
            }
        }
        if faults.is_empty() {
            faults.extend(slide.as_ref().and_then(|slide| slide.judge(target, rules.at)));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        if slide.is_some() {
            statuses.reverse();
        }
        let control = slide.map(Slide::into_control);
        let foundation = control.iter().fold(foundation, |foundation, one| foundation.until(one.time));
        statuses.push(RevocationStatus::Anchor);
        Ok(VerifiedChain::new(Proven {
            certificates: path.certificates(),
            anchor: path.anchor.clone(),
            at: rules.at,
            control,
            purpose: rules.purpose,
            revocation: statuses,
            policies,
            weaknesses,
            weak_evidence: work.weak_evidence.clone(),
            fresh_from: self.freshness.wanted(rules.at),
            foundation,
        }))
    }

    /// What evidence says of a certificate. In retrospect that also lowers the control time.
    #[expect(
        clippy::too_many_arguments,
        reason = "what is asked, of what, with what, and what becomes of it"
    )]
    fn ask(
        &self,
        question: Question<'_>,
        at: Timestamp,
        known: &Known<'_>,
        signers: &dyn ListSigners,
        policy: RevocationPolicy,
        slide: Option<&mut Slide<'_>>,
        work: &mut Work,
    ) -> Result<Answer, ChainFault> {
        let Some(slide) = slide else {
            let moment = self.moment(at, View::AsKnown);
            return Ok(ask::ask(question, known, signers, policy, moment, work)?);
        };
        let control = self.moment(slide.time(), slide.view());
        let before = work.budget.refusals();
        let said = ask::gather(question, known, signers, policy, control, work)?;
        let weak_algorithms = self.weak_algorithms;
        let Settled { answer, limits } = settle::settle(said, Terms { at, control, policy, weak_algorithms });
        if let Answer::Unknown(_) = answer {
            // With more work it might be known.
            work.budget.refused_since(before)?;
        }
        slide.lower_by(question.certificate, limits);
        Ok(answer)
    }

    fn moment(&self, at: Timestamp, view: View) -> Moment {
        let present = self.proofs.map(ProofsOfExistence::present);
        let known_by = [self.known_by, present].into_iter().flatten().min();
        let (open_ended, freshness) = (self.open_ended, self.freshness);
        Moment { at, known_by, open_ended, freshness, view }
    }

    fn pool(&self) -> Pool<'a> {
        // Evidence has each of its certificates once already.
        let is_kept = |one: &Certificate| self.evidence.is_some_and(|evidence| evidence.has_certificate(one));
        let mut known = HashSet::new();
        let others = self.intermediates.iter().filter(|one| !is_kept(one) && known.insert(*one));
        let mut others = others.peekable();
        if let (None, Some(prepared)) = (others.peek(), self.prepared) {
            return Pool::of(self.anchors, prepared.by_name());
        }
        let kept = self.evidence.map_or(&[][..], Evidence::certificates);
        Pool::new(self.anchors, others.chain(kept))
    }

    fn known(&self) -> Known<'a> {
        if let Some(prepared) = self.prepared {
            return prepared.known(self.proofs);
        }
        let Some(evidence) = self.evidence else { return Known::default() };
        Known {
            lists: known_lists::known(
                &known_lists::read(evidence.crls(), evidence.crl_sources()),
                self.proofs,
            ),
            answers: answers::known(&answers::read(evidence.ocsp()), self.proofs),
        }
    }
}

/// Certificates that were asked for on the way to a signer of a CRL: an authority's new key under its old one, the
/// signer of its lists, and so on. More is not seen in practice.
const DEEPEST_SIGNER: usize = 4;

/// Signers of CRLs that lead to the trust anchor of the path in question.
struct SignersUnder<'s, 'a> {
    verifier: &'s ChainVerifier<'a>,
    pool: &'s Pool<'a>,
    known: &'s Known<'a>,
    anchor: &'a TrustAnchor,
    at: Timestamp,
    /// Signers that are being checked already.
    in_progress: Vec<Certificate>,
    /// Certificates whose revocation these signers are wanted for.
    asked: Vec<Certificate>,
}

impl ListSigners for SignersUnder<'_, '_> {
    fn candidates(&self, name: &Name) -> Vec<Certificate> {
        let anchors = self.pool.anchors(name).iter().map(|anchor| anchor.certificate());
        anchors.chain(self.pool.certificates(name)).cloned().collect()
    }

    /// A signer must satisfy the revocation policy too. An authority often has no other list for the certificate
    /// of its signer than the one that the signer makes; asking it for itself is then all that can be done
    /// (PKITS 4.5 and 4.14.30), so a signer that is being checked already is taken as good for a list about
    /// itself: when that check fails, so does everything that rests on it. A signer does not vouch for a key that
    /// it was itself certified by: what is being asked about is no way to the anchor.
    fn check(
        &self,
        signer: &Certificate,
        asked: &Certificate,
        signed: Signed,
        work: &mut Work,
    ) -> Result<Standing, String> {
        if signer == asked && self.in_progress.contains(signer) {
            return Ok(Standing::certain(Foundation::default()));
        }
        if self.in_progress.len() >= DEEPEST_SIGNER {
            let foundation = Foundation::default().with(Piece::Certificate(signer.clone()));
            let doubt = format!("it is more than {DEEPEST_SIGNER} signers of lists away");
            return Ok(Standing::doubtful(foundation, doubt));
        }
        let at = match self.verifier.proofs {
            // A list of a later time was signed at that time, perhaps by a signer that did not exist at the moment.
            None => self.at.max(signed.at),
            Some(_) if signed.at < signer.not_before() => {
                return Err("its certificate was not valid yet when it signed".into());
            }
            Some(_) => signed.proven.max(signed.at),
        };
        let in_progress = self.in_progress.iter().chain([signer]).cloned().collect();
        let asked: Vec<_> = self.asked.iter().chain([asked]).cloned().collect();
        let pool = self.pool.under(self.anchor, &asked);
        let nested = SignersUnder { in_progress, asked, at, ..*self };
        let policies = PolicyDemands::default();
        let profile = self.verifier.profile;
        let usages = UsageDemands::default();
        let role = Role::ListSigner(self.verifier.purpose);
        let purpose = Purpose::Any;
        let algorithms = self.verifier.algorithms;
        let rules = Rules { role, purpose, usages: &usages, at, policies: &policies, profile, algorithms };
        let verifier = self.verifier;
        build::search(signer, at, &pool, work, &mut |path, work| {
            verifier.judge(path, rules, verifier.revocation, self.known, &nested, work)
        })
        .map(|chain| Standing::certain(chain.foundation().clone()))
        .or_else(|failure| standing::undecided(&failure, signed).ok_or_else(|| failure.to_string()))
    }
}
