//! Messages of several signers, and what is added to messages that stand already: ours and others'.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

use std::cell::RefCell;

use chancery_certificate::Certificate;
use chancery_certificate::asn1::{self, tag};
use chancery_cms::attributes::{
    ALGORITHM_PROTECTION, CONTENT_TIMESTAMP, CONTENT_TYPE, COUNTERSIGNATURE, MESSAGE_DIGEST, MIME_TYPE,
    SIGNATURE_TIMESTAMP, SIGNED_DATA, SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2, SIGNING_TIME,
    TIMESTAMP_INFO,
};
use chancery_cms::statements::{CONTENT_HINTS, SIGNATURE_POLICY_STORE};
use chancery_cms::{
    Assembly, Attribute, CertificateReferences, CmsError, CountersignaturePreparation, Enclosures,
    FinishedCountersignature, FinishedSigner, Identification, Preparation, PreparedCountersignature,
    PreparedMessage, PreparedSigner, SignedMessage, SignerIdentifier, SignerInfo, SignerPreparation,
};
use chancery_digest::{AnyDigest, DigestAlgorithm, Digests};
use chancery_key::{KeyKind, PublicKey, SignatureAlgorithm, SignatureValue, Signer, SoftwareSigner};
use chancery_testkit::{Profile, TestPki};
use const_oid::ObjectIdentifier as Oid;
use proptest::prelude::*;

const CONTRACT: &[u8] = b"I owe you ten";
const UNKNOWN: Oid = Oid::new_unwrap("1.2.3.4.5");
const SUBJECT_KEY_IDENTIFIER: Oid = Oid::new_unwrap("2.5.29.14");

fn pki() -> TestPki {
    TestPki::at("2026-11-22T12:00:00Z".parse().unwrap())
}

fn preparation(signer: &SoftwareSigner) -> SignerPreparation<'_> {
    let digest = signer.algorithm().digest().digest(CONTRACT);
    SignerPreparation::new(signer.chain(), signer.algorithm(), digest)
}

fn finished(preparation: SignerPreparation<'_>, signer: &SoftwareSigner) -> FinishedSigner {
    let prepared = preparation.prepare().unwrap();
    prepared.finish(signer.sign(prepared.to_be_signed()).unwrap()).unwrap()
}

fn countersigned(message: &SignedMessage, of: &SignerInfo, by: &SoftwareSigner) -> FinishedCountersignature {
    let prepared = CountersignaturePreparation::new(by.chain(), by.algorithm(), of).prepare().unwrap();
    let finished = prepared.finish(by.sign(prepared.to_be_signed()).unwrap()).unwrap();
    assert!(message.with_countersignature(&finished).is_ok());
    finished
}

