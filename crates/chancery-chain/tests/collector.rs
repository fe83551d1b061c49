//! Collecting evidence over networks that are good, broken and hostile.

// A helper of tests fails as a test does, although it is not marked as one.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::HashMap;
use std::future::Future;
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use chancery_certificate::{Certificate, asn1, asn1::tag};
use chancery_chain::{
    AnswerError, ChainFault, ChainVerifier, Collected, CollectorLimits, Completeness, Evidence,
    EvidenceCollector, FetchFault, Limits, Missing, Purpose, RevocationPolicy, RevocationStatus, SourceOrder,
    TrustAnchors, Wanted,
};
use chancery_http::{Answer, AsyncTransport, Request, Response, Transport, TransportError, transport_fn};
use chancery_key::KeyKind;
use chancery_testkit::{
    CrlProfile, Locations, Misbehaviour, OcspAnswer, OcspStatus, Profile, Revocation, RevocationReason,
    TestAuthority, TestExtension, TestIdentity, TestPki, TestService, oid, test_key,
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

/// A transport that remembers what was asked.
struct Recorder<T> {
    inner: T,
    whole: bool,
    asked: Mutex<Vec<String>>,
}

impl<T> Recorder<T> {
    fn new(inner: T) -> Self {
        Self { inner, whole: false, asked: Mutex::default() }
    }

    fn record(&self, request: &Request) {
        let path = request.address().uri().path();
        // What stands in the URL of an OCSP request differs from certificate to certificate.
        let path = if self.whole { path } else { path.split_inclusive("/ocsp/").next().unwrap() };
        let mut asked = format!("{} {path}", request.method());
        if self.whole {
            asked.push_str(&format!(" {:?}", request.body()));
        }
        self.asked.lock().unwrap().push(asked);
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl<T: Transport> Transport for Recorder<T> {
    fn send(&self, request: &Request) -> Result<Response, TransportError> {
        self.record(request);
        self.inner.send(request)
    }
}

impl<T: AsyncTransport> AsyncTransport for Recorder<T> {
    fn send<'a>(&'a self, request: &'a Request) -> Answer<'a> {
        self.record(request);
        self.inner.send(request)
    }
}

/// Polls until it is over: nothing in these tests waits for anything.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}

/// Runtimes with several threads move futures between them.
fn sendable<F: Future + Send>(future: F) -> F {
    future
}

struct Case {
    pki: TestPki,
    alice: TestIdentity,
    anchors: TrustAnchors,
}

impl Case {
    fn new() -> Self {
        let pki = TestPki::at(now());
        let alice = pki.issue(Profile::signer("Alice", KeyKind::P256));
        let anchors = TrustAnchors::new([pki.root().clone()]);
        Self { pki, alice, anchors }
    }

    fn verifier(&self) -> ChainVerifier<'_> {
        ChainVerifier::new(&self.anchors, Purpose::DocumentSigning, RevocationPolicy::Require)
    }

    fn collector(&self) -> EvidenceCollector<'_> {
        EvidenceCollector::new(&self.verifier(), self.alice.certificate(), now())
    }

    /// Collects, and says what was asked.
    fn collect(&self, collector: EvidenceCollector<'_>) -> (Collected, Vec<String>) {
        let network = Recorder::new(transport_fn(|request: &Request| Transport::send(&self.pki, request)));
        let collected = collector.collect(&network);
        (collected, network.asked())
    }
}

fn faults<'c>(collected: &'c Collected, certificate: &Certificate) -> Vec<(Wanted, &'c FetchFault)> {
    let fetches = collected.fetches_for(certificate);
    fetches.filter_map(|fetch| Some((fetch.wanted(), fetch.outcome().err()?))).collect()
}

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

#[test]
fn issuers_come_in_every_form() {
    for (form, media) in [("pem", "text/plain"), ("p7c", "text/html"), ("p7c", "application/pkcs7-mime")] {
        let case = Case::new();
        let network = transport_fn(|request: &Request| {
            let url = request.address().to_string();
            let response = Transport::send(&case.pki, &rewritten(request, &url, form))?;
            if url.ends_with(".cer") { Ok(Response::ok(media, response.into_body())) } else { Ok(response) }
        });
        let collected = case.collector().collect(&network);
        assert!(collected.chain().is_ok(), "{form}: {collected}");
    }
}

