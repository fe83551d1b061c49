//! Why a command was not answered.

use std::num::NonZeroU32;

use crate::decider_error::Unreadable;
use crate::error::{NameError, Outcome, Refusal, StoreError};
use crate::name::{IdempotencyKey, Kind, StreamId};
use crate::number::Version;

/// Why a command was not answered. What the rules refuse is no error but a reply.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The ledger refuses what was decided, or the idempotency key was used for another command. Nothing was
    /// recorded.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store failed. Where [`StoreError::outcome`] says so, the command may have been recorded nevertheless: call
    /// again with the same idempotency key.
    #[error(transparent)]
    Failed(#[from] StoreError),
    /// Others were faster each time. Nothing was recorded.
    #[error("somebody else wrote to stream {stream} first, {attempts} times")]
    Contended {
        /// The stream.
        stream: StreamId,
        /// How often it was tried.
        attempts: NonZeroU32,
    },
    /// An event in the stream is none of this decider's.
    #[error("event {version} of stream {stream} ({kind}, schema {schema}) cannot be read")]
    UnreadableEvent {
        /// The stream.
        stream: StreamId,
        /// The event.
        version: Version,
        /// Its kind.
        kind: Kind,
        /// The number of its form.
        schema: u32,
        /// Why.
        #[source]
        source: Unreadable,
    },
    /// The bytes of an event were erased, and the decider does not know what to put in their place.
    #[error(
        "the payload of event {version} of stream {stream} is erased; without it the stream says nothing"
    )]
    Erased {
        /// The stream.
        stream: StreamId,
        /// The event.
        version: Version,
    },
    /// What was answered before cannot be read.
    #[error("what was answered before under idempotency key {key} cannot be read")]
    UnreadableReply {
        /// The key.
        key: IdempotencyKey,
        /// Why.
        #[source]
        source: Unreadable,
    },
    /// The kind of a new event is no name.
    #[error("a decided event has no proper kind")]
    Kind(#[from] NameError),
    /// The decider put an event aside into the very stream that it decides for.
    #[error("an event was put aside into stream {stream} itself")]
    AsideIntoItself {
        /// The stream.
        stream: StreamId,
    },
}

impl RunError {
    /// Whether the command may have been recorded although it was not answered.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        match self {
            Self::Failed(error) => error.outcome,
            _ => Outcome::NothingHappened,
        }
    }
}
