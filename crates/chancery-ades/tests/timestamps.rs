//! The timestamp tests of a hostile expert, by name: only what a trusted authority stamped in time proves anything,
//! and only of the octets that it covers.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails where it stands"
)]

mod support;

use chancery_ades::{
    Coverage, Existence, SignatureReport, SubIndication, TimestampKind, Validation, Verdict,
};
use chancery_chain::{Evidence, TrustAnchors};
use chancery_digest::{AnyDigest, DigestAlgorithm, LegacyDigest};
use chancery_key::KeyKind;
use chancery_testkit::{CrlProfile, Locations, Profile, Revocation, RevocationReason, TestAuthority};
use chancery_timestamp::MatchingToken;
use support::{
    Signed, World, assert_failed, assert_open, assert_passed, at, days, digests, empty_list, kinds, octets,
    raw_token, stamp, token,
};

/// The time that the verdict rests on, if it is a pass.
fn proven(report: &SignatureReport) -> Option<jiff::Timestamp> {
    match report.verdict().proof()?.existence() {
        Existence::Proven { before, .. } => Some(*before),
        _ => None,
    }
}

fn stranger() -> TestAuthority {
    let now = at("2025-01-01");
    let profile = Profile::authority("Strangers", KeyKind::P256);
    TestAuthority::root(profile, now, Locations::under("http://strangers.test", "s"))
}

#[test]
fn a_token_by_an_untrusted_authority_proves_nothing() {
    let world = World::new();
    let tsa = stranger().issue(Profile::timestamp_authority("Strange Stamps", KeyKind::P256));
    let policy = world.policy().evidence(world.lists(at("2025-06-10")));
    let report = world.sign().stamped(&tsa, "2025-06-01").judge(&policy, "2025-06-10");
    assert_passed(&report);
    assert_eq!(proven(&report), None, "{report}");
    assert!(kinds(&report).contains(&"timestamp-not-trusted"), "{report}");
    // Where the time matters it does not pass.
    let policy = world.policy().evidence(world.lists(at("2025-12-31")));
    assert_open(
        &world.sign().stamped(&tsa, "2025-06-01").judge(&policy, "2026-01-02"),
        SubIndication::OutOfBoundsNotRevoked,
    );
}

/// Those who are trusted to sign documents are not thereby trusted to say when.
#[test]
fn trust_in_signers_is_not_trust_in_timestamps() {
    let world = World::new();
    let others = TrustAnchors::new([stranger().certificate().clone()]);
    let policy = world.policy().evidence(world.lists(at("2025-06-10"))).timestamp_anchors(others);
    let report = world.sign().stamped(&world.first, "2025-06-01").judge(&policy, "2025-06-10");
    assert_passed(&report);
    assert_eq!(proven(&report), None, "{report}");
}

#[test]
fn a_token_over_other_octets_proves_nothing() {
    let world = World::new();
    let mut signed = world.sign();
    let raw = raw_token(&world.first, DigestAlgorithm::Sha256.digest(b"another signature"), at("2025-06-01"));
    let token = MatchingToken::from_token(&raw, &digests(&signed.value()));
    let covers = Coverage::new().signature(signed.value());
    signed.stamps.push(stamp(TimestampKind::Signature, "of another", token, covers));
    let policy = world.policy().evidence(world.lists(at("2025-06-10")));
    let report = signed.judge(&policy, "2025-06-10");
    assert_passed(&report);
    assert_eq!(proven(&report), None, "{report}");
    assert!(kinds(&report).contains(&"timestamp-invalid"), "{report}");
}

/// A token proves what it covers, and not what stands beside it in the same signature.
#[test]
fn a_token_that_covers_something_else_does_not_prove_the_signature() {
    let world = World::new();
    let mut signed = world.sign();
    let list = empty_list(&world.root, at("2025-06-01"), at("2025-07-01"));
    let covers = Coverage::new().evidence(Evidence::new().with_crl(list));
    let made = token(&world.first, DigestAlgorithm::Sha256, &octets(&covers), at("2025-06-01"));
    signed.stamps.push(stamp(TimestampKind::Archive, "over a list", made, covers));
    let report = signed.judge(&world.policy().evidence(world.lists(at("2025-06-10"))), "2025-06-10");
    assert_passed(&report);
    assert_eq!(proven(&report), None, "{report}");
}

