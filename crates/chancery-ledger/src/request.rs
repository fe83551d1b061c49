//! What was answered to a request, kept under its idempotency key.

use std::fmt;

use crate::hash::Hash;
use crate::name::IdempotencyKey;
use crate::number::Sequence;

/// What is kept with an idempotency key, for ever: who asks again hears the same answer, and nothing happens twice.
#[derive(Clone, Eq, PartialEq)]
pub struct Request {
    /// The key.
    pub key: IdempotencyKey,
    /// The hash of the command, so that the same key with another command is refused.
    pub command: Hash,
    /// The first event that it made.
    pub first: Sequence,
    /// The last event that it made.
    pub last: Sequence,
    /// What was answered.
    pub result: Vec<u8>,
}

impl fmt::Debug for Request {
    /// Without the result, which may concern a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("key", &self.key)
            .field("command", &self.command)
            .field("first", &self.first)
            .field("last", &self.last)
            .finish_non_exhaustive()
    }
}
