//! What does it cost to append one event so that it lasts, beside a bare transaction that writes the same rows and
//! indexes?
//!
//! Wall time, since most of it is waiting for the disk, on files in the folder for temporary files. Bar: at least 0.7
//! times as fast. The CPU time stands beside it: what the ledger would cost on a disk that took no time.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use chancery_benches::{
    BareLedger, Case, Commits, Look, Outcome, Rounds, Samples, Shape, Table, cpu_time, ensure, open_ledger,
};
use chancery_ledger::{Committed, Store};

/// Appends a second, ours over the bare transaction's.
const BAR: f64 = 0.7;

fn main() -> Outcome<ExitCode> {
    let mut table = Table::new("Append one event to a ledger in a SQLite file (synchronous = FULL)");
    for (shape, title) in [
        (Shape::Plain, "one event"),
        (Shape::Full, "one event with an effect, a deadline and an idempotency key"),
    ] {
        let [disk, bare, ledger] = measure(shape, wall_time)?;
        table.heading(&format!("{title}; wall time; {}", rounds()?.describe()));
        table.row(&disk);
        table.row(&bare);
        table.row(&ledger);
        table.ratio_with_least(&bare.over(&ledger).named("speed over the bare transaction's"), BAR);
        let [disk, bare, ledger] = measure(shape, cpu_time)?;
        table.heading(&format!("{title}; CPU time; {}", rounds()?.describe()));
        table.row(&disk);
        table.row(&bare);
        table.row(&ledger);
        table.row(&ledger.minus(&bare).named("what the ledger adds: reading, hashing, planning"));
    }
    Ok(table.finish())
}

fn rounds() -> Outcome<Rounds> {
    Rounds::new(21, 30)
}

/// The time since something, by a clock that only moves forward.
fn wall_time() -> Duration {
    thread_local!(static START: Instant = Instant::now());
    START.with(Instant::elapsed)
}

fn measure(shape: Shape, clock: fn() -> Duration) -> Outcome<[Samples; 3]> {
    let folder = tempfile::tempdir()?;
    let store = open_ledger(&folder.path().join("ours.sqlite"))?;
    let mut bare = BareLedger::create(&folder.path().join("bare.sqlite"))?;
    let (mut ours, mut theirs) = (Commits::new(shape, "n")?, Commits::new(shape, "n")?);
    let mut page = File::create(folder.path().join("page"))?;
    rounds()?.run([
        Case::with_time_of("the disk: 4 KiB written and fdatasync", |_, _| {
            let start = clock();
            page.seek(SeekFrom::Start(0))?;
            page.write_all(&[7; 4096])?;
            page.sync_data()?;
            Ok(clock() - start)
        }),
        Case::with_time_of("bare: BEGIN IMMEDIATE, the same rows, COMMIT", |_, _| {
            let commit = theirs.next_commit()?;
            let rows = [bare.rows(&commit)?];
            let start = clock();
            bare.write(&rows)?;
            Ok(clock() - start)
        }),
        Case::with_time_of("Commit::new and SqliteStore::commit", |_, look| {
            let start = clock();
            let committed = store.commit(&ours.next_commit()?)?;
            let spent = clock() - start;
            let Committed::Appended(made) = committed else { return Err("a new commit".into()) };
            if look == Look::Closely {
                let log = store.log(ours.tenant())?.checkpoint();
                ensure(made.checkpoint == log, "it is there")?;
            }
            Ok(spent)
        }),
    ])
}
