//! The contract of every provider: the same answers to the same questions, and each reads what the others wrote.

// Helpers of tests may unwrap as tests do; clippy.toml knows only functions marked #[test].
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use chancery_digest::{AnyDigest, DigestAlgorithm, KnownDigest, LegacyDigest};
use chancery_key::{
    ClaimedAlgorithm, KeyKind, Provider, PublicKey, SignatureAlgorithm, SignerError, SoftwareKey, ToBeSigned,
    VerifyError,
};
use common::{DIGESTS, algorithms, hex, keys, providers};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use rsa::pkcs8::DecodePrivateKey;

const MESSAGE: &[u8] = b"I approve this contract";

fn public(key: &SoftwareKey, provider: Provider) -> PublicKey {
    key.public_key().clone().with_provider(provider)
}

#[test]
fn each_verifies_what_each_signs() {
    for signing in providers() {
        for key in keys(signing) {
            for algorithm in algorithms(key.public_key().kind()) {
                let message = ToBeSigned::new(algorithm, MESSAGE.to_vec());
                let signature = key.sign(&message).unwrap();
                for verifying in providers() {
                    let public = public(&key, verifying);
                    let said = format!("{algorithm}, signed by {signing:?}, verified by {verifying:?}");
                    public.verify(&algorithm.claimed(), MESSAGE, signature.as_bytes()).expect(&said);
                    let other =
                        public.verify(&algorithm.claimed(), b"I approve it not", signature.as_bytes());
                    assert_eq!(other, Err(VerifyError::SignatureMismatch), "{said}");
                }
            }
        }
    }
}

#[test]
fn a_digest_is_as_good_as_the_message() {
    for provider in providers() {
        for key in keys(provider) {
            let algorithm = key.default_algorithm();
            let message = ToBeSigned::new(algorithm, MESSAGE.to_vec());
            let signature = key.sign(&message).unwrap();
            let digest = (*message.digest()).into();
            let verified =
                key.public_key().verify_digest(&algorithm.claimed(), &digest, signature.as_bytes());
            let expected = if algorithm == SignatureAlgorithm::Ed25519 {
                Err(VerifyError::MessageNeeded)
            } else {
                Ok(())
            };
            assert_eq!(verified, expected, "{algorithm}");
        }
    }
}

#[test]
fn the_digest_must_be_the_algorithms() {
    let key = &keys(Provider::RustCrypto)[1];
    let algorithm = ClaimedAlgorithm::Ecdsa(DigestAlgorithm::Sha256.into());
    let sha3 = KnownDigest::from(DigestAlgorithm::Sha3_256);
    let verified = key.public_key().verify_digest(&algorithm, &sha3.digest(MESSAGE), &[]);
    let expected = VerifyError::WrongDigest { expected: DigestAlgorithm::Sha256.into(), actual: sha3 };
    assert_eq!(verified, Err(expected));
}

/// Every bit of a signature matters, and no bit of it may make a verifier fail otherwise than by refusing.
#[test]
fn every_flipped_bit_is_refused() {
    for provider in providers() {
        for key in keys(provider) {
            let algorithm = key.default_algorithm();
            let signature = key.sign(&ToBeSigned::new(algorithm, MESSAGE.to_vec())).unwrap();
            for bit in 0..8 * signature.as_bytes().len() {
                let mut flipped = signature.as_bytes().to_vec();
                flipped[bit / 8] ^= 1 << (bit % 8);
                let verified = key.public_key().verify(&algorithm.claimed(), MESSAGE, &flipped);
                assert!(verified.is_err(), "{algorithm}, bit {bit}, {provider:?}");
            }
        }
    }
}

