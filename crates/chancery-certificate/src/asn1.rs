//! A small reader of DER that keeps the raw bytes, and the few encoders that go with it.
//!
//! What was signed is hashed as received, so every structure that matters is read through [`Reader`], which
//! hands out slices of the input and never re-encodes.
//!
//! ```
//! use chancery_certificate::asn1::{self, Reader, tag};
//!
//! let bytes = asn1::sequence(&[&asn1::integer(&[5]), &asn1::null()]);
//! let mut outer = Reader::new(&bytes);
//! let mut fields = outer.expect(tag::SEQUENCE)?.reader();
//! assert_eq!(fields.expect(tag::INTEGER)?.small_integer()?, 5);
//! assert!(fields.optional(tag::NULL)?.is_some());
//! fields.finish()?;
//! # Ok::<(), asn1::Asn1Error>(())
//! ```

use std::borrow::Cow;

use const_oid::ObjectIdentifier as Oid;
use jiff::Timestamp;
use jiff::civil::{DateTime, date};
use jiff::tz::Offset;

mod header;
pub mod tag;
mod usual;
mod write;

pub use write::{
    bit_string, encode, encoded, encoded_len, generalized_time, header, integer, null, octet_string, oid,
    sequence, set_of, time,
};

pub use crate::asn1_error::{Asn1Error, Asn1Fault};

/// Reads DER elements one after another and keeps their raw bytes. Lengths must be definite and minimal.
///
/// Readers do not recurse by themselves: whoever descends with [`Element::reader`] decides how deep.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
    position: usize,
}

impl<'a> Reader<'a> {
    /// Begins at the first byte.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, position: 0 }
    }

    /// Whether every element has been read.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The offset of the next byte, counted from where the outermost reader began.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.position
    }

    /// The tag byte of the next element, if there is one.
    #[must_use]
    pub fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// Reads the next element, whatever it is.
    ///
    /// # Errors
    /// If no whole element stands here, or its length is not definite and minimal, or its tag has more than
    /// one byte.
    pub fn element(&mut self) -> Result<Element<'a>, Asn1Error> {
        let tag = self.peek().ok_or_else(|| self.fault(Asn1Fault::Ended))?;
        if tag & 0x1f == 0x1f {
            return Err(self.fault(Asn1Fault::LongTag));
        }
        let (start, length) =
            header::read(self.rest).ok_or_else(|| self.fault(Asn1Fault::Malformed { tag }))?;
        let end = start.checked_add(length).filter(|end| *end <= self.rest.len());
        let end = end.ok_or_else(|| self.fault(Asn1Fault::Ended))?;
        let (raw, rest) = self.rest.split_at(end);
        let element = Element { tag, raw, content: &raw[start..], offset: self.position };
        self.rest = rest;
        self.position += end;
        Ok(element)
    }

    /// Reads the next element, which must have this tag.
    ///
    /// # Errors
    /// If it has another tag, or as [`Reader::element`] says.
    pub fn expect(&mut self, tag: u8) -> Result<Element<'a>, Asn1Error> {
        match self.peek() {
            Some(found) if found == tag => self.element(),
            Some(found) => Err(self.fault(Asn1Fault::Unexpected { expected: tag, found })),
            None => Err(self.fault(Asn1Fault::Ended)),
        }
    }

    /// Reads the next element if it has this tag, else leaves it.
    ///
    /// # Errors
    /// As [`Reader::element`] says.
    pub fn optional(&mut self, tag: u8) -> Result<Option<Element<'a>>, Asn1Error> {
        if self.peek() == Some(tag) { self.element().map(Some) } else { Ok(None) }
    }

    /// Declares the end: nothing may follow.
    ///
    /// # Errors
    /// If something follows.
    pub fn finish(&self) -> Result<(), Asn1Error> {
        if self.is_empty() { Ok(()) } else { Err(self.fault(Asn1Fault::Trailing)) }
    }

    const fn fault(&self, fault: Asn1Fault) -> Asn1Error {
        Asn1Error { offset: self.position, fault }
    }
}

/// One element: its tag, its raw bytes and its content.
#[derive(Copy, Clone, Debug)]
pub struct Element<'a> {
    /// The tag byte.
    pub tag: u8,
    /// The whole element as it stands in the input: tag, length, content.
    pub raw: &'a [u8],
    /// The content.
    pub content: &'a [u8],
    /// Where the element begins, counted from where the outermost reader began.
    pub offset: usize,
}

