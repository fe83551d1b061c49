//! Signature values as an attacker would make them: every one but the first of each list is refused, by each provider.

// Helpers of tests may unwrap as tests do; clippy.toml knows only functions marked #[test].
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use chancery_certificate::asn1;
use chancery_digest::{AnyDigest, DigestAlgorithm, KnownDigest, LegacyDigest};
use chancery_key::{ClaimedAlgorithm, KeyError, PublicKey, SoftwareKey, ToBeSigned, VerifyError};
use common::{hex, providers};
use const_oid::ObjectIdentifier as Oid;
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::{Scalar, clamp_integer};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use rsa::pkcs8::DecodePrivateKey;
use rsa::traits::PublicKeyParts;
use rsa::{BoxedUint, RsaPrivateKey};

const MESSAGE: &[u8] = b"I approve this contract";
/// Octets of the modulus of the fixture.
const LENGTH: usize = 256;

fn rsa() -> (RsaPrivateKey, PublicKey) {
    let pem = std::str::from_utf8(fixture!("rsa_pkcs8")).unwrap();
    let key = SoftwareKey::from_pem(pem.as_bytes(), None).unwrap();
    (RsaPrivateKey::from_pkcs8_pem(pem).unwrap(), key.public_key().clone())
}

/// The bare private operation on a block: what a forger who had found a root would hand in.
fn signed_block(key: &RsaPrivateKey, block: &[u8]) -> Vec<u8> {
    assert_eq!(block.len(), LENGTH);
    let number = BoxedUint::from_be_slice(block, key.n_bits_precision()).unwrap();
    let mut rng = UnwrapErr(SysRng);
    let signed = rsa::hazmat::rsa_decrypt_and_check(key, Some(&mut rng), &number).unwrap();
    let octets = signed.to_be_bytes();
    octets[octets.len() - LENGTH..].to_vec()
}

fn assert_only_the_first_holds(public: &PublicKey, algorithm: &ClaimedAlgorithm, blocks: &[(&str, Vec<u8>)]) {
    let (private, _) = rsa();
    for (place, (what, block)) in blocks.iter().enumerate() {
        let signature = signed_block(&private, block);
        for provider in providers() {
            let verified = public.clone().with_provider(provider).verify(algorithm, MESSAGE, &signature);
            let expected = if place == 0 { Ok(()) } else { Err(VerifyError::SignatureMismatch) };
            assert_eq!(verified, expected, "{what}, {provider:?}");
        }
    }
}

/// RFC 8017 §9.2: `00 01 FF … FF 00 DigestInfo`, filled up with `fill`, and `tail` behind.
fn pkcs1(start: [u8; 2], fill: u8, separator: u8, info: &[u8], tail: &[u8]) -> Vec<u8> {
    let padding = LENGTH - 3 - info.len() - tail.len();
    [&start[..], &vec![fill; padding], &[separator], info, tail].concat()
}

/// RFC 8017 §8.2.2: the whole block is compared, so that no place is left for a forger to fill (Bleichenbacher 2006,
/// BERserk 2014).
#[test]
fn pkcs1_blocks_are_compared_whole() {
    let (_, public) = rsa();
    let hash = DigestAlgorithm::Sha256.digest(MESSAGE);
    let hash = hash.as_bytes();
    let oid = asn1::oid(&DigestAlgorithm::Sha256.oid());
    let info = |parameters: &[u8]| {
        asn1::sequence(&[&asn1::sequence(&[&oid, parameters]), &asn1::octet_string(hash)])
    };
    let good = info(&asn1::null());
    // The same contents, with the length of the outer SEQUENCE in two octets.
    let long_length = [&[0x30, 0x81, good[1]][..], &good[2..]].concat();
    let garbage = vec![0xa5; 100];
    // Eight octets of padding are the least that encoders write; then the DigestInfo, then what the forger likes.
    let short = [&[0, 1][..], &[0xff; 8], &[0], &good, &vec![0x5a; LENGTH - 11 - good.len()]].concat();
    let mut one_bit = pkcs1([0, 1], 0xff, 0, &good, &[]);
    one_bit[20] = 0xfe;
    let blocks = [
        ("as the standard says", pkcs1([0, 1], 0xff, 0, &good, &[])),
        ("garbage behind, short padding", short),
        (
            "garbage in the parameters of the digest",
            pkcs1([0, 1], 0xff, 0, &info(&asn1::octet_string(&garbage)), &[]),
        ),
        ("no NULL", pkcs1([0, 1], 0xff, 0, &info(&[]), &[])),
        ("a length in long form", pkcs1([0, 1], 0xff, 0, &long_length, &[])),
        ("an octet behind", pkcs1([0, 1], 0xff, 0, &good, &[0])),
        ("padding of encryption", pkcs1([0, 2], 0xff, 0, &good, &[])),
        ("block type 0", pkcs1([0, 0], 0x00, 0, &good, &[])),
        ("padding of other octets", pkcs1([0, 1], 0x7f, 0, &good, &[])),
        ("one bit of the padding", one_bit),
        ("no separator", pkcs1([0, 1], 0xff, 0xff, &good, &[])),
        ("the bare digest", pkcs1([0, 1], 0xff, 0, hash, &[])),
        ("zeros", [vec![0; LENGTH - 1], vec![2]].concat()),
    ];
    assert_only_the_first_holds(
        &public,
        &ClaimedAlgorithm::RsaPkcs1v15(DigestAlgorithm::Sha256.into()),
        &blocks,
    );
}

