//! Private keys: the numbers, and signing with them by the RustCrypto crates.

use chancery_certificate::asn1;
use chancery_digest::DigestAlgorithm;
use p256::elliptic_curve::Generate;
use pkcs8::EncodePrivateKey;
use rand_core::CryptoRng;
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Sign, Pss, RsaPrivateKey};
use signature::Signer as _;
use signature::hazmat::PrehashSigner;
use zeroize::Zeroizing;

use crate::algorithm::SignatureAlgorithm;
use crate::digest_info;
use crate::error::{KeyError, SignerError};
use crate::identifier;
use crate::kind::KeyKind;
use crate::named_curve;
use crate::to_be_signed::ToBeSigned;

/// The shortest modulus that we sign with: below it RSA is weak (ETSI TS 119 312, NIST SP 800-131A).
const MINIMUM_BITS: u32 = 2048;
/// The longest modulus that we sign with.
const MAXIMUM_BITS: u32 = 8192;

/// Each of these wipes itself from memory when it is dropped.
pub(crate) enum PrivateKey {
    Rsa(Box<RsaPrivateKey>),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    P521(p521::ecdsa::SigningKey),
    BrainpoolP256r1(ecdsa::SigningKey<bp256::BrainpoolP256r1>),
    BrainpoolP384r1(ecdsa::SigningKey<bp384::BrainpoolP384r1>),
    Ed25519(ed25519_dalek::SigningKey),
}

impl PrivateKey {
    pub(crate) fn generate<R: CryptoRng + ?Sized>(kind: KeyKind, rng: &mut R) -> Result<Self, KeyError> {
        Ok(match kind {
            KeyKind::Rsa { bits } => {
                check_bits(bits)?;
                let bits = usize::try_from(bits).map_err(|_| wrong_length(bits))?;
                let key = RsaPrivateKey::new(rng, bits)
                    .map_err(|_| KeyError::Malformed { reason: "no RSA key could be generated" })?;
                Self::Rsa(Box::new(key))
            }
            KeyKind::P256 => Self::P256(p256::ecdsa::SigningKey::generate_from_rng(rng)),
            KeyKind::P384 => Self::P384(p384::ecdsa::SigningKey::generate_from_rng(rng)),
            KeyKind::P521 => Self::P521(p521::ecdsa::SigningKey::generate_from_rng(rng)),
            KeyKind::BrainpoolP256r1 => Self::BrainpoolP256r1(ecdsa::SigningKey::generate_from_rng(rng)),
            KeyKind::BrainpoolP384r1 => Self::BrainpoolP384r1(ecdsa::SigningKey::generate_from_rng(rng)),
            KeyKind::Ed25519 => {
                let mut seed = Zeroizing::new([0; 32]);
                rng.fill_bytes(&mut *seed);
                Self::Ed25519(ed25519_dalek::SigningKey::from_bytes(&seed))
            }
        })
    }

    /// The `SubjectPublicKeyInfo` of the public half, in DER.
    pub(crate) fn public_key_info(&self) -> Vec<u8> {
        let curve = |name| asn1::sequence(&[&asn1::oid(&identifier::EC_PUBLIC_KEY), &asn1::oid(name)]);
        let (algorithm, bits) = match self {
            Self::Rsa(key) => {
                let numbers = [asn1::integer(&key.n_bytes()), asn1::integer(&key.e_bytes())];
                let algorithm = asn1::sequence(&[&asn1::oid(&identifier::RSA_ENCRYPTION), &asn1::null()]);
                (algorithm, asn1::sequence(&[&numbers[0], &numbers[1]]))
            }
            Self::P256(key) => {
                (curve(&named_curve::P256), key.verifying_key().to_sec1_point(false).as_bytes().to_vec())
            }
            Self::P384(key) => {
                (curve(&named_curve::P384), key.verifying_key().to_sec1_point(false).as_bytes().to_vec())
            }
            Self::P521(key) => {
                (curve(&named_curve::P521), key.verifying_key().to_sec1_point(false).as_bytes().to_vec())
            }
            Self::BrainpoolP256r1(key) => {
                let point = key.verifying_key().to_sec1_point(false);
                (curve(&named_curve::BRAINPOOL_P256R1), point.as_bytes().to_vec())
            }
            Self::BrainpoolP384r1(key) => {
                let point = key.verifying_key().to_sec1_point(false);
                (curve(&named_curve::BRAINPOOL_P384R1), point.as_bytes().to_vec())
            }
            Self::Ed25519(key) => {
                (asn1::sequence(&[&asn1::oid(&identifier::ED25519)]), key.verifying_key().to_bytes().to_vec())
            }
        };
        asn1::sequence(&[&algorithm, &asn1::bit_string(&bits)])
    }

