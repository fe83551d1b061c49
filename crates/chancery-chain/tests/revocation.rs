//! CRLs and OCSP answers at a moment, good, bad and hostile.

// A helper of tests fails as a test does, although it is not marked as one.
#![allow(clippy::unwrap_used, clippy::panic)]

use chancery_certificate::asn1;
use chancery_chain::{
    ChainFailure, ChainFault, ChainVerifier, Evidence, EvidenceFault, EvidenceKind, Purpose, RevocationList,
    RevocationPolicy, RevocationReason, RevocationStatus, TrustAnchors, VerifiedChain,
};
use chancery_key::KeyKind;
use chancery_testkit::{
    CrlProfile, Locations, OcspAnswer, OcspStatus, Profile, Revocation, RevocationReason as TestReason,
    TestAuthority, TestExtension, TestIdentity, TestPki,
};
use const_oid::ObjectIdentifier as Oid;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn hours(count: i64) -> Timestamp {
    now() + count.hours()
}

struct Case {
    pki: TestPki,
    alice: TestIdentity,
}

impl Case {
    fn new() -> Self {
        let pki = TestPki::at(now());
        let alice = pki.issue(Profile::signer("Alice", KeyKind::P256));
        Self { pki, alice }
    }

    /// The root's list, which says that the intermediate is good.
    fn above(&self) -> Evidence {
        Evidence::new().with_crl(self.pki.root_authority().crl(hours(-1), hours(24)))
    }

    fn verify(
        &self,
        policy: RevocationPolicy,
        evidence: &Evidence,
        at: Timestamp,
    ) -> Result<VerifiedChain, ChainFailure> {
        let anchors = TrustAnchors::new([self.pki.root().clone()]);
        ChainVerifier::new(&anchors, Purpose::DocumentSigning, policy)
            .intermediates(&[self.pki.intermediate().clone()])
            .evidence(evidence)
            .verify_at(self.alice.certificate(), at)
    }

    fn require(&self, evidence: &Evidence) -> Result<VerifiedChain, ChainFailure> {
        self.verify(RevocationPolicy::Require, evidence, now())
    }

    fn list(&self, profile: &CrlProfile) -> Evidence {
        self.above().with_crl(self.pki.issuing().sign_crl(profile))
    }

    fn serial(&self) -> Vec<u8> {
        self.alice.certificate().serial().to_vec()
    }
}

fn current() -> CrlProfile {
    CrlProfile::new(hours(-1)).next_update(hours(24)).number(7)
}

/// Why the evidence for the signer was not used.
fn because(answer: Result<VerifiedChain, ChainFailure>) -> Vec<EvidenceFault> {
    match answer.unwrap_err().reason() {
        ChainFault::RevocationUnknown { because, .. } => because.clone(),
        other => panic!("{other}"),
    }
}

fn revoked_since(answer: Result<VerifiedChain, ChainFailure>) -> Option<(Timestamp, RevocationReason)> {
    match answer.unwrap_err().reason() {
        ChainFault::Revoked { since, reason, .. } => Some((*since, *reason)),
        _ => None,
    }
}

#[test]
fn lists_of_both_authorities_satisfy_the_policy() {
    let case = Case::new();
    let chain = case.require(&case.list(&current())).unwrap();
    let kinds: Vec<_> = chain
        .revocation()
        .iter()
        .map(|status| match status {
            RevocationStatus::Good(good) => Some((good.kind, good.this_update, good.next_update)),
            _ => None,
        })
        .collect();
    let good = Some((EvidenceKind::Crl, hours(-1), Some(hours(24))));
    assert_eq!(kinds, [good, good, None]);
}

#[test]
fn what_is_not_known_is_refused_reported_or_not_asked() {
    let case = Case::new();
    let nothing = Evidence::new();
    assert_eq!(because(case.require(&nothing)), []);
    let statuses = |policy| case.verify(policy, &nothing, now()).unwrap().revocation().to_vec();
    let unknown = RevocationStatus::Unknown { because: Vec::new() };
    assert_eq!(statuses(RevocationPolicy::WhenKnown)[..2], [unknown.clone(), unknown]);
    assert_eq!(statuses(RevocationPolicy::NotChecked)[0], RevocationStatus::NotChecked);
    // One missing answer is enough.
    assert!(case.require(&case.above()).is_err());
}

