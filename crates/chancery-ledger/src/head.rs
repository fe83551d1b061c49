//! Where a stream stands.

use jiff::Timestamp;

use crate::hash::Hash;
use crate::holds::Holds;
use crate::number::Version;

/// Where a stream stands after its last event.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Head {
    /// How many events it has: what [`Commit::append`](crate::Commit::append) expects.
    pub version: Version,
    /// The hash of the last one; zeros without events.
    pub hash: Hash,
    /// When something is due.
    pub due: Option<Timestamp>,
    /// Legal holds in force, the latest last: while there is one, nothing of the stream can be erased.
    pub holds: Holds,
}
