//! How many events a second become a state again, from memory?
//!
//! CPU time. Bar: 1,000,000 events a second. The events have 40 bytes, are decoded, and change a state of three
//! fields.

use std::process::ExitCode;

use chancery_benches::{Case, Outcome, Rounds, Table, ensure};
use chancery_ledger::{
    Actor, Commit, Context, Decider, Decision, Event, Kind, Loaded, MemoryStore, NameError, NewEvent, Runner,
    Store, Stored, StoredEvent, StreamId, Tenant, Unreadable, Version,
};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;

const EVENTS: u64 = 1_000_000;
/// Events a second.
const BAR: f64 = 1_000_000.0;

fn main() -> Outcome<ExitCode> {
    let (acme, account, alice) = (Tenant::new("acme")?, StreamId::new("account/7")?, Actor::new("alice")?);
    let store = MemoryStore::new();
    let now = "2026-11-22T12:00:00Z".parse()?;
    for page in 0..EVENTS / 1000 {
        let events = (0..1000).map(|n| moved(page * 1000 + n)).collect::<Outcome<Vec<_>>>()?;
        let commit = Commit::new(&acme, &alice, now, &mut UnwrapErr(SysRng));
        store.commit(&commit.append(&account, Version(page * 1000), events))?;
    }
    let mut events: Vec<Event> = Vec::new();
    while let page = store.events(&acme, &account, Version(events.len().try_into()?), 1000)?
        && !page.is_empty()
    {
        events.extend(page);
    }
    ensure(u64::try_from(events.len())? == EVENTS, "all events")?;

    let mut table = Table::new("Replay 1,000,000 events from memory (CPU time)");
    let rounds = Rounds::new(11, 1)?;
    let right = |loaded: &Loaded<Balance>| {
        let sum = (0..EVENTS).map(|n| n % 100).sum::<u64>();
        ensure(
            loaded.version == Version(EVENTS) && loaded.state.cents == sum && loaded.state.last == EVENTS - 1,
            "the sum of all events",
        )
    };
    let [slice, loaded] = rounds.run([
        Case::new(
            "Loaded::replay of events that were read",
            |_| Ok(()),
            |()| Ok(Loaded::empty(&Account).replay(&Account, &account, &events)?),
            |(), loaded| right(loaded),
        ),
        Case::new(
            "Runner::load from a MemoryStore, page by page",
            |_| Ok(()),
            |()| Ok(Runner::new(&Account, &store).load(&acme, &account)?),
            |(), loaded| right(loaded),
        ),
    ])?;
    table.heading(&rounds.describe());
    for samples in [slice, loaded] {
        table.row(&samples);
        table.rate_with_least(&samples.rate(1_000_000.0).named("events a second"), BAR);
    }
    Ok(table.finish())
}

fn moved(number: u64) -> Outcome<NewEvent> {
    let mut payload = number.to_be_bytes().to_vec();
    payload.extend_from_slice(&(number % 100).to_be_bytes());
    payload.extend_from_slice(&[7; 24]);
    Ok(NewEvent::new(Kind::new("moved")?, 1, payload))
}

struct Account;

#[derive(Clone, Debug, Default)]
struct Balance {
    cents: u64,
    last: u64,
    moves: u64,
}

struct Moved {
    order: u64,
    cents: u64,
}

struct Reply;

impl Decider for Account {
    type State = Balance;
    type Command = ();
    type Event = Moved;
    type Reply = Reply;

    fn initial(&self) -> Balance {
        Balance::default()
    }

    fn decide(&self, _: &Balance, (): &(), _: &Context) -> Decision<Moved, Reply> {
        Decision::reply(Reply)
    }

    fn evolve(&self, state: Balance, event: &Moved) -> Balance {
        Balance { cents: state.cents + event.cents, last: event.order, moves: state.moves + 1 }
    }

    fn command_bytes(&self, (): &()) -> Vec<u8> {
        Vec::new()
    }
}

impl StoredEvent for Moved {
    fn kind(&self) -> Result<Kind, NameError> {
        Kind::new("moved")
    }

    fn schema(&self) -> u32 {
        1
    }

    fn to_bytes(&self) -> Vec<u8> {
        [self.order.to_be_bytes(), self.cents.to_be_bytes()].concat()
    }

    fn from_bytes(kind: &Kind, schema: u32, bytes: &[u8]) -> Result<Self, Unreadable> {
        let number = |at: usize| Some(u64::from_be_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
        match (kind.as_str(), schema, number(0), number(8)) {
            ("moved", 1, Some(order), Some(cents)) => Ok(Self { order, cents }),
            _ => Err(Unreadable::new("no event of this bench")),
        }
    }
}

impl Stored for Reply {
    fn to_bytes(&self) -> Vec<u8> {
        Vec::new()
    }

    fn from_bytes(_: &[u8]) -> Result<Self, Unreadable> {
        Ok(Self)
    }
}
