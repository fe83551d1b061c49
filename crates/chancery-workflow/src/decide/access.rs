//! Getting in: notices, factors, opening, consent.

use chancery_auth::ProvedFactor;

use crate::consent::{Demonstrated, Demonstration};
use crate::event::{
    ConsentGiven, ConsentWithdrawn, DeliveryRecorded, FactorFailed, FactorProved, FinishedLater, Opened,
    PartyBlocked, PartyUnblocked, ProvedFor, ReminderSent, Resent, SessionEndWhy, SessionEnded,
};
use crate::factor_rule::FactorName;
use crate::field::Need;
use crate::guard::{Asked, Decided, Turn};
use crate::id::{ContentDigest, PartyId};
use crate::next_action::Capacity;
use crate::refusal::Refusal;
use crate::slot::{Consent, Delivery, Prospect, Standing};
use crate::status::StatusName;

pub(crate) fn record_delivery(asked: Asked<'_>, party: PartyId, delivery: Delivery) -> Decided {
    asked.is(Capacity::Notifier)?;
    let turn = asked.any_party(party)?;
    match turn.slot.standing.prospect() {
        Prospect::Open if asked.envelope.sent_at.is_some() => {}
        Prospect::Open | Prospect::Done | Prospect::Declined | Prospect::Gone => {
            return Err(Refusal::WrongStanding { party, standing: turn.slot.standing }.into());
        }
    }
    not_over(asked)?;
    if turn.slot.delivery == delivery {
        return Ok(Vec::new());
    }
    Ok(vec![DeliveryRecorded { party, delivery, at: asked.now }.into()])
}

/// Nothing is recorded of an envelope that is over.
fn not_over(asked: Asked<'_>) -> Result<(), Refusal> {
    let found = asked.status().name();
    match found.ended() {
        crate::status::Ended::Open => Ok(()),
        crate::status::Ended::ForEver => Err(Refusal::WrongStatus { found, needed: StatusName::InProgress }),
    }
}

pub(crate) fn authenticate(asked: Asked<'_>, party: PartyId, factors: &[ProvedFactor]) -> Decided {
    let turn = asked.at_turn(asked.party_or_host(party)?)?;
    turn.is_bounded(asked.envelope)?;
    let factors = asked.has_access(&turn, factors)?;
    Ok(vec![FactorProved { party, factors, purpose: ProvedFor::Access, at: asked.now }.into()])
}

pub(crate) fn report_failure(asked: Asked<'_>, party: PartyId, factor: FactorName) -> Decided {
    let turn = asked.at_turn(asked.party_or_host(party)?)?;
    let before = turn.slot.failures.get(factor.place()).copied().unwrap_or_default();
    let (at, failures) = (asked.now, before.saturating_add(1));
    let mut events = vec![FactorFailed { party, factor, failures, at }.into()];
    if failures >= asked.envelope.draft.rules.failures {
        events.push(PartyBlocked { party, factor, at }.into());
    }
    Ok(events)
}

pub(crate) fn unblock(asked: Asked<'_>, party: PartyId) -> Decided {
    asked.is(Capacity::Sender)?;
    asked.in_time()?;
    let turn = asked.any_party(party)?;
    match turn.slot.standing {
        Standing::Blocked { .. } if turn.party.step != asked.envelope.current => {
            Err(Refusal::WaitForStep(party).into())
        }
        Standing::Blocked { .. } => Ok(vec![PartyUnblocked { party, at: asked.now }.into()]),
        standing => Err(Refusal::WrongStanding { party, standing }.into()),
    }
}

pub(crate) fn open(asked: Asked<'_>, party: PartyId, factors: &[ProvedFactor]) -> Decided {
    let turn = asked.party_or_host(party)?;
    may_look(asked, &turn)?;
    turn.is_bounded(asked.envelope)?;
    let factors = asked.has_access(&turn, factors)?;
    Ok(vec![Opened { party, revision: asked.envelope.head, factors, at: asked.now }.into()])
}

