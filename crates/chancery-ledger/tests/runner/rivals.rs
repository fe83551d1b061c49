//! Others who write at the same moment, and commits that arrive late.

use std::sync::Mutex;

use chancery_ledger::{
    Claim, Commit, CommitError, Committed, Delivery, DeliveryId, Due, Event, Failure, Hash, Head,
    IdempotencyKey, Log, MemoryStore, NodeId, Outcome, Recorded, Request, RunError, Runner, Sequence,
    SettleError, Settlement, Store, StoreError, StreamId, Tenant, Version,
};
use jiff::Timestamp;

use crate::account::{Account, Order, Reply, account, acme, all, call, rng, run};

/// A store where something happens at each commit.
struct Between<F>(MemoryStore, F);

impl<F> Store for Between<F>
where
    F: Fn(&MemoryStore, &Commit) -> Result<Committed, CommitError> + Send + Sync,
{
    fn commit(&self, commit: &Commit) -> Result<Committed, CommitError> {
        (self.1)(&self.0, commit)
    }
    fn head(&self, tenant: &Tenant, stream: &StreamId) -> Result<Head, StoreError> {
        self.0.head(tenant, stream)
    }
    fn log(&self, tenant: &Tenant) -> Result<Log, StoreError> {
        self.0.log(tenant)
    }
    fn events(
        &self,
        t: &Tenant,
        s: &StreamId,
        after: Version,
        most: usize,
    ) -> Result<Vec<Event>, StoreError> {
        self.0.events(t, s, after, most)
    }
    fn since(&self, tenant: &Tenant, from: Sequence, most: usize) -> Result<Vec<Event>, StoreError> {
        self.0.since(tenant, from, most)
    }
    fn request(&self, tenant: &Tenant, key: &IdempotencyKey) -> Result<Option<Request>, StoreError> {
        self.0.request(tenant, key)
    }
    fn nodes(&self, tenant: &Tenant, ids: &[NodeId]) -> Result<Vec<Option<Hash>>, StoreError> {
        self.0.nodes(tenant, ids)
    }
    fn claim_deliveries(&self, claim: Claim) -> Result<Vec<Delivery>, StoreError> {
        self.0.claim_deliveries(claim)
    }
    fn settle(&self, d: &Delivery, s: Settlement, now: Timestamp) -> Result<(), SettleError> {
        self.0.settle(d, s, now)
    }
    fn dead_letters(
        &self,
        t: &Tenant,
        a: Option<DeliveryId>,
        most: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        self.0.dead_letters(t, a, most)
    }
    fn replay(&self, tenant: &Tenant, letter: DeliveryId, now: Timestamp) -> Result<(), SettleError> {
        self.0.replay(tenant, letter, now)
    }
    fn claim_due(&self, claim: Claim) -> Result<Vec<Due>, StoreError> {
        self.0.claim_due(claim)
    }
}

#[test]
fn whoever_is_never_first_is_told() {
    let rival = |store: &MemoryStore, commit: &Commit| {
        run(store, &call(Order::Pay { order: 0, cents: 1 })).unwrap();
        store.commit(commit)
    };
    let store = Between(MemoryStore::new(), rival);
    let runner = Runner::new(&Account, &store).most_attempts(5.try_into().unwrap());
    let told = runner.run(&call(Order::Pay { order: 1, cents: 5 }), &mut rng()).unwrap_err();
    assert!(matches!(told, RunError::Contended { attempts, .. } if attempts.get() == 5), "{told}");
    assert_eq!(told.outcome(), Outcome::NothingHappened);
    let loaded = Runner::new(&Account, &store).load(&acme(), &account()).unwrap();
    assert_eq!(loaded.state.orders, [0; 5], "only the rival's");
}

/// The connection breaks, the commit is not there yet, and arrives after all just before it is tried again.
#[test]
fn a_commit_that_arrives_late_is_recognised() {
    let late = Mutex::new(Vec::new());
    let arriving = |store: &MemoryStore, commit: &Commit| {
        let earlier: Option<Commit> = late.lock().unwrap().pop();
        match earlier {
            None => {
                late.lock().unwrap().push(commit.clone());
                Err(StoreError::new(Failure::Unavailable, "lost").of_unknown_outcome().into())
            }
            Some(earlier) => {
                store.commit(&earlier)?;
                store.commit(commit)
            }
        }
    };
    for (order, reply) in [
        (Order::Pay { order: 1, cents: 5 }, Reply::Holds(5)),
        (Order::Take { order: 1, cents: 5 }, Reply::TooLittle),
    ] {
        let store = Between(MemoryStore::new(), arriving);
        let answer = run(&store, &call(order)).unwrap();
        assert_eq!(answer.reply, reply);
        assert_eq!(answer.recorded, Recorded::Now { first: Sequence(0), last: Sequence(0) });
        assert_eq!(all(&store).len(), 1, "once");
    }
}

#[test]
fn many_threads_on_one_stream() {
    let store = MemoryStore::new();
    std::thread::scope(|scope| {
        for thread in 0..8_u32 {
            let store = &store;
            scope.spawn(move || {
                let runner = Runner::new(&Account, store).most_attempts(10_000.try_into().unwrap());
                for n in 0..50 {
                    runner.run(&call(Order::Pay { order: thread * 100 + n, cents: 1 }), &mut rng()).unwrap();
                }
            });
        }
    });
    let state = Runner::new(&Account, &store).load(&acme(), &account()).unwrap().state;
    assert_eq!(state.cents, 400);
    let mut orders = state.orders;
    orders.sort_unstable();
    orders.dedup();
    assert_eq!(orders.len(), 400);
}
