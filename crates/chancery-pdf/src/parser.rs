//! The lexical and syntactic rules of ISO 32000-2, 7.2 and 7.3, over bytes in memory.

use crate::error::PdfError;
use crate::limits;
use crate::name::Name;
use crate::object::{Dictionary, Object};
use crate::real::Real;
use crate::reference::Reference;
use crate::string::PdfString;

/// Reads values one after another. It notes whether it looked at the end of its bytes: then, if they were
/// only a window of a file, whatever it found must be read again from a longer window.
pub(crate) struct Parser<'b> {
    bytes: &'b [u8],
    position: usize,
    /// File offset of the first byte, for errors.
    base: u64,
    saw_end: bool,
    values_left: u32,
}

impl<'b> Parser<'b> {
    pub(crate) fn new(bytes: &'b [u8], base: u64) -> Self {
        Self { bytes, position: 0, base, saw_end: false, values_left: limits::VALUES }
    }

    pub(crate) fn position(&self) -> usize {
        self.position
    }

    /// File offset of the next byte.
    pub(crate) fn offset(&self) -> u64 {
        self.base + self.position as u64
    }

    pub(crate) fn saw_end(&self) -> bool {
        self.saw_end
    }

    pub(crate) fn peek(&mut self) -> Option<u8> {
        self.peek_at(0)
    }

    fn peek_at(&mut self, ahead: usize) -> Option<u8> {
        let found = self.bytes.get(self.position + ahead).copied();
        self.saw_end |= found.is_none();
        found
    }

    pub(crate) fn advance(&mut self) {
        self.position = (self.position + 1).min(self.bytes.len());
    }

    /// Skips white space only.
    pub(crate) fn skip_white_space(&mut self) {
        while self.peek().is_some_and(is_white_space) {
            self.position += 1;
        }
    }

    /// Skips white space and comments.
    pub(crate) fn skip_space(&mut self) {
        loop {
            self.skip_white_space();
            if self.peek() != Some(b'%') {
                return;
            }
            while self.peek().is_some_and(|byte| byte != b'\r' && byte != b'\n') {
                self.position += 1;
            }
        }
    }

    /// Takes one end of line (CR LF, LF or CR), if there is one.
    pub(crate) fn end_of_line(&mut self) {
        match self.peek() {
            Some(b'\n') => self.position += 1,
            Some(b'\r') => {
                self.position += 1;
                if self.peek() == Some(b'\n') {
                    self.position += 1;
                }
            }
            _ => {}
        }
    }

    /// Takes `word` if the next bytes are it, whatever follows.
    pub(crate) fn literally(&mut self, word: &[u8]) -> bool {
        let rest = self.bytes.get(self.position..).unwrap_or_default();
        self.saw_end |= rest.len() < word.len();
        let found = rest.starts_with(word);
        if found {
            self.position += word.len();
        }
        found
    }

    /// Takes `word` if it is the next token, after white space and comments.
    pub(crate) fn keyword(&mut self, word: &[u8]) -> bool {
        let before = self.position;
        self.skip_space();
        if self.literally(word) && !self.peek().is_some_and(is_regular) {
            return true;
        }
        self.position = before;
        false
    }

