//! A command on its way to a decider, and what was answered.

use crate::decider::Context;
use crate::hash::Hash;
use crate::name::{IdempotencyKey, StreamId, Tenant};
use crate::number::Sequence;

/// A command for one stream.
#[derive(Clone, Debug)]
pub struct Call<C> {
    pub(crate) tenant: Tenant,
    pub(crate) stream: StreamId,
    pub(crate) command: C,
    pub(crate) context: Context,
    pub(crate) key: Option<IdempotencyKey>,
}

impl<C> Call<C> {
    /// Asks the stream of a tenant for something.
    #[must_use]
    pub fn new(tenant: &Tenant, stream: &StreamId, command: C, context: Context) -> Self {
        Self { tenant: tenant.clone(), stream: stream.clone(), command, context, key: None }
    }

    /// Under this key the reply is kept with the events. Whoever calls again with the same key gets the same reply,
    /// and nothing happens twice; with the same key and another stream, person or command the call is refused.
    #[must_use]
    pub fn key(mut self, key: IdempotencyKey) -> Self {
        self.key = Some(key);
        self
    }

    /// The hash of everything that is asked for: stream, person and command, each with its length before it.
    pub(crate) fn command_hash(&self, command: &[u8]) -> Hash {
        let fields = [
            b"chancery call v1",
            self.stream.as_str().as_bytes(),
            self.context.actor().as_str().as_bytes(),
            command,
        ];
        let mut bytes = Vec::new();
        for field in fields {
            bytes.extend_from_slice(&u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
            bytes.extend_from_slice(field);
        }
        Hash::of(&bytes)
    }
}

/// A reply, given after everything that belongs to it was committed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Answer<R> {
    /// What the decider replies.
    pub reply: R,
    /// What was recorded.
    pub recorded: Recorded,
}

/// What was recorded of a call before it was answered.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Recorded {
    /// These events, now.
    Now {
        /// The first.
        first: Sequence,
        /// The last; those between belong to it too.
        last: Sequence,
    },
    /// These events, by an earlier call with the same idempotency key; the reply is the one of then.
    Before {
        /// The first.
        first: Sequence,
        /// The last; those between belong to it too.
        last: Sequence,
    },
    /// Nothing: the decision had no events.
    Nothing,
}
