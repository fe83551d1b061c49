//! Making signatures last: evidence and timestamps over the document, each a revision of its own (EN 319 142-1, 5.4
//! and 6).

mod foundation;
mod lasting;
mod store;
mod stored_timestamp;
mod timestamp;
mod unsound;

pub use lasting::LastingPdf;
pub use stored_timestamp::StoredTimestamp;
pub use timestamp::PreparedTimestamp;
pub use unsound::{Unsound, UnsoundSignatures};
