//! Strings (ISO 32000-2, 7.3.4).

use std::fmt;

use crate::pdf_doc_encoding;

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

    /// The text of a text string: UTF-16 or UTF-8 by its byte order mark, else PDFDocEncoding. What is malformed
    /// becomes U+FFFD.
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
            bytes => bytes.iter().map(|&byte| pdf_doc_encoding::letter(byte)).collect(),
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
