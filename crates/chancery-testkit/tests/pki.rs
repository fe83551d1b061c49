//! The certificates, lists and answers of the kit are what they should be, judged by other readers than those that made them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests, which may fail loudly"
)]

use chancery_certificate::asn1::{self, Element, tag};
use chancery_certificate::{AlgorithmIdentifier, Certificate, KeyUsage};
use chancery_digest::DigestAlgorithm;
use chancery_key::{
    ClaimedAlgorithm, KeyKind, PublicKey, SignatureAlgorithm, Signer, SoftwareSigner, ToBeSigned,
};
use chancery_testkit::{
    CrlProfile, OcspAnswer, OcspStatus, Profile, Revocation, RevocationReason, TestAuthority, TestExtension,
    TestPki, oid,
};
use der::{Decode, Encode};
use jiff::{SignedDuration, Timestamp};
type CertificateList = x509_cert::crl::CertificateList<x509_cert::certificate::Rfc5280>;

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

/// Verifies `SEQUENCE { signed, algorithm, BIT STRING, … }` with the key, and returns the signed part.
fn verified<'a>(der: &'a [u8], key: &PublicKey) -> Element<'a> {
    let mut fields = Element::only(der, tag::SEQUENCE).unwrap().reader();
    let signed = fields.expect(tag::SEQUENCE).unwrap();
    let algorithm = fields.expect(tag::SEQUENCE).unwrap();
    let algorithm = AlgorithmIdentifier::from_der(algorithm.raw).unwrap();
    let algorithm = ClaimedAlgorithm::from_algorithm_identifier(&algorithm).unwrap();
    let signature = fields.expect(tag::BIT_STRING).unwrap().bit_string().unwrap();
    key.verify(&algorithm, signed.raw, signature).unwrap();
    signed
}

/// What every certificate of the kit must be.
fn judge(certificate: &Certificate, issuer: &Certificate) {
    let strict = x509_cert::Certificate::from_der(certificate.to_der()).unwrap();
    assert_eq!(strict.to_der().unwrap(), certificate.to_der(), "strict DER comes out as it went in");
    assert_eq!(certificate.issuer(), issuer.subject());
    verified(certificate.to_der(), &PublicKey::of(issuer).unwrap());
    assert!(certificate.not_before() < now() && now() < certificate.not_after());
    let identifier = certificate.subject_key_identifier().unwrap().unwrap();
    assert_eq!(identifier.len(), 20);
    if !certificate.is_self_issued() {
        let authority = certificate.authority_key_identifier().unwrap().unwrap();
        assert_eq!(authority.key_identifier, issuer.subject_key_identifier().unwrap());
        assert!(certificate.extension(oid::CRL_DISTRIBUTION_POINTS).is_some());
        assert_eq!(certificate.ocsp_urls().len(), 1);
        assert_eq!(certificate.issuer_urls().len(), 1);
    }
}

#[test]
fn the_chain_is_sound_for_every_kind_of_key() {
    let pki = TestPki::at(now());
    judge(pki.root(), pki.root());
    judge(pki.intermediate(), pki.root());
    let kinds = [KeyKind::P256, KeyKind::P384, KeyKind::P521, KeyKind::Ed25519, KeyKind::Rsa { bits: 2048 }];
    for kind in kinds {
        let signer = pki.signer("Alice", kind);
        let [leaf, intermediate] = signer.chain() else { panic!("leaf and intermediate, no root") };
        judge(leaf, pki.intermediate());
        assert_eq!(intermediate, pki.intermediate());
        assert_eq!(PublicKey::of(leaf).unwrap().kind(), kind);
        let message = ToBeSigned::new(signer.algorithm(), b"I agree".to_vec());
        signer.sign(&message).unwrap().check(leaf, &message).unwrap();
        let usage = leaf.key_usage().unwrap().unwrap();
        assert!(usage.has(KeyUsage::NonRepudiation) && !usage.has(KeyUsage::CertificateSign));
    }
}

