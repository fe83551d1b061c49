//! A log at a moment, in 40 bytes.

use std::fmt;

use crate::hash::Hash;

/// What a log was when it had `size` events: whoever keeps this elsewhere can tell later whether these events were
/// altered, reordered or cut off.
#[derive(Copy, Clone, Debug, Eq, Hash, PartialEq)]
pub struct Checkpoint {
    /// How many events the log had.
    pub size: u64,
    /// The Merkle tree hash over them (RFC 6962, 2.1).
    pub root: Hash,
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.size, self.root)
    }
}
