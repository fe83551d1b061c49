//! Level B-LTA: a timestamp over the signature and everything that it is judged by.

use chancery_cms::{Attribute, SignerCheck};
use chancery_digest::{Digest, DigestAlgorithm, Digests};
use chancery_timestamp::MatchingToken;

use crate::attributes::{ARCHIVE_TIMESTAMP_V3, HASH_INDEX_V3};
use crate::catalogue::Catalogue;
use crate::error::CadesError;
use crate::hash_index::HashIndex;
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
    index: HashIndex,
    digest: Digest,
    /// The youngest of the timestamps that will be covered.
    youngest: Option<jiff::Timestamp>,
}

impl PreparedArchive {
    pub(crate) fn new(
        signature: &CadesSignature,
        content: &Digests,
        algorithm: DigestAlgorithm,
    ) -> Result<Self, CadesError> {
        let (message, signer) = (signature.message(), signature.signer()?);
        let foundation = needed::of_signer(message, signature.index(), signer)?;
        let needed: Vec<_> =
            foundation.needed.into_iter().map(|needed| (needed.holder, needed.certificate)).collect();
        let open = needed::not_enclosed(message, signer, &needed);
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
        let digest = imprint::archive_v3(&catalogue, &content, index.to_der()).into_iter().next();
        let digest = digest.and_then(|digest| Digest::from_parts(algorithm, digest.as_bytes()).ok());
        let Some(digest) = digest else {
            return Err(CadesError::ContentDigestMissing { algorithm: algorithm.name() });
        };
        let times = foundation.stamps.iter().filter_map(|stamp| Some(stamp.token.as_ref().ok()?.time()));
        Ok(Self { signature: signature.clone(), index, digest, youngest: times.max() })
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
        let index = Attribute::new(HASH_INDEX_V3, self.index.to_der());
        let token = token.message().with_unsigned_attribute(0, &index)?;
        let attribute = Attribute::new(ARCHIVE_TIMESTAMP_V3, token.into_bytes());
        // Recommended in 5.5.3, so that whoever reads the content in one pass makes the digest.
        let message = self.signature.message().announcing(self.digest.algorithm())?;
        let message = message.with_unsigned_attribute(self.signature.index(), &attribute)?;
        CadesSignature::of(message, self.signature.index())
    }
}
