//! Whether what a revision adds is written as all readers take it.

use std::ops::Range;

use super::Document;
use crate::entry::Entry;
use crate::error::PdfError;
use crate::filter;
use crate::limits;
use crate::object::{Dictionary, Object};
use crate::oddity::{self, Oddity};
use crate::reference::Reference;

/// Keys by which data stand elsewhere, or that some readers take for `/Filter` and `/DecodeParms`, as in inline images.
const OTHER_DATA: [&str; 4] = ["F", "FFilter", "FDecodeParms", "DP"];

impl Document<'_> {
    /// The first oddity in how an object is written that can be read; none in one that is not in use.
    pub(crate) fn oddity(&self, revision: usize, reference: Reference) -> Result<Option<Oddity>, PdfError> {
        let entry = self.entry(revision, reference.number)?;
        match entry.filter(|entry| entry.generation_in_use() == Some(reference.generation)) {
            Some(Entry::InFile { offset, .. }) => self.oddity_in_file(revision, reference, offset),
            Some(Entry::InStream { stream, index }) => {
                let container = self.object_stream(revision, stream, limits::INDIRECTIONS)?;
                Ok(container.oddity(reference.number, index, self.source().len()))
            }
            Some(Entry::Free { .. }) | None => Ok(None),
        }
    }

    fn oddity_in_file(
        &self,
        revision: usize,
        reference: Reference,
        offset: u64,
    ) -> Result<Option<Oddity>, PdfError> {
        let found = self.in_file(revision, reference, offset, limits::INDIRECTIONS)?;
        let end = match &found.object {
            Object::Stream(stream) => stream.file_range().map_or(found.span.end, |data| data.start),
            _ => found.span.end,
        };
        if let Some(oddity) = self.oddity_around(found.span.start..end)? {
            return Ok(Some(oddity));
        }
        let Object::Stream(stream) = &found.object else { return Ok(None) };
        let kind = stream.dictionary().get("Type").and_then(Object::as_name);
        if kind.is_some_and(|kind| kind == "XRef") && !self.is_section(revision, found.span.start) {
            return Ok(Some(Oddity::new("it is a cross-reference stream, but none of this file")));
        }
        let odd = self.oddity_of_stream(revision, stream.dictionary())?;
        if odd.is_some() || kind.is_none_or(|kind| kind != "ObjStm") {
            return Ok(odd);
        }
        match self.object_stream(revision, reference.number, limits::INDIRECTIONS) {
            Err(PdfError::Read(error)) => Err(PdfError::Read(error)),
            Err(_) => Ok(Some(Oddity::new("it is a stream of objects that cannot be read"))),
            Ok(_) => Ok(None),
        }
    }

    /// Whether a stream that stands here is part of the cross-reference of a revision.
    fn is_section(&self, revision: usize, start: u64) -> bool {
        let mut streams = self.sections_at(revision).iter().filter_map(|section| section.places().0);
        streams.any(|stream| stream.start == start)
    }

    /// In the text of an indirect object, from its number to `endobj` or to the data of a stream.
    fn oddity_around(&self, span: Range<u64>) -> Result<Option<Oddity>, PdfError> {
        let length = self.source().len();
        self.file.bytes().parse(span.start, |parser| {
            parser.object_header()?;
            let before = parser.offset();
            parser.value()?;
            let after = parser.offset();
            let part = |range: Range<u64>| self.file.bytes().range(range);
            let header = part(span.start..before)?;
            let blank = header.strip_suffix(b"obj").is_some_and(oddity::is_numbers) && {
                let tail = part(after..span.end)?;
                let words = [&b"endobj"[..], b"stream"];
                words.into_iter().any(|word| is_only(&tail, word)) || oddity::is_blank(&tail)
            };
            if !blank {
                return Ok(Some(Oddity::new("something stands between the value and the words around it")));
            }
            Ok(oddity::of_text(&part(before..after)?, length))
        })
    }

    fn oddity_of_stream(&self, revision: usize, dictionary: &Dictionary) -> Result<Option<Oddity>, PdfError> {
        if OTHER_DATA.iter().any(|key| dictionary.get(key).is_some_and(|value| !value.is_null())) {
            return Ok(Some(Oddity::new(
                "its data stand elsewhere for some readers, or are filtered in another way",
            )));
        }
        let mut resolve = |value: &Object| self.resolve(revision, value, limits::INDIRECTIONS);
        let steps = match filter::steps(dictionary, &mut resolve) {
            Err(PdfError::Read(error)) => return Err(PdfError::Read(error)),
            Err(_) => return Ok(Some(Oddity::new("its /Filter and /DecodeParms do not fit together"))),
            Ok(steps) => steps,
        };
        if self.security.is_none() && steps.iter().any(filter::Step::is_decryption) {
            return Ok(Some(Oddity::new("it is said to be encrypted in a document that is not")));
        }
        let kind = dictionary.get("Type").and_then(Object::as_name);
        let holds_objects = kind.is_some_and(|kind| kind == "ObjStm" || kind == "XRef");
        if holds_objects && !(steps.len() <= 1 && steps.iter().all(filter::Step::is_common)) {
            return Ok(Some(Oddity::new("what it holds is compressed in an unusual way")));
        }
        Ok(None)
    }

    /// The first oddity in how the sections of the cross-reference are written that came with a revision.
    pub(crate) fn section_oddity(&self, revision: usize) -> Result<Option<Oddity>, PdfError> {
        let older = revision.checked_sub(1).map_or(0, |older| self.sections_at(older).len());
        let sections = self.sections_at(revision);
        let added = sections.len().saturating_sub(older);
        for section in sections.iter().take(added) {
            let (stream, table) = section.places();
            if let Some(table) = table
                && let Some(oddity) = self.oddity_of_table(table)?
            {
                return Ok(Some(oddity));
            }
            if let Some(stream) = stream
                && let Some(oddity) = self.oddity_of_rows(revision, stream.start)?
            {
                return Ok(Some(oddity));
            }
        }
        self.oddity_of_end(revision)
    }

    fn oddity_of_rows(&self, revision: usize, offset: u64) -> Result<Option<Oddity>, PdfError> {
        let mut length = |value: &Object| self.length(revision, value, limits::INDIRECTIONS);
        let found = self.file.indirect(offset, &mut length)?;
        let Object::Stream(stream) = found.object else { return Ok(None) };
        if stream.dictionary().get("XRefStm").is_some() {
            return Ok(Some(Oddity::new(
                "a cross-reference stream names another, which some readers follow",
            )));
        }
        let data = stream.file_range().map_or(found.span.end, |data| data.start);
        let around = self.oddity_around(found.span.start..data)?;
        around.map_or_else(|| self.oddity_of_stream(revision, stream.dictionary()), |oddity| Ok(Some(oddity)))
    }

    fn oddity_of_table(&self, table: Range<u64>) -> Result<Option<Oddity>, PdfError> {
        let text = self.file.bytes().range(table)?;
        let Some(trailer) = after_table(&text) else {
            return Ok(Some(Oddity::new(
                "its table is not laid out as the standard says, so some readers rebuild it",
            )));
        };
        Ok(oddity::of_text(trailer, self.source().len()))
    }

    /// From the end of the newest section to the end of its revision.
    fn oddity_of_end(&self, revision: usize) -> Result<Option<Oddity>, PdfError> {
        let (section, revision) = (self.sections_at(revision).first(), self.revisions().get(revision));
        let (Some(section), Some(revision)) = (section, revision) else { return Ok(None) };
        if section.places() == (None, None) || section.end > revision.end {
            return Ok(None);
        }
        let text = self.file.bytes().range(section.end..revision.end)?;
        let start =
            text.iter().position(|byte| !oddity::is_blank(&[*byte])).filter(|&start| start <= MOST_BLANK);
        let end = start.and_then(|start| text.get(start..)).and_then(|text| {
            let text = after_line_end(text.strip_prefix(b"startxref")?)?;
            let (_, text) = after_digits(text)?;
            after_line_end(text)?.strip_prefix(b"%%EOF")
        });
        let odd = Oddity::new(
            "its startxref is not written as the standard says, so some readers look for objects",
        );
        let ends = end.is_some_and(|end| end.len() <= MOST_BLANK && oddity::is_blank(end));
        Ok((!ends).then_some(odd))
    }
}

