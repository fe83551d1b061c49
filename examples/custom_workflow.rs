//! A workflow of one's own: a purchase needs one team lead, two of finance, and above 100,000 two of the board.
//!
//! `cargo run --release --example custom_workflow`
//!
//! Nothing here is about envelopes. The rules are a `Decider` of 60 lines; everything else is the ledger's: the chain of
//! hashes, the outbox, deadlines, idempotency keys, and that the last approval and the order are one commit.

use std::collections::BTreeSet;
use std::error::Error;
use std::time::Duration;

use chancery_ledger::{
    Actor, Call, Claim, Context, Decider, Decision, Destination, Effect, Kind, Lease, LedgerVerifier,
    NameError, Runner, SqliteStore, Store, Stored, StoredEvent, StreamId, Tenant, Unreadable,
};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::{SignedDuration, Timestamp};

/// Who must say yes, in order: a department, how many of it, and from which amount on.
const QUORUMS: [(&str, usize, u64); 3] = [("lead", 1, 0), ("finance", 2, 0), ("board", 2, 100_000)];

struct Purchases;

#[derive(Clone, Default)]
struct Purchase {
    amount: Option<u64>,
    said_yes: BTreeSet<String>,
    until: Option<Timestamp>,
    over: bool,
}

enum Command {
    Ask(u64),
    Approve,
    Refuse,
    Tick,
}

/// What happened: asked for an amount, approved by somebody, ordered, ended by somebody or by the clock.
#[derive(Clone, Debug, PartialEq)]
enum Event {
    Asked(u64, Timestamp),
    Approved(String),
    Ordered,
    Ended(String),
}

impl Purchase {
    /// The department whose turn it is: the first whose quorum is not met.
    fn turn(&self) -> Option<&'static str> {
        let of = |name: &str| self.said_yes.iter().filter(|who| who.starts_with(&format!("{name}/"))).count();
        let asked = |from| self.amount.is_some_and(|amount| amount >= from);
        QUORUMS.iter().find(|(name, least, from)| asked(*from) && of(name) < *least).map(|(name, ..)| *name)
    }
}

impl Decider for Purchases {
    type State = Purchase;
    type Command = Command;
    type Event = Event;
    type Reply = Said;

    fn initial(&self) -> Purchase {
        Purchase::default()
    }

    fn decide(&self, state: &Purchase, command: &Command, context: &Context) -> Decision<Event, Said> {
        let who = context.actor().as_str();
        let turn = state.turn().filter(|turn| who.starts_with(&format!("{turn}/")));
        let due = state.until.is_some_and(|until| until <= context.now());
        match command {
            _ if state.over => said("it is over"),
            Command::Ask(amount) if state.amount.is_none() => {
                said("asked").event(Event::Asked(*amount, context.now()))
            }
            Command::Approve if turn.is_some() && !state.said_yes.contains(who) => {
                let yes = Event::Approved(who.to_owned());
                // The last yes and the order are one decision, so one commit: nothing stays approved and not ordered.
                let complete = self.evolve(state.clone(), &yes).turn().is_none();
                if complete {
                    said("ordered").event(yes).event(Event::Ordered)
                } else {
                    said("thank you").event(yes)
                }
            }
            Command::Refuse if turn.is_some() => said("refused").event(Event::Ended(who.to_owned())),
            Command::Tick if due => said("too late").event(Event::Ended("the clock".to_owned())),
            Command::Ask(_) | Command::Approve | Command::Refuse | Command::Tick => {
                said("not now, or not yours")
            }
        }
    }

    fn evolve(&self, mut state: Purchase, event: &Event) -> Purchase {
        match event {
            Event::Asked(amount, at) => {
                (state.amount, state.until) =
                    (Some(*amount), at.checked_add(SignedDuration::from_hours(168)).ok());
            }
            Event::Approved(who) => {
                state.said_yes.insert(who.clone());
            }
            Event::Ordered | Event::Ended(_) => (state.over, state.until) = (true, None),
        }
        state
    }

    fn next_due(&self, state: &Purchase) -> Option<Timestamp> {
        state.until
    }

    fn effects(&self, state: &Purchase, event: &Event) -> Vec<Effect> {
        let what = match event {
            Event::Asked(..) => state.turn().map(|turn| ("notice", turn)),
            // Those whose turn it was before have been told.
            Event::Approved(who) => {
                state.turn().filter(|turn| !who.starts_with(turn)).map(|turn| ("notice", turn))
            }
            Event::Ordered => Some(("orders", "place")),
            Event::Ended(_) => None,
        };
        let named = what.map(|(to, kind)| Ok::<_, NameError>((Destination::new(to)?, Kind::new(kind)?)));
        let effect = |(destination, kind)| Effect { destination, kind, body: Vec::new() };
        named.and_then(Result::ok).map(effect).into_iter().collect()
    }

