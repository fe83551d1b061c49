//! What a document was at each of its revisions.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod support;

use chancery_pdf::{
    Ambiguity, Document, Entry, Increment, Name, Object, PdfError, Reference, Revision, SectionKind,
};
use support::{CATALOG, HEADER, PAGE, PAGES, Update, append, plain};

const KINDS: [SectionKind; 3] = [SectionKind::Table, SectionKind::Stream, SectionKind::Hybrid];

fn object(number: u32) -> Reference {
    Reference::new(number, 0)
}

fn text(document: &Document<'_>, revision: usize, number: u32) -> String {
    let found = document.at(revision).unwrap().object(object(number)).unwrap();
    String::from_utf8(found.to_bytes()).unwrap()
}

#[test]
fn every_kind_of_section_is_read() {
    for kind in KINDS {
        let bytes = plain(kind);
        let document = Document::open(&bytes).unwrap();
        assert_eq!(document.revisions().len(), 1);
        assert_eq!(document.revisions()[0].kind, kind);
        assert_eq!(document.revisions()[0].end, bytes.len() as u64);
        assert_eq!(document.revisions()[0].marker_end, bytes.len() as u64 - 1);
        assert_eq!(document.header_version(), Some((1, 7)));
        let sections = &document.revisions()[0].sections;
        assert_eq!(sections.len(), if kind == SectionKind::Hybrid { 2 } else { 1 });
        for section in sections {
            let section =
                &bytes[usize::try_from(section.start).unwrap()..usize::try_from(section.end).unwrap()];
            assert!(section.starts_with(b"xref") || section.starts_with(b"9 0 obj"));
            assert!(section.ends_with(b">>") || section.ends_with(b"endobj"));
        }
        let view = document.latest();
        assert_eq!(view.page(0).unwrap().0, object(3));
        assert_eq!(view.page_count().unwrap(), 1);
        assert!(matches!(view.page(1), Err(PdfError::PageMissing { index: 1, count: 1 })));
        if kind != SectionKind::Table {
            assert_eq!(text(&document, 0, 6), "<</Inside true>>");
            assert_eq!(text(&document, 0, 7), "[1 2 3]");
            assert_eq!(view.object_span(object(6)).unwrap(), None);
        }
        assert_eq!(document.ambiguities(), []);
    }
}

#[test]
fn a_view_sees_only_its_revision() {
    for kind in KINDS {
        let mut bytes = plain(kind);
        let first_end = bytes.len() as u64;
        let first = Document::open(&bytes).unwrap().revisions()[0].start_xref;
        let second = append(
            &mut bytes,
            &Update {
                kind,
                objects: &[(3, 0, "<</Type /Page /Parent 2 0 R /Rotate 90>>"), (8, 0, "(new)")],
                previous: Some(first),
                size: 12,
                ..Update::default()
            },
        );
        let second_end = bytes.len() as u64;
        append(
            &mut bytes,
            &Update { kind, free: &[(8, 1)], previous: Some(second), size: 13, ..Update::default() },
        );
        let document = Document::open(&bytes).unwrap();
        let ends = document.revisions().iter().map(|revision| revision.end).collect::<Vec<_>>();
        assert_eq!(ends, [first_end, second_end, bytes.len() as u64]);
        assert_eq!(text(&document, 0, 3), PAGE.2);
        assert_eq!(text(&document, 1, 3), "<</Type /Page /Parent 2 0 R /Rotate 90>>");
        assert_eq!([0, 1, 2].map(|revision| text(&document, revision, 8)), ["null", "(new)", "null"]);
        // Each revision reads as the file that ended there.
        let prefix = bytes[..usize::try_from(second_end).unwrap()].to_vec();
        let before = Document::open(&prefix).unwrap();
        for reference in before.latest().references().unwrap() {
            let (then, now) = (before.latest().object(reference), document.at(1).unwrap().object(reference));
            assert_eq!(then.unwrap(), now.unwrap());
        }
        assert!(document.at(3).is_none());
        assert_eq!(document.ambiguities(), []);
    }
}

