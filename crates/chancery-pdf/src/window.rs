//! Reading a file piece by piece: as little of it as a value takes.

use std::borrow::Cow;
use std::ops::Range;

use chancery_digest::Source;

use crate::error::PdfError;
use crate::limits;
use crate::parser::{Parser, is_regular};

/// First window; most objects are shorter.
const FIRST_WINDOW: usize = 1 << 10;
/// Windows for searching.
const SEARCH_WINDOW: u64 = 64 << 10;

/// So many bytes after a word say whether it ends.
const NEXT: usize = 8;

/// The bytes of a document.
#[derive(Clone, Copy)]
pub(crate) struct Bytes<'a> {
    source: &'a dyn Source,
    length: u64,
}

impl<'a> Bytes<'a> {
    pub(crate) fn new(source: &'a dyn Source) -> Self {
        Self { source, length: source.len() }
    }

    pub(crate) fn source(&self) -> &'a dyn Source {
        self.source
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    pub(crate) fn range(&self, range: Range<u64>) -> Result<Cow<'a, [u8]>, PdfError> {
        Ok(self.source.read_range(range)?)
    }

    /// The bytes from `offset` on, at most `length` of them, fewer only at the end of the file.
    pub(crate) fn up_to(&self, offset: u64, length: u64) -> Result<Cow<'a, [u8]>, PdfError> {
        let start = offset.min(self.length);
        self.range(start..start.saturating_add(length).min(self.length))
    }

    /// Runs `read` on the bytes from `offset` on. If it looked at the end of a window that is not the end of
    /// the file, it is run again with a longer one, so it must not have side effects.
    pub(crate) fn parse<T>(
        &self,
        offset: u64,
        mut read: impl FnMut(&mut Parser<'_>) -> Result<T, PdfError>,
    ) -> Result<T, PdfError> {
        let mut window = if self.source.as_slice().is_some() { limits::OBJECT_BYTES } else { FIRST_WINDOW };
        loop {
            let bytes = self.up_to(offset, window as u64)?;
            let whole = bytes.len() < window || offset.saturating_add(window as u64) >= self.length;
            let mut parser = Parser::new(&bytes, offset.min(self.length));
            let result = read(&mut parser);
            if whole || !parser.saw_end() {
                return result;
            }
            if window >= limits::OBJECT_BYTES {
                return Err(PdfError::Limit {
                    what: "bytes in one object",
                    limit: limits::OBJECT_BYTES as u64,
                    offset,
                });
            }
            window *= 4;
        }
    }

    /// The first place from `offset` on, within `distance`, where `word` stands as a token.
    pub(crate) fn find(&self, word: &[u8], offset: u64, distance: u64) -> Result<Option<u64>, PdfError> {
        self.find_before(word, offset, distance, |next| !next.first().copied().is_some_and(is_regular))
    }

    /// As `find`, where `ends` says by the next few bytes whether the word ends there.
    pub(crate) fn find_before(
        &self,
        word: &[u8],
        offset: u64,
        distance: u64,
        ends: impl Fn(&[u8]) -> bool,
    ) -> Result<Option<u64>, PdfError> {
        let end = offset.saturating_add(distance).min(self.length);
        let reach = word.len() + NEXT;
        let mut start = offset;
        while start < end {
            let bytes = self.up_to(start, SEARCH_WINDOW.min(end - start))?;
            let is_last = start + bytes.len() as u64 >= end;
            let hit = bytes.windows(word.len()).enumerate().find(|&(index, found)| {
                let next = bytes.get(index + word.len()..).unwrap_or_default();
                // What follows a word at the end of a window is seen in the next one.
                found == word && (is_last || next.len() >= NEXT) && ends(next)
            });
            if let Some((index, _)) = hit {
                return Ok(Some(start + index as u64));
            }
            if is_last {
                break;
            }
            // Overlap, so that a word across two windows is found.
            start += (bytes.len() as u64).saturating_sub(reach as u64).max(1);
        }
        Ok(None)
    }
}
