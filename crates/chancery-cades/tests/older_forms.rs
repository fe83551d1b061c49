//! Timestamps of the older forms: archive-time-stamp version 2, and those over references.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod common;

use chancery_ades::{CoveringTimestamp, Policy, TimestampKind};
use chancery_cades::attributes::{
    ARCHIVE_TIMESTAMP_V1, ARCHIVE_TIMESTAMP_V2, CERTIFICATE_REFERENCES, CERTIFICATE_VALUES,
    REFERENCES_AND_SIGNATURE_TIMESTAMP, REFERENCES_TIMESTAMP, REVOCATION_REFERENCES, REVOCATION_VALUES,
};
use chancery_cades::{CadesError, CadesSignature, CadesVerifier, Level};
use chancery_certificate::asn1::{self, tag};
use chancery_chain::{RevocationPolicy, TrustAnchors};
use chancery_cms::attributes::SIGNATURE_TIMESTAMP;
use chancery_cms::{Attribute, SignedMessage};
use chancery_digest::{AnyDigest, DigestAlgorithm};
use common::{Office, archives, presented, read, replace};
use const_oid::ObjectIdentifier as Oid;

/// What TS 101 733, annex K lays down, part by part: content, certificates, CRLs, signer, unsigned attributes.
fn preimage_v2(message: &SignedMessage) -> Vec<u8> {
    let (parts, signer) = (message.received().unwrap(), message.signers()[0].received().unwrap());
    let set = |set: Option<&chancery_cms::ReceivedSet<'_>>| {
        set.map(|set| set.as_bytes().to_vec()).unwrap_or_default()
    };
    [
        parts.encapsulated().as_bytes(),
        &set(parts.certificates()),
        &set(parts.revocations()),
        &signer.signed_fields(),
        &set(signer.unsigned_attributes()),
    ]
    .concat()
}

fn stamped(office: &Office, message: &SignedMessage, oid: Oid, stamped: &[u8]) -> SignedMessage {
    office.wait();
    let token = office.token(&DigestAlgorithm::Sha256.digest(stamped));
    message.with_unsigned_attribute(0, &Attribute::new(oid, token.to_der())).unwrap()
}

fn archived_v2(office: &Office) -> SignedMessage {
    let preserved = office.long_term();
    let message = preserved.message();
    stamped(office, message, ARCHIVE_TIMESTAMP_V2, &preimage_v2(message))
}

fn signed(message: &SignedMessage) -> CadesSignature {
    CadesSignature::first_of(message.clone()).unwrap()
}

fn of_kind(message: &SignedMessage, kind: TimestampKind) -> CoveringTimestamp {
    let subject = presented(message, 0);
    subject.timestamps.into_iter().find(|stamp| stamp.kind == kind).unwrap()
}

#[test]
fn version_2_covers_the_whole_message() {
    let office = Office::open();
    let message = archived_v2(&office);
    assert_eq!(Level::of(&message, &message.signers()[0]), Level::BaselineLt);
    let stamp = of_kind(&message, TimestampKind::Archive);
    assert!(stamp.token.is_ok(), "{:?}", stamp.token);
    assert_eq!(stamp.covers.tokens().count(), 1);
    assert!(stamp.covers.covered_evidence().certificates().contains(office.pki.root()));
    assert_eq!(stamp.covers.covered_evidence().ocsp().len(), 3);
}

#[test]
fn version_2_without_the_header_of_the_attributes_is_known_too() {
    let office = Office::open();
    let preserved = office.long_term();
    let message = preserved.message();
    let whole = preimage_v2(message);
    let signer = message.signers()[0].received().unwrap();
    let attributes = signer.unsigned_attributes().unwrap();
    let without: Vec<u8> =
        attributes.members().iter().flat_map(|attribute| attribute.as_bytes().to_vec()).collect();
    let before = &whole[..whole.len() - attributes.as_bytes().len()];
    let message = stamped(&office, message, ARCHIVE_TIMESTAMP_V2, &[before, &without].concat());
    assert!(of_kind(&message, TimestampKind::Archive).token.is_ok());
}

