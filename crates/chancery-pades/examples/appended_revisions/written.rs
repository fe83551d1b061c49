//! How a revision is written: its objects, and the sections that say where they are.

use std::collections::BTreeMap;

use chancery_pdf::{Dictionary, Object, Reference};

use crate::draft::{Body, Draft, parsed};
use crate::random::Random;

/// The kinds of cross-reference sections, and what can be wrong with them.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Layout {
    /// A classic table.
    Table,
    /// A cross-reference stream.
    Stream,
    /// The same, with all that can be in an object stream.
    ObjectStream,
    /// A table whose trailer leads to a stream, which has some of the objects.
    Hybrid,
    /// The same, where the table has what was, and the stream what is.
    HybridOfTwoMinds,
    /// The section before the last is said to be the one before.
    PreviousSkipped,
    /// Every object stands twice; the section leads to the second.
    Twice,
    /// The objects are there, and no section leads to them.
    Unlisted,
    /// The section is found only by those who search for it.
    StartLost,
    /// Two sections after one another in one revision.
    InTwoParts,
}

impl Layout {
    pub(crate) const PLAIN: [Self; 3] = [Self::Table, Self::Stream, Self::ObjectStream];
    pub(crate) const ALL: [Self; 10] = [
        Self::Table,
        Self::Stream,
        Self::ObjectStream,
        Self::Hybrid,
        Self::HybridOfTwoMinds,
        Self::PreviousSkipped,
        Self::Twice,
        Self::Unlisted,
        Self::StartLost,
        Self::InTwoParts,
    ];
}

/// Where an object is.
#[derive(Copy, Clone)]
enum Row {
    At(usize, u16),
    In(u32, usize),
    Free(u16),
}

struct Writer<'a> {
    base: usize,
    bytes: Vec<u8>,
    rows: BTreeMap<u32, Row>,
    draft: &'a Draft<'a>,
}

/// The bytes to append.
pub(crate) fn written(base: &[u8], draft: &mut Draft<'_>, layout: Layout, random: &mut Random) -> Vec<u8> {
    let revisions = draft.document.revisions();
    let last = revisions.last().map_or(0, |revision| revision.start_xref);
    let skipped = revisions.iter().rev().nth(1).map_or(last, |revision| revision.start_xref);
    let previous = if layout == Layout::PreviousSkipped { skipped } else { last };
    // For object stream, cross-reference stream, and the second of each.
    let spare = draft.reserve(2);
    let mut writer = Writer { base: base.len(), bytes: b"\n".to_vec(), rows: BTreeMap::new(), draft };
    let all: Vec<u32> = draft.bodies.keys().copied().collect();
    match layout {
        Layout::Table | Layout::PreviousSkipped => {
            writer.objects(&all);
            writer.table(previous, None);
        }
        Layout::Twice => {
            writer.old_objects(&all);
            writer.objects(&all);
            writer.table(previous, None);
        }
        Layout::Stream => {
            writer.objects(&all);
            writer.cross_reference_stream(spare, previous);
        }
        Layout::ObjectStream => {
            writer.object_stream(spare + 1, &all);
            writer.cross_reference_stream(spare, previous);
        }
        Layout::Hybrid => {
            let (some, rest): (Vec<u32>, Vec<u32>) = all.iter().partition(|_| random.once_in(2));
            writer.object_stream(spare + 1, &some);
            let start = writer.cross_reference_stream_only(spare, previous);
            writer.rows = some.iter().map(|number| (*number, Row::Free(0))).collect();
            writer.objects(&rest);
            writer.table(previous, Some(start));
        }
        Layout::HybridOfTwoMinds => {
            writer.objects(&all);
            let start = writer.cross_reference_stream_only(spare, previous);
            writer.rows.clear();
            writer.old_objects(&all);
            writer.table(previous, Some(start));
        }
        Layout::Unlisted => {
            writer.objects(&all);
            writer.rows.clear();
            writer.table(previous, None);
        }
        Layout::StartLost => {
            writer.objects(&all);
            writer.table(previous, None);
            writer.bytes.extend_from_slice(b"startxref\n0\n%%EOF\n");
        }
        Layout::InTwoParts => {
            let (some, rest) = all.split_at(all.len() / 2);
            writer.objects(some);
            let first = writer.section(previous, None);
            writer.rows.clear();
            writer.objects(rest);
            writer.table(first, None);
        }
    }
    writer.bytes
}

