//! Whose signature it is.

use chancery_certificate::Certificate;
use chancery_certificate::asn1::{self, tag};
use chancery_cms::attributes::{DATA, SIGNED_DATA, SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2};
use chancery_cms::{
    BerFault, CertificateBinding, CmsError, OtherRevocation, Remark, SignedMessage, SignerFault,
};
use chancery_digest::{AnyDigest, DigestAlgorithm, LegacyDigest};
use chancery_key::{KeyKind, Signer, SoftwareSigner};
use chancery_testkit::Profile;
use const_oid::ObjectIdentifier as Oid;

use super::forge::{Forgery, attribute, check};
use super::parts::{CONTRACT, alice, pki, reference_of_version_1};

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
    let kept = formats.map(|format| OtherRevocation { format, value: value.clone().into() });
    assert_eq!(message.other_revocations(), kept);

    let error = with(&[asn1::octet_string(b"neither")]).unwrap_err();
    let CmsError::Malformed { what, fault: BerFault::Tag { .. }, .. } = error else { panic!("{error}") };
    assert_eq!(what, "RevocationInfoChoice");
}
