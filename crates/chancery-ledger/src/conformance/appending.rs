//! Commits, and what becomes of them.

use super::setting::{
    acme, appended, commit, commit_at, destination, event, key, kind, refused, second, sending, stream,
    version,
};
use crate::commit::Commit;
use crate::committed::Committed;
use crate::error::{CommitError, Refusal};
use crate::event::NewEvent;
use crate::hash::Hash;
use crate::limits;
use crate::name::StreamId;
use crate::number::{Sequence, Version};
use crate::store::Store;

/// Who read an old version is refused and told the present one, and nothing is written.
pub fn a_stale_version_is_refused(store: &dyn Store) {
    let stream = stream("envelope/1");
    appended(store.commit(&commit().append(&stream, Version(0), [event("a"), event("b")])));
    for expected in [0, 1, 3].map(Version) {
        let refusal = refused(store.commit(&commit().append(&stream, expected, [event("c")])));
        assert_eq!(refusal, Refusal::Conflict { stream: stream.clone(), expected, current: Version(2) });
    }
    assert_eq!(store.log(&acme()).expect("a log").size(), 2);
    assert_eq!(version(store, &stream), Version(2));
}

/// A conflict in one stream leaves the others, the outbox and the key alone.
pub fn a_commit_is_atomic_over_its_streams(store: &dyn Store) {
    let (one, two) = (stream("envelope/1"), stream("envelope/2"));
    appended(store.commit(&commit().append(&two, Version(0), [event("a")])));
    let before = store.log(&acme()).expect("a log");
    let both = |expected| {
        commit()
            .append(&one, Version(0), [sending("b", &["mail"])])
            .append(&two, expected, [event("c")])
            .due(&one, Some(second(5)))
            .key(key("k"), Hash::of(b"both"), "done")
    };
    refused(store.commit(&both(Version(0))));
    assert_eq!(store.log(&acme()).expect("a log"), before);
    assert_eq!(store.head(&acme(), &one).expect("a head"), crate::Head::default());
    assert_eq!(store.request(&acme(), &key("k")).expect("an answer"), None);
    assert_eq!(store.claim_deliveries(super::setting::claim(second(9), 60, 9)).expect("a claim"), []);
    assert_eq!(store.claim_due(super::setting::claim(second(9), 60, 9)).expect("a claim"), []);

    let done = appended(store.commit(&both(Version(1))));
    assert_eq!((done.first, done.last), (Sequence(1), Sequence(2)));
    let heads: Vec<_> = done.heads.iter().map(|(stream, head)| (stream.as_str(), head.version.0)).collect();
    assert_eq!(heads, [("envelope/1", 1), ("envelope/2", 2)]);
    assert_eq!(store.log(&acme()).expect("a log").checkpoint(), done.checkpoint);
    for (stream, head) in done.heads {
        assert_eq!(store.head(&acme(), &stream).expect("a head"), head);
    }
}

/// The same key gives the same answer for ever, and another command under it is refused.
pub fn a_key_acts_once(store: &dyn Store) {
    let stream = stream("envelope/1");
    let ask = |command: &[u8], result: &str| {
        commit().append(&stream, Version(0), [event("a"), event("b")]).key(
            key("k"),
            Hash::of(command),
            result,
        )
    };
    appended(store.commit(&ask(b"sign", "signed")));
    let kept = store.request(&acme(), &key("k")).expect("an answer").expect("a request");
    assert_eq!((kept.first, kept.last, &*kept.result), (Sequence(0), Sequence(1), &b"signed"[..]));
    // Also years later, and although the version is an old one by now.
    let again = commit_at(&acme(), second(500_000_000)).append(&stream, Version(0), [event("c")]);
    let again = again.key(key("k"), Hash::of(b"sign"), "other");
    assert_eq!(store.commit(&again).expect("an answer"), Committed::Replayed(kept));
    assert_eq!(
        refused(store.commit(&ask(b"decline", "declined"))),
        Refusal::KeyReused { key: key("k") },
        "before anything else is looked at"
    );
    assert_eq!(version(store, &stream), Version(2));
    let elsewhere = commit_at(&super::setting::tenant("other"), second(0));
    let elsewhere = elsewhere.append(&stream, Version(0), [event("a")]);
    appended(store.commit(&elsewhere.key(key("k"), Hash::of(b"other"), "")));
}

