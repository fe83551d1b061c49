//! What a trust anchor is trusted for, and where trust anchors come from.

// A helper of tests fails as a test does, although it is not marked as one.
#![allow(clippy::unwrap_used, clippy::panic)]

use chancery_certificate::asn1::{self, tag};
use chancery_certificate::{Certificate, GeneralName, KeyUsage};
use chancery_chain::{
    ANY_POLICY, AnchorConstraints, AnchorFileError, AnchorScope, ChainFailure, ChainFault, ChainVerifier,
    Evidence, FaultGroup, NameConstraints, PolicyDemands, PolicySet, Purpose, RevocationPolicy,
    RevocationStatus, TrustAnchor, TrustAnchors, VerifiedChain,
};
use chancery_cms::SignedMessage;
use chancery_key::KeyKind;
use chancery_testkit::{
    CrlProfile, Locations, Profile, TestAuthority, TestExtension, TestIdentity, TestPki, oid,
};
use const_oid::ObjectIdentifier as Oid;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;

const CERTIFICATE_POLICIES: Oid = Oid::new_unwrap("2.5.29.32");
const POLICY: Oid = Oid::new_unwrap("1.3.6.1.4.1.99999.1");
const OTHER_POLICY: Oid = Oid::new_unwrap("1.3.6.1.4.1.99999.2");

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn locations() -> Locations {
    Locations::under("http://pki.test", "other")
}

fn judge_with(
    anchors: &TrustAnchors,
    purpose: Purpose,
    others: &[Certificate],
    target: &Certificate,
) -> Result<VerifiedChain, ChainFailure> {
    ChainVerifier::new(anchors, purpose, RevocationPolicy::NotChecked)
        .intermediates(others)
        .verify_at(target, now())
}

/// The verdict on somebody of the PKI, whose root is trusted for this.
fn judge(
    pki: &TestPki,
    constraints: AnchorConstraints,
    target: &TestIdentity,
    purpose: Purpose,
) -> Result<VerifiedChain, ChainFailure> {
    let anchors = TrustAnchors::new([TrustAnchor::new(pki.root().clone()).constrained(constraints)]);
    judge_with(&anchors, purpose, &[pki.intermediate().clone()], target.certificate())
}

fn fault(answer: Result<VerifiedChain, ChainFailure>) -> ChainFault {
    answer.unwrap_err().reason().clone()
}

fn alternative_names(names: &[(u8, &[u8])]) -> TestExtension {
    let names: Vec<u8> =
        names.iter().flat_map(|(number, text)| asn1::encode(tag::primitive(*number), text)).collect();
    TestExtension::plain(oid::SUBJECT_ALTERNATIVE_NAME, asn1::encode(tag::SEQUENCE, &names))
}

fn with_mail(address: &str) -> Profile {
    Profile::signer("Alice", KeyKind::P256).extension(alternative_names(&[(1, address.as_bytes())]))
}

fn name_constraints(number: u8, base: &[u8]) -> TestExtension {
    let subtree = asn1::sequence(&[base]);
    let value = asn1::sequence(&[&asn1::encode(tag::constructed(number), &subtree)]);
    TestExtension::critical(oid::NAME_CONSTRAINTS, value)
}

fn policies(policies: &[Oid]) -> TestExtension {
    let infos: Vec<u8> = policies.iter().flat_map(|policy| asn1::sequence(&[&asn1::oid(policy)])).collect();
    TestExtension::plain(CERTIFICATE_POLICIES, asn1::encode(tag::SEQUENCE, &infos))
}

