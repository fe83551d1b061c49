//! The memory store at first sight; what every store must do is in the conformance suite.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails where it stands")]

use chancery_ledger::{
    Actor, Commit, Committed, Kind, MemoryStore, NewEvent, Sequence, Store, StreamId, Tenant, Version,
};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::Timestamp;

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
