//! What is signed, and what is shown.

use chancery_certificate::asn1::{self, tag};
use chancery_cms::attributes::{CONTENT_TYPE, DATA};
use chancery_cms::{FaultKind, SignedMessage, SignerFault, WithoutContent};
use chancery_digest::{AnyDigest, Digest, DigestAlgorithm, Digests, KnownDigest};
use chancery_key::{KeyKind, Signer};
use const_oid::ObjectIdentifier as Oid;

use super::forge::{Forgery, attribute, check, message_bytes};
use super::parts::{CONTRACT, alice, pki};

#[test]
fn changed_content_or_signature_fails_in_the_mathematics() {
    let alice = alice();
    let bytes = Forgery::sound(&alice, CONTRACT).bytes(&alice);
    let position = bytes.windows(CONTRACT.len()).position(|window| window == CONTRACT).unwrap();
    let mut changed = bytes.clone();
    changed[position] ^= 1;
    let message = SignedMessage::from_ber(&changed).unwrap();
    assert_eq!(check(&message).faults(), [SignerFault::DigestMismatch { algorithm: "SHA-256" }]);

    let forged = Forgery { signs: Some(b"something else".to_vec()), ..Forgery::sound(&alice, CONTRACT) };
    assert_eq!(forged.faults(&alice), [SignerFault::SignatureMismatch]);
    assert_eq!(check(&forged.message(&alice)).worst(), Some(FaultKind::Mathematics));
}

#[test]
fn missing_things_are_told_apart_from_broken_ones() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let sound = Forgery::sound(&alice, CONTRACT);
    let message = sound.message(&alice);
    let signer = &message.signers()[0];
    let none = Digests::default();
    let told = signer.check(&message, &none, &[]);
    assert_eq!(told.faults(), [SignerFault::ContentMissing { signature: WithoutContent::AttributesHold }]);
    assert_eq!(told.worst(), Some(FaultKind::CannotTell));
    // SHA-256 of something else is not "missing".
    let other = DigestAlgorithm::Sha256.digest(b"other");
    let told = signer.check(&message, &Digests::of([Digest::<KnownDigest>::from(other)]), &[]);
    assert_eq!(told.worst(), Some(FaultKind::Mathematics));

    let bare = Forgery { certificates: vec![], ..sound };
    let message = bare.message(&alice);
    let faults = check(&message).faults().to_vec();
    assert!(matches!(&faults[..], [SignerFault::CertificateMissing { .. }]), "{faults:?}");
    let found = message.signers()[0].check(&message, &message.content_digests(), alice.chain());
    assert!(found.sound().is_some());

    let dsa = asn1::sequence(&[&asn1::oid(&Oid::new_unwrap("1.2.840.10040.4.3"))]);
    let forged = Forgery { signature_algorithm: dsa, ..Forgery::sound(&alice, CONTRACT) };
    let checked = check(&forged.message(&alice));
    assert_eq!(checked.worst(), Some(FaultKind::CannotTell));
    assert!(matches!(checked.faults(), [SignerFault::Unsupported { .. }]));
}

/// A signature without signed attributes over what the message encloses, shown for other content: Ed25519 takes the
/// content itself, so the digests that are asked about have to be compared too.
#[test]
fn ed25519_over_other_content_than_asked_about() {
    let alice = pki().signer("Alice", KeyKind::Ed25519);
    let message = Forgery { signed: None, ..Forgery::sound(&alice, b"good morning") }.message(&alice);
    assert!(check(&message).sound().is_some());
    let other = Digests::over_bytes(message.digest_algorithms(), CONTRACT);
    let faults = message.signers()[0].check(&message, &other, &[]).faults().to_vec();
    assert!(matches!(faults[..], [SignerFault::OtherContentEnclosed { .. }]), "{faults:?}");
}