/// Many revisions are looked up by an index; the answers are those of the sections one by one. The largest section
/// stands in the middle, so that there are sections before and after it.
#[test]
fn dozens_of_revisions_are_each_seen_as_they_were() {
    for kind in KINDS {
        let mut bytes = plain(kind);
        let mut expected = vec![String::from("null")];
        for round in 1..40_i64 {
            let document = Document::open(&bytes).unwrap();
            let mut increment = Increment::new(&document);
            if round % 3 != 0 {
                increment.put(object(70), &Object::Integer(round)).unwrap();
            }
            if round == 20 {
                (100..400).for_each(|number| increment.put(object(number), &Object::Null).unwrap());
            }
            increment.put(object(71), &Object::Null).unwrap();
            let appended = increment.finish().unwrap();
            bytes.extend_from_slice(&appended.bytes);
            let value = if round % 3 != 0 { round.to_string() } else { expected.last().unwrap().clone() };
            expected.push(value);
        }
        let document = Document::open(&bytes).unwrap();
        assert_eq!(document.revisions().len(), expected.len());
        for (revision, value) in expected.iter().enumerate() {
            assert_eq!(text(&document, revision, 70), *value, "{kind:?}, revision {revision}");
        }
        assert_eq!(document.at(19).unwrap().entry(399).unwrap(), None);
        assert!(document.at(20).unwrap().entry(399).unwrap().is_some());
    }
}

#[test]
fn changes_are_told_by_number() {
    let mut bytes = plain(SectionKind::Table);
    let first = Document::open(&bytes).unwrap().revisions()[0].start_xref;
    let objects = [(3, 0, "<</Type /Page>>"), (8, 0, "(new)"), (9, 0, "(new too)")];
    let second =
        append(&mut bytes, &Update { objects: &objects, previous: Some(first), ..Update::default() });
    append(
        &mut bytes,
        &Update { free: &[(2, 1), (9, 1), (7, 5)], previous: Some(second), ..Update::default() },
    );
    let document = Document::open(&bytes).unwrap();
    let numbers = |newer: usize, older: usize| {
        let changes = document.at(newer).unwrap().changed_since(&document.at(older).unwrap()).unwrap();
        changes.iter().map(|change| change.number).collect::<Vec<_>>()
    };
    assert_eq!(numbers(1, 0), [3, 8, 9]);
    // 7 was never in use, so it is not changed by being free.
    assert_eq!(numbers(2, 1), [2, 9]);
    // 9 came and went.
    assert_eq!(numbers(2, 0), [2, 3, 8]);
    assert_eq!(numbers(0, 0), [0_u32; 0]);
    assert_eq!(numbers(0, 2), [0_u32; 0]);
    let changes = document.latest().changed_since(&document.at(0).unwrap()).unwrap();
    assert!(matches!(changes[0].before, Some(Entry::InFile { generation: 0, .. })));
    assert_eq!(changes[0].after, Some(Entry::Free { next: 0, generation: 1 }));
}

#[test]
fn a_replaced_object_stream_changes_what_is_in_it() {
    let mut bytes = plain(SectionKind::Stream);
    let first = Document::open(&bytes).unwrap().revisions()[0].start_xref;
    // Only the entry of the object stream changes; those of 6 and 7 stay, and mean something else.
    let body = "<</Type /ObjStm /N 2 /First 8 /Length 24>>\nstream\n6 0 7 3 [] (evil words)   \nendstream";
    append(&mut bytes, &Update { objects: &[(5, 0, body)], previous: Some(first), ..Update::default() });
    let document = Document::open(&bytes).unwrap();
    assert_eq!((text(&document, 0, 7), text(&document, 1, 7)), ("[1 2 3]".into(), "(evil words)".into()));
    let changes = document.latest().changed_since(&document.at(0).unwrap()).unwrap();
    assert_eq!(changes.iter().map(|change| change.number).collect::<Vec<_>>(), [5, 6, 7]);
}

#[test]
fn generations_must_match() {
    let mut bytes = HEADER.to_vec();
    let objects = [CATALOG, PAGES, PAGE, (4, 2, "(second use)")];
    append(&mut bytes, &Update { objects: &objects, ..Update::default() });
    let document = Document::open(&bytes).unwrap();
    let read = |generation| document.latest().object(Reference::new(4, generation)).unwrap();
    assert!(read(0).is_null() && read(1).is_null() && read(3).is_null());
    assert_eq!(read(2).to_bytes(), b"(second use)");
    assert!(document.latest().object(object(77)).unwrap().is_null());
}

