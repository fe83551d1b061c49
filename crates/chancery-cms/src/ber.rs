//! A bounded reader of BER (X.690) that keeps the bytes it read.
//!
//! Everything it gives back borrows the input, so that what was signed is hashed as it was received. It reads
//! indefinite lengths and constructed strings, never recurses on input it has not bounded, and looks at each
//! byte a constant number of times for each level of the structure that its caller descends.

use std::borrow::Cow;

use chancery_certificate::asn1::object_identifier;
use chancery_certificate::asn1::tag::{INTEGER, OBJECT_IDENTIFIER, OCTET_STRING};
use const_oid::ObjectIdentifier as Oid;

use crate::error::{BerFault, CmsError};

/// How deep elements may be nested. Real messages stay below 20, the deepest being names within certificates
/// within signed attributes.
pub(crate) const MAX_DEPTH: usize = 64;

/// How many identifier octets an element may have. One is what CMS uses, three are the most that anybody does.
pub(crate) const MAX_IDENTIFIER: usize = 16;

/// The bit of an identifier octet that says "constructed".
pub(crate) const CONSTRUCTED: u8 = 0x20;
/// An OCTET STRING in pieces, as BER allows.
pub(crate) const CONSTRUCTED_OCTET_STRING: u8 = OCTET_STRING | CONSTRUCTED;

/// One element: its identifier octet, all its bytes, and what is inside.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Element<'a> {
    /// The first identifier octet. Tags above 30 have `0x1f` in the low bits and fit no tag that CMS uses.
    pub(crate) tag: u8,
    /// All bytes, the end-of-contents octets of an indefinite length included.
    pub(crate) raw: &'a [u8],
    /// The content octets.
    pub(crate) content: &'a [u8],
    /// Where `raw` begins, counted from the start of the outermost input.
    pub(crate) offset: usize,
    /// Whether the length is indefinite.
    pub(crate) indefinite: bool,
}

pub(crate) struct Header {
    pub(crate) tag: u8,
    /// Length of identifier and length octets.
    pub(crate) len: usize,
    /// None: indefinite.
    pub(crate) content: Option<usize>,
}

pub(crate) fn header(bytes: &[u8]) -> Result<Header, BerFault> {
    let mut octets = bytes.iter().copied();
    let mut next = || octets.next().ok_or(BerFault::Truncated);
    let tag = next()?;
    let mut len = 2;
    if tag & 0x1f == 0x1f {
        while next()? & 0x80 != 0 {
            len += 1;
            if len > MAX_IDENTIFIER {
                return Err(BerFault::Content("tag"));
            }
        }
        len += 1;
    }
    let content = match next()? {
        short @ 0..=0x7f => Some(usize::from(short)),
        0x80 if tag & CONSTRUCTED == 0 => return Err(BerFault::PrimitiveIndefinite),
        0x80 => None,
        long => {
            let count = usize::from(long & 0x7f);
            len += count;
            let mut length: usize = 0;
            for _ in 0..count {
                length = length
                    .checked_mul(256)
                    .and_then(|high| next().ok().map(|low| high | usize::from(low)))
                    .ok_or(if bytes.len() < len { BerFault::Truncated } else { BerFault::Length })?;
            }
            Some(length)
        }
    };
    Ok(Header { tag, len, content })
}

