//! Signing messages and judging them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

use chancery_ades::{Conclusion, Existence, Indication, Policy, Report, Severity, SubIndication};
use chancery_cades::{CadesError, CadesSignature, CadesSigner, CadesVerifier};
use chancery_certificate::asn1::{self, Reader, tag};
use chancery_chain::{Evidence, RevocationPolicy, TrustAnchors};
use chancery_cms::statements::{
    PolicyDocument, PolicyHash, PolicySpecification, SIGNATURE_POLICY_STORE, SignaturePolicy,
    SignaturePolicyStore,
};
use chancery_cms::{Attribute, Preparation, SignedMessage, attributes};
use chancery_digest::{AnyDigest, DigestAlgorithm, Digests};
use chancery_http::Address;
use chancery_key::{KeyKind, SignatureAlgorithm, SignatureValue, Signer, SoftwareSigner, ToBeSigned};
use chancery_testkit::{Misbehaviour, Profile, RevocationReason, TestPki, TestService};
use chancery_timestamp::{MatchingToken, TimestampAuthority, TimestampError};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

const CONTENT: &[u8] = b"The tenant pays 1000 euro a month.";

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn policy(pki: &TestPki) -> Policy {
    let lists = pki.crls().into_iter().fold(Evidence::new(), Evidence::with_crl);
    Policy::new(TrustAnchors::new([pki.root().clone()]), RevocationPolicy::Require).evidence(lists)
}

fn verify(pki: &TestPki, message: &[u8]) -> Report {
    CadesVerifier::new(&policy(pki)).verify_at(message, pki.now()).unwrap()
}

fn verify_detached(pki: &TestPki, message: &[u8], content: &[u8]) -> Report {
    CadesVerifier::new(&policy(pki)).verify_detached_at(message, content, pki.now()).unwrap()
}

fn indications(report: &Report) -> Vec<Indication> {
    report.signatures().iter().map(|signature| signature.verdict().indication()).collect()
}

fn signers(pki: &TestPki) -> Vec<SoftwareSigner> {
    let rsa = || pki.signer("Rita", KeyKind::Rsa { bits: 2048 });
    vec![
        pki.signer("Paula", KeyKind::P256),
        pki.signer("Peter", KeyKind::P384),
        pki.signer("Paul", KeyKind::P256)
            .with_algorithm(SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha512))
            .unwrap(),
        pki.signer("Eddy", KeyKind::Ed25519),
        rsa().with_algorithm(SignatureAlgorithm::RsaPkcs1v15(DigestAlgorithm::Sha256)).unwrap(),
        rsa().with_algorithm(SignatureAlgorithm::RsaPkcs1v15(DigestAlgorithm::Sha384)).unwrap(),
        rsa().with_algorithm(SignatureAlgorithm::rsa_pss(DigestAlgorithm::Sha512)).unwrap(),
    ]
}

#[test]
fn every_kind_of_key_signs_enclosing_and_detached() {
    let pki = TestPki::at(now());
    for signer in signers(&pki) {
        let algorithm = signer.algorithm();
        let enclosing = CadesSigner::new(&signer, now()).sign(CONTENT.to_vec()).unwrap();
        assert_eq!(enclosing.message().content(), Some(CONTENT), "{algorithm}");
        let report = verify(&pki, enclosing.message().to_bytes());
        assert_eq!(indications(&report), [Indication::TotalPassed], "{algorithm}: {report}");

        let digest = algorithm.digest().digest(CONTENT);
        let detached = CadesSigner::new(&signer, now()).sign_detached(digest).unwrap();
        assert_eq!(detached.message().content(), None);
        let report = verify_detached(&pki, detached.message().to_bytes(), CONTENT);
        assert_eq!(indications(&report), [Indication::TotalPassed], "{algorithm}: {report}");
        let proof = report.signatures()[0].verdict().proof().unwrap();
        assert_eq!((proof.signer(), proof.time()), (signer.certificate(), now()));
        assert!(
            report.to_string().contains("the signer says 2026-11-21T12:00:00Z, which nothing proves"),
            "{report}"
        );
    }
}

