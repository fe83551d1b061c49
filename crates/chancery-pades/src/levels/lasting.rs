//! A signed PDF that is made to last, step by step.

use std::io::{self, Write};
use std::path::Path;

use chancery_cades::{CadesError, LongTermCollector, LongTermEvidence, NeededChain};
use chancery_chain::{ChainVerifier, Evidence};
use chancery_digest::{AnyDigest, DigestAlgorithm, Source};
use chancery_key::Password;
use chancery_pdf::{Document, Increment, Reference};
use jiff::Timestamp;

use super::foundation::Foundation;
use super::store;
use super::unsound::{Unsound, UnsoundSignatures};
use crate::extended::ExtendedFile;
use crate::options::{AmbiguousFile, DOCUMENT_TIMESTAMP_ROOM, Unlock};
use crate::{PadesError, ambiguity, save};

/// A PDF whose signatures, ours or another's, are to last: the file, which is neither copied nor changed, and the
/// revisions that are appended to it. Each level is a step, because each needs the result of the one before.
///
/// ```no_run
/// use chancery_chain::{ChainVerifier, Purpose, RevocationPolicy, TrustAnchors};
/// use chancery_pades::LastingPdf;
/// # use chancery_http::Transport;
/// # use chancery_timestamp::TimestampAuthority;
/// # use rand_core::CryptoRng;
///
/// # fn keep<T: Transport>(roots: &TrustAnchors, tsa: &TimestampAuthority<T>, http: &T, now: jiff::Timestamp, rng: &mut impl CryptoRng) -> Result<(), Box<dyn std::error::Error>> {
/// let verifier = ChainVerifier::new(roots, Purpose::DocumentSigning, RevocationPolicy::Require);
/// let pdf = std::fs::read("contract-signed.pdf")?;
/// let signed = LastingPdf::new(&pdf).timestamp(tsa, rng)?;                   // B-T, if it was not: it existed
/// let evidence = signed.collector(&verifier, &verifier, now)?.collect(http)?;
/// let signed = signed.preserve(&evidence)?;                                  // B-LT: who it was, and not revoked
/// let signed = signed.archive(tsa, rng)?;                                    // B-LTA: all of this existed
///
/// // Years later, before the certificate of the timestamp expires or its algorithms weaken:
/// let evidence = signed.collector(&verifier, &verifier, now)?.collect(http)?;
/// signed.preserve(&evidence)?.archive(tsa, rng)?.save("contract-renewed.pdf")?;
/// # Ok(()) }
/// ```
///
/// Nothing that these steps append is a change in the sense of a certification, not even one that allows none (ISO
/// 32000-2, 12.8.2.2, table 257), or of a lock: evidence and timestamps are not part of the document's content.
#[derive(Clone)]
pub struct LastingPdf<'s> {
    pub(super) file: ExtendedFile<'s>,
    pub(super) unlock: Option<Unlock>,
    pub(super) room: usize,
    pub(super) ambiguous: AmbiguousFile,
    pub(super) unsound: UnsoundSignatures,
}

impl<'s> LastingPdf<'s> {
    /// Begins with a file as it is: signed, at whatever level, or not signed at all, to be timestamped.
    #[must_use]
    pub const fn new(pdf: &'s dyn Source) -> Self {
        Self::extending(ExtendedFile::new(pdf, Vec::new()), None)
    }

    pub(crate) const fn extending(file: ExtendedFile<'s>, unlock: Option<Unlock>) -> Self {
        Self {
            file,
            unlock,
            room: DOCUMENT_TIMESTAMP_ROOM,
            ambiguous: AmbiguousFile::Refuse,
            unsound: UnsoundSignatures::Refuse,
        }
    }

    /// The password of an encrypted document, which stays encrypted. `seed` are 32 fresh random bytes, from which the
    /// encryption of what is added takes its initialization vectors: use them once.
    #[must_use]
    pub fn password(self, password: Password, seed: [u8; 32]) -> Self {
        Self { unlock: Some(Unlock { password, seed }), ..self }
    }

    /// How many bytes to reserve for the token of the next timestamps; 16 KiB unless told otherwise.
    #[must_use]
    pub fn timestamp_room(self, bytes: usize) -> Self {
        Self { room: bytes, ..self }
    }

    /// What to do with a file that readers take in different ways.
    #[must_use]
    pub fn ambiguous_file(self, choice: AmbiguousFile) -> Self {
        Self { ambiguous: choice, ..self }
    }

    /// What to do when a signature of the document does not hold; the whole document is refused unless told otherwise.
    #[must_use]
    pub fn unsound_signatures(self, choice: UnsoundSignatures) -> Self {
        Self { unsound: choice, ..self }
    }

    /// The signatures of the document that do not hold, and why: those that [`UnsoundSignatures::PassOver`] passes over.
    ///
    /// # Errors
    /// The document cannot be read.
    pub fn unsound(&self) -> Result<Vec<Unsound>, PadesError> {
        Ok(Foundation::whatever(&self.open()?)?.into_unsound())
    }