fn rewritten(request: &Request, url: &str, form: &str) -> Request {
    match url.strip_suffix("cer") {
        Some(stem) => Request::get(format!("{stem}{form}")).unwrap(),
        None => request.clone(),
    }
}

/// Nine hundred authorities of the right name and with the right key identifier, and the one that is meant.
#[test]
fn a_message_full_of_impostors_costs_little() {
    let case = Case::new();
    let impostor = case.pki.issuing().impostor();
    // Each key has to be tried by itself.
    let keys: Vec<_> = (0..90).map(|_| test_key(KeyKind::P256, 0)).collect();
    let profile = |number: usize| {
        let identifier =
            case.pki.intermediate().extension(oid::SUBJECT_KEY_IDENTIFIER).unwrap().value.clone();
        Profile::authority("Impostor", KeyKind::P256)
            .with_key(&keys[number % keys.len()])
            .subject(case.pki.intermediate().subject().to_der().to_vec())
            .extension(TestExtension::plain(oid::SUBJECT_KEY_IDENTIFIER, identifier))
    };
    let hostile: Vec<_> =
        (0..900).map(|number| impostor.issue(profile(number)).certificate().clone()).collect();
    let message = |last: &Certificate| {
        // By hand, so that the order is not that of DER: the last one is the last.
        let all: Vec<u8> = hostile.iter().chain([last]).flat_map(|one| one.to_der().to_vec()).collect();
        let signed_data = asn1::sequence(&[
            &asn1::integer(&[1]),
            &asn1::set_of(Vec::new()),
            &asn1::sequence(&[&asn1::oid(&chancery_cms::attributes::DATA)]),
            &asn1::encode(tag::constructed(0), &all),
            &asn1::set_of(Vec::new()),
        ]);
        let explicit = asn1::encode(tag::constructed(0), &signed_data);
        let message = asn1::sequence(&[&asn1::oid(&chancery_cms::attributes::SIGNED_DATA), &explicit]);
        Response::ok("application/pkcs7-mime", message)
    };
    // Thirty-two keys are tried, and what is not above Alice is not kept.
    let network = transport_fn(|request: &Request| {
        if request.address().uri().path() == "/issuing.cer" {
            return Ok(message(case.pki.intermediate()));
        }
        Transport::send(&case.pki, request)
    });
    let collected = case.collector().collect(&network);
    assert!(
        collected.evidence().certificates().is_empty(),
        "the true one is behind more keys than are tried"
    );
    // Without it there is an answer, but not the one that is wanted.
    let network = transport_fn(|_: &Request| Ok(message(&hostile[0])));
    let collected = case.collector().collect(&network);
    assert!(collected.evidence().certificates().is_empty());
    let [fetch] = collected.fetches() else { panic!("{:?}", collected.fetches()) };
    let outcome = fetch.outcome().unwrap_err();
    assert!(matches!(outcome, FetchFault::Answer(AnswerError::NoIssuer { found: 901 })), "{outcome}");
    assert!(matches!(collected.missing(), [Missing::Issuer { .. }]));
}

/// Several issuers of one name where only the keys differ: the one that signed is found without hints.
#[test]
fn the_issuer_is_found_among_some_of_its_name() {
    let case = Case::new();
    let mut all: Vec<_> = (0..5).map(|_| case.pki.issuing().impostor().certificate().clone()).collect();
    all.insert(3, case.pki.intermediate().clone());
    let message = chancery_cms::SignedMessage::without_signers(&all, &[] as &[Vec<u8>], &[]).unwrap();
    let network = transport_fn(|request: &Request| match request.address().uri().path() {
        "/issuing.cer" => Ok(Response::ok("application/pkcs7-mime", message.to_bytes().to_vec())),
        _ => Transport::send(&case.pki, request),
    });
    let collected = case.collector().collect(&network);
    assert!(collected.chain().is_ok(), "{collected}");
    assert_eq!(collected.evidence().certificates(), [case.pki.intermediate().clone()]);
}

