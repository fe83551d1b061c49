//! Where blobs are kept.

use std::io::{self, Read};

use super::{BlobError, BlobId};
use crate::{AnyDigest, DigestAlgorithm, Source};

/// Keeps blobs, each under the digest of its bytes: the revisions of documents that a log or a database names by
/// digest only. Implement it for the object storage that you have; [`blob_store_conformance!`] holds your store to
/// the promises below.
///
/// - **Durable first.** When [`put`](Self::put) returns, the blob survives a crash and a power failure. So put first,
///   then commit what names the blob; the other way round, a crash leaves a record of something that does not exist.
///   What is put and never named by a commit is litter, no harm: remove it when you know that nobody is about to name
///   it.
/// - **Whole or not there.** Nobody ever sees a part of a blob, whatever happens to the writer.
/// - **What is read is what was put.** [`open`](Self::open) reads all bytes once and compares their digest.
///
/// ```
/// use chancery_digest::{BlobStore, MemoryBlobStore, Source};
///
/// let store = MemoryBlobStore::new();
/// let contract = store.put(&mut &b"I approve this contract"[..], 1_000_000)?;
/// assert_eq!(store.open(&contract.id())?.len(), contract.length());
/// # Ok::<(), chancery_digest::BlobError>(())
/// ```
///
/// [`blob_store_conformance!`]: crate::blob_store_conformance
pub trait BlobStore: Send + Sync {
    /// Keeps all that the reader gives, durably, and says under which name. The same bytes again, also by many
    /// writers at once, are the same blob, and a damaged one is mended by it.
    ///
    /// # Errors
    /// [`BlobError::TooLong`] above `limit` bytes, [`BlobError::Reader`] if the reader fails,
    /// [`BlobError::Medium`] if the store does.
    fn put(&self, bytes: &mut dyn Read, limit: u64) -> Result<KeptBlob, BlobError>;

    /// Opens a blob, after all its bytes were read once and proven to be those of its name. What somebody overwrites
    /// in place later, while you read, is not noticed.
    ///
    /// # Errors
    /// [`BlobError::Missing`] if it is not there, [`BlobError::Damaged`] or [`BlobError::NotAFile`] if other bytes
    /// stand in its place, [`BlobError::Medium`] if the store fails.
    fn open(&self, blob: &BlobId) -> Result<Box<dyn Source>, BlobError>;

    /// Removes a blob for good; a source that is open already may stay readable. Whether anything still names the
    /// blob is for the caller to know, and so is that nobody puts it at the same moment.
    ///
    /// # Errors
    /// [`BlobError::Medium`] if the store fails. That there is no such blob is no error.
    fn remove(&self, blob: &BlobId) -> Result<Removal, BlobError>;
}

/// A blob that is kept.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct KeptBlob {
    id: BlobId,
    length: u64,
}

impl KeptBlob {
    /// For stores: after the blob is durable.
    #[must_use]
    pub const fn new(id: BlobId, length: u64) -> Self {
        Self { id, length }
    }

    /// Its name.
    #[must_use]
    pub const fn id(&self) -> BlobId {
        self.id
    }

    /// Its length in bytes.
    #[must_use]
    pub const fn length(&self) -> u64 {
        self.length
    }
}

/// What removing a blob came to.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Removal {
    /// It was there and is gone.
    Removed,
    /// It was not there.
    WasMissing,
}

/// Reads to the end, gives each piece to `take`, and names the whole: what every store does with the reader of
/// [`BlobStore::put`]. Not a byte more than `limit` reaches `take`.
///
/// # Errors
/// [`BlobError::TooLong`], [`BlobError::Reader`], or what `take` answers.
pub fn read_blob(
    bytes: &mut dyn Read,
    limit: u64,
    mut take: impl FnMut(&[u8]) -> Result<(), BlobError>,
) -> Result<KeptBlob, BlobError> {
    let mut hasher = DigestAlgorithm::Sha256.hasher();
    let mut buffer = vec![0; 64 * 1024];
    let mut length = 0;
    loop {
        let piece = match bytes.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => buffer.get(..count).ok_or_else(|| BlobError::Reader(reads_too_much()))?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(BlobError::Reader(error)),
        };
        length += piece.len() as u64;
        if length > limit {
            return Err(BlobError::TooLong { limit });
        }
        hasher.update(piece);
        take(piece)?;
    }
    Ok(KeptBlob::new(BlobId::from_sha256(&hasher.finalize()), length))
}

/// Reads all bytes of what stands under a name and compares: what every store does before [`BlobStore::open`] answers.
///
/// # Errors
/// [`BlobError::Damaged`] if they are others, [`BlobError::Medium`] if they cannot be read.
pub fn prove_blob(blob: &BlobId, source: &(impl Source + ?Sized)) -> Result<(), BlobError> {
    let found = DigestAlgorithm::Sha256
        .digest_source(source)
        .map_err(BlobError::medium("read a blob that it keeps"))?;
    let found = BlobId::from_sha256(&found);
    if found == *blob { Ok(()) } else { Err(BlobError::Damaged { blob: *blob, found }) }
}

fn reads_too_much() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the reader claims more bytes than there was room for")
}
