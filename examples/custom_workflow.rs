//! A workflow of one's own: a purchase needs one team lead, two of finance, and from 100,000 on two of the board.
//!
//! `cargo run --release --example custom_workflow`
//!
//! Nothing here is about envelopes. What stands above `main` is the rules, a `Decider`; the rest is the ledger's: the
//! chain of hashes, the outbox, deadlines (`Decider::next_due`), and that the last yes and the order are one commit.

use chancery_ledger::*;
use getrandom::{SysRng, rand_core::UnwrapErr};
use serde::{Deserialize, Serialize};

/// Who must say yes, in order: a department, how many of it, and from which amount on.
const QUORUMS: [(&str, usize, u64); 3] = [("lead", 1, 0), ("finance", 2, 0), ("board", 2, 100_000)];

#[derive(Serialize)]
enum Command {
    Ask { amount: u64 },
    Approve,
    Refuse,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Event {
    Asked { amount: u64 },
    Approved { by: String },
    Ordered,
    Refused,
}

impl JsonEvent for Event {
    const SUBJECT: &'static str = "purchase"; // so kinds are `purchase.asked` and so on
}

/// What was asked for, who said yes, whose turn it is.
#[derive(Clone, Default)]
struct Purchase {
    amount: Option<u64>,
    said_yes: Vec<String>,
    turn: Option<&'static str>,
}

struct Purchases;

impl Decider for Purchases {
    type State = Purchase;
    type Command = Command;
    type Event = Event;
    type Reply = String;

    fn initial(&self) -> Purchase {
        Purchase::default()
    }

    fn decide(&self, state: &Purchase, command: &Command, context: &Context) -> Decision<Event, String> {
        let by = context.actor().as_str().to_owned();
        let said = |words: &str| Decision::reply(words.to_owned());
        let mine = state.turn.is_some_and(|turn| is_of(turn, &by)) && !state.said_yes.contains(&by);
        match *command {
            Command::Ask { amount } if state.amount.is_none() => said("asked").event(Event::Asked { amount }),
            Command::Approve if mine => {
                let yes = Event::Approved { by };
                match self.evolve(state.clone(), &yes).turn {
                    Some(next) => said(&format!("thank you; now {next}")).event(yes),
                    None => said("ordered").event(yes).event(Event::Ordered),
                }
            }
            Command::Refuse if mine => said("refused").event(Event::Refused),
            Command::Ask { .. } | Command::Approve | Command::Refuse => said("not now, or not yours"),
        }
    }

    fn evolve(&self, mut state: Purchase, event: &Event) -> Purchase {
        match event {
            Event::Asked { amount } => state.amount = Some(*amount),
            Event::Approved { by } => state.said_yes.push(by.clone()),
            Event::Ordered | Event::Refused => return Purchase { turn: None, ..state },
        }
        let met = |name, least| state.said_yes.iter().filter(|who| is_of(name, who)).count() >= least;
        let open =
            QUORUMS.iter().find(|(name, least, from)| state.amount >= Some(*from) && !met(name, *least));
        Purchase { turn: open.map(|(name, ..)| *name), ..state }
    }

    fn effects(&self, state: &Purchase, event: &Event) -> Vec<Effect> {
        let (to, kind) = match (event, state.turn) {
            (Event::Ordered, _) => ("orders", "place"),
            (Event::Asked { .. }, Some(turn)) => ("notice", turn),
            (Event::Approved { by }, Some(turn)) if !is_of(turn, by) => ("notice", turn), // the next ones
            _ => return Vec::new(),
        };
        vec![Effect::new(Destination::from_static(to), Kind::from_static(kind), "")]
    }

    fn command_bytes(&self, command: &Command) -> Vec<u8> {
        json_bytes(command)
    }
}

fn is_of(department: &str, who: &str) -> bool {
    who.split('/').next() == Some(department)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (store, now) = (MemoryStore::new(), jiff::Timestamp::now());
    let (acme, crane) = (Tenant::new("acme")?, StreamId::new("purchase/crane")?);
    let ask = |who: &str, command: Command| -> Result<String, Box<dyn std::error::Error>> {
        let mut rng = UnwrapErr(SysRng);
        let call = Call::new(&acme, &crane, command, Context::new(Actor::new(who)?, now, &mut rng));
        let reply = Runner::new(&Purchases, &store).run(&call, &mut rng)?.reply;
        println!("{who:<12} {reply}");
        Ok(reply)
    };
    ask("staff/zoe", Command::Ask { amount: 250_000 })?;
    // One before his turn; twice by one is once.
    for who in ["finance/ben", "lead/ann", "finance/ben", "finance/ben", "finance/eve", "board/ida"] {
        ask(who, Command::Approve)?;
    }
    let said = [ask("board/kim", Command::Approve)?, ask("board/lee", Command::Refuse)?];
    let mut sent = Vec::new();
    deliver_due(
        &store,
        Lease::new(jiff::SignedDuration::from_secs(60))?,
        || now,
        |delivery| {
            sent.push(format!("{}:{}", delivery.effect.destination, delivery.effect.kind));
            Settlement::Delivered
        },
    )?;
    println!("\ndelivered: {}", sent.join(" "));
    let checkpoint = store.log(&acme)?.checkpoint();
    println!("{}", LedgerVerifier::new().checkpoint(checkpoint).verify(&mut store.records(), &acme)?);
    sent.sort();
    let right = said == ["ordered", "not now, or not yours"]
        && sent == ["notice:board", "notice:finance", "notice:lead", "orders:place"];
    if right { Ok(()) } else { Err("it went otherwise".into()) }
}
