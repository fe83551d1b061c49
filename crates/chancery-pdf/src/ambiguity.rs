//! What a file says in two ways, or not quite as the standard wants it.

use std::fmt;

/// Something that viewers accept but may read differently. Nothing is repaired silently: whoever signs or
/// judges a document asks [`crate::Document::ambiguities`] and decides.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ambiguity {
    /// The header does not stand at byte 0.
    JunkBeforeHeader {
        /// How many bytes stand before `%PDF-`.
        length: u64,
        /// What the file's offsets are counted from: the header (`length`) or the first byte (0).
        counted_from: u64,
    },
    /// Bytes follow the last `%%EOF`.
    BytesAfterEnd {
        /// Where they begin.
        offset: u64,
        /// How many.
        length: u64,
    },
    /// `%%EOF` is missing after a `startxref`.
    EndMarkerMissing {
        /// Where it should stand.
        offset: u64,
    },
    /// Another `startxref` stands before the one that counts, with no `%%EOF` between them. Readers look for the last
    /// one of a file, from its end; who reads on from the section would come upon the first.
    StartTwice {
        /// What the first one says.
        stated: u64,
        /// Where the one that counts ends.
        offset: u64,
    },
    /// A section is not followed by its own `startxref`, so the end of its revision is a guess.
    RevisionEndUnclear {
        /// Where the section ends.
        offset: u64,
    },
    /// The `startxref` that follows a section names another place than the section's.
    StartMismatch {
        /// The section.
        section: u64,
        /// What stands in the file.
        stated: u64,
    },
    /// `startxref`, `/Prev` or `/XRefStm` points at white space before the section.
    SectionShifted {
        /// The offset in the file.
        stated: u64,
        /// Where the section was found.
        found: u64,
    },
    /// `/Prev` is 0, which means nothing.
    PreviousIsZero {
        /// The section that says so.
        section: u64,
    },
    /// `/Prev` points forwards although the file is not linearized.
    ForwardPrevious {
        /// The section that says so.
        section: u64,
        /// Where it points.
        previous: u64,
    },
    /// The entries of a table are 19 or 21 bytes long instead of 20.
    EntryWidth {
        /// The first entry.
        offset: u64,
        /// How long they are.
        width: u8,
    },
    /// A table begins with object 1, but its first entry is that of object 0.
    NumberedFromOne {
        /// The table.
        offset: u64,
    },
    /// A section has two entries for the same object.
    OverlappingSubsections {
        /// The section.
        offset: u64,
    },
    /// A section, or one before it, has entries beyond its `/Size`: by the standard, such objects are not there.
    NumberBeyondSize {
        /// The section.
        section: u64,
        /// The greatest number that it, or those before it, have an entry for.
        number: u32,
        /// The `/Size` of its trailer.
        size: u32,
    },
    /// A hybrid section's table and stream lead to different objects.
    HybridContradiction {
        /// The object.
        number: u32,
    },
    /// An entry in use has the offset 0, where no object can stand.
    EntryWithoutObject {
        /// The object.
        number: u32,
    },
    /// A stream's `/Length` is wrong; its data were taken up to `endstream`.
    StreamLength {
        /// Where the data begin.
        offset: u64,
        /// What `/Length` says, if it says anything.
        stated: Option<u64>,
        /// How many bytes there are.
        found: u64,
    },
    /// `stream` is followed by a carriage return alone.
    StreamLineEnd {
        /// Where the data begin.
        offset: u64,
    },
    /// `endobj` is missing after an object.
    ObjectEndMissing {
        /// Where it should stand.
        offset: u64,
    },
    /// An object in an object stream was found at another index than its entry says.
    ObjectStreamIndex {
        /// The object.
        number: u32,
    },
    /// A number stands twice in the header of an object stream: some readers take the first, some the one that the
    /// cross-reference names.
    ObjectStreamTwice {
        /// The number.
        number: u32,
        /// The object stream.
        stream: u32,
    },
    /// An object is not in the object stream that its entry names; it counts as null.
    ObjectStreamLacks {
        /// The object.
        number: u32,
        /// The object stream.
        stream: u32,
    },
    /// The checksum of Flate data is wrong.
    FlateChecksum {
        /// Where the stream's data begin.
        offset: u64,
    },
    /// A revision's `/Encrypt` is another than that of the revision before it.
    EncryptionChanged {
        /// The revision's section.
        section: u64,
    },
    /// A key stands twice in an object's dictionary, or in one within it. Only who asks for the object is told
    /// ([`crate::View::key_twice`]): of most objects it does not matter. Of object streams that are read, it is always
    /// told.
    KeyTwice {
        /// The object.
        number: u32,
        /// The key, escaped.
        key: String,
    },
    /// A key stands twice in the dictionary of a trailer.
    TrailerKeyTwice {
        /// The section.
        section: u64,
        /// The key, escaped.
        key: String,
    },
}

