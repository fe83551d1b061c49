//! The provider's own operations, with nothing of ours around them.

use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_key::{KeyKind, Provider, SoftwareKey};
use p256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
use p256::pkcs8::DecodePrivateKey;
use rsa::{Pkcs1v15Sign, RsaPrivateKey, RsaPublicKey};
use sha2::Sha256;

use crate::Outcome;

/// A private key as its provider takes it.
pub enum BareKey {
    /// ECDSA by RustCrypto.
    P256(Box<p256::ecdsa::SigningKey>),
    /// RSA by RustCrypto.
    Rsa(Box<RsaPrivateKey>, RsaPublicKey),
    /// ECDSA by AWS-LC.
    #[cfg(feature = "aws-lc")]
    AwsLcP256(Box<aws_lc_rs::signature::EcdsaKeyPair>),
    /// RSA by AWS-LC.
    #[cfg(feature = "aws-lc")]
    AwsLcRsa(Box<aws_lc_rs::signature::RsaKeyPair>),
}

impl BareKey {
    /// The same key, as this provider takes it.
    ///
    /// # Errors
    /// If it is neither P-256 nor RSA.
    pub fn of(key: &SoftwareKey, provider: Provider) -> Outcome<Self> {
        let der = key.to_pkcs8_der()?;
        match (key.public_key().kind(), provider) {
            (KeyKind::P256, Provider::RustCrypto) => {
                Ok(Self::P256(Box::new(p256::ecdsa::SigningKey::from_pkcs8_der(&der)?)))
            }
            (KeyKind::Rsa { .. }, Provider::RustCrypto) => {
                let key = RsaPrivateKey::from_pkcs8_der(&der)?;
                let public = key.to_public_key();
                Ok(Self::Rsa(Box::new(key), public))
            }
            #[cfg(feature = "aws-lc")]
            (KeyKind::P256, Provider::AwsLc) => {
                let algorithm = &aws_lc_rs::signature::ECDSA_P256_SHA256_ASN1_SIGNING;
                let key = aws_lc_rs::signature::EcdsaKeyPair::from_pkcs8(algorithm, &der)?;
                Ok(Self::AwsLcP256(Box::new(key)))
            }
            #[cfg(feature = "aws-lc")]
            (KeyKind::Rsa { .. }, Provider::AwsLc) => {
                Ok(Self::AwsLcRsa(Box::new(aws_lc_rs::signature::RsaKeyPair::from_pkcs8(&der)?)))
            }
            (kind, provider) => Err(format!("{kind} with {provider:?} is not measured").into()),
        }
    }

    /// The call that [`sign`](Self::sign) is, for the table.
    #[must_use]
    pub const fn signing_call(&self) -> &'static str {
        match self {
            Self::P256(_) => "bare: p256 SigningKey::sign_prehash",
            Self::Rsa(..) => "bare: rsa RsaPrivateKey::sign",
            #[cfg(feature = "aws-lc")]
            Self::AwsLcP256(_) => "bare: aws-lc-rs EcdsaKeyPair::sign_digest",
            #[cfg(feature = "aws-lc")]
            Self::AwsLcRsa(_) => "bare: aws-lc-rs RsaKeyPair::sign_digest",
        }
    }

    /// Signs a digest by SHA-256: ECDSA, or RSA PKCS#1 v1.5.
    ///
    /// # Errors
    /// What the provider says.
    pub fn sign(&self, digest: &[u8; 32]) -> Outcome<Vec<u8>> {
        match self {
            Self::P256(key) => {
                let signature: p256::ecdsa::DerSignature = key.sign_prehash(digest)?;
                Ok(signature.as_bytes().to_vec())
            }
            Self::Rsa(key, _) => Ok(key.sign(Pkcs1v15Sign::new::<Sha256>(), digest)?),
            #[cfg(feature = "aws-lc")]
            Self::AwsLcP256(key) => Ok(key.sign_digest(&imported(digest)?)?.as_ref().to_vec()),
            #[cfg(feature = "aws-lc")]
            Self::AwsLcRsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                let encoding = &aws_lc_rs::signature::RSA_PKCS1_SHA256;
                key.sign_digest(encoding, &imported(digest)?, &mut signature)?;
                Ok(signature)
            }
        }
    }

    /// Verifies a signature over a digest by SHA-256.
    ///
    /// # Errors
    /// If it does not hold.
    pub fn verify(&self, digest: &[u8; 32], signature: &[u8]) -> Outcome<()> {
        match self {
            Self::P256(key) => {
                let signature = p256::ecdsa::Signature::from_der(signature)?;
                Ok(key.verifying_key().verify_prehash(digest, &signature)?)
            }
            Self::Rsa(_, public) => Ok(public.verify(Pkcs1v15Sign::new::<Sha256>(), digest, signature)?),
            #[cfg(feature = "aws-lc")]
            Self::AwsLcP256(key) => {
                use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, KeyPair, UnparsedPublicKey};
                let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key.public_key().as_ref());
                Ok(public.verify_digest(&imported(digest)?, signature)?)
            }
            #[cfg(feature = "aws-lc")]
            Self::AwsLcRsa(key) => {
                use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
                let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref());
                Ok(public.verify_digest(&imported(digest)?, signature)?)
            }
        }
    }

    /// The digest that both take.
    ///
    /// # Errors
    /// Never: SHA-256 has 32 bytes.
    pub fn digest(message: &[u8]) -> Outcome<[u8; 32]> {
        Ok(DigestAlgorithm::Sha256.digest(message).as_bytes().try_into()?)
    }
}

#[cfg(feature = "aws-lc")]
fn imported(digest: &[u8; 32]) -> Outcome<aws_lc_rs::digest::Digest> {
    Ok(aws_lc_rs::digest::Digest::import_less_safe(digest, &aws_lc_rs::digest::SHA256)?)
}
