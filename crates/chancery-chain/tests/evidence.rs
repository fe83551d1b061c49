//! Evidence in a file, in any order, and what questions and answers look like.

// A helper of tests fails as a test does, although it is not marked as one.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;

use chancery_certificate::{Certificate, asn1, asn1::tag};
use chancery_chain::{
    AnswerError, ChainVerifier, CrlQuestion, CrlSource, Evidence, EvidenceFileError, IssuerQuestion,
    OcspQuestion, Purpose, RevocationPolicy, TrustAnchors,
};
use chancery_cms::{OtherRevocation, SignedMessage};
use chancery_digest::DigestAlgorithm;
use chancery_http::{Response, Transport, http};
use chancery_key::KeyKind;
use chancery_testkit::{
    CrlProfile, OcspAnswer, OcspStatus, Profile, Revocation, RevocationReason, TestIdentity, TestPki, oid,
};
use const_oid::ObjectIdentifier as Oid;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;

const OCSP_RESPONSE: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.16.2");

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn hours(count: i64) -> Timestamp {
    now() + count.hours()
}

fn case() -> (TestPki, TestIdentity) {
    let pki = TestPki::at(now());
    let alice = pki.issue(Profile::signer("Alice", KeyKind::P256));
    (pki, alice)
}

/// Everything about Alice, as a collector would bring it.
fn complete(pki: &TestPki, alice: &TestIdentity) -> Evidence {
    let [above, own] = <[_; 2]>::try_from(pki.crls()).unwrap();
    Evidence::new()
        .with_certificate(pki.intermediate().clone())
        .with_crl(own)
        .with_crl(above)
        .with_ocsp(pki.ocsp(alice.certificate()))
}

fn pieces(evidence: &Evidence) -> [Vec<&[u8]>; 3] {
    let mut all = [
        evidence.certificates().iter().map(Certificate::to_der).collect::<Vec<_>>(),
        evidence.crls().iter().map(|crl| &**crl).collect(),
        evidence.ocsp().iter().map(|answer| &**answer).collect(),
    ];
    all.iter_mut().for_each(|pieces| pieces.sort_unstable());
    all
}

#[test]
fn a_file_brings_back_what_was_kept() {
    let (pki, alice) = case();
    let evidence = complete(&pki, &alice);
    let file = evidence.to_der().unwrap();
    let back = Evidence::from_der(&file).unwrap();
    assert_eq!(pieces(&back), pieces(&evidence));
    assert_eq!(back.to_der().unwrap(), file);
    // It is what RFC 5652 and RFC 5940 say, to others too.
    let message = SignedMessage::from_ber(&file).unwrap();
    assert_eq!((message.version(), message.crls().len()), (5, 2));
    assert_eq!(message.other_revocations()[0].format, OCSP_RESPONSE);
    assert!(message.signers().is_empty() && message.content().is_none());
    assert!(Evidence::from_der(&Evidence::new().to_der().unwrap()).unwrap().certificates().is_empty());
}

#[test]
fn lists_that_are_elsewhere_are_kept_too() {
    let (pki, alice) = case();
    let evidence = complete(&pki, &alice);
    let [own, above] = <[_; 2]>::try_from(evidence.crls().to_vec()).unwrap();
    let elsewhere = |list: &[u8]| CrlSource::open(Arc::new(list.to_vec())).unwrap();
    let mixed = Evidence::new()
        .with_certificates(evidence.certificates().iter().cloned())
        .with_ocsp(&evidence.ocsp()[0])
        .with_crl(&own)
        .with_crl_source(elsewhere(&own))
        .with_crl_source(elsewhere(&above));
    assert_eq!(mixed.to_der().unwrap(), evidence.to_der().unwrap());
}

