//! Keys as files and certificates hold them.

// Helpers of tests may unwrap as tests do; clippy.toml knows only functions marked #[test].
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use chancery_certificate::asn1;
use chancery_digest::DigestAlgorithm;
use chancery_key::{
    AlgorithmError, ClaimedAlgorithm, KeyError, KeyKind, Password, PublicKey, SignatureAlgorithm,
    SoftwareKey, ToBeSigned, VerifyError,
};
use common::hex;
use const_oid::ObjectIdentifier as Oid;

fn read(pem: &[u8], password: Option<&str>) -> Result<SoftwareKey, KeyError> {
    SoftwareKey::from_pem(pem, password.map(Password::from).as_ref())
}

fn unsupported(oid: &str) -> KeyError {
    KeyError::Unsupported { oid: Oid::new_unwrap(oid) }
}

#[test]
fn every_form_that_openssl_writes_is_read() {
    let rsa = KeyKind::Rsa { bits: 2048 };
    for (pem, password, kind) in [
        (fixture!("rsa_pkcs8"), None, rsa),
        (fixture!("rsa_pkcs1"), None, rsa),
        (fixture!("rsa_pbkdf2"), Some("secret"), rsa),
        (fixture!("rsa_pss"), None, rsa),
        (fixture!("p256_pkcs8"), None, KeyKind::P256),
        (fixture!("p256_sec1"), None, KeyKind::P256),
        (fixture!("p384_scrypt"), Some("secret"), KeyKind::P384),
        (fixture!("p521_pbkdf2_sha1"), Some("secret"), KeyKind::P521),
        (fixture!("brainpool"), None, KeyKind::BrainpoolP256r1),
        (fixture!("brainpool_p384_sec1"), None, KeyKind::BrainpoolP384r1),
        (fixture!("ed25519"), None, KeyKind::Ed25519),
    ] {
        let key = read(pem, password).unwrap();
        assert_eq!(key.public_key().kind(), kind);
        let message = ToBeSigned::new(key.default_algorithm(), b"message".to_vec());
        let signature = key.sign(&message).unwrap();
        key.public_key().verify(&message.algorithm().claimed(), b"message", signature.as_bytes()).unwrap();
    }
}

#[test]
fn the_same_key_in_several_forms_is_the_same_key() {
    let pairs = [
        (fixture!("rsa_pkcs8"), fixture!("rsa_pkcs1")),
        (fixture!("rsa_pkcs8"), fixture!("rsa_pbkdf2")),
        (fixture!("p256_pkcs8"), fixture!("p256_sec1")),
    ];
    for (one, other) in pairs {
        let (one, other) = (read(one, None).unwrap(), read(other, Some("secret")).unwrap());
        assert!(one.public_key().is_same_key(other.public_key()));
        assert_eq!(one.public_key().to_info(), other.public_key().to_info());
    }
}

#[test]
fn a_key_is_written_and_read_again() {
    for provider in common::providers() {
        for key in common::keys(provider) {
            let again = SoftwareKey::from_pkcs8_der(&key.to_pkcs8_der().unwrap()).unwrap();
            assert!(again.public_key().is_same_key(key.public_key()));
        }
    }
}

/// RFC 8410 §10.3, the first example: what OpenSSL 3.0 and all others read, without the public key.
#[test]
fn ed25519_is_written_as_everybody_reads_it() {
    let der = hex(concat!(
        "302e020100300506032b657004220420",
        "d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842"
    ))
    .unwrap();
    for provider in common::providers() {
        let key = SoftwareKey::from_pkcs8_der(&der).unwrap().with_provider(provider).unwrap();
        assert_eq!(*key.to_pkcs8_der().unwrap(), der);
    }
    // The same key in version 2, with its public key (the second example), and with another's public key.
    let mut two = hex(concat!(
        "3051020101300506032b657004220420",
        "d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842",
        "81210019bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1"
    ))
    .unwrap();
    assert_eq!(*SoftwareKey::from_pkcs8_der(&two).unwrap().to_pkcs8_der().unwrap(), der);
    *two.last_mut().unwrap() ^= 1;
    assert!(SoftwareKey::from_pkcs8_der(&two).is_err());
}

