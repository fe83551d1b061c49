//! Questions and answers, good and bad, and what a token proves.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

use std::time::Duration;

use chancery_certificate::asn1;
use chancery_chain::{ChainFault, ChainVerifier, Evidence, Purpose, RevocationPolicy, TrustAnchors};
use chancery_cms::{Attribute, CertificateBinding, FaultKind, Preparation, SignedMessage, attributes};
use chancery_digest::{AnyDigest, Digest, DigestAlgorithm, Digests, KnownDigest};
use chancery_http::http::{HeaderMap, HeaderName, HeaderValue};
use chancery_http::{Address, Request, Response, Transport, transport_fn};
use chancery_key::{KeyKind, Signer, SoftwareSigner};
use chancery_testkit::{Misbehaviour, Profile, RevocationReason, TestPki, TestService, oid};
use chancery_timestamp::respond::Responder;
use chancery_timestamp::{
    CertificateRequest, MatchingToken, RejectionReason, TimestampAuthority, TimestampError, TimestampInfo,
    TimestampQuestion, TimestampRequest, TimestampResponse, TimestampToken, TokenFault,
};
use const_oid::ObjectIdentifier as Oid;
use getrandom::SysRng;
use jiff::Timestamp;
use rand_core::UnwrapErr;

const NOW: &str = "2026-11-21T12:00:00.25Z";
const CONTRACT: &[u8] = b"I owe you ten";
const POLICY: Oid = Oid::new_unwrap("1.2.3.4.5");

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn digest() -> Digest {
    DigestAlgorithm::Sha256.digest(CONTRACT)
}

fn covered(content: &[u8]) -> Digests {
    Digests::over_bytes([DigestAlgorithm::Sha256.into(), DigestAlgorithm::Sha512.into()], content)
}

fn authority<T: Transport>(pki: &TestPki, transport: T) -> TimestampAuthority<T> {
    TimestampAuthority::new(Address::parse(&pki.tsa_url()).unwrap(), transport)
}

fn stamp(pki: &TestPki) -> Result<MatchingToken, TimestampError> {
    authority(pki, pki).stamp(&digest(), &mut UnwrapErr(SysRng))
}

/// A token about `content` by this signer.
fn token_by(signer: SoftwareSigner, content: &[u8]) -> Vec<u8> {
    let info = TimestampInfo::new(POLICY, DigestAlgorithm::Sha256.digest(content), &[1], now());
    Responder::new(signer, POLICY).sign(&info, CertificateRequest::Include).unwrap()
}

#[test]
fn a_good_answer_is_a_matching_token_and_with_trust_a_proof() {
    let pki = TestPki::at(now());
    let token = stamp(&pki).unwrap();
    assert_eq!(token.time(), now(), "with the fraction of the second");
    assert_eq!(token.imprint_algorithm(), KnownDigest::from(DigestAlgorithm::Sha256));
    assert_eq!(token.policy(), oid::TIMESTAMP_POLICY);
    assert_eq!(token.signer().binding(), CertificateBinding::EssV2);
    assert!(!token.serial().is_empty());

    let again = MatchingToken::from_token(token.to_der(), &covered(CONTRACT)).unwrap();
    let anchors = TrustAnchors::new([pki.root().clone()]);
    let evidence = pki.crls().into_iter().fold(Evidence::new(), Evidence::with_crl);
    let verifier =
        ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require).evidence(&evidence);
    let proof = again.trust(&verifier, now()).unwrap();
    assert_eq!(proof.time(), now());
    assert_eq!(proof.chain().purpose(), Purpose::Timestamping);
    assert_eq!(proof.token().to_der(), token.to_der());
}

#[test]
fn an_authority_that_nobody_trusts_or_that_was_revoked_proves_nothing() {
    let pki = TestPki::at(now());
    let token = stamp(&pki).unwrap();
    let strangers = TestPki::at(now());
    let others = TrustAnchors::new([strangers.root().clone()]);
    let verifier = ChainVerifier::new(&others, Purpose::Timestamping, RevocationPolicy::NotChecked);
    let failure = token.clone().trust(&verifier, now()).unwrap_err();
    // The strangers' root has the same name and another key.
    assert!(matches!(failure.reason(), ChainFault::BadSignature { .. }), "{failure}");

    pki.revoke(token.signer().certificate(), now(), RevocationReason::KeyCompromise);
    let evidence = pki.crls().into_iter().fold(Evidence::new(), Evidence::with_crl);
    let anchors = TrustAnchors::new([pki.root().clone()]);
    let verifier =
        ChainVerifier::new(&anchors, Purpose::Timestamping, RevocationPolicy::Require).evidence(&evidence);
    let failure = token.trust(&verifier, now()).unwrap_err();
    assert!(matches!(failure.reason(), ChainFault::Revoked { .. }), "{failure}");
}

