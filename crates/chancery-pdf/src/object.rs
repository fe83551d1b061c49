//! The values that PDF files are made of (ISO 32000-2, 7.3): those that hold each other stand together.

use std::ops::Range;

use crate::name::Name;
use crate::real::Real;
use crate::reference::Reference;
use crate::string::PdfString;

/// Any value. Streams occur only as indirect objects.
#[derive(Debug, Clone, PartialEq)]
pub enum Object {
    /// `null`; also what a missing or freed object is.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction, kept as written.
    Real(Real),
    /// `(text)` or `<hex>`.
    String(PdfString),
    /// `/Name`.
    Name(Name),
    /// `[ … ]`.
    Array(Vec<Self>),
    /// `<< … >>`.
    Dictionary(Dictionary),
    /// A dictionary with bytes.
    Stream(Box<Stream>),
    /// `12 0 R`.
    Reference(Reference),
}

impl Object {
    /// The number, if this is an integer.
    #[must_use]
    pub fn as_integer(&self) -> Option<i64> {
        if let Self::Integer(value) = self { Some(*value) } else { None }
    }

    /// The value, if this is a boolean.
    #[must_use]
    pub fn as_boolean(&self) -> Option<bool> {
        if let Self::Boolean(value) = self { Some(*value) } else { None }
    }

    /// The number, if this is an integer or a real.
    #[must_use]
    pub fn as_number(&self) -> Option<f64> {
        match self {
            // Coordinates and sizes: whole numbers beyond 2⁵³ have no use here.
            Self::Integer(value) => Some(
                i32::try_from(*value)
                    .map_or_else(|_| value.to_string().parse().unwrap_or_default(), f64::from),
            ),
            Self::Real(value) => Some(value.value()),
            _ => None,
        }
    }

    /// The name, if this is one.
    #[must_use]
    pub fn as_name(&self) -> Option<&Name> {
        if let Self::Name(value) = self { Some(value) } else { None }
    }

    /// The string, if this is one.
    #[must_use]
    pub fn as_string(&self) -> Option<&PdfString> {
        if let Self::String(value) = self { Some(value) } else { None }
    }

    /// The elements, if this is an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        if let Self::Array(value) = self { Some(value) } else { None }
    }

    /// The dictionary, if this is a dictionary or a stream.
    #[must_use]
    pub fn as_dictionary(&self) -> Option<&Dictionary> {
        match self {
            Self::Dictionary(value) => Some(value),
            Self::Stream(value) => Some(value.dictionary()),
            _ => None,
        }
    }

    /// The stream, if this is one.
    #[must_use]
    pub fn as_stream(&self) -> Option<&Stream> {
        if let Self::Stream(value) = self { Some(value) } else { None }
    }

    /// The reference, if this is one.
    #[must_use]
    pub fn as_reference(&self) -> Option<Reference> {
        if let Self::Reference(value) = self { Some(*value) } else { None }
    }

    /// Whether this is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

macro_rules! object_from {
    ($($from:ty => $variant:ident),*) => {$(
        impl From<$from> for Object {
            fn from(value: $from) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}
object_from!(bool => Boolean, i64 => Integer, i32 => Integer, u32 => Integer, Real => Real, PdfString => String, Name => Name,
    Vec<Object> => Array, Dictionary => Dictionary, Stream => Stream, Reference => Reference);

/// Keys and values in the order of the file. A key that stands twice is kept twice: the last one counts, as
/// in most viewers, and [`Dictionary::duplicates`] tells.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Dictionary {
    entries: Vec<(Name, Object)>,
}

impl Dictionary {
    /// A dictionary without entries.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) fn from_entries(entries: Vec<(Name, Object)>) -> Self {
        Self { entries }
    }

    /// The value of a key as it stands there; a reference is not followed (see [`crate::View::value`]).
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Object> {
        self.entries.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Sets the value of a key, in its place if it is there, else at the end.
    pub fn set(&mut self, key: impl Into<Name>, value: impl Into<Object>) {
        let (key, value) = (key.into(), value.into());
        match self.entries.iter_mut().rev().find(|(name, _)| *name == key) {
            Some((_, old)) => *old = value,
            None => self.entries.push((key, value)),
        }
    }

    /// Takes a key out, every time it stands there, and returns the value that counted.
    pub fn remove(&mut self, key: &str) -> Option<Object> {
        let mut removed = None;
        while let Some(index) = self.entries.iter().position(|(name, _)| name == key) {
            removed = Some(self.entries.remove(index).1);
        }
        removed
    }

    /// Keys and values in the order of the file, duplicates included.
    pub fn iter(&self) -> impl Iterator<Item = (&Name, &Object)> {
        self.entries.iter().map(|(name, value)| (name, value))
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = (&Name, &mut Object)> {
        self.entries.iter_mut().map(|(name, value)| (&*name, value))
    }

    /// How many entries there are, duplicates included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The keys that stand here more than once, each named once.
    #[must_use]
    pub fn duplicates(&self) -> Vec<&Name> {
        let mut names = self.entries.iter().map(|(name, _)| name).collect::<Vec<_>>();
        names.sort_unstable();
        let mut twice =
            names.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect::<Vec<_>>();
        twice.dedup();
        twice
    }
}

impl Object {
    /// A key that stands twice in one of the dictionaries of this value, however deep; references are not followed.
    #[must_use]
    pub fn key_twice(&self) -> Option<&Name> {
        match self {
            Self::Array(elements) => elements.iter().find_map(Self::key_twice),
            Self::Dictionary(_) | Self::Stream(_) => {
                let dictionary = self.as_dictionary()?;
                let own = dictionary.duplicates().into_iter().next();
                own.or_else(|| dictionary.iter().find_map(|(_, value)| value.key_twice()))
            }
            _ => None,
        }
    }
}

impl<K: Into<Name>, V: Into<Object>> FromIterator<(K, V)> for Dictionary {
    fn from_iter<T: IntoIterator<Item = (K, V)>>(entries: T) -> Self {
        Self { entries: entries.into_iter().map(|(key, value)| (key.into(), value.into())).collect() }
    }
}

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
