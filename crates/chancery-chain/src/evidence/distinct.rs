//! Things in the order of their arrival, each kept once.

use std::collections::HashSet;
use std::fmt;
use std::hash::Hash;

/// How many are compared one by one: even if they differ only in the last octet, that takes no longer than hashing one.
const HANDFUL: usize = 16;

/// Room for so many is taken at once: a signature with its timestamps has about as many certificates.
const USUAL: usize = 8;

/// A list without repetitions. A handful is compared one by one. More are found by a keyed hash: comparing with each that
/// is known would take time by the square of their number, and whoever sends evidence may send thousands that differ in
/// the last octet.
///
/// `T` is cheap to clone: a certificate or an `Arc`.
#[derive(Clone)]
pub(crate) struct Distinct<T> {
    things: Vec<T>,
    /// Empty for a handful, else all of them.
    known: HashSet<T>,
}

impl<T: Clone + Eq + Hash> Distinct<T> {
    /// Adds the thing at the end, unless it is known.
    pub(crate) fn add(&mut self, thing: T) {
        if self.things.len() < HANDFUL {
            if !self.things.contains(&thing) {
                if self.things.is_empty() {
                    self.things.reserve(USUAL);
                }
                self.things.push(thing);
            }
            return;
        }
        if self.known.is_empty() {
            self.known.extend(self.things.iter().cloned());
        }
        if self.known.insert(thing.clone()) {
            self.things.push(thing);
        }
    }

    /// Whether it was added.
    pub(crate) fn has(&self, thing: &T) -> bool {
        if self.known.is_empty() { self.things.contains(thing) } else { self.known.contains(thing) }
    }
}

impl<T> Distinct<T> {
    /// The things in the order of their arrival.
    pub(crate) fn as_slice(&self) -> &[T] {
        &self.things
    }
}

impl<T> IntoIterator for Distinct<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.things.into_iter()
    }
}

impl<T> Default for Distinct<T> {
    fn default() -> Self {
        Self { things: Vec::new(), known: HashSet::new() }
    }
}

impl<T: fmt::Debug> fmt::Debug for Distinct<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.things).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_once_in_order() {
        let mut numbers = Distinct::default();
        [3, 1, 3, 2, 1].into_iter().for_each(|number| numbers.add(number));
        assert_eq!(numbers.as_slice(), [3, 1, 2]);
        assert!(numbers.has(&2) && !numbers.has(&4));
        assert_eq!(format!("{numbers:?}"), "[3, 1, 2]");
    }

    #[test]
    fn each_once_beyond_a_handful() {
        for count in [HANDFUL - 1, HANDFUL, HANDFUL + 1, 3 * HANDFUL] {
            let mut numbers = Distinct::default();
            (0..count).chain(0..count).for_each(|number| numbers.add(number));
            assert_eq!(numbers.as_slice(), (0..count).collect::<Vec<_>>());
            assert!((0..count).all(|number| numbers.has(&number)) && !numbers.has(&count));
        }
    }
}