#[test]
fn bad_answers_are_told_apart() {
    let pki = TestPki::at(now());
    let told = |misbehaviour| {
        pki.misbehave(TestService::Timestamp, misbehaviour);
        stamp(&pki).unwrap_err()
    };
    let html = told(Misbehaviour::Html);
    assert!(matches!(&html, TimestampError::ContentType { found } if found == "text/html"), "{html}");
    assert!(html.to_string().contains("check that the address"), "{html}");
    let error = told(Misbehaviour::ServerError);
    assert!(matches!(error, TimestampError::Status { status: 503, .. }), "{error}");
    let error = told(Misbehaviour::Garbage);
    assert!(matches!(error, TimestampError::Malformed { .. }), "{error}");
    let error = told(Misbehaviour::Down);
    assert!(matches!(error, TimestampError::Transport(_)), "{error}");
    let error = told(Misbehaviour::Slow(Duration::from_secs(3600)));
    assert!(matches!(error, TimestampError::Transport(_)), "{error}");
    let error = told(Misbehaviour::WrongNonce);
    assert!(matches!(error, TimestampError::NonceMismatch), "{error}");
    let error = told(Misbehaviour::WrongSubject);
    assert!(matches!(&error, TimestampError::Token(TokenFault::ImprintMismatch { .. })), "{error}");
    let error = told(Misbehaviour::Reject);
    let TimestampError::Rejected(rejection) = &error else { panic!("{error}") };
    assert_eq!(rejection.reasons(), [RejectionReason::TimeNotAvailable]);
    assert!(error.to_string().contains("try again later"), "{error}");
    pki.behave();
    assert!(stamp(&pki).is_ok());
}

#[test]
fn an_account_is_asked_for_and_given() {
    let pki = TestPki::at(now());
    let guarded = transport_fn(|request: &Request| match request.headers().get("authorization") {
        Some(value) if value == "Basic c2VjcmV0" => pki.send(request),
        _ => Ok(Response::new(401, HeaderMap::new(), Vec::new())),
    });
    let mut rng = UnwrapErr(SysRng);
    let error = authority(&pki, &guarded).stamp(&digest(), &mut rng).unwrap_err();
    assert!(error.to_string().contains("asks for an account"), "{error}");
    let account = HeaderValue::from_static("Basic c2VjcmV0");
    let with_account =
        authority(&pki, &guarded).with_header(HeaderName::from_static("authorization"), account);
    assert!(with_account.stamp(&digest(), &mut rng).is_ok());
}

#[test]
fn only_the_policy_that_was_asked_for_is_taken() {
    let pki = TestPki::at(now());
    let mut rng = UnwrapErr(SysRng);
    let right = authority(&pki, &pki).with_policy(oid::TIMESTAMP_POLICY);
    assert_eq!(right.stamp(&digest(), &mut rng).unwrap().policy(), oid::TIMESTAMP_POLICY);
    let refused = authority(&pki, &pki).with_policy(POLICY).stamp(&digest(), &mut rng).unwrap_err();
    let TimestampError::Rejected(rejection) = refused else { panic!("{refused}") };
    assert_eq!(rejection.reasons(), [RejectionReason::UnacceptedPolicy]);

    // An authority that does as if.
    let question = TimestampQuestion::new(digest(), [7; 16]).policy(POLICY);
    let asked = TimestampRequest::from_der(&question.to_der()).unwrap();
    let responder = Responder::new(pki.tsa(), oid::TIMESTAMP_POLICY);
    let token = responder.sign(&responder.state(&asked, &[1], now()), CertificateRequest::Include).unwrap();
    let error = question.accept_der(&TimestampResponse::granted_der(&token)).unwrap_err();
    assert!(matches!(error, TimestampError::PolicyMismatch { .. }), "{error}");
}

#[test]
fn answers_that_are_too_long_are_not_read() {
    let question = TimestampQuestion::new(digest(), [7; 16]);
    let response = Response::ok("application/timestamp-reply", vec![0x30; (1 << 20) + 1]);
    let error = question.accept(&response).unwrap_err();
    assert!(matches!(error, TimestampError::TooLarge { .. }), "{error}");
}

