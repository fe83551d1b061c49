//! What was done to read a document whose cross-reference is damaged.

use std::fmt;

/// One thing that [`crate::Document::repaired`] did, or could not do. What it lists is what a signature over the
/// document then fixes: show it to whoever decides.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Repaired {
    /// The cross-reference was made anew from the objects that stand in the file.
    CrossReference {
        /// How many objects stand in the file itself.
        objects: usize,
        /// How many are parts of object streams.
        in_streams: usize,
    },
    /// The catalog is the one that a trailer names.
    RootFromTrailer {
        /// Where the trailer, or the cross-reference stream, stands.
        offset: u64,
        /// The catalog's number.
        number: u32,
    },
    /// No trailer names a catalog that can be read; the last one in the file was taken.
    RootFromCatalog {
        /// The catalog's number.
        number: u32,
    },
    /// An object is defined more than once. The last definition counts.
    DefinedAgain {
        /// The object.
        number: u32,
        /// Where the definition stands that counts so far.
        offset: u64,
    },
    /// An object begins, but it cannot be read; it was left out.
    LeftOut {
        /// The object.
        number: u32,
        /// Where it begins.
        offset: u64,
    },
}

impl fmt::Display for Repaired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CrossReference { objects, in_streams } => write!(
                f,
                "the cross-reference was made anew: {objects} objects stand in the file, {in_streams} in object streams"
            ),
            Self::RootFromTrailer { offset, number } => {
                write!(f, "the catalog is object {number}, as the trailer at byte {offset} says")
            }
            Self::RootFromCatalog { number } => {
                write!(f, "no trailer names a catalog; object {number} is the last one in the file")
            }
            Self::DefinedAgain { number, offset } => {
                write!(f, "object {number} is defined again at byte {offset}; the last definition counts")
            }
            Self::LeftOut { number, offset } => {
                write!(f, "object {number} at byte {offset} cannot be read and was left out")
            }
        }
    }
}
