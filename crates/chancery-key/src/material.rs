//! The numbers of a public key, checked when they were read.

use crate::rsa_key::RsaKey;

pub(crate) enum Material {
    Rsa(RsaKey),
    P256(p256::ecdsa::VerifyingKey),
    P384(p384::ecdsa::VerifyingKey),
    P521(p521::ecdsa::VerifyingKey),
    BrainpoolP256r1(ecdsa::VerifyingKey<bp256::BrainpoolP256r1>),
    BrainpoolP384r1(ecdsa::VerifyingKey<bp384::BrainpoolP384r1>),
    Ed25519(ed25519_dalek::VerifyingKey),
}