#[test]
fn an_anchor_is_trusted_for_its_purposes_only() {
    let pki = TestPki::at(now());
    let alice = pki.issue(Profile::signer("Alice", KeyKind::P256));
    let mail = || AnchorConstraints::new().only_for([Purpose::Email, Purpose::Email]);
    assert!(judge(&pki, mail(), &alice, Purpose::Email).is_ok());
    let found = fault(judge(&pki, mail(), &alice, Purpose::DocumentSigning));
    let anchor = pki.root().clone();
    let trusted_for = vec![Purpose::Email];
    assert_eq!(found, ChainFault::AnchorPurpose { anchor, purpose: Purpose::DocumentSigning, trusted_for });
    assert_eq!(found.certificate(), Some(pki.root()));
    assert_eq!(
        found.to_string(),
        format!(
            "\"{}\" is trusted for signing mail, not for signing documents; trust it for that too, or use a certificate of another authority",
            pki.root().display_name()
        )
    );
    // Any purpose is more than one.
    assert!(judge(&pki, mail(), &alice, Purpose::Any).is_err());
    assert!(judge(&pki, AnchorConstraints::new().only_for([]), &alice, Purpose::Email).is_err());
    let any = AnchorConstraints::new().only_for([Purpose::Any]);
    assert!(judge(&pki, any, &alice, Purpose::Email).is_ok());
}

#[test]
fn what_was_issued_in_the_last_second_of_trust_is_trusted() {
    let pki = TestPki::at(now());
    let issued = now() - 24.hours();
    let alice = pki.issue(Profile::signer("Alice", KeyKind::P256).valid(issued, now() + 24.hours()));
    let after = |moment| {
        let constraints = AnchorConstraints::new().distrusted_after(moment);
        judge(&pki, constraints, &alice, Purpose::DocumentSigning)
    };
    assert!(after(issued).is_ok() && after(issued + 1.second()).is_ok());
    let second_before = issued - 1.second();
    let expected = ChainFault::IssuedAfterDistrust {
        certificate: alice.certificate().clone(),
        anchor: pki.root().clone(),
        not_before: issued,
        distrusted_after: second_before,
    };
    assert_eq!(fault(after(second_before)), expected);
    assert!(expected.to_string().contains("use a certificate from before then"), "{expected}");
    // The authority in between is younger than the certificate's issuer may be: only the judged one counts.
    let young = pki.root_authority().subordinate(
        Profile::authority("Young", KeyKind::P256).valid(now() - 1.hour(), now() + 24.hours()),
        locations(),
    );
    let old = young.issue(Profile::signer("Old", KeyKind::P256).valid(issued, now() + 24.hours()));
    let constraints = AnchorConstraints::new().distrusted_after(issued);
    let anchors = TrustAnchors::new([TrustAnchor::new(pki.root().clone()).constrained(constraints)]);
    let others = [young.certificate().clone()];
    assert!(judge_with(&anchors, Purpose::DocumentSigning, &others, old.certificate()).is_ok());
}

#[test]
fn trust_has_a_beginning_and_an_end() {
    let pki = TestPki::at(now());
    let alice = pki.issue(Profile::signer("Alice", KeyKind::P256));
    let from =
        |moment| judge(&pki, AnchorConstraints::new().trusted_from(moment), &alice, Purpose::DocumentSigning);
    let until = |moment| {
        judge(&pki, AnchorConstraints::new().trusted_until(moment), &alice, Purpose::DocumentSigning)
    };
    let (before, after) = (now() - 1.second(), now() + 1.second());
    assert!(from(before).is_ok() && from(now()).is_ok());
    let anchor = pki.root().clone();
    let expected = ChainFault::AnchorNotYetTrusted { anchor: anchor.clone(), at: now(), from: after };
    assert_eq!(fault(from(after)), expected);
    assert_eq!(expected.group(), FaultGroup::OutOfBounds);
    // A proof holds no longer than the trust that it rests on.
    let anchors = TrustAnchors::new([
        TrustAnchor::new(anchor.clone()).constrained(AnchorConstraints::new().trusted_until(after))
    ]);
    let evidence = pki.crls().into_iter().fold(Evidence::new(), Evidence::with_crl);
    let chain = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require)
        .intermediates(&[pki.intermediate().clone()])
        .evidence(&evidence)
        .verify_at(alice.certificate(), now())
        .unwrap();
    assert_eq!(chain.holds_until(), Some(after - 1.nanosecond()));
    let expected = ChainFault::AnchorNoLongerTrusted { anchor, at: now(), until: now() };
    assert_eq!(fault(until(now())), expected);
    assert!(expected.to_string().contains("a timestamp"), "{expected}");
    // It binds an anchor of which nothing else does, and one that is itself judged.
    let anchor = TrustAnchor::new(pki.root().clone())
        .with_scope(AnchorScope::NameAndKey)
        .constrained(AnchorConstraints::new().trusted_until(now()));
    let anchors = TrustAnchors::new([anchor]);
    for target in [alice.certificate(), pki.root()] {
        let answer = judge_with(&anchors, Purpose::Any, &[pki.intermediate().clone()], target);
        assert!(matches!(fault(answer), ChainFault::AnchorNoLongerTrusted { .. }));
    }
}

