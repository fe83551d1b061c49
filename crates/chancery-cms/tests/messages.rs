//! Messages made in two steps: in every algorithm, attached and detached, stored, extended, read by a second reader.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod forge;

use chancery_certificate::Certificate;
use chancery_certificate::asn1::{self, tag};
use chancery_cms::attributes::{
    CONTENT_TYPE, MESSAGE_DIGEST, SIGNATURE_TIMESTAMP, SIGNED_DATA, SIGNING_CERTIFICATE_V2, SIGNING_TIME,
    TIMESTAMP_INFO,
};
use chancery_cms::{
    Attribute, CertificateBinding, CmsError, KnownCertificates, Preparation, PreparedMessage, SignedMessage,
};
use chancery_digest::{AnyDigest, Digest, DigestAlgorithm, Digests, KnownDigest};
use chancery_key::{KeyKind, SignatureAlgorithm, SignatureValue, Signer, SoftwareSigner};
use chancery_testkit::TestPki;
use const_oid::ObjectIdentifier as Oid;
use der::{Decode, Encode};
use forge::{Forgery, check};
use proptest::prelude::*;

const CONTRACT: &[u8] = b"I owe you ten";
const UNKNOWN: Oid = Oid::new_unwrap("1.2.3.4.5");

fn pki() -> TestPki {
    TestPki::at("2026-11-21T12:00:00Z".parse().unwrap())
}

fn detached(signer: &impl Signer) -> Preparation<'_> {
    let digest = signer.algorithm().digest().digest(CONTRACT);
    Preparation::new(signer.chain(), signer.algorithm(), digest)
}

fn signed(preparation: Preparation<'_>, signer: &impl Signer) -> SignedMessage {
    let prepared = preparation.prepare().unwrap();
    prepared.finish(signer.sign(prepared.to_be_signed()).unwrap()).unwrap()
}

#[test]
fn every_algorithm_attached_and_detached() {
    use DigestAlgorithm::{Sha3_256, Sha256, Sha384, Sha512};
    use SignatureAlgorithm::{Ecdsa, Ed25519, RsaPkcs1v15};
    let pki = pki();
    let rsa = KeyKind::Rsa { bits: 2048 };
    for (kind, algorithm) in [
        (rsa, RsaPkcs1v15(Sha256)),
        (rsa, RsaPkcs1v15(Sha3_256)),
        (rsa, SignatureAlgorithm::rsa_pss(Sha384)),
        (KeyKind::P256, Ecdsa(Sha256)),
        (KeyKind::P384, Ecdsa(Sha384)),
        (KeyKind::P521, Ecdsa(Sha512)),
        (KeyKind::Ed25519, Ed25519),
    ] {
        let alice = pki.signer("Alice", kind).with_algorithm(algorithm).unwrap();
        let apart = signed(detached(&alice), &alice);
        let together = signed(Preparation::enclosing(alice.chain(), algorithm, CONTRACT.to_vec()), &alice);
        assert_eq!((apart.content(), together.content()), (None, Some(CONTRACT)));
        for message in [apart, together] {
            let content = Digests::over_bytes(message.digest_algorithms(), CONTRACT);
            let checked = message.signers()[0].check(&message, &content, &[]);
            let signer = checked.sound().unwrap_or_else(|| panic!("{algorithm}: {:?}", checked.faults()));
            assert_eq!(signer.algorithm(), algorithm.claimed());
            assert_eq!(signer.certificate(), &alice.chain()[0]);
            assert_eq!(signer.binding(), CertificateBinding::EssV2);
            assert_eq!((signer.remarks(), signer.signing_time()), (&[][..], None));
            assert_eq!(message.version(), 1);
        }
    }
}

