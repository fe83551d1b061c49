//! What can go wrong, in words that a person can act on.

use std::error::Error;

use chancery_digest::KnownDigest;
use const_oid::ObjectIdentifier as Oid;

use crate::algorithm::ClaimedAlgorithm;
use crate::kind::KeyKind;

/// Why an `AlgorithmIdentifier` does not name a signature algorithm that we compute.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AlgorithmError {
    /// A signature, digest or mask algorithm that this crate does not know.
    #[error("the algorithm {oid} is not supported")]
    Unsupported {
        /// The object identifier as found.
        oid: Oid,
    },
    /// The parameters are not those that the standard gives to the algorithm.
    #[error("the parameters of the algorithm {oid} are not as the standard says: {reason}")]
    Malformed {
        /// The algorithm whose parameters these are.
        oid: Oid,
        /// What is wrong with them.
        reason: &'static str,
    },
    /// The signature algorithm names one digest, the structure around it another.
    #[error("the signature algorithm says {algorithm}, but the digest algorithm beside it is {claimed}")]
    DigestMismatch {
        /// The name of the digest inside the signature algorithm.
        algorithm: &'static str,
        /// The name of the digest beside it.
        claimed: &'static str,
    },
    /// RSA-PSS with one digest for the message and another for the mask. RFC 8017 §8.1 recommends the same for both,
    /// and so do all who sign today; what is left away in the parameters means SHA-1.
    #[error(
        "RSA-PSS with {digest} for the message and {mask_digest} for the mask is not supported: one digest for both is"
    )]
    MaskDigest {
        /// The name of the digest of the message.
        digest: &'static str,
        /// The name of the digest inside MGF1.
        mask_digest: &'static str,
    },
    /// No standard gives this combination an object identifier, so no file can name it.
    #[error("{algorithm} has no object identifier: choose another digest")]
    Unnamed {
        /// The algorithm.
        algorithm: ClaimedAlgorithm,
    },
}

/// Why a key cannot be used.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// An algorithm or curve that this crate does not know.
    #[error("keys of the algorithm or curve {oid} are not supported")]
    Unsupported {
        /// The object identifier as found.
        oid: Oid,
    },
    /// A key of the type id-RSASSA-PSS that asks for one digest for the message and another for the mask.
    #[error(
        "RSA-PSS keys for {digest} with a mask of {mask_digest} are not supported: one digest for both is"
    )]
    MaskDigest {
        /// The name of the digest of the message.
        digest: &'static str,
        /// The name of the digest inside MGF1.
        mask_digest: &'static str,
    },
    /// Elliptic curve parameters that are spelled out, or inherited, instead of named.
    #[error("the elliptic curve is not given by its name: only named curves are supported")]
    UnnamedCurve,
    /// Not the structure that it should be.
    #[error("the key cannot be read: {reason}")]
    Malformed {
        /// What was expected.
        reason: &'static str,
    },
    /// A length of RSA key that we do not compute with.
    #[error("RSA keys of {bits} bits are not supported: {minimum} to 8192 bits are")]
    ModulusLength {
        /// The length found.
        bits: u32,
        /// The shortest that would do: 1024 for verification, 2048 for signing.
        minimum: u32,
    },
    /// A public exponent that is even, less than 3, or longer than 33 bits.
    #[error("the RSA public exponent must be odd, at least 3 and below 2^33")]
    Exponent,
    /// The private and the public part do not belong together.
    #[error("the private key is not consistent: its parts do not belong together")]
    Inconsistent,
    /// The certificate speaks of another key.
    #[error("the certificate of {certificate:?} belongs to another key")]
    NotThePair {
        /// The subject of the certificate.
        certificate: String,
    },
    /// A chain without a certificate.
    #[error("no certificate was given: the first one must be the signer's")]
    NoCertificate,
    /// The key is encrypted and no password was given.
    #[error("the private key is encrypted: a password is needed")]
    PasswordNeeded,
    /// The password does not open the key.
    #[error("the password is wrong")]
    WrongPassword,
    /// An encryption, or a key derivation, that this crate does not open.
    #[error(
        "the private key is encrypted with {oid}, which is not supported; \
         `openssl pkcs8 -topk8 -v2 aes-256-cbc` writes it anew"
    )]
    UnsupportedEncryption {
        /// The object identifier as found.
        oid: Oid,
    },
    /// A key derivation that would take longer than we are willing to work for a stranger's file.
    #[error("the key derivation asks for {asked} iterations; at most {left} are allowed")]
    TooMuchWork {
        /// The iterations, or blocks of memory, that the file asks for.
        asked: u64,
        /// The most that we do, or what is left of it.
        left: u64,
    },
    /// The key does not do this algorithm.
    #[error("a key of the kind {key} does not sign with {algorithm}")]
    WrongAlgorithm {
        /// The algorithm asked for.
        algorithm: ClaimedAlgorithm,
        /// The kind of the key.
        key: KeyKind,
    },
    /// The provider could not make or load the key.
    #[error("the {provider} provider does not take the key: {reason}")]
    Provider {
        /// The name of the provider.
        provider: &'static str,
        /// What it said.
        reason: String,
    },
}

/// Why a signature does not hold, or could not be verified.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The mathematics fail: another key, other bytes, or a damaged signature.
    #[error("the signature does not match: another key made it, or the bytes have changed")]
    SignatureMismatch,
    /// The value cannot be a signature of this algorithm, whatever the key and the bytes.
    #[error("the signature value is malformed: {reason}")]
    MalformedSignature {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The algorithm needs another kind of key.
    #[error("a key of the kind {key} cannot have made a signature of the kind {algorithm}")]
    WrongKeyType {
        /// What the signature claims.
        algorithm: ClaimedAlgorithm,
        /// The kind of the key at hand.
        key: KeyKind,
    },
    /// The public key (id-RSASSA-PSS, RFC 4055 §1.2) restricts what it may be used with.
    #[error("the public key does not allow {algorithm}")]
    KeyRestriction {
        /// What the signature claims.
        algorithm: ClaimedAlgorithm,
    },
    /// The digest handed in was made by another algorithm than the signature names.
    #[error("the signature is over a {} digest, the digest at hand is {}", expected.name(), actual.name())]
    WrongDigest {
        /// The digest of the signature algorithm.
        expected: KnownDigest,
        /// The digest handed in.
        actual: KnownDigest,
    },
    /// Ed25519 signs the message; a digest is not enough to verify it.
    #[error("Ed25519 signs the message itself: its digest is not enough")]
    MessageNeeded,
    /// The public key of the certificate cannot be used.
    #[error("the public key cannot be used: {0}")]
    Key(#[from] KeyError),
}

/// Why a signer did not sign.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignerError {
    /// The key does not do this algorithm.
    #[error("a key of the kind {key} does not sign with {algorithm}")]
    WrongAlgorithm {
        /// The algorithm asked for.
        algorithm: ClaimedAlgorithm,
        /// The kind of the key.
        key: KeyKind,
    },
    /// The key cannot be used for signing.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The implementation of the mathematics failed: no randomness, or a fault in the computation.
    #[error("the signature could not be computed: {reason}")]
    Computation {
        /// What it said.
        reason: &'static str,
    },
    /// The person, the token or the service said no.
    #[error("the signer refused: {reason}")]
    Refused {
        /// What it said.
        reason: String,
    },
    /// Anything else that a signer outside this crate may run into.
    #[error("the signer failed: {0}")]
    Other(#[source] Box<dyn Error + Send + Sync>),
}
