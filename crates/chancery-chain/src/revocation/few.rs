//! Of much evidence about a certificate only what is of use.
//!
//! What is found this way is what [`ask::gather`](crate::revocation::ask::gather) finds: the same pieces in the same
//! order, without those that say nothing at the moment. Why these say nothing is not told, so where what is found is not
//! enough, all are looked at.

use std::sync::Arc;

use crate::path::build::{Question, Work};
use crate::revocation::answers::{self, Candidate};
use crate::revocation::evidence_fault::EvidenceKind;
use crate::revocation::few_lists::{self, MOST_TRIED};
use crate::revocation::known::Known;
use crate::revocation::ocsp::OcspStatus;
use crate::revocation::order::{Order, Preferred};
use crate::revocation::responders::Context;
use crate::revocation::statement::{Dates, Moment, Said, Statement, View};

const KIND: EvidenceKind = EvidenceKind::Ocsp;

/// What the preferred pieces say, where there are many and none names a revocation.
pub(crate) fn gather(question: Question<'_>, context: Context<'_, '_>, work: &mut Work) -> Option<Said> {
    let Context { known, signers, moment, .. } = context;
    let answers = order(question, known, moment)?;
    let lists = few_lists::order(question, known, moment, work)?;
    let (mut statements, proofs) = (Vec::new(), known.proofs());
    let lists_first =
        moment.view == View::AsKnown && lists.newest(moment, proofs) > answers.newest(moment, proofs);
    // In retrospect what lasts longest is told, which depends on who signed it.
    let settles = |dates: Option<Dates>| dates.filter(|_| moment.view == View::AsKnown);
    if lists_first {
        let (listed, found) = few_lists::gather(question, &lists, known, None, signers, moment, work)?;
        gather_answers(question, &answers, settles(found), context, work, &mut statements)?;
        statements.extend(listed);
    } else {
        let found = gather_answers(question, &answers, None, context, work, &mut statements)?;
        let newer_than = settles(found);
        let (listed, _) = few_lists::gather(question, &lists, known, newer_than, signers, moment, work)?;
        statements.extend(listed);
    }
    Some(Said { statements, because: Vec::new() })
}

/// The answers about a certificate in the order in which they are preferred; nothing where one of them says that it is
/// revoked.
fn order(question: Question<'_>, known: &Known<'_>, moment: Moment) -> Option<Arc<Order>> {
    let orders = known.orders()?;
    orders.of(KIND, question, moment, || {
        orders.look_at(known.read_answers().len()).ok()?;
        // Whatever keeps an answer from being of use at the beginning of time does so at any moment.
        let always = Moment { at: jiff::Timestamp::MIN, ..moment };
        let whenever = Moment { view: View::AsKnown, ..always };
        let mut preferred = Vec::new();
        for (place, read) in known.read_answers().iter().enumerate() {
            let one = read.seen_by(None);
            let Ok(answer) = &*one.answer else { continue };
            for (nth, found) in answers::worst(question, answer).enumerate() {
                let Ok(late) = answers::check(question, &one, answer, found, whenever) else { continue };
                let candidate = Candidate { known: &one, answer, found, late };
                match found.status {
                    OcspStatus::Revoked { .. } => return None,
                    OcspStatus::Good
                        if answers::silence(question.certificate, candidate, always).is_none() =>
                    {
                        let (dates, issued) =
                            (candidate.dates(), found.this_update.max(answer.produced_at()));
                        let object = Some(one.object());
                        preferred.push(Preferred { place, nth, dates, issued, object });
                    }
                    OcspStatus::Good | OcspStatus::Unknown => {}
                }
            }
        }
        Some(preferred)
    })
}

/// Adds what the first answer says that is authentic, and gives back of when it is. Nothing where more than a few would
/// have to be tried.
fn gather_answers(
    question: Question<'_>,
    order: &Order,
    newer_than: Option<Dates>,
    context: Context<'_, '_>,
    work: &mut Work,
    statements: &mut Vec<Statement>,
) -> Option<Option<Dates>> {
    let Context { known, moment, .. } = context;
    let (mut from, mut tried) = (0, 0);
    while let Some((piece, after)) = order.usable(from, moment, known.proofs()) {
        // Those after it are older still.
        if newer_than.is_some_and(|known| piece.dates < known) {
            break;
        }
        if tried == MOST_TRIED {
            return None;
        }
        (from, tried) = (after, tried + 1);
        known.orders()?.look_at(1).ok()?;
        let one = known.read_answers().get(piece.place)?.seen_by(known.proofs());
        let Ok(answer) = &*one.answer else { continue };
        let found = answers::worst(question, answer).nth(piece.nth)?;
        let late = answers::check(question, &one, answer, found, moment).ok()?;
        let candidate = Candidate { known: &one, answer, found, late };
        if let Ok(statement) = answers::judge(question, candidate, context, work) {
            let usable = statement.silence.is_none();
            statements.push(statement);
            if usable {
                return Some(Some(piece.dates));
            }
        }
    }
    Some(None)
}
