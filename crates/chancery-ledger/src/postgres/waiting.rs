//! The store that is waited for.

use std::fmt;

use jiff::Timestamp;

use crate::async_store::AsyncStore;
use crate::commit::Commit;
use crate::committed::Committed;
use crate::delivery::{Claim, Delivery, Due, Settlement};
use crate::delivery_id::DeliveryId;
use crate::error::{CommitError, Failure, Outcome, SettleError, StoreError};
use crate::event::Event;
use crate::hash::Hash;
use crate::head::Head;
use crate::log::Log;
use crate::merkle::NodeId;
use crate::name::{IdempotencyKey, StreamId, Tenant};
use crate::number::{Sequence, Version};
use crate::postgres::pool::{Pool, Postgres};
use crate::postgres::{outbox, read, write};
use crate::request::Request;

/// A store in a PostgreSQL database, for any number of tenants, threads and nodes; [`PostgresStore`](crate::PostgresStore)
/// is the same for code that does not wait by futures.
///
/// It needs a running Tokio. Like every [`AsyncStore`], it makes a commit wholly or not at all if the future is dropped.
pub struct AsyncPostgresStore {
    pool: Pool,
}

impl AsyncPostgresStore {
    /// Opens a ledger, or makes a new one where the schema is empty or missing.
    ///
    /// # Errors
    /// If the database cannot be reached, acknowledges what it may lose
    /// ([`NotDurable`](crate::Failure::NotDurable)), the schema belongs to another program, or was written by a newer
    /// version of this crate.
    pub async fn open(postgres: Postgres) -> Result<Self, StoreError> {
        let pool = Pool::new(postgres);
        let leased = pool.lease().await?;
        leased.done(Ok::<_, StoreError>(()))?;
        Ok(Self { pool })
    }

    /// Where it is.
    pub const fn postgres(&self) -> &Postgres {
        &self.pool.postgres
    }

    async fn made(&self, commits: &[&Commit]) -> Result<Vec<Result<Committed, CommitError>>, StoreError> {
        let leased = self.pool.lease().await?;
        let results = write::commit_all(leased.session(), &self.pool.postgres.schema, commits).await;
        leased.done(results)
    }
}

fn same(kind: &Failure, outcome: Outcome) -> StoreError {
    StoreError { kind: kind.clone(), outcome, source: None }
}

impl fmt::Debug for AsyncPostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AsyncPostgresStore").field(&self.pool.postgres).finish()
    }
}

impl AsyncStore for AsyncPostgresStore {
    async fn commit(&self, commit: &Commit) -> Result<Committed, CommitError> {
        let mut results = self.made(&[commit]).await?;
        results.pop().unwrap_or_else(|| Err(same(&Failure::Unavailable, Outcome::Unknown).into()))
    }

    async fn commit_all(&self, commits: &[&Commit]) -> Vec<Result<Committed, CommitError>> {
        match self.made(commits).await {
            Ok(results) => results,
            Err(error) => {
                let (kind, outcome) = (error.kind.clone(), error.outcome);
                let others = (1..commits.len()).map(|_| same(&kind, outcome));
                let all: Vec<_> = others.collect();
                std::iter::once(error).chain(all).take(commits.len()).map(|error| Err(error.into())).collect()
            }
        }
    }

    async fn head(&self, tenant: &Tenant, stream: &StreamId) -> Result<Head, StoreError> {
        let leased = self.pool.lease().await?;
        let heads = read::heads(leased.session(), tenant, std::slice::from_ref(stream)).await;
        Ok(leased.done(heads)?.pop().unwrap_or_default())
    }

    async fn log(&self, tenant: &Tenant) -> Result<Log, StoreError> {
        let leased = self.pool.lease().await?;
        let log = read::log(leased.session(), tenant).await;
        leased.done(log)
    }

    async fn events(
        &self,
        tenant: &Tenant,
        stream: &StreamId,
        after: Version,
        most: usize,
    ) -> Result<Vec<Event>, StoreError> {
        let leased = self.pool.lease().await?;
        let events = read::events(leased.session(), tenant, stream, after, most).await;
        leased.done(events)
    }

    async fn since(&self, tenant: &Tenant, from: Sequence, most: usize) -> Result<Vec<Event>, StoreError> {
        let leased = self.pool.lease().await?;
        let events = read::since(leased.session(), tenant, from, most).await;
        leased.done(events)
    }

    async fn request(&self, tenant: &Tenant, key: &IdempotencyKey) -> Result<Option<Request>, StoreError> {
        let leased = self.pool.lease().await?;
        let request = read::request(leased.session(), tenant, key).await;
        leased.done(request)
    }

    async fn nodes(&self, tenant: &Tenant, ids: &[NodeId]) -> Result<Vec<Option<Hash>>, StoreError> {
        let leased = self.pool.lease().await?;
        let nodes = read::nodes(leased.session(), tenant, ids).await;
        leased.done(nodes)
    }

    async fn claim_deliveries(&self, claim: Claim) -> Result<Vec<Delivery>, StoreError> {
        let leased = self.pool.lease().await?;
        let claimed = outbox::claim_deliveries(leased.session(), &claim).await;
        leased.done(claimed)
    }

    async fn settle(
        &self,
        delivery: &Delivery,
        settlement: Settlement,
        now: Timestamp,
    ) -> Result<(), SettleError> {
        let settlement = settlement.checked(now)?;
        let void = SettleError::Void { ended: delivery.until };
        if delivery.until <= now {
            return Err(void);
        }
        let leased = self.pool.lease().await?;
        let schema = &self.pool.postgres.schema;
        let settled = outbox::settle(leased.session(), schema, delivery, settlement, now).await;
        if leased.done(settled)? { Ok(()) } else { Err(void) }
    }

    async fn dead_letters(
        &self,
        tenant: &Tenant,
        after: Option<DeliveryId>,
        most: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        let leased = self.pool.lease().await?;
        let letters = outbox::dead_letters(leased.session(), tenant, after, most).await;
        leased.done(letters)
    }

    async fn replay(&self, tenant: &Tenant, letter: DeliveryId, now: Timestamp) -> Result<(), SettleError> {
        let leased = self.pool.lease().await?;
        let schema = &self.pool.postgres.schema;
        let known = outbox::replay(leased.session(), schema, tenant, letter, now).await;
        let DeliveryId { sequence, n } = letter;
        if leased.done(known)? { Ok(()) } else { Err(SettleError::NotDead { sequence, n }) }
    }

    async fn claim_due(&self, claim: Claim) -> Result<Vec<Due>, StoreError> {
        let leased = self.pool.lease().await?;
        let claimed = outbox::claim_due(leased.session(), &claim).await;
        leased.done(claimed)
    }
}