/// The value is exactly as long as it must be.
#[test]
fn longer_and_shorter_values_are_malformed() {
    for provider in providers() {
        for key in keys(provider) {
            let algorithm = key.default_algorithm();
            let signature = key.sign(&ToBeSigned::new(algorithm, MESSAGE.to_vec())).unwrap();
            let value = signature.as_bytes();
            let mutants = [
                [value, &[0]].concat(),
                [&[0], value].concat(),
                value[..value.len() - 1].to_vec(),
                value[1..].to_vec(),
                Vec::new(),
            ];
            for mutant in mutants {
                let verified = key.public_key().verify(&algorithm.claimed(), MESSAGE, &mutant);
                let malformed = matches!(verified, Err(VerifyError::MalformedSignature { .. }));
                assert!(malformed, "{algorithm}, {provider:?}: {verified:?}");
            }
        }
    }
}

/// FIPS 186-5 §6.4.2 step 1, and DER: r and s from 1 to n - 1, in the one shortest form.
#[test]
fn ecdsa_numbers_out_of_range_or_in_another_form_are_malformed() {
    // The orders: SEC 2 §2.4.2, §2.5.1, §2.6.1 and RFC 5639 §3.4, §3.6.
    for (kind, order) in [
        (KeyKind::P256, "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
        (
            KeyKind::P384,
            "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
        ),
        (
            KeyKind::P521,
            "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
        ),
        (KeyKind::BrainpoolP256r1, "a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7"),
        (
            KeyKind::BrainpoolP384r1,
            "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565",
        ),
    ] {
        numbers_out_of_range(kind, &hex(order).unwrap());
    }
}

fn numbers_out_of_range(kind: KeyKind, order: &[u8]) {
    let integer = |octets: &[u8]| chancery_certificate::asn1::encode(2, octets);
    let pair = |r: &[u8], s: &[u8]| chancery_certificate::asn1::sequence(&[r, s]);
    let (one, zero, minus_one) = (integer(&[1]), integer(&[0]), integer(&[0xff]));
    let n = chancery_certificate::asn1::integer(order);
    let values = [
        pair(&zero, &one),
        pair(&one, &zero),
        pair(&n, &one),
        pair(&one, &n),
        pair(&minus_one, &one),
        pair(&one, &minus_one),
        pair(&integer(&[0, 1]), &one),
        pair(&one, &integer(&[])),
        [&pair(&one, &one)[..], &[0]].concat(),
        chancery_certificate::asn1::sequence(&[&one, &one, &one]),
        chancery_certificate::asn1::sequence(&[&one]),
        vec![0x30, 0x81, 0x06, 2, 1, 1, 2, 1, 1],
        vec![0x30, 0x80, 2, 1, 1, 2, 1, 1, 0, 0],
        vec![0x31, 0x06, 2, 1, 1, 2, 1, 1],
    ];
    for provider in providers() {
        let keys = keys(provider);
        let key = keys.iter().find(|key| key.public_key().kind() == kind).unwrap();
        let algorithm = ClaimedAlgorithm::Ecdsa(DigestAlgorithm::Sha256.into());
        for value in &values {
            let verified = key.public_key().verify(&algorithm, MESSAGE, value);
            assert!(matches!(verified, Err(VerifyError::MalformedSignature { .. })), "{value:02x?}");
        }
        let verified = key.public_key().verify(&algorithm, MESSAGE, &pair(&one, &one));
        assert_eq!(verified, Err(VerifyError::SignatureMismatch), "well-formed, but nobody's");
    }
}

/// Both s and n - s verify: a signature is not identified by its bytes.
#[test]
fn the_other_s_is_as_good() {
    for provider in providers() {
        let key = &keys(provider)[1];
        let algorithm = SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256);
        let signature = key.sign(&ToBeSigned::new(algorithm, MESSAGE.to_vec())).unwrap();
        let parsed = p256::ecdsa::Signature::from_der(signature.as_bytes()).unwrap();
        let other = p256::ecdsa::Signature::from_scalars(parsed.r(), -*parsed.s()).unwrap().to_der();
        assert_ne!(other.as_bytes(), signature.as_bytes());
        key.public_key().verify(&algorithm.claimed(), MESSAGE, other.as_bytes()).unwrap();
    }
}

