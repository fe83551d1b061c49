//! Timestamps over the document keep its signatures alive when the certificates of those who signed have ended.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails where it stands"
)]

mod support;

use chancery_ades::{Indication, Report, SignatureKind, SubIndication};
use chancery_chain::RevocationPolicy;
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_key::KeyKind;
use chancery_pades::{PdfSigner, PdfVerifier};
use chancery_testkit::{Profile, RevocationReason, TestIdentity, TestPki, oid};
use chancery_timestamp::respond::Responder;
use chancery_timestamp::{CertificateRequest, TimestampInfo};
use jiff::{SignedDuration, Timestamp};
use support::{contract, lists, now, pki, policy, signed_by_hand};

const DAY: SignedDuration = SignedDuration::from_hours(24);
const STAMP: &str = "/Type/DocTimeStamp/SubFilter/ETSI.RFC3161";

fn signed_by_alice(pki: &TestPki, pdf: &[u8]) -> Vec<u8> {
    let alice = pki.signer("Alice", KeyKind::P256);
    PdfSigner::new(&alice, now()).sign(&pdf.to_vec()).unwrap().to_vec().unwrap()
}

/// A timestamp authority that lasts: nearly as long as its issuer.
fn authority(pki: &TestPki, name: &str) -> TestIdentity {
    let profile = Profile::timestamp_authority(name, KeyKind::P256);
    pki.issue(profile.valid(now() - DAY, now() + DAY * 365 * 9))
}

fn stamped(pdf: &[u8], name: &str, tsa: &TestIdentity, time: Timestamp) -> Vec<u8> {
    signed_by_hand(&pdf.to_vec(), name, STAMP, |covered| {
        let imprint = DigestAlgorithm::Sha256.digest(covered);
        let info = TimestampInfo::new(oid::TIMESTAMP_POLICY, imprint, &[7], time);
        let responder = Responder::new(tsa.signer(), oid::TIMESTAMP_POLICY);
        responder.sign(&info, CertificateRequest::Include).unwrap()
    })
}

/// Judges years later, with lists from the time of signing, some weeks later and from then.
fn judge(pki: &TestPki, pdf: &[u8], years: i32) -> Report {
    let policy = policy(pki, RevocationPolicy::Require).evidence(lists(pki));
    pki.set_now(now() + DAY * 41);
    let policy = policy.evidence(lists(pki));
    let later = now() + DAY * 365 * years;
    pki.set_now(later);
    let policy = policy.evidence(lists(pki));
    PdfVerifier::new(&policy).verify_at(&pdf.to_vec(), later).unwrap()
}

fn words(report: &Report) -> Vec<(Indication, Option<SubIndication>)> {
    let word = |one: &chancery_ades::SignatureReport| {
        (one.verdict().indication(), one.verdict().reason().map(chancery_ades::Reason::sub_indication))
    };
    report.signatures().iter().map(word).collect()
}

#[test]
fn a_document_timestamp_from_before_the_end_of_the_certificate_keeps_the_signature_alive() {
    let years = 4;
    let fresh = pki();
    let signed = signed_by_alice(&fresh, &contract());
    let alone = judge(&fresh, &signed, years);
    assert_eq!(words(&alone)[0].0, Indication::Indeterminate, "{alone}");

    let fresh = pki();
    let signed = signed_by_alice(&fresh, &contract());
    let tsa = authority(&fresh, "Lasting Stamps");
    let time = now() + SignedDuration::from_hours(1);
    let twice = stamped(&stamped(&signed, "Stamp1", &tsa, time), "Stamp2", &tsa, time + DAY);
    let report = judge(&fresh, &twice, years);
    assert_eq!(report.indication(), Some(Indication::TotalPassed), "{report}");
    assert_eq!(report.signatures()[0].verdict().proof().unwrap().time(), time, "{report}");
    assert_eq!(report.signatures()[2].kind(), SignatureKind::DocumentTimestamp);
}

#[test]
fn a_document_timestamp_from_after_the_end_does_not() {
    let pki = pki();
    let signed = signed_by_alice(&pki, &contract());
    let tsa = authority(&pki, "Lasting Stamps");
    let late = stamped(&signed, "Stamp1", &tsa, now() + DAY * 365 * 3);
    let report = judge(&pki, &late, 4);
    let found = words(&report);
    assert_eq!(found[0].0, Indication::Indeterminate, "{report}");
    assert!(
        matches!(found[0].1, Some(SubIndication::OutOfBoundsNoProof | SubIndication::OutOfBoundsNotRevoked)),
        "{report}"
    );
    assert_eq!(found[1], (Indication::TotalPassed, None), "{report}");
}

/// A timestamp proves what is in its revision, and nothing that came later.
#[test]
fn a_document_timestamp_proves_nothing_of_a_later_signature() {
    let pki = pki();
    let tsa = authority(&pki, "Lasting Stamps");
    let first = stamped(&contract(), "Stamp1", &tsa, now());
    let signed = signed_by_alice(&pki, &first);
    let report = judge(&pki, &signed, 4);
    let alice = report.signatures().iter().find(|one| one.kind() == SignatureKind::Signature).unwrap();
    assert_eq!(alice.verdict().indication(), Indication::Indeterminate, "{report}");
}

/// The authority of the first timestamp was compromised: the second one tells whether the first is older than that.
#[test]
fn of_a_compromised_authority_only_what_is_proven_to_be_older_counts() {
    for (second, passes) in [(20, true), (40, false)] {
        let pki = pki();
        let signed = signed_by_alice(&pki, &contract());
        let (early, other) = (authority(&pki, "Early Stamps"), authority(&pki, "Other Stamps"));
        let time = now() + SignedDuration::from_hours(1);
        let twice =
            stamped(&stamped(&signed, "Stamp1", &early, time), "Stamp2", &other, now() + DAY * second);
        pki.revoke(early.certificate(), now() + DAY * 30, RevocationReason::KeyCompromise);
        let report = judge(&pki, &twice, 4);
        let found = words(&report);
        let stamp = if passes { None } else { Some(SubIndication::RevokedNoProof) };
        assert_eq!(found[1].1, stamp, "{report}");
        // Alice's certificate held until years later: the second timestamp proves enough.
        let expected = if passes { time } else { now() + DAY * second };
        assert_eq!(report.signatures()[0].verdict().proof().unwrap().time(), expected, "{report}");
    }
}
