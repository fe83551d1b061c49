//! Just enough PDF to sign and to judge: a lazy reader of every revision and an incremental writer.
//!
//! ```no_run
//! use chancery_digest::FileSource;
//! use chancery_pdf::{Document, Increment};
//!
//! let file = FileSource::open("contract.pdf")?;
//! let document = Document::open(&file)?;
//! for revision in document.revisions() {
//!     println!("a revision ends at byte {}", revision.end);
//! }
//!
//! // Change the first page, without touching a byte that is there.
//! let (page, mut dictionary) = document.latest().page(0)?;
//! dictionary.set("Rotate", 90);
//! let mut increment = Increment::new(&document);
//! increment.put(page, &dictionary.into())?;
//! let appended = increment.finish()?;
//! assert_eq!(appended.start, 48_213); // the length of contract.pdf: append `appended.bytes` there
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The crate knows nothing of signatures. It answers what a document was at each of its revisions, which
//! objects differ between two of them, and which bytes of the file an object takes; and it writes a further
//! revision, with the kind of cross-reference section that the file has.
//!
//! It reads strictly: what is damaged is an error that says where and what, never a silent repair. What real
//! files do and viewers accept is read, and recorded as an [`Ambiguity`]. Who decides to take a damaged file for what
//! its objects say opens it by [`Document::repaired`], which tells what it did ([`Repaired`]). Everything a hostile file could
//! make long, deep or large is bounded.
//!
//! Encrypted documents are opened by [`Document::open_with_password`]; what an [`Increment`] adds to them is
//! encrypted too. [`Document::permissions`] tells what the person with that password may do, [`View::claims`] which
//! standards the document claims to follow, and [`ImportedPage`] takes a page of another document over.
//!
//! Standards: ISO 32000-2:2020 (PDF 2.0), clauses 7.2 to 7.7; files from PDF 1.0 on. ISO/TS 32003 and 32004 are
//! recognised, not read.

mod ambiguity;
mod catalogs;
mod cipher;
mod claims;
mod document;
mod entries;
mod entry;
mod error;
mod file;
mod filter;
mod import;
mod increment;
mod limits;
mod listed;
mod name;
mod object;
mod object_streams;
mod oddity;
mod open;
mod pages;
mod parser;
mod pdf_doc_encoding;
mod permissions;
mod predictor;
mod real;
mod reference;
mod repair;
mod repaired;
mod rows;
mod salvage;
mod saslprep;
mod section;
mod section_index;
mod security;
mod standard_security;
mod string;
mod subsections;
mod table;
mod unsupported_encryption;
mod view;
mod walk;
mod window;
mod write;
mod xmp;

pub use ambiguity::Ambiguity;
pub use claims::{ArchiveClaim, Claims, Metadata};
pub use document::Document;
pub use entries::Entries;
pub use entry::Entry;
pub use error::PdfError;
pub use import::ImportedPage;
pub use increment::{Appended, Increment};
pub use name::Name;
pub use object::{Dictionary, Object, Stream};
pub use oddity::Oddity;
pub use open::Revision;
pub use pages::Pages;
pub use permissions::{OpenedAs, Permission, Permissions};
pub use real::Real;
pub use reference::Reference;
pub use repaired::Repaired;
pub use section::SectionKind;
pub use string::{PdfString, StringForm};
pub use unsupported_encryption::UnsupportedEncryption;
pub use view::{Change, View};
