//! Classic cross-reference tables (ISO 32000-2, 7.5.4). Only the headers of their subsections are read; an
//! entry is found by arithmetic.

use crate::ambiguity::Ambiguity;
use crate::entry::Entry;
use crate::error::PdfError;
use crate::file::File;
use crate::limits;
use crate::object::Dictionary;
use crate::parser::{digits, is_white_space};
use crate::subsections::{Order, Subsection, Subsections, bounded};

/// An entry without its end of line: `0000000016 00000 n`.
const ENTRY: u64 = 18;

/// How much of a table is read at once where all of it is wanted.
const WINDOW: u64 = 16 << 10;

/// Some entries of a table.
#[derive(Debug, Default)]
pub(crate) struct Window {
    start: u64,
    bytes: Vec<u8>,
}

impl Window {
    /// The entry at this offset of the file, if it is here.
    fn get(&self, offset: u64) -> Option<&[u8]> {
        let start = usize::try_from(offset.checked_sub(self.start)?).ok()?;
        self.bytes.get(start..)?.get(..usize::try_from(ENTRY).ok()?)
    }
}

/// A table whose entries stay in the file.
#[derive(Debug)]
pub(crate) struct Table {
    subsections: Subsections,
    /// Bytes from one entry to the next.
    width: u64,
}

/// What stands between two subsections.
enum Next {
    /// A subsection whose first entry stands at this offset.
    Subsection {
        first: u64,
        count: u64,
        entries: u64,
    },
    Trailer {
        dictionary: Dictionary,
        end: u64,
    },
}

/// Reads the table at `offset`, where `xref` stands, with its trailer and the offset after it.
pub(crate) fn read(file: &File<'_>, offset: u64) -> Result<(Table, Dictionary, u64), PdfError> {
    let damaged = |offset, problem| PdfError::CrossReference { offset, problem };
    let mut position = file.bytes().parse(offset, |parser| {
        parser.expect_keyword(b"xref", "`xref`")?;
        Ok(parser.offset())
    })?;
    let mut list: Vec<Subsection> = Vec::new();
    let (mut width, mut narrow) = (None, false);
    loop {
        match next(file, position)? {
            Next::Subsection { first, count, entries } => {
                let (first, count) = bounded(first, count, position)?;
                if list.len() == limits::SUBSECTIONS {
                    let (what, limit) =
                        ("subsections in a cross-reference table", limits::SUBSECTIONS as u64);
                    return Err(PdfError::Limit { what, limit, offset: position });
                }
                position = entries;
                if count > 0 {
                    let own = entry_width(file, entries, count)?;
                    // How long a single entry is does not matter, but to readers that take 20 bytes.
                    if count == 1 {
                        narrow |= own == 19;
                    } else if *width.get_or_insert(own) != own {
                        return Err(damaged(entries, "its entries are of different lengths"));
                    }
                    let last = entries + u64::from(count - 1) * own;
                    // Proves that the entries fill the place between the headers exactly.
                    read_entry(file, entries)?;
                    read_entry(file, last)?;
                    position = last + ENTRY;
                }
                list.push(Subsection { first, count, start: entries });
            }
            Next::Trailer { dictionary, end } => {
                let width = width.unwrap_or(20);
                let told = if narrow { 19 } else { width };
                if told != 20 {
                    let width = u8::try_from(told).unwrap_or_default();
                    file.record(Ambiguity::EntryWidth {
                        offset: list.first().map_or(offset, |s| s.start),
                        width,
                    });
                }
                if dictionary.get("Prev").is_none() {
                    number_from_zero(file, offset, &mut list)?;
                }
                let subsections = Subsections::new(list, offset)?;
                if subsections.order() == Order::Overlapping {
                    file.record(Ambiguity::OverlappingSubsections { offset });
                }
                return Ok((Table { subsections, width }, dictionary, end));
            }
        }
    }
}

