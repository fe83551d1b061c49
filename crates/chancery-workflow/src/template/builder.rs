//! A template that is being written.

use std::collections::BTreeSet;

use chancery_auth::UserId;

use super::error::TemplateError;
use super::locks::TemplatePart;
use super::published::{Stored, Template};
use crate::draft::Draft;
use crate::draft_check::{DraftFault, faults};
use crate::error::TextError;
use crate::field::Field;
use crate::id::{ContentDigest, DocumentId, FieldId, PartyId, StepId, TemplateId, TemplateVersion};
use crate::party::Party;
use crate::role::Role;
use crate::rules::Rules;
use crate::step::Step;
use crate::text::Text;

impl Party {
    /// A party without a person, for a role of a template: as [`Party::new`] else.
    #[must_use]
    pub fn of_role(role: Role, step: StepId) -> Self {
        Self { user: None, ..Self::new(role, step, UserId::from_bytes([0; 16])) }
    }
}

/// A template that is being written: the first version, or the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateBuilder {
    pub(super) stored: Stored,
}

impl TemplateBuilder {
    /// An empty one, in its first version.
    ///
    /// # Errors
    /// [`TextError`] of the name.
    pub fn new(id: TemplateId, name: &str, rules: Rules) -> Result<Self, TextError> {
        let draft = Draft::new(name, rules)?;
        let (version, roles, locks) = (TemplateVersion::new(1), Vec::new(), BTreeSet::new());
        Ok(Self { stored: Stored { id, version, roles, locks, draft } })
    }

    /// Adds a document.
    ///
    /// # Errors
    /// [`TextError`] of its name.
    pub fn document(&mut self, name: &str, digest: ContentDigest) -> Result<DocumentId, TextError> {
        self.stored.draft.document(name, digest)
    }

    /// Adds a step after the others.
    pub fn step(&mut self, step: Step) -> StepId {
        self.stored.draft.step(step)
    }

    /// Adds a role: a party whose person is bound when an envelope is made. A seal, and a party that a nominator names,
    /// are bound to nobody. A person in the party is left out.
    ///
    /// # Errors
    /// [`TextError`] of its name.
    pub fn role(&mut self, name: &str, party: Party) -> Result<PartyId, TextError> {
        let name = Text::new(name)?;
        let id = self.stored.draft.party(Party { user: None, person: None, ..party });
        self.stored.roles.push(name);
        Ok(id)
    }

    /// Adds a field.
    pub fn field(&mut self, field: Field) -> FieldId {
        self.stored.draft.field(field)
    }

    /// Adds a place for the signature of whoever takes a role.
    ///
    /// # Errors
    /// [`TextError`] of its name.
    pub fn signature_field(
        &mut self,
        document: DocumentId,
        role: PartyId,
        name: &str,
    ) -> Result<FieldId, TextError> {
        self.stored.draft.signature_field(document, role, name)
    }

    /// The parts that senders may not change in what they make of it. [`TemplateLocks`](super::TemplateLocks) holds
    /// them to it.
    #[must_use]
    pub fn locked(mut self, parts: impl IntoIterator<Item = TemplatePart>) -> Self {
        self.stored.locks = parts.into_iter().collect();
        self
    }

    /// Puts every approval before everything else, as [`Draft::approvals_first`] does.
    pub fn approvals_first(&mut self) {
        self.stored.draft.approvals_first();
    }

    /// Makes it what it stays.
    ///
    /// # Errors
    /// [`TemplateError`] says all that would keep an envelope made of it from being sent.
    pub fn publish(self) -> Result<Template, TemplateError> {
        Template::of(self.stored)
    }
}

/// Everything that is wrong with whatever would be made of it, apart from the people.
pub(super) fn lasting_faults(stored: &Stored) -> Vec<DraftFault> {
    let mut draft = stored.draft.clone();
    for (n, party) in draft.parties.iter_mut().enumerate() {
        if stored.is_bound(party) {
            // Anybody, each somebody else.
            let mut id = [0xff; 16];
            for (to, from) in id.iter_mut().zip(n.to_be_bytes()) {
                *to = from;
            }
            party.user = Some(UserId::from_bytes(id));
        }
    }
    // Addresses come with the people, and values that the template leaves open with each envelope.
    let lasts = |fault: &DraftFault| !matches!(fault, DraftFault::NoWayToSend(_) | DraftFault::FixedEmpty(_));
    faults(&draft).into_iter().filter(lasts).collect()
}
