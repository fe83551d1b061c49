//! Paths, rule by rule, with certificates made for each.

// A helper of tests fails as a test does, although it is not marked as one.
#![allow(clippy::unwrap_used, clippy::panic)]

use chancery_certificate::asn1;
use chancery_certificate::{Certificate, KeyUsage};
use chancery_chain::{
    AnchorScope, Anchored, ChainFailure, ChainFault, ChainVerifier, FaultGroup, Limits, Purpose,
    RevocationPolicy, RevocationStatus, TrustAnchor, TrustAnchors, VerifiedChain,
};
use chancery_key::KeyKind;
use chancery_testkit::{Locations, Profile, TestAuthority, TestExtension, TestIdentity, TestPki, oid};
use const_oid::ObjectIdentifier as Oid;
use jiff::{Timestamp, ToSpan};

const NOW: &str = "2026-11-21T12:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn hours(count: i64) -> Timestamp {
    now() + count.hours()
}

fn locations() -> Locations {
    Locations::under("http://pki.test", "other")
}

fn verify(
    anchors: &[&Certificate],
    purpose: Purpose,
    others: &[Certificate],
    target: &Certificate,
    at: Timestamp,
) -> Result<VerifiedChain, ChainFailure> {
    let anchors = TrustAnchors::new(anchors.iter().copied().cloned());
    ChainVerifier::new(&anchors, purpose, RevocationPolicy::NotChecked)
        .intermediates(others)
        .verify_at(target, at)
}

/// The verdict on somebody whom the issuing authority of a PKI certified.
fn judge(pki: &TestPki, identity: &TestIdentity, purpose: Purpose) -> Result<VerifiedChain, ChainFailure> {
    verify(&[pki.root()], purpose, &[pki.intermediate().clone()], identity.certificate(), now())
}

fn fault(answer: Result<VerifiedChain, ChainFailure>) -> ChainFault {
    answer.unwrap_err().reason().clone()
}

#[test]
fn a_signer_is_trusted_through_the_intermediate() {
    let pki = TestPki::at(now());
    let alice = pki.issue(Profile::signer("Alice", KeyKind::P256));
    let chain = judge(&pki, &alice, Purpose::DocumentSigning).unwrap();
    assert_eq!(chain.certificates(), [alice.certificate(), pki.intermediate(), pki.root()].map(Clone::clone));
    assert_eq!(chain.certificate(), alice.certificate());
    assert_eq!(chain.anchor().certificate(), pki.root());
    assert_eq!((chain.at(), chain.purpose()), (now(), Purpose::DocumentSigning));
    let not_checked = [RevocationStatus::NotChecked, RevocationStatus::NotChecked, RevocationStatus::Anchor];
    assert_eq!(chain.revocation(), not_checked);
}

#[test]
fn a_missing_intermediate_is_named() {
    let pki = TestPki::at(now());
    let alice = pki.issue(Profile::signer("Alice", KeyKind::P256));
    let failure = verify(&[pki.root()], Purpose::Any, &[], alice.certificate(), now()).unwrap_err();
    let expected = ChainFault::NoPath {
        certificate: alice.certificate().clone(),
        issuer: pki.intermediate().subject().to_string(),
    };
    assert_eq!(*failure.reason(), expected);
    assert_eq!(failure.reason().group(), FaultGroup::NoChain);
    assert!(failure.to_string().contains("add the missing intermediate"), "{failure}");
}

#[test]
fn a_forger_with_the_right_names_makes_no_path() {
    let pki = TestPki::at(now());
    let impostor = pki.root_authority().impostor();
    let alice = pki.issue(Profile::signer("Alice", KeyKind::P256));
    let others = [pki.intermediate().clone()];
    let failure = verify(&[impostor.certificate()], Purpose::Any, &others, alice.certificate(), now());
    let expected = ChainFault::BadSignature {
        certificate: pki.intermediate().clone(),
        issuer: impostor.certificate().clone(),
    };
    assert_eq!(fault(failure), expected);
}