impl Writer<'_> {
    fn here(&self) -> usize {
        self.base + self.bytes.len()
    }

    fn object(&mut self, reference: Reference, body: &[u8]) {
        self.rows.insert(reference.number, Row::At(self.here(), reference.generation));
        self.bytes
            .extend_from_slice(format!("{} {} obj\n", reference.number, reference.generation).as_bytes());
        self.bytes.extend_from_slice(body);
        self.bytes.extend_from_slice(b"\nendobj\n");
    }

    fn objects(&mut self, numbers: &[u32]) {
        for number in numbers {
            let Some((generation, body)) = self.draft.bodies.get(number) else { continue };
            match body {
                Body::Free => drop(self.rows.insert(*number, Row::Free(generation.saturating_add(1)))),
                Body::Raw(raw) => self.object(Reference::new(*number, *generation), raw),
                Body::Object(object) => {
                    let body = body_of(object, self.draft);
                    self.object(Reference::new(*number, *generation), &body);
                }
            }
        }
    }

    /// As they were before, where they were.
    fn old_objects(&mut self, numbers: &[u32]) {
        let before = Draft::new(self.draft.document);
        for number in numbers {
            let reference = Reference::new(*number, 0);
            if let Some(object) = before.object(reference).filter(|object| !object.is_null()) {
                self.object(reference, &body_of(&object, &before));
            }
        }
    }

    /// What may be in an object stream, there; the rest beside.
    fn object_stream(&mut self, container: u32, numbers: &[u32]) {
        let (mut index, mut data, mut count) = (String::new(), Vec::new(), 0);
        for number in numbers {
            match self.draft.bodies.get(number) {
                Some((0, Body::Object(object))) if object.as_stream().is_none() => {
                    index.push_str(&format!("{number} {} ", data.len()));
                    data.extend_from_slice(&object.to_bytes());
                    data.push(b'\n');
                    self.rows.insert(*number, Row::In(container, count));
                    count += 1;
                }
                _ => self.objects(&[*number]),
            }
        }
        if count > 0 {
            let first = index.len();
            let entries = format!("<</Type/ObjStm/N {count}/First {first}/Length {}>>", first + data.len());
            let body = [entries.as_bytes(), b"\nstream\n", index.as_bytes(), &data, b"\nendstream"].concat();
            self.object(Reference::new(container, 0), &body);
        }
    }

    fn trailer(&self, previous: u64) -> Dictionary {
        let mut trailer = self.draft.document.latest().trailer().clone();
        for key in ["Type", "W", "Index", "Filter", "DecodeParms", "Length", "XRefStm"] {
            trailer.remove(key);
        }
        trailer.set("Size", i64::from(self.draft.size()));
        trailer.set("Prev", i64::try_from(previous).unwrap_or(0));
        for (key, value) in &self.draft.trailer {
            trailer.set(*key, value.clone());
        }
        trailer
    }

    fn section(&mut self, previous: u64, stream: Option<usize>) -> u64 {
        let start = self.here();
        let mut text = String::from("xref\n0 1\n0000000000 65535 f \n");
        for (number, row) in &self.rows {
            let (offset, generation, kind) = match row {
                Row::At(offset, generation) => (*offset, *generation, 'n'),
                Row::Free(generation) => (0, *generation, 'f'),
                Row::In(..) => continue,
            };
            text.push_str(&format!("{number} 1\n{offset:010} {generation:05} {kind} \n"));
        }
        let mut trailer = self.trailer(previous);
        if let Some(stream) = stream {
            trailer.set("XRefStm", i64::try_from(stream).unwrap_or(0));
        }
        text.push_str("trailer\n");
        self.bytes.extend_from_slice(text.as_bytes());
        self.bytes.extend_from_slice(&Object::from(trailer).to_bytes());
        self.bytes.push(b'\n');
        u64::try_from(start).unwrap_or(0)
    }

    fn table(&mut self, previous: u64, stream: Option<usize>) {
        let start = self.section(previous, stream);
        self.bytes.extend_from_slice(format!("startxref\n{start}\n%%EOF\n").as_bytes());
    }

    fn cross_reference_stream_only(&mut self, number: u32, previous: u64) -> usize {
        let start = self.here();
        self.rows.insert(number, Row::At(start, 0));
        let (mut index, mut data) = (String::new(), Vec::new());
        for (number, row) in &self.rows {
            index.push_str(&format!("{number} 1 "));
            let (kind, middle, last) = match row {
                Row::Free(generation) => (0, 0, usize::from(*generation)),
                Row::At(offset, generation) => (1, *offset, usize::from(*generation)),
                Row::In(container, index) => (2, usize::try_from(*container).unwrap_or(0), *index),
            };
            data.push(kind);
            data.extend_from_slice(&u32::try_from(middle).unwrap_or(0).to_be_bytes());
            data.extend_from_slice(&u16::try_from(last).unwrap_or(0).to_be_bytes());
        }
        let mut trailer = self.trailer(previous);
        trailer.set("Type", chancery_pdf::Name::from("XRef"));
        trailer.set("W", parsed("[1 4 2]"));
        trailer.set("Index", parsed(&format!("[{index}]")));
        trailer.set("Length", i64::try_from(data.len()).unwrap_or(0));
        let entries = Object::from(trailer).to_bytes();
        let body = [&entries[..], b"\nstream\n", &data, b"\nendstream"].concat();
        self.object(Reference::new(number, 0), &body);
        start
    }

    fn cross_reference_stream(&mut self, number: u32, previous: u64) {
        let start = self.cross_reference_stream_only(number, previous);
        self.bytes.extend_from_slice(format!("startxref\n{start}\n%%EOF\n").as_bytes());
    }
}

fn body_of(object: &Object, draft: &Draft<'_>) -> Vec<u8> {
    let Object::Stream(stream) = object else { return object.to_bytes() };
    let data = draft.document.latest().raw(stream).map(std::borrow::Cow::into_owned).unwrap_or_default();
    let mut entries = stream.dictionary().clone();
    entries.set("Length", i64::try_from(data.len()).unwrap_or(0));
    [&Object::from(entries).to_bytes()[..], b"\nstream\n", &data, b"\nendstream"].concat()
}