impl<'a> Element<'a> {
    /// Reads the single element that `bytes` is.
    ///
    /// # Errors
    /// If `bytes` is not exactly one element with this tag.
    pub fn only(bytes: &'a [u8], tag: u8) -> Result<Self, Asn1Error> {
        let mut reader = Reader::new(bytes);
        let element = reader.expect(tag)?;
        reader.finish()?;
        Ok(element)
    }

    /// A reader of the elements inside.
    #[must_use]
    pub const fn reader(&self) -> Reader<'a> {
        Reader { rest: self.content, position: self.offset + (self.raw.len() - self.content.len()) }
    }

    /// The single element inside, as under an EXPLICIT tag.
    ///
    /// # Errors
    /// If the content is not exactly one element with this tag.
    pub fn inside(&self, tag: u8) -> Result<Self, Asn1Error> {
        let mut reader = self.reader();
        let element = reader.expect(tag)?;
        reader.finish()?;
        Ok(element)
    }

    /// The object identifier in the content.
    ///
    /// # Errors
    /// If the content is no object identifier.
    pub fn oid(&self) -> Result<Oid, Asn1Error> {
        object_identifier(self.content).ok_or(self.fault(Asn1Fault::Value("an object identifier")))
    }

    /// The content octets of an INTEGER: two's complement, most significant first, no more than needed.
    ///
    /// # Errors
    /// If there is none, or the first nine bits are all the same, which BER forbids too (X.690, 8.3.2).
    pub fn integer(&self) -> Result<&'a [u8], Asn1Error> {
        let wrong = Asn1Fault::Value("an integer in as few bytes as it needs");
        match *self.content {
            [] => Err(self.fault(wrong)),
            [0, next, ..] if next < 0x80 => Err(self.fault(wrong)),
            [0xff, next, ..] if next >= 0x80 => Err(self.fault(wrong)),
            _ => Ok(self.content),
        }
    }

    /// An INTEGER or ENUMERATED that is not negative and fits 64 bits.
    ///
    /// # Errors
    /// If it is negative, larger, or not minimal.
    pub fn small_integer(&self) -> Result<u64, Asn1Error> {
        let wrong = || self.fault(Asn1Fault::Value("a small non-negative integer"));
        let digits = match *self.content {
            [] => return Err(wrong()),
            [0, next, ..] if next < 0x80 => return Err(wrong()),
            [0, ref digits @ ..] => digits,
            [first, ..] if first >= 0x80 => return Err(wrong()),
            ref digits => digits,
        };
        if digits.len() > 8 {
            return Err(wrong());
        }
        Ok(digits.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    /// The bytes of a BIT STRING whose length is a whole number of bytes, which keys and signatures are.
    ///
    /// # Errors
    /// If there are unused bits.
    pub fn bit_string(&self) -> Result<&'a [u8], Asn1Error> {
        match self.content {
            [0, bytes @ ..] => Ok(bytes),
            _ => Err(self.fault(Asn1Fault::Value("a bit string of whole bytes"))),
        }
    }

    /// The first sixteen bits of a named-bit BIT STRING; bit 0 of the definition is the highest bit here.
    ///
    /// # Errors
    /// If the unused bits are not said right, or not zero.
    pub fn named_bits(&self) -> Result<u16, Asn1Error> {
        let wrong = || self.fault(Asn1Fault::Value("named bits"));
        let (unused, bytes) = self.content.split_first().ok_or_else(wrong)?;
        let unused_mask = match (unused, bytes.last()) {
            (0, None) => return Ok(0),
            (1..=7, Some(_)) => 0xff_u8 >> (8 - unused),
            (0, Some(_)) => 0,
            _ => return Err(wrong()),
        };
        if bytes.last().is_some_and(|last| last & unused_mask != 0) {
            return Err(wrong());
        }
        let byte = |index: usize| bytes.get(index).copied().unwrap_or(0);
        Ok(u16::from_be_bytes([byte(0), byte(1)]))
    }

    /// A BOOLEAN.
    ///
    /// # Errors
    /// If the content is neither `00` nor `ff`.
    pub fn boolean(&self) -> Result<bool, Asn1Error> {
        match self.content {
            [0] => Ok(false),
            [0xff] => Ok(true),
            _ => Err(self.fault(Asn1Fault::Value("a boolean"))),
        }
    }

    /// A UTCTime or GeneralizedTime, always in UTC with seconds (RFC 5280, 4.1.2.5); a GeneralizedTime may have a
    /// fraction (RFC 3161, 2.4.2). Two-digit years from 50 on are of the twentieth century.
    ///
    /// # Errors
    /// If it is written otherwise, or no such moment exists.
    pub fn time(&self) -> Result<Timestamp, Asn1Error> {
        let parsed = self.content.strip_suffix(b"Z").and_then(|text| match self.tag {
            tag::UTC_TIME => {
                let (year, seconds) = text.split_at_checked(2)?;
                let year = i16::from(two_digits(year)?);
                moment(if year >= 50 { 1900 + year } else { 2000 + year }, seconds, b"")
            }
            tag::GENERALIZED_TIME => {
                let (text, fraction) = match text.iter().position(|byte| *byte == b'.') {
                    Some(dot) if dot + 1 == text.len() => return None,
                    Some(dot) => (&text[..dot], &text[dot + 1..]),
                    None => (text, &b""[..]),
                };
                let (year, seconds) = text.split_at_checked(4)?;
                let (century, year) = year.split_at_checked(2)?;
                let year = i16::from(two_digits(century)?) * 100 + i16::from(two_digits(year)?);
                moment(year, seconds, fraction)
            }
            _ => None,
        });
        parsed.ok_or_else(|| self.fault(Asn1Fault::Value("a time in UTC")))
    }

    /// The text of any of the string types; bytes of a TeletexString are read as Latin-1, as everybody does.
    ///
    /// # Errors
    /// If the content is not of the character set that the tag names, or the tag is no string's.
    pub fn text(&self) -> Result<String, Asn1Error> {
        self.borrowed_text().map(Cow::into_owned)
    }

    /// The same, without a copy where the octets are those of the text.
    pub(crate) fn borrowed_text(&self) -> Result<Cow<'a, str>, Asn1Error> {
        let wrong = || self.fault(Asn1Fault::Value("text"));
        match self.tag {
            tag::UTF8_STRING => std::str::from_utf8(self.content).map(Cow::Borrowed).map_err(|_| wrong()),
            tag::TELETEX_STRING => Ok(self.content.iter().copied().map(char::from).collect()),
            tag::BMP_STRING => {
                let (units, []) = self.content.as_chunks::<2>() else { return Err(wrong()) };
                let units: Vec<u16> = units.iter().copied().map(u16::from_be_bytes).collect();
                String::from_utf16(&units).map(Cow::Owned).map_err(|_| wrong())
            }
            tag::UNIVERSAL_STRING => {
                let (units, []) = self.content.as_chunks::<4>() else { return Err(wrong()) };
                units
                    .iter()
                    .copied()
                    .map(u32::from_be_bytes)
                    .map(char::from_u32)
                    .collect::<Option<String>>()
                    .map(Cow::Owned)
                    .ok_or_else(wrong)
            }
            // The IMPLICIT strings that we meet under [0] to [30] are IA5Strings: those of GeneralName.
            tag::PRINTABLE_STRING
            | tag::IA5_STRING
            | tag::VISIBLE_STRING
            | tag::NUMERIC_STRING
            | 0x80..=0x9e
                if self.content.is_ascii() =>
            {
                std::str::from_utf8(self.content).map(Cow::Borrowed).map_err(|_| wrong())
            }
            _ => Err(wrong()),
        }
    }

    const fn fault(&self, fault: Asn1Fault) -> Asn1Error {
        Asn1Error { offset: self.offset, fault }
    }
}

