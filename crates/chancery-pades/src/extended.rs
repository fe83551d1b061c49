//! A file and what is appended to it, as one.

use std::io::{self, Write};

use chancery_digest::Source;

/// The original, which is neither copied nor changed, and the revisions that follow it.
#[derive(Clone)]
pub(crate) struct ExtendedFile<'s> {
    pub(crate) original: &'s dyn Source,
    pub(crate) appended: Vec<u8>,
}

impl<'s> ExtendedFile<'s> {
    pub(crate) const fn new(original: &'s dyn Source, appended: Vec<u8>) -> Self {
        Self { original, appended }
    }

    pub(crate) fn write_to(&self, out: &mut impl Write) -> io::Result<()> {
        if let Some(original) = self.original.as_slice() {
            out.write_all(original)?;
            return out.write_all(&self.appended);
        }
        let length = usize::try_from(self.original.len()).unwrap_or(usize::MAX);
        let mut buffer = vec![0; length.min(256 * 1024)];
        let mut offset = 0;
        while offset < self.original.len() {
            let count = self.original.read_at(offset, &mut buffer)?;
            if count == 0 {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the original ends early"));
            }
            out.write_all(&buffer[..count])?;
            offset += count as u64;
        }
        out.write_all(&self.appended)
    }

    pub(crate) fn to_vec(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(usize::try_from(self.len()).unwrap_or_default());
        self.write_to(&mut bytes)?;
        Ok(bytes)
    }
}

impl Source for ExtendedFile<'_> {
    fn len(&self) -> u64 {
        self.original.len() + self.appended.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let original = self.original.len();
        let mut filled = if offset < original { self.original.read_at(offset, buffer)? } else { 0 };
        if offset + filled as u64 >= original {
            filled +=
                Source::read_at(&self.appended, offset + filled as u64 - original, &mut buffer[filled..])?;
        }
        Ok(filled)
    }
}