#[test]
fn a_second_reader_agrees_and_writes_the_same_bytes() {
    let alice = pki().signer("Alice", KeyKind::P384);
    let time = "2026-11-21T12:00:00Z".parse().unwrap();
    let preparation = detached(&alice).signing_time(time).attribute(Attribute::new(UNKNOWN, asn1::null()));
    let message = signed(preparation, &alice);
    let info = cms::content_info::ContentInfo::from_der(message.to_bytes()).unwrap();
    assert_eq!(info.content_type, SIGNED_DATA);
    let data: cms::signed_data::SignedData = info.content.decode_as().unwrap();
    // Its SET OF types sort when they encode: the same bytes mean that ours were in order.
    assert_eq!(data.to_der().unwrap(), info.content.to_der().unwrap());
    let signer = data.signer_infos.0.get(0).unwrap();
    let attributes = signer.signed_attrs.as_ref().unwrap();
    let types: Vec<_> = attributes.iter().map(|attribute| attribute.oid).collect();
    for oid in [CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_CERTIFICATE_V2, SIGNING_TIME, UNKNOWN] {
        assert!(types.contains(&oid), "{oid}");
    }
    assert_eq!(attributes.to_der().unwrap(), message.signers()[0].signed_attributes_der().unwrap());
    assert_eq!(message.signers()[0].signing_time(), Some(time));
    // ESSCertIDv2 names SHA-384, which is not the default.
    let reference = message.signers()[0].signed_attributes().unwrap().single(SIGNING_CERTIFICATE_V2).unwrap();
    let references = chancery_cms::attributes::signing_certificate_v2(reference).unwrap();
    assert_eq!(references[0].digest_algorithm(), DigestAlgorithm::Sha384.oid());
    assert!(references[0].issuer_serial().unwrap().names(&alice.chain()[0]));
}

#[test]
fn content_of_another_type_makes_version_three() {
    let alice = pki().signer("Alice", KeyKind::P256);
    let preparation = Preparation::enclosing(alice.chain(), alice.algorithm(), CONTRACT.to_vec());
    let message = signed(preparation.content_type(TIMESTAMP_INFO).without_certificates(), &alice);
    assert_eq!((message.version(), message.content_type()), (3, TIMESTAMP_INFO));
    assert_eq!(message.certificates(), []);
    let content = message.content_digests();
    assert!(message.signers()[0].check(&message, &content, &[]).sound().is_none());
    assert!(message.signers()[0].check(&message, &content, alice.chain()).sound().is_some());
}

#[test]
fn finishing_refuses_what_does_not_belong() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let bob = pki.signer("Bob", KeyKind::P256);
    let prepared = detached(&alice).prepare().unwrap();
    let of_bob = bob.sign(prepared.to_be_signed()).unwrap();
    assert!(matches!(prepared.finish(of_bob), Err(CmsError::Signature(_))));
    let garbage = SignatureValue::from_bytes(vec![1, 2, 3]);
    assert!(matches!(prepared.finish(garbage), Err(CmsError::Signature(_))));
    // The same value from outside is verified and taken.
    let value = alice.sign(prepared.to_be_signed()).unwrap().as_bytes().to_vec();
    let length = value.len();
    let message = prepared.finish(SignatureValue::from_bytes(value)).unwrap();
    assert_eq!(message.to_bytes().len(), prepared.finished_len(length));
}

#[test]
fn preparing_refuses_what_cannot_be() {
    let alice = pki().signer("Alice", KeyKind::P256);
    let wrong = DigestAlgorithm::Sha512.digest(CONTRACT);
    let wrong = Preparation::new(alice.chain(), alice.algorithm(), wrong).prepare();
    assert!(matches!(wrong, Err(CmsError::DigestAlgorithm { content: "SHA-512", signature: "SHA-256" })));
    let digest = DigestAlgorithm::Sha256.digest(CONTRACT);
    assert!(matches!(Preparation::new(&[], alice.algorithm(), digest).prepare(), Err(CmsError::EmptyChain)));
    let taken = detached(&alice).attribute(Attribute::new(MESSAGE_DIGEST, asn1::octet_string(b"")));
    assert!(matches!(taken.prepare(), Err(CmsError::AttributeTaken { .. })));
    let truncated = detached(&alice).attribute(Attribute::new(UNKNOWN, [0x30, 5]));
    assert!(matches!(truncated.prepare(), Err(CmsError::AttributeValue { .. })));
}

