//! Deliveries that somebody suppresses behind the ledger's back.
#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails where it stands")]

mod desk;

use chancery_ledger::{Claim, Flaw, LedgerVerifier, SqliteRecords, Store, Verification, Version};
use chancery_ledger::{Lease, Settlement};
use desk::{Desk, commit, fill, made, second, sending, stream, tenant};
use jiff::SignedDuration;

fn verified(desk: &Desk) -> Verification {
    LedgerVerifier::new().verify(&mut SqliteRecords::open(desk.path()).unwrap(), &tenant()).unwrap()
}

const OPEN: &str = "delivered_at IS NULL AND dead_at IS NULL";

/// As somebody would who knows the tables: by any edit that would leave something undelivered.
#[test]
fn a_delivery_that_is_suppressed_is_found_and_named() {
    for (set, which, columns) in [
        ("delivered_at = 1", OPEN, &["delivered_at", "attempts", "settled"][..]),
        ("dead_at = 1", OPEN, &["dead_at", "attempts", "settled"]),
        ("delivered_at = 1, attempts = 1, next_at = NULL, leased_until = NULL", OPEN, &["delivered_at", "attempts", "settled"]),
        ("delivered_at = 1, attempts = 1, next_at = NULL, leased_until = NULL, settled = zeroblob(32)", OPEN, &["delivered_at", "attempts", "settled"]),
        // With the hash of another, which is delivered.
        (
            "delivered_at = (SELECT delivered_at FROM outbox WHERE settled NOT NULL AND delivered_at NOT NULL),
             settled = (SELECT settled FROM outbox WHERE settled NOT NULL AND delivered_at NOT NULL),
             attempts = 1, next_at = NULL, leased_until = NULL",
            OPEN,
            &["delivered_at", "attempts", "settled"],
        ),
        ("delivered_at = dead_at, dead_at = NULL", "dead_at NOT NULL", &["delivered_at", "attempts", "settled"]),
        ("dead_at = delivered_at, delivered_at = NULL", "delivered_at NOT NULL", &["dead_at", "attempts", "settled"]),
        ("dead_at = delivered_at", "delivered_at NOT NULL", &["delivered_at", "dead_at"]),
        ("delivered_at = delivered_at + 1", "delivered_at NOT NULL", &["delivered_at", "attempts", "settled"]),
        ("attempts = 0", "delivered_at NOT NULL", &["delivered_at", "attempts", "settled"]),
        ("leased_until = 1", "delivered_at NOT NULL", &["leased_until"]),
        ("next_at = NULL, leased_until = NULL", "attempts = 1 AND next_at NOT NULL", &["next_at"]),
        ("attempts = -1", OPEN, &["attempts"]),
        ("attempts = 5000000000", OPEN, &["attempts"]),
        ("next_at = 9223372036854775807", "next_at NOT NULL", &["next_at"]),
    ] {
        let desk = Desk::new();
        fill(&desk.open());
        assert!(matches!(verified(&desk), Verification::ConsistentOnly { .. }));
        let statement = format!("UPDATE outbox SET {set} WHERE tenant = 'acme' AND {which}");
        let changed = desk.raw().execute(&statement, []).unwrap();
        assert!(changed > 0, "{statement}");
        let told = verified(&desk).to_string();
        let wanted = format!("column {}", columns.join(" or "));
        assert!(told.contains("outbox") && told.contains(&wanted), "{statement}: {told}");
    }
}

/// What waits for one before it that is gone is told, however the one before it was made to look settled.
#[test]
fn a_line_that_stands_still_is_found() {
    let desk = Desk::new();
    let store = desk.open();
    made(&store, &commit().append(&stream("s"), Version(0), [sending("a", &["mail", "mail", "mail"])]));
    let at = |n: u64| format!("outbox 0, {n}, column next_at: {}", Flaw::Stuck);
    desk.raw().execute("UPDATE outbox SET next_at = NULL WHERE n = 0", []).unwrap();
    let told = verified(&desk).to_string();
    assert!(told.contains(&at(0)) && !told.contains(&at(1)), "it is the first that does not move: {told}");

    // Settled by whoever can make the hash, but for what waits behind it.
    let row = "UPDATE outbox SET delivered_at = 1, attempts = 1, next_at = NULL, settled = ?1 WHERE n = 0";
    let id = chancery_ledger::DeliveryId { sequence: chancery_ledger::Sequence(0), n: 0 };
    let end = chancery_ledger::DeliveryEnd::Delivered;
    let one = jiff::Timestamp::from_microsecond(1).unwrap();
    let hash = chancery_ledger::hashing::settlement_hash(&tenant(), id, 1, end, one);
    desk.raw().execute(row, [hash.as_bytes()]).unwrap();
    let told = verified(&desk).to_string();
    assert!(told.contains(&at(1)) && !told.contains(&at(2)), "{told}");
    // And this is what no verifier can tell from a deliverer: see `hashing::settlement_hash`.
    desk.raw().execute("UPDATE outbox SET next_at = 1 WHERE n = 1", []).unwrap();
    assert!(matches!(verified(&desk), Verification::ConsistentOnly { .. }));
}

/// A second attempt that is noted where none was made does not keep the store from going on.
#[test]
fn a_line_goes_on_whatever_the_attempts_of_what_waits() {
    let desk = Desk::new();
    let store = desk.open();
    made(&store, &commit().append(&stream("s"), Version(0), [sending("a", &["mail", "mail"])]));
    desk.raw().execute("UPDATE outbox SET attempts = 7 WHERE n = 1", []).unwrap();
    let claim = Claim { now: second(1), lease: Lease::new(SignedDuration::from_mins(1)).unwrap(), most: 9 };
    for attempt in [1, 8] {
        let claimed = store.claim_deliveries(claim).unwrap();
        assert_eq!(claimed.iter().map(|delivery| delivery.attempt).collect::<Vec<_>>(), [attempt]);
        store.settle(&claimed[0], Settlement::Delivered, second(1)).unwrap();
    }
    assert!(matches!(verified(&desk), Verification::ConsistentOnly { .. }));
}
