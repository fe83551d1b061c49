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
    /// becomes U+FFFD; what says the language of the text is not part of it.
    #[must_use]
    pub fn to_text(&self) -> String {
        let utf16 = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
            let units = rest.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect::<Vec<u16>>();
            String::from_utf16_lossy(&units)
        };
        let text = match self.bytes.as_slice() {
            [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
            [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
            [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
            bytes => return bytes.iter().map(|&byte| pdf_doc_encoding::letter(byte)).collect(),
        };
        without_languages(text)
    }

    pub(crate) fn with_bytes(&self, bytes: Vec<u8>) -> Self {
        Self { bytes, form: self.form }
    }
}

/// Takes out `ESC language country? ESC` (ISO 32000-2, 7.9.2.2): two letters, or four.
fn without_languages(text: String) -> String {
    const ESCAPE: char = '\u{1b}';
    if !text.contains(ESCAPE) {
        return text;
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once(ESCAPE) {
        plain.push_str(before);
        let is_code = |code: &str| {
            matches!(code.len(), 2 | 4 | 5)
                && code.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
        };
        let code = [2, 4, 5].into_iter().find_map(|length| {
            let (code, rest) = after.split_at_checked(length)?;
            rest.strip_prefix(ESCAPE).filter(|_| is_code(code))
        });
        rest = code.unwrap_or_else(|| {
            plain.push(ESCAPE);
            after
        });
    }
    plain.push_str(rest);
    plain
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
