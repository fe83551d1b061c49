//! The values that PDF files are made of (ISO 32000-2, 7.3).

use std::fmt;

use crate::dictionary::{Dictionary, Name};
use crate::error::PdfError;
use crate::parser::Parser;
use crate::real::Real;
use crate::stream::Stream;
use crate::string::PdfString;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Object {
        let (value, length) = Object::parse(text.as_bytes()).unwrap();
        assert_eq!(length, text.len(), "{text}");
        value
    }

    fn string(text: &str) -> Vec<u8> {
        read(text).as_string().unwrap().as_bytes().to_vec()
    }

    #[test]
    fn strings_as_in_the_standard() {
        // ISO 32000-2, 7.3.4.2 and 7.3.4.3.
        assert_eq!(
            string("(Balanced parentheses () and so on ( x ).)"),
            b"Balanced parentheses () and so on ( x )."
        );
        assert_eq!(string("(These \\\ntwo strings \\\r\nare the same.)"), b"These two strings are the same.");
        assert_eq!(string("(end of\r\nline)"), b"end of\nline");
        assert_eq!(string("(\\0053 \\053 \\53 \\500)"), b"\x053 + + @");
        assert_eq!(string("<4E6F762073 686D6F7A206B6120706F702E>"), b"Nov shmoz ka pop.");
        assert_eq!(string("<901FA>"), [0x90, 0x1f, 0xa0]);
    }

    #[test]
    fn names_as_in_the_standard() {
        // ISO 32000-2, table 4.
        let name = |text: &str| read(text).as_name().unwrap().to_string();
        assert_eq!(name("/A;Name_With-Various***Characters?"), "A;Name_With-Various***Characters?");
        assert_eq!(name("/Lime#20Green"), "Lime Green");
        assert_eq!(name("/paired#28#29parentheses"), "paired()parentheses");
        assert_eq!(name("/The_Key_of_F#23_Minor"), "The_Key_of_F#_Minor");
        assert_eq!(name("/A#42"), "AB");
        assert_eq!(Name::from("a b#").as_bytes(), read("/a#20b#23").as_name().unwrap().as_bytes());
    }

    #[test]
    fn numbers_keep_their_text() {
        for (text, value) in [
            ("34.5", 34.5),
            ("-3.62", -3.62),
            ("+123.6", 123.6),
            ("4.", 4.0),
            ("-.002", -0.002),
            ("-", 0.0),
            ("--5.5", -5.5),
            ("1.2.3", 1.2),
        ] {
            let read = read(text);
            assert!((read.as_number().unwrap() - value).abs() < 1e-9, "{text}");
            assert_eq!(read.to_bytes(), text.as_bytes());
        }
        assert_eq!(read("+17"), Object::Integer(17));
        assert_eq!(read("9223372036854775808").as_integer(), None);
        assert_eq!(Real::new(f64::NAN).text(), "0.0");
        assert_eq!(Real::new(1e21).text(), "1000000000000000000000.0");
    }

    #[test]
    fn references_are_told_from_numbers() {
        assert_eq!(read("[1 0 R 2 0 3 0 R]").to_bytes(), b"[1 0 R 2 0 3 0 R]");
        assert_eq!(read("[1 0 R 2 0]").as_array().unwrap().len(), 3);
        assert_eq!(read("[1 % one\n0 % zero\nR]").as_array().unwrap(), [Reference::new(1, 0).into()]);
    }

    #[test]
    fn text_strings_in_every_encoding() {
        for text in ["plain", "grüße", "契約書", "𝔘nicode"] {
            assert_eq!(PdfString::text(text).to_text(), text);
        }
        assert_eq!(PdfString::literal(b"\xef\xbb\xbf\xc3\xa9".as_slice()).to_text(), "é");
        assert_eq!(PdfString::literal(b"\xff\xfe\x41\x00".as_slice()).to_text(), "A");
        assert_eq!(PdfString::literal(b"caf\xe9".as_slice()).to_text(), "café");
    }

    #[test]
    fn dictionaries_keep_order_and_duplicates() {
        let Object::Dictionary(mut dictionary) = read("<</B 1/A 2/B 3/C 4/C 5>>") else { panic!() };
        assert_eq!(dictionary.get("B"), Some(&Object::Integer(3)));
        assert_eq!(dictionary.duplicates(), [&Name::from("B"), &Name::from("C")]);
        dictionary.set("A", 9);
        assert_eq!(dictionary.remove("B"), Some(Object::Integer(3)));
        assert_eq!(Object::from(dictionary).to_bytes(), b"<</A 9 /C 4 /C 5>>");
    }
}
