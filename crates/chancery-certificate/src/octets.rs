//! Octets that are shared instead of copied.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::{Deref, Range};
use std::sync::Arc;

/// Octets as they were received: all of a file, or a part of it that shares its memory. Cloning is cheap, and so is
/// taking a [part](Self::part): a message, a token in it and an OCSP answer in that one are one piece of memory.
///
/// Reads as a slice. A part keeps the whole alive; whoever keeps a little of something large for long takes a copy
/// (`Octets::from(part.to_vec())`).
///
/// ```
/// use chancery_certificate::Octets;
///
/// let whole = Octets::from(b"a message with a token in it".to_vec());
/// let token = whole.part(&whole[17..22]);
/// assert_eq!(token, b"token"[..]);
/// assert!(std::ptr::eq(&whole[17..22], &token[..]));
/// ```
#[derive(Clone, Default)]
pub struct Octets {
    whole: Arc<Vec<u8>>,
    range: Range<usize>,
}

impl Octets {
    /// These octets, which are a part of this: shared. What lies elsewhere is copied, so that it is always the same.
    #[must_use]
    pub fn part(&self, part: &[u8]) -> Self {
        self.range_of(part)
            .map_or_else(|| Self::from(part), |range| Self { whole: Arc::clone(&self.whole), range })
    }

    /// Where a slice lies within the whole, if it does.
    fn range_of(&self, part: &[u8]) -> Option<Range<usize>> {
        let start = part.as_ptr().addr().checked_sub(self.whole.as_ptr().addr())?;
        let range = start..start.checked_add(part.len())?;
        let within = self.range.start <= range.start && range.end <= self.range.end;
        within.then_some(range)
    }

    /// The octets.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        self.whole.get(self.range.clone()).unwrap_or_default()
    }

    /// The octets, given away: without a copy, if they are all of it and nobody shares them.
    #[must_use]
    pub fn into_vec(self) -> Vec<u8> {
        if self.range != (0..self.whole.len()) {
            return self.to_vec();
        }
        Arc::try_unwrap(self.whole).unwrap_or_else(|shared| shared.to_vec())
    }

    /// Whether both are the same place in memory, and therefore equal.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.whole, &other.whole) && self.range == other.range
    }
}

impl Deref for Octets {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.as_slice()
    }
}

impl AsRef<[u8]> for Octets {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl Borrow<[u8]> for Octets {
    fn borrow(&self) -> &[u8] {
        self
    }
}

impl From<Vec<u8>> for Octets {
    fn from(octets: Vec<u8>) -> Self {
        let range = 0..octets.len();
        Self { whole: Arc::new(octets), range }
    }
}

impl From<&[u8]> for Octets {
    fn from(octets: &[u8]) -> Self {
        octets.to_vec().into()
    }
}

impl<const N: usize> From<[u8; N]> for Octets {
    fn from(octets: [u8; N]) -> Self {
        octets.to_vec().into()
    }
}

impl<const N: usize> From<&[u8; N]> for Octets {
    fn from(octets: &[u8; N]) -> Self {
        octets.to_vec().into()
    }
}

impl From<&Vec<u8>> for Octets {
    fn from(octets: &Vec<u8>) -> Self {
        octets.as_slice().into()
    }
}

impl From<Box<[u8]>> for Octets {
    fn from(octets: Box<[u8]>) -> Self {
        octets.into_vec().into()
    }
}

impl From<Arc<[u8]>> for Octets {
    fn from(octets: Arc<[u8]>) -> Self {
        octets.as_ref().into()
    }
}

impl From<&Self> for Octets {
    fn from(octets: &Self) -> Self {
        octets.clone()
    }
}

impl PartialEq for Octets {
    fn eq(&self, other: &Self) -> bool {
        self.is_same(other) || self.as_slice() == other.as_slice()
    }
}

impl Eq for Octets {}

impl PartialEq<[u8]> for Octets {
    fn eq(&self, other: &[u8]) -> bool {
        self.as_slice() == other
    }
}

impl PartialEq<&[u8]> for Octets {
    fn eq(&self, other: &&[u8]) -> bool {
        self.as_slice() == *other
    }
}

impl<const N: usize> PartialEq<[u8; N]> for Octets {
    fn eq(&self, other: &[u8; N]) -> bool {
        self.as_slice() == other
    }
}

impl PartialEq<Vec<u8>> for Octets {
    fn eq(&self, other: &Vec<u8>) -> bool {
        self.as_slice() == other
    }
}

impl PartialEq<Octets> for Vec<u8> {
    fn eq(&self, other: &Octets) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl PartialEq<Octets> for &[u8] {
    fn eq(&self, other: &Octets) -> bool {
        *self == other.as_slice()
    }
}

impl PartialEq<Octets> for [u8] {
    fn eq(&self, other: &Octets) -> bool {
        self == other.as_slice()
    }
}

impl PartialOrd for Octets {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Octets {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_slice().cmp(other)
    }
}

impl Hash for Octets {
    /// As a slice does.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_slice().hash(state);
    }
}

impl fmt::Debug for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_what_lies_within_is_shared() {
        let whole = Octets::from(b"abcdef".to_vec());
        let middle = whole.part(&whole[1..5]);
        let inner = middle.part(&middle[1..2]);
        assert!(inner == *b"c" && Arc::ptr_eq(&inner.whole, &whole.whole));
        // Beyond a part lies something else of the whole, which is none of its own.
        let beyond = inner.part(&whole[0..3]);
        assert!(beyond == *b"abc" && !Arc::ptr_eq(&beyond.whole, &whole.whole));
        let elsewhere = whole.part(b"bcd");
        assert!(elsewhere == whole.part(&whole[1..4]) && !elsewhere.is_same(&whole.part(&whole[1..4])));
        assert!(whole.part(&whole[6..]).is_empty() && Octets::default().part(b"x") == *b"x");
    }

    #[test]
    fn what_nobody_shares_is_given_away_as_it_is() {
        let octets = Octets::from(b"abcdef".to_vec());
        let place = octets.as_ptr();
        let part = octets.part(&octets[..3]);
        assert_eq!(part.clone().into_vec(), b"abc");
        let shared = octets.clone().into_vec();
        assert!(shared == b"abcdef" && shared.as_ptr() != place);
        drop(part);
        let alone = octets.into_vec();
        assert_eq!(alone.as_ptr(), place);
    }

    proptest! {
        #[test]
        fn a_part_is_the_same_as_its_slice(bytes: Vec<u8>, ends: [prop::sample::Index; 2]) {
            let mut ends = ends.map(|end| end.index(bytes.len() + 1));
            ends.sort_unstable();
            let whole = Octets::from(bytes.clone());
            let part = whole.part(&whole[ends[0]..ends[1]]);
            prop_assert_eq!(&part, &bytes[ends[0]..ends[1]]);
            prop_assert_eq!(part.cmp(&whole), bytes[ends[0]..ends[1]].cmp(&bytes));
            let copy = part.to_vec();
            prop_assert_eq!(copy, part.into_vec());
        }
    }
}