/// A PSS block (RFC 8017 §9.1.1) of SHA-256 with what a forger may choose.
struct PssBlock {
    salt: Vec<u8>,
    mask_digest: KnownDigest,
    first_bits: u8,
    padding: u8,
    separator: u8,
    trailer: u8,
}

impl PssBlock {
    fn good() -> Self {
        Self {
            salt: vec![7; 32],
            mask_digest: DigestAlgorithm::Sha256.into(),
            first_bits: 0,
            padding: 0,
            separator: 1,
            trailer: 0xbc,
        }
    }

    fn encode(&self) -> Vec<u8> {
        let sha256 = DigestAlgorithm::Sha256;
        let hash = sha256.digest(&[&[0; 8][..], sha256.digest(MESSAGE).as_bytes(), &self.salt].concat());
        let padding = vec![self.padding; LENGTH - 32 - 2 - self.salt.len()];
        let mut data = [&padding[..], &[self.separator], &self.salt].concat();
        for (counter, chunk) in (0_u32..).zip(data.chunks_mut(self.mask_digest.output_len())) {
            let mask = self.mask_digest.digest(&[hash.as_bytes(), &counter.to_be_bytes()].concat());
            chunk.iter_mut().zip(mask.as_bytes()).for_each(|(octet, mask)| *octet ^= mask);
        }
        data[0] = data[0] & 0x7f | self.first_bits;
        [&data[..], hash.as_bytes(), &[self.trailer]].concat()
    }
}

#[test]
fn pss_blocks_are_checked_step_by_step() {
    let (private, public) = rsa();
    let good = PssBlock::good;
    let mut wrong_hash = good().encode();
    wrong_hash[LENGTH - 2] ^= 1;
    let mut blocks = vec![
        ("as the standard says", good().encode()),
        ("trailer 2 of ISO 14888", PssBlock { trailer: 0xcc, ..good() }.encode()),
        ("trailer 0", PssBlock { trailer: 0, ..good() }.encode()),
        ("no salt", PssBlock { salt: Vec::new(), ..good() }.encode()),
        ("a salt of 31 octets", PssBlock { salt: vec![7; 31], ..good() }.encode()),
        ("a salt of 33 octets", PssBlock { salt: vec![7; 33], ..good() }.encode()),
        ("as long a salt as fits", PssBlock { salt: vec![7; 222], ..good() }.encode()),
        ("a mask of SHA-1", PssBlock { mask_digest: LegacyDigest::Sha1.into(), ..good() }.encode()),
        ("a mask of SHA-512", PssBlock { mask_digest: DigestAlgorithm::Sha512.into(), ..good() }.encode()),
        ("another separator", PssBlock { separator: 2, ..good() }.encode()),
        ("no separator", PssBlock { separator: 0, ..good() }.encode()),
        ("padding of ones", PssBlock { padding: 0xff, ..good() }.encode()),
        ("another hash", wrong_hash),
    ];
    // The bit beyond emBits; only where the modulus leaves room for it.
    let high = PssBlock { first_bits: 0x80, ..good() }.encode();
    if high[..] < private.n_bytes()[..] {
        blocks.push(("a bit in front", high));
    }
    let algorithm = ClaimedAlgorithm::RsaPss { digest: DigestAlgorithm::Sha256.into(), salt_length: 32 };
    assert_only_the_first_holds(&public, &algorithm, &blocks);
}