/// An authority that says that it is itself its issuer, and two that name one another.
#[test]
fn issuers_that_lead_in_circles_are_asked_once() {
    let pki = TestPki::at(now());
    let stranger = Locations::under("http://strange.example", "self");
    let strange_root =
        TestAuthority::root(Profile::authority("Strange Root", KeyKind::P256), now(), stranger);
    let circle = strange_root.subordinate(
        Profile::authority("Circle", KeyKind::P256),
        Locations::under("http://strange.example", "self"),
    );
    let mallory = circle.issue(Profile::signer("Mallory", KeyKind::P256));
    let own = circle.certificate().to_der().to_vec();
    let network =
        Recorder::new(transport_fn(|_: &Request| Ok(Response::ok("application/pkix-cert", own.clone()))));
    let anchors = TrustAnchors::new([pki.root().clone()]);
    let verifier = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require);
    let collected = EvidenceCollector::new(&verifier, mallory.certificate(), now()).collect(&network);
    // Its responders and lists are not asked: it leads to nobody who is trusted.
    assert_eq!(network.asked(), ["GET /self.cer"]);
    assert!(
        matches!(collected.missing(), [Missing::Issuer { certificate }] if certificate == circle.certificate())
    );
}

/// Authorities without end: each answer names the next place.
#[test]
fn an_endless_ladder_of_issuers_ends_at_the_limit() {
    let rungs: Vec<_> =
        (0..20).map(|rung| Locations::under("http://ladder.example", &format!("rung{rung}"))).collect();
    let mut authorities =
        vec![TestAuthority::root(Profile::authority("Rung 19", KeyKind::P256), now(), rungs[19].clone())];
    for rung in (0..19).rev() {
        let profile = Profile::authority(&format!("Rung {rung}"), KeyKind::P256);
        let next = authorities.last().unwrap().subordinate(profile, rungs[rung].clone());
        authorities.push(next);
    }
    let mallory = authorities.last().unwrap().issue(Profile::signer("Mallory", KeyKind::P256));
    let by_url: HashMap<String, Vec<u8>> = authorities
        .iter()
        .map(|one| (one.locations().certificate.clone(), one.certificate().to_der().to_vec()))
        .collect();
    let network = Recorder::new(transport_fn(|request: &Request| {
        let found = by_url.get(&request.address().to_string()).cloned().unwrap_or_default();
        Ok(Response::ok("application/pkix-cert", found))
    }));
    let pki = TestPki::at(now());
    let anchors = TrustAnchors::new([pki.root().clone()]);
    let verifier = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require);
    let collected = EvidenceCollector::new(&verifier, mallory.certificate(), now()).collect(&network);
    assert_eq!(network.asked().len(), 8);
    let last = collected.fetches().last().unwrap().outcome().unwrap_err();
    assert!(matches!(last, FetchFault::LimitReached { what: "requests for issuers", allowed: 8 }), "{last}");
}

#[test]
fn limits_are_kept() {
    let case = Case::new();
    let limits = CollectorLimits::default().with_requests(2);
    let (collected, asked) = case.collect(case.collector().limits(limits));
    assert_eq!(asked.len(), 2);
    let last = collected.fetches().last().unwrap().outcome().unwrap_err();
    assert!(matches!(last, FetchFault::LimitReached { what: "requests", allowed: 2 }), "{last}");
    assert!(matches!(collected.missing(), [Missing::Revocation { .. }]));

    let limits = CollectorLimits::default().with_bytes(100);
    let (collected, asked) = case.collect(case.collector().limits(limits));
    assert_eq!(asked.len(), 1);
    let [first] = collected.fetches() else { panic!("{:?}", collected.fetches()) };
    let first = first.outcome().unwrap_err();
    assert!(matches!(first, FetchFault::Answer(AnswerError::TooLarge { limit: 100, .. })), "{first}");
}