#[test]
fn version_2_breaks_when_anything_is_added_to_the_message() {
    let office = Office::open();
    let message = archived_v2(&office);
    let root = office.pki.root().to_der();
    let stranger = office.pki.issue(chancery_testkit::Profile::signer("M", chancery_key::KeyKind::P256));
    for new in [&[][..], &[root, stranger.certificate().to_der()].concat()] {
        let changed = read(&replace(message.to_bytes(), root, new));
        let stamp = of_kind(&changed, TimestampKind::Archive);
        assert!(stamp.token.is_err());
        assert_eq!(stamp.covers.signatures().count(), 0);
    }
}

#[test]
fn evidence_for_version_2_goes_into_its_token() {
    let office = Office::open();
    let message = archived_v2(&office);
    let preserved = office.preserved(&signed(&message));
    let fields = |message: &SignedMessage| {
        (message.certificates().to_vec(), message.crls().to_vec(), message.other_revocations().to_vec())
    };
    assert_eq!(fields(preserved.message()), fields(&message), "the message stays as it was");
    let stamp = of_kind(preserved.message(), TimestampKind::Archive);
    assert!(stamp.token.is_ok(), "{:?}", stamp.token);
    assert_eq!(stamp.evidence.ocsp().len(), 2, "of the authority and of its issuer");

    // A version 3 on top covers it with what is in it now.
    let renewed = office.archived(&preserved);
    let subject = presented(renewed.message(), 0);
    let stamps = archives(&subject);
    assert_eq!(stamps.len(), 2);
    assert!(stamps.iter().all(|stamp| stamp.token.is_ok()));
    let again = office.archived(&office.preserved(&renewed));
    assert_eq!(fields(again.message()), fields(&message));
    let subject = presented(again.message(), 0);
    assert!(archives(&subject).iter().all(|stamp| stamp.token.is_ok()));
    assert_eq!(archives(&subject).len(), 3);
}

#[test]
fn version_2_over_detached_content_needs_the_content() {
    let office = Office::open();
    let preserved = office.preserved(&office.stamped(&office.detached()));
    let message = preserved.message();
    let parts = message.received().unwrap();
    let whole = preimage_v2(message);
    let (before, after) = whole.split_at(parts.encapsulated().as_bytes().len());
    let over = [before, common::CONTENT, after].concat();
    let message = stamped(&office, message, ARCHIVE_TIMESTAMP_V2, &over);
    // By its digests alone nothing can be said.
    let fault = of_kind(&message, TimestampKind::Archive).token.unwrap_err().to_string();
    assert!(fault.contains("detached"), "{fault}");
    let anchors = TrustAnchors::new([office.pki.root().clone()]);
    let policy = Policy::new(anchors, RevocationPolicy::Require);
    let told = |content: &[u8]| {
        let at = office.pki.now();
        let report = CadesVerifier::new(&policy).verify_detached_at(message.to_bytes(), content, at).unwrap();
        report.to_string()
    };
    let (right, wrong) = (told(common::CONTENT), told(b"something else"));
    assert!(!right.contains("digest differs") && !right.contains("could not be judged"), "{right}");
    assert!(wrong.contains("it stamps other bytes: its SHA-256 digest differs"), "{wrong}");
}

#[test]
fn version_1_is_not_judged() {
    let office = Office::open();
    let message = stamped(&office, office.long_term().message(), ARCHIVE_TIMESTAMP_V1, b"whatever");
    let fault = of_kind(&message, TimestampKind::Archive).token.unwrap_err().to_string();
    assert!(fault.contains("version 1"), "{fault}");
}

