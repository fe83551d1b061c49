//! Which sections have an entry for a number: so that a file of many revisions is not searched section by section for
//! every object.

use crate::error::PdfError;
use crate::file::File;
use crate::limits;
use crate::section::Section;

/// Fewer sections than this are searched one by one.
pub(crate) const WORTHWHILE: usize = 8;

/// The sections that have an entry for each number, newest first. The largest section is left out, which saves most of
/// the memory: it is looked at in its turn.
#[derive(Debug)]
pub(crate) struct SectionIndex {
    /// Sorted; one for each entry, so that it takes eight bytes whatever a file says.
    listed: Vec<Listed>,
    largest: u32,
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Listed {
    number: u32,
    section: u32,
}

impl SectionIndex {
    /// Reads the numbers of all sections once.
    pub(crate) fn new(sections: &[Section], file: &File<'_>) -> Result<Self, PdfError> {
        let numbered = || (0_u32..).zip(sections);
        let largest = numbered().max_by_key(|(_, section)| section.count());
        let largest = largest.map(|(index, _)| index).unwrap_or_default();
        let others = || numbered().filter(|(index, _)| *index != largest);
        let count = others().fold(0_u64, |count, (_, section)| count.saturating_add(section.count()));
        if count > limits::LATER_ENTRIES {
            let (what, limit) = ("cross-reference entries of later revisions", limits::LATER_ENTRIES);
            return Err(PdfError::Limit { what, limit, offset: 0 });
        }
        let mut listed = Vec::with_capacity(usize::try_from(count).unwrap_or_default());
        let mut numbers = Vec::new();
        for (index, section) in others() {
            section.numbers(file, &mut numbers)?;
            listed.extend(numbers.drain(..).map(|number| Listed { number, section: index }));
        }
        listed.sort_unstable();
        listed.dedup();
        Ok(Self { listed, largest })
    }

    /// The sections from `first` on that may have an entry for a number, newest first.
    pub(crate) fn candidates(&self, number: u32, first: usize) -> impl Iterator<Item = usize> {
        let first = u32::try_from(first).unwrap_or(u32::MAX);
        // Found, not filtered: an old revision of a long file would pass over all that came after it.
        let start = self.listed.partition_point(|one| *one < Listed { number, section: first });
        let own = self.listed.get(start..).unwrap_or_default().iter();
        let mut own = own.take_while(move |one| one.number == number).map(|one| one.section).peekable();
        let mut largest = Some(self.largest).filter(|largest| *largest >= first);
        let sections = std::iter::from_fn(move || match (own.peek(), largest) {
            (Some(newer), Some(largest)) if *newer < largest => own.next(),
            (_, Some(_)) => largest.take(),
            (_, None) => own.next(),
        });
        sections.filter_map(|section| usize::try_from(section).ok())
    }
}

#[cfg(test)]
mod tests {
    use crate::document::Document;
    use crate::view::View;

    /// A file of many revisions, each of which lists as many numbers that no other one does, in a stream of zeros.
    fn many(revisions: usize, each: usize) -> Vec<u8> {
        let mut file = b"%PDF-1.5\n1 0 obj\n<</Type/Catalog>>\nendobj\n".to_vec();
        let mut section = file.len();
        let table = "xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \n";
        file.extend(format!("{table}trailer\n<</Root 1 0 R/Size 2>>\nstartxref\n{section}\n%%EOF\n").bytes());
        let rows = miniz_oxide::deflate::compress_to_vec_zlib(&vec![0; each], 6);
        for revision in 0..revisions {
            let previous = std::mem::replace(&mut section, file.len());
            let (first, length) = (2 + revision * each, rows.len());
            let index = format!("/Index[{first} {each}]/Size {}", first + each);
            let entries = format!("{index}/W[1 0 0]/Root 1 0 R/Prev {previous}/Filter/FlateDecode");
            file.extend(format!("9 0 obj\n<</Type/XRef{entries}/Length {length}>>\nstream\n").bytes());
            file.extend(&rows);
            file.extend(format!("\nendstream\nendobj\nstartxref\n{section}\n%%EOF\n").bytes());
        }
        file
    }

    /// How many sections are asked for the numbers of all sections, as of each revision.
    fn asked(document: &Document<'_>, numbers: impl Fn(usize) -> std::ops::Range<u32>) -> usize {
        let index = document.section_index().unwrap().unwrap();
        let views = (0..document.revisions().len()).filter_map(|revision| document.at(revision));
        let first = |view: View<'_>| document.section_count() - document.sections_at(view.revision()).len();
        views
            .map(|view| {
                let first = first(view);
                numbers(view.revision()).map(|number| index.candidates(number, first).count()).sum::<usize>()
            })
            .sum()
    }

    #[test]
    fn few_sections_are_asked_however_many_there_are() {
        for (revisions, each) in [(100, 50), (400, 50), (100, 200)] {
            let file = many(revisions, each);
            let document = Document::open(&file).unwrap();
            assert_eq!(document.revisions().len(), revisions + 1);
            // What each revision lists, before and after it.
            let each = u32::try_from(each).unwrap();
            let listed = |revision: usize| {
                let revision = u32::try_from(revision).unwrap();
                2 + revision.saturating_sub(1) * each..2 + (revision + 1) * each
            };
            let asked = asked(&document, listed);
            let entries = revisions * usize::try_from(each).unwrap();
            assert!(asked <= 4 * entries + 4 * revisions, "{asked} of {entries} entries");
        }
    }

    /// There is no number of entries from which on the sections are searched one after another.
    #[test]
    fn millions_of_entries_are_found_as_well() {
        let file = many(520, 4_000);
        assert!(file.len() < 200_000);
        let document = Document::open(&file).unwrap();
        let asked = asked(&document, |revision| match revision {
            0 => 2..2_080_000,
            _ => 0..0,
        });
        assert!(asked <= 2_080_000, "the oldest revision is asked only what it can know: {asked}");
        let view = document.latest();
        assert!(view.entry(2_000_000).unwrap().is_some() && view.entry(3_000_000).unwrap().is_none());
    }

    #[test]
    fn more_entries_than_fit_are_an_error() {
        let file = many(41, 400_000);
        let document = Document::open(&file).unwrap();
        assert!(document.latest().entry(1).is_err());
        assert!(document.latest().entry(1).is_err(), "which is found out once");
    }
}
