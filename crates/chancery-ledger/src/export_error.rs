//! What goes wrong with exports.

use std::io;

use crate::checkpoint::Checkpoint;
use crate::error::{ProofError, StoreError};
use crate::hash::Hash;
use crate::holds::Holds;
use crate::name::StreamId;
use crate::number::{Sequence, Version};
use crate::part::Part;

/// Why an export could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// It could not be written.
    #[error("the export could not be written")]
    Write(#[from] io::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A proof could not be made.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// Something was erased while it was exported, by an event that the export does not reach. Export again.
    #[error("event {sequence} was erased in the meantime: export again")]
    ErasedMeanwhile {
        /// The event.
        sequence: Sequence,
    },
}

/// What is wrong with an export.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ExportFault {
    /// The line is not one of an export.
    #[error("it cannot be read: {why}")]
    Unreadable {
        /// Why.
        why: String,
    },
    /// It is of a form that a newer version of this crate writes.
    #[error("it is of form {form}, which is not known")]
    UnknownForm {
        /// The form's number.
        form: u32,
    },
    /// The line is longer than any event.
    #[error("it is longer than {most} bytes")]
    TooLong {
        /// The longest.
        most: u64,
    },
    /// The file ends before its last event, or goes on after it.
    #[error("there are {found} events or more, not the {announced} that the first line announces")]
    AnotherNumber {
        /// How many the first line announces.
        announced: u64,
        /// How many there are, counted up to here.
        found: u64,
    },
    /// Another event should stand here: one is missing, or they are in another order.
    #[error("event {found} stands where event {expected} should")]
    OutOfOrder {
        /// The place in the log or the stream.
        expected: u64,
        /// What stands there.
        found: u64,
    },
    /// The event is of a stream that was not exported.
    #[error("it is of stream {found}")]
    OtherStream {
        /// The stream.
        found: StreamId,
    },
    /// What the event holds is not what its hash was made of.
    #[error("what it holds does not hash to what it says")]
    Altered,
    /// The event does not follow on the one before it in its stream.
    #[error("it does not follow on the event before it in stream {stream}")]
    Unchained {
        /// The stream.
        stream: StreamId,
    },
    /// The legal holds are not those that the events began and ended.
    #[error("stream {stream} is said to be under legal hold by {}", match found.len() {
        0 => "none".to_owned(),
        _ => format!("its events {found}"),
    })]
    WrongHolds {
        /// The stream.
        stream: StreamId,
        /// What is said.
        found: Holds,
    },
    /// Bytes are missing, and no event says that they were erased; or it was erased under a legal hold or by the commit that
    /// ended one.
    #[error("the {part} of event {version} of stream {stream} is missing without a rightful erasure")]
    Missing {
        /// The stream.
        stream: StreamId,
        /// The event.
        version: Version,
        /// What is missing.
        part: Part,
    },
    /// The event is not proven to be in the log.
    #[error("its proof does not lead to the root of the log")]
    NotProven,
    /// The events are not those that the root was made of.
    #[error("its {size} events lead to root {found}, not {expected}")]
    OtherRoot {
        /// How many events.
        size: u64,
        /// The root that is said, or was kept.
        expected: Hash,
        /// The root that the events lead to.
        found: Hash,
    },
    /// The log is shorter than it was when the checkpoint was taken.
    #[error("the log has {found} events; it had {} once", kept.size)]
    CutOff {
        /// The checkpoint that was kept.
        kept: Checkpoint,
        /// How many events there are.
        found: u64,
    },
}