/// Everybody of the message is sound.
fn assert_sound(message: &SignedMessage) {
    let content = Digests::over_bytes(message.digest_algorithms(), CONTRACT);
    for signer in message.signers() {
        let check = signer.check(message, &content, &[]);
        assert_eq!(check.faults(), [], "{}", signer.identifier());
        assert_eq!(check.sound().unwrap().remarks(), [], "{}", signer.identifier());
    }
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

/// All fields of a SignedData, as they stand.
fn fields(message: &[u8]) -> Vec<Vec<u8>> {
    let info = asn1::Element::only(message, tag::SEQUENCE).unwrap();
    let mut reader = info.reader();
    reader.element().unwrap();
    let explicit = reader.element().unwrap();
    let mut reader = explicit.reader().element().unwrap().reader();
    let mut fields = Vec::new();
    while !reader.is_empty() {
        fields.push(reader.element().unwrap().raw.to_vec());
    }
    fields
}

/// The same message as another program could have written it: indefinite lengths, content in pieces, sets in
/// reverse order.
fn in_ber(message: &SignedMessage) -> SignedMessage {
    let frame = |tag: u8, parts: &[u8]| [&[tag, 0x80], parts, &[0, 0]].concat();
    let mut signed_data = Vec::new();
    for (index, field) in fields(message.to_bytes()).iter().enumerate() {
        let element = asn1::Reader::new(field).element().unwrap();
        if index == 2 {
            let content = message.content().map_or_else(Vec::new, |content| {
                let (first, second) = content.split_at(content.len() / 2);
                let pieces = [asn1::octet_string(first), asn1::octet_string(second)].concat();
                frame(tag::constructed(0), &frame(0x24, &pieces))
            });
            let parts = [asn1::oid(&message.content_type()), content].concat();
            signed_data.extend(frame(tag::SEQUENCE, &parts));
        } else if element.tag == tag::INTEGER {
            signed_data.extend_from_slice(element.raw);
        } else {
            let mut members = Vec::new();
            let mut reader = element.reader();
            while !reader.is_empty() {
                members.push(reader.element().unwrap().raw);
            }
            members.reverse();
            signed_data.extend(frame(element.tag, &members.concat()));
        }
    }
    let explicit = frame(tag::constructed(0), &frame(tag::SEQUENCE, &signed_data));
    let bytes = frame(tag::SEQUENCE, &[asn1::oid(&SIGNED_DATA), explicit].concat());
    SignedMessage::from_ber(&bytes).unwrap()
}

/// The values of all counter-signatures of a signer, which have the form of a SignerInfo.
fn countersignatures(unsigned: &[u8]) -> Vec<Vec<u8>> {
    let set = asn1::Reader::new(unsigned).element().unwrap();
    let mut reader = set.reader();
    let mut found = Vec::new();
    while !reader.is_empty() {
        let attribute = reader.element().unwrap();
        let mut fields = attribute.reader();
        if fields.element().unwrap().oid() == Ok(COUNTERSIGNATURE) {
            let mut values = fields.element().unwrap().reader();
            while !values.is_empty() {
                found.push(values.element().unwrap().raw.to_vec());
            }
        }
    }
    found
}

/// Verifies a counter-signature by hand: what it says of whom. Gives its signature value and unsigned attributes.
fn verify_by_hand(info: &[u8], by: &SoftwareSigner, of_signature: &[u8]) -> (Vec<u8>, Option<Vec<u8>>) {
    let info = asn1::Element::only(info, tag::SEQUENCE).unwrap();
    let mut fields = info.reader();
    fields.expect(tag::INTEGER).unwrap();
    fields.element().unwrap();
    fields.expect(tag::SEQUENCE).unwrap();
    let signed = fields.expect(tag::constructed(0)).unwrap();
    fields.expect(tag::SEQUENCE).unwrap();
    let value = fields.expect(tag::OCTET_STRING).unwrap().content;
    let unsigned = fields.optional(tag::constructed(1)).unwrap().map(|set| set.raw.to_vec());
    fields.finish().unwrap();
    let as_set = [&[tag::SET], &signed.raw[1..]].concat();
    let key = PublicKey::of(&by.chain()[0]).unwrap();
    key.verify(&by.algorithm().claimed(), &as_set, value).unwrap();
    let digest = asn1::octet_string(by.algorithm().digest().digest(of_signature).as_bytes());
    let attribute = Attribute::new(MESSAGE_DIGEST, digest).to_der();
    assert!(contains(&as_set, &attribute));
    assert!(!contains(&as_set, &asn1::oid(&CONTENT_TYPE)), "RFC 5652, 11.4: no content-type");
    (value.to_vec(), unsigned)
}

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
    assert_eq!((message.version(), message.crls(), message.other_revocations().len()), (5, &[crl][..], 1));
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

/// What a message was before something was added.
struct Before {
    signers: Vec<Vec<u8>>,
    certificates: Vec<Certificate>,
    content: Option<Vec<u8>>,
}

impl Before {
    fn of(message: &SignedMessage) -> Self {
        Self {
            signers: message.signers().iter().map(|signer| signer.to_bytes().to_vec()).collect(),
            certificates: message.certificates().to_vec(),
            content: message.content().map(<[u8]>::to_vec),
        }
    }

    /// No byte of all that is another.
    fn assert_kept(&self, after: &SignedMessage) {
        for signer in &self.signers {
            assert!(after.signers().iter().any(|other| other.to_bytes() == signer));
        }
        for certificate in &self.certificates {
            assert!(after.certificates().contains(certificate));
        }
        assert_eq!(after.content(), self.content.as_deref());
    }
}

#[test]
fn a_signer_joins_a_message_that_stands_already() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let bob = pki.signer("Bob", KeyKind::P384);
    for empty in [Assembly::detached(), Assembly::enclosing(CONTRACT.to_vec())] {
        let first = empty.signer(finished(preparation(&alice), &alice)).assemble().unwrap();
        for message in [in_ber(&first), first] {
            let by_key = preparation(&bob).identified_by(Identification::SubjectKeyIdentifier);
            let joining = finished(by_key, &bob);
            let joined = message.with_signer(&joining, &Enclosures::new()).unwrap();
            Before::of(&message).assert_kept(&joined);
            assert_eq!((joined.signers().len(), joined.version()), (2, 3));
            assert_sound(&joined);
            let again = joined.with_signer(&joining, &Enclosures::new());
            assert!(matches!(again, Err(CmsError::SignerTwice)));
            let other = bob.algorithm().digest().digest(b"I owe you twenty");
            let other = finished(SignerPreparation::new(bob.chain(), bob.algorithm(), other), &bob);
            let refused = joined.with_signer(&other, &Enclosures::new());
            assert!(matches!(refused, Err(CmsError::OtherContent { algorithm: "SHA-384" })));
            let other = finished(preparation(&bob).content_type(UNKNOWN), &bob);
            let refused = message.with_signer(&other, &Enclosures::new());
            assert!(matches!(refused, Err(CmsError::OtherContentType { .. })));
        }
    }
}

