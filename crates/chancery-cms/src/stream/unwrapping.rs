//! The wrappings of messages in files, taken off while reading: the forms of [`wrapping`](crate::wrapping).

use std::io::{self, Read};

use chancery_certificate::asn1::tag::SEQUENCE;

use crate::error::CmsError;
use crate::wrapping::{BYTE_ORDER_MARK, END, MAX_BEFORE_BEGIN, begin};

/// How much is read at a time. Blocks of 64 KiB stay in the processor's cache until they are digested.
pub(crate) const BLOCK: usize = 64 * 1024;

// The line that begins a PEM block is looked for in the first block.
const _: () = assert!(BLOCK == MAX_BEFORE_BEGIN);

/// The BER within a reader whose form is found out at the first block.
pub(crate) struct Unwrapping<R> {
    reader: R,
    form: Form,
    /// What was read and not given yet.
    block: Vec<u8>,
    at: usize,
    /// Base64 digits that do not make a whole octet yet.
    pending: u32,
    bits: u32,
}

#[derive(Copy, Clone, Eq, PartialEq)]
enum Form {
    Unknown,
    Bare,
    Base64(Block),
    /// The digits are over; only padding may follow in this block.
    Padding(Block),
    /// Within the line that ends a PEM block: so many bytes of [`END`] were seen.
    EndLine(usize),
    Done,
}

/// What ends Base64.
#[derive(Copy, Clone, Eq, PartialEq)]
enum Block {
    /// The line that ends a PEM block.
    Pem,
    /// The end of the file.
    Naked,
}

impl<R: Read> Unwrapping<R> {
    pub(crate) const fn new(reader: R) -> Self {
        Self { reader, form: Form::Unknown, block: Vec::new(), at: 0, pending: 0, bits: 0 }
    }

    /// Fills the beginning of `buffer` with at least one byte, and says with how many; 0 at the end.
    pub(crate) fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, CmsError> {
        if self.form == Form::Unknown {
            self.recognise()?;
        }
        if self.form == Form::Bare {
            let left = self.block.get(self.at..).unwrap_or_default();
            if left.is_empty() {
                return read_some(&mut self.reader, buffer);
            }
            let count = left.len().min(buffer.len());
            buffer.iter_mut().zip(left).for_each(|(to, from)| *to = *from);
            self.at += count;
            return Ok(count);
        }
        let mut filled = 0;
        while filled < buffer.len() && self.form != Form::Done {
            let Some(&byte) = self.block.get(self.at) else {
                if filled > 0 {
                    break;
                }
                if !self.next_block()? {
                    return self.end_of_file();
                }
                continue;
            };
            self.at += 1;
            if let Some(octet) = self.take(byte)?
                && let Some(place) = buffer.get_mut(filled)
            {
                *place = octet;
                filled += 1;
            }
        }
        Ok(filled)
    }

    /// Looks at the first block.
    fn recognise(&mut self) -> Result<(), CmsError> {
        // A pipe may give a few bytes at a time: the line that begins a PEM block must be in one piece.
        self.block.resize(BLOCK, 0);
        let mut filled = 0;
        loop {
            let rest = self.block.get_mut(filled..).unwrap_or_default();
            let count = if rest.is_empty() { 0 } else { read_some(&mut self.reader, rest)? };
            filled += count;
            if count == 0 || self.block.first() == Some(&SEQUENCE) {
                break;
            }
        }
        self.block.truncate(filled);
        if self.block.first() == Some(&SEQUENCE) {
            self.form = Form::Bare;
            return Ok(());
        }
        self.at = if self.block.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        self.form = Form::Base64(Block::Naked);
        if let Some(digits) = begin(&self.block).ok_or(CmsError::NotRecognised)? {
            self.at = digits;
            self.form = Form::Base64(Block::Pem);
        }
        Ok(())
    }

    fn next_block(&mut self) -> Result<bool, CmsError> {
        self.block.resize(BLOCK, 0);
        let count = read_some(&mut self.reader, &mut self.block)?;
        self.block.truncate(count);
        self.at = 0;
        Ok(count > 0)
    }

    fn end_of_file(&mut self) -> Result<usize, CmsError> {
        match self.form {
            Form::Base64(Block::Naked) | Form::Padding(Block::Naked) | Form::Done => {
                self.form = Form::Done;
                Ok(0)
            }
            _ => Err(CmsError::NotRecognised),
        }
    }

