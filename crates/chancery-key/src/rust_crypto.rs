//! The mathematics by the RustCrypto crates.

use chancery_digest::{Digest, KnownDigest};
use signature::hazmat::PrehashVerifier;

use crate::algorithm::ClaimedAlgorithm;
use crate::error::VerifyError;
use crate::identifier::PssParameters;
use crate::material::Material;
use crate::rsa_key::RsaKey;
use crate::{digest_info, pss};

/// Verifies a signature over a digest; key and algorithm are known to fit.
pub(crate) fn verify(
    key: &Material,
    algorithm: &ClaimedAlgorithm,
    digest: &Digest<KnownDigest>,
    signature: &[u8],
) -> Result<(), VerifyError> {
    match key {
        Material::Rsa(key) => {
            check_rsa_length(key, signature)?;
            let block = key.arithmetic()?.raise(signature).ok_or(VerifyError::SignatureMismatch)?;
            match *algorithm {
                ClaimedAlgorithm::RsaPss { digest: name, salt_length } => {
                    let parameters = PssParameters { digest: name, salt_length };
                    verify_pss(&block, key.bits(), parameters, digest)
                }
                _ => verify_pkcs1(&block, digest),
            }
        }
        Material::P256(key) => verify_ecdsa(key, digest, p256::ecdsa::Signature::from_der(signature)),
        Material::P384(key) => verify_ecdsa(key, digest, p384::ecdsa::Signature::from_der(signature)),
        Material::P521(key) => verify_ecdsa(key, digest, p521::ecdsa::Signature::from_der(signature)),
        Material::BrainpoolP256r1(key) => {
            verify_ecdsa(key, digest, bp256::r1::ecdsa::Signature::from_der(signature))
        }
        Material::BrainpoolP384r1(key) => {
            verify_ecdsa(key, digest, bp384::r1::ecdsa::Signature::from_der(signature))
        }
        Material::Ed25519(_) => Err(VerifyError::MessageNeeded),
    }
}

/// FIPS 186-5 §6.4.2. Reading the value has checked that it is strict DER with 1 ≤ r, s < n.
fn verify_ecdsa<S>(
    key: &impl PrehashVerifier<S>,
    digest: &Digest<KnownDigest>,
    value: Result<S, signature::Error>,
) -> Result<(), VerifyError> {
    key.verify_prehash(digest.as_bytes(), &value.map_err(not_ecdsa)?).map_err(mismatch)
}

/// Could this be the value of a signature by such a key at all? The rules of every provider.
#[cfg(feature = "aws-lc")]
pub(crate) fn check_form(key: &Material, signature: &[u8]) -> Result<(), VerifyError> {
    match key {
        Material::Rsa(key) => check_rsa_length(key, signature),
        Material::P256(_) => p256::ecdsa::Signature::from_der(signature).map(drop).map_err(not_ecdsa),
        Material::P384(_) => p384::ecdsa::Signature::from_der(signature).map(drop).map_err(not_ecdsa),
        Material::P521(_) => p521::ecdsa::Signature::from_der(signature).map(drop).map_err(not_ecdsa),
        // AWS-LC computes nothing with these: `verify` here judges their form.
        Material::BrainpoolP256r1(_) | Material::BrainpoolP384r1(_) | Material::Ed25519(_) => Ok(()),
    }
}

/// RFC 8017 §8.1.2 and §8.2.2, step 1: the value is exactly as long as the modulus.
pub(crate) fn check_rsa_length(key: &RsaKey, signature: &[u8]) -> Result<(), VerifyError> {
    if signature.len() == key.modulus().len() {
        Ok(())
    } else {
        Err(VerifyError::MalformedSignature { reason: "it must be exactly as long as the RSA modulus" })
    }
}

/// RFC 8017 §8.2.2: pads the digest as the signer must have done (§9.2) and compares the whole block.
fn verify_pkcs1(block: &[u8], digest: &Digest<KnownDigest>) -> Result<(), VerifyError> {
    let info = digest_info::write(digest.algorithm(), digest.as_bytes());
    // 00 01, at least eight times ff, 00.
    let padding = block.len().checked_sub(info.len() + 3).filter(|length| *length >= 8);
    let padding = padding.ok_or(VerifyError::SignatureMismatch)?;
    let expected = [&[0, 1][..], &vec![0xff; padding], &[0], &info].concat();
    if block == expected { Ok(()) } else { Err(VerifyError::SignatureMismatch) }
}

/// RFC 8017 §8.1.2. Our own: one function for every digest, SHA-1 included, where `rsa` has a type for each.
fn verify_pss(
    block: &[u8],
    modulus_bits: u32,
    parameters: PssParameters,
    digest: &Digest<KnownDigest>,
) -> Result<(), VerifyError> {
    // emBits = modBits - 1, so the encoded message may be one octet shorter than the modulus.
    let bits = usize::try_from(modulus_bits - 1).map_err(|_| VerifyError::SignatureMismatch)?;
    let surplus = block.len().saturating_sub(bits.div_ceil(8));
    let (zeros, encoded) = block.split_at(surplus);
    if zeros.iter().any(|&octet| octet != 0) || !pss::holds(encoded, bits, parameters, digest) {
        return Err(VerifyError::SignatureMismatch);
    }
    Ok(())
}

/// RFC 8032 §5.1.7, without points of small order.
pub(crate) fn verify_ed25519(
    key: &ed25519_dalek::VerifyingKey,
    message: &[u8],
    signature: &[u8],
) -> Result<(), VerifyError> {
    let signature: &[u8; 64] = signature
        .try_into()
        .map_err(|_| VerifyError::MalformedSignature { reason: "an Ed25519 signature has 64 octets" })?;
    key.verify_strict(message, &ed25519_dalek::Signature::from_bytes(signature)).map_err(mismatch)
}

fn not_ecdsa(_: impl std::error::Error) -> VerifyError {
    VerifyError::MalformedSignature {
        reason: "it must be a DER SEQUENCE of two INTEGERs from 1 to the order of the curve",
    }
}

fn mismatch(_: impl std::error::Error) -> VerifyError {
    VerifyError::SignatureMismatch
}
