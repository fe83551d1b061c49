//! From the bytes of a file to its sections and revisions (ISO 32000-2, 7.5).

use std::collections::HashSet;
use std::ops::Range;

use crate::ambiguity::Ambiguity;
use crate::error::PdfError;
use crate::file::File;
use crate::limits;
use crate::object::Object;
use crate::section::{Section, SectionKind, compare_halves};
use crate::window::Bytes;

/// One state of the document: the original, or what an incremental update made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Revision {
    /// Where its cross-reference section stands (in linearized files that of the first page).
    pub start_xref: u64,
    /// Just after the `%%EOF` that closes it, without the end of line. If there is none, where it should be.
    pub marker_end: u64,
    /// Where it ends: after `%%EOF` and its end of line; for the last revision after all white space.
    pub end: u64,
    /// How its section is written.
    pub kind: SectionKind,
    /// Where all its sections stand in the file, hidden streams of hybrid ones included: more than one in
    /// linearized and hybrid files.
    pub sections: Vec<Range<u64>>,
    /// Which sections make it up, newest first, in the chain's order.
    pub(crate) first_section: usize,
}

/// A file whose chain of sections was followed to its end.
pub(crate) struct Opened<'a> {
    pub(crate) file: File<'a>,
    /// In the order of the chain, newest first.
    pub(crate) sections: Vec<Section>,
    /// Oldest first.
    pub(crate) revisions: Vec<Revision>,
    pub(crate) version: Option<(u8, u8)>,
}

/// Where a revision is closed.
struct Closing {
    /// What `startxref` says.
    stated: u64,
    marker_end: u64,
    end: u64,
}