/// RFC 8017 §5.2.2: the value must be below the modulus, or there would be a second one for each signature.
#[test]
fn rsa_values_of_the_modulus_and_above_are_refused() {
    let (private, public) = rsa();
    let digest = KnownDigest::from(DigestAlgorithm::Sha256);
    for algorithm in
        [ClaimedAlgorithm::RsaPkcs1v15(digest), ClaimedAlgorithm::RsaPss { digest, salt_length: 32 }]
    {
        let modulus = private.n_bytes().to_vec();
        // n - 1, n and n + 1 (n is odd), zero, one, and the greatest number of that length.
        let mut below = modulus.clone();
        *below.last_mut().unwrap() -= 1;
        let one = [vec![0; LENGTH - 1], vec![1]].concat();
        for value in [below, modulus, vec![0; LENGTH], one, vec![0xff; LENGTH]] {
            for provider in providers() {
                let verified = public.clone().with_provider(provider).verify(&algorithm, MESSAGE, &value);
                assert_eq!(verified, Err(VerifyError::SignatureMismatch), "{algorithm}, {provider:?}");
            }
        }
    }
}

/// s + n for a signature s, where that still has the length of the modulus.
#[test]
fn the_same_rsa_value_once_more_around_is_refused() {
    let (private, public) = rsa();
    let precision = private.n_bits_precision() + 64;
    let modulus = BoxedUint::from_be_slice(&private.n_bytes(), precision).unwrap();
    let algorithm = ClaimedAlgorithm::RsaPkcs1v15(DigestAlgorithm::Sha256.into());
    let mut tried = 0;
    for round in 0..64_u8 {
        let hash = DigestAlgorithm::Sha256.digest(&[round]);
        let signature = private.sign(rsa::Pkcs1v15Sign::new::<sha2::Sha256>(), hash.as_bytes()).unwrap();
        assert_eq!(public.verify(&algorithm, &[round], &signature), Ok(()));
        let around = BoxedUint::from_be_slice(&signature, precision).unwrap() + &modulus;
        let around = around.to_be_bytes();
        let (front, around) = around.split_at(around.len() - LENGTH);
        if front.iter().any(|octet| *octet != 0) {
            continue;
        }
        tried += 1;
        for provider in providers() {
            let verified = public.clone().with_provider(provider).verify(&algorithm, &[round], around);
            assert_eq!(verified, Err(VerifyError::SignatureMismatch), "{provider:?}");
        }
    }
    assert!(tried > 0, "the modulus of the fixture leaves no room above it: make another");
}

fn ed25519_info(point: &[u8]) -> Vec<u8> {
    let algorithm = asn1::sequence(&[&asn1::oid(&Oid::new_unwrap("1.3.101.112"))]);
    asn1::sequence(&[&algorithm, &asn1::bit_string(point)])
}

/// The order of the base point, L = 2^252 + 27742317777372353535851937790883648493 (RFC 8032 §5.1), little-endian.
const ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

struct Ed25519 {
    scalar: Scalar,
    public: [u8; 32],
}

impl Ed25519 {
    /// From the seed as RFC 8032 §5.1.5 says, with the scalar at hand.
    fn new(seed: &[u8; 32]) -> Self {
        let hash = DigestAlgorithm::Sha512.digest(seed);
        let scalar = Scalar::from_bytes_mod_order(clamp_integer(hash.as_bytes()[..32].try_into().unwrap()));
        Self { scalar, public: EdwardsPoint::mul_base(&scalar).compress().to_bytes() }
    }

    /// k of RFC 8032 §5.1.7.
    fn challenge(&self, commitment: &[u8; 32]) -> Scalar {
        let hash = DigestAlgorithm::Sha512.digest(&[&commitment[..], &self.public, MESSAGE].concat());
        Scalar::from_bytes_mod_order_wide(hash.as_bytes().try_into().unwrap())
    }
}

fn verify_ed25519(public: &[u8], value: &[u8]) -> Vec<Result<(), VerifyError>> {
    let key = PublicKey::from_info(&ed25519_info(public)).unwrap();
    providers()
        .into_iter()
        .map(|provider| {
            key.clone().with_provider(provider).verify(&ClaimedAlgorithm::Ed25519, MESSAGE, value)
        })
        .collect()
}

