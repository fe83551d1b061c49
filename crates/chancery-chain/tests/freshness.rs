//! How recent evidence must be, and the times in it.

// A helper of tests fails as a test does, although it is not marked as one.
#![allow(clippy::unwrap_used, clippy::panic)]

mod case;

use case::{Case, because, current, hours, now, revoked_since};
use chancery_certificate::asn1;
use chancery_chain::{EvidenceFault, EvidenceKind, Freshness, RevocationReason};
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_key::KeyKind;
use chancery_testkit::{
    CrlProfile, OcspStatus, Profile, Revocation, RevocationReason as TestReason, TestExtension,
};
use const_oid::ObjectIdentifier as Oid;
use jiff::SignedDuration;

fn list(this_update: i64, next_update: i64) -> CrlProfile {
    CrlProfile::new(hours(this_update)).next_update(hours(next_update)).number(7)
}

#[test]
fn older_evidence_is_believed_and_reported_or_refused() {
    let case = Case::new();
    let evidence = case.list(&list(-1, 24));
    let chain = case.require(&evidence).unwrap();
    let older: Vec<_> = chain.older_evidence().map(|(of, good)| (of.clone(), good.this_update)).collect();
    assert_eq!(older, [(case.alice.certificate().clone(), hours(-1))]);
    let strict = |evidence, at| case.verify_with(evidence, at, |it| it.freshness(Freshness::issued_after()));
    let fault = EvidenceFault::NotFresh { kind: EvidenceKind::Crl, this_update: hours(-1), earliest: now() };
    assert_eq!(because(strict(&evidence, now())), [fault]);
    let chain = strict(&evidence, hours(-1)).unwrap();
    assert_eq!(chain.older_evidence().count(), 0);
    assert_eq!(chain.holds_until(), Some(hours(-1)));
    // That it names a revocation is believed all the same.
    let revoked = case.list(&case.revoked(list(-1, 24), -2, TestReason::KeyCompromise));
    let found = revoked_since(&strict(&revoked, now()));
    assert_eq!(found, Some((hours(-2), RevocationReason::KeyCompromise)));
}

#[test]
fn grace_counts_from_the_moment_on() {
    let case = Case::new();
    let day = SignedDuration::from_hours(24);
    let strict = |evidence, freshness: Freshness| {
        case.verify_with(evidence, now(), move |it| it.freshness(freshness.grace(day)))
    };
    let early = case.list(&list(23, 90));
    let late = case.list(&list(24, 90));
    assert!(matches!(
        because(strict(&early, Freshness::issued_after()))[..],
        [EvidenceFault::NotFresh { .. }]
    ));
    assert!(strict(&late, Freshness::issued_after()).is_ok());
    // Older evidence holds until newer was due, a day after the moment.
    let chain = strict(&early, Freshness::until_next_update()).unwrap();
    assert_eq!(chain.older_evidence().count(), 1);
    assert_eq!(chain.holds_until(), Some(hours(90 - 24)));
    let due = case.list(&list(-1, 23));
    let fault = because(strict(&due, Freshness::until_next_update()));
    assert!(matches!(fault[..], [EvidenceFault::Outdated { at, .. }] if at == hours(24)), "{fault:?}");
}

#[test]
fn evidence_may_not_be_older_than_its_maximum_age() {
    let case = Case::new();
    let verify = |this_update| {
        let freshness = Freshness::until_next_update().maximum_age(SignedDuration::from_hours(5));
        case.verify_with(&case.list(&list(this_update, 90)), now(), move |it| it.freshness(freshness))
    };
    assert_eq!(verify(-5).unwrap().holds_until(), Some(now()));
    let fault = because(verify(-6));
    assert!(matches!(fault[..], [EvidenceFault::NotFresh { earliest, .. }] if earliest == hours(-5)));
}

#[test]
fn times_that_contradict_each_other_promise_nothing() {
    let case = Case::new();
    let malformed = |faults: Vec<EvidenceFault>| matches!(faults[..], [EvidenceFault::Malformed { .. }]);
    // To be replaced before it was issued.
    assert!(malformed(because(case.require(&case.list(&list(5, 3))))));
    let answer = case.about(hours(5)).current(hours(5), Some(hours(3))).sign();
    assert!(malformed(because(case.require(&case.above().with_ocsp(answer)))));
    // Speaks of a time after it was signed.
    let answer = case.about(hours(-1)).current(hours(1), Some(hours(9)));
    assert!(malformed(because(case.require(&case.above().with_ocsp(answer.sign())))));
    // Signed later than it speaks of is the rule for answers that were prepared from a list.
    let answer = case.about(hours(5)).current(hours(-1), Some(hours(9)));
    assert!(case.require(&case.above().with_ocsp(answer.sign())).is_ok());
    // A revocation counts, however odd the times are.
    let revoked = case.revoked(list(5, 3), -2, TestReason::Superseded);
    assert!(revoked_since(&case.require(&case.list(&revoked))).is_some());
}

