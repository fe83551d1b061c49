//! The form in which a prepared PDF or timestamp waits: a version line, then numbers and length-prefixed bytes, then a checksum.
//!
//! What has to be signed is computed anew and compared anyway. The checksum finds damage in the rest: the issuers'
//! certificates, which a signature does not cover.

use chancery_digest::{AnyDigest, DigestAlgorithm};

use crate::PadesError;
use crate::options::AmbiguousFile;

/// Begins a prepared signature.
pub(crate) const SIGNATURE: &[u8] = b"chancery prepared pdf 2\n";
/// Begins a prepared timestamp over a document.
pub(crate) const TIMESTAMP: &[u8] = b"chancery prepared timestamp 1\n";
const CHECKSUM: DigestAlgorithm = DigestAlgorithm::Sha256;

pub(crate) struct Stored(Vec<u8>);

impl Stored {
    /// `version` is the line that it begins with.
    pub(crate) fn new(version: &[u8]) -> Self {
        Self(version.to_vec())
    }

    pub(crate) fn number(&mut self, number: u64) {
        self.0.extend_from_slice(&number.to_be_bytes());
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    /// Bytes that may be missing, which is not the same as empty.
    pub(crate) fn optional(&mut self, bytes: Option<&[u8]>) {
        self.number(u64::from(bytes.is_some()));
        self.bytes(bytes.unwrap_or_default());
    }

    pub(crate) fn into_bytes(mut self) -> Vec<u8> {
        let checksum = CHECKSUM.digest(&self.0);
        self.0.extend_from_slice(checksum.as_bytes());
        self.0
    }
}

pub(crate) struct StoredReader<'a>(&'a [u8]);

impl<'a> StoredReader<'a> {
    pub(crate) fn new(bytes: &'a [u8], version: &[u8]) -> Result<Self, PadesError> {
        let reason = "it does not begin with the line of this version";
        if !bytes.starts_with(version) {
            return Err(PadesError::Stored { reason });
        }
        let end = bytes.len().saturating_sub(CHECKSUM.output_len());
        let (content, checksum) = bytes.split_at_checked(end).ok_or(ENDS_EARLY)?;
        let content_after_version = content.strip_prefix(version).ok_or(ENDS_EARLY)?;
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

    /// Something that is either so or not.
    pub(crate) fn choice(&mut self) -> Result<bool, PadesError> {
        match self.number()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(PadesError::Stored { reason: "a choice is neither 0 nor 1" }),
        }
    }

    /// What is done with a file that readers take in different ways.
    pub(crate) fn ambiguous_file(&mut self) -> Result<AmbiguousFile, PadesError> {
        let unknown = PadesError::Stored { reason: "what is done with an ambiguous file cannot be read" };
        AmbiguousFile::from_number(self.number()?).ok_or(unknown)
    }

    pub(crate) fn optional(&mut self) -> Result<Option<&'a [u8]>, PadesError> {
        let present = self.choice()?;
        let bytes = self.bytes()?;
        match (present, bytes) {
            (true, bytes) => Ok(Some(bytes)),
            (false, []) => Ok(None),
            (false, _) => Err(PadesError::Stored { reason: "something stands where nothing should" }),
        }
    }

    /// The seed of what is added to an encrypted document.
    pub(crate) fn seed(&mut self) -> Result<Option<[u8; 32]>, PadesError> {
        let seed = self.optional()?.map(<[u8; 32]>::try_from).transpose();
        seed.map_err(|_| PadesError::Stored { reason: "the seed has not 32 bytes" })
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, PadesError> {
        as_text(self.bytes()?)
    }

    pub(crate) fn optional_text(&mut self) -> Result<Option<String>, PadesError> {
        self.optional()?.map(|bytes| as_text(bytes).map(str::to_owned)).transpose()
    }

    pub(crate) const fn finish(&self) -> Result<(), PadesError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(PadesError::Stored { reason: "something follows its end" })
        }
    }
}

fn as_text(bytes: &[u8]) -> Result<&str, PadesError> {
    std::str::from_utf8(bytes).map_err(|_| PadesError::Stored { reason: "a text is not UTF-8" })
}

const ENDS_EARLY: PadesError = PadesError::Stored { reason: "it ends early" };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let mut stored = Stored::new(SIGNATURE);
        stored.number(u64::MAX);
        stored.bytes(b"");
        stored.bytes(b"appended");
        let bytes = stored.into_bytes();
        let mut reader = StoredReader::new(&bytes, SIGNATURE).unwrap();
        assert_eq!(reader.number().unwrap(), u64::MAX);
        assert_eq!((reader.bytes().unwrap(), reader.bytes().unwrap()), (&b""[..], &b"appended"[..]));
        reader.finish().unwrap();
        assert!(reader.number().is_err(), "nothing is left");
    }

    #[test]
    fn a_length_beyond_the_end_is_refused() {
        for length in [4, u64::from(u32::MAX), u64::MAX] {
            let mut stored = Stored::new(SIGNATURE);
            stored.number(length);
            stored.0.extend_from_slice(b"abc");
            let bytes = stored.into_bytes();
            let mut reader = StoredReader::new(&bytes, SIGNATURE).unwrap();
            assert!(matches!(reader.bytes(), Err(PadesError::Stored { .. })), "{length}");
        }
    }

    #[test]
    fn damage_is_told_from_another_version() {
        let told = |bytes: &[u8]| {
            StoredReader::new(bytes, SIGNATURE).err().map(|error| error.to_string()).unwrap_or_default()
        };
        let mut bytes = Stored::new(SIGNATURE).into_bytes();
        assert_eq!(told(&bytes), "");
        assert!(told(b"chancery prepared pdf 1\n").contains("the line of this version"));
        assert!(told(SIGNATURE).contains("it ends early"));
        *bytes.last_mut().unwrap() ^= 1;
        assert!(told(&bytes).contains("its checksum differs"));
    }
}
