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
    pub(crate) view: View,
}

/// How a moment is looked at.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// By what is known of it, whenever that was written: evidence must speak of the moment.
    AsKnown,
    /// In retrospect: evidence must have existed at the moment, and how long it lasts is asked afterwards.
    Past {
        /// Who signs evidence is trusted until then, although perhaps not known to be good. What is of later than the
        /// moment but not later than this names revocations that are not dropped.
        heard_until: Timestamp,
    },
}

/// Which evidence is preferred.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Preference {
    /// What was issued last.
    Newest,
    /// What holds longest.
    Lasting,
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
    OfOne {
        /// A newer piece than of this time: one of it, which was judged, says enough.
        newer_than: Option<Dates>,
    },
    /// All: it may show when a hold was lifted.
    OfAll,
}

/// When a piece of evidence was issued, and until when newer information was due: by that the newest is found.
pub(crate) type Dates = (Timestamp, Option<Timestamp>);

/// What one piece of evidence says.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) evidence: GoodEvidence,
    pub(crate) reasons: Reasons,
    pub(crate) revoked: Option<RevokedEntry>,
    /// Why its silence about a revocation says nothing at this moment. That it names one still counts.
    pub(crate) silence: Option<EvidenceFault>,
}

/// What authentic evidence says of a certificate, and why other evidence was not used.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) statements: Vec<Statement>,
    pub(crate) because: Vec<EvidenceFault>,
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

    fn claim(&self) -> Option<Claim<'_>> {
        self.revoked.as_ref().map(|entry| Claim { evidence: &self.evidence, entry })
    }

    /// Why it says nothing of the time after a hold that lasted until then, if it was issued before.
    fn before_hold(&self, held: Timestamp) -> Option<EvidenceFault> {
        let GoodEvidence { kind, this_update, .. } = self.evidence;
        (self.revoked.is_none() && this_update <= held).then_some(EvidenceFault::BeforeHold {
            kind,
            this_update,
            held,
        })
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

    /// Why evidence of this time that is proven to have existed since then comes too late, if it does.
    pub(crate) fn lateness(
        self,
        kind: EvidenceKind,
        this_update: Timestamp,
        proven: impl FnOnce() -> Timestamp,
    ) -> Option<EvidenceFault> {
        if self.view == View::AsKnown {
            return None;
        }
        let (proven, needed_by) = (proven(), self.at);
        let late = proven.max(this_update) > needed_by;
        late.then_some(EvidenceFault::NotProven { kind, this_update, proven, needed_by })
    }

    /// Whether a revocation that late evidence names counts. Its silence never does.
    pub(crate) fn hears(self, late: &EvidenceFault) -> bool {
        match (self.view, late) {
            (View::Past { heard_until }, EvidenceFault::NotProven { this_update, proven, .. }) => {
                *proven.max(this_update) <= heard_until
            }
            _ => false,
        }
    }

    /// The moment at which the algorithm must have been acceptable that signed evidence of this time.
    pub(crate) fn strong_at(self, issued: Timestamp, proven: impl FnOnce() -> Timestamp) -> Timestamp {
        match self.view {
            // Evidence of a later time was signed at that time, when its algorithm may have been weak already.
            View::AsKnown => self.at.max(issued),
            View::Past { .. } => proven(),
        }
    }

    /// What shows that a signer may sign, beside what it signed. As things are known, both hold together; in retrospect
    /// the signer had to be good when what it signed came into the world, and what was said then stays said.
    pub(crate) fn join(self, signed: Foundation, signer: &Foundation) -> Foundation {
        match self.view {
            View::AsKnown => signed.and(signer),
            View::Past { .. } => signed.beside(signer),
        }
    }

    /// Which evidence is preferred.
    pub(crate) fn preference(self) -> Preference {
        match self.view {
            View::AsKnown => Preference::Newest,
            View::Past { .. } => Preference::Lasting,
        }
    }

    /// By what evidence of these times is preferred, what is greater first.
    pub(crate) fn rank(self, this_update: Timestamp, next_update: Option<Timestamp>) -> Timestamp {
        match self.preference() {
            Preference::Newest => this_update,
            Preference::Lasting => self.last_moment(this_update, next_update).unwrap_or(Timestamp::MAX),
        }
    }

    /// The last moment of which evidence of these times speaks.
    pub(crate) fn last_moment(
        self,
        this_update: Timestamp,
        next_update: Option<Timestamp>,
    ) -> Option<Timestamp> {
        let end = next_update.or_else(|| this_update.checked_add(self.open_ended).ok());
        self.freshness.last_moment(this_update, end)
    }

    /// Evidence of these times; it rests on this, and on no more than its promise of newer information.
    pub(crate) fn evidence(
        self,
        kind: EvidenceKind,
        this_update: Timestamp,
        next_update: Option<Timestamp>,
        foundation: Foundation,
    ) -> GoodEvidence {
        let signer_until = foundation.end();
        let foundation = match self.last_moment(this_update, next_update) {
            Some(end) => foundation.until(end),
            // An end of time that cannot be written is far enough.
            None => foundation,
        };
        GoodEvidence { kind, this_update, next_update, foundation, signer_until }
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
            _ if self.view != View::AsKnown => None,
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

/// A claim that a certificate is revoked, or on hold.
#[derive(Copy, Clone, Debug)]
struct Claim<'s> {
    evidence: &'s GoodEvidence,
    entry: &'s RevokedEntry,
}

impl Claim<'_> {
    fn is_hold(&self) -> bool {
        self.entry.reason.is_hold()
    }

    /// The last moment of which it is known that the certificate was on hold.
    fn held_until(&self) -> Timestamp {
        self.evidence.this_update.max(self.entry.since())
    }

    fn into_answer(self) -> Answer {
        let Self { evidence, entry } = self;
        Answer::Revoked { evidence: evidence.clone(), since: entry.since(), reason: entry.reason }
    }
}

