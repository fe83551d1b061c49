//! What a proof rests on, and until when it holds.

// A helper of tests fails as a test does, although it is not marked as one.
#![allow(clippy::unwrap_used, clippy::panic)]

use chancery_certificate::{Certificate, asn1};
use chancery_chain::{
    ChainFailure, ChainVerifier, Evidence, Purpose, RevocationPolicy, RevocationStatus, TrustAnchors,
    VerifiedChain,
};
use chancery_key::KeyKind;
use chancery_testkit::{
    CrlProfile, Locations, OcspAnswer, Profile, Revocation, RevocationReason as TestReason, TestExtension,
    TestIdentity, TestPki,
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

    fn above(&self) -> Vec<u8> {
        self.pki.root_authority().sign_crl(&current(50))
    }

    fn about(&self) -> OcspAnswer<'_> {
        let answer = OcspAnswer::about(self.alice.certificate(), self.pki.issuing(), hours(-1));
        answer.produced_at(hours(60))
    }

    fn evidence(&self) -> Evidence {
        Evidence::new().with_certificate(self.pki.intermediate().clone()).with_crl(self.above())
    }

    fn verify(
        &self,
        policy: RevocationPolicy,
        evidence: &Evidence,
        at: Timestamp,
    ) -> Result<VerifiedChain, ChainFailure> {
        let anchors = TrustAnchors::new([self.pki.root().clone()]);
        ChainVerifier::new(&anchors, Purpose::DocumentSigning, policy)
            .evidence(evidence)
            .verify_at(self.alice.certificate(), at)
    }

    /// The same as [`at_both_ends`](Self::at_both_ends); and one moment later it no longer holds.
    fn twice(&self, evidence: &Evidence, at: Timestamp) -> VerifiedChain {
        let chain = self.at_both_ends(evidence, at);
        let end = chain.holds_until().unwrap();
        self.verify(RevocationPolicy::Require, &chain.evidence(), end + 1.seconds()).unwrap_err();
        chain
    }

    /// Verifies, and then again with what that rests on and nothing else, at the first and at the last moment.
    fn at_both_ends(&self, evidence: &Evidence, at: Timestamp) -> VerifiedChain {
        let first = self.verify(RevocationPolicy::Require, evidence, at).unwrap();
        let rest = first.evidence();
        let again = self.verify(RevocationPolicy::Require, &rest, at).unwrap();
        assert_eq!(again.revocation(), first.revocation());
        assert_eq!(again.holds_until(), first.holds_until());
        assert_eq!(pieces(&again.evidence()), pieces(&rest));
        let end = first.holds_until().unwrap();
        assert!(at <= end, "{at} {end}");
        self.verify(RevocationPolicy::Require, &rest, end).unwrap();
        first
    }
}

fn pieces(evidence: &Evidence) -> (Vec<Certificate>, Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let bytes = |pieces: &[chancery_certificate::Octets]| {
        let mut pieces: Vec<_> = pieces.iter().map(|piece| piece.to_vec()).collect();
        pieces.sort();
        pieces
    };
    let mut certificates = evidence.certificates().to_vec();
    certificates.sort_by(|left, right| left.to_der().cmp(right.to_der()));
    (certificates, bytes(evidence.crls()), bytes(evidence.ocsp()))
}

fn current(until: i64) -> CrlProfile {
    CrlProfile::new(hours(-1)).next_update(hours(until)).number(7)
}

