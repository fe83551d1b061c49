//! Signatures that do not hold, in a document of which the rest is made to last.

use std::fmt;

/// What to do when a signature of the document does not hold.
///
/// Evidence cannot mend it, and a timestamp over the document proves no more than that it was there, as it is.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub enum UnsoundSignatures {
    /// Do nothing to the document: [`PadesError::NotSound`](crate::PadesError::NotSound) says which signature it is.
    #[default]
    Refuse,
    /// Make the others last. [`LastingPdf::unsound`](crate::LastingPdf::unsound) tells which were passed over, and why.
    PassOver,
}

/// A signature that does not hold, or of which nobody can say what it covers.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Unsound {
    /// The full name of the field.
    pub field: String,
    /// What is wrong.
    pub reason: String,
}

impl fmt::Display for Unsound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the signature in the field {} does not hold: {}", self.field, self.reason)
    }
}
