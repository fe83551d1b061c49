//! Of evidence that names no revocation, only as much is verified as is needed; of evidence that names one, all.
#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

use chancery_chain::{
    ChainFailure, ChainFault, ChainVerifier, Evidence, Limits, Purpose, RevocationPolicy, TrustAnchors,
    VerifiedChain,
};
use chancery_key::KeyKind;
use chancery_testkit::{Profile, RevocationReason, TestPki};
use jiff::{SignedDuration, Timestamp};

fn hour(count: i64) -> Timestamp {
    "2026-11-21T12:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(count)
}

fn with_lists(pki: &TestPki, evidence: Evidence) -> Evidence {
    pki.crls().into_iter().fold(evidence, Evidence::with_crl)
}

/// Judges with so many operations of public keys at most.
fn judge(
    pki: &TestPki,
    evidence: &Evidence,
    certificate: &chancery_certificate::Certificate,
    at: Timestamp,
    signature_checks: u64,
) -> Result<VerifiedChain, ChainFailure> {
    let anchors = TrustAnchors::new([pki.root().clone()]);
    let mut limits = Limits::default();
    limits.signature_checks = signature_checks;
    let verifier = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require);
    verifier.evidence(evidence).limits(limits).verify_at(certificate, at)
}

#[test]
fn the_newest_is_enough() {
    let pki = TestPki::at(hour(0));
    let alice = pki.issue(Profile::signer("Alice", KeyKind::P256));
    let alice = alice.certificate();
    let authority = || Evidence::new().with_certificate(pki.intermediate().clone());

    // Two certificates, the list about the authority; the answer and the certificate of who gave it.
    let mut evidence = with_lists(&pki, authority());
    pki.set_now(hour(1));
    evidence.add_ocsp(pki.ocsp(alice));
    assert!(judge(&pki, &evidence, alice, hour(1), 5).is_ok());
    assert!(judge(&pki, &evidence, alice, hour(1), 4).is_err());

    // Two certificates and two lists, and not the answer that is older.
    pki.set_now(hour(2));
    let evidence = with_lists(&pki, evidence);
    assert!(judge(&pki, &evidence, alice, hour(2), 4).is_ok());
    assert!(judge(&pki, &evidence, alice, hour(2), 3).is_err());
}

#[test]
fn an_answer_that_is_of_no_use_is_not_verified() {
    let pki = TestPki::at(hour(0));
    let alice = pki.issue(Profile::signer("Alice", KeyKind::P256));
    let alice = alice.certificate();
    let evidence = Evidence::new().with_certificate(pki.intermediate().clone());
    let mut evidence = evidence.with_ocsp(pki.ocsp(alice));
    pki.set_now(hour(24 * 40));
    evidence = with_lists(&pki, evidence);
    assert!(judge(&pki, &evidence, alice, hour(24 * 40), 4).is_ok());
}

/// Whoever has newer evidence that says nothing of it cannot hide an older piece that names a revocation.
#[test]
fn a_revocation_that_an_older_piece_names_is_heard() {
    let pki = TestPki::at(hour(0));
    let alice = pki.issue(Profile::signer("Alice", KeyKind::P256));
    let alice = alice.certificate();
    let authority = || Evidence::new().with_certificate(pki.intermediate().clone());
    pki.set_now(hour(2));
    let good = with_lists(&pki, authority()).with_ocsp(pki.ocsp(alice));
    assert!(judge(&pki, &good, alice, hour(3), 5).is_ok());
    pki.set_now(hour(1));
    pki.revoke(alice, hour(1), RevocationReason::KeyCompromise);
    let named = [with_lists(&pki, good.clone()), good.with_ocsp(pki.ocsp(alice))];
    for evidence in named {
        let refused = judge(&pki, &evidence, alice, hour(3), 100).unwrap_err();
        assert!(matches!(refused.reason(), ChainFault::Revoked { .. }), "{refused}");
        // Where it cannot be verified any more, nothing is known.
        assert!(judge(&pki, &evidence, alice, hour(3), 4).is_err());
    }
}
