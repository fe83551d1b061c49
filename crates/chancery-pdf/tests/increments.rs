//! What an increment appends, and that it reads as it was meant.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod support;

use std::collections::BTreeMap;
use std::io;

use chancery_digest::Source;
use chancery_pdf::{
    Dictionary, Document, Entry, Increment, Object, PdfError, PdfString, Real, Reference, SectionKind, Stream,
};
use proptest::prelude::*;
use support::{CATALOG, HEADER, PAGE, PAGES, Update, append, plain};

const KINDS: [SectionKind; 3] = [SectionKind::Table, SectionKind::Stream, SectionKind::Hybrid];

fn literal(text: &str) -> Object {
    PdfString::literal(text).into()
}

#[test]
fn the_section_is_of_the_files_kind() {
    for kind in KINDS {
        let bytes = plain(kind);
        let document = Document::open(&bytes).unwrap();
        let mut increment = Increment::new(&document);
        let new = increment.allocate();
        assert_eq!(new, Reference::new(10, 0));
        increment.put(new, &literal("new")).unwrap();
        let appended = increment.finish().unwrap();
        assert_eq!(appended.start, bytes.len() as u64);
        let updated = [bytes.as_slice(), &appended.bytes].concat();
        assert_eq!(appended.end(), updated.len() as u64);
        let body = usize::try_from(appended.object_offset(new).unwrap()).unwrap();
        assert!(updated[body..].starts_with(b"(new)\nendobj"));
        let again = Document::open(&updated).unwrap();
        assert_eq!(again.ambiguities(), []);
        let kinds = again.revisions().iter().map(|revision| revision.kind).collect::<Vec<_>>();
        let expected = if kind == SectionKind::Hybrid { SectionKind::Table } else { kind };
        assert_eq!(kinds, [kind, expected]);
        assert_eq!(again.revisions()[1].start_xref, appended.section);
        assert_eq!(again.revisions()[1].end, appended.end());
        assert_eq!(again.latest().object(new).unwrap(), literal("new"));
        assert_eq!(again.latest().trailer().get("XRefStm"), None);
        assert_eq!(again.latest().page(0).unwrap().0, Reference::new(3, 0));
        let changed = again.latest().changed_since(&again.at(0).unwrap()).unwrap();
        // The cross-reference stream is an object too.
        let stream = if kind == SectionKind::Stream { vec![11] } else { vec![] };
        let numbers = changed.iter().map(|change| change.number).collect::<Vec<_>>();
        assert_eq!(numbers, [vec![10], stream].concat());
    }
}

#[test]
fn the_trailer_is_taken_over() {
    for kind in [SectionKind::Table, SectionKind::Stream] {
        let mut bytes = HEADER.to_vec();
        let trailer = "/Root 1 0 R /Info 4 0 R /ID [<0102> <0304>] /Private (own)";
        let objects = [CATALOG, PAGES, PAGE, (4, 0, "<</Title (x)>>")];
        append(&mut bytes, &Update { kind, objects: &objects, trailer, ..Update::default() });
        let document = Document::open(&bytes).unwrap();
        let mut increment = Increment::new(&document);
        increment.put(Reference::new(4, 0), &literal("changed")).unwrap();
        increment.set_identifier([5, 6]);
        increment.set_trailer("Extra", 7);
        let updated = [bytes.as_slice(), &increment.finish().unwrap().bytes].concat();
        let again = Document::open(&updated).unwrap();
        let trailer = again.latest().trailer().clone();
        let text = |key: &str| String::from_utf8(trailer.get(key).unwrap().to_bytes()).unwrap();
        assert_eq!(
            ["Root", "Info", "ID", "Private", "Extra"].map(text),
            ["1 0 R", "4 0 R", "[<0102> <0506>]", "(own)", "7"]
        );
        assert_eq!(again.latest().trailer().get("Filter"), None);
        // Not called, the identifier stays.
        let unchanged = Increment::new(&again).finish().unwrap();
        let third = [updated.as_slice(), &unchanged.bytes].concat();
        let third = Document::open(&third).unwrap();
        assert_eq!(third.latest().trailer().get("ID"), again.latest().trailer().get("ID"));
        assert_eq!(third.ambiguities(), []);
    }
}

