//! What validation costs: time by the number of timestamps, not by its square.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails where it stands"
)]

mod support;

use std::time::Instant;

use chancery_ades::{Coverage, SignatureSubject, TimestampKind, Validation, Verdict};
use chancery_chain::Evidence;
use chancery_digest::DigestAlgorithm;
use jiff::Timestamp;
use support::{World, at, days, octets, stamp, token};

/// A signature that is renewed again and again, each time with a list of its own about the authority.
fn renewed(world: &World, count: i64) -> (SignatureSubject, Timestamp) {
    let mut signed = world.sign().stamped(&world.first, "2025-06-01").with(world.lists(at("2025-06-02")));
    let mut before = signed.everything();
    let mut time = at("2025-06-03");
    for _ in 0..count {
        time += jiff::SignedDuration::from_mins(1);
        let list = world.stamping.crl(time, time + days(30));
        let covers = before.evidence(Evidence::new().with_crl(list.clone()));
        let made = token(&world.first, DigestAlgorithm::Sha256, &octets(&covers), time);
        before = Coverage::new().token(made.as_ref().unwrap().to_der());
        signed.stamps.push(stamp(TimestampKind::Archive, "archive timestamp", made, covers));
        signed.evidence.add_crl(list);
    }
    (signed.subject(), time)
}

/// `CHANCERY_RENEWALS=1000 cargo test --release -p chancery-ades --test cost -- --nocapture` prints what it costs.
#[test]
fn renewals_cost_time_by_their_number() {
    let most: i64 = std::env::var("CHANCERY_RENEWALS").map_or(120, |text| text.parse().unwrap());
    let world = World::new();
    let mut spent = Vec::new();
    for count in [most / 4, most / 2, most] {
        let (subject, time) = renewed(&world, count);
        let policy = world.policy().evidence(world.lists(at("2026-07-01")));
        assert!(time < at("2026-07-01"));
        let start = Instant::now();
        let validated = Validation::new(&policy, at("2026-07-02")).signature(subject).judge();
        let took = start.elapsed();
        println!("{count} renewals: {took:?}, {:?} each", took / u32::try_from(count).unwrap());
        let report = &validated.signatures[0];
        assert!(matches!(report.verdict(), Verdict::Passed(_)), "{report}");
        assert_eq!(report.verdict().proof().unwrap().time(), at("2025-06-01"));
        spent.push(took);
    }
    // Four times as many: about four times as long. Sixteen times would be the square; half way is too much.
    assert!(spent[2] < spent[0] * 10, "{spent:?}");
}