#[test]
fn spans_are_those_of_the_file() {
    let mut bytes = HEADER.to_vec();
    let body = "<</A 1 /Contents   <00ff> /B (x) /Contents\n<0011> >>";
    append(&mut bytes, &Update { objects: &[CATALOG, PAGES, PAGE, (4, 0, body)], ..Update::default() });
    let document = Document::open(&bytes).unwrap();
    let slice = |range: std::ops::Range<u64>| {
        &bytes[usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()]
    };
    let span = document.latest().object_span(object(4)).unwrap().unwrap();
    assert_eq!(slice(span), format!("4 0 obj\n{body}\nendobj").as_bytes());
    let contents = document.latest().value_span(object(4), "Contents").unwrap().unwrap();
    assert_eq!(slice(contents), b"<0011>");
    assert_eq!(document.latest().value_span(object(4), "C").unwrap(), None);
    let Object::Dictionary(dictionary) = document.latest().object(object(4)).unwrap() else { panic!() };
    assert_eq!(dictionary.get("Contents").unwrap().as_string().unwrap().as_bytes(), [0, 0x11]);
    assert_eq!(dictionary.duplicates(), [&Name::from("Contents")]);
}

/// A linearized file as Annex F lays it out: the first page's section first, the main section at the end.
fn linearized() -> Vec<u8> {
    let mut bytes = HEADER.to_vec();
    bytes.extend(b"4 0 obj\n<</Linearized 1 /L 0000 /O 3 /E 0 /N 1 /T 0000>>\nendobj\n");
    let first_section = bytes.len();
    // The offsets of fixed width are filled in below.
    bytes.extend(b"xref\n3 2\n@@@@@@@@@3 00000 n \n0000000015 00000 n \n");
    bytes.extend(b"trailer\n<</Root 1 0 R /Size 5 /Prev @@@@@@@@@P>>\nstartxref\n0\n%%EOF\n");
    let mut places = vec![("@@@@@@@@@3", bytes.len())];
    bytes.extend(format!("3 0 obj\n{}\nendobj\n", PAGE.2).bytes());
    places.push(("@@@@@@@@@1", bytes.len()));
    bytes.extend(format!("1 0 obj\n{}\nendobj\n", CATALOG.2).bytes());
    places.push(("@@@@@@@@@2", bytes.len()));
    bytes.extend(format!("2 0 obj\n{}\nendobj\n", PAGES.2).bytes());
    places.push(("@@@@@@@@@P", bytes.len()));
    bytes.extend(b"xref\n0 3\n0000000000 65535 f \n@@@@@@@@@1 00000 n \n@@@@@@@@@2 00000 n \n");
    bytes.extend(format!("trailer\n<</Size 3>>\nstartxref\n{first_section}\n%%EOF\n").bytes());
    for (mark, offset) in places {
        let at = bytes.windows(10).position(|window| window == mark.as_bytes()).unwrap();
        bytes[at..at + 10].copy_from_slice(format!("{offset:010}").as_bytes());
    }
    bytes
}

#[test]
fn a_linearized_file_is_one_revision() {
    let mut bytes = linearized();
    let document = Document::open(&bytes).unwrap();
    assert_eq!(document.ambiguities(), []);
    assert_eq!(document.revisions().len(), 1);
    assert_eq!(document.revisions()[0].end, bytes.len() as u64);
    assert_eq!(document.latest().page(0).unwrap().0, object(3));
    let (start, end) = (document.revisions()[0].start_xref, bytes.len() as u64);
    let objects = [(3, 0, "<</Type /Page /Rotate 90>>")];
    append(&mut bytes, &Update { objects: &objects, previous: Some(start), ..Update::default() });
    let document = Document::open(&bytes).unwrap();
    assert_eq!(document.revisions().len(), 2);
    assert_eq!(document.revisions()[0].end, end);
    assert_eq!(text(&document, 0, 3), PAGE.2);
    assert_eq!(document.ambiguities(), []);
}