#[test]
fn a_prepared_message_waits_as_bytes() {
    let alice = pki().signer("Alice", KeyKind::P256);
    let enclosing = Preparation::enclosing(alice.chain(), alice.algorithm(), CONTRACT.to_vec());
    for preparation in [detached(&alice), enclosing, detached(&alice).without_certificates()] {
        let prepared = preparation.prepare().unwrap();
        let stored = prepared.to_bytes();
        let restored = PreparedMessage::from_bytes(&stored).unwrap();
        assert_eq!(restored.to_bytes(), stored);
        let value = alice.sign(restored.to_be_signed()).unwrap().as_bytes().to_vec();
        let later = restored.finish(SignatureValue::from_bytes(value.clone())).unwrap();
        let at_once = prepared.finish(SignatureValue::from_bytes(value)).unwrap();
        assert_eq!(later.to_bytes(), at_once.to_bytes());
    }
}

/// Puts the checksum of a stored preparation right, as whoever changes it on purpose would.
fn with_right_checksum(stored: &[u8]) -> Option<Vec<u8>> {
    let content = asn1::Element::only(stored, tag::SEQUENCE).ok()?.content;
    let fields = &content[..content.len() - 34];
    let checksum = asn1::octet_string(DigestAlgorithm::Sha256.digest(fields).as_bytes());
    Some(asn1::sequence(&[fields, &checksum]))
}

#[test]
fn a_stored_preparation_that_was_damaged_is_refused() {
    let alice = pki().signer("Alice", KeyKind::P256);
    let prepared =
        Preparation::enclosing(alice.chain(), alice.algorithm(), CONTRACT.to_vec()).prepare().unwrap();
    let stored = prepared.to_bytes();
    assert_eq!(with_right_checksum(&stored).as_ref(), Some(&stored));
    for position in 0..stored.len() {
        let mut changed = stored.clone();
        changed[position] ^= 0x41;
        assert!(PreparedMessage::from_bytes(&changed).is_err(), "byte {position}");
        assert!(PreparedMessage::from_bytes(&stored[..position]).is_err(), "cut at {position}");
    }
}

#[test]
fn a_stored_preparation_that_was_changed_signs_nothing_else() {
    let alice = pki().signer("Alice", KeyKind::P256);
    let prepared =
        Preparation::enclosing(alice.chain(), alice.algorithm(), CONTRACT.to_vec()).prepare().unwrap();
    let value = alice.sign(prepared.to_be_signed()).unwrap().as_bytes().to_vec();
    let stored = prepared.to_bytes();
    for position in 0..stored.len() - 34 {
        let mut changed = stored.clone();
        changed[position] ^= 0x41;
        let Some(changed) = with_right_checksum(&changed) else { continue };
        let finished = PreparedMessage::from_bytes(&changed)
            .and_then(|restored| restored.finish(SignatureValue::from_bytes(value.clone())));
        if let Ok(message) = finished {
            // What can change unseen is what no signature covers: the certificates that go with it.
            assert_eq!(message.content(), Some(CONTRACT));
            let checked = message.signers()[0].check(&message, &message.content_digests(), alice.chain());
            assert_eq!(checked.faults(), [], "byte {position}");
        }
    }
    let content = stored.windows(CONTRACT.len()).position(|window| window == CONTRACT).unwrap();
    let mut changed = stored;
    changed[content] ^= 1;
    let changed = with_right_checksum(&changed).unwrap();
    assert!(matches!(PreparedMessage::from_bytes(&changed), Err(CmsError::Stored { .. })));
}