#[test]
fn other_content_fails() {
    // P2
    let pki = TestPki::at(now());
    let alice = pki.signer("Alice", KeyKind::P256);
    let digest = DigestAlgorithm::Sha256.digest(CONTENT);
    let detached = CadesSigner::new(&alice, now()).sign_detached(digest).unwrap().into_bytes();
    for content in [&b"The tenant pays 9000 euro a month."[..], b"", &[CONTENT, b"\n"].concat()] {
        let report = verify_detached(&pki, &detached, content);
        assert_eq!(indications(&report), [Indication::TotalFailed], "{report}");
        let verdict = report.signatures()[0].verdict();
        assert_eq!(verdict.reason().unwrap().sub_indication(), SubIndication::HashFailure);
        assert_eq!(report.signatures()[0].integrity().conclusion(), Conclusion::Broken);
    }
    let mut enclosing = CadesSigner::new(&alice, now()).sign(CONTENT.to_vec()).unwrap().into_bytes();
    let place = enclosing.windows(4).position(|window| window == b"1000").unwrap();
    enclosing[place] = b'9';
    assert_eq!(indications(&verify(&pki, &enclosing)), [Indication::TotalFailed]);
}

#[test]
fn without_its_content_a_detached_signature_is_left_open() {
    let pki = TestPki::at(now());
    let alice = pki.signer("Alice", KeyKind::P256);
    let digest = DigestAlgorithm::Sha256.digest(CONTENT);
    let detached = CadesSigner::new(&alice, now()).sign_detached(digest).unwrap().into_bytes();
    let report = verify(&pki, &detached);
    assert_eq!(indications(&report), [Indication::Indeterminate], "{report}");
    assert_eq!(
        report.signatures()[0].verdict().reason().unwrap().sub_indication(),
        SubIndication::SignedDataNotFound
    );
}

#[test]
fn a_digest_of_another_algorithm_is_not_signed() {
    let pki = TestPki::at(now());
    let alice = pki.signer("Alice", KeyKind::P256);
    let error =
        CadesSigner::new(&alice, now()).sign_detached(DigestAlgorithm::Sha512.digest(CONTENT)).unwrap_err();
    assert!(matches!(error, CadesError::Message(_)), "{error:?}");
    assert!(error.to_string().contains("SHA-512"), "names the thing: {error}");
}

#[test]
fn the_key_can_be_elsewhere() {
    // M16
    let pki = TestPki::at(now());
    let (alice, mallory) = (pki.signer("Alice", KeyKind::P256), pki.signer("Mallory", KeyKind::P256));
    let digest = DigestAlgorithm::Sha256.digest(CONTENT);
    let prepared = CadesSigner::prepare_detached(alice.chain(), alice.algorithm(), digest, now()).unwrap();
    let to_be_signed: &ToBeSigned = prepared.to_be_signed();
    assert!(!to_be_signed.bytes().windows(6).any(|window| CONTENT.windows(6).any(|part| part == window)));
    let value = |signer: &SoftwareSigner| {
        SignatureValue::from_bytes(signer.sign(to_be_signed).unwrap().as_bytes().to_vec())
    };
    assert!(prepared.finish(value(&mallory)).is_err());
    assert!(prepared.finish(SignatureValue::from_bytes(vec![0; 70])).is_err());
    let message = prepared.finish(value(&alice)).unwrap();
    let report = verify_detached(&pki, message.to_bytes(), CONTENT);
    assert_eq!(indications(&report), [Indication::TotalPassed], "{report}");
}

fn authority(pki: &TestPki) -> TimestampAuthority<&TestPki> {
    TimestampAuthority::new(Address::parse(&pki.tsa_url()).unwrap(), pki)
}

