//! The name of a blob.

use std::fmt;
use std::str::FromStr;

use super::error::InvalidBlobId;
use crate::value::MAX_LEN;
use crate::{AnyDigest, Digest, DigestAlgorithm};

const LENGTH: usize = 32;

/// The name of a blob: the SHA-256 digest of its bytes. Prints as 64 lower-case hexadecimal digits, and reads
/// exactly those.
///
/// ```
/// use chancery_digest::BlobId;
///
/// let id = BlobId::of(b"I approve this contract");
/// assert_eq!(id.to_string().parse::<BlobId>()?, id);
/// # Ok::<(), chancery_digest::InvalidBlobId>(())
/// ```
#[derive(Copy, Clone, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct BlobId([u8; LENGTH]);

impl BlobId {
    /// The name of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self::from_sha256(&DigestAlgorithm::Sha256.digest(bytes))
    }

    /// Takes the 32 bytes of a SHA-256 digest.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; LENGTH]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes of the digest.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }

    /// As a digest, to be compared with what a signature names.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut value = [0; MAX_LEN];
        value[..LENGTH].copy_from_slice(&self.0);
        Digest::from_hasher(DigestAlgorithm::Sha256, value)
    }

    /// The digest must be one by SHA-256.
    pub(super) fn from_sha256(digest: &Digest) -> Self {
        let mut bytes = [0; LENGTH];
        bytes.copy_from_slice(digest.as_bytes());
        Self(bytes)
    }
}

impl TryFrom<Digest> for BlobId {
    type Error = InvalidBlobId;

    fn try_from(digest: Digest) -> Result<Self, InvalidBlobId> {
        match digest.algorithm() {
            DigestAlgorithm::Sha256 => Ok(Self::from_sha256(&digest)),
            other => Err(InvalidBlobId::OfAnotherAlgorithm { found: other.name() }),
        }
    }
}

impl FromStr for BlobId {
    type Err = InvalidBlobId;

    fn from_str(text: &str) -> Result<Self, InvalidBlobId> {
        let digits = text.as_bytes();
        let mut bytes = [0; LENGTH];
        if digits.len() != 2 * LENGTH {
            return Err(InvalidBlobId::NotHexadecimal);
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Ok(Self(bytes))
    }
}

fn digit(character: u8) -> Result<u8, InvalidBlobId> {
    match character {
        b'0'..=b'9' => Ok(character - b'0'),
        b'a'..=b'f' => Ok(character - b'a' + 10),
        _ => Err(InvalidBlobId::NotHexadecimal),
    }
}

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlobId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sixty_four_lower_case_digits_name_a_blob() {
        let id = BlobId::of(b"contract").to_string();
        assert_eq!(id.parse::<BlobId>().unwrap(), BlobId::of(b"contract"));
        let longer = format!("{id}00");
        let dots = format!("../{}", &id[3..]);
        let accented = format!("é{}", &id[2..]);
        for wrong in ["", &id[..62], &longer, &id.to_uppercase(), &dots, &accented, &format!(" {}", &id[1..])]
        {
            assert_eq!(wrong.parse::<BlobId>(), Err(InvalidBlobId::NotHexadecimal), "{wrong}");
        }
    }

    #[test]
    fn only_sha_256_names_a_blob() {
        let digest = DigestAlgorithm::Sha256.digest(b"contract");
        assert_eq!(BlobId::try_from(digest).unwrap().digest(), digest);
        let other = DigestAlgorithm::Sha3_256.digest(b"contract");
        assert_eq!(BlobId::try_from(other), Err(InvalidBlobId::OfAnotherAlgorithm { found: "SHA3-256" }));
    }
}