#[test]
fn an_anchor_is_trusted_for_its_names_only() {
    let pki = TestPki::at(now());
    let names = NameConstraints::new().permit(GeneralName::Email("example.com".into())).unwrap();
    let constraints = || AnchorConstraints::new().within_names(names.clone());
    let staff = pki.issue(with_mail("alice@example.com"));
    assert!(judge(&pki, constraints(), &staff, Purpose::Email).is_ok());
    let stranger = pki.issue(with_mail("alice@example.org"));
    let expected = ChainFault::AnchorNames {
        certificate: stranger.certificate().clone(),
        anchor: pki.root().clone(),
        name: "alice@example.org".into(),
    };
    assert_eq!(fault(judge(&pki, constraints(), &stranger, Purpose::Email)), expected);
    // A form that is not permitted at all is free; who wants none of it excludes all of it.
    let host = Profile::signer("Alice", KeyKind::P256).extension(alternative_names(&[(2, b"host.example")]));
    let host = pki.issue(host);
    assert!(judge(&pki, constraints(), &host, Purpose::Email).is_ok());
    let mail_only = names.clone().exclude(GeneralName::Dns(String::new())).unwrap();
    let mail_only = AnchorConstraints::new().within_names(mail_only);
    let found = fault(judge(&pki, mail_only, &host, Purpose::Email));
    assert!(matches!(found, ChainFault::AnchorNames { .. }), "{found}");
    let no_mail = NameConstraints::new().exclude(GeneralName::Email(String::new())).unwrap();
    let no_mail = AnchorConstraints::new().within_names(no_mail);
    assert!(judge(&pki, no_mail, &staff, Purpose::Email).is_err());
}

#[test]
fn intermediates_widen_nothing() {
    let pki = TestPki::at(now());
    let names = NameConstraints::new().permit(GeneralName::Email("example.com".into())).unwrap();
    let base = asn1::encode(tag::primitive(1), b"example.org");
    let wide = Profile::authority("Wide", KeyKind::P256).extension(name_constraints(0, &base));
    let wide = pki.root_authority().subordinate(wide, locations());
    let anchors =
        |constraints| TrustAnchors::new([TrustAnchor::new(pki.root().clone()).constrained(constraints)]);
    let others = [wide.certificate().clone()];
    for (address, expected) in [
        // Permitted by the authority below, not by the anchor.
        ("alice@example.org", "AnchorNames"),
        // Permitted by the anchor, not by the authority below.
        ("alice@example.com", "NameConstraints"),
    ] {
        let alice = wide.issue(with_mail(address));
        let anchors = anchors(AnchorConstraints::new().within_names(names.clone()));
        let found = fault(judge_with(&anchors, Purpose::Email, &others, alice.certificate()));
        assert!(format!("{found:?}").starts_with(expected), "{found}");
    }
    // A policy that the anchor is not trusted under does not become one by mapping or by anyPolicy.
    let any = Profile::authority("Any", KeyKind::P256).extension(policies(&[ANY_POLICY]));
    let any = pki.root_authority().subordinate(any, locations());
    let alice = any.issue(Profile::signer("Alice", KeyKind::P256).extension(policies(&[OTHER_POLICY])));
    let demands = PolicyDemands::new().accept_only([POLICY]).require_explicit();
    let anchors = anchors(AnchorConstraints::new().under_policies(demands));
    let answer =
        judge_with(&anchors, Purpose::DocumentSigning, &[any.certificate().clone()], alice.certificate());
    assert!(matches!(fault(answer), ChainFault::AnchorPolicies { .. }));
}

