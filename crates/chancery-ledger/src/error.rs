//! What can be wrong with names, what a ledger refuses, and what can fail.

use std::error::Error;

use jiff::Timestamp;

use crate::hash::Hash;
use crate::holds::Holds;
use crate::name::{IdempotencyKey, Kind, StreamId};
use crate::number::{Sequence, Version};
use crate::part::Part;

/// A name that is none.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// It is empty.
    #[error("a {what} needs a name")]
    Empty {
        /// What it should name.
        what: &'static str,
    },
    /// It is too long.
    #[error("the name of a {what} has {length} bytes; {most} are possible")]
    TooLong {
        /// What it should name.
        what: &'static str,
        /// Its length in bytes.
        length: usize,
        /// What is possible.
        most: usize,
    },
    /// It holds a control character, which would break lines of exports and logs.
    #[error("the name of a {what} holds a control character at byte {offset}")]
    ControlCharacter {
        /// What it should name.
        what: &'static str,
        /// Where.
        offset: usize,
    },
    /// It should follow from an event, and what there is is none that can be recorded.
    #[error("this is no event: {why}")]
    NoEvent {
        /// Why.
        why: String,
    },
}

/// A text that does not name legal holds.
#[derive(Copy, Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("legal holds are named by versions, the oldest first, with a space between")]
pub struct HoldsError;

/// A commit that is refused. Nothing of it was written, and the same commit will be refused again until what it
/// names has changed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Somebody else wrote to the stream first: read it again, decide again.
    #[error("stream {stream} has {current} events, not {expected}: somebody else wrote to it")]
    Conflict {
        /// The stream.
        stream: StreamId,
        /// What the commit expected.
        expected: Version,
        /// What it is.
        current: Version,
    },
    /// The idempotency key was used for another command.
    #[error("idempotency key {key} was used for another command")]
    KeyReused {
        /// The key.
        key: IdempotencyKey,
    },
    /// The stream is under a legal hold: nothing of it can be erased.
    #[error("stream {stream} is under legal hold by its events {holds}: event {version} cannot be erased")]
    UnderLegalHold {
        /// The stream.
        stream: StreamId,
        /// The event.
        version: Version,
        /// The holds in force.
        holds: Holds,
    },
    /// The legal hold that is to be released is not in force: it was released before, or never began.
    #[error("event {hold} of stream {stream} is no legal hold in force")]
    NotHeld {
        /// The stream.
        stream: StreamId,
        /// The hold, by the event that would have begun it.
        hold: Version,
    },
    /// The same commit ends a legal hold of the stream: between that and an erasure others must be able to object.
    #[error("this commit ends a legal hold of stream {stream}: event {version} can be erased by a later one")]
    ReleasedAtOnce {
        /// The stream.
        stream: StreamId,
        /// The event.
        version: Version,
    },
    /// The event to be erased does not exist.
    #[error("stream {stream} has no event {version}")]
    NoSuchEvent {
        /// The stream.
        stream: StreamId,
        /// The event.
        version: Version,
    },
    /// That part was erased before, or is to be erased twice by this commit.
    #[error("the {part} of event {version} of stream {stream} is erased already")]
    AlreadyErased {
        /// The stream.
        stream: StreamId,
        /// The event.
        version: Version,
        /// The part.
        part: Part,
    },
    /// The payload of an event that the ledger itself wrote cannot be erased: other rules rest on it.
    #[error("event {version} of stream {stream} is of kind {kind}: its payload cannot be erased")]
    NotErasable {
        /// The stream.
        stream: StreamId,
        /// The event.
        version: Version,
        /// Its kind.
        kind: Kind,
    },
    /// The name belongs to the ledger itself.
    #[error("{name} begins with `chancery.`: only the ledger itself writes that")]
    Reserved {
        /// The kind or the stream.
        name: String,
    },
    /// A deadline for a stream to which the commit writes nothing, or two for one.
    #[error("the deadline of stream {stream} is set twice, or without an event in it")]
    Due {
        /// The stream.
        stream: StreamId,
    },
    /// The commit holds no event.
    #[error("there is nothing to commit: a commit needs at least one event")]
    Empty,
    /// Something is larger than every store can hold.
    #[error("{what}: {found} is more than the {most} that are possible")]
    TooLarge {
        /// What.
        what: &'static str,
        /// How large it is.
        found: usize,
        /// What is possible.
        most: usize,
    },
    /// An anchor over something that this log never was.
    #[error("the anchor is over {anchored} at {size} events; the log {}", match root {
        Some(root) => format!("had {root} there"),
        None => "has fewer".to_owned(),
    })]
    AnchorDiffers {
        /// The size of the log that was anchored.
        size: u64,
        /// The root that was anchored.
        anchored: Hash,
        /// The root of this log at that size; none if it has fewer events.
        root: Option<Hash>,
    },
}

