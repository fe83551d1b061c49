//! What is asked first, what next, and what becomes of the answers.

use chancery_certificate::{asn1, asn1::tag};
use chancery_chain::{
    AnswerError, ChainFault, ChainVerifier, Evidence, EvidenceCollector, FetchFault, Missing, Purpose,
    RevocationPolicy, SourceOrder, TrustAnchors, Wanted,
};
use chancery_http::{Request, Response, Transport, transport_fn};
use chancery_key::KeyKind;
use chancery_testkit::{
    Locations, Misbehaviour, OcspAnswer, OcspStatus, Profile, TestAuthority, TestExtension, TestService, oid,
};

use super::parts::{Case, Recorder, faults, hours, now};

#[test]
fn a_signer_alone_is_enough() {
    let case = Case::new();
    let (collected, asked) = case.collect(case.collector());
    let chain = collected.chain().unwrap();
    assert_eq!(chain.certificates().len(), 3);
    assert!(collected.missing().is_empty());
    assert_eq!(asked, ["GET /issuing.cer", "GET /ocsp/", "GET /ocsp/"]);
    assert!(collected.fetches().iter().all(|fetch| fetch.outcome().is_ok()));

    // What came is all that is needed, from a file too.
    let kept = Evidence::from_der(&chain.evidence().to_der().unwrap()).unwrap();
    let verifier = case.verifier().evidence(&kept);
    assert!(verifier.verify_at(case.alice.certificate(), now()).is_ok());
    let (again, asked) = case.collect(EvidenceCollector::new(&verifier, case.alice.certificate(), now()));
    assert!(again.chain().is_ok() && asked.is_empty(), "{asked:?}");
}

#[test]
fn lists_stand_in_for_responders_and_the_other_way_round() {
    let case = Case::new();
    case.pki.misbehave(TestService::Ocsp, Misbehaviour::Down);
    let (collected, asked) = case.collect(case.collector());
    assert!(collected.chain().is_ok(), "{collected}");
    assert_eq!(asked, ["GET /issuing.cer", "GET /ocsp/", "GET /issuing.crl", "GET /ocsp/", "GET /root.crl"]);

    case.pki.behave();
    let (collected, asked) = case.collect(case.collector().order(SourceOrder::CrlFirst));
    assert!(collected.chain().is_ok());
    assert_eq!(asked, ["GET /issuing.cer", "GET /issuing.crl", "GET /root.crl"]);

    case.pki.misbehave(TestService::Crl, Misbehaviour::ServerError);
    let (collected, asked) = case.collect(case.collector().order(SourceOrder::CrlFirst));
    assert!(collected.chain().is_ok());
    assert_eq!(asked, ["GET /issuing.cer", "GET /issuing.crl", "GET /ocsp/", "GET /root.crl", "GET /ocsp/"]);
}

