//! A PDF that lacks only its signature.

use std::ops::Range;

use chancery_cades::CadesSignature;
use chancery_certificate::{AlgorithmIdentifier, Certificate};
use chancery_cms::PreparedMessage;
use chancery_digest::{AnyDigest, Digest, DigestAlgorithm, Source};
use chancery_key::{ClaimedAlgorithm, SignatureAlgorithm, SignatureValue, ToBeSigned};

use crate::message::message;
use crate::stored::{Stored, StoredReader};
use crate::{PadesError, SignedPdf};

/// A PDF that lacks only the signature value.
///
/// Sign its [`to_be_signed`](Self::to_be_signed), then [`finish`](Self::finish). If that takes longer than this
/// process lives, store [`to_bytes`](Self::to_bytes): they hold what will be appended, not the document.
pub struct PreparedPdf<'s> {
    pub(crate) source: &'s dyn Source,
    /// What will be appended, with the room for the signature still empty.
    pub(crate) appended: Vec<u8>,
    pub(crate) layout: Layout,
    pub(crate) message: PreparedMessage,
    pub(crate) chain: Vec<Certificate>,
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
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digits = &mut appended[self.contents.start + 1..self.contents.end - 1];
        let (have, need) = (digits.len() / 2, message.len());
        if need > have {
            return Err(PadesError::NoRoom { need, have, room: self.timestamp_room });
        }
        let (digits, unused) = digits.split_at_mut(2 * need);
        for (pair, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(message) {
            *pair = [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
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

    /// Puts the signature value in. One that comes from outside this process is verified first.
    ///
    /// # Errors
    /// If the value was not made over these bytes with the key of the certificate.
    pub fn finish(self, signature: SignatureValue) -> Result<SignedPdf<'s>, PadesError> {
        let Self { source, mut appended, layout, message, .. } = self;
        let signature = CadesSignature::first_of(message.finish(signature)?)?;
        layout.embed(&mut appended, signature.message().to_bytes())?;
        Ok(SignedPdf { source, appended, layout, signature })
    }

    /// What is needed to finish later, in another process. Holds what will be appended, certificates and numbers,
    /// but neither the document nor a secret.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let algorithm = self.to_be_signed().algorithm();
        let mut stored = Stored::new();
        stored.number(self.layout.source_len);
        stored.number(self.layout.contents.start as u64);
        stored.number(self.layout.contents.end as u64);
        stored.number(self.layout.timestamp_room as u64);
        stored.bytes(&self.appended);
        stored.bytes(&algorithm.to_algorithm_identifier().unwrap_or_default());
        stored.bytes(algorithm.digest().oid().as_bytes());
        stored.bytes(self.to_be_signed().bytes());
        stored.number(self.chain.len() as u64);
        self.chain.iter().for_each(|certificate| stored.bytes(certificate.to_der()));
        stored.into_bytes()
    }
}

/// A [`PreparedPdf`] read back from storage, which waits for its document. Storage is not trusted: everything is
/// computed anew from the document and compared.
#[derive(Clone, Debug)]
pub struct StoredPdf {
    appended: Vec<u8>,
    layout: Layout,
    algorithm: SignatureAlgorithm,
    to_be_signed: Vec<u8>,
    chain: Vec<Certificate>,
}

/// A chain is rarely longer than four; this bounds what storage can make us read.
const MAX_CHAIN: u64 = 32;

impl StoredPdf {
    /// Reads what [`PreparedPdf::to_bytes`] wrote.
    ///
    /// # Errors
    /// If it is damaged or of another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PadesError> {
        let mut stored = StoredReader::new(bytes)?;
        let source_len = stored.number()?;
        let contents = stored.index()?..stored.index()?;
        let timestamp_room = stored.index()?;
        let appended = stored.bytes()?.to_vec();
        let digits_stand_in_brackets =
            contents.end.checked_sub(contents.start).is_some_and(|length| length >= 2)
                && appended.get(contents.start) == Some(&b'<')
                && contents.end.checked_sub(1).and_then(|last| appended.get(last)) == Some(&b'>');
        if !digits_stand_in_brackets {
            return Err(PadesError::Stored {
                reason: "the place of the signature is not in what was stored",
            });
        }
        let identifier = stored.bytes()?;
        let digest = stored.bytes()?;
        let algorithm = read_algorithm(identifier, digest)?;
        let to_be_signed = stored.bytes()?.to_vec();
        let count = stored.number()?;
        if count > MAX_CHAIN {
            return Err(PadesError::Stored { reason: "the certificate chain is too long" });
        }
        let chain = (0..count).map(|_| Ok(Certificate::from_der(stored.bytes()?)?));
        let chain = chain.collect::<Result<_, PadesError>>()?;
        stored.finish()?;
        let layout = Layout { source_len, contents, timestamp_room };
        Ok(Self { appended, layout, algorithm, to_be_signed, chain })
    }

    /// Joins what was stored with its document, which is read once.
    ///
    /// # Errors
    /// [`PadesError::OtherDocument`] if this is not the document that was prepared.
    pub fn with<'s>(&self, pdf: &'s dyn Source) -> Result<PreparedPdf<'s>, PadesError> {
        if pdf.len() != self.layout.source_len {
            return Err(PadesError::OtherDocument);
        }
        let digest = self.layout.digest(self.algorithm.digest(), pdf, &self.appended)?;
        let message = message(&self.chain, self.algorithm, digest)?;
        if message.to_be_signed().bytes() != self.to_be_signed {
            return Err(PadesError::OtherDocument);
        }
        let (appended, layout, chain) = (self.appended.clone(), self.layout.clone(), self.chain.clone());
        Ok(PreparedPdf { source: pdf, appended, layout, message, chain })
    }
}

fn read_algorithm(identifier: &[u8], digest: &[u8]) -> Result<SignatureAlgorithm, PadesError> {
    let wrong = PadesError::Stored { reason: "the algorithm cannot be read" };
    let Ok(identifier) = AlgorithmIdentifier::from_der(identifier) else { return Err(wrong) };
    let known = DigestAlgorithm::ALL.iter().copied().find(|known| known.oid().as_bytes() == digest);
    let Some(known) = known else { return Err(wrong) };
    ClaimedAlgorithm::from_cms(&identifier, known.into())?.current().ok_or(wrong)
}
