//! Looking for the headers of objects in the bytes of a file.

use chancery_pdf::{Document, Entries, Entry, Reference, Revision};
use memchr::memmem::Finder;

use super::{Found, Oddity, Unlisted, streams};
use crate::PadesError;

/// `4294967295 65535 obj` with some white space.
const LONGEST_HEADER: usize = 64;
const WORD: &[u8] = b"obj";
/// A header and its word, wherever a piece of the file ends within them.
const REACH: usize = LONGEST_HEADER + WORD.len();

/// The number in the header of an object that ends here, and where it begins: `12 0 ` before `obj`.
fn header(before: &[u8]) -> Option<(u32, usize)> {
    let skipped = before.len().saturating_sub(LONGEST_HEADER);
    let before = before.get(skipped..)?;
    let before_generation = number_before(before)?.1;
    let (digits, start) = number_before(before.get(..before_generation)?)?;
    let number = std::str::from_utf8(digits).ok()?.parse().ok()?;
    Some((number, skipped + start))
}

/// The digits before white space at the end, and where they begin.
fn number_before(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let end = bytes.iter().rposition(|byte| !is_space(*byte))? + 1;
    let start = bytes.get(..end)?.iter().rposition(|byte| !byte.is_ascii_digit()).map_or(0, |last| last + 1);
    (start < end && end < bytes.len()).then(|| Some((bytes.get(start..end)?, start)))?
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

/// Looks for objects in the bytes of a file that pass by.
pub(crate) struct Search<'s, 'd> {
    document: &'s Document<'d>,
    finder: Finder<'static>,
    entries: Entries,
    /// The end of what passed by before: a header may have begun there.
    seam: Vec<u8>,
    /// The revision that the bytes belong to.
    revision: usize,
    /// The last object that is listed, as long as nobody asked where it ends.
    listed: Option<Reference>,
    /// What stands before this byte is part of a listed object.
    within: u64,
    found: Found,
}

impl<'s, 'd> Search<'s, 'd> {
    pub(crate) fn new(document: &'s Document<'d>) -> Self {
        Self {
            document,
            finder: Finder::new(WORD),
            entries: Entries::new(),
            seam: Vec::new(),
            revision: 0,
            listed: None,
            within: 0,
            found: Found::nothing(document.source().len()),
        }
    }

    /// Looks through the next bytes of the file, which begin at `offset`.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn look_through(&mut self, offset: u64, bytes: &[u8]) -> Result<(), PadesError> {
        // Around the place where two pieces meet, both are looked at.
        let before = self.seam.len();
        self.seam.extend(bytes.iter().take(REACH));
        let seam = std::mem::take(&mut self.seam);
        let seam_start = offset - before as u64;
        for place in self.finder.clone().find_iter(&seam) {
            // What ends before the meeting was found before; what begins later is looked at in its own piece.
            if place + WORD.len() > before && place < before + LONGEST_HEADER {
                self.judge_header(seam_start, seam.get(..place).unwrap_or_default())?;
            }
        }
        for place in self.finder.clone().find_iter(bytes) {
            if place >= LONGEST_HEADER {
                self.judge_header(offset, bytes.get(..place).unwrap_or_default())?;
            }
        }
        let last = if bytes.len() < REACH { &seam } else { bytes };
        self.seam = last.get(last.len().saturating_sub(REACH)..).unwrap_or_default().to_vec();
        Ok(())
    }

    /// What was found.
    pub(crate) fn finish(self) -> Found {
        self.found
    }

    /// Judges what stands before `obj`, in bytes that begin at this offset of the file.
    fn judge_header(&mut self, offset: u64, before: &[u8]) -> Result<(), PadesError> {
        match header(before) {
            Some((number, begins)) => self.judge(number, offset + begins as u64),
            None => Ok(()),
        }
    }

    fn judge(&mut self, number: u32, offset: u64) -> Result<(), PadesError> {
        if offset < self.within {
            return Ok(());
        }
        let revisions = self.document.revisions();
        while revisions.get(self.revision).is_some_and(|revision| revision.end <= offset) {
            self.revision += 1;
            self.listed = None;
        }
        let Some(view) = self.document.at(self.revision) else { return Ok(()) };
        let entry = self.entries.entry(&view, number)?;
        if let Some(Entry::InFile { offset: stated, generation }) = entry
            && self.leads(stated, offset)?
        {
            self.listed = Some(Reference::new(number, generation));
            return Ok(());
        }
        // It may be part of a stream or a string of the object before it.
        if let Some(listed) = self.listed.take() {
            // An object that cannot be read ends nowhere.
            self.within = view.object_span(listed).ok().flatten().map_or(0, |span| span.end);
            if offset < self.within {
                return Ok(());
            }
        }
        let is_section =
            |revision: &Revision| revision.sections.iter().any(|section| section.contains(&offset));
        if revisions.get(self.revision).is_some_and(is_section) {
            return Ok(());
        }
        let oddity = match entry {
            // Readers that repair take the last definition: one that stands before the listed one is only a leftover.
            Some(Entry::InFile { offset: listed, .. }) if listed > offset => None,
            Some(Entry::InFile { .. } | Entry::InStream { .. }) => Some(Oddity::Twice),
            Some(Entry::Free { .. }) | None => Some(Oddity::NotListed),
        };
        let revision = self.revision;
        let told = oddity.unwrap_or(Oddity::NotListed);
        self.found.push(Unlisted { number, offset, stream: None, revision, oddity: told });
        if oddity.is_some() {
            streams::judge_unlisted(&view, self.document.latest(), (number, offset), &mut self.found)?;
        }
        Ok(())
    }

    /// Whether an entry leads to an object: some leave white space before it.
    fn leads(&self, stated: u64, offset: u64) -> Result<bool, PadesError> {
        if stated == offset {
            return Ok(true);
        }
        if stated > offset || offset - stated > LONGEST_HEADER as u64 {
            return Ok(false);
        }
        let between = self.document.source().read_range(stated..offset)?;
        Ok(between.iter().all(|byte| is_space(*byte)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A catalog, an object in a stream of data, one that is not listed, and an older definition of the catalog.
    fn file() -> Vec<u8> {
        let mut file = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n".to_vec();
        let mut table = String::from("xref\n0 3\n0000000000 65535 f \n");
        for body in [
            &b"1 0 obj\n<</Type/Catalog>>\nendobj\n"[..],
            b"2 0 obj <</Length 18>>\nstream\n8 0 obj 1 endobj \n\nendstream\nendobj\n",
        ] {
            table.push_str(&format!("{:010} 00000 n \n", file.len()));
            file.extend_from_slice(body);
        }
        file.extend_from_slice(b"9 \t\r\n 0 obj 1 endobj\n2 0 obj <<>> endobj\n");
        let start = file.len();
        let end = format!("{table}trailer\n<</Size 3/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n");
        file.extend_from_slice(end.as_bytes());
        file
    }

    #[test]
    fn the_same_is_found_however_the_bytes_are_cut() {
        let file = file();
        let document = Document::open(&file).unwrap();
        let search = |length: usize| {
            let mut search = Search::new(&document);
            for (index, piece) in file.chunks(length).enumerate() {
                search.look_through((index * length) as u64, piece).unwrap();
            }
            search.finish().iter().map(|one| (one.number, one.offset, one.oddity)).collect::<Vec<_>>()
        };
        let at = |text: &[u8]| file.windows(text.len()).position(|found| found == text).unwrap() as u64;
        let expected = vec![
            (1, at(b"1 0 obj\n<<>>"), Oddity::NotListed),
            (9, at(b"9 \t"), Oddity::NotListed),
            (2, at(b"2 0 obj <<>>"), Oddity::Twice),
        ];
        for length in 1..file.len() + 1 {
            assert_eq!(search(length), expected, "pieces of {length} bytes");
        }
    }

    #[test]
    fn headers_are_two_numbers() {
        for (before, found) in [
            (&b"endobj\n12 0 "[..], Some((12, 7))),
            (b"12 0 ", Some((12, 0))),
            (b"%12\r\n0\t", Some((12, 1))),
            (b"end", None),
            (b"0 ", None),
            (b"12 0", None),
            (b"x 0 ", None),
            (b"99999999999 0 ", None),
        ] {
            assert_eq!(header(before), found, "{}", String::from_utf8_lossy(before));
        }
    }
}
