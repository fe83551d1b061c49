//! Writes to a ledger in a SQLite file and says on its standard output what is acknowledged, so that a judge can kill it
//! and look afterwards. Not a program to learn from.
//!
//! ```text
//! ledger_writer write FILE NAME COUNT     # one event a commit, to a stream of its own and to one that all share
//! ledger_writer group FILE THREADS COUNT  # the same by many threads that share transactions
//! ledger_writer fill FILE COUNT           # events in commits of 1,000
//! ledger_writer everything FILE           # something in every column of every table
//! ledger_writer proofs FILE COUNT [SIZE]  # inclusion and consistency proofs as JSON lines
//! ```

use std::error::Error;
use std::io::{Write, stdout};
use std::time::Duration;

use chancery_ledger::{
    Actor, Claim, Commit, CommitError, Committed, Destination, Grouped, Hash, IdempotencyKey, Kind, Lease,
    NewEvent, Part, Refusal, Sequence, Settlement, SqliteStore, Store, StreamId, Tenant, Version,
};
use getrandom::SysRng;
use getrandom::rand_core::{Rng, UnwrapErr};
use jiff::{SignedDuration, Timestamp};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["write", file, name, count] => write(&open(file)?, name, count.parse()?),
        ["group", file, threads, count] => group(open(file)?, threads.parse()?, count.parse()?),
        ["fill", file, count] => fill(&open(file)?, count.parse()?),
        ["everything", file] => everything(&open(file)?),
        ["proofs", file, count] => proofs(&open(file)?, count.parse()?, None),
        ["proofs", file, count, size] => proofs(&open(file)?, count.parse()?, Some(size.parse()?)),
        _ => Err("see the top of this example".into()),
    }
}

fn open(file: &str) -> Outcome<SqliteStore> {
    Ok(SqliteStore::open(file, Duration::from_secs(60))?)
}

fn acme() -> Outcome<Tenant> {
    Ok(Tenant::new("acme")?)
}

fn begin() -> Outcome<Commit> {
    Ok(Commit::new(&acme()?, &Actor::new("alice")?, Timestamp::now(), &mut UnwrapErr(SysRng)))
}

/// `begin KEY`, then `done KEY SEQUENCE` once the commit is made. COUNT 0: for ever.
fn write(store: &impl Store, name: &str, count: u64) -> Outcome<()> {
    let (own, shared) = (StreamId::new(&format!("own/{name}"))?, StreamId::new("shared")?);
    let mut out = stdout();
    let mut version = Version::EMPTY;
    for number in 0.. {
        if count > 0 && number == count {
            break;
        }
        let key = format!("{name}-{number}");
        writeln!(out, "begin {key}")?;
        let last = loop {
            let is_shared = number % 3 == 2;
            let (stream, expected) =
                if is_shared { (&shared, store.head(&acme()?, &shared)?.version) } else { (&own, version) };
            let event = NewEvent::new(Kind::new("written")?, 1, key.as_bytes()).evidence(b"a judge");
            let commit = begin()?.append(stream, expected, [event]).key(
                IdempotencyKey::new(&key)?,
                Hash::of(key.as_bytes()),
                key.as_bytes(),
            );
            match store.commit(&commit) {
                Ok(Committed::Appended(made)) => {
                    version.0 += u64::from(!is_shared);
                    break made.last;
                }
                Ok(Committed::Replayed(_)) => return Err("the key is new".into()),
                Err(CommitError::Refused(Refusal::Conflict { .. })) if is_shared => {}
                Err(error) => return Err(error.into()),
            }
        };
        writeln!(out, "done {key} {last}")?;
    }
    Ok(())
}

fn group(store: SqliteStore, threads: u64, count: u64) -> Outcome<()> {
    let store = Grouped::new(store);
    std::thread::scope(|scope| {
        let write = |n| {
            let store = &store;
            move || write(store, &format!("thread{n}"), count).map_err(|error| error.to_string())
        };
        let threads: Vec<_> = (0..threads).map(|n| scope.spawn(write(n))).collect();
        for thread in threads {
            thread.join().map_err(|_| "a thread panicked")??;
        }
        Ok(())
    })
}