#[test]
fn a_revocation_counts_from_its_moment_on() {
    let case = Case::new();
    let list = current().revoke(case.serial(), Revocation::new(hours(-2), TestReason::KeyCompromise));
    let evidence = case.list(&list);
    for policy in [RevocationPolicy::Require, RevocationPolicy::WhenKnown] {
        let found = revoked_since(case.verify(policy, &evidence, now()));
        assert_eq!(found, Some((hours(-2), RevocationReason::KeyCompromise)));
    }
    assert!(case.verify(RevocationPolicy::NotChecked, &evidence, now()).is_ok());
    assert_eq!(
        revoked_since(case.verify(RevocationPolicy::Require, &evidence, hours(-2))).unwrap().0,
        hours(-2)
    );
    let before = case.verify(RevocationPolicy::Require, &evidence, hours(-3)).unwrap();
    assert!(
        matches!(&before.revocation()[0], RevocationStatus::RevokedLater { since, .. } if *since == hours(-2))
    );
}

#[test]
fn a_compromise_counts_from_the_invalidity_date_on() {
    let case = Case::new();
    let mut revocation = Revocation::new(hours(-2), TestReason::KeyCompromise);
    revocation.invalid_since = Some(hours(-9));
    let evidence = case.list(&current().revoke(case.serial(), revocation));
    assert_eq!(
        revoked_since(case.verify(RevocationPolicy::Require, &evidence, hours(-5))).unwrap().0,
        hours(-9)
    );
    assert!(case.verify(RevocationPolicy::Require, &evidence, hours(-10)).is_ok());
}

#[test]
fn a_revoked_authority_takes_its_people_along() {
    let case = Case::new();
    let list = current().revoke(
        case.pki.intermediate().serial().to_vec(),
        Revocation::new(hours(-2), TestReason::AuthorityCompromise),
    );
    let evidence = Evidence::new()
        .with_crl(case.pki.root_authority().sign_crl(&list))
        .with_crl(case.pki.issuing().sign_crl(&current()));
    let failure = case.require(&evidence).unwrap_err();
    assert_eq!(failure.reason().certificate(), Some(case.pki.intermediate()));
}

#[test]
fn lists_hold_until_their_next_update() {
    let case = Case::new();
    let stale = case.list(&CrlProfile::new(hours(-9)).next_update(hours(-1)));
    let outdated = EvidenceFault::Outdated { kind: EvidenceKind::Crl, next_update: hours(-1), at: now() };
    assert_eq!(because(case.require(&stale)), [outdated]);
    assert!(case.verify(RevocationPolicy::Require, &stale, hours(-1)).is_ok());
    let open = case.list(&CrlProfile::new(hours(-9)));
    assert!(matches!(because(case.require(&open))[..], [EvidenceFault::OpenEnded { .. }]));
    assert!(case.verify(RevocationPolicy::Require, &open, hours(-9)).is_ok());
    // What an outdated list says of a revocation stays true.
    let stale = CrlProfile::new(hours(-9)).next_update(hours(-1));
    let stale = stale.revoke(case.serial(), Revocation::new(hours(-10), TestReason::Superseded));
    assert!(revoked_since(case.require(&case.list(&stale))).is_some());
}

#[test]
fn a_hold_is_lifted_by_a_newer_list_only() {
    let case = Case::new();
    let held = |this_update| {
        let list = CrlProfile::new(this_update).next_update(hours(24));
        list.revoke(case.serial(), Revocation::new(hours(-9), TestReason::CertificateHold))
    };
    let sign = |list: &CrlProfile| case.pki.issuing().sign_crl(list);
    let lifted = case.above().with_crl(sign(&held(hours(-5)))).with_crl(sign(&current()));
    assert!(case.require(&lifted).is_ok());
    let held_again = case.above().with_crl(sign(&current())).with_crl(sign(&held(now())));
    assert_eq!(revoked_since(case.require(&held_again)).unwrap().1, RevocationReason::CertificateHold);
}

