//! The joint: signers, what they answer, and the check of it.

// Helpers of tests may unwrap as tests do; clippy.toml knows only functions marked #[test].
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::sync::Arc;

use chancery_certificate::Certificate;
use chancery_digest::DigestAlgorithm;
use chancery_key::{
    KeyError, KeyKind, SignatureAlgorithm, SignatureValue, Signer, SignerError, SoftwareKey, SoftwareSigner,
    ToBeSigned, VerifyError,
};

const SHA256: DigestAlgorithm = DigestAlgorithm::Sha256;

fn alice() -> SoftwareSigner {
    let key = SoftwareKey::from_pem(fixture!("alice_key"), None).unwrap();
    SoftwareSigner::new(key, vec![common::certificate(fixture!("alice_certificate"))]).unwrap()
}

fn rsa() -> SoftwareSigner {
    let key = SoftwareKey::from_pem(fixture!("rsa_pkcs8"), None).unwrap();
    SoftwareSigner::new(key, vec![common::certificate(fixture!("rsa_certificate"))]).unwrap()
}

fn message(signer: &dyn Signer, text: &[u8]) -> ToBeSigned {
    ToBeSigned::new(signer.algorithm(), text.to_vec())
}

#[test]
fn key_and_certificate_must_be_a_pair() {
    let key = SoftwareKey::from_pem(fixture!("p256_pkcs8"), None).unwrap();
    let error =
        SoftwareSigner::new(key, vec![common::certificate(fixture!("alice_certificate"))]).unwrap_err();
    assert_eq!(error, KeyError::NotThePair { certificate: "Alice".into() });
    let key = SoftwareKey::from_pem(fixture!("rsa_pkcs8"), None).unwrap();
    let error =
        SoftwareSigner::new(key, vec![common::certificate(fixture!("alice_certificate"))]).unwrap_err();
    assert!(matches!(error, KeyError::NotThePair { .. }));
    let key = SoftwareKey::from_pem(fixture!("p256_pkcs8"), None).unwrap();
    assert_eq!(SoftwareSigner::new(key, Vec::new()).unwrap_err(), KeyError::NoCertificate);
}

#[test]
fn the_joint_is_object_safe_and_passes_through_pointers() {
    let boxed: Box<dyn Signer> = Box::new(alice());
    let shared: Arc<dyn Signer> = Arc::new(rsa());
    for signer in [&boxed as &dyn Signer, &shared] {
        let message = message(signer, b"contract");
        let value = signer.sign(&message).unwrap();
        value.check(&signer.chain()[0], &message).unwrap();
    }
}

#[test]
fn a_value_from_outside_is_verified() {
    for signer in [alice(), rsa()] {
        let message = message(&signer, b"contract");
        let bytes = signer.sign(&message).unwrap().as_bytes().to_vec();
        let checked =
            SignatureValue::from_bytes(bytes.clone()).check(signer.certificate(), &message).unwrap();
        assert_eq!(checked.as_bytes(), bytes);
        assert_eq!(checked.algorithm(), signer.algorithm());
        assert_eq!(checked.digest(), message.digest());

        let other = self::message(&signer, b"another contract");
        let refused = SignatureValue::from_bytes(bytes).check(signer.certificate(), &other);
        assert_eq!(refused.unwrap_err(), VerifyError::SignatureMismatch);
        assert!(checked.covers(signer.certificate(), &message));
        assert!(!checked.covers(signer.certificate(), &other));
    }
}

/// The mark that our own keys leave on a value is worth nothing for other bytes, another algorithm or another key.
#[test]
fn a_value_of_our_own_is_good_for_what_it_was_made_for_only() {
    let (alice, rsa) = (alice(), rsa());
    let contract = message(&alice, b"contract");
    let value = alice.sign(&contract).unwrap();

    let other = message(&alice, b"another contract");
    assert_eq!(value.clone().check(alice.certificate(), &other).unwrap_err(), VerifyError::SignatureMismatch);

    let sha384 = ToBeSigned::new(SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha384), b"contract".to_vec());
    assert_eq!(
        value.clone().check(alice.certificate(), &sha384).unwrap_err(),
        VerifyError::SignatureMismatch
    );

    let refused = value.clone().check(rsa.certificate(), &contract).unwrap_err();
    assert!(matches!(refused, VerifyError::WrongKeyType { key: KeyKind::Rsa { .. }, .. }));

    let stranger = SoftwareKey::from_pem(fixture!("p256_pkcs8"), None).unwrap();
    let forged = stranger.sign(&contract).unwrap();
    assert_eq!(forged.check(alice.certificate(), &contract).unwrap_err(), VerifyError::SignatureMismatch);

    assert!(value.check(alice.certificate(), &contract).unwrap().covers(alice.certificate(), &contract));
}

