//! Messages put together from signers, in every algorithm.

use chancery_certificate::asn1::{self, tag};
use chancery_cms::attributes::{
    ALGORITHM_PROTECTION, CONTENT_TIMESTAMP, CONTENT_TYPE, COUNTERSIGNATURE, MESSAGE_DIGEST, MIME_TYPE,
    SIGNATURE_TIMESTAMP, SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2, SIGNING_TIME, TIMESTAMP_INFO,
};
use chancery_cms::statements::{CONTENT_HINTS, SIGNATURE_POLICY_STORE};
use chancery_cms::{
    Assembly, Attribute, CertificateReferences, CmsError, CountersignaturePreparation, Enclosures,
    Identification, Preparation, PreparedMessage, SignedMessage, SignerIdentifier, SignerPreparation,
};
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_key::{KeyKind, SignatureAlgorithm, Signer};
use chancery_testkit::Profile;
use const_oid::ObjectIdentifier as Oid;

use super::parts::{CONTRACT, assert_sound, fields, finished, pki, preparation};

const SUBJECT_KEY_IDENTIFIER: Oid = Oid::new_unwrap("2.5.29.14");

fn algorithms() -> Vec<(KeyKind, SignatureAlgorithm)> {
    use DigestAlgorithm::{Sha3_256, Sha3_384, Sha3_512, Sha256, Sha384, Sha512};
    use SignatureAlgorithm::{Ecdsa, Ed25519, RsaPkcs1v15};
    let rsa = KeyKind::Rsa { bits: 2048 };
    let digests = [Sha256, Sha384, Sha512, Sha3_256, Sha3_384, Sha3_512];
    let curves =
        [KeyKind::P256, KeyKind::P384, KeyKind::P521, KeyKind::BrainpoolP256r1, KeyKind::BrainpoolP384r1];
    let mut all = vec![(KeyKind::Ed25519, Ed25519)];
    all.extend(digests.map(|digest| (rsa, RsaPkcs1v15(digest))));
    all.extend(digests.map(|digest| (rsa, SignatureAlgorithm::rsa_pss(digest))));
    all.extend(curves.iter().flat_map(|&curve| digests.map(|digest| (curve, Ecdsa(digest)))));
    all
}

#[test]
fn every_algorithm_with_one_and_with_three_signers_attached_and_detached() {
    let pki = pki();
    let others = [pki.signer("Bob", KeyKind::P384), pki.signer("Carol", KeyKind::Ed25519)];
    for (kind, algorithm) in algorithms() {
        let alice = pki.signer("Alice", kind).with_algorithm(algorithm).unwrap();
        for signers in [vec![&alice], vec![&others[0], &alice, &others[1]]] {
            for empty in [Assembly::detached(), Assembly::enclosing(CONTRACT.to_vec())] {
                let assembly = signers
                    .iter()
                    .fold(empty, |assembly, signer| assembly.signer(finished(preparation(signer), signer)));
                let message = assembly.assemble().unwrap();
                assert_eq!(message.signers().len(), signers.len(), "{algorithm}");
                assert_eq!((message.version(), message.certificates().len()), (1, signers.len()));
                assert_sound(&message);
            }
        }
    }
}

#[test]
fn the_shortest_way_makes_what_the_parts_make() {
    let alice = pki().signer("Alice", KeyKind::Ed25519);
    let prepared =
        Preparation::enclosing(alice.chain(), alice.algorithm(), CONTRACT.to_vec()).prepare().unwrap();
    let value = alice.sign(prepared.to_be_signed()).unwrap();
    let short = prepared.finish(value).unwrap();
    let chain = Enclosures::new().certificates(alice.chain().iter().cloned());
    let assembly = Assembly::enclosing(CONTRACT.to_vec()).enclosures(chain);
    let long = assembly.signer(finished(preparation(&alice), &alice)).assemble().unwrap();
    assert_eq!(short.to_bytes(), long.to_bytes());
}