#[test]
fn both_ends_of_the_validity_belong_to_it() {
    let pki = TestPki::at(now());
    let alice = pki.issue(Profile::signer("Alice", KeyKind::P256).valid(hours(-2), hours(2)));
    let at = |at| verify(&[pki.root()], Purpose::Any, &[pki.intermediate().clone()], alice.certificate(), at);
    assert!(at(hours(-2)).is_ok() && at(hours(2)).is_ok());
    let (late, early) = (hours(2) + 1.second(), hours(-2) - 1.second());
    let certificate = alice.certificate().clone();
    let expired = ChainFault::Expired { certificate: certificate.clone(), at: late, not_after: hours(2) };
    assert_eq!(fault(at(late)), expired);
    assert_eq!(fault(at(early)), ChainFault::NotYetValid { certificate, at: early, not_before: hours(-2) });
}

#[test]
fn usages_must_allow_the_purpose() {
    let pki = TestPki::at(now());
    let judged = |purposes: &[Oid], purpose| {
        let profile = Profile::bare("Alice", KeyKind::P256).extended_key_usage(purposes);
        judge(&pki, &pki.issue(profile), purpose).is_ok()
    };
    assert!(judged(&[oid::DOCUMENT_SIGNING], Purpose::DocumentSigning));
    assert!(judged(&[oid::EMAIL_PROTECTION], Purpose::DocumentSigning));
    assert!(judged(&[oid::EMAIL_PROTECTION], Purpose::Email));
    assert!(!judged(&[oid::SERVER_AUTHENTICATION], Purpose::DocumentSigning));
    assert!(!judged(&[oid::TIME_STAMPING], Purpose::DocumentSigning));
    assert!(!judged(&[oid::DOCUMENT_SIGNING], Purpose::ClientAuthentication));
    assert!(!judged(&[oid::DOCUMENT_SIGNING], Purpose::OcspSigning));
    assert!(judged(&[oid::SERVER_AUTHENTICATION], Purpose::Any));
    // Not critical, so no timestamp unit's (RFC 3161 §2.3).
    assert!(!judged(&[oid::TIME_STAMPING], Purpose::Timestamping));

    let silent = pki.issue(Profile::bare("Alice", KeyKind::P256));
    assert!(judge(&pki, &silent, Purpose::DocumentSigning).is_ok());
    assert!(judge(&pki, &silent, Purpose::Timestamping).is_err());
    let unit = pki.issue(Profile::timestamp_authority("Unit", KeyKind::P256));
    assert!(judge(&pki, &unit, Purpose::Timestamping).is_ok());
    let encipher = Profile::bare("Alice", KeyKind::P256).key_usage(&[KeyUsage::KeyEncipherment]);
    let found = fault(judge(&pki, &pki.issue(encipher), Purpose::DocumentSigning));
    assert!(
        matches!(found, ChainFault::KeyUsage { needed: "digitalSignature or nonRepudiation", .. }),
        "{found}"
    );
}

#[test]
fn nobody_but_an_authority_issues() {
    let pki = TestPki::at(now());
    let plain = |profile: Profile| {
        let middle = pki.root_authority().subordinate(profile, locations());
        let eve = middle.issue(Profile::signer("Eve", KeyKind::P256));
        let others = [middle.certificate().clone()];
        fault(verify(&[pki.root()], Purpose::Any, &others, eve.certificate(), now()))
    };
    let person = plain(Profile::signer("Mallory", KeyKind::P256));
    assert!(matches!(person, ChainFault::NotAnAuthority { .. }), "{person}");
    let cannot_certify =
        plain(Profile::authority("Lists only", KeyKind::P256).key_usage(&[KeyUsage::CrlSign]));
    assert!(matches!(cannot_certify, ChainFault::KeyUsage { needed: "keyCertSign", .. }), "{cannot_certify}");
}

#[test]
fn the_path_length_counts_authorities_below() {
    let root =
        TestAuthority::root(Profile::authority("Root", KeyKind::P256).path_length(0), now(), locations());
    let direct = root.issue(Profile::signer("Alice", KeyKind::P256));
    assert!(verify(&[root.certificate()], Purpose::Any, &[], direct.certificate(), now()).is_ok());
    let middle = root.subordinate(Profile::authority("Middle", KeyKind::P256), locations());
    let alice = middle.issue(Profile::signer("Alice", KeyKind::P256));
    let others = [middle.certificate().clone()];
    let answer = verify(&[root.certificate()], Purpose::Any, &others, alice.certificate(), now());
    let certificate = root.certificate().clone();
    assert_eq!(fault(answer), ChainFault::PathLength { certificate, allowed: 0, found: 1 });
    // Only name and key of the anchor count: what its certificate says of path lengths does not.
    let anchors = TrustAnchors::new([root.certificate().clone()]).with_scope(AnchorScope::NameAndKey);
    let verifier =
        ChainVerifier::new(&anchors, Purpose::Any, RevocationPolicy::NotChecked).intermediates(&others);
    assert!(verifier.verify_at(alice.certificate(), now()).is_ok());
}