/// Whoever acts looks when its turn has come; whom nobody waits for, when that is due.
fn may_look<'a>(asked: Asked<'a>, turn: &Turn<'a>) -> Result<(), Refusal> {
    match turn.party.role.act() {
        Some(_) => asked.at_turn(*turn).map(|_| ()),
        None => asked.envelope.shows_to(turn.party),
    }
}

pub(crate) fn give_consent(
    asked: Asked<'_>,
    party: PartyId,
    disclosure: ContentDigest,
    demonstration: Option<Demonstration>,
) -> Decided {
    let turn = asked.turn(party)?;
    if turn.slot.opened_at.is_none() {
        return Err(Refusal::NotOpened(party).into());
    }
    let asked_for = &asked.envelope.draft.rules.disclosure;
    let version = asked_for.version.clone();
    if asked_for.digest != disclosure {
        return Err(Refusal::WrongDisclosure { version }.into());
    }
    if turn.slot.consent == Consent::Given(disclosure) {
        return Ok(Vec::new());
    }
    // What is wrong is not recorded either: the record would say that something was shown.
    let is_shown = demonstration.as_ref().map(|one| shows(asked, one.recorded()));
    if is_shown == Some(false)
        || is_shown.is_none() && asked.envelope.draft.rules.demonstration == Need::Required
    {
        return Err(Refusal::DemonstrationMissing(party).into());
    }
    let demonstration = demonstration.map(|one| one.recorded());
    Ok(vec![ConsentGiven { party, disclosure, version, demonstration, at: asked.now }.into()])
}

/// A code was judged by whoever drew it; what was opened is one of the documents that the party has opened.
fn shows(asked: Asked<'_>, demonstrated: Demonstrated) -> bool {
    match demonstrated {
        Demonstrated::EnteredCode { .. } => true,
        Demonstrated::OpenedSameFormat { document } => {
            asked.envelope.contents.contains(&document) || asked.envelope.unsigned.contains(&document)
        }
    }
}

pub(crate) fn withdraw_consent(asked: Asked<'_>, party: PartyId) -> Decided {
    let turn = asked.turn(party)?;
    turn.is_bounded(asked.envelope)?;
    let at = asked.now;
    let ended =
        turn.slot.session.as_ref().map(|_| SessionEnded { party, why: SessionEndWhy::ConsentWithdrawn, at });
    let withdrawn = ConsentWithdrawn { party, at };
    Ok(ended.into_iter().map(Into::into).chain([withdrawn.into()]).collect())
}

pub(crate) fn finish_later(asked: Asked<'_>, party: PartyId) -> Decided {
    let turn = asked.free_turn(party)?;
    turn.is_bounded(asked.envelope)?;
    if turn.slot.opened_at.is_none() {
        return Err(Refusal::NotOpened(party).into());
    }
    Ok(vec![FinishedLater { party, at: asked.now }.into()])
}

pub(crate) fn remind(asked: Asked<'_>, party: PartyId) -> Decided {
    asked.is(Capacity::Sender)?;
    asked.in_time()?;
    let turn = asked.any_party(party)?;
    turn.is_at_turn()?;
    if turn.slot.delivery == Delivery::Bounced {
        return Err(Refusal::Undeliverable(party).into());
    }
    let most = asked.envelope.draft.rules.reminders;
    if turn.slot.reminders >= most {
        return Err(Refusal::Reminders { party, most }.into());
    }
    Ok(vec![ReminderSent { parties: vec![party], by: asked.acting, at: asked.now }.into()])
}

pub(crate) fn resend(asked: Asked<'_>, party: PartyId) -> Decided {
    asked.is(Capacity::Sender)?;
    asked.in_time()?;
    let turn = asked.any_party(party)?;
    match turn.slot.standing {
        Standing::Active | Standing::Blocked { .. } | Standing::Expired => {}
        standing => return Err(Refusal::WrongStanding { party, standing }.into()),
    }
    if turn.party.step != asked.envelope.current {
        return Err(Refusal::WaitForStep(party).into());
    }
    let link = turn.slot.link.saturating_add(1);
    let deadline = turn.party.within.and_then(|within| asked.now.checked_add(within).ok());
    Ok(vec![Resent { party, link, deadline, at: asked.now }.into()])
}