#[test]
fn other_content_makes_the_message_that_is_prepared_for_it() {
    let pki = pki();
    for (kind, algorithm) in algorithms() {
        let alice = pki.signer("Alice", kind).with_algorithm(algorithm).unwrap();
        let digest = |content: &[u8]| algorithm.digest().digest(content);
        let prepare = |content: &[u8]| {
            let preparation = Preparation::new(alice.chain(), algorithm, digest(content));
            preparation.signing_time(pki.now()).prepare().unwrap()
        };
        // Whatever the digest begins with, the set stays in order.
        for number in 0..32_u8 {
            let template = PreparedMessage::from_bytes(&prepare(b"another").to_bytes()).unwrap();
            let other = template.with_content_digest(digest(&[number])).unwrap();
            assert_eq!(
                other.to_be_signed().bytes(),
                prepare(&[number]).to_be_signed().bytes(),
                "{algorithm}"
            );
            assert_eq!(other.to_be_signed().digest(), prepare(&[number]).to_be_signed().digest());
            assert_eq!(other.to_bytes(), prepare(&[number]).to_bytes());
        }
        let value = alice.sign(prepare(b"another").to_be_signed()).unwrap();
        let length = prepare(b"another").finished_len(value.as_bytes().len());
        let finished = prepare(b"another").finish(value).unwrap();
        assert_eq!(length, finished.to_bytes().len(), "{algorithm}");
        let again = prepare(b"another").with_content_digest(digest(CONTRACT)).unwrap();
        let again = again.with_content_digest(digest(b"another")).unwrap();
        assert_eq!(again.to_bytes(), prepare(b"another").to_bytes());
    }
}

#[test]
fn no_message_is_about_content_that_it_does_not_enclose() {
    let alice = pki().signer("Alice", KeyKind::P256);
    let prepare =
        || Preparation::enclosing(alice.chain(), alice.algorithm(), CONTRACT.to_vec()).prepare().unwrap();
    let with = |content: &[u8], algorithm: DigestAlgorithm| {
        prepare().with_content_digest(algorithm.digest(content)).map(|prepared| prepared.to_bytes())
    };
    assert_eq!(with(CONTRACT, DigestAlgorithm::Sha256).unwrap(), prepare().to_bytes());
    assert!(matches!(with(b"another", DigestAlgorithm::Sha256), Err(CmsError::OtherContent { .. })));
    assert!(matches!(with(CONTRACT, DigestAlgorithm::Sha384), Err(CmsError::DigestAlgorithm { .. })));
}

#[test]
fn content_that_is_moved_makes_the_message_that_content_copied_makes() {
    let alice = pki().signer("Alice", KeyKind::Ed25519);
    let sign = |prepared: &PreparedMessage| alice.sign(prepared.to_be_signed()).unwrap();
    for length in [0, 1, 127, 70_000] {
        let content: Vec<u8> = (0..=255).cycle().take(length).collect();
        let prepare = |content| Preparation::enclosing(alice.chain(), alice.algorithm(), content).prepare();
        let prepared = prepare(content.clone()).unwrap();
        let copied = prepared.finish(sign(&prepared)).unwrap();
        assert_eq!(
            prepared.finished_len(alice.sign(prepared.to_be_signed()).unwrap().as_bytes().len()),
            copied.to_bytes().len()
        );
        let other = prepare(vec![9; 3]).unwrap();
        assert!(prepared.clone().finish_moving_content(sign(&other)).is_err(), "another's value");
        let value = sign(&prepared);
        let moved = prepared.finish_moving_content(value).unwrap();
        assert_eq!((moved.to_bytes(), moved.content()), (copied.to_bytes(), Some(&content[..])));
        let read = SignedMessage::from_ber_vec(copied.into_bytes()).unwrap();
        assert!(read.check(&read.content_digests(), &[]).is_sound());
        let trailing = [moved.to_bytes(), &[0]].concat();
        assert!(SignedMessage::from_ber_vec(trailing).is_err());
    }
    let detached =
        Preparation::new(alice.chain(), alice.algorithm(), alice.algorithm().digest().digest(CONTRACT));
    let detached = detached.prepare().unwrap();
    let copied = detached.finish(sign(&detached)).unwrap();
    let value = sign(&detached);
    assert_eq!(detached.finish_moving_content(value).unwrap().to_bytes(), copied.to_bytes());
}

#[test]
fn the_digest_of_enclosed_content_is_what_signers_are_compared_with() {
    let alice = pki().signer("Alice", KeyKind::P256);
    let mut assembly = Assembly::enclosing(CONTRACT.to_vec());
    for algorithm in [DigestAlgorithm::Sha256, DigestAlgorithm::Sha3_512, DigestAlgorithm::Sha256] {
        assert_eq!(assembly.digest(algorithm), Some(algorithm.digest(CONTRACT)));
    }
    assert_eq!(Assembly::detached().digest(DigestAlgorithm::Sha256), None);
    let other = alice.algorithm().digest().digest(b"I owe you twenty");
    let other = finished(SignerPreparation::new(alice.chain(), alice.algorithm(), other), &alice);
    assert!(matches!(assembly.clone().signer(other).assemble(), Err(CmsError::OtherContent { .. })));
    assert_sound(&assembly.signer(finished(preparation(&alice), &alice)).assemble().unwrap());
}

