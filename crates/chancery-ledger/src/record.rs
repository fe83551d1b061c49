//! What a ledger says about an event, without the bytes that can be erased.

use jiff::Timestamp;

use crate::hash::Hash;
use crate::holds::Holds;
use crate::name::{Actor, Kind, StreamId, Tenant};
use crate::number::{Sequence, Version};

/// What stays of an event for ever. [`event_hash`](crate::hashing::event_hash) covers all of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Record {
    /// Whose log it is in.
    pub tenant: Tenant,
    /// The stream.
    pub stream: StreamId,
    /// Its place in the stream, from 1.
    pub version: Version,
    /// Its place in the tenant's log, from 0.
    pub sequence: Sequence,
    /// When it was committed, by the clock of whoever did; in whole microseconds. A claim, not a proof.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What kind of event it is.
    pub kind: Kind,
    /// The version of the payload's format.
    pub schema: u32,
    /// The stream's deadline, as the commit of this event left it.
    pub due: Option<Timestamp>,
    /// Legal holds in force on the stream after this event.
    pub holds: Holds,
    /// The hash of payload and salt; stays when these are erased.
    pub payload_hash: Hash,
    /// The hash of evidence and salt; stays when these are erased.
    pub evidence_hash: Hash,
    /// The hash of what the event sends; none if it sends nothing.
    pub effects: Option<Hash>,
    /// The hash of what is kept under the commit's idempotency key; only in the last event of a commit that has one.
    pub request: Option<Hash>,
    /// The hash of the event before it in the stream; zeros before the first.
    pub previous: Hash,
    /// The hash of all this: the entry of the Merkle log.
    pub hash: Hash,
}
