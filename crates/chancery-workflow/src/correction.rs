//! Corrections of a paused envelope.

use serde::{Deserialize, Serialize};

use crate::factors::PartyFactors;
use crate::field::{Field, FieldContent, Need};
use crate::id::{ContentDigest, DocumentId, PartyId};
use crate::party::Party;
use crate::person::Person;
use crate::text::Text;

/// What the sender wants corrected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Correction {
    /// A party is taken out.
    RemoveParty(PartyId),
    /// A party is added, to the current step or a later one, with fields of its own. Needs a
    /// [`ModificationPermission`](crate::ModificationPermission) of each document as it is now in which it gets a place for
    /// its signature, or that it signs and somebody has signed before.
    AddParty {
        /// As the draft would have it.
        party: Box<Party>,
        /// Its fields.
        fields: Vec<NewField>,
    },
    /// Name and addresses of a party.
    Person {
        /// Whose.
        party: PartyId,
        /// As they should be.
        person: Box<Person>,
    },
    /// What a party proves.
    Factors {
        /// Who.
        party: PartyId,
        /// What from now on.
        factors: Box<PartyFactors>,
    },
    /// A document, as long as nothing was signed. Needs a [`ModificationPermission`](crate::ModificationPermission) of
    /// the new one if it is to be signed.
    Document {
        /// Which.
        document: DocumentId,
        /// SHA-256 of the bytes that take its place.
        digest: ContentDigest,
    },
}

/// A field of a party that is added: a [`Field`] whose party has no number yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewField {
    /// In which document.
    pub document: DocumentId,
    /// Its name in the document.
    pub name: Text,
    /// What may stand in it.
    pub content: FieldContent,
    /// Whether the party may act without it.
    pub need: Need,
}

impl NewField {
    /// A place for the party's signature.
    #[must_use]
    pub const fn signature(document: DocumentId, name: Text) -> Self {
        Self { document, name, content: FieldContent::Signature, need: Need::Required }
    }

    /// As the party's.
    pub(crate) fn of(&self, party: PartyId) -> Field {
        let Self { document, name, content, need } = self.clone();
        Field { need, ..Field::new(document, party, name, content) }
    }
}

/// What was corrected, with old and new values (21 CFR 11.10(e)). People's data stands in `PeopleRecorded` beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Corrected {
    /// A party was taken out.
    PartyRemoved {
        /// Who.
        party: PartyId,
    },
    /// A party was added.
    PartyAdded {
        /// Its number.
        party: PartyId,
        /// As it was defined, without its person.
        definition: Box<Party>,
        /// Its fields, numbered after those that were there.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        fields: Vec<Field>,
    },
    /// Name or addresses of a party changed.
    PersonChanged {
        /// Whose.
        party: PartyId,
    },
    /// What a party proves changed.
    FactorsChanged {
        /// Who.
        party: PartyId,
        /// What it was.
        old: Box<PartyFactors>,
        /// What it is.
        new: Box<PartyFactors>,
    },
    /// A document was replaced: a new head, and every session before it is void.
    DocumentReplaced {
        /// Which.
        document: DocumentId,
        /// SHA-256 of what it was.
        old: ContentDigest,
        /// SHA-256 of what it is.
        new: ContentDigest,
    },
}
