//! Signed attributes that are absent, elsewhere, twice, in another order, or passed off as content.

use chancery_certificate::asn1::{self, tag};
use chancery_cms::attributes::{
    ALGORITHM_PROTECTION, CONTENT_TYPE, DATA, MESSAGE_DIGEST, SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2,
    SIGNING_TIME, TIMESTAMP_INFO,
};
use chancery_cms::{
    CertificateBinding, Reading, Remark, SignedMessage, SignerFault, resembles_signed_attributes,
};
use chancery_digest::{DigestAlgorithm, Digests};
use chancery_key::{KeyKind, Signer};
use const_oid::ObjectIdentifier as Oid;

use super::forge::{Forgery, Order, attribute, check, message_bytes, reference};
use super::parts::{
    CONTRACT, alice, attribute_with, message_digest, pki, protection, reference_of_version_1,
};

#[test]
fn content_of_another_type_needs_signed_attributes() {
    let alice = alice();
    let forged = Forgery { content_type: TIMESTAMP_INFO, signed: None, ..Forgery::sound(&alice, CONTRACT) };
    let expected = SignerFault::SignedAttributesMissing { content_type: TIMESTAMP_INFO };
    assert_eq!(forged.faults(&alice), [expected]);
}

#[test]
fn signed_attributes_of_one_message_are_not_the_content_of_another() {
    let alice = alice();
    // Alice signs a message; her signature also holds over the attributes taken as bare content.
    let mut attributes = Forgery::sound(&alice, CONTRACT).signed.unwrap();
    attributes.sort();
    let as_content = asn1::encode(tag::SET, &attributes.concat());
    let forged = Forgery { signed: None, ..Forgery::sound(&alice, &as_content) };
    assert_eq!(forged.faults(&alice), [SignerFault::ContentIsAttributes]);

    assert!(resembles_signed_attributes(&as_content));

    // Detached, the reader does not see the content: it says so, and the verifier can ask.
    let signer = forged.message(&alice).signers()[0].to_bytes().to_vec();
    let bytes = message_bytes(&forged.digest_algorithm, DATA, &[], &forged.certificates, &[signer]);
    let detached = SignedMessage::from_ber(&bytes).unwrap();
    let digests = Digests::over_bytes(detached.digest_algorithms(), &as_content);
    let checked = detached.signers()[0].check(&detached, &digests, &[]);
    assert_eq!(checked.sound().unwrap().remarks(), [Remark::ContentNotSeen, Remark::CertificateNotBound]);

    // Bare content of any other kind is sound.
    let bare = Forgery { signed: None, ..Forgery::sound(&alice, CONTRACT) }.message(&alice);
    assert_eq!(check(&bare).sound().unwrap().remarks(), [Remark::CertificateNotBound]);
    assert_eq!(check(&bare).sound().unwrap().reading(), Reading::Content);
}

#[test]
fn the_signed_content_type_must_be_that_of_the_message() {
    let alice = alice();
    let forged = Forgery { content_type: TIMESTAMP_INFO, ..Forgery::sound(&alice, CONTRACT) };
    let expected = SignerFault::ContentTypeMismatch { signed: DATA, found: TIMESTAMP_INFO };
    assert_eq!(forged.faults(&alice), [expected]);
}

#[test]
fn required_attributes_may_not_be_missing() {
    let alice = alice();
    for oid in [CONTENT_TYPE, MESSAGE_DIGEST] {
        let forged = Forgery::sound(&alice, CONTRACT).replace(oid, vec![]);
        assert_eq!(forged.faults(&alice), [SignerFault::AttributeMissing { oid }]);
    }
    // Without a reference the signer is sound and not bound; CAdES and timestamps refuse that.
    let unbound = Forgery::sound(&alice, CONTRACT).replace(SIGNING_CERTIFICATE_V2, vec![]).message(&alice);
    let checked = check(&unbound);
    assert_eq!(checked.sound().unwrap().binding(), CertificateBinding::None);
    assert_eq!(checked.sound().unwrap().remarks(), [Remark::CertificateNotBound]);
}

