//! Many object numbers, told in few words.

use std::fmt;
use std::ops::RangeInclusive;

/// So many stretches are kept and told; who wants more asks the file itself.
const MOST_STRETCHES: usize = 64;

/// Numbers of objects: how many there are, and which, as stretches of numbers that follow each other.
///
/// At most 64 stretches are kept: the first ones, so that a hostile file cannot make the list long.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ObjectNumbers {
    count: usize,
    stretches: Vec<RangeInclusive<u32>>,
    told: usize,
}

impl ObjectNumbers {
    /// Adds a number that is greater than those before it.
    pub(super) fn push(&mut self, number: u32) {
        self.count = self.count.saturating_add(1);
        // The last stretch that is kept goes on only as long as nothing was left out.
        let complete = self.told + 1 == self.count;
        let last =
            self.stretches.last_mut().filter(|last| complete && last.end().checked_add(1) == Some(number));
        if let Some(last) = last {
            *last = *last.start()..=number;
        } else if self.stretches.len() < MOST_STRETCHES {
            self.stretches.push(number..=number);
        } else {
            return;
        }
        self.told += 1;
    }

    /// How many objects.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Their numbers, in order, as far as they are kept: [`is_complete`](Self::is_complete) tells whether these are all.
    pub fn stretches(&self) -> impl Iterator<Item = RangeInclusive<u32>> + '_ {
        self.stretches.iter().cloned()
    }

    /// Whether the stretches hold all numbers.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.told == self.count
    }

    /// Whether the number is among those that are kept.
    #[must_use]
    pub fn contains(&self, number: u32) -> bool {
        self.stretches.iter().any(|stretch| stretch.contains(&number))
    }
}

/// `3, 7–12 and 400 more`.
impl fmt::Display for ObjectNumbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, stretch) in self.stretches.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            let (first, last) = (stretch.start(), stretch.end());
            match last - first {
                0 => write!(f, "{comma}{first}")?,
                1 => write!(f, "{comma}{first}, {last}")?,
                _ => write!(f, "{comma}{first}–{last}")?,
            }
        }
        match self.count - self.told {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(numbers: impl IntoIterator<Item = u32>) -> ObjectNumbers {
        numbers.into_iter().fold(ObjectNumbers::default(), |mut all, number| {
            all.push(number);
            all
        })
    }

    #[test]
    fn numbers_that_follow_each_other_are_one_stretch() {
        assert_eq!(of([]).to_string(), "");
        assert_eq!(of([3, 7, 8, 9, 12, 13]).to_string(), "3, 7–9, 12, 13");
        assert_eq!(of(1..=100_000).to_string(), "1–100000");
        assert!(of([u32::MAX - 1, u32::MAX]).contains(u32::MAX));
    }

    #[test]
    fn a_hostile_list_stays_short() {
        let all = of((0..1000).map(|number| number * 2));
        assert_eq!((all.count(), all.stretches().count()), (1000, MOST_STRETCHES));
        assert!(!all.is_complete() && all.contains(126) && !all.contains(128));
        assert!(all.to_string().ends_with("124, 126 and 936 more"), "{all}");
        // What follows the last stretch after a gap in what is kept is not put onto it.
        let late = of((0..65).map(|number| number * 2).chain([129]));
        assert_eq!(late.stretches().last(), Some(126..=126));
    }
}
