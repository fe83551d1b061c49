//! Logs that no plan has made, with every hash right: of a store that does not keep to the plan, or of an owner who
//! rebuilds the log. The verifier follows the rules, not only the hashes.

use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::Timestamp;

use super::*;
use crate::housekeeping::{Erasure, Release};
use crate::memory::MemoryStore;
use crate::name::Actor;
use crate::store::Store;
use crate::verify::{Flaw, LedgerVerifier};

fn acme() -> Tenant {
    Tenant::new("acme").unwrap()
}

fn stream(name: &str) -> StreamId {
    StreamId::new(name).unwrap()
}

fn commit() -> Commit {
    let mallory = Actor::new("mallory").unwrap();
    Commit::new(&acme(), &mallory, Timestamp::UNIX_EPOCH, &mut UnwrapErr(SysRng))
}

fn event(kind: &str) -> [NewEvent; 1] {
    [NewEvent::new(Kind::new(kind).unwrap(), 1, "")]
}

fn flaws(store: &MemoryStore) -> Vec<Flaw> {
    let found = LedgerVerifier::new().verify(&mut store.records(), &acme()).unwrap();
    found.damages().iter().map(|damage| damage.flaw.clone()).collect()
}

/// What the reader of an export finds, who has no store.
#[cfg(feature = "export")]
fn exported(store: &MemoryStore) -> Option<crate::export_error::ExportFault> {
    let mut file = Vec::new();
    crate::export_write::export_log(store, &acme(), &mut file).unwrap();
    match crate::export_read::read_export(&file[..], None, |_| {}).unwrap() {
        crate::export_read::ExportVerdict::Holds(_) => None,
        crate::export_read::ExportVerdict::Broken { fault, .. } => Some(fault),
    }
}

/// Writes what a draft holds after `write`, whatever the plan of the commit would say.
fn forge<'c>(store: &MemoryStore, commit: &'c Commit, write: impl FnOnce(&mut Draft<'c>)) {
    let plan = Plan::of(commit).unwrap();
    let mut tenants = store.tenants();
    let tables = tenants.get_mut(&acme()).unwrap();
    let found = tables.find(&plan);
    let mut draft = Draft::new(commit, found.log, plan.streams.iter().zip(found.heads));
    write(&mut draft);
    tables.write(&draft.finish(&plan.written), commit.now);
}

fn erase(draft: &mut Draft<'_>, by: u64) {
    let erasure = Erasure { version: Version(1), part: Part::Payload };
    draft.erasures.push(PlannedErasure { sequence: Sequence(0), part: erasure.part, by: Version(by) });
    draft.own(&stream("a"), housekeeping::ERASED, erasure.to_payload());
}

/// An event, and a hold on it.
fn held() -> MemoryStore {
    let store = MemoryStore::new();
    let first = commit().append(&stream("a"), Version(0), event("noted")).hold(&stream("a"), "a case");
    store.commit(&first).unwrap();
    assert_eq!(flaws(&store), []);
    store
}

#[test]
fn an_erasure_under_a_hold_is_found_even_if_every_hash_is_right() {
    let store = held();
    forge(&store, &commit().erase(&stream("a"), Version(1), Part::Payload), |draft| erase(draft, 3));
    assert_eq!(flaws(&store), [Flaw::ErasedUnderHold]);
}

#[test]
fn an_erasure_by_the_commit_that_ends_a_hold_is_found() {
    let noted = event("noted");
    let both = || commit().release(&stream("a"), Version(2), "settled");
    let (erasing, others) = (
        both().erase(&stream("a"), Version(1), Part::Payload),
        // So many that the walk forgets the first stream in between.
        both()
            .append(&stream("b"), Version(0), event("b"))
            .append(&stream("c"), Version(0), event("c"))
            .erase(&stream("a"), Version(1), Part::Payload),
    );
    for (forged, between) in [(&erasing, &[][..]), (&others, &["b", "c"][..])] {
        let store = held();
        forge(&store, forged, |draft| {
            draft.release(&stream("a"), Version(2), "settled").unwrap();
            between.iter().for_each(|name| draft.append(&stream(name), Version(0), &noted).unwrap());
            erase(draft, 4);
        });
        assert_eq!(flaws(&store), [Flaw::ErasedAtOnce], "{between:?}");
        #[cfg(feature = "export")]
        assert!(matches!(exported(&store), Some(crate::export_error::ExportFault::Missing { .. })));
    }
    // As it may be: in another commit.
    for between in [&[][..], &["b", "c"]] {
        let store = held();
        store.commit(&both()).unwrap();
        between
            .iter()
            .for_each(|name| drop(store.commit(&commit().append(&stream(name), Version(0), event("x")))));
        store.commit(&commit().erase(&stream("a"), Version(1), Part::Payload)).unwrap();
        assert_eq!(flaws(&store), []);
        #[cfg(feature = "export")]
        assert_eq!(exported(&store), None);
    }
}

#[test]
fn a_release_of_what_is_not_held_is_found() {
    let release = |hold, last| Release { hold: Version(hold), last: Sequence(last), reason: "" }.to_payload();
    for (payload, flaw) in [
        (release(2, 2), None),
        (release(1, 2), Some(Flaw::Derived)),
        (release(9, 2), Some(Flaw::Derived)),
        (release(2, 1), Some(Flaw::Derived)),
        (release(2, 2 + 1000), Some(Flaw::Derived)),
        (b"settled".to_vec(), Some(Flaw::Derived)),
    ] {
        let store = held();
        let told = String::from_utf8_lossy(&payload).into_owned();
        forge(&store, &commit().release(&stream("a"), Version(2), ""), |draft| {
            draft.release_as(&stream("a"), Version(2), payload).unwrap();
        });
        #[cfg(feature = "export")]
        assert_eq!(exported(&store).is_some(), flaw.is_some(), "{told}");
        assert_eq!(flaws(&store), flaw.into_iter().collect::<Vec<_>>(), "{told}");
    }
}

/// Two events with one place in their stream, both hashed and both in the tree.
#[test]
fn a_stream_that_goes_on_in_two_ways_is_found() {
    // From the first event on, or from the second.
    for fork in [0, 1] {
        let store = MemoryStore::new();
        let head = || store.head(&acme(), &stream("a")).unwrap();
        store.commit(&commit().append(&stream("a"), Version(0), event("sent"))).unwrap();
        let before = if fork == 0 { Default::default() } else { head() };
        if fork == 1 {
            store.commit(&commit().append(&stream("a"), Version(1), event("approved"))).unwrap();
        }
        let shown = head();
        let declining = commit().append(&stream("a"), Version(fork), event("declined"));
        let plan = Plan::of(&declining).unwrap();
        {
            let mut tenants = store.tenants();
            let tables = tenants.get_mut(&acme()).unwrap();
            let found = Found { heads: vec![before], ..tables.find(&plan) };
            let Ok(Planned::Write(writes)) = plan.against(found) else { panic!("refused") };
            tables.write(&writes, declining.now);
            tables.streams.get_mut(&stream("a")).unwrap().head = shown;
        }
        assert!(flaws(&store).contains(&Flaw::Chain), "{fork}");
    }
}