#[test]
fn a_file_without_a_last_end_of_line_gets_one() {
    let mut bytes = plain(SectionKind::Table);
    assert_eq!(bytes.pop(), Some(b'\n'));
    let document = Document::open(&bytes).unwrap();
    let mut increment = Increment::new(&document);
    increment.put(Reference::new(3, 0), &literal("x")).unwrap();
    let appended = increment.finish().unwrap();
    assert!(appended.bytes.starts_with(b"\n3 0 obj\n"));
}

#[test]
fn offsets_stay_counted_from_where_the_file_counts_them() {
    let bytes = [b"some junk\n".as_slice(), &plain(SectionKind::Stream)].concat();
    let document = Document::open(&bytes).unwrap();
    let mut increment = Increment::new(&document);
    increment.put(Reference::new(7, 0), &literal("x")).unwrap();
    let updated = [bytes.as_slice(), &increment.finish().unwrap().bytes].concat();
    let again = Document::open(&updated).unwrap();
    assert_eq!(again.latest().object(Reference::new(7, 0)).unwrap(), literal("x"));
    assert_eq!(again.ambiguities().len(), 1);
}

#[test]
fn streams_are_written_with_their_bytes() {
    let bytes = plain(SectionKind::Stream);
    let document = Document::open(&bytes).unwrap();
    let Object::Stream(mut old) = document.latest().object(Reference::new(5, 0)).unwrap() else { panic!() };
    let decoded = document.latest().decoded(&old, 1000).unwrap().into_owned();
    old.dictionary_mut().set("Copied", true);
    let mut increment = Increment::new(&document);
    let (copy, new) = (increment.allocate(), increment.allocate());
    increment.put(copy, &Object::Stream(old)).unwrap();
    let data = b"endstream endobj \0\r\n".to_vec();
    increment.put(new, &Stream::new(Dictionary::new(), data.clone()).into()).unwrap();
    let updated = [bytes.as_slice(), &increment.finish().unwrap().bytes].concat();
    let again = Document::open(&updated).unwrap();
    let view = again.latest();
    let stream = |reference| match view.object(reference).unwrap() {
        Object::Stream(stream) => stream,
        other => panic!("{other:?}"),
    };
    assert_eq!(&*view.decoded(&stream(copy), 1000).unwrap(), decoded);
    assert_eq!(stream(copy).dictionary().get("Copied"), Some(&Object::Boolean(true)));
    assert_eq!(&*view.raw(&stream(new)).unwrap(), data);
    assert!(matches!(view.decoded(&stream(copy), 3), Err(PdfError::Limit { .. })));
}

/// A file with a long run of zeros in the middle, which takes no memory, and a note of how much was read.
struct Sparse {
    head: Vec<u8>,
    gap: u64,
    tail: Vec<u8>,
    read: std::sync::atomic::AtomicU64,
}

impl Source for Sparse {
    fn len(&self) -> u64 {
        self.head.len() as u64 + self.gap + self.tail.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let count = usize::try_from(self.len().saturating_sub(offset)).unwrap().min(buffer.len());
        self.read.fetch_add(count as u64, std::sync::atomic::Ordering::Relaxed);
        let (head, tail) = (self.head.len() as u64, self.head.len() as u64 + self.gap);
        for (place, byte) in (offset..).zip(&mut buffer[..count]) {
            *byte = match place {
                _ if place < head => self.head[usize::try_from(place).unwrap()],
                _ if place < tail => 0,
                _ => self.tail[usize::try_from(place - tail).unwrap()],
            };
        }
        Ok(count)
    }
}

/// A file of more than `gap` bytes whose catalog stands at its end.
fn sparse(gap: u64, kind: SectionKind) -> Sparse {
    let head = [HEADER, b"4 0 obj\n<</Length 4000>>\nstream\n"].concat();
    let mut tail = b"\nendstream\nendobj\n".to_vec();
    let base = head.len() as u64 + gap;
    let mut entries = Vec::new();
    for (number, _, body) in [CATALOG, PAGES, PAGE] {
        entries.push(base + tail.len() as u64);
        tail.extend(format!("{number} 0 obj\n{body}\nendobj\n").bytes());
    }
    let section = base + tail.len() as u64;
    if kind == SectionKind::Table {
        tail.extend(b"xref\n0 4\n0000000000 65535 f \n");
        entries.iter().for_each(|offset| tail.extend(format!("{offset:010} 00000 n \n").bytes()));
        tail.extend(b"trailer\n<</Root 1 0 R /Size 4>>\n");
    } else {
        let rows = entries.iter().flat_map(|offset| offset.to_be_bytes()).collect::<Vec<u8>>();
        let dictionary = "/Type /XRef /W [0 8 0] /Index [1 3] /Root 1 0 R /Size 5";
        tail.extend(format!("9 0 obj\n<<{dictionary} /Length {}>>\nstream\n", rows.len()).bytes());
        tail.extend(rows);
        tail.extend(b"\nendstream\nendobj\n");
    }
    tail.extend(format!("startxref\n{section}\n%%EOF\n").bytes());
    Sparse { head, gap, tail, read: Default::default() }
}

