//! Files made to hurt: bounded time and memory, a typed error, never a panic.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod support;

use std::time::{Duration, Instant};

use chancery_pdf::{Ambiguity, Document, Object, PdfError, Reference, SectionKind};
use proptest::prelude::*;
use support::{CATALOG, HEADER, PAGE, PAGES, Update, append, plain};

/// Everything a reader may ask of a file. Errors are fine.
fn read_everything(bytes: &[u8]) {
    let source = &bytes;
    let Ok(document) = Document::open(source) else { return };
    for revision in 0..document.revisions().len() {
        let view = document.at(revision).unwrap();
        let _ = (view.page(0), view.page(7), view.page_count(), view.catalog(), view.next_number());
        for reference in view.references().unwrap_or_default() {
            let _ = view.object_span(reference);
            let _ = view.value_span(reference, "Type");
            if let Ok(Object::Stream(stream)) = view.object(reference) {
                let _ = view.decoded(&stream, 1 << 20);
            }
        }
        let _ = document.latest().changed_since(&view);
    }
    let mut increment = chancery_pdf::Increment::new(&document);
    let new = increment.allocate();
    increment.put(new, &Object::Null).unwrap();
    let _ = increment.finish();
    let _ = document.ambiguities().iter().map(ToString::to_string).collect::<Vec<_>>();
}

fn quickly<T>(what: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = what();
    // Milliseconds, in truth; the bound is for machines that do much else.
    assert!(start.elapsed() < Duration::from_secs(5), "took {:?}", start.elapsed());
    result
}

fn error(bytes: &[u8]) -> PdfError {
    quickly(|| Document::open(&bytes).expect_err("opened"))
}

#[test]
fn every_prefix_is_read_or_refused() {
    for kind in [SectionKind::Table, SectionKind::Stream, SectionKind::Hybrid] {
        let mut bytes = plain(kind);
        let first = Document::open(&bytes).unwrap().revisions()[0].start_xref;
        append(&mut bytes, &Update { kind, objects: &[PAGE], previous: Some(first), ..Update::default() });
        for length in 0..bytes.len() {
            read_everything(&bytes[..length]);
        }
    }
}

#[test]
fn what_is_no_pdf_is_called_so() {
    assert!(matches!(error(b""), PdfError::NotPdf { searched: 0 }));
    assert!(matches!(error(b"<html>not found</html>"), PdfError::NotPdf { .. }));
    assert!(matches!(error(b"%PDF-1.7\n1 0 obj\n"), PdfError::StartMissing { .. }));
    let mut cut = plain(SectionKind::Table);
    cut.truncate(cut.len() - 30);
    assert!(matches!(error(&cut), PdfError::StartMissing { .. }));
}

#[test]
fn circles_of_sections_end() {
    let mut bytes = HEADER.to_vec();
    let at = bytes.len() as u64;
    bytes.extend(format!("xref\n0 0\ntrailer\n<</Size 1 /Prev {at}>>\nstartxref\n{at}\n%%EOF\n").bytes());
    assert!(matches!(error(&bytes), PdfError::CrossReferenceLoop { offset } if offset == at));
    // White space before the section does not make it another.
    let mut bytes = HEADER.to_vec();
    let at = bytes.len() as u64;
    bytes.extend(
        format!("   xref\n0 0\ntrailer\n<</Size 1 /Prev {}>>\nstartxref\n{at}\n%%EOF\n", at + 1).bytes(),
    );
    assert!(matches!(error(&bytes), PdfError::CrossReferenceLoop { .. }));
}

