//! What can go wrong when a PDF is read or extended.

use std::io;
use std::sync::Arc;

use thiserror::Error;

use crate::unsupported_encryption::UnsupportedEncryption;

/// Why a document could not be read or extended. Every kind says where (a byte offset in the file; within an
/// object stream, the offset in its decoded bytes) and, where something can be done about it, what.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum PdfError {
    /// The source could not be read.
    #[error("the document could not be read: {0}")]
    Read(#[source] Arc<io::Error>),

    /// There is no PDF header where the standard wants it (ISO 32000-2, 7.5.2).
    #[error("this is not a PDF: there is no `%PDF-` in its first {searched} bytes")]
    NotPdf {
        /// How many bytes were looked at.
        searched: u64,
    },

    /// The pointer at the end of the file is missing, so the file is cut off or no PDF.
    #[error(
        "there is no usable `startxref` in the last {searched} bytes: the file seems to be cut off; \
         get a complete copy"
    )]
    StartMissing {
        /// How many bytes were looked at, counted from the end.
        searched: u64,
    },

    /// A cross-reference table or stream does not hold what it must (ISO 32000-2, 7.5.4 and 7.5.8).
    #[error(
        "the cross-reference at byte {offset} is damaged: {problem}; have the file saved anew by the \
         program that made it, or by `qpdf IN OUT`, before it is signed"
    )]
    CrossReference {
        /// Where the damage was seen.
        offset: u64,
        /// What is wrong.
        problem: &'static str,
    },

    /// The chain of cross-reference sections comes back to one that it has passed.
    #[error("the chain of cross-reference sections runs in a circle: byte {offset} comes twice")]
    CrossReferenceLoop {
        /// The section that comes twice.
        offset: u64,
    },

    /// The bytes are no PDF syntax.
    #[error("at byte {offset}: expected {expected}, found {found}")]
    Syntax {
        /// Where.
        offset: u64,
        /// What would be right.
        expected: &'static str,
        /// What stands there, escaped.
        found: String,
    },

    /// The cross-reference leads to something else than the object it names.
    #[error("object {number} {generation} at byte {offset}: {problem}")]
    Object {
        /// Object number.
        number: u32,
        /// Generation.
        generation: u16,
        /// Where the object was looked for.
        offset: u64,
        /// What is wrong.
        problem: &'static str,
    },

    /// A dictionary entry is absent or is of another type than the standard says.
    #[error("/{key} of {of} is not {expected}")]
    Entry {
        /// The key.
        key: &'static str,
        /// Whose entry it is.
        of: &'static str,
        /// What would be right.
        expected: &'static str,
    },

    /// A reference leads through other references or object streams back to itself, or too deep.
    #[error("object {number} is defined by way of itself, or through too many references")]
    ReferenceLoop {
        /// The object at which we gave up.
        number: u32,
    },

    /// A bound that keeps hostile files from using up time or memory.
    #[error("at byte {offset}: more than {limit} {what}; refused, so that no file can exhaust this process")]
    Limit {
        /// What there is too much of.
        what: &'static str,
        /// The bound.
        limit: u64,
        /// Where.
        offset: u64,
    },

    /// A stream filter that this crate does not decode.
    #[error("the stream filter /{name} is not supported")]
    UnsupportedFilter {
        /// Its name, escaped.
        name: String,
    },

    /// The data of a stream are not what their filter makes.
    #[error("the data of a stream cannot be decoded by {filter}: {problem}")]
    Filter {
        /// The filter's name.
        filter: &'static str,
        /// What is wrong.
        problem: &'static str,
    },

    /// The file is encrypted and was opened without a password.
    #[error("the document is encrypted: open it with its password")]
    Encrypted,

    /// The password opens the document neither as its user's nor as its owner's.
    #[error("the password is wrong")]
    WrongPassword,

    /// The file is encrypted in a way that this crate does not read.
    #[error("the document is encrypted in a way that is not supported: {what}")]
    UnsupportedEncryption {
        /// What that way is, and what could be done.
        what: UnsupportedEncryption,
    },

    /// The document is protected against changes of any kind, and whoever adds to it would have to renew that
    /// protection (ISO/TS 32004).
    #[error(
        "the document carries a message authentication code (/AuthCode, ISO/TS 32004) that does not cover what is added \
         to it; have it saved without this protection before it is signed"
    )]
    IntegrityProtected,

    /// Encrypted data cannot be decrypted.
    #[error("encrypted data of object {number}: {problem}")]
    Decryption {
        /// The object.
        number: u32,
        /// What is wrong.
        problem: &'static str,
    },

    /// New strings of this encrypted document need fresh randomness, and none was given.
    #[error(
        "the document is encrypted: give `Increment::with_seed` fresh random bytes before adding objects"
    )]
    SeedMissing,

    /// There is no page of this index.
    #[error("there is no page {index} (counted from 0): the document has {count}")]
    PageMissing {
        /// The index that was asked for.
        index: usize,
        /// How many pages were found.
        count: usize,
    },

    /// The page tree is no tree, or not of pages.
    #[error("the page tree is damaged at object {number}: {problem}")]
    PageTree {
        /// The node.
        number: u32,
        /// What is wrong.
        problem: &'static str,
    },

    /// A page cannot be drawn in another document so that it looks as it does in its own.
    #[error("page {index} (counted from 0) cannot be taken over: {problem}")]
    PageImport {
        /// The page.
        index: usize,
        /// What stands in the way.
        problem: &'static str,
    },

    /// What is wrong with the document is not repaired.
    #[error(
        "the document is damaged and cannot be repaired: {problem} (byte {offset}); have the program that made it save it anew"
    )]
    NotRepairable {
        /// Where.
        offset: u64,
        /// Why not.
        problem: &'static str,
    },

    /// A classic cross-reference table holds ten digits; nothing beyond can be added to such a file. A cross-reference
    /// stream could say it, but `/Prev` must not lead from one to a table (ISO 32000-2, 7.5.8.1 allows tables and streams
    /// together only in hybrid files).
    #[error("byte {offset} lies beyond 9,999,999,999, which a classic cross-reference table cannot express")]
    OffsetTooLarge {
        /// The offset that does not fit.
        offset: u64,
    },
}

impl From<io::Error> for PdfError {
    fn from(error: io::Error) -> Self {
        Self::Read(Arc::new(error))
    }
}