/// The object identifier with these content octets. None if they are none, or one that is longer, or has larger numbers,
/// than can be held here.
#[must_use]
pub fn object_identifier(content: &[u8]) -> Option<Oid> {
    usual::usual(content).or_else(|| Oid::from_bytes(content).ok())
}

/// A year, `MMDDHHMMSS`, and the digits of a fraction.
fn moment(year: i16, seconds: &[u8], fraction: &[u8]) -> Option<Timestamp> {
    let (&[month, day, hour, minute, second], []) = seconds.as_chunks::<2>() else { return None };
    if fraction.len() > 9 || !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let digits = fraction.iter().copied().chain(std::iter::repeat(b'0')).take(9);
    let nanoseconds = digits.fold(0, |number, digit| number * 10 + i32::from(digit - b'0'));
    let two = |digits: [u8; 2]| two_digits(&digits);
    let civil =
        DateTime::new(year, two(month)?, two(day)?, two(hour)?, two(minute)?, two(second)?, nanoseconds)
            .ok()?;
    // The last day of 9999 means "no end" (RFC 5280, 4.1.2.5) and lies beyond what a timestamp reaches.
    let no_end = civil.date() >= date(9999, 12, 30);
    Offset::UTC.to_timestamp(civil).ok().or_else(|| no_end.then_some(Timestamp::MAX))
}

