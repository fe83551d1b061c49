//! A prepared timestamp that waits in storage.

use chancery_digest::{DigestAlgorithm, Source};
use chancery_key::Password;

use super::lasting::LastingPdf;
use super::timestamp::{PreparedTimestamp, Proves};
use super::unsound::UnsoundSignatures;
use crate::PadesError;
use crate::options::AmbiguousFile;
use crate::stored::{self, Stored, StoredReader};

impl PreparedTimestamp<'_> {
    /// What is needed to finish later, in another process: what was asked for, and the digest that is to be stamped.
    /// Neither the document nor a password. Keep the document as it is now, with what was appended to it before:
    /// [`LastingPdf::save`].
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut stored = Stored::new(stored::TIMESTAMP);
        stored.number(self.pdf.len());
        stored.number(u64::from(self.proves == Proves::Evidence));
        stored.number(self.pdf.room as u64);
        stored.number(self.pdf.ambiguous.to_number());
        stored.number(u64::from(self.pdf.unsound == UnsoundSignatures::PassOver));
        stored.optional(self.pdf.unlock.as_ref().map(|unlock| &unlock.seed[..]));
        stored.bytes(self.digest().algorithm().oid().as_bytes());
        stored.bytes(self.digest().as_bytes());
        stored.into_bytes()
    }
}

/// A [`PreparedTimestamp`] read back from storage, which waits for its document.
///
/// Nothing is believed to storage: [`with`](Self::with) prepares the timestamp anew, and compares its digest.
#[derive(Clone)]
pub struct StoredTimestamp {
    source_len: u64,
    proves: Proves,
    room: usize,
    ambiguous: AmbiguousFile,
    unsound: UnsoundSignatures,
    seed: Option<[u8; 32]>,
    algorithm: DigestAlgorithm,
    digest: Vec<u8>,
}

impl StoredTimestamp {
    /// Reads what [`PreparedTimestamp::to_bytes`] wrote.
    ///
    /// # Errors
    /// If it is damaged or of another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PadesError> {
        let mut stored = StoredReader::new(bytes, stored::TIMESTAMP)?;
        let source_len = stored.number()?;
        let proves = if stored.choice()? { Proves::Evidence } else { Proves::Document };
        let room = stored.index()?;
        let ambiguous = stored.ambiguous_file()?;
        let unsound = if stored.choice()? { UnsoundSignatures::PassOver } else { UnsoundSignatures::Refuse };
        let seed = stored.seed()?;
        let oid = stored.bytes()?;
        let algorithm = DigestAlgorithm::ALL.iter().copied().find(|known| known.oid().as_bytes() == oid);
        let algorithm =
            algorithm.ok_or(PadesError::Stored { reason: "the digest algorithm is not known" })?;
        let digest = stored.bytes()?.to_vec();
        stored.finish()?;
        Ok(Self { source_len, proves, room, ambiguous, unsound, seed, algorithm, digest })
    }

    /// Joins what was stored with its document, which is read once, or twice where its evidence has to be judged.
    ///
    /// # Errors
    /// [`PadesError::OtherDocument`] if this is not the document that was prepared, else as
    /// [`LastingPdf::prepare_timestamp`] and [`LastingPdf::prepare_archive`] say.
    pub fn with<'s>(&self, pdf: &'s dyn Source) -> Result<PreparedTimestamp<'s>, PadesError> {
        self.join(LastingPdf::new(pdf))
    }

    /// The same for an encrypted document; passwords are not stored.
    ///
    /// # Errors
    /// As [`StoredTimestamp::with`], or if the password is wrong.
    pub fn with_password<'s>(
        &self,
        pdf: &'s dyn Source,
        password: Password,
    ) -> Result<PreparedTimestamp<'s>, PadesError> {
        let seed = self.seed.ok_or(PadesError::Stored { reason: "it was prepared without a password" })?;
        self.join(LastingPdf::new(pdf).password(password, seed))
    }

    fn join<'s>(&self, pdf: LastingPdf<'s>) -> Result<PreparedTimestamp<'s>, PadesError> {
        if pdf.len() != self.source_len {
            return Err(PadesError::OtherDocument);
        }
        let pdf =
            pdf.timestamp_room(self.room).ambiguous_file(self.ambiguous).unsound_signatures(self.unsound);
        let prepared = match self.proves {
            Proves::Document => pdf.prepare_timestamp(self.algorithm)?,
            Proves::Evidence => pdf.prepare_archive(self.algorithm)?,
        };
        if prepared.digest().as_bytes() == self.digest {
            Ok(prepared)
        } else {
            Err(PadesError::OtherDocument)
        }
    }
}
