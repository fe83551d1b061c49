//! A digest value.

use std::fmt;

use subtle::ConstantTimeEq;

use crate::{DigestAlgorithm, KnownDigest, WrongLength};

/// The length of the longest digest in bytes.
pub(crate) const MAX_LEN: usize = 64;

/// A digest together with the algorithm that made it. Prints as lower-case hexadecimal; two are compared in
/// constant time.
#[derive(Copy, Clone)]
pub struct Digest<D = DigestAlgorithm> {
    algorithm: D,
    value: [u8; MAX_LEN],
}

impl<D: Copy + Into<KnownDigest>> Digest<D> {
    /// Takes a digest that was made elsewhere.
    ///
    /// # Errors
    /// If `bytes` is not as long as a digest of this algorithm.
    pub fn from_parts(algorithm: D, bytes: &[u8]) -> Result<Self, WrongLength> {
        let known: KnownDigest = algorithm.into();
        if bytes.len() != known.output_len() {
            let (algorithm, expected) = (known.name(), known.output_len());
            return Err(WrongLength { algorithm, expected, found: bytes.len() });
        }
        let mut value = [0; MAX_LEN];
        value[..bytes.len()].copy_from_slice(bytes);
        Ok(Self { algorithm, value })
    }

    pub(crate) const fn from_hasher(algorithm: D, value: [u8; MAX_LEN]) -> Self {
        Self { algorithm, value }
    }

    /// The algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> D {
        self.algorithm
    }

    /// The bytes of the digest.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.value[..self.algorithm.into().output_len()]
    }
}

impl From<Digest> for Digest<KnownDigest> {
    fn from(digest: Digest) -> Self {
        Self { algorithm: digest.algorithm.into(), value: digest.value }
    }
}

impl<D: Eq> PartialEq for Digest<D> {
    fn eq(&self, other: &Self) -> bool {
        self.algorithm == other.algorithm && bool::from(self.value.ct_eq(&other.value))
    }
}

impl<D: Eq> Eq for Digest<D> {}

impl<D: Copy + Into<KnownDigest>> fmt::Display for Digest<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl<D: Copy + Into<KnownDigest>> fmt::Debug for Digest<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{self}", self.algorithm.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_of_the_wrong_length_is_refused() {
        let error = Digest::from_parts(DigestAlgorithm::Sha256, &[0; 20]).unwrap_err();
        assert_eq!(error.to_string(), "a SHA-256 digest has 32 bytes, not 20");
        assert!(Digest::from_parts(DigestAlgorithm::Sha256, &[0; 32]).is_ok());
    }

    #[test]
    fn equal_bytes_of_two_algorithms_are_two_digests() {
        let (left, right) = ([7; 32], [7; 32]);
        let left = Digest::from_parts(KnownDigest::from(DigestAlgorithm::Sha256), &left).unwrap();
        let right = Digest::from_parts(KnownDigest::from(DigestAlgorithm::Sha3_256), &right).unwrap();
        assert_ne!(left, right);
    }
}