#[test]
fn tables_that_lie_are_refused() {
    let table = |table: &str| {
        let mut bytes = HEADER.to_vec();
        let at = bytes.len();
        bytes.extend(format!("xref\n{table}\nstartxref\n{at}\n%%EOF\n").bytes());
        bytes
    };
    for lie in [
        "0 4000000000\n0000000000 65535 f \ntrailer\n<</Size 1>>",
        "0 9\n0000000000 65535 f \ntrailer\n<</Size 1>>",
        "0 1\n0000000000 65535 f \n0000000000 65535 f \ntrailer\n<</Size 1>>",
        "0 1\n000000000 65535 f \ntrailer\n<</Size 1>>",
        "0 1\n0000000000 65535 x \ntrailer\n<</Size 1>>",
        "-1 1\n0000000000 65535 f \ntrailer\n<</Size 1>>",
        "0 1\n0000000000 65535 f \ntrailer\n<</Size -1>>",
        "0 1\n0000000000 65535 f \ntrailer\n<</Size 99999999999999999999>>",
        "0 1\n0000000000 65535 f \ntrailer\n<</Size 1 /Prev (x)>>",
        "0 1\n0000000000 65535 f \ntrailer\n<</Size 1 /Prev 99999999>>",
        "0 1\n0000000000 65535 f \ntrailer\n<</Size 1 /XRefStm -5>>",
        "0 1\n0000000000 65535 f \n<</Size 1>>",
        "99999999999999999999 1\n0000000000 65535 f \ntrailer\n<</Size 1>>",
        "",
    ] {
        let error = error(&table(lie));
        assert!(
            matches!(error, PdfError::CrossReference { .. } | PdfError::Limit { .. }),
            "{lie}: {error:?}"
        );
    }
}

#[test]
fn cross_reference_streams_that_lie_are_refused() {
    let stream = |dictionary: &str, data: &[u8]| {
        let mut bytes = HEADER.to_vec();
        let at = bytes.len();
        bytes.extend(format!("9 0 obj\n<<{dictionary} /Length {}>>\nstream\n", data.len()).bytes());
        bytes.extend(data);
        bytes.extend(format!("\nendstream\nendobj\nstartxref\n{at}\n%%EOF\n").bytes());
        bytes
    };
    let refused = |dictionary: &str, data: &[u8]| {
        let bytes = stream(dictionary, data);
        quickly(|| {
            let document = Document::open(&bytes)?;
            document.latest().references()?;
            document.latest().catalog().map(drop)
        })
        .expect_err(dictionary)
    };
    let bomb = miniz_oxide::deflate::compress_to_vec_zlib(&vec![0; 200 << 20], 6);
    for (dictionary, data) in [
        ("/Type /XRef /Size 5 /W [1 2 1] /Root 1 0 R", b"".as_slice()),
        ("/Type /XRef /Size 2000000000 /W [1 2 1] /Root 1 0 R", b"12345678"),
        ("/Type /XRef /Size 5 /W [1 99 1]", b""),
        ("/Type /XRef /Size 5 /W [0 0 0]", b""),
        ("/Type /XRef /Size 5 /W [-1 2 1]", b""),
        ("/Type /XRef /Size 5 /W 7", b""),
        ("/Type /XRef /Size 5 /W [1 2 1] /Index [0]", b""),
        ("/Type /XRef /Size 5 /W [1 2 1] /Index [0 -1]", b""),
        ("/Type /XRef /Size 5 /W [1 2 1] /Index [0 4000000000]", b""),
        ("/Type /XRef /Size 5 /W [1 2 1] /Index [1999999999 1999999999]", b""),
        ("/Type /XRef /Size 5 /W [1 2 1] /Filter /DCTDecode /Root 1 0 R", b""),
        ("/Type /Other /Size 5 /W [1 2 1]", b""),
        ("/Type /XRef /W [1 2 1]", b""),
        ("/Type /XRef /Size 5 /W [1 2 1] /Filter /FlateDecode /Root 1 0 R", &bomb),
        ("/Type /XRef /Size 5 /Index [0 150000000] /W [1 0 0] /Filter /FlateDecode /Root 1 0 R", &bomb),
    ] {
        refused(dictionary, data);
    }
}

#[test]
fn nesting_and_numbers_of_values_are_bounded() {
    let deep = "[".repeat(1_000_000);
    assert!(matches!(Object::parse(deep.as_bytes()), Err(PdfError::Limit { what: "levels of nesting", .. })));
    let deep = "<</A".repeat(1_000_000);
    assert!(matches!(Object::parse(deep.as_bytes()), Err(PdfError::Limit { .. })));
    let many = format!("[{}]", "0 ".repeat(3_000_000));
    assert!(matches!(Object::parse(many.as_bytes()), Err(PdfError::Limit { .. })));
    for bad in [
        "(",
        "(\\",
        "<",
        "<0",
        "<</A",
        "<</A 1",
        "[1",
        "/",
        "tru",
        "1x",
        "<zz>",
        "<</A 1 2>>",
        ")",
        ">>",
        "]",
        "{",
        "",
    ] {
        // A lone slash is the empty name.
        assert_eq!(Object::parse(bad.as_bytes()).is_ok(), bad == "/", "{bad}");
    }
}