#[test]
fn the_order_of_joining_does_not_matter() {
    let pki = pki();
    let names = ["Alice", "Bob", "Carol"];
    let signers = names.map(|name| finished_by(&pki.signer(name, KeyKind::Ed25519)));
    let start = Assembly::detached();
    let bytes = [[0, 1, 2], [2, 1, 0], [1, 0, 2]].map(|[first, second, third]: [usize; 3]| {
        let message = start.clone().signer(signers[first].clone()).assemble().unwrap();
        let message = message.with_signer(&signers[second], &Enclosures::new()).unwrap();
        message.with_signer(&signers[third], &Enclosures::new()).unwrap().into_bytes()
    });
    assert!(bytes[0] == bytes[1] && bytes[1] == bytes[2], "and it is DER");
    assert_sound(&SignedMessage::from_ber(&bytes[0]).unwrap());
}

fn finished_by(signer: &SoftwareSigner) -> FinishedSigner {
    finished(preparation(signer), signer)
}

#[test]
fn content_of_pkcs7_that_is_not_wrapped_gets_no_further_signer() {
    let alice = pki().signer("Alice", KeyKind::P256);
    let message = Assembly::enclosing(CONTRACT.to_vec()).signer(finished_by(&alice)).assemble().unwrap();
    let mut parts = fields(message.to_bytes());
    parts[2] = asn1::sequence(&[
        &asn1::oid(&message.content_type()),
        &asn1::encode(tag::constructed(0), &asn1::sequence(&[&asn1::null()])),
    ]);
    let data = asn1::sequence(&[&parts.concat()]);
    let bytes = asn1::sequence(&[&asn1::oid(&SIGNED_DATA), &asn1::encode(tag::constructed(0), &data)]);
    let message = SignedMessage::from_ber(&bytes).unwrap();
    let bob = pki().signer("Bob", KeyKind::P256);
    let refused = message.with_signer(&finished_by(&bob), &Enclosures::new());
    assert!(matches!(refused, Err(CmsError::UnwrappedContent { tag: tag::SEQUENCE })));
}

#[test]
fn certificates_and_evidence_are_added_once() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let message = Assembly::enclosing(CONTRACT.to_vec()).signer(finished_by(&alice)).assemble().unwrap();
    for message in [in_ber(&message), message] {
        let evidence = Enclosures::new().certificates(alice.chain().iter().cloned());
        let evidence = evidence.crl(&pki.crl()).unwrap().ocsp(&pki.ocsp(&alice.chain()[0])).unwrap();
        let extended = message.with_enclosures(&evidence).unwrap();
        Before::of(&message).assert_kept(&extended);
        assert_eq!(extended.certificates().len(), alice.chain().len());
        assert_eq!(
            (extended.crls().len(), extended.other_revocations().len(), extended.version()),
            (1, 1, 5)
        );
        assert_sound(&extended);
        let again = extended.with_enclosures(&evidence).unwrap();
        assert_eq!(again.to_bytes(), extended.to_bytes());
        assert_eq!(message.with_enclosures(&Enclosures::new()).unwrap().to_bytes(), message.to_bytes());
    }
}