/// The number that two digits write.
fn two_digits(digits: &[u8]) -> Option<i8> {
    match *digits {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => i8::try_from((tens - b'0') * 10 + (ones - b'0')).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn times_are_read_as_rfc_5280_says() {
        let read = |tag, text: &str| {
            let bytes = encode(tag, text.as_bytes());
            Element::only(&bytes, tag).unwrap().time().map(|time| time.to_string())
        };
        assert_eq!(read(tag::UTC_TIME, "500101120000Z").unwrap(), "1950-01-01T12:00:00Z");
        assert_eq!(read(tag::UTC_TIME, "491231235959Z").unwrap(), "2049-12-31T23:59:59Z");
        assert_eq!(read(tag::GENERALIZED_TIME, "20240229120000.25Z").unwrap(), "2024-02-29T12:00:00.25Z");
        assert_eq!(
            Element::only(&encode(tag::GENERALIZED_TIME, b"99991231235959Z"), tag::GENERALIZED_TIME)
                .unwrap()
                .time(),
            Ok(Timestamp::MAX)
        );
        for bad in ["2402291200Z", "20240229120000", "20230229120000Z", "20240229120000.Z", "20240229 20000Z"]
        {
            assert!(read(tag::GENERALIZED_TIME, bad).is_err(), "{bad}");
        }
        let moment: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        assert_eq!(Element::only(&time(moment), tag::UTC_TIME).unwrap().time().unwrap(), moment);
        let later: Timestamp = "2050-01-01T00:00:00Z".parse().unwrap();
        assert_eq!(Element::only(&time(later), tag::GENERALIZED_TIME).unwrap().time().unwrap(), later);
    }

    #[test]
    fn lengths_must_be_definite_and_minimal() {
        for bad in [
            &[0x30, 0x80, 0, 0][..],
            &[0x04, 0x81, 0x01, 0],
            &[0x04, 0x82, 0, 0x80],
            &[0x04, 5, 1],
            &[0x1f, 1, 0],
        ] {
            assert!(Reader::new(bad).element().is_err(), "{bad:02x?}");
        }
    }

    #[test]
    fn text_is_read_by_the_rules_of_its_string_type_and_of_no_other_type() {
        let text = |tag, content: &[u8]| Element::only(&encode(tag, content), tag).unwrap().text().ok();
        assert_eq!(text(tag::UTF8_STRING, "Zoë".as_bytes()).as_deref(), Some("Zoë"));
        assert_eq!(text(tag::UTF8_STRING, b"Zo\xeb"), None);
        assert_eq!(text(tag::UTF8_STRING, b"\xc0\x80"), None, "an overlong NUL");
        assert_eq!(text(tag::TELETEX_STRING, b"Zo\xeb").as_deref(), Some("Zoë"));
        assert_eq!(text(tag::BMP_STRING, &[0, 0x5a, 0, 0xeb]).as_deref(), Some("Zë"));
        assert_eq!(text(tag::BMP_STRING, &[0xd8, 0, 0, 0x5a]), None, "half a surrogate pair");
        assert_eq!(text(tag::BMP_STRING, &[0]), None);
        assert_eq!(text(tag::UNIVERSAL_STRING, &[0, 1, 0xf6, 0]).as_deref(), Some("\u{1f600}"));
        assert_eq!(text(tag::UNIVERSAL_STRING, &[0, 0x11, 0, 0]), None, "beyond Unicode");
        assert_eq!(text(tag::PRINTABLE_STRING, b"\xeb"), None);
        assert_eq!(text(tag::primitive(6), b"http://ca.example").as_deref(), Some("http://ca.example"));
        for no_string in [tag::INTEGER, tag::OCTET_STRING, tag::SEQUENCE, tag::BOOLEAN] {
            assert_eq!(text(no_string, b"A"), None, "{no_string:#04x}");
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_read_back(content in proptest::collection::vec(any::<u8>(), 0..70_000)) {
            let bytes = encode(tag::OCTET_STRING, &content);
            prop_assert_eq!(Element::only(&bytes, tag::OCTET_STRING).unwrap().content, &content[..]);
        }

        #[test]
        fn no_input_panics(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let mut reader = Reader::new(&bytes);
            while let Ok(element) = reader.element() {
                let _ = (element.oid(), element.small_integer(), element.time(), element.text(), element.named_bits());
            }
        }
    }
}
