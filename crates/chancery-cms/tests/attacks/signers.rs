//! Several signers, each with a verdict.

use chancery_certificate::asn1::{self, tag};
use chancery_cms::attributes::DATA;
use chancery_cms::{CertificateBinding, FaultKind, Reading, SignedMessage, SignerFault, WithoutContent};
use chancery_digest::Digests;
use chancery_key::{KeyKind, Signer};
use const_oid::ObjectIdentifier as Oid;

use super::forge::{Forgery, check, message_bytes};
use super::parts::{CONTRACT, alice, pki};

#[test]
fn the_forger_makes_sound_messages_unless_told_otherwise() {
    let alice = alice();
    let message = Forgery::sound(&alice, CONTRACT).message(&alice);
    let checked = check(&message);
    let signer = checked.sound().unwrap();
    assert_eq!(signer.binding(), CertificateBinding::EssV2);
    assert_eq!(signer.reading(), Reading::Der);
    assert_eq!(signer.remarks(), []);
    assert_eq!(signer.certificate(), &alice.chain()[0]);
}

#[test]
fn one_good_signer_does_not_pass_another() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let good = Forgery::sound(&alice, CONTRACT);
    let bad = Forgery { signs: Some(b"something else".to_vec()), ..Forgery::sound(&alice, CONTRACT) };
    let signers = [&good, &bad].map(|forgery| forgery.message(&alice).signers()[0].to_bytes().to_vec());
    let content = asn1::encode(tag::constructed(0), &asn1::octet_string(CONTRACT));
    let bytes = message_bytes(&good.digest_algorithm, DATA, &content, &good.certificates, &signers);
    let message = SignedMessage::from_ber(&bytes).unwrap();
    let content = message.content_digests();
    let checks: Vec<_> =
        message.signers().iter().map(|signer| signer.check(&message, &content, &[])).collect();
    assert!(checks[0].sound().is_some());
    assert_eq!(checks[1].faults(), [SignerFault::SignatureMismatch]);
}

#[test]
fn the_total_of_a_message_is_its_worst_signer() {
    let alice = alice();
    let good = Forgery::sound(&alice, CONTRACT);
    let bad = Forgery { signs: Some(b"something else".to_vec()), ..Forgery::sound(&alice, CONTRACT) };
    let signers = [&good, &bad].map(|forgery| forgery.message(&alice).signers()[0].to_bytes().to_vec());
    let with = |signers: &[Vec<u8>]| {
        let content = asn1::encode(tag::constructed(0), &asn1::octet_string(CONTRACT));
        let bytes = message_bytes(&good.digest_algorithm, DATA, &content, &good.certificates, signers);
        let message = SignedMessage::from_ber(&bytes).unwrap();
        message.check(&message.content_digests(), &[])
    };
    let both = with(&signers);
    assert!(both.signers()[0].sound().is_some());
    assert!(!both.is_sound());
    assert_eq!(both.worst(), Some(FaultKind::Mathematics));
    assert!(with(&signers[..1]).is_sound());
    assert!(!with(&[]).is_sound(), "nobody signed");
    // What cannot be told does not hide what is broken, in whatever order.
    let dsa = asn1::sequence(&[&asn1::oid(&Oid::new_unwrap("1.2.840.10040.4.3"))]);
    let unsupported = Forgery { signature_algorithm: dsa, ..Forgery::sound(&alice, CONTRACT) };
    let unsupported = unsupported.message(&alice).signers()[0].to_bytes().to_vec();
    assert_eq!(with(std::slice::from_ref(&unsupported)).worst(), Some(FaultKind::CannotTell));
    for pair in [[unsupported.clone(), signers[1].clone()], [signers[1].clone(), unsupported]] {
        assert_eq!(with(&pair).worst(), Some(FaultKind::Mathematics));
    }
}

/// Ed25519 without signed attributes and without content: cannot be told, and that is said.
#[test]
fn every_verdict_that_is_not_sound_has_a_reason() {
    let alice = pki().signer("Alice", KeyKind::Ed25519);
    let message = Forgery { signed: None, ..Forgery::sound(&alice, CONTRACT) }.message(&alice);
    let told = message.signers()[0].check(&message, &Digests::default(), &[]);
    assert_eq!(told.faults(), [SignerFault::ContentMissing { signature: WithoutContent::NotChecked }]);
}
