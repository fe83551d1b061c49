//! What a hostile expert would try on a signed message, one named test for each rule.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod bounds;
mod countersigned;
mod forge;

use chancery_certificate::Certificate;
use chancery_certificate::asn1::{self, tag};
use chancery_cms::attributes::{
    ALGORITHM_PROTECTION, CONTENT_TYPE, DATA, MESSAGE_DIGEST, SIGNED_DATA, SIGNING_CERTIFICATE,
    SIGNING_CERTIFICATE_V2, SIGNING_TIME, TIMESTAMP_INFO,
};
use chancery_cms::{
    BerFault, CertificateBinding, CmsError, FaultKind, OtherRevocation, Reading, Remark, SignedMessage,
    SignerFault, WithoutContent, resembles_signed_attributes,
};
use chancery_digest::{AnyDigest, Digest, DigestAlgorithm, Digests, KnownDigest, LegacyDigest};
use chancery_key::{KeyKind, SignatureAlgorithm, Signer, SoftwareSigner};
use chancery_testkit::{Profile, TestPki};
use const_oid::ObjectIdentifier as Oid;
use forge::{Forgery, Order, attribute, check, message_bytes, reference};

const CONTRACT: &[u8] = b"I owe you ten";

impl Forgery {
    /// Replaces the signed attribute of this type by these (none: removes it).
    pub(crate) fn replace(mut self, oid: Oid, by: Vec<Vec<u8>>) -> Self {
        let is_other = |other: &Vec<u8>| {
            let element = asn1::Element::only(other, tag::SEQUENCE).unwrap();
            element.reader().element().unwrap().oid().unwrap() != oid
        };
        let attributes = self.signed.as_mut().unwrap();
        attributes.retain(is_other);
        attributes.extend(by);
        self
    }

    /// The faults of the one signer.
    pub(crate) fn faults(&self, signer: &SoftwareSigner) -> Vec<SignerFault> {
        check(&self.message(signer)).faults().to_vec()
    }
}

fn attribute_with(oid: Oid, values: Vec<Vec<u8>>) -> Vec<u8> {
    asn1::sequence(&[&asn1::oid(&oid), &asn1::set_of(values)])
}

fn algorithm_identifier(algorithm: SignatureAlgorithm) -> Vec<u8> {
    algorithm.to_algorithm_identifier().unwrap()
}

fn pki() -> TestPki {
    TestPki::at("2026-11-21T12:00:00Z".parse().unwrap())
}

fn alice() -> SoftwareSigner {
    pki().signer("Alice", KeyKind::P256)
}

fn message_digest(content: &[u8]) -> Vec<u8> {
    attribute(MESSAGE_DIGEST, &asn1::octet_string(DigestAlgorithm::Sha256.digest(content).as_bytes()))
}

/// The value of CMSAlgorithmProtection for SHA-256 and this algorithm.
fn protection(algorithm: SignatureAlgorithm) -> Vec<u8> {
    let sha256 = asn1::sequence(&[&asn1::oid(&DigestAlgorithm::Sha256.oid())]);
    let identifier = algorithm_identifier(algorithm);
    let content = asn1::Element::only(&identifier, tag::SEQUENCE).unwrap().content;
    asn1::sequence(&[&sha256, &asn1::encode(tag::constructed(1), content)])
}

/// The value of the first version of signing-certificate, with nothing but the digest.
fn reference_of_version_1(certificate: &Certificate) -> Vec<u8> {
    let digest = LegacyDigest::Sha1.digest(certificate.to_der());
    let id = asn1::sequence(&[&asn1::octet_string(digest.as_bytes())]);
    asn1::sequence(&[&asn1::sequence(&[&id])])
}

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
fn the_digest_algorithm_must_be_that_of_the_signature_algorithm() {
    let alice = alice();
    let other = algorithm_identifier(SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha384));
    let forged = Forgery { signature_algorithm: other, ..Forgery::sound(&alice, CONTRACT) };
    let faults = forged.faults(&alice);
    assert!(matches!(&faults[..], [SignerFault::DigestAlgorithmMismatch { .. }]), "{faults:?}");

    let rsa = pki().signer("Bob", KeyKind::Rsa { bits: 2048 });
    let pss = algorithm_identifier(SignatureAlgorithm::rsa_pss(DigestAlgorithm::Sha512));
    let forged = Forgery { signature_algorithm: pss, ..Forgery::sound(&rsa, CONTRACT) };
    let faults = forged.faults(&rsa);
    assert!(matches!(&faults[..], [SignerFault::DigestAlgorithmMismatch { .. }]), "{faults:?}");
}