#[test]
fn evidence_from_after_the_callers_present_is_not_believed() {
    let case = Case::new();
    let future = case.list(&CrlProfile::new(hours(5)).next_update(hours(24)));
    assert!(case.require(&future).is_ok());
    let anchors = TrustAnchors::new([case.pki.root().clone()]);
    let others = [case.pki.intermediate().clone()];
    let answer = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require)
        .intermediates(&others)
        .evidence(&future)
        .known_by(now())
        .verify_at(case.alice.certificate(), now());
    assert!(matches!(because(answer)[..], [EvidenceFault::FromTheFuture { .. }]));
}

#[test]
fn forged_and_odd_lists_are_not_used() {
    let case = Case::new();
    let kind = EvidenceKind::Crl;
    let forged = case.above().with_crl(case.pki.issuing().impostor().sign_crl(&current()));
    let bad = EvidenceFault::BadSignature { kind, this_update: hours(-1) };
    assert_eq!(because(case.require(&forged)), [bad]);
    let oid = Oid::new_unwrap("1.2.3.4");
    let critical = current().extension(TestExtension::critical(oid, vec![5, 0]));
    let unknown = EvidenceFault::UnknownCriticalExtension { kind, oid };
    assert_eq!(because(case.require(&case.list(&critical))), [unknown]);
    assert!(case.require(&case.list(&current().extension(TestExtension::plain(oid, vec![5, 0])))).is_ok());
    let garbage = case.above().with_crl(vec![0x30, 3, 1, 2, 3]);
    assert!(matches!(because(case.require(&garbage))[..], [EvidenceFault::Malformed { .. }]));
    // A forged list must not stand in the way of a good one.
    let both = forged.with_crl(case.pki.issuing().sign_crl(&current()));
    assert!(case.require(&both).is_ok());
}

#[test]
fn lists_of_another_scope_do_not_speak_of_the_signer() {
    let case = Case::new();
    let scope = |content: &[u8]| {
        let oid = Oid::new_unwrap("2.5.29.28");
        current().extension(TestExtension::critical(oid, asn1::sequence(&[content])))
    };
    let out_of_scope = |list: &CrlProfile| {
        matches!(because(case.require(&case.list(list)))[..], [EvidenceFault::OutOfScope { .. }])
    };
    // onlyContainsUserCerts, onlyContainsCACerts, onlyContainsAttributeCerts.
    assert!(case.require(&case.list(&scope(&[0x81, 1, 0xff]))).is_ok());
    assert!(out_of_scope(&scope(&[0x82, 1, 0xff])));
    assert!(out_of_scope(&scope(&[0x85, 1, 0xff])));
    // A distribution point that the certificate does not name: fullName [0] { URI }.
    assert!(out_of_scope(&scope(&[0xa0, 8, 0xa0, 6, 0x86, 4, b'x', b':', b'y', b'z'])));
    // keyCompromise only: the other reasons are missing.
    let some = scope(&[0x83, 2, 6, 0x40]);
    assert_eq!(because(case.require(&case.list(&some))), [EvidenceFault::ReasonsMissing]);
    let rest = scope(&[0x83, 3, 7, 0x3f, 0x80]);
    let both = case.list(&some).with_crl(case.pki.issuing().sign_crl(&rest));
    assert!(case.require(&both).is_ok());
}

#[test]
fn a_delta_continues_its_complete_list_and_no_other() {
    let case = Case::new();
    let base_number =
        |number: u8| TestExtension::critical(Oid::new_unwrap("2.5.29.27"), asn1::integer(&[number]));
    let sign = |list: &CrlProfile| case.pki.issuing().sign_crl(list);
    let complete = || CrlProfile::new(hours(-9)).next_update(hours(-3)).number(7);
    let delta =
        |base| CrlProfile::new(hours(-1)).next_update(hours(3)).number(9).extension(base_number(base));
    // The complete list alone is outdated; the delta brings it up to date.
    let good = case.list(&complete()).with_crl(sign(&delta(6)));
    assert!(case.require(&good).is_ok());
    // A delta on a later base leaves a gap.
    let gap = case.list(&complete()).with_crl(sign(&delta(8)));
    assert!(matches!(because(case.require(&gap))[..], [EvidenceFault::Outdated { .. }]));
    // Alone it says nothing of what it does not list.
    assert!(matches!(because(case.require(&case.list(&delta(6))))[..], [EvidenceFault::OutOfScope { .. }]));
    let revocation = |reason| Revocation::new(hours(-10), reason);
    let revoked = delta(6).revoke(case.serial(), revocation(TestReason::Superseded));
    assert!(revoked_since(case.require(&case.list(&complete()).with_crl(sign(&revoked)))).is_some());
    let held = complete().revoke(case.serial(), revocation(TestReason::CertificateHold));
    let released = delta(6).revoke(case.serial(), revocation(TestReason::RemoveFromList));
    assert!(case.require(&case.list(&held).with_crl(sign(&released))).is_ok());
}