/// A commit that was not made, or of which that is not known.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommitError {
    /// It is refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store failed.
    #[error(transparent)]
    Failed(#[from] StoreError),
}

/// A store that could not do its work.
#[derive(Debug, thiserror::Error)]
#[error("{kind}{}", match outcome {
    Outcome::NothingHappened => "",
    Outcome::Unknown => "; whether the commit was made is unknown: ask for its idempotency key",
})]
pub struct StoreError {
    /// What kind of failure.
    pub kind: Failure,
    /// Whether a commit may have happened nevertheless.
    pub outcome: Outcome,
    /// What the database said.
    #[source]
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

impl StoreError {
    /// A failure after which nothing has happened.
    #[must_use]
    pub fn new(kind: Failure, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind, outcome: Outcome::NothingHappened, source: Some(source.into()) }
    }

    /// A row that does not hold what only this ledger writes.
    #[must_use]
    pub fn corrupt(what: impl Into<String>) -> Self {
        Self { kind: Failure::Corrupt(what.into()), outcome: Outcome::NothingHappened, source: None }
    }

    /// The same, where the commit may have happened nevertheless.
    #[must_use]
    pub fn of_unknown_outcome(self) -> Self {
        Self { outcome: Outcome::Unknown, ..self }
    }
}

/// Why a store could not do its work.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// Others wrote all the time that was allowed for waiting. Try again.
    #[error("the ledger is busy: others write to it")]
    Busy,
    /// There is no room.
    #[error("the disk is full")]
    Full,
    /// The file may not be read or written.
    #[error("the ledger may not be read or written")]
    Denied,
    /// It is another kind of file, or was written by a newer version of this crate.
    #[error("this is not a ledger that can be opened: {0}")]
    NotALedger(String),
    /// The database is set to acknowledge what it has not written to its disk yet. Nothing is kept on that ground.
    #[error("the database acknowledges what it may lose: {0}")]
    NotDurable(String),
    /// What is stored is not what a ledger writes. Let the verifier look at it.
    #[error("the ledger is damaged: {0}")]
    Corrupt(String),
    /// The database cannot be reached, or another failure of the system.
    #[error("the ledger's database failed")]
    Unavailable,
}

/// Whether a commit may have happened although the store failed.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// It did not happen.
    NothingHappened,
    /// The connection broke while it was being made: with an idempotency key one can ask, or simply try again.
    Unknown,
}

/// A claim that cannot be settled, or a dead letter that cannot be sent again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettleError {
    /// The lease ran out, or somebody else settled it: what happens next is not this claim's to say.
    #[error("the claim is void: its lease ended at {ended}, or it was settled")]
    Void {
        /// When the lease ended or would have.
        ended: Timestamp,
    },
    /// The next attempt would be further ahead than any wait may be.
    #[error("a next attempt at {at} is too far ahead: at most a day, here until {latest}")]
    TooFar {
        /// When it was to be.
        at: Timestamp,
        /// The latest that is possible.
        latest: Timestamp,
    },
    /// There is no such dead letter.
    #[error("effect {n} of event {sequence} is no dead letter")]
    NotDead {
        /// The event.
        sequence: Sequence,
        /// Which of its effects, from 0.
        n: u32,
    },
    /// The store failed.
    #[error(transparent)]
    Failed(#[from] StoreError),
}

/// A proof that cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// The log does not reach that far, or the smaller size is the larger one.
    #[error("a proof of {from} in {to} events cannot be made; the log has {size}")]
    Beyond {
        /// The event, or the older size.
        from: u64,
        /// The size it is to be proven for.
        to: u64,
        /// The size of the log.
        size: u64,
    },
    /// The store failed.
    #[error(transparent)]
    Failed(#[from] StoreError),
}

/// A lease that is empty or too long.
#[derive(Copy, Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a lease lasts from one millisecond to {most_hours} hours")]
pub struct LeaseError {
    pub(crate) most_hours: i64,
}
