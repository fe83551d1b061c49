//! Looking at every object once.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails where it stands")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use chancery_digest::Source;
use chancery_pdf::{Dictionary, Document, Increment, Object, PdfError, Reference};
use chancery_testkit::pdf::{CrossReference, SamplePdf};

/// A source that is not in memory, and counts what is read.
struct Counting {
    bytes: Vec<u8>,
    calls: AtomicU64,
    read: AtomicU64,
}

impl Counting {
    fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, calls: AtomicU64::new(0), read: AtomicU64::new(0) }
    }
}

impl Source for Counting {
    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read_at(offset, buffer)?;
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

fn walked(source: &dyn Source, revision: usize) -> BTreeMap<Reference, Object> {
    let document = Document::open(source).unwrap();
    let mut found = BTreeMap::new();
    let view = document.at(revision).unwrap();
    view.each_object(|reference, object| {
        assert!(found.insert(reference, object?).is_none(), "{reference} came twice");
        Ok::<_, PdfError>(())
    })
    .unwrap();
    found
}

/// Objects with new ones, changed ones and a free one in later revisions.
fn revised(kind: CrossReference) -> Vec<u8> {
    let mut file = SamplePdf::new().pages(20).links(10).cross_reference(kind).to_bytes();
    for number in 0_u32..10 {
        let appended = {
            let document = Document::open(&file).unwrap();
            let mut increment = Increment::new(&document);
            let new = increment.allocate();
            increment.put(new, &Object::from(number)).unwrap();
            let mut entries = Dictionary::new();
            entries.set("Changed", i64::from(number));
            increment.put(Reference::new(4 + number, 0), &entries.into()).unwrap();
            increment.finish().unwrap().bytes
        };
        file.extend_from_slice(&appended);
    }
    file
}

#[test]
fn every_object_is_seen_once_as_it_is() {
    for kind in
        [CrossReference::Table, CrossReference::Stream, CrossReference::ObjectStreams, CrossReference::Hybrid]
    {
        let file = revised(kind);
        let document = Document::open(&file).unwrap();
        for revision in 0..document.revisions().len() {
            let view = document.at(revision).unwrap();
            let expected: BTreeMap<_, _> = view
                .references()
                .unwrap()
                .into_iter()
                .map(|reference| (reference, view.object(reference).unwrap()))
                .collect();
            assert_eq!(walked(&file, revision), expected, "{kind:?}, in memory");
            assert_eq!(walked(&Counting::new(file.clone()), revision), expected, "{kind:?}, from a file");
        }
    }
}

#[test]
fn a_file_is_read_from_front_to_back_in_large_steps() {
    for kind in [CrossReference::Table, CrossReference::ObjectStreams] {
        let file = SamplePdf::new().pages(100).links(50).cross_reference(kind).to_bytes();
        let (length, source) = (file.len() as u64, Counting::new(file));
        assert!(walked(&source, 0).len() > 10_000);
        let (calls, read) = (source.calls.into_inner(), source.read.into_inner());
        assert!(read < 6 * length, "{read} of {length} bytes read ({kind:?})");
        assert!(calls < 2_000, "{calls} reads ({kind:?})");
    }
}

/// Objects by turns from a hundred object streams, of which only some are kept decoded; and their entries name a wrong
/// index, so that each has to be looked for.
#[test]
fn object_streams_are_decoded_once_whatever_the_numbers() {
    const STREAMS: usize = 100;
    let read = |each: usize| {
        let mut file = String::from("%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\n");
        let mut rows = vec![[0, 0, 0], [1, 9, 0]];
        let first_stream = 2 + STREAMS * each;
        for _ in 0..each {
            rows.extend((0..STREAMS).map(|stream| [2, first_stream + stream, 0]));
        }
        for stream in 0..STREAMS {
            let (mut header, mut body) = (String::new(), String::new());
            for place in 0..each {
                write!(header, "{} {} ", 2 + place * STREAMS + stream, body.len()).unwrap();
                write!(body, "({place} of {stream}) ").unwrap();
            }
            rows.push([1, file.len(), 0]);
            let entries = format!("/N {each}/First {}/Length {}", header.len(), header.len() + body.len());
            write!(
                file,
                "{} 0 obj\n<</Type/ObjStm{entries}>>stream\n{header}{body}\nendstream\nendobj\n",
                first_stream + stream
            )
            .unwrap();
        }
        let start = file.len();
        let data: String =
            rows.iter().map(|[kind, second, third]| format!("{kind:02x}{second:08x}{third:02x}")).collect();
        let size = rows.len();
        write!(file, "{size} 0 obj\n<</Type/XRef/Size {size}/W[1 4 1]/Root 1 0 R/Filter/ASCIIHexDecode/Length {}>>stream\n{data}\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n", data.len()).unwrap();
        let source = Counting::new(file.into_bytes());
        let found = walked(&source, 0);
        assert_eq!(found.len(), 1 + STREAMS + STREAMS * each);
        let last = Reference::new(u32::try_from(first_stream - 1).unwrap(), 0);
        let text = format!("{} of {}", each - 1, STREAMS - 1);
        assert_eq!(found[&last].as_string().unwrap().to_text(), text);
        (source.read.into_inner(), source.bytes.len() as u64)
    };
    let (read, length) = read(200);
    assert!(read < 4 * length, "{read} of {length} bytes read");
}

#[test]
fn an_object_that_cannot_be_read_is_told_with_its_number() {
    let mut file = SamplePdf::new().links(3).to_bytes();
    let place = file.windows(7).position(|window| window == b"6 0 obj").unwrap();
    file[place] = b'9';
    let document = Document::open(&file).unwrap();
    let mut damaged = Vec::new();
    document
        .latest()
        .each_object(|reference, object| {
            damaged.extend(object.is_err().then_some(reference.number));
            Ok::<_, PdfError>(())
        })
        .unwrap();
    assert_eq!(damaged, [6]);
}