#[test]
fn answers_of_the_issuer_and_of_its_delegate_count() {
    let case = Case::new();
    let about = || OcspAnswer::about(case.alice.certificate(), case.pki.issuing(), hours(-1));
    let direct = case.require(&case.above().with_ocsp(about().sign())).unwrap();
    assert!(
        matches!(&direct.revocation()[0], RevocationStatus::Good(good) if good.kind == EvidenceKind::Ocsp)
    );
    let delegate = case.pki.issue(Profile::ocsp_responder("Responder", KeyKind::P256));
    assert!(case.require(&case.above().with_ocsp(about().delegated(&delegate).sign())).is_ok());
    let revocation = Revocation::new(hours(-2), TestReason::KeyCompromise);
    let revoked = about().status(OcspStatus::Revoked(revocation)).delegated(&delegate).sign();
    let found = revoked_since(case.require(&case.above().with_ocsp(revoked)));
    assert_eq!(found, Some((hours(-2), RevocationReason::KeyCompromise)));
    let unknown = case.above().with_ocsp(about().status(OcspStatus::Unknown).sign());
    assert_eq!(because(case.require(&unknown)), [EvidenceFault::NoAnswer { answer: "unknown" }]);
}

#[test]
fn nobody_else_answers_for_the_issuer() {
    let case = Case::new();
    let about = || OcspAnswer::about(case.alice.certificate(), case.pki.issuing(), hours(-1));
    let refused = |delegate: &TestIdentity| {
        because(case.require(&case.above().with_ocsp(about().delegated(delegate).sign())))
    };
    let not_allowed = |faults: &[EvidenceFault]| matches!(faults, [EvidenceFault::SignerNotAllowed { .. }]);
    // Certified by the issuer, but not for answering.
    let bob = case.pki.issue(Profile::signer("Bob", KeyKind::P256));
    assert!(not_allowed(&refused(&bob)));
    // For answering, but by somebody else: the root above, or a forger.
    let above = case.pki.root_authority().issue(Profile::ocsp_responder("Responder", KeyKind::P256));
    assert!(not_allowed(&refused(&above)));
    let forger = case.pki.issuing().impostor();
    assert!(not_allowed(&refused(&forger.issue(Profile::ocsp_responder("Responder", KeyKind::P256)))));
    // Expired when it answered.
    let expired = Profile::ocsp_responder("Responder", KeyKind::P256).valid(hours(-9), hours(-5));
    assert!(not_allowed(&refused(&case.pki.issue(expired))));
    // Revoked, and not exempt from the question.
    let nocheck = Oid::new_unwrap("1.3.6.1.5.5.7.48.1.5");
    let asked = Profile::ocsp_responder("Responder", KeyKind::P256).without_extension(nocheck);
    let asked = case.pki.issue(asked);
    assert!(not_allowed(&refused(&asked)));
    let answer = about().delegated(&asked).sign();
    let good = case.list(&current()).with_ocsp(answer.clone());
    assert!(case.require(&good).is_ok());
    let serial = asked.certificate().serial().to_vec();
    let list = CrlProfile::new(hours(-1)).next_update(hours(24)).number(8);
    let list = list.revoke(serial, Revocation::new(hours(-3), TestReason::KeyCompromise));
    let anchors = TrustAnchors::new([case.pki.root().clone()]);
    let others = [case.pki.intermediate().clone()];
    let evidence = case.list(&list).with_ocsp(answer);
    let chain = ChainVerifier::new(&anchors, Purpose::Any, RevocationPolicy::Require)
        .intermediates(&others)
        .evidence(&evidence)
        .verify_at(case.alice.certificate(), now())
        .unwrap();
    // The list itself still speaks of the signer; the answer does not.
    assert!(matches!(&chain.revocation()[0], RevocationStatus::Good(good) if good.kind == EvidenceKind::Crl));
}

