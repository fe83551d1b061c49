//! What a cross-reference section says of one object.

/// Where an object is, or that it is not (ISO 32000-2, tables 16 and 18).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Entry {
    /// The number is not in use.
    Free {
        /// Next free number.
        next: u64,
        /// Generation to be used if the number is used again.
        generation: u16,
    },
    /// The object stands in the file.
    InFile {
        /// Offset of its number, counted from the first byte of the file.
        offset: u64,
        /// Its generation.
        generation: u16,
    },
    /// The object is part of an object stream; its generation is 0.
    InStream {
        /// Object number of the stream.
        stream: u32,
        /// Which of the objects in it.
        index: u32,
    },
}

impl Entry {
    /// Whether there is an object.
    #[must_use]
    pub fn is_in_use(&self) -> bool {
        !matches!(self, Self::Free { .. })
    }

    /// The generation under which the number is in use.
    #[must_use]
    pub fn generation_in_use(&self) -> Option<u16> {
        match self {
            Self::Free { .. } => None,
            Self::InFile { generation, .. } => Some(*generation),
            Self::InStream { .. } => Some(0),
        }
    }
}
