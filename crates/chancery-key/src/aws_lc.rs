//! The mathematics by AWS-LC, where it has them; `None` where it has not, and RustCrypto does the work.

use std::ptr;
use std::sync::OnceLock;

use aws_lc_rs::digest::{self, Digest as Imported};
use aws_lc_rs::signature::{
    self, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, ParsedPublicKey, RsaEncoding, RsaKeyPair,
    UnparsedPublicKey, VerificationAlgorithm,
};
use chancery_digest::{Digest, DigestAlgorithm, KnownDigest};

use crate::algorithm::{ClaimedAlgorithm, SignatureAlgorithm};
use crate::error::{KeyError, SignerError, VerifyError};
use crate::material::Material;
use crate::private_key::PrivateKey;
use crate::rust_crypto;
use crate::to_be_signed::ToBeSigned;

/// A private key that AWS-LC has read.
pub(crate) enum SigningKey {
    Rsa(Box<RsaKeyPair>),
    Ecdsa(Box<EcdsaKeyPair>, &'static digest::Algorithm),
    Ed25519(Box<Ed25519KeyPair>),
}

impl SigningKey {
    /// `None` for a key that AWS-LC has no mathematics for.
    pub(crate) fn load(key: &PrivateKey) -> Result<Option<Self>, KeyError> {
        let pkcs8 = key.to_pkcs8()?;
        let ecdsa = |algorithm: &'static EcdsaSigningAlgorithm, slot| {
            EcdsaKeyPair::from_pkcs8(algorithm, &pkcs8).map(|key| Self::Ecdsa(Box::new(key), slot))
        };
        match key {
            PrivateKey::Rsa(_) => RsaKeyPair::from_pkcs8(&pkcs8).map(|key| Self::Rsa(Box::new(key))),
            PrivateKey::P256(_) => ecdsa(&signature::ECDSA_P256_SHA256_ASN1_SIGNING, &digest::SHA256),
            PrivateKey::P384(_) => ecdsa(&signature::ECDSA_P384_SHA384_ASN1_SIGNING, &digest::SHA384),
            PrivateKey::P521(_) => ecdsa(&signature::ECDSA_P521_SHA512_ASN1_SIGNING, &digest::SHA512),
            PrivateKey::BrainpoolP256r1(_) | PrivateKey::BrainpoolP384r1(_) => return Ok(None),
            PrivateKey::Ed25519(_) => {
                Ed25519KeyPair::from_pkcs8_maybe_unchecked(&pkcs8).map(|key| Self::Ed25519(Box::new(key)))
            }
        }
        .map(Some)
        .map_err(|rejected| KeyError::Provider { provider: "AWS-LC", reason: rejected.to_string() })
    }

    /// Signs, or leaves it to RustCrypto (`None`). Key and algorithm are known to fit.
    pub(crate) fn sign(&self, to_be_signed: &ToBeSigned) -> Option<Result<Vec<u8>, SignerError>> {
        let value = to_be_signed.digest().as_bytes();
        let signed = match self {
            Self::Rsa(key) => {
                let (encoding, algorithm) = rsa_encoding(to_be_signed.algorithm())?;
                let imported = Imported::import_less_safe(value, algorithm).ok()?;
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign_digest(encoding, &imported, &mut signature).map(|()| signature)
            }
            Self::Ecdsa(key, slot) => {
                let imported = import_for_ecdsa(value, slot)?;
                key.sign_digest(&imported).map(|signature| signature.as_ref().to_vec())
            }
            Self::Ed25519(key) => {
                key.try_sign(to_be_signed.bytes()).map(|signature| signature.as_ref().to_vec())
            }
        };
        Some(signed.map_err(|_| SignerError::Computation { reason: "AWS-LC could not sign" }))
    }
}

/// A public key as AWS-LC has read it, for the algorithm that it was first used with: nearly all keys have one. To read
/// it anew, and to prepare the arithmetic of RSA, takes a tenth of a verification.
#[derive(Default)]
pub(crate) struct Prepared(OnceLock<Option<ParsedPublicKey>>);

impl Prepared {
    /// Whether it is the signature of `key` over the digest.
    fn verify(
        &self,
        algorithm: &'static dyn VerificationAlgorithm,
        key: &[u8],
        digest: &Imported,
        value: &[u8],
    ) -> Result<(), VerifyError> {
        let known = self.0.get_or_init(|| ParsedPublicKey::new(algorithm, key).ok());
        let verified = match known {
            Some(known) if ptr::addr_eq(known.algorithm(), algorithm) => {
                known.verify_digest_sig(digest, value)
            }
            _ => UnparsedPublicKey::new(algorithm, key).verify_digest(digest, value),
        };
        verified.map_err(|_| VerifyError::SignatureMismatch)
    }
}

/// Verifies a signature over a digest; key and algorithm are known to fit. The form of the value is judged by
/// the same code as for the other provider, so that both refuse the same.
///
/// `prepared` belongs to this key.
pub(crate) fn verify(
    key: &Material,
    prepared: &Prepared,
    algorithm: &ClaimedAlgorithm,
    digest: &Digest<KnownDigest>,
    value: &[u8],
) -> Result<(), VerifyError> {
    rust_crypto::check_form(key, value)?;
    try_verify(key, prepared, algorithm, digest, value)
        .unwrap_or_else(|| rust_crypto::verify(key, algorithm, digest, value))
}

