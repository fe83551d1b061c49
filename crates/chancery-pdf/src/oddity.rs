//! How an object is written, where readers do not all take it alike.
//!
//! This crate reads what the standard allows and a little more, and so does every viewer: each a little more of something
//! else. Whoever appends to a signed file can choose words that one of them reads as what was signed, and another one does
//! not. So what is appended is held to a smaller grammar, which all of them share.

use std::fmt;

use crate::parser::{is_regular, nibble};

/// Names are at most this long (ISO 32000-1, annex C, table C.1), and some readers cut them there.
const LONGEST_NAME: usize = 127;
/// Digits of a number: more than any of them means; some readers have buffers for not many more.
const LONGEST_NUMBER: usize = 32;
/// Integers (ISO 32000-1, annex C, table C.1). Places in a larger file may be greater.
const GREATEST_INTEGER: u64 = i32::MAX as u64;

/// Something in the writing of an object that readers take in different ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oddity {
    what: &'static str,
}

impl Oddity {
    pub(crate) const fn new(what: &'static str) -> Self {
        Self { what }
    }
}

impl fmt::Display for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)
    }
}

/// Looks for the first oddity in the text of a value of a file of this length. That it can be read is known.
pub(crate) fn of_text(text: &[u8], file_length: u64) -> Option<Oddity> {
    let mut scanner = Scanner { rest: text, integers: 0, greatest: GREATEST_INTEGER.max(file_length) };
    scanner.read_all().err().map(Oddity::new)
}

/// Whether there is nothing but white space that all readers know: NUL is one for the standard only.
pub(crate) fn is_blank(text: &[u8]) -> bool {
    text.iter().copied().all(is_plain_space)
}

/// Whether there is nothing but digits between white space.
pub(crate) fn is_numbers(text: &[u8]) -> bool {
    text.iter().all(|&byte| byte.is_ascii_digit() || is_plain_space(byte))
}

fn is_plain_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | 12 | b'\r' | b' ')
}

struct Scanner<'t> {
    rest: &'t [u8],
    /// How many integers stand before this place, with nothing else between them.
    integers: u8,
    greatest: u64,
}

type Scanned = Result<(), &'static str>;

impl<'t> Scanner<'t> {
    fn read_all(&mut self) -> Scanned {
        while let Some((&byte, after)) = self.rest.split_first() {
            let word = is_regular(byte);
            if !is_plain_space(byte) && !word {
                self.integers = 0;
            }
            match byte {
                0 => return Err("a NUL stands in it, which is white space for some readers only"),
                b'%' => return Err("a comment stands in it"),
                b'{' | b'}' => return Err("a brace stands in it"),
                b'/' => self.name()?,
                b'(' => self.literal_string()?,
                b'<' if after.first() != Some(&b'<') => self.hexadecimal_string()?,
                b'<' | b'>' => self.rest = after.get(1..).unwrap_or_default(),
                _ if word => self.word()?,
                _ => self.rest = after,
            }
        }
        Ok(())
    }

