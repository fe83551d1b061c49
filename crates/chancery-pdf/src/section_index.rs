//! Which sections have an entry for a number: so that a file of many revisions is not searched section by section for
//! every object.

use std::collections::HashMap;

use crate::error::PdfError;
use crate::file::File;
use crate::section::Section;

/// Fewer sections than this are searched one by one.
pub(crate) const WORTHWHILE: usize = 8;
/// More entries than this are not held in memory; then the sections are searched one by one.
const MAX_ENTRIES: usize = 2_000_000;

/// The sections that have an entry for each number, newest first. The largest section is left out, which saves most of
/// the memory: it is looked at in its turn.
#[derive(Debug)]
pub(crate) struct SectionIndex {
    sections: HashMap<u32, Vec<usize>>,
    largest: usize,
}

impl SectionIndex {
    /// Reads the numbers of all sections once; `None` if there are too many of them.
    pub(crate) fn new(sections: &[Section], file: &File<'_>) -> Result<Option<Self>, PdfError> {
        let mut numbers = Vec::with_capacity(sections.len());
        for section in sections {
            let mut listed = Vec::new();
            section.numbers(file, &mut listed)?;
            numbers.push(listed);
        }
        let largest = (0..numbers.len()).max_by_key(|&section| numbers[section].len()).unwrap_or_default();
        let others = || numbers.iter().enumerate().filter(|&(section, _)| section != largest);
        if others().map(|(_, listed)| listed.len()).sum::<usize>() > MAX_ENTRIES {
            return Ok(None);
        }
        let mut found: HashMap<u32, Vec<usize>> = HashMap::new();
        for (section, listed) in others() {
            for number in listed {
                found.entry(*number).or_default().push(section);
            }
        }
        Ok(Some(Self { sections: found, largest }))
    }

    /// The sections from `first` on that may have an entry for a number, newest first.
    pub(crate) fn candidates(&self, number: u32, first: usize) -> impl Iterator<Item = usize> {
        let listed = self.sections.get(&number).map_or(&[][..], Vec::as_slice);
        // Found, not filtered: an old revision of a long file would pass over all that came after it.
        let listed = listed.get(listed.partition_point(|section| *section < first)..).unwrap_or_default();
        let (newer, older) = listed.split_at(listed.partition_point(|section| *section < self.largest));
        let largest = Some(self.largest).filter(|largest| *largest >= first);
        newer.iter().copied().chain(largest).chain(older.iter().copied())
    }
}
