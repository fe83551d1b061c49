//! Blobs: bytes kept under the digest of themselves.

mod conformance;
mod directory;
mod error;
mod id;
mod memory;
mod store;

pub use directory::DirectoryBlobStore;
pub use error::{BlobError, InvalidBlobId};
pub use id::BlobId;
pub use memory::MemoryBlobStore;
pub use store::{BlobStore, KeptBlob, Removal, prove_blob, read_blob};