#[test]
fn a_file_of_five_gigabytes_costs_no_more_than_a_small_one() {
    for kind in [SectionKind::Table, SectionKind::Stream] {
        let mut file = sparse(5_000_000_000, kind);
        let document = Document::open(&file).unwrap();
        let (page, _) = document.latest().page(0).unwrap();
        let mut increment = Increment::new(&document);
        increment.put(page, &literal("changed")).unwrap();
        let appended = increment.finish().unwrap();
        assert!(appended.bytes.len() < 500);
        let read = file.read.load(std::sync::atomic::Ordering::Relaxed);
        assert!(read < 40_000, "{read} bytes were read");
        file.tail.extend(&appended.bytes);
        let again = Document::open(&file).unwrap();
        assert_eq!(again.latest().object(page).unwrap(), literal("changed"));
        assert_eq!(again.at(0).unwrap().page(0).unwrap().0, page);
        assert_eq!(again.ambiguities(), []);
    }
}

#[test]
fn a_table_cannot_express_more_than_ten_digits() {
    let file = sparse(9_999_999_000, SectionKind::Table);
    let document = Document::open(&file).unwrap();
    let mut increment = Increment::new(&document);
    increment.put(Reference::new(3, 0), &literal("x")).unwrap();
    increment.put(Reference::new(4, 0), &literal(&"x".repeat(1000))).unwrap();
    increment.put(Reference::new(5, 0), &literal("beyond")).unwrap();
    assert!(matches!(increment.finish(), Err(PdfError::OffsetTooLarge { offset }) if offset > 9_999_999_999));
    let file = sparse(20_000_000_000, SectionKind::Stream);
    let document = Document::open(&file).unwrap();
    let mut increment = Increment::new(&document);
    increment.put(Reference::new(3, 0), &literal("x")).unwrap();
    assert!(increment.finish().is_ok());
}

/// Where offsets begin to need one more bit than a signed, and than an unsigned, number of 32 bits has.
#[test]
fn offsets_are_right_around_two_and_four_gigabytes() {
    for boundary in [1_u64 << 31, 1 << 32] {
        for below in (0..1_400).step_by(100) {
            for kind in [SectionKind::Table, SectionKind::Stream] {
                let mut file = sparse(boundary - below, kind);
                let document = Document::open(&file).unwrap();
                let mut increment = Increment::new(&document);
                let places = [0; 12].map(|_| increment.allocate());
                for place in places {
                    increment.put(place, &literal(&format!("{place} of many"))).unwrap();
                }
                let appended = increment.finish().unwrap();
                file.tail.extend(&appended.bytes);
                let again = Document::open(&file).unwrap();
                assert_eq!(again.revisions().len(), 2);
                for place in places {
                    let expected = literal(&format!("{place} of many"));
                    assert_eq!(again.latest().object(place).unwrap(), expected, "{boundary} - {below}");
                }
                assert_eq!(again.ambiguities(), []);
            }
        }
    }
}

/// Any value that can be written.
fn value() -> impl Strategy<Value = Object> {
    let name = prop::collection::vec(any::<u8>(), 0..12).prop_map(chancery_pdf::Name::new);
    let leaf = prop_oneof![
        Just(Object::Null),
        any::<bool>().prop_map(Object::Boolean),
        any::<i64>().prop_map(Object::Integer),
        (-1e15..1e15_f64).prop_map(|value| Object::Real(Real::new(value))),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(|bytes| PdfString::literal(bytes).into()),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(|bytes| PdfString::hexadecimal(bytes).into()),
        name.clone().prop_map(Object::Name),
        (0..2_000_000_000_u32, any::<u16>())
            .prop_map(|(number, generation)| Reference::new(number, generation).into()),
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Object::Array),
            prop::collection::vec((name.clone(), inner), 0..6)
                .prop_map(|entries| Object::Dictionary(entries.into_iter().collect())),
        ]
    })
}