#[test]
fn authorities_sign_with_every_kind_of_key() {
    let pki = TestPki::at(now());
    for kind in [KeyKind::P384, KeyKind::P521, KeyKind::Ed25519, KeyKind::Rsa { bits: 2048 }] {
        let root =
            TestAuthority::root(Profile::authority("Root", kind), now(), pki.issuing().locations().clone());
        let leaf = root.issue(Profile::signer("Alice", KeyKind::P256));
        judge(leaf.certificate(), root.certificate());
    }
    let rsa = Profile::authority("RSA", KeyKind::Rsa { bits: 2048 });
    let root = TestAuthority::root(rsa, now(), pki.issuing().locations().clone());
    let pss = SignatureAlgorithm::rsa_pss(DigestAlgorithm::Sha384);
    judge(
        root.issue(Profile::signer("Alice", KeyKind::P256).signed_with(pss)).certificate(),
        root.certificate(),
    );
}

#[test]
fn two_rsa_signers_of_one_pki_have_different_keys() {
    let pki = TestPki::at(now());
    let [alice, bob] = ["Alice", "Bob"].map(|name| pki.signer(name, KeyKind::Rsa { bits: 2048 }));
    assert_ne!(alice.chain()[0].public_key_info(), bob.chain()[0].public_key_info());
}

#[test]
fn services_have_the_purposes_that_the_standards_ask() {
    let pki = TestPki::at(now());
    let tsa = pki.timestamp_authority().certificate();
    assert_eq!(tsa.extended_key_usage().unwrap(), Some(vec![oid::TIME_STAMPING]));
    assert!(tsa.extension(oid::EXTENDED_KEY_USAGE).unwrap().critical);
    let responder = pki.ocsp_responder().certificate();
    assert_eq!(responder.extended_key_usage().unwrap(), Some(vec![oid::OCSP_SIGNING]));
    assert!(responder.ocsp_no_check().is_some());
    let constraints = pki.intermediate().basic_constraints().unwrap().unwrap();
    assert!(constraints.authority && constraints.path_length == Some(0));
    let usage = pki.intermediate().key_usage().unwrap().unwrap();
    assert!(
        usage.has(KeyUsage::CertificateSign)
            && usage.has(KeyUsage::CrlSign)
            && !usage.has(KeyUsage::DigitalSignature)
    );
}

#[test]
fn odd_certificates_are_odd_in_exactly_one_way() {
    let pki = TestPki::at(now());
    let plain = || Profile::signer("Mallory", KeyKind::P256);
    let key = PublicKey::of(pki.intermediate()).unwrap();

    let day = SignedDuration::from_hours(24);
    let expired = pki.issue(plain().valid(now() - day * 2, now() - day));
    assert_eq!(expired.certificate().not_after(), now() - day);
    verified(expired.certificate().to_der(), &key);

    let wrong = pki.issue(plain().extended_key_usage(&[oid::SERVER_AUTHENTICATION]));
    assert_eq!(wrong.certificate().extended_key_usage().unwrap(), Some(vec![oid::SERVER_AUTHENTICATION]));

    let unknown = pki.issue(plain().unknown_critical_extension());
    assert!(unknown.certificate().extension(oid::UNKNOWN_EXTENSION).unwrap().critical);

    let fake = Profile::authority("Fake", KeyKind::P256).without_extension(oid::BASIC_CONSTRAINTS);
    assert!(pki.issue(fake).certificate().basic_constraints().unwrap().is_none());

    let bare =
        pki.issue(plain().without_extension(oid::AUTHORITY_KEY_IDENTIFIER).without_extension(oid::KEY_USAGE));
    assert!(bare.certificate().authority_key_identifier().unwrap().is_none());
    assert!(bare.certificate().key_usage().unwrap().is_none());

    let damaged = pki.issue(plain().with_damaged_signature());
    let algorithm = damaged.certificate().signature_algorithm();
    let algorithm = ClaimedAlgorithm::from_algorithm_identifier(&algorithm).unwrap();
    let certificate = damaged.certificate();
    assert!(key.verify(&algorithm, certificate.to_be_signed(), certificate.signature()).is_err());

    let impostor = pki.issuing().impostor();
    let forged = impostor.issue(plain());
    assert_eq!(forged.certificate().issuer(), pki.intermediate().subject());
    verified(forged.certificate().to_der(), &PublicKey::of(impostor.certificate()).unwrap());
    assert_ne!(impostor.certificate().public_key_info(), pki.intermediate().public_key_info());

    // The same name and serial number with another key: only a digest of the certificate tells them apart.
    let first = pki.issue(plain().serial(vec![7]));
    let second = pki.issue(plain().serial(vec![7]));
    assert_eq!(
        (first.certificate().subject(), first.certificate().serial()),
        (second.certificate().subject(), second.certificate().serial())
    );
    assert_ne!(first.certificate().public_key_info(), second.certificate().public_key_info());
    // The same key in two certificates.
    let again = pki.issue(plain().with_key(first.key()));
    assert_eq!(first.certificate().public_key_info(), again.certificate().public_key_info());

    let other = SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha512);
    let contradicting = pki.issue(plain().claiming_algorithm(other));
    let certificate = contradicting.certificate();
    assert_ne!(certificate.signature_algorithm().raw, certificate.inner_signature_algorithm().raw);

    let twice = plain().repeated_extension(TestExtension::plain(oid::UNKNOWN_EXTENSION, asn1::null()));
    assert!(Certificate::from_der(&pki.issuing().issue_der(twice)).is_err());
}