/// `None` where AWS-LC does not do it.
fn try_verify(
    key: &Material,
    prepared: &Prepared,
    algorithm: &ClaimedAlgorithm,
    digest: &Digest<KnownDigest>,
    value: &[u8],
) -> Option<Result<(), VerifyError>> {
    let ecdsa = |algorithm, slot, point: &[u8]| {
        let imported = import_for_ecdsa(digest.as_bytes(), slot)?;
        Some(prepared.verify(algorithm, point, &imported, value))
    };
    match key {
        Material::Rsa(key) => {
            let (algorithm, slot) = rsa_verification(algorithm.current()?)?;
            let imported = Imported::import_less_safe(digest.as_bytes(), slot).ok()?;
            (key.bits() >= 2048).then(|| prepared.verify(algorithm, key.der(), &imported, value))
        }
        Material::P256(key) => {
            let point = key.to_sec1_point(false);
            ecdsa(&signature::ECDSA_P256_SHA256_ASN1, &digest::SHA256, point.as_bytes())
        }
        Material::P384(key) => {
            let point = key.to_sec1_point(false);
            ecdsa(&signature::ECDSA_P384_SHA384_ASN1, &digest::SHA384, point.as_bytes())
        }
        Material::P521(key) => {
            let point = key.to_sec1_point(false);
            ecdsa(&signature::ECDSA_P521_SHA512_ASN1, &digest::SHA512, point.as_bytes())
        }
        // AWS-LC has no brainpool curves. RustCrypto verifies Ed25519 strictly, and faster.
        Material::BrainpoolP256r1(_) | Material::BrainpoolP384r1(_) | Material::Ed25519(_) => None,
    }
}

/// ECDSA takes the leftmost bits of a digest, as many as the order of the curve has, as a number (FIPS 186-5
/// §6.4.1). So a longer digest may be cut to that length, and a shorter one filled with zeros in front, without
/// changing the number: one slot of AWS-LC per curve serves every digest.
fn import_for_ecdsa(value: &[u8], slot: &'static digest::Algorithm) -> Option<Imported> {
    let length = slot.output_len();
    let mut number = [0; 64];
    let number = number.get_mut(..length)?;
    let kept = value.len().min(length);
    number[length - kept..].copy_from_slice(&value[..kept]);
    Imported::import_less_safe(number, slot).ok()
}

type Slot = &'static digest::Algorithm;

fn rsa_encoding(algorithm: SignatureAlgorithm) -> Option<(&'static dyn RsaEncoding, Slot)> {
    match algorithm {
        SignatureAlgorithm::RsaPkcs1v15(DigestAlgorithm::Sha256) => {
            Some((&signature::RSA_PKCS1_SHA256, &digest::SHA256))
        }
        SignatureAlgorithm::RsaPkcs1v15(DigestAlgorithm::Sha384) => {
            Some((&signature::RSA_PKCS1_SHA384, &digest::SHA384))
        }
        SignatureAlgorithm::RsaPkcs1v15(DigestAlgorithm::Sha512) => {
            Some((&signature::RSA_PKCS1_SHA512, &digest::SHA512))
        }
        SignatureAlgorithm::RsaPss { .. } => match plain_pss(algorithm)? {
            DigestAlgorithm::Sha256 => Some((&signature::RSA_PSS_SHA256, &digest::SHA256)),
            DigestAlgorithm::Sha384 => Some((&signature::RSA_PSS_SHA384, &digest::SHA384)),
            DigestAlgorithm::Sha512 => Some((&signature::RSA_PSS_SHA512, &digest::SHA512)),
            _ => None,
        },
        _ => None,
    }
}

fn rsa_verification(algorithm: SignatureAlgorithm) -> Option<(&'static dyn VerificationAlgorithm, Slot)> {
    match algorithm {
        SignatureAlgorithm::RsaPkcs1v15(DigestAlgorithm::Sha256) => {
            Some((&signature::RSA_PKCS1_2048_8192_SHA256, &digest::SHA256))
        }
        SignatureAlgorithm::RsaPkcs1v15(DigestAlgorithm::Sha384) => {
            Some((&signature::RSA_PKCS1_2048_8192_SHA384, &digest::SHA384))
        }
        SignatureAlgorithm::RsaPkcs1v15(DigestAlgorithm::Sha512) => {
            Some((&signature::RSA_PKCS1_2048_8192_SHA512, &digest::SHA512))
        }
        SignatureAlgorithm::RsaPss { .. } => match plain_pss(algorithm)? {
            DigestAlgorithm::Sha256 => Some((&signature::RSA_PSS_2048_8192_SHA256, &digest::SHA256)),
            DigestAlgorithm::Sha384 => Some((&signature::RSA_PSS_2048_8192_SHA384, &digest::SHA384)),
            DigestAlgorithm::Sha512 => Some((&signature::RSA_PSS_2048_8192_SHA512, &digest::SHA512)),
            _ => None,
        },
        _ => None,
    }
}

/// The digest of a PSS algorithm with one digest and a salt as long as it.
fn plain_pss(algorithm: SignatureAlgorithm) -> Option<DigestAlgorithm> {
    let digest = algorithm.digest();
    (algorithm == SignatureAlgorithm::rsa_pss(digest)).then_some(digest)
}