#[test]
fn a_timestamp_proves_the_time_and_outlives_the_revocation() {
    // I3
    let pki = TestPki::at(now());
    for kind in [KeyKind::P256, KeyKind::Ed25519, KeyKind::Rsa { bits: 2048 }] {
        pki.set_now(now());
        let alice = pki.signer("Alice", kind);
        let basic = CadesSigner::new(&alice, now()).sign(CONTENT.to_vec()).unwrap();
        let stamped = basic.timestamp(&authority(&pki), &mut UnwrapErr(SysRng)).unwrap();
        pki.revoke(alice.certificate(), now() + SignedDuration::from_hours(1), RevocationReason::Superseded);
        pki.set_now(now() + SignedDuration::from_hours(2));
        let report = verify(&pki, stamped.message().to_bytes());
        assert_eq!(indications(&report), [Indication::TotalPassed], "{report}");
        let proof = report.signatures()[0].verdict().proof().unwrap();
        assert!(
            matches!(proof.existence(), Existence::Proven { before, .. } if *before == now()),
            "{report}"
        );
        let report = verify(&pki, basic.message().to_bytes());
        assert_eq!(indications(&report), [Indication::Indeterminate], "{report}");
    }
}

#[test]
fn a_failing_authority_costs_nothing() {
    // I11
    let pki = TestPki::at(now());
    let alice = pki.signer("Alice", KeyKind::P256);
    let basic = CadesSigner::new(&alice, now()).sign(CONTENT.to_vec()).unwrap();
    for bad in [
        Misbehaviour::Down,
        Misbehaviour::Html,
        Misbehaviour::WrongNonce,
        Misbehaviour::WrongSubject,
        Misbehaviour::Reject,
    ] {
        pki.misbehave(TestService::Timestamp, bad);
        let error = basic.timestamp(&authority(&pki), &mut UnwrapErr(SysRng)).unwrap_err();
        assert!(matches!(error, CadesError::Timestamp(_)), "{bad:?}: {error:?}");
    }
    pki.misbehave(TestService::Timestamp, Misbehaviour::WrongNonce);
    let error = basic.timestamp(&authority(&pki), &mut UnwrapErr(SysRng)).unwrap_err();
    assert!(matches!(error, CadesError::Timestamp(TimestampError::NonceMismatch)), "{error:?}");
    assert_eq!(indications(&verify(&pki, basic.message().to_bytes())), [Indication::TotalPassed]);
}

#[test]
fn a_timestamp_over_another_signature_is_refused() {
    let pki = TestPki::at(now());
    let alice = pki.signer("Alice", KeyKind::P256);
    let sign = |content: &[u8]| CadesSigner::new(&alice, now()).sign(content.to_vec()).unwrap();
    let (one, other) = (sign(CONTENT), sign(b"another contract"));
    let digest = other.timestamp_digest(DigestAlgorithm::Sha256);
    let value = other.message().signers()[0].signature();
    let covered = Digests::over_bytes([DigestAlgorithm::Sha256.into()], value);
    let token = MatchingToken::from_token(&pki.timestamp_token(&digest), &covered).unwrap();
    let error = one.with_timestamp(&token).err().unwrap();
    assert!(matches!(error, CadesError::TimestampOfOtherSignature), "{error:?}");
    assert!(other.with_timestamp(&token).is_ok());

    // Put in by force, it proves nothing, and the report says so.
    let attribute = Attribute::new(attributes::SIGNATURE_TIMESTAMP, token.to_der());
    let forced = one.message().with_unsigned_attribute(0, &attribute).unwrap();
    let report = verify(&pki, forced.to_bytes());
    assert_eq!(indications(&report), [Indication::TotalPassed], "{report}");
    let proof = report.signatures()[0].verdict().proof().unwrap();
    assert!(matches!(proof.existence(), Existence::AtValidation(_)));
    assert!(report.all_findings().any(|finding| finding.kind == "timestamp-invalid"), "{report}");
}