#[test]
fn an_unknown_critical_extension_refuses_wherever_it_stands() {
    let pki = TestPki::at(now());
    let leaf = pki.issue(Profile::signer("Alice", KeyKind::P256).unknown_critical_extension());
    assert!(matches!(fault(judge(&pki, &leaf, Purpose::Any)), ChainFault::UnknownCriticalExtension { .. }));
    let profile = Profile::authority("Odd", KeyKind::P256).unknown_critical_extension();
    let middle = pki.root_authority().subordinate(profile, locations());
    let alice = middle.issue(Profile::signer("Alice", KeyKind::P256));
    let others = [middle.certificate().clone()];
    let found = fault(verify(&[pki.root()], Purpose::Any, &others, alice.certificate(), now()));
    assert_eq!(found.certificate(), Some(middle.certificate()));
}

/// RFC 3739 §3.2.6 lets the statements of qualified certificates be critical; whoever knows them all can process them.
#[test]
fn critical_statements_are_accepted_where_each_is_known() {
    let pki = TestPki::at(now());
    let statement = |oid: &str, value: &[u8]| asn1::sequence(&[&asn1::oid(&Oid::new_unwrap(oid)), value]);
    let (compliance, kinds) = ("0.4.0.1862.1.1", "0.4.0.1862.1.6");
    let signatures = asn1::sequence(&[&asn1::oid(&Oid::new_unwrap("0.4.0.1862.1.6.1"))]);
    let other_kind = asn1::sequence(&[&asn1::oid(&Oid::new_unwrap("1.3.6.1.4.1.32473.6"))]);
    let judged = |statements: &[u8]| {
        let extension =
            TestExtension::critical(Oid::new_unwrap("1.3.6.1.5.5.7.1.3"), asn1::sequence(&[statements]));
        let alice = pki.issue(Profile::signer("Alice", KeyKind::P256).extension(extension));
        judge(&pki, &alice, Purpose::DocumentSigning)
    };
    let known = [statement(compliance, &[]), statement(kinds, &signatures)].concat();
    assert!(judged(&known).is_ok());
    for unknown in [
        statement("1.3.6.1.4.1.32473.7", &[]),
        statement(kinds, &other_kind),
        // It takes no value.
        statement(compliance, &[5, 0]),
        // PSD2QcType, of which only the bytes are told.
        statement("0.4.0.19495.2", &asn1::sequence(&[])),
        vec![5, 0],
    ] {
        let found = fault(judged(&[known.clone(), unknown].concat()));
        assert!(matches!(found, ChainFault::UnknownCriticalExtension { .. }), "{found}");
    }
}

#[test]
fn a_contradiction_about_the_algorithm_refuses() {
    let pki = TestPki::at(now());
    let sha512 = chancery_key::SignatureAlgorithm::Ecdsa(chancery_digest::DigestAlgorithm::Sha512);
    let odd = pki.issue(Profile::signer("Alice", KeyKind::P256).claiming_algorithm(sha512));
    assert!(matches!(fault(judge(&pki, &odd, Purpose::Any)), ChainFault::AlgorithmMismatch { .. }));
    let damaged = pki.issue(Profile::signer("Alice", KeyKind::P256).with_damaged_signature());
    assert!(matches!(fault(judge(&pki, &damaged, Purpose::Any)), ChainFault::BadSignature { .. }));
}