    /// The bytes up to the first that is no part of a word.
    fn take_word(&mut self) -> &'t [u8] {
        let length = self.rest.iter().take_while(|&&byte| is_regular(byte)).count();
        let (word, rest) = self.rest.split_at(length);
        self.rest = rest;
        word
    }

    fn name(&mut self) -> Scanned {
        self.rest = self.rest.get(1..).unwrap_or_default();
        let name = self.take_word();
        if name.is_empty() || name.len() > LONGEST_NAME {
            return Err("a name is empty or very long");
        }
        let mut parts = name.split(|&byte| byte == b'#');
        let plain = |part: &[u8]| part.iter().all(|byte| !byte.is_ascii_control());
        if !parts.next().is_none_or(plain) {
            return Err("a name holds a control character");
        }
        for part in parts {
            let (high, low) = (part.first().copied().and_then(nibble), part.get(1).copied().and_then(nibble));
            if !matches!((high, low), (Some(high), Some(low)) if (high, low) != (0, 0)) || !plain(part) {
                return Err("a number sign in a name is not followed by the two digits of a character");
            }
        }
        Ok(())
    }

    fn word(&mut self) -> Scanned {
        let word = self.take_word();
        let integers = std::mem::take(&mut self.integers);
        if word == b"R" {
            return if integers >= 2 { Ok(()) } else { Err("an R stands in it without its two numbers") };
        }
        if matches!(word, b"null" | b"true" | b"false") {
            return Ok(());
        }
        let digits = word.strip_prefix(b"-").or_else(|| word.strip_prefix(b"+")).unwrap_or(word);
        let points = digits.iter().filter(|&&byte| byte == b'.').count();
        let is_number = digits.iter().all(|&byte| byte.is_ascii_digit() || byte == b'.');
        if !is_number || points > 1 || digits.len() == points {
            return Err("a word stands in it that is no number, true, false or null");
        }
        if word.len() > LONGEST_NUMBER {
            return Err("a number is very long");
        }
        if points == 0 {
            let value = digits
                .iter()
                .try_fold(0_u64, |value, &digit| value.checked_mul(10)?.checked_add(u64::from(digit - b'0')));
            if value.is_none_or(|value| value > self.greatest) {
                return Err("an integer is greater than some readers can hold");
            }
            self.integers = integers.saturating_add(1);
        }
        Ok(())
    }

    fn literal_string(&mut self) -> Scanned {
        let mut open = 0_u32;
        let mut bytes = self.rest.iter().enumerate();
        while let Some((at, &byte)) = bytes.next() {
            match byte {
                b'(' => open += 1,
                b')' => open = open.saturating_sub(1),
                b'\\' => {
                    let next = bytes.next().map(|(_, &next)| next);
                    let further = self.rest.get(at + 2..at + 4);
                    if matches!((next, further), (Some(b'4'..=b'7'), Some([b'0'..=b'7', b'0'..=b'7']))) {
                        return Err("a string holds the number of a character beyond 255");
                    }
                }
                _ => {}
            }
            if open == 0 {
                self.rest = self.rest.get(at + 1..).unwrap_or_default();
                return Ok(());
            }
        }
        Err("a string has no end")
    }

    fn hexadecimal_string(&mut self) -> Scanned {
        let inside = self.rest.get(1..).unwrap_or_default();
        let length = inside.iter().take_while(|&&byte| byte != b'>').count();
        let (digits, rest) = inside.split_at(length);
        if !digits.iter().all(|&byte| nibble(byte).is_some() || is_plain_space(byte)) {
            return Err("a string of hexadecimal digits holds something else");
        }
        self.rest = rest.get(1..).unwrap_or_default();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Option<String> {
        of_text(text.as_bytes(), 1000).map(|oddity| oddity.to_string())
    }

    #[test]
    fn what_products_write_is_plain() {
        for text in [
            "<</Type/Annot/Rect[0 -1.5 .25 +3.]/P 3 0 R/AP<</N 4 0 R>>/T(a \\(b\\) (c) \\101\\r\\377)>>",
            "[1 0 R 2 0 R/Name 12 true false null<0aF 1>]",
            "<< /A#20B 1\r\n/C <feff> >>",
            "<</A\u{c}1>>",
            "12",
        ] {
            assert_eq!(told(text), None, "{text}");
        }
    }

    #[test]
    fn what_only_some_readers_take_is_told() {
        let long = format!("/{}", "a".repeat(128));
        let digits = "0".repeat(33);
        for text in [
            "[3 0R]",
            "[3 R]",
            "[/A R]",
            "[1 2 /B R]",
            "[1 0 %c\n R]",
            "[1\0 0 R]",
            "[1.2.3]",
            "[--1]",
            "[+]",
            "[.]",
            "{1}",
            "/",
            "/A#",
            "/A#1",
            "/A#00",
            "/A#2 ",
            "/A\u{1}",
            &long,
            &digits,
            "2147483648",
            "(\\400)",
            "<a\0b>",
            "nul",
            "1e5",
            "1-2",
        ] {
            assert!(told(text).is_some(), "{text}");
        }
        // In a file that is as long, it may be a place.
        assert_eq!(of_text(b"2147483648", 1 << 32), None);
    }
}
