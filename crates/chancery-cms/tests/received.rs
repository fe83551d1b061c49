//! The parts of a message byte for byte, and changes of what nobody signed.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

use chancery_certificate::asn1::{self, Reader, tag};
use chancery_cms::attributes::SIGNATURE_TIMESTAMP;
use chancery_cms::{Attribute, CmsError, Enclosures, Preparation, SignedMessage};
use chancery_digest::{DigestAlgorithm, KnownDigest};
use chancery_key::{KeyKind, Signer};
use chancery_testkit::TestPki;

fn message() -> SignedMessage {
    message_over(b"a contract".to_vec())
}

fn message_over(content: Vec<u8>) -> SignedMessage {
    let pki = TestPki::at("2026-11-21T12:00:00Z".parse().unwrap());
    let alice = pki.signer("Alice", KeyKind::P256);
    let prepared = Preparation::enclosing(alice.chain(), alice.algorithm(), content);
    let prepared = prepared.signing_time(pki.now()).prepare().unwrap();
    let message = prepared.finish(alice.sign(prepared.to_be_signed()).unwrap()).unwrap();
    let evidence = Enclosures::new().crl(&pki.crl()).unwrap().ocsp(&pki.ocsp(&alice.chain()[0])).unwrap();
    let message = message.with_enclosures(&evidence).unwrap();
    [[4, 1, 1], [4, 1, 2]].iter().fold(message, |message, value| {
        message.with_unsigned_attribute(0, &Attribute::new(SIGNATURE_TIMESTAMP, *value)).unwrap()
    })
}

#[test]
fn the_parts_are_the_bytes_of_the_message() {
    let message = message();
    let (parts, signer) = (message.received().unwrap(), message.signers()[0].received().unwrap());
    let holds = |part: &[u8]| message.to_bytes().windows(part.len()).any(|window| window == part);
    assert!(holds(parts.encapsulated().as_bytes()));
    assert_eq!(parts.content_type().as_bytes(), asn1::oid(&message.content_type()));
    for (set, members) in
        [(parts.certificates(), 2), (parts.revocations(), 2), (signer.unsigned_attributes(), 2)]
    {
        let set = set.unwrap();
        assert_eq!(set.members().len(), members);
        let joined: Vec<u8> = set.members().iter().flat_map(|member| member.as_bytes().to_vec()).collect();
        assert_eq!(Reader::new(set.as_bytes()).element().unwrap().content, joined);
        assert!(holds(set.as_bytes()));
    }
    // Everything of the signer is either signed or not.
    let unsigned = signer.unsigned_attributes().unwrap().as_bytes();
    let whole = Reader::new(message.signers()[0].to_bytes()).element().unwrap().content;
    assert_eq!([&signer.signed_fields(), unsigned].concat(), whole);
    assert_eq!(signer.signed_fields_der().unwrap(), signer.signed_fields(), "it is DER already");
    let values = signer.unsigned_values().unwrap();
    let values: Vec<_> = values.iter().map(|value| (value.attribute, value.value.content())).collect();
    assert_eq!(values, [(SIGNATURE_TIMESTAMP, &[1][..]), (SIGNATURE_TIMESTAMP, &[2])]);
}

/// What was read of a message, but for its certificates, which keep octets of their own.
fn pieces(message: &SignedMessage) -> Vec<&[u8]> {
    let signer = &message.signers()[0];
    let attributes = [signer.signed_attributes().unwrap(), signer.unsigned_attributes()];
    let values = attributes.into_iter().flatten().flat_map(Attribute::values).map(AsRef::as_ref);
    let crls = message.crls().iter().map(AsRef::as_ref);
    let others = message.other_revocations().iter().map(|other| other.value.as_ref());
    values.chain(crls).chain(others).chain([signer.to_bytes(), signer.signature()]).collect()
}

#[test]
fn what_is_read_shares_the_message_unless_its_content_is_large() {
    let shared = |message: &SignedMessage| {
        let whole = message.to_bytes().as_ptr_range();
        let within = |piece: &&&[u8]| whole.contains(&piece.as_ptr());
        (pieces(message).iter().filter(within).count(), pieces(message).len())
    };
    let (some, all) = shared(&message());
    assert!(some == all && all > 8, "{some} of {all}");
    let (kept, large) = (message_over(vec![7; 1 << 20]), message_over(vec![7; (1 << 20) + 1]));
    // The limit counts the content with its type and lengths.
    assert_eq!((shared(&kept).0, shared(&large).0), (0, 0));
    assert_eq!(shared(&message_over(vec![7; 1_000_000])), (all, all));
    let shares = |message: &SignedMessage| {
        let part = message.part(&message.to_bytes()[9..99]);
        message.to_bytes().as_ptr_range().contains(&part.as_ptr())
    };
    assert!(shares(&message()) && !shares(&large));
    // They are what stands there in either case.
    let read = SignedMessage::from_ber(large.to_bytes()).unwrap();
    assert_eq!(pieces(&read), pieces(&large));
    let holds = |piece: &[u8]| large.to_bytes().windows(piece.len()).any(|window| window == piece);
    let (short, long): (Vec<_>, Vec<_>) = pieces(&large).into_iter().partition(|piece| piece.len() < 200);
    assert!(!short.is_empty() && long.into_iter().all(holds));
}

