//! Drafts.

use std::collections::BTreeMap;

use chancery_auth::UserId;
use jiff::Timestamp;

use crate::draft::{Draft, Named};
use crate::draft_check::MOST_PARTIES;
use crate::event::{Discarded, DraftCreated, DraftEdited, Event, FieldsPrefilled, PeopleRecorded};
use crate::field::Prefilled;
use crate::guard::{Asked, Decided};
use crate::id::{EnvelopeId, PartyId, index};
use crate::next_action::Capacity;
use crate::refusal::Refusal;
use crate::status::StatusName;

/// People stand one to an event, so that one can be erased alone; of very many parties several share one, because a
/// commit has at most 1,000 events.
const EVENTS_OF_PEOPLE: usize = 800;

/// Values of one party stand in one event, for the same reason; of very many parties several share one.
const EVENTS_OF_VALUES: usize = 150;
/// All values together, so that the event of one party with all of them is one that a store takes.
const MOST_OF_VALUES: usize = 4 << 20;

/// Begins an envelope.
pub(crate) fn create(sender: UserId, envelope: EnvelopeId, draft: &Draft, at: Timestamp) -> Decided {
    bounded(draft)?;
    let created = DraftCreated { envelope, sender, draft: Box::new(draft.structure()), at };
    Ok(std::iter::once(created.into()).chain(people(draft.people(), at)).chain(values(draft, at)).collect())
}

pub(crate) fn edit(asked: Asked<'_>, draft: &Draft) -> Decided {
    asked.is(Capacity::Sender)?;
    asked.stands(StatusName::Draft)?;
    bounded(draft)?;
    let old = Box::new((*asked.envelope.draft).clone());
    let edited = DraftEdited { old, new: Box::new(draft.structure()), at: asked.now };
    let people = people(draft.people(), asked.now);
    Ok(std::iter::once(edited.into()).chain(people).chain(values(draft, asked.now)).collect())
}

pub(crate) fn discard(asked: Asked<'_>) -> Decided {
    asked.is(Capacity::Sender)?;
    asked.stands(StatusName::Draft)?;
    Ok(vec![Discarded { at: asked.now }.into()])
}

/// Small enough to be recorded: a draft may be wrong, but not without end.
fn bounded(draft: &Draft) -> Result<(), Refusal> {
    let sizes = [draft.parties.len(), draft.steps.len(), draft.documents.len(), draft.fields.len() / 2];
    if sizes.into_iter().any(|size| size > MOST_PARTIES) {
        let most = u64::try_from(MOST_PARTIES).unwrap_or(u64::MAX);
        return Err(Refusal::TooMany { what: "parties, steps, documents or fields".to_owned(), most });
    }
    let prefilled = draft.fields.iter().filter_map(|field| field.prefill.as_ref());
    if prefilled.map(|value| value.as_str().len()).sum::<usize>() > MOST_OF_VALUES {
        let most = u64::try_from(MOST_OF_VALUES).unwrap_or(u64::MAX);
        return Err(Refusal::TooMany { what: "bytes of values in fields".to_owned(), most });
    }
    Ok(())
}

/// Events for what stands in the fields.
fn values(draft: &Draft, at: Timestamp) -> Vec<Event> {
    let mut of_parties: BTreeMap<PartyId, Vec<Prefilled>> = BTreeMap::new();
    for prefilled in draft.prefilled() {
        let field = draft.fields.get(index(prefilled.field.number()));
        if let Some(party) = field.map(|field| field.party) {
            of_parties.entry(party).or_default().push(prefilled);
        }
    }
    let of_parties: Vec<_> = of_parties.into_values().collect();
    let share = of_parties.len().div_ceil(EVENTS_OF_VALUES).max(1);
    of_parties.chunks(share).map(|values| FieldsPrefilled { values: values.concat(), at }.into()).collect()
}

/// Events for these people.
pub(crate) fn people(people: Vec<Named>, at: Timestamp) -> Vec<Event> {
    let share = people.len().div_ceil(EVENTS_OF_PEOPLE).max(1);
    people.chunks(share).map(|people| PeopleRecorded { people: people.to_vec(), at }.into()).collect()
}
