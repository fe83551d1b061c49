//! Much evidence about one certificate, in the order in which it is preferred.
//!
//! Whoever renews timestamps for years keeps a CRL or an OCSP answer about the same authority each time, and each of the
//! timestamps is judged by all of them. Which of them say what is the same every time; only when they say enough, and
//! since when they are proven to exist, is not.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chancery_certificate::Certificate;
use jiff::{SignedDuration, Timestamp};

use crate::past::proofs::{Identity, ObjectDigest, ProofsOfExistence};
use crate::path::budget::Exhausted;
use crate::path::build::Question;
use crate::revocation::evidence_fault::EvidenceKind;
use crate::revocation::first_fit::FirstFit;
use crate::revocation::freshness::Freshness;
use crate::revocation::statement::{Dates, Moment, View};

/// Pieces that are kept in order, for all certificates together: some hundred megabytes at most.
const MOST_ORDERED: u64 = 1_000_000;

/// Pieces that may be looked at one by one, by all verifications together. A thousand timestamps of an authority that was
/// revoked look at a thousand lists some times each; who wants more wants to keep somebody busy.
const MOST_LOOKED_AT: u64 = 20_000_000;

/// A piece that names no revocation of the certificate and can be of use: at some moment, if it is authentic.
#[derive(Clone, Debug)]
pub(crate) struct Preferred {
    /// Its place among all lists or answers.
    pub(crate) place: usize,
    /// Of several statements of an answer about the certificate: which.
    pub(crate) nth: usize,
    pub(crate) dates: Dates,
    /// When it was issued, as it says.
    pub(crate) issued: Timestamp,
    pub(crate) object: Option<ObjectDigest>,
}

/// Pieces in the order in which they are preferred.
#[derive(Debug)]
pub(crate) struct Order {
    pieces: Vec<Preferred>,
    fit: Mutex<Fit>,
}

/// How those are found that are of use at a moment.
#[derive(Debug)]
enum Fit {
    /// Those that speak of the moment: by when newer information was due.
    AsKnown(FirstFit<Reverse<Timestamp>>),
    /// Those that existed at the moment, as far as was asked yet.
    Past(Option<Existed>),
}

/// Since when pieces are proven to have existed, kept as proofs are added.
#[derive(Debug)]
struct Existed {
    tree: FirstFit<Timestamp>,
    by: Identity,
    /// How many changes of the proofs are in the tree.
    seen: usize,
    places: HashMap<ObjectDigest, Vec<usize>>,
}

impl Order {
    /// Of pieces in any order.
    pub(crate) fn new(mut pieces: Vec<Preferred>, moment: Moment) -> Self {
        pieces.sort_by_key(|one| {
            let (this_update, next_update) = one.dates;
            let rank = moment.rank(this_update, next_update);
            (Reverse((rank, this_update, next_update)), one.object)
        });
        let fit = match moment.view {
            View::AsKnown => Fit::AsKnown(FirstFit::new(pieces.iter().map(|one| {
                let (this_update, next_update) = one.dates;
                let open_ended = || this_update.checked_add(moment.open_ended).unwrap_or(Timestamp::MAX);
                Reverse(next_update.unwrap_or_else(open_ended))
            }))),
            View::Past { .. } => Fit::Past(None),
        };
        Self { pieces, fit: Mutex::new(fit) }
    }

    /// The first piece from this place on that is of use at the moment, and the place after it.
    pub(crate) fn usable(
        &self,
        from: usize,
        moment: Moment,
        proofs: Option<&ProofsOfExistence>,
    ) -> Option<(&Preferred, usize)> {
        let place = self.first_from(from, moment, proofs)?;
        let piece = self.pieces.get(place)?;
        // Where it is not recent enough, those after it are older still.
        let fresh = moment.view != View::AsKnown || piece.dates.0 >= moment.freshness.earliest(moment.at);
        fresh.then_some((piece, place + 1))
    }

    /// Of when the newest is that is of use at the moment.
    pub(crate) fn newest(&self, moment: Moment, proofs: Option<&ProofsOfExistence>) -> Option<Dates> {
        self.usable(0, moment, proofs).map(|(piece, _)| piece.dates)
    }

    fn first_from(&self, from: usize, moment: Moment, proofs: Option<&ProofsOfExistence>) -> Option<usize> {
        match (&mut *lock(&self.fit), proofs) {
            (Fit::AsKnown(tree), _) => tree.first_from(from, &Reverse(moment.freshness.wanted(moment.at))),
            (Fit::Past(existed), Some(proofs)) => {
                let known = existed.get_or_insert_with(|| Existed::new(&self.pieces, proofs));
                known.follow(&self.pieces, proofs);
                known.tree.first_from(from, &moment.at)
            }
            // Nobody asks in retrospect without proofs.
            (Fit::Past(_), None) => None,
        }
    }
}

