//! Commits of many tasks in one transaction.

use std::fmt;
use std::future::{Future, poll_fn};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use jiff::Timestamp;

use crate::async_store::AsyncStore;
use crate::commit::Commit;
use crate::committed::Committed;
use crate::delivery::{Claim, Delivery, Due, Settlement};
use crate::delivery_id::DeliveryId;
use crate::error::{CommitError, Failure, Outcome, SettleError, StoreError};
use crate::event::Event;
use crate::grouped::{MOST, no_room};
use crate::hash::Hash;
use crate::head::Head;
use crate::log::Log;
use crate::merkle::NodeId;
use crate::name::{IdempotencyKey, StreamId, Tenant};
use crate::number::{Sequence, Version};
use crate::request::Request;

/// An [`AsyncStore`] whose tasks share the wait for the disk, as [`Grouped`](crate::Grouped) does for threads: while one
/// transaction is being written, the commits that arrive gather for the next. Each ends when it is on the disk, and is
/// made or refused by itself.
///
/// One task works for all, so that nobody who gives up stops the others: spawn the future that [`new`](Self::new) gives
/// on your runtime. A commit whose future is dropped while it waits may still be made.
///
/// ```
/// use chancery_ledger::{AsyncGrouped, AsyncStore, Blocking, MemoryStore};
/// # use chancery_ledger::{Actor, Commit, Kind, NewEvent, StreamId, Tenant, Version};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let mut rng = getrandom::rand_core::UnwrapErr(getrandom::SysRng);
/// # let (acme, alice) = (Tenant::new("acme")?, Actor::new("alice")?);
/// # let commit = Commit::new(&acme, &alice, jiff::Timestamp::UNIX_EPOCH, &mut rng);
/// # let commit = commit.append(&StreamId::new("s")?, Version::EMPTY, [NewEvent::new(Kind::new("sent")?, 1, *b"")]);
///
/// let (store, work) = AsyncGrouped::new(Blocking(MemoryStore::new()));
/// tokio::spawn(work);
/// store.commit(&commit).await?;
/// # Ok(())
/// # })
/// # }
/// ```
pub struct AsyncGrouped<S>(Arc<Shared<S>>);

struct Shared<S> {
    store: S,
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    waiting: Vec<(Commit, Arc<Place>)>,
    /// How many [`AsyncGrouped`] there are: without any, the work ends.
    handles: usize,
    worker: Option<Waker>,
    /// Whether nobody works any more.
    ended: bool,
}

/// Where one task waits.
#[derive(Default)]
struct Place(Mutex<State>);

#[derive(Default)]
struct State {
    done: Option<Result<Committed, CommitError>>,
    waker: Option<Waker>,
}

impl<S: AsyncStore> AsyncGrouped<S> {
    /// A store whose commits are gathered, and the work itself, which ends when the store and all its clones are gone.
    /// Where that is dropped before, commits fail as [`Unavailable`](Failure::Unavailable).
    pub fn new(store: S) -> (Self, impl Future<Output = ()> + Send + use<S>) {
        let queue = Mutex::new(Queue { handles: 1, ..Queue::default() });
        let shared = Arc::new(Shared { store, queue });
        (Self(Arc::clone(&shared)), work(Working(shared)))
    }

    /// The store itself.
    #[must_use]
    pub fn store(&self) -> &S {
        &self.0.store
    }
}

impl<S> Clone for AsyncGrouped<S> {
    fn clone(&self) -> Self {
        self.0.queue().handles += 1;
        Self(Arc::clone(&self.0))
    }
}

impl<S> Drop for AsyncGrouped<S> {
    fn drop(&mut self) {
        let mut queue = self.0.queue();
        queue.handles -= 1;
        wake(queue.worker.take());
    }
}

impl<S: fmt::Debug> fmt::Debug for AsyncGrouped<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AsyncGrouped").field(&self.0.store).finish()
    }
}

impl<S> Shared<S> {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What has gathered; none once nobody is left who could ask.
    fn next(&self, task: &Context<'_>) -> Poll<Option<Batch>> {
        let mut queue = self.queue();
        if queue.waiting.is_empty() {
            if queue.handles == 0 {
                return Poll::Ready(None);
            }
            queue.worker = Some(task.waker().clone());
            return Poll::Pending;
        }
        let count = queue.waiting.len().min(MOST);
        Poll::Ready(Some(Batch(queue.waiting.drain(..count).collect())))
    }
}

/// The work, wherever it is dropped.
struct Working<S>(Arc<Shared<S>>);