fn fill(store: &SqliteStore, count: u64) -> Outcome<()> {
    let from = store.log(&acme()?)?.size();
    let mut next = from;
    while next < from + count {
        let end = (next + 1000).min(from + count);
        let event = |n: u64| Ok(NewEvent::new(Kind::new("counted")?, 1, n.to_string().into_bytes()));
        let events = (next..end).map(event).collect::<Outcome<Vec<_>>>()?;
        store.commit(&begin()?.append(&StreamId::new(&format!("count/{next}"))?, Version::EMPTY, events))?;
        next = end;
    }
    println!("{}", store.log(&acme()?)?.checkpoint());
    Ok(())
}

/// Two streams with holds, deadlines, erasures, replies, and letters that are open, delivered and dead.
fn everything(store: &SqliteStore) -> Outcome<()> {
    let (one, two) = (StreamId::new("one")?, StreamId::new("two")?);
    let said = |text: &str| {
        Ok::<_, Box<dyn Error>>(NewEvent::new(Kind::new("said")?, 1, text.as_bytes()).evidence(b"seen"))
    };
    let sent = |text: &str, to: &str| {
        Ok::<_, Box<dyn Error>>(said(text)?.send(
            Destination::new(to)?,
            Kind::new("letter")?,
            text.as_bytes(),
        ))
    };
    let first = begin()?
        .append(&one, Version(0), [sent("delivered", "mail")?, sent("dead", "mail")?, said("to be erased")?])
        .append(&two, Version(0), [said("two")?, sent("leased", "hook")?])
        .due(&one, Some(Timestamp::now()))
        .key(IdempotencyKey::new("key one")?, Hash::of(b"command one"), *b"result one");
    store.commit(&first)?;
    store.commit(&begin()?.erase(&one, Version(3), Part::Payload).erase(&one, Version(3), Part::Evidence))?;
    store.commit(&begin()?.hold(&two, "a lawsuit").append(&two, Version(3), [sent("open", "hook")?]))?;
    let second = begin()?.append(&one, Version(5), [said("last")?]).due(&one, Some(Timestamp::now())).key(
        IdempotencyKey::new("key two")?,
        Hash::of(b"command two"),
        *b"result two",
    );
    store.commit(&second)?;
    let lease = Lease::new(SignedDuration::from_hours(1))?;
    for _ in 0..3 {
        let now = Timestamp::now();
        for delivery in store.claim_deliveries(Claim { now, lease, most: 10 })? {
            match &*delivery.effect.body {
                b"delivered" => store.settle(&delivery, Settlement::Delivered, now)?,
                b"dead" => store.settle(&delivery, Settlement::Dead, now)?,
                _ => {}
            }
        }
    }
    let claimed = store.claim_due(Claim { now: Timestamp::now(), lease, most: 10 })?;
    if claimed.len() == 1 { Ok(()) } else { Err("one stream is due".into()) }
}

fn proofs(store: &SqliteStore, count: u64, size: Option<u64>) -> Outcome<()> {
    let acme = acme()?;
    let known = store.log(&acme)?.checkpoint();
    println!(r#"{{"size":{},"root":"{}"}}"#, known.size, known.root);
    let mut rng = UnwrapErr(SysRng);
    for _ in 0..count {
        let size = size.unwrap_or_else(|| 1 + rng.next_u64() % known.size);
        let sequence = rng.next_u64() % size;
        let proof = store.prove_inclusion(&acme, Sequence(sequence), size)?;
        println!(r#"{{"sequence":{sequence},"size":{size},"hashes":{}}}"#, list(&proof.hashes));
        let from = rng.next_u64() % (size + 1);
        let proof = store.prove_consistency(&acme, from, size)?;
        println!(r#"{{"from":{from},"to":{size},"hashes":{}}}"#, list(&proof.hashes));
    }
    Ok(())
}

fn list(hashes: &[Hash]) -> String {
    let hashes: Vec<_> = hashes.iter().map(|hash| format!("\"{hash}\"")).collect();
    format!("[{}]", hashes.join(","))
}
