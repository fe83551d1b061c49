//! What costs a message little and its reader much.

use chancery_certificate::asn1::{self, tag};
use chancery_cms::attributes::DATA;
use chancery_cms::{BerFault, CmsError, FaultKind, SignedMessage};
use chancery_key::KeyKind;
use const_oid::ObjectIdentifier as Oid;

use super::forge::{Forgery, attribute, message_bytes};
use super::parts::{CONTRACT, alice, pki};

#[test]
fn ten_thousand_signers_and_ten_megabytes_of_attributes_are_judged() {
    let alice = alice();
    let sound = Forgery::sound(&alice, CONTRACT);
    let bad = Forgery { signs: Some(b"something else".to_vec()), ..Forgery::sound(&alice, CONTRACT) };
    let signer = bad.message(&alice).signers()[0].to_bytes().to_vec();
    let content = asn1::encode(tag::constructed(0), &asn1::octet_string(CONTRACT));
    let with = |count: usize| {
        message_bytes(
            &sound.digest_algorithm,
            DATA,
            &content,
            &sound.certificates,
            &vec![signer.clone(); count],
        )
    };
    let message = SignedMessage::from_ber(&with(10_000)).unwrap();
    let content = message.content_digests();
    // Verifying is a fixed cost for each signer; a hundred tell what ten thousand do.
    let checks = message.signers().iter().take(100).map(|signer| signer.check(&message, &content, &[]));
    assert!(checks.into_iter().all(|check| check.worst() == Some(FaultKind::Mathematics)));
    assert!(matches!(SignedMessage::from_ber(&with(10_001)), Err(CmsError::TooMany { what: "signers", .. })));

    let long = attribute(Oid::new_unwrap("1.2.3.4"), &asn1::octet_string(&vec![7; 10 << 20]));
    let forged = Forgery::sound(&alice, CONTRACT).replace(Oid::new_unwrap("1.2.3.4"), vec![long]);
    assert_eq!(forged.faults(&alice), []);
}

#[test]
fn a_hundred_thousand_nested_strings_are_refused_with_their_place() {
    let nested = [&[0x24, 0x80].repeat(100_000)[..], &[0; 200_000]].concat();
    let explicit = [&[tag::constructed(0), 0x80], &nested[..], &[0, 0]].concat();
    let alice = alice();
    let sound = Forgery::sound(&alice, CONTRACT);
    let bytes = message_bytes(&sound.digest_algorithm, DATA, &explicit, &sound.certificates, &[]);
    let error = SignedMessage::from_ber(&bytes).unwrap_err();
    let CmsError::Malformed { at, fault: BerFault::TooDeep { .. }, .. } = error else { panic!("{error}") };
    assert!(at > 0);
}

/// Each of them would read all of the content: a message of two megabytes would cost many gigabytes of digesting.
#[test]
fn content_is_not_given_to_ten_thousand_signers() {
    let alice = pki().signer("Alice", KeyKind::Ed25519);
    let content = vec![7; 100_000];
    let bare = Forgery { signed: None, ..Forgery::sound(&alice, &content) };
    let signer = bare.message(&alice).signers()[0].to_bytes().to_vec();
    let explicit = asn1::encode(tag::constructed(0), &asn1::octet_string(&content));
    let with = |count| {
        let signers = vec![signer.clone(); count];
        let bytes = message_bytes(&bare.digest_algorithm, DATA, &explicit, &bare.certificates, &signers);
        let message = SignedMessage::from_ber(&bytes).unwrap();
        message.check(&message.content_digests(), &[])
    };
    assert!(with(3).is_sound());
    assert_eq!(with(10_000).worst(), Some(FaultKind::CannotTell));
}
