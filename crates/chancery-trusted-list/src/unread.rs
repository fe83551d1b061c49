//! What a list says that this crate does not read.

/// An element that is not read: one that the standard does not define, or not to us. Nothing is dropped in silence,
/// since an element that nobody understands may change what the others mean.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unread {
    /// The namespace of the element.
    pub namespace: String,
    /// Its name.
    pub element: String,
    /// Where it stands, in bytes from the beginning of the XML (a byte order mark not counted).
    pub offset: usize,
}

/// Whether who does not understand an extension must not use what it extends (TS 119 612, 5.5.9).
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Criticality {
    /// It must be understood.
    Critical,
    /// It may be passed over.
    NotCritical,
}
