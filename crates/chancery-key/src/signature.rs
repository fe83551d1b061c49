//! Signature values: as they come, and checked.

use std::fmt;
use std::sync::Arc;

use chancery_certificate::{Certificate, asn1};
use chancery_digest::Digest;

use crate::algorithm::SignatureAlgorithm;
use crate::error::VerifyError;
use crate::kind::KeyKind;
use crate::public_key::PublicKey;
use crate::to_be_signed::ToBeSigned;

/// A signature value: ECDSA as the DER `SEQUENCE` of two numbers, RSA at the exact length of the modulus,
/// Ed25519 as its 64 octets.
///
/// What a token, a service or a person hands over comes in by [`SignatureValue::from_bytes`] and is
/// verified by [`check`](Self::check). What a [`SoftwareKey`](crate::SoftwareKey) of this crate made
/// carries a private mark of what it signed and with which key, and `check` compares that instead of
/// computing it all again.
#[derive(Clone)]
pub struct SignatureValue {
    bytes: Vec<u8>,
    made_for: Option<MadeFor>,
}

/// What a signature covers. The digest stands for the bytes: it is one of `DigestAlgorithm`, for which
/// nobody finds two messages (and if somebody did, the signature itself would be good for both; for
/// Ed25519 it is the SHA-512 of the message).
#[derive(Clone, Eq, PartialEq)]
struct MadeFor {
    algorithm: SignatureAlgorithm,
    digest: Digest,
    /// The SubjectPublicKeyInfo of the key.
    key: Arc<[u8]>,
}

impl SignatureValue {
    /// A value from outside: a token, a service, a person.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self { bytes, made_for: None }
    }

    /// An ECDSA value in the form of IEEE P1363, `r ‖ s` at full length, as PKCS#11 and many remote
    /// services answer. It becomes the DER that certificates, CMS and PDF want:
    ///
    /// ```asn1
    /// ECDSA-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }      -- RFC 3279 §2.2.3
    /// ```
    ///
    /// # Errors
    /// [`VerifyError::MalformedSignature`] when the kind of key has no such signatures, or the length is
    /// not that of two numbers of its field.
    pub fn from_p1363(kind: KeyKind, bytes: &[u8]) -> Result<Self, VerifyError> {
        let length = kind
            .field_len()
            .ok_or(VerifyError::MalformedSignature { reason: "only ECDSA has values of the form r ‖ s" })?;
        if bytes.len() != 2 * length {
            return Err(VerifyError::MalformedSignature {
                reason: "r ‖ s must be exactly twice the length of the field",
            });
        }
        let (r, s) = bytes.split_at(length);
        Ok(Self::from_bytes(asn1::sequence(&[&asn1::integer(r), &asn1::integer(s)])))
    }

    /// A value that our own key has just made.
    pub(crate) fn made_by(key: Arc<[u8]>, to_be_signed: &ToBeSigned, bytes: Vec<u8>) -> Self {
        let made_for = MadeFor { algorithm: to_be_signed.algorithm(), digest: *to_be_signed.digest(), key };
        Self { bytes, made_for: Some(made_for) }
    }

    /// The value.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Makes sure that this is the signature of these bytes by the key of this certificate.
    ///
    /// Nothing is computed when a software key of this crate made the value for exactly these bytes,
    /// this algorithm and this public key.
    ///
    /// # Errors
    /// Any [`VerifyError`]: the value must not be used.
    pub fn check(
        self,
        certificate: &Certificate,
        to_be_signed: &ToBeSigned,
    ) -> Result<CheckedSignature, VerifyError> {
        let made_here =
            self.made_for.filter(|made_for| made_for.is_for(certificate.public_key_info(), to_be_signed));
        let covers = match made_here {
            Some(covers) => covers,
            None => {
                let key = PublicKey::of(certificate)?;
                let algorithm = to_be_signed.algorithm();
                key.verify(&algorithm.claimed(), to_be_signed.bytes(), &self.bytes)?;
                MadeFor { algorithm, digest: *to_be_signed.digest(), key: key.info() }
            }
        };
        Ok(CheckedSignature { bytes: self.bytes, covers })
    }
}

impl MadeFor {
    fn is_for(&self, public_key_info: &[u8], to_be_signed: &ToBeSigned) -> bool {
        self.algorithm == to_be_signed.algorithm()
            && self.digest == *to_be_signed.digest()
            && *self.key == *public_key_info
    }
}

impl fmt::Debug for SignatureValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignatureValue({} octets)", self.bytes.len())
    }
}

/// A signature that is known to hold: only [`SignatureValue::check`] makes one.
#[derive(Clone)]
pub struct CheckedSignature {
    bytes: Vec<u8>,
    covers: MadeFor,
}

impl CheckedSignature {
    /// The value.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The algorithm it was made with.
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.covers.algorithm
    }

    /// The digest of the bytes that it signs.
    pub fn digest(&self) -> &Digest {
        &self.covers.digest
    }

    /// Is this the signature of these bytes by the key of this certificate?
    pub fn covers(&self, certificate: &Certificate, to_be_signed: &ToBeSigned) -> bool {
        self.covers.is_for(certificate.public_key_info(), to_be_signed)
    }
}

impl fmt::Debug for CheckedSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CheckedSignature({}, {} octets)", self.covers.algorithm, self.bytes.len())
    }
}
