//! What happens to a SQLite ledger in a hostile world: typed answers, and nothing that was acknowledged is lost.
#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails where it stands")]

mod desk;

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::time::Duration;

use chancery_ledger::{
    CommitError, Committed, Failure, Grouped, Hash, IdempotencyKey, LedgerVerifier, Outcome, Part,
    SqliteRecords, SqliteStore, Store, StoreError, Verification, Version,
};
use desk::{Desk, commit, event, fill, key, made, open, sending, stream, tenant};

fn failure<T: std::fmt::Debug>(result: Result<T, StoreError>) -> Failure {
    result.unwrap_err().kind
}

fn is_whole(store: &SqliteStore) -> bool {
    let found = LedgerVerifier::new().verify(&mut store.records().unwrap(), &tenant()).unwrap();
    matches!(found, Verification::ConsistentOnly { .. })
}

fn now_open(path: &std::path::Path) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(path, Duration::from_millis(50))
}

#[test]
fn what_was_acknowledged_is_there_when_the_file_is_opened_again() {
    let desk = Desk::new();
    let stream = stream("envelope/1");
    for n in 0..20 {
        let store = desk.open();
        let at = store.head(&tenant(), &stream).unwrap().version;
        assert_eq!(at, Version(n));
        made(&store, &commit().append(&stream, at, [sending("a", &["mail"])]));
        // As a process that is killed: nothing is closed, nothing is written any more.
        std::mem::forget(store);
    }
    assert!(is_whole(&desk.open()));
}

#[test]
fn what_is_no_ledger_is_refused_and_left_alone() {
    let desk = Desk::new();
    let text =
        b"Dear Sir or Madam, this is no database but quite a long letter, longer than a header is.".repeat(9);
    fs::write(desk.path(), &text).unwrap();
    assert!(matches!(failure(now_open(&desk.path())), Failure::NotALedger(_)));
    assert!(matches!(failure(SqliteRecords::open(desk.path())), Failure::NotALedger(_)));
    assert_eq!(fs::read(desk.path()).unwrap(), text);

    let desk = Desk::new();
    desk.raw()
        .execute_batch("CREATE TABLE contacts (name TEXT); INSERT INTO contacts VALUES ('Alice')")
        .unwrap();
    let before = fs::read(desk.path()).unwrap();
    assert!(matches!(failure(now_open(&desk.path())), Failure::NotALedger(_)));
    assert_eq!(fs::read(desk.path()).unwrap(), before);

    let desk = Desk::new();
    fill(&desk.open());
    desk.raw().execute_batch("PRAGMA user_version = 2").unwrap();
    let Failure::NotALedger(why) = failure(now_open(&desk.path())) else { panic!("a newer format") };
    assert!(why.contains("format is 2"), "{why}");

    let nowhere = Desk::new().path().join("nowhere");
    assert!(now_open(&nowhere).is_err());
    assert!(SqliteRecords::open(&nowhere).is_err());
    assert!(!nowhere.exists());
    let empty = Desk::new();
    fs::write(empty.path(), b"").unwrap();
    assert!(matches!(failure(SqliteRecords::open(empty.path())), Failure::NotALedger(_)));
    made(&empty.open(), &commit().append(&stream("s"), Version(0), [event("a")]));
}

#[test]
fn who_waits_too_long_for_another_writer_is_told_so() {
    let desk = Desk::new();
    fill(&desk.open());
    let store = now_open(&desk.path()).unwrap();
    let raw = desk.raw();
    let write = || store.commit(&commit().append(&stream("new"), Version(0), [event("a")]));
    raw.execute_batch("BEGIN IMMEDIATE").unwrap();
    let Err(CommitError::Failed(error)) = write() else { panic!("another writes") };
    assert_eq!((error.kind, error.outcome), (Failure::Busy, Outcome::NothingHappened));
    assert_eq!(store.head(&tenant(), &stream("new")).unwrap().version, Version(0), "readers do not wait");
    raw.execute_batch("ROLLBACK").unwrap();
    assert!(matches!(write(), Ok(Committed::Appended(_))));
}

