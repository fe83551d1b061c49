//! Acts without a signature: approving, confirming, receiving, filling, nominating, declining.

use std::collections::BTreeSet;

use chancery_auth::ProvedFactor;

use crate::command::Nominee;
use crate::draft::Named;
use crate::event::{Bound, Event, PartiesNominated, PartyDeclined, PartyDone};
use crate::guard::{Asked, Decided, Proved, Turn};
use crate::id::{PartyId, number};
use crate::reason::ReasonOf;
use crate::refusal::Refusal;
use crate::role::Act;
use crate::rules::Permission;
use crate::slot::Prospect;
use crate::text::Text;

use super::authoring::people;

pub(crate) fn act(asked: Asked<'_>, party: PartyId, act: Act, factors: &[ProvedFactor]) -> Decided {
    let turn = asked.free_turn(party)?;
    let done = done(asked, &turn, act, factors)?;
    Ok(vec![done])
}

fn done(asked: Asked<'_>, turn: &Turn<'_>, act: Act, factors: &[ProvedFactor]) -> Result<Event, Refusal> {
    turn.is_there_to(act)?;
    asked.has_agreed(turn, act)?;
    asked.has_filled(turn)?;
    let Proved { factors, series } = asked.may_act(turn, factors)?;
    let revision = asked.envelope.head;
    Ok(PartyDone { party: turn.id, act, revision, factors, series, at: asked.now }.into())
}

/// Names somebody for every party that waits for this nominator, and for no other.
pub(crate) fn nominate(
    asked: Asked<'_>,
    party: PartyId,
    nominees: &[Nominee],
    factors: &[ProvedFactor],
) -> Decided {
    let turn = asked.free_turn(party)?;
    let done = done(asked, &turn, Act::Nominate, factors)?;
    let mut waiting = waiting_for(asked, &turn);
    let mut seated = BTreeSet::new();
    for nominee in nominees {
        let named = asked.any_party(nominee.party)?;
        if !waiting.remove(&nominee.party) {
            return Err(Refusal::Nominee(nominee.party).into());
        }
        if turn.party.user == Some(nominee.user) {
            return Err(Refusal::SamePerson(party).into());
        }
        asked.has_not_finished(nominee.user)?;
        asked.is_new_in_step(nominee.user, &named)?;
        named.can_be_reached(&nominee.person)?;
        if !seated.insert((named.party.step, nominee.user)) {
            return Err(Refusal::SamePerson(nominee.party).into());
        }
        if asked.envelope.draft.rules.domains.admit(nominee.person.email.as_ref()) == Permission::Forbidden {
            return Err(Refusal::Domain.into());
        }
    }
    if let Some(left) = waiting.into_iter().next() {
        return Err(Refusal::Nominee(left).into());
    }
    let bound = nominees.iter().map(|nominee| Bound { party: nominee.party, user: nominee.user }).collect();
    let names = nominees.iter().map(|nominee| Named { party: nominee.party, person: nominee.person.clone() });
    let nominated = PartiesNominated { by: party, bound, at: asked.now };
    Ok(people(names.collect(), asked.now).into_iter().chain([nominated.into(), done]).collect())
}

fn waiting_for(asked: Asked<'_>, turn: &Turn<'_>) -> BTreeSet<PartyId> {
    let parties = asked.envelope.parties.iter().zip(&asked.envelope.slots).enumerate();
    parties
        .filter(|(_, (party, slot))| {
            party.nominated_by == Some(turn.slot.seat)
                && party.user.is_none()
                && slot.standing.prospect() == Prospect::Open
        })
        .map(|(n, _)| PartyId::new(number(n)))
        .collect()
}

pub(crate) fn decline(asked: Asked<'_>, party: PartyId, reason: &Text) -> Decided {
    // A session under way ends with it: nothing was signed yet.
    let turn = asked.turn(party)?;
    match turn.party.decline {
        Permission::Permitted => {
            let given = asked.reason(ReasonOf::Decline(party), reason);
            Ok(vec![PartyDeclined { party, at: asked.now }.into(), given])
        }
        Permission::Forbidden => Err(Refusal::Forbidden { party, what: "decline".to_owned() }.into()),
    }
}
