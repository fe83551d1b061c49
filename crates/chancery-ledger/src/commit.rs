//! What is to happen at once, or not at all.

use std::fmt;

use jiff::Timestamp;
use rand_core::CryptoRng;

use crate::anchor::Anchor;
use crate::event::NewEvent;
use crate::hash::Hash;
use crate::moment::to_microseconds;
use crate::name::{Actor, IdempotencyKey, StreamId, Tenant};
use crate::number::Version;
use crate::part::Part;

/// What is to happen at once, or not at all: events in one stream or several, what they send, the deadlines that they
/// leave, erasures, and the idempotency key under which the answer is kept.
///
/// Building one checks nothing; the store that takes it does. The same value may be tried again, also on another
/// connection: with an idempotency key it acts once.
#[derive(Clone)]
pub struct Commit {
    pub(crate) tenant: Tenant,
    pub(crate) actor: Actor,
    pub(crate) now: Timestamp,
    pub(crate) secret: [u8; 32],
    pub(crate) steps: Vec<Step>,
    pub(crate) dues: Vec<(StreamId, Option<Timestamp>)>,
    pub(crate) request: Option<Asked>,
}

/// One step of a commit. Steps are taken in the order in which they were asked for.
#[derive(Clone)]
pub(crate) enum Step {
    Append { stream: StreamId, expected: Version, events: Vec<NewEvent> },
    Erase { stream: StreamId, version: Version, part: Part },
    Hold { stream: StreamId, reason: String },
    Release { stream: StreamId, hold: Version, reason: String },
    Anchor(Anchor),
}

impl Step {
    /// How many events it makes.
    pub(crate) fn events(&self) -> usize {
        match self {
            Self::Append { events, .. } => events.len(),
            Self::Erase { .. } | Self::Hold { .. } | Self::Release { .. } | Self::Anchor(_) => 1,
        }
    }

    /// The stream that it is about.
    pub(crate) fn stream(&self) -> StreamId {
        match self {
            Self::Append { stream, .. }
            | Self::Erase { stream, .. }
            | Self::Hold { stream, .. }
            | Self::Release { stream, .. } => stream.clone(),
            Self::Anchor(_) => StreamId::anchors(),
        }
    }
}

/// An idempotency key with what belongs to it.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) key: IdempotencyKey,
    pub(crate) command: Hash,
    pub(crate) result: Vec<u8>,
}

impl Commit {
    /// What `actor` does at `now`, with nothing in it yet. Times are cut to whole microseconds. From `rng` come the
    /// salts that let an event be erased later.
    #[must_use]
    pub fn new(tenant: &Tenant, actor: &Actor, now: Timestamp, rng: &mut impl CryptoRng) -> Self {
        let mut secret = [0; 32];
        rng.fill_bytes(&mut secret);
        let (tenant, actor, now) = (tenant.clone(), actor.clone(), to_microseconds(now));
        Self { tenant, actor, now, secret, steps: Vec::new(), dues: Vec::new(), request: None }
    }

    /// Appends events to a stream that has `expected` events now. If somebody else was faster, the whole commit is
    /// refused as [`Conflict`](crate::Refusal::Conflict). Without events it only looks whether nobody else wrote.
    #[must_use]
    pub fn append(
        mut self,
        stream: &StreamId,
        expected: Version,
        events: impl IntoIterator<Item = NewEvent>,
    ) -> Self {
        let (stream, events) = (stream.clone(), events.into_iter().collect());
        self.steps.push(Step::Append { stream, expected, events });
        self
    }

    /// The next deadline of a stream, or that it has none. Where this is not said, the old one stays. Only for
    /// streams to which the commit writes.
    #[must_use]
    pub fn due(mut self, stream: &StreamId, due: Option<Timestamp>) -> Self {
        self.dues.push((stream.clone(), due.map(to_microseconds)));
        self
    }

    /// Keeps `result` under an idempotency key. If the key is known already, nothing is written, and the result that
    /// was kept is given back; unless `command`, a hash of everything that was asked, is another: that is refused.
    #[must_use]
    pub fn key(mut self, key: IdempotencyKey, command: Hash, result: impl Into<Vec<u8>>) -> Self {
        self.request = Some(Asked { key, command, result: result.into() });
        self
    }

    /// Erases a part of an event together with its salt, and records that as an event `chancery.erased`. Refused
    /// while the stream is under a legal hold, and in a commit that ends one. Hashes stay, so every proof still holds.
    ///
    /// Copies that a database or a disk keeps (backups, write-ahead logs) are the operator's to erase.
    #[must_use]
    pub fn erase(mut self, stream: &StreamId, version: Version, part: Part) -> Self {
        self.steps.push(Step::Erase { stream: stream.clone(), version, part });
        self
    }

    /// Puts a stream under a legal hold, as an event `chancery.held` whose payload is the reason. Holds add up: each is
    /// known by the version of its event, which is the last of [`Head::holds`](crate::Head::holds) then.
    #[must_use]
    pub fn hold(mut self, stream: &StreamId, reason: &str) -> Self {
        self.steps.push(Step::Hold { stream: stream.clone(), reason: reason.to_owned() });
        self
    }

    /// Ends the legal hold that began with the event `hold`, as an event `chancery.released` that says which, and why.
    /// Refused if that one is not in force: a second release of the same ends nobody else's. What it kept can be erased
    /// by a later commit, not by this one.
    #[must_use]
    pub fn release(mut self, stream: &StreamId, hold: Version, reason: &str) -> Self {
        self.steps.push(Step::Release { stream: stream.clone(), hold, reason: reason.to_owned() });
        self
    }

    /// Keeps what somebody else stamped about this log, as an event `chancery.anchored` in the stream
    /// [`StreamId::anchors`]. Refused if the log had another root at that size.
    #[must_use]
    pub fn anchor(mut self, anchor: Anchor) -> Self {
        self.steps.push(Step::Anchor(anchor));
        self
    }

    /// Whether it erases anything.
    #[must_use]
    pub fn erases(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Erase { .. }))
    }

    /// Whose log it is for.
    #[must_use]
    pub const fn tenant(&self) -> &Tenant {
        &self.tenant
    }
}

impl fmt::Debug for Commit {
    /// Without what is in it, which may concern a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Commit")
            .field("tenant", &self.tenant)
            .field("actor", &self.actor)
            .field("now", &self.now)
            .field("steps", &self.steps.len())
            .field("key", &self.request.as_ref().map(|asked| &asked.key))
            .finish_non_exhaustive()
    }
}