#[test]
fn a_message_is_given_away_whether_it_is_shared_or_not() {
    let message = message();
    let (bytes, place) = (message.to_bytes().to_vec(), message.to_bytes().as_ptr());
    let kept = message.signers()[0].octets().clone();
    let copy = message.clone().into_bytes();
    assert!(copy == bytes && copy.as_ptr() != place);
    drop((kept, copy));
    let given = message.into_bytes();
    assert_eq!(given.as_ptr(), place);
}

#[test]
fn fields_in_ber_have_one_der_encoding() {
    let message = message();
    let original = message.signers()[0].received().unwrap().signed_fields();
    // The signed attributes in another order and with an indefinite length; a long form of a length.
    let info = Reader::new(message.signers()[0].to_bytes()).element().unwrap();
    let mut fields = Vec::new();
    let mut reader = info.reader();
    while !reader.is_empty() {
        let field = reader.element().unwrap();
        fields.push(match field.tag {
            0xa0 => {
                let mut members = Vec::new();
                let mut attributes = field.reader();
                while !attributes.is_empty() {
                    members.insert(0, attributes.element().unwrap().raw.to_vec());
                }
                [&[0xa0, 0x80], &members.concat()[..], &[0, 0]].concat()
            }
            2 => [&[2, 0x81, 1], field.content].concat(),
            _ => field.raw.to_vec(),
        });
    }
    let ber = asn1::encode(tag::SEQUENCE, &fields.concat());
    let signer = chancery_cms::SignerInfo::from_ber(&ber).unwrap();
    let received = signer.received().unwrap();
    assert_ne!(received.signed_fields(), original);
    assert_eq!(received.signed_fields_der().unwrap(), original);
    assert!(chancery_cms::SignerInfo::from_ber(&[ber.as_slice(), &[0]].concat()).is_err());
}

#[test]
fn one_value_is_replaced_and_nothing_else() {
    let message = message();
    let (old, new) = (&[4, 1, 2], asn1::octet_string(&[7; 300]));
    let changed = message.with_unsigned_value_replaced(0, old, &new).unwrap();
    let values = |message: &SignedMessage| -> Vec<Vec<u8>> {
        let unsigned = message.signers()[0].unsigned_attributes();
        unsigned.values(SIGNATURE_TIMESTAMP).map(<[u8]>::to_vec).collect()
    };
    assert_eq!(values(&changed), [vec![4, 1, 1], new.clone()]);
    let back = changed.with_unsigned_value_replaced(0, &new, old).unwrap();
    assert_eq!(back.to_bytes(), message.to_bytes());

    let refused =
        |signer, old: &[u8], new: &[u8]| message.with_unsigned_value_replaced(signer, old, new).unwrap_err();
    assert!(matches!(refused(0, &[4, 1, 9], &new), CmsError::NoSuchValue));
    assert!(matches!(refused(1, old, &new), CmsError::NoSuchSigner { .. }));
    for not_one in [&[][..], &[4, 2, 1], &[4, 0, 4, 0]] {
        assert!(matches!(refused(0, old, not_one), CmsError::Malformed { .. }), "{not_one:?}");
    }
}

#[test]
fn an_algorithm_is_announced_once() {
    let message = message();
    let twice =
        message.announcing(DigestAlgorithm::Sha512).unwrap().announcing(DigestAlgorithm::Sha512).unwrap();
    let once = message.announcing(DigestAlgorithm::Sha512).unwrap();
    assert_eq!(once.to_bytes(), twice.to_bytes());
    let oid = asn1::oid(&KnownDigest::from(DigestAlgorithm::Sha512).oid());
    let count = once.to_bytes().windows(oid.len()).filter(|window| *window == oid).count();
    assert_eq!(count, 1);
    assert_eq!(
        message.announcing(DigestAlgorithm::Sha256).unwrap().to_bytes(),
        message.to_bytes(),
        "it is there"
    );
}
