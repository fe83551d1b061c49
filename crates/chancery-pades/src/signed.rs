//! A signed PDF: the original, which is neither copied nor held, and what is appended to it.

use std::io::{self, Write};
use std::path::Path;

use chancery_cades::{CadesSignature, LongTermEvidence};
use chancery_cms::SignedMessage;
use chancery_digest::Source;
use chancery_http::Transport;
use chancery_pdf::Repaired;
use chancery_timestamp::{MatchingToken, TimestampAuthority};
use rand_core::CryptoRng;

use crate::extended::ExtendedFile;
use crate::options::Unlock;
use crate::prepared::Layout;
use crate::{AskedTimestamp, LastingPdf, PadesError, save};

/// A signed PDF: the original bytes plus an appended revision.
///
/// It is itself a [`Source`], so the next person can sign it as it is, and a verifier can look at it, without
/// anything being copied.
pub struct SignedPdf<'s> {
    pub(crate) file: ExtendedFile<'s>,
    pub(crate) layout: Layout,
    pub(crate) signature: CadesSignature,
    pub(crate) unlock: Option<Unlock>,
    /// The timestamp that the field asks for.
    pub(crate) timestamp: Option<AskedTimestamp>,
    /// What was done to read the document.
    pub(crate) repairs: Vec<Repaired>,
}

impl<'s> SignedPdf<'s> {
    /// The CMS message of the signature.
    #[must_use]
    pub const fn message(&self) -> &SignedMessage {
        self.signature.message()
    }

    /// The timestamp that the field asks for, in its seed values: as a rule or as a wish. It is for the caller to ask for
    /// it, since the address comes from the document. What was prepared and finished does not have it yet: where it is a
    /// rule, add it ([`timestamp`](Self::timestamp), [`with_timestamp`](Self::with_timestamp)) before saving.
    #[must_use]
    pub const fn asked_timestamp(&self) -> Option<&AskedTimestamp> {
        self.timestamp.as_ref()
    }

    /// What was done to read a damaged original, as [`PreparedPdf::repairs`](crate::PreparedPdf::repairs) tells it.
    #[must_use]
    pub fn repairs(&self) -> &[Repaired] {
        &self.repairs
    }

    /// What is appended to the original.
    #[must_use]
    pub fn appended(&self) -> &[u8] {
        &self.file.appended
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

    /// The document for further steps: evidence and timestamps over all of it.
    #[must_use]
    pub fn lasting(&self) -> LastingPdf<'s> {
        LastingPdf::extending(self.file.clone(), self.unlock.clone())
    }

    /// Appends certificates, CRLs and OCSP answers: level B-LT. See [`LastingPdf::preserve`], and
    /// [`LastingPdf::collector`] for where they come from.
    ///
    /// # Errors
    /// As [`LastingPdf::preserve`].
    pub fn preserve(&self, evidence: &LongTermEvidence) -> Result<LastingPdf<'s>, PadesError> {
        self.lasting().preserve(evidence)
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
        self.file.write_to(out)
    }

    /// The whole file in memory.
    ///
    /// # Errors
    /// If the original cannot be read.
    pub fn to_vec(&self) -> io::Result<Vec<u8>> {
        self.file.to_vec()
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
        self.layout.embed(&mut self.file.appended, signature.message().to_bytes())?;
        self.signature = signature;
        Ok(())
    }
}

impl<'s> From<SignedPdf<'s>> for LastingPdf<'s> {
    fn from(signed: SignedPdf<'s>) -> Self {
        Self::extending(signed.file, signed.unlock)
    }
}

impl Source for SignedPdf<'_> {
    fn len(&self) -> u64 {
        self.file.len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read_at(offset, buffer)
    }
}