#[test]
fn a_compromise_counts_from_the_invalidity_date_in_lists() {
    let case = Case::new();
    let revocation = Revocation::new(hours(-2), TestReason::KeyCompromise).invalid_since(hours(-9));
    let evidence = case.list(&current().revoke(case.serial(), revocation));
    assert_eq!(revoked_since(&case.verify(&evidence, hours(-9))).unwrap().0, hours(-9));
    assert!(case.verify(&evidence, hours(-10)).is_ok());
}

#[test]
fn answers_say_back_to_when_they_know() {
    let days = |count: i64| hours(24 * count);
    let case = Case::with(Profile::signer("Alice", KeyKind::P256).valid(days(-40), days(-20)));
    let cutoff = |time| {
        let oid = Oid::new_unwrap("1.3.6.1.5.5.7.48.1.6");
        let answer = case.about(hours(-1));
        let answer = answer.single_extension(TestExtension::plain(oid, asn1::generalized_time(time)));
        case.verify(&case.above().with_ocsp(answer.sign()), days(-30))
    };
    assert!(cutoff(days(-300)).is_ok());
    assert!(cutoff(days(-20)).is_ok());
    let after = |answer| matches!(because(answer)[..], [EvidenceFault::AfterExpiry { .. }]);
    assert!(after(cutoff(days(-19))));
    assert!(after(case.verify(&case.above().with_ocsp(case.about(hours(-1)).sign()), days(-30))));
}

#[test]
fn the_worst_of_several_statements_in_an_answer_counts() {
    let case = Case::new();
    let bob = case.pki.issue(Profile::signer("Bob", KeyKind::P256));
    let of_bob = chancery_testkit::OcspAnswer::about(bob.certificate(), case.pki.issuing(), hours(-1));
    let revocation = Revocation::new(hours(-2), TestReason::Superseded);
    let bad = || case.about(hours(-1)).status(OcspStatus::Revoked(revocation));
    let unknown = case.about(hours(-1)).status(OcspStatus::Unknown);
    let require =
        |answer: chancery_testkit::OcspAnswer<'_>| case.require(&case.above().with_ocsp(answer.sign()));
    assert!(require(of_bob.and(&case.about(hours(-1)))).is_ok());
    assert!(revoked_since(&require(case.about(hours(-1)).and(&bad()))).is_some());
    assert!(revoked_since(&require(bad().and(&case.about(hours(-1))))).is_some());
    assert!(revoked_since(&require(unknown.and(&bad()))).is_some());
    let unknown = case.about(hours(-1)).and(&case.about(hours(-1)).status(OcspStatus::Unknown));
    assert_eq!(because(require(unknown)), [EvidenceFault::NoAnswer { answer: "unknown" }]);
}

#[test]
fn a_certificate_is_named_by_any_known_digest() {
    let case = Case::new();
    for digest in [DigestAlgorithm::Sha256, DigestAlgorithm::Sha512] {
        let answer = case.about(hours(-1)).digest(digest);
        assert!(case.require(&case.above().with_ocsp(answer.sign())).is_ok());
    }
}

#[test]
fn an_answer_may_name_the_very_certificate() {
    let case = Case::new();
    // CertHash ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier, certificateHash OCTET STRING }
    let with_hash = |of: &chancery_certificate::Certificate| {
        let digest = DigestAlgorithm::Sha256.digest(of.to_der());
        let algorithm = asn1::sequence(&[&asn1::oid(&DigestAlgorithm::Sha256.oid())]);
        let value = asn1::sequence(&[&algorithm, &asn1::octet_string(digest.as_bytes())]);
        let extension = TestExtension::critical(Oid::new_unwrap("1.3.36.8.3.13"), value);
        case.require(&case.above().with_ocsp(case.about(hours(-1)).single_extension(extension).sign()))
    };
    assert!(with_hash(case.alice.certificate()).is_ok());
    // The responder knows another certificate with this serial number: ours was never issued.
    let fault = because(with_hash(case.pki.intermediate()));
    assert!(matches!(fault[..], [EvidenceFault::OutOfScope { .. }]), "{fault:?}");
}
