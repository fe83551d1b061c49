//! Corrections of a paused envelope: one after the other, all or none.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::command::Permissions;
use crate::correction::{Corrected as Change, Correction, NewField};
use crate::draft::Named;
use crate::draft_check::{self, DraftFault};
use crate::envelope::Envelope;
use crate::event::{Corrected, PeopleRecorded};
use crate::field::{Field, FieldContent};
use crate::guard::{Asked, Decided};
use crate::id::{ContentDigest, DocumentId, FieldId, PartyId, index, number};
use crate::next_action::Capacity;
use crate::party::{Party, Placement};
use crate::refusal::Refusal;
use crate::role::{Act, Role, SignatureLevel};
use crate::slot::{Prospect, Slot, Standing};
use crate::status::StatusName;
use crate::step::Quorum;

use super::sending::permits;

/// More corrections than anybody makes at once.
const MOST: usize = 400;

pub(crate) fn correct(asked: Asked<'_>, corrections: &[Correction], permissions: &Permissions) -> Decided {
    asked.is(Capacity::Sender)?;
    asked.stands(StatusName::Paused)?;
    if corrections.len() > MOST {
        return Err(Refusal::TooMany { what: "corrections at once".to_owned(), most: 400 }.into());
    }
    let mut envelope = asked.envelope.clone();
    let mut events = Vec::new();
    for correction in corrections {
        let (asked, at) = (Asked { envelope: &envelope, ..asked }, asked.now);
        let (change, person) = match correction {
            Correction::RemoveParty(party) => (remove(asked, *party)?, None),
            Correction::AddParty { party, fields } => {
                (add(asked, party, fields, permissions)?, party.person.clone())
            }
            Correction::Person { party, person } => {
                open_party(asked, *party)?;
                asked.any_party(*party)?.can_be_reached(person)?;
                (Change::PersonChanged { party: *party }, Some((**person).clone()))
            }
            Correction::Factors { party, factors } => {
                let old = Box::new(open_party(asked, *party)?.factors.clone());
                let changed = Party { factors: (**factors).clone(), ..open_party(asked, *party)?.clone() };
                demands_pin(*party, &changed)?;
                (Change::FactorsChanged { party: *party, old, new: factors.clone() }, None)
            }
            Correction::Document { document, digest } => {
                (replace(asked, *document, *digest, permissions)?, None)
            }
        };
        let party = match &change {
            Change::PartyAdded { party, .. } | Change::PersonChanged { party } => Some(*party),
            Change::PartyRemoved { .. } | Change::FactorsChanged { .. } | Change::DocumentReplaced { .. } => {
                None
            }
        };
        let corrected = Corrected { changes: vec![change], at }.into();
        envelope.apply(&corrected);
        events.push(corrected);
        if let (Some(party), Some(person)) = (party, person) {
            events.push(PeopleRecorded { people: vec![Named { party, person }], at }.into());
        }
    }
    Ok(events)
}

/// A party that has not acted: what is done stays as it was done.
fn open_party<'a>(asked: Asked<'a>, party: PartyId) -> Result<&'a Party, Refusal> {
    let turn = asked.any_party(party)?;
    match turn.slot.standing.prospect() {
        Prospect::Open => Ok(turn.party),
        Prospect::Done | Prospect::Declined | Prospect::Gone => {
            Err(Refusal::WrongStanding { party, standing: turn.slot.standing })
        }
    }
}

fn remove(asked: Asked<'_>, party: PartyId) -> Result<Change, Refusal> {
    let removed = open_party(asked, party)?;
    if asked.envelope.is_waited_for(party) && removed.role == Role::Nominate {
        return Err(Refusal::Forbidden {
            party,
            what: "be taken out, as others wait to be named by it".to_owned(),
        });
    }
    if removed.role.act().is_some() {
        let acting = |role: fn(&Role) -> bool| {
            let parties = asked.envelope.parties.iter().zip(&asked.envelope.slots);
            parties
                .filter(|(other, slot)| {
                    other.role.act().is_some() && role(&other.role) && counts(slot.standing)
                })
                .count()
        };
        if acting(|_| true) <= 1 {
            return Err(Refusal::LastParty(party));
        }
        if asked.is(Capacity::Owner).is_err()
            && (is_last_approver(asked, removed) || takes_quorum(asked, removed))
        {
            return Err(Refusal::LastApprover(party));
        }
    }
    Ok(Change::PartyRemoved { party })
}

