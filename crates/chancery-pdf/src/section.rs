//! One section of the cross-reference: a table, a stream, or both.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use crate::ambiguity::Ambiguity;
use crate::entry::Entry;
use crate::error::PdfError;
use crate::file::File;
use crate::object::{Dictionary, Object};
use crate::rows::{self, Rows};
use crate::table::{self, Table};

/// How a section is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SectionKind {
    /// A classic table with a trailer.
    Table,
    /// A cross-reference stream (PDF 1.5).
    Stream,
    /// A table for older readers and a stream (`/XRefStm`) for what it hides from them.
    Hybrid,
}

/// A section.
#[derive(Debug)]
pub(crate) struct Section {
    /// Where `xref` or the stream's number stands.
    pub(crate) offset: u64,
    /// After its trailer or `endobj`.
    pub(crate) end: u64,
    pub(crate) trailer: Dictionary,
    /// A hybrid section's stream.
    pub(crate) hidden: Option<Range<u64>>,
    table: Option<Table>,
    rows: Option<Rows>,
    /// Entries that were found without a section, offsets counted from the first byte.
    found: Option<BTreeMap<u32, Entry>>,
}

/// Records where hybrid sections say two things. `sections` begin with the newest. Linear in them, and nothing is done
/// where none is hybrid.
pub(crate) fn compare_halves(file: &File<'_>, sections: &[Section]) -> Result<(), PdfError> {
    let mut hidden_by = Vec::new();
    for section in sections {
        hidden_by.push(section.compare_halves(file)?);
    }
    let hidden: HashSet<u32> = hidden_by.iter().flatten().copied().collect();
    if hidden.is_empty() {
        return Ok(());
    }
    // An object that the table calls free and the stream has is how new objects are hidden from old readers; it is a
    // contradiction where these could see it before.
    let mut listed = HashSet::new();
    for (section, numbers) in sections.iter().zip(hidden_by).rev() {
        for number in numbers.into_iter().filter(|number| listed.contains(number)) {
            file.record(Ambiguity::HybridContradiction { number });
        }
        section.list(file, &hidden, &mut listed)?;
    }
    Ok(())
}

impl Section {
    /// Reads the section that `stated` (counted from the first byte) points at.
    pub(crate) fn read(file: &File<'_>, stated: u64) -> Result<Self, PdfError> {
        let (offset, is_table) = file.bytes().parse(stated, |parser| {
            parser.skip_white_space();
            let offset = parser.offset();
            match parser.peek() {
                Some(b'x') => Ok((offset, true)),
                Some(b'0'..=b'9') => Ok((offset, false)),
                _ => {
                    Err(PdfError::CrossReference { offset, problem: "there is neither a table nor a stream" })
                }
            }
        })?;
        if offset != stated {
            file.record(Ambiguity::SectionShifted { stated, found: offset });
        }
        let section =
            if is_table { Self::read_table(file, offset)? } else { Self::read_stream(file, offset)? };
        for key in section.trailer.duplicates() {
            file.record(Ambiguity::TrailerKeyTwice { section: offset, key: key.to_string() });
        }
        if let (Some(number), size) = (section.greatest(), section.size()?)
            && number >= size
        {
            file.record(Ambiguity::NumberBeyondSize { section: offset, number, size });
        }
        Ok(section)
    }

    fn read_table(file: &File<'_>, offset: u64) -> Result<Self, PdfError> {
        let (table, trailer, end) = table::read(file, offset)?;
        let hidden = match trailer.get("XRefStm") {
            None => None,
            Some(value) => {
                let stated = value.as_integer().and_then(|value| u64::try_from(value).ok());
                let problem = "its /XRefStm is not an offset";
                let stated = stated.ok_or(PdfError::CrossReference { offset, problem })?;
                let stated = file.absolute(stated);
                let (rows, _, span) = rows::read(file, stated)?;
                if span.start != stated {
                    file.record(Ambiguity::SectionShifted { stated, found: span.start });
                }
                Some((rows, span))
            }
        };
        let (rows, hidden) = hidden.unzip();
        Ok(Self { offset, end, trailer, hidden, table: Some(table), rows, found: None })
    }