impl Existed {
    fn new(pieces: &[Preferred], proofs: &ProofsOfExistence) -> Self {
        let tree = FirstFit::new(pieces.iter().map(|piece| existed(piece, proofs)));
        let mut places: HashMap<_, Vec<_>> = HashMap::new();
        for (place, object) in pieces.iter().enumerate().filter_map(|(at, one)| Some((at, one.object?))) {
            places.entry(object).or_default().push(place);
        }
        let (by, seen) = proofs.state();
        Self { tree, by: by.clone(), seen, places }
    }

    /// Takes over what became known since, or begins again where that is less work.
    fn follow(&mut self, pieces: &[Preferred], proofs: &ProofsOfExistence) {
        let (by, count) = proofs.state();
        let changes = proofs.lowered_since(self.seen);
        if !self.by.is(by) || changes.len() > pieces.len() {
            *self = Self::new(pieces, proofs);
            return;
        }
        for place in changes.iter().filter_map(|object| self.places.get(object)).flatten() {
            if let Some(piece) = pieces.get(*place) {
                self.tree.lower(*place, existed(piece, proofs));
            }
        }
        self.seen = count;
    }
}

/// From when on it counts: it was issued, and is proven to have existed.
fn existed(piece: &Preferred, proofs: &ProofsOfExistence) -> Timestamp {
    let proven = piece.object.map_or(proofs.present(), |object| proofs.earliest_of(|| object));
    proven.max(piece.issued)
}

/// The orders of all certificates that were asked about.
#[derive(Debug, Default)]
pub(crate) struct Orders {
    known: Mutex<HashMap<Certificate, Vec<Found>>>,
    ordered: AtomicU64,
    looked_at: AtomicU64,
}

/// What was asked, and the order; nothing where there is none.
type Found = (Asked, Option<Arc<Order>>);

/// On what an order depends, beside the certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Asked {
    kind: EvidenceKind,
    issuer: Certificate,
    known_by: Option<Timestamp>,
    open_ended: SignedDuration,
    freshness: Freshness,
    retrospect: bool,
}

impl Orders {
    /// So many pieces are looked at one by one: an order is worth its making only for more.
    pub(crate) const HANDFUL: usize = 16;

    /// The order of the pieces of this kind about a certificate; `make` makes it the first time. Nothing where an order
    /// is no help: one of the pieces names a revocation, for example.
    pub(crate) fn of(
        &self,
        kind: EvidenceKind,
        question: Question<'_>,
        moment: Moment,
        make: impl FnOnce() -> Option<Vec<Preferred>>,
    ) -> Option<Arc<Order>> {
        let Moment { known_by, open_ended, freshness, view, .. } = moment;
        let retrospect = view != View::AsKnown;
        let issuer = question.issuer.clone();
        let asked = Asked { kind, issuer, known_by, open_ended, freshness, retrospect };
        let same = |(other, order): &Found| (*other == asked).then(|| order.clone());
        if let Some(found) =
            lock(&self.known).get(question.certificate).and_then(|known| known.iter().find_map(same))
        {
            return found;
        }
        if self.ordered.load(Ordering::Relaxed) > MOST_ORDERED {
            return None;
        }
        let order = make().map(|pieces| Arc::new(Order::new(pieces, moment)));
        let pieces = order.as_ref().map_or(0, |order| order.pieces.len());
        self.ordered.fetch_add(count(pieces).saturating_add(1), Ordering::Relaxed);
        lock(&self.known).entry(question.certificate.clone()).or_default().push((asked, order.clone()));
        order
    }

    /// Before so many pieces are looked at.
    pub(crate) fn look_at(&self, pieces: usize) -> Result<(), Exhausted> {
        let before = self.looked_at.fetch_add(count(pieces), Ordering::Relaxed);
        if before <= MOST_LOOKED_AT {
            return Ok(());
        }
        Err(Exhausted { what: "pieces of evidence looked at", allowed: MOST_LOOKED_AT })
    }

    /// How many pieces were looked at so far.
    pub(crate) fn looked_at(&self) -> u64 {
        self.looked_at.load(Ordering::Relaxed)
    }
}

fn count(pieces: usize) -> u64 {
    u64::try_from(pieces).unwrap_or(u64::MAX)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is behind it is only remembered: who panicked meanwhile has left nothing half done that matters.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_looks_for_ever() {
        let orders = Orders::default();
        let most = usize::try_from(MOST_LOOKED_AT).unwrap_or(usize::MAX);
        assert!(orders.look_at(most).is_ok() && orders.look_at(1).is_ok());
        let exhausted = Exhausted { what: "pieces of evidence looked at", allowed: MOST_LOOKED_AT };
        assert_eq!(orders.look_at(1), Err(exhausted));
        assert_eq!(orders.looked_at(), MOST_LOOKED_AT + 2);
    }
}
