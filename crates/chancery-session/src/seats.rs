//! Who signs a document, and where, found in one pass.

use std::collections::BTreeSet;

use chancery_workflow::{DocumentId, Envelope, Field, FieldContent, PartyId, Placement, Prospect};

/// The places for signatures in a document.
pub(crate) struct Seats<'e> {
    fields: Vec<&'e Field>,
    seats: BTreeSet<PartyId>,
}

impl<'e> Seats<'e> {
    pub(crate) fn of(envelope: &'e Envelope, document: DocumentId) -> Self {
        let all = envelope.draft().fields.iter();
        let is_place =
            |field: &&Field| field.document == document && field.content == FieldContent::Signature;
        let fields: Vec<&Field> = all.filter(is_place).collect();
        let seats = fields.iter().map(|field| field.party).collect();
        Self { fields, seats }
    }

    /// The places where signatures are seen.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &'e Field> {
        self.fields.iter().copied()
    }

    /// Whether somebody who holds this seat has yet to sign the document.
    pub(crate) fn is_awaited(&self, envelope: &Envelope, seat: PartyId) -> bool {
        let holder = envelope.holder(seat);
        self.signs(envelope, holder)
            && envelope.slot(holder).is_some_and(|slot| slot.standing().prospect() == Prospect::Open)
    }

    /// Whether a party signs the document: what [`Envelope::signs`] says, for many parties.
    pub(crate) fn signs(&self, envelope: &Envelope, party: PartyId) -> bool {
        let (Some(definition), Some(slot)) = (envelope.party(party), envelope.slot(party)) else {
            return false;
        };
        definition.role.level().is_some()
            && match definition.placement {
                Placement::Invisible => true,
                Placement::InFields => self.seats.contains(&slot.seat()),
            }
    }
}
