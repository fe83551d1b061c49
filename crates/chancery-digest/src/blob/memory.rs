//! Blobs in memory, for tests.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::store::{prove_blob, read_blob};
use super::{BlobError, BlobId, BlobStore, KeptBlob, Removal};
use crate::Source;

/// Keeps blobs as long as it lives: for tests, and for what need not outlive the process.
#[derive(Debug, Default)]
pub struct MemoryBlobStore {
    blobs: Mutex<BTreeMap<BlobId, Arc<Vec<u8>>>>,
}

impl MemoryBlobStore {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    // The map is never left half changed, so another thread's panic while it was locked does no harm.
    fn blobs(&self) -> MutexGuard<'_, BTreeMap<BlobId, Arc<Vec<u8>>>> {
        self.blobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl BlobStore for MemoryBlobStore {
    fn put(&self, bytes: &mut dyn Read, limit: u64) -> Result<KeptBlob, BlobError> {
        let mut content = Vec::new();
        let kept = read_blob(bytes, limit, |piece| {
            content.extend_from_slice(piece);
            Ok(())
        })?;
        self.blobs().insert(kept.id(), Arc::new(content));
        Ok(kept)
    }

    fn open(&self, blob: &BlobId) -> Result<Box<dyn Source>, BlobError> {
        let content = self.blobs().get(blob).cloned().ok_or(BlobError::Missing { blob: *blob })?;
        prove_blob(blob, &content)?;
        Ok(Box::new(content))
    }

    fn remove(&self, blob: &BlobId) -> Result<Removal, BlobError> {
        Ok(self.blobs().remove(blob).map_or(Removal::WasMissing, |_| Removal::Removed))
    }
}