    fn command_bytes(&self, command: &Command) -> Vec<u8> {
        match command {
            Command::Ask(amount) => amount.to_be_bytes().to_vec(),
            Command::Approve => b"approve".to_vec(),
            Command::Refuse => b"refuse".to_vec(),
            Command::Tick => b"tick".to_vec(),
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("custom_workflow.{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let store = SqliteStore::open(folder.join("purchases.sqlite"), Duration::from_secs(5))?;
    let (acme, crane) = (Tenant::new("acme")?, StreamId::new("purchase/crane")?);
    let now = Timestamp::now();
    let ask = |who: &str, command| -> Result<String, Box<dyn Error>> {
        let mut rng = UnwrapErr(SysRng);
        let call = Call::new(&acme, &crane, command, Context::new(Actor::new(who)?, now, &mut rng));
        let said = Runner::new(&Purchases, &store).run(&call, &mut rng)?.reply.0;
        println!("{who:<14} {said}");
        Ok(said)
    };
    ask("staff/zoe", Command::Ask(250_000))?;
    ask("finance/ben", Command::Approve)?; // before the lead
    ask("lead/ann", Command::Approve)?;
    ask("finance/ben", Command::Approve)?;
    ask("finance/ben", Command::Approve)?; // twice is once
    ask("finance/eve", Command::Approve)?;
    ask("board/ida", Command::Approve)?;
    ask("system/timer", Command::Tick)?; // before its time
    let last = ask("board/kim", Command::Approve)?;
    let late = ask("board/lee", Command::Refuse)?;

    let claim = Claim { now, lease: Lease::new(SignedDuration::from_secs(60))?, most: 100 };
    let mut sent = Vec::new();
    // Of one stream and destination the next is given out when the one before it has arrived.
    loop {
        let deliveries = store.claim_deliveries(claim)?;
        if deliveries.is_empty() {
            break;
        }
        for delivery in deliveries {
            sent.push(format!("{}:{}", delivery.effect.destination, delivery.effect.kind));
            store.settle(&delivery, chancery_ledger::Settlement::Delivered, now)?;
        }
    }
    println!("\ndelivered: {}", sent.join(" "));
    let checkpoint = store.log(&acme)?.checkpoint();
    println!("{}", LedgerVerifier::new().checkpoint(checkpoint).verify(&mut store.records()?, &acme)?);
    std::fs::remove_dir_all(&folder)?;
    let once = sent.iter().filter(|sent| *sent == "orders:place").count() == 1;
    if last == "ordered" && late == "it is over" && once { Ok(()) } else { Err("it went otherwise".into()) }
}

/// What is answered.
#[derive(Debug, PartialEq)]
struct Said(String);

fn said(words: &str) -> Decision<Event, Said> {
    Decision::reply(Said(words.to_owned()))
}

impl Stored for Said {
    fn to_bytes(&self) -> Vec<u8> {
        self.0.clone().into_bytes()
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        String::from_utf8(bytes.to_vec()).map(Self).map_err(|error| Unreadable::new(error.to_string()))
    }
}

impl StoredEvent for Event {
    fn kind(&self) -> Result<Kind, NameError> {
        Kind::new(match self {
            Self::Asked(..) => "purchase.asked",
            Self::Approved(_) => "purchase.approved",
            Self::Ordered => "purchase.ordered",
            Self::Ended(_) => "purchase.ended",
        })
    }

    fn schema(&self) -> u32 {
        1
    }

    fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Asked(amount, at) => format!("{amount} {at}").into_bytes(),
            Self::Approved(who) | Self::Ended(who) => who.clone().into_bytes(),
            Self::Ordered => Vec::new(),
        }
    }

    fn from_bytes(kind: &Kind, _: u32, bytes: &[u8]) -> Result<Self, Unreadable> {
        let text = std::str::from_utf8(bytes).map_err(|error| Unreadable::new(error.to_string()))?;
        let asked = || {
            let (amount, at) = text.split_once(' ')?;
            Some(Self::Asked(amount.parse().ok()?, at.parse().ok()?))
        };
        match kind.as_str() {
            "purchase.asked" => asked().ok_or_else(|| Unreadable::new("no amount and time")),
            "purchase.approved" => Ok(Self::Approved(text.to_owned())),
            "purchase.ordered" => Ok(Self::Ordered),
            "purchase.ended" => Ok(Self::Ended(text.to_owned())),
            other => Err(Unreadable::new(format!("an unknown kind: {other}"))),
        }
    }
}
