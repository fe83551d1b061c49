//! Indices that continue each other.
//!
//! Who renews archive timestamps adds things and takes none away, so that each index has the hashes of the one before it
//! in the same order, with new ones at the end or, where a set is sorted, between them. A thousand renewals list a million
//! and a half hashes, but only some thousand new ones: only these are looked up.

/// A list of an index in which everything was found: its hashes, and the one place of each.
#[derive(Clone, Debug, Default)]
pub(crate) struct FoundList {
    hashes: Vec<u8>,
    places: Vec<usize>,
}

impl FoundList {
    /// Adds a hash. All are equally long.
    pub(crate) fn push(&mut self, hash: &[u8], place: usize) {
        self.hashes.extend(hash);
        self.places.push(place);
    }

    /// Walks along another list.
    pub(crate) const fn walk(&self) -> Walk<'_> {
        Walk { list: self, next: 0 }
    }
}

/// How far a list was continued by another one.
#[derive(Debug)]
pub(crate) struct Walk<'l> {
    list: &'l FoundList,
    next: usize,
}

impl Walk<'_> {
    /// Where the next hash of the other list is found, if it is the next one here. Otherwise it is a new one.
    pub(crate) fn place_of(&mut self, hash: &[u8]) -> Option<usize> {
        let place = *self.list.places.get(self.next)?;
        let begin = self.next.checked_mul(hash.len())?;
        let same = self.list.hashes.get(begin..begin.checked_add(hash.len())?)? == hash;
        let aligned = self.list.places.len().checked_mul(hash.len()) == Some(self.list.hashes.len());
        (same && aligned).then(|| {
            self.next += 1;
            place
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hash of the thing with this number: they are in no order.
    fn hash(number: usize) -> [u8; 32] {
        let mut hash = [0; 32];
        hash[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
        hash
    }

    #[test]
    fn of_a_thousand_lists_that_continue_each_other_each_hash_is_looked_up_once() {
        for sorted in [false, true] {
            let (mut last, mut looked_up) = (FoundList::default(), 0);
            for count in 1..=1000 {
                let mut numbers: Vec<_> = (0..count).collect();
                if sorted {
                    numbers.sort_by_key(|number| hash(*number));
                }
                let (mut list, mut walk) = (FoundList::default(), last.walk());
                for number in numbers {
                    let known = walk.place_of(&hash(number));
                    looked_up += usize::from(known.is_none());
                    assert_eq!(known.unwrap_or(number), number);
                    list.push(&hash(number), number);
                }
                last = list;
            }
            assert_eq!(looked_up, 1000, "sorted: {sorted}");
        }
    }

    #[test]
    fn what_is_not_the_next_is_not_known() {
        let mut list = FoundList::default();
        (0..3).for_each(|number| list.push(&hash(number), number + 7));
        let mut walk = list.walk();
        assert_eq!(walk.place_of(&hash(1)), None);
        assert_eq!(walk.place_of(&hash(0)), Some(7));
        assert_eq!(walk.place_of(&hash(0)), None);
        assert_eq!(walk.place_of(&hash(1)[..16]), None);
        assert_eq!(walk.place_of(&[]), None);
        assert_eq!(walk.place_of(&hash(1)), Some(8));
        assert_eq!(walk.place_of(&hash(2)), Some(9));
        assert_eq!(walk.place_of(&hash(2)), None);
    }
}
