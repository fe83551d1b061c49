//! How the certificates of issuers are found.

use std::collections::HashMap;

use chancery_certificate::{Certificate, asn1, asn1::tag};
use chancery_chain::{
    AnswerError, ChainVerifier, EvidenceCollector, FetchFault, Missing, Purpose, RevocationPolicy,
    TrustAnchors,
};
use chancery_http::{Request, Response, Transport, transport_fn};
use chancery_key::KeyKind;
use chancery_testkit::{Locations, Profile, TestAuthority, TestExtension, TestPki, oid, test_key};

use super::parts::{Case, Recorder, hours, now};

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