#[test]
fn answers_that_were_too_large_count_too() {
    let case = Case::new();
    let allowed = Mutex::new(Vec::new());
    let network = transport_fn(|request: &Request| {
        let limit = request.limits().max_response;
        allowed.lock().unwrap().push(limit);
        let url = request.address().to_string();
        if url.ends_with(".cer") {
            return Transport::send(&case.pki, request);
        }
        Err(TransportError::TooLarge { url, limit })
    });
    let limits = CollectorLimits::default().with_bytes(400_000);
    let collected = case.collector().limits(limits).collect(&network);
    let issuer = case.pki.intermediate().to_der().len();
    // An OCSP answer has at most 256 KiB; the list gets what is left, and then nothing is.
    assert_eq!(*allowed.lock().unwrap(), [400_000, 256 << 10, 400_000 - issuer - (256 << 10)]);
    let last = collected.fetches().last().unwrap().outcome().unwrap_err();
    assert!(matches!(last, FetchFault::LimitReached { what: "bytes", allowed: 400_000 }), "{last}");
}

#[test]
fn a_certificate_with_many_places_is_asked_about_at_some() {
    let case = Case::new();
    let access = |number: usize| {
        let url = format!("http://many.example/{number}");
        asn1::sequence(&[&asn1::oid(&oid::OCSP), &asn1::encode(tag::primitive(6), url.as_bytes())])
    };
    let access: Vec<u8> = (0..30).flat_map(access).collect();
    let access = asn1::encode(tag::SEQUENCE, &access);
    let profile = Profile::signer("Mallory", KeyKind::P256)
        .extension(TestExtension::plain(oid::AUTHORITY_INFORMATION_ACCESS, access))
        .without_extension(oid::CRL_DISTRIBUTION_POINTS);
    let mallory = case.pki.issue(profile);
    let known = [case.pki.intermediate().clone()];
    let above = Evidence::new().with_crl(case.pki.root_authority().crl(hours(-1), hours(24)));
    let verifier = case.verifier().intermediates(&known).evidence(&above);
    let collector = EvidenceCollector::new(&verifier, mallory.certificate(), now());
    let network = Recorder::new(transport_fn(|request: &Request| {
        Err(TransportError::HostNotFound { host: request.address().host().to_owned() })
    }));
    let _ = collector.collect(&network);
    assert_eq!(network.asked().len(), 8);
}

#[test]
fn private_places_and_directories_are_not_asked() {
    let case = Case::new();
    let points = |url: &str| {
        let name = asn1::encode(tag::primitive(6), url.as_bytes());
        let full = asn1::encode(tag::constructed(0), &name);
        let point = asn1::encode(tag::constructed(0), &full);
        let point = asn1::sequence(&[&asn1::sequence(&[&point])]);
        TestExtension::plain(oid::CRL_DISTRIBUTION_POINTS, point)
    };
    for (url, expected) in [
        ("http://10.0.0.1/x.crl", "AddressRefused"),
        ("http://[::ffff:127.0.0.1]/x.crl", "AddressRefused"),
        ("http://2130706433/x.crl", "NumericHost"),
        ("ldap://directory.example/cn=CRL", "Address(Scheme"),
        ("file:///etc/passwd", "Address("),
    ] {
        let profile = Profile::signer("Mallory", KeyKind::P256)
            .extension(points(url))
            .without_extension(oid::AUTHORITY_INFORMATION_ACCESS);
        let mallory = case.pki.issue(profile);
        let intermediates = [case.pki.intermediate().clone()];
        let above = Evidence::new().with_crl(case.pki.root_authority().crl(hours(-1), hours(24)));
        let verifier = case.verifier().intermediates(&intermediates).evidence(&above);
        let collector = EvidenceCollector::new(&verifier, mallory.certificate(), now());
        let nobody = transport_fn(|request: &Request| panic!("{} was asked", request.address()));
        let collected = collector.collect(&nobody);
        let [fetch] = collected.fetches() else { panic!("{:?}", collected.fetches()) };
        assert!(format!("{:?}", fetch.outcome().unwrap_err()).starts_with(expected), "{fetch}");
    }
}