#[test]
fn tokens_over_other_octets_do_not_match() {
    let pki = TestPki::at(now());
    let token = pki.timestamp_token(&digest());
    let fault = MatchingToken::from_token(&token, &covered(b"I owe you a million")).unwrap_err();
    assert!(matches!(fault, TokenFault::ImprintMismatch { algorithm: "SHA-256" }), "{fault}");
    assert_eq!(fault.kind(), FaultKind::Mathematics);
    let other = Digests::over_bytes([DigestAlgorithm::Sha384.into()], CONTRACT);
    let fault = MatchingToken::from_token(&token, &other).unwrap_err();
    assert_eq!(fault.kind(), FaultKind::CannotTell);
}

#[test]
fn the_certificate_must_be_for_timestamps_and_nothing_else() {
    let pki = TestPki::at(now());
    let sound = pki.issue(Profile::timestamp_authority("TSA", KeyKind::P256)).signer();
    assert!(MatchingToken::from_token(&token_by(sound, CONTRACT), &covered(CONTRACT)).is_ok());
    let without = Profile::bare("TSA", KeyKind::P256);
    let uncritical = Profile::bare("TSA", KeyKind::P256).extended_key_usage(&[oid::TIME_STAMPING]);
    let more =
        Profile::bare("TSA", KeyKind::P256).extended_key_usage(&[oid::TIME_STAMPING, oid::DOCUMENT_SIGNING]);
    for profile in [without, uncritical, more, Profile::signer("Alice", KeyKind::P256)] {
        let token = token_by(pki.issue(profile).signer(), CONTRACT);
        let fault = MatchingToken::from_token(&token, &covered(CONTRACT)).unwrap_err();
        assert!(matches!(fault, TokenFault::NotForTimestamps { .. }), "{fault}");
    }
}

#[test]
fn messages_that_are_no_tokens_are_refused() {
    let pki = TestPki::at(now());
    let tsa = pki.tsa();
    let message = |content: Vec<u8>, content_type: Oid| {
        let preparation =
            Preparation::enclosing(tsa.chain(), tsa.algorithm(), content).content_type(content_type);
        let prepared = preparation.prepare().unwrap();
        prepared.finish(tsa.sign(prepared.to_be_signed()).unwrap()).unwrap()
    };
    let info = TimestampInfo::new(POLICY, digest(), &[1], now()).to_der();
    let read = |message: SignedMessage| TimestampToken::from_message(message).unwrap_err();
    let plain = read(message(info.clone(), attributes::DATA));
    assert!(matches!(plain, TokenFault::ContentType { .. }), "{plain}");
    let garbage = read(message(b"no time".to_vec(), attributes::TIMESTAMP_INFO));
    assert!(matches!(garbage, TokenFault::Info(_)), "{garbage}");
    let mut later = info;
    let version = later.windows(3).position(|window| window == [2, 1, 1]).unwrap();
    later[version + 2] = 2;
    let later = read(message(later, attributes::TIMESTAMP_INFO));
    assert!(matches!(later, TokenFault::Version { found: 2 }), "{later}");
}

#[test]
fn a_damaged_token_is_never_sound() {
    let pki = TestPki::at(now());
    let token = pki.timestamp_token(&digest());
    for position in 0..token.len() {
        let mut damaged = token.clone();
        damaged[position] ^= 0x01;
        if let Ok(matching) = MatchingToken::from_token(&damaged, &covered(CONTRACT)) {
            // Damage to what nobody signed (a further certificate, a version) must not change what is said.
            assert_eq!(matching.time(), now(), "byte {position}");
            assert_eq!(matching.signer().certificate(), &pki.tsa().chain()[0]);
        }
    }
}

#[test]
fn unsigned_attributes_of_a_token_change_nothing_that_it_says() {
    let pki = TestPki::at(now());
    let token = SignedMessage::from_ber(&pki.timestamp_token(&digest())).unwrap();
    let extended = token.with_unsigned_attribute(0, &Attribute::new(POLICY, asn1::null())).unwrap();
    assert!(MatchingToken::from_token(extended.to_bytes(), &covered(CONTRACT)).is_ok());
}