#[test]
fn policies_of_the_anchor_and_of_the_verifier_both_hold() {
    let pki = TestPki::at(now());
    let middle = Profile::authority("Middle", KeyKind::P256).extension(policies(&[POLICY, OTHER_POLICY]));
    let middle = pki.root_authority().subordinate(middle, locations());
    let both =
        middle.issue(Profile::bare("Alice", KeyKind::P256).extension(policies(&[POLICY, OTHER_POLICY])));
    let none = middle.issue(Profile::bare("Bob", KeyKind::P256));
    let judged = |own: PolicyDemands, asked: PolicyDemands, target: &TestIdentity| {
        let anchor =
            TrustAnchor::new(pki.root().clone()).constrained(AnchorConstraints::new().under_policies(own));
        let anchors = TrustAnchors::new([anchor]);
        ChainVerifier::new(&anchors, Purpose::Any, RevocationPolicy::NotChecked)
            .intermediates(&[middle.certificate().clone()])
            .policies(asked)
            .verify_at(target.certificate(), now())
    };
    let only = |policy| PolicyDemands::new().accept_only([policy]);
    let found = judged(only(POLICY), PolicyDemands::new(), &both).unwrap();
    assert_eq!(*found.policies(), PolicySet::Only([POLICY].into()));
    // Nothing is required, so nothing need be found; but what is required by either must be.
    let found = judged(only(POLICY), only(OTHER_POLICY), &both).unwrap();
    assert_eq!(*found.policies(), PolicySet::Only([].into()));
    let required = only(POLICY).require_explicit();
    assert!(judged(required.clone(), PolicyDemands::new(), &both).is_ok());
    for (asked, target) in [(only(OTHER_POLICY), &both), (PolicyDemands::new(), &none)] {
        let found = fault(judged(required.clone(), asked, target));
        assert!(matches!(found, ChainFault::AnchorPolicies { .. }), "{found}");
    }
    // The verifier's own demand is named as such.
    let found = fault(judged(required.clone(), required, &none));
    assert!(matches!(found, ChainFault::Policy { .. }), "{found}");
}

#[test]
fn anchors_only_add_trust() {
    let pki = TestPki::at(now());
    let alice = pki.issue(Profile::signer("Alice", KeyKind::P256));
    let root = TrustAnchor::new(pki.root().clone());
    let mail = || AnchorConstraints::new().only_for([Purpose::Email]);
    let others = [pki.intermediate().clone()];
    // The same certificate twice, in either order; and as the certificate that is judged.
    for anchors in [
        TrustAnchors::new([root.clone().constrained(mail()), root.clone()]),
        TrustAnchors::new([root.clone(), root.clone().constrained(mail())]),
    ] {
        assert_eq!(anchors.iter().count(), 2);
        for target in [alice.certificate(), pki.root()] {
            let chain = judge_with(&anchors, Purpose::Any, &others, target).unwrap();
            assert_eq!(*chain.anchor(), root);
        }
    }
    // The intermediate is trusted for mail, and is also certified by a root that is trusted for everything.
    let middle = TrustAnchor::new(pki.intermediate().clone()).constrained(mail());
    let anchors = TrustAnchors::new([middle.clone(), root]);
    let chain = judge_with(&anchors, Purpose::DocumentSigning, &others, alice.certificate()).unwrap();
    assert_eq!(chain.anchor().certificate(), pki.root());
    let alone =
        judge_with(&TrustAnchors::new([middle]), Purpose::DocumentSigning, &others, alice.certificate());
    assert!(matches!(fault(alone), ChainFault::AnchorPurpose { .. }));
    // What is equal stands once.
    assert_eq!(TrustAnchors::new([pki.root().clone(), pki.root().clone()]).iter().count(), 1);
}

