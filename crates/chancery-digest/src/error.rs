//! What can be wrong with a digest that was made elsewhere.

/// A digest value whose length is not that of its algorithm.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a {algorithm} digest has {expected} bytes, not {found}")]
#[non_exhaustive]
pub struct WrongLength {
    /// The name of the algorithm.
    pub algorithm: &'static str,
    /// The length of its digests in bytes.
    pub expected: usize,
    /// The length that was given.
    pub found: usize,
}
