//! How fast do 64 submitters append durable events together, beside bare transactions of 64 rows?
//!
//! Wall time, on files in the folder for temporary files. Each submitter is a thread that waits for its commit before
//! it makes the next; the bare transactions are made by one thread that has all rows at hand. Bar: at least half as
//! fast.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::process::ExitCode;
use std::sync::Barrier;
use std::thread::scope;
use std::time::{Duration, Instant};

use chancery_benches::{BareLedger, Case, Commits, Look, Outcome, Rounds, Shape, Table, ensure, open_ledger};
use chancery_ledger::{Commit, Grouped, SqliteStore, Store};

const SUBMITTERS: usize = 64;
/// What each submits, one after the other.
const EACH: usize = 8;
/// Ours over the bare transactions'.
const BAR: f64 = 0.5;

fn main() -> Outcome<ExitCode> {
    let folder = tempfile::tempdir()?;
    let store = Grouped::new(open_ledger(&folder.path().join("ours.sqlite"))?);
    let mut bare = BareLedger::create(&folder.path().join("bare.sqlite"))?;
    let of = |n| Commits::new(Shape::Plain, &format!("n{n}"));
    let mut ours = (0..SUBMITTERS).map(of).collect::<Outcome<Vec<_>>>()?;
    let mut theirs = (0..SUBMITTERS).map(of).collect::<Outcome<Vec<_>>>()?;
    let mut page = File::create(folder.path().join("page"))?;

    let mut table = Table::new(
        "64 submitters append 8 events each to a ledger in a SQLite file (wall time, synchronous = FULL)",
    );
    let rounds = Rounds::new(21, 3)?;
    let mut made = 0;
    let [disk, bare, ledger] = rounds.run([
        Case::with_time_of("the disk: 4 KiB written and fdatasync", |_, _| {
            let start = Instant::now();
            page.seek(SeekFrom::Start(0))?;
            page.write_all(&[7; 4096])?;
            page.sync_data()?;
            Ok(start.elapsed())
        }),
        Case::with_time_of("bare: 8 transactions of 64 rows each, and of what belongs to them", |_, _| {
            let next = (0..EACH).flat_map(|_| 0..SUBMITTERS).map(|n| theirs[n].next_commit());
            let commits = next.collect::<Outcome<Vec<Commit>>>()?;
            let rows = commits.iter().map(|commit| bare.rows(commit)).collect::<Outcome<Vec<_>>>()?;
            let start = Instant::now();
            rows.chunks(SUBMITTERS).try_for_each(|rows| bare.write(rows))?;
            Ok(start.elapsed())
        }),
        Case::with_time_of("Grouped::commit in 64 threads", |_, look| {
            let spent = submit(&store, &mut ours)?;
            made += SUBMITTERS * EACH;
            if look == Look::Closely {
                let size = store.log(ours[0].tenant())?.size();
                ensure(usize::try_from(size)? == made, "all are there")?;
            }
            Ok(spent)
        }),
    ])?;
    table.heading(&rounds.describe());
    table.row(&disk);
    table.row(&bare);
    table.row(&ledger);
    let events = f64::from(u32::try_from(SUBMITTERS * EACH)?);
    table.rate(&bare.rate(events).named("bare rows a second"));
    table.rate(&ledger.rate(events).named("durable events a second"));
    table.ratio_with_least(&bare.over(&ledger).named("speed over the bare transactions'"), BAR);
    Ok(table.finish())
}

/// The time from when all submitters are ready until the last has its last answer.
fn submit(store: &Grouped<SqliteStore>, submitters: &mut [Commits]) -> Outcome<Duration> {
    let ready = Barrier::new(submitters.len() + 1);
    let submit = |commits: &mut Commits| -> Result<(), String> {
        ready.wait();
        for _ in 0..EACH {
            let commit = commits.next_commit().map_err(|error| error.to_string())?;
            store.commit(&commit).map_err(|error| error.to_string())?;
        }
        Ok(())
    };
    scope(|scope| {
        let submit = &submit;
        let threads: Vec<_> =
            submitters.iter_mut().map(|commits| scope.spawn(move || submit(commits))).collect();
        ready.wait();
        let start = Instant::now();
        for thread in threads {
            thread.join().map_err(|_| "a submitter panicked")??;
        }
        Ok(start.elapsed())
    })
}
