//! A revision that a signature is to be added to.

use chancery_digest::{BlobId, BlobStore, Source};
use chancery_workflow::ContentDigest;

use crate::error::SessionError;

/// A revision, opened by its digest; all its bytes were compared with it.
pub(crate) struct Base {
    pub(crate) digest: ContentDigest,
    pub(crate) bytes: Box<dyn Source>,
}

impl Base {
    pub(crate) fn open(store: &dyn BlobStore, digest: ContentDigest) -> Result<Self, SessionError> {
        Ok(Self { digest, bytes: store.open(&blob(digest))? })
    }
}

/// Revisions are kept under the digests by which workflows name them.
pub(crate) fn blob(digest: ContentDigest) -> BlobId {
    BlobId::from_bytes(digest.to_bytes())
}