#[test]
fn pem_texts_can_be_read_again() {
    let pki = TestPki::at(now());
    let alice = pki.issue(Profile::signer("Alice", KeyKind::P384));
    assert_eq!(Certificate::all_from_pem(pki.anchors_pem().as_bytes()).unwrap(), [pki.root().clone()]);
    assert_eq!(Certificate::all_from_pem(alice.chain_pem().as_bytes()).unwrap(), alice.chain());
    assert_eq!(&Certificate::from_pem(alice.certificate_pem().as_bytes()).unwrap(), alice.certificate());
    let key = chancery_key::SoftwareKey::from_pem(alice.key_pem().as_bytes(), None).unwrap();
    assert!(key.public_key().is_same_key(alice.key().public_key()));
}

#[test]
fn pkcs12_files_open_with_their_password_only() {
    let pki = TestPki::at(now());
    for kind in [KeyKind::P256, KeyKind::Ed25519, KeyKind::Rsa { bits: 2048 }] {
        let alice = pki.issue(Profile::signer("Alice", kind));
        let file = alice.to_pkcs12("sécret");
        let signer = SoftwareSigner::from_pkcs12(&file, &"sécret".into()).unwrap();
        assert_eq!(signer.chain(), alice.chain());
        assert!(SoftwareSigner::from_pkcs12(&file, &"secret".into()).is_err());
    }
}

#[test]
fn lists_name_what_is_revoked_and_nothing_else() {
    let pki = TestPki::at(now());
    let [alice, bob] = ["Alice", "Bob"].map(|name| pki.issue(Profile::signer(name, KeyKind::P256)));
    let since = now() - SignedDuration::from_hours(5);
    let revocation = Revocation::new(since, RevocationReason::KeyCompromise)
        .invalid_since(since - SignedDuration::from_hours(1));
    pki.issuing().revoke(bob.certificate(), revocation);

    let der = pki.crl();
    verified(&der, &PublicKey::of(pki.intermediate()).unwrap());
    let list = CertificateList::from_der(&der).unwrap();
    assert_eq!(list.to_der().unwrap(), der);
    assert_eq!(list.tbs_cert_list.issuer.to_der().unwrap(), pki.intermediate().subject().to_der());
    let [entry] = list.tbs_cert_list.revoked_certificates.as_deref().unwrap() else { panic!("one entry") };
    assert_eq!(entry.serial_number.as_bytes(), bob.certificate().serial());
    assert_ne!(entry.serial_number.as_bytes(), alice.certificate().serial());
    assert_eq!(entry.revocation_date.to_unix_duration().as_secs(), u64::try_from(since.as_second()).unwrap());
    let extensions = entry.crl_entry_extensions.as_deref().unwrap();
    assert_eq!(
        extensions.iter().map(|extension| extension.extn_id).collect::<Vec<_>>(),
        [oid::REASON_CODE, oid::INVALIDITY_DATE]
    );
    assert_eq!(extensions[0].extn_value.as_bytes(), [tag::ENUMERATED, 1, 1]);

    // Before it happened, nobody knew.
    let earlier = pki.issuing().crl(since - SignedDuration::from_secs(1), now());
    assert!(CertificateList::from_der(&earlier).unwrap().tbs_cert_list.revoked_certificates.is_none());

    let odd = pki.issuing().sign_crl(
        &CrlProfile::new(now()).extension(TestExtension::critical(oid::UNKNOWN_EXTENSION, asn1::null())),
    );
    let odd = CertificateList::from_der(&odd).unwrap().tbs_cert_list;
    assert!(
        odd.next_update.is_none() && odd.crl_extensions.unwrap().iter().any(|extension| extension.critical)
    );
}