#[test]
fn an_answer_about_another_certificate_says_nothing() {
    let case = Case::new();
    let bob = case.pki.issue(Profile::signer("Bob", KeyKind::P256));
    let answer = OcspAnswer::about(bob.certificate(), case.pki.issuing(), hours(-1)).sign();
    assert_eq!(because(case.require(&case.above().with_ocsp(answer))), []);
}

/// A certificate that the authority hands out in another's name, to sign lists of that name.
fn namesake(authority: &TestAuthority, of: &chancery_certificate::Certificate) -> TestAuthority {
    let profile = Profile::bare("Namesake", KeyKind::P256)
        .subject(of.subject().to_der().to_vec())
        .key_usage(&[chancery_certificate::KeyUsage::CrlSign]);
    authority.subordinate(profile, Locations::under("http://lists.example", "namesake"))
}

#[test]
fn an_authority_does_not_vouch_for_itself_in_the_name_of_its_issuer() {
    let case = Case::new();
    let mine = namesake(case.pki.issuing(), case.pki.root());
    let evidence = Evidence::new()
        .with_certificate(mine.certificate().clone())
        .with_crl(mine.sign_crl(&current()))
        .with_crl(case.pki.issuing().sign_crl(&current()));
    assert!(matches!(because(case.require(&evidence))[..], [EvidenceFault::SignerNotAllowed { .. }]));
}

#[test]
fn an_authority_does_not_sign_the_lists_of_its_sibling() {
    let case = Case::new();
    let root = case.pki.root_authority();
    let profile = Profile::authority("Sibling", KeyKind::P256);
    let sibling = root.subordinate(profile, Locations::under("http://lists.example", "sibling"));
    let forged = |signer: &TestAuthority| {
        case.above()
            .with_certificate(sibling.certificate().clone())
            .with_certificate(signer.certificate().clone())
            .with_crl(sibling.sign_crl(&current()))
            .with_crl(signer.sign_crl(&current()))
    };
    let answer = case.require(&forged(&namesake(&sibling, case.pki.intermediate())));
    assert!(matches!(because(answer)[..], [EvidenceFault::SignerNotAllowed { .. }]));
    // A second key of the authority itself, certified by whoever certified the first, or by the first.
    assert!(case.require(&forged(&namesake(root, case.pki.intermediate()))).is_ok());
    assert!(case.require(&forged(&namesake(case.pki.issuing(), case.pki.intermediate()))).is_ok());
}

#[test]
fn a_delta_that_names_a_revocation_is_never_ignored() {
    let case = Case::new();
    let base_number =
        |number: u8| TestExtension::critical(Oid::new_unwrap("2.5.29.27"), asn1::integer(&[number]));
    let sign = |list: &CrlProfile| case.pki.issuing().sign_crl(list);
    let complete = || CrlProfile::new(hours(-48)).next_update(hours(48)).number(7);
    let delta = |base, until| {
        let revocation = Revocation::new(hours(-25), TestReason::KeyCompromise);
        let list = CrlProfile::new(hours(-24)).next_update(hours(until)).number(10);
        list.extension(base_number(base)).revoke(case.serial(), revocation)
    };
    let revoked = Some((hours(-25), RevocationReason::KeyCompromise));
    // Current, outdated, of a newer complete list, or of one that is missing.
    for (base, until) in [(7, 5), (7, -1), (9, 5), (9, -1)] {
        let evidence = case.list(&complete()).with_crl(sign(&delta(base, until)));
        assert_eq!(revoked_since(case.require(&evidence)), revoked, "of {base} until {until}");
        assert_eq!(revoked_since(case.require(&case.list(&delta(base, until)))), revoked);
    }
    // A hold that an outdated delta names is lifted by a newer complete list.
    let held = CrlProfile::new(hours(-24)).next_update(hours(-1)).number(8).extension(base_number(7));
    let held = held.revoke(case.serial(), Revocation::new(hours(-25), TestReason::CertificateHold));
    let both = case.list(&complete()).with_crl(sign(&held));
    assert_eq!(revoked_since(case.require(&both)), Some((hours(-25), RevocationReason::CertificateHold)));
    let newer = CrlProfile::new(hours(-1)).next_update(hours(24)).number(11);
    let answer = case.require(&both.with_crl(sign(&newer)));
    assert!(answer.is_ok(), "{answer:?}");
}

