//! Somebody stole the key of the authority that issues the certificates of signers, and writes certificates and
//! revocation lists of an earlier time with it.
//!
//! What makes this more than a matter of dates: a signature value can be stamped today, and the certificate that it seems
//! to belong to be made next year. So a proof that the *signature* existed before the theft is not enough; the certificate
//! and what says that it was good must be proven too (ETSI EN 319 102-1, 5.6.2.2 and 5.6.2.4).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails where it stands"
)]

mod support;

use chancery_ades::{Policy, SignatureReport, SubIndication, Verdict};
use chancery_chain::{Evidence, TrustAnchors};
use chancery_key::KeyKind;
use chancery_testkit::{Locations, Profile, RevocationReason, TestAuthority};
use support::{Signed, World, assert_open, assert_passed, at, days, empty_list};

const SIGNED: &str = "2025-06-01";
const KEPT: &str = "2025-06-02";
const STOLEN: &str = "2025-09-01";
const NOW: &str = "2025-12-01";

/// Judges a signature of before the theft, with a list of before the theft, both archived at a time or never.
fn judged(archived: Option<&str>, reason: RevocationReason) -> SignatureReport {
    judged_with(&World::new(), archived, reason, &Evidence::new(), None)
}

/// The same where more is at hand, and another root is trusted too.
fn judged_with(
    world: &World,
    archived: Option<&str>,
    reason: RevocationReason,
    more: &Evidence,
    other: Option<&TestAuthority>,
) -> SignatureReport {
    let signer = Profile::signer("Victim", KeyKind::P256).valid(at("2024-01-01"), at("2026-01-01"));
    let signer = world.issuing.issue(signer);
    world.revoke(world.issuing.certificate(), STOLEN, reason);
    let about = empty_list(&world.issuing, at(KEPT), at(KEPT) + days(30));
    let kept = world.lists(at(KEPT)).with_crl(about);
    let signed = Signed::by(&signer).stamped(&world.first, SIGNED).with(kept);
    let signed = match archived {
        Some(time) => signed.archived(&world.first, time),
        None => signed,
    };
    // The root and the authority of the timestamps speak at the present. The stolen one is not asked any more.
    let moment = at(NOW) - days(1);
    let present = [&world.root, &world.stamping].into_iter().fold(Evidence::new(), |evidence, authority| {
        evidence.with_crl(authority.crl(moment, moment + days(30)))
    });
    let roots = [&world.root].into_iter().chain(other).map(|root| root.certificate().clone());
    let policy = Policy::baseline(TrustAnchors::new(roots)).evidence(present).evidence(more.clone());
    signed.judge(&policy, NOW)
}

#[test]
fn another_certificate_of_the_stolen_key_proves_nothing_for_the_revoked_one() {
    let world = World::new();
    let root = Profile::authority("Other Root", KeyKind::P256).valid(at("2010-01-01"), at("2050-01-01"));
    let other = TestAuthority::root(root, at("2025-01-01"), Locations::under("http://other.test", "other"));
    let name = world.issuing.certificate().subject().to_der().to_vec();
    let cross = Profile::authority("Issuing", KeyKind::P256)
        .valid(at("2020-01-01"), at("2030-01-01"))
        .with_key(world.issuing.identity().key())
        .subject(name);
    let crossed = Evidence::new().with_certificate(other.issue(cross).certificate().clone());
    let reason = RevocationReason::KeyCompromise;
    // The other root says nothing at all, so its path held neither then nor now.
    let report = judged_with(&world, None, reason, &crossed, Some(&other));
    assert!(!matches!(report.verdict(), Verdict::Passed(_)), "{report}");
}

#[test]
fn a_certificate_that_is_not_proven_from_before_the_theft_may_be_the_thiefs() {
    for reason in [RevocationReason::KeyCompromise, RevocationReason::CessationOfOperation] {
        assert_open(&judged(None, reason), SubIndication::RevokedAuthorityNoProof);
        // The thief's archive timestamp is of after the theft.
        assert_open(&judged(Some("2025-10-01"), reason), SubIndication::RevokedAuthorityNoProof);
    }
}

#[test]
fn what_was_archived_before_the_theft_passes() {
    assert_passed(&judged(Some("2025-08-31"), RevocationReason::KeyCompromise));
}

/// The thief keeps the list back that would tell of the theft. What is at hand says that the authority was good when the
/// signature existed, but not that the rest is older than the theft.
#[test]
fn a_list_that_is_kept_back_does_not_help_the_thief() {
    for (archived, passes) in [(None, false), (Some("2025-08-31"), false), (Some("2025-06-03"), true)] {
        let world = World::new();
        let signed = Signed::by(&world.alice).stamped(&world.first, SIGNED).with(world.lists(at(KEPT)));
        let signed = match archived {
            Some(time) => signed.archived(&world.first, time),
            None => signed,
        };
        // The timestamp authorities are trusted for themselves; of the root nothing newer is at hand.
        let stamping = TrustAnchors::new([world.stamping.certificate().clone()]);
        let moment = at(NOW) - days(1);
        let present = Evidence::new().with_crl(world.stamping.crl(moment, moment + days(30)));
        let report = signed.judge(&world.policy().timestamp_anchors(stamping).evidence(present), NOW);
        match passes {
            true => assert_passed(&report),
            false => assert_open(&report, SubIndication::TryLater),
        }
    }
}