#[test]
fn counter_signatures_at_every_depth() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let bob = pki.signer("Bob", KeyKind::P384);
    let notary = pki.signer("Notary", KeyKind::Ed25519);
    let both = Assembly::enclosing(CONTRACT.to_vec()).signer(finished_by(&alice)).signer(finished_by(&bob));
    let message = both.assemble().unwrap();
    for message in [in_ber(&message), message] {
        let of_alice = |message: &SignedMessage| {
            let serial = alice.chain()[0].serial().to_vec();
            let mut signers = message.signers().iter();
            let signer = signers.position(|signer| {
                matches!(signer.identifier(), SignerIdentifier::IssuerAndSerial { serial: found, .. } if *found == serial)
            });
            message.signers()[signer.unwrap()].clone()
        };
        let target = of_alice(&message);
        let first = countersigned(&message, &target, &notary);
        let once = message.with_countersignature(&first).unwrap();
        let Err(CmsError::SignerTwice) = once.with_countersignature(&first) else { panic!("twice") };
        // Bob's signer, content and certificates are untouched; of Alice's, all that stood there.
        let after = of_alice(&once);
        assert_eq!(after.signature(), target.signature());
        assert_eq!(after.signed_attributes_der(), target.signed_attributes_der());
        assert!(
            once.signers().iter().any(|signer| {
                message.signers().iter().any(|before| before.to_bytes() == signer.to_bytes())
            })
        );
        assert_sound(&once);
        let unsigned = after.unsigned_attributes().single(COUNTERSIGNATURE).unwrap().to_vec();
        let (value, none) = verify_by_hand(&unsigned, &notary, target.signature());
        assert_eq!(none, None);
        // Bob counter-signs the notary. Its SignerInfo is read as one of a message of its own.
        let as_signer = asn1::encode(tag::SET, &unsigned);
        let mut parts =
            fields(&Assembly::detached().signer(finished_by(&notary)).assemble().unwrap().into_bytes());
        *parts.last_mut().unwrap() = as_signer;
        let data = asn1::sequence(&[&parts.concat()]);
        let alone = asn1::sequence(&[&asn1::oid(&SIGNED_DATA), &asn1::encode(tag::constructed(0), &data)]);
        let alone = SignedMessage::from_ber(&alone).unwrap();
        let second = countersigned(&once, &alone.signers()[0], &bob);
        assert!(matches!(message.with_countersignature(&second), Err(CmsError::NothingToCountersign)));
        let nested = once.with_countersignature(&second).unwrap();
        assert_sound(&nested);
        let outer = of_alice(&nested).unsigned_attributes().single(COUNTERSIGNATURE).unwrap().to_vec();
        let (same, inside) = verify_by_hand(&outer, &notary, target.signature());
        assert_eq!(same, value, "the first counter-signature still holds");
        let inside = inside.unwrap();
        let innermost = countersignatures(&inside);
        assert_eq!(innermost.len(), 1);
        verify_by_hand(&innermost[0], &bob, &value);
    }
}

#[test]
fn a_counter_signature_finds_its_signer_in_a_message_that_has_changed_and_no_other() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let bob = pki.signer("Bob", KeyKind::Ed25519);
    let notary = pki.signer("Notary", KeyKind::P384);
    let message = Assembly::detached().signer(finished_by(&alice)).assemble().unwrap();
    let finished = countersigned(&message, &message.signers()[0], &notary);
    let stored = FinishedCountersignature::from_bytes(&finished.to_bytes()).unwrap();
    let changed = message.with_signer(&finished_by(&bob), &Enclosures::new()).unwrap();
    let after = changed.with_countersignature(&stored).unwrap();
    let found = after.signers().iter().find(|signer| signer.unsigned_attributes().contains(COUNTERSIGNATURE));
    assert_eq!(found.unwrap().signature(), message.signers()[0].signature());
    let other = Assembly::detached().signer(finished_by(&bob)).assemble().unwrap();
    assert!(matches!(other.with_countersignature(&stored), Err(CmsError::NothingToCountersign)));
    // A second signer with the copied value: an attacker's, who wants the counter-signature for another name.
    let forged = {
        let mut parts = fields(message.to_bytes());
        let info = message.signers()[0].to_bytes();
        let mut copied = info.to_vec();
        let serial = alice.chain()[0].serial();
        let at = copied.windows(serial.len()).position(|window| window == serial).unwrap();
        copied[at + serial.len() - 1] ^= 1;
        *parts.last_mut().unwrap() = asn1::set_of(vec![info.to_vec(), copied]);
        let data = asn1::sequence(&[&parts.concat()]);
        asn1::sequence(&[&asn1::oid(&SIGNED_DATA), &asn1::encode(tag::constructed(0), &data)])
    };
    let forged = SignedMessage::from_ber(&forged).unwrap();
    let refused = forged.with_countersignature(&stored);
    assert!(matches!(refused, Err(CmsError::SeveralToCountersign { count: 2 })));
}