#[test]
fn algorithms_that_were_protected_may_not_be_replaced() {
    let alice = alice();
    let protection = |algorithm| vec![attribute(ALGORITHM_PROTECTION, &protection(algorithm))];
    let sound = Forgery::sound(&alice, CONTRACT).replace(ALGORITHM_PROTECTION, protection(alice.algorithm()));
    assert_eq!(sound.faults(&alice), []);
    for other in [SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha512), SignatureAlgorithm::Ed25519] {
        let forged = Forgery::sound(&alice, CONTRACT).replace(ALGORITHM_PROTECTION, protection(other));
        assert_eq!(forged.faults(&alice), [SignerFault::AlgorithmProtection]);
    }
    // The digest algorithm is protected as well.
    let sha512 = asn1::sequence(&[&asn1::oid(&DigestAlgorithm::Sha512.oid())]);
    let identifier = algorithm_identifier(alice.algorithm());
    let content = asn1::Element::only(&identifier, tag::SEQUENCE).unwrap().content;
    let value = asn1::sequence(&[&sha512, &asn1::encode(tag::constructed(1), content)]);
    let forged = Forgery::sound(&alice, CONTRACT)
        .replace(ALGORITHM_PROTECTION, vec![attribute(ALGORITHM_PROTECTION, &value)]);
    assert_eq!(forged.faults(&alice), [SignerFault::AlgorithmProtection]);
}

#[test]
fn the_key_must_be_of_the_kind_that_the_algorithm_says() {
    let alice = alice();
    let rsa = algorithm_identifier(SignatureAlgorithm::RsaPkcs1v15(DigestAlgorithm::Sha256));
    let forged = Forgery { signature_algorithm: rsa, ..Forgery::sound(&alice, CONTRACT) };
    let faults = forged.faults(&alice);
    assert!(matches!(&faults[..], [SignerFault::SignatureInvalid(_)]), "{faults:?}");
}

/// The same certificate with another algorithm for its key. Its own signature no longer holds, which is not for
/// CMS to judge.
fn with_key_algorithm(certificate: &Certificate, algorithm: &[u8]) -> Vec<u8> {
    let key = asn1::sequence(&[algorithm, &asn1::bit_string(certificate.public_key_bits())]);
    let fields = |der| asn1::Element::only(der, tag::SEQUENCE).unwrap().reader();
    let parts = |der| {
        let mut reader: asn1::Reader<'_> = fields(der);
        let mut parts = Vec::new();
        while !reader.is_empty() {
            parts.push(reader.element().unwrap().raw);
        }
        parts
    };
    let replaced = |part| if part == certificate.public_key_info() { key.as_slice() } else { part };
    let to_be_signed: Vec<_> = parts(certificate.to_be_signed()).into_iter().map(replaced).collect();
    let rest = &parts(certificate.to_der())[1..];
    asn1::sequence(&[&asn1::sequence(&to_be_signed), rest[0], rest[1]])
}

