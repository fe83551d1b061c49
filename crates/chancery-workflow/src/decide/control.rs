//! What sender and owner may do with an envelope under way.

use jiff::{SignedDuration, Timestamp};

use crate::due::MOST_ENDED;
use crate::event::{DeadlineExtended, Event, Paused, Resumed, SessionEndWhy, SessionEnded, Voided};
use crate::guard::{Asked, Decided};
use crate::id::{PartyId, number};
use crate::next_action::Capacity;
use crate::reason::ReasonOf;
use crate::refusal::Refusal;
use crate::rules::Rules;
use crate::slot::Standing;
use crate::status::{Clock, Status, StatusName};
use crate::text::Text;

pub(crate) fn extend(asked: Asked<'_>, new: Timestamp) -> Decided {
    asked.is(Capacity::Sender)?;
    asked.in_time()?;
    let old = asked.envelope.deadline.unwrap_or(asked.now);
    let last = asked.now.checked_add(Rules::LONGEST).unwrap_or(Timestamp::MAX);
    // Whose step comes again later gets time then.
    let current = asked.envelope.current;
    let is_current = |n: &usize| asked.envelope.parties.get(*n).is_some_and(|party| party.step == current);
    let parties: Vec<PartyId> = asked
        .envelope
        .slots
        .iter()
        .enumerate()
        .filter(|(n, slot)| slot.standing == Standing::Expired && is_current(n))
        .map(|(n, _)| PartyId::new(number(n)))
        .collect();
    if new <= old || new <= asked.now || new > last {
        return Err(Refusal::Deadline { current: old }.into());
    }
    Ok(vec![DeadlineExtended { old, new, parties, at: asked.now }.into()])
}

pub(crate) fn pause(asked: Asked<'_>, reason: &Text, clock: Clock) -> Decided {
    asked.is(Capacity::SenderOrOwner)?;
    asked.in_time()?;
    asked.no_live_session()?;
    let by = asked.acting.user().ok_or(Refusal::NotPermitted(Capacity::SenderOrOwner))?;
    let (paused, given) = (Paused { by, clock, at: asked.now }, asked.reason(ReasonOf::Pause, reason));
    Ok(left_over(asked).into_iter().chain([paused.into(), given]).collect())
}

/// Sessions whose lease has ended and nobody has looked since.
fn left_over(asked: Asked<'_>) -> Vec<Event> {
    let slots = asked.envelope.slots.iter().enumerate();
    let over = slots.filter(|(_, slot)| slot.session.is_some() && !slot.has_live_session(asked.now));
    over.take(MOST_ENDED)
        .map(|(n, _)| {
            let party = PartyId::new(number(n));
            SessionEnded { party, why: SessionEndWhy::Lapsed, at: asked.now }.into()
        })
        .collect()
}

pub(crate) fn resume(asked: Asked<'_>) -> Decided {
    asked.is(Capacity::SenderOrOwner)?;
    let Status::Paused(pause) = asked.status() else {
        return Err(Refusal::WrongStatus { found: asked.status().name(), needed: StatusName::Paused }.into());
    };
    let moved = match pause.clock {
        Clock::Running => SignedDuration::ZERO,
        Clock::Frozen => asked.now.duration_since(pause.since).max(SignedDuration::ZERO),
    };
    Ok(vec![Resumed { moved, at: asked.now }.into()])
}

pub(crate) fn void(asked: Asked<'_>, reason: &Text) -> Decided {
    asked.is(Capacity::SenderOrOwner)?;
    match asked.status() {
        Status::Scheduled { .. } | Status::InProgress | Status::Paused(_) => {}
        Status::Draft
        | Status::Finalizing(_)
        | Status::Completed { .. }
        | Status::Declined { .. }
        | Status::Voided { .. }
        | Status::Expired
        | Status::Failed { .. } => {
            let found = asked.status().name();
            return Err(Refusal::WrongStatus { found, needed: StatusName::InProgress }.into());
        }
    }
    let given = asked.reason(ReasonOf::Void, reason);
    Ok(vec![Voided { by: asked.acting, at: asked.now }.into(), given])
}