#[test]
fn a_revoked_certificate_needs_no_more_questions() {
    let case = Case::new();
    case.pki.revoke(case.alice.certificate(), hours(-2), RevocationReason::KeyCompromise);
    let (collected, asked) = case.collect(case.collector());
    assert!(matches!(collected.chain().unwrap_err().reason(), ChainFault::Revoked { .. }));
    assert!(collected.missing().is_empty());
    assert_eq!(asked.len(), 3);
}

#[test]
fn the_policy_says_how_much_is_wanted() {
    let case = Case::new();
    case.pki.misbehave(TestService::Crl, Misbehaviour::Down);
    let verifier = case.verifier().with_revocation(RevocationPolicy::NotChecked);
    let (collected, asked) = case.collect(EvidenceCollector::new(&verifier, case.alice.certificate(), now()));
    assert!(collected.chain().is_ok());
    assert_eq!(asked, ["GET /issuing.cer"]);

    let verifier = case.verifier().with_revocation(RevocationPolicy::WhenKnown);
    let (collected, _) = case.collect(EvidenceCollector::new(&verifier, case.alice.certificate(), now()));
    assert!(matches!(collected.chain().unwrap().revocation()[0], RevocationStatus::Good(_)));

    case.pki.misbehave(TestService::Ocsp, Misbehaviour::Down);
    let (collected, _) = case.collect(EvidenceCollector::new(&verifier, case.alice.certificate(), now()));
    let chain = collected.chain().unwrap();
    assert!(matches!(chain.revocation()[0], RevocationStatus::Unknown { .. }));
    assert_eq!(collected.missing().len(), 2);
}

/// A responder without id-pkix-ocsp-nocheck counts only when a list says that it was not revoked.
#[test]
fn responders_without_nocheck_are_asked_about() {
    let locations = |name| Locations::under("http://own.example", name);
    let root = TestAuthority::root(Profile::authority("Root", KeyKind::P256), now(), locations("root"));
    let responder =
        root.issue(Profile::ocsp_responder("Responder", KeyKind::P256).without_extension(oid::OCSP_NO_CHECK));
    let alice =
        root.issue(Profile::signer("Alice", KeyKind::P256).without_extension(oid::CRL_DISTRIBUTION_POINTS));
    let answer = OcspAnswer::about(alice.certificate(), &root, now()).delegated(&responder).sign();
    let network = Recorder::new(transport_fn(|request: &Request| {
        Ok(match request.address().uri().path() {
            "/root.crl" => Response::ok("application/pkix-crl", root.crl(hours(-1), hours(24))),
            _ => Response::ok("application/ocsp-response", answer.clone()),
        })
    }));
    let anchors = TrustAnchors::new([root.certificate().clone()]);
    let verifier = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require);
    let collected = EvidenceCollector::new(&verifier, alice.certificate(), now()).collect(&network);
    assert!(collected.chain().is_ok(), "{collected}");
    assert_eq!(network.asked(), ["GET /ocsp/", "GET /root.crl"]);
    assert_eq!(collected.fetches()[1].about(), [responder.certificate().clone()]);
}