/// The content of the basic response in an answer, and the delegate's certificate.
fn opened(answer: &[u8]) -> (&[u8], Option<Certificate>) {
    let mut fields = Element::only(answer, tag::SEQUENCE).unwrap().reader();
    assert_eq!(fields.expect(tag::ENUMERATED).unwrap().content, [0], "successful");
    let mut bytes = fields.expect(0xa0).unwrap().reader().expect(tag::SEQUENCE).unwrap().reader();
    assert_eq!(bytes.expect(tag::OBJECT_IDENTIFIER).unwrap().oid().unwrap(), oid::OCSP_BASIC);
    let basic = bytes.expect(tag::OCTET_STRING).unwrap().content;
    let mut fields = Element::only(basic, tag::SEQUENCE).unwrap().reader();
    for _ in 0..3 {
        fields.element().unwrap();
    }
    let certificate = fields.optional(0xa0).unwrap().map(|explicit| {
        let list = explicit.reader().expect(tag::SEQUENCE).unwrap();
        Certificate::from_der(list.reader().expect(tag::SEQUENCE).unwrap().raw).unwrap()
    });
    (basic, certificate)
}

/// The tag of `certStatus`: 0x80 good, 0xa1 revoked, 0x82 unknown.
fn status(answer: &[u8], signer: &Certificate) -> u8 {
    let (basic, _) = opened(answer);
    let mut data = verified(basic, &PublicKey::of(signer).unwrap()).reader();
    data.element().unwrap();
    data.expect(tag::GENERALIZED_TIME).unwrap().time().unwrap();
    let mut single = data.expect(tag::SEQUENCE).unwrap().reader().expect(tag::SEQUENCE).unwrap().reader();
    single.expect(tag::SEQUENCE).unwrap();
    single.element().unwrap().tag
}

#[test]
fn ocsp_says_good_revoked_or_unknown() {
    let pki = TestPki::at(now());
    let alice = pki.issue(Profile::signer("Alice", KeyKind::P256));
    let answer = pki.ocsp(alice.certificate());
    let (_, delegate) = opened(&answer);
    assert_eq!(delegate.as_ref(), Some(pki.ocsp_responder().certificate()));
    let responder = pki.ocsp_responder().certificate();
    assert_eq!(status(&pki.ocsp(alice.certificate()), responder), 0x80);
    pki.revoke(alice.certificate(), now(), RevocationReason::Superseded);
    assert_eq!(status(&pki.ocsp(alice.certificate()), responder), 0xa1);
    // The root answers for the intermediate itself.
    assert_eq!(status(&pki.ocsp(pki.intermediate()), pki.root()), 0x80);
    let unknown =
        OcspAnswer::about(alice.certificate(), pki.issuing(), now()).status(OcspStatus::Unknown).sign();
    assert_eq!(status(&unknown, pki.intermediate()), 0x82);
    let by_sha256 =
        OcspAnswer::about(alice.certificate(), pki.issuing(), now()).digest(DigestAlgorithm::Sha256).sign();
    assert_eq!(status(&by_sha256, pki.intermediate()), 0xa1);
}

#[test]
fn a_lasting_pki_certifies_timestamps_apart_and_for_longer_than_people() {
    let pki = TestPki::lasting(now());
    let chain = pki.timestamp_authority().chain();
    assert_eq!(chain.len(), 2);
    assert_ne!(chain[1].subject(), pki.intermediate().subject());
    let ten_years_on = now() + SignedDuration::from_hours(3652 * 24);
    assert!(chain.iter().chain([pki.root(), pki.intermediate()]).all(|one| ten_years_on < one.not_after()));
    assert!(pki.signer("Alice", KeyKind::P256).chain()[0].not_after() < ten_years_on);
}
