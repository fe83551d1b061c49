//! A source as a reader.

use std::io::{self, Read};

use chancery_digest::Source;

/// Reads a source from its beginning to its end.
pub(crate) struct SourceReader<'s> {
    source: &'s dyn Source,
    at: u64,
}

impl<'s> SourceReader<'s> {
    pub(crate) fn new(source: &'s dyn Source) -> Self {
        Self { source, at: 0 }
    }
}

impl Read for SourceReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read_at(self.at, buffer)?;
        self.at = self.at.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        Ok(read)
    }
}