/// A list of another issuer, whose own certificate must be known not to be revoked.
#[test]
fn issuers_of_indirect_lists_are_asked_about() {
    let locations = |name| Locations::under("http://own.example", name);
    let root = TestAuthority::root(Profile::authority("Root", KeyKind::P256), now(), locations("root"));
    let lister = root.subordinate(Profile::authority("Lister", KeyKind::P256), locations("lister"));
    let name = |url: &str| asn1::encode(tag::primitive(6), url.as_bytes());
    let url = "http://own.example/indirect.crl";
    let full = asn1::encode(tag::constructed(0), &asn1::encode(tag::constructed(0), &name(url)));
    let by = asn1::encode(tag::constructed(4), lister.certificate().subject().to_der());
    let by = asn1::encode(tag::constructed(2), &by);
    let points = asn1::sequence(&[&asn1::sequence(&[&full, &by])]);
    let alice = root.issue(
        Profile::signer("Alice", KeyKind::P256)
            .extension(TestExtension::plain(oid::CRL_DISTRIBUTION_POINTS, points))
            .without_extension(oid::AUTHORITY_INFORMATION_ACCESS),
    );
    // IssuingDistributionPoint with this point and indirectCRL.
    let point = asn1::encode(tag::constructed(0), &asn1::encode(tag::constructed(0), &name(url)));
    let scope = asn1::sequence(&[&point, &asn1::encode(tag::primitive(4), &[0xff])]);
    let indirect = CrlProfile::new(hours(-1))
        .next_update(hours(24))
        .number(1)
        .extension(TestExtension::critical(Oid::new_unwrap("2.5.29.28"), scope));
    let indirect = lister.sign_crl(&indirect);
    let network = Recorder::new(transport_fn(|request: &Request| {
        Ok(match request.address().uri().path() {
            "/indirect.crl" => Response::ok("application/pkix-crl", indirect.clone()),
            "/root.crl" => Response::ok("application/pkix-crl", root.crl(hours(-1), hours(24))),
            _ => Response::new(404, Default::default(), Vec::new()),
        })
    }));
    let anchors = TrustAnchors::new([root.certificate().clone()]);
    let known = [lister.certificate().clone()];
    let verifier = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require)
        .intermediates(&known);
    let collector = EvidenceCollector::new(&verifier, alice.certificate(), now());
    let collected = collector.order(SourceOrder::CrlFirst).collect(&network);
    assert!(collected.chain().is_ok(), "{collected}");
    assert_eq!(network.asked(), ["GET /indirect.crl", "GET /root.crl"]);
}

/// A complete list that is over, and the delta that continues it.
#[test]
fn deltas_are_asked_for_last() {
    deltas_are_asked_for_last_where(NamedBy::Certificate);
    deltas_are_asked_for_last_where(NamedBy::List);
}

/// Who names the place of the delta.
enum NamedBy {
    Certificate,
    List,
}

fn deltas_are_asked_for_last_where(named_by: NamedBy) {
    let locations = |name| Locations::under("http://own.example", name);
    let root = TestAuthority::root(Profile::authority("Root", KeyKind::P256), now(), locations("root"));
    let name = asn1::encode(tag::primitive(6), b"http://own.example/delta.crl");
    let full = asn1::encode(tag::constructed(0), &asn1::encode(tag::constructed(0), &name));
    let freshest =
        TestExtension::plain(Oid::new_unwrap("2.5.29.46"), asn1::sequence(&[&asn1::sequence(&[&full])]));
    let profile =
        Profile::signer("Alice", KeyKind::P256).without_extension(oid::AUTHORITY_INFORMATION_ACCESS);
    let base = CrlProfile::new(hours(-48)).next_update(hours(-24)).number(1);
    let (profile, base) = match named_by {
        NamedBy::Certificate => (profile.extension(freshest), base),
        NamedBy::List => (profile, base.extension(freshest)),
    };
    let (alice, base) = (root.issue(profile), root.sign_crl(&base));
    let indicator = TestExtension::critical(Oid::new_unwrap("2.5.29.27"), asn1::integer(&[1]));
    let delta = CrlProfile::new(hours(-1)).next_update(hours(24)).number(2).extension(indicator);
    let delta = root.sign_crl(&delta);
    let network = Recorder::new(transport_fn(|request: &Request| {
        let list = if request.address().uri().path() == "/delta.crl" { &delta } else { &base };
        Ok(Response::ok("application/pkix-crl", list.clone()))
    }));
    let anchors = TrustAnchors::new([root.certificate().clone()]);
    let verifier = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require);
    let collected = EvidenceCollector::new(&verifier, alice.certificate(), now()).collect(&network);
    assert!(collected.chain().is_ok(), "{collected}");
    assert_eq!(network.asked(), ["GET /root.crl", "GET /delta.crl"]);
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

