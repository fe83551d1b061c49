//! The bytes that are to be signed.

use std::fmt;

use chancery_digest::{AnyDigest, Digest};

use crate::algorithm::SignatureAlgorithm;
use crate::digest_info;

/// The bytes that are to be signed, with all that a signer may want to know of them.
///
/// A signer takes what its key can use: Ed25519 the [`bytes`](Self::bytes), a remote service or an HSM
/// the [`digest`](Self::digest), a smart card with a raw RSA mechanism the [`digest_info`](Self::digest_info).
///
/// ```
/// use chancery_digest::{AnyDigest, DigestAlgorithm};
/// use chancery_key::{SignatureAlgorithm, ToBeSigned};
///
/// let message = ToBeSigned::new(SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256), b"I agree".to_vec());
/// assert_eq!(message.digest(), &DigestAlgorithm::Sha256.digest(b"I agree"));
/// ```
#[derive(Clone)]
pub struct ToBeSigned {
    algorithm: SignatureAlgorithm,
    bytes: Vec<u8>,
    digest: Digest,
}

impl ToBeSigned {
    /// These bytes, to be signed with this algorithm. Computes their digest, once.
    pub fn new(algorithm: SignatureAlgorithm, bytes: Vec<u8>) -> Self {
        let digest = algorithm.digest().digest(&bytes);
        Self { algorithm, bytes, digest }
    }

    /// The message.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The digest of the message, by the algorithm's digest (SHA-512 for Ed25519, which does not use it).
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The algorithm to sign with.
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// The digest together with its name, as PKCS#1 v1.5 pads it and as the mechanism `CKM_RSA_PKCS` of
    /// PKCS#11 wants it (RFC 8017 §9.2).
    ///
    /// ```asn1
    /// DigestInfo ::= SEQUENCE { digestAlgorithm AlgorithmIdentifier, digest OCTET STRING }
    /// ```
    pub fn digest_info(&self) -> Vec<u8> {
        digest_info::write(self.digest.algorithm().into(), self.digest.as_bytes())
    }
}

impl fmt::Debug for ToBeSigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ToBeSigned({}, {} octets, digest {})", self.algorithm, self.bytes.len(), self.digest)
    }
}