/// Nobody else approves, has approved, or will.
fn is_last_approver(asked: Asked<'_>, removed: &Party) -> bool {
    let approves = |(party, slot): &(&Arc<Party>, &Slot)| {
        party.role == Role::Approve
            && slot.again.is_none()
            && matches!(slot.standing.prospect(), Prospect::Open | Prospect::Done)
    };
    removed.role == Role::Approve
        && asked.envelope.parties.iter().zip(&asked.envelope.slots).filter(approves).count() <= 1
}

/// Without it fewer are left in its step than the quorum names, or nobody.
fn takes_quorum(asked: Asked<'_>, removed: &Party) -> bool {
    let step = removed.step;
    let quorum = asked.envelope.draft.steps.get(index(step.number())).map(|step| step.quorum);
    let least = match quorum {
        Some(Quorum::AtLeast(n)) => index(n),
        Some(Quorum::All) | None => 1,
    };
    let of_step = asked.envelope.members(step).iter().filter_map(|member| asked.envelope.slot(*member));
    of_step.filter(|slot| slot.standing.prospect() != Prospect::Gone).count() <= least
}

/// Neither removed nor replaced.
const fn counts(standing: Standing) -> bool {
    !matches!(standing, Standing::Removed | Standing::Replaced { .. })
}

fn add(
    asked: Asked<'_>,
    party: &Party,
    fields: &[NewField],
    permissions: &Permissions,
) -> Result<Change, Refusal> {
    let id = asked.envelope.next_party();
    if party.step < asked.envelope.current {
        return Err(Refusal::NotEarlier(party.step));
    }
    // Judged as if it had been there when the envelope was sent.
    let mut draft = (*asked.envelope.draft).clone();
    draft.parties = asked.envelope.parties.iter().map(|party| (**party).clone()).collect();
    let before = draft_check::faults(&draft);
    draft.parties.push(party.clone());
    let fields: Vec<Field> = fields.iter().map(|field| field.of(id)).collect();
    draft.fields.extend(fields.iter().cloned());
    let faults: Vec<DraftFault> =
        draft_check::faults(&draft).into_iter().filter(|fault| !before.contains(fault)).collect();
    if !faults.is_empty() {
        return Err(Refusal::Draft(faults));
    }
    if let Some(user) = party.user {
        asked.has_not_finished(user)?;
    }
    for n in 0..asked.envelope.contents.len() {
        may_join(asked.envelope, DocumentId::new(number(n)), (party, &fields), permissions)?;
    }
    let definition = Box::new(Party { person: None, ..party.clone() });
    Ok(Change::PartyAdded { party: id, definition, fields })
}

