//! The form in which a prepared PDF waits: a version line, then numbers and length-prefixed bytes.

use crate::PadesError;

const VERSION: &[u8] = b"chancery prepared pdf 1\n";

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

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

pub(crate) struct StoredReader<'a>(&'a [u8]);

impl<'a> StoredReader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Result<Self, PadesError> {
        let reason = "it does not begin with the line of this version";
        bytes.strip_prefix(VERSION).map(Self).ok_or(PadesError::Stored { reason })
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
