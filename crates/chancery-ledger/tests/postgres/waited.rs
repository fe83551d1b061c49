//! The store that is waited for.

use std::time::Duration;

use chancery_ledger::{
    AsyncGrouped, AsyncPostgresStore, AsyncStore, Committed, Sequence, Verification, Version,
};
use tokio::runtime::Builder;

use crate::setting::{Place, commit, event, stream, tenant};

/// The verbs are those of the other store; here it is that they can be waited for on one thread, together.
#[test]
fn many_commits_are_waited_for_on_one_thread() {
    let Some(place) = Place::new() else { return };
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = std::sync::Arc::new(AsyncPostgresStore::open(place.postgres()).await.unwrap());
        let tasks: Vec<_> = (0..20)
            .map(|n| {
                let store = std::sync::Arc::clone(&store);
                tokio::spawn(async move {
                    let commit = commit().append(&stream(&format!("s{n}")), Version(0), [event("a")]);
                    store.commit(&commit).await
                })
            })
            .collect();
        for task in tasks {
            assert!(matches!(task.await.unwrap(), Ok(Committed::Appended(_))));
        }
        assert_eq!(store.log(&tenant()).await.unwrap().size(), 20);
        assert_eq!(store.since(&tenant(), Sequence(5), 100).await.unwrap().len(), 15);
        let checkpoint = store.log(&tenant()).await.unwrap().checkpoint();
        let event = &store.since(&tenant(), Sequence(7), 1).await.unwrap()[0];
        let proof = store.prove_inclusion(&tenant(), Sequence(7), 20).await.unwrap();
        assert!(proof.holds(&event.record.hash, &checkpoint));
    });
    assert!(matches!(place.verify(), Verification::ConsistentOnly { .. }));
}

/// Many tasks, few transactions: each is numbered by the server.
#[test]
fn tasks_share_transactions() {
    let Some(place) = Place::new() else { return };
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (group, work) = AsyncGrouped::new(AsyncPostgresStore::open(place.postgres()).await.unwrap());
        tokio::spawn(work);
        let tasks: Vec<_> = (0..100)
            .map(|n| {
                let group = group.clone();
                tokio::spawn(async move {
                    let commit = commit().append(&stream(&format!("s{n}")), Version(0), [event("a")]);
                    group.commit(&commit).await
                })
            })
            .collect();
        for task in tasks {
            assert!(matches!(task.await.unwrap(), Ok(Committed::Appended(_))));
        }
    });
    let transactions = place.raw().texts("SELECT DISTINCT xmin::text FROM events");
    assert!((2..20).contains(&transactions.len()), "{} transactions for 100 commits", transactions.len());
    assert!(matches!(place.verify(), Verification::ConsistentOnly { .. }));
}

/// A commit that nobody waits for any more was made wholly or not at all, and holds up nobody.
#[test]
fn a_commit_that_is_dropped_is_whole_or_nothing() {
    let Some(place) = Place::new() else { return };
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let store = AsyncPostgresStore::open(place.postgres()).await.unwrap();
        let mut at = 0;
        for n in 0..60_u32 {
            let events = (0..20).map(|_| event("a"));
            let commit = commit().append(&stream("s"), Version(at), events);
            let wait = Duration::from_micros(u64::from(n) * 100);
            drop(tokio::time::timeout(wait, store.commit(&commit)).await);
            // What was on its way when it was dropped ends before anybody else's begins.
            let next = commit_again(&store, at).await;
            assert!(next == at + 1 || next == at + 21, "{at}, then {next}");
            at = next;
        }
    });
    assert!(matches!(place.verify(), Verification::ConsistentOnly { .. }));
}

/// Appends one event after whatever stands there.
async fn commit_again(store: &AsyncPostgresStore, at: u64) -> u64 {
    for expected in [at, at + 20] {
        let commit = commit().append(&stream("s"), Version(expected), [event("b")]);
        if let Ok(Committed::Appended(appended)) = store.commit(&commit).await {
            return appended.heads[0].1.version.0;
        }
    }
    panic!("a part of a commit stands there");
}
