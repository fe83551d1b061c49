//! Much of everything: the work stays bounded, and the verdict is the right one.

use std::collections::HashSet;

use chancery_certificate::asn1::{self, tag};
use chancery_cms::attributes::{DATA, SIGNING_CERTIFICATE_V2};
use chancery_cms::{BerFault, CmsError, Enclosures, FaultKind, SignedMessage, SignerFault};
use chancery_digest::Digests;
use chancery_key::{KeyKind, Signer};
use proptest::prelude::*;

use crate::forge::{Forgery, attribute, check, message_bytes, reference};
use crate::parts::{CONTRACT, alice, pki};

/// `bytes` with the one place where `from` stands replaced.
fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let at = bytes.windows(from.len()).position(|window| window == from).unwrap();
    [&bytes[..at], to, &bytes[at + from.len()..]].concat()
}

/// Ten thousand signers named by key identifiers, a thousand certificates that have one each: ten million pairs, of
/// which only those that fit are looked at. None of the signers has its certificate, so no signature is verified.
#[test]
fn ten_thousand_signers_and_a_thousand_certificates_are_not_compared_each_with_each() {
    let alice = alice();
    let certificate = &alice.chain()[0];
    let sound = Forgery::sound(&alice, CONTRACT);
    let key_identifier = certificate.subject_key_identifier().unwrap().unwrap();
    let numbered = |number: u32| [&[0xee; 16][..], &number.to_be_bytes()].concat();
    assert_eq!(key_identifier.len(), 20);
    let certificates: Vec<_> = (0..999)
        .map(|number| replaced(certificate.to_der(), &key_identifier, &numbered(number)))
        .chain([certificate.to_der().to_vec()])
        .collect();
    let named = |identifier: &[u8]| {
        let identifier = asn1::encode(tag::primitive(0), identifier);
        let forged = Forgery { signer_version: 3, identifier, ..Forgery::sound(&alice, CONTRACT) };
        forged.message(&alice).signers()[0].to_bytes().to_vec()
    };
    let stranger = named(&numbered(5000));
    let mut signers: Vec<_> =
        (0..9999).map(|number| replaced(&stranger, &numbered(5000), &numbered(5000 + number))).collect();
    signers.push(named(&key_identifier));
    let content = asn1::encode(tag::constructed(0), &asn1::octet_string(CONTRACT));
    let bytes = message_bytes(&sound.digest_algorithm, DATA, &content, &certificates, &signers);
    let message = SignedMessage::from_ber(&bytes).unwrap();
    assert_eq!((message.signers().len(), message.certificates().len()), (10_000, 1000));

    let checked = message.check(&message.content_digests(), &[]);
    let missing = |faults: &[SignerFault]| matches!(faults, [SignerFault::CertificateMissing { .. }]);
    assert!(checked.signers()[..9999].iter().all(|signer| missing(signer.faults())));
    assert!(checked.signers()[9999].sound().is_some());
    assert_eq!(checked.worst(), Some(FaultKind::CannotTell));
    // The same certificates beside the message.
    let bare = message_bytes(&sound.digest_algorithm, DATA, &content, &[], &signers);
    let bare = SignedMessage::from_ber(&bare).unwrap();
    let checked = bare.check(&bare.content_digests(), message.certificates());
    assert!(checked.signers()[..9999].iter().all(|signer| missing(signer.faults())));
    assert!(checked.signers()[9999].sound().is_some());
}

/// A signature that is renewed for ever gains revocation lists, and each brings its bytes.
#[test]
fn as_many_lists_as_have_the_length_of_lists() {
    let alice = alice();
    let message = Forgery::sound(&alice, CONTRACT).message(&alice);
    let with = |count: u32, length: usize| {
        let list =
            |number: u32| asn1::sequence(&[&asn1::octet_string(&number.to_be_bytes()), &vec![0; length]]);
        let lists = (0..count).try_fold(Enclosures::new(), |lists, number| lists.crl(&list(number)));
        message.with_enclosures(&lists.unwrap())
    };
    assert_eq!(with(3_000, 150).unwrap().crls().len(), 3_000);
    assert_eq!(with(1_000, 0).unwrap().crls().len(), 1_000);
    let error = with(1_001, 0).unwrap_err();
    assert!(matches!(error, CmsError::TooMany { what: "CRLs", limit: 1_000 }), "{error}");
}