/// A message as programs before CAdES wrote it: content-type and message-digest, no reference to the certificate.
fn plain_cms(signer: &SoftwareSigner) -> Vec<u8> {
    let digest = signer.algorithm().digest();
    let attribute = |oid, value: Vec<u8>| asn1::sequence(&[&asn1::oid(&oid), &asn1::set_of(vec![value])]);
    let signed = asn1::set_of(vec![
        attribute(attributes::CONTENT_TYPE, asn1::oid(&attributes::DATA)),
        attribute(attributes::MESSAGE_DIGEST, asn1::octet_string(digest.digest(CONTENT).as_bytes())),
    ]);
    let value = signer.sign(&ToBeSigned::new(signer.algorithm(), signed.clone())).unwrap();
    let certificate = signer.certificate();
    let serial = asn1::encode(tag::INTEGER, certificate.serial());
    let digest_identifier = asn1::sequence(&[&asn1::oid(&digest.oid())]);
    let attributes_of_signer =
        asn1::encode(tag::constructed(0), Reader::new(&signed).expect(tag::SET).unwrap().content);
    let info = asn1::sequence(&[
        &asn1::integer(&[1]),
        &asn1::sequence(&[certificate.issuer().to_der(), &serial]),
        &digest_identifier,
        &attributes_of_signer,
        &signer.algorithm().to_algorithm_identifier().unwrap(),
        &asn1::octet_string(value.as_bytes()),
    ]);
    let content = asn1::encode(tag::constructed(0), &asn1::octet_string(CONTENT));
    let certificates: Vec<u8> =
        signer.chain().iter().flat_map(|certificate| certificate.to_der().to_vec()).collect();
    let data = asn1::sequence(&[
        &asn1::integer(&[1]),
        &asn1::set_of(vec![digest_identifier.clone()]),
        &asn1::sequence(&[&asn1::oid(&attributes::DATA), &content]),
        &asn1::encode(tag::constructed(0), &certificates),
        &asn1::set_of(vec![info]),
    ]);
    asn1::sequence(&[&asn1::oid(&attributes::SIGNED_DATA), &asn1::encode(tag::constructed(0), &data)])
}

#[test]
fn a_signature_that_does_not_name_its_certificate_passes_only_when_told() {
    let pki = TestPki::at(now());
    let message = plain_cms(&pki.signer("Alice", KeyKind::P256));
    let policy = policy(&pki);
    let report = CadesVerifier::new(&policy).verify_at(&message, now()).unwrap();
    assert_eq!(indications(&report), [Indication::TotalFailed], "{report}");
    assert_eq!(
        report.signatures()[0].verdict().reason().unwrap().sub_indication(),
        SubIndication::SignatureConstraintsFailure
    );
    let report = CadesVerifier::new(&policy).accept_plain_cms().verify_at(&message, now()).unwrap();
    assert_eq!(indications(&report), [Indication::TotalPassed], "{report}");
    assert!(
        report.all_findings().any(|finding| finding.kind == "certificate-not-bound"),
        "it says so: {report}"
    );
}

#[test]
fn nobody_is_trusted_without_an_anchor_or_outside_the_time() {
    let (pki, strangers) = (TestPki::at(now()), TestPki::at(now()));
    let alice = pki.signer("Alice", KeyKind::P256);
    let message = CadesSigner::new(&alice, now()).sign(CONTENT.to_vec()).unwrap().into_bytes();
    let report = verify(&strangers, &message);
    assert_eq!(indications(&report), [Indication::Indeterminate], "{report}");
    assert_eq!(report.signatures()[0].integrity().conclusion(), Conclusion::Sound);

    let year = SignedDuration::from_hours(24 * 365);
    let old =
        pki.issue(Profile::signer("Larry", KeyKind::P256).valid(now() - year - year, now() - year)).signer();
    let message = CadesSigner::new(&old, now()).sign(CONTENT.to_vec()).unwrap().into_bytes();
    let report = verify(&pki, &message);
    assert_eq!(indications(&report), [Indication::Indeterminate], "{report}");
    assert!(report.all_findings().any(|finding| finding.kind == "certificate-expired"), "{report}");
}

