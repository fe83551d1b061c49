//! Certificates that were on hold: suspended, and perhaps good again later.

// A helper of tests fails as a test does, although it is not marked as one.
#![allow(clippy::unwrap_used, clippy::panic)]

mod case;

use case::{Case, because, current, delta_of, hours, now, revoked_since, scope};
use chancery_chain::{Evidence, EvidenceFault, EvidenceKind, RevocationReason, RevocationStatus};
use chancery_key::KeyKind;
use chancery_testkit::{
    CrlProfile, OcspAnswer, OcspStatus, Profile, Revocation, RevocationReason as TestReason,
};
use jiff::{Timestamp, ToSpan};

const HOLD: TestReason = TestReason::CertificateHold;

/// A list of this hour that names a hold since that one.
fn held(case: &Case, this_update: i64, since: i64) -> CrlProfile {
    case.revoked(CrlProfile::new(hours(this_update)).next_update(hours(90)).number(7), since, HOLD)
}

fn good(this_update: i64) -> CrlProfile {
    CrlProfile::new(hours(this_update)).next_update(hours(90)).number(8)
}

fn on_hold(case: &Case, evidence: &Evidence, at: Timestamp) -> bool {
    let answer = case.verify(evidence, at);
    match revoked_since(&answer) {
        Some((_, reason)) => {
            assert_eq!(reason, RevocationReason::CertificateHold);
            true
        }
        None => {
            assert!(answer.is_ok(), "{answer:?}");
            false
        }
    }
}

#[test]
fn what_was_signed_during_a_hold_stays_so_when_it_is_lifted() {
    let case = Case::new();
    // On hold from hour -10 to at least hour -5; lifted before hour -2.
    let evidence = case.list(&held(&case, -5, -10)).with_crl(case.sign(&good(-2)));
    assert!(!on_hold(&case, &evidence, hours(-11)));
    assert!(on_hold(&case, &evidence, hours(-10)));
    assert!(on_hold(&case, &evidence, hours(-7)));
    assert!(on_hold(&case, &evidence, hours(-5)));
    // Nobody knows when it was lifted between the two lists.
    assert!(on_hold(&case, &evidence, hours(-3)));
    assert!(!on_hold(&case, &evidence, hours(-2)));
    assert!(!on_hold(&case, &evidence, now()));
    // Before the hold it was good, but not for longer.
    let chain = case.verify(&evidence, hours(-11)).unwrap();
    let RevocationStatus::RevokedLater { since, reason, .. } = &chain.revocation()[0] else {
        panic!("{chain:?}")
    };
    assert_eq!((*since, *reason), (hours(-10), RevocationReason::CertificateHold));
    assert_eq!(chain.holds_until(), Some(hours(-10) - 1.nanoseconds()));
    // What it rests on does not forget the hold.
    assert!(on_hold(&case, &chain.evidence(), hours(-7)));
}

/// An answer of this hour that the certificate is good, until that one.
fn answer(case: &Case, this_update: i64, until: i64) -> OcspAnswer<'_> {
    case.about(hours(this_update)).current(hours(this_update), Some(hours(until)))
}

#[test]
fn a_hold_is_not_lifted_by_what_was_said_before_it() {
    let case = Case::new();
    let before = answer(&case, -18, 20).sign();
    let held = case.revoked(CrlProfile::new(hours(-15)).next_update(hours(23)).number(7), -16, HOLD);
    let evidence = case.list(&held).with_ocsp(before.clone());
    assert!(on_hold(&case, &evidence, hours(14)));
    // One that is outdated says that the hold was lifted; nobody knows what became of the certificate since.
    let lifted = evidence.with_ocsp(answer(&case, -13, 3).sign());
    let why = because(case.verify(&lifted, hours(14)));
    let older = |fault: &EvidenceFault| {
        matches!(fault, EvidenceFault::BeforeHold { kind: EvidenceKind::Ocsp, this_update, held }
            if (*this_update, *held) == (hours(-18), hours(-15)))
    };
    assert_eq!(why.iter().filter(|fault| older(fault)).count(), 1, "{why:?}");
    assert_eq!(why.len(), 2, "{why:?}");
    // While the answer holds, and with another one from after the hold, it is good.
    assert!(!on_hold(&case, &lifted, hours(2)));
    let known = lifted.with_ocsp(answer(&case, 16, 40).sign());
    let chain = case.verify(&known, hours(14)).unwrap();
    // The hold, the answer that lifted it and the one that speaks of the moment.
    let rest = chain.evidence();
    assert_eq!((rest.crls().len(), rest.ocsp().len()), (2, 2));
    assert_eq!(chain.holds_until(), Some(hours(40)));
    assert_eq!(case.verify(&rest, hours(14)).unwrap(), chain);
}

#[test]
fn a_list_for_other_reasons_from_before_a_hold_does_not_speak_of_the_time_after_it() {
    let case = Case::new();
    let holds = scope(&[0x83, 2, 1, 0x02]);
    // Every reason but certificateHold (6).
    let others = |hour| case.sign(&good(hour).extension(scope(&[0x83, 3, 7, 0x7d, 0x80])));
    let held = held(&case, -5, -10).extension(holds.clone());
    let lifted = case.sign(&good(-1).extension(holds));
    let evidence = case.list(&held).with_crl(lifted);
    assert!(case.require(&evidence.clone().with_crl(others(-6))).is_err());
    assert!(case.require(&evidence.with_crl(others(-4))).is_ok());
}

