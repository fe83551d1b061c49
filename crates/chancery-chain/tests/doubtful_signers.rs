//! Revocations named by signers of whom themselves not everything is known.

// A helper of tests fails as a test does, although it is not marked as one.
#![allow(clippy::unwrap_used, clippy::panic)]

mod case;

use case::{Case, because, current, hours, now, revoked_since};
use chancery_chain::{
    ChainFailure, Evidence, EvidenceFault, EvidenceKind, RevocationPolicy, RevocationReason,
    RevocationStatus, VerifiedChain,
};
use chancery_key::KeyKind;
use chancery_testkit::{
    CrlProfile, OcspAnswer, OcspStatus, Profile, Revocation, RevocationReason as TestReason, TestAuthority,
    TestIdentity,
};
use const_oid::ObjectIdentifier as Oid;

const POLICIES: [RevocationPolicy; 2] = [RevocationPolicy::Require, RevocationPolicy::WhenKnown];

fn compromised(since: i64) -> Revocation {
    Revocation::new(hours(since), TestReason::KeyCompromise)
}

/// A responder whose own revocation is asked about.
fn responder(case: &Case) -> TestIdentity {
    let no_check = Oid::new_unwrap("1.3.6.1.5.5.7.48.1.5");
    case.pki.issue(Profile::ocsp_responder("Responder", KeyKind::P256).without_extension(no_check))
}

/// What says that the authority is good, and is no list of the root.
fn answer_about_the_authority(case: &Case) -> Evidence {
    let (authority, root) = (case.pki.intermediate(), case.pki.root_authority());
    let answer = OcspAnswer::about(authority, root, hours(-1)).current(hours(-1), Some(hours(48)));
    Evidence::new().with_ocsp(answer.sign())
}

/// Another key of the authority, certified by the root.
fn second_key(case: &Case, from: i64, until: i64) -> TestAuthority {
    let profile = Profile::authority("Second", KeyKind::P256)
        .subject(case.pki.intermediate().subject().to_der().to_vec())
        .valid(hours(from), hours(until));
    case.pki.root_authority().subordinate(profile, case.pki.issuing().locations().clone())
}

/// Revoked where its signer counts as good because nothing else is known; else nobody knows.
fn refused_for(policy: RevocationPolicy, answer: Result<VerifiedChain, ChainFailure>) {
    if policy == RevocationPolicy::WhenKnown {
        assert_eq!(revoked_since(&answer), Some((hours(-5), RevocationReason::KeyCompromise)));
    } else {
        let faults = because(answer);
        let of_signer = |fault: &EvidenceFault| {
            matches!(fault, EvidenceFault::SignerNotAllowed { .. } | EvidenceFault::SignerExpired { .. })
        };
        assert!(faults.len() == 1 && faults.iter().all(of_signer), "{faults:?}");
    }
}

#[test]
fn a_revocation_by_a_responder_of_unknown_status_is_not_dropped() {
    let case = Case::new();
    let responder = responder(&case);
    let good = case.about(hours(-10)).current(hours(-10), Some(hours(24))).sign();
    let revoked = case.about(hours(-1)).status(OcspStatus::Revoked(compromised(-5))).delegated(&responder);
    let evidence = case.above().with_ocsp(good).with_ocsp(revoked.sign());
    for policy in POLICIES {
        let answer = case.verify_with(&evidence, now(), |verifier| verifier.with_revocation(policy));
        refused_for(policy, answer);
    }
    // Its silence alone is worth nothing.
    let silent = case.about(hours(-1)).delegated(&responder).sign();
    let faults = because(case.require(&case.above().with_ocsp(silent)));
    assert!(matches!(faults[..], [EvidenceFault::SignerNotAllowed { .. }]), "{faults:?}");
}

#[test]
fn a_revocation_by_a_responder_that_expired_since_is_not_dropped() {
    let case = Case::new();
    let profile = Profile::ocsp_responder("Responder", KeyKind::P256).valid(hours(-100), hours(0));
    let responder = case.pki.issue(profile);
    let good = case.about(hours(-10)).current(hours(-10), Some(hours(24))).sign();
    let answer = |said| case.about(said).status(OcspStatus::Revoked(compromised(-5))).delegated(&responder);
    for policy in POLICIES {
        let verify = |said| {
            let evidence = case.above().with_ocsp(good.clone()).with_ocsp(answer(said).sign());
            case.verify_with(&evidence, hours(10), |verifier| verifier.with_revocation(policy))
        };
        refused_for(policy, verify(hours(-1)));
        // What it says after its end is nothing.
        assert!(verify(hours(1)).is_ok());
    }
}