/// Alice was revoked; a timestamp from before helps, one from after does not, and no claim of hers does.
#[test]
fn a_token_of_after_the_revocation_does_not_help() {
    let world = World::new();
    world.revoke(world.alice.certificate(), "2025-06-05", RevocationReason::KeyCompromise);
    let policy = world.policy().evidence(world.lists(at("2025-06-10")));
    let judge = |time| world.sign().stamped(&world.first, time).judge(&policy, "2025-06-10");
    assert_passed(&judge("2025-06-04"));
    for late in ["2025-06-05", "2025-06-06"] {
        assert_open(&judge(late), SubIndication::RevokedNoProof);
    }
    assert_open(&world.sign().judge(&policy, "2025-06-10"), SubIndication::RevokedNoProof);
    // That she certainly signed afterwards is another matter.
    let after = world.sign().after(&world.first, "2025-06-06").judge(&policy, "2025-06-10");
    assert_failed(&after, SubIndication::Revoked);
    let before = world.sign().after(&world.first, "2025-06-04").judge(&policy, "2025-06-10");
    assert_open(&before, SubIndication::RevokedNoProof);
}

/// The key was in wrong hands before anybody noticed: the invalidity date counts.
#[test]
fn the_date_from_which_the_key_is_suspect_counts() {
    let world = World::new();
    let revocation = Revocation::new(at("2025-06-05"), RevocationReason::KeyCompromise);
    world.issuing.revoke(world.alice.certificate(), revocation.invalid_since(at("2025-06-02")));
    let policy = world.policy().evidence(world.lists(at("2025-06-10")));
    let judge = |time| world.sign().stamped(&world.first, time).judge(&policy, "2025-06-10");
    assert_passed(&judge("2025-06-01"));
    assert_open(&judge("2025-06-03"), SubIndication::RevokedNoProof);
}

/// Whoever has the key of the authority writes tokens of any time: only those that are proven to be older count.
#[test]
fn an_authority_revoked_for_key_compromise_proves_nothing_by_itself() {
    let world = World::new();
    world.revoke(world.first.certificate(), "2026-07-01", RevocationReason::KeyCompromise);
    let policy = world.policy().evidence(world.lists(at("2026-07-10")));
    // Alice has expired since, so that the time decides.
    let alone = world.sign().stamped(&world.first, "2025-06-01").with(world.lists(at("2025-06-02")));
    let report = alone.judge(&policy, "2026-07-10");
    assert_open(&report, SubIndication::OutOfBoundsNoProof);
    let words: Vec<_> = report.facts().timestamps().iter().map(|one| one.verdict().to_string()).collect();
    assert!(words[0].starts_with("INDETERMINATE / REVOKED_NO_POE"), "{words:?}");
    // A second authority stamped it before.
    for (time, passes) in [("2026-06-01", true), ("2026-07-01", false), ("2026-07-02", false)] {
        let signed = world.sign().stamped(&world.first, "2025-06-01").with(world.lists(at("2025-06-02")));
        let report = signed.archived(&world.second, time).judge(&policy, "2026-07-10");
        assert_eq!(proven(&report), passes.then(|| at("2025-06-01")), "{time}: {report}");
    }
}

#[test]
fn a_weaker_hash_in_an_archive_stamp_proves_nothing() {
    let world = World::new();
    let policy = world.policy().evidence(world.lists(at("2026-07-10")));
    let signed = || world.sign().stamped(&world.first, "2025-06-01").with(world.lists(at("2025-06-02")));
    let mut weak = signed();
    weak = weak.archived_with(&world.second, LegacyDigest::Sha1, "2026-06-01");
    // The signature timestamp still holds; what the weak one covers is proven by nobody.
    let report = weak.judge(&policy, "2026-07-10");
    assert!(kinds(&report).contains(&"weak-timestamp"), "{report}");
    let words: Vec<_> = report.facts().timestamps().iter().map(|one| one.verdict().to_string()).collect();
    assert!(words[1].contains("CRYPTO_CONSTRAINTS_FAILURE_NO_POE"), "{words:?}");
    // MD5 likewise, and over a signature value.
    let mut signed = world.sign();
    let made = token(&world.first, LegacyDigest::Md5, &signed.value(), at("2025-06-01"));
    let covers = Coverage::new().signature(signed.value());
    signed.stamps.push(stamp(TimestampKind::Signature, "weak", made, covers));
    let policy = world.policy().evidence(world.lists(at("2025-06-10")));
    assert_eq!(proven(&signed.judge(&policy, "2025-06-10")), None);
}

