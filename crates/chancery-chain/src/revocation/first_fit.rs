//! The first of many things, in their order, whose key is small enough.

/// Finds it in time by the logarithm of their number, and so are keys lowered.
///
/// A binary tree in an array: each node holds the least key below it.
#[derive(Clone, Debug)]
pub(crate) struct FirstFit<K> {
    /// The node 1 is the root, the children of a node are 2 × and 2 × + 1; `None`: nothing is below.
    nodes: Vec<Option<K>>,
    /// The place of the first leaf: a power of two.
    leaves: usize,
}

impl<K: Copy + Ord> FirstFit<K> {
    /// Of things with these keys, in this order.
    pub(crate) fn new(keys: impl ExactSizeIterator<Item = K>) -> Self {
        let leaves = keys.len().next_power_of_two();
        let mut nodes = vec![None; leaves];
        nodes.extend(keys.map(Some));
        nodes.resize(2 * leaves, None);
        let mut tree = Self { nodes, leaves };
        (1..leaves).rev().for_each(|node| tree.note(node));
        tree
    }

    /// The first thing from this place on whose key is at most this.
    pub(crate) fn first_from(&self, place: usize, most: &K) -> Option<usize> {
        let fits = |node: usize| self.key(node).is_some_and(|key| key <= most);
        let mut node = self.leaves.checked_add(place).filter(|node| *node < self.nodes.len())?;
        while !fits(node) {
            // Everything below this node was looked at: on to what lies to the right of it.
            while node % 2 == 1 {
                node /= 2;
            }
            if node == 0 {
                return None;
            }
            node += 1;
        }
        while node < self.leaves {
            node = if fits(2 * node) { 2 * node } else { 2 * node + 1 };
        }
        Some(node - self.leaves)
    }

    /// Gives the thing at this place a smaller key.
    pub(crate) fn lower(&mut self, place: usize, key: K) {
        let mut node = self.leaves + place;
        match self.nodes.get_mut(node) {
            Some(Some(known)) if key < *known => *known = key,
            _ => return,
        }
        while node > 1 {
            node /= 2;
            self.note(node);
        }
    }

    fn note(&mut self, node: usize) {
        let least = [2 * node, 2 * node + 1].into_iter().filter_map(|child| self.key(child).copied()).min();
        if let Some(slot) = self.nodes.get_mut(node) {
            *slot = least;
        }
    }

    fn key(&self, node: usize) -> Option<&K> {
        self.nodes.get(node)?.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn of_nothing_nothing_fits() {
        let tree = FirstFit::<u8>::new([].into_iter());
        assert_eq!((tree.first_from(0, &255), tree.first_from(7, &255)), (None, None));
    }

    proptest! {
        #[test]
        fn it_is_the_first_that_a_search_one_by_one_finds(
            mut keys in prop::collection::vec(0_u8..20, 0..40),
            lowered in prop::collection::vec((0_usize..40, 0_u8..20), 0..20),
            place in 0_usize..45,
            most in 0_u8..20,
        ) {
            let mut tree = FirstFit::new(keys.iter().copied());
            for (place, key) in lowered {
                tree.lower(place, key);
                if let Some(known) = keys.get_mut(place) {
                    *known = key.min(*known);
                }
            }
            let found = keys.iter().enumerate().skip(place).find(|(_, key)| **key <= most);
            prop_assert_eq!(tree.first_from(place, &most), found.map(|(place, _)| place));
        }
    }
}
