//! Signatures of signatures.

use chancery_certificate::asn1::{self, tag};
use chancery_cms::attributes::{CONTENT_TYPE, COUNTERSIGNATURE, MESSAGE_DIGEST, SIGNED_DATA};
use chancery_cms::{
    Assembly, Attribute, CmsError, Enclosures, FinishedCountersignature, SignedMessage, SignerIdentifier,
};
use chancery_digest::AnyDigest;
use chancery_key::{KeyKind, PublicKey, Signer, SoftwareSigner};

use super::parts::{CONTRACT, assert_sound, contains, countersigned, fields, finished_by, in_ber, pki};

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