#[test]
fn an_anchor_is_itself_trusted_within_its_validity() {
    let pki = TestPki::at(now());
    let alice = pki.issue(Profile::signer("Alice", KeyKind::P256).valid(hours(-1), hours(1)));
    let pinned = |at| verify(&[alice.certificate()], Purpose::DocumentSigning, &[], alice.certificate(), at);
    assert_eq!(pinned(now()).unwrap().revocation(), [RevocationStatus::Anchor]);
    assert!(matches!(fault(pinned(hours(2))), ChainFault::Expired { .. }));
    // It is trusted as itself, not as an authority.
    let bob = TestAuthority::root(Profile::signer("Bob", KeyKind::P256), now(), locations());
    let by_bob = bob.issue(Profile::signer("Eve", KeyKind::P256));
    let found = fault(verify(&[bob.certificate()], Purpose::Any, &[], by_bob.certificate(), now()));
    assert!(matches!(found, ChainFault::NotAnAuthority { .. }), "{found}");
}

#[test]
fn an_expired_root_anchors_only_where_its_certificate_does_not_bind() {
    let profile = Profile::authority("Root", KeyKind::P256).valid(hours(-9), hours(-1));
    let root = TestAuthority::root(profile, now(), locations());
    let alice = root.issue(Profile::signer("Alice", KeyKind::P256));
    let found = fault(verify(&[root.certificate()], Purpose::Any, &[], alice.certificate(), now()));
    assert_eq!(found.certificate(), Some(root.certificate()));
    assert_eq!(found.group(), FaultGroup::OutOfBounds);
    let anchor = TrustAnchor::new(root.certificate().clone()).with_scope(AnchorScope::NameAndKey);
    let anchors = TrustAnchors::new([anchor]);
    let verifier = ChainVerifier::new(&anchors, Purpose::Any, RevocationPolicy::NotChecked);
    assert!(verifier.verify_at(alice.certificate(), now()).is_ok());
}

#[test]
fn a_good_path_is_found_among_bad_ones_in_any_order() {
    let pki = TestPki::at(now());
    let alice = pki.issue(Profile::signer("Alice", KeyKind::P256));
    let name = pki.intermediate().subject().to_der().to_vec();
    let issue = |profile: Profile| pki.root_authority().issue(profile).certificate().clone();
    let same_key = || Profile::authority("x", KeyKind::P256).with_key(pki.issuing().identity().key());
    let expired = issue(same_key().subject(name.clone()).valid(hours(-9), hours(-1)));
    let odd = issue(same_key().subject(name.clone()).unknown_critical_extension());
    let other_key = issue(Profile::authority("x", KeyKind::P256).subject(name));
    let unrelated = pki.issue(Profile::signer("Bob", KeyKind::P256)).certificate().clone();
    let mut others = vec![expired, odd, other_key, unrelated, pki.intermediate().clone()];
    for _ in 0..others.len() {
        others.rotate_left(1);
        assert!(verify(&[pki.root()], Purpose::Any, &others, alice.certificate(), now()).is_ok());
    }
    // Without the good one every candidate is explained, the one that came closest first.
    others.retain(|certificate| certificate != pki.intermediate());
    let failure = verify(&[pki.root()], Purpose::Any, &others, alice.certificate(), now()).unwrap_err();
    assert_eq!(failure.paths().count(), 3);
    assert_eq!(failure.paths().next().unwrap().anchored(), Anchored::Yes);
    assert!(!matches!(failure.reason(), ChainFault::BadSignature { .. }), "{failure}");
}

#[test]
fn cross_certificates_and_loops_lead_to_the_anchor() {
    let [a, b, c] = ["A", "B", "C"]
        .map(|name| TestAuthority::root(Profile::authority(name, KeyKind::P256), now(), locations()));
    let cross = |issuer: &TestAuthority, subject: &TestAuthority| {
        let name = subject.certificate().subject().to_der().to_vec();
        let profile = Profile::authority("x", KeyKind::P256).with_key(subject.identity().key()).subject(name);
        issuer.issue(profile).certificate().clone()
    };
    let others = [cross(&a, &b), cross(&b, &a), cross(&b, &c), cross(&c, &b), cross(&c, &a), cross(&a, &c)];
    let alice = a.issue(Profile::signer("Alice", KeyKind::P256));
    let chain = verify(&[c.certificate()], Purpose::Any, &others, alice.certificate(), now()).unwrap();
    assert!(chain.certificates().len() <= 4);
    let stranger = TestAuthority::root(Profile::authority("D", KeyKind::P256), now(), locations());
    let failure = verify(&[stranger.certificate()], Purpose::Any, &others, alice.certificate(), now());
    assert_eq!(fault(failure).group(), FaultGroup::NoChain);
}