#[test]
fn who_lifted_a_hold_must_be_known_for_as_long_as_the_proof_holds() {
    let case = Case::new();
    let profile = Profile::ocsp_responder("Responder", KeyKind::P256).valid(hours(-90), hours(5));
    let responder = case.pki.issue(profile);
    let lift = answer(&case, -4, -3).delegated(&responder).sign();
    let evidence = case.list(&held(&case, -5, -10)).with_ocsp(lift).with_ocsp(answer(&case, 2, 40).sign());
    let chain = case.require(&evidence).unwrap();
    assert_eq!(chain.holds_until(), Some(hours(5)));
    assert!(case.verify(&chain.evidence(), hours(5)).is_ok());
}

#[test]
fn evidence_from_between_shows_when_a_hold_was_lifted() {
    let case = Case::new();
    let evidence = case.list(&held(&case, -9, -10)).with_crl(case.sign(&good(-2)));
    assert!(on_hold(&case, &evidence, hours(-5)));
    // An answer of hour -6 knows of no hold any more, although it was outdated soon.
    let answer =
        case.about(hours(-6)).current(hours(-6), Some(hours(-5) - jiff::SignedDuration::from_mins(30)));
    let evidence = evidence.with_ocsp(answer.sign());
    assert!(!on_hold(&case, &evidence, hours(-5)));
    assert!(on_hold(&case, &evidence, hours(-7)));
}

#[test]
fn a_hold_that_nobody_lifts_lasts() {
    let case = Case::new();
    let evidence = case.list(&held(&case, -5, -10));
    assert!(on_hold(&case, &evidence, now()));
    let chain = case.verify(&evidence, hours(-12)).unwrap();
    let RevocationStatus::RevokedLater { since, reason, .. } = &chain.revocation()[0] else {
        panic!("{chain:?}")
    };
    assert_eq!((*since, *reason), (hours(-10), RevocationReason::CertificateHold));
    // Nor does an older list, or one of the same moment, lift it.
    for older in [-6, -5] {
        assert!(on_hold(&case, &evidence.clone().with_crl(case.sign(&good(older))), now()));
    }
}

#[test]
fn an_answer_holds_and_lifts_as_a_list_does() {
    let case = Case::new();
    let held = OcspStatus::Revoked(Revocation::new(hours(-10), HOLD));
    let answer = case.about(hours(-5)).status(held).sign();
    let evidence = case.above().with_ocsp(answer).with_ocsp(case.about(hours(-2)).sign());
    assert!(on_hold(&case, &evidence, hours(-7)));
    assert!(on_hold(&case, &evidence, hours(-3)));
    assert!(!on_hold(&case, &evidence, now()));
}

#[test]
fn each_revocation_that_an_answer_names_counts() {
    let case = Case::new();
    let about = || case.about(hours(6));
    let revoked = |since, reason| about().status(OcspStatus::Revoked(Revocation::new(hours(since), reason)));
    let early = || revoked(-5, TestReason::KeyCompromise);
    let late = || revoked(8, TestReason::Superseded);
    let held = || revoked(-7, HOLD);
    // A later answer of the responder lifts the hold, and nothing else.
    let good = case.about(hours(9)).sign();
    for (one, other) in [(early(), late()), (late(), early()), (held(), early()), (early(), held())] {
        let answer = one.and(&other);
        let evidence = case.above().with_ocsp(answer.sign()).with_ocsp(good.clone());
        for at in [now(), hours(10)] {
            let found = revoked_since(&case.verify(&evidence, at));
            assert_eq!(found, Some((hours(-5), RevocationReason::KeyCompromise)));
        }
    }
}

#[test]
fn a_delta_lifts_a_hold_from_its_own_time_on() {
    let case = Case::new();
    let base = held(&case, -9, -10);
    let delta = CrlProfile::new(hours(-2)).next_update(hours(90)).number(9).extension(delta_of(7));
    let delta = case.revoked(delta, -3, TestReason::RemoveFromList);
    let evidence = case.list(&base).with_crl(case.sign(&delta));
    assert!(on_hold(&case, &evidence, hours(-9)));
    assert!(on_hold(&case, &evidence, hours(-4)));
    assert!(!on_hold(&case, &evidence, hours(-2)));
    assert!(!on_hold(&case, &evidence, now()));
}

#[test]
fn a_list_for_other_reasons_lifts_no_hold() {
    let case = Case::new();
    // Every reason but certificateHold (6).
    let others = good(-2).extension(scope(&[0x83, 3, 7, 0x7d, 0x80]));
    let holds = held(&case, -5, -10).extension(scope(&[0x83, 2, 1, 0x02]));
    let evidence = case.list(&others).with_crl(case.sign(&holds));
    assert!(on_hold(&case, &evidence, now()));
    let lifted = good(-1).extension(scope(&[0x83, 2, 1, 0x02]));
    assert!(!on_hold(&case, &evidence.with_crl(case.sign(&lifted)), now()));
}

#[test]
fn a_hold_that_becomes_a_revocation_is_one() {
    let case = Case::new();
    let revoked = case.revoked(current(), -3, TestReason::KeyCompromise);
    let evidence = case.list(&held(&case, -5, -10)).with_crl(case.sign(&revoked));
    let answer = case.require(&evidence);
    assert_eq!(revoked_since(&answer), Some((hours(-3), RevocationReason::KeyCompromise)));
    assert!(on_hold(&case, &evidence, hours(-4)));
}
