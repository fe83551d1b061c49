//! Exports: what was written is read, and nothing else.
#![cfg(feature = "export")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

use chancery_ledger::{
    Actor, Checkpoint, Commit, Compared, Destination, ExportError, ExportFault, ExportVerdict, Exported,
    Fault, FaultKind, FaultyStore, Hash, IdempotencyKey, Kind, MemoryStore, NewEvent, Part, Store, StreamId,
    Tenant, Version, export_log, export_stream, read_export,
};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;

fn acme() -> Tenant {
    Tenant::new("acme").unwrap()
}

fn stream(name: &str) -> StreamId {
    StreamId::new(name).unwrap()
}

fn commit() -> Commit {
    let now: Timestamp = "2026-11-22T12:00:00.000001Z".parse().unwrap();
    Commit::new(&acme(), &Actor::new("alice \"\u{202e}\"").unwrap(), now, &mut UnwrapErr(SysRng))
}

fn event(payload: &[u8]) -> NewEvent {
    NewEvent::new(Kind::new("said").unwrap(), 1, payload).evidence(b"192.0.2.1")
}

/// Two streams, with everything that an event may have.
fn store() -> MemoryStore {
    let store = MemoryStore::new();
    let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    let sending = event(b"\xff\0 not text").send(
        Destination::new("mail").unwrap(),
        Kind::new("your-turn").unwrap(),
        *b"7",
    );
    let both = commit()
        .append(&stream("a"), Version::EMPTY, [event(b"one\ntwo"), sending])
        .append(&stream("b"), Version::EMPTY, [event(b"")])
        .due(&stream("a"), Some(now + 1.second()))
        .key(IdempotencyKey::new("k").unwrap(), Hash::of(b"command"), *b"result");
    store.commit(&both).unwrap();
    store
        .commit(&commit().hold(&stream("b"), "a lawsuit").append(&stream("b"), Version(2), [event(b"x")]))
        .unwrap();
    store.commit(&commit().release(&stream("b"), Version(2), "settled")).unwrap();
    store.commit(&commit().erase(&stream("a"), Version(1), Part::Payload)).unwrap();
    store.commit(&commit().erase(&stream("a"), Version(2), Part::Evidence)).unwrap();
    store.commit(&commit().append(&stream("a"), Version(4), [event(b"last")])).unwrap();
    store
}

fn log_of(store: &impl Store) -> (Vec<u8>, Checkpoint) {
    let mut file = Vec::new();
    let checkpoint = export_log(store, &acme(), &mut file).unwrap();
    (file, checkpoint)
}

fn stream_of(store: &impl Store, name: &str) -> (Vec<u8>, Checkpoint) {
    let mut file = Vec::new();
    let checkpoint = export_stream(store, &acme(), &stream(name), &mut file).unwrap();
    (file, checkpoint)
}

fn read(file: &[u8], kept: Option<&Checkpoint>) -> ExportVerdict {
    read_export(file, kept, |_| {}).unwrap()
}

fn holds(file: &[u8], kept: Option<&Checkpoint>) -> Exported {
    match read(file, kept) {
        ExportVerdict::Holds(exported) => exported,
        broken => panic!("{broken:?}\n{}", String::from_utf8_lossy(file)),
    }
}

fn fault(file: &[u8], kept: Option<&Checkpoint>) -> (u64, ExportFault) {
    match read(file, kept) {
        ExportVerdict::Broken { line, fault } => (line, fault),
        holds => panic!("{holds:?}"),
    }
}

#[test]
fn a_log_is_read_as_it_is() {
    let store = store();
    let (file, checkpoint) = log_of(&store);
    assert_eq!(checkpoint, store.log(&acme()).unwrap().checkpoint());
    let mut events = Vec::new();
    read_export(&file[..], None, |event| events.push(event.clone())).unwrap();
    assert_eq!(events, store.since(&acme(), chancery_ledger::Sequence(0), 100).unwrap());
    let exported = holds(&file, Some(&checkpoint));
    assert_eq!((exported.events, exported.checkpoint, exported.kept), (9, checkpoint, Compared::Agrees));
    assert_eq!(holds(&file, None).kept, Compared::NotCompared);
    assert_eq!(holds(&log_of(&MemoryStore::new()).0, None).events, 0, "an empty log is one too");
}

#[test]
fn a_stream_is_read_with_its_proofs() {
    let store = store();
    for (name, events) in [("a", 5), ("b", 4)] {
        let (file, checkpoint) = stream_of(&store, name);
        let mut read = Vec::new();
        read_export(&file[..], None, |event| read.push(event.clone())).unwrap();
        assert_eq!(read, store.events(&acme(), &stream(name), Version::EMPTY, 100).unwrap());
        let exported = holds(&file, Some(&checkpoint));
        assert_eq!((exported.events, exported.kept), (events, Compared::Agrees));
        let other = Checkpoint { root: Hash::NONE, ..checkpoint };
        assert!(matches!(fault(&file, Some(&other)), (1, ExportFault::OtherRoot { .. })));
    }
}

