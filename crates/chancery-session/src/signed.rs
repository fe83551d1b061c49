//! A turn with its signature, which nobody has verified yet.

use std::fmt;

use chancery_cades::CadesSignature;
use chancery_cms::SignedMessage;
use chancery_digest::{BlobId, Digest, DigestAlgorithm};
use chancery_http::Transport;
use chancery_pades::SignedPdf;
use chancery_timestamp::{MatchingToken, TimestampAuthority};
use chancery_workflow::{ContentDigest, Pinned};
use rand_core::CryptoRng;

use crate::base::SignedFile;
use crate::error::SessionError;
use crate::prepared::Words;
use crate::turn::Turn;

/// A turn with its signature in place. It may get its timestamp now; then [`Desk::pass`](crate::Desk::pass) verifies it.
pub struct SignedTurn<'t> {
    pub(crate) turn: &'t Turn,
    pub(crate) made: Signed<'t>,
    pub(crate) words: Words,
    pub(crate) to_be_signed: Digest,
    pub(crate) timestamp: Option<ContentDigest>,
}

/// What was signed.
pub(crate) enum Signed<'t> {
    Pdf(Box<SignedPdf<'t>>),
    File { signature: Box<CadesSignature>, base: &'t SignedFile },
}

impl<'t> SignedTurn<'t> {
    /// Asks an authority for a timestamp over the signature and puts it in (B-T): with it the signature holds beyond the
    /// end of the signer's certificate.
    ///
    /// # Errors
    /// If the authority gives none, or there is no room for it. Nothing is lost: ask again, or another.
    pub fn timestamp<T: Transport>(
        &mut self,
        authority: &TimestampAuthority<T>,
        rng: &mut impl CryptoRng,
    ) -> Result<(), SessionError> {
        let signature = match &self.made {
            Signed::Pdf(pdf) => pdf.signature(),
            Signed::File { signature, .. } => signature,
        };
        let digest = signature.timestamp_digest(DigestAlgorithm::Sha256);
        let token = authority.stamp(&digest, rng)?;
        self.with_timestamp(&token)
    }

    /// Puts a timestamp over the signature in.
    ///
    /// # Errors
    /// If it is over something else, or there is no room for it.
    pub fn with_timestamp(&mut self, token: &MatchingToken) -> Result<(), SessionError> {
        match &mut self.made {
            Signed::Pdf(pdf) => pdf.with_timestamp(token)?,
            Signed::File { signature, .. } => **signature = signature.with_timestamp(token)?,
        }
        self.timestamp = Some(ContentDigest::from_bytes(*BlobId::of(token.to_der()).as_bytes()));
        Ok(())
    }

    /// The signed document; none if the signature stands beside it.
    #[must_use]
    pub fn pdf(&self) -> Option<&SignedPdf<'t>> {
        match &self.made {
            Signed::Pdf(pdf) => Some(pdf),
            Signed::File { .. } => None,
        }
    }

    /// The message that holds the signature: in a PDF alone, beside a file together with those of all who signed before.
    #[must_use]
    pub fn message(&self) -> &SignedMessage {
        match &self.made {
            Signed::Pdf(pdf) => pdf.message(),
            Signed::File { signature, .. } => signature.message(),
        }
    }

    pub(crate) const fn pinned(&self) -> Pinned {
        Pinned {
            document: self.turn.place.document,
            base: self.turn.base.digest,
            to_be_signed: self.to_be_signed,
        }
    }
}

impl fmt::Debug for SignedTurn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedTurn")
            .field("place", &self.turn.place)
            .field("pinned", &self.pinned())
            .finish_non_exhaustive()
    }
}
