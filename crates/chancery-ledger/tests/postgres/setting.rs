//! A schema of its own for each test, and names.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chancery_ledger::tokio_postgres::types::ToSql;
use chancery_ledger::tokio_postgres::{Client, Config, Error, NoTls, Row};
use chancery_ledger::{
    Actor, Anchor, Checkpoint, Commit, Committed, Destination, Hash, IdempotencyKey, Kind, LedgerVerifier,
    NewEvent, Part, Postgres, PostgresRecords, PostgresStore, Store, StreamId, Tenant, Verification, Version,
};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::Timestamp;
use tokio::runtime::{Builder, Runtime};

/// A schema that is dropped in the end.
pub(crate) struct Place {
    pub(crate) config: Config,
    pub(crate) schema: String,
}

impl Place {
    /// On the server that the environment names.
    pub(crate) fn new() -> Option<Self> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let Some(url) = std::env::var_os("CHANCERY_POSTGRES") else {
            let required = std::env::var_os("CHANCERY_REQUIRE_POSTGRES").is_some_and(|value| value == "1");
            assert!(!required, "CHANCERY_POSTGRES names no server");
            println!("not run: CHANCERY_POSTGRES names no server");
            return None;
        };
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let schema = format!("chancery test {} {number}", std::process::id());
        let mut config: Config = url.to_str().expect("UTF-8").parse().expect("a URL of PostgreSQL");
        // So that a test finds its own connections.
        config.application_name(&*schema);
        Some(Self { config, schema })
    }

    pub(crate) fn postgres(&self) -> Postgres {
        self.reached_by(self.config.clone())
    }

    pub(crate) fn reached_by(&self, config: Config) -> Postgres {
        Postgres::new(config, NoTls).schema(&self.schema).connections(4).patience(Duration::from_secs(300))
    }

    pub(crate) fn open(&self) -> PostgresStore {
        PostgresStore::open(self.postgres()).unwrap()
    }

    /// A connection behind the ledger's back, in its schema.
    pub(crate) fn raw(&self) -> Raw {
        let raw = Raw::connect(&self.config).unwrap();
        raw.run(&format!("SET search_path TO \"{}\"", self.schema));
        raw
    }

    pub(crate) fn verify(&self) -> Verification {
        let mut records = PostgresRecords::open(&self.postgres()).unwrap();
        LedgerVerifier::new().verify(&mut records, &tenant()).unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // While a test fails, the server may be gone.
        if let Ok(raw) = Raw::connect(&self.config) {
            drop(raw.try_run(&format!("DROP SCHEMA IF EXISTS \"{}\" CASCADE", self.schema)));
        }
    }
}

/// A connection that waits for itself.
pub(crate) struct Raw {
    runtime: Runtime,
    client: Client,
}

impl Raw {
    pub(crate) fn connect(config: &Config) -> Result<Self, Error> {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let client = runtime.block_on(async {
            let (client, connection) = config.connect(NoTls).await?;
            tokio::spawn(connection);
            Ok::<_, Error>(client)
        })?;
        Ok(Self { runtime, client })
    }

    pub(crate) fn try_run(&self, statements: &str) -> Result<(), Error> {
        self.runtime.block_on(self.client.batch_execute(statements))
    }

    pub(crate) fn run(&self, statements: &str) {
        self.try_run(statements).unwrap_or_else(|error| panic!("{statements}: {error:?}"));
    }

    pub(crate) fn query(&self, statement: &str, values: &[&(dyn ToSql + Sync)]) -> Vec<Row> {
        let rows = self.runtime.block_on(self.client.query(statement, values));
        rows.unwrap_or_else(|error| panic!("{statement}: {error:?}"))
    }

    pub(crate) fn texts(&self, statement: &str) -> Vec<String> {
        self.query(statement, &[]).iter().map(|row| row.get(0)).collect()
    }
}

pub(crate) fn tenant() -> Tenant {
    Tenant::new("acme").unwrap()
}

pub(crate) fn stream(name: &str) -> StreamId {
    StreamId::new(name).unwrap()
}

pub(crate) fn key(name: &str) -> IdempotencyKey {
    IdempotencyKey::new(name).unwrap()
}

pub(crate) fn second(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

pub(crate) fn commit_of(tenant: &Tenant, seconds: i64) -> Commit {
    Commit::new(tenant, &Actor::new("alice").unwrap(), second(seconds), &mut UnwrapErr(SysRng))
}

pub(crate) fn commit() -> Commit {
    commit_of(&tenant(), 0)
}

pub(crate) fn event(payload: &str) -> NewEvent {
    NewEvent::new(Kind::new("noted").unwrap(), 3, payload).evidence("seen")
}

pub(crate) fn sending(payload: &str, to: &[&str]) -> NewEvent {
    let send = |event: NewEvent, name: &&str| {
        event.send(Destination::new(name).unwrap(), Kind::new("tell").unwrap(), payload)
    };
    to.iter().fold(event(payload), send)
}

pub(crate) fn made(store: &dyn Store, commit: &Commit) -> Checkpoint {
    match store.commit(commit) {
        Ok(Committed::Appended(appended)) => appended.checkpoint,
        other => panic!("{other:?}"),
    }
}

/// Some of everything: streams, effects, keys, deadlines, holds, erasures, anchors, another tenant.
pub(crate) fn fill(store: &dyn Store) {
    let (one, two, other) = (stream("envelope/1"), stream("envelope/2"), Tenant::new("other").unwrap());
    let first = commit().append(&one, Version(0), [event("a"), sending("b", &["mail", "hook"])]);
    made(store, &first.due(&one, Some(second(60))).key(key("k1"), Hash::of(b"1"), "done"));
    let both = commit_of(&tenant(), 1).append(&one, Version(2), [event("c")]);
    let both = both.append(&two, Version(0), [sending("d", &["mail"])]);
    let kept = made(store, &both.key(key("k2"), Hash::of(b"2"), ""));
    let anchor =
        Anchor { checkpoint: kept, by: Actor::new("an authority").unwrap(), token: b"token".to_vec() };
    made(store, &commit_of(&tenant(), 2).anchor(anchor));
    made(store, &commit_of(&tenant(), 3).erase(&one, Version(1), Part::Payload).hold(&two, "a case"));
    made(store, &commit_of(&tenant(), 4).erase(&one, Version(3), Part::Evidence));
    made(store, &commit_of(&tenant(), 5).append(&two, Version(2), [event("e")]).release(&two, "over"));
    made(store, &commit_of(&tenant(), 6).append(&two, Version(4), [sending("f", &["mail", "mail"])]));
    made(store, &commit_of(&other, 7).append(&one, Version(0), [event("g"), sending("h", &["mail"])]));
}
