//! Private keys: the numbers, and signing with them by the RustCrypto crates.

use chancery_digest::{AnyDigest, DigestAlgorithm, KnownDigest};
use rand_core::CryptoRng;
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Sign, Pss, RsaPrivateKey};
use signature::Signer as _;
use signature::hazmat::PrehashSigner;
use zeroize::Zeroizing;

use crate::algorithm::SignatureAlgorithm;
use crate::digest_info;
use crate::error::{KeyError, SignerError};
use crate::kind::KeyKind;
use crate::to_be_signed::ToBeSigned;

/// The shortest modulus that we sign with (ETSI TS 119 312, SOG-IS; below it RSA is weak).
pub(crate) const MINIMUM_BITS: u32 = 2048;
/// The longest modulus that we sign with.
const MAXIMUM_BITS: u32 = 8192;

/// Each of these wipes itself from memory when dropped.
pub(crate) enum PrivateKey {
    Rsa(Box<RsaPrivateKey>),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    P521(p521::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
}
