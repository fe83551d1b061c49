//! Counter-signatures: each has a verdict of its own, over the signature value of its target.

use chancery_certificate::asn1;
use chancery_cms::attributes::{CONTENT_TYPE, COUNTERSIGNATURE, MESSAGE_DIGEST};
use chancery_cms::{
    Attribute, CertificateBinding, CountersignatureCheck, CountersignaturePreparation, FaultKind, Remark,
    SignedMessage, SignerFault,
};
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_key::{KeyKind, Signer, SoftwareSigner};

use crate::forge::{Forgery, Order, attribute, check, message_bytes};
use crate::parts::{CONTRACT, pki};

struct Scene {
    alice: SoftwareSigner,
    notary: SoftwareSigner,
    message: SignedMessage,
}

impl Scene {
    fn new() -> Self {
        let pki = pki();
        let alice = pki.signer("Alice", KeyKind::P256);
        let notary = pki.signer("Notary", KeyKind::P256);
        let message = Forgery::sound(&alice, CONTRACT).message(&alice);
        Self { alice, notary, message }
    }

    /// What the notary would sign to counter-sign Alice.
    fn countersigning(&self) -> Forgery {
        let value = self.message.signers()[0].signature();
        Forgery::sound(&self.notary, value).replace(CONTENT_TYPE, vec![])
    }

    fn with(&self, countersignature: &Forgery) -> SignedMessage {
        let signer_info = countersignature.message(&self.notary).signers()[0].to_bytes().to_vec();
        self.message.with_unsigned_attribute(0, &Attribute::new(COUNTERSIGNATURE, signer_info)).unwrap()
    }

    fn judge(&self, message: &SignedMessage) -> Vec<CountersignatureCheck> {
        assert!(check(message).sound().is_some(), "a counter-signature changes nothing for the signer");
        message.signers()[0].check_countersignatures(message, self.notary.chain())
    }

    fn faults(&self, countersignature: &Forgery) -> Vec<SignerFault> {
        let checks = self.judge(&self.with(countersignature));
        assert_eq!(checks.len(), 1);
        assert_eq!(checks[0].place(), [0]);
        checks[0].check().faults().to_vec()
    }
}

#[test]
fn what_is_made_to_countersign_is_sound_and_so_is_what_countersigns_it() {
    let scene = Scene::new();
    assert_eq!(scene.judge(&scene.message).len(), 0);
    let countersign = |by: &SoftwareSigner, message: &SignedMessage, target| {
        let prepared =
            CountersignaturePreparation::new(by.chain(), by.algorithm(), target).prepare().unwrap();
        let signature = by.sign(prepared.to_be_signed()).unwrap();
        message.with_countersignature(&prepared.finish(signature).unwrap()).unwrap()
    };
    let once = countersign(&scene.notary, &scene.message, &scene.message.signers()[0]);
    let checks = scene.judge(&once);
    let [first] = checks.as_slice() else { panic!("{checks:?}") };
    let sound = first.check().sound().unwrap();
    assert_eq!(sound.certificate(), &scene.notary.chain()[0]);
    assert_eq!(sound.binding(), CertificateBinding::EssV2);

    let twice = countersign(&scene.alice, &once, first.signer().unwrap());
    let checks = scene.judge(&twice);
    let places: Vec<_> = checks.iter().map(CountersignatureCheck::place).collect();
    assert_eq!(places, [&[0][..], &[0, 0]]);
    assert!(checks.iter().all(|check| check.check().sound().is_some()));
    assert_eq!(checks[1].check().sound().unwrap().certificate(), &scene.alice.chain()[0]);
}

#[test]
fn a_countersignature_of_another_signature_does_not_count() {
    let scene = Scene::new();
    let other = Forgery::sound(&scene.notary, b"another signature value").replace(CONTENT_TYPE, vec![]);
    assert_eq!(scene.faults(&other), [SignerFault::DigestMismatch { algorithm: "SHA-256" }]);
    // The content instead of the signature value: what some programs do by mistake.
    let content = Forgery::sound(&scene.notary, CONTRACT).replace(CONTENT_TYPE, vec![]);
    assert_eq!(scene.faults(&content), [SignerFault::DigestMismatch { algorithm: "SHA-256" }]);
    let changed = Forgery { signs: Some(b"something else".to_vec()), ..scene.countersigning() };
    assert_eq!(scene.faults(&changed), [SignerFault::SignatureMismatch]);
}

#[test]
fn a_signature_over_a_file_is_no_countersignature() {
    let scene = Scene::new();
    // The notary signed a file that happens to hold the signature value.
    let file = Forgery::sound(&scene.notary, scene.message.signers()[0].signature());
    assert_eq!(scene.faults(&file), [SignerFault::ContentTypeOfCountersignature]);
    // And the other way round: what counter-signs signs no file.
    let message = scene.countersigning().message(&scene.notary);
    assert_eq!(check(&message).faults(), [SignerFault::AttributeMissing { oid: CONTENT_TYPE }]);
}