#[test]
fn a_full_disk_refuses_the_commit_and_keeps_the_rest() {
    let desk = Desk::new();
    fill(&desk.open());
    // A file that SQLite may not let grow is a full disk to it.
    let store = open(&desk.path()).with_largest_file(256 << 10).unwrap();
    let large = || commit().append(&stream("large"), Version(0), [event(&"x".repeat(1 << 20))]);
    let small = || {
        let at = store.head(&tenant(), &stream("small")).unwrap().version;
        commit().append(&stream("small"), at, [event("a")])
    };
    let before = store.log(&tenant()).unwrap();
    let Err(CommitError::Failed(error)) = store.commit(&large()) else { panic!("there is no room") };
    assert_eq!((error.kind, error.outcome), (Failure::Full, Outcome::NothingHappened));
    assert_eq!(store.log(&tenant()).unwrap(), before);
    assert!(is_whole(&store));
    made(&store, &small());
    // Together, the failure of one is that of all; in a group each gets its chance.
    let (one, two) = (small(), large());
    let results = store.commit_all(&[&one, &two]);
    assert!(results.iter().all(|result| matches!(result, Err(CommitError::Failed(_)))), "{results:?}");
    let group = Grouped::new(store);
    std::thread::scope(|scope| {
        let large = scope.spawn(|| group.commit(&two));
        let small = scope.spawn(|| group.commit(&one));
        assert!(large.join().unwrap().is_err());
        assert!(matches!(small.join().unwrap(), Ok(Committed::Appended(_))));
    });
    assert!(is_whole(group.store()));
}

/// What a power failure leaves of a write-ahead log: any beginning of it, with any garbage behind.
#[test]
fn a_write_ahead_log_that_was_cut_gives_back_whole_commits_only() {
    let desk = Desk::new();
    let store = desk.open();
    let stream = stream("envelope/1");
    let mut kept = vec![store.log(&tenant()).unwrap().checkpoint()];
    for n in 0..12 {
        let step = commit().append(&stream, Version(n), [sending("a", &["mail"]), event("b")][..1].to_vec());
        kept.push(made(&store, &step));
    }
    let wal = |desk: &Desk| desk.path().with_extension("sqlite-wal");
    let (file, log) = (fs::read(desk.path()).unwrap(), fs::read(wal(&desk)).unwrap());
    let mut seen = Vec::new();
    for cut in (0..=log.len()).step_by(1741).chain([log.len()]) {
        for garbage in [&b""[..], &[0xa5; 5000]] {
            let copy = Desk::new();
            fs::write(copy.path(), &file).unwrap();
            let mut torn = OpenOptions::new().create_new(true).write(true).open(wal(&copy)).unwrap();
            torn.write_all(&log[..cut]).unwrap();
            torn.write_all(garbage).unwrap();
            drop(torn);
            let store = copy.open();
            let found = store.log(&tenant()).unwrap().checkpoint();
            assert_eq!(kept[usize::try_from(found.size).unwrap()], found, "cut at {cut}");
            assert!(is_whole(&store), "cut at {cut}");
            seen.push(found.size);
            // And it goes on from there.
            made(&store, &commit().append(&stream, Version(found.size), [event("again")]));
            assert!(is_whole(&store));
        }
    }
    assert_eq!(seen.last(), Some(&12), "the whole log holds all");
    seen.dedup();
    assert!(seen.len() > 6, "{seen:?}");
    drop(store);
}

#[test]
fn a_file_that_was_cut_is_named_or_refused_and_never_panics() {
    let desk = Desk::new();
    fill(&desk.open());
    desk.raw().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let whole = fs::read(desk.path()).unwrap();
    for cut in (0..whole.len()).step_by(1500) {
        let copy = Desk::new();
        fs::write(copy.path(), &whole[..cut]).unwrap();
        // To the verifier, and to whoever would go on writing.
        match SqliteRecords::open(copy.path()) {
            Err(error) => {
                assert!(matches!(error.kind, Failure::NotALedger(_) | Failure::Corrupt(_)), "{error}");
            }
            Ok(mut records) => match LedgerVerifier::new().verify(&mut records, &tenant()) {
                Ok(found) => assert!(!found.damages().is_empty(), "cut at {cut}: {found}"),
                Err(error) => assert!(matches!(error.kind, Failure::Corrupt(_)), "cut at {cut}: {error}"),
            },
        }
        if cut == 0 {
            continue; // a new file
        }
        if let Ok(store) = now_open(&copy.path()) {
            let at = store.head(&tenant(), &stream("envelope/1")).map(|head| head.version);
            let at = at.unwrap_or(Version(0));
            drop(store.commit(&commit().append(&stream("envelope/1"), at, [event("a")])));
            drop(store.since(&tenant(), chancery_ledger::Sequence(0), 100));
        }
    }
}

#[test]
fn what_somebody_else_wrote_into_the_tables_is_an_error_and_no_panic() {
    for edit in [
        "UPDATE logs SET frontier = x'00'",
        "UPDATE logs SET size = 4",
        "UPDATE streams SET version = -1",
        "UPDATE streams SET hash = x'00'",
        "UPDATE streams SET due = 9223372036854775807",
    ] {
        let desk = Desk::new();
        let store = desk.open();
        fill(&store);
        desk.raw().execute_batch(edit).unwrap();
        let result = store.commit(&commit().append(&stream("envelope/1"), Version(6), [event("a")]));
        let Err(CommitError::Failed(error)) = result else { panic!("{edit}: {result:?}") };
        assert!(matches!(error.kind, Failure::Corrupt(_)), "{edit}: {error}");
        assert_eq!(error.outcome, Outcome::NothingHappened);
    }
}