#[test]
fn the_same_key_under_two_names_is_two_authorities() {
    let pki = TestPki::at(now());
    let one = TestAuthority::root(Profile::authority("One", KeyKind::P256), now(), locations());
    let profile = Profile::authority("Two", KeyKind::P256).with_key(one.identity().key());
    let two = TestAuthority::root(profile, now(), locations());
    assert_eq!(one.certificate().public_key_info(), two.certificate().public_key_info());
    let alice = one.issue(Profile::signer("Alice", KeyKind::P256));
    let judged = |anchors: Vec<TrustAnchor>| {
        judge_with(&TrustAnchors::new(anchors), Purpose::DocumentSigning, &[], alice.certificate())
    };
    let two = TrustAnchor::new(two.certificate().clone());
    assert!(matches!(fault(judged(vec![two.clone()])), ChainFault::NoPath { .. }));
    // What the one is constrained to is not lifted by the other.
    let mail = AnchorConstraints::new().only_for([Purpose::Email]);
    let one = TrustAnchor::new(one.certificate().clone()).constrained(mail);
    let found = fault(judged(vec![two, one, pki.root().clone().into()]));
    assert!(matches!(found, ChainFault::AnchorPurpose { .. }), "{found}");
}

#[test]
fn signers_of_lists_serve_the_purpose_of_what_is_asked_about() {
    let pki = TestPki::at(now());
    // An authority whose lists are signed by a newer key of the same name, certified by the root.
    let root = TestAuthority::root(Profile::authority("Root", KeyKind::P256), now(), locations());
    let issuer = root.subordinate(Profile::authority("Issuer", KeyKind::P256), locations());
    let lister = Profile::bare("Issuer", KeyKind::P256)
        .key_usage(&[KeyUsage::CrlSign])
        .valid(now() - 1.hour(), now() + 24.hours());
    let lister = root.subordinate(lister, locations());
    let alice =
        issuer.issue(Profile::signer("Alice", KeyKind::P256).valid(now() - 48.hours(), now() + 24.hours()));
    let list = CrlProfile::new(now() - 1.hour()).next_update(now() + 1.hour());
    let evidence = Evidence::new()
        .with_crl(lister.sign_crl(&list))
        .with_crl(root.crl(now() - 1.hour(), now() + 1.hour()))
        .with_certificate(lister.certificate().clone())
        .with_certificate(issuer.certificate().clone());
    let judged = |constraints| {
        let anchor = TrustAnchor::new(root.certificate().clone()).constrained(constraints);
        let anchors = TrustAnchors::new([anchor]);
        ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require)
            .evidence(&evidence)
            .verify_at(alice.certificate(), now())
    };
    let documents = AnchorConstraints::new().only_for([Purpose::DocumentSigning]);
    let chain = judged(documents.clone()).unwrap();
    assert!(matches!(chain.revocation()[0], RevocationStatus::Good(_)), "{:?}", chain.revocation());
    // The signer of the list is newer than the last certificate that is trusted. Its lists still count.
    let chain = judged(documents.distrusted_after(now() - 24.hours())).unwrap();
    assert!(matches!(chain.revocation()[0], RevocationStatus::Good(_)));
    drop(pki);
}

fn pem(label: &str, der: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in der.chunks(3) {
        let bits =
            group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = usize::try_from(bits >> (18 - 6 * place) & 63).unwrap();
            text.push(if place <= group.len() { char::from(DIGITS[digit]) } else { '=' });
        }
    }
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

fn certificates_only(certificates: &[Certificate]) -> Vec<u8> {
    SignedMessage::without_signers(certificates, &[] as &[&[u8]], &[]).unwrap().into_bytes()
}

