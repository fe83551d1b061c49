//! The values that PDF files are made of (ISO 32000-2, 7.3).

use std::fmt;
use std::ops::Range;

use crate::error::PdfError;
use crate::parser::Parser;
use crate::write;

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
    /// Reads the one value at the start of `bytes` (no stream: those need a file) and says how many bytes it
    /// takes, including white space and comments before it.
    ///
    /// ```
    /// use chancery_pdf::Object;
    ///
    /// let (value, length) = Object::parse(b"[1 2 /Three] rest")?;
    /// assert_eq!((value.to_bytes().as_slice(), length), (b"[1 2 /Three]".as_slice(), 12));
    /// # Ok::<(), chancery_pdf::PdfError>(())
    /// ```
    ///
    /// # Errors
    /// [`PdfError::Syntax`] if there is no value, [`PdfError::Limit`] if it is too deep or too large.
    pub fn parse(bytes: &[u8]) -> Result<(Self, usize), PdfError> {
        let mut parser = Parser::new(bytes, 0);
        let value = parser.value()?;
        Ok((value, parser.position()))
    }

    /// The value as PDF syntax. Of a stream this is the dictionary alone: its bytes are written by
    /// [`crate::Increment::put`].
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    /// Appends what [`Object::to_bytes`] returns.
    pub fn write(&self, out: &mut Vec<u8>) {
        write::object(self, out);
    }

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

/// The address of an indirect object: its number and how often the number was used before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// Object number, from 1.
    pub number: u32,
    /// Generation, 0 for objects that were never freed.
    pub generation: u16,
}

impl Reference {
    /// The object of this number and generation.
    #[must_use]
    pub fn new(number: u32, generation: u16) -> Self {
        Self { number, generation }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} R", self.number, self.generation)
    }
}

/// A real number, kept as it was written so that copying it changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Real {
    text: Box<str>,
}

impl Real {
    /// A number to be written; not a number and infinities become 0, which PDF cannot express.
    #[must_use]
    pub fn new(value: f64) -> Self {
        let mut text = if value.is_finite() { value.to_string() } else { String::from("0") };
        if !text.contains('.') {
            text.push_str(".0");
        }
        Self { text: text.into() }
    }

    pub(crate) fn from_text(text: String) -> Self {
        Self { text: text.into() }
    }

    /// The number as written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The value. What viewers accept although it is no number, such as `-` or `1.2.3`, counts as far as it
    /// can be read.
    #[must_use]
    pub fn value(&self) -> f64 {
        let negative = self.text.starts_with('-');
        let unsigned = self.text.trim_start_matches(['-', '+']);
        let mut points = 0;
        let end = unsigned
            .find(|c: char| {
                points += u32::from(c == '.');
                points > 1 || !(c.is_ascii_digit() || c == '.')
            })
            .unwrap_or(unsigned.len());
        let value: f64 = format!("0{}", &unsigned[..end]).parse().unwrap_or_default();
        if negative { -value } else { value }
    }
}

/// How a string was written, or is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StringForm {
    /// `(text)`.
    Literal,
    /// `<68656c6c6f>`.
    Hexadecimal,
}

/// A string of bytes, with its escapes resolved. Two strings are equal if their bytes are, however written.
#[derive(Clone)]
pub struct PdfString {
    bytes: Vec<u8>,
    form: StringForm,
}

impl PdfString {
    /// A string to be written as `(text)`.
    #[must_use]
    pub fn literal(bytes: impl Into<Vec<u8>>) -> Self {
        Self { bytes: bytes.into(), form: StringForm::Literal }
    }

    /// A string to be written as `<hex>`.
    #[must_use]
    pub fn hexadecimal(bytes: impl Into<Vec<u8>>) -> Self {
        Self { bytes: bytes.into(), form: StringForm::Hexadecimal }
    }

    /// A text string (ISO 32000-2, 7.9.2.2): ASCII as it is, anything else as UTF-16 with a byte order mark,
    /// which every version of PDF reads.
    #[must_use]
    pub fn text(text: &str) -> Self {
        if text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t')) {
            return Self::literal(text);
        }
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        Self::hexadecimal(units.flat_map(u16::to_be_bytes).collect::<Vec<u8>>())
    }

    /// The bytes, without the marks of their form.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How it is written.
    #[must_use]
    pub fn form(&self) -> StringForm {
        self.form
    }

    /// The text of a text string: UTF-16 or UTF-8 by its byte order mark, else Latin letters (of
    /// PDFDocEncoding the part that is also Latin-1). What is malformed becomes U+FFFD.
    #[must_use]
    pub fn to_text(&self) -> String {
        let utf16 = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
            let units = rest.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect::<Vec<u16>>();
            String::from_utf16_lossy(&units)
        };
        match self.bytes.as_slice() {
            [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
            [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
            [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
            bytes => bytes.iter().map(|&byte| char::from(byte)).collect(),
        }
    }

    pub(crate) fn with_bytes(&self, bytes: Vec<u8>) -> Self {
        Self { bytes, form: self.form }
    }
}

impl PartialEq for PdfString {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for PdfString {}

impl fmt::Debug for PdfString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.bytes.escape_ascii())
    }
}

/// A name, with `#xx` resolved and without its slash.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Vec<u8>);

impl Name {
    /// A name of these bytes.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Its text, if it is UTF-8, as PDF 1.2 and later want it.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.0 == other.as_bytes()
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        self.0 == other.as_bytes()
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}", self.0.escape_ascii())
    }
}

/// For people: the bytes, with everything but printable ASCII escaped.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

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

impl<K: Into<Name>, V: Into<Object>> FromIterator<(K, V)> for Dictionary {
    fn from_iter<T: IntoIterator<Item = (K, V)>>(entries: T) -> Self {
        Self { entries: entries.into_iter().map(|(key, value)| (key.into(), value.into())).collect() }
    }
}

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
