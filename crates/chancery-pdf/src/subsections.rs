//! Which object numbers a section has entries for, and where.

use crate::error::PdfError;
use crate::limits;

/// A run of object numbers whose entries stand one after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Subsection {
    pub(crate) first: u32,
    pub(crate) count: u32,
    /// Where its first entry stands: a file offset for tables, a row for streams.
    pub(crate) start: u64,
}

impl Subsection {
    /// One more than its last number. Numbers are bounded far below `u32::MAX`.
    fn end(&self) -> u32 {
        self.first.saturating_add(self.count)
    }
}

/// The subsections of a section, searchable.
#[derive(Debug)]
pub(crate) struct Subsections {
    list: Vec<Subsection>,
    order: Order,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Sorted by number, none twice.
    Sorted,
    /// Some number has two entries; in file order, the first counts.
    Overlapping,
}

impl Subsections {
    /// `offset` of the section, for errors.
    pub(crate) fn new(mut list: Vec<Subsection>, offset: u64) -> Result<Self, PdfError> {
        list.retain(|subsection| subsection.count > 0);
        let mut sorted = list.clone();
        sorted.sort_by_key(|subsection| subsection.first);
        if sorted.windows(2).all(|pair| pair[0].end() <= pair[1].first) {
            return Ok(Self { list: sorted, order: Order::Sorted });
        }
        if list.len() > limits::OVERLAPPING_SUBSECTIONS {
            return Err(PdfError::Limit {
                what: "subsections in a cross-reference section in which they overlap",
                limit: limits::OVERLAPPING_SUBSECTIONS as u64,
                offset,
            });
        }
        Ok(Self { list, order: Order::Overlapping })
    }

    pub(crate) fn order(&self) -> Order {
        self.order
    }

    /// The subsection and the index within it of a number's entry.
    pub(crate) fn find(&self, number: u32) -> Option<(Subsection, u32)> {
        let holds = |subsection: &Subsection| (subsection.first..subsection.end()).contains(&number);
        let found = match self.order {
            Order::Sorted => {
                let after = self.list.partition_point(|subsection| subsection.first <= number);
                self.list.get(after.checked_sub(1)?).filter(|subsection| holds(subsection))
            }
            Order::Overlapping => self.list.iter().find(|subsection| holds(subsection)),
        };
        found.map(|&subsection| (subsection, number - subsection.first))
    }

    pub(crate) fn numbers(&self) -> impl Iterator<Item = u32> + '_ {
        self.list.iter().flat_map(|subsection| subsection.first..subsection.end())
    }

    pub(crate) fn count(&self) -> u64 {
        self.list.iter().map(|subsection| u64::from(subsection.count)).sum()
    }

    pub(crate) fn greatest(&self) -> Option<u32> {
        self.list.iter().map(|subsection| subsection.end() - 1).max()
    }
}

/// Checks that the numbers of a subsection are within bounds.
pub(crate) fn bounded(first: u64, count: u64, offset: u64) -> Result<(u32, u32), PdfError> {
    let limit = u64::from(limits::OBJECT_NUMBER);
    let within = first <= limit && count <= limit && first + count <= limit + 1;
    let numbers = u32::try_from(first).ok().zip(u32::try_from(count).ok());
    numbers.filter(|_| within).ok_or(PdfError::Limit { what: "as an object number", limit, offset })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subsections(list: &[(u32, u32)]) -> Subsections {
        let list = list.iter().map(|&(first, count)| Subsection { first, count, start: u64::from(first) });
        Subsections::new(list.collect(), 0).unwrap()
    }

    #[test]
    fn numbers_are_found_in_any_order() {
        let sorted = subsections(&[(10, 2), (0, 1), (5, 0), (3, 3)]);
        assert_eq!(sorted.order(), Order::Sorted);
        let found = (0..13).filter(|&number| sorted.find(number).is_some()).collect::<Vec<_>>();
        assert_eq!(found, [0, 3, 4, 5, 10, 11]);
        assert_eq!(sorted.numbers().collect::<Vec<_>>(), found);
        assert_eq!(sorted.greatest(), Some(11));
    }

    #[test]
    fn where_they_overlap_the_first_counts() {
        let overlapping = subsections(&[(3, 3), (0, 10)]);
        assert_eq!(overlapping.order(), Order::Overlapping);
        assert_eq!(overlapping.find(4).unwrap().0.first, 3);
        assert_eq!(overlapping.find(7).unwrap().0.first, 0);
    }

    #[test]
    fn numbers_are_bounded() {
        assert!(bounded(0, u64::from(limits::OBJECT_NUMBER) + 1, 0).is_err());
        assert!(bounded(u64::MAX, u64::MAX, 0).is_err());
        assert!(bounded(1, 5, 0).is_ok());
    }
}
