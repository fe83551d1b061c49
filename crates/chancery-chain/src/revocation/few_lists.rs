//! Of many CRLs about a certificate only those that are of use.

use std::sync::Arc;

use crate::path::build::{Question, Work};
use crate::revocation::evidence_fault::EvidenceKind;
use crate::revocation::judged_lists::{self, Judged, is_delta, silence};
use crate::revocation::known::Known;
use crate::revocation::list_signers::ListSigners;
use crate::revocation::lists::{self, Candidate};
use crate::revocation::named_keys::NamedKeys;
use crate::revocation::order::{Order, Preferred};
use crate::revocation::scope::Reasons;
use crate::revocation::statement::{Dates, Moment, Statement, View};

const KIND: EvidenceKind = EvidenceKind::Crl;

/// Pieces that are tried before all are looked at.
pub(crate) const MOST_TRIED: usize = 16;

/// The lists about a certificate in the order in which they are preferred; nothing where one of them names it, or where
/// one continues another: then it matters what all of them say.
pub(crate) fn order(
    question: Question<'_>,
    known: &Known<'_>,
    moment: Moment,
    work: &mut Work,
) -> Option<Arc<Order>> {
    let orders = known.orders()?;
    orders.of(KIND, question, moment, || {
        orders.look_at(known.read_lists().len()).ok()?;
        let named = lists::issuers_named(question.certificate);
        // Whatever keeps a list from being of use at the beginning of time does so at any moment.
        let always = Moment { at: jiff::Timestamp::MIN, ..moment };
        let whenever = Moment { view: View::AsKnown, ..always };
        let mut preferred = Vec::new();
        for (place, read) in known.read_lists().iter().enumerate() {
            let one = read.seen_by(None);
            let Ok(list) = &*one.list else { continue };
            if !named.iter().any(|name| name.matches(list.issuer())) {
                continue;
            }
            let Ok(candidate) = lists::candidate(question, &one, list, whenever, work) else { continue };
            if candidate.names_it() || is_delta(list) {
                return None;
            }
            if silence(question.certificate, list, always).is_none() {
                let (dates, issued) = (candidate.dates(), list.this_update());
                preferred.push(Preferred { place, nth: 0, dates, issued, object: one.object() });
            }
        }
        Some(preferred)
    })
}

/// What as many of the lists say as are needed for all reasons, those first that are preferred. Nothing where more than
/// a few would have to be tried.
pub(crate) fn gather(
    question: Question<'_>,
    order: &Order,
    known: &Known<'_>,
    newer_than: Option<Dates>,
    signers: &dyn ListSigners,
    moment: Moment,
    work: &mut Work,
) -> Option<(Vec<Statement>, Option<Dates>)> {
    let (mut statements, mut because) = (Vec::new(), Vec::new());
    let (mut covered, mut oldest) = (Reasons::NONE, None);
    let (mut from, mut tried) = (0, 0);
    let mut keys = NamedKeys::new(question, signers);
    while let Some((piece, after)) = order.usable(from, moment, known.proofs()) {
        // Those after it are older still.
        if covered.are_all() || newer_than.is_some_and(|known| piece.dates <= known) {
            break;
        }
        if tried == MOST_TRIED {
            return None;
        }
        (from, tried) = (after, tried + 1);
        known.orders()?.look_at(1).ok()?;
        let one = known.read_lists().get(piece.place)?.seen_by(known.proofs());
        let Ok(list) = &*one.list else { continue };
        if !keys.has_that_of(list) {
            continue;
        }
        let candidate: Candidate<'_, '_> = lists::candidate(question, &one, list, moment, work).ok()?;
        let Ok(authentic) = lists::authenticate(question, &candidate, signers, moment, work) else {
            continue;
        };
        if authentic.doubt.is_some() {
            continue;
        }
        covered = covered.with(authentic.reasons);
        oldest = Some(oldest.map_or(piece.dates, |known: Dates| known.min(piece.dates)));
        let mut judged = Judged::default();
        judged.add(authentic);
        statements.extend(judged_lists::statements(question.certificate, &judged, moment, &mut because));
    }
    Some((statements, oldest.filter(|_| covered.are_all())))
}

/// The same, beginning with the order.
pub(crate) fn ask(
    question: Question<'_>,
    known: &Known<'_>,
    signers: &dyn ListSigners,
    moment: Moment,
    work: &mut Work,
) -> Option<Vec<Statement>> {
    let order = order(question, known, moment, work)?;
    gather(question, &order, known, None, signers, moment, work).map(|(statements, _)| statements)
}