impl<S> Drop for Working<S> {
    fn drop(&mut self) {
        let mut queue = self.0.queue();
        queue.ended = true;
        queue.waiting.drain(..).for_each(|(_, place)| place.set(Err(nobody_works())));
    }
}

/// Commits that are being written. Nobody waits for ever, even if the work is dropped or the store panics.
struct Batch(Vec<(Commit, Arc<Place>)>);

impl Drop for Batch {
    fn drop(&mut self) {
        for (_, place) in self.0.drain(..) {
            let error = StoreError { kind: Failure::Unavailable, outcome: Outcome::Unknown, source: None };
            place.set(Err(error.into()));
        }
    }
}

async fn work<S: AsyncStore>(working: Working<S>) {
    let shared = &working.0;
    while let Some(mut batch) = poll_fn(|task| shared.next(task)).await {
        let commits: Vec<_> = batch.0.iter().map(|(commit, _)| commit).collect();
        let mut results = shared.store.commit_all(&commits).await;
        if commits.len() > 1 {
            // What one of them needs too much the others may not. What a store did make all the same is not made again.
            for (commit, result) in commits.iter().zip(&mut results) {
                if no_room(result) {
                    *result = shared.store.commit(commit).await;
                }
            }
        }
        let count = results.len().min(batch.0.len());
        for ((_, place), result) in batch.0.drain(..count).zip(results) {
            place.set(result);
        }
    }
}

impl Place {
    fn set(&self, result: Result<Committed, CommitError>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.done = Some(result);
        wake(state.waker.take());
    }

    fn poll(&self, task: &Context<'_>) -> Poll<Result<Committed, CommitError>> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match state.done.take() {
            Some(result) => Poll::Ready(result),
            None => {
                state.waker = Some(task.waker().clone());
                Poll::Pending
            }
        }
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

fn nobody_works() -> CommitError {
    StoreError::new(Failure::Unavailable, "the task that commits for all has ended").into()
}

impl<S: AsyncStore> AsyncStore for AsyncGrouped<S> {
    async fn commit(&self, commit: &Commit) -> Result<Committed, CommitError> {
        let place = Arc::new(Place::default());
        {
            let mut queue = self.0.queue();
            if queue.ended {
                return Err(nobody_works());
            }
            queue.waiting.push((commit.clone(), Arc::clone(&place)));
            wake(queue.worker.take());
        }
        poll_fn(|task| place.poll(task)).await
    }

    async fn commit_all(&self, commits: &[&Commit]) -> Vec<Result<Committed, CommitError>> {
        self.0.store.commit_all(commits).await
    }

    async fn head(&self, tenant: &Tenant, stream: &StreamId) -> Result<Head, StoreError> {
        self.0.store.head(tenant, stream).await
    }

    async fn log(&self, tenant: &Tenant) -> Result<Log, StoreError> {
        self.0.store.log(tenant).await
    }

    async fn events(
        &self,
        tenant: &Tenant,
        stream: &StreamId,
        after: Version,
        most: usize,
    ) -> Result<Vec<Event>, StoreError> {
        self.0.store.events(tenant, stream, after, most).await
    }

    async fn since(&self, tenant: &Tenant, from: Sequence, most: usize) -> Result<Vec<Event>, StoreError> {
        self.0.store.since(tenant, from, most).await
    }

    async fn request(&self, tenant: &Tenant, key: &IdempotencyKey) -> Result<Option<Request>, StoreError> {
        self.0.store.request(tenant, key).await
    }

    async fn nodes(&self, tenant: &Tenant, ids: &[NodeId]) -> Result<Vec<Option<Hash>>, StoreError> {
        self.0.store.nodes(tenant, ids).await
    }

    async fn claim_deliveries(&self, claim: Claim) -> Result<Vec<Delivery>, StoreError> {
        self.0.store.claim_deliveries(claim).await
    }

    async fn settle(
        &self,
        delivery: &Delivery,
        settlement: Settlement,
        now: Timestamp,
    ) -> Result<(), SettleError> {
        self.0.store.settle(delivery, settlement, now).await
    }

    async fn dead_letters(
        &self,
        tenant: &Tenant,
        after: Option<DeliveryId>,
        most: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        self.0.store.dead_letters(tenant, after, most).await
    }

    async fn replay(&self, tenant: &Tenant, letter: DeliveryId, now: Timestamp) -> Result<(), SettleError> {
        self.0.store.replay(tenant, letter, now).await
    }

    async fn claim_due(&self, claim: Claim) -> Result<Vec<Due>, StoreError> {
        self.0.store.claim_due(claim).await
    }
}