fn next(file: &File<'_>, position: u64) -> Result<Next, PdfError> {
    file.bytes().parse(position, |parser| {
        if parser.keyword(b"trailer") {
            let dictionary = parser.dictionary()?;
            return Ok(Next::Trailer { dictionary, end: parser.offset() });
        }
        let damaged = |offset, problem| PdfError::CrossReference { offset, problem };
        let offset = parser.offset();
        let first = parser.unsigned("").map_err(|_| {
            damaged(
                offset,
                "neither a subsection nor `trailer` follows; it may have more or fewer entries than it says",
            )
        })?;
        let count = parser
            .unsigned("")
            .map_err(|_| damaged(offset, "a subsection does not say how many entries it has"))?;
        parser.skip_white_space();
        Ok(Next::Subsection { first, count, entries: parser.offset() })
    })
}

/// How many bytes each entry takes, told from the first.
fn entry_width(file: &File<'_>, entries: u64, count: u32) -> Result<u64, PdfError> {
    let bytes = file.bytes().up_to(entries, ENTRY + 4)?;
    let spaces = bytes.iter().skip(18).take_while(|&&byte| is_white_space(byte)).count() as u64;
    match (count, spaces) {
        (_, 1) => Ok(19),
        (1, _) | (_, 2) => Ok(20),
        (_, 3) => Ok(21),
        _ => Err(PdfError::CrossReference {
            offset: entries,
            problem: "an entry is neither of 20 nor 19 nor 21 bytes",
        }),
    }
}

/// Some writers number their first subsection from 1 although it begins with the entry of object 0.
fn number_from_zero(file: &File<'_>, offset: u64, list: &mut [Subsection]) -> Result<(), PdfError> {
    let Some(first) = list.first_mut().filter(|first| first.first == 1 && first.count > 0) else {
        return Ok(());
    };
    if read_entry(file, first.start)? == (Entry::Free { next: 0, generation: u16::MAX }) {
        first.first = 0;
        file.record(Ambiguity::NumberedFromOne { offset });
    }
    Ok(())
}

/// Reads one entry; offsets are counted as in the file.
fn read_entry(file: &File<'_>, offset: u64) -> Result<Entry, PdfError> {
    parse_entry(&file.bytes().up_to(offset, ENTRY)?, offset)
}

fn parse_entry(bytes: &[u8], offset: u64) -> Result<Entry, PdfError> {
    let entry = match bytes {
        [offset @ .., b' ', a, b, c, d, e, b' ', kind] if offset.len() == 10 => {
            let generation = digits(&[*a, *b, *c, *d, *e]);
            digits(offset).zip(generation).and_then(|(offset, generation)| {
                match (kind, u16::try_from(generation)) {
                    (b'n', Ok(generation)) => Some(Entry::InFile { offset, generation }),
                    (b'f', Ok(generation)) => Some(Entry::Free { next: offset, generation }),
                    // Some writers count one too far where there is no object.
                    (b'f', Err(_)) => Some(Entry::Free { next: offset, generation: u16::MAX }),
                    (b'n', Err(_)) if offset == 0 => Some(Entry::InFile { offset, generation: u16::MAX }),
                    _ => None,
                }
            })
        }
        _ => None,
    };
    entry.ok_or(PdfError::CrossReference {
        offset,
        problem: "an entry is not of the form `0000000016 00000 n`",
    })
}

impl Table {
    pub(crate) fn entry(&self, file: &File<'_>, number: u32) -> Result<Option<Entry>, PdfError> {
        let Some((subsection, index)) = self.subsections.find(number) else { return Ok(None) };
        read_entry(file, subsection.start + u64::from(index) * self.width).map(Some)
    }

    /// As `entry`, for many numbers in ascending order: `window` keeps what was read around the last one.
    pub(crate) fn next_entry(
        &self,
        file: &File<'_>,
        window: &mut Window,
        number: u32,
    ) -> Result<Option<Entry>, PdfError> {
        let Some((subsection, index)) = self.subsections.find(number) else { return Ok(None) };
        let offset = subsection.start + u64::from(index) * self.width;
        if let Some(bytes) = window.get(offset) {
            return parse_entry(bytes, offset).map(Some);
        }
        // Never beyond the subsection: numbers that lead to and fro read no byte that is not an entry's.
        let left = u64::from(subsection.count - index) * self.width;
        *window = Window { start: offset, bytes: file.bytes().up_to(offset, left.min(WINDOW))?.into_owned() };
        read_entry(file, offset).map(Some)
    }

    pub(crate) fn subsections(&self) -> &Subsections {
        &self.subsections
    }
}
