//! How long does a Merkle proof take in a large log in a SQLite file, and how much does it read?
//!
//! With the number of events as an argument (`cargo bench --bench ledger_proof -- 10000000`); 1,000,000 without one.
//! Bars: a millisecond of CPU time, and no more hashes in a proof than the tree has levels. Each hash is a stored node,
//! or is made of those at the right edge, one for each level: what is read grows with the logarithm of the log.

use std::cell::Cell;
use std::process::ExitCode;
use std::time::Instant;

use chancery_benches::{Case, Outcome, Rounds, Table, ensure, open_ledger};
use chancery_ledger::{
    Actor, Commit, Kind, NewEvent, Sequence, SqliteStore, Store, StreamId, Tenant, Version,
};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;

/// Events of one commit.
const PAGE: u64 = 1000;

fn main() -> Outcome<ExitCode> {
    let size = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(1_000_000_u64);
    let folder = tempfile::tempdir()?;
    let store = open_ledger(&folder.path().join("ledger.sqlite"))?;
    let acme = Tenant::new("acme")?;
    let mut table = Table::new(&format!("Prove an event of {size} in a ledger in a SQLite file"));
    let start = Instant::now();
    let half = fill(&store, &acme, 0, size / 2)?;
    let checkpoint = fill(&store, &acme, size / 2, size)?;
    let seconds = start.elapsed().as_secs_f64();
    table.note(&format!("{size} events in commits of {PAGE}: {seconds:.1} s"));

    let most = Cell::new(0);
    let levels = usize::try_from(size.next_power_of_two().ilog2())?;
    let rounds = Rounds::new(11, 50)?;
    let [inclusion, consistency] = rounds.run([
        Case::new(
            "SqliteStore::prove_inclusion",
            |number| Ok(Sequence(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) % size)),
            |event| Ok(store.prove_inclusion(&acme, *event, size)?),
            |event, proof| {
                most.set(most.get().max(proof.hashes.len()));
                let page = store.since(&acme, *event, 1)?;
                let hash = page.first().ok_or("the event")?.record.hash;
                ensure(proof.holds(&hash, &checkpoint), "the proof holds")
            },
        ),
        Case::new(
            "SqliteStore::prove_consistency with the log of half the size",
            |_| Ok(()),
            |()| Ok(store.prove_consistency(&acme, size / 2, size)?),
            |(), proof| ensure(proof.holds(&half, &checkpoint), "the proof holds"),
        ),
    ])?;
    table.heading(&rounds.describe());
    table.row_with_bar(&inclusion, 0.001);
    table.row_with_bar(&consistency, 0.001);
    let (most, levels) = (f64::from(u32::try_from(most.get())?), f64::from(u32::try_from(levels)?));
    table.number_with_bar(
        &format!("hashes of the longest proof, for each of {levels} levels"),
        most / levels,
        1.0,
    );
    Ok(table.finish())
}

/// Appends events up to a size, each page to a stream of its own, and says where the log stands then.
fn fill(store: &SqliteStore, tenant: &Tenant, from: u64, to: u64) -> Outcome<chancery_ledger::Checkpoint> {
    let (alice, now) = (Actor::new("alice")?, "2026-11-22T12:00:00Z".parse()?);
    let mut next = from;
    while next < to {
        let end = (next + PAGE).min(to);
        let event = |n: u64| Ok(NewEvent::new(Kind::new("counted")?, 1, n.to_be_bytes().to_vec()));
        let events = (next..end).map(event).collect::<Outcome<Vec<_>>>()?;
        let commit = Commit::new(tenant, &alice, now, &mut UnwrapErr(SysRng));
        store.commit(&commit.append(&StreamId::new(&format!("count/{next}"))?, Version::EMPTY, events))?;
        next = end;
    }
    Ok(store.log(tenant)?.checkpoint())
}
