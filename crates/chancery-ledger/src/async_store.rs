//! The verbs of a store that is waited for.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use jiff::Timestamp;

use crate::commit::Commit;
use crate::committed::Committed;
use crate::delivery::{Claim, Delivery, Due, Settlement};
use crate::delivery_id::DeliveryId;
use crate::error::{CommitError, ProofError, SettleError, StoreError};
use crate::event::Event;
use crate::hash::Hash;
use crate::head::Head;
use crate::log::Log;
use crate::merkle::{self, ConsistencyProof, InclusionProof, NodeId};
use crate::name::{IdempotencyKey, StreamId, Tenant};
use crate::number::{Sequence, Version};
use crate::request::Request;
use crate::store::{Store, made};

/// Where events are kept, for a store that is waited for: the verbs of [`Store`], which says what each does.
///
/// It knows no runtime. A [`Store`] becomes one by [`Blocking`].
pub trait AsyncStore: Send + Sync {
    /// See [`Store::commit`]. If the future is dropped, the commit was made wholly or not at all.
    fn commit(&self, commit: &Commit) -> impl Future<Output = Result<Committed, CommitError>> + Send;

    /// See [`Store::commit_all`].
    fn commit_all(
        &self,
        commits: &[&Commit],
    ) -> impl Future<Output = Vec<Result<Committed, CommitError>>> + Send {
        async move {
            let mut results = Vec::with_capacity(commits.len());
            for commit in commits {
                results.push(self.commit(commit).await);
            }
            results
        }
    }

    /// See [`Store::head`].
    fn head(
        &self,
        tenant: &Tenant,
        stream: &StreamId,
    ) -> impl Future<Output = Result<Head, StoreError>> + Send;

    /// See [`Store::log`].
    fn log(&self, tenant: &Tenant) -> impl Future<Output = Result<Log, StoreError>> + Send;

    /// See [`Store::events`].
    fn events(
        &self,
        tenant: &Tenant,
        stream: &StreamId,
        after: Version,
        most: usize,
    ) -> impl Future<Output = Result<Vec<Event>, StoreError>> + Send;

    /// See [`Store::since`].
    fn since(
        &self,
        tenant: &Tenant,
        from: Sequence,
        most: usize,
    ) -> impl Future<Output = Result<Vec<Event>, StoreError>> + Send;

    /// See [`Store::request`].
    fn request(
        &self,
        tenant: &Tenant,
        key: &IdempotencyKey,
    ) -> impl Future<Output = Result<Option<Request>, StoreError>> + Send;

    /// See [`Store::nodes`].
    fn nodes(
        &self,
        tenant: &Tenant,
        ids: &[NodeId],
    ) -> impl Future<Output = Result<Vec<Option<Hash>>, StoreError>> + Send;

    /// See [`Store::claim_deliveries`].
    fn claim_deliveries(
        &self,
        claim: Claim,
    ) -> impl Future<Output = Result<Vec<Delivery>, StoreError>> + Send;

    /// See [`Store::settle`].
    fn settle(
        &self,
        delivery: &Delivery,
        settlement: Settlement,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), SettleError>> + Send;

    /// See [`Store::dead_letters`].
    fn dead_letters(
        &self,
        tenant: &Tenant,
        after: Option<DeliveryId>,
        most: usize,
    ) -> impl Future<Output = Result<Vec<Delivery>, StoreError>> + Send;

    /// See [`Store::replay`].
    fn replay(
        &self,
        tenant: &Tenant,
        letter: DeliveryId,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), SettleError>> + Send;

    /// See [`Store::claim_due`].
    fn claim_due(&self, claim: Claim) -> impl Future<Output = Result<Vec<Due>, StoreError>> + Send;

    /// See [`Store::prove_inclusion`].
    fn prove_inclusion(
        &self,
        tenant: &Tenant,
        event: Sequence,
        size: u64,
    ) -> impl Future<Output = Result<InclusionProof, ProofError>> + Send {
        async move {
            let known = self.log(tenant).await?.size();
            if event.0 >= size || size > known {
                return Err(ProofError::Beyond { from: event.0, to: size, size: known });
            }
            let (recipe, proof) = merkle::inclusion(event, size);
            let nodes = self.nodes(tenant, &recipe.nodes()).await?;
            Ok(proof(made(&recipe, &nodes)?))
        }
    }

