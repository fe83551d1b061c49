//! What a signer saw.

use std::io::{self, Write};
use std::path::Path;

use chancery_digest::Source;

use crate::save;

/// Streamed in pieces of this length.
const PIECE: usize = 256 * 1024;

/// The document as it was when somebody signed it: exactly the bytes that their signature covers, from the first one of
/// the file on, with the signature itself in its place. It is a PDF of its own; give it to a verifier, and the signature
/// covers all of it.
///
/// Ask [`History::signed_revision`](crate::History::signed_revision) for it. Nothing is copied before it is written.
///
/// - An encrypted file stays encrypted: it opens with the password that opens the whole.
/// - Bytes before the header stay, because the signature covers them and offsets may be counted from the first of them.
/// - A linearized file stays one; if something was appended to it before the signature, it is not linearized any more, as
///   the whole is not.
/// - That it ends where the signer's file ended does not say that the signer saw what a viewer shows now: hidden layers,
///   scripts and missing fonts can make a difference. The report of [`PdfVerifier`](crate::PdfVerifier) warns of those.
#[derive(Clone, Copy)]
pub struct SignedRevision<'s> {
    source: &'s dyn Source,
    revision: usize,
    length: u64,
}

impl<'s> SignedRevision<'s> {
    pub(crate) const fn new(source: &'s dyn Source, revision: usize, length: u64) -> Self {
        Self { source, revision, length }
    }

    /// Which revision of the whole file it ends with, counted from 1.
    #[must_use]
    pub const fn revision(&self) -> usize {
        self.revision
    }

    /// Writes it.
    ///
    /// # Errors
    /// If the file cannot be read, or `out` not be written.
    pub fn write_to(&self, out: &mut impl Write) -> io::Result<()> {
        let piece = usize::try_from(self.length).unwrap_or(usize::MAX).min(PIECE);
        let mut buffer = vec![0; piece];
        let mut offset = 0;
        while offset < self.length {
            let count = self.read_at(offset, &mut buffer)?;
            if count == 0 {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file became shorter"));
            }
            out.write_all(&buffer[..count])?;
            offset += count as u64;
        }
        Ok(())
    }

    /// All of it in memory.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn to_vec(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(usize::try_from(self.length).unwrap_or_default());
        self.write_to(&mut bytes)?;
        Ok(bytes)
    }

    /// Saves it: it is written beside `path`, made durable, then renamed, so that there is never half a file under that
    /// name. A file that has the name is replaced.
    ///
    /// # Errors
    /// If it cannot be written; then nothing is left behind, and a file that had the name is as it was.
    pub fn save(&self, path: impl AsRef<Path>) -> io::Result<()> {
        save::atomically(path.as_ref(), |file| self.write_to(file))
    }
}

impl Source for SignedRevision<'_> {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.length.saturating_sub(offset)).unwrap_or(usize::MAX);
        let wanted = buffer.len().min(left);
        self.source.read_at(offset, &mut buffer[..wanted])
    }
}

impl std::fmt::Debug for SignedRevision<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedRevision")
            .field("revision", &self.revision)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}
