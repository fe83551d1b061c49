//! Tasks that share one wait: each commit by itself, whoever gives up.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails where it stands")]

#[path = "sample/mod.rs"]
mod sample;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use chancery_ledger::{
    AsyncGrouped, AsyncStore, Claim, Commit, CommitError, Committed, Delivery, DeliveryId, Due, Event,
    Failure, Hash, Head, IdempotencyKey, Log, MemoryStore, NodeId, Outcome, Refusal, Request, Sequence,
    SettleError, Settlement, Store, StoreError, StreamId, Tenant, Version,
};
use jiff::Timestamp;
use sample::{commit, event, key, stream, tenant};

/// A store that takes its time, counts its transactions, and once has no room for a group's second.
#[derive(Default)]
struct Slow {
    store: MemoryStore,
    transactions: AtomicUsize,
    has_no_room: AtomicBool,
}

macro_rules! the_same {
    ($($verb:ident($($name:ident: $type:ty),*) -> $answer:ty;)*) => {
        $(async fn $verb(&self, $($name: $type),*) -> $answer {
            self.store.$verb($($name),*)
        })*
    };
}

impl AsyncStore for Slow {
    async fn commit(&self, commit: &Commit) -> Result<Committed, CommitError> {
        self.commit_all(&[commit]).await.remove(0)
    }

    async fn commit_all(&self, commits: &[&Commit]) -> Vec<Result<Committed, CommitError>> {
        self.transactions.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(20)).await;
        let full = || StoreError { kind: Failure::Full, outcome: Outcome::NothingHappened, source: None };
        let made = |(n, commit): (usize, &&Commit)| match n {
            1 if self.has_no_room.swap(false, Ordering::SeqCst) => Err(full().into()),
            _ => self.store.commit(commit),
        };
        commits.iter().enumerate().map(made).collect()
    }

    the_same! {
        head(tenant: &Tenant, stream: &StreamId) -> Result<Head, StoreError>;
        log(tenant: &Tenant) -> Result<Log, StoreError>;
        events(tenant: &Tenant, stream: &StreamId, after: Version, most: usize) -> Result<Vec<Event>, StoreError>;
        since(tenant: &Tenant, from: Sequence, most: usize) -> Result<Vec<Event>, StoreError>;
        request(tenant: &Tenant, key: &IdempotencyKey) -> Result<Option<Request>, StoreError>;
        nodes(tenant: &Tenant, ids: &[NodeId]) -> Result<Vec<Option<Hash>>, StoreError>;
        claim_deliveries(claim: Claim) -> Result<Vec<Delivery>, StoreError>;
        settle(delivery: &Delivery, settlement: Settlement, now: Timestamp) -> Result<(), SettleError>;
        dead_letters(tenant: &Tenant, after: Option<DeliveryId>, most: usize) -> Result<Vec<Delivery>, StoreError>;
        replay(tenant: &Tenant, letter: DeliveryId, now: Timestamp) -> Result<(), SettleError>;
        claim_due(claim: Claim) -> Result<Vec<Due>, StoreError>;
    }
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

fn first_of(n: usize) -> Commit {
    commit().append(&stream(&format!("s{n}")), Version(0), [event("a")])
}

#[test]
fn tasks_share_transactions_and_each_is_answered_by_itself() {
    wait(async {
        let (group, work) = AsyncGrouped::new(Slow::default());
        let work = tokio::spawn(work);
        group.store().has_no_room.store(true, Ordering::SeqCst);
        let tasks: Vec<_> = (0..200)
            .map(|n| {
                let group = group.clone();
                tokio::spawn(async move {
                    // Every tenth comes too late.
                    let expected = Version(u64::from(n % 10 == 9));
                    let commit = commit().append(&stream(&format!("s{n}")), expected, [event("a")]);
                    group.commit(&commit.key(key(&format!("k{n}")), Hash::NONE, "")).await
                })
            })
            .collect();
        for (n, task) in tasks.into_iter().enumerate() {
            match task.await.unwrap() {
                Ok(Committed::Appended(_)) => assert_ne!(n % 10, 9),
                Err(CommitError::Refused(Refusal::Conflict { .. })) => assert_eq!(n % 10, 9),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(group.log(&tenant()).await.unwrap().size(), 180);
        let transactions = group.store().transactions.load(Ordering::SeqCst);
        assert!((4..20).contains(&transactions), "{transactions} transactions for 200");
        assert!(!group.store().has_no_room.load(Ordering::SeqCst), "one had no room at first");
        drop(group);
        work.await.expect("without anybody left the work ends");
    });
}

#[test]
fn whoever_gives_up_stops_nobody() {
    wait(async {
        let (group, work) = AsyncGrouped::new(Slow::default());
        tokio::spawn(work);
        let tasks: Vec<_> = (0..60)
            .map(|n| {
                let group = group.clone();
                tokio::spawn(async move {
                    let patience = Duration::from_millis(if n % 2 == 0 { 1 } else { 60_000 });
                    tokio::time::timeout(patience, group.commit(&first_of(n))).await
                })
            })
            .collect();
        for (n, task) in tasks.into_iter().enumerate() {
            let came = task.await.unwrap();
            assert_eq!(came.is_ok(), n % 2 == 1, "{n}: {came:?}");
            assert!(!matches!(came, Ok(Err(_))), "{n}: {came:?}");
        }
    });
}

#[test]
fn when_the_work_has_ended_everybody_is_told() {
    wait(async {
        let (group, work) = AsyncGrouped::new(Slow::default());
        let work = tokio::spawn(work);
        let commits: Vec<_> = (0..70).map(first_of).collect();
        let under_way: Vec<_> = commits
            .into_iter()
            .map(|commit| {
                let group = group.clone();
                tokio::spawn(async move { group.commit(&commit).await })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(5)).await;
        work.abort();
        let mut outcomes = Vec::new();
        for task in under_way {
            match task.await.unwrap() {
                Err(CommitError::Failed(error)) => outcomes.push(error.outcome),
                other => panic!("{other:?}"),
            }
        }
        let unknown = outcomes.iter().filter(|outcome| **outcome == Outcome::Unknown).count();
        assert_eq!(unknown, 64, "those that were being written");
        match group.commit(&first_of(0)).await {
            Err(CommitError::Failed(error)) => assert_eq!(error.outcome, Outcome::NothingHappened),
            other => panic!("{other:?}"),
        }
    });
}