#[test]
fn the_order_in_which_parts_come_does_not_matter() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let bob = pki.signer("Bob", KeyKind::Ed25519);
    let (first, second) = (finished(preparation(&alice), &alice), finished(preparation(&bob), &bob));
    let one = Assembly::detached().signer(first.clone()).signer(second.clone()).assemble().unwrap();
    let other = Assembly::detached().signer(second).signer(first).assemble().unwrap();
    assert_eq!(one.to_bytes(), other.to_bytes());
    let digests = &fields(one.to_bytes())[1];
    let set = asn1::Element::only(digests, tag::SET).unwrap();
    assert_eq!(set.reader().element().unwrap().raw.len() * 2, set.content.len(), "the union, each once");
}

#[test]
fn versions_are_those_of_the_standard() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let signer = |by| finished(preparation(&alice).identified_by(by), &alice);
    let by_serial = || Assembly::detached().signer(signer(Identification::IssuerAndSerial));
    let version = |assembly: Assembly| assembly.assemble().unwrap().version();
    assert_eq!(version(by_serial()), 1);
    let by_key =
        Assembly::detached().signer(signer(Identification::SubjectKeyIdentifier)).assemble().unwrap();
    assert_eq!((by_key.version(), by_key.signers()[0].version()), (3, 3));
    assert!(matches!(by_key.signers()[0].identifier(), SignerIdentifier::SubjectKeyIdentifier(_)));
    assert_sound(&by_key);
    let other_type = finished(preparation(&alice).content_type(TIMESTAMP_INFO), &alice);
    assert_eq!(version(Assembly::detached().content_type(TIMESTAMP_INFO).signer(other_type)), 3);
    let attribute_certificate = |first: &[u8]| {
        let info = asn1::sequence(&[first, &asn1::sequence(&[])]);
        Enclosures::new().attribute_certificate(&asn1::sequence(&[&info])).unwrap()
    };
    assert_eq!(version(by_serial().enclosures(attribute_certificate(&[]))), 3);
    assert_eq!(version(by_serial().enclosures(attribute_certificate(&asn1::integer(&[1])))), 4);
    let certificate = &alice.chain()[0];
    let (crl, answer) = (pki.crl(), pki.ocsp(certificate));
    let evidence = Enclosures::new().crl(&crl).unwrap();
    assert_eq!(version(by_serial().enclosures(evidence.clone())), 1);
    let evidence = evidence.ocsp(&answer).unwrap();
    let message = by_serial().enclosures(evidence).assemble().unwrap();
    assert_eq!(
        (message.version(), message.crls(), message.other_revocations().len()),
        (5, &[crl.into()][..], 1)
    );
    assert_eq!(message.other_revocations()[0].value, answer);
}

#[test]
fn certificates_are_included_as_one_likes() {
    let alice = pki().signer("Alice", KeyKind::P256);
    assert!(alice.chain().len() > 1);
    let digest = alice.algorithm().digest().digest(CONTRACT);
    let count = |preparation: Preparation<'_>| {
        let prepared = preparation.prepare().unwrap();
        let message = prepared.finish(alice.sign(prepared.to_be_signed()).unwrap()).unwrap();
        message.certificates().len()
    };
    let new = || Preparation::new(alice.chain(), alice.algorithm(), digest);
    assert_eq!(count(new()), alice.chain().len());
    assert_eq!(count(new().signer_certificate_only()), 1);
    assert_eq!(count(new().without_certificates()), 0);
    assert_eq!(count(new().without_certificates().certificate(alice.chain()[1].clone())), 1);
    let bare = Assembly::detached().signer(finished(preparation(&alice), &alice));
    assert_eq!(bare.without_signer_certificates().assemble().unwrap().certificates(), []);
}

#[test]
fn what_is_signed_names_certificates_and_algorithms() {
    let alice = pki().signer("Alice", KeyKind::P384);
    let all = preparation(&alice).referring_to(CertificateReferences::Chain);
    let message = Assembly::detached().signer(finished(all, &alice)).assemble().unwrap();
    let signed = message.signers()[0].signed_attributes().unwrap();
    let references = signed.single(SIGNING_CERTIFICATE_V2).unwrap();
    let references = chancery_cms::attributes::signing_certificate_v2(references).unwrap();
    assert_eq!(references.len(), alice.chain().len());
    for (reference, certificate) in references.iter().zip(alice.chain()) {
        assert_eq!(reference.digest(), DigestAlgorithm::Sha384.digest(certificate.to_der()).as_bytes());
        assert!(reference.issuer_serial().unwrap().names(certificate));
    }
    assert!(signed.contains(ALGORITHM_PROTECTION), "written without being asked for");
    assert_sound(&message);
    let without = finished(preparation(&alice).without_algorithm_protection(), &alice);
    let message = Assembly::detached().signer(without).assemble().unwrap();
    assert!(!message.signers()[0].signed_attributes().unwrap().contains(ALGORITHM_PROTECTION));
    assert_sound(&message);
}

