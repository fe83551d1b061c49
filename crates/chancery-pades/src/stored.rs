//! The form in which a prepared PDF waits: a version line, then numbers and length-prefixed bytes, then a checksum.
//!
//! What the signature covers is computed anew and compared anyway. The checksum finds damage in the rest: the issuers'
//! certificates, which a signature does not cover.

use chancery_digest::{AnyDigest, DigestAlgorithm};

use crate::PadesError;

const VERSION: &[u8] = b"chancery prepared pdf 1\n";
const CHECKSUM: DigestAlgorithm = DigestAlgorithm::Sha256;

pub(crate) struct Stored(Vec<u8>);

impl Stored {
    pub(crate) fn new() -> Self {
        Self(VERSION.to_vec())
    }

    pub(crate) fn number(&mut self, number: u64) {
        self.0.extend_from_slice(&number.to_be_bytes());
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    pub(crate) fn into_bytes(mut self) -> Vec<u8> {
        let checksum = CHECKSUM.digest(&self.0);
        self.0.extend_from_slice(checksum.as_bytes());
        self.0
    }
}

pub(crate) struct StoredReader<'a>(&'a [u8]);

impl<'a> StoredReader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Result<Self, PadesError> {
        let reason = "it does not begin with the line of this version";
        if !bytes.starts_with(VERSION) {
            return Err(PadesError::Stored { reason });
        }
        let end = bytes.len().saturating_sub(CHECKSUM.output_len());
        let (content, checksum) = bytes.split_at_checked(end).ok_or(ENDS_EARLY)?;
        let content_after_version = content.strip_prefix(VERSION).ok_or(ENDS_EARLY)?;
        if CHECKSUM.digest(content).as_bytes() != checksum {
            return Err(PadesError::Stored { reason: "it was cut or damaged: its checksum differs" });
        }
        Ok(Self(content_after_version))
    }

    pub(crate) fn number(&mut self) -> Result<u64, PadesError> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or(ENDS_EARLY)?;
        self.0 = rest;
        Ok(u64::from_be_bytes(*bytes))
    }

    pub(crate) fn index(&mut self) -> Result<usize, PadesError> {
        usize::try_from(self.number()?).map_err(|_| ENDS_EARLY)
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], PadesError> {
        let length = self.index()?;
        let (bytes, rest) = self.0.split_at_checked(length).ok_or(ENDS_EARLY)?;
        self.0 = rest;
        Ok(bytes)
    }

    pub(crate) const fn finish(&self) -> Result<(), PadesError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(PadesError::Stored { reason: "something follows its end" })
        }
    }
}

const ENDS_EARLY: PadesError = PadesError::Stored { reason: "it ends early" };