#[test]
fn sections_that_only_pretend_to_be_linearized_are_told() {
    let bytes = linearized();
    let at = bytes.windows(10).position(|window| window == b"Linearized").unwrap();
    let mut plain = bytes.clone();
    plain[at] = b'X';
    let document = Document::open(&plain).unwrap();
    assert!(matches!(document.ambiguities()[..], [Ambiguity::ForwardPrevious { .. }]));
}

#[test]
fn bytes_before_the_header_shift_the_offsets() {
    let plain = plain(SectionKind::Table);
    let shifted = [b"Received: by mail\r\n".as_slice(), &plain].concat();
    let document = Document::open(&shifted).unwrap();
    assert_eq!(document.latest().page(0).unwrap().0, object(3));
    assert_eq!(document.ambiguities(), [Ambiguity::JunkBeforeHeader { length: 19, counted_from: 19 }]);
    let mut counted = b"junk\n".to_vec();
    counted.extend(HEADER);
    append(&mut counted, &Update { objects: &[CATALOG, PAGES, PAGE], ..Update::default() });
    let document = Document::open(&counted).unwrap();
    assert_eq!(document.latest().page(0).unwrap().0, object(3));
    assert_eq!(document.ambiguities(), [Ambiguity::JunkBeforeHeader { length: 5, counted_from: 0 }]);
}

#[test]
fn what_viewers_accept_is_read_and_told() {
    let plain = String::from_utf8_lossy(&plain(SectionKind::Table)).replace('\u{fffd}', "x");
    let objects = plain.split("xref\n").next().unwrap().replace("startxref\n", "");
    let start = objects.len();
    let offset = |number: u32| objects.find(&format!("{number} 0 obj")).unwrap();
    let entries = |first: u32, end: &str| {
        let lines = (1..4).map(|number| format!("{:010} 00000 n{end}", offset(number))).collect::<String>();
        format!("xref\n{first} 4\n0000000000 65535 f{end}{lines}trailer\n<</Root 1 0 R /Size 4>>\n")
    };
    let told = |file: String| {
        let bytes = file.into_bytes();
        let document = Document::open(&bytes).unwrap();
        assert_eq!(document.latest().page(0).unwrap().0, object(3));
        document.ambiguities()
    };
    let first = u64::try_from(start).unwrap() + 9;
    let file = |entries: &str, tail: &str| format!("{objects}{entries}{tail}");
    let tail = format!("startxref\n{start}\n%%EOF");
    assert_eq!(told(file(&entries(0, " \n"), &tail)), []);
    assert_eq!(told(file(&entries(0, "\r\n"), &tail)), []);
    assert_eq!(told(file(&entries(0, "\n"), &tail)), [Ambiguity::EntryWidth { offset: first, width: 19 }]);
    assert_eq!(told(file(&entries(0, " \r\n"), &tail)), [Ambiguity::EntryWidth { offset: first, width: 21 }]);
    assert_eq!(told(file(&entries(1, " \n"), &tail)), [Ambiguity::NumberedFromOne { offset: start as u64 }]);
    let shifted = format!("{objects}\n \n{}startxref\n{start}\n%%EOF\n", entries(0, " \n"));
    let found = start as u64 + 3;
    assert_eq!(told(shifted), [Ambiguity::SectionShifted { stated: start as u64, found }]);
    assert_eq!(told(file(&entries(0, " \n"), &format!("{tail}\r\n \n"))), []);
    let told_end = told(file(&entries(0, " \n"), &format!("startxref\n{start}\n")));
    assert!(matches!(told_end[..], [Ambiguity::EndMarkerMissing { .. }]));
    let told_more = told(file(&entries(0, " \n"), &format!("{tail}\nmore")));
    assert!(matches!(told_more[..], [Ambiguity::BytesAfterEnd { length: 4, .. }]));
}

