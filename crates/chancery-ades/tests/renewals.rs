//! Many renewals: they pass, and `CHANCERY_RENEWALS` says how many and has printed what they cost.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails where it stands"
)]

mod support;

use std::time::{Duration, Instant};

use chancery_ades::{
    Coverage, Policy, SignatureReport, SignatureSubject, TimestampKind, Validation, Verdict,
};
use chancery_chain::Evidence;
use chancery_digest::DigestAlgorithm;
use jiff::Timestamp;
use support::{Signed, World, at, days, octets, stamp, token};

/// A signature that is renewed again and again, each time with a list of its own about the authority.
fn renewed(world: &World, count: i64) -> (Signed, Timestamp) {
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
    (signed, time)
}

fn most() -> i64 {
    std::env::var("CHANCERY_RENEWALS").map_or(120, |text| text.parse().unwrap())
}

/// Judges three numbers of renewals, the last four times the first. What they cost is printed, not judged: on a busy
/// machine a clock proves nothing.
fn judge_more_and_more(what: &str, judge: impl Fn(i64) -> (SignatureReport, Duration)) {
    let most = most();
    for count in [most / 4, most / 2, most] {
        let (report, took) = judge(count);
        println!("{count} {what}: {took:?}, {:?} each", took / u32::try_from(count).unwrap());
        assert!(matches!(report.verdict(), Verdict::Passed(_)), "{report}");
        assert_eq!(report.verdict().proof().unwrap().time(), at("2025-06-01"));
    }
}

fn timed(subject: SignatureSubject, policy: &Policy, moment: &str) -> (SignatureReport, Duration) {
    let validation = Validation::new(policy, at(moment)).signature(subject);
    let start = Instant::now();
    let validated = validation.judge();
    (validated.signatures[0].clone(), start.elapsed())
}

/// `CHANCERY_RENEWALS=1000 cargo test --release -p chancery-ades --test renewals -- --nocapture` prints what it costs.
#[test]
fn many_renewals_pass() {
    let world = World::new();
    judge_more_and_more("renewals", |count| {
        let (signed, time) = renewed(&world, count);
        let policy = world.policy().evidence(world.lists(at("2026-07-01")));
        assert!(time < at("2026-07-01"));
        timed(signed.subject(), &policy, "2026-07-02")
    });
}

/// The same when the authority of all of them has expired, and one of another stands above: each is judged in
/// retrospect.
#[test]
fn many_renewals_of_an_expired_authority_pass() {
    let world = World::new();
    judge_more_and_more("renewals in retrospect", |count| {
        let (signed, _) = renewed(&world, count);
        let before = at("2026-06-01") - days(1);
        let kept = signed.with(world.lists(before)).archived(&world.second, "2026-06-01");
        let present =
            [&world.root, &world.stamping].into_iter().fold(Evidence::new(), |evidence, authority| {
                evidence.with_crl(authority.crl(at("2031-05-31"), at("2031-06-30")))
            });
        timed(kept.subject(), &world.policy().evidence(present), "2031-06-01")
    });
}