#[test]
fn a_message_without_that_signer_is_told() {
    let pki = TestPki::at(now());
    let alice = pki.signer("Alice", KeyKind::P256);
    let message: SignedMessage = CadesSigner::new(&alice, now()).sign(Vec::new()).unwrap().message().clone();
    assert!(CadesSignature::of(message.clone(), 0).is_ok());
    let error = CadesSignature::of(message, 1).unwrap_err();
    assert!(matches!(error, CadesError::Message(_)), "{error:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// What is no message is an error, and nothing panics.
    #[test]
    fn any_bytes_are_an_error_or_do_not_pass(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let pki = TestPki::at(now());
        let policy = policy(&pki);
        if let Ok(report) = CadesVerifier::new(&policy).verify_at(&bytes, now()) {
            prop_assert_ne!(report.indication(), Some(Indication::TotalPassed));
        }
    }

    /// A changed byte of a message is found, or changed nothing of what is signed and by whom.
    #[test]
    fn a_changed_byte_never_passes_with_other_content(place in any::<prop::sample::Index>(), mask in 1..=255_u8) {
        // P2
        thread_local! {
            static SIGNED: (TestPki, Vec<u8>) = {
                let pki = TestPki::at(now());
                let alice = pki.signer("Alice", KeyKind::Ed25519);
                let message = CadesSigner::new(&alice, now()).sign(CONTENT.to_vec()).unwrap().into_bytes();
                (pki, message)
            };
        }
        SIGNED.with(|(pki, message)| {
            let mut changed = message.clone();
            changed[place.index(message.len())] ^= mask;
            let policy = policy(pki);
            if let Ok(report) = CadesVerifier::new(&policy).verify_at(&changed, now())
                && report.indication() == Some(Indication::TotalPassed)
            {
                let read = SignedMessage::from_file_bytes(&changed).unwrap();
                let before = SignedMessage::from_file_bytes(message).unwrap();
                prop_assert_eq!(read.content(), Some(CONTENT));
                prop_assert_eq!(read.signers()[0].signature(), before.signers()[0].signature());
            }
            Ok(())
        })?;
    }
}

/// A message that encloses its content is not judged against other content.
#[test]
fn enclosed_content_is_not_exchanged() {
    let pki = TestPki::at(now());
    let alice = pki.signer("Alice", KeyKind::Ed25519);
    let message = CadesSigner::new(&alice, now()).sign(b"good morning".to_vec()).unwrap().into_bytes();
    let judged =
        CadesVerifier::new(&policy(&pki)).accept_plain_cms().verify_detached_at(&message, CONTENT, now());
    assert!(matches!(judged, Err(CadesError::ContentEnclosed)));
}

/// The document of a signature policy is added by anybody; the digest of it was signed.
#[test]
fn a_stored_policy_that_was_not_signed_is_told() {
    let pki = TestPki::at(now());
    let alice = pki.signer("Alice", KeyKind::P256);
    let (document, identifier) = (b"Offers above 1000 euro need two signatures.", "1.2.3.4".parse().unwrap());
    let hash = PolicyHash::Known(DigestAlgorithm::Sha256.digest(document));
    let policy = SignaturePolicy { identifier, hash, qualifiers: Vec::new() }.to_attribute().unwrap();
    let sign = |attribute: Option<&Attribute>| {
        let prepared = Preparation::enclosing(alice.chain(), alice.algorithm(), CONTENT.to_vec());
        let prepared = match attribute {
            Some(attribute) => prepared.attribute(attribute.clone()),
            None => prepared,
        };
        let prepared = prepared.prepare().unwrap();
        prepared.finish(alice.sign(prepared.to_be_signed()).unwrap()).unwrap()
    };
    let store = |document: &[u8]| {
        let specification = PolicySpecification::Uri("https://example.org/policies".into());
        let document = PolicyDocument::Encoded(document.to_vec());
        SignaturePolicyStore { specification, document }.to_attribute().unwrap()
    };
    let unreadable = Attribute::new(SIGNATURE_POLICY_STORE, asn1::null());
    for (signed, added, severity, word) in [
        (Some(&policy), store(document), Severity::Information, "is the one"),
        (Some(&policy), store(b"Anything goes."), Severity::Warning, "another digest"),
        (None, store(document), Severity::Warning, "no policy was signed"),
        (Some(&policy), unreadable, Severity::Warning, "cannot be read"),
    ] {
        let message = sign(signed).with_unsigned_attribute(0, &added).unwrap();
        let report = verify(&pki, message.to_bytes());
        assert_eq!(indications(&report), [Indication::TotalPassed], "{report}");
        let finding = report.all_findings().find(|finding| finding.kind == "signature-policy-store").unwrap();
        assert_eq!(finding.severity, severity);
        assert!(finding.text.contains(word), "{finding}");
    }
}

/// Signed attributes passed off as content: the message loses them, and the "file" is what was signed. Also where they
/// are long, as with the revocation lists that Adobe signs.
#[test]
fn attributes_are_not_passed_off_as_content() {
    for filling in [0, 3 << 20] {
        attributes_of_this_length_are_not_passed_off_as_content(filling);
    }
}

fn attributes_of_this_length_are_not_passed_off_as_content(filling: usize) {
    let pki = TestPki::at(now());
    let alice = pki.signer("Alice", KeyKind::P256);
    let digest = DigestAlgorithm::Sha256.digest(CONTENT);
    let long = Attribute::new("1.2.840.113583.1.1.8".parse().unwrap(), asn1::octet_string(&vec![7; filling]));
    let prepared =
        Preparation::new(alice.chain(), alice.algorithm(), digest).attribute(long).prepare().unwrap();
    let signed = prepared.finish(alice.sign(prepared.to_be_signed()).unwrap()).unwrap();
    let signer = &signed.signers()[0];
    let file = signer.signed_attributes_der().unwrap().to_vec();
    let certificate = &alice.chain()[0];
    let digest_algorithm = asn1::sequence(&[&asn1::oid(&DigestAlgorithm::Sha256.oid())]);
    let identifier =
        asn1::sequence(&[certificate.issuer().to_der(), &asn1::encode(tag::INTEGER, certificate.serial())]);
    let algorithm = alice.algorithm().to_algorithm_identifier().unwrap();
    let value = asn1::octet_string(signer.signature());
    let info = asn1::sequence(&[&asn1::integer(&[1]), &identifier, &digest_algorithm, &algorithm, &value]);
    let certificates: Vec<u8> = alice.chain().iter().flat_map(|one| one.to_der().to_vec()).collect();
    let data = asn1::sequence(&[
        &asn1::integer(&[1]),
        &asn1::set_of(vec![digest_algorithm]),
        &asn1::sequence(&[&asn1::oid(&attributes::DATA)]),
        &asn1::encode(tag::constructed(0), &certificates),
        &asn1::set_of(vec![info]),
    ]);
    let explicit = asn1::encode(tag::constructed(0), &data);
    let message = asn1::sequence(&[&asn1::oid(&attributes::SIGNED_DATA), &explicit]);
    let policy = policy(&pki);
    let report =
        CadesVerifier::new(&policy).accept_plain_cms().verify_detached_at(&message, &file[..], now());
    let report = report.unwrap();
    assert_eq!(indications(&report), [Indication::TotalFailed], "{report}");
    assert!(report.all_findings().any(|finding| finding.kind == "content-is-attributes"), "{report}");
}