#[test]
fn hostile_sets_of_certificates_cost_bounded_work() {
    let pki = TestPki::at(now());
    let name = || pki.intermediate().subject().to_der().to_vec();
    // All of one name, none with the right key: only signatures tell them apart.
    let forged: Vec<_> = (0..30)
        .map(|_| pki.root_authority().issue(Profile::authority("x", KeyKind::P256).subject(name())))
        .map(|identity| identity.certificate().clone())
        .collect();
    let alice = pki.issue(Profile::signer("Alice", KeyKind::P256));
    let anchors = TrustAnchors::new([pki.root().clone()]);
    let mut limits = Limits::default();
    limits.signature_checks = 20;
    let verifier = ChainVerifier::new(&anchors, Purpose::Any, RevocationPolicy::NotChecked)
        .intermediates(&forged)
        .limits(limits);
    let failure = verifier.verify_at(alice.certificate(), now()).unwrap_err();
    let exceeded = |fault: &ChainFault| matches!(fault, ChainFault::BudgetExceeded { allowed: 20, .. });
    assert!(failure.paths().any(|path| path.faults().any(exceeded)), "{failure}");
}

#[test]
fn a_mesh_of_authorities_that_all_certify_each_other_ends() {
    let authority = |number| {
        TestAuthority::root(Profile::authority(&format!("M{number}"), KeyKind::P256), now(), locations())
    };
    let mesh: Vec<_> = (0..12).map(authority).collect();
    let mut others = Vec::new();
    for (number, issuer) in mesh.iter().enumerate() {
        for (_, subject) in mesh.iter().enumerate().filter(|(other, _)| *other != number) {
            let name = subject.certificate().subject().to_der().to_vec();
            let profile =
                Profile::authority("x", KeyKind::P256).with_key(subject.identity().key()).subject(name);
            others.push(issuer.issue(profile).certificate().clone());
        }
    }
    let alice = mesh[0].issue(Profile::signer("Alice", KeyKind::P256));
    let stranger = TestAuthority::root(Profile::authority("Stranger", KeyKind::P256), now(), locations());
    // Simple paths through the mesh: more than eleven factorial. Signatures to check: 132.
    let failure = verify(&[stranger.certificate()], Purpose::Any, &others, alice.certificate(), now());
    let failure = failure.unwrap_err();
    assert!(failure.paths().count() <= 32);
    let exceeded = |fault: &ChainFault| matches!(fault, ChainFault::BudgetExceeded { .. });
    assert!(failure.paths().any(|path| path.faults().any(exceeded)), "{failure}");
    // With the anchor among them a path is found all the same.
    assert!(verify(&[mesh[7].certificate()], Purpose::Any, &others, alice.certificate(), now()).is_ok());
}

#[test]
fn name_constraints_bind_what_is_below() {
    let pki = TestPki::at(now());
    // permittedSubtrees [0] { base [1] "example.com" }
    let constraints = vec![0x30, 17, 0xa0, 15, 0x30, 13, 0x81, 11];
    let constraints = [constraints, b"example.com".to_vec()].concat();
    let profile = Profile::authority("Constrained", KeyKind::P256);
    let profile = profile.extension(TestExtension::critical(name_constraints(), constraints));
    let middle = pki.root_authority().subordinate(profile, locations());
    let judged = |address: &str| {
        let name = [&[0x81, u8::try_from(address.len()).unwrap()], address.as_bytes()].concat();
        let names = [&[0x30, u8::try_from(name.len()).unwrap()], name.as_slice()].concat();
        let profile = Profile::signer("Alice", KeyKind::P256);
        let alice = middle.issue(profile.extension(TestExtension::plain(alternative_name(), names)));
        let others = [middle.certificate().clone()];
        verify(&[pki.root()], Purpose::Any, &others, alice.certificate(), now())
    };
    assert!(judged("alice@example.com").is_ok());
    let found = fault(judged("alice@example.org"));
    assert!(
        matches!(&found, ChainFault::NameConstraints { name, .. } if name == "alice@example.org"),
        "{found}"
    );
}

fn name_constraints() -> Oid {
    Oid::new_unwrap("2.5.29.30")
}

fn alternative_name() -> Oid {
    Oid::new_unwrap("2.5.29.17")
}
