//! What can be wrong with a trusted list.

use chancery_certificate::{NameTextError, printable};

/// A trusted list that could not be read, with the place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this trusted list cannot be read: at line {line}, column {column}: {fault}")]
#[non_exhaustive]
pub struct TrustedListError {
    /// The line, counted from one. Zero where the list as a whole is meant.
    pub line: u32,
    /// The column in characters, counted from one.
    pub column: u32,
    /// What is wrong there.
    pub fault: TrustedListFault,
}

/// What is wrong with a trusted list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrustedListFault {
    /// The list is larger than the [`ListLimits`](crate::ListLimits) allow.
    #[error("{what} are {found}, and {limit} are allowed")]
    TooLarge {
        /// What is counted: bytes, nodes, levels …
        what: &'static str,
        /// How much there is, or how much there was when counting ended.
        found: usize,
        /// How much is allowed.
        limit: usize,
    },
    /// The bytes are not UTF-8, or the XML says that they are something else.
    #[error("trusted lists are written in UTF-8, and this is not")]
    NotUtf8,
    /// A document type definition, which no trusted list has and which could hide anything.
    #[error("a document type definition stands here, and no trusted list has one")]
    DocumentType,
    /// The XML is not well formed.
    #[error("the XML is damaged: {}", printable(.0))]
    Xml(String),
    /// The root is another element.
    #[error("this is a document of another kind: its root is {}", printable(found))]
    NotATrustedList {
        /// The name of the root element.
        found: String,
    },
    /// A version of the format that we do not know.
    #[error("the format has the version {found}; 3 to 6 are known")]
    Version {
        /// The version that the list names.
        found: u64,
    },
    /// An element that must stand here is missing.
    #[error("{} has no {element}", printable(parent))]
    Missing {
        /// The element that lacks it.
        parent: String,
        /// The element that is missing.
        element: &'static str,
    },
    /// An element that may stand once stands here again: which of them holds?
    #[error("{element} stands here a second time")]
    Twice {
        /// The element.
        element: &'static str,
    },
    /// The content of an element is not what it must be.
    #[error("{} is not {expected}", printable(element))]
    Value {
        /// The element.
        element: String,
        /// What it must be.
        expected: &'static str,
    },
    /// The name of a service's subject cannot be read.
    #[error("X509SubjectName: {0}")]
    SubjectName(#[from] NameTextError),
}