#[test]
fn a_key_of_another_kind_is_named() {
    for provider in providers() {
        for key in keys(provider) {
            let kind = key.public_key().kind();
            let mine = algorithms(kind);
            let others =
                keys(provider).iter().flat_map(|key| algorithms(key.public_key().kind())).collect::<Vec<_>>();
            for algorithm in others.into_iter().filter(|algorithm| !mine.contains(algorithm)) {
                if matches!((kind, algorithm), (KeyKind::Rsa { .. }, SignatureAlgorithm::RsaPss { .. }))
                    || matches!(algorithm, SignatureAlgorithm::Ecdsa(_)) && kind.field_len().is_some()
                {
                    continue;
                }
                let message = ToBeSigned::new(algorithm, MESSAGE.to_vec());
                assert!(matches!(key.sign(&message), Err(SignerError::WrongAlgorithm { .. })));
                let verified = key.public_key().verify(&algorithm.claimed(), MESSAGE, &[0; 64]);
                let expected = VerifyError::WrongKeyType { algorithm: algorithm.claimed(), key: kind };
                assert_eq!(verified, Err(expected));
            }
        }
    }
}

/// Nobody could say with which algorithm it was signed.
#[test]
fn what_has_no_name_is_not_signed_with() {
    for provider in providers() {
        let keys = keys(provider);
        let nameless = SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha512_256);
        for key in keys.iter().filter(|key| key.public_key().kind().field_len().is_some()) {
            let refused = key.sign(&ToBeSigned::new(nameless, MESSAGE.to_vec()));
            assert!(matches!(refused, Err(SignerError::WrongAlgorithm { .. })));
        }
    }
}

#[test]
fn a_salt_that_does_not_fit_is_refused_without_making_room_for_it() {
    for provider in providers() {
        let rsa = &keys(provider)[0];
        // RFC 8017 §9.1.1: 256 octets hold a digest of 32, a salt of 222 and two more.
        for (salt_length, fits) in [(222, true), (223, false), (u32::MAX, false)] {
            let digest = DigestAlgorithm::Sha256;
            let algorithm = SignatureAlgorithm::RsaPss { digest, salt_length };
            let signed = rsa.sign(&ToBeSigned::new(algorithm, MESSAGE.to_vec()));
            assert_eq!(signed.is_ok(), fits, "{salt_length}");
            let value = signed.map_or(vec![1; 256], |signature| signature.as_bytes().to_vec());
            assert_eq!(rsa.public_key().verify(&algorithm.claimed(), MESSAGE, &value).is_ok(), fits);
        }
    }
}

/// The salt has the length that the parameters name, and no other; the digest is the one they name.
#[test]
fn pss_is_strict_about_salt_and_digest() {
    for provider in providers() {
        let rsa = &keys(provider)[0];
        let algorithm = SignatureAlgorithm::rsa_pss(DigestAlgorithm::Sha256);
        let signature = rsa.sign(&ToBeSigned::new(algorithm, MESSAGE.to_vec())).unwrap();
        for verifying in providers() {
            let public = public(rsa, verifying);
            let sha256 = KnownDigest::from(DigestAlgorithm::Sha256);
            for (digest, salt_length, holds) in [
                (sha256, 32, true),
                (sha256, 31, false),
                (sha256, 33, false),
                (sha256, 0, false),
                (sha256, u32::MAX, false),
                (DigestAlgorithm::Sha3_256.into(), 32, false),
                (LegacyDigest::Sha1.into(), 32, false),
            ] {
                let claimed = ClaimedAlgorithm::RsaPss { digest, salt_length };
                let verified = public.verify(&claimed, MESSAGE, signature.as_bytes());
                assert_eq!(verified.is_ok(), holds, "{claimed}, {verifying:?}");
            }
        }
    }
}