/// RFC 8032 §5.1.7: S is below the order, or a second value could be made of every signature.
#[test]
fn a_second_value_of_an_ed25519_signature_is_refused() {
    let seed = [0x42; 32];
    let document = [&hex("302e020100300506032b657004220420").unwrap()[..], &seed].concat();
    let key = SoftwareKey::from_pkcs8_der(&document).unwrap();
    let public = Ed25519::new(&seed).public;
    let signature = key.sign(&ToBeSigned::new(key.default_algorithm(), MESSAGE.to_vec())).unwrap();
    let value = signature.as_bytes().to_vec();
    assert!(verify_ed25519(&public, &value).iter().all(Result::is_ok));
    // S + L, and S with each of the three bits set that a reduced S never has.
    let order = hex(ORDER).unwrap();
    let mut carry = 0_u16;
    let mut larger = value.clone();
    for (octet, order) in larger[32..].iter_mut().zip(&order) {
        carry += u16::from(*octet) + u16::from(*order);
        *octet = carry.to_le_bytes()[0];
        carry >>= 8;
    }
    assert_eq!(carry, 0);
    let mut refused = vec![larger];
    for bit in [0x20, 0x40, 0x80] {
        let mut flagged = value.clone();
        flagged[63] |= bit;
        refused.push(flagged);
    }
    for value in refused {
        assert!(verify_ed25519(&public, &value).iter().all(Result::is_err), "{value:02x?}");
    }
}

/// A commitment R of small order: S = k·a makes the equation true with the neutral element for R, and a signer could
/// so make one value for several keys (Chalkias, Garillot, Nikolaenko 2020). The strict reading refuses it.
#[test]
fn an_ed25519_commitment_of_small_order_is_refused() {
    let key = Ed25519::new(&[0x17; 32]);
    // Canonical and not: y = 1, and y = p + 1.
    let neutral = [&[1][..], &[0; 31]].concat();
    let unreduced = [&[0xee][..], &[0xff; 30], &[0x7f]].concat();
    for commitment in [neutral, unreduced] {
        let commitment: [u8; 32] = commitment.try_into().unwrap();
        let response = key.challenge(&commitment) * key.scalar;
        let value = [commitment, response.to_bytes()].concat();
        assert!(verify_ed25519(&key.public, &value).iter().all(Result::is_err));
    }
    // The same way of signing with an honest commitment is a signature like any other.
    let nonce = Scalar::from(1_234_567_u64);
    let commitment = EdwardsPoint::mul_base(&nonce).compress().to_bytes();
    let response = nonce + key.challenge(&commitment) * key.scalar;
    let value = [commitment, response.to_bytes()].concat();
    assert!(verify_ed25519(&key.public, &value).iter().all(Result::is_ok));
}

/// A signature that holds only after multiplication by the cofactor 8: R carries a component of small order. Batch and
/// single verification of other libraries disagree about it; ours is the single one.
#[test]
fn an_ed25519_signature_that_needs_the_cofactor_is_refused() {
    let key = Ed25519::new(&[0x17; 32]);
    // A point of order 8 (RFC 7748 §7 speaks of them; the y of Bernstein's list).
    let torsion = hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05").unwrap();
    let torsion = CompressedEdwardsY(torsion.try_into().unwrap()).decompress().unwrap();
    assert!(torsion.is_small_order());
    let nonce = Scalar::from(7_654_321_u64);
    let commitment = (EdwardsPoint::mul_base(&nonce) + torsion).compress().to_bytes();
    let response = nonce + key.challenge(&commitment) * key.scalar;
    let value = [commitment, response.to_bytes()].concat();
    assert!(verify_ed25519(&key.public, &value).iter().all(Result::is_err));
}

/// All eight points of small order, and their non-canonical spellings, are no keys: with the neutral element for a key,
/// one value would be a signature of every message.
#[test]
fn ed25519_keys_of_small_order_are_refused() {
    let points = [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        // Not canonical: y + p, and the sign of zero.
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ];
    for point in points {
        let read = PublicKey::from_info(&ed25519_info(&hex(point).unwrap()));
        assert!(matches!(read, Err(KeyError::Malformed { .. })), "{point}");
    }
}
