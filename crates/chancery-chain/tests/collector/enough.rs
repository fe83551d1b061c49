//! How much is wanted, and for when.

use chancery_chain::{
    ChainFault, ChainVerifier, Completeness, EvidenceCollector, Missing, Purpose, RevocationPolicy,
    RevocationStatus,
};
use chancery_testkit::{Misbehaviour, Revocation, RevocationReason, TestService};
use jiff::ToSpan;

use super::parts::{Case, Recorder, block_on, hours, now, sendable};

#[test]
fn a_revoked_certificate_needs_no_more_questions() {
    let case = Case::new();
    case.pki.revoke(case.alice.certificate(), hours(-2), RevocationReason::KeyCompromise);
    let (collected, asked) = case.collect(case.collector());
    assert!(matches!(collected.chain().unwrap_err().reason(), ChainFault::Revoked { .. }));
    assert!(collected.missing().is_empty());
    assert_eq!(asked.len(), 3);
}

#[test]
fn the_policy_says_how_much_is_wanted() {
    let case = Case::new();
    case.pki.misbehave(TestService::Crl, Misbehaviour::Down);
    let verifier = case.verifier().with_revocation(RevocationPolicy::NotChecked);
    let (collected, asked) = case.collect(EvidenceCollector::new(&verifier, case.alice.certificate(), now()));
    assert!(collected.chain().is_ok());
    assert_eq!(asked, ["GET /issuing.cer"]);

    let verifier = case.verifier().with_revocation(RevocationPolicy::WhenKnown);
    let (collected, _) = case.collect(EvidenceCollector::new(&verifier, case.alice.certificate(), now()));
    assert!(matches!(collected.chain().unwrap().revocation()[0], RevocationStatus::Good(_)));

    case.pki.misbehave(TestService::Ocsp, Misbehaviour::Down);
    let (collected, _) = case.collect(EvidenceCollector::new(&verifier, case.alice.certificate(), now()));
    let chain = collected.chain().unwrap();
    assert!(matches!(chain.revocation()[0], RevocationStatus::Unknown { .. }));
    assert_eq!(collected.missing().len(), 2);
}

#[test]
fn both_drivers_ask_the_same_in_the_same_order() {
    for bad in [None, Some(Misbehaviour::Down), Some(Misbehaviour::Stale)] {
        let case = Case::new();
        if let Some(bad) = bad {
            case.pki.misbehave(TestService::Ocsp, bad);
        }
        let waiting = Recorder::new(&case.pki);
        let one = case.collector().collect(&waiting);
        let polled = Recorder::new(&case.pki);
        let other = block_on(sendable(case.collector().collect_async(&polled)));
        assert_eq!(waiting.asked(), polled.asked());
        assert!(one.chain().is_ok() && other.chain().is_ok());
    }
}

#[test]
fn completeness_is_said_for_a_moment() {
    let case = Case::new();
    let (collected, _) = case.collect(case.collector());
    let evidence = collected.into_evidence();
    let verifier = case.verifier().with_revocation(RevocationPolicy::NotChecked).evidence(&evidence);
    let alice = case.alice.certificate();
    let complete = verifier.completeness_at(alice, now());
    let chain = complete.chain().unwrap();
    let until = chain.holds_until().unwrap();
    assert!(matches!(verifier.completeness_at(alice, until), Completeness::Complete(_)), "{until}");
    let later = verifier.completeness_at(alice, until + 1.second());
    let [Missing::Revocation { because, .. }, ..] = later.missing() else { panic!("{later:?}") };
    assert!(!because.is_empty(), "it says why what is at hand is not enough");

    // The chain alone is not complete evidence, and says what is missing.
    let chain = verifier.verify_at(alice, now()).unwrap();
    assert_eq!(chain.missing().len(), 2);
    let alone = ChainVerifier::new(&case.anchors, Purpose::DocumentSigning, RevocationPolicy::Require);
    assert!(matches!(alone.completeness_at(alice, now()).missing(), [Missing::Issuer { .. }]));
    case.pki.revoke(alice, hours(-1), RevocationReason::KeyCompromise);
    let revoked = evidence.with_ocsp(case.pki.ocsp(alice));
    let refused = case.verifier().evidence(&revoked).completeness_at(alice, now());
    assert!(refused.chain().is_none() && refused.missing().is_empty());
}

/// What was known to be good before stays good for the moment before its revocation, without asking again.
#[test]
fn a_later_revocation_is_an_answer() {
    let case = Case::new();
    case.pki
        .issuing()
        .revoke(case.alice.certificate(), Revocation::new(hours(-2), RevocationReason::Superseded));
    let collector = EvidenceCollector::new(&case.verifier(), case.alice.certificate(), hours(-3));
    let (collected, _) = case.collect(collector);
    let chain = collected.chain().unwrap();
    assert!(matches!(chain.revocation()[0], RevocationStatus::RevokedLater { .. }));
}
