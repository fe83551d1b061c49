//! The worker of the outbox: in order, once more what failed, nothing that is another's.
#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::cell::Cell;
use std::collections::BTreeMap;

use chancery_ledger::{
    Actor, Claim, Commit, Destination, Kind, Lease, MemoryStore, NewEvent, Retry, SettleError, Settlement,
    Store, StreamId, Tenant, Version, deliver_due,
};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::{SignedDuration, Timestamp};

const MAIL: Destination = Destination::from_static("mail");

fn second(n: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + n).unwrap()
}

fn minute() -> Lease {
    Lease::new(SignedDuration::from_secs(60)).unwrap()
}

/// Three letters in one stream.
fn store() -> MemoryStore {
    let store = MemoryStore::new();
    let events = ["first", "second", "third"].map(|kind| {
        NewEvent::new(Kind::from_static("asked"), 1, b"").send(MAIL, Kind::new(kind).unwrap(), b"")
    });
    let commit = Commit::new(
        &Tenant::new("acme").unwrap(),
        &Actor::from_static("alice"),
        second(0),
        &mut UnwrapErr(SysRng),
    );
    store.commit(&commit.append(&StreamId::from_static("s"), Version::EMPTY, events)).unwrap();
    store
}

#[test]
fn everything_is_delivered_in_order_and_what_failed_once_more() {
    let (store, mut seen, now) = (store(), Vec::new(), Cell::new(second(1)));
    let mut run = |fails: &str| {
        deliver_due(
            &store,
            minute(),
            || now.get(),
            |delivery| {
                seen.push(format!("{}/{}", delivery.effect.kind, delivery.attempt));
                if delivery.effect.kind.as_str() == fails {
                    Retry::default().after(delivery, now.get())
                } else {
                    Settlement::Delivered
                }
            },
        )
        .unwrap()
    };
    assert_eq!(run("second"), 1, "what comes after one that failed waits for it");
    assert_eq!(run(""), 0, "not yet");
    now.set(second(10));
    assert_eq!(run(""), 2);
    assert_eq!(run(""), 0);
    assert_eq!(seen, ["first/1", "second/1", "second/2", "third/1"]);
}

#[test]
fn what_took_longer_than_its_lease_is_told_and_done_once_more_by_the_next_call() {
    let (store, now, tries) = (store(), Cell::new(second(1)), Cell::new(0));
    let run = |takes: i64| {
        deliver_due(
            &store,
            minute(),
            || now.get(),
            |_| {
                tries.set(tries.get() + 1);
                now.set(now.get() + SignedDuration::from_secs(takes));
                Settlement::Delivered
            },
        )
    };
    assert!(matches!(run(100), Err(SettleError::Void { .. })));
    assert!(matches!(run(100), Err(SettleError::Void { .. })));
    assert_eq!(tries.get(), 2, "a call that is always too slow ends");
    assert_eq!(run(1).unwrap(), 3);
    let left = Claim { now: second(900), lease: minute(), most: 10 };
    assert!(store.claim_deliveries(left).unwrap().is_empty());
}

#[test]
fn a_call_goes_round_once_whatever_is_said_of_failures() {
    let (store, mut tries) = (store(), 0);
    let arrived = deliver_due(
        &store,
        minute(),
        || second(1),
        |_| {
            tries += 1;
            Settlement::Again { at: second(1) }
        },
    );
    assert_eq!((arrived.unwrap(), tries), (0, 2));
}

#[test]
fn a_wait_that_no_store_takes_is_told() {
    let store = store();
    let refused = deliver_due(&store, minute(), || second(1), |_| Settlement::Again { at: Timestamp::MAX });
    assert!(matches!(refused, Err(SettleError::TooFar { .. })));
}

/// A slow deliverer uses up no attempts of those that wait behind it.
#[test]
fn nothing_is_dead_before_somebody_has_tried_it() {
    let store = MemoryStore::new();
    for n in 0..300 {
        let letter =
            NewEvent::new(Kind::from_static("asked"), 1, b"").send(MAIL, Kind::from_static("hello"), b"");
        let (acme, alice) = (Tenant::from_static("acme"), Actor::from_static("alice"));
        let commit = Commit::new(&acme, &alice, second(0), &mut UnwrapErr(SysRng));
        let stream = StreamId::new(&format!("s{n}")).unwrap();
        store.commit(&commit.append(&stream, Version::EMPTY, [letter])).unwrap();
    }
    let (now, lease) = (Cell::new(second(1)), Lease::new(SignedDuration::from_secs(10)).unwrap());
    let mut tries = BTreeMap::new();
    let mut arrived = 0;
    while arrived < 300 {
        arrived += deliver_due(
            &store,
            lease,
            || now.get(),
            |delivery| {
                now.set(now.get() + SignedDuration::from_secs(1)); // a slow mail server
                let tried = tries.entry(delivery.id).or_insert(0);
                *tried += 1;
                assert_eq!(delivery.attempt, *tried, "counted as tried when it was");
                if *tried == 1 { Retry::default().after(delivery, now.get()) } else { Settlement::Delivered }
            },
        )
        .unwrap();
        now.set(now.get() + SignedDuration::from_secs(1));
    }
    assert!(tries.values().all(|tried| *tried == 2));
}