    /// The certificates whose chains [`preserve`](Self::preserve) asks for: of the signers and of all timestamps, as far
    /// as no timestamp over the document covers the proof already.
    ///
    /// # Errors
    /// The document cannot be read, a signature in it does not hold, or no timestamp covers it.
    pub fn needed_chains(&self) -> Result<Vec<NeededChain>, PadesError> {
        let needed = self.foundation(&self.open()?)?.needed()?;
        Ok(needed.into_iter().map(|needed| needed.chain).collect())
    }

    /// Collects what [`preserve`](Self::preserve) needs, over any network: see [`LongTermCollector::new`]. What the
    /// document holds is known to it.
    ///
    /// # Errors
    /// As [`needed_chains`](Self::needed_chains).
    pub fn collector<'a>(
        &self,
        signers: &ChainVerifier<'a>,
        timestamps: &ChainVerifier<'a>,
        now: Timestamp,
    ) -> Result<LongTermCollector<'a>, PadesError> {
        let foundation = self.foundation(&self.open()?)?;
        let needed = foundation.needed()?.into_iter().map(|needed| needed.chain).collect();
        Ok(LongTermCollector::of_chains(needed, foundation.known().clone(), signers, timestamps, now))
    }

    /// Appends certificates, CRLs and OCSP answers to the document security store: level B-LT. Also the first half of a
    /// renewal: the evidence of the newest timestamp, before the next one covers it.
    ///
    /// What the store holds already is not written again; if it holds everything, nothing is appended.
    ///
    /// # Errors
    /// As [`needed_chains`](Self::needed_chains); or the evidence lacks something: the error says what, and for whom.
    pub fn preserve(&self, evidence: &LongTermEvidence) -> Result<Self, PadesError> {
        let document = self.open()?;
        let needed = self.foundation(&document)?.needed()?;
        let (mut additions, mut missing) = (Vec::<(String, Evidence)>::new(), Vec::new());
        for needed in needed {
            match evidence.for_chain(&needed.chain) {
                Ok(found) => match additions.iter_mut().find(|(name, _)| *name == needed.signature) {
                    Some((_, known)) => known.extend(found),
                    None => additions.push((needed.signature, found)),
                },
                Err(lacks) => missing.push(lacks),
            }
        }
        if !missing.is_empty() {
            return Err(CadesError::EvidenceIncomplete(missing).into());
        }
        let mut increment = Increment::new(&document);
        if let Some(seed) = self.seed() {
            increment = increment.with_seed(seed);
        }
        // In UTC, as a PDF date (ISO 32000-2, 7.9.4).
        let time = evidence.time().map(|time| time.strftime("D:%Y%m%d%H%M%SZ").to_string());
        let mut preserved = self.clone();
        if store::add(&document, &mut increment, &additions, time.as_deref())? {
            self.refuse_ambiguous(&document, &increment.replaced()?)?;
            preserved.append(&increment.finish()?.bytes);
        }
        Ok(preserved)
    }

    /// What is appended to the file as it was at the beginning.
    #[must_use]
    pub fn appended(&self) -> &[u8] {
        &self.file.appended
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

    /// Saves the whole file, as [`SignedPdf::save`](crate::SignedPdf::save) does: whole or not at all.
    ///
    /// # Errors
    /// If it cannot be written; then nothing is left behind, and a file that had the name is as it was.
    pub fn save(&self, path: impl AsRef<Path>) -> io::Result<()> {
        save::atomically(path.as_ref(), |file| self.write_to(file))
    }

    pub(super) fn foundation(&self, document: &Document<'_>) -> Result<Foundation, PadesError> {
        Foundation::of(document, self.unsound)
    }

    pub(super) fn append(&mut self, revision: &[u8]) {
        self.file.appended.extend_from_slice(revision);
    }

    pub(super) fn open(&self) -> Result<Document<'_>, PadesError> {
        Ok(match &self.unlock {
            Some(unlock) => Document::open_with_password(&self.file, unlock.password.expose())?,
            None => Document::open(&self.file)?,
        })
    }

    /// Each revision has initialization vectors of its own.
    pub(super) fn seed(&self) -> Option<[u8; 32]> {
        let unlock = self.unlock.as_ref()?;
        let mut hasher = DigestAlgorithm::Sha256.hasher();
        hasher.update(&unlock.seed);
        hasher.update(&self.file.len().to_be_bytes());
        hasher.finalize().as_bytes().try_into().ok()
    }

    pub(super) fn refuse_ambiguous(
        &self,
        document: &Document<'_>,
        replaced: &[Reference],
    ) -> Result<(), PadesError> {
        match self.ambiguous {
            AmbiguousFile::Refuse => ambiguity::refuse_to_sign(document, replaced),
            AmbiguousFile::Sign => Ok(()),
            // What has a signature is not repaired; what else readers would repair keeps nothing from lasting.
            AmbiguousFile::Repair => ambiguity::refuse_divided(document, replaced),
        }
    }
}

impl Source for LastingPdf<'_> {
    fn len(&self) -> u64 {
        self.file.len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read_at(offset, buffer)
    }
}