#[test]
fn content_not_in_an_octet_string_is_vouched_for_by_nobody() {
    let alice = alice();
    let inside = asn1::integer(&[42]);
    let spc_indirect_data = Oid::new_unwrap("1.3.6.1.4.1.311.2.1.4");
    let content_type = vec![attribute(CONTENT_TYPE, &asn1::oid(&spc_indirect_data))];
    let sound = Forgery { content_type: spc_indirect_data, ..Forgery::sound(&alice, &inside) }
        .replace(CONTENT_TYPE, content_type);
    let signer = sound.message(&alice).signers()[0].to_bytes().to_vec();
    let with = |content_type, content: &[u8]| {
        let explicit = asn1::encode(tag::constructed(0), content);
        let bytes = message_bytes(
            &sound.digest_algorithm,
            content_type,
            &explicit,
            &sound.certificates,
            std::slice::from_ref(&signer),
        );
        SignedMessage::from_ber(&bytes).unwrap()
    };
    let reason = "PKCS #7 content with tag 0x30 that is not wrapped in an OCTET STRING".to_owned();
    let unsupported = SignerFault::UnsupportedForm { reason };
    let message = with(spc_indirect_data, &asn1::sequence(&[&inside]));
    assert_eq!(check(&message).faults(), std::slice::from_ref(&unsupported));
    assert_eq!(message.content(), None);
    assert_eq!(message.unwrapped_content(), Some((tag::SEQUENCE, inside.as_slice())));
    // Its DER encoding counts, where the length is indefinite.
    let indefinite = [&[tag::SEQUENCE, 0x80], &inside[..], &[0, 0]].concat();
    assert_eq!(check(&with(spc_indirect_data, &indefinite)).faults(), std::slice::from_ref(&unsupported));
    let other = with(spc_indirect_data, &asn1::sequence(&[&asn1::integer(&[43])]));
    assert_eq!(check(&other).faults(), [SignerFault::DigestMismatch { algorithm: "SHA-256" }, unsupported]);

    // What is said to be data and is none: a file in another form than was signed.
    let data = Forgery::sound(&alice, &inside);
    let signer = data.message(&alice).signers()[0].to_bytes().to_vec();
    let explicit = asn1::encode(tag::constructed(0), &asn1::sequence(&[&inside]));
    let bytes = message_bytes(&data.digest_algorithm, DATA, &explicit, &data.certificates, &[signer]);
    let faults = check(&SignedMessage::from_ber(&bytes).unwrap()).faults().to_vec();
    assert_eq!(faults, [SignerFault::DataNotOctets { tag: tag::SEQUENCE }]);
}

/// A message that encloses one thing, shown for another: what is shown to people may be what is enclosed.
#[test]
fn content_other_than_the_enclosed_is_not_vouched_for() {
    let alice = alice();
    let enclosing = |content: &[u8], signed| {
        let forged = Forgery { signed, ..Forgery::sound(&alice, CONTRACT) };
        let signer = forged.message(&alice).signers()[0].to_bytes().to_vec();
        let explicit = asn1::encode(tag::constructed(0), &asn1::octet_string(content));
        let bytes = message_bytes(&forged.digest_algorithm, DATA, &explicit, &forged.certificates, &[signer]);
        SignedMessage::from_ber(&bytes).unwrap()
    };
    let asked = |message: &SignedMessage| Digests::over_bytes(message.digest_algorithms(), CONTRACT);
    let expected = SignerFault::OtherContentEnclosed { algorithm: "SHA-256" };
    for signed in [None, Forgery::sound(&alice, CONTRACT).signed] {
        let other = enclosing(b"I owe you a million", signed.clone());
        let faults = other.signers()[0].check(&other, &asked(&other), &[]).faults().to_vec();
        assert_eq!(faults, std::slice::from_ref(&expected));
        let streamed = chancery_cms::MessageReader::new().read(other.to_bytes()).unwrap();
        let faults = streamed.signers()[0].check(&streamed, &asked(&streamed), &[]).faults().to_vec();
        assert_eq!(faults, std::slice::from_ref(&expected));
        let same = enclosing(CONTRACT, signed);
        assert!(same.signers()[0].check(&same, &asked(&same), &[]).sound().is_some());
    }
}