/// Objects of some increments: number, generation, value.
fn increments() -> impl Strategy<Value = Vec<Vec<(u32, u16, Object)>>> {
    let object = (3..40_u32, prop_oneof![4 => Just(0), 1 => any::<u16>()], value());
    prop::collection::vec(prop::collection::vec(object, 0..8), 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    /// Every version, junk before the header, many revisions, one kind of section after the other.
    #[test]
    fn real_shapes_are_extended(
        version in prop::sample::select(&["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "2.0"][..]),
        junk in prop_oneof![Just(Vec::new()), prop::collection::vec(b'a'..=b'z', 1..1_000)],
        kind in 0..3_usize,
        revisions in 1..40_usize,
    ) {
        let mut bytes = junk.clone();
        bytes.extend(plain(KINDS[kind]));
        let at = junk.len() + "%PDF-".len();
        bytes[at..at + 3].copy_from_slice(version.as_bytes());
        let original = bytes.clone();
        for revision in 0..revisions {
            let document = Document::open(&bytes).unwrap();
            let (page, mut dictionary) = document.latest().page(0).unwrap();
            dictionary.set("Revision", i32::try_from(revision).unwrap());
            let mut increment = Increment::new(&document);
            increment.put(page, &dictionary.into()).unwrap();
            bytes.extend(increment.finish().unwrap().bytes);
        }
        prop_assert!(bytes.starts_with(&original));
        let document = Document::open(&bytes).unwrap();
        prop_assert_eq!(document.revisions().len(), revisions + 1);
        prop_assert_eq!(document.header_version().map(|(major, minor)| format!("{major}.{minor}")), Some(version.into()));
        prop_assert_eq!(document.offsets_counted_from(), junk.len() as u64);
        let told = document.ambiguities().len();
        prop_assert_eq!(told, usize::from(!junk.is_empty()));
        for revision in 0..revisions {
            let (_, page) = document.at(revision + 1).unwrap().page(0).unwrap();
            prop_assert_eq!(page.get("Revision").and_then(Object::as_integer), Some(i64::try_from(revision).unwrap()));
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_the_same(value in value()) {
        let bytes = value.to_bytes();
        let (read, length) = Object::parse(&bytes).unwrap();
        prop_assert_eq!(&read, &value);
        prop_assert_eq!(length, bytes.len());
        prop_assert_eq!(read.to_bytes(), bytes);
    }

    #[test]
    fn increments_read_as_they_were_meant(increments in increments(), kind in 0..3_usize) {
        let mut bytes = plain(KINDS[kind]);
        // What each revision must hold: number to generation and value.
        let mut expected: Vec<BTreeMap<u32, (u16, Object)>> = vec![BTreeMap::new()];
        for objects in increments {
            let document = Document::open(&bytes).unwrap();
            let mut increment = Increment::new(&document);
            let mut state = expected.last().cloned().unwrap();
            let new = increment.allocate();
            prop_assert!(document.latest().entry(new.number).unwrap().is_none_or(|entry| !entry.is_in_use()));
            for (number, generation, value) in objects {
                increment.put(Reference::new(number, generation), &value).unwrap();
                state.insert(number, (generation, value));
            }
            increment.put(new, &Object::Boolean(true)).unwrap();
            state.insert(new.number, (0, Object::Boolean(true)));
            expected.push(state);
            let appended = increment.finish().unwrap();
            bytes.extend(appended.bytes);
        }
        let document = Document::open(&bytes).unwrap();
        prop_assert_eq!(document.ambiguities(), []);
        prop_assert_eq!(document.revisions().len(), expected.len());
        for (revision, state) in expected.iter().enumerate() {
            let view = document.at(revision).unwrap();
            for (&number, (generation, value)) in state {
                prop_assert_eq!(&view.object(Reference::new(number, *generation)).unwrap(), value);
                let entry = view.entry(number).unwrap();
                let is_in_file = matches!(entry, Some(Entry::InFile { .. }));
                prop_assert!(is_in_file);
            }
        }
    }
}