#[test]
fn a_delta_lifts_nothing_but_a_hold() {
    let case = Case::new();
    let lifted = |reason| {
        let complete = CrlProfile::new(hours(-48)).next_update(hours(48)).number(7);
        let complete = complete.revoke(case.serial(), Revocation::new(hours(-50), reason));
        let base = TestExtension::critical(Oid::new_unwrap("2.5.29.27"), asn1::integer(&[7]));
        let delta = CrlProfile::new(hours(-2)).next_update(hours(5)).number(8).extension(base);
        let delta = delta.revoke(case.serial(), Revocation::new(hours(-3), TestReason::RemoveFromList));
        case.require(&case.list(&complete).with_crl(case.pki.issuing().sign_crl(&delta)))
    };
    assert!(lifted(TestReason::CertificateHold).is_ok());
    let still = revoked_since(lifted(TestReason::KeyCompromise));
    assert_eq!(still, Some((hours(-50), RevocationReason::KeyCompromise)));
}

#[test]
fn a_list_keeps_the_expired_only_from_the_moment_that_it_names_on() {
    let pki = TestPki::at(now());
    let days = |count: i64| hours(24 * count);
    let alice = pki.issue(Profile::signer("Alice", KeyKind::P256).valid(days(-400), days(-200)));
    let case = Case { pki, alice };
    let keeps = |value: Vec<u8>| {
        let list = current().extension(TestExtension::plain(Oid::new_unwrap("2.5.29.60"), value));
        case.verify(RevocationPolicy::Require, &case.list(&list), days(-250))
    };
    let dropped = |answer| matches!(because(answer)[..], [EvidenceFault::AfterExpiry { this_update, .. }] if this_update == hours(-1));
    assert!(keeps(asn1::generalized_time(days(-300))).is_ok());
    assert!(keeps(asn1::generalized_time(days(-200))).is_ok());
    assert!(dropped(keeps(asn1::generalized_time(days(-199)))));
    assert!(dropped(keeps(asn1::generalized_time(days(-1)))));
    assert!(dropped(keeps(Vec::new())));
    assert!(dropped(keeps(asn1::octet_string(b"20200101000000Z"))));
}

#[test]
fn a_delta_does_not_know_what_its_complete_list_left_out() {
    let pki = TestPki::at(now());
    let alice = pki.issue(Profile::signer("Alice", KeyKind::P256).valid(hours(-48), hours(1)));
    let case = Case { pki, alice };
    let keeps = |list: CrlProfile| {
        let since = asn1::generalized_time(hours(-48));
        list.extension(TestExtension::plain(Oid::new_unwrap("2.5.29.60"), since))
    };
    let base = CrlProfile::new(hours(10)).next_update(hours(100)).number(8);
    let continues = TestExtension::critical(Oid::new_unwrap("2.5.29.27"), asn1::integer(&[8]));
    let delta = CrlProfile::new(hours(11)).next_update(hours(100)).number(9).extension(continues);
    let delta = case.pki.issuing().sign_crl(&keeps(delta));
    let dropped = because(case.require(&case.list(&base).with_crl(delta.clone())));
    assert!(
        matches!(dropped[..], [EvidenceFault::AfterExpiry { this_update, .. }] if this_update == hours(10))
    );
    assert!(case.require(&case.list(&keeps(base)).with_crl(delta)).is_ok());
}