/// Definite lengths outside, indefinite ones, content in pieces: the same message.
fn indefinite(signer: &SoftwareSigner) -> Vec<u8> {
    let sound = Forgery::sound(signer, CONTRACT).message(signer);
    let frame = |tag: u8, parts: &[&[u8]]| [&[tag, 0x80], &parts.concat()[..], &[0, 0]].concat();
    let pieces = frame(0x24, &[&asn1::octet_string(&CONTRACT[..3]), &asn1::octet_string(&CONTRACT[3..])]);
    let content = frame(tag::constructed(0), &[&pieces]);
    let encapsulated = frame(tag::SEQUENCE, &[&asn1::oid(&sound.content_type()), &content]);
    let digest = asn1::sequence(&[&asn1::oid(&DigestAlgorithm::Sha256.oid())]);
    let signed_data = frame(
        tag::SEQUENCE,
        &[
            &asn1::integer(&[1]),
            &frame(tag::SET, &[&digest]),
            &encapsulated,
            &frame(tag::constructed(0), &[sound.certificates()[0].to_der()]),
            &frame(tag::SET, &[sound.signers()[0].to_bytes()]),
        ],
    );
    frame(tag::SEQUENCE, &[&asn1::oid(&SIGNED_DATA), &frame(tag::constructed(0), &[&signed_data])])
}

#[test]
fn indefinite_lengths_and_content_in_pieces_are_read() {
    let alice = pki().signer("Alice", KeyKind::P256);
    let bytes = indefinite(&alice);
    let message = SignedMessage::from_ber(&bytes).unwrap();
    assert_eq!(message.content(), Some(CONTRACT));
    assert!(check(&message).sound().is_some());
    let padded = [&bytes[..], &[0; 100]].concat();
    let (message, length) = SignedMessage::from_ber_prefix(&padded).unwrap();
    assert_eq!((message.to_bytes(), length), (&bytes[..], bytes.len()));
    assert!(matches!(SignedMessage::from_ber(&padded), Err(CmsError::Malformed { .. })));
    assert_eq!(SignedMessage::from_file_bytes(&padded).unwrap().to_bytes(), bytes);
    for end in 0..bytes.len() {
        assert!(SignedMessage::from_ber(&bytes[..end]).is_err(), "cut at {end}");
    }
}

#[test]
fn an_unsigned_attribute_touches_nothing_else() {
    let alice = pki().signer("Alice", KeyKind::P256);
    let sound = Forgery::sound(&alice, CONTRACT);
    let two = [&sound, &sound].map(|forgery| forgery.message(&alice).signers()[0].to_bytes().to_vec());
    let content = asn1::encode(tag::constructed(0), &asn1::octet_string(CONTRACT));
    let of_two = forge::message_bytes(
        &sound.digest_algorithm,
        sound.content_type,
        &content,
        &sound.certificates,
        &two,
    );
    for bytes in [sound.bytes(&alice), indefinite(&alice), of_two] {
        let message = SignedMessage::from_ber(&bytes).unwrap();
        let last = message.signers().len() - 1;
        let large = Attribute::new(SIGNATURE_TIMESTAMP, asn1::octet_string(&[9; 3000]));
        let small = Attribute::new(UNKNOWN, asn1::null());
        let extended = message.with_unsigned_attribute(last, &large).unwrap();
        let extended = extended.with_unsigned_attribute(last, &small).unwrap();
        let again = extended.with_unsigned_attribute(last, &large).unwrap();
        assert_eq!(again.signers()[last].unsigned_attributes().len(), 3);
        let signer = &extended.signers()[last];
        assert_eq!(signer.unsigned_attributes().single(SIGNATURE_TIMESTAMP).unwrap(), large.values()[0]);
        assert_eq!(signer.unsigned_attributes().single(UNKNOWN).unwrap(), small.values()[0]);
        let content = extended.content_digests();
        for signer in extended.signers() {
            assert!(signer.check(&extended, &content, &[]).sound().is_some());
        }
        // Without the added attributes and the lengths around them, every byte is where it was.
        let before = message.signers()[last].to_bytes();
        let after = signer.to_bytes();
        let unsigned = asn1::encode(tag::constructed(1), &[large.to_der(), small.to_der()].concat());
        let sorted = asn1::encode(tag::constructed(1), &[small.to_der(), large.to_der()].concat());
        let fields = asn1::Element::only(before, tag::SEQUENCE).unwrap().content;
        let of_after = asn1::Element::only(after, tag::SEQUENCE).unwrap().content;
        assert_eq!(&of_after[..fields.len()], fields);
        assert!([unsigned, sorted].iter().any(|set| of_after[fields.len()..] == **set));
        assert_eq!(extended.certificates(), message.certificates());
        assert_eq!(extended.signers()[0].signature(), message.signers()[0].signature());
    }
    let message = sound.message(&alice);
    let attribute = Attribute::new(UNKNOWN, asn1::null());
    let error = message.with_unsigned_attribute(1, &attribute).unwrap_err();
    assert!(matches!(error, CmsError::NoSuchSigner { index: 1, signers: 1 }));
}

