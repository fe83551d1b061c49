//! A signed PDF: the original, which is neither copied nor held, and what is appended to it.

use std::io::{self, Write};
use std::path::Path;

use chancery_cades::CadesSignature;
use chancery_cms::SignedMessage;
use chancery_digest::Source;
use chancery_http::Transport;
use chancery_timestamp::{MatchingToken, TimestampAuthority};
use rand_core::CryptoRng;

use crate::prepared::Layout;
use crate::{PadesError, save};

/// A signed PDF: the original bytes plus an appended revision.
///
/// It is itself a [`Source`], so the next person can sign it as it is, and a verifier can look at it, without
/// anything being copied.
pub struct SignedPdf<'s> {
    pub(crate) source: &'s dyn Source,
    pub(crate) appended: Vec<u8>,
    pub(crate) layout: Layout,
    pub(crate) signature: CadesSignature,
}

impl SignedPdf<'_> {
    /// The CMS message of the signature.
    #[must_use]
    pub const fn message(&self) -> &SignedMessage {
        self.signature.message()
    }

    /// What is appended to the original.
    #[must_use]
    pub fn appended(&self) -> &[u8] {
        &self.appended
    }

    /// Asks an authority for a timestamp over the signature and puts it in: level B-T.
    ///
    /// # Errors
    /// If the authority gives none, or there is no room for it. Nothing is lost: call again, or take another
    /// authority.
    pub fn timestamp<T: Transport>(
        &mut self,
        authority: &TimestampAuthority<T>,
        rng: &mut impl CryptoRng,
    ) -> Result<(), PadesError> {
        self.replace(self.signature.timestamp(authority, rng)?)
    }

    /// Puts a timestamp over the signature in: level B-T.
    ///
    /// # Errors
    /// If the timestamp is over something else, or there is no room for it.
    pub fn with_timestamp(&mut self, token: &MatchingToken) -> Result<(), PadesError> {
        self.replace(self.signature.with_timestamp(token)?)
    }

    /// The signature, to ask for a timestamp by other means.
    #[must_use]
    pub const fn signature(&self) -> &CadesSignature {
        &self.signature
    }

    /// Writes the whole file.
    ///
    /// # Errors
    /// If the original cannot be read, or `out` not be written.
    pub fn write_to(&self, out: &mut impl Write) -> io::Result<()> {
        if let Some(original) = self.source.as_slice() {
            out.write_all(original)?;
            return out.write_all(&self.appended);
        }
        let length = usize::try_from(self.source.len()).unwrap_or(usize::MAX);
        let mut buffer = vec![0; length.min(256 * 1024)];
        let mut offset = 0;
        while offset < self.source.len() {
            let count = self.source.read_at(offset, &mut buffer)?;
            if count == 0 {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the original ends early"));
            }
            out.write_all(&buffer[..count])?;
            offset += count as u64;
        }
        out.write_all(&self.appended)
    }

    /// The whole file in memory.
    ///
    /// # Errors
    /// If the original cannot be read.
    pub fn to_vec(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(usize::try_from(self.len()).unwrap_or_default());
        self.write_to(&mut bytes)?;
        Ok(bytes)
    }

    /// Saves the whole file: it is written beside `path`, made durable, then renamed, so that there is never half
    /// a file under that name. A file that has the name is replaced.
    ///
    /// # Errors
    /// If it cannot be written; then nothing is left behind, and a file that had the name is as it was.
    pub fn save(&self, path: impl AsRef<Path>) -> io::Result<()> {
        save::atomically(path.as_ref(), |file| self.write_to(file))
    }

    fn replace(&mut self, signature: CadesSignature) -> Result<(), PadesError> {
        self.layout.embed(&mut self.appended, signature.message().to_bytes())?;
        self.signature = signature;
        Ok(())
    }
}

impl Source for SignedPdf<'_> {
    fn len(&self) -> u64 {
        self.source.len() + self.appended.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let original = self.source.len();
        let mut filled = if offset < original { self.source.read_at(offset, buffer)? } else { 0 };
        if offset + filled as u64 >= original {
            filled +=
                Source::read_at(&self.appended, offset + filled as u64 - original, &mut buffer[filled..])?;
        }
        Ok(filled)
    }
}