    /// Takes one character of Base64 (RFC 4648, 4) or of what surrounds it.
    fn take(&mut self, character: u8) -> Result<Option<u8>, CmsError> {
        let block = match self.form {
            Form::EndLine(seen) => {
                if END.get(seen) != Some(&character) {
                    return Err(CmsError::NotRecognised);
                }
                self.form = if seen + 1 == END.len() { Form::Done } else { Form::EndLine(seen + 1) };
                return Ok(None);
            }
            Form::Base64(block) | Form::Padding(block) => block,
            Form::Unknown | Form::Bare | Form::Done => return Ok(None),
        };
        if character.is_ascii_whitespace() {
            return Ok(None);
        }
        let value = match character {
            b'-' if block == Block::Pem => {
                self.form = Form::EndLine(1);
                return Ok(None);
            }
            b'=' => {
                self.form = Form::Padding(block);
                return Ok(None);
            }
            _ if self.form == Form::Padding(block) => return Err(CmsError::NotRecognised),
            b'A'..=b'Z' => character - b'A',
            b'a'..=b'z' => character - b'a' + 26,
            b'0'..=b'9' => character - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return Err(CmsError::NotRecognised),
        };
        // Bits that were given away fall off at the left.
        self.pending = (self.pending << 6) | u32::from(value);
        self.bits += 6;
        if self.bits < 8 {
            return Ok(None);
        }
        self.bits -= 8;
        let [.., octet] = (self.pending >> self.bits).to_be_bytes();
        Ok(Some(octet))
    }
}

fn read_some(reader: &mut impl Read, buffer: &mut [u8]) -> Result<usize, CmsError> {
    loop {
        match reader.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other.map_err(CmsError::Input),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::wrapping::unwrap;

    /// Gives a few bytes at a time.
    struct Dripping<'a>(&'a [u8], usize);

    impl Read for Dripping<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(self.1).min(buffer.len());
            let (now, later) = self.0.split_at(count);
            buffer[..count].copy_from_slice(now);
            self.0 = later;
            Ok(count)
        }
    }

    fn unwrapped(file: &[u8], step: usize, room: usize) -> Option<Vec<u8>> {
        let mut unwrapping = Unwrapping::new(Dripping(file, step));
        let (mut all, mut buffer) = (Vec::new(), vec![0; room]);
        loop {
            match unwrapping.fill(&mut buffer).ok()? {
                0 => return (all.first() == Some(&SEQUENCE)).then_some(all),
                count => all.extend_from_slice(&buffer[..count]),
            }
        }
    }

    #[test]
    fn every_form_is_read_as_from_memory() {
        for file in [
            "MAMCAQU=",
            "MAMC\r\nAQU=\n",
            "hello\n-----BEGIN CMS-----\nMAMCAQU=\n-----END CMS-----\nmore",
            "-----BEGIN CMS-----\nMAMCAQUA\n-----END CMS-----\n",
            "\u{feff}MAMCAQU",
            "0anything",
            "",
            "MAMC!QU=",
            "hello",
            "-----BEGIN CMS-----\nMAMCAQU=",
            "-----BEGIN CMS",
            "-----BEGIN CMS-----\nMAMCAQU=\n----- END",
            "MAMCAQU=AAAA",
        ] {
            for (step, room) in [(1, 1), (3, 2), (1000, 1000)] {
                let expected = unwrap(file.as_bytes()).map(std::borrow::Cow::into_owned);
                assert_eq!(unwrapped(file.as_bytes(), step, room), expected, "{file:?} {step} {room}");
            }
        }
    }

    #[test]
    fn a_letter_around_the_block_need_not_be_utf8() {
        let file = b"Gr\xfc\xdfe\n-----BEGIN CMS-----\nMAMCAQU=\n-----END CMS-----\n\xff";
        for step in [1, 7, 1000] {
            assert_eq!(unwrapped(file, step, 3).as_deref(), Some(&[SEQUENCE, 3, 2, 1, 5][..]));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_as_from_memory(
            text in "(-----BEGIN A-----)?[A-Za-z0-9+/ \n]{0,40}=?=?(-----END A-----)?[a-z-]{0,9}",
            step in 1_usize..9,
        ) {
            let text = format!("MA{text}");
            for file in [&text, &text[2..]] {
                let expected = unwrap(file.as_bytes()).map(std::borrow::Cow::into_owned);
                prop_assert_eq!(unwrapped(file.as_bytes(), step, 7), expected);
            }
        }
    }
}