/// A hold that took effect before the moment and was lifted before it.
#[derive(Copy, Clone, Debug)]
struct Lifted<'s> {
    hold: Claim<'s>,
    lift: &'s GoodEvidence,
}

/// Adds a piece for what it says of its own time: that stays true when newer information was due, for as long as its
/// signer is known to be entitled.
fn recall(foundation: Foundation, evidence: &GoodEvidence) -> Foundation {
    let both = foundation.beside(&evidence.foundation);
    match evidence.signer_until {
        Some(end) => both.until(end),
        None => both,
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
/// moment M:
///
/// | | |
/// |---|---|
/// | M < S | good, and on hold later: that is told, also when the hold was lifted again |
/// | S ≤ M | on hold, unless evidence of a time between T and M no longer names the hold |
///
/// Only evidence that speaks of holds lifts one: not a list for other reasons. It may be outdated at the moment. But who
/// knew nothing of the hold yet does not know either that the certificate is good after it: where a hold was lifted,
/// only the silence of evidence issued after T counts, for any reason.
pub(crate) fn conclude(
    mut statements: Vec<Statement>,
    mut because: Vec<EvidenceFault>,
    at: Timestamp,
    preference: Preference,
) -> Answer {
    // The preferred first, then the newest: the same answer whatever the order of the evidence.
    statements.sort_by_key(|Statement { evidence, .. }| {
        let lasting = match preference {
            Preference::Newest => None,
            Preference::Lasting => Some(evidence.foundation.end().unwrap_or(Timestamp::MAX)),
        };
        Reverse((lasting, evidence.this_update, evidence.next_update))
    });
    let claims = || statements.iter().filter_map(Statement::claim);
    let past = || claims().filter(|claim| claim.entry.since() <= at);
    if let Some(claim) = past().filter(|claim| !claim.is_hold()).min_by_key(|claim| claim.entry.since()) {
        return claim.into_answer();
    }
    let hold = past().max_by_key(|claim| (claim.held_until(), Reverse(claim.entry.since())));
    let lifted = match hold {
        None => None,
        Some(hold) => {
            let lifts = |time: Timestamp| time > hold.held_until() && time <= at;
            match statements.iter().find(|statement| statement.not_on_hold().is_some_and(lifts)) {
                Some(lift) => Some(Lifted { hold, lift: &lift.evidence }),
                None => return hold.into_answer(),
            }
        }
    };
    let held_until = lifted.map(|lifted| lifted.hold.held_until());
    let knows = |statement: &&Statement| held_until.is_none_or(|held| statement.evidence.this_update > held);
    let usable = |statement: &&Statement| statement.silence.is_none() && statement.revoked.is_none();
    let silent = || statements.iter().filter(usable).filter(knows);
    let of_later = || statements.iter().filter(knows).filter(|statement| statement.speaks_of_later_than(at));
    let covered = match preference {
        Preference::Newest => cover(silent().chain(of_later())),
        // In the order in which they last: what names a revocation of later is silent about everything before.
        Preference::Lasting => cover(
            statements
                .iter()
                .filter(knows)
                .filter(|statement| usable(statement) || statement.speaks_of_later_than(at)),
        ),
    };
    let covered = covered.map(|covered| match lifted {
        Some(Lifted { hold, lift }) => recall(recall(covered, hold.evidence), lift),
        None => covered,
    });
    let newest = silent().next().map(|statement| &statement.evidence);
    let later = claims().filter(|claim| claim.entry.since() > at);
    let later = later.min_by_key(|claim| (claim.entry.since(), claim.is_hold()));
    match (later, newest, covered) {
        (Some(Claim { evidence, entry }), _, Some(covered)) => {
            let foundation = recall(covered, evidence);
            let evidence = GoodEvidence { foundation, ..evidence.clone() };
            return Claim { evidence: &evidence, entry }.into_answer();
        }
        (None, Some(evidence), Some(foundation)) => {
            return Answer::Good(GoodEvidence { foundation, ..evidence.clone() });
        }
        (None, None, _) => {}
        _ => because.push(EvidenceFault::ReasonsMissing),
    }
    because.extend(statements.iter().filter_map(|statement| match (&statement.silence, held_until) {
        (Some(fault), _) => Some(fault.clone()),
        (None, Some(held)) => statement.before_hold(held),
        (None, None) => None,
    }));
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

/// Whether those that name no revocation speak of all reasons.
pub(crate) fn say_enough<'s>(statements: impl Iterator<Item = &'s Statement>) -> bool {
    let usable = statements.filter(|one| one.silence.is_none() && one.revoked.is_none());
    usable.fold(Reasons::NONE, |covered, one| covered.with(one.reasons)).are_all()
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
