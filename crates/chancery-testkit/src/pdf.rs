//! Sample documents: a contract that people can read, and files of every shape and size.
//!
//! ```
//! use chancery_testkit::pdf::{CrossReference, SamplePdf, contract_pdf};
//!
//! let contract = contract_pdf("Lease", &["The landlord lets the flat.", "The tenant pays the rent."]);
//! let modern = SamplePdf::new().pages(3).cross_reference(CrossReference::ObjectStreams).to_bytes();
//! assert!(contract.starts_with(b"%PDF-1.7") && modern.ends_with(b"%%EOF\n"));
//! ```

mod contract;
mod file;
mod sample;
mod section;

pub use contract::contract_pdf;
pub use sample::{CrossReference, SamplePdf, truncated};