#[test]
fn r_and_s_become_der() {
    let signer = alice();
    let message = message(&signer, b"contract");
    let value = signer.sign(&message).unwrap();
    let parsed = p256::ecdsa::Signature::from_der(value.as_bytes()).unwrap();
    let outside = SignatureValue::from_p1363(KeyKind::P256, &parsed.to_bytes()).unwrap();
    assert_eq!(outside.as_bytes(), value.as_bytes());
    outside.check(signer.certificate(), &message).unwrap();

    for (kind, length) in
        [(KeyKind::P256, 63), (KeyKind::P256, 0), (KeyKind::P384, 64), (KeyKind::Ed25519, 64)]
    {
        let refused = SignatureValue::from_p1363(kind, &vec![1; length]).unwrap_err();
        assert!(matches!(refused, VerifyError::MalformedSignature { .. }));
    }
    let zero = SignatureValue::from_p1363(KeyKind::P256, &[0; 64]).unwrap();
    let refused = zero.check(signer.certificate(), &message).unwrap_err();
    assert!(matches!(refused, VerifyError::MalformedSignature { .. }));
}

#[test]
fn algorithms_are_chosen_where_the_key_does_them() {
    let pss = SignatureAlgorithm::rsa_pss(SHA256);
    let signer = rsa().with_algorithm(pss).unwrap();
    assert_eq!(signer.algorithm(), pss);
    let message = message(&signer, b"contract");
    signer.sign(&message).unwrap().check(signer.certificate(), &message).unwrap();
    assert_eq!(rsa().algorithm(), SignatureAlgorithm::RsaPkcs1v15(SHA256));

    let error = alice().with_algorithm(pss).unwrap_err();
    assert_eq!(error, KeyError::WrongAlgorithm { algorithm: pss.claimed(), key: KeyKind::P256 });
    let nameless = SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha512_256);
    assert!(matches!(alice().with_algorithm(nameless), Err(KeyError::WrongAlgorithm { .. })));
}

/// A certificate of the type id-RSASSA-PSS decides what its key signs with.
#[test]
fn a_restricted_certificate_is_obeyed() {
    let key = SoftwareKey::from_pem(fixture!("rsa_pss"), None).unwrap();
    let signer =
        SoftwareSigner::new(key, vec![common::certificate(fixture!("rsa_pss_certificate"))]).unwrap();
    assert_eq!(signer.algorithm(), SignatureAlgorithm::rsa_pss(DigestAlgorithm::Sha384));
    let message = message(&signer, b"contract");
    signer.sign(&message).unwrap().check(signer.certificate(), &message).unwrap();

    let pkcs1 = ToBeSigned::new(SignatureAlgorithm::RsaPkcs1v15(SHA256), b"contract".to_vec());
    assert!(matches!(signer.sign(&pkcs1), Err(SignerError::WrongAlgorithm { .. })));
    assert!(signer.with_algorithm(SignatureAlgorithm::rsa_pss(SHA256)).is_err());
}

/// A signer that is none of ours, and lies.
#[test]
fn a_lying_signer_is_found_out() {
    struct Liar(Vec<Certificate>);
    impl Signer for Liar {
        fn chain(&self) -> &[Certificate] {
            &self.0
        }
        fn algorithm(&self) -> SignatureAlgorithm {
            SignatureAlgorithm::Ecdsa(SHA256)
        }
        fn sign(&self, _: &ToBeSigned) -> Result<SignatureValue, SignerError> {
            let key = SoftwareKey::from_pem(fixture!("p256_pkcs8"), None)?;
            key.sign(&ToBeSigned::new(self.algorithm(), b"what I like".to_vec()))
        }
    }
    let liar = Liar(vec![common::certificate(fixture!("alice_certificate"))]);
    let message = message(&liar, b"contract");
    let value = liar.sign(&message).unwrap();
    assert_eq!(value.check(&liar.chain()[0], &message).unwrap_err(), VerifyError::SignatureMismatch);
}

#[test]
fn a_digest_info_is_what_pkcs1_pads() {
    let message = ToBeSigned::new(SignatureAlgorithm::RsaPkcs1v15(SHA256), b"contract".to_vec());
    let info = message.digest_info();
    assert_eq!(info.len(), 51);
    assert_eq!(&info[19..], message.digest().as_bytes());
}

#[test]
fn nothing_secret_is_printed() {
    let signer = alice();
    assert_eq!(format!("{signer:?}"), "SoftwareSigner(\"Alice\", ECDSA P-256, ECDSA with SHA-256)");
    let message = message(&signer, b"a secret contract");
    assert!(!format!("{message:?}").contains("secret"));
}
