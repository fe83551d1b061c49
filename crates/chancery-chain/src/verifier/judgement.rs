//! Judges one path: by its rules, and by what is known of the revocation of each certificate.

use jiff::Timestamp;

use crate::past::proofs::ProofsOfExistence;
use crate::past::settle::{self, Settled, Terms};
use crate::past::slide::{Authority, Slide};
use crate::path::build::{CandidatePath, Question, Work};
use crate::path::fault::{ChainFault, FaultGroup};
use crate::revocation::ask;
use crate::revocation::few;
use crate::revocation::known::Known;
use crate::revocation::list_signers::ListSigners;
use crate::revocation::responders::Context;
use crate::revocation::statement::{Answer, Moment, View};
use crate::revocation::weigh::{rests_on, weigh};
use crate::rules::judge::{self, Judgement, Rules};
use crate::rules::no_revocation::NoRevocation;
use crate::settings::{RevocationPolicy, WeakAlgorithms};
use crate::verified::{Proven, RevocationStatus, VerifiedChain};
use crate::verifier::ChainVerifier;

impl ChainVerifier<'_> {
    /// The chain, or everything that is wrong with it.
    pub(super) fn judge(
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
                    Ok(status) => {
                        let rests_on = rests_on(&status);
                        foundation = match slide {
                            Some(_) => foundation.beside(&rests_on),
                            None => foundation.and(&rests_on),
                        };
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
            return Ok(ask::ask(question, Context { known, signers, policy, moment }, work)?);
        };
        let control = self.moment(slide.time(), slide.view());
        let context = Context { known, signers, policy, moment: control };
        let terms = Terms { at, control, policy, weak_algorithms: self.weak_algorithms };
        if let Some(said) = few::gather(question, context, work)
            && let Settled { answer: answer @ (Answer::Good(_) | Answer::Revoked { .. }), limits } =
                settle::settle(said, terms)
        {
            slide.lower_by(question.certificate, limits);
            return Ok(answer);
        }
        let before = work.budget.refusals();
        let said = ask::gather(question, context, work)?;
        let Settled { answer, limits } = settle::settle(said, terms);
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
}
