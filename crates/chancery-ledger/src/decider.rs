//! The shape of what decides: pure functions from state and command to events.

use jiff::Timestamp;
use rand_core::CryptoRng;

use crate::decider_stored::{Stored, StoredEvent};
use crate::effect::Effect;
use crate::event::NewEvent;
use crate::name::{Actor, StreamId};

/// What decides: the rules of one kind of stream, without a clock, a database or a network.
///
/// The state of a stream is what its events made of it, one after the other. A command is judged against that state;
/// what comes out is events and a reply. A [`Runner`](crate::Runner) does the rest: reads the events, commits the new
/// ones, and begins again when somebody else was faster, so `decide` may be asked several times for one command.
///
/// A refusal is a reply like any other, and may carry events: what must be known later (a wrong code, an attempt to
/// use a seal) is recorded before it is answered.
///
/// ```
/// use chancery_ledger::{Context, Decider, Decision, Kind, NameError, Stored, StoredEvent, Unreadable};
///
/// /// A door that can be opened once.
/// struct Door;
///
/// #[derive(Debug, PartialEq)]
/// struct Opened;
///
/// #[derive(Debug, PartialEq)]
/// enum Reply { Open, WasOpen }
///
/// impl Decider for Door {
///     type State = bool;
///     type Command = ();
///     type Event = Opened;
///     type Reply = Reply;
///
///     fn initial(&self) -> bool {
///         false
///     }
///
///     fn decide(&self, is_open: &bool, _: &(), _: &Context) -> Decision<Opened, Reply> {
///         if *is_open { Decision::reply(Reply::WasOpen) } else { Decision::reply(Reply::Open).event(Opened) }
///     }
///
///     fn evolve(&self, _: bool, _: &Opened) -> bool {
///         true
///     }
///
///     fn command_bytes(&self, _: &()) -> Vec<u8> {
///         b"open".to_vec()
///     }
/// }
///
/// impl StoredEvent for Opened {
///     fn kind(&self) -> Result<Kind, NameError> {
///         Kind::new("door.opened")
///     }
///
///     fn schema(&self) -> u32 {
///         1
///     }
///
///     fn to_bytes(&self) -> Vec<u8> {
///         Vec::new()
///     }
///
///     fn from_bytes(kind: &Kind, schema: u32, _: &[u8]) -> Result<Self, Unreadable> {
///         match (kind.as_str(), schema) {
///             ("door.opened", 1) => Ok(Self),
///             _ => Err(Unreadable::new("an unknown kind")),
///         }
///     }
/// }
///
/// impl Stored for Reply {
///     fn to_bytes(&self) -> Vec<u8> {
///         vec![u8::from(*self == Self::WasOpen)]
///     }
///
///     fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
///         match bytes {
///             [0] => Ok(Self::Open),
///             [1] => Ok(Self::WasOpen),
///             _ => Err(Unreadable::new("neither 0 nor 1")),
///         }
///     }
/// }
///
/// // Without a store:
/// # use chancery_ledger::{Actor, given};
/// let context = Context::with_fresh(Actor::new("alice")?, "2026-11-22T12:00:00Z".parse()?, [0; 32]);
/// given(&Door, []).when(&(), &context).then([Opened]).replies(Reply::Open);
/// given(&Door, [Opened]).when(&(), &context).then([]).replies(Reply::WasOpen);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Decider {
    /// What the events of a stream come to.
    type State: Clone;
    /// What somebody wants.
    type Command;
    /// What happened.
    type Event: StoredEvent;
    /// What is answered.
    type Reply: Stored;

    /// The state of a stream without events.
    fn initial(&self) -> Self::State;

    /// Judges a command. The same arguments must give the same decision: time, person and fresh ids come from the
    /// context.
    fn decide(
        &self,
        state: &Self::State,
        command: &Self::Command,
        context: &Context,
    ) -> Decision<Self::Event, Self::Reply>;

    /// The state after an event. It cannot refuse: the event has happened.
    fn evolve(&self, state: Self::State, event: &Self::Event) -> Self::State;

    /// When a stream in this state needs attention without anybody asking; written with every commit, so a deadline
    /// cannot be forgotten.
    fn next_due(&self, _state: &Self::State) -> Option<Timestamp> {
        None
    }

    /// What is to be delivered because of a new event; written with it. `state` is that after the event.
    fn effects(&self, _state: &Self::State, _event: &Self::Event) -> Vec<Effect> {
        Vec::new()
    }

    /// Everything that is asked for, as bytes: the same idempotency key with other bytes is refused. Leave out what
    /// differs when the same person asks again for the same thing. Of types that serde writes: `json_bytes(command)`.
    fn command_bytes(&self, command: &Self::Command) -> Vec<u8>;
}

