//! Proofs about a log, and how anybody checks them. Nothing here reads a store.

use crate::checkpoint::Checkpoint;
use crate::hash::Hash;
use crate::hashing::{leaf_hash, node_hash};
use crate::number::Sequence;

/// That an event is in a log: the hashes beside its path to the root (RFC 6962, 2.1.1).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InclusionProof {
    /// The event's place in the log.
    pub sequence: Sequence,
    /// The size of the log that it is proven for.
    pub size: u64,
    /// From the leaf to the root.
    pub hashes: Vec<Hash>,
}

impl InclusionProof {
    /// Whether the event with this hash stands at [`sequence`](Self::sequence) in the log of this checkpoint.
    #[must_use]
    pub fn holds(&self, event: &Hash, checkpoint: &Checkpoint) -> bool {
        checkpoint.size == self.size && self.root(event) == Some(checkpoint.root)
    }

    /// The root that the proof leads to; none if it has not the right number of hashes. RFC 9162, 2.1.3.2.
    #[must_use]
    pub fn root(&self, event: &Hash) -> Option<Hash> {
        let (mut index, mut last) = (self.sequence.0, self.size.checked_sub(1)?);
        if index > last {
            return None;
        }
        let mut root = leaf_hash(event);
        for hash in &self.hashes {
            if last == 0 {
                return None;
            }
            if index % 2 == 1 || index == last {
                root = node_hash(hash, &root);
                while index % 2 == 0 && index != 0 {
                    (index, last) = (index / 2, last / 2);
                }
            } else {
                root = node_hash(&root, hash);
            }
            (index, last) = (index / 2, last / 2);
        }
        (last == 0).then_some(root)
    }

    /// The hashes one after the other, as other implementations take them.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        concatenated(&self.hashes)
    }
}

/// That a log only grew: an older state of it is the beginning of a newer one (RFC 6962, 2.1.2).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConsistencyProof {
    /// The size of the older state.
    pub from: u64,
    /// The size of the newer state.
    pub to: u64,
    /// The hashes that both roots are made of.
    pub hashes: Vec<Hash>,
}

impl ConsistencyProof {
    /// Whether the log of `newer` begins with all of `older`. RFC 9162, 2.1.4.2; every log begins with the empty one.
    #[must_use]
    pub fn holds(&self, older: &Checkpoint, newer: &Checkpoint) -> bool {
        if older.size != self.from || newer.size != self.to || self.from > self.to {
            return false;
        }
        if self.from == self.to {
            return self.hashes.is_empty() && older.root == newer.root;
        }
        if self.from == 0 {
            return self.hashes.is_empty() && older.root == Hash::of(b"");
        }
        let mut hashes = self.hashes.iter();
        let (mut index, mut last) = (self.from - 1, self.to - 1);
        while index % 2 == 1 {
            (index, last) = (index / 2, last / 2);
        }
        // The older state is one complete subtree: its root is known and is not sent.
        let first = if self.from.is_power_of_two() { Some(&older.root) } else { hashes.next() };
        let Some(first) = first else { return false };
        let (mut from, mut to) = (*first, *first);
        for hash in hashes {
            if last == 0 {
                return false;
            }
            if index % 2 == 1 || index == last {
                from = node_hash(hash, &from);
                to = node_hash(hash, &to);
                while index % 2 == 0 && index != 0 {
                    (index, last) = (index / 2, last / 2);
                }
            } else {
                to = node_hash(&to, hash);
            }
            (index, last) = (index / 2, last / 2);
        }
        last == 0 && from == older.root && to == newer.root
    }

    /// The hashes one after the other, as other implementations take them.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        concatenated(&self.hashes)
    }
}

fn concatenated(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}