#[test]
fn a_wrong_length_is_told() {
    for (length, expected) in
        [("99", Some(99)), ("3", Some(3)), ("8 0 R", None), ("-1", None), ("9999999999", Some(9_999_999_999))]
    {
        let mut bytes = HEADER.to_vec();
        let body = format!("<</Length {length}>>\nstream\nsome data\nendstream");
        append(&mut bytes, &Update { objects: &[CATALOG, PAGES, PAGE, (4, 0, &body)], ..Update::default() });
        let document = Document::open(&bytes).unwrap();
        let Object::Stream(stream) = document.latest().object(object(4)).unwrap() else { panic!() };
        assert_eq!(&*document.latest().raw(&stream).unwrap(), b"some data");
        let offset = stream.file_range().unwrap().start;
        assert_eq!(document.ambiguities(), [Ambiguity::StreamLength { offset, stated: expected, found: 9 }]);
    }
}

#[test]
fn a_length_may_stand_elsewhere() {
    let mut bytes = HEADER.to_vec();
    let objects =
        [CATALOG, PAGES, PAGE, (4, 0, "<</Length 5 0 R>>\nstream\nend endstream\nendstream"), (5, 0, "13")];
    append(&mut bytes, &Update { objects: &objects, ..Update::default() });
    let document = Document::open(&bytes).unwrap();
    let Object::Stream(stream) = document.latest().object(object(4)).unwrap() else { panic!() };
    assert_eq!(&*document.latest().raw(&stream).unwrap(), b"end endstream");
    assert_eq!(document.ambiguities(), []);
}

#[test]
fn the_halves_of_a_hybrid_section_are_compared() {
    let mut bytes = plain(SectionKind::Hybrid);
    // The table now says that object 7 stands where the page does.
    let page = bytes.windows(7).position(|window| window == b"3 0 obj").unwrap();
    let row = bytes.windows(4).position(|window| window == b"7 1\n").unwrap() + 4;
    bytes[row..row + 18].copy_from_slice(format!("{page:010} 00000 n").as_bytes());
    let document = Document::open(&bytes).unwrap();
    assert_eq!(document.ambiguities(), [Ambiguity::HybridContradiction { number: 7 }]);
}

#[test]
fn sections_that_nothing_closes_belong_to_the_newer_one() {
    let mut bytes = plain(SectionKind::Table);
    let first = Document::open(&bytes).unwrap().revisions()[0].clone();
    let objects = [(3, 0, "<</Type /Page /Rotate 90>>")];
    let table = append(
        &mut bytes,
        &Update { objects: &objects, previous: Some(first.start_xref), ..Update::default() },
    );
    // Its `startxref` is taken away; a cross-reference stream follows the table, as Acrobat writes it.
    let tail = bytes.windows(9).rposition(|window| window == b"startxref").unwrap();
    bytes.truncate(tail);
    let kind = SectionKind::Stream;
    append(
        &mut bytes,
        &Update { kind, objects: &[(8, 0, "(more)")], previous: Some(table), ..Update::default() },
    );
    let document = Document::open(&bytes).unwrap();
    assert_eq!(document.ambiguities(), []);
    assert_eq!(document.revisions().len(), 2);
    let told = |revision: &Revision| (revision.start_xref, revision.marker_end, revision.end);
    assert_eq!(told(&document.revisions()[0]), told(&first));
    assert_eq!(document.revisions()[1].end, bytes.len() as u64);
    assert_eq!((text(&document, 0, 3), text(&document, 0, 8)), (PAGE.2.into(), "null".into()));
    assert_eq!(text(&document, 1, 3), "<</Type /Page /Rotate 90>>");
    assert_eq!(text(&document, 1, 8), "(more)");
}

#[test]
fn a_startxref_that_does_not_follow_at_once_closes_too() {
    let mut bytes = plain(SectionKind::Table);
    let first = Document::open(&bytes).unwrap().revisions()[0].start_xref;
    let tail = bytes.windows(9).rposition(|window| window == b"startxref").unwrap();
    bytes.splice(tail..tail, *b"9 0 obj\nnull\nendobj\n");
    let end = bytes.len() as u64;
    append(&mut bytes, &Update { objects: &[(8, 0, "(more)")], previous: Some(first), ..Update::default() });
    let document = Document::open(&bytes).unwrap();
    let ends = document.revisions().iter().map(|revision| revision.end).collect::<Vec<_>>();
    assert_eq!(ends, [end, bytes.len() as u64]);
    assert_eq!(document.ambiguities(), []);
}