/// The elements of some bytes, one after another.
#[derive(Clone)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    base: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, base: 0 }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.at == self.bytes.len()
    }

    /// Where the next element begins, counted from the start of the outermost input.
    pub(crate) fn offset(&self) -> usize {
        self.base + self.at
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The next element, whatever it is.
    pub(crate) fn any(&mut self, what: &'static str) -> Result<Element<'a>, CmsError> {
        let at = self.offset();
        self.next_element().map_err(|fault| CmsError::Malformed { at, what, fault })
    }

    /// The next element, which must have this tag.
    pub(crate) fn expect(&mut self, tag: u8, what: &'static str) -> Result<Element<'a>, CmsError> {
        let at = self.offset();
        match self.peek() {
            None => Err(CmsError::Malformed { at, what, fault: BerFault::Truncated }),
            Some(found) if found != tag => {
                Err(CmsError::Malformed { at, what, fault: BerFault::Tag { expected: tag, found } })
            }
            Some(_) => self.any(what),
        }
    }

    /// The next element if it has this tag.
    pub(crate) fn optional(&mut self, tag: u8, what: &'static str) -> Result<Option<Element<'a>>, CmsError> {
        if self.peek() == Some(tag) { self.any(what).map(Some) } else { Ok(None) }
    }

    /// Says that nothing may follow.
    pub(crate) fn finish(&self, what: &'static str) -> Result<(), CmsError> {
        if self.is_empty() {
            return Ok(());
        }
        Err(CmsError::Malformed { at: self.offset(), what, fault: BerFault::Trailing })
    }

    fn next_element(&mut self) -> Result<Element<'a>, BerFault> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let header = header(rest)?;
        let inside = rest.get(header.len..).ok_or(BerFault::Truncated)?;
        let (content, raw_len) = match header.content {
            Some(length) => {
                (inside.get(..length).ok_or(BerFault::Truncated)?, header.len.saturating_add(length))
            }
            None => {
                let length = indefinite_len(inside)?;
                (inside.get(..length).ok_or(BerFault::Truncated)?, header.len + length + 2)
            }
        };
        let raw = rest.get(..raw_len).ok_or(BerFault::Truncated)?;
        let offset = self.offset();
        self.at += raw_len;
        Ok(Element { tag: header.tag, raw, content, offset, indefinite: header.content.is_none() })
    }
}

/// How many bytes stand before the end-of-contents octets that close an indefinite length.
pub(crate) fn indefinite_len(bytes: &[u8]) -> Result<usize, BerFault> {
    let mut open = 1;
    let mut at: usize = 0;
    loop {
        let rest = bytes.get(at..).ok_or(BerFault::Truncated)?;
        if rest.starts_with(&[0, 0]) {
            open -= 1;
            if open == 0 {
                return Ok(at);
            }
            at += 2;
            continue;
        }
        let header = header(rest)?;
        if header.content.is_none() {
            open += 1;
            if open > MAX_DEPTH {
                return Err(BerFault::TooDeep { limit: MAX_DEPTH });
            }
        }
        at = at
            .checked_add(header.len)
            .and_then(|at| at.checked_add(header.content.unwrap_or(0)))
            .ok_or(BerFault::Length)?;
    }
}

impl<'a> Element<'a> {
    /// The elements inside.
    pub(crate) fn reader(&self) -> Reader<'a> {
        Reader { bytes: self.content, at: 0, base: self.content_offset() }
    }

    /// Where the content octets begin, counted from the start of the outermost input.
    pub(crate) fn content_offset(&self) -> usize {
        let trailer = if self.indefinite { 2 } else { 0 };
        self.offset + self.raw.len() - self.content.len() - trailer
    }

    pub(crate) fn fault(&self, what: &'static str, fault: BerFault) -> CmsError {
        CmsError::Malformed { at: self.offset, what, fault }
    }

    pub(crate) fn oid(&self, what: &'static str) -> Result<Oid, CmsError> {
        if self.tag != OBJECT_IDENTIFIER {
            return Err(self.fault(what, BerFault::Tag { expected: OBJECT_IDENTIFIER, found: self.tag }));
        }
        object_identifier(self.content)
            .ok_or_else(|| self.fault(what, BerFault::Content("object identifier of supported size")))
    }

    /// A small non-negative INTEGER.
    pub(crate) fn small_integer(&self, what: &'static str) -> Result<u64, CmsError> {
        if self.tag != INTEGER {
            return Err(self.fault(what, BerFault::Tag { expected: INTEGER, found: self.tag }));
        }
        match self.content {
            [] => Err(self.fault(what, BerFault::Content("INTEGER"))),
            [first, ..] if first & 0x80 != 0 => {
                Err(self.fault(what, BerFault::Content("non-negative INTEGER")))
            }
            content => content
                .iter()
                .try_fold(0_u64, |value, &octet| Some(value.checked_mul(256)? | u64::from(octet)))
                .ok_or_else(|| self.fault(what, BerFault::Content("INTEGER below 2^64"))),
        }
    }

    /// The octets of a string whose primitive form has the tag `primitive`: borrowed when they stand in one
    /// piece, joined when the string is constructed (X.690, 8.7.3).
    pub(crate) fn octets(&self, primitive: u8, what: &'static str) -> Result<Cow<'a, [u8]>, CmsError> {
        if self.tag == primitive {
            return Ok(Cow::Borrowed(self.content));
        }
        if self.tag != primitive | CONSTRUCTED {
            return Err(self.fault(what, BerFault::Tag { expected: primitive, found: self.tag }));
        }
        join(self.content).map(Cow::Owned).map_err(|fault| self.fault(what, fault))
    }
}

/// Joins the pieces of a constructed OCTET STRING in one pass, without recursion.
pub(crate) fn join(content: &[u8]) -> Result<Vec<u8>, BerFault> {
    /// A constructed string that is still open.
    struct Open {
        /// Where it ends at the latest.
        limit: usize,
        indefinite: bool,
    }
    let mut joined = Vec::new();
    let mut stack = vec![Open { limit: content.len(), indefinite: false }];
    let mut at = 0;
    while let Some(open) = stack.last() {
        if !open.indefinite && at == open.limit {
            stack.pop();
            continue;
        }
        let limit = open.limit;
        let rest = content.get(at..limit).ok_or(BerFault::Truncated)?;
        if open.indefinite && rest.starts_with(&[0, 0]) {
            at += 2;
            stack.pop();
            continue;
        }
        let header = header(rest)?;
        at += header.len;
        let end = header.content.map_or(Some(limit), |length| at.checked_add(length));
        let end = end.filter(|&end| end <= limit).ok_or(BerFault::Truncated)?;
        match header.tag {
            OCTET_STRING => {
                joined.extend_from_slice(content.get(at..end).ok_or(BerFault::Truncated)?);
                at = end;
            }
            CONSTRUCTED_OCTET_STRING if stack.len() >= MAX_DEPTH => {
                return Err(BerFault::TooDeep { limit: MAX_DEPTH });
            }
            CONSTRUCTED_OCTET_STRING => stack.push(Open { limit: end, indefinite: header.content.is_none() }),
            found => return Err(BerFault::Tag { expected: OCTET_STRING, found }),
        }
    }
    Ok(joined)
}

#[cfg(test)]
mod tests {
    use chancery_certificate::asn1;
    use proptest::prelude::*;

    use super::*;

    fn one(bytes: &[u8]) -> Result<Element<'_>, CmsError> {
        Reader::new(bytes).any("test")
    }

    #[test]
    fn constructed_strings_are_joined_in_every_mixture_of_lengths() {
        // [definite( "ab", indefinite("c", "") ), "d"]
        let bytes =
            [0x24, 0x80, 0x24, 0x0d, 4, 2, b'a', b'b', 0x24, 0x80, 4, 1, b'c', 4, 0, 0, 0, 4, 1, b'd', 0, 0];
        let element = one(&bytes).unwrap();
        assert!(element.indefinite);
        assert_eq!(element.octets(OCTET_STRING, "test").unwrap().as_ref(), b"abcd");
        assert_eq!(element.to_der().unwrap(), [4, 4, b'a', b'b', b'c', b'd']);
    }

    #[test]
    fn a_hundred_thousand_nested_strings_are_refused_at_once() {
        let indefinite = [0x24, 0x80].repeat(100_000);
        let fault = one(&indefinite).unwrap_err();
        assert!(matches!(fault, CmsError::Malformed { fault: BerFault::TooDeep { .. }, .. }), "{fault}");

        let mut definite = vec![4, 0];
        for _ in 0..1000 {
            definite = asn1::encode(0x24, &definite);
        }
        let fault = one(&definite).unwrap().octets(OCTET_STRING, "test").unwrap_err();
        assert!(matches!(fault, CmsError::Malformed { fault: BerFault::TooDeep { .. }, .. }), "{fault}");
        assert!(one(&definite).unwrap().to_der().is_none());
    }

    #[test]
    fn lengths_that_lie_are_typed_errors() {
        for (bytes, expected) in [
            (&[0x30, 0x05, 1, 2][..], BerFault::Truncated),
            (&[0x04, 0x80, 0, 0], BerFault::PrimitiveIndefinite),
            (&[0x30, 0x80, 4, 1, 7], BerFault::Truncated),
            (&[0x30, 0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1], BerFault::Length),
            (&[0x30, 0x84, 1], BerFault::Truncated),
            (&[0x1f, 0x81], BerFault::Truncated),
            (&[0xbf; 40], BerFault::Content("tag")),
            (&[], BerFault::Truncated),
        ] {
            match one(bytes) {
                Err(CmsError::Malformed { fault, at: 0, .. }) => assert_eq!(fault, expected, "{bytes:02x?}"),
                other => panic!("{bytes:02x?}: {other:?}"),
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let mut reader = Reader::new(&bytes);
            while let Ok(element) = reader.any("test") {
                let _ = element.octets(OCTET_STRING, "test");
                let _ = element.to_der();
                let _ = element.small_integer("test");
                let _ = element.oid("test");
            }
        }
    }
}