#[test]
fn attributes_that_stand_once_may_not_stand_twice_or_have_many_values() {
    let alice = alice();
    let right = message_digest(CONTRACT);
    let wrong = message_digest(b"I owe you a million");
    for pair in [vec![right.clone(), wrong.clone()], vec![right.clone(), right]] {
        let forged = Forgery::sound(&alice, CONTRACT).replace(MESSAGE_DIGEST, pair);
        assert_eq!(forged.faults(&alice), [SignerFault::AttributeTwice { oid: MESSAGE_DIGEST }]);
    }
    for (oid, value) in [
        (CONTENT_TYPE, asn1::oid(&DATA)),
        (SIGNING_CERTIFICATE_V2, reference(&alice.chain()[0])),
        (SIGNING_TIME, asn1::time("2026-01-01T00:00:00Z".parse().unwrap())),
        (SIGNING_CERTIFICATE, reference_of_version_1(&alice.chain()[0])),
        (ALGORITHM_PROTECTION, protection(alice.algorithm())),
    ] {
        let twice = vec![attribute(oid, &value), attribute(oid, &value)];
        let forged = Forgery::sound(&alice, CONTRACT).replace(oid, twice);
        assert_eq!(forged.faults(&alice), [SignerFault::AttributeTwice { oid }]);
        for values in [vec![], vec![value.clone(), asn1::null()]] {
            let count = values.len();
            let forged = Forgery::sound(&alice, CONTRACT).replace(oid, vec![attribute_with(oid, values)]);
            assert_eq!(forged.faults(&alice), [SignerFault::AttributeValues { oid, values: count }]);
        }
    }
}

#[test]
fn what_must_be_signed_may_not_stand_among_the_unsigned() {
    let alice = alice();
    let elsewhere = attribute(SIGNING_CERTIFICATE_V2, &reference(&alice.chain()[0]));
    let content_type = attribute(CONTENT_TYPE, &asn1::oid(&DATA));
    for (oid, moved) in [
        (SIGNING_CERTIFICATE_V2, elsewhere),
        (MESSAGE_DIGEST, message_digest(CONTRACT)),
        (CONTENT_TYPE, content_type),
        (SIGNING_TIME, attribute(SIGNING_TIME, &asn1::time("2026-01-01T00:00:00Z".parse().unwrap()))),
        (SIGNING_CERTIFICATE, attribute(SIGNING_CERTIFICATE, &reference_of_version_1(&alice.chain()[0]))),
        (ALGORITHM_PROTECTION, attribute(ALGORITHM_PROTECTION, &protection(alice.algorithm()))),
    ] {
        let forged = Forgery { unsigned: vec![moved], ..Forgery::sound(&alice, CONTRACT) };
        assert_eq!(forged.faults(&alice), [SignerFault::AttributeUnsigned { oid }]);
    }
}

#[test]
fn attributes_out_of_order_say_over_which_reading_the_signature_holds() {
    let alice = alice();
    let reversed = Forgery { order: Order::Reversed, ..Forgery::sound(&alice, CONTRACT) };
    let checked = check(&reversed.message(&alice));
    assert_eq!(checked.sound().unwrap().reading(), Reading::AsReceived);
    assert_eq!(checked.sound().unwrap().remarks(), [Remark::AttributesNotDer(Reading::AsReceived)]);

    // The same bytes sent, but DER signed, as the standard says.
    let mut attributes = Forgery::sound(&alice, CONTRACT).signed.unwrap();
    attributes.sort();
    let der = asn1::encode(tag::SET, &attributes.concat());
    let reversed = Forgery { signs: Some(der), order: Order::Reversed, ..Forgery::sound(&alice, CONTRACT) };
    assert_eq!(check(&reversed.message(&alice)).sound().unwrap().reading(), Reading::Der);
}

/// An attribute of a type that no `ObjectIdentifier` can hold: a UUID below 2.25 (ITU-T X.667).
fn attribute_named_by_uuid() -> Vec<u8> {
    let uuid = b"\x69\xf8\x9d\xd1\x99\xc3\xaa\xb1\xd3\xc4\xee\xf1\x91\xa2\xb1\xc3\xd4\xe5\xf6\x07";
    asn1::sequence(&[&asn1::encode(tag::OBJECT_IDENTIFIER, uuid), &asn1::set_of(vec![asn1::null()])])
}

