//! The stream of refused accesses: who was refused what, bounded so that nobody fills a disk by being refused.

use chancery_ledger::{Context, NewEvent, Unreadable};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::acting::Acting;
use crate::command::Command;
use crate::envelope::Envelope;
use crate::id::PartyId;
use crate::names;
use crate::refusal::Refusal;
use crate::slot::Refusals;

/// Refusals beyond the bound are answered and not counted: nothing of the envelope's may change for each of them.
///
/// So many refusals of each party, and of all strangers together, are recorded as they come; further ones one in
/// [`EVERY`].
pub(crate) const FREELY: u32 = 32;
/// How far apart further ones are.
pub(crate) const EVERY: SignedDuration = SignedDuration::from_hours(24);

/// A refused access, in the stream [`EnvelopeId::access_stream`](crate::EnvelopeId::access_stream). Who it was and when,
/// the ledger's record says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessRefused {
    /// What was wanted: the name of a command.
    pub command: String,
    /// For which party.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<PartyId>,
    /// Why it was refused.
    pub why: Refusal,
}

impl AccessRefused {
    /// Its kind in the ledger.
    pub const KIND: &str = "envelope.access-refused";

    /// Reads the payload of an event of that kind.
    ///
    /// # Errors
    /// If it is none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        serde_json::from_slice(bytes).map_err(|error| Unreadable::new(error.to_string()))
    }
}

pub(crate) fn refused(command: &Command, why: &Refusal) -> NewEvent {
    let refused =
        AccessRefused { command: command.name().to_owned(), party: command.party(), why: why.clone() };
    // See `event::bytes` for why this cannot fail.
    NewEvent::new(names::kind(AccessRefused::KIND), 1, serde_json::to_vec(&refused).unwrap_or_default())
}

/// The party of whose refusals it is one: only its own person uses up its share.
pub(crate) fn party_of(envelope: &Envelope, command: &Command, context: &Context) -> Option<PartyId> {
    let party = command.party()?;
    let user = Acting::of(context.actor())?.user()?;
    envelope.party(party).filter(|party| party.user == Some(user)).map(|_| party)
}

/// Whether one more is recorded.
pub(crate) fn has_room(envelope: &Envelope, party: Option<PartyId>, now: Timestamp) -> bool {
    let refusals: Refusals = match party.and_then(|party| envelope.slot(party)) {
        Some(slot) => slot.refusals,
        None => envelope.strangers,
    };
    let long_ago = |latest: Timestamp| latest.checked_add(EVERY).is_ok_and(|next| next <= now);
    refusals.recorded < FREELY || refusals.latest.is_none_or(long_ago)
}
