//! What can go wrong with blobs.

use std::io;

use super::id::BlobId;

/// Why a store could not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BlobError {
    /// The store holds no blob of this name.
    #[error("there is no blob {blob}")]
    Missing {
        /// The blob that was asked for.
        blob: BlobId,
    },
    /// What is kept under this name are other bytes: the medium is damaged, or somebody changed it. Putting the
    /// right bytes again mends it.
    #[error("blob {blob} is damaged: its bytes are those of {found}")]
    Damaged {
        /// The blob that was asked for.
        blob: BlobId,
        /// What the bytes found there would be called.
        found: BlobId,
    },
    /// What stands at the place of the blob is no ordinary file: a link, a folder, a device.
    #[error("at the place of blob {blob} there is something else than an ordinary file")]
    NotAFile {
        /// The blob that was asked for.
        blob: BlobId,
    },
    /// The reader gives more bytes than the caller allowed. Nothing was kept.
    #[error("the blob is longer than the {limit} bytes allowed")]
    TooLong {
        /// The number of bytes that was allowed.
        limit: u64,
    },
    /// The reader failed that the bytes of the new blob came from. Nothing was kept.
    #[error("the bytes of the new blob could not be read")]
    Reader(#[source] io::Error),
    /// The medium failed. [`io::ErrorKind::StorageFull`] in it means what it says. After a failed
    /// [`put`](super::BlobStore::put) nothing is promised: the blob may be there or not, and putting it again is
    /// safe.
    #[error("the store could not {doing}")]
    Medium {
        /// What it was about to do.
        doing: &'static str,
        /// What the system says.
        #[source]
        source: io::Error,
    },
}

impl BlobError {
    /// For [`Result::map_err`].
    pub(super) fn medium(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Medium { doing, source }
    }
}

/// Why a text or a digest names no blob.
#[derive(Copy, Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidBlobId {
    /// Blobs are named by SHA-256.
    #[error("a blob is named by its SHA-256 digest, not by one of {found}")]
    OfAnotherAlgorithm {
        /// The algorithm that was given.
        found: &'static str,
    },
    /// A name is 64 digits of `0-9a-f`.
    #[error("the name of a blob is 64 lower-case hexadecimal digits")]
    NotHexadecimal,
}