#[test]
fn junk_among_counter_signatures_stays_and_disturbs_nobody() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let notary = pki.signer("Notary", KeyKind::P384);
    let message = Assembly::detached().signer(finished_by(&alice)).assemble().unwrap();
    let mut message = message;
    for junk in [asn1::null(), asn1::sequence(&[]), asn1::sequence(&[&asn1::integer(&[1])])] {
        message = message.with_unsigned_attribute(0, &Attribute::new(COUNTERSIGNATURE, junk)).unwrap();
    }
    let before = message.signers()[0].unsigned_attributes().len();
    let finished = countersigned(&message, &message.signers()[0], &notary);
    let after = message.with_countersignature(&finished).unwrap();
    assert_eq!(after.signers()[0].unsigned_attributes().len(), before + 1);
    for attribute in message.signers()[0].unsigned_attributes() {
        assert!(contains(after.to_bytes(), &attribute.to_der()));
    }
}

/// Every step towards a message is stored and read back, in the middle of things.
#[test]
fn every_step_waits_as_bytes() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let notary = pki.signer("Notary", KeyKind::Rsa { bits: 2048 });
    let time = "2026-11-22T12:00:00Z".parse().unwrap();
    for by in [Identification::IssuerAndSerial, Identification::SubjectKeyIdentifier] {
        let prepared = preparation(&alice).identified_by(by).signing_time(time).prepare().unwrap();
        let restored = PreparedSigner::from_bytes(&prepared.to_bytes()).unwrap();
        assert_eq!(restored.to_bytes(), prepared.to_bytes());
        assert_eq!(restored.content_digest(), prepared.content_digest());
        let value = alice.sign(restored.to_be_signed()).unwrap().as_bytes().to_vec();
        let signer = restored.finish(SignatureValue::from_bytes(value.clone())).unwrap();
        let signer = signer.with_unsigned_attribute(Attribute::new(UNKNOWN, asn1::null())).unwrap();
        let restored = FinishedSigner::from_bytes(&signer.to_bytes()).unwrap();
        assert_eq!(restored.to_bytes(), signer.to_bytes());
        assert_eq!(restored.to_signer_info(), signer.to_signer_info());
        let message = Assembly::detached().signer(restored).assemble().unwrap();
        assert!(message.signers()[0].unsigned_attributes().contains(UNKNOWN));
        assert_sound(&message);
        let target = &message.signers()[0];
        let counter =
            CountersignaturePreparation::new(notary.chain(), notary.algorithm(), target).identified_by(by);
        let counter = counter.prepare().unwrap();
        let counter = PreparedCountersignature::from_bytes(&counter.to_bytes()).unwrap();
        let counter = counter.finish(notary.sign(counter.to_be_signed()).unwrap()).unwrap();
        let counter = FinishedCountersignature::from_bytes(&counter.to_bytes()).unwrap();
        message.with_countersignature(&counter).unwrap();
        // One step is not taken for another: a counter-signature never becomes a signature of content.
        let stored = [prepared.to_bytes(), signer.to_bytes(), counter.to_bytes()];
        for (index, bytes) in stored.iter().enumerate() {
            assert_eq!(PreparedSigner::from_bytes(bytes).is_ok(), index == 0);
            assert_eq!(FinishedSigner::from_bytes(bytes).is_ok(), index == 1);
            assert_eq!(FinishedCountersignature::from_bytes(bytes).is_ok(), index == 2);
            assert!(PreparedCountersignature::from_bytes(bytes).is_err());
            assert!(PreparedMessage::from_bytes(bytes).is_err());
        }
        for bytes in stored {
            for position in 0..bytes.len() {
                let mut changed = bytes.clone();
                changed[position] ^= 0x41;
                assert!(PreparedSigner::from_bytes(&changed).is_err(), "byte {position}");
                assert!(FinishedSigner::from_bytes(&changed).is_err(), "byte {position}");
                assert!(FinishedCountersignature::from_bytes(&changed).is_err(), "byte {position}");
            }
        }
    }
}

