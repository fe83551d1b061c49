//! Algorithm identifiers, read and written.

// Helpers of tests may unwrap as tests do; clippy.toml knows only functions marked #[test].
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use chancery_certificate::{AlgorithmIdentifier, asn1};
use chancery_digest::{DigestAlgorithm, KnownDigest, LegacyDigest};
use chancery_key::lifetime;
use chancery_key::{AlgorithmError, ClaimedAlgorithm, KeyKind, ParameterReading, SignatureAlgorithm};
use common::{DIGESTS, algorithms};
use const_oid::ObjectIdentifier as Oid;

const PSS: Oid = Oid::new_unwrap("1.2.840.113549.1.1.10");
const SHA256_RSA: Oid = Oid::new_unwrap("1.2.840.113549.1.1.11");
const SHA256_ECDSA: Oid = Oid::new_unwrap("1.2.840.10045.4.3.2");

fn identifier(oid: &Oid, parameters: Option<&[u8]>) -> Vec<u8> {
    asn1::sequence(&[&asn1::oid(oid), parameters.unwrap_or_default()])
}

fn read(der: &[u8]) -> Result<ClaimedAlgorithm, AlgorithmError> {
    ClaimedAlgorithm::from_algorithm_identifier(&AlgorithmIdentifier::from_der(der).unwrap())
}

fn read_cms(der: &[u8], digest: KnownDigest) -> Result<ClaimedAlgorithm, AlgorithmError> {
    ClaimedAlgorithm::from_cms(&AlgorithmIdentifier::from_der(der).unwrap(), digest)
}

#[test]
fn what_is_written_is_read() {
    for kind in [KeyKind::Rsa { bits: 2048 }, KeyKind::P256, KeyKind::Ed25519] {
        for algorithm in algorithms(kind) {
            let der = algorithm.to_algorithm_identifier().unwrap();
            assert_eq!(read(&der).unwrap(), algorithm.claimed());
            assert_eq!(read_cms(&der, algorithm.digest().into()).unwrap(), algorithm.claimed());
            assert_eq!(read(&der).unwrap().current(), Some(algorithm));
        }
    }
}

/// The octets of RFC 5758, RFC 8410 and RFC 4055, as OpenSSL writes them.
#[test]
fn identifiers_are_those_of_openssl() {
    let pss = "304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108\
               300d06096086480165030402010500a203020120";
    for (algorithm, expected) in [
        (SignatureAlgorithm::RsaPkcs1v15(DigestAlgorithm::Sha256), "300d06092a864886f70d01010b0500"),
        (SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha384), "300a06082a8648ce3d040303"),
        (SignatureAlgorithm::Ed25519, "300506032b6570"),
        (SignatureAlgorithm::rsa_pss(DigestAlgorithm::Sha256), pss),
    ] {
        let hex: String =
            algorithm.to_algorithm_identifier().unwrap().iter().map(|octet| format!("{octet:02x}")).collect();
        assert_eq!(hex, expected);
    }
}

/// The certificates of the fixtures were made by OpenSSL.
#[test]
fn the_algorithms_of_certificates_are_read() {
    let sha384 = DigestAlgorithm::Sha384;
    for (pem, expected) in [
        (fixture!("alice_certificate"), SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256)),
        (fixture!("rsa_certificate"), SignatureAlgorithm::RsaPkcs1v15(DigestAlgorithm::Sha256)),
        (fixture!("rsa_pss_certificate"), SignatureAlgorithm::rsa_pss(sha384)),
    ] {
        let certificate = common::certificate(pem);
        let read = ClaimedAlgorithm::from_algorithm_identifier(&certificate.signature_algorithm());
        assert_eq!(read.unwrap(), expected.claimed());
    }
}

#[test]
fn what_has_no_name_cannot_be_written() {
    let nameless = SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha512_256);
    let expected = AlgorithmError::Unnamed { algorithm: nameless.claimed() };
    assert_eq!(nameless.to_algorithm_identifier(), Err(expected));
    let md5 = ClaimedAlgorithm::Ecdsa(LegacyDigest::Md5.into());
    assert!(md5.to_algorithm_identifier().is_err());
}

#[test]
fn parameters_are_strict_unless_asked_otherwise() {
    let null = Some(&[5, 0][..]);
    for (oid, parameters, strict, tolerant) in [
        (SHA256_RSA, null, true, true),
        (SHA256_RSA, None, false, true),
        (SHA256_RSA, Some(&[4, 0][..]), false, false),
        (SHA256_ECDSA, None, true, true),
        (SHA256_ECDSA, null, false, true),
        (SHA256_ECDSA, Some(&[0x30, 0][..]), false, false),
        (Oid::new_unwrap("1.3.101.112"), None, true, true),
        (Oid::new_unwrap("1.3.101.112"), null, false, true),
    ] {
        let der = identifier(&oid, parameters);
        let parsed = AlgorithmIdentifier::from_der(&der).unwrap();
        let read = |reading| ClaimedAlgorithm::from_algorithm_identifier_with(&parsed, reading);
        assert_eq!(read(ParameterReading::Strict).is_ok(), strict, "{oid} {parameters:?}");
        assert_eq!(read(ParameterReading::Tolerant).is_ok(), tolerant, "{oid} {parameters:?}");
        if !strict {
            assert!(matches!(read(ParameterReading::Strict), Err(AlgorithmError::Malformed { .. })));
        }
    }
}