    /// PKCS#8, unencrypted, in the version that everybody reads.
    ///
    /// ```asn1
    /// OneAsymmetricKey ::= SEQUENCE {                            -- RFC 5958 §2
    ///     version  INTEGER { v1(0), v2(1) }, ... }               -- v2 exactly where a public key follows
    /// ```
    pub(crate) fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let document = match self {
            Self::Rsa(key) => key.to_pkcs8_der(),
            Self::P256(key) => key.to_pkcs8_der(),
            Self::P384(key) => key.to_pkcs8_der(),
            Self::P521(key) => key.to_pkcs8_der(),
            Self::BrainpoolP256r1(key) => key.to_pkcs8_der(),
            Self::BrainpoolP384r1(key) => key.to_pkcs8_der(),
            Self::Ed25519(key) => return Ok(ed25519_pkcs8(&Zeroizing::new(key.to_bytes()))),
        };
        document
            .map(|document| document.to_bytes())
            .map_err(|_| KeyError::Malformed { reason: "it cannot be written as PKCS#8" })
    }

    /// Signs; key and algorithm are known to fit.
    pub(crate) fn sign(&self, to_be_signed: &ToBeSigned) -> Result<Vec<u8>, SignerError> {
        let digest = to_be_signed.digest().as_bytes();
        match self {
            Self::Rsa(key) => sign_rsa(key, to_be_signed),
            Self::P256(key) => sign_ecdsa::<p256::ecdsa::DerSignature>(key, digest),
            Self::P384(key) => sign_ecdsa::<p384::ecdsa::DerSignature>(key, digest),
            Self::P521(key) => sign_ecdsa::<p521::ecdsa::DerSignature>(key, digest),
            Self::BrainpoolP256r1(key) => sign_ecdsa::<bp256::r1::ecdsa::DerSignature>(key, digest),
            Self::BrainpoolP384r1(key) => sign_ecdsa::<bp384::r1::ecdsa::DerSignature>(key, digest),
            Self::Ed25519(key) => Ok(key.sign(to_be_signed.bytes()).to_bytes().to_vec()),
        }
    }
}

/// Version 1, without the public key: OpenSSL 3.0 does not read version 2, which `ed25519-dalek` writes.
///
/// ```asn1
/// CurvePrivateKey ::= OCTET STRING       -- RFC 8410 §7: the seed, inside the privateKey of PKCS#8
/// ```
fn ed25519_pkcs8(seed: &[u8; 32]) -> Zeroizing<Vec<u8>> {
    // SEQUENCE { INTEGER 0, SEQUENCE { id-Ed25519 }, OCTET STRING { OCTET STRING { the seed } } }. All of it has one
    // length, and so no intermediate value is left behind in memory.
    const HEAD: [u8; 16] =
        [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    let mut document = Zeroizing::new(Vec::with_capacity(HEAD.len() + seed.len()));
    document.extend_from_slice(&HEAD);
    document.extend_from_slice(seed);
    document
}

/// With a nonce by RFC 6979.
fn sign_ecdsa<S: AsRef<[u8]>>(key: &impl PrehashSigner<S>, digest: &[u8]) -> Result<Vec<u8>, SignerError> {
    key.sign_prehash(digest)
        .map(|signature| signature.as_ref().to_vec())
        .map_err(|_| failed("ECDSA found no nonce"))
}

/// Is it a length that we sign with?
pub(crate) fn check_bits(bits: u32) -> Result<(), KeyError> {
    if (MINIMUM_BITS..=MAXIMUM_BITS).contains(&bits) { Ok(()) } else { Err(wrong_length(bits)) }
}

fn wrong_length(bits: u32) -> KeyError {
    KeyError::ModulusLength { bits, minimum: MINIMUM_BITS }
}

/// `RsaPrivateKey::sign` blinds with randomness of the operating system and checks the result with the
/// public key, so that a fault in the computation gives away no factor.
fn sign_rsa(key: &RsaPrivateKey, to_be_signed: &ToBeSigned) -> Result<Vec<u8>, SignerError> {
    let digest = to_be_signed.digest();
    let signed = match to_be_signed.algorithm() {
        SignatureAlgorithm::RsaPss { digest: name, salt_length } => {
            let salt_length = usize::try_from(salt_length).unwrap_or(usize::MAX);
            // RFC 8017 §9.1.1 step 3; also keeps a large number from allocating.
            let room = usize::try_from((key.n().bits() - 1).div_ceil(8)).unwrap_or(0);
            if salt_length.saturating_add(name.output_len() + 2) > room {
                return Err(failed("the salt is too long for the RSA key"));
            }
            sign_pss(key, name, salt_length, digest.as_bytes())
        }
        _ => {
            let prefix = digest_info::prefix(digest.algorithm().into()).into();
            let scheme = Pkcs1v15Sign { hash_len: Some(digest.algorithm().output_len()), prefix };
            key.sign(scheme, digest.as_bytes())
        }
    };
    signed.map_err(|_| failed("the RSA operation failed: no randomness, or a fault"))
}

fn sign_pss(
    key: &RsaPrivateKey,
    name: DigestAlgorithm,
    salt_length: usize,
    digest: &[u8],
) -> Result<Vec<u8>, rsa::Error> {
    match name {
        DigestAlgorithm::Sha224 => key.sign(Pss::<sha2::Sha224>::new_with_salt(salt_length), digest),
        DigestAlgorithm::Sha256 => key.sign(Pss::<sha2::Sha256>::new_with_salt(salt_length), digest),
        DigestAlgorithm::Sha384 => key.sign(Pss::<sha2::Sha384>::new_with_salt(salt_length), digest),
        DigestAlgorithm::Sha512 => key.sign(Pss::<sha2::Sha512>::new_with_salt(salt_length), digest),
        DigestAlgorithm::Sha512_224 => key.sign(Pss::<sha2::Sha512_224>::new_with_salt(salt_length), digest),
        DigestAlgorithm::Sha512_256 => key.sign(Pss::<sha2::Sha512_256>::new_with_salt(salt_length), digest),
        DigestAlgorithm::Sha3_224 => key.sign(Pss::<sha3::Sha3_224>::new_with_salt(salt_length), digest),
        DigestAlgorithm::Sha3_256 => key.sign(Pss::<sha3::Sha3_256>::new_with_salt(salt_length), digest),
        DigestAlgorithm::Sha3_384 => key.sign(Pss::<sha3::Sha3_384>::new_with_salt(salt_length), digest),
        DigestAlgorithm::Sha3_512 => key.sign(Pss::<sha3::Sha3_512>::new_with_salt(salt_length), digest),
        _ => Err(rsa::Error::InputNotHashed),
    }
}

fn failed(reason: &'static str) -> SignerError {
    SignerError::Computation { reason }
}
