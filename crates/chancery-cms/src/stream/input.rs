//! BER (X.690) read from a stream: what [`ber`](crate::ber) reads in memory, element by element.

use std::io::Read;

use super::unwrapping::{BLOCK, Unwrapping};
use crate::ber::{CONSTRUCTED, MAX_DEPTH, MAX_IDENTIFIER};
use crate::error::{BerFault, CmsError};

/// A stream of elements, and how far it was read.
pub(crate) struct Input<R> {
    bytes: Unwrapping<R>,
    block: Box<[u8]>,
    from: usize,
    to: usize,
    position: u64,
    /// Where the innermost element of definite length ends.
    limit: u64,
    /// How many elements of indefinite length are open since then: what [`ber`](crate::ber) counts when it looks for the
    /// end of one.
    open: usize,
}

/// The identifier and length octets of an element.
pub(crate) struct Header {
    pub(crate) tag: u8,
    pub(crate) octets: Vec<u8>,
    /// None: indefinite.
    pub(crate) content: Option<u64>,
}

/// An element that was entered and has to be left.
pub(crate) struct Entered {
    indefinite: bool,
    outer_limit: u64,
    outer_open: usize,
}

impl<R: Read> Input<R> {
    /// Elements in any of the wrappings of files.
    pub(crate) fn new(reader: R) -> Self {
        let bytes = Unwrapping::new(reader);
        Self { bytes, block: vec![0; BLOCK].into(), from: 0, to: 0, position: 0, limit: u64::MAX, open: 0 }
    }

    /// How many bytes were taken.
    pub(crate) const fn position(&self) -> u64 {
        self.position
    }

    pub(crate) fn fault(&self, what: &'static str, fault: BerFault) -> CmsError {
        CmsError::Malformed { at: usize::try_from(self.position).unwrap_or(usize::MAX), what, fault }
    }

    /// The next bytes, `count` of them unless the stream ends before; not taken yet.
    fn peek(&mut self, count: usize) -> Result<&[u8], CmsError> {
        if self.to - self.from < count {
            self.block.copy_within(self.from..self.to, 0);
            self.to -= self.from;
            self.from = 0;
            while self.to < count {
                let read = self.bytes.fill(self.block.get_mut(self.to..).unwrap_or_default())?;
                if read == 0 {
                    break;
                }
                self.to += read;
            }
        }
        let available = self.block.get(self.from..self.to).unwrap_or_default();
        Ok(available.get(..count).unwrap_or(available))
    }

    fn consume(&mut self, count: usize) {
        self.from += count;
        self.position += count as u64;
    }

    /// The tag of the next element within the one that was entered last, None at the end of it.
    pub(crate) fn next_tag(&mut self, within: &Entered) -> Result<Option<u8>, CmsError> {
        if within.indefinite {
            let next = self.peek(2)?;
            return Ok(if next == [0, 0] { None } else { next.first().copied() });
        }
        if self.position == self.limit {
            return Ok(None);
        }
        Ok(self.peek(1)?.first().copied())
    }

    fn byte(&mut self) -> Result<Result<u8, BerFault>, CmsError> {
        if self.position >= self.limit {
            return Ok(Err(BerFault::Truncated));
        }
        let Some(&byte) = self.peek(1)?.first() else { return Ok(Err(BerFault::Truncated)) };
        self.consume(1);
        Ok(Ok(byte))
    }

    /// Identifier and length of the next element, whose content must fit into the one around it.
    pub(crate) fn header(&mut self, what: &'static str) -> Result<Header, CmsError> {
        let mut octets = Vec::with_capacity(8);
        let mut next = |input: &mut Self| match input.byte()? {
            Ok(byte) => {
                octets.push(byte);
                Ok(byte)
            }
            Err(fault) => Err(input.fault(what, fault)),
        };
        let tag = next(self)?;
        if tag & 0x1f == 0x1f {
            let mut count = 1;
            while next(self)? & 0x80 != 0 {
                count += 1;
                if count == MAX_IDENTIFIER {
                    return Err(self.fault(what, BerFault::Content("tag")));
                }
            }
        }
        let content = match next(self)? {
            short @ 0..=0x7f => Some(u64::from(short)),
            0x80 if tag & CONSTRUCTED == 0 => return Err(self.fault(what, BerFault::PrimitiveIndefinite)),
            0x80 => None,
            long => {
                let mut length: u64 = 0;
                for _ in 0..long & 0x7f {
                    let low = u64::from(next(self)?);
                    let high = length.checked_mul(256);
                    length = high.ok_or_else(|| self.fault(what, BerFault::Length))? | low;
                }
                Some(length)
            }
        };
        if let Some(length) = content {
            let end = self.position.checked_add(length).ok_or_else(|| self.fault(what, BerFault::Length))?;
            if end > self.limit {
                return Err(self.fault(what, BerFault::Truncated));
            }
        }
        Ok(Header { tag, octets, content })
    }