/// A digest that was good when it was made stays good where the token itself is proven to be as old.
#[test]
fn a_hash_that_was_good_then_is_good_where_that_is_proven() {
    let old = World::new();
    let tsa = |name, from, to| {
        let profile = Profile::timestamp_authority(name, KeyKind::P256).valid(at(from), at(to));
        let now = at("2010-06-01");
        let root = Profile::authority("Old", KeyKind::P256).valid(at("2005-01-01"), at("2050-01-01"));
        let root = TestAuthority::root(root, now, Locations::under("http://old.test", "old"));
        (root.issue(profile), root)
    };
    let (early, root) = tsa("Early", "2009-01-01", "2030-01-01");
    let mut signed = old.sign();
    let list = |time| root.sign_crl(&CrlProfile::new(time).next_update(time + days(365)));
    let made = token(&early, LegacyDigest::Sha1, &signed.value(), at("2011-01-01"));
    let covers = Coverage::new().signature(signed.value());
    signed.stamps.push(stamp(TimestampKind::Signature, "of 2011", made, covers));
    let anchors = TrustAnchors::new([root.certificate().clone()]);
    let policy =
        old.policy().timestamp_anchors(anchors).evidence(Evidence::new().with_crl(list(at("2025-06-01"))));
    let policy = policy.evidence(old.lists(at("2025-06-01")));
    let alone = signed.judge(&policy, "2025-06-10");
    assert!(kinds(&alone).contains(&"weak-timestamp"), "{alone}");
    let mut signed = old.sign();
    let made = token(&early, LegacyDigest::Sha1, &signed.value(), at("2011-01-01"));
    let covers = Coverage::new().signature(signed.value());
    signed.stamps.push(stamp(TimestampKind::Signature, "of 2011", made, covers));
    // Renewed before SHA-1 ended, 2012-08-01. (Alice's certificate is younger than all this, which is told.)
    let renewed = signed.archived(&early, "2012-01-01");
    let report = renewed.judge(&policy, "2025-06-10");
    assert_failed(&report, SubIndication::NotYetValid);
    let verdicts: Vec<_> = report.facts().timestamps().iter().map(|one| one.verdict().indication()).collect();
    assert_eq!(verdicts, [chancery_ades::Indication::TotalPassed; 2], "{report}");
}

#[test]
fn stamps_out_of_order_are_told_and_do_not_pass() {
    let world = World::new();
    let policy = world.policy().evidence(world.lists(at("2025-06-10")));
    // A signature timestamp older than one over the content, which the signature covers.
    let content_later = world.sign().stamped(&world.first, "2025-06-01").after(&world.first, "2025-06-03");
    assert_open(&content_later.judge(&policy, "2025-06-10"), SubIndication::TimestampOrderFailure);
    // An archive timestamp older than what it covers.
    let archive_earlier =
        world.sign().stamped(&world.first, "2025-06-03").archived(&world.first, "2025-06-01");
    assert_open(&archive_earlier.judge(&policy, "2025-06-10"), SubIndication::TimestampOrderFailure);
    // Two archive timestamps the wrong way round.
    let signed = world.sign().stamped(&world.first, "2025-06-01").archived(&world.first, "2025-06-05");
    let twice = signed.archived(&world.first, "2025-06-04").judge(&policy, "2025-06-10");
    assert_open(&twice, SubIndication::TimestampOrderFailure);
    assert!(kinds(&twice).contains(&"timestamps-out-of-order"), "{twice}");
    // In order all of it passes, the same second too.
    for (first, second) in [("2025-06-01", "2025-06-01"), ("2025-06-01", "2025-06-02")] {
        let signed = world.sign().after(&world.first, "2025-05-31").stamped(&world.first, "2025-06-01");
        let signed = signed.archived(&world.first, first).archived(&world.first, second);
        assert_passed(&signed.judge(&policy, "2025-06-10"));
    }
}

