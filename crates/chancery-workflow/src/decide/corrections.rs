//! Corrections of a paused envelope: one after the other, all or none.

use std::sync::Arc;

use crate::command::Permissions;
use crate::correction::{Corrected as Change, Correction};
use crate::draft::Named;
use crate::draft_check::{self, DraftFault};
use crate::envelope::Envelope;
use crate::event::{Corrected, PeopleRecorded};
use crate::guard::{Asked, Decided};
use crate::id::{ContentDigest, DocumentId, PartyId, index, number};
use crate::next_action::Capacity;
use crate::party::Party;
use crate::refusal::Refusal;
use crate::role::{Role, SignatureLevel};
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
            Correction::AddParty(party) => (add(asked, party)?, party.person.clone()),
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

fn add(asked: Asked<'_>, party: &Party) -> Result<Change, Refusal> {
    let id = asked.envelope.next_party();
    if party.step < asked.envelope.current {
        return Err(Refusal::NotEarlier(party.step));
    }
    // Judged as if it had been there when the envelope was sent. Its places cannot be: fields are fixed.
    let mut draft = (*asked.envelope.draft).clone();
    draft.parties = asked.envelope.parties.iter().map(|party| (**party).clone()).collect();
    let before = draft_check::faults(&draft);
    draft.parties.push(party.clone());
    let faults: Vec<DraftFault> =
        draft_check::faults(&draft).into_iter().filter(|fault| !before.contains(fault)).collect();
    if !faults.is_empty() {
        return Err(Refusal::Draft(faults));
    }
    if let Some(user) = party.user {
        asked.has_not_finished(user)?;
    }
    signatures_left(asked.envelope, party)?;
    let definition = Box::new(Party { person: None, ..party.clone() });
    Ok(Change::PartyAdded { party: id, definition })
}

/// One more signature in every document that an invisible one goes into.
fn signatures_left(envelope: &Envelope, party: &Party) -> Result<(), Refusal> {
    if !party.role.act().is_some_and(crate::role::Act::signs) {
        return Ok(());
    }
    for n in 0..envelope.contents.len() {
        let document = DocumentId::new(number(n));
        let permitted = envelope.permitted.iter().find(|permitted| permitted.document == document);
        let permitted = permitted.ok_or(Refusal::PermissionMissing(document))?;
        let wanted = signers(envelope, document).saturating_add(1);
        if !permitted.signatures.permits(wanted) {
            let allowance = permitted.signatures.clone();
            return Err(Refusal::SignaturesForbidden { document, allowance, wanted });
        }
    }
    Ok(())
}

/// Who signs a document, has signed it, or will.
fn signers(envelope: &Envelope, document: DocumentId) -> u32 {
    let slots = envelope
        .slots
        .iter()
        .enumerate()
        .filter(|(_, slot)| counts(slot.standing) && slot.standing != Standing::Skipped);
    number(slots.filter(|(n, _)| envelope.signs(PartyId::new(number(*n))).contains(&document)).count())
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
