//! Streams (ISO 32000-2, 7.3.8).

use std::ops::Range;

use crate::dictionary::Dictionary;
use crate::object::Reference;

/// A dictionary with bytes, which stay in the file until they are asked for: see [`crate::View::raw`] and
/// [`crate::View::decoded`].
#[derive(Debug, Clone, PartialEq)]
pub struct Stream {
    dictionary: Dictionary,
    data: StreamData,
}

/// Where a stream's bytes are.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum StreamData {
    /// In the file, as they stand there, of the object that decides how they are encrypted.
    InFile { range: Range<u64>, owner: Reference },
    /// In memory, as the filters of the dictionary made them.
    InMemory(Vec<u8>),
}

impl Stream {
    /// A new stream; `data` are already encoded as the dictionary's `/Filter` says.
    #[must_use]
    pub fn new(dictionary: Dictionary, data: Vec<u8>) -> Self {
        Self { dictionary, data: StreamData::InMemory(data) }
    }

    pub(crate) fn in_file(dictionary: Dictionary, range: Range<u64>, owner: Reference) -> Self {
        Self { dictionary, data: StreamData::InFile { range, owner } }
    }

    /// Its dictionary.
    #[must_use]
    pub fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// Its dictionary, to be changed.
    pub fn dictionary_mut(&mut self) -> &mut Dictionary {
        &mut self.dictionary
    }

    /// Where its bytes stand in the file; `None` for a new stream.
    #[must_use]
    pub fn file_range(&self) -> Option<Range<u64>> {
        if let StreamData::InFile { range, .. } = &self.data { Some(range.clone()) } else { None }
    }

    pub(crate) fn data(&self) -> &StreamData {
        &self.data
    }
}
