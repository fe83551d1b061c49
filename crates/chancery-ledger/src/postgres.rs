//! A store in a PostgreSQL database.

mod columns;
mod fault;
mod outbox;
mod param;
mod pool;
mod promises;
mod read;
mod records;
mod schema;
mod session;
mod statements;
mod waiting;
mod write;

use std::fmt;
use std::future::Future;

use jiff::Timestamp;
use tokio::runtime::{Builder, Runtime};

use crate::async_store::AsyncStore;
use crate::commit::Commit;
use crate::committed::Committed;
use crate::delivery::{Claim, Delivery, Due, Settlement};
use crate::delivery_id::DeliveryId;
use crate::error::{CommitError, Failure, SettleError, StoreError};
use crate::event::Event;
use crate::hash::Hash;
use crate::head::Head;
use crate::log::Log;
use crate::merkle::NodeId;
use crate::name::{IdempotencyKey, StreamId, Tenant};
use crate::number::{Sequence, Version};
use crate::request::Request;
use crate::store::Store;

pub use pool::Postgres;
pub use records::PostgresRecords;
pub use waiting::AsyncPostgresStore;

/// A store in a PostgreSQL database, for any number of tenants, threads and nodes.
///
/// A commit is on the server's disk when it returns: a server that has `synchronous_commit`, `fsync` or
/// `full_page_writes` off is refused as [`NotDurable`](crate::Failure::NotDurable). Commits of one tenant wait for each
/// other, at most as long as the [patience](Postgres::patience); those of different tenants do not. Where the
/// connection is lost while a commit is on its way, the [outcome](StoreError::outcome) is unknown: the same commit,
/// tried again, acts once if it has an idempotency key.
///
/// Readers wait for nobody, and see a log without gaps: whoever has the place n in it has committed before anybody
/// gets the place n + 1.
///
/// It has a thread of its own for its connections. Inside a Tokio runtime take [`AsyncPostgresStore`]: there the verbs of
/// this one panic, as all that blocks does.
pub struct PostgresStore {
    runtime: Background,
    store: AsyncPostgresStore,
}

impl PostgresStore {
    /// Opens a ledger, or makes a new one where the schema is empty or missing.
    ///
    /// # Errors
    /// As [`AsyncPostgresStore::open`].
    pub fn open(postgres: Postgres) -> Result<Self, StoreError> {
        let runtime = Background::start()?;
        let store = runtime.wait(AsyncPostgresStore::open(postgres))?;
        Ok(Self { runtime, store })
    }

    /// Where it is.
    pub const fn postgres(&self) -> &Postgres {
        self.store.postgres()
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PostgresStore").field(self.postgres()).finish()
    }
}

/// A thread on which connections live.
struct Background(Option<Runtime>);

impl Background {
    fn start() -> Result<Self, StoreError> {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        runtime
            .map(|runtime| Self(Some(runtime)))
            .map_err(|error| StoreError::new(Failure::Unavailable, error))
    }

    fn wait<T, E: From<StoreError>>(&self, work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        match &self.0 {
            Some(runtime) => runtime.block_on(work),
            None => Err(StoreError::new(Failure::Unavailable, "the store is closed").into()),
        }
    }
}

impl Drop for Background {
    /// Waits for nobody, so that it may happen anywhere.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Store for PostgresStore {
    fn commit(&self, commit: &Commit) -> Result<Committed, CommitError> {
        self.runtime.wait(self.store.commit(commit))
    }

    fn commit_all(&self, commits: &[&Commit]) -> Vec<Result<Committed, CommitError>> {
        let all = async { Ok::<_, StoreError>(self.store.commit_all(commits).await) };
        self.runtime.wait(all).unwrap_or_default()
    }

    fn head(&self, tenant: &Tenant, stream: &StreamId) -> Result<Head, StoreError> {
        self.runtime.wait(self.store.head(tenant, stream))
    }

    fn log(&self, tenant: &Tenant) -> Result<Log, StoreError> {
        self.runtime.wait(self.store.log(tenant))
    }

    fn events(
        &self,
        tenant: &Tenant,
        stream: &StreamId,
        after: Version,
        most: usize,
    ) -> Result<Vec<Event>, StoreError> {
        self.runtime.wait(self.store.events(tenant, stream, after, most))
    }

    fn since(&self, tenant: &Tenant, from: Sequence, most: usize) -> Result<Vec<Event>, StoreError> {
        self.runtime.wait(self.store.since(tenant, from, most))
    }

    fn request(&self, tenant: &Tenant, key: &IdempotencyKey) -> Result<Option<Request>, StoreError> {
        self.runtime.wait(self.store.request(tenant, key))
    }

    fn nodes(&self, tenant: &Tenant, ids: &[NodeId]) -> Result<Vec<Option<Hash>>, StoreError> {
        self.runtime.wait(self.store.nodes(tenant, ids))
    }

    fn claim_deliveries(&self, claim: Claim) -> Result<Vec<Delivery>, StoreError> {
        self.runtime.wait(self.store.claim_deliveries(claim))
    }

    fn settle(&self, delivery: &Delivery, settlement: Settlement, now: Timestamp) -> Result<(), SettleError> {
        self.runtime.wait(self.store.settle(delivery, settlement, now))
    }

    fn dead_letters(
        &self,
        tenant: &Tenant,
        after: Option<DeliveryId>,
        most: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        self.runtime.wait(self.store.dead_letters(tenant, after, most))
    }

    fn replay(&self, tenant: &Tenant, letter: DeliveryId, now: Timestamp) -> Result<(), SettleError> {
        self.runtime.wait(self.store.replay(tenant, letter, now))
    }

    fn claim_due(&self, claim: Claim) -> Result<Vec<Due>, StoreError> {
        self.runtime.wait(self.store.claim_due(claim))
    }
}
