//! `ledger_verify`, run as people run it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod desk;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use chancery_ledger::{Actor, Commit, Kind, NewEvent, SqliteStore, Store, StreamId, Tenant, Version};
use desk::{Run, example};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::Timestamp;

fn ledger(folder: &Path) -> PathBuf {
    let path = folder.join("ledger.sqlite");
    let store = SqliteStore::open(&path, Duration::from_secs(10)).unwrap();
    let (actor, stream) = (Actor::new("alice").unwrap(), StreamId::new("envelope/7").unwrap());
    for tenant in ["acme", "other"].map(|name| Tenant::new(name).unwrap()) {
        for n in 0..3 {
            let event = NewEvent::new(Kind::new("envelope.signed").unwrap(), 1, format!("by party {n}"));
            let commit = Commit::new(&tenant, &actor, Timestamp::now(), &mut UnwrapErr(SysRng));
            store.commit(&commit.append(&stream, Version(n), [event])).unwrap();
        }
    }
    path
}

fn run(file: &Path, further: &[&str]) -> Run {
    Run::of(Command::new(example("ledger_verify")).arg(file).args(further).output().unwrap())
}

#[track_caller]
fn says(run: &Run, code: i32, words: &str) {
    assert_eq!(run.code, code, "{}\n{}", run.out, run.error);
    assert!(run.out.contains(words) || run.error.contains(words), "{words:?}: {}\n{}", run.out, run.error);
    assert!(!run.error.contains("panicked"), "{}", run.error);
}

#[test]
fn each_word_has_its_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let file = ledger(folder.path());
    let first = run(&file, &[]);
    says(&first, 2, "acme: CONSISTENT ONLY: 3 events hold together");
    says(&first, 2, "other: CONSISTENT ONLY");
    let kept = first.out.lines().find_map(|line| line.strip_prefix("acme: keep elsewhere: ")).unwrap();
    says(&run(&file, &["--tenant", "acme", "--checkpoint", kept]), 0, "acme: ANCHORED: 3 of 3 events");

    // The owner rebuilds the file.
    let other = tempfile::tempdir().unwrap();
    let rebuilt = ledger(other.path());
    says(&run(&rebuilt, &["--tenant", "acme"]), 2, "CONSISTENT ONLY");
    says(&run(&rebuilt, &["--tenant", "acme", "--checkpoint", kept]), 1, "rebuilt");

    // A byte of the file, as the last process to close it left it: the last tenant's second event.
    let mut bytes = std::fs::read(&file).unwrap();
    let place = bytes.windows(10).position(|window| window == b"by party 1").unwrap();
    let last = bytes.windows(10).rposition(|window| window == b"by party 1").unwrap();
    assert_ne!(place, last);
    bytes[place + 9] = b'9';
    std::fs::write(&file, bytes).unwrap();
    let broken = run(&file, &[]);
    says(&broken, 1, "acme: CONSISTENT ONLY");
    says(&broken, 1, "other: BROKEN");
    says(&broken, 1, "events 1, column payload");
    says(&run(&file, &["--tenant", "acme"]), 2, "CONSISTENT ONLY");
}

#[test]
fn what_cannot_be_verified_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = ledger(folder.path());
    says(&run(&file, &["--tenant", "nobody"]), 3, "no such log");
    says(&run(&folder.path().join("missing"), &[]), 4, "missing");
    let letter = folder.path().join("letter.txt");
    std::fs::write(&letter, "Dear Sir or Madam, ".repeat(50)).unwrap();
    says(&run(&letter, &[]), 4, "not a ledger");
    says(&run(&file, &["--checkpoint", "3 00"]), 64, "no checkpoint");
    let kept = format!("3 {}", "00".repeat(32));
    says(&run(&file, &["--checkpoint", &kept]), 64, "--tenant");
    says(&run(&file, &["--tenant", ""]), 64, "needs a name");
    says(&run(&file, &["--help"]), 0, "exit codes:");
}