#[test]
fn cms_may_name_the_key_only() {
    let sha256 = KnownDigest::from(DigestAlgorithm::Sha256);
    let rsa = identifier(&Oid::new_unwrap("1.2.840.113549.1.1.1"), Some(&[5, 0]));
    assert_eq!(read_cms(&rsa, sha256), Ok(ClaimedAlgorithm::RsaPkcs1v15(sha256)));
    assert!(matches!(read(&rsa), Err(AlgorithmError::Unsupported { .. })));
    let ec = identifier(&Oid::new_unwrap("1.2.840.10045.2.1"), None);
    assert_eq!(read_cms(&ec, sha256), Ok(ClaimedAlgorithm::Ecdsa(sha256)));
}

#[test]
fn a_contradiction_of_digests_is_an_error() {
    let sha256 = KnownDigest::from(DigestAlgorithm::Sha256);
    for algorithm in algorithms(KeyKind::Rsa { bits: 2048 }).into_iter().chain([SignatureAlgorithm::Ed25519])
    {
        let der = algorithm.to_algorithm_identifier().unwrap();
        for digest in DIGESTS {
            let agrees = digest == algorithm.digest();
            let read = read_cms(&der, digest.into());
            assert_eq!(read.is_ok(), agrees, "{algorithm} beside {digest}");
        }
    }
    let der = identifier(&SHA256_ECDSA, None);
    let error = read_cms(&der, LegacyDigest::Sha1.into()).unwrap_err();
    assert_eq!(error, AlgorithmError::DigestMismatch { algorithm: sha256.name(), claimed: "SHA-1" });
}

fn pss(parts: &[&[u8]]) -> Result<ClaimedAlgorithm, AlgorithmError> {
    read(&identifier(&PSS, Some(&asn1::sequence(parts))))
}

fn explicit(number: u8, content: &[u8]) -> Vec<u8> {
    asn1::encode(asn1::tag::constructed(number), content)
}

/// RFC 8017 A.2.3: what is left away means SHA-1 and 20 octets, and the trailer is 1.
#[test]
fn defaults_of_pss_mean_sha1() {
    let sha1 = KnownDigest::from(LegacyDigest::Sha1);
    let defaults = ClaimedAlgorithm::RsaPss { digest: sha1, salt_length: 20 };
    assert_eq!(pss(&[]), Ok(defaults));
    assert_eq!(read(&identifier(&PSS, None)), Ok(defaults));
    assert_eq!(pss(&[&explicit(3, &[2, 1, 1])]), Ok(defaults));
    assert_eq!(defaults.current(), None, "nothing is signed with SHA-1");
    // Read, and refused by its date: a good key makes nothing better.
    let end = lifetime::acceptable_until(&defaults, KeyKind::Rsa { bits: 4096 });
    assert_eq!(end, lifetime::digest_acceptable_until(sha1));
    assert!(!end.includes("2012-08-01T00:00:00Z".parse().unwrap()));
}

/// One digest for message and mask: another is not computed, and is not taken for an unreadable algorithm either.
#[test]
fn a_mask_of_another_digest_is_named() {
    let name = |digest: KnownDigest| asn1::sequence(&[&asn1::oid(&digest.oid()), &asn1::null()]);
    let mask = |digest: KnownDigest| {
        let mgf1 = asn1::oid(&Oid::new_unwrap("1.2.840.113549.1.1.8"));
        explicit(1, &asn1::sequence(&[&mgf1, &name(digest)]))
    };
    let sha1 = KnownDigest::from(LegacyDigest::Sha1);
    let (sha256, sha512) = (DigestAlgorithm::Sha256.into(), DigestAlgorithm::Sha512.into());
    let refused = |digest, mask_digest| Err(AlgorithmError::MaskDigest { digest, mask_digest });
    // What is left away means SHA-1.
    assert_eq!(pss(&[&explicit(0, &name(sha256))]), refused("SHA-256", "SHA-1"));
    assert_eq!(pss(&[&explicit(0, &name(sha256)), &mask(sha1)]), refused("SHA-256", "SHA-1"));
    assert_eq!(pss(&[&mask(sha256)]), refused("SHA-1", "SHA-256"));
    assert_eq!(pss(&[&explicit(0, &name(sha512)), &mask(sha256)]), refused("SHA-512", "SHA-256"));
    assert!(pss(&[&explicit(0, &name(sha512)), &mask(sha512)]).is_ok());
}