#[test]
fn a_kept_checkpoint_tells_a_log_that_was_made_anew() {
    let first = store();
    let (file, _) = log_of(&first);
    for size in 0..=9 {
        // The root at each size, from an export that ends there.
        let proof = first.prove_consistency(&acme(), size, 9).unwrap();
        assert_eq!(proof.to, 9);
        let kept = root_at(&first, size);
        assert_eq!(holds(&file, Some(&kept)).kept, Compared::Agrees, "{size}");
        let other = Checkpoint { size, root: Hash::of(b"another") };
        assert!(matches!(fault(&file, Some(&other)).1, ExportFault::OtherRoot { .. }), "{size}");
    }
    let longer = Checkpoint { size: 10, root: Hash::NONE };
    assert_eq!(fault(&file, Some(&longer)), (1, ExportFault::CutOff { kept: longer, found: 9 }));
    // The same events, made anew, hold by themselves; the checkpoint of the first log tells.
    let (anew, _) = log_of(&store());
    assert!(matches!(fault(&anew, Some(&root_at(&first, 3))), (4, ExportFault::OtherRoot { size: 3, .. })));
}

fn root_at(store: &MemoryStore, size: u64) -> Checkpoint {
    let events = store.since(&acme(), chancery_ledger::Sequence(0), 100).unwrap();
    let mut frontier = chancery_ledger::Frontier::default();
    events
        .iter()
        .take(usize::try_from(size).unwrap())
        .for_each(|event| frontier.push(&event.record.hash, |_| {}));
    Checkpoint { size, root: frontier.root() }
}

#[test]
fn what_is_missing_moved_or_added_is_found() {
    let store = store();
    let (file, _) = log_of(&store);
    let text = String::from_utf8(file).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let with = |change: &dyn Fn(&mut Vec<&str>)| {
        let mut lines = lines.clone();
        change(&mut lines);
        fault((lines.join("\n") + "\n").as_bytes(), None)
    };
    assert_eq!(
        with(&|lines| {
            lines.remove(3);
        }),
        (4, ExportFault::OutOfOrder { expected: 2, found: 3 })
    );
    assert_eq!(with(&|lines| lines.swap(3, 4)), (4, ExportFault::OutOfOrder { expected: 2, found: 3 }));
    assert_eq!(with(&|lines| lines.truncate(9)), (10, ExportFault::AnotherNumber { announced: 9, found: 8 }));
    assert_eq!(
        with(&|lines| lines.push(lines[9])),
        (11, ExportFault::AnotherNumber { announced: 9, found: 10 })
    );
    assert!(matches!(with(&|lines| lines.insert(1, "")), (2, ExportFault::Unreadable { .. })));
    assert!(matches!(with(&|lines| lines.truncate(0)), (1, ExportFault::Unreadable { .. })));
    assert!(matches!(fault(&text.as_bytes()[..text.len() - 1], None), (10, ExportFault::Unreadable { .. })));
    let form = text.replacen("export\":1", "export\":2", 1);
    assert_eq!(fault(form.as_bytes(), None), (1, ExportFault::UnknownForm { form: 2 }));
    let fewer = text.replacen("\"events\":9", "\"events\":8", 1);
    assert_eq!(fault(fewer.as_bytes(), None), (1, ExportFault::AnotherNumber { announced: 9, found: 8 }));
    let fewer = fewer.replacen("\"size\":9", "\"size\":8", 1);
    let fewer = fewer.lines().take(9).collect::<Vec<_>>().join("\n") + "\n";
    assert!(matches!(fault(fewer.as_bytes(), None), (10, ExportFault::OtherRoot { size: 8, .. })));
    let unknown = text.replacen("\"holds\":[]", "\"holds\":[],\"more\":1", 1);
    assert!(matches!(fault(unknown.as_bytes(), None), (2, ExportFault::Unreadable { .. })));
}

/// Takes the bytes of a part out of a line, as if they had been erased by that event.
fn erased(line: &str, part: &str, by: u64) -> String {
    let begin = line.find(&format!("\"{part}\":{{")).unwrap();
    let end = begin + line[begin..].find('}').unwrap() + 1;
    format!("{}\"{part}\":{{\"erased_by\":{by}}}{}", &line[..begin], &line[end..])
}

