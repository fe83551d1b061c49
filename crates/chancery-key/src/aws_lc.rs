//! The mathematics by AWS-LC, where it has them; `None` where it has not, and RustCrypto does the work.

use aws_lc_rs::digest::{self, Digest as Imported};
use aws_lc_rs::signature::{
    self, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, RsaEncoding, RsaKeyPair, UnparsedPublicKey,
    VerificationAlgorithm,
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

/// Verifies a signature over a digest; key and algorithm are known to fit. The form of the value is judged by
/// the same code as for the other provider, so that both refuse the same.
pub(crate) fn verify(
    key: &Material,
    algorithm: &ClaimedAlgorithm,
    digest: &Digest<KnownDigest>,
    value: &[u8],
) -> Result<(), VerifyError> {
    rust_crypto::check_form(key, value)?;
    try_verify(key, algorithm, digest, value)
        .unwrap_or_else(|| rust_crypto::verify(key, algorithm, digest, value))
}

/// `None` where AWS-LC does not do it.
fn try_verify(
    key: &Material,
    algorithm: &ClaimedAlgorithm,
    digest: &Digest<KnownDigest>,
    value: &[u8],
) -> Option<Result<(), VerifyError>> {
    let verified = match key {
        Material::Rsa(key) => {
            let (algorithm, slot) = rsa_verification(algorithm.current()?)?;
            let imported = Imported::import_less_safe(digest.as_bytes(), slot).ok()?;
            let public = UnparsedPublicKey::new(algorithm, key.der());
            (key.bits() >= 2048).then(|| public.verify_digest(&imported, value))?
        }
        Material::P256(key) => {
            let imported = import_for_ecdsa(digest.as_bytes(), &digest::SHA256)?;
            let point = key.to_sec1_point(false);
            UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_ASN1, point.as_bytes())
                .verify_digest(&imported, value)
        }
        Material::P384(key) => {
            let imported = import_for_ecdsa(digest.as_bytes(), &digest::SHA384)?;
            let point = key.to_sec1_point(false);
            UnparsedPublicKey::new(&signature::ECDSA_P384_SHA384_ASN1, point.as_bytes())
                .verify_digest(&imported, value)
        }
        Material::P521(key) => {
            let imported = import_for_ecdsa(digest.as_bytes(), &digest::SHA512)?;
            let point = key.to_sec1_point(false);
            UnparsedPublicKey::new(&signature::ECDSA_P521_SHA512_ASN1, point.as_bytes())
                .verify_digest(&imported, value)
        }
        // AWS-LC has no brainpool curves. RustCrypto verifies Ed25519 strictly, and faster.
        Material::BrainpoolP256r1(_) | Material::BrainpoolP384r1(_) | Material::Ed25519(_) => return None,
    };
    Some(verified.map_err(|_| VerifyError::SignatureMismatch))
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
