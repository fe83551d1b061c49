//! An authority may say how far its clock may be off. What it stamped existed by the last moment that this leaves open,
//! not before.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails where it stands"
)]

mod support;

use std::time::Duration;

use chancery_ades::{Coverage, Existence, SignatureReport, SubIndication, TimestampKind};
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_testkit::{RevocationReason, oid};
use chancery_timestamp::respond::Responder;
use chancery_timestamp::{CertificateRequest, MatchingToken, TimestampInfo};
use support::{World, assert_failed, assert_open, assert_passed, at, digests, stamp};

/// A token of the first of June, by a clock that may be off by so many hours.
fn rough(world: &World, octets: &[u8], hours: u64) -> MatchingToken {
    let digest = DigestAlgorithm::Sha256.digest(octets);
    let info = TimestampInfo::new(oid::TIMESTAMP_POLICY, digest, &[7], at("2025-06-01"));
    let info = info.with_accuracy(Duration::from_secs(3600 * hours));
    let responder = Responder::new(world.first.signer(), oid::TIMESTAMP_POLICY);
    let token = responder.sign(&info, CertificateRequest::Include).unwrap();
    MatchingToken::from_token(&token, &digests(octets)).unwrap()
}

/// A signature that was stamped on the first of June; its certificate was revoked at noon.
fn judged(hours: u64, moment: &str) -> SignatureReport {
    let world = World::new();
    world.revoke(world.alice.certificate(), "2025-06-01T12", RevocationReason::KeyCompromise);
    let mut signed = world.sign();
    let (token, covers) = (rough(&world, &signed.value(), hours), Coverage::new().signature(signed.value()));
    signed.stamps.push(stamp(TimestampKind::Signature, "timestamp", Ok(token), covers));
    signed.with(world.lists(at("2025-06-02"))).judge(&world.policy(), moment)
}

#[test]
fn a_signature_exists_by_the_end_of_what_the_clock_leaves_open() {
    for (hours, proven) in [(0, "2025-06-01"), (11, "2025-06-01T11")] {
        let report = judged(hours, "2025-06-03");
        assert_passed(&report);
        let Existence::Proven { before, .. } = report.verdict().proof().unwrap().existence() else {
            panic!("{report}")
        };
        assert_eq!(*before, at(proven), "{report}");
        let told = report.to_string();
        assert!(told.contains(&format!("signed before {}", at(proven))), "{told}");
        assert_eq!(told.matches("signed before").count(), 1, "{told}");
    }
    for hours in [12, 13, 1000, u64::from(u32::MAX)] {
        assert_open(&judged(hours, "2025-06-03"), SubIndication::RevokedNoProof);
    }
}

#[test]
fn a_signature_is_younger_than_the_beginning_of_what_the_clock_leaves_open() {
    let world = World::new();
    world.revoke(world.alice.certificate(), "2025-05-31T12", RevocationReason::KeyCompromise);
    let judged = |hours| {
        let mut signed = world.sign();
        let token = rough(&world, b"a contract", hours);
        signed.stamps.push(stamp(TimestampKind::Content, "content timestamp", Ok(token), Coverage::new()));
        signed.with(world.lists(at("2025-06-02"))).judge(&world.policy(), "2025-06-03")
    };
    assert_failed(&judged(11), SubIndication::Revoked);
    // Perhaps it is older than the revocation.
    assert_open(&judged(13), SubIndication::RevokedNoProof);
}
