//! Where a tenant's log stands.

use jiff::Timestamp;

use crate::checkpoint::Checkpoint;
use crate::merkle::Frontier;

/// Where a tenant's log stands.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Log {
    /// The right edge of its Merkle tree.
    pub frontier: Frontier,
    /// The latest time of any event in it; none without events.
    pub latest: Option<Timestamp>,
}

impl Log {
    /// How many events it has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// Its size and root: keep this elsewhere.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint { size: self.frontier.size(), root: self.frontier.root() }
    }
}