#[test]
fn objects_defined_by_way_of_themselves_end() {
    let mut bytes = HEADER.to_vec();
    let objects = [
        CATALOG,
        PAGES,
        PAGE,
        (4, 0, "<</Length 4 0 R>>\nstream\nx\nendstream"),
        (5, 0, "6 0 R"),
        (6, 0, "5 0 R"),
        (7, 0, "<</Type /ObjStm /N 1 /First 4 /Length 8 0 R>>\nstream\n8 0 6\nendstream"),
    ];
    let section = append(&mut bytes, &Update { objects: &objects, ..Update::default() });
    // Object 8 is in stream 7, whose length it is.
    let at = bytes.len();
    let row = |offset: usize| u16::try_from(offset).unwrap().to_be_bytes();
    bytes.extend(format!("9 0 obj\n<</Type /XRef /Size 10 /W [1 2 1] /Index [8 2] /Root 1 0 R /Prev {section} /Length 8>>\nstream\n").bytes());
    bytes.extend([&[2], row(7).as_slice(), &[0, 1], &row(at), &[0]].concat());
    bytes.extend(format!("\nendstream\nendobj\nstartxref\n{at}\n%%EOF\n").bytes());
    let document = Document::open(&bytes).unwrap();
    let view = document.latest();
    quickly(|| {
        assert!(view.object(Reference::new(4, 0)).is_ok(), "the data end at endstream");
        let circle = view.resolve(&Object::Reference(Reference::new(5, 0)));
        assert!(matches!(circle, Err(PdfError::ReferenceLoop { number: 5 })));
        let inside = view.object(Reference::new(8, 0));
        assert!(inside.is_ok() || matches!(inside, Err(PdfError::ReferenceLoop { .. })), "{inside:?}");
    });
}

/// What goes on in another way than with white space or `endobj` is data for other readers, who read on to the next one.
#[test]
fn endstream_is_a_word_of_its_own() {
    let read = |stated: &str, after: &str| {
        let stream = format!("<</Length {stated}>>\nstream\nBT ET{after}");
        let mut bytes = HEADER.to_vec();
        append(
            &mut bytes,
            &Update { objects: &[CATALOG, PAGES, PAGE, (4, 0, &stream)], ..Update::default() },
        );
        let document = Document::open(&bytes).unwrap();
        let view = document.latest();
        let place = Reference::new(4, 0);
        let Object::Stream(stream) = view.object(place).unwrap() else { panic!("no stream") };
        let data = String::from_utf8(view.raw(&stream).unwrap().into_owned()).unwrap();
        (data, view.is_closed(place).unwrap())
    };
    for stated in ["5", "3"] {
        assert_eq!(read(stated, "\nendstream"), ("BT ET".to_owned(), true));
        assert_eq!(read(stated, "\nendstreamendobj\n"), ("BT ET".to_owned(), true));
        for other in ["endstreamx", "endstream(", "endstream%", "endstream/A", "endstreamendobjx"] {
            let data = format!("BT ET\n{other} 1 g");
            assert_eq!(read(stated, &format!("\n{other} 1 g\nendstream")), (data, true), "{other}");
        }
        assert_eq!(read(stated, "\nendstream 1 g\nendstream"), ("BT ET".to_owned(), false));
    }
}

/// Words that are none are passed over in one go, whatever the file is read from.
#[test]
fn a_crowd_of_words_like_endstream_is_read_once() {
    for word in ["endstream(", "endstreamx", "endstreamendobjx"] {
        let stream = format!("<<>>\nstream\n{}\nendstream", word.repeat(50_000));
        let mut bytes = HEADER.to_vec();
        append(
            &mut bytes,
            &Update { objects: &[CATALOG, PAGES, PAGE, (4, 0, &stream)], ..Update::default() },
        );
        let document = Document::open(&bytes).unwrap();
        let view = document.latest();
        let Object::Stream(stream) = quickly(|| view.object(Reference::new(4, 0))).unwrap() else {
            panic!("no stream")
        };
        assert_eq!(view.raw(&stream).unwrap().len(), word.len() * 50_000, "{word}");
    }
}

