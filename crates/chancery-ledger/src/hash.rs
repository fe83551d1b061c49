//! A hash value of the ledger.

use std::fmt::{self, Write};

use chancery_digest::{AnyDigest as _, Digest, DigestAlgorithm};

/// 32 bytes of SHA-256. Prints as lower-case hexadecimal.
#[derive(Copy, Clone, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// What stands where a stream has no event before.
    pub const NONE: Self = Self([0; 32]);

    /// SHA-256 of some bytes, for example of a command (see [`Commit::key`](crate::Commit::key)).
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut hasher = DigestAlgorithm::Sha256.hasher();
        hasher.update(bytes);
        Self::from_sha256(&hasher.finalize())
    }

    pub(crate) fn from_sha256(digest: &Digest) -> Self {
        let mut value = [0; 32];
        value.iter_mut().zip(digest.as_bytes()).for_each(|(byte, made)| *byte = *made);
        Self(value)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A hash from 64 hexadecimal digits.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut value = [0; 32];
        for (byte, pair) in value.iter_mut().zip(digits.chunks_exact(2)) {
            let text = std::str::from_utf8(pair).ok().filter(|_| pair.iter().all(u8::is_ascii_hexdigit))?;
            *byte = u8::from_str_radix(text, 16).ok()?;
        }
        Some(Self(value))
    }
}

impl AsRef<[u8]> for Hash {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Names of keys and lines of exports have many of these.
        let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or('0');
        self.0
            .iter()
            .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
            .try_for_each(|digit| f.write_char(digit))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_both_ways() {
        let hash = Hash::of(b"");
        assert_eq!(hash.to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(Hash::from_hex(&hash.to_string()), Some(hash));
        assert_eq!(Hash::from_hex(&"+1".repeat(32)), None);
        assert_eq!(Hash::from_hex("00"), None);
    }
}