    /// The next token must be `word`.
    pub(crate) fn expect_keyword(&mut self, word: &[u8], expected: &'static str) -> Result<(), PdfError> {
        if self.keyword(word) { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    /// The next token must be digits only.
    pub(crate) fn unsigned(&mut self, expected: &'static str) -> Result<u64, PdfError> {
        self.skip_space();
        let start = self.position;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.position += 1;
        }
        let value = digits(&self.bytes[start..self.position]);
        if value.is_none() || self.peek().is_some_and(is_regular) {
            self.position = start;
        }
        value.filter(|_| self.position > start).ok_or_else(|| self.unexpected(expected))
    }

    /// An object number, within bounds.
    pub(crate) fn object_number(&mut self, expected: &'static str) -> Result<u32, PdfError> {
        let offset = self.offset();
        let number = self.unsigned(expected)?;
        u32::try_from(number).ok().filter(|&number| number <= limits::OBJECT_NUMBER).ok_or(PdfError::Limit {
            what: "as an object number",
            limit: u64::from(limits::OBJECT_NUMBER),
            offset,
        })
    }

    /// `12 0 obj`.
    pub(crate) fn object_header(&mut self) -> Result<Reference, PdfError> {
        let number = self.object_number("an object number")?;
        let offset = self.offset();
        let generation = self.unsigned("a generation")?;
        let generation = u16::try_from(generation).map_err(|_| PdfError::Syntax {
            offset,
            expected: "a generation up to 65535",
            found: generation.to_string(),
        })?;
        self.expect_keyword(b"obj", "`obj`")?;
        Ok(Reference { number, generation })
    }

    /// The next value, whatever its type.
    pub(crate) fn value(&mut self) -> Result<Object, PdfError> {
        self.nested_value(limits::NESTING)
    }

    fn nested_value(&mut self, depth: u32) -> Result<Object, PdfError> {
        self.skip_space();
        self.values_left = self.values_left.checked_sub(1).ok_or(PdfError::Limit {
            what: "values in one object",
            limit: u64::from(limits::VALUES),
            offset: self.base,
        })?;
        match self.peek() {
            Some(b'/') => self.name().map(Object::Name),
            Some(b'(') => self.literal_string().map(Object::String),
            Some(b'<') if self.peek_at(1) == Some(b'<') => {
                self.nested_dictionary(depth).map(Object::Dictionary)
            }
            Some(b'<') => self.hexadecimal_string().map(Object::String),
            Some(b'[') => self.array(depth),
            Some(b'0'..=b'9' | b'+' | b'-' | b'.') => self.number_or_reference(),
            _ if self.keyword(b"null") => Ok(Object::Null),
            _ if self.keyword(b"true") => Ok(Object::Boolean(true)),
            _ if self.keyword(b"false") => Ok(Object::Boolean(false)),
            _ => Err(self.unexpected("a value")),
        }
    }

    /// The next value, which must be a dictionary.
    pub(crate) fn dictionary(&mut self) -> Result<Dictionary, PdfError> {
        self.skip_space();
        self.nested_dictionary(limits::NESTING)
    }

    /// Calls `each` with the key and the position of the value, then of the value's end, for a dictionary
    /// whose values' places in the file matter.
    pub(crate) fn dictionary_places(
        &mut self,
        mut each: impl FnMut(&Name, std::ops::Range<u64>),
    ) -> Result<(), PdfError> {
        self.skip_space();
        if !self.literally(b"<<") {
            return Err(self.unexpected("a dictionary"));
        }
        loop {
            self.skip_space();
            if self.literally(b">>") {
                return Ok(());
            }
            let key = self.name()?;
            self.skip_space();
            let start = self.offset();
            self.nested_value(limits::NESTING)?;
            each(&key, start..self.offset());
        }
    }

    fn nested_dictionary(&mut self, depth: u32) -> Result<Dictionary, PdfError> {
        if !self.literally(b"<<") {
            return Err(self.unexpected("a dictionary"));
        }
        let depth = self.deeper(depth)?;
        let mut entries = Vec::new();
        loop {
            self.skip_space();
            if self.literally(b">>") {
                return Ok(Dictionary::from_entries(entries));
            }
            let key = self.name()?;
            entries.push((key, self.nested_value(depth)?));
        }
    }

    fn array(&mut self, depth: u32) -> Result<Object, PdfError> {
        self.advance();
        let depth = self.deeper(depth)?;
        let mut values = Vec::new();
        loop {
            self.skip_space();
            if self.literally(b"]") {
                return Ok(Object::Array(values));
            }
            values.push(self.nested_value(depth)?);
        }
    }

    fn deeper(&self, depth: u32) -> Result<u32, PdfError> {
        depth.checked_sub(1).ok_or(PdfError::Limit {
            what: "levels of nesting",
            limit: u64::from(limits::NESTING),
            offset: self.offset(),
        })
    }

    fn name(&mut self) -> Result<Name, PdfError> {
        if self.peek() != Some(b'/') {
            return Err(self.unexpected("a name"));
        }
        self.advance();
        let start = self.position;
        while self.peek().is_some_and(|byte| is_regular(byte) && byte != b'#') {
            self.position += 1;
        }
        let plain = self.bytes.get(start..self.position).unwrap_or_default();
        if self.peek() == Some(b'#') { Ok(self.rest_of_name(plain.to_vec())) } else { Ok(Name::new(plain)) }
    }

    /// From the first `#` on.
    fn rest_of_name(&mut self, mut name: Vec<u8>) -> Name {
        while let Some(byte) = self.peek().filter(|&byte| is_regular(byte)) {
            self.position += 1;
            if byte == b'#' {
                let pair = (self.peek().and_then(nibble), self.peek_at(1).and_then(nibble));
                if let (Some(high), Some(low)) = pair {
                    self.position += 2;
                    name.push(high << 4 | low);
                    continue;
                }
            }
            // A `#` without two digits stands for itself, as in PDF 1.1.
            name.push(byte);
        }
        Name::new(name)
    }

    fn number_or_reference(&mut self) -> Result<Object, PdfError> {
        let start = self.position;
        while self.peek().is_some_and(is_regular) {
            self.position += 1;
        }
        let token = &self.bytes[start..self.position];
        if !token.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.')) {
            self.position = start;
            return Err(self.unexpected("a number"));
        }
        if let Some(reference) = digits(token).and_then(|number| self.rest_of_reference(number)) {
            return Ok(Object::Reference(reference));
        }
        let text = String::from_utf8_lossy(token);
        Ok(text.parse().map_or_else(|_| Object::Real(Real::from_text(&text)), Object::Integer))
    }