/// What was decided: events to be recorded, then the reply.
///
/// Without events nothing is recorded, not even the idempotency key: a reply that says only how things stand.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision<E, R> {
    pub(crate) events: Vec<E>,
    pub(crate) aside: Vec<(StreamId, NewEvent)>,
    pub(crate) reply: R,
}

impl<E, R> Decision<E, R> {
    /// Answers this, after what is added to the decision is recorded.
    #[must_use]
    pub const fn reply(reply: R) -> Self {
        Self { events: Vec::new(), aside: Vec::new(), reply }
    }

    /// Records an event in the stream that the command is for.
    #[must_use]
    pub fn event(mut self, event: E) -> Self {
        self.events.push(event);
        self
    }

    /// Records events in the stream that the command is for.
    #[must_use]
    pub fn events(mut self, events: impl IntoIterator<Item = E>) -> Self {
        self.events.extend(events);
        self
    }

    /// Records an event in another stream, at its end, in the same commit: a refused access in the stream of
    /// accesses, which may grow where the stream itself must not. Who may make such events without end may fill the
    /// disk: bound them.
    #[must_use]
    pub fn aside(mut self, stream: StreamId, event: NewEvent) -> Self {
        self.aside.push((stream, event));
        self
    }

    /// The events that are to be recorded in the stream: for tests, and for a decider that stands on another.
    #[must_use]
    pub fn recorded(&self) -> &[E] {
        &self.events
    }

    /// The events that are to be recorded in other streams.
    #[must_use]
    pub fn recorded_aside(&self) -> &[(StreamId, NewEvent)] {
        &self.aside
    }

    /// What is to be answered then.
    #[must_use]
    pub const fn replied(&self) -> &R {
        &self.reply
    }
}

/// Who asks, and when: what a decision may know besides state and command.
#[derive(Clone, Debug)]
pub struct Context {
    actor: Actor,
    now: Timestamp,
    fresh: [u8; 32],
    evidence: Vec<u8>,
}

impl Context {
    /// `actor` asks at `now`. From `rng` come the fresh bytes.
    #[must_use]
    pub fn new(actor: Actor, now: Timestamp, rng: &mut impl CryptoRng) -> Self {
        let mut fresh = [0; 32];
        rng.fill_bytes(&mut fresh);
        Self::with_fresh(actor, now, fresh)
    }

    /// The same with given fresh bytes, for tests.
    #[must_use]
    pub const fn with_fresh(actor: Actor, now: Timestamp, fresh: [u8; 32]) -> Self {
        Self { actor, now, fresh, evidence: Vec::new() }
    }

    /// How it is known who asks: what was proved, from which address. It is recorded with the first event of the
    /// decision, and can be erased.
    #[must_use]
    pub fn with_evidence(mut self, evidence: impl Into<Vec<u8>>) -> Self {
        self.evidence = evidence.into();
        self
    }

    /// Who asks.
    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The time.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// Random bytes that nobody saw before, for new ids. They stay the same when the decision has to be made again.
    #[must_use]
    pub const fn fresh(&self) -> &[u8; 32] {
        &self.fresh
    }

    /// How it is known who asks.
    #[must_use]
    pub fn evidence(&self) -> &[u8] {
        &self.evidence
    }
}
