//! What is not asked, and when it ends.

use std::sync::Mutex;

use chancery_certificate::{asn1, asn1::tag};
use chancery_chain::{
    AnswerError, ChainFault, CollectorLimits, Evidence, EvidenceCollector, FetchFault, Limits, Missing,
};
use chancery_http::{Request, Response, Transport, TransportError, transport_fn};
use chancery_key::KeyKind;
use chancery_testkit::{Profile, RevocationReason, TestExtension, TestPki, oid};
use proptest::prelude::*;

use super::parts::{Case, Recorder, hours, now};

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