#[test]
fn text_around_the_block_and_spaces_do_not_matter() {
    let pem = std::str::from_utf8(fixture!("p256_pkcs8")).unwrap();
    let certificate = std::str::from_utf8(fixture!("alice_certificate")).unwrap();
    let text = format!("Bag Attributes\r\n{certificate}\nkey:\n{}", pem.replace('\n', "  \r\n\r\n"));
    read(text.as_bytes(), None).unwrap();
}

#[test]
fn what_cannot_be_read_says_why() {
    let encryption = |oid| KeyError::UnsupportedEncryption { oid: Oid::new_unwrap(oid) };
    for (pem, password, expected) in [
        (fixture!("rsa_pbkdf2"), None, KeyError::PasswordNeeded),
        (fixture!("rsa_pbkdf2"), Some("Secret"), KeyError::WrongPassword),
        (fixture!("p384_scrypt"), Some(""), KeyError::WrongPassword),
        (fixture!("rsa_1024"), None, KeyError::ModulusLength { bits: 1024, minimum: 2048 }),
        (fixture!("ed448"), None, unsupported("1.3.101.113")),
        (fixture!("brainpool_t1"), None, unsupported("1.3.36.3.3.2.8.1.1.8")),
        (fixture!("p256_explicit"), None, KeyError::UnnamedCurve),
        // Triple-DES in PBES2, and PBES1 with Triple-DES.
        (fixture!("p256_des3"), Some("secret"), encryption("1.2.840.113549.3.7")),
        (fixture!("p256_pbes1"), Some("secret"), encryption("1.2.840.113549.1.12.1.3")),
    ] {
        assert_eq!(read(pem, password).unwrap_err(), expected);
    }
    for pem in [fixture!("alice_certificate"), fixture!("p256_old_encryption"), b"", b"\xff"] {
        let error = read(pem, Some("secret")).unwrap_err();
        assert!(matches!(error, KeyError::Malformed { .. }), "{error}");
    }
    let advice = read(fixture!("p256_old_encryption"), Some("secret")).unwrap_err().to_string();
    assert!(advice.contains("openssl pkcs8 -topk8"), "{advice}");
}

/// One octet of every place in a private key is changed: it is refused, or still the same key.
#[test]
fn a_changed_key_is_refused() {
    for pem in [fixture!("p256_pkcs8"), fixture!("brainpool"), fixture!("rsa_pkcs8")] {
        let sound = common::der(pem);
        let original = SoftwareKey::from_pkcs8_der(&sound).unwrap();
        let step = sound.len().div_ceil(150);
        for position in (0..sound.len()).step_by(step) {
            let mut changed = sound.clone();
            changed[position] ^= 0x04;
            if let Ok(key) = SoftwareKey::from_pkcs8_der(&changed) {
                assert!(key.public_key().is_same_key(original.public_key()), "octet {position}");
            }
        }
    }
}

#[test]
fn a_key_derivation_that_takes_for_ever_is_refused() {
    let number = |value: u32| asn1::integer(&value.to_be_bytes());
    let pbkdf2 = |iterations| {
        let parameters = asn1::sequence(&[&asn1::octet_string(&[7; 8]), &number(iterations)]);
        asn1::sequence(&[&asn1::oid(&Oid::new_unwrap("1.2.840.113549.1.5.12")), &parameters])
    };
    let scrypt = |cost, block, lanes| {
        let parameters = [asn1::octet_string(&[7; 8]), number(cost), number(block), number(lanes)];
        let parameters: Vec<&[u8]> = parameters.iter().map(Vec::as_slice).collect();
        asn1::sequence(&[
            &asn1::oid(&Oid::new_unwrap("1.3.6.1.4.1.11591.4.11")),
            &asn1::sequence(&parameters),
        ])
    };
    let aes = asn1::sequence(&[
        &asn1::oid(&Oid::new_unwrap("2.16.840.1.101.3.4.1.42")),
        &asn1::octet_string(&[7; 16]),
    ]);
    for derivation in [pbkdf2(5_000_001), pbkdf2(u32::MAX), scrypt(1 << 20, 8, 1), scrypt(1 << 14, 8, 4096)] {
        let algorithm = asn1::sequence(&[
            &asn1::oid(&Oid::new_unwrap("1.2.840.113549.1.5.13")),
            &asn1::sequence(&[&derivation, &aes]),
        ]);
        let file = asn1::sequence(&[&algorithm, &asn1::octet_string(&[7; 32])]);
        let error = SoftwareKey::from_encrypted_pkcs8_der(&file, &Password::from("secret")).unwrap_err();
        assert!(matches!(error, KeyError::TooMuchWork { .. }), "{error}");
    }
}