#[test]
fn a_key_for_pss_only_does_what_its_parameters_allow() {
    use DigestAlgorithm::{Sha256, Sha512};
    let bob = pki().issue(Profile::signer("Bob", KeyKind::Rsa { bits: 2048 }));
    for (allowed, used, expected) in [
        (SignatureAlgorithm::rsa_pss(Sha256), SignatureAlgorithm::rsa_pss(Sha256), true),
        (SignatureAlgorithm::rsa_pss(Sha512), SignatureAlgorithm::rsa_pss(Sha256), false),
        (SignatureAlgorithm::rsa_pss(Sha256), SignatureAlgorithm::RsaPkcs1v15(Sha256), false),
    ] {
        let bob = bob.signer().with_algorithm(used).unwrap();
        let restricted = with_key_algorithm(&bob.chain()[0], &algorithm_identifier(allowed));
        let certificate = Certificate::from_der(&restricted).unwrap();
        let bound = vec![attribute(SIGNING_CERTIFICATE_V2, &reference(&certificate))];
        let forged = Forgery { certificates: vec![restricted], ..Forgery::sound(&bob, CONTRACT) };
        let faults = forged.replace(SIGNING_CERTIFICATE_V2, bound).faults(&bob);
        match faults.as_slice() {
            [] => assert!(expected, "{used} with a key for {allowed}"),
            [SignerFault::SignatureInvalid(_)] => assert!(!expected),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn another_certificate_with_the_same_key_and_name_is_not_taken() {
    let pki = pki();
    let identity = pki.issue(Profile::signer("Alice", KeyKind::P256));
    let alice = identity.signer();
    let real = &alice.chain()[0];
    let twin = Profile::bare("Alice", KeyKind::P256).with_key(identity.key()).serial(real.serial().to_vec());
    let twin = pki.issue(twin);
    let twin = twin.certificate();
    assert_eq!((twin.issuer(), twin.serial()), (real.issuer(), real.serial()));

    // Only the twin is at hand: the signature holds with its key, and is not its signature.
    let swapped = Forgery { certificates: vec![twin.to_der().to_vec()], ..Forgery::sound(&alice, CONTRACT) };
    let faults = swapped.faults(&alice);
    assert!(matches!(&faults[..], [SignerFault::WrongCertificateReference { .. }]), "{faults:?}");

    // Both are: the signed reference decides.
    let both = vec![twin.to_der().to_vec(), real.to_der().to_vec()];
    let message = Forgery { certificates: both.clone(), ..Forgery::sound(&alice, CONTRACT) }.message(&alice);
    let checked = check(&message);
    assert_eq!(checked.sound().unwrap().certificate(), real);
    assert_eq!(checked.sound().unwrap().remarks(), [Remark::SeveralCertificatesFit { count: 2 }]);

    // Nothing decides: nobody is taken.
    let forged = Forgery { certificates: both, ..Forgery::sound(&alice, CONTRACT) };
    let forged = forged.replace(SIGNING_CERTIFICATE_V2, vec![]);
    assert_eq!(forged.faults(&alice), [SignerFault::AmbiguousCertificate { count: 2 }]);
}

#[test]
fn references_of_both_versions_must_agree_and_issuer_and_serial_must_match() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let bob = pki.signer("Bob", KeyKind::P256);
    let version_1 = |signer: &SoftwareSigner| {
        vec![attribute(SIGNING_CERTIFICATE, &reference_of_version_1(&signer.chain()[0]))]
    };
    let both = Forgery::sound(&alice, CONTRACT).replace(SIGNING_CERTIFICATE, version_1(&alice));
    assert_eq!(both.faults(&alice), []);
    let old = Forgery::sound(&alice, CONTRACT)
        .replace(SIGNING_CERTIFICATE_V2, vec![])
        .replace(SIGNING_CERTIFICATE, version_1(&alice));
    assert_eq!(check(&old.message(&alice)).sound().unwrap().binding(), CertificateBinding::EssV1);
    let disagree = Forgery::sound(&alice, CONTRACT).replace(SIGNING_CERTIFICATE, version_1(&bob));
    let faults = disagree.faults(&alice);
    assert!(matches!(&faults[..], [SignerFault::WrongCertificateReference { .. }]), "{faults:?}");

    let certificate = &alice.chain()[0];
    let digest = DigestAlgorithm::Sha256.digest(certificate.to_der());
    let issuer = asn1::sequence(&[&asn1::encode(tag::constructed(4), certificate.issuer().to_der())]);
    let issuer_serial = asn1::sequence(&[&issuer, &asn1::encode(tag::INTEGER, bob.chain()[0].serial())]);
    let id = asn1::sequence(&[&asn1::octet_string(digest.as_bytes()), &issuer_serial]);
    let value = asn1::sequence(&[&asn1::sequence(&[&id])]);
    let forged = Forgery::sound(&alice, CONTRACT)
        .replace(SIGNING_CERTIFICATE_V2, vec![attribute(SIGNING_CERTIFICATE_V2, &value)]);
    let faults = forged.faults(&alice);
    assert!(matches!(&faults[..], [SignerFault::WrongCertificateReference { .. }]), "{faults:?}");
}

#[test]
fn a_second_reference_does_not_stand_in_for_the_first() {
    let pki = pki();
    let (alice, bob) = (pki.signer("Alice", KeyKind::P256), pki.signer("Bob", KeyKind::P256));
    let id = |signer: &SoftwareSigner| {
        let digest = DigestAlgorithm::Sha256.digest(signer.chain()[0].to_der());
        asn1::sequence(&[&asn1::octet_string(digest.as_bytes())])
    };
    let value = asn1::sequence(&[&asn1::sequence(&[&id(&bob), &id(&alice)])]);
    let forged = Forgery::sound(&alice, CONTRACT)
        .replace(SIGNING_CERTIFICATE_V2, vec![attribute(SIGNING_CERTIFICATE_V2, &value)]);
    let faults = forged.faults(&alice);
    assert!(matches!(&faults[..], [SignerFault::WrongCertificateReference { .. }]), "{faults:?}");
}

#[test]
fn a_signer_version_that_does_not_fit_is_remarked() {
    let alice = alice();
    let message = Forgery { signer_version: 3, ..Forgery::sound(&alice, CONTRACT) }.message(&alice);
    assert_eq!(check(&message).sound().unwrap().remarks(), [Remark::SignerVersion { found: 3, expected: 1 }]);

    let key_identifier = alice.chain()[0].subject_key_identifier().unwrap().unwrap();
    let identifier = asn1::encode(tag::primitive(0), &key_identifier);
    let message = Forgery { identifier, ..Forgery::sound(&alice, CONTRACT) }.message(&alice);
    assert_eq!(check(&message).sound().unwrap().remarks(), [Remark::SignerVersion { found: 1, expected: 3 }]);
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

#[test]
fn certificates_of_other_kinds_are_kept_and_harm_nothing() {
    let alice = alice();
    let mut certificates = Forgery::sound(&alice, CONTRACT).certificates;
    let attribute_certificate = asn1::encode(tag::constructed(2), &asn1::integer(&[1]));
    certificates.push(attribute_certificate.clone());
    certificates.push(asn1::sequence(&[&asn1::null()]));
    let message = Forgery { certificates, ..Forgery::sound(&alice, CONTRACT) }.message(&alice);
    assert!(check(&message).sound().is_some());
    assert_eq!(message.unread_certificates()[0], attribute_certificate);
    assert_eq!(message.unread_certificates().len(), 2);
}

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

/// A reference by another digest, in version 2 of the attribute.
fn reference_by(certificate: &Certificate, digest: LegacyDigest) -> Vec<u8> {
    let algorithm = asn1::sequence(&[&asn1::oid(&digest.oid())]);
    let value = digest.digest(certificate.to_der());
    let id = asn1::sequence(&[&algorithm, &asn1::octet_string(value.as_bytes())]);
    asn1::sequence(&[&asn1::sequence(&[&id])])
}

#[test]
fn a_reference_by_a_weak_digest_binds_as_weakly_and_says_so() {
    let pki = pki();
    let identity = pki.issue(Profile::signer("Alice", KeyKind::P256));
    let alice = identity.signer();
    let real = &alice.chain()[0];
    let by = |digest| attribute(SIGNING_CERTIFICATE_V2, &reference_by(real, digest));
    for (digest, binding, name) in [
        (LegacyDigest::Sha1, CertificateBinding::EssV1, "SHA-1"),
        (LegacyDigest::Md5, CertificateBinding::None, "MD5"),
    ] {
        let forged = Forgery::sound(&alice, CONTRACT)
            .replace(SIGNING_CERTIFICATE_V2, vec![by(digest)])
            .message(&alice);
        let checked = check(&forged);
        let sound = checked.sound().unwrap();
        assert_eq!(sound.binding(), binding);
        assert_eq!(sound.remarks(), [Remark::WeakReference { digest: name }]);
    }

    // It still may not name another certificate, and MD5 does not choose between two.
    let bob = pki.signer("Bob", KeyKind::P256);
    let other = attribute(SIGNING_CERTIFICATE_V2, &reference_by(&bob.chain()[0], LegacyDigest::Md5));
    let forged = Forgery::sound(&alice, CONTRACT).replace(SIGNING_CERTIFICATE_V2, vec![other]);
    let faults = forged.faults(&alice);
    assert!(matches!(&faults[..], [SignerFault::WrongCertificateReference { .. }]), "{faults:?}");
    let twin = Profile::bare("Alice", KeyKind::P256).with_key(identity.key()).serial(real.serial().to_vec());
    let twin = pki.issue(twin);
    let both = vec![twin.certificate().to_der().to_vec(), real.to_der().to_vec()];
    let forged = Forgery { certificates: both, ..Forgery::sound(&alice, CONTRACT) }
        .replace(SIGNING_CERTIFICATE_V2, vec![by(LegacyDigest::Md5)]);
    assert_eq!(forged.faults(&alice), [SignerFault::AmbiguousCertificate { count: 2 }]);
}

#[test]
fn a_mask_with_another_digest_is_named_and_not_computed() {
    let rsa = pki().signer("Bob", KeyKind::Rsa { bits: 2048 });
    let identifier = |digest: DigestAlgorithm| asn1::sequence(&[&asn1::oid(&digest.oid()), &asn1::null()]);
    let mgf1 = Oid::new_unwrap("1.2.840.113549.1.1.8");
    let mask = asn1::sequence(&[&asn1::oid(&mgf1), &identifier(DigestAlgorithm::Sha512)]);
    let parameters = asn1::sequence(&[
        &asn1::encode(tag::constructed(0), &identifier(DigestAlgorithm::Sha256)),
        &asn1::encode(tag::constructed(1), &mask),
        &asn1::encode(tag::constructed(2), &asn1::integer(&[32])),
    ]);
    let pss = asn1::sequence(&[&asn1::oid(&Oid::new_unwrap("1.2.840.113549.1.1.10")), &parameters]);
    let forged = Forgery { signature_algorithm: pss, ..Forgery::sound(&rsa, CONTRACT) };
    let expected = SignerFault::MaskDigest { digest: "SHA-256", mask_digest: "SHA-512" };
    assert_eq!(expected.kind(), FaultKind::CannotTell);
    assert_eq!(forged.faults(&rsa), [expected]);
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

#[test]
fn every_form_of_certificates_and_of_revocation_information_is_kept_as_it_came() {
    let alice = alice();
    let sound = Forgery::sound(&alice, CONTRACT);
    let signer = sound.message(&alice).signers()[0].to_bytes().to_vec();
    // ExtendedCertificate [0] (PKCS #6, obsolete), AttributeCertificateV1 [1] (obsolete), V2 [2], other [3].
    let others: Vec<_> =
        (0..4).map(|number| asn1::encode(tag::constructed(number), &asn1::integer(&[number]))).collect();
    let certificates = [&others[..], &sound.certificates].concat();
    let crl = asn1::sequence(&[&asn1::integer(&[1])]);
    // RFC 5940, 2: OCSP answers, and SCVP requests with their answers.
    let formats = ["1.3.6.1.5.5.7.16.2", "1.3.6.1.5.5.7.16.4"].map(Oid::new_unwrap);
    let value = asn1::sequence(&[&asn1::octet_string(b"as it came")]);
    let other = |format| asn1::encode(tag::constructed(1), &[asn1::oid(&format), value.clone()].concat());
    let with = |revocations: &[Vec<u8>]| {
        let signed_data = asn1::sequence(&[
            &asn1::integer(&[5]),
            &asn1::encode(tag::SET, &sound.digest_algorithm),
            &asn1::sequence(&[
                &asn1::oid(&DATA),
                &asn1::encode(tag::constructed(0), &asn1::octet_string(CONTRACT)),
            ]),
            &asn1::encode(tag::constructed(0), &certificates.concat()),
            &asn1::encode(tag::constructed(1), &revocations.concat()),
            &asn1::encode(tag::SET, &signer),
        ]);
        let explicit = asn1::encode(tag::constructed(0), &signed_data);
        SignedMessage::from_ber(&asn1::sequence(&[&asn1::oid(&SIGNED_DATA), &explicit]))
    };
    let message = with(&[crl.clone(), other(formats[0]), other(formats[1])]).unwrap();
    assert!(check(&message).sound().is_some());
    assert_eq!(message.unread_certificates(), others);
    assert_eq!(message.crls(), [crl]);
    let kept = formats.map(|format| OtherRevocation { format, value: value.clone() });
    assert_eq!(message.other_revocations(), kept);

    let error = with(&[asn1::octet_string(b"neither")]).unwrap_err();
    let CmsError::Malformed { what, fault: BerFault::Tag { .. }, .. } = error else { panic!("{error}") };
    assert_eq!(what, "RevocationInfoChoice");
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

/// Ed25519 without signed attributes and without content: cannot be told, and that is said.
#[test]
fn every_verdict_that_is_not_sound_has_a_reason() {
    let alice = pki().signer("Alice", KeyKind::Ed25519);
    let message = Forgery { signed: None, ..Forgery::sound(&alice, CONTRACT) }.message(&alice);
    let told = message.signers()[0].check(&message, &Digests::default(), &[]);
    assert_eq!(told.faults(), [SignerFault::ContentMissing { signature: WithoutContent::NotChecked }]);
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
}
