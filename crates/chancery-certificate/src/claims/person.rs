//! Kinds of persons.

use std::fmt;

/// What kind of person somebody is.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Hash)]
#[non_exhaustive]
pub enum Person {
    /// A human being.
    Natural,
    /// A company, an authority, an association.
    Legal,
    /// Not said, or said both ways.
    Unknown,
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Natural => "a natural person",
            Self::Legal => "a legal person",
            Self::Unknown => "a person of unknown kind",
        })
    }
}