/// Each of the signers would be judged by all of it.
#[test]
fn many_signers_and_many_lists_together_are_refused() {
    let alice = alice();
    let forged = Forgery::sound(&alice, CONTRACT);
    let signer = forged.message(&alice).signers()[0].to_bytes().to_vec();
    let content = asn1::encode(tag::constructed(0), &asn1::octet_string(CONTRACT));
    let with = |signers: usize, others: usize| {
        // Certificates of attributes, which are kept as bytes.
        let other = asn1::encode(tag::constructed(2), &[0; 150]);
        let signers = vec![signer.clone(); signers];
        SignedMessage::from_ber(&message_bytes(
            &forged.digest_algorithm,
            DATA,
            &content,
            &vec![other; others],
            &signers,
        ))
    };
    assert!(with(10_000, 900).is_ok() && with(100, 9_000).is_ok());
    let error = with(10_000, 9_000).unwrap_err();
    assert!(matches!(error, CmsError::TooMany { limit: 2_000, .. }), "{error}");
}

/// The same certificate a thousand times hides no other one.
#[test]
fn a_certificate_that_comes_often_is_looked_at_once() {
    let alice = alice();
    let certificate = &alice.chain()[0];
    let numbered = |number: u8| {
        replaced(
            certificate.to_der(),
            certificate.public_key_bits(),
            &vec![number; certificate.public_key_bits().len()],
        )
    };
    let certificates: Vec<_> = (0..50)
        .flat_map(|_| [numbered(1), numbered(2), numbered(3)])
        .chain([certificate.to_der().to_vec()])
        .collect();
    let forged = Forgery { certificates, ..Forgery::sound(&alice, CONTRACT) };
    assert_eq!(check(&forged.message(&alice)).sound().unwrap().certificate(), certificate);
}

/// The same certificate is found among few and among many, by either identifier, and also as it is not written.
#[test]
fn signers_are_found_among_few_certificates_as_among_many() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let certificate = &alice.chain()[0];
    let key_identifier = certificate.subject_key_identifier().unwrap().unwrap();
    let others: Vec<_> = (0_u8..20)
        .map(|number| replaced(certificate.to_der(), &key_identifier, &[number; 20]))
        .map(|other| replaced(&other, certificate.serial(), &vec![7; certificate.serial().len()]))
        .collect();
    let by_key = asn1::encode(tag::primitive(0), &key_identifier);
    for count in [0, 5, 20] {
        let certificates = [&others[..count], &[certificate.to_der().to_vec()]].concat();
        let by_issuer = Forgery { certificates: certificates.clone(), ..Forgery::sound(&alice, CONTRACT) };
        assert_eq!(check(&by_issuer.message(&alice)).sound().unwrap().certificate(), certificate);
        let by_key = Forgery { identifier: by_key.clone(), signer_version: 3, ..by_issuer };
        assert_eq!(check(&by_key.message(&alice)).sound().unwrap().certificate(), certificate);
    }
    // A key without an identifier in its certificate is known by its digest.
    let identifier = asn1::oid(&"2.5.29.14".parse().unwrap());
    let nameless = replaced(certificate.to_der(), &identifier, &asn1::oid(&"2.5.29.99".parse().unwrap()));
    let nameless_certificate = chancery_certificate::Certificate::from_der(&nameless).unwrap();
    let digest = chancery_digest::LegacyDigest::Sha1;
    let digest = chancery_digest::AnyDigest::digest(digest, certificate.public_key_bits());
    let bound = vec![attribute(SIGNING_CERTIFICATE_V2, &reference(&nameless_certificate))];
    for count in [0, 20] {
        let forged = Forgery {
            certificates: [&others[..count], std::slice::from_ref(&nameless)].concat(),
            identifier: asn1::encode(tag::primitive(0), digest.as_bytes()),
            signer_version: 3,
            ..Forgery::sound(&alice, CONTRACT)
        };
        let forged = forged.replace(SIGNING_CERTIFICATE_V2, bound.clone());
        assert_eq!(check(&forged.message(&alice)).sound().unwrap().certificate(), &nameless_certificate);
    }
}

/// The same message with every length indefinite and every octet string in pieces: BER as old programs write it.
fn in_indefinite_lengths(der: &[u8], depth: usize) -> Vec<u8> {
    let mut reader = asn1::Reader::new(der);
    let mut all = Vec::new();
    while !reader.is_empty() {
        let element = reader.element().unwrap();
        let (first, inside) = match element.tag {
            tag::OCTET_STRING if depth > 3 => {
                let pieces = element.content.chunks(5);
                (0x24, pieces.flat_map(asn1::octet_string).collect())
            }
            constructed if constructed & 0x20 != 0 => {
                (constructed, in_indefinite_lengths(element.content, depth + 1))
            }
            _ => {
                all.extend_from_slice(element.raw);
                continue;
            }
        };
        all.extend([&[first, 0x80], &inside[..], &[0, 0]].concat());
    }
    all
}