#[test]
fn a_token_without_certificates_needs_them_from_elsewhere() {
    let pki = TestPki::at(now());
    let tsa = pki.tsa();
    let info = TimestampInfo::new(POLICY, digest(), &[1], now()).with_accuracy(Duration::from_millis(1500));
    let bare = Responder::new(&tsa, POLICY).sign(&info, CertificateRequest::Omit).unwrap();
    let fault = MatchingToken::from_token(&bare, &covered(CONTRACT)).unwrap_err();
    assert_eq!(fault.kind(), FaultKind::CannotTell);
    let token = TimestampToken::from_ber(&bare).unwrap().matching(&covered(CONTRACT), tsa.chain()).unwrap();
    assert_eq!(token.accuracy(), Some(Duration::from_millis(1500)));
}

#[test]
fn the_responder_says_what_is_wrong_with_a_request() {
    let pki = TestPki::at(now());
    let responder = Responder::new(pki.tsa(), POLICY).with_accuracy(Duration::from_secs(1));
    let refused =
        |request: &[u8]| match TimestampResponse::from_der(&responder.respond(request, &[1], now()).unwrap())
        {
            Ok(TimestampResponse::Rejected(rejection)) => rejection.reasons().to_vec(),
            other => panic!("{other:?}"),
        };
    assert_eq!(refused(b"nonsense"), [RejectionReason::BadDataFormat]);
    let request = |algorithm: &str, length: usize, version: u8| {
        let algorithm = asn1::sequence(&[&asn1::oid(&Oid::new_unwrap(algorithm)), &asn1::null()]);
        let imprint = asn1::sequence(&[&algorithm, &asn1::octet_string(&vec![7; length])]);
        asn1::sequence(&[&asn1::integer(&[version]), &imprint])
    };
    assert_eq!(refused(&request("1.3.14.3.2.26", 20, 1)), [RejectionReason::BadAlgorithm]);
    assert_eq!(refused(&request("2.16.840.1.101.3.4.2.1", 20, 1)), [RejectionReason::BadDataFormat]);
    assert_eq!(refused(&request("2.16.840.1.101.3.4.2.1", 32, 2)), [RejectionReason::BadRequest]);
    let granted = responder.respond(&request("2.16.840.1.101.3.4.2.1", 32, 1), &[1], now()).unwrap();
    let Ok(TimestampResponse::Granted(token)) = TimestampResponse::from_der(&granted) else { panic!() };
    let token = TimestampToken::from_ber(&token).unwrap();
    assert_eq!((token.info().nonce(), token.message().certificates()), (None, &[][..]));
    assert_eq!(token.info().accuracy(), Some(Duration::from_secs(1)));
}

#[test]
fn requests_survive_the_wire() {
    let question = TimestampQuestion::new(digest(), [0xff; 16]).policy(POLICY);
    let request = TimestampRequest::from_der(&question.to_der()).unwrap();
    assert_eq!(request.to_der(), question.to_der());
    assert_eq!(request.certificates(), CertificateRequest::Include);
    assert_eq!(request.policy(), Some(POLICY));
    assert_eq!(request.imprint().digest(), digest().as_bytes());
    assert_eq!(request.nonce().map(<[u8]>::len), Some(17), "a leading zero keeps it positive");
    let sent = question.request("http://tsa.test/").unwrap();
    assert_eq!(sent.headers()["content-type"], "application/timestamp-query");
    assert_eq!(sent.body(), question.to_der());
}

/// Whoever broke an authority's algorithms later would write a time from before, for which it had no certificate.
#[test]
fn a_time_from_before_the_certificate_proves_nothing() {
    let pki = TestPki::at(now());
    let imprint = KnownDigest::from(DigestAlgorithm::Sha256).digest(CONTRACT);
    let anchors = TrustAnchors::new([pki.root().clone()]);
    let verifier = ChainVerifier::new(&anchors, Purpose::Timestamping, RevocationPolicy::NotChecked);
    let trusted = |time: Timestamp| {
        let info = TimestampInfo::new(POLICY, imprint, &[5], time);
        let token = Responder::new(pki.tsa(), POLICY).sign(&info, CertificateRequest::Include).unwrap();
        MatchingToken::from_token(&token, &covered(CONTRACT)).unwrap().trust(&verifier, now())
    };
    assert!(trusted(now()).is_ok());
    let failure = trusted("2011-01-01T00:00:00Z".parse().unwrap()).unwrap_err();
    assert!(matches!(failure.reason(), ChainFault::NotYetValid { .. }), "{failure}");
}