/// Readers look for `startxref` in the last kilobyte of a file; so much white space around it hides it from nobody.
const MOST_BLANK: usize = 64;

/// What follows the word `trailer` if a table as in ISO 32000-2, 7.5.4, stands before it.
fn after_table(text: &[u8]) -> Option<&[u8]> {
    let mut rest = after_line_end(text.strip_prefix(b"xref")?)?;
    loop {
        if let Some(trailer) = rest.strip_prefix(b"trailer") {
            return Some(trailer);
        }
        let (_, after) = after_digits(rest)?;
        let (count, after) = after_digits(after.strip_prefix(b" ")?)?;
        let rows = after_line_end(after)?;
        let (rows, after) = rows.split_at_checked(usize::try_from(count).ok()?.checked_mul(ROW)?)?;
        if !rows.chunks_exact(ROW).all(is_row) {
            return None;
        }
        rest = after;
    }
}

/// The bytes of an entry in a table.
const ROW: usize = 20;

fn is_row(row: &[u8]) -> bool {
    let digits = |text: &[u8]| text.iter().all(u8::is_ascii_digit);
    matches!(row, [place @ .., b' ', _, _, _, _, _, b' ', b'n' | b'f', b' ', b'\r' | b'\n'] | [place @ .., b' ', _, _, _, _, _, b' ', b'n' | b'f', b'\r', b'\n'] if digits(place))
        && row.get(11..16).is_some_and(digits)
}

fn after_digits(text: &[u8]) -> Option<(u64, &[u8])> {
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at(length);
    Some((std::str::from_utf8(digits).ok()?.parse().ok()?, rest))
}

/// What follows one end of line.
fn after_line_end(text: &[u8]) -> Option<&[u8]> {
    [&b"\r\n"[..], b"\n", b"\r"].into_iter().find_map(|end| text.strip_prefix(end))
}

/// Whether there is nothing but this word, and white space.
fn is_only(text: &[u8], word: &[u8]) -> bool {
    let start = text.iter().position(|byte| !oddity::is_blank(&[*byte])).unwrap_or(text.len());
    text.get(start..).unwrap_or_default().strip_prefix(word).is_some_and(oddity::is_blank)
}
