//! The stream of refusals: who was refused what, bounded so that nobody fills a disk by being refused.

use chancery_auth::UserId;
use chancery_ledger::{Context, NewEvent, Unreadable};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::acting::Acting;
use crate::asker::Asker;
use crate::command::Command;
use crate::concern::Concern;
use crate::envelope::Envelope;
use crate::id::PartyId;
use crate::names;
use crate::refusal::Refusal;
use crate::role::Role;

/// Refusals beyond the bound are answered and not counted: nothing of the envelope's may change for each of them.
///
/// So many refusals of each [`Asker`] and each [`Concern`] are recorded as they come; further ones one in [`EVERY`].
pub(crate) const FREELY: u32 = 32;
/// How far apart further ones are.
pub(crate) const EVERY: SignedDuration = SignedDuration::from_hours(24);

/// Something that was refused to somebody, in the stream [`EnvelopeId::access_stream`](crate::EnvelopeId::access_stream). Who it was and when,
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

/// Who it is that asks this.
pub(crate) fn asker(envelope: &Envelope, command: &Command, context: &Context) -> Asker {
    match Acting::of(context.actor()) {
        Some(Acting::User(user)) => match asked_for(envelope, command) {
            Some(party) if serves(envelope, party, user) => Asker::Party(party),
            _ if user == envelope.sender || user == envelope.owner() => Asker::House,
            _ => Asker::Stranger,
        },
        Some(Acting::Operator(_) | Acting::Records(_)) => Asker::House,
        Some(Acting::Timer | Acting::Sealer | Acting::Notifier) => Asker::Worker,
        None => Asker::Stranger,
    }
}

/// The party for which something is asked: the one that is named, or whose grant is.
fn asked_for(envelope: &Envelope, command: &Command) -> Option<PartyId> {
    match command {
        Command::RedeemDownload { grant, .. } => envelope.grant(*grant).map(|granted| granted.grant.party),
        other => other.party(),
    }
}

fn serves(envelope: &Envelope, party: PartyId, user: UserId) -> bool {
    envelope.party(party).is_some_and(|party| match party.role {
        Role::SignInPerson { host, .. } if host == user => true,
        _ => party.user == Some(user), // nobody else has a host
    })
}

/// As what a refusal is recorded, if it is, and there is room for one more.
pub(crate) fn recorded_as(
    envelope: &Envelope,
    asker: Asker,
    refusal: &Refusal,
    now: Timestamp,
) -> Option<Concern> {
    let concern = refusal.recorded_as()?;
    // See there for why workers are out of turn as a matter of course.
    if asker == Asker::Worker && concern == Concern::Sequence {
        return None;
    }
    let of = envelope.refusals(asker).of(concern);
    let long_ago = |latest: Timestamp| latest.checked_add(EVERY).is_ok_and(|next| next <= now);
    (of.recorded < FREELY || of.latest.is_none_or(long_ago)).then_some(concern)
}