pub(crate) fn open(bytes: Bytes<'_>) -> Result<Opened<'_>, PdfError> {
    let (header, version) = header(&bytes)?;
    if header == 0 {
        return open_from(bytes, 0, version);
    }
    // Most readers count from the header; some writers counted from the first byte. One of both fits.
    let (opened, counted_from) = match open_from(bytes, header, version) {
        Ok(opened) => (opened, header),
        Err(error) => (open_from(bytes, 0, version).map_err(|_| error)?, 0),
    };
    opened.file.record(Ambiguity::JunkBeforeHeader { length: header, counted_from });
    Ok(opened)
}

/// Where `%PDF-` stands, and the version after it.
pub(crate) fn header(bytes: &Bytes<'_>) -> Result<(u64, Option<(u8, u8)>), PdfError> {
    let start = bytes.up_to(0, limits::HEADER_SEARCH + 8)?;
    let position = start.windows(5).position(|window| window == b"%PDF-");
    let position = position.ok_or(PdfError::NotPdf { searched: start.len() as u64 })?;
    let version = match &start[position + 5..] {
        [major @ b'0'..=b'9', b'.', minor @ b'0'..=b'9', ..] => Some((major - b'0', minor - b'0')),
        _ => None,
    };
    Ok((position as u64, version))
}

fn open_from(bytes: Bytes<'_>, base: u64, version: Option<(u8, u8)>) -> Result<Opened<'_>, PdfError> {
    let file = File::new(bytes, base);
    let last = last_closing(&file)?;
    let sections = chain(&file, file.absolute(last.stated))?;
    let revisions = revisions(&file, &sections, &last)?;
    compare_halves(&file, &sections)?;
    compare_sizes(&file, &sections)?;
    Ok(Opened { file, sections, revisions, version })
}

/// The last `startxref` of the file.
fn last_closing(file: &File<'_>) -> Result<Closing, PdfError> {
    let length = file.bytes().length();
    for distance in [limits::HEADER_SEARCH, limits::START_SEARCH] {
        let start = length.saturating_sub(distance);
        let tail = file.bytes().up_to(start, distance)?;
        let Some(index) = tail.windows(9).rposition(|window| window == b"startxref") else { continue };
        // From the first of several on, as they are met when another revision follows.
        let index = (1..limits::STARTS).fold(index, |index, _| start_before(&tail, index).unwrap_or(index));
        let mut closing =
            closing(file, start + index as u64)?.ok_or(PdfError::StartMissing { searched: distance })?;
        let rest = file.bytes().range(closing.end..length)?;
        if rest.iter().all(u8::is_ascii_whitespace) {
            closing.end = length;
        } else {
            let (offset, length) = (closing.end, rest.len() as u64);
            file.record(Ambiguity::BytesAfterEnd { offset, length });
        }
        return Ok(closing);
    }
    Err(PdfError::StartMissing { searched: limits::START_SEARCH.min(length) })
}

/// The `startxref` of which nothing but its number stands before that at `index`.
fn start_before(bytes: &[u8], index: usize) -> Option<usize> {
    let before = bytes.get(..index)?.trim_ascii_end();
    let digits = before.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let before = before.get(..before.len() - digits)?.trim_ascii_end();
    before.ends_with(b"startxref").then(|| before.len() - b"startxref".len())
}

/// `startxref`, a number and `%%EOF` from `offset` on, after white space and comments; `None` if there is
/// something else. Of several `startxref` the last one counts, as for readers that look for it from the end.
fn closing(file: &File<'_>, offset: u64) -> Result<Option<Closing>, PdfError> {
    let found = file.bytes().parse(offset, |parser| {
        // Some writers repeat the trailer after a cross-reference stream.
        if parser.keyword(b"trailer") && parser.dictionary().is_err() {
            return Ok(None);
        }
        let mut start = || parser.keyword(b"startxref").then(|| parser.unsigned("").ok()).flatten();
        let Some(first) = start() else { return Ok(None) };
        let stated = (1..limits::STARTS).map_while(|_| start()).last();
        let (stated, unused) = (stated.unwrap_or(first), stated.map(|_| first));
        let before = parser.offset();
        parser.skip_white_space();
        let marked = parser.literally(b"%%EOF");
        let marker_end = if marked { parser.offset() } else { before };
        parser.end_of_line();
        let end = if marked { parser.offset() } else { before };
        Ok(Some((stated, unused, marker_end, end, marked, before)))
    })?;
    let Some((stated, unused, marker_end, end, marked, before)) = found else { return Ok(None) };
    if let Some(unused) = unused {
        file.record(Ambiguity::StartTwice { stated: unused, offset: before });
    }
    if !marked {
        file.record(Ambiguity::EndMarkerMissing { offset: marker_end });
    }
    Ok(Some(Closing { stated, marker_end, end }))
}

/// Follows `/Prev` from the newest section to the oldest.
fn chain(file: &File<'_>, start: u64) -> Result<Vec<Section>, PdfError> {
    let mut sections = Vec::new();
    let mut seen = HashSet::new();
    let mut next = Some(start);
    while let Some(stated) = next {
        if sections.len() == limits::SECTIONS {
            let (what, limit) = ("cross-reference sections", limits::SECTIONS as u64);
            return Err(PdfError::Limit { what, limit, offset: stated });
        }
        let section = Section::read(file, stated)?;
        if !seen.insert(section.offset) {
            return Err(PdfError::CrossReferenceLoop { offset: section.offset });
        }
        next = section.previous(file)?.map(|previous| file.absolute(previous));
        sections.push(section);
    }
    Ok(sections)
}

/// Records where a section says that there are fewer objects than those before it list; `sections` begin with the newest.
fn compare_sizes(file: &File<'_>, sections: &[Section]) -> Result<(), PdfError> {
    let mut greatest = None;
    for section in sections.iter().rev() {
        let size = section.size()?;
        if let Some(number) = greatest.filter(|number| *number >= size) {
            file.record(Ambiguity::NumberBeyondSize { section: section.offset, number, size });
        }
        greatest = greatest.max(section.greatest());
    }
    Ok(())
}

/// Groups the sections into revisions, each of which ends with its own `startxref` and `%%EOF`. Two sections
/// make one revision if the file is linearized, where `/Prev` of the first page's section points forwards to
/// the main one (Annex F), and if nothing closes the older one before the newer one begins, as where a
/// cross-reference stream follows a table in the same update.
fn revisions(file: &File<'_>, sections: &[Section], last: &Closing) -> Result<Vec<Revision>, PdfError> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (index, section) in sections.iter().enumerate() {
        let newer = index.checked_sub(1).map(|newer| &sections[newer]);
        match (newer, groups.last_mut()) {
            (Some(newer), Some(group)) if newer.offset < section.offset => {
                if group.len() > 1 || !is_linearized(file)? {
                    let (section, previous) = (newer.offset, section.offset);
                    file.record(Ambiguity::ForwardPrevious { section, previous });
                }
                group.push(index);
            }
            (Some(newer), Some(group)) if closing_before(file, section.end, newer.offset)?.is_none() => {
                group.push(index);
            }
            _ => groups.push(vec![index]),
        }
    }
    let mut revisions = Vec::with_capacity(groups.len());
    let mut until = file.bytes().length();
    for (age, group) in groups.iter().enumerate() {
        let newest = &sections[group[0]];
        let section_end = group.iter().map(|&index| sections[index].end).max().unwrap_or(newest.end);
        let (marker_end, end) = if age == 0 {
            (last.marker_end, last.end)
        } else {
            closing_of(file, newest.offset, section_end, until)?
        };
        // What was appended ends no sooner than what it was appended to; sections that overlap say otherwise.
        let newer_end = revisions.last().map_or(u64::MAX, |newer: &Revision| newer.end);
        if end > newer_end {
            file.record(Ambiguity::RevisionEndUnclear { offset: section_end });
        }
        let (marker_end, end) = (marker_end.min(newer_end), end.min(newer_end));
        until = group.iter().map(|&index| sections[index].offset).min().unwrap_or(newest.offset);
        let own = group.iter().map(|&index| &sections[index]);
        let own = own.flat_map(|section| [Some(section.offset..section.end), section.hidden.clone()]);
        revisions.push(Revision {
            start_xref: newest.offset,
            marker_end,
            end,
            kind: newest.kind(),
            sections: own.flatten().collect(),
            first_section: group[0],
        });
    }
    revisions.reverse();
    Ok(revisions)
}

/// What closes a section that ends at `from`: its `startxref` follows at once, or at least before `until`.
fn closing_before(file: &File<'_>, from: u64, until: u64) -> Result<Option<Closing>, PdfError> {
    if let Some(found) = closing(file, from)? {
        return Ok(Some(found));
    }
    let distance = until.saturating_sub(from).min(limits::CLOSING_SEARCH);
    match file.bytes().find(b"startxref", from, distance)? {
        Some(at) => closing(file, at),
        None => Ok(None),
    }
}

/// Where an older revision ends.
fn closing_of(file: &File<'_>, section: u64, section_end: u64, until: u64) -> Result<(u64, u64), PdfError> {
    let Some(found) = closing_before(file, section_end, until)? else {
        file.record(Ambiguity::RevisionEndUnclear { offset: section_end });
        return Ok((section_end, section_end));
    };
    let start = file.absolute(found.stated);
    let near = start <= section && section - start <= limits::HEADER_SEARCH;
    if !near || !file.bytes().range(start..section)?.iter().all(u8::is_ascii_whitespace) {
        file.record(Ambiguity::StartMismatch { section, stated: found.stated });
    }
    Ok((found.marker_end, found.end))
}

/// Whether the first object of the file is a linearization dictionary.
fn is_linearized(file: &File<'_>) -> Result<bool, PdfError> {
    let first = file.bytes().parse(file.base(), |parser| {
        parser.object_header()?;
        parser.dictionary()
    });
    match first {
        Ok(dictionary) => Ok(dictionary.get("Linearized").and_then(Object::as_number).is_some()),
        Err(PdfError::Read(error)) => Err(PdfError::Read(error)),
        Err(_) => Ok(false),
    }
}
