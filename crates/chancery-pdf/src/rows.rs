//! Cross-reference streams (ISO 32000-2, 7.5.8), decoded once, when the first entry is asked for.

use std::ops::Range;
use std::sync::OnceLock;

use crate::ambiguity::Ambiguity;
use crate::entry::Entry;
use crate::error::PdfError;
use crate::file::{File, Indirect};
use crate::filter;
use crate::limits;
use crate::object::{Dictionary, Object};
use crate::subsections::{Order, Subsection, Subsections, bounded};

/// The rows of a cross-reference stream.
#[derive(Debug)]
pub(crate) struct Rows {
    offset: u64,
    data: Range<u64>,
    dictionary: Dictionary,
    widths: [usize; 3],
    subsections: Subsections,
    count: u64,
    decoded: OnceLock<Result<Vec<u8>, PdfError>>,
}

/// Reads the cross-reference stream at `offset`, with its dictionary and where it stands.
pub(crate) fn read(file: &File<'_>, offset: u64) -> Result<(Rows, Dictionary, Range<u64>), PdfError> {
    let damaged = |problem| PdfError::CrossReference { offset, problem };
    // Its /Length must be direct: nothing indirect can be found before this stream is read.
    let direct = &mut |length: &Object| Ok(length.as_integer().and_then(|length| u64::try_from(length).ok()));
    let Indirect { object, span, .. } = file.indirect(offset, direct)?;
    let Object::Stream(stream) = object else { return Err(damaged("there is another object in its place")) };
    let dictionary = stream.dictionary();
    if dictionary.get("Type").and_then(Object::as_name).is_none_or(|name| name != "XRef") {
        return Err(damaged("there is a stream of another type in its place"));
    }
    let data = stream.file_range().ok_or_else(|| damaged("it has no data"))?;
    let widths =
        widths(dictionary).ok_or_else(|| damaged("its /W is not three widths of at most 8 bytes"))?;
    let mut list = Vec::new();
    let mut count = 0_u64;
    for (first, entries) in index(dictionary).ok_or_else(|| damaged("its /Index or /Size are not numbers"))? {
        let (first, entries) = bounded(first, entries, offset)?;
        if list.len() == limits::SUBSECTIONS {
            let (what, limit) = ("subsections in a cross-reference stream", limits::SUBSECTIONS as u64);
            return Err(PdfError::Limit { what, limit, offset });
        }
        list.push(Subsection { first, count: entries, start: count });
        count += u64::from(entries);
        if count > limits::STREAM_ENTRIES {
            let (what, limit) = ("entries in a cross-reference stream", limits::STREAM_ENTRIES);
            return Err(PdfError::Limit { what, limit, offset });
        }
    }
    let subsections = Subsections::new(list, offset)?;
    if subsections.order() == Order::Overlapping {
        file.record(Ambiguity::OverlappingSubsections { offset });
    }
    let trailer = dictionary.clone();
    let dictionary = dictionary.clone();
    let rows = Rows { offset, data, dictionary, widths, subsections, count, decoded: OnceLock::new() };
    Ok((rows, trailer, span))
}

fn widths(dictionary: &Dictionary) -> Option<[usize; 3]> {
    let widths = dictionary.get("W")?.as_array()?;
    let width = |index: usize| {
        let width = widths.get(index)?.as_integer()?;
        usize::try_from(width).ok().filter(|&width| width <= 8)
    };
    let widths = [width(0)?, width(1)?, width(2)?];
    (widths.iter().sum::<usize>() > 0).then_some(widths)
}

/// The runs of object numbers: `/Index`, or all up to `/Size`.
fn index(dictionary: &Dictionary) -> Option<Vec<(u64, u64)>> {
    let number = |value: &Object| value.as_integer().and_then(|value| u64::try_from(value).ok());
    let size = number(dictionary.get("Size")?)?;
    let Some(index) = dictionary.get("Index") else { return Some(vec![(0, size)]) };
    let index = index.as_array()?;
    if index.len() % 2 != 0 {
        return None;
    }
    index.chunks_exact(2).map(|pair| number(&pair[0]).zip(number(&pair[1]))).collect()
}

