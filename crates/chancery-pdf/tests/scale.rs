//! Files of 300,000 objects: opening one, finding a page and preparing an increment reads a small part of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use chancery_digest::Source;
use chancery_pdf::{Ambiguity, Document, Increment, Object, Reference};

const OBJECTS: usize = 300_000;
/// Objects in one object stream.
const TOGETHER: usize = 100;

/// Counts the bytes that are read.
struct Counted {
    bytes: Vec<u8>,
    read: AtomicU64,
}

impl Source for Counted {
    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let count = Source::read_at(&self.bytes, offset, buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

fn body(number: usize) -> String {
    match number {
        1 => "<</Type /Catalog /Pages 2 0 R>>".into(),
        2 => "<</Type /Pages /Kids [3 0 R] /Count 1>>".into(),
        3 => "<</Type /Page /Parent 2 0 R>>".into(),
        number => format!("[{number}]"),
    }
}

/// Prepares an increment that changes the page, and says how much was read for it.
fn bytes_read(bytes: Vec<u8>) -> u64 {
    let file = Counted { bytes, read: AtomicU64::new(0) };
    let document = Document::open(&file).unwrap();
    let (page, mut dictionary) = document.latest().page(0).unwrap();
    assert_eq!(page, Reference::new(3, 0));
    dictionary.set("Rotate", 90);
    let mut increment = Increment::new(&document);
    increment.put(page, &dictionary.into()).unwrap();
    assert!(increment.finish().unwrap().bytes.len() < 500);
    assert_eq!(document.ambiguities(), []);
    let read = file.read.load(Ordering::Relaxed);
    let some = Reference::new(299_999, 0);
    assert_eq!(document.latest().object(some).unwrap(), Object::Array(vec![299_999.into()]));
    read
}

#[test]
fn a_table_is_looked_up_in_place() {
    let mut bytes = b"%PDF-1.4\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", OBJECTS + 1);
    for number in 1..=OBJECTS {
        table += &format!("{:010} 00000 n \n", bytes.len());
        bytes.extend(format!("{number} 0 obj\n{}\nendobj\n", body(number)).bytes());
    }
    let start = bytes.len();
    let tail = format!("trailer\n<</Root 1 0 R /Size {}>>\nstartxref\n{start}\n%%EOF\n", OBJECTS + 1);
    bytes.extend(table.bytes().chain(tail.bytes()));
    let read = bytes_read(bytes);
    assert!(read < 20_000, "{read} bytes were read");
}

#[test]
fn of_object_streams_only_the_cross_reference_is_decoded() {
    let mut bytes = b"%PDF-1.5\n".to_vec();
    let streams = OBJECTS.div_ceil(TOGETHER);
    let row = |kind: u8, second: usize, third: usize| {
        let (second, third) = (u32::try_from(second).unwrap(), u8::try_from(third).unwrap());
        [&[kind], second.to_be_bytes().as_slice(), &[third]].concat()
    };
    let mut rows = row(0, 0, 255);
    for number in 0..OBJECTS {
        rows.extend(row(2, OBJECTS + 1 + number / TOGETHER, number % TOGETHER));
    }
    for stream in 0..streams {
        let (mut header, mut bodies) = (String::new(), String::new());
        for number in stream * TOGETHER + 1..=(stream + 1) * TOGETHER {
            header += &format!("{number} {} ", bodies.len());
            bodies += &(body(number) + " ");
        }
        rows.extend(row(1, bytes.len(), 0));
        let data = header.clone() + &bodies;
        let (first, length, number) = (header.len(), data.len(), OBJECTS + 1 + stream);
        let dictionary = format!("<</Type /ObjStm /N {TOGETHER} /First {first} /Length {length}>>");
        bytes.extend(format!("{number} 0 obj\n{dictionary}\nstream\n{data}\nendstream\nendobj\n").bytes());
    }
    let (start, number) = (bytes.len(), OBJECTS + 1 + streams);
    rows.extend(row(1, start, 0));
    let data = miniz_oxide::deflate::compress_to_vec_zlib(&rows, 6);
    let entries = "/Type /XRef /W [1 4 1] /Root 1 0 R /Filter /FlateDecode";
    let dictionary = format!("<<{entries} /Size {} /Length {}>>", number + 1, data.len());
    bytes.extend(format!("{number} 0 obj\n{dictionary}\nstream\n").bytes());
    bytes.extend(&data);
    bytes.extend(format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n").bytes());
    let read = bytes_read(bytes);
    assert!(read < data.len() as u64 + 40_000, "{read} bytes were read");
}

/// Both halves of a hybrid file say where every object is; about one of them they differ.
#[test]
fn the_halves_of_a_hybrid_are_compared_in_one_pass() {
    const CONTRADICTED: usize = OBJECTS - 7;
    let mut bytes = b"%PDF-1.5\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", OBJECTS + 1);
    let row =
        |kind: u8, offset: usize| [&[kind], u32::try_from(offset).unwrap().to_be_bytes().as_slice()].concat();
    let mut rows = row(0, 0);
    for number in 1..=OBJECTS {
        table += &format!("{:010} 00000 n \n", bytes.len());
        rows.extend(row(1, bytes.len() - usize::from(number == CONTRADICTED)));
        bytes.extend(format!("{number} 0 obj\n{}\nendobj\n", body(number)).bytes());
    }
    let stream = bytes.len();
    let data = miniz_oxide::deflate::compress_to_vec_zlib(&rows, 6);
    let entries = format!("/Type /XRef /W [1 4 0] /Size {} /Filter /FlateDecode", OBJECTS + 1);
    let dictionary = format!("<<{entries} /Length {}>>", data.len());
    bytes.extend(format!("{} 0 obj\n{dictionary}\nstream\n", OBJECTS + 1).bytes());
    bytes.extend(&data);
    bytes.extend(b"\nendstream\nendobj\n");
    let start = bytes.len();
    bytes.extend(table.bytes());
    let trailer = format!("<</Root 1 0 R /Size {} /XRefStm {stream}>>", OBJECTS + 1);
    bytes.extend(format!("trailer\n{trailer}\nstartxref\n{start}\n%%EOF\n").bytes());

    let file = Counted { bytes, read: AtomicU64::new(0) };
    let document = Document::open(&file).unwrap();
    let number = u32::try_from(CONTRADICTED).unwrap();
    assert_eq!(document.ambiguities(), [Ambiguity::HybridContradiction { number }]);
    let (read, once) = (file.read.load(Ordering::Relaxed), table.len() + data.len());
    assert!(read < once as u64 + 60_000, "{read} bytes were read, the two halves have {once}");
}

/// Many objects in one increment: looked up by number, not by walking through all that were put.
#[test]
fn an_increment_of_many_objects_is_linear() {
    const MANY: u32 = 200_000;
    let pdf = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\nxref\n0 2\n0000000000 65535 f \n0000000009 00000 n \n\
        trailer\n<</Root 1 0 R /Size 2>>\nstartxref\n29\n%%EOF\n";
    let bytes = pdf.as_slice();
    let document = Document::open(&bytes).unwrap();
    let start = std::time::Instant::now();
    let mut increment = Increment::new(&document);
    for round in 0..2 {
        for number in 2..MANY {
            increment.put_raw(Reference::new(number, 0), vec![b'0' + round]);
        }
    }
    let appended = increment.finish().unwrap();
    // Quadratic work would take minutes.
    assert!(start.elapsed() < std::time::Duration::from_secs(60), "{:?}", start.elapsed());
    let updated = [bytes, &appended.bytes].concat();
    let document = Document::open(&updated).unwrap();
    assert_eq!(document.latest().object(Reference::new(MANY - 1, 0)).unwrap(), Object::Integer(1));
    assert_eq!(document.latest().references().unwrap().len(), usize::try_from(MANY - 1).unwrap());
}

/// An entry that goes back and forth between two places: what stands there is read once, not in every revision.
#[test]
fn what_revisions_take_back_is_read_once() {
    const REVISIONS: usize = 400;
    let mut bytes = b"%PDF-1.5\n".to_vec();
    let mut places = Vec::new();
    for body in ["<</Type /Catalog /Pages 2 0 R>>", "<</Type /Pages /Kids [] /Count 0>>"] {
        places.push(bytes.len());
        bytes.extend(format!("{} 0 obj\n{body}\nendobj\n", places.len()).bytes());
    }
    let long = " ".repeat(100_000);
    let both = [(); 2].map(|()| {
        let place = bytes.len();
        bytes.extend(format!("3 0 obj\n<<{long}/Type /ObjStm>>\nendobj\n").bytes());
        place
    });
    let mut section = bytes.len();
    let rows: String = places.iter().map(|place| format!("{place:010} 00000 n \n")).collect();
    bytes.extend(format!("xref\n0 3\n0000000000 65535 f \n{rows}").bytes());
    bytes.extend(format!("trailer\n<</Root 1 0 R /Size 4>>\nstartxref\n{section}\n%%EOF\n").bytes());
    for revision in 0..REVISIONS {
        let previous = std::mem::replace(&mut section, bytes.len());
        let place = both[revision % 2];
        let trailer = format!("trailer\n<</Root 1 0 R /Size 4 /Prev {previous}>>");
        let table = format!("xref\n3 1\n{place:010} 00000 n \n{trailer}\nstartxref\n{section}\n%%EOF\n");
        bytes.extend(table.bytes());
    }
    let file = Counted { bytes, read: AtomicU64::new(0) };
    let document = Document::open(&file).unwrap();
    assert_eq!(document.revisions().len(), REVISIONS + 1);
    file.read.store(0, Ordering::Relaxed);
    for revision in 1..=REVISIONS {
        let (older, newer) = (document.at(revision - 1).unwrap(), document.at(revision).unwrap());
        let changed = newer.changed_since(&older).unwrap();
        assert_eq!(changed.iter().map(|change| change.number).collect::<Vec<_>>(), [3]);
    }
    let read = file.read.load(Ordering::Relaxed);
    assert!(read < 2 * 4 * 100_000 + 200 * REVISIONS as u64, "{read} bytes were read");

    // Who asks for the catalog of a revision again and again reads it once.
    let (view, before) = (document.latest(), document.at(0).unwrap());
    let catalogs = [view.catalog().unwrap(), before.catalog().unwrap()];
    let read = file.read.load(Ordering::Relaxed);
    assert_eq!([view.catalog().unwrap(), before.catalog().unwrap()], catalogs);
    assert_eq!(file.read.load(Ordering::Relaxed), read);
}