    /// See [`Store::prove_consistency`].
    fn prove_consistency(
        &self,
        tenant: &Tenant,
        from: u64,
        to: u64,
    ) -> impl Future<Output = Result<ConsistencyProof, ProofError>> + Send {
        async move {
            let known = self.log(tenant).await?.size();
            if from > to || to > known {
                return Err(ProofError::Beyond { from, to, size: known });
            }
            let (recipe, proof) = merkle::consistency(from, to);
            let nodes = self.nodes(tenant, &recipe.nodes()).await?;
            Ok(proof(made(&recipe, &nodes)?))
        }
    }
}

/// A [`Store`] where an [`AsyncStore`] is wanted. Its futures block the thread that polls them, which a
/// [`MemoryStore`](crate::MemoryStore) may do; others belong on a thread for blocking work.
#[derive(Copy, Clone, Debug, Default)]
pub struct Blocking<S>(pub S);

/// Does work over [`Blocking`] stores on this thread, so that what is written once for stores that are waited for serves
/// those that block as well. Such work never waits, so it is asked once; what waits for something else is asked again and
/// again, at the full speed of the processor: give it to a runtime instead.
///
/// ```
/// use chancery_ledger::{AsyncStore, Blocking, MemoryStore, Tenant, run_blocking};
///
/// async fn size(store: &impl AsyncStore, tenant: &Tenant) -> u64 {
///     store.log(tenant).await.map_or(0, |log| log.size())
/// }
///
/// let store = MemoryStore::new();
/// assert_eq!(run_blocking(size(&Blocking(&store), &Tenant::new("acme")?)), 0);
/// # Ok::<(), chancery_ledger::NameError>(())
/// ```
pub fn run_blocking<T>(work: impl Future<Output = T>) -> T {
    let (mut work, mut task) = (pin!(work), Context::from_waker(Waker::noop()));
    loop {
        if let Poll::Ready(done) = work.as_mut().poll(&mut task) {
            return done;
        }
    }
}

impl<S: Store> AsyncStore for Blocking<S> {
    async fn commit(&self, commit: &Commit) -> Result<Committed, CommitError> {
        self.0.commit(commit)
    }

    async fn commit_all(&self, commits: &[&Commit]) -> Vec<Result<Committed, CommitError>> {
        self.0.commit_all(commits)
    }

    async fn head(&self, tenant: &Tenant, stream: &StreamId) -> Result<Head, StoreError> {
        self.0.head(tenant, stream)
    }

    async fn log(&self, tenant: &Tenant) -> Result<Log, StoreError> {
        self.0.log(tenant)
    }

    async fn events(
        &self,
        tenant: &Tenant,
        stream: &StreamId,
        after: Version,
        most: usize,
    ) -> Result<Vec<Event>, StoreError> {
        self.0.events(tenant, stream, after, most)
    }

    async fn since(&self, tenant: &Tenant, from: Sequence, most: usize) -> Result<Vec<Event>, StoreError> {
        self.0.since(tenant, from, most)
    }

    async fn request(&self, tenant: &Tenant, key: &IdempotencyKey) -> Result<Option<Request>, StoreError> {
        self.0.request(tenant, key)
    }

    async fn nodes(&self, tenant: &Tenant, ids: &[NodeId]) -> Result<Vec<Option<Hash>>, StoreError> {
        self.0.nodes(tenant, ids)
    }

    async fn claim_deliveries(&self, claim: Claim) -> Result<Vec<Delivery>, StoreError> {
        self.0.claim_deliveries(claim)
    }

    async fn settle(
        &self,
        delivery: &Delivery,
        settlement: Settlement,
        now: Timestamp,
    ) -> Result<(), SettleError> {
        self.0.settle(delivery, settlement, now)
    }

    async fn dead_letters(
        &self,
        tenant: &Tenant,
        after: Option<DeliveryId>,
        most: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        self.0.dead_letters(tenant, after, most)
    }

    async fn replay(&self, tenant: &Tenant, letter: DeliveryId, now: Timestamp) -> Result<(), SettleError> {
        self.0.replay(tenant, letter, now)
    }

    async fn claim_due(&self, claim: Claim) -> Result<Vec<Due>, StoreError> {
        self.0.claim_due(claim)
    }
}