    /// After the object number: `0 R`. Leaves everything as it was if there is something else.
    fn rest_of_reference(&mut self, number: u64) -> Option<Reference> {
        let after_number = self.position;
        let rest = self.reference_tail();
        let reference = rest.and_then(|generation| {
            let number = u32::try_from(number).ok()?;
            Some(Reference { number, generation })
        });
        if reference.is_none() {
            self.position = after_number;
        }
        reference
    }

    fn reference_tail(&mut self) -> Option<u16> {
        self.skip_space();
        let start = self.position;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.position += 1;
        }
        let generation = digits(&self.bytes[start..self.position])?;
        // `0R` is one word.
        let apart = self.peek().is_some_and(|byte| !is_regular(byte));
        (apart && self.keyword(b"R")).then_some(())?;
        u16::try_from(generation).ok()
    }

    fn literal_string(&mut self) -> Result<PdfString, PdfError> {
        let start = self.offset();
        self.advance();
        let mut bytes = Vec::new();
        let mut open = 1_u32;
        while let Some(byte) = self.peek() {
            self.position += 1;
            match byte {
                b'(' => open += 1,
                b')' => {
                    open -= 1;
                    if open == 0 {
                        return Ok(PdfString::literal(bytes));
                    }
                }
                b'\\' => {
                    self.escape(&mut bytes);
                    continue;
                }
                b'\r' => {
                    // Any end of line within a string is read as LF (7.3.4.2).
                    if self.peek() == Some(b'\n') {
                        self.position += 1;
                    }
                    bytes.push(b'\n');
                    continue;
                }
                _ => {}
            }
            bytes.push(byte);
        }
        Err(PdfError::Syntax {
            offset: start,
            expected: "a closed string",
            found: String::from("its end missing"),
        })
    }

    fn escape(&mut self, bytes: &mut Vec<u8>) {
        let Some(byte) = self.peek() else { return };
        match byte {
            b'n' => bytes.push(b'\n'),
            b'r' => bytes.push(b'\r'),
            b't' => bytes.push(b'\t'),
            b'b' => bytes.push(8),
            b'f' => bytes.push(12),
            b'\r' | b'\n' => return self.end_of_line(),
            b'0'..=b'7' => {
                let mut value = 0_u32;
                for _ in 0..3 {
                    let Some(digit) = self.peek().filter(|byte| matches!(byte, b'0'..=b'7')) else { break };
                    value = value * 8 + u32::from(digit - b'0');
                    self.position += 1;
                }
                // High-order overflow is ignored (7.3.4.2).
                bytes.push(value.to_le_bytes()[0]);
                return;
            }
            // The backslash is ignored before anything else.
            other => bytes.push(other),
        }
        self.position += 1;
    }

    fn hexadecimal_string(&mut self) -> Result<PdfString, PdfError> {
        self.advance();
        let rest = self.bytes.get(self.position..).unwrap_or_default();
        // Looks no further than it reads: whoever tries again after an error must not pay for the rest of the file.
        let mut bytes = whole_bytes(rest);
        let mut high = None;
        let mut length = None;
        for (index, &byte) in rest.iter().enumerate().skip(bytes.len() * 2) {
            match (nibble(byte), high.take()) {
                (Some(low), Some(high)) => bytes.push(high << 4 | low),
                (Some(digit), None) => high = Some(digit),
                (None, before) if is_white_space(byte) => high = before,
                (None, before) if byte == b'>' => {
                    high = before;
                    length = Some(index);
                    break;
                }
                (None, _) => {
                    self.position += index;
                    return Err(self.unexpected("a hexadecimal digit"));
                }
            }
        }
        let Some(length) = length else {
            self.position = self.bytes.len();
            self.saw_end = true;
            return Err(self.unexpected("a string of hexadecimal digits that ends with `>`"));
        };
        // A missing last digit is 0 (7.3.4.3).
        bytes.extend(high.map(|high: u8| high << 4));
        self.position += length + 1;
        Ok(PdfString::hexadecimal(bytes))
    }

    pub(crate) fn unexpected(&mut self, expected: &'static str) -> PdfError {
        self.skip_white_space();
        let rest = self.bytes.get(self.position..).unwrap_or_default();
        let found = match rest {
            [] => String::from("the end"),
            rest => format!("`{}`", rest[..rest.len().min(16)].escape_ascii()),
        };
        PdfError::Syntax { offset: self.offset(), expected, found }
    }
}