    fn read_stream(file: &File<'_>, offset: u64) -> Result<Self, PdfError> {
        let (rows, trailer, span) = rows::read(file, offset)?;
        Ok(Self { offset, end: span.end, trailer, hidden: None, table: None, rows: Some(rows), found: None })
    }

    /// What takes the place of all sections of a damaged file, `at` its end.
    pub(crate) fn found(entries: BTreeMap<u32, Entry>, mut trailer: Dictionary, at: u64) -> Self {
        trailer.set("Size", entries.keys().next_back().map_or(1, |greatest| greatest.saturating_add(1)));
        Self { offset: at, end: at, trailer, hidden: None, table: None, rows: None, found: Some(entries) }
    }

    /// Where its stream stands and where its table does, in the file; neither if it was found without a section.
    pub(crate) fn places(&self) -> (Option<Range<u64>>, Option<Range<u64>>) {
        let own = self.offset..self.end;
        match (&self.table, &self.rows) {
            (Some(_), _) => (self.hidden.clone(), Some(own)),
            (None, Some(_)) => (Some(own), None),
            (None, None) => (None, None),
        }
    }

    pub(crate) fn kind(&self) -> SectionKind {
        match (&self.table, &self.rows) {
            (Some(_), Some(_)) => SectionKind::Hybrid,
            (Some(_), None) => SectionKind::Table,
            (None, Some(_)) => SectionKind::Stream,
            // Only a stream can say that an object is part of an object stream (7.5.8.3).
            (None, None) => {
                let mut found = self.found.iter().flat_map(BTreeMap::values);
                let compressed = found.any(|entry| matches!(entry, Entry::InStream { .. }));
                if compressed { SectionKind::Stream } else { SectionKind::Table }
            }
        }
    }

    /// `/Prev`, as stated. Zero means nothing and counts as absent.
    pub(crate) fn previous(&self, file: &File<'_>) -> Result<Option<u64>, PdfError> {
        match self.trailer.get("Prev") {
            None | Some(Object::Null) => Ok(None),
            Some(Object::Integer(0)) => {
                file.record(Ambiguity::PreviousIsZero { section: self.offset });
                Ok(None)
            }
            Some(value) => value.as_integer().and_then(|value| u64::try_from(value).ok()).map(Some).ok_or(
                PdfError::CrossReference { offset: self.offset, problem: "its /Prev is not an offset" },
            ),
        }
    }

    /// `/Size`: one more than the greatest number in use.
    pub(crate) fn size(&self) -> Result<u32, PdfError> {
        let size = self.trailer.get("Size").and_then(Object::as_integer);
        let problem = "its /Size is missing, or not a possible number of objects";
        size.and_then(|size| u32::try_from(size).ok())
            .filter(|&size| size <= crate::limits::OBJECT_NUMBER)
            .ok_or(PdfError::CrossReference { offset: self.offset, problem })
    }

    /// What the section says of an object. Where a table says that the number is free, or nothing, the
    /// hybrid's stream is asked (7.5.8.4).
    /// Those who ask for many numbers in ascending order give a window, which keeps what was read around the last one.
    pub(crate) fn next_entry(
        &self,
        file: &File<'_>,
        window: Option<&mut table::Window>,
        number: u32,
    ) -> Result<Option<Entry>, PdfError> {
        if let Some(found) = &self.found {
            return Ok(found.get(&number).copied());
        }
        let stated = self.stated(file, window, number)?;
        Ok(stated.map(|entry| match entry {
            // Nothing but the header can stand there; viewers take the number for free. Object 0 never is one.
            Entry::InFile { generation, .. } if number == 0 => Entry::Free { next: 0, generation },
            Entry::InFile { offset: 0, generation } => {
                file.record(Ambiguity::EntryWithoutObject { number });
                Entry::Free { next: 0, generation }
            }
            Entry::InFile { offset, generation } => {
                Entry::InFile { offset: file.absolute(offset), generation }
            }
            other => other,
        }))
    }