/// Whoever keeps a step can change it and compute the checksum anew; what comes out is what was agreed to sign, or
/// nothing.
#[test]
fn a_stored_step_that_was_changed_signs_nothing_else() {
    let alice = pki().signer("Alice", KeyKind::P256);
    let prepared = preparation(&alice).prepare().unwrap();
    let stored = prepared.to_bytes();
    let value = alice.sign(prepared.to_be_signed()).unwrap().as_bytes().to_vec();
    let with_right_checksum = |changed: &[u8]| {
        let content = asn1::Element::only(changed, tag::SEQUENCE).ok()?.content;
        let fields = content.get(..content.len().checked_sub(34)?)?;
        let checksum = asn1::octet_string(DigestAlgorithm::Sha256.digest(fields).as_bytes());
        Some(asn1::sequence(&[fields, &checksum]))
    };
    assert_eq!(with_right_checksum(&stored).as_ref(), Some(&stored));
    let mut taken = 0;
    for position in 0..stored.len() - 34 {
        let mut changed = stored.clone();
        changed[position] ^= 0x41;
        let Some(changed) = with_right_checksum(&changed) else { continue };
        let finished = PreparedSigner::from_bytes(&changed)
            .and_then(|restored| restored.finish(SignatureValue::from_bytes(value.clone())));
        if let Ok(signer) = finished {
            taken += 1;
            assert_sound(&Assembly::enclosing(CONTRACT.to_vec()).signer(signer).assemble().unwrap());
        }
    }
    assert_eq!(taken, 0, "every byte of a signer is compared with another, or signed");
}

#[test]
fn a_prepared_message_keeps_what_it_will_enclose() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let info = asn1::sequence(&[&asn1::integer(&[1]), &asn1::sequence(&[])]);
    let evidence = Enclosures::new().crl(&pki.crl()).unwrap();
    let evidence = evidence.attribute_certificate(&asn1::sequence(&[&info])).unwrap();
    let prepared = Preparation::enclosing(alice.chain(), alice.algorithm(), CONTRACT.to_vec())
        .enclosures(evidence)
        .identified_by(Identification::SubjectKeyIdentifier)
        .prepare()
        .unwrap();
    let restored = PreparedMessage::from_bytes(&prepared.to_bytes()).unwrap();
    assert_eq!(restored.to_bytes(), prepared.to_bytes());
    let message = restored.finish(alice.sign(restored.to_be_signed()).unwrap()).unwrap();
    assert_eq!((message.version(), message.crls().len(), message.unread_certificates().len()), (4, 1, 1));
    assert_sound(&message);
}

thread_local! {
    /// Made once: keys cost more than messages.
    static SIGNERS: RefCell<Vec<SoftwareSigner>> = {
        let pki = pki();
        let kinds = [KeyKind::P256, KeyKind::P384, KeyKind::Ed25519, KeyKind::Rsa { bits: 2048 }, KeyKind::P256];
        let named = kinds.iter().zip(["Alice", "Bob", "Carol", "Dora", "Erich"]);
        RefCell::new(named.map(|(&kind, name)| pki.signer(name, kind)).collect())
    };
}