#[test]
fn an_answer_is_no_better_than_what_is_known_of_its_responder_when_it_was_given() {
    let case = Case::new();
    let nocheck = Oid::new_unwrap("1.3.6.1.5.5.7.48.1.5");
    let profile = Profile::ocsp_responder("Responder", KeyKind::P256).without_extension(nocheck);
    let responder = case.pki.issue(profile);
    let given = hours(24 * 200);
    let answer = OcspAnswer::about(case.alice.certificate(), case.pki.issuing(), given);
    // Only the answer is as young as is asked for; the list ends long before it was given.
    let evidence = case.list(&current()).with_ocsp(answer.delegated(&responder).sign());
    let later = CrlProfile::new(hours(24 * 199)).next_update(hours(24 * 201)).number(8);
    let judged = |evidence: &Evidence| {
        let anchors = TrustAnchors::new([case.pki.root().clone()]);
        ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require)
            .intermediates(&[case.pki.intermediate().clone()])
            .evidence(evidence)
            .verify_at(case.alice.certificate(), hours(20))
    };
    let kind = |chain: &VerifiedChain| match &chain.revocation()[0] {
        RevocationStatus::Good(good) => good.kind,
        other => panic!("{other:?}"),
    };
    assert_eq!(kind(&judged(&evidence).unwrap()), EvidenceKind::Crl);
    let known = evidence.with_crl(case.pki.issuing().sign_crl(&later));
    assert_eq!(kind(&judged(&known).unwrap()), EvidenceKind::Ocsp);
}

#[test]
fn a_later_revocation_for_one_reason_says_nothing_of_the_others() {
    let case = Case::new();
    let scope = |content: &[u8]| {
        let oid = Oid::new_unwrap("2.5.29.28");
        current().extension(TestExtension::critical(oid, asn1::sequence(&[content])))
    };
    // affiliationChanged only, and all others.
    let one = scope(&[0x83, 2, 4, 0x10])
        .revoke(case.serial(), Revocation::new(hours(-2), TestReason::AffiliationChanged));
    let others = scope(&[0x83, 3, 7, 0x6f, 0x80]);
    let at = |evidence: &Evidence, at| case.verify(RevocationPolicy::Require, evidence, at);
    let alone = case.list(&one);
    assert_eq!(because(at(&alone, hours(-20))), [EvidenceFault::ReasonsMissing]);
    let status =
        case.verify(RevocationPolicy::WhenKnown, &alone, hours(-20)).unwrap().revocation()[0].clone();
    assert_eq!(status, RevocationStatus::Unknown { because: vec![EvidenceFault::ReasonsMissing] });
    assert!(revoked_since(at(&alone, now())).is_some());
    let both = alone.with_crl(case.pki.issuing().sign_crl(&others));
    let chain = at(&both, hours(-20)).unwrap();
    assert!(
        matches!(&chain.revocation()[0], RevocationStatus::RevokedLater { since, .. } if *since == hours(-2))
    );
    assert!(revoked_since(at(&both, now())).is_some());
}

#[test]
fn many_pieces_that_differ_in_the_last_octets_are_kept_in_linear_time() {
    let case = Case::new();
    let long = TestExtension::plain(Oid::new_unwrap("1.2.3"), vec![0; 1 << 14]);
    let der = case.pki.issuing().issue_der(Profile::signer("Many", KeyKind::P256).extension(long));
    let variant = |number: u32| {
        let mut der = der.clone();
        let end = der.len() - 4;
        der[end..].iter_mut().zip((number + 1).to_be_bytes()).for_each(|(byte, change)| *byte ^= change);
        der
    };
    let certificates: Vec<_> = (0..4000)
        .map(|number| chancery_certificate::Certificate::from_der(&variant(number)).unwrap())
        .collect();
    let lists: Vec<_> = (0..4000).map(variant).collect();
    // Eight million comparisons of 16 kB each take ten seconds and more, three times over.
    let started = std::time::Instant::now();
    let mut evidence = case.above().with_certificates(certificates.clone());
    lists.iter().for_each(|list| evidence.add_crl(list.clone()));
    lists.iter().for_each(|list| evidence.add_crl(list.clone()));
    evidence.add_certificate(certificates[7].clone());
    assert_eq!((evidence.certificates().len(), evidence.crls().len()), (4000, 4001));
    let anchors = TrustAnchors::new([case.pki.root().clone()]);
    let others: Vec<_> = certificates.iter().chain([case.pki.intermediate()]).cloned().collect();
    let chain = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::NotChecked)
        .intermediates(&others)
        .evidence(&evidence)
        .verify_at(case.alice.certificate(), now());
    assert!(chain.is_ok());
    assert!(started.elapsed().as_secs() < 15, "{:?}", started.elapsed());
}

