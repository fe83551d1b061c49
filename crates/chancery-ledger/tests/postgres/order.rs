//! The order of commits: who has a place in the log has committed before anybody gets the next one.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::ScopedJoinHandle;
use std::time::Duration;

use chancery_ledger::{Claim, Hash, Lease, Sequence, Settlement, Store, Tenant, Verification, Version};
use jiff::SignedDuration;

use crate::setting::{Place, commit, commit_of, event, key, made, second, sending, stream, tenant};

/// Two connections. The first has written its event, with the place 0, and is held up before its commit; the second
/// must wait with its own, and no reader sees the one before the other.
#[test]
fn nothing_is_visible_out_of_order() {
    let Some(place) = Place::new() else { return };
    let (one, two) = (place.open(), place.open());
    let raw = place.raw();
    // The idempotency key of the first commit is being written by somebody else: its last statement waits.
    raw.run("BEGIN; INSERT INTO requests VALUES ('acme', 99, 99, 'held', '', '')");
    std::thread::scope(|scope| {
        let held =
            commit().append(&stream("a"), Version(0), [event("first")]).key(key("held"), Hash::NONE, "");
        let first = scope.spawn(move || made(&one, &held));
        let look = place.raw();
        let waiting = |kind: &str| {
            let waiting = "SELECT count(*)::text FROM pg_stat_activity WHERE wait_event_type = 'Lock'
                AND wait_event = $1 AND application_name = $2";
            let rows = look.query(waiting, &[&kind, &place.schema]);
            rows[0].get::<_, String>(0) == "1"
        };
        until(|| waiting("transactionid"));
        let second =
            scope.spawn(move || made(&two, &commit().append(&stream("b"), Version(0), [event("second")])));
        until(|| waiting("advisory"));
        // Somebody else's log does not wait.
        let other = Tenant::new("other").unwrap();
        made(&place.open(), &commit_of(&other, 0).append(&stream("c"), Version(0), [event("third")]));
        std::thread::sleep(Duration::from_millis(200));
        assert!(!second.is_finished() && !first.is_finished());
        assert_eq!(place.open().since(&tenant(), Sequence(0), 9).unwrap(), []);
        raw.run("ROLLBACK");
        assert_eq!(first.join().unwrap().size, 1);
        assert_eq!(second.join().unwrap().size, 2);
    });
    let events = place.open().since(&tenant(), Sequence(0), 9).unwrap();
    let payloads: Vec<_> = events.iter().map(|event| event.payload().unwrap()).collect();
    assert_eq!(payloads, [b"first".as_slice(), b"second"]);
    assert!(matches!(place.verify(), Verification::ConsistentOnly { .. }));
}

fn until(mut holds: impl FnMut() -> bool) {
    for _ in 0..600 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("it did not come to that");
}

/// Twenty writers on stores of their own, and readers that follow the log: each sees every place once and in order.
#[test]
fn readers_that_follow_the_log_miss_nothing() {
    const WRITERS: usize = 20;
    const EACH: u64 = 10;
    let Some(place) = Place::new() else { return };
    drop(place.open());
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (place, done) = (&place, &done);
        let readers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(move || {
                    let (store, mut next) = (place.open(), 0);
                    loop {
                        let last = done.load(Ordering::SeqCst);
                        for event in store.since(&tenant(), Sequence(next), 7).unwrap() {
                            assert_eq!(event.record.sequence, Sequence(next), "a gap");
                            next += 1;
                        }
                        std::thread::sleep(Duration::from_millis(2));
                        if last && store.log(&tenant()).unwrap().size() == next {
                            return next;
                        }
                    }
                })
            })
            .collect();
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                scope.spawn(move || {
                    let (store, own) = (place.open(), stream(&format!("own/{writer}")));
                    for n in 0..EACH {
                        made(&store, &commit().append(&own, Version(n), [event("a")]));
                    }
                })
            })
            .collect();
        let written: Vec<_> = writers.into_iter().map(ScopedJoinHandle::join).collect();
        done.store(true, Ordering::SeqCst); // also when a writer failed, so that readers end
        written.into_iter().for_each(Result::unwrap);
        let all = u64::try_from(WRITERS).unwrap() * EACH;
        readers.into_iter().for_each(|reader| assert_eq!(reader.join().unwrap(), all));
    });
    assert!(matches!(place.verify(), Verification::ConsistentOnly { .. }));
}

/// Many claim at once, and each delivery and deadline is claimed by one; of a line, one is in flight at a time.
#[test]
fn what_one_has_claimed_nobody_else_gets() {
    const LINES: usize = 12;
    let Some(place) = Place::new() else { return };
    let store = place.open();
    for line in 0..LINES {
        let own = stream(&format!("line/{line}"));
        let events = [sending("0", &["mail"]), sending("1", &["mail"]), sending("2", &["mail"])];
        made(&store, &commit().append(&own, Version(0), events).due(&own, Some(second(0))));
    }
    let claim =
        || Claim { now: second(1), lease: Lease::new(SignedDuration::from_mins(1)).unwrap(), most: 5 };
    let (delivered, due) = (std::sync::Mutex::new(Vec::new()), std::sync::Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                let store = place.open();
                // Others may hold what is left: look again.
                for _ in 0..40 {
                    for delivery in store.claim_deliveries(claim()).unwrap() {
                        let body = String::from_utf8(delivery.effect.body.clone()).unwrap();
                        delivered.lock().unwrap().push((delivery.stream.clone(), body));
                        store.settle(&delivery, Settlement::Delivered, second(1)).unwrap();
                    }
                    due.lock()
                        .unwrap()
                        .extend(store.claim_due(claim()).unwrap().into_iter().map(|due| due.stream));
                }
            });
        }
    });
    let (delivered, mut due) = (delivered.into_inner().unwrap(), due.into_inner().unwrap());
    for line in 0..LINES {
        let own = stream(&format!("line/{line}"));
        let bodies: Vec<_> =
            delivered.iter().filter(|(stream, _)| *stream == own).map(|(_, body)| &**body).collect();
        assert_eq!(bodies, ["0", "1", "2"], "in their order, each once");
    }
    due.sort();
    due.dedup();
    assert_eq!(due.len(), LINES);
}

/// A delivery is settled at the moment at which its line gets another one: that one is not forgotten.
#[test]
fn a_line_that_ends_and_goes_on_at_once_is_not_forgotten() {
    let Some(place) = Place::new() else { return };
    let (writer, deliverer) = (place.open(), place.open());
    let own = stream("line");
    let claim =
        || Claim { now: second(1), lease: Lease::new(SignedDuration::from_mins(1)).unwrap(), most: 9 };
    made(&writer, &commit().append(&own, Version(0), [sending("0", &["mail"])]));
    for n in 1..40 {
        let claimed = deliverer.claim_deliveries(claim()).unwrap();
        assert_eq!(claimed.len(), 1, "round {n}");
        std::thread::scope(|scope| {
            scope.spawn(|| made(&writer, &commit().append(&own, Version(n), [sending("n", &["mail"])])));
            deliverer.settle(&claimed[0], Settlement::Delivered, second(1)).unwrap();
        });
    }
}
