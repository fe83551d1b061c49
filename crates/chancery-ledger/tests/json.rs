//! Events and replies of serde types: exact bytes, unknown ones refused, older forms read.
#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]
#![cfg(feature = "json")]

use std::borrow::Cow;
use std::collections::BTreeMap;

use chancery_ledger::{
    Actor, Call, Context, Decider, Decision, JsonEvent, JsonStored, Kind, MemoryStore, NameError, RunError,
    Runner, Store, Stored, StoredEvent, StreamId, Tenant, Unreadable, Version, json_bytes,
};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Event {
    Asked {
        amount: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    SaidYes(String),
    Moved(u8, u8),
    Over,
    /// JSON has no such keys.
    Counted(BTreeMap<(u8, u8), u8>),
}

impl JsonEvent for Event {
    const SUBJECT: &'static str = "purchase";
    const SCHEMA: u32 = 2;

    /// Once an amount was all that was written.
    fn upcast<'b>(kind: &Kind, schema: u32, bytes: &'b [u8]) -> Result<Cow<'b, [u8]>, Unreadable> {
        match (kind.as_str(), schema, std::str::from_utf8(bytes)) {
            ("purchase.asked", 1, Ok(amount)) => {
                Ok(Cow::Owned(format!(r#"{{"asked":{{"amount":{amount}}}}}"#).into_bytes()))
            }
            _ => Err(Unreadable::new("no such form")),
        }
    }

    fn in_place_of_erased(kind: &Kind, _: u32) -> Option<Self> {
        (kind.as_str() == "purchase.said-yes").then(|| Self::SaidYes("somebody".to_owned()))
    }
}

/// No enum.
#[derive(Debug, Serialize, Deserialize)]
struct Bare {
    amount: u64,
}

impl JsonEvent for Bare {
    const SUBJECT: &'static str = "bare";
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Reply {
    Done { times: u32 },
}

impl JsonStored for Reply {}

fn kind(name: &str) -> Kind {
    Kind::new(name).unwrap()
}

#[test]
fn every_kind_of_variant_is_kept_under_its_name_and_read_again() {
    let asked = |amount, note: Option<&str>| Event::Asked { amount, note: note.map(str::to_owned) };
    for (event, name, bytes) in [
        (asked(7, None), "purchase.asked", r#"{"asked":{"amount":7}}"#),
        (asked(7, Some("x")), "purchase.asked", r#"{"asked":{"amount":7,"note":"x"}}"#),
        (Event::SaidYes("ann".to_owned()), "purchase.said-yes", r#"{"said-yes":"ann"}"#),
        (Event::Moved(1, 2), "purchase.moved", r#"{"moved":[1,2]}"#),
        (Event::Over, "purchase.over", r#""over""#),
    ] {
        assert_eq!((event.kind(), event.schema()), (Ok(kind(name)), 2));
        assert_eq!(String::from_utf8(event.to_bytes()).unwrap(), bytes);
        assert_eq!(Event::from_bytes(&kind(name), 2, bytes.as_bytes()), Ok(event));
    }
}

#[test]
fn what_was_not_written_like_this_is_refused() {
    let read = |name, schema, bytes: &str| Event::from_bytes(&kind(name), schema, bytes.as_bytes());
    assert!(read("purchase.asked", 1, "250").is_ok(), "an older form");
    for (name, schema, bytes, why) in [
        ("purchase.asked", 2, r#"{"asked":{"amount":7,"by":"mallory"}}"#, "unknown field `by`"),
        ("purchase.asked", 2, r#"{"asked":{"amount":7}}{}"#, "trailing"),
        ("purchase.asked", 2, r#"{"asked":{"amount":7},"over":null}"#, ""),
        (
            "purchase.over",
            2,
            r#"{"asked":{"amount":7}}"#,
            "it says purchase.asked and is kept as purchase.over",
        ),
        ("order.asked", 2, r#"{"asked":{"amount":7}}"#, "it says purchase.asked and is kept as order.asked"),
        ("purchase.gone", 2, r#"{"gone":{}}"#, "unknown variant `gone`"),
        ("purchase.asked", 3, r#"{"asked":{"amount":7}}"#, "no such form"),
        ("purchase.asked", 1, "250,\"note\":7", ""),
        ("purchase.asked", 2, "", "EOF"),
    ] {
        let refused = read(name, schema, bytes).unwrap_err().to_string();
        assert!(refused.contains(why), "{bytes}: {refused}");
    }
    let erased = |name| Event::erased(&kind(name), 2);
    assert_eq!(erased("purchase.said-yes"), Some(Event::SaidYes("somebody".to_owned())));
    assert_eq!(erased("purchase.over"), None);
}

#[test]
fn replies_are_json_text_or_nothing() {
    let done = Reply::Done { times: 3 };
    assert_eq!(done.to_bytes(), br#"{"Done":{"times":3}}"#);
    assert_eq!(Reply::from_bytes(&done.to_bytes()), Ok(done));
    assert!(Reply::from_bytes(b"{}").is_err());
    let words = "日本".to_owned();
    assert_eq!(String::from_bytes(&words.to_bytes()), Ok(words));
    assert!(String::from_bytes(b"\xff").is_err());
    assert!(<() as Stored>::from_bytes(b"x").is_err() && <() as Stored>::from_bytes(b"").is_ok());
}

/// Records whatever it is told.
struct Scribe;

impl Decider for Scribe {
    type State = Vec<Event>;
    type Command = Event;
    type Event = Event;
    type Reply = String;

    fn initial(&self) -> Vec<Event> {
        Vec::new()
    }

    fn decide(&self, _: &Vec<Event>, command: &Event, _: &Context) -> Decision<Event, String> {
        Decision::reply("written".to_owned()).event(command.clone())
    }

    fn evolve(&self, mut state: Vec<Event>, event: &Event) -> Vec<Event> {
        state.push(event.clone());
        state
    }

    fn command_bytes(&self, command: &Event) -> Vec<u8> {
        json_bytes(command)
    }
}

#[test]
fn what_cannot_be_written_is_refused_before_anything_is_recorded() {
    let (store, acme, stream) =
        (MemoryStore::new(), Tenant::new("acme").unwrap(), StreamId::new("s").unwrap());
    let run = |event: Event| {
        let mut rng = UnwrapErr(SysRng);
        let context = Context::new(Actor::new("ann").unwrap(), Timestamp::UNIX_EPOCH, &mut rng);
        Runner::new(&Scribe, &store).run(&Call::new(&acme, &stream, event, context), &mut rng)
    };
    let counted = Event::Counted(BTreeMap::from([((1, 2), 3)]));
    let refused = run(counted).unwrap_err();
    assert!(matches!(&refused, RunError::Kind(NameError::NoEvent { .. })), "{refused:?}");
    assert_eq!(store.head(&acme, &stream).unwrap().version, Version::EMPTY);
    assert!(run(Event::Over).is_ok());
    assert_eq!(Runner::new(&Scribe, &store).load(&acme, &stream).unwrap().state, [Event::Over]);
    assert!(matches!(Bare { amount: 1 }.kind(), Err(NameError::NoEvent { .. })), "a struct has no variant");
}
