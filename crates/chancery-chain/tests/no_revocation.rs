//! Certificates about whose revocation there is nothing to ask (RFC 9608, ETSI EN 319 412-1).

// A helper of tests fails as a test does, although it is not marked as one.
#![allow(clippy::unwrap_used, clippy::panic)]

mod case;

use case::{Case, because, current, hours, now, revoked_since};
use chancery_chain::{
    ChainFault, ChainVerifier, Evidence, EvidenceCollector, NoRevocation, Purpose, RevocationPolicy,
    RevocationStatus, TrustAnchors,
};
use chancery_key::KeyKind;
use chancery_testkit::{Locations, Profile, RevocationReason as TestReason, TestExtension, TestPki};
use const_oid::ObjectIdentifier as Oid;

const NOT_AVAILABLE: Oid = Oid::new_unwrap("2.5.29.56");
const SHORT_TERM: Oid = Oid::new_unwrap("0.4.0.194121.2.1");
const POINTS: Oid = Oid::new_unwrap("2.5.29.31");
const FRESHEST: Oid = Oid::new_unwrap("2.5.29.46");
const INFORMATION: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.1.1");
const NULL: [u8; 2] = [5, 0];

/// A signer whose certificate says nowhere where revocation information is.
fn silent(extensions: impl IntoIterator<Item = TestExtension>) -> Case {
    let bare =
        Profile::signer("Alice", KeyKind::P256).without_extension(POINTS).without_extension(INFORMATION);
    Case::with(extensions.into_iter().fold(bare, Profile::extension))
}

fn plain(oid: Oid) -> TestExtension {
    TestExtension::plain(oid, NULL.to_vec())
}

#[test]
fn nothing_is_asked_where_nothing_is_published() {
    for (oid, said) in [(NOT_AVAILABLE, NoRevocation::NotAvailable), (SHORT_TERM, NoRevocation::ShortTerm)] {
        let case = silent([plain(oid)]);
        for policy in [RevocationPolicy::Require, RevocationPolicy::WhenKnown] {
            let anchors = TrustAnchors::new([case.pki.root().clone()]);
            let others = [case.pki.intermediate().clone()];
            let evidence = case.above();
            let chain = ChainVerifier::new(&anchors, Purpose::DocumentSigning, policy)
                .intermediates(&others)
                .evidence(&evidence)
                .verify_at(case.alice.certificate(), now())
                .unwrap();
            assert_eq!(chain.revocation()[0], RevocationStatus::NotAvailable(said));
            assert!(chain.holds_until().is_some());
        }
        // The authority above is asked about as ever.
        assert!(case.require(&Evidence::new()).is_err());
    }
    // Without the word of the issuer, silence is no answer.
    assert!(silent([]).require(&silent([]).above()).is_err());
}

#[test]
fn a_revocation_that_is_published_all_the_same_counts() {
    let case = silent([plain(NOT_AVAILABLE)]);
    let list = case.revoked(current(), -2, TestReason::KeyCompromise);
    assert!(revoked_since(&case.require(&case.list(&list))).is_some());
    let chain = case.require(&case.list(&current())).unwrap();
    assert!(matches!(chain.revocation()[0], RevocationStatus::Good(_)));
}

#[test]
fn what_the_standards_forbid_is_malformed() {
    let malformed = |case: &Case| {
        let failure = case.require(&case.list(&current())).unwrap_err();
        matches!(failure.reason(), ChainFault::Malformed { .. })
    };
    // Beside the places of lists and responders, which the usual profile names.
    let usual = |without: Oid| {
        Case::with(
            Profile::signer("Alice", KeyKind::P256)
                .without_extension(without)
                .extension(plain(NOT_AVAILABLE)),
        )
    };
    assert!(malformed(&usual(POINTS)));
    assert!(malformed(&usual(INFORMATION)));
    assert!(malformed(&silent([plain(NOT_AVAILABLE), TestExtension::plain(FRESHEST, vec![0x30, 0])])));
    for oid in [NOT_AVAILABLE, SHORT_TERM] {
        assert!(malformed(&silent([TestExtension::plain(oid, vec![])])));
        assert!(malformed(&silent([TestExtension::plain(oid, vec![5, 1, 0])])));
        assert!(malformed(&silent([TestExtension::plain(oid, vec![0x30, 0])])));
        // It may not be critical, so it is not known where it is.
        let critical = silent([TestExtension::critical(oid, NULL.to_vec())]);
        let failure = critical.require(&critical.list(&current())).unwrap_err();
        assert!(matches!(failure.reason(), ChainFault::UnknownCriticalExtension { .. }));
    }
}

