//! Pages of other documents.

mod copy;
mod page;
mod rules;

pub use page::ImportedPage;
