//! One complete subtree.

use crate::hash::Hash;

/// Which complete subtree: the one over the 2^`level` events that begin with event `index` · 2^`level`.
#[derive(Copy, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct NodeId {
    /// The height: 0 for a leaf.
    pub level: u8,
    /// Its place among those of its height, from 0.
    pub index: u64,
}

/// A complete subtree with its hash.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Node {
    /// Which.
    pub id: NodeId,
    /// Its hash.
    pub hash: Hash,
}

/// The complete subtrees that together cover the events `begin..end`, from left to right. `begin` must be a multiple
/// of the largest power of two that is not larger than the length, as all ranges of RFC 6962 are.
pub(super) fn cover(mut begin: u64, end: u64) -> impl Iterator<Item = NodeId> {
    std::iter::from_fn(move || {
        let level = u8::try_from(end.checked_sub(begin)?.checked_ilog2()?).ok()?;
        let id = NodeId { level, index: begin >> level };
        begin += 1 << level;
        Some(id)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_covered_by_the_fewest_subtrees() {
        let cover = |begin, end| cover(begin, end).map(|id| (id.level, id.index)).collect::<Vec<_>>();
        assert_eq!(cover(0, 7), [(2, 0), (1, 2), (0, 6)]);
        assert_eq!(cover(4, 7), [(1, 2), (0, 6)]);
        assert_eq!(cover(0, 8), [(3, 0)]);
        assert_eq!(cover(3, 3), []);
    }
}
