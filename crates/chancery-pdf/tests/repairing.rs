//! Documents with a damaged cross-reference: read by their objects, and written with a complete section.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod support;

use std::time::{Duration, Instant};

use chancery_digest::Source;
use chancery_pdf::{Document, Entry, Increment, Object, PdfError, Reference, Repaired, SectionKind};
use proptest::prelude::*;
use support::{CATALOG, HEADER, PAGE, PAGES, Update, append, plain};

const KINDS: [SectionKind; 3] = [SectionKind::Table, SectionKind::Stream, SectionKind::Hybrid];

/// Bytes that are read piece by piece, as those of a file.
struct Pieces<'b>(&'b [u8]);

impl Source for Pieces<'_> {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read_at(offset, buffer)
    }
}

/// Replaces what stands once.
fn replaced(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let at = bytes.windows(from.len()).position(|window| window == from.as_bytes()).expect("it stands there");
    [&bytes[..at], to.as_bytes(), &bytes[at + from.len()..]].concat()
}

/// What an increment with one object makes of a damaged file.
fn extended(bytes: &[u8]) -> Vec<u8> {
    let document = Document::repaired(&bytes).unwrap();
    assert!(!document.repairs().is_empty());
    let mut increment = Increment::new(&document);
    let new = increment.allocate();
    increment.put(new, &Object::from(4711)).unwrap();
    let appended = increment.finish().unwrap();
    assert_eq!(appended.start, bytes.len() as u64);
    let out = [bytes, &appended.bytes].concat();
    let strict = Document::open(&out).unwrap();
    let objects = |document: &Document<'_>| {
        let view = document.latest();
        let references = view.references().unwrap();
        references.into_iter().map(|one| (one, view.object(one).unwrap())).collect::<Vec<_>>()
    };
    let mut expected = objects(&document);
    expected.push((new, Object::from(4711)));
    let mut seen = objects(&strict);
    seen.retain(|(_, object)| {
        !is_cross_reference(object) || expected.iter().any(|(_, known)| known == object)
    });
    assert_eq!(seen, expected, "readers see what was seen");
    assert_eq!(strict.revisions().len(), 1, "nothing before is told apart");
    assert!(strict.latest().trailer().get("Prev").is_none());
    assert_eq!(strict.ambiguities(), [], "nothing is left to readers");
    let page = strict.latest().page(0).unwrap();
    assert_eq!(page, document.latest().page(0).unwrap());
    drop(strict);
    out
}

fn is_cross_reference(object: &Object) -> bool {
    object
        .as_dictionary()
        .and_then(|one| one.get("Type"))
        .and_then(Object::as_name)
        .is_some_and(|kind| *kind == "XRef")
}