    /// Goes into an element whose header was taken.
    pub(crate) fn enter(&mut self, header: &Header, what: &'static str) -> Result<Entered, CmsError> {
        let (outer_limit, outer_open) = (self.limit, self.open);
        match header.content {
            Some(length) => {
                self.limit = self.position.saturating_add(length);
                self.open = 0;
            }
            None => self.open = self.opened(self.open, what)?,
        }
        Ok(Entered { indefinite: header.content.is_none(), outer_limit, outer_open })
    }

    /// One more element of indefinite length than `open`.
    fn opened(&self, open: usize, what: &'static str) -> Result<usize, CmsError> {
        if open == MAX_DEPTH {
            return Err(self.fault(what, BerFault::TooDeep { limit: MAX_DEPTH }));
        }
        Ok(open + 1)
    }

    /// Goes into the next element, which must have this tag.
    pub(crate) fn expect(&mut self, tag: u8, what: &'static str) -> Result<Entered, CmsError> {
        match self.peek(1)?.first() {
            Some(&found) if found != tag => Err(self.fault(what, BerFault::Tag { expected: tag, found })),
            _ => {
                let header = self.header(what)?;
                self.enter(&header, what)
            }
        }
    }

    /// Leaves an element, of which nothing may be left.
    pub(crate) fn leave(&mut self, entered: Entered, what: &'static str) -> Result<(), CmsError> {
        if entered.indefinite {
            for _ in 0..2 {
                match self.byte()? {
                    Ok(0) => {}
                    Ok(_) => return Err(self.fault(what, BerFault::Trailing)),
                    Err(fault) => return Err(self.fault(what, fault)),
                }
            }
        } else if self.position != self.limit {
            return Err(self.fault(what, BerFault::Trailing));
        }
        self.limit = entered.outer_limit;
        self.open = entered.outer_open;
        Ok(())
    }

    /// Gives the next `length` bytes away, piece by piece.
    pub(crate) fn take(
        &mut self,
        length: u64,
        what: &'static str,
        mut to: impl FnMut(&[u8]) -> Result<(), CmsError>,
    ) -> Result<(), CmsError> {
        if self.position.checked_add(length).is_none_or(|end| end > self.limit) {
            return Err(self.fault(what, BerFault::Truncated));
        }
        let mut left = length;
        while left > 0 {
            self.peek(1)?;
            let available = self.block.get(self.from..self.to).unwrap_or_default();
            let count = usize::try_from(left).unwrap_or(usize::MAX).min(available.len());
            if count == 0 {
                return Err(self.fault(what, BerFault::Truncated));
            }
            to(available.get(..count).unwrap_or_default())?;
            self.consume(count);
            left -= count as u64;
        }
        Ok(())
    }

    /// Keeps the next element as it is, as long as no more than `limit` bytes are kept.
    pub(crate) fn keep(
        &mut self,
        kept: &mut Vec<u8>,
        limit: usize,
        what: &'static str,
    ) -> Result<(), CmsError> {
        let header = self.header(what)?;
        self.keep_from(&header, kept, limit, what)
    }

    /// Keeps the element whose header was taken.
    pub(crate) fn keep_from(
        &mut self,
        header: &Header,
        kept: &mut Vec<u8>,
        limit: usize,
        what: &'static str,
    ) -> Result<(), CmsError> {
        let around = self.open;
        let mut open = self.keep_one(header, around, kept, limit, what)?;
        while open > around {
            if self.peek(2)? == [0, 0] {
                self.take(2, what, |bytes| append(kept, bytes, limit))?;
                open -= 1;
            } else {
                let header = self.header(what)?;
                open = self.keep_one(&header, open, kept, limit, what)?;
            }
        }
        Ok(())
    }

    /// Keeps a header, and what is in the element if its length is definite. Says how many elements are open then.
    fn keep_one(
        &mut self,
        header: &Header,
        open: usize,
        kept: &mut Vec<u8>,
        limit: usize,
        what: &'static str,
    ) -> Result<usize, CmsError> {
        append(kept, &header.octets, limit)?;
        match header.content {
            Some(length) => self.take(length, what, |bytes| append(kept, bytes, limit)).map(|()| open),
            None => self.opened(open, what),
        }
    }

    /// Says that nothing but the padding that many programs leave may follow.
    pub(crate) fn finish(&mut self, what: &'static str) -> Result<(), CmsError> {
        loop {
            match self.peek(1)?.first() {
                None => return Ok(()),
                Some(0 | b'\r' | b'\n') => self.consume(1),
                Some(_) => return Err(self.fault(what, BerFault::Trailing)),
            }
        }
    }
}

fn append(kept: &mut Vec<u8>, bytes: &[u8], limit: usize) -> Result<(), CmsError> {
    if kept.len().saturating_add(bytes.len()) > limit {
        return Err(CmsError::TooMany { what: "bytes beside the content", limit });
    }
    kept.extend_from_slice(bytes);
    Ok(())
}