#[test]
fn what_is_missing_says_what_was_asked_and_what_came() {
    let case = Case::new();
    case.pki.misbehave(TestService::Ocsp, Misbehaviour::Html);
    case.pki.misbehave(TestService::Crl, Misbehaviour::ServerError);
    let (collected, _) = case.collect(case.collector());
    let failure = collected.chain().unwrap_err();
    assert!(matches!(failure.reason(), ChainFault::RevocationUnknown { .. }));
    let [Missing::Revocation { certificate, issuer, because, .. }, Missing::Revocation { .. }] =
        collected.missing()
    else {
        panic!("{collected}")
    };
    assert_eq!((certificate, issuer), (case.alice.certificate(), case.pki.intermediate()));
    assert!(because.is_empty(), "nothing was at hand");
    match faults(&collected, certificate)[..] {
        [
            (Wanted::OcspAnswer, FetchFault::Answer(AnswerError::NotRecognised { .. })),
            (Wanted::OcspAnswer, FetchFault::Answer(AnswerError::NotRecognised { .. })),
            (Wanted::Crl, FetchFault::Answer(AnswerError::Status { status: 503 })),
        ] => {}
        ref other => panic!("{other:?}"),
    }
    let text = collected.to_string();
    for part in ["503", "text/html", "issuing.crl", "Alice"] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn answers_that_do_not_help_are_followed_by_the_next_place() {
    for bad in [
        Misbehaviour::Garbage,
        Misbehaviour::Html,
        Misbehaviour::ServerError,
        Misbehaviour::Reject,
        Misbehaviour::WrongSubject,
        Misbehaviour::Redirect,
        Misbehaviour::Huge,
        Misbehaviour::Stale,
    ] {
        let case = Case::new();
        case.pki.misbehave(TestService::Ocsp, bad);
        let (collected, asked) = case.collect(case.collector());
        assert!(collected.chain().is_ok(), "{bad:?}: {collected}");
        assert!(asked.contains(&"GET /issuing.crl".to_owned()), "{bad:?}: {asked:?}");
        let mut of_alice = collected.fetches_for(case.alice.certificate());
        let first = of_alice.find(|fetch| fetch.wanted() == Wanted::OcspAnswer).unwrap().outcome();
        let as_expected = match (bad, first) {
            (Misbehaviour::Stale, outcome) => outcome.is_ok(),
            (Misbehaviour::ServerError, Err(FetchFault::Answer(AnswerError::Status { status: 503 }))) => true,
            (Misbehaviour::Reject, Err(FetchFault::Answer(AnswerError::Refused { status: "tryLater" }))) => {
                true
            }
            (Misbehaviour::WrongSubject, Err(FetchFault::Answer(AnswerError::AboutOthers))) => true,
            (
                Misbehaviour::Redirect,
                Err(FetchFault::Answer(AnswerError::Redirected { status: 302, .. })),
            ) => true,
            (Misbehaviour::Huge, Err(FetchFault::Answer(AnswerError::TooLarge { .. }))) => true,
            (_, Err(FetchFault::Answer(AnswerError::NotRecognised { .. }))) => {
                matches!(bad, Misbehaviour::Garbage | Misbehaviour::Html)
            }
            _ => false,
        };
        assert!(as_expected, "{bad:?}: {first:?}");
    }
}

#[test]
fn a_responder_that_knows_no_get_is_asked_by_post() {
    let case = Case::new();
    let network = Recorder::new(transport_fn(|request: &Request| {
        if request.address().uri().path().starts_with("/ocsp/") {
            return Ok(Response::new(405, Default::default(), Vec::new()));
        }
        Transport::send(&case.pki, request)
    }));
    let collected = case.collector().collect(&network);
    assert!(collected.chain().is_ok());
    assert_eq!(network.asked(), ["GET /issuing.cer", "GET /ocsp/", "POST /ocsp", "GET /ocsp/", "POST /ocsp"]);
}

/// Two signers of one authority: what was asked in vain for one is not asked again for the other, but told.
#[test]
fn a_list_that_failed_is_asked_once_and_told_for_each() {
    let case = Case::new();
    let root = case.pki.root_authority();
    let one_place = Locations::under("http://pki.test", "root");
    let issuing = root.subordinate(Profile::authority("Under one place", KeyKind::P256), one_place);
    let bob = issuing.issue(Profile::signer("Bob", KeyKind::P256));
    case.pki.misbehave(TestService::Crl, Misbehaviour::Down);
    case.pki.misbehave(TestService::Ocsp, Misbehaviour::Down);
    let known = [issuing.certificate().clone()];
    let verifier = case.verifier().intermediates(&known);
    let (collected, asked) = case.collect(EvidenceCollector::new(&verifier, bob.certificate(), now()));
    assert_eq!(asked.iter().filter(|path| *path == "GET /root.crl").count(), 1, "{asked:?}");
    for certificate in [bob.certificate(), issuing.certificate()] {
        assert!(collected.fetches_for(certificate).any(|fetch| fetch.wanted() == Wanted::Crl));
    }
}

/// An authority with two responders, of which the first does not know its certificates.
#[test]
fn every_responder_is_asked() {
    let locations = Locations::under("http://own.example", "root");
    let root = TestAuthority::root(Profile::authority("Root", KeyKind::P256), now(), locations);
    let access = |url: &str| {
        asn1::sequence(&[&asn1::oid(&oid::OCSP), &asn1::encode(tag::primitive(6), url.as_bytes())])
    };
    let places =
        ["http://one.example/ignorant", "ldap://x.example/", "http://two.example/knowing"].map(access);
    let access = asn1::sequence(&[&places[0], &places[1], &places[2]]);
    let profile = Profile::signer("Alice", KeyKind::P256)
        .extension(TestExtension::plain(oid::AUTHORITY_INFORMATION_ACCESS, access))
        .without_extension(oid::CRL_DISTRIBUTION_POINTS);
    let alice = root.issue(profile);
    let network = Recorder::new(transport_fn(|request: &Request| {
        let answer = OcspAnswer::about(alice.certificate(), &root, now());
        let answer = match request.address().host() {
            "one.example" => answer.status(OcspStatus::Unknown),
            _ => answer,
        };
        Ok(Response::ok("application/ocsp-response", answer.sign()))
    }));
    let anchors = TrustAnchors::new([root.certificate().clone()]);
    let verifier = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require);
    let collected = EvidenceCollector::new(&verifier, alice.certificate(), now()).collect(&network);
    assert!(collected.chain().is_ok(), "{collected}");
    assert_eq!(network.asked().len(), 2);
    assert_eq!(faults(&collected, alice.certificate()).len(), 1, "the directory");
}

/// What claims to be of tomorrow is not believed, and the next place is asked.
#[test]
fn answers_from_the_future_are_not_believed() {
    let case = Case::new();
    let network = Recorder::new(transport_fn(|request: &Request| {
        if request.address().uri().path().starts_with("/ocsp/") {
            let alice = case.alice.certificate();
            let answer = OcspAnswer::about(alice, case.pki.issuing(), hours(30)).sign();
            return Ok(Response::ok("application/ocsp-response", answer));
        }
        Transport::send(&case.pki, request)
    }));
    let verifier = case.verifier().known_by(now());
    let collected = EvidenceCollector::new(&verifier, case.alice.certificate(), now()).collect(&network);
    assert!(collected.chain().is_ok(), "{collected}");
    assert!(network.asked().contains(&"GET /issuing.crl".to_owned()));
}