/// No crowd of harmless ones hides another kind.
#[test]
fn each_kind_of_ambiguity_is_told() {
    let lone = "<</Length 1>>\nstream\rx\nendstream";
    let mut objects = vec![CATALOG, PAGES, PAGE];
    objects.extend((4..2004).map(|number| (number, 0, lone)));
    objects.push((2004, 0, "<</Length 1>>\nstream\nxyz\nendstream"));
    let mut bytes = HEADER.to_vec();
    append(&mut bytes, &Update { objects: &objects, size: 2010, ..Update::default() });
    let document = Document::open(&bytes).unwrap();
    quickly(|| document.latest().each_object(|_, object| object.map(drop))).unwrap();
    let told = document.ambiguities();
    assert!(told.iter().any(|one| matches!(one, Ambiguity::StreamLength { .. })));
    assert!(told.len() < 2000, "they are bounded");
}

/// Which of two objects of one number is meant is for each reader to choose.
#[test]
fn a_number_twice_in_an_object_stream_is_told() {
    let told = |objects: &[(u32, &str)]| {
        let mut bytes = HEADER.to_vec();
        let kind = SectionKind::Stream;
        let compressed = Some((5, objects));
        append(
            &mut bytes,
            &Update { kind, objects: &[CATALOG, PAGES, PAGE], compressed, ..Update::default() },
        );
        let document = Document::open(&bytes).unwrap();
        document.latest().object(Reference::new(6, 0)).unwrap();
        document.ambiguities()
    };
    assert_eq!(told(&[(6, "1"), (7, "2")]), []);
    let twice = Ambiguity::ObjectStreamTwice { number: 6, stream: 5 };
    assert_eq!(told(&[(6, "1"), (7, "2"), (6, "3")]), [twice]);
}

/// By the standard, what is not below `/Size` is not there.
#[test]
fn a_size_that_leaves_objects_out_is_told() {
    let told = |size: u32| {
        let mut bytes = plain(SectionKind::Table);
        let first = Document::open(&bytes).unwrap().revisions()[0].start_xref;
        append(&mut bytes, &Update { objects: &[PAGES], previous: Some(first), size, ..Update::default() });
        let section = Document::open(&bytes).unwrap().revisions()[1].start_xref;
        (section, Document::open(&bytes).unwrap().ambiguities())
    };
    assert_eq!(told(4).1, []);
    let (section, ambiguities) = told(3);
    assert_eq!(ambiguities, [Ambiguity::NumberBeyondSize { section, number: 3, size: 3 }]);
}

/// A section within the data of an older one: what was appended does not end before what it was appended to.
#[test]
fn revisions_end_one_after_another() {
    let mut bytes = HEADER.to_vec();
    let mut rows = vec![[0, 0, 0, 0]];
    for (number, _, body) in [CATALOG, PAGES] {
        let [_, one, two, three] = u32::try_from(bytes.len()).unwrap().to_be_bytes();
        rows.push([1, one, two, three]);
        bytes.extend(format!("{number} 0 obj\n{body}\nendobj\n").bytes());
    }
    let oldest = bytes.len();
    let table = |previous: usize, at: usize| {
        let trailer = format!("trailer\n<</Root 1 0 R /Size 300 /Prev {previous}>>");
        format!("xref\n0 1\n0000000000 65535 f \n{trailer}\nstartxref\n{at}\n%%EOF\n")
    };
    let head = "5 0 obj\n<</Type/XRef/W[1 3 0]/Root 1 0 R/Size 300/Index[0 3 100 50]/Length 212>>\nstream\n";
    let within = oldest + head.len() + 12;
    let hidden = format!("{:200}", table(oldest, within));
    assert_eq!(hidden.len(), 200);
    bytes.extend(head.bytes());
    bytes.extend(rows.concat());
    bytes.extend(hidden.bytes());
    bytes.extend(format!("\nendstream\nendobj\nstartxref\n{oldest}\n%%EOF\n").bytes());
    let newest = bytes.len();
    bytes.extend(table(within, newest).bytes());
    let document = Document::open(&bytes).unwrap();
    let ends: Vec<u64> = document.revisions().iter().map(|revision| revision.end).collect();
    assert_eq!(ends.len(), 3);
    assert!(ends.is_sorted(), "{ends:?}");
    let unclear = |one: &Ambiguity| matches!(one, Ambiguity::RevisionEndUnclear { .. });
    assert!(document.ambiguities().iter().any(unclear), "{:?}", document.ambiguities());
}

