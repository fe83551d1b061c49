//! Streams (ISO 32000-2, 7.3.8).

use std::ops::Range;

use crate::dictionary::{Dictionary, Name};
use crate::object::Reference;

/// How hard to compress, 0 to 10: what zlib does by default.
const LEVEL: u8 = 6;

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

    /// A new stream of these `data`, compressed (`/FlateDecode`) where that makes them shorter. The same data always
    /// give the same bytes.
    ///
    /// ```
    /// use chancery_pdf::{Dictionary, Stream};
    ///
    /// let stream = Stream::compressed(Dictionary::new(), b"0 0 1 rg ".repeat(100));
    /// assert!(stream.dictionary().get("Filter").is_some());
    /// ```
    #[must_use]
    pub fn compressed(mut dictionary: Dictionary, data: Vec<u8>) -> Self {
        dictionary.remove("Filter");
        dictionary.remove("DecodeParms");
        let compressed = miniz_oxide::deflate::compress_to_vec_zlib(&data, LEVEL);
        if compressed.len() >= data.len() {
            return Self::new(dictionary, data);
        }
        dictionary.set("Filter", Name::from("FlateDecode"));
        Self::new(dictionary, compressed)
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
