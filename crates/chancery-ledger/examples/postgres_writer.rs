//! Writes to a ledger in a PostgreSQL database and says on its standard output what is acknowledged, so that a judge can
//! kill the server and look afterwards. Not a program to learn from.
//!
//! ```text
//! postgres_writer write URL SCHEMA NAME COUNT  # one event a commit, to a stream of its own and to one that all share
//! postgres_writer verify URL SCHEMA            # what the verifier says
//! ```

use std::error::Error;
use std::io::{Write, stdout};
use std::time::Duration;

use chancery_ledger::tokio_postgres::NoTls;
use chancery_ledger::{
    Actor, Commit, CommitError, Committed, Hash, IdempotencyKey, Kind, LedgerVerifier, NewEvent, Postgres,
    PostgresRecords, PostgresStore, Refusal, Store, StoreError, StreamId, Tenant, Version,
};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::Timestamp;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["write", url, schema, name, count] => write(&place(url, schema)?, name, count.parse()?),
        ["verify", url, schema] => verify(&place(url, schema)?),
        _ => Err("see the top of this example".into()),
    }
}

fn place(url: &str, schema: &str) -> Outcome<Postgres> {
    Ok(Postgres::new(url.parse()?, NoTls).schema(schema).connections(2).patience(Duration::from_secs(60)))
}

/// What fails is tried again until the server is back: a minute is enough for a restart.
fn patiently<T>(mut work: impl FnMut() -> Result<T, StoreError>) -> Outcome<T> {
    let mut left = 600;
    loop {
        match work() {
            Err(error) if left > 0 => {
                eprintln!("{error}");
                left -= 1;
                std::thread::sleep(Duration::from_millis(100));
            }
            result => return Ok(result?),
        }
    }
}

/// `done KEY` once the commit is made, `again KEY` if it turned out to have been made already.
fn write(place: &Postgres, name: &str, count: u64) -> Outcome<()> {
    let (acme, alice) = (Tenant::new("acme")?, Actor::new("alice")?);
    let (own, shared) = (StreamId::new(&format!("own/{name}"))?, StreamId::new("shared")?);
    let store = patiently(|| PostgresStore::open(place.clone()))?;
    let mut out = stdout();
    for number in 0..count {
        let key = format!("{name}-{number}");
        let stream = if number % 5 == 4 { &shared } else { &own };
        let word = loop {
            let expected = patiently(|| store.head(&acme, stream))?.version;
            let event = NewEvent::new(Kind::new("written")?, 1, key.as_bytes()).evidence(b"a judge");
            let commit = Commit::new(&acme, &alice, Timestamp::now(), &mut UnwrapErr(SysRng))
                .append(stream, expected, [event])
                .key(IdempotencyKey::new(&key)?, Hash::of(key.as_bytes()), key.as_bytes());
            let made = patiently(|| match store.commit(&commit) {
                Err(CommitError::Failed(error)) => Err(error),
                result => Ok(result),
            })?;
            match made {
                Ok(Committed::Appended(_)) => break "done",
                Ok(Committed::Replayed(_)) => break "again",
                Err(CommitError::Refused(Refusal::Conflict { expected, current, .. }))
                    if expected < current => {}
                Err(error) => return Err(error.into()),
            }
        };
        writeln!(out, "{word} {key}")?;
    }
    Ok(())
}

fn verify(place: &Postgres) -> Outcome<()> {
    let mut records = PostgresRecords::open(place)?;
    let acme = Tenant::new("acme")?;
    println!("{}", LedgerVerifier::new().verify(&mut records, &acme)?);
    let store = PostgresStore::open(place.clone())?;
    let head = store.head(&acme, &StreamId::new("shared")?)?;
    if head.version == Version::EMPTY { Err("nobody wrote to the shared stream".into()) } else { Ok(()) }
}
