//! What may be erased of an envelope's record, and when.

use crate::envelope::Envelope;
use crate::event::Event;
use crate::id::PartyId;
use crate::rules::Permission;
use crate::slot::Prospect;
use crate::status::Ended;

impl Envelope {
    /// Whether the payload of an event of this envelope may be erased now: ask before you have the ledger erase it, which
    /// knows only which kinds may be.
    ///
    /// The subjects of certificates and reasons may be at any time: nothing is decided by them. People may be once they are
    /// out of it (replaced, skipped, removed) or the envelope has ended: until then they must be reached, with codes, turns
    /// and the news of the end. What stands in fields may be once the envelope has ended; before that a condition, or a
    /// field that must be filled, would find it empty, and the envelope would take another course. While a
    /// [legal hold](crate::LegalHold) is in force, nothing may be. All else is needed to understand the stream; of refusals
    /// the words stand in the stream of accesses.
    ///
    /// Of a command that had an idempotency key the ledger keeps a SHA-256 over all of it: it confirms a guess of what was
    /// erased. Give no key to commands whose words must leave nothing.
    #[must_use]
    pub fn may_erase(&self, event: &Event) -> Permission {
        if !self.holds().is_empty() {
            return Permission::Forbidden;
        }
        let ended = self.status().name().ended() == Ended::ForEver;
        let may = match event {
            Event::SignerNamed(_) | Event::ReasonGiven(_) => true,
            Event::PeopleRecorded(recorded) => {
                ended || recorded.people.iter().all(|named| self.is_out(named.party))
            }
            Event::FieldsPrefilled(_) | Event::FieldFilled(_) => ended,
            _ => false, // what was decided
        };
        if may { Permission::Permitted } else { Permission::Forbidden }
    }

    fn is_out(&self, party: PartyId) -> bool {
        self.slot(party).is_some_and(|slot| slot.standing().prospect() == Prospect::Gone)
    }
}