/// The whole padded block is compared: a DigestInfo without its NULL, which PKCS#1 v1.5 does not allow, is
/// another block (RFC 8017 §8.2.2 note, §9.2 note 1).
#[test]
fn a_digest_info_in_another_form_is_refused() {
    let pem = std::str::from_utf8(fixture!("rsa_pkcs8")).unwrap();
    let private = rsa::RsaPrivateKey::from_pkcs8_pem(pem).unwrap();
    let digest = DigestAlgorithm::Sha256.digest(MESSAGE);
    let algorithm = ClaimedAlgorithm::RsaPkcs1v15(DigestAlgorithm::Sha256.into());
    let with_null = "3031300d060960864801650304020105000420";
    let without_null = "302f300b0609608648016503040201".to_owned() + "0420";
    for (prefix, holds) in [(with_null, true), (without_null.as_str(), false), ("", false)] {
        let scheme = rsa::Pkcs1v15Sign { hash_len: Some(32), prefix: hex(prefix).unwrap().into() };
        let signature = private.sign(scheme, digest.as_bytes()).unwrap();
        for provider in providers() {
            let public = public(&keys(provider)[0], provider);
            assert_eq!(
                public.verify(&algorithm, MESSAGE, &signature).is_ok(),
                holds,
                "{prefix}, {provider:?}"
            );
        }
    }
}

/// Old files are computed, whatever is then said of their age.
#[test]
fn sha1_and_md5_are_read() {
    let pem = std::str::from_utf8(fixture!("rsa_pkcs8")).unwrap();
    let private = rsa::RsaPrivateKey::from_pkcs8_pem(pem).unwrap();
    for (digest, prefix) in [
        (LegacyDigest::Sha1, "3021300906052b0e03021a05000414"),
        (LegacyDigest::Md5, "3020300c06082a864886f70d020505000410"),
    ] {
        let value = digest.digest(MESSAGE);
        let scheme =
            rsa::Pkcs1v15Sign { hash_len: Some(value.as_bytes().len()), prefix: hex(prefix).unwrap().into() };
        let signature = private.sign(scheme, value.as_bytes()).unwrap();
        let algorithm = ClaimedAlgorithm::RsaPkcs1v15(digest.into());
        for provider in providers() {
            let public = public(&keys(provider)[0], provider);
            public.verify(&algorithm, MESSAGE, &signature).unwrap();
            assert_eq!(algorithm.current(), None);
        }
    }
}

#[test]
fn rsa_is_made_from_2048_bits_on() {
    use chancery_key::KeyError::ModulusLength;
    let mut rng = UnwrapErr(SysRng);
    for bits in [0, 1024, 2047, 8193, u32::MAX] {
        let refused = SoftwareKey::generate(KeyKind::Rsa { bits }, &mut rng).unwrap_err();
        assert_eq!(refused, ModulusLength { bits, minimum: 2048 });
    }
    let key = SoftwareKey::generate(KeyKind::Rsa { bits: 2048 }, &mut rng).unwrap();
    assert_eq!(key.public_key().kind(), KeyKind::Rsa { bits: 2048 });
    let message = ToBeSigned::new(key.default_algorithm(), MESSAGE.to_vec());
    let signature = key.sign(&message).unwrap();
    key.public_key().verify(&message.algorithm().claimed(), MESSAGE, signature.as_bytes()).unwrap();
}

/// Room for a signature can be reserved before it is made.
#[test]
fn no_signature_is_longer_than_announced() {
    for provider in providers() {
        for key in keys(provider) {
            let kind = key.public_key().kind();
            let lengths = (0..20_u8).map(|round| {
                let message = ToBeSigned::new(key.default_algorithm(), vec![round]);
                key.sign(&message).unwrap().as_bytes().len()
            });
            let longest = lengths.max().unwrap();
            assert!(longest <= kind.maximal_signature_len(), "{kind}: {longest}");
        }
    }
}

#[test]
fn all_digests_are_tried() {
    assert!(DIGESTS.iter().all(|digest| KnownDigest::from_oid(&digest.oid()) == Some((*digest).into())));
}
