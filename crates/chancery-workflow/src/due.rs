//! What is due because of the time: deadlines, leases, reminders. All of it follows from the state (I17), so whoever
//! loses the timer loses nothing.

use jiff::{SignedDuration, Timestamp};

use crate::acting::Acting;
use crate::decide::sent;
use crate::envelope::Envelope;
use crate::event::{
    Event, Expired, ExpiryWarned, FinalizeFailed, PartiesExpired, ReminderSent, SessionEndWhy, SessionEnded,
};
use crate::guard::Asked;
use crate::id::{PartyId, number};
use crate::slot::{Delivery, Slot, Standing};
use crate::status::{Clock, Status};
use crate::text::Text;

/// A lease has ended after its last moment; stores keep whole microseconds.
const AFTER: SignedDuration = SignedDuration::from_micros(1);

fn after(until: Timestamp) -> Timestamp {
    until.checked_add(AFTER).unwrap_or(Timestamp::MAX)
}

fn sum(time: Timestamp, more: SignedDuration) -> Timestamp {
    time.checked_add(more).unwrap_or(Timestamp::MAX)
}

/// A commit has at most 1,000 events. What is left then is due at once again.
pub(crate) const MOST_ENDED: usize = 500;

/// Everything that is due.
pub(crate) fn events(asked: Asked<'_>) -> Vec<Event> {
    let (envelope, now) = (asked.envelope, asked.now);
    match &envelope.status {
        Status::Scheduled { at } if *at <= now => {
            vec![sent(asked, Acting::Timer, envelope.permitted.to_vec()).into()]
        }
        Status::InProgress => in_progress(envelope, now),
        Status::Paused(pause) => match (pause.clock, envelope.deadline) {
            (Clock::Running, Some(deadline)) if deadline <= now => vec![Expired { at: now }.into()],
            (Clock::Running | Clock::Frozen, _) => Vec::new(),
        },
        Status::Finalizing(finalization) => match (finalization.lease, lease_ended()) {
            (Some(lease), Some(error)) if lease < now => {
                vec![FinalizeFailed { attempt: finalization.attempt, error, at: now }.into()]
            }
            _ => Vec::new(),
        },
        Status::Draft
        | Status::Scheduled { .. }
        | Status::Completed { .. }
        | Status::Declined { .. }
        | Status::Voided { .. }
        | Status::Expired
        | Status::Failed { .. } => Vec::new(),
    }
}

/// The words for an attempt that nobody ended.
fn lease_ended() -> Option<Text> {
    Text::new("the lease ended").ok()
}

fn in_progress(envelope: &Envelope, now: Timestamp) -> Vec<Event> {
    let mut events = Vec::new();
    let (mut live, mut expired, mut reminded) = (false, Vec::new(), Vec::new());
    for (n, slot) in envelope.slots.iter().enumerate() {
        let party = PartyId::new(number(n));
        if slot.has_live_session(now) {
            live = true;
            continue; // a party with a live session does not expire
        }
        if slot.session.is_some() && events.len() < MOST_ENDED {
            events.push(SessionEnded { party, why: SessionEndWhy::Lapsed, at: now }.into());
        }
        if !matches!(slot.standing, Standing::Active | Standing::Signing) {
            continue;
        }
        if slot.deadline.is_some_and(|deadline| deadline <= now) {
            expired.push(party);
        } else if reminder(envelope, slot).is_some_and(|time| time <= now) {
            reminded.push(party);
        }
    }
    if !live && envelope.deadline.is_some_and(|deadline| deadline <= now) {
        events.push(Expired { at: now }.into());
        return events;
    }
    if !expired.is_empty() {
        events.push(PartiesExpired { parties: expired, at: now }.into());
    }
    if warning(envelope).is_some_and(|time| time <= now) {
        events.push(ExpiryWarned { at: now }.into());
    }
    if !reminded.is_empty() {
        events.push(ReminderSent { parties: reminded, by: Acting::Timer, at: now }.into());
    }
    events
}

/// When a party is reminded next.
fn reminder(envelope: &Envelope, slot: &Slot) -> Option<Timestamp> {
    let rules = &envelope.draft.rules;
    if slot.reminders >= rules.reminders || slot.delivery == Delivery::Bounced {
        return None;
    }
    let since = slot.reminded_at.max(slot.activated_at)?;
    // After the envelope's deadline nobody is reminded of anything.
    let time = sum(since, rules.remind_after);
    envelope.deadline.is_none_or(|deadline| time < deadline).then_some(time)
}

/// When those who have not acted are warned.
fn warning(envelope: &Envelope) -> Option<Timestamp> {
    let deadline = envelope.deadline.filter(|_| envelope.warned_at.is_none())?;
    let time = deadline.checked_sub(envelope.draft.rules.warn_before).ok()?;
    // An envelope that is open for a shorter time than that is not warned of: it has just been sent.
    (envelope.sent_at.is_some_and(|sent| sent < time)).then_some(time)
}

/// When something is due next; each of these times makes [`events`] say something.
pub(crate) fn next(envelope: &Envelope) -> Option<Timestamp> {
    match &envelope.status {
        Status::Scheduled { at } => Some(*at),
        Status::InProgress => {
            let sessions = envelope.slots.iter().filter_map(|slot| slot.session.as_ref());
            let last = sessions.map(|session| after(session.until)).max();
            // While somebody signs the envelope does not expire.
            let deadline = envelope.deadline.map(|deadline| last.map_or(deadline, |last| deadline.max(last)));
            let slots = envelope.slots.iter().filter_map(|slot| slot_due(envelope, slot)).min();
            [deadline, warning(envelope), slots].into_iter().flatten().min()
        }
        Status::Paused(pause) => match pause.clock {
            Clock::Running => envelope.deadline,
            Clock::Frozen => None,
        },
        Status::Finalizing(finalization) => finalization.lease.map(after),
        Status::Draft
        | Status::Completed { .. }
        | Status::Declined { .. }
        | Status::Voided { .. }
        | Status::Expired
        | Status::Failed { .. } => None,
    }
}

fn slot_due(envelope: &Envelope, slot: &Slot) -> Option<Timestamp> {
    let lapse = slot.session.as_ref().map(|session| after(session.until));
    if lapse.is_some() || !matches!(slot.standing, Standing::Active | Standing::Signing) {
        return lapse;
    }
    [slot.deadline, reminder(envelope, slot)].into_iter().flatten().min()
}