/// ISO 32000-2, table 1.
pub(crate) fn is_white_space(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

/// Neither white space nor one of the delimiters of ISO 32000-2, table 2.
pub(crate) fn is_regular(byte: u8) -> bool {
    let is_delimiter = matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%');
    !is_white_space(byte) && !is_delimiter
}

/// So many digits are read at once.
const DIGITS_AT_ONCE: usize = 16;

/// The bytes of the digits with which a text begins, as far as there is nothing else among them: all but the last few of a
/// signature's thirty thousand.
fn whole_bytes(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for digits in text.chunks_exact(DIGITS_AT_ONCE) {
        if digits == [b'0'; DIGITS_AT_ONCE] {
            bytes.extend_from_slice(&[0; DIGITS_AT_ONCE / 2]);
            continue;
        }
        let (mut read, mut all) = ([0; DIGITS_AT_ONCE / 2], 0);
        for (byte, pair) in read.iter_mut().zip(digits.chunks_exact(2)) {
            let [high, low] = [pair[0], pair[1]].map(|digit| DIGITS[usize::from(digit)]);
            *byte = high << 4 | low;
            all |= high | low;
        }
        if all == NO_DIGIT {
            break;
        }
        bytes.extend_from_slice(&read);
    }
    bytes
}

const NO_DIGIT: u8 = 0xff;

/// The value of each digit.
const DIGITS: [u8; 256] = {
    let mut values = [NO_DIGIT; 256];
    let mut byte = 0_u8;
    while byte < NO_DIGIT {
        if let Some(value) = nibble(byte) {
            values[byte as usize] = value;
        }
        byte += 1;
    }
    values
};

/// The value of a hexadecimal digit.
pub(crate) const fn nibble(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// The value of a run of decimal digits, at least one, that fits.
pub(crate) fn digits(text: &[u8]) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0_u64, |value, &byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        value.checked_mul(10)?.checked_add(digit)
    })
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
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Long strings are read many digits at once, up to the first thing that is no digit.
    #[test]
    fn something_between_the_digits_is_treated_alike_wherever_it_stands() {
        let digits = b"00000000000000000000000000000000deadBEEF0123456789abcdef00000000000000000000";
        let value = |digits: &[u8]| -> Vec<u8> {
            let values: Vec<u8> = digits.iter().filter_map(|digit| nibble(*digit)).collect();
            values.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or_default()).collect()
        };
        for place in 0..digits.len() + 1 {
            for (added, readable) in [
                (&b" "[..], true),
                (b"\r\n\0", true),
                (b"7", true),
                (b"", true),
                (b"g", false),
                (b"\xff", false),
            ] {
                let (before, after) = digits.split_at(place);
                let text = [b"<", before, added, after, b">rest"].concat();
                let read = Object::parse(&text);
                if readable {
                    let (read, length) = read.unwrap();
                    let expected = value(&[before, added, after].concat());
                    assert_eq!(read.as_string().unwrap().as_bytes(), expected, "{}", text.escape_ascii());
                    assert_eq!(length, text.len() - 4);
                } else {
                    let PdfError::Syntax { offset, .. } = read.unwrap_err() else {
                        panic!("no syntax error")
                    };
                    assert_eq!(offset, place as u64 + 1);
                }
            }
        }
        assert!(Object::parse(&[b"<", &digits[..]].concat()).is_err());
    }
}
