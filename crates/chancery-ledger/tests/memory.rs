//! The memory store at first sight; what every store must do is in the conformance suite.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails where it stands")]

#[path = "sample/mod.rs"]
mod sample;

use chancery_ledger::{
    Actor, Commit, Committed, Kind, LedgerVerifier, MemoryStore, NewEvent, Sequence, Store, StreamId, Tenant,
    Verification, Version,
};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::Timestamp;
use sample::{commit, event, made, stream, tenant};

#[test]
fn what_was_committed_is_read_back_and_proven() {
    let store = MemoryStore::new();
    let tenant = Tenant::new("acme").unwrap();
    let (actor, stream) = (Actor::new("alice").unwrap(), StreamId::new("envelope/1").unwrap());
    let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
    for n in 0..20 {
        let event = NewEvent::new(Kind::new("envelope.noted").unwrap(), 1, vec![n]);
        let commit = Commit::new(&tenant, &actor, now, &mut UnwrapErr(SysRng));
        let done = store.commit(&commit.append(&stream, Version(u64::from(n)), [event])).unwrap();
        assert!(matches!(done, Committed::Appended(appended) if appended.last == Sequence(u64::from(n))));
    }
    let events = store.events(&tenant, &stream, Version(5), 100).unwrap();
    assert_eq!(events.len(), 15);
    let checkpoint = store.log(&tenant).unwrap().checkpoint();
    for event in events {
        assert!(event.hash_holds());
        let proof = store.prove_inclusion(&tenant, event.record.sequence, 20).unwrap();
        assert!(proof.holds(&event.record.hash, &checkpoint));
    }
}

/// Looking for an event of a stream reads none of the others.
#[test]
fn many_streams_are_verified_in_time() {
    const STREAMS: u64 = 30_000;
    let store = MemoryStore::new();
    for version in 0..2 {
        for first in (0..STREAMS).step_by(60) {
            let event = |commit: Commit, n: u64| {
                commit.append(&stream(&n.to_string()), Version(version), [event("a")])
            };
            made(&store, &(first..first + 60).fold(commit(), event));
        }
    }
    let begun = std::time::Instant::now();
    let found = LedgerVerifier::new().verify(&mut store.records(), &tenant()).unwrap();
    assert!(matches!(found, Verification::ConsistentOnly { .. }), "{found}");
    // Without an index it takes minutes.
    assert!(begun.elapsed().as_secs() < 40, "{:?}", begun.elapsed());
}