#[test]
fn page_trees_that_are_none_end() {
    let tree = |pages: &str, more: &str| {
        let mut bytes = HEADER.to_vec();
        append(&mut bytes, &Update { objects: &[CATALOG, (2, 0, pages), (3, 0, more)], ..Update::default() });
        bytes
    };
    for (pages, more) in [
        ("<</Type /Pages /Kids [2 0 R] /Count 5>>", "null"),
        ("<</Type /Pages /Kids [3 0 R] /Count 5>>", "<</Type /Pages /Kids [2 0 R] /Count 5>>"),
        ("<</Type /Pages /Kids [1] /Count 5>>", "null"),
        ("<</Type /Pages /Kids [3 0 R] /Count 5>>", "(text)"),
        ("[2 0 R]", "null"),
    ] {
        let bytes = tree(pages, more);
        let document = Document::open(&bytes).unwrap();
        quickly(|| document.latest().page(3)).expect_err(pages);
    }
    // A lattice with 10¹⁵ paths.
    let mut bytes = HEADER.to_vec();
    let level =
        |number: u32| format!("<</Type /Pages /Kids [{}]>>", format!("{} 0 R ", number + 1).repeat(10));
    let levels = (2..17).map(level).collect::<Vec<_>>();
    let mut objects = vec![CATALOG];
    objects.extend((2..17).zip(&levels).map(|(number, level)| (number, 0, level.as_str())));
    objects.push((17, 0, "<</Type /Pages /Kids []>>"));
    append(&mut bytes, &Update { objects: &objects, size: 30, ..Update::default() });
    let document = Document::open(&bytes).unwrap();
    let start = Instant::now();
    assert!(matches!(document.latest().page(0), Err(PdfError::PageTree { .. })));
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[test]
fn encryption_is_told() {
    let mut bytes = HEADER.to_vec();
    let trailer = "/Root 1 0 R /Encrypt <</Filter /Standard /V 2 /R 3>>";
    append(&mut bytes, &Update { objects: &[CATALOG, PAGES, PAGE], trailer, ..Update::default() });
    assert!(matches!(error(&bytes), PdfError::Encrypted));
    let mut bytes = HEADER.to_vec();
    let trailer = "/Root 1 0 R /Encrypt <</Filter /Other>>";
    append(&mut bytes, &Update { objects: &[CATALOG, PAGES, PAGE], trailer, ..Update::default() });
    assert!(matches!(error(&bytes), PdfError::UnsupportedEncryption { .. }));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn changed_bytes_never_panic(
        kind in 0..3_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let kind = [SectionKind::Table, SectionKind::Stream, SectionKind::Hybrid][kind];
        let mut bytes = plain(kind);
        let first = Document::open(&bytes).unwrap().revisions()[0].start_xref;
        append(&mut bytes, &Update { kind, objects: &[PAGE], previous: Some(first), ..Update::default() });
        for (index, byte) in changes {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        read_everything(&bytes);
    }

    #[test]
    fn changed_numbers_never_panic(
        kind in 0..3_usize,
        which in any::<prop::sample::Index>(),
        number in prop_oneof![any::<u64>().prop_map(|n| n.to_string()), (0..20_u8).prop_map(|n| n.to_string()), Just("-1".into())],
    ) {
        let kind = [SectionKind::Table, SectionKind::Stream, SectionKind::Hybrid][kind];
        let bytes = plain(kind);
        let starts = (1..bytes.len())
            .filter(|&at| bytes[at].is_ascii_digit() && !bytes[at - 1].is_ascii_digit()).collect::<Vec<_>>();
        let start = *which.get(&starts);
        let end = (start..bytes.len()).find(|&at| !bytes[at].is_ascii_digit()).unwrap();
        read_everything(&[&bytes[..start], number.as_bytes(), &bytes[end..]].concat());
    }

    #[test]
    fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Object::parse(&bytes);
        read_everything(&bytes);
    }

    #[test]
    fn any_syntax_never_panics(text in "[-+.0-9 /A#<>()\\[\\]{}%\\\\a-fR\n]{0,60}") {
        let _ = Object::parse(text.as_bytes());
    }
}
