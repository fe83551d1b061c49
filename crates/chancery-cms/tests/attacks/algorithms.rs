//! Algorithms that contradict one another, or the key.

use chancery_certificate::Certificate;
use chancery_certificate::asn1::{self, tag};
use chancery_cms::attributes::{ALGORITHM_PROTECTION, SIGNING_CERTIFICATE_V2};
use chancery_cms::{FaultKind, SignerFault};
use chancery_digest::DigestAlgorithm;
use chancery_key::{KeyKind, SignatureAlgorithm, Signer};
use chancery_testkit::Profile;
use const_oid::ObjectIdentifier as Oid;

use super::forge::{Forgery, attribute, reference};
use super::parts::{CONTRACT, algorithm_identifier, alice, pki, protection};

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