#[test]
fn a_bare_answer_becomes_a_whole_one() {
    let (pki, alice) = case();
    let whole = pki.ocsp(alice.certificate());
    // OCSPResponse { status, [0] { SEQUENCE { type, OCTET STRING } } }.
    let mut fields = asn1::Element::only(&whole, tag::SEQUENCE).unwrap().reader();
    fields.element().unwrap();
    let mut bytes = fields.element().unwrap().reader().element().unwrap().reader();
    bytes.element().unwrap();
    let basic = bytes.element().unwrap().content.to_vec();
    let file = Evidence::new().with_ocsp(basic.clone()).to_der().unwrap();
    assert_eq!(&*Evidence::from_der(&file).unwrap().ocsp()[0], whole);
    // Both forms of one answer stand once.
    let both = Evidence::new().with_ocsp(whole.clone()).with_ocsp(basic).to_der().unwrap();
    assert_eq!(both, file);
}

#[test]
fn evidence_can_be_taken_out_of_a_signed_message() {
    let (pki, alice) = case();
    let signer = alice.signer();
    let prepared = chancery_cms::Preparation::enclosing(
        chancery_key::Signer::chain(&signer),
        chancery_key::Signer::algorithm(&signer),
        b"content".to_vec(),
    )
    .prepare()
    .unwrap();
    let value = chancery_key::Signer::sign(&signer, prepared.to_be_signed()).unwrap();
    let message = prepared.finish(value).unwrap();
    let evidence = Evidence::from_der(message.to_bytes()).unwrap();
    assert_eq!(evidence.certificates().len(), 2);
    assert!(evidence.certificates().contains(pki.intermediate()));
}

#[test]
fn what_cannot_be_kept_or_read_is_said() {
    let (pki, alice) = case();
    let kept = |evidence: Evidence| evidence.to_der().unwrap_err();
    assert!(matches!(kept(Evidence::new().with_crl(*b"text")), EvidenceFileError::Message(_)));
    let second = complete(&pki, &alice).with_ocsp(*b"text");
    assert!(matches!(kept(second), EvidenceFileError::OcspAnswer { position: 2, .. }));
    let mut many = Evidence::new();
    for serial in 0..1001_u32 {
        many.add_crl(asn1::sequence(&[&asn1::integer(&serial.to_be_bytes())]));
    }
    assert!(matches!(kept(many), EvidenceFileError::Message(chancery_cms::CmsError::TooMany { .. })));

    let read = |bytes: &[u8]| Evidence::from_der(bytes).unwrap_err();
    assert!(matches!(read(b"text"), EvidenceFileError::Message(_)));
    let file = complete(&pki, &alice).to_der().unwrap();
    for length in 0..file.len() {
        assert!(Evidence::from_der(&file[..length]).is_err(), "cut at {length}");
    }
    let format = Oid::new_unwrap("1.2.3.4");
    let others = [OtherRevocation { format, value: asn1::null().into() }];
    let unknown = SignedMessage::without_signers(&[], &[] as &[Vec<u8>], &others).unwrap();
    assert!(
        matches!(read(unknown.to_bytes()), EvidenceFileError::UnknownKind { format: found } if found == format)
    );
}