fn rsa_info(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let algorithm = asn1::sequence(&[&asn1::oid(&Oid::new_unwrap("1.2.840.113549.1.1.1")), &asn1::null()]);
    let numbers = asn1::sequence(&[&asn1::integer(modulus), &asn1::integer(exponent)]);
    asn1::sequence(&[&algorithm, &asn1::bit_string(&numbers)])
}

/// e odd and at least 3; from 1024 to 8192 bits.
#[test]
fn public_rsa_keys_are_checked() {
    let modulus = |octets: usize| [&[0x80][..], &vec![0; octets - 2], &[1]].concat();
    let read = |modulus: &[u8], exponent: &[u8]| PublicKey::from_info(&rsa_info(modulus, exponent));
    for exponent in [&[3][..], &[1, 0, 1], &[1, 0xff, 0xff, 0xff, 0xff]] {
        assert!(read(&modulus(256), exponent).is_ok(), "{exponent:?}");
    }
    for exponent in [&[1][..], &[2], &[1, 0, 0], &[2, 0, 0, 0, 1], &[0xff; 9]] {
        assert_eq!(read(&modulus(256), exponent).unwrap_err(), KeyError::Exponent, "{exponent:?}");
    }
    for (octets, readable) in
        [(127, false), (128, true), (256, true), (1024, true), (1025, false), (9999, false)]
    {
        let key = read(&modulus(octets), &[1, 0, 1]);
        let bits = u32::try_from(8 * octets).unwrap();
        match key {
            Ok(key) => assert!(readable && key.kind() == KeyKind::Rsa { bits }),
            Err(error) => assert!(!readable && error == KeyError::ModulusLength { bits, minimum: 1024 }),
        }
    }
    let even = [&[0x80][..], &[0; 255]].concat();
    assert!(matches!(read(&even, &[3]), Err(KeyError::Malformed { .. })));
}

/// A key of 1024 bits verifies what is old, and is spoken of as weak.
#[test]
fn short_rsa_keys_verify() {
    use chancery_key::lifetime;
    use rsa::pkcs8::DecodePrivateKey;
    use rsa::traits::PublicKeyParts;

    let pem = std::str::from_utf8(fixture!("rsa_1024")).unwrap();
    let private = rsa::RsaPrivateKey::from_pkcs8_pem(pem).unwrap();
    let digest = DigestAlgorithm::Sha256;
    let hashed = chancery_digest::AnyDigest::digest(digest, b"message");
    let signature = private.sign(rsa::Pkcs1v15Sign::new::<sha2::Sha256>(), hashed.as_bytes()).unwrap();
    let algorithm = ClaimedAlgorithm::RsaPkcs1v15(digest.into());
    let info = rsa_info(&private.n_bytes(), &private.e_bytes());
    for provider in common::providers() {
        let public = PublicKey::from_info(&info).unwrap().with_provider(provider);
        public.verify(&algorithm, b"message", &signature).unwrap();
        assert_eq!(public.verify(&algorithm, b"other", &signature), Err(VerifyError::SignatureMismatch));
        let found = lifetime::weaknesses(&algorithm, public.kind());
        assert_eq!(found, [lifetime::Weakness::ShortRsa { bits: 1024 }]);
    }
}