#[test]
fn only_what_decided_is_named() {
    let case = Case::new();
    let answer = case.about().sign();
    let older = case.about().current(hours(-20), Some(hours(4))).sign();
    let bob = case.pki.issue(Profile::signer("Bob", KeyKind::P256));
    let evidence = case
        .evidence()
        .with_certificate(bob.certificate().clone())
        .with_ocsp(older)
        .with_ocsp(answer.clone())
        .with_ocsp(OcspAnswer::about(bob.certificate(), case.pki.issuing(), hours(-1)).sign())
        .with_crl(case.pki.issuing().sign_crl(&CrlProfile::new(hours(-30)).next_update(hours(30))));
    let chain = case.twice(&evidence, now());
    let rest = chain.evidence();
    let path = [case.alice.certificate(), case.pki.intermediate(), case.pki.root()].map(Clone::clone);
    assert_eq!(rest.certificates(), path);
    assert_eq!(rest.crls().iter().map(|list| list.to_vec()).collect::<Vec<_>>(), [case.above()]);
    assert_eq!(rest.ocsp().iter().map(|one| one.to_vec()).collect::<Vec<_>>(), [answer]);
    assert_eq!(chain.holds_until(), Some(hours(23)));
    // The pieces are shared, not copied.
    assert!(rest.crls()[0].is_same(&evidence.crls()[0]));
    // Each answer names its own.
    let RevocationStatus::Good(good) = &chain.revocation()[0] else { panic!("{chain:?}") };
    let own = good.evidence();
    assert_eq!((own.certificates().len(), own.crls().len(), own.ocsp().len()), (0, 0, 1));
}

#[test]
fn a_responder_and_what_is_known_of_it_belong_to_its_answer() {
    let case = Case::new();
    let nocheck = Oid::new_unwrap("1.3.6.1.5.5.7.48.1.5");
    let profile = Profile::ocsp_responder("Responder", KeyKind::P256).without_extension(nocheck);
    let asked = case.pki.issue(profile);
    let list = case.pki.issuing().sign_crl(&CrlProfile::new(hours(-40)).next_update(hours(2)));
    // The responder must be known as good when it answers.
    let answer = case.about().produced_at(hours(-1)).delegated(&asked).sign();
    let chain = case.twice(&case.evidence().with_ocsp(answer).with_crl(list.clone()), now());
    let RevocationStatus::Good(good) = &chain.revocation()[0] else { panic!("{chain:?}") };
    // The list is older than the answer, and yet needed for the responder.
    assert_eq!(good.this_update, hours(-1));
    assert_eq!(good.evidence().crls().iter().map(|one| one.to_vec()).collect::<Vec<_>>(), [list]);
    assert_eq!(chain.holds_until(), Some(hours(2)));
}

#[test]
fn a_delta_needs_the_list_that_it_continues() {
    let case = Case::new();
    let base = TestExtension::critical(Oid::new_unwrap("2.5.29.27"), asn1::integer(&[7]));
    let complete = CrlProfile::new(hours(-9)).next_update(hours(-3)).number(7);
    let delta = CrlProfile::new(hours(-1)).next_update(hours(3)).number(9).extension(base);
    let sign = |list: &CrlProfile| case.pki.issuing().sign_crl(list);
    let older = CrlProfile::new(hours(-20)).next_update(hours(-8)).number(6);
    let evidence = case.evidence().with_crl(sign(&older)).with_crl(sign(&delta)).with_crl(sign(&complete));
    let chain = case.twice(&evidence, now());
    assert_eq!(chain.evidence().crls().len(), 3);
    assert_eq!(chain.holds_until(), Some(hours(3)));
}

#[test]
fn a_signer_of_lists_belongs_to_its_lists() {
    let case = Case::new();
    let issuing = case.pki.issuing();
    let profile = Profile::bare("Second key", KeyKind::P256)
        .subject(issuing.certificate().subject().to_der().to_vec())
        .key_usage(&[chancery_certificate::KeyUsage::CrlSign]);
    let signer =
        case.pki.root_authority().subordinate(profile, Locations::under("http://lists.example", "second"));
    let evidence = case
        .evidence()
        .with_certificate(signer.certificate().clone())
        .with_crl(signer.sign_crl(&current(10)));
    let chain = case.twice(&evidence, now());
    assert!(chain.evidence().certificates().contains(signer.certificate()));
    let RevocationStatus::Good(good) = &chain.revocation()[0] else { panic!("{chain:?}") };
    assert!(good.evidence().certificates().contains(signer.certificate()));
}

