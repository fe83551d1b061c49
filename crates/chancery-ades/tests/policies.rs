//! What a policy asks, and what follows where it is not met.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails where it stands"
)]

mod support;

use chancery_ades::{Policy, SignatureLevel, SignatureReport, SubIndication};
use chancery_chain::{Evidence, Freshness, RevocationPolicy, WeakAlgorithms};
use chancery_key::KeyKind;
use chancery_key::lifetime::{AlgorithmConstraints, Lifetime};
use chancery_testkit::{Profile, RevocationReason};
use support::{Signed, World, assert_open, assert_passed, at, days, kinds};

/// Lists for each day that is asked for.
fn lists(world: &World, times: &[&str]) -> Evidence {
    times.iter().fold(Evidence::new(), |mut evidence, time| {
        evidence.extend(world.lists(at(time)));
        evidence
    })
}

fn help(report: &SignatureReport) -> &str {
    report.verdict().reason().and_then(chancery_ades::Reason::help).unwrap_or_default()
}

/// RSA with 2048 bits: EU DSS accepts it until 2029, the newest edition of TS 119 312 until April 2026.
#[test]
fn the_presets_judge_algorithms_by_their_editions() {
    let world = World::new();
    let profile = Profile::signer("Rachel", KeyKind::Rsa { bits: 2048 });
    let rachel = world.issuing.issue(profile.valid(at("2024-01-01"), at("2029-06-01")));
    let evidence = lists(&world, &["2026-03-02", "2026-10-20"]);
    let signed = || Signed::by(&rachel);
    let now = "2026-11-01";
    let baseline = Policy::baseline(world.anchors()).evidence(evidence.clone());
    assert_passed(&signed().judge(&baseline, now));
    let strict = Policy::baseline(world.anchors())
        .accept_algorithms(AlgorithmConstraints::ts_119_312_v2_1_1())
        .evidence(evidence.clone());
    let late = signed().judge(&strict, now);
    assert_open(&late, SubIndication::CryptographicConstraintsFailureNoProof);
    assert!(help(&late).contains("from before 2026-04-01"), "{late}");
    // A timestamp from before, or from after.
    assert_passed(&signed().stamped(&world.first, "2026-03-01").judge(&strict, now));
    let too_late = signed().stamped(&world.first, "2026-05-01").judge(&strict, now);
    assert_open(&too_late, SubIndication::CryptographicConstraintsFailureNoProof);
    // That it was certainly made after the end is worse.
    let after = signed().after(&world.first, "2026-05-01").judge(&strict, now);
    assert_open(&after, SubIndication::CryptographicConstraintsFailure);
    // Reported only.
    let reported = strict.on_weak_algorithms(WeakAlgorithms::Report);
    let report = signed().judge(&reported, now);
    assert_passed(&report);
    assert!(kinds(&report).contains(&"weak-algorithm"), "{report}");
    // After 2029 DSS's dates have come too.
    let later = Policy::baseline(world.anchors()).evidence(lists(&world, &["2029-01-20"]));
    assert_open(&signed().judge(&later, "2029-02-01"), SubIndication::CryptographicConstraintsFailureNoProof);
}

#[test]
fn a_signature_below_the_demanded_level_does_not_pass() {
    let world = World::new();
    let evidence = lists(&world, &["2025-06-05"]);
    let (stamped, archived) = (
        || world.sign().stamped(&world.first, "2025-06-01"),
        || {
            let signed = world.sign().stamped(&world.first, "2025-06-01").with(world.lists(at("2025-06-02")));
            signed.archived(&world.first, "2025-06-03")
        },
    );
    for (demanded, basic, time, archive) in [
        (SignatureLevel::BelowBaseline, true, true, true),
        (SignatureLevel::Basic, true, true, true),
        (SignatureLevel::Time, false, true, true),
        (SignatureLevel::LongTerm, false, false, true),
        (SignatureLevel::Archive, false, false, true),
    ] {
        let policy = world.policy().evidence(evidence.clone()).at_least(demanded);
        for (signed, passes) in [(world.sign(), basic), (stamped(), time), (archived(), archive)] {
            let level = signed.level;
            let report = signed.judge(&policy, "2025-06-10");
            match passes {
                true => assert_passed(&report),
                false => assert_open(&report, SubIndication::SignatureConstraintsFailure),
            }
            let told = report.verdict().to_string();
            assert!(passes || told.contains(&format!("level {level}")), "{told}");
        }
    }
    let archival = Policy::archival(world.anchors()).evidence(evidence.clone());
    assert_open(&stamped().judge(&archival, "2025-06-10"), SubIndication::SignatureConstraintsFailure);
    assert_passed(&archived().judge(&archival, "2025-06-10"));
}

