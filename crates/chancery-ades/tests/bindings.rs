//! How firmly a signature must name its certificate: a digest by MD5 is worth nothing, one by SHA-1 is bound by date.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails where it stands"
)]

mod support;

use chancery_ades::{Policy, RequiredBinding, SignatureReport, SubIndication};
use chancery_certificate::Certificate;
use chancery_certificate::asn1::{self, tag};
use chancery_chain::WeakAlgorithms;
use chancery_cms::{SignedMessage, attributes};
use chancery_digest::{AnyDigest, DigestAlgorithm, LegacyDigest};
use chancery_key::{Signer, ToBeSigned};
use const_oid::ObjectIdentifier as Oid;
use support::{Signed, World, assert_failed, assert_open, assert_passed, at, kinds};

/// ecdsa-with-SHA256 (RFC 5758, 3.2).
const ECDSA_WITH_SHA256: Oid = Oid::new_unwrap("1.2.840.10045.4.3.2");

/// A reference to the certificate by a digest that has collisions (RFC 5035, 5.4.1).
fn reference(certificate: &Certificate, digest: LegacyDigest) -> Vec<u8> {
    let algorithm = asn1::sequence(&[&asn1::oid(&digest.oid())]);
    let value = asn1::octet_string(digest.digest(certificate.to_der()).as_bytes());
    asn1::sequence(&[&asn1::sequence(&[&asn1::sequence(&[&algorithm, &value])])])
}

fn attribute(oid: &Oid, value: &[u8]) -> Vec<u8> {
    asn1::sequence(&[&asn1::oid(oid), &asn1::encode(tag::SET, value)])
}

/// A signature of Alice whose only reference to her certificate is by this digest; none: it has no reference at all.
fn signed_naming_by(world: &World, digest: Option<LegacyDigest>) -> Signed {
    let mut signed = world.sign();
    let (key, certificate) = (world.alice.signer(), world.alice.certificate());
    let content = DigestAlgorithm::Sha256.digest(b"a contract");
    let mut signed_attributes = vec![
        attribute(&attributes::CONTENT_TYPE, &asn1::oid(&attributes::DATA)),
        attribute(&attributes::MESSAGE_DIGEST, &asn1::octet_string(content.as_bytes())),
    ];
    signed_attributes.extend(
        digest.map(|digest| attribute(&attributes::SIGNING_CERTIFICATE_V2, &reference(certificate, digest))),
    );
    let set = asn1::set_of(signed_attributes);
    let value = key.sign(&ToBeSigned::new(key.algorithm(), set.clone())).unwrap();
    let implicit = asn1::Element::only(&set, tag::SET).unwrap().content;
    let sha256 = asn1::sequence(&[&asn1::oid(&DigestAlgorithm::Sha256.oid())]);
    let signer = asn1::sequence(&[
        &asn1::integer(&[1]),
        &asn1::sequence(&[certificate.issuer().to_der(), &asn1::integer(certificate.serial())]),
        &sha256,
        &asn1::encode(tag::constructed(0), implicit),
        &asn1::sequence(&[&asn1::oid(&ECDSA_WITH_SHA256)]),
        &asn1::octet_string(value.as_bytes()),
    ]);
    let message = asn1::sequence(&[
        &asn1::integer(&[1]),
        &asn1::encode(tag::SET, &sha256),
        &asn1::sequence(&[&asn1::oid(&attributes::DATA)]),
        &asn1::encode(tag::constructed(0), certificate.to_der()),
        &asn1::encode(tag::SET, &signer),
    ]);
    let message = asn1::encode(tag::constructed(0), &message);
    let message = asn1::sequence(&[&asn1::oid(&attributes::SIGNED_DATA), &message]);
    signed.message = SignedMessage::from_ber(&message).unwrap();
    signed
}

fn judge(
    world: &World,
    policy: Policy,
    digest: Option<LegacyDigest>,
    binding: RequiredBinding,
) -> SignatureReport {
    let mut subject = signed_naming_by(world, digest).subject();
    subject.binding = binding;
    subject.validate(&policy.evidence(world.lists(at("2025-06-10"))), at("2025-06-15"))
}

#[test]
fn a_reference_by_md5_is_none_and_the_report_says_why() {
    let world = World::new();
    let report = judge(&world, world.policy(), Some(LegacyDigest::Md5), RequiredBinding::Signed);
    assert_failed(&report, SubIndication::SignatureConstraintsFailure);
    let text = report.verdict().to_string();
    assert!(text.contains("by MD5 only") && !text.contains("no signing-certificate"), "{text}");
    // Where none is asked for, it is told.
    let report = judge(&world, world.policy(), Some(LegacyDigest::Md5), RequiredBinding::Optional);
    assert_passed(&report);
    assert!(kinds(&report).contains(&"certificate-not-bound"), "{report}");
}

#[test]
fn a_missing_reference_is_called_missing() {
    let world = World::new();
    let report = judge(&world, world.policy(), None, RequiredBinding::Signed);
    assert_failed(&report, SubIndication::SignatureConstraintsFailure);
    assert!(report.verdict().to_string().contains("no signing-certificate attribute"), "{report}");
}

/// Nobody finds a second certificate with the SHA-1 digest of a given one, so that it is told and no more, as EU DSS
/// does; who wants the letter of the table says so.
#[test]
fn a_reference_by_sha_1_is_bound_by_date_where_the_policy_asks() {
    let world = World::new();
    let report = judge(&world, world.policy(), Some(LegacyDigest::Sha1), RequiredBinding::Signed);
    assert_passed(&report);
    assert!(kinds(&report).contains(&"weak-certificate-reference"), "{report}");
    let letter = world.policy().on_weak_references(WeakAlgorithms::Refuse);
    let report = judge(&world, letter, Some(LegacyDigest::Sha1), RequiredBinding::Signed);
    assert_open(&report, SubIndication::CryptographicConstraintsFailureNoProof);
    assert!(report.verdict().to_string().contains("from before 2012-08-01"), "{report}");
}