impl Rows {
    /// The entry of a number, with offsets counted as in the file.
    pub(crate) fn entry(&self, file: &File<'_>, number: u32) -> Result<Option<Entry>, PdfError> {
        let Some((subsection, index)) = self.subsections.find(number) else { return Ok(None) };
        let rows = self.rows(file)?;
        let length: usize = self.widths.iter().sum();
        let damaged = |problem| PdfError::CrossReference { offset: self.offset, problem };
        let row = usize::try_from(subsection.start + u64::from(index)).ok();
        let row = row.and_then(|row| rows.get(row.checked_mul(length)?..)?.get(..length));
        let row = row.ok_or_else(|| damaged("it has fewer entries than it says"))?;
        let (kind, rest) = row.split_at(self.widths[0]);
        let (second, third) = rest.split_at(self.widths[1]);
        let (second, third) = (big_endian(second), big_endian(third));
        let small = |value: u64| u16::try_from(value).map_err(|_| damaged("a generation is beyond 65535"));
        let number =
            |value: u64| u32::try_from(value).map_err(|_| damaged("an object stream's number is too large"));
        // A type that is not there is 1; an unknown one means null (table 18).
        Ok(Some(match if kind.is_empty() { 1 } else { big_endian(kind) } {
            0 => Entry::Free { next: second, generation: u16::try_from(third).unwrap_or(u16::MAX) },
            1 => Entry::InFile { offset: second, generation: small(third)? },
            2 => Entry::InStream { stream: number(second)?, index: number(third)? },
            _ => Entry::Free { next: 0, generation: u16::MAX },
        }))
    }

    /// The numbers it has entries for; that it really has them is checked first.
    pub(crate) fn numbers(&self, file: &File<'_>) -> Result<impl Iterator<Item = u32> + '_, PdfError> {
        self.rows(file)?;
        Ok(self.subsections.numbers())
    }

    /// How many it says that it has.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    pub(crate) fn greatest(&self) -> Option<u32> {
        self.subsections.greatest()
    }

    fn rows(&self, file: &File<'_>) -> Result<&[u8], PdfError> {
        self.decoded.get_or_init(|| self.decode(file)).as_deref().map_err(PdfError::clone)
    }

    fn decode(&self, file: &File<'_>) -> Result<Vec<u8>, PdfError> {
        let expected = self.count.saturating_mul(self.widths.iter().sum::<usize>() as u64);
        let expected = usize::try_from(expected).unwrap_or(usize::MAX);
        // A row costs as much as its number, even if it is shorter: callers may list the numbers.
        let numbers = usize::try_from(self.count).unwrap_or(usize::MAX).saturating_mul(size_of::<u32>());
        file.spend_cross_reference(expected.max(numbers), self.offset)?;
        let direct = &mut |value: &Object| Ok(value.clone());
        let steps = filter::steps(&self.dictionary, direct)?;
        let mut notes = filter::Notes::default();
        // Some writers put a row too many, or fill up; more than that is no cross-reference stream.
        let budget = expected.saturating_add(4096);
        let data = filter::decode(file.bytes().range(self.data.clone())?, &steps, budget, &mut notes)?;
        if notes.wrong_checksum {
            file.record(Ambiguity::FlateChecksum { offset: self.data.start });
        }
        if data.len() < expected {
            let problem = "it has fewer entries than it says";
            return Err(PdfError::CrossReference { offset: self.offset, problem });
        }
        let mut data = data.into_owned();
        data.truncate(expected);
        data.shrink_to_fit();
        Ok(data)
    }
}

/// At most eight bytes.
fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |value, &byte| value << 8 | u64::from(byte))
}
