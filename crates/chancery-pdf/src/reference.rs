//! References (ISO 32000-2, 7.3.10).

use std::fmt;

/// The address of an indirect object: its number and how often the number was used before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// Object number, from 1.
    pub number: u32,
    /// Generation, 0 for objects that were never freed.
    pub generation: u16,
}

impl Reference {
    /// The object of this number and generation.
    #[must_use]
    pub fn new(number: u32, generation: u16) -> Self {
        Self { number, generation }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} R", self.number, self.generation)
    }
}