#[test]
fn indefinite_lengths_everywhere_are_read_and_the_signature_holds() {
    let alice = alice();
    let sound = Forgery { certificates: vec![], ..Forgery::sound(&alice, CONTRACT) }.bytes(&alice);
    let message = SignedMessage::from_ber(&in_indefinite_lengths(&sound, 0)).unwrap();
    assert_eq!(message.content(), Some(CONTRACT));
    let checked = message.check(&message.content_digests(), alice.chain());
    assert!(checked.is_sound(), "{:?}", checked.signers());
}

#[test]
fn sixty_four_levels_are_read_and_more_are_refused() {
    let alice = alice();
    let nested = |levels: usize| {
        let string = (0..levels)
            .fold(asn1::octet_string(CONTRACT), |inner, _| [&[0x24, 0x80], &inner[..], &[0, 0]].concat());
        let sound = Forgery::sound(&alice, CONTRACT);
        let signer = sound.message(&alice).signers()[0].to_bytes().to_vec();
        let content = asn1::encode(tag::constructed(0), &string);
        message_bytes(&sound.digest_algorithm, DATA, &content, &sound.certificates, &[signer])
    };
    let message = SignedMessage::from_ber(&nested(60)).unwrap();
    assert!(message.check(&message.content_digests(), &[]).is_sound());
    let error = SignedMessage::from_ber(&nested(70)).unwrap_err();
    assert!(matches!(error, CmsError::Malformed { fault: BerFault::TooDeep { .. }, .. }), "{error}");
}

/// Every byte of what the signature covers, and of the certificate that it names, changed: never sound. Every byte of
/// the rest: no panic, and what is still sound has the same content and the same signer.
#[test]
fn no_byte_of_what_is_signed_can_be_changed() {
    let alice = alice();
    let certificate = alice.chain()[0].to_der();
    let bytes = Forgery::sound(&alice, CONTRACT).bytes(&alice);
    let original = SignedMessage::from_ber(&bytes).unwrap();
    let attributes = &original.signers()[0].signed_attributes_der().unwrap()[1..];
    let place = |part: &[u8]| {
        let at = bytes.windows(part.len()).position(|window| window == part).unwrap();
        at..at + part.len()
    };
    let mut signed: HashSet<_> = place(CONTRACT).chain(place(attributes)).chain(place(certificate)).collect();
    signed.extend(place(original.signers()[0].signature()));
    for at in 0..bytes.len() {
        for bit in [0x01, 0x80] {
            let mut changed = bytes.clone();
            changed[at] ^= bit;
            let Ok(message) = SignedMessage::from_file_bytes(&changed) else { continue };
            let checked = message.check(&message.content_digests(), &[]);
            if checked.is_sound() {
                assert!(!signed.contains(&at), "byte {at} of what is signed was changed");
                assert_eq!(message.content(), Some(CONTRACT));
                let [signer] = checked.signers() else { panic!("{checked:?}") };
                assert_eq!(signer.sound().unwrap().certificate().to_der(), certificate);
            }
        }
    }
}

#[test]
fn a_message_cut_off_anywhere_is_refused() {
    let alice = alice();
    let bytes = Forgery::sound(&alice, CONTRACT).bytes(&alice);
    let indefinite = in_indefinite_lengths(
        &Forgery { certificates: vec![], ..Forgery::sound(&alice, CONTRACT) }.bytes(&alice),
        0,
    );
    for whole in [bytes, indefinite] {
        for end in 0..whole.len() {
            assert!(SignedMessage::from_ber(&whole[..end]).is_err(), "cut at {end}");
            assert!(SignedMessage::from_ber_prefix(&whole[..end]).is_err(), "cut at {end}");
        }
    }
}

proptest! {
    /// Some bytes of a sound message overwritten: whatever is still sound has the content that was signed.
    #[test]
    fn what_is_sound_has_the_content_that_was_signed(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let alice = alice();
        let mut bytes = Forgery::sound(&alice, CONTRACT).bytes(&alice);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(message) = SignedMessage::from_file_bytes(&bytes) {
            let digests = match message.content() {
                Some(_) => message.content_digests(),
                None => Digests::default(),
            };
            if message.check(&digests, alice.chain()).is_sound() {
                prop_assert_eq!(message.content(), Some(CONTRACT));
            }
        }
    }
}