#[test]
fn points_must_be_on_their_curve_and_in_a_known_form() {
    let key = read(fixture!("p256_pkcs8"), None).unwrap();
    let info = key.public_key().to_info();
    let point = &info[info.len() - 65..];
    let head = asn1::sequence(&[
        &asn1::oid(&Oid::new_unwrap("1.2.840.10045.2.1")),
        &asn1::oid(&Oid::new_unwrap("1.2.840.10045.3.1.7")),
    ]);
    let read = |point: &[u8]| PublicKey::from_info(&asn1::sequence(&[&head, &asn1::bit_string(point)]));
    assert!(read(point).is_ok());

    let compressed = [&[2 | (point[64] & 1)][..], &point[1..33]].concat();
    assert!(read(&compressed).unwrap().is_same_key(key.public_key()));
    let mut moved = point.to_vec();
    moved[64] ^= 1;
    let hybrid = [&[6 | (point[64] & 1)][..], &point[1..]].concat();
    for wrong in [&[][..], &[0], &moved, &hybrid, &point[..64], &[point, &[0]].concat(), &[4; 65]] {
        assert!(matches!(read(wrong), Err(KeyError::Malformed { .. })), "{wrong:02x?}");
    }
}

/// RFC 8032 §5.1.3, and no point of small order.
#[test]
fn weak_and_non_canonical_ed25519_keys_are_refused() {
    let head = asn1::sequence(&[&asn1::oid(&Oid::new_unwrap("1.3.101.112"))]);
    let read = |point: &[u8]| PublicKey::from_info(&asn1::sequence(&[&head, &asn1::bit_string(point)]));
    let neutral = [&[1][..], &[0; 31]].concat();
    // y = p + 1, which is 1 again.
    let unreduced = [&[0xee][..], &[0xff; 30], &[0x7f]].concat();
    // y = p + 3, which reduces to a point of the curve's full order.
    let above = [&[0xf0][..], &[0xff; 30], &[0x7f]].concat();
    for wrong in [&[0; 32][..], &neutral, &unreduced, &above, &[7; 31], &[7; 33]] {
        assert!(matches!(read(wrong), Err(KeyError::Malformed { .. })), "{wrong:02x?}");
    }
}

/// RFC 4055 §1.2: a key of the type id-RSASSA-PSS does what its parameters allow, and nothing else.
#[test]
fn a_restricted_key_does_as_it_says() {
    let certified = PublicKey::of(&common::certificate(fixture!("rsa_pss_certificate"))).unwrap();
    let (sha256, sha384) = (DigestAlgorithm::Sha256, DigestAlgorithm::Sha384);
    let longer = SignatureAlgorithm::RsaPss { digest: sha384, salt_length: 49 };
    let shorter = SignatureAlgorithm::RsaPss { digest: sha384, salt_length: 47 };
    for (algorithm, allowed) in [
        (SignatureAlgorithm::rsa_pss(sha384), true),
        (longer, true),
        (shorter, false),
        (SignatureAlgorithm::rsa_pss(sha256), false),
        (SignatureAlgorithm::RsaPkcs1v15(sha384), false),
    ] {
        let claimed = algorithm.claimed();
        let expected = if allowed { Ok(()) } else { Err(VerifyError::KeyRestriction { algorithm: claimed }) };
        assert_eq!(certified.allows(&claimed), expected, "{algorithm}");
    }
}

/// A key that asks for two digests is named, and is no key without a restriction.
#[test]
fn a_key_for_a_mask_of_another_digest_is_refused() {
    let expected = KeyError::MaskDigest { digest: "SHA-256", mask_digest: "SHA-384" };
    let certificate = common::certificate(fixture!("rsa_pss_two_digests_certificate"));
    assert_eq!(PublicKey::of(&certificate).unwrap_err(), expected);
    let read = ClaimedAlgorithm::from_algorithm_identifier(&certificate.signature_algorithm());
    let expected = AlgorithmError::MaskDigest { digest: "SHA-256", mask_digest: "SHA-384" };
    assert_eq!(read.unwrap_err(), expected);
}

