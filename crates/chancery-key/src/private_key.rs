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
            Self::Ed25519(key) => {
                (asn1::sequence(&[&asn1::oid(&identifier::ED25519)]), key.verifying_key().to_bytes().to_vec())
            }
        };
        asn1::sequence(&[&algorithm, &asn1::bit_string(&bits)])
    }

    /// PKCS#8, unencrypted.
    pub(crate) fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let document = match self {
            Self::Rsa(key) => key.to_pkcs8_der(),
            Self::P256(key) => key.to_pkcs8_der(),
            Self::P384(key) => key.to_pkcs8_der(),
            Self::P521(key) => key.to_pkcs8_der(),
            Self::Ed25519(key) => key.to_pkcs8_der(),
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
            // The nonces follow RFC 6979.
            Self::P256(key) => key
                .sign_prehash(digest)
                .map(|signature: p256::ecdsa::DerSignature| signature.as_bytes().to_vec())
                .map_err(|_| failed("ECDSA found no nonce")),
            Self::P384(key) => key
                .sign_prehash(digest)
                .map(|signature: p384::ecdsa::DerSignature| signature.as_bytes().to_vec())
                .map_err(|_| failed("ECDSA found no nonce")),
            Self::P521(key) => key
                .sign_prehash(digest)
                .map(|signature: p521::ecdsa::DerSignature| signature.as_bytes().to_vec())
                .map_err(|_| failed("ECDSA found no nonce")),
            Self::Ed25519(key) => Ok(key.sign(to_be_signed.bytes()).to_bytes().to_vec()),
        }
    }
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
        SignatureAlgorithm::RsaPss { digest: name, mask_digest, salt_length } => {
            if mask_digest != name {
                return Err(failed("RSA-PSS signs with one digest for message and mask"));
            }
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
