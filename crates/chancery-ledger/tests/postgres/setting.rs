//! A schema of its own for each test.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chancery_ledger::tokio_postgres::types::ToSql;
use chancery_ledger::tokio_postgres::{Client, Config, Error, NoTls, Row};
use chancery_ledger::{LedgerVerifier, Postgres, PostgresRecords, PostgresStore, Verification};
use tokio::runtime::{Builder, Runtime};

#[path = "../sample/mod.rs"]
mod sample;

pub(crate) use sample::*;

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