/// Certificates that OpenSSL signed with keys on the brainpool curves.
#[test]
fn brainpool_certificates_of_openssl_verify() {
    for provider in common::providers() {
        for (pem, kind) in [
            (fixture!("brainpool_certificate"), KeyKind::BrainpoolP256r1),
            (fixture!("brainpool_p384_certificate"), KeyKind::BrainpoolP384r1),
        ] {
            let certificate = common::certificate(pem);
            let key = PublicKey::of(&certificate).unwrap().with_provider(provider);
            assert_eq!(key.kind(), kind);
            let algorithm =
                ClaimedAlgorithm::from_algorithm_identifier(&certificate.signature_algorithm()).unwrap();
            let (message, value) = (certificate.to_be_signed(), certificate.signature());
            assert_eq!(key.verify(&algorithm, message, value), Ok(()));
            assert_eq!(key.verify(&algorithm, b"other", value), Err(VerifyError::SignatureMismatch));
        }
    }
}

/// The quick look says what reading the whole key says.
#[test]
fn the_kind_of_a_key_is_told_without_its_arithmetic() {
    for (pem, expected) in [
        (fixture!("alice_certificate"), KeyKind::P256),
        (fixture!("rsa_certificate"), KeyKind::Rsa { bits: 2048 }),
        (fixture!("rsa_pss_certificate"), KeyKind::Rsa { bits: 2048 }),
        (fixture!("brainpool_certificate"), KeyKind::BrainpoolP256r1),
        (fixture!("brainpool_p384_certificate"), KeyKind::BrainpoolP384r1),
    ] {
        let certificate = common::certificate(pem);
        assert_eq!(KeyKind::of(&certificate), Ok(expected));
        assert_eq!(PublicKey::of(&certificate).unwrap().kind(), expected);
    }
    let certificate = common::certificate(fixture!("rsa_pss_two_digests_certificate"));
    assert_eq!(KeyKind::of(&certificate).err(), PublicKey::of(&certificate).err());
}

/// A point of one curve is not taken for a point of another, and the twisted curves are not the random ones.
#[test]
fn curves_are_not_mixed_up() {
    let certificate = common::certificate(fixture!("brainpool_certificate"));
    let info = certificate.public_key_info();
    let named = |name: &str| {
        let mut fields = asn1::Element::only(info, asn1::tag::SEQUENCE).unwrap().reader();
        fields.element().unwrap();
        let point = fields.element().unwrap().raw;
        let algorithm = [asn1::oid(&Oid::new_unwrap("1.2.840.10045.2.1")), asn1::oid(&Oid::new_unwrap(name))];
        PublicKey::from_info(&asn1::sequence(&[&asn1::sequence(&[&algorithm[0], &algorithm[1]]), point]))
    };
    assert_eq!(named("1.3.36.3.3.2.8.1.1.7").unwrap().kind(), KeyKind::BrainpoolP256r1);
    // P-256, brainpoolP384r1.
    for other in ["1.2.840.10045.3.1.7", "1.3.36.3.3.2.8.1.1.11"] {
        assert!(matches!(named(other), Err(KeyError::Malformed { .. })), "{other}");
    }
    // brainpoolP256t1, brainpoolP384t1, brainpoolP320r1, brainpoolP512r1.
    for other in
        ["1.3.36.3.3.2.8.1.1.8", "1.3.36.3.3.2.8.1.1.12", "1.3.36.3.3.2.8.1.1.9", "1.3.36.3.3.2.8.1.1.13"]
    {
        assert_eq!(named(other).unwrap_err(), unsupported(other));
    }
}

#[test]
fn keys_and_passwords_are_not_printed() {
    let key = read(fixture!("p256_pkcs8"), None).unwrap();
    assert_eq!(format!("{key:?}"), "SoftwareKey(ECDSA P-256)");
    let error = read(fixture!("rsa_pbkdf2"), Some("hunter2")).unwrap_err();
    assert!(!format!("{error:?} {error}").contains("hunter2"));
}
