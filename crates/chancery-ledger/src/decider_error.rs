//! What cannot be read.

/// Bytes that are no event or reply of the application.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{why}")]
pub struct Unreadable {
    why: String,
}

impl Unreadable {
    /// Says why.
    #[must_use]
    pub fn new(why: impl Into<String>) -> Self {
        Self { why: why.into() }
    }
}