/// The verdict and what it rests on in words, so that two of them can be compared.
fn verdict(evidence: &Evidence, pki: &TestPki, alice: &TestIdentity, at: Timestamp) -> String {
    let anchors = TrustAnchors::new([pki.root().clone()]);
    let verifier = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require);
    match verifier.evidence(evidence).verify_at(alice.certificate(), at) {
        Ok(chain) => format!("{:?} until {:?}", chain.revocation().len(), chain.holds_until()),
        Err(failure) => format!("{:?}", failure.reason().group()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Neither the order nor repetitions of evidence change what is found, nor does keeping it in a file.
    #[test]
    fn order_and_repetitions_say_nothing(
        order in prop::collection::vec(0_usize..9, 1..24),
        hour in -30_i64..40,
    ) {
        let (pki, alice) = case();
        let other = pki.issue(Profile::signer("Bob", KeyKind::P256));
        let stranger = TestPki::at(now());
        let issuing = pki.issuing();
        let revocation = Revocation::new(hours(-1), RevocationReason::KeyCompromise);
        let serial = alice.certificate().serial().to_vec();
        let crls = [
            issuing.sign_crl(&CrlProfile::new(hours(-20)).next_update(hours(4)).number(1)),
            issuing.sign_crl(&CrlProfile::new(hours(0)).next_update(hours(24)).number(2).revoke(serial, revocation)),
            pki.root_authority().crl(hours(-24), hours(24)),
            stranger.crl(),
        ];
        let answer = |at| OcspAnswer::about(alice.certificate(), issuing, at);
        let answers = [
            answer(hours(-10)).sign(),
            answer(hours(-3)).status(OcspStatus::Unknown).delegated(pki.ocsp_responder()).sign(),
            pki.ocsp(other.certificate()),
        ];
        let certificates = [pki.intermediate().clone(), stranger.intermediate().clone()];
        let add = |evidence: &mut Evidence, index: usize| match index {
            0..=3 => evidence.add_crl(crls[index].as_slice()),
            4..=6 => evidence.add_ocsp(answers[index - 4].as_slice()),
            _ => evidence.add_certificate(certificates[index - 7].clone()),
        };
        let (mut given, mut sorted) = (Evidence::new(), Evidence::new());
        order.iter().for_each(|index| add(&mut given, *index));
        let mut once = order;
        once.sort_unstable();
        once.dedup();
        once.iter().for_each(|index| add(&mut sorted, *index));
        let at = hours(hour);
        let expected = verdict(&sorted, &pki, &alice, at);
        prop_assert_eq!(&verdict(&given, &pki, &alice, at), &expected);
        let file = given.to_der().unwrap();
        prop_assert_eq!(&file, &sorted.to_der().unwrap());
        prop_assert_eq!(&verdict(&Evidence::from_der(&file).unwrap(), &pki, &alice, at), &expected);
    }

    /// Octets that are changed anywhere are refused, or give other evidence; nothing panics.
    #[test]
    fn changed_files_are_read_or_refused(at in any::<prop::sample::Index>(), flip in 1_u8..) {
        let (pki, alice) = case();
        let evidence = complete(&pki, &alice);
        let mut file = evidence.to_der().unwrap();
        let at = at.index(file.len());
        file[at] ^= flip;
        if let Ok(other) = Evidence::from_der(&file) {
            let _ = verdict(&other, &pki, &alice, now());
        }
    }
}

#[test]
fn ocsp_questions_are_those_of_the_standard() {
    let (pki, alice) = case();
    let question = OcspQuestion::new(alice.certificate(), pki.intermediate());
    let get = question.request("http://ocsp.example/").unwrap();
    assert_eq!(get.method(), http::Method::GET);
    let url = get.address().to_string();
    assert!(url.starts_with("http://ocsp.example/MF") && url.len() <= 255, "{url}");
    assert!(!url.contains("//M") && !url.contains('+') && !url.contains('='), "{url}");
    // Long URLs, URLs with a query, and questions with a nonce are posted.
    let long = format!("http://ocsp.example/{}", "x".repeat(200));
    for url in [long.as_str(), "http://ocsp.example/?service=1"] {
        let post = question.request(url).unwrap();
        assert_eq!((post.method(), post.body()), (&http::Method::POST, &question.to_der()[..]));
        assert_eq!(post.headers()["content-type"], "application/ocsp-request");
        assert_eq!(post.address().to_string(), url);
    }
    let fresh = question.clone().nonce([7; 32]);
    let post = fresh.request(pki.ocsp_url()).unwrap();
    assert_eq!(post.method(), http::Method::POST);
    assert!(question.request("ldap://ocsp.example/").is_err());

    // Both ways and both kinds of digest are understood.
    let strong = question.clone().digest(DigestAlgorithm::Sha256);
    for question in [&question, &fresh, &strong] {
        for request in [question.request(pki.ocsp_url()).unwrap(), question.post(pki.ocsp_url()).unwrap()] {
            question.accept(&pki.send(&request).unwrap()).unwrap();
        }
    }
    // An answer without the nonce, or with another one, is not the answer.
    let answer = OcspAnswer::about(alice.certificate(), pki.issuing(), now());
    let without = Response::ok("application/ocsp-response", answer.sign());
    assert_eq!(fresh.accept(&without).unwrap_err(), AnswerError::Nonce);
    let old =
        OcspAnswer::about(alice.certificate(), pki.issuing(), now()).nonce(asn1::octet_string(&[8; 32]));
    let old = Response::ok("application/ocsp-response", old.sign());
    assert_eq!(fresh.accept(&old).unwrap_err(), AnswerError::Nonce);
    question.accept(&old).unwrap();
}

#[test]
fn what_is_not_the_answer_says_why() {
    let (pki, alice) = case();
    let ocsp = OcspQuestion::new(alice.certificate(), pki.intermediate());
    let list = CrlQuestion::new(alice.certificate());
    let issuer = IssuerQuestion::new(alice.certificate());
    let all = |response: &Response| {
        [
            ocsp.accept(response).unwrap_err(),
            list.accept(response).unwrap_err(),
            issuer.accept(response).unwrap_err(),
        ]
    };
    let empty = Response::ok("application/octet-stream", Vec::new());
    assert!(all(&empty).iter().all(|error| *error == AnswerError::Empty));
    let place = http::HeaderValue::from_bytes(b"http://a.example/\xe2\x80\xae").unwrap();
    let moved = http::HeaderMap::from_iter([(http::header::LOCATION, place)]);
    let moved = Response::new(301, moved, b"moved".to_vec());
    for error in all(&moved) {
        let AnswerError::Redirected { status: 301, location } = error else { panic!("{error}") };
        assert!(location.starts_with("http://a.example/") && location.is_ascii(), "{location}");
    }
    for status in [400, 404, 500, 503, 100] {
        let response = Response::new(status, Default::default(), b"x".to_vec());
        assert!(all(&response).iter().all(|error| *error == AnswerError::Status { status }));
    }
    let page = Response::ok("text/html", b"x".to_vec());
    for error in all(&page) {
        assert!(matches!(error, AnswerError::NotRecognised { .. }), "{error}");
    }

    let stranger = TestPki::at(now());
    let error = list.accept(&Response::ok("application/pkix-crl", pki.root_authority().crl(now(), hours(1))));
    assert!(matches!(error, Err(AnswerError::OtherIssuer { found }) if found.contains("Test Root")));
    let root = Response::ok("application/pkix-cert", stranger.root().to_der().to_vec());
    assert_eq!(issuer.accept(&root).unwrap_err(), AnswerError::NoIssuer { found: 1 });
    let about_bob = pki.ocsp(pki.issue(Profile::signer("Bob", KeyKind::P256)).certificate());
    let about_bob = Response::ok("application/ocsp-response", about_bob);
    assert_eq!(ocsp.accept(&about_bob).unwrap_err(), AnswerError::AboutOthers);
}

#[test]
fn lists_are_asked_for_where_certificates_say() {
    let (pki, alice) = case();
    let question = CrlQuestion::new(alice.certificate());
    assert_eq!(question.urls(), [pki.issuing().locations().crl.clone()]);
    let request = question.request(&*question.urls()[0]).unwrap();
    question.accept(&pki.send(&request).unwrap()).unwrap();
    let without =
        pki.issue(Profile::signer("Bob", KeyKind::P256).without_extension(oid::CRL_DISTRIBUTION_POINTS));
    assert!(CrlQuestion::new(without.certificate()).urls().is_empty());
}