#[test]
fn a_countersignature_needs_its_message_digest_once_and_its_certificate() {
    let scene = Scene::new();
    let missing = scene.countersigning().replace(MESSAGE_DIGEST, vec![]);
    assert_eq!(scene.faults(&missing), [SignerFault::AttributeMissing { oid: MESSAGE_DIGEST }]);
    let value = scene.message.signers()[0].signature();
    let digest = asn1::octet_string(DigestAlgorithm::Sha256.digest(value).as_bytes());
    let twice = vec![attribute(MESSAGE_DIGEST, &digest), attribute(MESSAGE_DIGEST, &digest)];
    let twice = scene.countersigning().replace(MESSAGE_DIGEST, twice);
    assert_eq!(scene.faults(&twice), [SignerFault::AttributeTwice { oid: MESSAGE_DIGEST }]);

    let message = scene.with(&scene.countersigning());
    let checks = message.signers()[0].check_countersignatures(&message, &[]);
    let faults = checks[0].check().faults();
    assert!(matches!(faults, [SignerFault::CertificateMissing { .. }]), "{faults:?}");

    // Bare, over the value itself, is allowed.
    assert_eq!(scene.faults(&Forgery { signed: None, ..scene.countersigning() }), []);
    let reversed = Forgery { order: Order::Reversed, ..scene.countersigning() };
    assert_eq!(scene.faults(&reversed), []);
}

#[test]
fn what_cannot_be_read_as_a_countersignature_is_said_at_its_place() {
    let scene = Scene::new();
    let message = scene.with(&scene.countersigning());
    let junk = Attribute::new(COUNTERSIGNATURE, asn1::sequence(&[&asn1::null()]));
    let message = message.with_unsigned_attribute(0, &junk).unwrap();
    let checks = scene.judge(&message);
    assert_eq!(checks.len(), 2);
    let unread = checks.iter().find(|check| check.signer().is_none()).unwrap();
    let faults = unread.check().faults();
    assert!(matches!(faults, [SignerFault::CountersignatureUnreadable { .. }]), "{faults:?}");
    assert_eq!(checks.iter().filter(|check| check.check().sound().is_some()).count(), 1);
}

#[test]
fn countersignatures_have_a_budget_of_number_and_depth() {
    let scene = Scene::new();
    let signer_info = scene.countersigning().message(&scene.notary).signers()[0].to_bytes().to_vec();
    let many = vec![attribute(COUNTERSIGNATURE, &signer_info); 200];
    let message = Forgery { unsigned: many, ..Forgery::sound(&scene.alice, CONTRACT) }.message(&scene.alice);
    let checks = scene.judge(&message);
    assert_eq!(checks.len(), 65);
    let over = SignerFault::TooManyCountersignatures { what: "counter-signatures of one signer", limit: 64 };
    assert_eq!(over.kind(), FaultKind::CannotTell);
    assert_eq!(checks[64].check().faults(), [over]);

    // Each within the other, none of them sound: only depth is asked about.
    let mut nested = signer_info;
    for _ in 0..20 {
        let unsigned = vec![attribute(COUNTERSIGNATURE, &nested)];
        let outer = Forgery { unsigned, ..scene.countersigning() };
        nested = outer.message(&scene.notary).signers()[0].to_bytes().to_vec();
    }
    let deep = Attribute::new(COUNTERSIGNATURE, nested);
    let message = scene.message.with_unsigned_attribute(0, &deep).unwrap();
    let checks = scene.judge(&message);
    assert_eq!(checks.len(), 9);
    let over = SignerFault::TooManyCountersignatures { what: "levels of counter-signatures", limit: 8 };
    assert_eq!(checks[8].check().faults(), [over]);
}

#[test]
fn a_countersignature_among_the_signed_attributes_is_remarked() {
    let scene = Scene::new();
    let signer_info = scene.countersigning().message(&scene.notary).signers()[0].to_bytes().to_vec();
    let signed = vec![attribute(COUNTERSIGNATURE, &signer_info)];
    let forged = Forgery::sound(&scene.alice, CONTRACT).replace(COUNTERSIGNATURE, signed);
    let message = forged.message(&scene.alice);
    assert_eq!(check(&message).sound().unwrap().remarks(), [Remark::CountersignatureSigned]);
    assert_eq!(scene.judge(&message).len(), 0);
}

/// The notary signed a file. What it signed, its signed attributes, are put where the signature value of another stands,
/// with its signature as a counter-signature that has no attributes.
#[test]
fn signed_attributes_are_no_value_to_countersign() {
    let scene = Scene::new();
    let mut attributes = Forgery::sound(&scene.notary, b"a file").signed.unwrap();
    attributes.sort();
    let signed = asn1::encode(asn1::tag::SET, &attributes.concat());
    let judge = |value: &[u8]| {
        let sound = Forgery::sound(&scene.alice, CONTRACT);
        let mut fields =
            asn1::Element::only(scene.message.signers()[0].to_bytes(), asn1::tag::SEQUENCE).unwrap().reader();
        let mut parts = Vec::new();
        while !fields.is_empty() {
            let field = fields.element().unwrap();
            let is_value = field.tag == asn1::tag::OCTET_STRING;
            parts.extend(if is_value { asn1::octet_string(value) } else { field.raw.to_vec() });
        }
        let content = asn1::encode(asn1::tag::constructed(0), &asn1::octet_string(CONTRACT));
        let target = asn1::sequence(&[&parts]);
        let bytes = message_bytes(
            &sound.digest_algorithm,
            sound.content_type,
            &content,
            &sound.certificates,
            &[target],
        );
        let bare = Forgery { signed: None, ..Forgery::sound(&scene.notary, value) }.message(&scene.notary);
        let countersignature = Attribute::new(COUNTERSIGNATURE, bare.signers()[0].to_bytes());
        let message = SignedMessage::from_ber(&bytes).unwrap();
        let message = message.with_unsigned_attribute(0, &countersignature).unwrap();
        let checks = message.signers()[0].check_countersignatures(&message, scene.notary.chain());
        checks[0].check().faults().to_vec()
    };
    assert_eq!(judge(&signed), [SignerFault::ContentIsAttributes]);
    assert_eq!(judge(scene.message.signers()[0].signature()), []);
}
