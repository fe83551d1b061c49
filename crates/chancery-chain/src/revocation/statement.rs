//! What pieces of evidence say of one certificate, and what they say together.

use std::cmp::Reverse;

use jiff::{SignedDuration, Timestamp};

use crate::revocation::evidence_fault::{EvidenceFault, EvidenceKind};
use crate::revocation::foundation::Foundation;
use crate::revocation::freshness::Freshness;
use crate::revocation::list_values::RevokedEntry;
use crate::revocation::reason::RevocationReason;
use crate::revocation::scope::Reasons;
use crate::verified::GoodEvidence;

/// The moment in question, and what may be known of it.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Moment {
    pub(crate) at: Timestamp,
    /// Evidence of a later time is not believed.
    pub(crate) known_by: Option<Timestamp>,
    /// How long evidence is believed that does not say how long it holds.
    pub(crate) open_ended: SignedDuration,
    pub(crate) freshness: Freshness,
}

/// What all evidence together says of one certificate.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    Good(GoodEvidence),
    Revoked { evidence: GoodEvidence, since: Timestamp, reason: RevocationReason },
    Unknown(Vec<EvidenceFault>),
}

/// How much of the evidence that names no revocation is to be judged.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Silence {
    /// As much as is needed: no piece names a revocation.
    OfOne,
    /// All: it may show when a hold was lifted.
    OfAll,
}

/// What one piece of evidence says.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) evidence: GoodEvidence,
    pub(crate) reasons: Reasons,
    pub(crate) revoked: Option<RevokedEntry>,
    /// Why its silence about a revocation says nothing at this moment. That it names one still counts.
    pub(crate) silence: Option<EvidenceFault>,
}

impl Statement {
    /// The time at which it knows that the certificate was not on hold, if it does. That stays true when newer
    /// information was due, or more recent information is asked for.
    fn not_on_hold(&self) -> Option<Timestamp> {
        let knows = match self.silence {
            None
            | Some(
                EvidenceFault::Outdated { .. }
                | EvidenceFault::OpenEnded { .. }
                | EvidenceFault::NotFresh { .. },
            ) => true,
            Some(_) => false,
        };
        let speaks = self.reasons.include_hold() && self.revoked.is_none();
        (knows && speaks).then_some(self.evidence.this_update)
    }

    /// Whether it knows of the moment that the certificate was not revoked yet, because it names a later time. Lists
    /// from after the expiry know that too, when they still have the certificate.
    fn speaks_of_later_than(&self, at: Timestamp) -> bool {
        let knows = matches!(self.silence, None | Some(EvidenceFault::AfterExpiry { .. }));
        knows && self.revoked.as_ref().is_some_and(|entry| entry.since() > at)
    }
}

impl Moment {
    /// Refuses evidence from after the present of the caller.
    pub(crate) fn refuse_future(
        self,
        kind: EvidenceKind,
        this_update: Timestamp,
    ) -> Result<(), EvidenceFault> {
        match self.known_by.filter(|known_by| this_update > *known_by) {
            Some(known_by) => Err(EvidenceFault::FromTheFuture { kind, this_update, known_by }),
            None => Ok(()),
        }
    }

    /// Evidence of these times; it rests on this, and on no more than its promise of newer information.
    pub(crate) fn evidence(
        self,
        kind: EvidenceKind,
        this_update: Timestamp,
        next_update: Option<Timestamp>,
        foundation: Foundation,
    ) -> GoodEvidence {
        let end = next_update.or_else(|| this_update.checked_add(self.open_ended).ok());
        let foundation = match self.freshness.last_moment(this_update, end) {
            Some(end) => foundation.until(end),
            // An end of time that cannot be written is far enough.
            None => foundation,
        };
        GoodEvidence { kind, this_update, next_update, foundation }
    }

    /// Why the silence of evidence of this time about a revocation says nothing at the moment.
    pub(crate) fn silence(
        self,
        kind: EvidenceKind,
        this_update: Timestamp,
        next_update: Option<Timestamp>,
    ) -> Option<EvidenceFault> {
        let at = self.freshness.wanted(self.at);
        let earliest = self.freshness.earliest(self.at);
        match next_update {
            Some(next_update) if next_update < this_update => {
                let reason =
                    format!("it is of {this_update} and was to be replaced at {next_update}, before");
                Some(EvidenceFault::Malformed { kind, reason })
            }
            Some(next_update) if next_update < at => Some(EvidenceFault::Outdated { kind, next_update, at }),
            // An end of time that cannot be written is far enough.
            None if this_update.checked_add(self.open_ended).is_ok_and(|end| end < at) => {
                Some(EvidenceFault::OpenEnded { kind, this_update, at })
            }
            _ if this_update < earliest => Some(EvidenceFault::NotFresh { kind, this_update, earliest }),
            _ => None,
        }
    }
}