#[test]
fn both_drivers_ask_the_same_in_the_same_order() {
    for bad in [None, Some(Misbehaviour::Down), Some(Misbehaviour::Stale)] {
        let case = Case::new();
        if let Some(bad) = bad {
            case.pki.misbehave(TestService::Ocsp, bad);
        }
        let waiting = Recorder::new(&case.pki);
        let one = case.collector().collect(&waiting);
        let polled = Recorder::new(&case.pki);
        let other = block_on(sendable(case.collector().collect_async(&polled)));
        assert_eq!(waiting.asked(), polled.asked());
        assert!(one.chain().is_ok() && other.chain().is_ok());
    }
}

#[test]
fn completeness_is_said_for_a_moment() {
    let case = Case::new();
    let (collected, _) = case.collect(case.collector());
    let evidence = collected.into_evidence();
    let verifier = case.verifier().with_revocation(RevocationPolicy::NotChecked).evidence(&evidence);
    let alice = case.alice.certificate();
    let complete = verifier.completeness_at(alice, now());
    let chain = complete.chain().unwrap();
    let until = chain.holds_until().unwrap();
    assert!(matches!(verifier.completeness_at(alice, until), Completeness::Complete(_)), "{until}");
    let later = verifier.completeness_at(alice, until + 1.second());
    let [Missing::Revocation { because, .. }, ..] = later.missing() else { panic!("{later:?}") };
    assert!(!because.is_empty(), "it says why what is at hand is not enough");

    // The chain alone is not complete evidence, and says what is missing.
    let chain = verifier.verify_at(alice, now()).unwrap();
    assert_eq!(chain.missing().len(), 2);
    let alone = ChainVerifier::new(&case.anchors, Purpose::DocumentSigning, RevocationPolicy::Require);
    assert!(matches!(alone.completeness_at(alice, now()).missing(), [Missing::Issuer { .. }]));
    case.pki.revoke(alice, hours(-1), RevocationReason::KeyCompromise);
    let revoked = evidence.with_ocsp(case.pki.ocsp(alice));
    let refused = case.verifier().evidence(&revoked).completeness_at(alice, now());
    assert!(refused.chain().is_none() && refused.missing().is_empty());
}

/// What was known to be good before stays good for the moment before its revocation, without asking again.
#[test]
fn a_later_revocation_is_an_answer() {
    let case = Case::new();
    case.pki
        .issuing()
        .revoke(case.alice.certificate(), Revocation::new(hours(-2), RevocationReason::Superseded));
    let collector = EvidenceCollector::new(&case.verifier(), case.alice.certificate(), hours(-3));
    let (collected, _) = case.collect(collector);
    let chain = collected.chain().unwrap();
    assert!(matches!(chain.revocation()[0], RevocationStatus::RevokedLater { .. }));
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

/// Every round judges the whole chain, but no signature twice: three public-key operations in one round are enough, where
/// judging at once takes five.
#[test]
fn no_signature_is_checked_twice() {
    let case = Case::new();
    let mut limits = Limits::default();
    limits.signature_checks = 3;
    let verifier = case.verifier().limits(limits);
    let alice = case.alice.certificate();
    let (collected, _) = case.collect(EvidenceCollector::new(&verifier, alice, now()));
    assert!(collected.chain().is_ok(), "{collected}");
    let evidence = collected.into_evidence();
    let failure = verifier.evidence(&evidence).verify_at(alice, now()).unwrap_err();
    assert!(matches!(failure.reason(), ChainFault::BudgetExceeded { .. }), "{failure}");
}

/// A root that nobody trusts: no certificate is missing, but trust.
#[test]
fn an_untrusted_root_is_not_a_missing_issuer() {
    let case = Case::new();
    let elsewhere = Locations::under("http://own.example", "other");
    let other = TestAuthority::root(Profile::authority("Other Root", KeyKind::P256), now(), elsewhere);
    let anchors = TrustAnchors::new([other.certificate().clone()]);
    let known = [case.pki.intermediate().clone(), case.pki.root().clone()];
    let verifier = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require)
        .intermediates(&known);
    let (collected, asked) = case.collect(EvidenceCollector::new(&verifier, case.alice.certificate(), now()));
    assert!(collected.missing().is_empty() && asked.is_empty(), "{collected} {asked:?}");
}