#[test]
fn later_evidence_is_as_strong_as_its_algorithm_was_when_it_was_signed() {
    let time = |text: &str| text.parse::<Timestamp>().unwrap();
    let pki = TestPki::at(now());
    // RSA of 2048 bits was acceptable before 2029.
    let profile = Profile::authority("Two Thousand", KeyKind::Rsa { bits: 2048 });
    let issuing = pki.root_authority().subordinate(profile, Locations::under("http://lists.example", "rsa"));
    let profile = Profile::signer("Alice", KeyKind::P256).valid(hours(-24), time("2031-01-01T00:00:00Z"));
    let alice = issuing.issue(profile);
    let anchors = TrustAnchors::new([issuing.certificate().clone()]);
    let verify = |evidence: Evidence| {
        ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require)
            .evidence(&evidence)
            .verify_at(alice.certificate(), now())
    };
    let list = |at| Evidence::new().with_crl(issuing.sign_crl(&CrlProfile::new(at).number(7)));
    let answer = |at| Evidence::new().with_ocsp(OcspAnswer::about(alice.certificate(), &issuing, at).sign());
    let (good, late) = (time("2028-12-31T00:00:00Z"), time("2029-01-01T00:00:00Z"));
    for evidence in [list(good), answer(good)] {
        let chain = verify(evidence);
        assert!(chain.is_ok(), "{chain:?}");
    }
    for evidence in [list(late), answer(late)] {
        let faults = because(verify(evidence));
        assert!(matches!(faults[..], [EvidenceFault::WeakAlgorithm { at, .. }] if at == late), "{faults:?}");
    }
}

#[test]
fn the_last_of_200_000_serials_is_found() {
    let case = Case::new();
    let serial = |number: u32| [&[0x40, 0, 0, 0][..], &number.to_be_bytes()].concat();
    let revocation = Revocation::new(hours(-9), TestReason::Superseded);
    let list = (0..200_000).fold(current(), |list, number| list.revoke(serial(number), revocation));
    let der = case.pki.issuing().sign_crl(&list);
    let list = RevocationList::from_der(&der).unwrap();
    let issuer = list.issuer().clone();
    let started = std::time::Instant::now();
    let entry = list.find(&serial(199_999), &issuer).unwrap().unwrap();
    println!("{} bytes, last of 200,000 serials in {:?}", der.len(), started.elapsed());
    assert_eq!((entry.revocation_date, entry.reason), (hours(-9), RevocationReason::Superseded));
    assert_eq!(list.find(&serial(200_000), &issuer).unwrap(), None);
    assert_eq!(list.find(&serial(5), case.pki.root().subject()).unwrap(), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is changed in a list or an answer, it does not become a proof that somebody is good, and nothing panics.
    #[test]
    fn changed_evidence_proves_nothing(at in any::<prop::sample::Index>(), bit in 0_u8..8, list in any::<bool>()) {
        thread_local! {
            static CASE: (Case, Vec<u8>, Vec<u8>) = {
                let case = Case::new();
                let revocation = Revocation::new(hours(-9), TestReason::Superseded);
                let crl = case.pki.issuing().sign_crl(&current().revoke(vec![1, 2, 3], revocation));
                let ocsp = OcspAnswer::about(case.alice.certificate(), case.pki.issuing(), hours(-1)).sign();
                (case, crl, ocsp)
            };
        }
        CASE.with(|(case, crl, ocsp)| {
            let mut der = if list { crl.clone() } else { ocsp.clone() };
            let at = at.index(der.len());
            der[at] ^= 1 << bit;
            let evidence = if list { case.above().with_crl(der) } else { case.above().with_ocsp(der) };
            if let Ok(chain) = case.require(&evidence) {
                // The outer algorithm of an answer is not signed, and has more than one spelling that is accepted.
                prop_assert!(!list, "byte {at} bit {bit}: {:?}", chain.revocation());
            }
            Ok(())
        })?;
    }
}
