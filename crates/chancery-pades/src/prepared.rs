//! A PDF that lacks only its signature.

use std::ops::Range;

use chancery_cades::CadesSignature;
use chancery_certificate::Certificate;
use chancery_cms::PreparedMessage;
use chancery_digest::{AnyDigest, Digest, DigestAlgorithm, Source};
use chancery_key::{SignatureValue, ToBeSigned};
use chancery_pdf::Repaired;

use crate::extended::ExtendedFile;
use crate::meaning::Statement;
use crate::options::Options;
use crate::{AskedTimestamp, PadesError, SignedPdf};

/// A PDF that lacks only the signature value.
///
/// Sign its [`to_be_signed`](Self::to_be_signed), then [`finish`](Self::finish). If that takes longer than this
/// process lives, store [`to_bytes`](Self::to_bytes): they hold what was asked for, not the document.
pub struct PreparedPdf<'s> {
    pub(crate) source: &'s dyn Source,
    /// What will be appended, with the room for the signature still empty.
    pub(crate) appended: Vec<u8>,
    pub(crate) layout: Layout,
    pub(crate) message: PreparedMessage,
    pub(crate) chain: Vec<Certificate>,
    pub(crate) options: Options,
    /// The timestamp that the field asks for.
    pub(crate) timestamp: Option<AskedTimestamp>,
    /// What was done to read the document.
    pub(crate) repairs: Vec<Repaired>,
}

/// Where things stand in the appended bytes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Layout {
    /// The length of the original.
    pub(crate) source_len: u64,
    /// `/Contents` with its angle brackets.
    pub(crate) contents: Range<usize>,
    /// How much of it was for timestamps.
    pub(crate) timestamp_room: usize,
}

impl Layout {
    /// The four numbers of `/ByteRange`: everything but `/Contents` with its brackets.
    pub(crate) fn byte_range(&self, appended_len: usize) -> [u64; 4] {
        let before = self.source_len + self.contents.start as u64;
        let after = self.source_len + self.contents.end as u64;
        [0, before, after, (appended_len - self.contents.end) as u64]
    }

    /// The digest of everything but `/Contents`, in one pass.
    pub(crate) fn digest(
        &self,
        algorithm: DigestAlgorithm,
        source: &dyn Source,
        appended: &[u8],
    ) -> Result<Digest, PadesError> {
        let mut hasher = algorithm.hasher();
        hasher.update_from(source, 0..self.source_len)?;
        hasher.update(&appended[..self.contents.start]);
        hasher.update(&appended[self.contents.end..]);
        Ok(hasher.finalize())
    }

    /// Writes a CMS message into its place, the rest zero.
    pub(crate) fn embed(&self, appended: &mut [u8], message: &[u8]) -> Result<(), PadesError> {
        let digit = |value: u8| value + if value < 10 { b'0' } else { b'a' - 10 };
        let digits = &mut appended[self.contents.start + 1..self.contents.end - 1];
        let (have, need) = (digits.len() / 2, message.len());
        if need > have {
            return Err(PadesError::NoRoom { need, have, room: self.timestamp_room });
        }
        let (digits, unused) = digits.split_at_mut(2 * need);
        for (pair, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(message) {
            *pair = [digit(byte >> 4), digit(byte & 15)];
        }
        unused.fill(b'0');
        Ok(())
    }
}

impl<'s> PreparedPdf<'s> {
    /// What the key has to sign. Only its digest has to leave the house.
    #[must_use]
    pub const fn to_be_signed(&self) -> &ToBeSigned {
        self.message.to_be_signed()
    }

    /// The signer's certificate and those above it, as they were given; never empty.
    #[must_use]
    pub fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    /// What the signature says: who signs, why, and when, as its dictionary and its appearance have it. What is recorded
    /// of the signature elsewhere takes its words from here.
    ///
    /// # Errors
    /// Never for what was prepared.
    pub fn statement(&self) -> Result<Statement, PadesError> {
        let signer = self.chain.first().ok_or(PadesError::NoCertificate)?;
        Statement::of(&self.options, signer)
    }

    /// The timestamp that the field asks for, in its seed values: as a rule or as a wish.
    #[must_use]
    pub const fn asked_timestamp(&self) -> Option<&AskedTimestamp> {
        self.timestamp.as_ref()
    }

    /// What was done to read a damaged document ([`AmbiguousFile::Repair`](crate::AmbiguousFile::Repair)); empty if
    /// nothing was. The signature fixes the reading that came of it.
    #[must_use]
    pub fn repairs(&self) -> &[Repaired] {
        &self.repairs
    }

    /// Puts the signature value in. One that comes from outside this process is verified first.
    ///
    /// A field may demand a timestamp over the signature ([`asked_timestamp`](Self::asked_timestamp)). It can only be
    /// added afterwards ([`SignedPdf::timestamp`]), and must be, before the document goes out: until then, the signature
    /// is not what the field wants.
    ///
    /// # Errors
    /// If the value was not made over these bytes with the key of the certificate.
    pub fn finish(self, signature: SignatureValue) -> Result<SignedPdf<'s>, PadesError> {
        let Self { source, mut appended, layout, message, options, timestamp, repairs, .. } = self;
        let signature = CadesSignature::first_of(message.finish(signature)?)?;
        layout.embed(&mut appended, signature.message().to_bytes())?;
        Ok(SignedPdf {
            file: ExtendedFile::new(source, appended),
            layout,
            signature,
            unlock: options.unlock,
            timestamp,
            repairs,
        })
    }
}