#[test]
fn files_are_recognised_by_their_bytes() {
    let pki = TestPki::at(now());
    let two = [pki.root().clone(), pki.intermediate().clone()];
    let expected = TrustAnchors::new(two.clone());
    let both = |file: &[u8]| {
        let mut found: Vec<_> = TrustAnchors::from_file_bytes(file).unwrap().iter().cloned().collect();
        let mut expected: Vec<_> = expected.iter().cloned().collect();
        let key = |anchor: &TrustAnchor| anchor.certificate().to_der().to_vec();
        found.sort_by_key(key);
        expected.sort_by_key(key);
        assert_eq!(found, expected);
    };
    let p7b = certificates_only(&two);
    both(&p7b);
    both(pem("PKCS7", &p7b).as_bytes());
    both(pem("CMS", &p7b).as_bytes());
    let text = format!(
        "0 s:CN=Root\n{}and a key\n{}{}",
        pem("CERTIFICATE", two[0].to_der()),
        pem("PRIVATE KEY", &[0x30, 0]),
        pem("X509 CERTIFICATE", two[1].to_der())
    );
    both(text.as_bytes());
    both(
        format!("{}{}", pem("CERTIFICATE", two[0].to_der()), pem("PKCS7", &certificates_only(&two)))
            .as_bytes(),
    );
    let one = TrustAnchors::from_file_bytes(two[0].to_der()).unwrap();
    assert_eq!(one, TrustAnchors::new([two[0].clone()]));
    // Text that looks like PEM inside of a certificate is no PEM.
    let comment =
        TestExtension::plain(Oid::new_unwrap("1.3.6.1.4.1.99999.9"), asn1::octet_string(text.as_bytes()));
    let sly = pki.issue(Profile::bare("Sly", KeyKind::P256).extension(comment));
    let found = TrustAnchors::from_file_bytes(sly.certificate().to_der()).unwrap();
    assert_eq!(found, TrustAnchors::new([sly.certificate().clone()]));
}

#[test]
fn a_file_that_says_too_little_or_too_much_is_refused() {
    let pki = TestPki::at(now());
    let alice = pki.issue(Profile::signer("Alice", KeyKind::P256));
    let root = pki.root().to_der();
    let error = |file: &[u8]| TrustAnchors::from_file_bytes(file).unwrap_err();
    assert!(matches!(error(b""), AnchorFileError::NotRecognised));
    assert!(matches!(error(b"roots"), AnchorFileError::NotRecognised | AnchorFileError::Message(_)));
    assert!(matches!(error(&certificates_only(&[])), AnchorFileError::Empty));
    assert!(matches!(error(pem("X509 CRL", &[0x30, 0]).as_bytes()), AnchorFileError::Empty));
    assert!(matches!(
        error(&root[..root.len() - 1]),
        AnchorFileError::Message(_) | AnchorFileError::NotRecognised
    ));
    let twice = [root, root].concat();
    assert!(TrustAnchors::from_file_bytes(&twice).is_err());
    let good = pem("CERTIFICATE", root);
    let trusted = format!("{good}{}", pem("TRUSTED CERTIFICATE", root));
    let found = error(trusted.as_bytes());
    assert!(matches!(found, AnchorFileError::OpensslTrust { offset } if offset == good.len()), "{found}");
    // One bad certificate spoils the file: half of a store would be trusted unnoticed.
    let found = error(format!("{good}{}", pem("CERTIFICATE", &root[1..])).as_bytes());
    assert!(matches!(found, AnchorFileError::Certificate { number: 2, .. }), "{found}");
    let found = error(format!("{good}-----BEGIN CERTIFICATE-----\nMIIB").as_bytes());
    assert!(matches!(found, AnchorFileError::DamagedPem { offset } if offset == good.len()), "{found}");
    let hidden = format!("-----BEGIN COMMENT-----\n{good}");
    assert!(matches!(error(hidden.as_bytes()), AnchorFileError::DamagedPem { offset: 0 }));
    // A signature is no store of anchors, whoever made it.
    let signer = alice.signer();
    let prepared = {
        use chancery_key::Signer;
        let preparation =
            chancery_cms::Preparation::enclosing(signer.chain(), signer.algorithm(), b"text".to_vec());
        let prepared = preparation.prepare().unwrap();
        let value = signer.sign(prepared.to_be_signed()).unwrap();
        prepared.finish(value).unwrap()
    };
    let found = error(prepared.to_bytes());
    assert!(matches!(found, AnchorFileError::Signed), "{found}");
    let found = TrustAnchors::from_pem(pem("PKCS7", prepared.to_bytes()).as_bytes()).unwrap_err();
    assert!(matches!(found, AnchorFileError::Signed), "{found}");
}