/// One thing that is added to a message.
#[derive(Clone, Debug)]
enum Step {
    Signer(usize, bool, bool),
    Countersignature(usize, prop::sample::Index),
    Attribute(prop::sample::Index, Vec<u8>),
    Certificates(usize),
    /// Somebody else's program writes the message anew, in BER.
    Rewritten,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0..5_usize, any::<bool>(), any::<bool>()).prop_map(|(who, key, time)| Step::Signer(who, key, time)),
        2 => (0..5_usize, any::<prop::sample::Index>()).prop_map(|(who, of)| Step::Countersignature(who, of)),
        2 => (any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 0..300))
            .prop_map(|(of, value)| Step::Attribute(of, value)),
        1 => (0..5_usize).prop_map(Step::Certificates),
        1 => Just(Step::Rewritten),
    ];
    prop::collection::vec(step, 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Whatever is added, in whatever order: everybody who was there is there, byte for byte as far as it was signed
    /// and, unless something was added to the signer itself, as a whole; and everybody is sound.
    #[test]
    fn whatever_is_added_nothing_else_changes(attached in any::<bool>(), steps in steps()) {
        SIGNERS.with_borrow(|signers| {
            let empty = if attached { Assembly::enclosing(CONTRACT.to_vec()) } else { Assembly::detached() };
            let mut message = empty.signer(finished_by(&signers[0])).assemble().unwrap();
            let mut count = 1;
            for step in steps {
                let before = message.clone();
                let mut extended = None;
                match step {
                    Step::Signer(who, by_key, with_time) => {
                        let signer = &signers[who];
                        let mut preparation = preparation(signer);
                        if by_key {
                            preparation = preparation.identified_by(Identification::SubjectKeyIdentifier);
                        }
                        if with_time {
                            preparation = preparation.signing_time("2026-11-22T12:00:00Z".parse().unwrap());
                        }
                        match message.with_signer(&finished(preparation, signer), &Enclosures::new()) {
                            Ok(joined) => {
                                count += 1;
                                message = joined;
                            }
                            Err(CmsError::SignerTwice) => {}
                            Err(other) => panic!("{other}"),
                        }
                    }
                    Step::Countersignature(who, of) => {
                        let of = of.index(message.signers().len());
                        let target = &message.signers()[of];
                        let signer = &signers[who];
                        let prepared =
                            CountersignaturePreparation::new(signer.chain(), signer.algorithm(), target);
                        let prepared = prepared.prepare().unwrap();
                        let finished = prepared.finish(signer.sign(prepared.to_be_signed()).unwrap()).unwrap();
                        match message.with_countersignature(&finished) {
                            Ok(after) => {
                                extended = Some(of);
                                message = after;
                            }
                            Err(CmsError::SignerTwice) => {}
                            // The same key signed the same bytes twice, named in two ways.
                            Err(CmsError::SeveralToCountersign { .. }) => {}
                            Err(other) => panic!("{other}"),
                        }
                    }
                    Step::Attribute(of, value) => {
                        let of = of.index(message.signers().len());
                        let attribute = Attribute::new(UNKNOWN, asn1::octet_string(&value));
                        message = message.with_unsigned_attribute(of, &attribute).unwrap();
                        extended = Some(of);
                    }
                    Step::Certificates(who) => {
                        let chain = signers[who].chain().iter().cloned();
                        message = message.with_enclosures(&Enclosures::new().certificates(chain)).unwrap();
                    }
                    Step::Rewritten => {
                        if message.to_bytes().get(1) != Some(&0x80) {
                            message = in_ber(&message);
                        }
                    }
                }
                assert_sound(&message);
                assert_eq!(message.signers().len(), count);
                assert_eq!(message.content(), before.content());
                for certificate in before.certificates() {
                    assert!(message.certificates().contains(certificate));
                }
                for (index, old) in before.signers().iter().enumerate() {
                    let same = |new: &SignerInfo| if Some(index) == extended {
                        new.signature() == old.signature()
                            && new.signed_attributes_der() == old.signed_attributes_der()
                            && old.unsigned_attributes().iter().all(|attribute| {
                                new.unsigned_attributes().iter().any(|other| other == attribute)
                            })
                    } else {
                        new.to_bytes() == old.to_bytes()
                    };
                    assert!(message.signers().iter().any(same), "signer {index}");
                }
            }
            let read_again = SignedMessage::from_ber(message.to_bytes()).unwrap();
            assert_sound(&read_again);
        });
    }

    /// Adding to what an attacker changed is refused or works, and never panics.
    #[test]
    fn adding_to_anything_is_done_or_refused(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
    ) {
        SIGNERS.with_borrow(|signers| {
            let message = Assembly::enclosing(CONTRACT.to_vec()).signer(finished_by(&signers[0])).assemble().unwrap();
            let joining = finished_by(&signers[1]);
            let counter = countersigned(&message, &message.signers()[0], &signers[2]);
            let message = in_ber(&message.with_countersignature(&counter).unwrap());
            let mut bytes = message.to_bytes().to_vec();
            for (index, value) in changes {
                *index.get_mut(&mut bytes) = value;
            }
            let end = bytes.len() - cut.index(bytes.len()) / 8;
            for bytes in [&bytes[..], &bytes[..end]] {
                if let Ok(message) = SignedMessage::from_ber(bytes) {
                    if let Ok(joined) = message.with_signer(&joining, &Enclosures::new()) {
                        assert_eq!(joined.content(), message.content());
                        assert!(joined.signers().iter().any(|signer| signer.to_bytes() == joining.to_signer_info()));
                    }
                    let _ = message.with_countersignature(&counter);
                    let attribute = Attribute::new(UNKNOWN, asn1::null());
                    let _ = message.with_unsigned_attribute(0, &attribute);
                }
            }
        });
    }
}