#[test]
fn what_does_not_belong_together_is_not_put_together() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let bob = pki.signer("Bob", KeyKind::P256);
    let of_alice = finished(preparation(&alice), &alice);
    let other = bob.algorithm().digest().digest(b"I owe you twenty");
    let other = finished(SignerPreparation::new(bob.chain(), bob.algorithm(), other), &bob);
    let both = |assembly: Assembly| assembly.signer(of_alice.clone()).signer(other.clone()).assemble();
    assert!(matches!(both(Assembly::detached()), Err(CmsError::OtherContent { algorithm: "SHA-256" })));
    let enclosing = Assembly::enclosing(CONTRACT.to_vec());
    assert!(matches!(both(enclosing.clone()), Err(CmsError::OtherContent { .. })));
    assert!(matches!(enclosing.clone().assemble(), Err(CmsError::NoSigner)));
    let twice = enclosing.clone().signer(of_alice.clone()).signer(of_alice.clone()).assemble();
    assert!(matches!(twice, Err(CmsError::SignerTwice)));
    let other_type = enclosing.content_type(TIMESTAMP_INFO).signer(of_alice.clone()).assemble();
    assert!(matches!(other_type, Err(CmsError::OtherContentType { .. })));
    for oid in [SIGNING_TIME, MESSAGE_DIGEST, CONTENT_TYPE, SIGNING_CERTIFICATE_V2, ALGORITHM_PROTECTION] {
        let unsigned = of_alice.clone().with_unsigned_attribute(Attribute::new(oid, asn1::null()));
        assert!(matches!(unsigned, Err(CmsError::MustBeSigned { .. })), "{oid}");
    }
    let signed = |oid| preparation(&alice).attribute(Attribute::new(oid, asn1::null())).prepare();
    for oid in [COUNTERSIGNATURE, SIGNATURE_TIMESTAMP, SIGNATURE_POLICY_STORE] {
        assert!(matches!(signed(oid), Err(CmsError::MustBeUnsigned { .. })), "{oid}");
    }
    for oid in
        [CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2, ALGORITHM_PROTECTION]
    {
        assert!(matches!(signed(oid), Err(CmsError::AttributeTaken { .. })), "{oid}");
    }
    let message = Assembly::detached().signer(of_alice).assemble().unwrap();
    let target = &message.signers()[0];
    for oid in [CONTENT_TYPE, MIME_TYPE, CONTENT_HINTS, CONTENT_TIMESTAMP] {
        let counter = CountersignaturePreparation::new(bob.chain(), bob.algorithm(), target);
        let counter = counter.attribute(Attribute::new(oid, asn1::null())).prepare();
        assert!(matches!(counter, Err(CmsError::NotInCountersignature { .. })), "{oid}");
    }
}

/// Many verifiers encode what was signed again: BER in it would be signed, and hold for few.
#[test]
fn what_is_signed_is_der() {
    let alice = pki().signer("Alice", KeyKind::P256);
    let oid = "1.2.3.4".parse().unwrap();
    let with = |value: &[u8]| preparation(&alice).attribute(Attribute::new(oid, value)).prepare();
    for der in [asn1::null(), asn1::set_of(vec![asn1::integer(&[2]), asn1::integer(&[1])])] {
        assert!(with(&der).is_ok());
    }
    let unsorted = asn1::encode(0x31, &[asn1::integer(&[2]), asn1::integer(&[1])].concat());
    for other in [&[0x30, 0x80, 0, 0][..], &[4, 0x81, 1, 7], &[0x24, 3, 4, 1, 7], &unsorted, b"", &[5, 0, 0]]
    {
        assert!(matches!(with(other), Err(CmsError::AttributeValue { .. })), "{other:02x?}");
    }
}

#[test]
fn a_certificate_without_key_identifier_cannot_be_named_by_it() {
    let bare = Profile::signer("Alice", KeyKind::P256).without_extension(SUBJECT_KEY_IDENTIFIER);
    let alice = pki().issue(bare).signer();
    let prepared = preparation(&alice).identified_by(Identification::SubjectKeyIdentifier).prepare();
    assert!(matches!(prepared, Err(CmsError::NoSubjectKeyIdentifier)));
}