/// A step without events refuses a commit, and writes nothing itself.
pub fn without_events_a_version_is_only_looked_at(store: &dyn Store) {
    let (guard, stream) = (stream("policy"), stream("envelope/1"));
    let guarded = |expected| {
        commit().append(&guard, expected, []).append(&stream, version(store, &stream), [event("a")])
    };
    appended(store.commit(&guarded(Version(0))));
    assert_eq!(store.head(&acme(), &guard).expect("a head"), crate::Head::default());
    assert!(matches!(refused(store.commit(&guarded(Version(1)))), Refusal::Conflict { .. }));
    assert_eq!(refused(store.commit(&commit().append(&guard, Version(0), []))), Refusal::Empty);
    appended(store.commit(&commit().append(&guard, Version(0), [event("b")])));
    assert!(matches!(refused(store.commit(&guarded(Version(0)))), Refusal::Conflict { .. }));
}

/// The ledger's own names are not for others, and a deadline needs an event.
pub fn what_nobody_may_write_is_refused(store: &dyn Store) {
    let stream = stream("envelope/1");
    let own = NewEvent::new(kind("chancery.erased"), 1, "1 payload");
    assert!(matches!(
        refused(store.commit(&commit().append(&stream, Version(0), [own]))),
        Refusal::Reserved { .. }
    ));
    let anchors = StreamId::anchors();
    assert!(matches!(
        refused(store.commit(&commit().append(&anchors, Version(0), [event("a")]))),
        Refusal::Reserved { .. }
    ));
    assert_eq!(refused(store.commit(&commit())), Refusal::Empty);
    let lonely =
        commit().append(&stream, Version(0), [event("a")]).due(&super::setting::stream("other"), None);
    assert!(matches!(refused(store.commit(&lonely)), Refusal::Due { .. }));
    let twice = commit().append(&stream, Version(0), [event("a")]).due(&stream, None).due(&stream, None);
    assert!(matches!(refused(store.commit(&twice)), Refusal::Due { .. }));
    assert_eq!(store.log(&acme()).expect("a log").size(), 0);
}

/// The largest of everything is taken, and one byte more is refused by its name.
pub fn sizes_are_limited(store: &dyn Store) {
    let stream = stream(&"s".repeat(limits::NAME));
    let mut at = Version(0);
    let mut take = |event: NewEvent| {
        at = appended(store.commit(&commit().append(&stream, at, [event]))).heads[0].1.version;
    };
    take(NewEvent::new(kind(&"k".repeat(limits::NAME)), u32::MAX, vec![7; limits::PAYLOAD]));
    take(event("").evidence(vec![7; limits::EVIDENCE]));
    take(event("").send(destination(&"d".repeat(limits::NAME)), kind("k"), vec![7; limits::BODY]));
    let read = store.events(&acme(), &stream, Version(0), 1).expect("events");
    assert_eq!(read[0].payload(), Some(&vec![7; limits::PAYLOAD][..]));
    assert!(read[0].hash_holds());

    let result = commit().append(&stream, at, [event("")]);
    appended(store.commit(&result.key(key("k"), Hash::NONE, vec![7; limits::RESULT])));
    let Version(at) = version(store, &stream);
    let refuse = |commit: Commit| match refused(store.commit(&commit)) {
        Refusal::TooLarge { what, found, most } => assert_eq!(found, most + 1, "{what}"),
        other => panic!("{other}"),
    };
    let append = |event| commit().append(&stream, Version(at), [event]);
    refuse(append(NewEvent::new(kind("k"), 1, vec![7; limits::PAYLOAD + 1])));
    refuse(append(event("").evidence(vec![7; limits::EVIDENCE + 1])));
    refuse(append(event("").send(destination("d"), kind("k"), vec![7; limits::BODY + 1])));
    let many = (0..=limits::EFFECTS).fold(event(""), |event, _| event.send(destination("d"), kind("k"), ""));
    refuse(append(many));
    refuse(append(event("")).key(key("l"), Hash::NONE, vec![7; limits::RESULT + 1]));
    refuse(commit().append(&stream, Version(at), (0..=limits::EVENTS).map(|_| event(""))));
    refuse((0..=limits::STREAMS).fold(commit(), |commit, n| {
        commit.append(&super::setting::stream(&format!("s{n}")), Version(0), [event("")])
    }));
    assert_eq!(version(store, &stream), Version(at));
}