#[test]
fn another_signer_cannot_add_evidence_under_version_2() {
    let office = Office::open();
    let first = office.preserved(&office.stamped(&signed(&office.joined_by("Bob"))));
    let second = office.stamped(&CadesSignature::of(first.message().clone(), 1).unwrap());
    let message = stamped(&office, second.message(), ARCHIVE_TIMESTAMP_V2, &preimage_v2(second.message()));
    let second = CadesSignature::of(message, 1).unwrap();
    let error = second.preserve(&office.collected(&second).unwrap()).unwrap_err();
    assert!(matches!(error, CadesError::ClosedByOlderTimestamp), "{error}");
}

#[test]
fn timestamps_over_references_match_what_they_are_over() {
    let office = Office::open();
    let references = asn1::sequence(&[]);
    let basic = office.stamped(&office.basic());
    let mut message = basic.message().clone();
    for oid in [CERTIFICATE_REFERENCES, REVOCATION_REFERENCES] {
        message = message.with_unsigned_attribute(0, &Attribute::new(oid, references.clone())).unwrap();
    }
    let fields = |oid: Oid| {
        let unsigned = message.signers()[0].unsigned_attributes();
        let der = unsigned.find(oid).next().unwrap().to_der();
        asn1::Reader::new(&der).element().unwrap().content.to_vec()
    };
    let over_references = [fields(CERTIFICATE_REFERENCES), fields(REVOCATION_REFERENCES)].concat();
    let signature = message.signers()[0].signature();
    let over_both = [signature, &fields(SIGNATURE_TIMESTAMP), &over_references].concat();
    for (oid, kind, over) in [
        (REFERENCES_TIMESTAMP, TimestampKind::References, &over_references),
        (REFERENCES_AND_SIGNATURE_TIMESTAMP, TimestampKind::SignatureAndReferences, &over_both),
    ] {
        let good = of_kind(&stamped(&office, &message, oid, over), kind);
        assert!(good.token.is_ok(), "{kind}: {:?}", good.token);
        assert_eq!(good.covers.signatures().count(), usize::from(kind != TimestampKind::References));
        let bad = of_kind(&stamped(&office, &message, oid, b"something else"), kind);
        assert!(bad.token.is_err());
    }
}

#[test]
fn evidence_in_attributes_is_found() {
    let office = Office::open();
    let certificates = asn1::sequence(&[office.pki.root().to_der(), office.pki.intermediate().to_der()]);
    let lists = office.pki.crls();
    let lists =
        asn1::sequence(&[&asn1::encode(tag::constructed(0), &asn1::sequence(&[&lists[0], &lists[1]]))]);
    let basic = office.stamped(&office.basic());
    let message =
        basic.message().with_unsigned_attribute(0, &Attribute::new(CERTIFICATE_VALUES, certificates));
    let message =
        message.unwrap().with_unsigned_attribute(0, &Attribute::new(REVOCATION_VALUES, lists)).unwrap();
    let subject = presented(&message, 0);
    assert!(subject.evidence.certificates().contains(office.pki.root()));
    assert_eq!(subject.evidence.crls().len(), 2);
    assert_eq!(Level::of(&message, &message.signers()[0]), Level::XLong);
    // An archive timestamp covers what is in them.
    let archived = office.archived(&signed(&message));
    let stamp = of_kind(archived.message(), TimestampKind::Archive);
    assert_eq!(stamp.covers.covered_evidence().crls().len(), 2);
}

#[test]
fn many_older_timestamps_are_not_all_judged() {
    let office = Office::open();
    let token = office.token(&DigestAlgorithm::Sha256.digest(b"whatever"));
    let mut message = office.basic().message().clone();
    for _ in 0..20 {
        let attribute = Attribute::new(ARCHIVE_TIMESTAMP_V2, token.to_der());
        message = message.with_unsigned_attribute(0, &attribute).unwrap();
    }
    let subject = presented(&message, 0);
    let told = archives(&subject)
        .into_iter()
        .filter(|stamp| stamp.token.as_ref().is_err_and(|fault| fault.to_string().contains("only 16")));
    assert_eq!(told.count(), 4);
}
