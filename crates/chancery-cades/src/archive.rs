//! Level B-LTA: a timestamp over the signature and everything that it is judged by.

use chancery_cms::{Attribute, SignerCheck};
use chancery_digest::{Digest, DigestAlgorithm, Digests};
use chancery_http::Transport;
use chancery_timestamp::{MatchingToken, TimestampAuthority};
use rand_core::CryptoRng;

use crate::attributes::{ARCHIVE_TIMESTAMP_V3, HASH_INDEX_V3};
use crate::catalogue::Catalogue;
use crate::error::CadesError;
use crate::signature::CadesSignature;
use crate::{imprint, needed};

/// A signature that lacks only its archive timestamp (EN 319 122-1, 5.5.3). Have its [`digest`](Self::digest) stamped,
/// then [`finish`](Self::finish): over whatever network, now or later.
///
/// Nothing needs to be stored in between but the signature itself: the same signature gives the same digest again.
#[derive(Clone, Debug)]
#[must_use]
pub struct PreparedArchive {
    signature: CadesSignature,
    /// The index of what is covered, as it is written.
    index: Vec<u8>,
    digest: Digest,
    /// The youngest of the timestamps that will be covered.
    youngest: Option<jiff::Timestamp>,
}

impl CadesSignature {
    /// Asks an authority for a timestamp over the signature with everything that is there, and puts it in: level B-LTA, or
    /// its renewal. For a message that holds its content.
    ///
    /// # Errors
    /// The evidence is not in the message yet, the signature does not hold, the content is elsewhere, or the authority
    /// gives no timestamp. The signature is not lost, it is borrowed.
    pub fn archive<T: Transport>(
        &self,
        authority: &TimestampAuthority<T>,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, CadesError> {
        self.archive_detached(&self.message().content_digests(), authority, rng)
    }

    /// The same for detached content, by its digests alone: those that [`content_algorithms`](Self::content_algorithms)
    /// names.
    ///
    /// # Errors
    /// As for [`archive`](Self::archive), or one of the digests is missing.
    pub fn archive_detached<T: Transport>(
        &self,
        content: &Digests,
        authority: &TimestampAuthority<T>,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, CadesError> {
        let prepared = self.prepare_archive(content, DigestAlgorithm::Sha256)?;
        let token = authority.stamp(prepared.digest(), rng)?;
        prepared.finish(&token)
    }

    /// Prepares an archive timestamp whose digests are made with this algorithm: have its digest stamped, then finish it.
    ///
    /// `content` are digests of the signed content by the signature's own algorithm and by this one; for a message that
    /// holds its content they may be left out.
    ///
    /// # Errors
    /// The evidence is not in the message yet, the signature does not hold, or a digest is missing.
    pub fn prepare_archive(
        &self,
        content: &Digests,
        algorithm: DigestAlgorithm,
    ) -> Result<PreparedArchive, CadesError> {
        PreparedArchive::new(self, content, algorithm)
    }
}

impl PreparedArchive {
    pub(crate) fn new(
        signature: &CadesSignature,
        content: &Digests,
        algorithm: DigestAlgorithm,
    ) -> Result<Self, CadesError> {
        let (message, signer) = (signature.message(), signature.signer()?);
        let foundation = signature.foundation()?;
        let needed = foundation.needed.iter();
        let needed: Vec<_> =
            needed.map(|needed| (needed.holder.clone(), needed.certificate.clone())).collect();
        let open = needed::lacking(&foundation.carried, &needed);
        if !open.is_empty() {
            return Err(CadesError::NotPreserved(open));
        }
        // What a message holds is its content, whatever is given beside it.
        let own = message.content_digests();
        let given = if message.is_detached() { content } else { &own };
        let digest = |algorithm| {
            imprint::content_digest(message, given, algorithm)
                .ok_or(CadesError::ContentDigestMissing { algorithm: algorithm.name() })
        };
        let content = digest(algorithm.into())?;
        let signed = signer.digest_algorithm().map(digest).transpose()?;
        let digests = Digests::of([content].into_iter().chain(signed));
        if let SignerCheck::Faulty(faults) = signer.check(message, &digests, &[]) {
            return Err(CadesError::NotSound(faults));
        }
        let catalogue = Catalogue::new(message, signer)?;
        let index = catalogue.index(algorithm);
        let digest = imprint::archive_v3(&catalogue, &content, &index).into_iter().next();
        let digest = digest.and_then(|digest| Digest::from_parts(algorithm, digest.as_bytes()).ok());
        let Some(digest) = digest else {
            return Err(CadesError::ContentDigestMissing { algorithm: algorithm.name() });
        };
        Ok(Self { signature: signature.clone(), index, digest, youngest: foundation.youngest })
    }

    /// The digest that has to be stamped: the message imprint of the timestamp.
    #[must_use]
    pub const fn digest(&self) -> &Digest {
        &self.digest
    }

    /// Puts the timestamp in, with the list of what it covers: level B-LTA.
    ///
    /// # Errors
    /// The timestamp is over something else, or older than one that it covers.
    pub fn finish(self, token: &MatchingToken) -> Result<CadesSignature, CadesError> {
        MatchingToken::from_token(token.to_der(), &Digests::of([self.digest.into()]))
            .map_err(|_| CadesError::TimestampOfOtherSignature)?;
        if let Some(earlier) = self.youngest.filter(|earlier| token.time() < *earlier) {
            return Err(CadesError::TimestampOutOfOrder { time: token.time(), earlier });
        }
        let index = Attribute::new(HASH_INDEX_V3, self.index);
        let token = token.message().with_unsigned_attribute(0, &index)?;
        let attribute = Attribute::new(ARCHIVE_TIMESTAMP_V3, token.into_bytes());
        // Recommended in 5.5.3, so that whoever reads the content in one pass makes the digest.
        let message = self.signature.message().announcing(self.digest.algorithm())?;
        let message = message.with_unsigned_attribute(self.signature.index(), &attribute)?;
        Ok(self.signature.grown(message))
    }
}