/// What was sent along is an old certificate of the authority; the place that Alice's names has the current one.
#[test]
fn another_certificate_of_an_expired_authority_is_asked_for() {
    let case = Case::new();
    let key = case.pki.issuing().identity().key();
    let old = Profile::authority("Test Issuing Authority", KeyKind::P256)
        .with_key(key)
        .subject(case.pki.intermediate().subject().to_der().to_vec())
        .valid(hours(-2000), hours(-1));
    let known = [case.pki.root_authority().issue(old).certificate().clone()];
    let verifier = case.verifier().intermediates(&known);
    let (collected, asked) = case.collect(EvidenceCollector::new(&verifier, case.alice.certificate(), now()));
    assert!(collected.chain().is_ok(), "{collected}");
    assert_eq!(asked, ["GET /issuing.cer", "GET /ocsp/", "GET /ocsp/"]);

    // But nothing is asked for a certificate that has itself expired.
    let expired = Profile::signer("Alice", KeyKind::P256).valid(hours(-2000), hours(-1));
    let expired = case.pki.issue(expired);
    let known = [case.pki.intermediate().clone()];
    let verifier = case.verifier().intermediates(&known);
    let (collected, asked) = case.collect(EvidenceCollector::new(&verifier, expired.certificate(), now()));
    assert!(collected.missing().is_empty() && asked.is_empty(), "{collected} {asked:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever a network answers, in whatever order: it ends within the limits, asks no place twice, and trusts
    /// nobody who was revoked.
    #[test]
    fn a_hostile_network_gains_nothing(
        answers in prop::collection::vec((0_usize..10, any::<prop::sample::Index>(), 0_u8..4), 1..12),
        revoked in any::<bool>(),
    ) {
        let case = Case::new();
        if revoked {
            case.pki.revoke(case.alice.certificate(), hours(-2), RevocationReason::KeyCompromise);
        }
        let stranger = TestPki::at(now());
        let alice = case.alice.certificate();
        let impostor = case.pki.issuing().impostor();
        let message = chancery_cms::SignedMessage::without_signers(
            &[impostor.certificate().clone(), case.pki.root().clone(), case.pki.intermediate().clone()],
            &[case.pki.crl()],
            &[],
        );
        let pieces = [
            message.unwrap().into_bytes(),
            case.pki.intermediate().to_der().to_vec(),
            impostor.certificate().to_der().to_vec(),
            case.pki.ocsp(alice),
            case.pki.ocsp(case.pki.intermediate()),
            case.pki.crl(),
            case.pki.crls().remove(0),
            stranger.crl(),
            impostor.crl(hours(-1), hours(24)),
            b"<html>".to_vec(),
        ];
        let next = Mutex::new(answers.iter().cycle());
        let network = transport_fn(|_: &Request| {
            let (piece, at, flip) = next.lock().unwrap().next().unwrap();
            let mut body = pieces[*piece].clone();
            let at = at.index(body.len());
            // Mostly as it is, sometimes changed.
            body[at] ^= flip.saturating_sub(2);
            Ok(Response::ok("application/octet-stream", body))
        });
        let network = Recorder { whole: true, ..Recorder::new(network) };
        let collected = case.collector().collect(&network);
        let mut asked = network.asked();
        prop_assert!(asked.len() <= 32);
        asked.sort_unstable();
        let count = asked.len();
        asked.dedup();
        prop_assert_eq!(asked.len(), count);
        if revoked {
            prop_assert!(collected.chain().is_err());
        }
        if let Ok(chain) = collected.chain() {
            prop_assert!(collected.missing().is_empty());
            prop_assert_eq!(chain.certificates().len(), 3);
        }
    }
}