/// A document takes the signature of one more party, and its fields. What was found when the envelope was sent is enough
/// where the document is what it was then and nothing of the party is to be seen in it; else somebody must have looked at
/// it as it is now, since who signed it may have locked it.
fn may_join(
    envelope: &Envelope,
    document: DocumentId,
    (party, fields): (&Party, &[Field]),
    permissions: &Permissions,
) -> Result<(), Refusal> {
    let own = || fields.iter().filter(|field| field.document == document);
    let mut places = own().filter(|field| field.content == FieldContent::Signature).peekable();
    let signs = party.role.act().is_some_and(Act::signs)
        && match party.placement {
            Placement::Invisible => true,
            Placement::InFields => places.peek().is_some(),
        };
    let current = envelope.content(document).ok_or(Refusal::UnknownDocument(document))?;
    let is_as_sent =
        envelope.draft.documents.get(index(document.number())).map(|sent| sent.digest) == Some(current);
    if places.peek().is_none() && is_as_sent {
        if !signs {
            return Ok(());
        }
        let permitted = envelope.permitted.iter().find(|permitted| permitted.document == document);
        if let Some(permitted) = permitted {
            let wanted = signers(envelope, document).saturating_add(1);
            if permitted.signatures.permits(wanted) {
                return Ok(());
            }
            let allowance = permitted.signatures.clone();
            return Err(Refusal::SignaturesForbidden { document, allowance, wanted });
        }
    }
    if !signs && own().next().is_none() {
        return Ok(());
    }
    let looked = permissions.iter().find(|permission| permission.document() == current);
    let looked = looked.ok_or(Refusal::PermissionMissing(document))?;
    if signs {
        permits(permissions, document, current, awaited(envelope, document).saturating_add(1))?;
    }
    for (n, field) in fields.iter().enumerate().filter(|(_, field)| field.document == document) {
        let may = match field.content {
            FieldContent::Signature => looked.may_show(field.name.as_str()),
            FieldContent::Text { .. }
            | FieldContent::Amount { .. }
            | FieldContent::Date
            | FieldContent::CheckBox
            | FieldContent::OneOf(_) => looked.may_fill(field.name.as_str()),
        };
        let id = FieldId::new(number(envelope.draft.fields.len().saturating_add(n)));
        may.map_err(|why| Refusal::FieldSigned { field: id, why })?;
    }
    Ok(())
}

/// Who has yet to sign a document.
fn awaited(envelope: &Envelope, document: DocumentId) -> u32 {
    signing(envelope, document, |slot| slot.standing.prospect() == Prospect::Open)
}

/// Who signs a document, has signed it, or will.
fn signers(envelope: &Envelope, document: DocumentId) -> u32 {
    signing(envelope, document, |slot| counts(slot.standing) && slot.standing != Standing::Skipped)
}

/// How many of these sign a document, in one pass: what [`Envelope::signs`] says of each.
fn signing(envelope: &Envelope, document: DocumentId, of: impl Fn(&Slot) -> bool) -> u32 {
    let is_place = |field: &&Field| field.document == document && field.content == FieldContent::Signature;
    let seats: BTreeSet<PartyId> =
        envelope.draft.fields.iter().filter(is_place).map(|field| field.party).collect();
    let signs = |(party, slot): &(&Arc<Party>, &Slot)| {
        of(slot)
            && party.role.act().is_some_and(Act::signs)
            && match party.placement {
                Placement::Invisible => true,
                Placement::InFields => seats.contains(&slot.seat),
            }
    };
    number(envelope.parties.iter().zip(&envelope.slots).filter(signs).count())
}

fn demands_pin(id: PartyId, party: &Party) -> Result<(), Refusal> {
    let digital = party.role.level().is_some_and(SignatureLevel::is_digital);
    if digital && !party.factors.act_demands(chancery_auth::FactorKind::SigningPin) {
        return Err(Refusal::Draft(vec![DraftFault::PinNotDemanded(id)]));
    }
    Ok(())
}

fn replace(
    asked: Asked<'_>,
    document: DocumentId,
    new: ContentDigest,
    permissions: &Permissions,
) -> Result<Change, Refusal> {
    let envelope = asked.envelope;
    let old = envelope.content(document).ok_or(Refusal::UnknownDocument(document))?;
    if envelope.signed_in.is_some() {
        return Err(Refusal::Signed);
    }
    if envelope.contents.contains(&new) {
        return Err(Refusal::Draft(vec![DraftFault::SameDocument(document)]));
    }
    for (n, party) in envelope.parties.iter().enumerate() {
        let digital = party.role.level().is_some_and(SignatureLevel::is_digital);
        if digital && envelope.signs(PartyId::new(number(n))).contains(&document) {
            return Err(Refusal::ContentLocked(document));
        }
    }
    let wanted = signers(envelope, document);
    if wanted > 0 {
        permits(permissions, document, new, wanted)?;
    }
    Ok(Change::DocumentReplaced { document, old, new })
}