fn refused(bytes: &[u8]) -> String {
    match Document::repaired(&bytes) {
        Err(PdfError::NotRepairable { problem, .. }) => problem.to_owned(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_lost_pointer_is_made_up_for() {
    for kind in KINDS {
        let bytes = plain(kind);
        let at = bytes.windows(9).rposition(|window| window == b"startxref").unwrap();
        let damaged = &bytes[..at];
        assert!(matches!(Document::open(&damaged), Err(PdfError::StartMissing { .. })));
        let out = extended(damaged);
        let kinds = Document::open(&out).unwrap().revisions()[0].kind;
        let expected = if kind == SectionKind::Table { SectionKind::Table } else { SectionKind::Stream };
        assert_eq!(kinds, expected, "object streams need a cross-reference stream");
    }
}

#[test]
fn nothing_is_needed_but_the_objects() {
    let mut bytes = HEADER.to_vec();
    for (number, generation, body) in [CATALOG, PAGES, PAGE] {
        bytes.extend(format!("{number} {generation} obj\n{body}\nendobj\n").bytes());
    }
    extended(&bytes);
    let document = Document::repaired(&bytes).unwrap();
    let repairs = document.repairs();
    assert_eq!(repairs[0], Repaired::CrossReference { objects: 3, in_streams: 0 });
    assert_eq!(repairs[1], Repaired::RootFromCatalog { number: 1 });
    assert_eq!(repairs.len(), 2);
}

#[test]
fn offsets_that_lie_are_not_believed() {
    let bytes = plain(SectionKind::Table);
    let at = bytes.windows(4).position(|window| window == b"xref").unwrap();
    let mut damaged = bytes.clone();
    for byte in &mut damaged[at..] {
        if *byte == b'7' {
            *byte = b'3';
        }
    }
    damaged.splice(HEADER.len()..HEADER.len(), *b"\n\n\n");
    extended(&damaged);
}

#[test]
fn the_last_definition_and_the_last_trailer_count() {
    let mut bytes = plain(SectionKind::Table);
    let first = Document::open(&bytes).unwrap().revisions()[0].start_xref;
    let page = (3, 0, "<</Type /Page /Parent 2 0 R /MediaBox [0 0 300 300]>>");
    let catalog = (8, 0, "<</Type /Catalog /Pages 2 0 R /Lang (de)>>");
    let update = Update {
        objects: &[page, catalog],
        previous: Some(first),
        trailer: "/Root 8 0 R",
        ..Update::default()
    };
    append(&mut bytes, &update);
    bytes.truncate(bytes.len() - 20);
    extended(&bytes);
    let document = Document::repaired(&bytes).unwrap();
    assert_eq!(document.latest().catalog().unwrap().0, Reference::new(8, 0));
    let (_, page) = document.latest().page(0).unwrap();
    assert_eq!(page.get("MediaBox").unwrap().to_bytes(), b"[0 0 300 300]");
    let again =
        document.repairs().iter().any(|repair| matches!(repair, Repaired::DefinedAgain { number: 3, .. }));
    assert!(again, "{:?}", document.repairs());
}

#[test]
fn an_object_stream_stands_where_it_stands() {
    // Object 6 is in the object stream of the original; later it stands in the file.
    let mut bytes = plain(SectionKind::Stream);
    let later = (6, 0, "<</Outside true>>");
    bytes.extend(format!("{} {} obj\n{}\nendobj\n", later.0, later.1, later.2).bytes());
    let document = Document::repaired(&bytes).unwrap();
    assert!(matches!(document.latest().entry(6).unwrap(), Some(Entry::InFile { .. })));
    assert!(matches!(document.latest().entry(7).unwrap(), Some(Entry::InStream { stream: 5, index: 1 })));
    // And the other way about: what stands before the stream is older.
    let stood = replaced(&plain(SectionKind::Stream), "1 0 obj", "6 0 obj\n<</Old true>>\nendobj\n1 0 obj");
    let document = Document::repaired(&stood).unwrap();
    assert!(matches!(document.latest().entry(6).unwrap(), Some(Entry::InStream { stream: 5, index: 0 })));
    extended(&stood);
}

#[test]
fn what_stands_in_strings_comments_and_streams_is_no_object() {
    let evil = "1 0 obj <</Type /Catalog /Pages 66 0 R>> endobj trailer <</Root 1 0 R>>";
    let bodies = [
        format!("4 0 obj\n({evil})\nendobj\n"),
        format!("% {evil}\n"),
        format!("4 0 obj\n<</Length {}>>\nstream\n{evil}\nendstream\nendobj\n", evil.len()),
        format!(
            "4 0 obj\n<</Length 5 0 R>>\nstream\nendstream {evil}\nendstream\nendobj\n5 0 obj {} endobj\n",
            evil.len() + 10
        ),
        format!("4 0 obj\n<</Length 99999>>\nstream\n{evil}\nendstream\nendobj\n"),
    ];
    for body in bodies {
        let mut bytes = plain(SectionKind::Table);
        let at = bytes.windows(5).position(|window| window == b"xref\n").unwrap();
        bytes.truncate(at);
        bytes.extend(body.bytes());
        let document = Document::repaired(&bytes).unwrap();
        let (_, catalog) = document.latest().catalog().unwrap();
        assert_eq!(catalog.get("Pages").unwrap().as_reference(), Some(Reference::new(2, 0)), "{body}");
    }
}

#[test]
fn what_cannot_be_read_is_told() {
    let mut bytes = plain(SectionKind::Table);
    let offset = bytes.len() as u64;
    bytes.extend(b"3 0 obj\n<</Type /Page /Cut (off");
    let document = Document::repaired(&bytes).unwrap();
    assert!(document.repairs().contains(&Repaired::LeftOut { number: 3, offset }));
    assert!(document.latest().page(0).is_ok(), "the definition before stays");
}

#[test]
fn signatures_are_never_disguised() {
    let signature = "9 0 obj\n<</Type /Sig /ByteRange [0 1 2 3] /Contents <00>>>\nendobj\n";
    let nested = "9 0 obj\n[<</V <</Byte#52ange [0 1 2 3]>>>>]\nendobj\n";
    let cut = "9 0 obj\n<</Type /Sig /ByteRange [0 1 2 3] /Contents <00";
    for text in [signature, nested, cut] {
        let bytes = [&plain(SectionKind::Table)[..], text.as_bytes()].concat();
        assert!(refused(&bytes).contains("signature"), "{text}");
    }
}

#[test]
fn encryption_is_never_guessed() {
    let lock = "9 0 obj\n<</Filter /Standard /V 1 /R 2 /O (o) /U (u) /P -4>>\nendobj\n";
    let bytes = [&plain(SectionKind::Table)[..], lock.as_bytes()].concat();
    assert!(refused(&bytes).contains("encrypted"));
    let told = |text: &str| [&bytes[..], text.as_bytes()].concat();
    let once = told("trailer\n<</Root 1 0 R /Encrypt 9 0 R>>\n");
    assert!(matches!(Document::repaired(&once), Err(PdfError::Encrypted)));
    // The dictionary is damaged: no password is right.
    assert!(Document::repaired_with_password(&once, "").is_err());
    let twice = told("trailer\n<</Root 1 0 R /Encrypt 9 0 R>>\ntrailer\n<</Root 1 0 R /Encrypt 8 0 R>>\n");
    assert!(refused(&twice).contains("differ"));
    let coded = [&plain(SectionKind::Table)[..], b"trailer\n<</Root 1 0 R /AuthCode <<>>>>\n"].concat();
    assert!(matches!(Document::repaired(&coded), Err(PdfError::IntegrityProtected)));
}

#[test]
fn without_a_catalog_there_is_no_document() {
    let bytes =
        [HEADER, b"1 0 obj\n<</Type /Catalog>>\nendobj\n2 0 obj 1 endobj\ntrailer <</Root 2 0 R>>"].concat();
    assert!(refused(&bytes).contains("catalog"));
    assert!(matches!(Document::repaired(&&b"1 0 obj 1 endobj"[..]), Err(PdfError::NotPdf { .. })));
}

#[test]
fn large_numbers_do_not_make_large_tables() {
    let bytes =
        [&plain(SectionKind::Table)[..], b"2000000000 0 obj\n(far)\nendobj\n99999999999 0 obj 1 endobj\n"]
            .concat();
    let out = extended(&bytes);
    assert!(out.len() < bytes.len() + 1_000);
    let document = Document::repaired(&bytes).unwrap();
    assert!(!document.latest().references().unwrap().contains(&Reference::new(999_999_999, 0)));
}

/// Files that would make a careless repair start over and over again.
#[test]
fn hostile_files_end_soon() {
    const TIMES: usize = 20_000;
    for piece in [
        "1 0 obj (",
        "1 0 obj <",
        "1 0 obj <0",
        "1 0 obj [",
        "1 0 obj <<",
        "1 0 obj <</A ",
        "1 0 obj <</Length 0>> stream\n",
        "1 0 obj <</Length 9 0 R>> stream\n",
        "1 0 obj 1 %",
        "1 0 obj 1 ",
        "trailer <<",
        "trailer (",
        "1 0 ",
        "%",
        "\n",
        "1 0 obj 1 endobj ",
        "trailer <</Root 1 0 R>> ",
        "99999999999 0 obj ",
    ] {
        let mut bytes = HEADER.to_vec();
        bytes.extend(piece.as_bytes().repeat(TIMES));
        bytes.extend(b">");
        let start = Instant::now();
        assert!(Document::repaired(&bytes).is_err(), "{piece}");
        assert!(Document::repaired(&Pieces(&bytes)).is_err(), "{piece}");
        // Well below a second in truth; the bound is for machines that do much else.
        assert!(start.elapsed() < Duration::from_secs(5), "{piece}: {:?}", start.elapsed());
    }
}

proptest! {
    #[test]
    fn damaged_files_are_repaired_or_refused(
        kind in 0..3_usize,
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..12),
        cut in any::<proptest::sample::Index>(),
        cuts in any::<bool>(),
    ) {
        let mut bytes = plain(KINDS[kind]);
        let first = Document::open(&bytes).unwrap().revisions()[0].start_xref;
        append(&mut bytes, &Update { kind: KINDS[kind], objects: &[PAGE], previous: Some(first), ..Update::default() });
        for (index, byte) in changes {
            let index = index.index(bytes.len());
            bytes[index] = byte;
        }
        if cuts {
            bytes.truncate(cut.index(bytes.len()));
        }
        let whole = Document::repaired(&bytes);
        let pieces = Pieces(&bytes);
        let piecewise = Document::repaired(&pieces);
        let told = |result: &Result<Document<'_>, PdfError>| match result {
            Ok(document) => format!("{:?}", document.repairs()),
            Err(error) => error.to_string(),
        };
        prop_assert_eq!(told(&whole), told(&piecewise));
        if let Ok(document) = whole {
            let mut increment = Increment::new(&document);
            let new = increment.allocate();
            increment.put(new, &Object::Null).unwrap();
            let appended = increment.finish().unwrap();
            let out = [&bytes[..], &appended.bytes].concat();
            let strict = Document::open(&out).expect("what was repaired is read");
            prop_assert_eq!(strict.revisions().len(), 1);
            let root = strict.latest().catalog().unwrap();
            prop_assert_eq!(root, document.latest().catalog().unwrap());
        }
    }
}

/// As qpdf made them (tests/fixtures/README.md), with the end cut off.
#[test]
fn encrypted_files_are_repaired_with_their_password() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    for name in ["rc4-40", "rc4-128", "aes-128", "aes-256-r5", "aes-256-r6", "aes-256-streams"] {
        let mut bytes = std::fs::read(folder.join(name).with_extension("pdf")).unwrap();
        let at = bytes.windows(9).rposition(|window| window == b"startxref").unwrap();
        bytes.truncate(at);
        assert!(refused(&bytes).contains("signature"), "{name}: it holds what looks like one");
        let bytes = replaced(&bytes, "/ByteRange", "/WordRange");
        assert!(matches!(Document::repaired(&bytes), Err(PdfError::Encrypted)), "{name}");
        let wrong = Document::repaired_with_password(&bytes, "wrong");
        assert!(matches!(wrong, Err(PdfError::WrongPassword)), "{name}");
        let document = Document::repaired_with_password(&bytes, "user").unwrap();
        let mut increment = Increment::new(&document).with_seed([7; 32]);
        let new = increment.allocate();
        increment.put(new, &Object::String(chancery_pdf::PdfString::text("kept secret"))).unwrap();
        let appended = increment.finish().unwrap();
        let out = [&bytes[..], &appended.bytes].concat();
        let strict = Document::open_with_password(&out, "user").unwrap();
        assert_eq!((strict.revisions().len(), strict.ambiguities()), (1, Vec::new()), "{name}");
        for document in [&document, &strict] {
            let view = document.latest();
            let Object::Dictionary(info) = view.value(view.trailer(), "Info").unwrap() else {
                panic!("{name}")
            };
            assert_eq!(info.get("Title").and_then(Object::as_string).unwrap().to_text(), "a secret title");
            let (_, page) = view.page(0).unwrap();
            let Object::Stream(contents) = view.value(&page, "Contents").unwrap() else { panic!("{name}") };
            assert_eq!(&*view.decoded(&contents, 1000).unwrap(), b"BT /F1 12 Tf (visible) Tj ET");
        }
        let added = strict.latest().object(new).unwrap();
        assert_eq!(added.as_string().unwrap().to_text(), "kept secret");
    }
}