/// Somebody set a stream back, so that the same version would be written twice.
#[test]
fn a_row_is_never_written_over_another() {
    let desk = Desk::new();
    let store = desk.open();
    fill(&store);
    desk.raw().execute_batch("UPDATE streams SET version = 1 WHERE stream = 'envelope/1'").unwrap();
    let result = store.commit(&commit().append(&stream("envelope/1"), Version(1), [event("a")]));
    let Err(CommitError::Failed(error)) = result else { panic!("{result:?}") };
    assert!(matches!(error.kind, Failure::Corrupt(_)), "{error}");
}

#[test]
fn what_was_erased_is_in_no_byte_of_the_files() {
    let desk = Desk::new();
    let store = desk.open();
    let (stream, secret) = (stream("envelope/1"), "Geheimnis-".repeat(2000));
    let both = event(&secret).evidence("Adresse-7");
    made(&store, &commit().append(&stream, Version(0), [event("before"), both, event("after")]));
    let holds = |word: &str| {
        let extensions = ["sqlite", "sqlite-wal"].map(|extension| desk.path().with_extension(extension));
        extensions.iter().any(|file| {
            let bytes = fs::read(file).unwrap_or_default();
            bytes.windows(word.len()).any(|bytes| bytes == word.as_bytes())
        })
    };
    assert!(holds("Geheimnis-") && holds("Adresse-7"));
    made(
        &store,
        &commit().erase(&stream, Version(2), Part::Payload).erase(&stream, Version(2), Part::Evidence),
    );
    assert!(!holds("Geheimnis-"), "the payload is still in the file");
    assert!(!holds("Adresse-7"), "the evidence is still in the file");
    assert!(holds("before") && holds("after"));
    assert!(is_whole(&store));
}

/// Two processes, the same key: one acts.
#[test]
fn two_stores_on_one_file_act_once_for_a_key() {
    let desk = Desk::new();
    let (one, two) = (desk.open(), desk.open());
    let ask = |store: &SqliteStore| {
        let at = store.head(&tenant(), &stream("s")).unwrap().version;
        let key = IdempotencyKey::new("k").unwrap();
        store.commit(&commit().append(&stream("s"), at, [event("a")]).key(key, Hash::of(b"c"), "done"))
    };
    assert!(matches!(ask(&one), Ok(Committed::Appended(_))));
    assert!(matches!(ask(&two), Ok(Committed::Replayed(request)) if request.result == b"done"));
    assert!(matches!(ask(&one), Ok(Committed::Replayed(_))));
}

/// Many open a new file at once: one makes it, the others find it made.
#[test]
fn a_new_file_can_be_opened_by_many_at_once() {
    for _ in 0..10 {
        let desk = Desk::new();
        std::thread::scope(|scope| {
            for n in 0..8 {
                let path = desk.path();
                scope.spawn(move || {
                    let store = open(&path);
                    made(&store, &commit().append(&stream(&format!("s{n}")), Version(0), [event("a")]));
                });
            }
        });
        let store = desk.open();
        assert_eq!(store.log(&tenant()).unwrap().size(), 8);
        assert!(is_whole(&store));
    }
}

/// A trigger that swallows a row is no commit, whichever table it is on.
#[test]
fn what_was_swallowed_is_not_acknowledged() {
    for (verb, table) in [
        ("INSERT", "events"),
        ("INSERT", "nodes"),
        ("INSERT", "outbox"),
        ("INSERT", "requests"),
        ("INSERT", "streams"),
        ("UPDATE", "logs"),
        ("UPDATE", "events"),
    ] {
        let desk = Desk::new();
        let store = desk.open();
        fill(&store);
        let before = store.log(&tenant()).unwrap();
        desk.raw()
            .execute_batch(&format!(
                "CREATE TRIGGER t BEFORE {verb} ON {table} BEGIN SELECT RAISE(IGNORE); END"
            ))
            .unwrap();
        let fresh = stream("fresh");
        let commit = commit().append(&fresh, Version(0), [sending("a", &["mail"]), event("b")]);
        let commit =
            commit.key(key("k9"), Hash::of(b"9"), "").erase(&stream("envelope/1"), Version(2), Part::Payload);
        let Err(CommitError::Failed(error)) = store.commit(&commit) else {
            panic!("{verb} {table}: acknowledged")
        };
        assert!(matches!(error.kind, Failure::Corrupt(_)), "{verb} {table}: {error}");
        assert_eq!(store.log(&tenant()).unwrap(), before);
        desk.raw().execute_batch("DROP TRIGGER t").unwrap();
        assert!(store.commit(&commit).is_ok(), "{verb} {table}");
    }
}
