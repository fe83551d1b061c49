//! Octets as text.

use chancery_digest::{AnyDigest, DigestAlgorithm};

/// By what programs recognise an object.
pub(super) fn sha256(bytes: &[u8]) -> String {
    DigestAlgorithm::Sha256.digest(bytes).to_string()
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