/// Brings all statements together, for this moment.
///
/// A revocation that authentic evidence names stays one even when the evidence is outdated. Silence counts only where
/// it holds at the moment. Nor is a revocation of a later time more than silence: that the certificate was good at the
/// moment is known only when the evidence speaks of all reasons (RFC 5280 §6.3.3).
///
/// A certificate that is on hold is suspended and may become good again (RFC 5280 §5.3.1). What it signed meanwhile
/// is not good (eIDAS Art. 28 (5)). Evidence of a time T that names a hold since S says: on hold from S to T. So at the
/// moment M, with S before it,
///
/// | | evidence of a later time G no longer names it | none does |
/// |---|---|---|
/// | S ≤ M ≤ T | on hold at M, whatever came later | on hold |
/// | S ≤ T < G ≤ M | lifted before M: good, if G still holds at M | |
/// | S ≤ T < M < G | on hold: it may have been lifted after M | on hold |
/// | M < S | good, and good again later: a hold from S on is not told | on hold later |
///
/// Only evidence that speaks of holds lifts one: not a list for other reasons.
pub(crate) fn conclude(statements: Vec<Statement>, mut because: Vec<EvidenceFault>, at: Timestamp) -> Answer {
    let (usable, others): (Vec<_>, Vec<_>) =
        statements.into_iter().partition(|statement| statement.silence.is_none());
    let mut silent: Vec<_> = usable.iter().filter(|statement| statement.revoked.is_none()).collect();
    // The same answer whatever the order of the evidence.
    silent.sort_by_key(|statement| Reverse((statement.evidence.this_update, statement.evidence.next_update)));
    let newest = silent.first().map(|statement| &statement.evidence);
    let not_on_hold: Vec<_> = usable.iter().chain(&others).filter_map(Statement::not_on_hold).collect();
    let revocation = usable
        .iter()
        .chain(&others)
        .filter_map(|statement| statement.revoked.as_ref().map(|entry| (&statement.evidence, entry)))
        .filter(|(evidence, entry)| {
            let lifted =
                |lifted: Timestamp| lifted > evidence.this_update && (lifted <= at || entry.since() > at);
            entry.reason != RevocationReason::CertificateHold || !not_on_hold.iter().copied().any(lifted)
        })
        // What was true at the moment, and for good, says more than what came later or was lifted.
        .min_by_key(|(_, entry)| {
            let on_hold = entry.reason == RevocationReason::CertificateHold;
            (entry.since() > at, on_hold && entry.since() <= at, entry.since())
        });
    let later = usable.iter().chain(&others).filter(|statement| statement.speaks_of_later_than(at));
    let covered = cover(silent.iter().copied().chain(later));
    match (revocation, newest, covered) {
        (Some((evidence, entry)), _, _) if entry.since() <= at => return revoked(evidence, entry),
        (Some((evidence, entry)), _, Some(covered)) => {
            // That it names the revocation stays true; only what it does not name has an end.
            let foundation = covered.beside(&evidence.foundation);
            return revoked(&GoodEvidence { foundation, ..evidence.clone() }, entry);
        }
        (None, Some(evidence), Some(foundation)) => {
            return Answer::Good(GoodEvidence { foundation, ..evidence.clone() });
        }
        (None, None, _) => {}
        _ => because.push(EvidenceFault::ReasonsMissing),
    }
    because.extend(others.into_iter().filter_map(|statement| statement.silence));
    Answer::Unknown(told(because))
}

/// Reasons that are told why evidence was not used.
const MOST_REASONS: usize = 64;

/// Each reason once, and not more than somebody reads: there may be thousands of worthless pieces.
fn told(because: Vec<EvidenceFault>) -> Vec<EvidenceFault> {
    let mut told = Vec::new();
    for fault in because {
        if told.len() < MOST_REASONS && !told.contains(&fault) {
            told.push(fault);
        }
    }
    told
}

/// What as few of the statements as are needed for all reasons rest on, the first ones first; `None` when they do not
/// speak of all.
fn cover<'s>(statements: impl Iterator<Item = &'s Statement>) -> Option<Foundation> {
    let mut covered = Reasons::NONE;
    let mut foundation = Foundation::default();
    for statement in statements {
        if covered.with(statement.reasons) != covered {
            covered = covered.with(statement.reasons);
            foundation = foundation.and(&statement.evidence.foundation);
        }
    }
    covered.are_all().then_some(foundation)
}

/// Until when a certificate was good that was revoked then.
pub(crate) fn last_moment_before(since: Timestamp) -> Timestamp {
    since.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(since)
}

fn revoked(evidence: &GoodEvidence, entry: &RevokedEntry) -> Answer {
    Answer::Revoked { evidence: evidence.clone(), since: entry.since(), reason: entry.reason }
}
