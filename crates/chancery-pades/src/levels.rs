//! Making signatures last: evidence and timestamps over the document, each a revision of its own (EN 319 142-1, 5.4
//! and 6).

mod foundation;
mod lasting;
mod store;
mod timestamp;
mod unsound;

pub use lasting::LastingPdf;
pub use timestamp::PreparedTimestamp;
pub use unsound::{Unsound, UnsoundSignatures};
