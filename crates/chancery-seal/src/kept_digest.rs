//! A digest as it stands in a record.

use std::fmt;

use chancery_digest::{Digest, DigestAlgorithm};
use serde::{Deserialize, Serialize};

/// A digest as it stands in a record: `SHA-256:` and hexadecimal digits.
#[derive(Copy, Clone, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeptDigest(Digest);

/// Text that is no digest.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a digest is the name of its algorithm, a colon, and as many hexadecimal digits as it has")]
pub struct KeptDigestFault;

impl Eq for KeptDigest {}

impl KeptDigest {
    /// The digest.
    #[must_use]
    pub const fn digest(&self) -> &Digest {
        &self.0
    }

    fn read(text: &str) -> Option<Self> {
        let (name, digits) = text.split_once(':')?;
        let algorithm = DigestAlgorithm::ALL.iter().copied().find(|algorithm| algorithm.name() == name)?;
        let value = from_hex(digits)?;
        Digest::from_parts(algorithm, &value).ok().map(Self)
    }
}

impl From<Digest> for KeptDigest {
    fn from(digest: Digest) -> Self {
        Self(digest)
    }
}

impl TryFrom<String> for KeptDigest {
    type Error = KeptDigestFault;

    fn try_from(text: String) -> Result<Self, KeptDigestFault> {
        Self::read(&text).ok_or(KeptDigestFault)
    }
}

impl From<KeptDigest> for String {
    fn from(digest: KeptDigest) -> Self {
        digest.to_string()
    }
}

impl fmt::Display for KeptDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.0.algorithm(), to_hex(self.0.as_bytes()))
    }
}

impl fmt::Debug for KeptDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Bytes as hexadecimal digits in lower case.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(digit.into(), 16).unwrap_or('0'));
        }
        text
    })
}

/// Reads what [`to_hex`] wrote.
pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chancery_digest::AnyDigest;

    #[test]
    fn digests_are_read_as_they_are_written() {
        for algorithm in DigestAlgorithm::ALL {
            let kept = KeptDigest::from(algorithm.digest(b"x"));
            assert_eq!(KeptDigest::try_from(kept.to_string()), Ok(kept));
        }
        for bad in
            ["", "SHA-256:", "SHA-256:00", "SHA-1:0000000000000000000000000000000000000000", "SHA-256:zz"]
        {
            assert!(KeptDigest::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
