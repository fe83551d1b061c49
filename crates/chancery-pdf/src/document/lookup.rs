//! What the cross-reference of a revision says of a number.

use super::Document;
use crate::entry::Entry;
use crate::error::PdfError;
use crate::section_index::{self, SectionIndex};
use crate::table::Window;

impl Document<'_> {
    pub(crate) fn entry(&self, revision: usize, number: u32) -> Result<Option<Entry>, PdfError> {
        self.next_entry(revision, number, &mut [])
    }

    /// As `entry`, for many numbers in ascending order: the windows, one for each section, keep what was read around the
    /// last one.
    pub(crate) fn next_entry(
        &self,
        revision: usize,
        number: u32,
        windows: &mut [Window],
    ) -> Result<Option<Entry>, PdfError> {
        let entry = self.newest_entry(revision, number, windows)?;
        // When the revision was all there was, an entry that points beyond its end led to nothing.
        let end = self.end_of(revision);
        Ok(entry.filter(|entry| !matches!(entry, Entry::InFile { offset, .. } if *offset >= end)))
    }

    /// The entry in the newest section up to a revision that has one.
    fn newest_entry(
        &self,
        revision: usize,
        number: u32,
        windows: &mut [Window],
    ) -> Result<Option<Entry>, PdfError> {
        let first = self.revisions.get(revision).map_or(0, |revision| revision.first_section);
        let in_section = |index: usize| {
            let section = self.sections.get(index)?;
            section.next_entry(&self.file, windows.get_mut(index), number).transpose()
        };
        match self.section_index()? {
            Some(index) => index.candidates(number, first).find_map(in_section).transpose(),
            None => (first..self.sections.len()).find_map(in_section).transpose(),
        }
    }

    /// `None` where there are so few sections that they are searched one by one.
    pub(crate) fn section_index(&self) -> Result<Option<&SectionIndex>, PdfError> {
        if self.sections.len() < section_index::WORTHWHILE {
            return Ok(None);
        }
        let index = self.section_index.get_or_init(|| SectionIndex::new(&self.sections, &self.file));
        index.as_ref().map(Some).map_err(PdfError::clone)
    }

    /// The numbers of which an entry points beyond the end of its own revision, to between the ends of these two: nothing
    /// stood there when it was all there was, and whoever appends decides what stands there now. All are read once.
    pub(crate) fn promised(
        &self,
        older: usize,
        newer: usize,
    ) -> Result<impl Iterator<Item = u32> + '_, PdfError> {
        let promised = match self.promised.get() {
            Some(promised) => promised,
            None => {
                let promised = self.read_promised()?;
                self.promised.get_or_init(|| promised)
            }
        };
        let before = |end: u64| promised.partition_point(|(offset, _)| *offset < end);
        let (one, other) = (before(self.end_of(older)), before(self.end_of(newer)));
        let (start, end) = (one.min(other), one.max(other));
        Ok(promised.get(start..end).unwrap_or_default().iter().map(|&(_, number)| number))
    }

    /// By the offsets that they point to.
    fn read_promised(&self) -> Result<Vec<(u64, u32)>, PdfError> {
        let mut promised = Vec::new();
        let mut until = self.sections.len();
        for (index, revision) in self.revisions.iter().enumerate() {
            let end = self.end_of(index);
            for section in self.sections.get(revision.first_section..until).unwrap_or_default() {
                let (mut numbers, mut window) = (Vec::new(), Window::default());
                section.numbers(&self.file, &mut numbers)?;
                for number in numbers {
                    if let Some(Entry::InFile { offset, .. }) =
                        section.next_entry(&self.file, Some(&mut window), number)?
                        && offset >= end
                    {
                        promised.push((offset, number));
                    }
                }
            }
            until = revision.first_section;
        }
        promised.sort_unstable();
        promised.dedup();
        Ok(promised)
    }

    /// Where a revision ends that is followed by others; the latest ends nowhere.
    pub(super) fn end_of(&self, revision: usize) -> u64 {
        let followed = revision + 1 < self.revisions.len();
        self.revisions.get(revision).filter(|_| followed).map_or(u64::MAX, |revision| revision.end)
    }
}
