//! Reading what was committed.

use std::collections::HashMap;

use super::setting::{acme, appended, commit, commit_at, event, key, second, sending, stream, tenant};
use crate::event::{Event, NewEvent};
use crate::hash::Hash;
use crate::head::Head;
use crate::limits;
use crate::log::Log;
use crate::number::{Sequence, Version};
use crate::store::Store;

/// All events of a tenant, a few at a time.
pub(super) fn all(store: &dyn Store) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    loop {
        let from = Sequence(u64::try_from(events.len()).expect("small"));
        let page = store.since(&acme(), from, 7).expect("events");
        if page.is_empty() {
            return events;
        }
        events.extend(page);
    }
}

/// Each event hashes to what it says, follows on the one before in its stream, and none is missing.
pub(super) fn assert_chained(events: &[Event]) {
    let mut heads: HashMap<_, (Version, Hash)> = HashMap::new();
    for (n, event) in (0..).zip(events) {
        let record = &event.record;
        assert_eq!(record.sequence, Sequence(n));
        assert!(event.hash_holds(), "event {n}");
        let (version, hash) = heads.entry(&record.stream).or_insert((Version(0), Hash::NONE));
        assert_eq!((record.version.0, record.previous), (version.0 + 1, *hash), "event {n}");
        (*version, *hash) = (record.version, record.hash);
    }
}

/// A store without events has defaults everywhere.
pub fn an_empty_store_knows_nothing(store: &dyn Store) {
    let (acme, stream) = (acme(), stream("envelope/1"));
    assert_eq!(store.log(&acme).expect("a log"), Log::default());
    assert_eq!(store.head(&acme, &stream).expect("a head"), Head::default());
    assert_eq!(store.events(&acme, &stream, Version(0), 10).expect("events"), []);
    assert_eq!(store.since(&acme, Sequence(0), 10).expect("events"), []);
    assert_eq!(store.request(&acme, &key("k")).expect("an answer"), None);
    let ids = [crate::NodeId { level: 0, index: 0 }, crate::NodeId { level: 1, index: u64::MAX }];
    assert_eq!(store.nodes(&acme, &ids).expect("nodes"), [None, None]);
    assert!(store.prove_inclusion(&acme, Sequence(0), 0).is_err());
    assert_eq!(store.dead_letters(&acme, None, 10).expect("letters"), []);
}

/// Every field of an event is read back as it was given.
pub fn what_was_committed_is_read_back(store: &dyn Store) {
    let stream = stream("Umschlag/ä/1");
    let strange = NewEvent::new(super::setting::kind("noted"), 7, vec![0, 255, 10, 13]);
    let request = commit().append(&stream, Version(0), [strange.evidence(vec![0]), sending("", &["mail"])]);
    let request = request.due(&stream, Some(second(60))).key(key("k"), Hash::of(b"c"), vec![0, 1]);
    let done = appended(store.commit(&request));
    let events = store.events(&acme(), &stream, Version(0), 10).expect("events");
    assert_eq!(events, store.since(&acme(), Sequence(0), 10).expect("events"));
    assert_eq!(events, all(store));
    assert_chained(&events);
    let [first, last] = events.as_slice() else { panic!("two events") };
    let record = &first.record;
    assert_eq!((record.tenant.as_str(), record.actor.as_str()), ("acme", "alice"));
    assert_eq!((record.kind.as_str(), record.schema), ("noted", 7));
    assert_eq!((record.at, record.due, record.holds.len()), (second(0), Some(second(60)), 0));
    assert_eq!((first.payload(), first.evidence()), (Some(&[0, 255, 10, 13][..]), Some(&[0][..])));
    assert_eq!((record.effects, record.request), (None, None));
    assert_eq!((last.payload(), last.evidence()), (Some(&b""[..]), Some(&b"seen"[..])));
    assert!(last.record.effects.is_some() && last.record.request.is_some());
    let kept = store.request(&acme(), &key("k")).expect("an answer").expect("a request");
    assert_eq!((kept.command, &*kept.result), (Hash::of(b"c"), &[0, 1][..]));
    assert_eq!(done.heads[0].1.hash, last.record.hash);
    // Beyond the end there is nothing, however far.
    assert_eq!(store.events(&acme(), &stream, Version(2), 10).expect("events"), []);
    assert_eq!(store.events(&acme(), &stream, Version(u64::MAX), 10).expect("events"), []);
    assert_eq!(store.since(&acme(), Sequence(u64::MAX), 10).expect("events"), []);
}

/// A page holds as many events as were asked for, fewer when they are large, and at least one.
pub fn pages_are_bounded(store: &dyn Store) {
    let stream = stream("envelope/1");
    let large = |_| NewEvent::new(super::setting::kind("noted"), 1, vec![0; limits::PAYLOAD]);
    appended(store.commit(&commit().append(&stream, Version(0), (0..4).map(large))));
    appended(store.commit(&commit().append(&stream, Version(4), (0..5).map(|_| event("")))));
    let page = store.events(&acme(), &stream, Version(0), 9).expect("events");
    assert!((1..4).contains(&page.len()), "{} large events", page.len());
    assert_eq!(store.events(&acme(), &stream, Version(4), 3).expect("events").len(), 3);
    assert_eq!(store.since(&acme(), Sequence(4), 3).expect("events").len(), 3);
    assert_eq!(store.since(&acme(), Sequence(4), usize::MAX).expect("events").len(), 5);
    assert_eq!(store.events(&acme(), &stream, Version(0), 0).expect("events"), []);
}

/// Two tenants share nothing but the store.
pub fn tenants_are_apart(store: &dyn Store) {
    let (stream, other) = (stream("envelope/1"), tenant("Acme"));
    appended(store.commit(&commit().append(&stream, Version(0), [event("a")])));
    let theirs = commit_at(&other, second(1)).append(&stream, Version(0), [event("b"), event("c")]);
    let done = appended(store.commit(&theirs));
    assert_eq!((done.first, done.last), (Sequence(0), Sequence(1)));
    assert_eq!(done.behind, None);
    assert_eq!(store.log(&acme()).expect("a log").size(), 1);
    assert_eq!(store.since(&acme(), Sequence(0), 9).expect("events").len(), 1);
    assert_eq!(store.since(&other, Sequence(0), 9).expect("events").len(), 2);
    assert_eq!(store.events(&other, &stream, Version(0), 9).expect("events").len(), 2);
    let hashes = |tenant| store.since(tenant, Sequence(0), 1).expect("events")[0].record.hash;
    assert_ne!(hashes(&acme()), hashes(&other));
}
