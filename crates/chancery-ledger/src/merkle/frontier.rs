//! The right edge of the tree.

use crate::hash::Hash;
use crate::hashing::{leaf_hash, node_hash};
use crate::merkle::node::{Node, NodeId, cover};

/// The right edge of a tree: the hashes of the complete subtrees that cover it, from the largest to the smallest, one
/// for each 1 in the binary form of its size. Enough to append and to tell the root.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Frontier {
    size: u64,
    hashes: Vec<Hash>,
}

impl Frontier {
    /// The edge of a tree of this size; none if that takes another number of hashes.
    #[must_use]
    pub fn from_parts(size: u64, hashes: Vec<Hash>) -> Option<Self> {
        let wanted = usize::try_from(size.count_ones()).ok()?;
        (hashes.len() == wanted).then_some(Self { size, hashes })
    }

    /// The edge from its bytes, 32 for each hash.
    #[must_use]
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Option<Self> {
        let hashes = bytes.chunks(32).map(|chunk| chunk.try_into().map(Hash).ok()).collect::<Option<_>>()?;
        Self::from_parts(size, hashes)
    }

    /// The hashes one after the other.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.hashes.iter().flat_map(|hash| hash.0).collect()
    }

    /// How many events the tree has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The Merkle tree hash.
    #[must_use]
    pub fn root(&self) -> Hash {
        fold(&self.hashes)
    }

    /// The subtrees, from the largest to the smallest.
    pub fn nodes(&self) -> impl Iterator<Item = Node> {
        cover(0, self.size).zip(&self.hashes).map(|(id, hash)| Node { id, hash: *hash })
    }

    /// Appends the hash of an event, and tells each subtree that becomes complete by it, above the leaf.
    pub fn push(&mut self, event: &Hash, mut completed: impl FnMut(Node)) {
        let mut hash = leaf_hash(event);
        let mut id = NodeId { level: 0, index: self.size };
        while id.index % 2 == 1
            && let Some(left) = self.hashes.pop()
        {
            hash = node_hash(&left, &hash);
            id = NodeId { level: id.level + 1, index: id.index / 2 };
            completed(Node { id, hash });
        }
        self.hashes.push(hash);
        self.size += 1;
    }
}

/// The hash of a range from those of the complete subtrees that cover it; of nothing, that of no bytes.
pub(super) fn fold(hashes: &[Hash]) -> Hash {
    let folded = hashes.iter().rev().copied().reduce(|right, left| node_hash(&left, &right));
    folded.unwrap_or_else(|| Hash::of(b""))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hashes that RFC 6962's own reference implementation gives for the leaves of its test, in short: 0 and 1
    /// leaf are fixed by the definition, the rest is computed here by the definition's recursion.
    fn by_definition(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Hash::of(b""),
            [leaf] => leaf_hash(leaf),
            _ => {
                let split = leaves.len().next_power_of_two() / 2;
                node_hash(&by_definition(&leaves[..split]), &by_definition(&leaves[split..]))
            }
        }
    }

    #[test]
    fn the_root_is_that_of_the_definition() {
        let leaves: Vec<Hash> = (0..70_u8).map(|n| Hash::of(&[n])).collect();
        let (mut frontier, mut nodes) = (Frontier::default(), 0);
        for (size, leaf) in leaves.iter().enumerate() {
            assert_eq!(frontier.root(), by_definition(&leaves[..size]));
            frontier.push(leaf, |node| {
                nodes += 1;
                let begin = usize::try_from(node.id.index << node.id.level).unwrap();
                assert_eq!(node.hash, by_definition(&leaves[begin..=size]));
            });
            let read = Frontier::from_bytes(frontier.size(), &frontier.to_bytes());
            assert_eq!(read.as_ref(), Some(&frontier));
        }
        assert_eq!(nodes, 70 - 70_u32.count_ones());
        assert_eq!(Frontier::from_bytes(70, &[0; 64]), None);
        assert_eq!(Frontier::from_bytes(1, &[0; 31]), None);
    }

    /// The Merkle tree hashes of the Certificate Transparency reference implementation, for its leaves of the
    /// hexadecimal bytes "", 00, 10, 2021, 3031, 40414243.
    #[test]
    fn the_root_is_that_of_certificate_transparency() {
        let leaves: [&[u8]; 6] = [b"", b"\0", b"\x10", b"\x20\x21", b"\x30\x31", b"\x40\x41\x42\x43"];
        let leaf = |bytes: &[u8]| Hash::of(&[b"\0", bytes].concat());
        let hashes: Vec<Hash> = leaves.iter().map(|bytes| leaf(bytes)).collect();
        assert_eq!(
            hashes[0].to_string(),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "the hash of an empty leaf"
        );
        assert_eq!(
            node_hash(&hashes[0], &hashes[1]).to_string(),
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
        );
        let three = node_hash(&node_hash(&hashes[0], &hashes[1]), &hashes[2]);
        assert_eq!(three.to_string(), "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77");
    }
}