#[test]
fn lists_for_some_reasons_each_are_all_needed() {
    let case = Case::new();
    let scope = |list: CrlProfile, content: &[u8]| {
        let oid = Oid::new_unwrap("2.5.29.28");
        case.pki.issuing().sign_crl(&list.extension(TestExtension::critical(oid, asn1::sequence(&[content]))))
    };
    let some = scope(current(9), &[0x83, 2, 6, 0x40]);
    let rest = scope(CrlProfile::new(hours(-5)).next_update(hours(5)), &[0x83, 3, 7, 0x3f, 0x80]);
    let chain = case.twice(&case.evidence().with_crl(rest).with_crl(some), now());
    assert_eq!(chain.evidence().crls().len(), 3);
    assert_eq!(chain.holds_until(), Some(hours(5)));
}

#[test]
fn what_holds_ends_with_promises_validity_and_later_revocations() {
    let case = Case::new();
    let open = case.about().current(hours(5), None).sign();
    let chain = case.twice(&case.evidence().with_ocsp(open), now());
    assert_eq!(chain.holds_until(), Some(hours(5)));
    let list = current(24).revoke(case.alice.certificate().serial().to_vec(), {
        Revocation::new(hours(-2), TestReason::KeyCompromise)
    });
    let evidence = case.evidence().with_crl(case.pki.issuing().sign_crl(&list));
    let chain = case.twice(&evidence, hours(-3));
    assert!(matches!(chain.revocation()[0], RevocationStatus::RevokedLater { .. }));
    assert_eq!(chain.holds_until(), Some(hours(-2) - 1.nanoseconds()));
    let pki = TestPki::at(now());
    let alice = pki.issue(Profile::signer("Alice", KeyKind::P256).valid(hours(-9), hours(3)));
    let case = Case { pki, alice };
    let evidence = case.evidence().with_ocsp(case.about().sign());
    assert_eq!(case.twice(&evidence, now()).holds_until(), Some(hours(3)));
}

#[test]
fn nobody_promised_what_was_not_asked_or_is_not_known() {
    let case = Case::new();
    let evidence = case.evidence();
    for policy in [RevocationPolicy::WhenKnown, RevocationPolicy::NotChecked] {
        let chain = case.verify(policy, &evidence, now()).unwrap();
        assert_eq!(chain.holds_until(), None);
        assert_eq!(chain.evidence().certificates().len(), 3);
    }
}

/// A piece that may be at hand.
fn piece(case: &Case, kind: u8, age: i64, until: i64) -> Evidence {
    let sign = |list: &CrlProfile| case.pki.issuing().sign_crl(list);
    let list = || CrlProfile::new(hours(-age)).next_update(hours(until));
    let delegate = case.pki.issue(Profile::ocsp_responder("Responder", KeyKind::P256));
    let base = |number: u8| TestExtension::critical(Oid::new_unwrap("2.5.29.27"), asn1::integer(&[number]));
    match kind % 7 {
        0 => Evidence::new().with_crl(sign(&list().number(7))),
        1 => Evidence::new().with_ocsp(case.about().current(hours(-age), Some(hours(until))).sign()),
        2 => Evidence::new().with_crl(sign(&list().number(8).extension(base(7)))),
        3 => Evidence::new()
            .with_ocsp(case.about().delegated(&delegate).current(hours(-age), Some(hours(until))).sign()),
        4 => Evidence::new().with_crl(case.pki.root_authority().sign_crl(&list())),
        5 => Evidence::new().with_ocsp(case.about().current(hours(-age), None).sign()),
        _ => Evidence::new().with_crl(sign(&list().number(9).revoke(
            case.alice.certificate().serial().to_vec(),
            Revocation::new(hours(20), TestReason::Superseded),
        ))),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever was at hand: what a proof says that it rests on is enough for the same proof, until it says.
    #[test]
    fn what_a_proof_rests_on_is_enough(
        pieces in prop::collection::vec((any::<u8>(), -30_i64..40, -5_i64..60), 1..8),
    ) {
        thread_local! {
            static CASE: Case = Case::new();
        }
        CASE.with(|case| {
            let mut evidence = case.evidence().with_crl(case.pki.issuing().sign_crl(&current(12)));
            for (kind, age, until) in pieces {
                evidence.extend(piece(case, kind, age, until.max(1 - age)));
            }
            if case.verify(RevocationPolicy::Require, &evidence, now()).is_ok() {
                case.at_both_ends(&evidence, now());
            }
        });
    }
}
