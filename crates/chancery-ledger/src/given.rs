//! Tests of deciders, as sentences.

use std::fmt::Debug;

use jiff::Timestamp;

use crate::decider::{Context, Decider, Decision};
use crate::decider_stored::{Stored, StoredEvent};
use crate::effect::Effect;

/// Begins a test of a decider: these events have happened.
///
/// ```
/// # use chancery_ledger::{Actor, Context, Decider, Decision, Kind, NameError, Stored, StoredEvent, Unreadable, given};
/// # struct Count;
/// # #[derive(Debug, PartialEq)]
/// # struct Counted;
/// # #[derive(Debug, PartialEq)]
/// # struct Total(u8);
/// # impl Decider for Count {
/// #     type State = u8;
/// #     type Command = ();
/// #     type Event = Counted;
/// #     type Reply = Total;
/// #     fn initial(&self) -> u8 { 0 }
/// #     fn decide(&self, state: &u8, _: &(), _: &Context) -> Decision<Counted, Total> {
/// #         Decision::reply(Total(state + 1)).event(Counted)
/// #     }
/// #     fn evolve(&self, state: u8, _: &Counted) -> u8 { state + 1 }
/// #     fn command_bytes(&self, _: &()) -> Vec<u8> { Vec::new() }
/// # }
/// # impl StoredEvent for Counted {
/// #     fn kind(&self) -> Result<Kind, NameError> { Kind::new("counted") }
/// #     fn schema(&self) -> u32 { 1 }
/// #     fn to_bytes(&self) -> Vec<u8> { Vec::new() }
/// #     fn from_bytes(_: &Kind, _: u32, _: &[u8]) -> Result<Self, Unreadable> { Ok(Self) }
/// # }
/// # impl Stored for Total {
/// #     fn to_bytes(&self) -> Vec<u8> { vec![self.0] }
/// #     fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> { Ok(Self(bytes[0])) }
/// # }
/// let alice = Context::with_fresh(Actor::new("alice")?, "2026-11-22T12:00:00Z".parse()?, [0; 32]);
/// given(&Count, [Counted, Counted]).when(&(), &alice).then([Counted]).replies(Total(3)).sends([]).is_due(None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn given<D: Decider>(decider: &D, events: impl IntoIterator<Item = D::Event>) -> Given<'_, D> {
    let state = events.into_iter().fold(decider.initial(), |state, event| decider.evolve(state, &event));
    Given { decider, state }
}

/// What has happened. See [`given`].
#[must_use = "nothing is looked at"]
pub struct Given<'d, D: Decider> {
    decider: &'d D,
    state: D::State,
}

impl<'d, D: Decider> Given<'d, D> {
    /// Somebody wants something.
    pub fn when(self, command: &D::Command, context: &Context) -> When<'d, D> {
        let decision = self.decider.decide(&self.state, command, context);
        When { decider: self.decider, state: self.state, decision }
    }
}

/// What was decided. See [`given`].
#[must_use = "nothing is looked at"]
pub struct When<'d, D: Decider> {
    decider: &'d D,
    state: D::State,
    decision: Decision<D::Event, D::Reply>,
}

impl<D: Decider> When<'_, D>
where
    D::Event: PartialEq + Debug,
    D::Reply: PartialEq + Debug,
{
    /// Exactly these events are recorded in the stream, and each is read again as it was written; so is the reply.
    ///
    /// # Panics
    /// If not.
    #[track_caller]
    pub fn then(self, events: impl IntoIterator<Item = D::Event>) -> Then<D> {
        let events: Vec<_> = events.into_iter().collect();
        assert_eq!(
            self.decision.events, events,
            "the events that were decided, and those that were expected"
        );
        let mut state = self.state;
        let mut effects = Vec::new();
        for event in &events {
            let kind = event.kind();
            assert!(kind.is_ok(), "{event:?} has no proper kind: {kind:?}");
            let read = kind.ok().map(|kind| D::Event::from_bytes(&kind, event.schema(), &event.to_bytes()));
            let read = read.as_ref().map(Result::as_ref);
            assert_eq!(read, Some(Ok(event)), "an event, read as it was written");
            state = self.decider.evolve(state, event);
            effects.extend(self.decider.effects(&state, event));
        }
        let reply = D::Reply::from_bytes(&self.decision.reply.to_bytes());
        assert_eq!(reply.as_ref(), Ok(&self.decision.reply), "the reply, read as it was written");
        Then { due: self.decider.next_due(&state), state, decision: self.decision, effects }
    }
}

/// What was decided, further. See [`given`].
pub struct Then<D: Decider> {
    state: D::State,
    decision: Decision<D::Event, D::Reply>,
    effects: Vec<Effect>,
    due: Option<Timestamp>,
}

impl<D: Decider> Then<D> {
    /// This is answered.
    ///
    /// # Panics
    /// If not.
    #[track_caller]
    pub fn replies(self, reply: D::Reply) -> Self
    where
        D::Reply: PartialEq + Debug,
    {
        assert_eq!(self.decision.reply, reply, "the reply that was decided, and the one that was expected");
        self
    }

    /// Exactly these effects are sent.
    ///
    /// # Panics
    /// If not.
    #[track_caller]
    pub fn sends(self, effects: impl IntoIterator<Item = Effect>) -> Self {
        let effects: Vec<_> = effects.into_iter().collect();
        assert_eq!(self.effects, effects, "what is sent, and what was expected to be");
        self
    }

    /// The stream's next deadline is this one.
    ///
    /// # Panics
    /// If not.
    #[track_caller]
    pub fn is_due(self, due: Option<Timestamp>) -> Self {
        assert_eq!(self.due, due, "the deadline, and the one that was expected");
        self
    }

    /// The state after the events, for what else is to be looked at.
    pub const fn state(&self) -> &D::State {
        &self.state
    }

    /// The decision, for what else is to be looked at.
    pub const fn decision(&self) -> &Decision<D::Event, D::Reply> {
        &self.decision
    }
}