#[test]
fn bytes_that_are_missing_without_an_erasure_are_found() {
    let (file, _) = log_of(&store());
    let text = String::from_utf8(file).unwrap();
    // Lines 1, 2, 7, 8, 9 after the first are those of stream a; its third and fourth events are erasures.
    for (line, part, by) in [
        (2, "payload", 1),
        (2, "payload", 2),
        (2, "payload", 3), // says that another payload was erased
        (2, "payload", 4), // says that evidence was erased
        (2, "payload", 5), // no erasure
        (2, "payload", 99),
        (9, "evidence", 99),
        (1, "evidence", 3), // one event erases one part
        (7, "payload", 8),  // an erasure cannot be erased
    ] {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines[line] = erased(&lines[line], part, by);
        let (_, found) = fault((lines.join("\n") + "\n").as_bytes(), None);
        assert!(matches!(found, ExportFault::Missing { .. }), "{line} {part} {by}: {found:?}");
    }
}

#[test]
fn the_line_that_was_altered_is_named() {
    let store = store();
    for (file, _) in [log_of(&store), stream_of(&store, "a"), stream_of(&store, "b")] {
        let text = String::from_utf8(file).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for (number, line) in lines.iter().enumerate().skip(1) {
            for (old, new) in [
                ("said", "sad!"),
                ("\"schema\":1", "\"schema\":2"),
                ("192.0.2.1", "192.0.2.9"),
                ("alice", "malic"),
                ("000001Z", "000002Z"),
                ("000001Z", "0000019Z"),
                ("\"due\":null", "\"due\":\"2026-11-23T12:00:01Z\""),
                ("\"holds\":[]", "\"holds\":[1]"),
                ("\"holds\":[2]", "\"holds\":[]"),
                ("\"holds\":[2]", "\"holds\":[0,2]"),
                ("2 6\\nsettled", "2 7\\nsettled"),
                ("\"stream\":\"", "\"stream\":\"x"),
                ("\"salt\":\"", "\"salt\":\"00"),
                (
                    "\"effects\":null",
                    "\"effects\":\"0000000000000000000000000000000000000000000000000000000000000000\"",
                ),
                (
                    "\"request\":null",
                    "\"request\":\"0000000000000000000000000000000000000000000000000000000000000000\"",
                ),
            ] {
                let changed = line.replacen(old, new, 1);
                if changed == *line {
                    continue;
                }
                let mut lines = lines.clone();
                lines[number] = &changed;
                let (at, fault) = fault((lines.join("\n") + "\n").as_bytes(), None);
                assert_eq!(at, number as u64 + 1, "{old} -> {new}: {fault}");
            }
        }
    }
}

#[test]
fn a_stream_without_proofs_or_with_those_of_others_is_not_proven() {
    let (file, _) = stream_of(&store(), "a");
    let text = String::from_utf8(file).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let proof = |line: &str| line[line.find(",\"proof\"").unwrap()..].to_owned();
    let mut without = lines.clone();
    let cut = lines[2].replace(&proof(lines[2]), "}");
    without[2] = &cut;
    assert_eq!(fault((without.join("\n") + "\n").as_bytes(), None), (3, ExportFault::NotProven));
    let mut foreign = lines.clone();
    let swapped = lines[2].replace(&proof(lines[2]), &proof(lines[1]));
    foreign[2] = &swapped;
    assert_eq!(fault((foreign.join("\n") + "\n").as_bytes(), None), (3, ExportFault::NotProven));
}

#[test]
fn a_failing_store_or_disk_is_an_error() {
    let store = store();
    let counting = FaultyStore::new(&store, []);
    log_of(&counting);
    stream_of(&counting, "a");
    for call in 0..counting.calls() {
        let faulty = FaultyStore::new(&store, [Fault { call, kind: FaultKind::Before }]);
        let log = export_log(&faulty, &acme(), Vec::new());
        let stream = export_stream(&faulty, &acme(), &stream("a"), Vec::new());
        assert!(log.is_err() || stream.is_err(), "call {call}");
    }
    let full = export_log(&store, &acme(), &mut [0_u8; 100][..]);
    assert!(matches!(full, Err(ExportError::Write(_))), "{full:?}");
}

proptest! {
    /// One byte of the file changed, anywhere: what is still accepted says the same about every event.
    #[test]
    fn an_altered_byte_is_found_or_changes_nothing(place in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let store = store();
        let (file, checkpoint) = log_of(&store);
        let mut changed = file.clone();
        let place = place.index(file.len());
        changed[place] = byte;
        let mut events = Vec::new();
        let verdict = read_export(&changed[..], Some(&checkpoint), |event| events.push(event.clone())).unwrap();
        if matches!(&verdict, ExportVerdict::Holds(exported) if exported.kept == Compared::Agrees) {
            prop_assert_eq!(events, store.since(&acme(), chancery_ledger::Sequence(0), 100).unwrap());
        }
    }

    #[test]
    fn any_file_is_read_without_harm(file in prop::collection::vec(any::<u8>(), 0..300)) {
        let broken = matches!(read(&file, None), ExportVerdict::Broken { line: 1.., .. });
        prop_assert!(broken);
    }
}
