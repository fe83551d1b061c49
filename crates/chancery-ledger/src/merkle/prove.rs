//! Which stored nodes a proof is made of.

use crate::hash::Hash;
use crate::merkle::frontier::fold;
use crate::merkle::node::{NodeId, cover};
use crate::merkle::proof::{ConsistencyProof, InclusionProof};
use crate::number::Sequence;

/// How to make some hashes of stored nodes: for each hash, the nodes that it is folded from.
pub(crate) struct Recipe(Vec<Vec<NodeId>>);

impl Recipe {
    /// All nodes that are needed, in order.
    pub(crate) fn nodes(&self) -> Vec<NodeId> {
        self.0.concat()
    }

    /// The hashes, made of the nodes in that order; none if one is missing.
    pub(crate) fn make(&self, nodes: &[Option<Hash>]) -> Option<Vec<Hash>> {
        let mut nodes = nodes.iter();
        let mut made = Vec::with_capacity(self.0.len());
        for ids in &self.0 {
            let hashes = ids.iter().map(|_| *nodes.next()?).collect::<Option<Vec<_>>>()?;
            made.push(fold(&hashes));
        }
        Some(made)
    }

    fn of(ranges: Vec<(u64, u64)>) -> Self {
        Self(ranges.into_iter().map(|(begin, end)| cover(begin, end).collect()).collect())
    }
}

/// The root of the first `size` events.
pub(crate) fn root(size: u64) -> Recipe {
    Recipe::of(vec![(0, size)])
}

/// PATH(m, D[n]) of RFC 6962, 2.1.1.
pub(crate) fn inclusion(sequence: Sequence, size: u64) -> (Recipe, impl FnOnce(Vec<Hash>) -> InclusionProof) {
    let mut ranges = Vec::new();
    let (mut begin, mut end) = (0, size);
    while end - begin > 1 {
        let middle = begin + split(end - begin);
        if sequence.0 < middle {
            ranges.push((middle, end));
            end = middle;
        } else {
            ranges.push((begin, middle));
            begin = middle;
        }
    }
    ranges.reverse();
    (Recipe::of(ranges), move |hashes| InclusionProof { sequence, size, hashes })
}

/// PROOF(m, D[n]) of RFC 6962, 2.1.2.
pub(crate) fn consistency(from: u64, to: u64) -> (Recipe, impl FnOnce(Vec<Hash>) -> ConsistencyProof) {
    let mut ranges = Vec::new();
    if from > 0 && from < to {
        let (mut begin, mut end) = (0, to);
        while end > from {
            let middle = begin + split(end - begin);
            if from <= middle {
                ranges.push((middle, end));
                end = middle;
            } else {
                ranges.push((begin, middle));
                begin = middle;
            }
        }
        // What is left is a subtree of both; the older root itself, where it is the whole older log.
        if begin > 0 {
            ranges.push((begin, end));
        }
        ranges.reverse();
    }
    (Recipe::of(ranges), move |hashes| ConsistencyProof { from, to, hashes })
}

/// The largest power of two smaller than `length`, which is at least 2.
const fn split(length: u64) -> u64 {
    1 << (length - 1).ilog2()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::checkpoint::Checkpoint;
    use crate::hashing::leaf_hash;
    use crate::merkle::frontier::Frontier;

    struct Log {
        events: Vec<Hash>,
        nodes: HashMap<NodeId, Hash>,
        roots: Vec<Checkpoint>,
    }

    fn log(size: u8) -> Log {
        let mut frontier = Frontier::default();
        let root = frontier.root();
        let mut log =
            Log { events: vec![], nodes: HashMap::new(), roots: vec![Checkpoint { size: 0, root }] };
        for n in 0..size {
            let event = Hash::of(&[n]);
            log.nodes.insert(NodeId { level: 0, index: u64::from(n) }, leaf_hash(&event));
            frontier.push(&event, |node| assert!(log.nodes.insert(node.id, node.hash).is_none()));
            log.events.push(event);
            log.roots.push(Checkpoint { size: frontier.size(), root: frontier.root() });
        }
        log
    }

    impl Log {
        fn make(&self, recipe: &Recipe) -> Vec<Hash> {
            let nodes = recipe.nodes();
            assert!(nodes.len() <= 16, "{} reads in a log of 70", nodes.len());
            let found: Vec<_> = nodes.iter().map(|id| self.nodes.get(id).copied()).collect();
            recipe.make(&found).unwrap()
        }
    }

    #[test]
    fn every_event_is_proven_in_every_log_that_holds_it_and_no_other_is() {
        let log = log(70);
        for size in 1..=70_u64 {
            let checkpoint = &log.roots[usize::try_from(size).unwrap()];
            assert_eq!(log.make(&root(size)), [checkpoint.root]);
            for sequence in 0..size {
                let (recipe, proof) = inclusion(Sequence(sequence), size);
                let proof = proof(log.make(&recipe));
                for (n, event) in log.events.iter().enumerate() {
                    assert_eq!(proof.holds(event, checkpoint), n as u64 == sequence, "{sequence} of {size}");
                }
                let mut longer = proof.clone();
                longer.hashes.push(checkpoint.root);
                assert!(!longer.holds(&log.events[usize::try_from(sequence).unwrap()], checkpoint));
                let mut elsewhere = proof.clone();
                elsewhere.sequence.0 = size;
                assert_eq!(elsewhere.root(&log.events[0]), None);
            }
        }
    }

    #[test]
    fn every_log_is_proven_to_continue_what_it_was_and_nothing_else() {
        let (log, other) = (log(40), log(39));
        let strange = Checkpoint { size: 40, root: Hash::of(b"strange") };
        for to in 0..=40_u64 {
            for from in 0..=to {
                let (recipe, proof) = consistency(from, to);
                let proof = proof(log.make(&recipe));
                let at = |size: u64| &log.roots[usize::try_from(size).unwrap()];
                assert!(proof.holds(at(from), at(to)), "{from} to {to}");
                assert!(from == 0 || !proof.holds(&Checkpoint { size: from, ..strange }, at(to)));
                if from != 0 {
                    assert!(!proof.holds(at(from), &Checkpoint { size: to, ..strange }), "{from} to {to}");
                }
                for n in 0..proof.hashes.len() {
                    let mut damaged = proof.clone();
                    damaged.hashes[n].0[0] ^= 1;
                    assert!(!damaged.holds(at(from), at(to)));
                    damaged.hashes.remove(n);
                    assert!(!damaged.holds(at(from), at(to)));
                }
            }
        }
        assert_eq!(log.roots[39], other.roots[39]);
    }
}