impl fmt::Display for Ambiguity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::JunkBeforeHeader { length, counted_from } => {
                write!(
                    f,
                    "{length} bytes stand before the header; offsets are counted from byte {counted_from}"
                )
            }
            Self::BytesAfterEnd { offset, length } => {
                write!(f, "{length} bytes follow the last %%EOF, from byte {offset} on")
            }
            Self::EndMarkerMissing { offset } => write!(f, "%%EOF is missing at byte {offset}"),
            Self::StartTwice { stated, offset } => {
                write!(
                    f,
                    "before the startxref that ends at byte {offset} stands another, which says {stated}"
                )
            }
            Self::KeyTwice { number, key } => write!(f, "/{key} stands twice in object {number}"),
            Self::RevisionEndUnclear { offset } => {
                write!(f, "no startxref follows the cross-reference section that ends at byte {offset}")
            }
            Self::StartMismatch { section, stated } => {
                write!(f, "the startxref of the section at byte {section} says {stated}")
            }
            Self::SectionShifted { stated, found } => {
                write!(f, "the cross-reference section said to be at byte {stated} is at byte {found}")
            }
            Self::PreviousIsZero { section } => write!(f, "/Prev of the section at byte {section} is 0"),
            Self::ForwardPrevious { section, previous } => {
                write!(f, "/Prev of the section at byte {section} points forwards, to byte {previous}")
            }
            Self::EntryWidth { offset, width } => {
                write!(f, "the entries of the table at byte {offset} are {width} bytes long instead of 20")
            }
            Self::NumberedFromOne { offset } => {
                write!(f, "the table at byte {offset} begins with 1 but holds the entry of object 0")
            }
            Self::OverlappingSubsections { offset } => {
                write!(f, "the cross-reference section at byte {offset} has two entries for one object")
            }
            Self::NumberBeyondSize { section, number, size } => {
                write!(
                    f,
                    "object {number} is listed, beyond the /Size {size} of the section at byte {section}"
                )
            }
            Self::HybridContradiction { number } => {
                write!(f, "table and stream of a hybrid section disagree about object {number}")
            }
            Self::EntryWithoutObject { number } => {
                write!(f, "object {number} is said to be in use at offset 0")
            }
            Self::StreamLength { offset, stated: Some(stated), found } => {
                write!(f, "/Length of the stream at byte {offset} says {stated}, but there are {found} bytes")
            }
            Self::StreamLength { offset, stated: None, found } => {
                write!(f, "the stream at byte {offset} has no usable /Length; there are {found} bytes")
            }
            Self::StreamLineEnd { offset } => {
                write!(f, "a carriage return alone stands before the stream data at byte {offset}")
            }
            Self::ObjectEndMissing { offset } => write!(f, "endobj is missing at byte {offset}"),
            Self::ObjectStreamIndex { number } => {
                write!(f, "object {number} has another index in its object stream than its entry says")
            }
            Self::ObjectStreamTwice { number, stream } => {
                write!(f, "object {number} stands twice in object stream {stream}")
            }
            Self::ObjectStreamLacks { number, stream } => {
                write!(f, "object {number} is not in object stream {stream}, which its entry names")
            }
            Self::FlateChecksum { offset } => {
                write!(f, "the checksum of the Flate data at byte {offset} is wrong")
            }
            Self::EncryptionChanged { section } => {
                write!(f, "the section at byte {section} changes how the document is encrypted")
            }
            Self::TrailerKeyTwice { section, key } => {
                write!(f, "/{key} stands twice in the trailer of the section at byte {section}")
            }
        }
    }
}