    fn stated(
        &self,
        file: &File<'_>,
        window: Option<&mut table::Window>,
        number: u32,
    ) -> Result<Option<Entry>, PdfError> {
        let in_table = self.table.as_ref().map_or(Ok(None), |table| match window {
            Some(window) => table.next_entry(file, window, number),
            None => table.entry(file, number),
        })?;
        if in_table.is_some_and(|entry| entry.is_in_use()) {
            return Ok(in_table);
        }
        let in_rows = self.rows.as_ref().map_or(Ok(None), |rows| rows.entry(file, number))?;
        Ok(in_rows.filter(Entry::is_in_use).or(in_table).or(in_rows))
    }

    /// Records where the two halves of a hybrid section lead to different objects, or the stream to none. The numbers
    /// that the table calls free while the stream has them are given back. Linear in the stream.
    fn compare_halves(&self, file: &File<'_>) -> Result<Vec<u32>, PdfError> {
        let mut hidden = Vec::new();
        let (Some(table), Some(rows)) = (&self.table, &self.rows) else { return Ok(hidden) };
        let mut window = table::Window::default();
        for number in rows.numbers(file)? {
            let (left, right) = (table.next_entry(file, &mut window, number)?, rows.entry(file, number)?);
            let (Some(left), Some(right)) = (left, right) else { continue };
            let contradict = match (left.is_in_use(), right.is_in_use()) {
                (true, true) => left != right,
                (true, false) => number != 0,
                (false, true) => {
                    hidden.push(number);
                    false
                }
                (false, false) => false,
            };
            if contradict {
                file.record(Ambiguity::HybridContradiction { number });
            }
        }
        Ok(hidden)
    }

    /// Which of these numbers are in use for readers who take the table's word before that of its stream.
    fn list(
        &self,
        file: &File<'_>,
        wanted: &HashSet<u32>,
        listed: &mut HashSet<u32>,
    ) -> Result<(), PdfError> {
        let mut tell = |number: u32, entry: Option<Entry>| match entry {
            Some(entry) if entry.is_in_use() => drop(listed.insert(number)),
            Some(_) => drop(listed.remove(&number)),
            None => {}
        };
        let rows = self.rows.as_ref();
        for number in rows.map(|rows| rows.numbers(file)).transpose()?.into_iter().flatten() {
            if wanted.contains(&number) {
                tell(number, rows.map_or(Ok(None), |rows| rows.entry(file, number))?);
            }
        }
        let Some(table) = &self.table else { return Ok(()) };
        let mut window = table::Window::default();
        for number in table.subsections().numbers().filter(|number| wanted.contains(number)) {
            tell(number, table.next_entry(file, &mut window, number)?);
        }
        Ok(())
    }

    /// Appends every number the section has an entry for; numbers of both halves of a hybrid come twice.
    pub(crate) fn numbers(&self, file: &File<'_>, numbers: &mut Vec<u32>) -> Result<(), PdfError> {
        if let Some(table) = &self.table {
            numbers.extend(table.subsections().numbers());
        }
        if let Some(rows) = &self.rows {
            numbers.extend(rows.numbers(file)?);
        }
        numbers.extend(self.found.iter().flat_map(BTreeMap::keys));
        Ok(())
    }

    /// How many entries it has, those of both halves of a hybrid.
    pub(crate) fn count(&self) -> u64 {
        let table = self.table.as_ref().map_or(0, |table| table.subsections().count());
        let rows = self.rows.as_ref().map_or(0, Rows::count);
        let found = self.found.as_ref().map_or(0, |found| found.len() as u64);
        table.saturating_add(rows).saturating_add(found)
    }

    pub(crate) fn greatest(&self) -> Option<u32> {
        let table = self.table.as_ref().and_then(|table| table.subsections().greatest());
        let found = self.found.as_ref().and_then(|found| found.keys().next_back().copied());
        table.max(self.rows.as_ref().and_then(Rows::greatest)).max(found)
    }
}
