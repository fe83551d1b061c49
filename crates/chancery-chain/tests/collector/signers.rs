//! Those who sign lists and answers in the name of others, and lists that continue others.

use chancery_certificate::{asn1, asn1::tag};
use chancery_chain::{
    ChainVerifier, EvidenceCollector, Purpose, RevocationPolicy, SourceOrder, TrustAnchors,
};
use chancery_http::{Request, Response, transport_fn};
use chancery_key::KeyKind;
use chancery_testkit::{CrlProfile, Locations, OcspAnswer, Profile, TestAuthority, TestExtension, oid};
use const_oid::ObjectIdentifier as Oid;

use super::parts::{Recorder, hours, now};

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
