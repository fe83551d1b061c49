//! Who acts instead, and once more.

use jiff::Timestamp;

use crate::command::{ChangeSigner, Successor};
use crate::draft::Named;
use crate::draft_check::MOST_PARTIES;
use crate::event::{
    Again, Event, Handover, PartyActivated, PartyReassigned, PeopleRecorded, ReturnedTo, SignerChanged,
};
use crate::guard::{Asked, Decided, Turn};
use crate::id::{PartyId, StepId, number};
use crate::next_action::Capacity;
use crate::reason::ReasonOf;
use crate::refusal::Refusal;
use crate::role::Role;
use crate::rules::Permission;
use crate::slot::{Joined, Prospect, Standing};
use crate::text::Text;

pub(crate) fn change_signer(asked: Asked<'_>, change: &ChangeSigner) -> Decided {
    let turn = asked.free_turn(change.party)?;
    let (permission, what) = match change.how {
        Handover::ChangeSigner => (turn.party.change_signer, "change the signer"),
        Handover::Delegate => (turn.party.delegate, "delegate"),
    };
    if turn.slot.joined == Joined::ByParty {
        return Err(Refusal::SecondHop(turn.id).into());
    }
    if permission == Permission::Forbidden {
        return Err(Refusal::Forbidden { party: turn.id, what: what.to_owned() }.into());
    }
    asked.has_access(&turn, &change.access)?;
    asked.may_hand_over(&turn, &change.act)?;
    if asked.envelope.draft.rules.domains.admit(change.to.person.email.as_ref()) == Permission::Forbidden {
        return Err(Refusal::Domain.into());
    }
    can_take_over(asked, &turn, &change.to)?;
    let (from, to, user, at) = (turn.id, asked.envelope.next_party(), change.to.user, asked.now);
    let note = change.note.as_ref().map(|note| asked.reason(ReasonOf::Handover(from), note));
    let changed = SignerChanged { from, to, user, how: change.how, at }.into();
    let activated = PartyActivated { party: to, at }.into();
    Ok([changed].into_iter().chain(note).chain([named(to, &change.to, at), activated]).collect())
}

pub(crate) fn reassign(asked: Asked<'_>, party: PartyId, to: &Successor) -> Decided {
    asked.is(Capacity::Sender)?;
    asked.in_time()?;
    let turn = asked.any_party(party)?;
    if let Some(session) = turn.slot.session.as_ref().filter(|session| asked.now <= session.until) {
        return Err(Refusal::SessionInFlight { party, until: session.until }.into());
    }
    let has_turn = match turn.slot.standing {
        Standing::Active | Standing::Signing | Standing::Blocked { .. } | Standing::Expired => true,
        Standing::Waiting => false,
        standing @ (Standing::Defined
        | Standing::Done
        | Standing::Declined
        | Standing::Replaced { .. }
        | Standing::Skipped
        | Standing::Removed) => return Err(Refusal::WrongStanding { party, standing }.into()),
    };
    if turn.party.role == Role::Approve && to.user == asked.envelope.sender {
        // Who sends does not approve in another's place (G4).
        return Err(Refusal::Forbidden { party, what: "be replaced by the sender".to_owned() }.into());
    }
    can_take_over(asked, &turn, to)?;
    let (successor, at) = (asked.envelope.next_party(), asked.now);
    let mut events = vec![
        PartyReassigned { from: party, to: successor, user: to.user, at }.into(),
        named(successor, to, at),
    ];
    if has_turn {
        events.push(PartyActivated { party: successor, at }.into());
    }
    Ok(events)
}

/// The person has no part in the step yet, and has not acted in this envelope.
fn can_take_over(asked: Asked<'_>, turn: &Turn<'_>, to: &Successor) -> Result<(), Refusal> {
    let user = to.user;
    match &turn.party.role {
        Role::Seal { .. } => {
            return Err(Refusal::Forbidden { party: turn.id, what: "hand a seal over".to_owned() });
        }
        Role::Approve
        | Role::Sign { .. }
        | Role::SignInPerson { .. }
        | Role::Witness { .. }
        | Role::Fill
        | Role::Acknowledge
        | Role::Receive
        | Role::View
        | Role::Copy { .. }
        | Role::Nominate => {}
    }
    if turn.party.user == Some(user) {
        return Err(Refusal::SamePerson(turn.id));
    }
    asked.has_not_finished(user)?;
    asked.is_new_in_step(user, turn)?;
    turn.can_be_reached(&to.person)?;
    has_room(asked, 1)
}

fn has_room(asked: Asked<'_>, more: usize) -> Result<(), Refusal> {
    // Those who joined later come on top; twice as many bound every stream.
    if asked.envelope.slots.len().saturating_add(more) > MOST_PARTIES.saturating_mul(2) {
        let most = u64::try_from(MOST_PARTIES.saturating_mul(2)).unwrap_or(u64::MAX);
        return Err(Refusal::TooMany { what: "parties".to_owned(), most });
    }
    Ok(())
}

fn named(party: PartyId, successor: &Successor, at: Timestamp) -> Event {
    PeopleRecorded { people: vec![Named { party, person: successor.person.clone() }], at }.into()
}

pub(crate) fn send_back(asked: Asked<'_>, party: PartyId, step: StepId, reason: &Text) -> Decided {
    asked.free_turn(party)?;
    asked.no_live_session()?;
    let (envelope, rules) = (asked.envelope, &asked.envelope.draft.rules);
    if rules.send_back == Permission::Forbidden || envelope.returns >= rules.returns {
        return Err(Refusal::Forbidden { party, what: "send the envelope back".to_owned() }.into());
    }
    if step >= envelope.current {
        return Err(Refusal::NotEarlier(step).into());
    }
    if envelope.signed_in.is_some_and(|signed| signed >= step) {
        return Err(Refusal::Signed.into());
    }
    let mut again = Vec::new();
    for earlier in step.number()..=envelope.current.number() {
        for of in envelope.members(StepId::new(earlier)).iter().copied() {
            let standing = envelope.slot(of).map(|slot| slot.standing);
            let repeats = standing.is_some_and(|standing| match standing {
                // Removed parties are not asked again; those who were not needed may be this time.
                Standing::Removed | Standing::Replaced { .. } => false,
                other => other.prospect() != Prospect::Open,
            });
            if repeats {
                let next = envelope.slots.len().saturating_add(again.len());
                again.push(Again { of, party: PartyId::new(number(next)) });
            }
        }
    }
    has_room(asked, again.len())?;
    let given = asked.reason(ReasonOf::Return(party), reason);
    Ok(vec![ReturnedTo { by: party, step, again, at: asked.now }.into(), given])
}