/// What looks like B-T is none when nobody trusts the authority of its timestamp.
#[test]
fn a_level_is_what_the_timestamps_prove() {
    let world = World::new();
    world.revoke(world.first.certificate(), "2025-05-01", RevocationReason::KeyCompromise);
    let policy = world.policy().evidence(lists(&world, &["2025-06-05"])).at_least(SignatureLevel::Time);
    let report = world.sign().stamped(&world.first, "2025-06-01").judge(&policy, "2025-06-10");
    assert_open(&report, SubIndication::SignatureConstraintsFailure);
    assert!(report.verdict().to_string().contains("no timestamp of the signature is trusted"), "{report}");
    // What looks like B-LTA likewise, where the first timestamp is good and the archive timestamp is not.
    let world = World::new();
    world.revoke(world.second.certificate(), "2026-02-01", RevocationReason::KeyCompromise);
    let policy = Policy::archival(world.anchors()).evidence(lists(&world, &["2026-03-05"]));
    let signed = || world.sign().stamped(&world.first, "2025-06-01").with(world.lists(at("2025-06-02")));
    let report = signed().archived(&world.second, "2026-03-01").judge(&policy, "2026-03-10");
    assert_open(&report, SubIndication::SignatureConstraintsFailure);
    assert!(report.verdict().to_string().contains("no archive timestamp"), "{report}");
    assert_passed(&signed().archived(&world.first, "2026-03-01").judge(&policy, "2026-03-10"));
}

/// Strict revocation information is younger than the signature; with a grace period, by that much.
#[test]
fn freshness_counts_from_the_time_of_the_signature() {
    let world = World::new();
    let judge = |freshness, list: &str| {
        let policy = world.policy().freshness(freshness).evidence(lists(&world, &[list]));
        world.sign().stamped(&world.first, "2025-06-05").judge(&policy, "2025-06-20")
    };
    let (lenient, strict) = (Freshness::until_next_update(), Freshness::issued_after());
    assert_passed(&judge(lenient, "2025-06-01"));
    assert_open(&judge(strict, "2025-06-01"), SubIndication::TryLater);
    assert_passed(&judge(strict, "2025-06-06"));
    assert_open(&judge(strict.grace(days(3)), "2025-06-06"), SubIndication::TryLater);
    assert_passed(&judge(strict.grace(days(3)), "2025-06-08"));
    // The preset asks for it, and for a timestamp.
    let preset = Policy::strict(world.anchors()).evidence(lists(&world, &["2025-06-06"]));
    assert_passed(&world.sign().stamped(&world.first, "2025-06-05").judge(&preset, "2025-06-20"));
    let preset = Policy::strict(world.anchors()).evidence(lists(&world, &["2025-06-19"]));
    assert_open(&world.sign().judge(&preset, "2025-06-19"), SubIndication::SignatureConstraintsFailure);
}

/// Each word of the standard for a path that is not good, and what is said to help.
#[test]
fn the_words_for_revocation_follow_the_standard() {
    let judge = |prepare: &dyn Fn(&World) -> Evidence| {
        let world = World::new();
        let evidence = prepare(&world);
        world.sign().judge(&world.policy().evidence(evidence), "2025-06-20")
    };
    let report = judge(&|_| Evidence::new());
    assert_open(&report, SubIndication::CertificateChainGeneralFailure);
    assert!(help(&report).contains("a CRL or OCSP answer about"), "{report}");
    let report = judge(&|world| world.lists(at("2025-05-01")));
    assert_open(&report, SubIndication::TryLater);
    let report = judge(&|world| {
        world.revoke(world.alice.certificate(), "2025-06-02", RevocationReason::Superseded);
        world.lists(at("2025-06-15"))
    });
    assert_open(&report, SubIndication::RevokedNoProof);
    assert!(help(&report).contains("from before 2025-06-02"), "{report}");
    let report = judge(&|world| {
        world.revoke(world.issuing.certificate(), "2025-06-02", RevocationReason::AuthorityCompromise);
        world.lists(at("2025-06-15"))
    });
    assert_open(&report, SubIndication::RevokedAuthorityNoProof);
    let report = judge(&|world| {
        world.revoke(world.alice.certificate(), "2025-06-02", RevocationReason::CertificateHold);
        world.lists(at("2025-06-15"))
    });
    assert_open(&report, SubIndication::TryLater);
    assert!(help(&report).contains("when the hold of"), "{report}");
}

/// What is signed while a certificate is on hold is not good, also when the hold was lifted (eIDAS Art. 28 (5)).
#[test]
fn a_hold_that_was_lifted_still_counts_for_what_was_signed_meanwhile() {
    let world = World::new();
    world.revoke(world.alice.certificate(), "2025-06-02", RevocationReason::CertificateHold);
    let held = world.lists(at("2025-06-04"));
    let good = support::empty_list(&world.issuing, at("2025-06-10"), at("2025-07-10"));
    let root = support::empty_list(&world.root, at("2025-06-10"), at("2025-07-10"));
    let stamping = support::empty_list(&world.stamping, at("2025-06-10"), at("2025-07-10"));
    let lifted = Evidence::new().with_crl(good).with_crl(root).with_crl(stamping);
    let policy = world.policy().evidence(held).evidence(lifted);
    let judge = |time| world.sign().stamped(&world.first, time).judge(&policy, "2025-06-20");
    assert_passed(&judge("2025-06-01"));
    assert_open(&judge("2025-06-03"), SubIndication::TryLater);
    assert_passed(&judge("2025-06-12"));
}

