//! Digests of bytes, readers, files and byte ranges, each in one pass.
//!
//! ```
//! use chancery_digest::{AnyDigest, DigestAlgorithm};
//!
//! let digest = DigestAlgorithm::Sha256.digest(b"I approve this contract");
//! println!("{digest}"); // lower-case hexadecimal
//! ```
//!
//! Whoever signs by digest only ("hash-only signing") begins here: the document stays where it is, and the
//! [`Digest`] travels. A document that does not fit into memory is a [`Source`], for example a [`FileSource`].
//!
//! SHA-1 and MD5 exist as [`LegacyDigest`], for reading what was signed long ago. What a *file* names is a
//! [`KnownDigest`], current or legacy; what we *sign with* is a [`DigestAlgorithm`], and nothing converts a
//! legacy digest into one.
//!
//! What must be kept goes into a [`BlobStore`], under its digest: durable before the record that names it.
//!
//! This crate knows no keys and no formats.

#![forbid(unsafe_code)]

mod algorithm;
mod any_digest;
mod blob;
mod digests;
mod error;
mod hasher;
mod source;
mod value;

pub use algorithm::{DigestAlgorithm, KnownDigest, LegacyDigest};
pub use any_digest::AnyDigest;
pub use blob::{
    BlobError, BlobId, BlobStore, DirectoryBlobStore, InvalidBlobId, KeptBlob, MemoryBlobStore, Removal,
    prove_blob, read_blob,
};
pub use digests::Digests;
pub use error::WrongLength;
pub use hasher::Hasher;
pub use source::{FileSource, Source};
pub use value::Digest;
