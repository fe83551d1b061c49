//! Commits of many threads in one transaction.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

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
use crate::request::Request;
use crate::store::Store;

/// How many commits share a transaction at most: what waits longer than for the disk gains nothing.
pub(crate) const MOST: usize = 64;

/// A store whose threads share the wait for the disk: while one transaction is being written, the commits that arrive
/// gather for the next. Each returns when it is on the disk, and is made or refused by itself.
///
/// There is no thread of its own: of those who wait, one works for all.
#[derive(Debug, Default)]
pub struct Grouped<S> {
    store: S,
    queue: Mutex<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: Vec<(Commit, Arc<Place>)>,
    /// Whether somebody works.
    led: bool,
}

/// Where one thread waits.
#[derive(Debug, Default)]
struct Place {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Waiting,
    /// It is this one's turn to work for all.
    Leading,
    Done(Result<Committed, CommitError>),
}

impl<S: Store> Grouped<S> {
    /// A store whose commits are gathered.
    pub fn new(store: S) -> Self {
        Self { store, queue: Mutex::default() }
    }

    /// The store itself.
    pub const fn store(&self) -> &S {
        &self.store
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place in the queue; whoever finds nobody working works.
    fn enter(&self, commit: &Commit) -> Arc<Place> {
        let place = Arc::new(Place::default());
        let commit = commit.clone();
        let mut queue = self.queue();
        queue.waiting.push((commit, Arc::clone(&place)));
        if !queue.led {
            queue.led = true;
            place.set(State::Leading);
        }
        place
    }

    /// Writes what has gathered, and hands the work on.
    fn lead(&self) {
        let batch = {
            let mut queue = self.queue();
            let count = queue.waiting.len().min(MOST);
            let places = queue.waiting.drain(..count).collect();
            Batch { group: self, places }
        };
        let commits: Vec<_> = batch.places.iter().map(|(commit, _)| commit).collect();
        let mut results = self.store.commit_all(&commits);
        if commits.len() > 1 {
            // What one of them needs too much the others may not. What a store did make all the same is not made again.
            for (commit, result) in commits.iter().zip(&mut results).filter(|(_, result)| no_room(result)) {
                *result = self.store.commit(commit);
            }
        }
        for ((_, place), result) in batch.places.iter().zip(results) {
            place.set(State::Done(result));
        }
    }
}

/// Nobody waits for ever, even if the store panics.
struct Batch<'g, S> {
    group: &'g Grouped<S>,
    places: Vec<(Commit, Arc<Place>)>,
}

impl<S> Drop for Batch<'_, S> {
    fn drop(&mut self) {
        for (_, place) in &self.places {
            place.give_up();
        }
        let mut queue = self.group.queue.lock().unwrap_or_else(PoisonError::into_inner);
        match queue.waiting.first() {
            Some((_, next)) => next.set(State::Leading),
            None => queue.led = false,
        }
    }
}