#[test]
fn a_revocation_by_a_signer_of_lists_that_expired_since_is_not_dropped() {
    let case = Case::new();
    let signer = second_key(&case, -100, 0);
    let old = CrlProfile::new(hours(-10)).next_update(hours(24)).number(5);
    let new = |said| CrlProfile::new(hours(said)).next_update(hours(24)).number(6);
    // Of the signer speaks the list of the root.
    let evidence = case.above().with_certificate(signer.certificate().clone()).with_crl(case.sign(&old));
    for policy in POLICIES {
        let verify = |said| {
            let list = signer.sign_crl(&new(said).revoke(case.serial(), compromised(-5)));
            let evidence = evidence.clone().with_crl(list);
            case.verify_with(&evidence, hours(10), |verifier| verifier.with_revocation(policy))
        };
        refused_for(policy, verify(-1));
        assert!(verify(1).is_ok());
    }
}

#[test]
fn a_revocation_by_a_responder_that_was_revoked_itself_is_dropped() {
    let case = Case::new();
    let responder = responder(&case);
    let serial = responder.certificate().serial().to_vec();
    let list = case.list(&current().revoke(serial, compromised(-5)));
    let revoked = case.about(hours(-1)).status(OcspStatus::Revoked(compromised(-5))).delegated(&responder);
    assert!(case.require(&list.with_ocsp(revoked.sign())).is_ok());
}

#[test]
fn a_revocation_by_a_signer_of_lists_of_unknown_status_is_not_dropped() {
    let case = Case::new();
    let signer = second_key(&case, -100, 1_000);
    let old = CrlProfile::new(hours(-10)).next_update(hours(24)).number(5);
    let new = || CrlProfile::new(hours(-1)).next_update(hours(24)).number(6);
    let evidence = answer_about_the_authority(&case)
        .with_certificate(signer.certificate().clone())
        .with_crl(case.sign(&old));
    let revoked = signer.sign_crl(&new().revoke(case.serial(), compromised(-5)));
    for policy in POLICIES {
        let with_it = evidence.clone().with_crl(revoked.clone());
        let answer = case.verify_with(&with_it, now(), |verifier| verifier.with_revocation(policy));
        refused_for(policy, answer);
    }
    // Its silence alone is worth nothing, nor does it stand in the way of the other list.
    let silent = answer_about_the_authority(&case)
        .with_certificate(signer.certificate().clone())
        .with_crl(signer.sign_crl(&new()));
    let faults = because(case.require(&silent));
    assert!(matches!(faults[..], [EvidenceFault::SignerNotAllowed { .. }]), "{faults:?}");
    assert!(case.require(&evidence.with_crl(signer.sign_crl(&new()))).is_ok());
}

#[test]
fn a_doubtful_delta_revokes_and_lifts_nothing() {
    let case = Case::new();
    let signer = second_key(&case, -100, 1_000);
    let complete = |list: CrlProfile| signer.sign_crl(&list.next_update(hours(24)));
    let delta = |reason| {
        let list = CrlProfile::new(hours(-1)).next_update(hours(24)).number(9).extension(case::delta_of(7));
        signer.sign_crl(&list.revoke(case.serial(), Revocation::new(hours(-6), reason)))
    };
    let held = CrlProfile::new(hours(-5)).number(7);
    let held = held.revoke(case.serial(), Revocation::new(hours(-6), TestReason::CertificateHold));
    let evidence = answer_about_the_authority(&case)
        .with_certificate(signer.certificate().clone())
        .with_crl(case.sign(&CrlProfile::new(hours(-10)).next_update(hours(24)).number(5)))
        .with_crl(complete(held));
    let refused = |evidence: &Evidence| {
        let faults = because(case.require(evidence));
        matches!(faults[..], [EvidenceFault::SignerNotAllowed { .. }, ..])
    };
    assert!(refused(&evidence));
    assert!(refused(&evidence.clone().with_crl(delta(TestReason::RemoveFromList))));
    // Who is beyond doubt lifts it.
    let newer = case.sign(&CrlProfile::new(hours(0)).next_update(hours(24)).number(10));
    assert!(case.require(&evidence.with_crl(newer)).is_ok());
}

#[test]
fn a_later_list_needs_a_signer_that_was_there_when_it_was_signed() {
    let case = Case::new();
    let answer = |from, until| {
        let signer = second_key(&case, from, until);
        let list = CrlProfile::new(hours(20)).next_update(hours(40)).number(8);
        // Of the signer speaks the list of the root, which is of a month later.
        let evidence = case.above().with_certificate(signer.certificate().clone());
        case.require(&evidence.with_crl(signer.sign_crl(&list)))
    };
    let good = answer(-100, 1_000).unwrap();
    assert!(matches!(&good.revocation()[0], RevocationStatus::Good(good) if good.kind == EvidenceKind::Crl));
    // Renewed meanwhile.
    assert!(answer(5, 1_000).is_ok());
    // It had expired.
    assert!(matches!(because(answer(-100, 5))[..], [EvidenceFault::SignerNotAllowed { .. }]));
}
