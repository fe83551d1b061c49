//! What the tests decide about: an account that is never overdrawn.

use chancery_ledger::{
    Actor, Answer, Call, Context, Decider, Decision, Destination, Effect, Event, IdempotencyKey, Kind,
    NameError, NewEvent, RunError, Runner, Sequence, Store, Stored, StoredEvent, StreamId, Tenant,
    Unreadable,
};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::{Timestamp, ToSpan};

/// An account that is never overdrawn.
pub(crate) struct Account;

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Balance {
    pub(crate) cents: u64,
    /// The orders that were carried out.
    pub(crate) orders: Vec<u32>,
    pub(crate) since: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Order {
    Pay { order: u32, cents: u64 },
    Take { order: u32, cents: u64 },
    Look,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Moved {
    Paid { order: u32, cents: u64 },
    Taken { order: u32, cents: u64 },
    Warned,
    Forgotten,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reply {
    Holds(u64),
    TooLittle,
}

impl Decider for Account {
    type State = Balance;
    type Command = Order;
    type Event = Moved;
    type Reply = Reply;

    fn initial(&self) -> Balance {
        Balance::default()
    }

    fn decide(&self, state: &Balance, command: &Order, context: &Context) -> Decision<Moved, Reply> {
        match *command {
            Order::Pay { order, cents } => {
                let decision =
                    Decision::reply(Reply::Holds(state.cents + cents)).event(Moved::Paid { order, cents });
                if state.cents + cents > 1_000_000 { decision.event(Moved::Warned) } else { decision }
            }
            Order::Take { order, cents } if cents <= state.cents => {
                Decision::reply(Reply::Holds(state.cents - cents)).event(Moved::Taken { order, cents })
            }
            Order::Take { order, .. } => Decision::reply(Reply::TooLittle).aside(
                StreamId::new("refusals").unwrap(),
                NewEvent::new(
                    Kind::new("refused").unwrap(),
                    1,
                    format!("{} {order}", context.actor()).into_bytes(),
                ),
            ),
            Order::Look => Decision::reply(Reply::Holds(state.cents)),
        }
    }

    fn evolve(&self, mut state: Balance, event: &Moved) -> Balance {
        match *event {
            Moved::Paid { order, cents } => {
                state.cents += cents;
                state.orders.push(order);
            }
            Moved::Taken { order, cents } => {
                state.cents -= cents;
                state.orders.push(order);
            }
            Moved::Warned | Moved::Forgotten => {}
        }
        state
    }

    fn next_due(&self, state: &Balance) -> Option<Timestamp> {
        (state.cents == 0).then(|| at(3600))
    }

    fn effects(&self, state: &Balance, event: &Moved) -> Vec<Effect> {
        match event {
            Moved::Taken { order, .. } if state.cents == 0 => vec![mail(*order)],
            _ => Vec::new(),
        }
    }

    fn command_bytes(&self, command: &Order) -> Vec<u8> {
        format!("{command:?}").into_bytes()
    }
}

impl StoredEvent for Moved {
    fn kind(&self) -> Result<Kind, NameError> {
        Kind::new(match self {
            Self::Paid { .. } => "paid",
            Self::Taken { .. } => "taken",
            Self::Warned => "warned",
            Self::Forgotten => "forgotten",
        })
    }

    fn schema(&self) -> u32 {
        1
    }

    fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Paid { order, cents } | Self::Taken { order, cents } => numbers(*order, *cents),
            Self::Warned | Self::Forgotten => Vec::new(),
        }
    }

    fn from_bytes(kind: &Kind, schema: u32, bytes: &[u8]) -> Result<Self, Unreadable> {
        let two = || -> Option<(u32, u64)> {
            let (order, cents) = bytes.split_at_checked(4)?;
            Some((u32::from_be_bytes(order.try_into().ok()?), u64::from_be_bytes(cents.try_into().ok()?)))
        };
        let two = || two().ok_or_else(|| Unreadable::new("not twelve bytes"));
        match (kind.as_str(), schema) {
            ("paid", 1) => two().map(|(order, cents)| Self::Paid { order, cents }),
            ("taken", 1) => two().map(|(order, cents)| Self::Taken { order, cents }),
            ("warned", 1) => Ok(Self::Warned),
            _ => Err(Unreadable::new("an unknown kind")),
        }
    }

    fn erased(kind: &Kind, _: u32) -> Option<Self> {
        (kind.as_str() == "warned").then_some(Self::Forgotten)
    }
}

impl Stored for Reply {
    fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Holds(cents) => cents.to_be_bytes().to_vec(),
            Self::TooLittle => Vec::new(),
        }
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        match bytes {
            [] => Ok(Self::TooLittle),
            _ => bytes
                .try_into()
                .map(u64::from_be_bytes)
                .map(Self::Holds)
                .map_err(|_| Unreadable::new("not 8 bytes")),
        }
    }
}

pub(crate) fn numbers(order: u32, cents: u64) -> Vec<u8> {
    [&order.to_be_bytes()[..], &cents.to_be_bytes()].concat()
}

pub(crate) fn mail(order: u32) -> Effect {
    let (destination, kind) = (Destination::new("mail").unwrap(), Kind::new("empty").unwrap());
    Effect { destination, kind, body: order.to_be_bytes().to_vec() }
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    "2026-11-22T12:00:00Z".parse::<Timestamp>().unwrap() + seconds.seconds()
}

pub(crate) fn alice() -> Context {
    Context::with_fresh(Actor::new("alice").unwrap(), at(0), [7; 32])
}

pub(crate) fn acme() -> Tenant {
    Tenant::new("acme").unwrap()
}

pub(crate) fn account() -> StreamId {
    StreamId::new("account/1").unwrap()
}

pub(crate) fn call(order: Order) -> Call<Order> {
    Call::new(&acme(), &account(), order, alice())
}

pub(crate) fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::new(text).unwrap()
}

pub(crate) fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

pub(crate) fn run(store: &impl Store, call: &Call<Order>) -> Result<Answer<Reply>, RunError> {
    Runner::new(&Account, store).run(call, &mut rng())
}

pub(crate) fn all(store: &impl Store) -> Vec<Event> {
    store.since(&acme(), Sequence(0), 1000).unwrap()
}