/// A time before that of an earlier event is recorded as it was given, and told.
pub fn a_wrong_clock_is_told(store: &dyn Store) {
    let stream = stream("envelope/1");
    let at = |now, expected| {
        appended(store.commit(&commit_at(&acme(), now).append(&stream, Version(expected), [event("a")])))
    };
    assert_eq!(at(second(10), 0).behind, None);
    assert_eq!(at(second(7), 1).behind, Some(second(10)));
    assert_eq!(at(second(10), 2).behind, None);
    assert_eq!(store.log(&acme()).expect("a log").latest, Some(second(10)));
    let read = store.events(&acme(), &stream, Version(1), 1).expect("events");
    assert_eq!(read[0].record.at, second(7));
}

/// Of commits that are made together, each is made or refused by itself, and sees those before it.
pub fn commits_together_are_made_or_refused_each(store: &dyn Store) {
    let (one, two) = (stream("envelope/1"), stream("envelope/2"));
    let keyed = |commit: Commit| commit.key(key("k"), Hash::of(b"c"), "r");
    let commits = [
        commit().append(&one, Version(0), [sending("a", &["mail"])]),
        commit().append(&one, Version(0), [sending("b", &["mail"])]),
        keyed(commit().append(&one, Version(1), [event("c")])),
        commit(),
        keyed(commit().append(&one, Version(1), [event("d")])),
        commit().append(&two, Version(0), [event("e")]),
    ];
    let results = store.commit_all(&commits.iter().collect::<Vec<_>>());
    let told: Vec<_> = results
        .iter()
        .map(|result| match result {
            Ok(Committed::Appended(appended)) => format!("made at {}", appended.first),
            Ok(Committed::Replayed(request)) => format!("as at {}", request.last),
            Err(CommitError::Refused(Refusal::Conflict { current, .. })) => {
                format!("conflict with {current}")
            }
            Err(error) => error.to_string(),
        })
        .collect();
    let empty = Refusal::Empty.to_string();
    assert_eq!(told, ["made at 0", "conflict with 1", "made at 1", &empty, "as at 1", "made at 2"]);
    assert_eq!(store.commit_all(&[]).len(), 0);
    assert_eq!(store.log(&acme()).expect("a log").size(), 3);
    assert_eq!(store.claim_deliveries(super::setting::claim(second(9), 60, 9)).expect("a claim").len(), 1);
}

/// Twenty threads append to shared streams and to their own; nothing is lost, nothing stands twice.
pub fn many_threads_lose_nothing(store: &dyn Store) {
    const THREADS: usize = 20;
    const EACH: usize = 5;
    let (shared, place) = (stream("shared"), |thread: usize| stream(&format!("own/{thread}")));
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (shared, own) = (&shared, place(thread));
            scope.spawn(move || {
                for n in 0..EACH {
                    let name = format!("{thread}/{n}");
                    loop {
                        let at = version(store, shared);
                        let own_at = Version(u64::try_from(n).expect("small"));
                        let commit = commit()
                            .append(shared, at, [event(&name)])
                            .append(&own, own_at, [event(&name)])
                            .key(key(&name), Hash::of(name.as_bytes()), name.as_str());
                        match store.commit(&commit) {
                            Ok(Committed::Appended(_)) => break,
                            Err(CommitError::Refused(Refusal::Conflict { stream, .. })) => {
                                assert_eq!(&stream, shared);
                            }
                            other => panic!("{other:?}"),
                        }
                    }
                }
            });
        }
    });
    let events = super::reading::all(store);
    assert_eq!(events.len(), 2 * THREADS * EACH);
    let mut seen: Vec<_> = events
        .iter()
        .filter(|event| event.record.stream == shared)
        .map(|event| event.payload().expect("a payload").to_vec())
        .collect();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), THREADS * EACH);
    super::reading::assert_chained(&events);
}
