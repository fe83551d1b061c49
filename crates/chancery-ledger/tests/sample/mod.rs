//! Names, commits, and a store with some of everything in it, whichever store that is.

#![allow(dead_code, reason = "each test uses some of it")]

use chancery_ledger::{
    Actor, Anchor, Checkpoint, Claim, Commit, Committed, Destination, Hash, IdempotencyKey, Kind, Lease,
    NewEvent, Part, Settlement, Store, StreamId, Tenant, Version,
};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::{SignedDuration, Timestamp};

pub(crate) fn tenant() -> Tenant {
    Tenant::new("acme").unwrap()
}

pub(crate) fn stream(name: &str) -> StreamId {
    StreamId::new(name).unwrap()
}

pub(crate) fn second(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

pub(crate) fn commit_of(tenant: &Tenant, seconds: i64) -> Commit {
    Commit::new(tenant, &Actor::new("alice").unwrap(), second(seconds), &mut UnwrapErr(SysRng))
}

pub(crate) fn commit() -> Commit {
    commit_of(&tenant(), 0)
}

pub(crate) fn event(payload: &str) -> NewEvent {
    NewEvent::new(Kind::new("noted").unwrap(), 3, payload).evidence("seen")
}

pub(crate) fn sending(payload: &str, to: &[&str]) -> NewEvent {
    let send = |event: NewEvent, name: &&str| {
        event.send(Destination::new(name).unwrap(), Kind::new("tell").unwrap(), payload)
    };
    to.iter().fold(event(payload), send)
}

pub(crate) fn made(store: &dyn Store, commit: &Commit) -> Checkpoint {
    match store.commit(commit) {
        Ok(Committed::Appended(appended)) => appended.checkpoint,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn anchor(checkpoint: Checkpoint) -> Anchor {
    Anchor { checkpoint, by: Actor::new("an authority").unwrap(), token: b"token".to_vec() }
}

pub(crate) fn key(name: &str) -> IdempotencyKey {
    IdempotencyKey::new(name).unwrap()
}

/// Some of everything: streams, effects, keys, deadlines, holds, erasures, anchors, another tenant; and letters that are
/// delivered, dead, leased, put off, waiting.
pub(crate) fn fill(store: &dyn Store) {
    let (one, two, other) = (stream("envelope/1"), stream("envelope/2"), Tenant::new("other").unwrap());
    let first = commit().append(&one, Version(0), [event("a"), sending("b", &["mail", "hook"])]);
    made(store, &first.due(&one, Some(second(60))).key(key("k1"), Hash::of(b"1"), "done"));
    let both = commit_of(&tenant(), 1).append(&one, Version(2), [event("c")]);
    let both = both.append(&two, Version(0), [sending("d", &["mail"])]);
    let kept = made(store, &both.key(key("k2"), Hash::of(b"2"), ""));
    made(store, &commit_of(&tenant(), 2).anchor(anchor(kept)));
    made(store, &commit_of(&tenant(), 3).erase(&one, Version(1), Part::Payload).hold(&two, "a case"));
    made(store, &commit_of(&tenant(), 4).erase(&one, Version(3), Part::Evidence));
    made(
        store,
        &commit_of(&tenant(), 5).append(&two, Version(2), [event("e")]).release(&two, Version(2), "over"),
    );
    made(store, &commit_of(&tenant(), 6).append(&two, Version(4), [sending("f", &["mail", "mail"])]));
    made(store, &commit_of(&other, 7).append(&one, Version(0), [event("g"), sending("h", &["mail"])]));
    let claim =
        |at| Claim { now: second(at), lease: Lease::new(SignedDuration::from_hours(1)).unwrap(), most: 9 };
    let claimed = store.claim_deliveries(claim(10)).unwrap();
    assert_eq!(claimed.len(), 4);
    for delivery in claimed {
        match (&*delivery.effect.body, delivery.effect.destination.as_str()) {
            (b"b", "mail") | (b"d", _) => store.settle(&delivery, Settlement::Delivered, second(11)).unwrap(),
            (b"b", _) => store.settle(&delivery, Settlement::Dead, second(12)).unwrap(),
            _ => {}
        }
    }
    let again = store.claim_deliveries(claim(12)).unwrap();
    assert_eq!(again.len(), 1, "the first of two; the other waits for it");
    store.settle(&again[0], Settlement::Again { at: second(600) }, second(13)).unwrap();
}