impl Place {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, state: State) {
        *self.state() = state;
        self.changed.notify_one();
    }

    fn give_up(&self) {
        let mut state = self.state();
        if !matches!(*state, State::Done(_)) {
            let error = StoreError { kind: Failure::Unavailable, outcome: Outcome::Unknown, source: None };
            *state = State::Done(Err(error.into()));
            self.changed.notify_one();
        }
    }

    /// Waits until there is something to do; none means to lead.
    fn wait(&self) -> Option<Result<Committed, CommitError>> {
        let mut state = self.state();
        loop {
            match std::mem::take(&mut *state) {
                State::Done(result) => return Some(result),
                State::Leading => return None,
                State::Waiting => {
                    state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }
}

pub(crate) fn no_room(result: &Result<Committed, CommitError>) -> bool {
    matches!(
        result,
        Err(CommitError::Failed(StoreError { kind: Failure::Full, outcome: Outcome::NothingHappened, .. }))
    )
}

impl<S: Store> Store for Grouped<S> {
    fn commit(&self, commit: &Commit) -> Result<Committed, CommitError> {
        let place = self.enter(commit);
        loop {
            match place.wait() {
                Some(result) => return result,
                None => self.lead(),
            }
        }
    }

    fn commit_all(&self, commits: &[&Commit]) -> Vec<Result<Committed, CommitError>> {
        self.store.commit_all(commits)
    }

    fn head(&self, tenant: &Tenant, stream: &StreamId) -> Result<Head, StoreError> {
        self.store.head(tenant, stream)
    }

    fn log(&self, tenant: &Tenant) -> Result<Log, StoreError> {
        self.store.log(tenant)
    }

    fn events(
        &self,
        tenant: &Tenant,
        stream: &StreamId,
        after: Version,
        most: usize,
    ) -> Result<Vec<Event>, StoreError> {
        self.store.events(tenant, stream, after, most)
    }

    fn since(&self, tenant: &Tenant, from: Sequence, most: usize) -> Result<Vec<Event>, StoreError> {
        self.store.since(tenant, from, most)
    }

    fn request(&self, tenant: &Tenant, key: &IdempotencyKey) -> Result<Option<Request>, StoreError> {
        self.store.request(tenant, key)
    }

    fn nodes(&self, tenant: &Tenant, ids: &[NodeId]) -> Result<Vec<Option<Hash>>, StoreError> {
        self.store.nodes(tenant, ids)
    }

    fn claim_deliveries(&self, claim: Claim) -> Result<Vec<Delivery>, StoreError> {
        self.store.claim_deliveries(claim)
    }

    fn settle(&self, delivery: &Delivery, settlement: Settlement, now: Timestamp) -> Result<(), SettleError> {
        self.store.settle(delivery, settlement, now)
    }

    fn dead_letters(
        &self,
        tenant: &Tenant,
        after: Option<DeliveryId>,
        most: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        self.store.dead_letters(tenant, after, most)
    }

    fn replay(&self, tenant: &Tenant, letter: DeliveryId, now: Timestamp) -> Result<(), SettleError> {
        self.store.replay(tenant, letter, now)
    }

    fn claim_due(&self, claim: Claim) -> Result<Vec<Due>, StoreError> {
        self.store.claim_due(claim)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;
    use std::time::{Duration, Instant};

    use getrandom::SysRng;
    use getrandom::rand_core::UnwrapErr;

    use super::*;
    use crate::memory::MemoryStore;
    use crate::name::Actor;

    /// A store that makes the commits of a group one by one, and once has no room.
    #[derive(Default)]
    struct Tight {
        store: MemoryStore,
        was_full: AtomicBool,
        may_go_on: AtomicBool,
    }

    impl Store for Tight {
        fn commit(&self, commit: &Commit) -> Result<Committed, CommitError> {
            self.store.commit(commit)
        }

        fn commit_all(&self, commits: &[&Commit]) -> Vec<Result<Committed, CommitError>> {
            while !self.may_go_on.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(1));
            }
            let full = || StoreError { kind: Failure::Full, outcome: Outcome::NothingHappened, source: None };
            let made = |(n, commit): (usize, &&Commit)| match n {
                1 if !self.was_full.swap(true, Ordering::SeqCst) => Err(full().into()),
                _ => self.commit(commit),
            };
            commits.iter().enumerate().map(made).collect()
        }

        fn head(&self, tenant: &Tenant, stream: &StreamId) -> Result<Head, StoreError> {
            self.store.head(tenant, stream)
        }

        fn log(&self, tenant: &Tenant) -> Result<Log, StoreError> {
            self.store.log(tenant)
        }

        fn events(
            &self,
            tenant: &Tenant,
            stream: &StreamId,
            after: Version,
            most: usize,
        ) -> Result<Vec<Event>, StoreError> {
            self.store.events(tenant, stream, after, most)
        }

        fn since(&self, tenant: &Tenant, from: Sequence, most: usize) -> Result<Vec<Event>, StoreError> {
            self.store.since(tenant, from, most)
        }

        fn request(&self, tenant: &Tenant, key: &IdempotencyKey) -> Result<Option<Request>, StoreError> {
            self.store.request(tenant, key)
        }

        fn nodes(&self, tenant: &Tenant, ids: &[NodeId]) -> Result<Vec<Option<Hash>>, StoreError> {
            self.store.nodes(tenant, ids)
        }

        fn claim_deliveries(&self, claim: Claim) -> Result<Vec<Delivery>, StoreError> {
            self.store.claim_deliveries(claim)
        }

        fn settle(
            &self,
            delivery: &Delivery,
            settlement: Settlement,
            now: Timestamp,
        ) -> Result<(), SettleError> {
            self.store.settle(delivery, settlement, now)
        }

        fn dead_letters(
            &self,
            tenant: &Tenant,
            after: Option<DeliveryId>,
            most: usize,
        ) -> Result<Vec<Delivery>, StoreError> {
            self.store.dead_letters(tenant, after, most)
        }

        fn replay(&self, tenant: &Tenant, letter: DeliveryId, now: Timestamp) -> Result<(), SettleError> {
            self.store.replay(tenant, letter, now)
        }

        fn claim_due(&self, claim: Claim) -> Result<Vec<Due>, StoreError> {
            self.store.claim_due(claim)
        }
    }

    #[test]
    fn what_a_group_has_made_is_not_made_again_because_another_had_no_room() {
        let (tenant, actor) = (Tenant::new("acme").unwrap(), Actor::new("alice").unwrap());
        let stream = StreamId::new("envelope/1").unwrap();
        let group = Grouped::new(Tight::default());
        let hold = || {
            let commit = Commit::new(&tenant, &actor, Timestamp::UNIX_EPOCH, &mut UnwrapErr(SysRng));
            group.commit(&commit.hold(&stream, "a case")).unwrap();
        };
        let waiting = |count| {
            let begun = Instant::now();
            while group.queue().waiting.len() != count {
                assert!(begun.elapsed() < Duration::from_secs(60), "nobody waits");
                thread::sleep(Duration::from_millis(1));
            }
        };
        thread::scope(|scope| {
            scope.spawn(hold);
            // The first works alone; the others gather meanwhile.
            waiting(0);
            while !group.queue().led {
                thread::sleep(Duration::from_millis(1));
            }
            waiting(0);
            (0..3).for_each(|_| drop(scope.spawn(hold)));
            waiting(3);
            group.store().may_go_on.store(true, Ordering::SeqCst);
        });
        assert!(group.store().was_full.load(Ordering::SeqCst), "the three were no group");
        assert_eq!(group.head(&tenant, &stream).unwrap().holds.len(), 4);
    }
}
