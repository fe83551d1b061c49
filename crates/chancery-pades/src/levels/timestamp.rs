//! A timestamp over the document, in two halves around the authority.

use chancery_cades::CadesError;
use chancery_digest::{Digest, DigestAlgorithm, Digests};
use chancery_http::Transport;
use chancery_pdf::{Dictionary, Document};
use chancery_timestamp::{MatchingToken, TimestampAuthority};
use jiff::Timestamp;
use rand_core::CryptoRng;

use super::lasting::LastingPdf;
use crate::PadesError;
use crate::declarations::Extension;
use crate::dictionary::Kind;
use crate::field::WantedField;
use crate::prepared::Layout;
use crate::room::{self, Room, Wanted};
use crate::standing::Standing;

impl<'s> LastingPdf<'s> {
    /// Asks an authority for a timestamp over the whole document and appends it: proof that everything in it existed.
    /// Signatures without a timestamp of their own become B-T by it; a document that nobody signed is just timestamped.
    ///
    /// # Errors
    /// The document cannot be read, the authority gives no timestamp, or there is no room for it.
    pub fn timestamp<T: Transport>(
        &self,
        authority: &TimestampAuthority<T>,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, PadesError> {
        self.prepare_timestamp(DigestAlgorithm::Sha256)?.ask(authority, rng)
    }

    /// The first half of [`timestamp`](Self::timestamp), for any transport.
    ///
    /// # Errors
    /// The document cannot be read.
    pub fn prepare_timestamp(&self, algorithm: DigestAlgorithm) -> Result<PreparedTimestamp<'s>, PadesError> {
        self.prepare(&self.open()?, algorithm, (Proves::Document, None))
    }

    /// Asks an authority for a timestamp over the document with all evidence and appends it: level B-LTA, or its renewal.
    ///
    /// # Errors
    /// The document does not hold the evidence yet, as far as that can be seen without judging it; else as
    /// [`timestamp`](Self::timestamp).
    pub fn archive<T: Transport>(
        &self,
        authority: &TimestampAuthority<T>,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, PadesError> {
        self.prepare_archive(DigestAlgorithm::Sha256)?.ask(authority, rng)
    }

    /// The first half of [`archive`](Self::archive), for any transport.
    ///
    /// # Errors
    /// As [`archive`](Self::archive), but for what the authority does.
    pub fn prepare_archive(&self, algorithm: DigestAlgorithm) -> Result<PreparedTimestamp<'s>, PadesError> {
        let document = self.open()?;
        let foundation = self.foundation(&document)?;
        foundation.needed()?;
        let missing = foundation.lacking();
        if !missing.is_empty() {
            return Err(CadesError::NotPreserved(missing).into());
        }
        self.prepare(&document, algorithm, (Proves::Evidence, foundation.youngest()))
    }

    fn prepare(
        &self,
        document: &Document<'_>,
        algorithm: DigestAlgorithm,
        (proves, youngest): (Proves, Option<Timestamp>),
    ) -> Result<PreparedTimestamp<'s>, PadesError> {
        let room = self.room;
        let wanted = Wanted {
            field: WantedField { kind: Kind::Timestamp, name: None, page: 0, visible: None, lock: None },
            texts: Dictionary::new(),
            certification: None,
            extensions: &[Extension::LongTerm],
            room,
            timestamp_room: room,
            seed: self.seed(),
        };
        let room = room::append(Standing::of(document)?, &wanted)?;
        let Room { appended: revision, layout, replaced, .. } = room;
        self.refuse_ambiguous(document, &replaced)?;
        let digest = layout.digest(algorithm, &self.file, &revision)?;
        Ok(PreparedTimestamp { pdf: self.clone(), revision, layout, digest, proves, youngest })
    }
}

/// What a timestamp over a document is for.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(super) enum Proves {
    /// That the document existed.
    Document,
    /// That everything existed by which its signatures are judged: level B-LTA.
    Evidence,
}

/// A document that lacks only the timestamp over all of it.
///
/// Have its [`digest`](Self::digest) stamped, by whatever transport, and [`finish`](Self::finish) with the token. If that
/// takes longer than this process lives, store [`to_bytes`](Self::to_bytes).
pub struct PreparedTimestamp<'s> {
    pub(super) pdf: LastingPdf<'s>,
    /// What will be appended, with the room for the token still empty.
    revision: Vec<u8>,
    layout: Layout,
    digest: Digest,
    pub(super) proves: Proves,
    /// The time of the newest timestamp that this one will cover, where that was read.
    youngest: Option<Timestamp>,
}

impl<'s> PreparedTimestamp<'s> {
    /// The digest that has to be stamped: of the whole file but the room for the token.
    #[must_use]
    pub const fn digest(&self) -> &Digest {
        &self.digest
    }

    /// Puts the token in.
    ///
    /// # Errors
    /// It is over something else, older than one that it covers, or longer than its room:
    /// [`PadesError::NoRoom`] says how much is needed. Nothing is lost: prepare anew with more
    /// [`timestamp_room`](LastingPdf::timestamp_room), and ask for another token.
    pub fn finish(self, token: &MatchingToken) -> Result<LastingPdf<'s>, PadesError> {
        let Self { mut pdf, mut revision, layout, digest, youngest, .. } = self;
        MatchingToken::from_token(token.to_der(), &Digests::of([digest.into()]))
            .map_err(|_| CadesError::TimestampOfOtherSignature)?;
        if let Some(earlier) = youngest.filter(|earlier| token.time() < *earlier) {
            return Err(CadesError::TimestampOutOfOrder { time: token.time(), earlier }.into());
        }
        layout.embed(&mut revision, token.to_der())?;
        pdf.append(&revision);
        Ok(pdf)
    }

    fn ask<T: Transport>(
        self,
        authority: &TimestampAuthority<T>,
        rng: &mut impl CryptoRng,
    ) -> Result<LastingPdf<'s>, PadesError> {
        let token = authority.stamp(self.digest(), rng).map_err(CadesError::from)?;
        self.finish(&token)
    }
}
