//! What can be wrong with the text of a hash.

/// A text that is no SHA-256 hash.
#[derive(Copy, Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HashTextError {
    /// Not 32 bytes.
    #[error("a SHA-256 hash has 32 bytes, not {found}")]
    Length {
        /// Bytes in the text.
        found: usize,
    },
    /// Something else than hexadecimal digits in pairs.
    #[error("a hash is written in hexadecimal digits, with colons between all bytes or none")]
    Digit,
}
