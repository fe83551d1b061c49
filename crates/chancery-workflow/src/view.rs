//! What somebody may know of an envelope.

use jiff::Timestamp;
use serde::Serialize;

use crate::envelope::Envelope;
use crate::id::{FieldId, PartyId, Revision, StepId, number};
use crate::party::Party;
use crate::person::{Email, Person};
use crate::refusal::Refusal;
use crate::role::{Act, CopyMoment, Role};
use crate::slot::Standing;
use crate::status::StatusName;
use crate::text::Text;

/// Who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Sender, owner, those who keep the records.
    House,
    /// A party of the envelope.
    Party(PartyId),
}

/// What somebody may know of an envelope, as a value to be shown or sent. It holds no link, code, factor, or address
/// that the audience does not have anyway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EnvelopeView {
    /// Its title.
    pub title: Text,
    /// How it stands.
    pub status: StatusName,
    /// Its head.
    pub head: Revision,
    /// Until when it is open.
    pub deadline: Option<Timestamp>,
    /// Its documents, by name.
    pub documents: Vec<Text>,
    /// Its parties, also those who were replaced.
    pub parties: Vec<PartyView>,
    /// What stands in the fields that the audience may read.
    pub values: Vec<(FieldId, Text)>,
}

/// What somebody may know of a party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartyView {
    /// Which.
    pub party: PartyId,
    /// Its name.
    pub name: Option<Text>,
    /// Its address, masked for other parties: `a•••@example.com`.
    pub email: Option<String>,
    /// Its telephone number, masked for other parties.
    pub phone: Option<String>,
    /// In which step.
    pub step: StepId,
    /// What it does.
    pub act: Option<Act>,
    /// How it stands.
    pub standing: Standing,
    /// When it opened the envelope. Not for other parties.
    pub opened_at: Option<Timestamp>,
    /// When it was done.
    pub done_at: Option<Timestamp>,
}

impl Envelope {
    /// What this audience may know; none for a party that is not there, that has not opened the envelope, whose turn or
    /// copy is not due, that is blocked, or has no part in it any more.
    #[must_use]
    pub fn view(&self, audience: Audience) -> Option<EnvelopeView> {
        let seat = match audience {
            Audience::House => None,
            Audience::Party(party) => Some({
                let slot = self.slot(party).filter(|_| self.sent_at.is_some())?;
                match slot.standing {
                    Standing::Replaced { .. }
                    | Standing::Removed
                    | Standing::Waiting
                    | Standing::Blocked { .. } => return None,
                    Standing::Defined => self.shows_to(self.party(party)?).ok()?,
                    Standing::Active
                    | Standing::Signing
                    | Standing::Done
                    | Standing::Declined
                    | Standing::Skipped
                    | Standing::Expired => {}
                }
                // Whoever has not opened it has not proved what that takes (G15).
                slot.opened_at?;
                slot.seat
            }),
        };
        let readable = |field: &FieldId| {
            let of = self.draft.fields.get(crate::id::index(field.number())).map(|field| field.party);
            seat.is_none() || of == seat
        };
        let values = self.values.iter().filter(|(field, _)| readable(field));
        Some(EnvelopeView {
            title: self.draft.title.clone(),
            status: self.status.name(),
            head: self.head,
            deadline: self.deadline,
            documents: self.draft.documents.iter().map(|document| document.name.clone()).collect(),
            parties: (0..self.slots.len())
                .filter_map(|n| self.party_view(audience, PartyId::new(number(n))))
                .collect(),
            values: values.map(|(field, value)| (*field, value.clone())).collect(),
        })
    }

    fn party_view(&self, audience: Audience, id: PartyId) -> Option<PartyView> {
        let (party, slot, person) = (self.party(id)?, self.slot(id)?, self.person(id));
        let open = audience == Audience::House || audience == Audience::Party(id);
        let email = person.and_then(|person: &Person| person.email.as_ref());
        let phone = person.and_then(|person| person.phone.as_ref());
        Some(PartyView {
            party: id,
            name: person.map(|person| person.name.clone()),
            email: email.map(|email| if open { email.to_string() } else { masked(email) }),
            phone: phone.map(|phone| if open { phone.to_string() } else { phone.masked() }),
            step: party.step,
            act: party.role.act(),
            standing: match slot.standing {
                // That somebody proved something wrongly is between them and the sender.
                Standing::Blocked { .. } if !open => Standing::Active,
                standing => standing,
            },
            opened_at: slot.opened_at.filter(|_| open),
            done_at: slot.done_at,
        })
    }
}

impl Envelope {
    /// Whether it may be shown to somebody whom nobody waits for: a viewer from the sending on, others when their copy is
    /// due.
    pub(crate) fn shows_to(&self, party: &Party) -> Result<(), Refusal> {
        let found = self.status.name();
        let needed = match party.role {
            Role::Copy { when: CopyMoment::AtEnd } => StatusName::Completed,
            Role::Copy { when: CopyMoment::AtTurn } if party.step > self.current => StatusName::Completed,
            Role::View
            | Role::Copy { when: CopyMoment::AtSend | CopyMoment::AtTurn }
            | Role::Approve
            | Role::Sign { .. }
            | Role::SignInPerson { .. }
            | Role::Witness { .. }
            | Role::Seal { .. }
            | Role::Fill
            | Role::Acknowledge
            | Role::Receive
            | Role::Nominate => StatusName::InProgress,
        };
        match (found, needed) {
            (StatusName::Completed, _)
            | (
                StatusName::InProgress | StatusName::Paused | StatusName::Finalizing,
                StatusName::InProgress,
            ) => Ok(()),
            _ => Err(Refusal::WrongStatus { found, needed }),
        }
    }
}

/// The first letter and the domain.
fn masked(email: &Email) -> String {
    format!("{}•••@{}", email.as_str().chars().next().unwrap_or('•'), email.domain())
}