#[test]
fn legacy_tells_what_it_does_not_know() {
    let world = World::new();
    let legacy = Policy::legacy(world.anchors());
    let report = world.sign().judge(&legacy, "2025-06-20");
    assert_passed(&report);
    assert!(kinds(&report).contains(&"revocation-unknown"), "{report}");
    // What is known counts.
    world.revoke(world.alice.certificate(), "2025-06-02", RevocationReason::KeyCompromise);
    let legacy = Policy::legacy(world.anchors()).evidence(world.lists(at("2025-06-10")));
    assert_open(&world.sign().judge(&legacy, "2025-06-20"), SubIndication::RevokedNoProof);
}

/// With revocation not checked, an expired certificate still needs a proof, and has one by a timestamp.
#[test]
fn without_revocation_the_times_still_count() {
    let world = World::new();
    let policy = Policy::new(world.anchors(), RevocationPolicy::NotChecked);
    assert_open(&world.sign().judge(&policy, "2026-06-01"), SubIndication::OutOfBoundsNotRevoked);
    assert_passed(&world.sign().stamped(&world.first, "2025-06-01").judge(&policy, "2026-06-01"));
}

/// The authority has renewed its certificate since, so that the new one was not valid yet when Alice signed. That does not
/// matter; but how old the information is still does.
#[test]
fn another_fault_of_that_time_does_not_hide_that_information_is_too_old() {
    let world = World::new();
    let name = world.issuing.certificate().subject().to_der().to_vec();
    let renewed = Profile::authority("Issuing", KeyKind::P256)
        .valid(at("2025-07-01"), at("2030-01-01"))
        .with_key(world.issuing.identity().key())
        .subject(name);
    let renewed = world.root.issue(renewed).certificate().clone();
    let judged = |lists_of: &str| {
        let old = [&world.root, &world.stamping, &world.issuing]
            .into_iter()
            .fold(Evidence::new(), |evidence, authority| {
                evidence.with_crl(authority.crl(at(lists_of), at("2025-09-01")))
            });
        let mut signed = world.sign();
        signed.chain = vec![world.alice.certificate().clone(), renewed.clone()];
        let policy = world.policy().freshness(Freshness::issued_after());
        signed.stamped(&world.first, "2025-06-01").with(old).judge(&policy, "2025-08-02")
    };
    assert_open(&judged("2025-05-20"), SubIndication::TryLater);
    assert_passed(&judged("2025-08-01"));
}

/// A report says by which table an algorithm was judged, not by another.
#[test]
fn reports_judge_algorithms_by_the_table_of_the_policy() {
    let world = World::new();
    let profile = Profile::signer("Rachel", KeyKind::Rsa { bits: 2048 });
    let rachel = world.issuing.issue(profile.valid(at("2024-01-01"), at("2029-06-01")));
    for (algorithms, end) in [
        (AlgorithmConstraints::dss_6_4(), "2029-01-01"),
        (AlgorithmConstraints::ts_119_312_v2_1_1(), "2026-04-01"),
    ] {
        let policy = world.policy().accept_algorithms(algorithms).evidence(lists(&world, &["2025-03-02"]));
        let report = Signed::by(&rachel).judge(&policy, "2025-03-03");
        assert_passed(&report);
        let (_, lifetime) = report.facts().algorithm().unwrap();
        assert_eq!(lifetime, Lifetime::Until(at(end)), "{algorithms}");
    }
}

/// What the caller knows does not make a signature one that keeps its evidence itself, whatever it seems to hold.
#[test]
fn a_level_is_not_reached_by_evidence_that_is_worth_nothing() {
    let world = World::new();
    let mut forged = world.issuing.crl(at("2025-06-02"), at("2025-07-02"));
    let end = forged.len() - 1;
    forged[end] ^= 1;
    let good = lists(&world, &["2025-06-02"]);
    for level in [SignatureLevel::LongTerm, SignatureLevel::Archive] {
        let policy = world.policy().at_least(level).evidence(good.clone());
        let judged = |kept: &Evidence| {
            let signed = world.sign().stamped(&world.first, "2025-06-01").with(kept.clone());
            signed.archived(&world.first, "2025-06-03").judge(&policy, "2025-06-04")
        };
        assert_passed(&judged(&good));
        for kept in [Evidence::new(), Evidence::new().with_crl(forged.clone())] {
            let report = judged(&kept);
            assert_open(&report, SubIndication::SignatureConstraintsFailure);
            assert!(kinds(&report).contains(&"level-too-low"), "{report}");
            assert!(help(&report).contains("keep the missing"), "{report}");
        }
    }
}