#[test]
fn the_number_of_anchors_is_bounded() {
    let pki = TestPki::at(now());
    let one = pem("CERTIFICATE", pki.root().to_der());
    let found = TrustAnchors::from_pem(one.repeat(16_385).as_bytes()).unwrap_err();
    assert!(matches!(found, AnchorFileError::TooMany { limit: 16_384 }), "{found}");
}

#[cfg(feature = "system-trust")]
#[test]
fn the_system_has_anchors_or_says_why_not() {
    match chancery_chain::SystemTrust::read() {
        Ok(system) => assert!(system.anchors().iter().next().is_some()),
        Err(error) => assert!(error.to_string().contains("install"), "{error}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever else is constrained, constraints never make a path hold that does not hold without them, and each
    /// that speaks against it alone speaks against it in any company.
    #[test]
    fn constraints_only_take_away(
        purpose in prop::option::of(prop::sample::select(vec![Purpose::Email, Purpose::DocumentSigning, Purpose::Timestamping])),
        distrusted in prop::option::of(-3_i64..3),
        from in prop::option::of(-3_i64..3),
        until in prop::option::of(-3_i64..3),
        domain in prop::option::of(prop::sample::select(vec!["example.com", "example.org"])),
        wanted in prop::sample::select(vec![Purpose::Email, Purpose::DocumentSigning, Purpose::Timestamping, Purpose::Any]),
    ) {
        let (pki, alice) = shared();
        let days = |count: i64| now() + (24 * count).hours();
        let parts: Vec<AnchorConstraints> = [
            purpose.map(|purpose| AnchorConstraints::new().only_for([purpose])),
            distrusted.map(|count| AnchorConstraints::new().distrusted_after(days(count))),
            from.map(|count| AnchorConstraints::new().trusted_from(days(count))),
            until.map(|count| AnchorConstraints::new().trusted_until(days(count))),
            domain.map(|domain| AnchorConstraints::new().within_names(permit(domain))),
        ].into_iter().flatten().collect();
        let mut together = AnchorConstraints::new();
        if let Some(purpose) = purpose { together = together.only_for([purpose]); }
        if let Some(count) = distrusted { together = together.distrusted_after(days(count)); }
        if let Some(count) = from { together = together.trusted_from(days(count)); }
        if let Some(count) = until { together = together.trusted_until(days(count)); }
        if let Some(domain) = domain { together = together.within_names(permit(domain)); }
        let holds = |constraints| judge(pki, constraints, alice, wanted).is_ok();
        let each = parts.into_iter().all(holds);
        prop_assert_eq!(holds(together), each && holds(AnchorConstraints::new()));
    }

    #[test]
    fn no_file_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "(-----BEGIN |-----END |CERTIFICATE|PKCS7|-----|\n|MIIB|=){0,30}") {
        let _ = TrustAnchors::from_file_bytes(&bytes);
        let _ = TrustAnchors::from_file_bytes(text.as_bytes());
        let _ = NameConstraints::from_der(&bytes);
    }
}

fn permit(domain: &str) -> NameConstraints {
    NameConstraints::new().permit(GeneralName::Email(domain.into())).unwrap()
}

/// One PKI for all cases, with somebody who was certified a day ago.
fn shared() -> (&'static TestPki, &'static TestIdentity) {
    static SHARED: std::sync::OnceLock<(TestPki, TestIdentity)> = std::sync::OnceLock::new();
    let (pki, alice) = SHARED.get_or_init(|| {
        let pki = TestPki::at(now());
        let alice = pki.issue(with_mail("alice@example.com").valid(now() - 24.hours(), now() + 24.hours()));
        (pki, alice)
    });
    (pki, alice)
}