#[test]
fn odd_parameters_of_pss_are_refused() {
    let salt = |content: &[u8]| explicit(2, content);
    let digest = |oid: &str, parameters: &[u8]| {
        explicit(0, &asn1::sequence(&[&asn1::oid(&Oid::new_unwrap(oid)), parameters]))
    };
    let malformed: [Vec<u8>; 9] = [
        explicit(3, &[2, 1, 2]),
        salt(&[2, 1, 0xff]),
        salt(&[2, 2, 0, 1]),
        salt(&[2, 5, 1, 0, 0, 0, 0]),
        salt(&[2, 1, 20, 0]),
        digest("2.16.840.1.101.3.4.2.1", &[4, 0]),
        explicit(1, &asn1::sequence(&[&asn1::oid(&Oid::new_unwrap("1.2.840.113549.1.1.8"))])),
        explicit(4, &[2, 1, 1]),
        vec![2, 1, 20],
    ];
    for part in malformed {
        assert!(matches!(pss(&[&part]), Err(AlgorithmError::Malformed { .. })), "{part:02x?}");
    }
    let twice = [salt(&[2, 1, 32]), salt(&[2, 1, 32])];
    assert!(pss(&[&twice[0], &twice[1]]).is_err());
    for trailing in [&[0x30, 0, 0][..], &[0x30, 0x80, 0, 0], &[5, 0], &[0x31, 0]] {
        let der = asn1::sequence(&[&asn1::oid(&PSS), trailing]);
        assert!(
            AlgorithmIdentifier::from_der(&der)
                .map_or(true, |parsed| { ClaimedAlgorithm::from_algorithm_identifier(&parsed).is_err() })
        );
    }
}

/// Names that signers of the nineties used. They are read as what they are, judged as old, and not written.
#[test]
fn the_old_names_of_rsa_are_read_as_what_they_are() {
    for (oid, digest) in
        [("1.3.14.3.2.29", LegacyDigest::Sha1.into()), ("1.3.14.3.2.3", KnownDigest::from(LegacyDigest::Md5))]
    {
        let oid = Oid::new_unwrap(oid);
        let named = identifier(&oid, Some(&asn1::null()));
        let algorithm = ClaimedAlgorithm::RsaPkcs1v15(digest);
        assert_eq!(read(&named), Ok(algorithm));
        assert_eq!(read_cms(&named, digest), Ok(algorithm));
        assert_eq!(algorithm.current(), None);
        assert_ne!(algorithm.to_algorithm_identifier().unwrap(), named);
        // With another digest beside it, it is a contradiction; and NULL may not be missing.
        let sha256 = KnownDigest::from(DigestAlgorithm::Sha256);
        assert!(matches!(read_cms(&named, sha256), Err(AlgorithmError::DigestMismatch { .. })));
        assert!(matches!(read(&identifier(&oid, None)), Err(AlgorithmError::Malformed { .. })));
    }
}

#[test]
fn what_is_unknown_is_named() {
    // Ed448, DSA with SHA-256, id-RSASSA-PSS-SHAKE128, ecdsa-with-shake256, ML-DSA-65.
    for oid in [
        "1.3.101.113",
        "2.16.840.1.101.3.4.3.2",
        "1.3.6.1.5.5.7.6.30",
        "1.3.6.1.5.5.7.6.33",
        "2.16.840.1.101.3.4.3.18",
    ] {
        let oid = Oid::new_unwrap(oid);
        assert_eq!(read(&identifier(&oid, None)), Err(AlgorithmError::Unsupported { oid }));
    }
    // SHAKE256 as the digest of PSS, and a mask that is not MGF1.
    let shake = Oid::new_unwrap("2.16.840.1.101.3.4.2.12");
    let inside = asn1::sequence(&[&asn1::oid(&shake)]);
    assert_eq!(pss(&[&explicit(0, &inside)]), Err(AlgorithmError::Unsupported { oid: shake }));
    assert_eq!(pss(&[&explicit(1, &inside)]), Err(AlgorithmError::Unsupported { oid: shake }));
}

#[test]
fn algorithms_have_names_for_people() {
    let sha256 = KnownDigest::from(DigestAlgorithm::Sha256);
    let odd = ClaimedAlgorithm::RsaPss { digest: sha256, salt_length: 20 };
    assert_eq!(odd.to_string(), "RSA-PSS with SHA-256, 20 octets of salt");
    assert_eq!(SignatureAlgorithm::rsa_pss(DigestAlgorithm::Sha256).to_string(), "RSA-PSS with SHA-256");
}
