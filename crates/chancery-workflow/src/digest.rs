//! How digests that keys sign are stored: `sha-256:` and hexadecimal digits.

use chancery_digest::{Digest, DigestAlgorithm};
use serde::{Deserializer, Serializer};

use crate::hex;

/// The longest digest, in bytes.
const MOST: usize = 64;

/// The stored form.
pub(crate) fn text(digest: &Digest) -> String {
    format!("{}:{}", digest.algorithm().name().to_ascii_lowercase(), hex::text(digest.as_bytes()))
}

/// Reads the stored form.
pub(crate) fn read(text: &str) -> Option<Digest> {
    let (name, digits) = text.split_once(':')?;
    let known = |algorithm: &&DigestAlgorithm| {
        name.eq_ignore_ascii_case(algorithm.name()) && !name.bytes().any(|byte| byte.is_ascii_uppercase())
    };
    let algorithm = DigestAlgorithm::ALL.iter().find(known)?;
    Digest::from_parts(*algorithm, &hex::bytes(digits, MOST)?).ok()
}

pub(crate) fn serialize<S: Serializer>(digest: &Digest, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(digest))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Digest, D::Error> {
    struct Digits;
    impl serde::de::Visitor<'_> for Digits {
        type Value = Digest;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("the name of a digest algorithm, a colon, and hexadecimal digits")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Digest, E> {
            read(text).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
        }
    }
    deserializer.deserialize_str(Digits)
}

#[cfg(test)]
mod tests {
    use chancery_digest::AnyDigest;

    use super::*;

    #[test]
    fn digests_are_read_as_they_were_written() {
        for algorithm in DigestAlgorithm::ALL {
            let digest = algorithm.digest(b"I agree");
            assert_eq!(read(&text(&digest)), Some(digest), "{algorithm:?}");
        }
        assert_eq!(read("SHA-256:00"), None);
        assert_eq!(read(&format!("sha-1:{}", "00".repeat(20))), None, "nothing is signed with SHA-1");
    }
}
