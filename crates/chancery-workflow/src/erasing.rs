//! What may be erased of an envelope's record, and when.

use crate::envelope::Envelope;
use crate::event::Event;
use crate::rules::Permission;
use crate::status::Ended;

impl Envelope {
    /// Whether the payload of an event of this envelope may be erased now: ask before you have the ledger erase it, which
    /// knows only which kinds may be.
    ///
    /// People, the subjects of certificates, reasons and refusals may be at any time: nothing is decided by them. What
    /// stands in fields may be once the envelope has ended; before that a condition, or a field that must be filled, would
    /// find it empty, and the envelope would take another course. While a [legal hold](crate::LegalHold) is in force,
    /// nothing may be. All else is needed to understand the stream.
    ///
    /// Of a command that had an idempotency key the ledger keeps a SHA-256 over all of it: it confirms a guess of what was
    /// erased. Give no key to commands whose words must leave nothing.
    #[must_use]
    pub fn may_erase(&self, event: &Event) -> Permission {
        if !self.holds().is_empty() {
            return Permission::Forbidden;
        }
        match event {
            Event::PeopleRecorded(_)
            | Event::SignerNamed(_)
            | Event::ReasonGiven(_)
            | Event::RefusalRecorded(_) => Permission::Permitted,
            Event::FieldsPrefilled(_) | Event::FieldFilled(_) => match self.status().name().ended() {
                Ended::ForEver => Permission::Permitted,
                Ended::Open => Permission::Forbidden,
            },
            _ => Permission::Forbidden, // what was decided
        }
    }
}