/// Nobody can spoil a signature by adding a timestamp of an authority that nobody trusts.
#[test]
fn an_untrusted_stamp_out_of_order_spoils_nothing() {
    let world = World::new();
    let policy = world.policy().evidence(world.lists(at("2025-06-10")));
    let tsa = stranger().issue(Profile::timestamp_authority("Strange Stamps", KeyKind::P256));
    let signed = world.sign().stamped(&world.first, "2025-06-03").archived(&tsa, "2025-06-01");
    assert_passed(&signed.judge(&policy, "2025-06-10"));
}

/// Clocks that run backwards: a token of tomorrow proves nothing, a token before the authority had a certificate
/// neither, and the moment of validation can be any.
#[test]
fn clocks_that_run_backwards_prove_nothing() {
    let world = World::new();
    let policy = world.policy().evidence(world.lists(at("2025-06-09")));
    let report = world.sign().stamped(&world.first, "2025-06-11").judge(&policy, "2025-06-10");
    assert_passed(&report);
    assert_eq!(proven(&report), None);
    assert!(kinds(&report).contains(&"timestamp-in-the-future"), "{report}");
    // Of a time at which its authority did not exist yet.
    let report = world.sign().stamped(&world.second, "2025-06-01").judge(&policy, "2026-06-10");
    assert_open(&report, SubIndication::OutOfBoundsNoProof);
    assert!(kinds(&report).contains(&"timestamp-not-trusted"), "{report}");
    // Long before anybody signed: nothing holds, and nothing panics.
    for moment in ["1970-01-01", "0001-01-01", "9999-12-30"] {
        let report = world.sign().stamped(&world.first, "2025-06-01").judge(&policy, moment);
        assert!(!matches!(report.verdict(), Verdict::Passed(_)), "{moment}: {report}");
    }
}

/// A document timestamp proves the signatures of earlier revisions, and has a verdict of its own.
#[test]
fn a_timestamp_over_the_document_proves_what_it_covers() {
    let world = World::new();
    let signed = world.sign().with(world.lists(at("2025-06-02")));
    let covers = signed.everything();
    let made = token(&world.first, DigestAlgorithm::Sha256, &octets(&covers), at("2025-06-03"));
    let policy = world.policy().evidence(world.lists(at("2026-06-01")));
    let one = stamp(TimestampKind::Document, "Stamp1", made, covers);
    let validated = Validation::new(&policy, at("2026-06-10"))
        .signature(signed.subject())
        .document_timestamp(one)
        .judge();
    assert_passed(&validated.signatures[0]);
    assert_passed(&validated.timestamps[0]);
    assert_eq!(proven(&validated.signatures[0]), Some(at("2025-06-03")));
}

/// Whose clock is known to be wrong proves nothing for the signatures beside either: here, since when the evidence of one
/// existed whose authority was robbed later.
#[test]
fn stamps_out_of_order_prove_nothing_for_other_signatures() {
    let world = World::new();
    let victim = Profile::signer("Victim", KeyKind::P256).valid(at("2024-01-01"), at("2026-01-01"));
    let victim = world.issuing.issue(victim);
    world.revoke(world.issuing.certificate(), "2025-09-01", RevocationReason::KeyCompromise);
    let about = empty_list(&world.issuing, at("2025-06-02"), at("2025-06-02") + days(30));
    let kept = world.lists(at("2025-06-02")).with_crl(about);
    let kept = kept.with_certificate(victim.certificate().clone());
    let moment = at("2025-11-30");
    let lists = [&world.root, &world.stamping].map(|authority| authority.crl(moment, moment + days(30)));
    let policy = world.policy().evidence(lists.into_iter().fold(Evidence::new(), Evidence::with_crl));
    let judged = |stamped: &str| {
        let one = Signed::by(&victim).stamped(&world.first, "2025-06-01").with(kept.clone());
        let other = world.sign().stamped(&world.first, stamped).with(kept.clone());
        let other = other.archived(&world.first, "2025-07-01");
        let validation = Validation::new(&policy, at("2025-12-01"));
        validation.signature(one.subject()).signature(other.subject()).judge().signatures
    };
    let in_order = judged("2025-06-30");
    in_order.iter().for_each(assert_passed);
    // What was stamped in November is not archived in July.
    let out_of_order = judged("2025-11-01");
    assert_open(&out_of_order[0], SubIndication::RevokedAuthorityNoProof);
    assert_open(&out_of_order[1], SubIndication::TimestampOrderFailure);
}
