//! Corrections of a paused envelope.

use serde::{Deserialize, Serialize};

use crate::factors::PartyFactors;
use crate::id::{ContentDigest, DocumentId, PartyId};
use crate::party::Party;
use crate::person::Person;

/// What the sender wants corrected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Correction {
    /// A party is taken out.
    RemoveParty(PartyId),
    /// A party is added, to the current step or a later one.
    AddParty(Box<Party>),
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