/// What this crate cannot read, others sign: it must not become "content" by that.
#[test]
fn attributes_that_we_cannot_name_are_attributes() {
    let alice = alice();
    let mut attributes = Forgery::sound(&alice, CONTRACT).signed.unwrap();
    attributes.push(attribute_named_by_uuid());
    attributes.sort();
    let as_content = asn1::encode(tag::SET, &attributes.concat());
    let forged = Forgery { signed: None, ..Forgery::sound(&alice, &as_content) };
    assert_eq!(forged.faults(&alice), [SignerFault::ContentIsAttributes]);

    // The message itself is sound, and the attribute is kept.
    let unsigned = vec![attribute_named_by_uuid()];
    let message = Forgery { signed: Some(attributes), unsigned, ..Forgery::sound(&alice, CONTRACT) };
    let message = message.message(&alice);
    assert!(check(&message).sound().is_some());
    let signer = &message.signers()[0];
    for attributes in [signer.signed_attributes().unwrap(), signer.unsigned_attributes()] {
        assert_eq!(attributes.unnamed(), [attribute_named_by_uuid()]);
        assert!(!attributes.is_empty());
    }
    // What is no object identifier at all is still an error.
    let broken =
        asn1::sequence(&[&asn1::encode(tag::OBJECT_IDENTIFIER, &[0x2a, 0x86]), &asn1::set_of(vec![])]);
    let forged = Forgery { unsigned: vec![broken], ..Forgery::sound(&alice, CONTRACT) };
    assert!(SignedMessage::from_ber(&forged.bytes(&alice)).is_err());
}

/// A value that has a tag of several octets, and one that is nested deeper than is encoded again.
#[test]
fn the_reading_is_told_whatever_the_values_are() {
    let alice = alice();
    let oid = Oid::new_unwrap("1.2.3.4");
    let deep = (0..70).fold(asn1::null(), |inner, _| asn1::sequence(&[&inner]));
    for value in [vec![0x5f, 0x81, 0x01, 0x01, 0x07], deep] {
        let with = |order, signs| {
            let forged = Forgery { order, signs, ..Forgery::sound(&alice, CONTRACT) };
            check(&forged.replace(oid, vec![attribute(oid, &value)]).message(&alice))
        };
        let checked = with(Order::Reversed, None);
        assert_eq!(checked.sound().unwrap().reading(), Reading::AsReceived);
        assert_eq!(checked.sound().unwrap().remarks(), [Remark::AttributesNotDer(Reading::AsReceived)]);
    }
    // Where the DER encoding is known, it may have been signed.
    let value = attribute(oid, &[0x5f, 0x81, 0x01, 0x01, 0x07]);
    let mut attributes = Forgery::sound(&alice, CONTRACT).signed.unwrap();
    attributes.push(value.clone());
    attributes.sort();
    let der = asn1::encode(tag::SET, &attributes.concat());
    let forged = Forgery { order: Order::Reversed, signs: Some(der), ..Forgery::sound(&alice, CONTRACT) };
    let checked = check(&forged.replace(oid, vec![value]).message(&alice));
    assert_eq!(checked.sound().unwrap().reading(), Reading::Der);
}

#[test]
fn what_is_not_written_as_the_standard_says_is_remarked() {
    let alice = alice();
    let sound = Forgery::sound(&alice, CONTRACT);
    let signer = sound.message(&alice).signers()[0].to_bytes().to_vec();
    let content = asn1::encode(tag::constructed(0), &asn1::octet_string(CONTRACT));
    let announced = asn1::sequence(&[&asn1::oid(&DigestAlgorithm::Sha512.oid())]);
    let bytes = message_bytes(&announced, DATA, &content, &sound.certificates, &[signer]);
    let remarks = |message: &SignedMessage| check(message).sound().unwrap().remarks().to_vec();
    let expected = Remark::DigestNotAnnounced { digest: "SHA-256".to_owned() };
    assert_eq!(remarks(&SignedMessage::from_ber(&bytes).unwrap()), [expected]);

    let rsa = pki().signer("Bob", KeyKind::Rsa { bits: 2048 });
    for oid in ["1.2.840.113549.1.1.1", "1.2.840.113549.1.1.11"].map(Oid::new_unwrap) {
        let signature_algorithm = asn1::sequence(&[&asn1::oid(&oid)]);
        let forged = Forgery { signature_algorithm, ..Forgery::sound(&rsa, CONTRACT) };
        assert_eq!(remarks(&forged.message(&rsa)), [Remark::ParametersAbsent { oid }]);
    }

    let oid = Oid::new_unwrap("1.2.840.10045.4.3.2");
    let with = |parameters: &[u8]| {
        let signature_algorithm = asn1::sequence(&[&asn1::oid(&oid), parameters]);
        Forgery { signature_algorithm, ..Forgery::sound(&alice, CONTRACT) }.message(&alice)
    };
    assert_eq!(remarks(&with(&asn1::null())), [Remark::ParametersPresent { oid }]);
    assert!(
        check(&with(&asn1::octet_string(b"else"))).sound().is_none(),
        "other parameters may mean something"
    );
}