#[test]
fn pem_and_base64_are_read() {
    let alice = pki().signer("Alice", KeyKind::P256);
    let bytes = Forgery::sound(&alice, CONTRACT).bytes(&alice);
    let pem = der::pem::encode_string("CMS", der::pem::LineEnding::CRLF, &bytes).unwrap();
    assert_eq!(SignedMessage::from_file_bytes(pem.as_bytes()).unwrap().to_bytes(), bytes);
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    assert_eq!(SignedMessage::from_file_bytes(base64.as_bytes()).unwrap().to_bytes(), bytes);
    assert!(matches!(SignedMessage::from_file_bytes(b"%PDF-1.7"), Err(CmsError::NotRecognised)));
    let other = asn1::sequence(&[&asn1::oid(&UNKNOWN)]);
    assert!(matches!(
        SignedMessage::from_file_bytes(&other),
        Err(CmsError::NotSignedData { content_type: UNKNOWN })
    ));
}

#[test]
fn certificates_that_are_known_are_not_read_again() {
    let pki = pki();
    let (alice, other) = (pki.signer("Alice", KeyKind::P256), pki.signer("Alice", KeyKind::P256));
    let message = signed(detached(&alice), &alice);
    let bytes = message.to_bytes();
    let shared = |known: &[Certificate]| {
        let again = SignedMessage::from_ber_knowing(bytes, &KnownCertificates::new(known)).unwrap();
        assert_eq!((again.to_bytes(), again.certificates()), (bytes, message.certificates()));
        let known = |one: &&Certificate| known.iter().any(|known| std::ptr::eq(known.to_der(), one.to_der()));
        again.certificates().iter().filter(known).count()
    };
    assert_eq!(shared(&[]), 0);
    assert_eq!(shared(&other.chain()[..1]), 0);
    assert_eq!(shared(&[&other.chain()[..1], message.certificates()].concat()), message.certificates().len());
    // However many there are.
    let strangers = vec![other.chain()[0].clone(); 16];
    assert_eq!(shared(&[&strangers[..], message.certificates()].concat()), message.certificates().len());
    assert_eq!(shared(&strangers), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever one does to a sound message, it is read or refused, and no other content is ever sound.
    #[test]
    fn no_mutation_makes_other_content_sound(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        thread_local! {
            static SAMPLE: (Vec<u8>, Digest<KnownDigest>) = {
                let alice = pki().signer("Alice", KeyKind::P256);
                let digest = DigestAlgorithm::Sha256.digest(CONTRACT);
                (Forgery::sound(&alice, CONTRACT).bytes(&alice), digest.into())
            };
        }
        let (mut bytes, original) = SAMPLE.with(Clone::clone);
        for (index, value) in changes {
            *index.get_mut(&mut bytes) = value;
        }
        if let Ok(message) = SignedMessage::from_file_bytes(&bytes) {
            let content = message.content_digests();
            for signer in message.signers() {
                if signer.check(&message, &content, &[]).sound().is_some() {
                    prop_assert_eq!(content.find(original.algorithm()), Some(&original));
                }
            }
        }
    }
}
