//! What can be wrong with DER.

/// DER that is not as it must be, with the place.
#[derive(Copy, Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("at byte {offset}: {fault}")]
#[non_exhaustive]
pub struct Asn1Error {
    /// The offset of the element, counted from the beginning of what was read.
    pub offset: usize,
    /// What is wrong with it.
    pub fault: Asn1Fault,
}

/// What is wrong with an element.
#[derive(Copy, Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Asn1Fault {
    /// The bytes end before the element does.
    #[error("the bytes end before the structure does")]
    Ended,
    /// The tag or the length is not DER.
    #[error("the element with tag {tag:#04x} is not in the distinguished encoding (DER)")]
    Malformed {
        /// The tag byte.
        tag: u8,
    },
    /// A tag of several bytes, which no structure of ours has.
    #[error("a tag of several bytes, which nothing here has")]
    LongTag,
    /// Another element stands here.
    #[error("an element with tag {expected:#04x} belongs here, not one with tag {found:#04x}")]
    Unexpected {
        /// The tag that belongs here.
        expected: u8,
        /// The tag that stands here.
        found: u8,
    },
    /// Something follows where nothing may.
    #[error("something follows where the structure ends")]
    Trailing,
    /// The content is not what the type asks for.
    #[error("this is not {0}")]
    Value(&'static str),
}