#[test]
fn a_short_term_certificate_is_asked_about_where_it_names_a_place() {
    let days = |count: i64| hours(24 * count);
    for without in [None, Some(POINTS), Some(INFORMATION)] {
        // Ten years are no short term, whatever the issuer says.
        let profile = Profile::signer("Alice", KeyKind::P256).valid(days(-1000), days(2650));
        let profile = profile.extension(plain(SHORT_TERM));
        let case = Case::with(without.into_iter().fold(profile, Profile::without_extension));
        assert!(because(case.require(&case.above())).is_empty());
        let chain = case.require(&case.list(&current())).unwrap();
        assert!(matches!(chain.revocation()[0], RevocationStatus::Good(_)));
    }
    // So the list is fetched on which it stands.
    let case = Case::with(Profile::signer("Alice", KeyKind::P256).extension(plain(SHORT_TERM)));
    case.pki.revoke(case.alice.certificate(), hours(-5), TestReason::KeyCompromise);
    let anchors = TrustAnchors::new([case.pki.root().clone()]);
    let verifier = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require);
    let collected = EvidenceCollector::new(&verifier, case.alice.certificate(), now()).collect(&case.pki);
    let failure = collected.chain().unwrap_err();
    assert!(matches!(failure.reason(), ChainFault::Revoked { .. }), "{failure}");
}

#[test]
fn authorities_may_not_say_so() {
    let pki = TestPki::at(now());
    let profile = Profile::authority("Short", KeyKind::P256)
        .without_extension(POINTS)
        .without_extension(INFORMATION)
        .extension(plain(NOT_AVAILABLE));
    let issuing =
        pki.root_authority().subordinate(profile, Locations::under("http://lists.example", "short"));
    let alice = issuing.issue(Profile::signer("Alice", KeyKind::P256));
    let anchors = TrustAnchors::new([pki.root().clone()]);
    let others = [issuing.certificate().clone()];
    let evidence = Evidence::new()
        .with_crl(pki.root_authority().crl(hours(-1), hours(24)))
        .with_crl(issuing.sign_crl(&current()));
    for policy in [RevocationPolicy::Require, RevocationPolicy::NotChecked] {
        let failure = ChainVerifier::new(&anchors, Purpose::DocumentSigning, policy)
            .intermediates(&others)
            .evidence(&evidence)
            .verify_at(alice.certificate(), now())
            .unwrap_err();
        assert!(matches!(failure.reason(), ChainFault::Malformed { .. }), "{failure}");
    }
}

#[test]
fn nocheck_is_for_responders_only() {
    let nocheck = TestExtension::plain(Oid::new_unwrap("1.3.6.1.5.5.7.48.1.5"), NULL.to_vec());
    let case = Case::with(Profile::signer("Alice", KeyKind::P256).extension(nocheck));
    assert!(case.require(&case.above()).is_err());
    assert!(case.require(&case.list(&current())).is_ok());
    // A responder about which nothing is published need not say nocheck too.
    let responder = || {
        Profile::ocsp_responder("Responder", KeyKind::P256)
            .without_extension(Oid::new_unwrap("1.3.6.1.5.5.7.48.1.5"))
            .without_extension(POINTS)
            .without_extension(INFORMATION)
    };
    let silent = case.pki.issue(responder());
    let said = case.pki.issue(responder().extension(plain(NOT_AVAILABLE)));
    let answer = |by| case.above().with_ocsp(case.about(hours(-1)).delegated(by).sign());
    assert!(case.require(&answer(&silent)).is_err());
    assert!(case.require(&answer(&said)).is_ok());
}
