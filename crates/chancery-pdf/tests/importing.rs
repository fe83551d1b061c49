//! Pages of other documents as form XObjects.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod support;

use std::path::Path;

use chancery_pdf::{Dictionary, Document, ImportedPage, Increment, Object, PdfError, Stream};
use support::{HEADER, Update, append, plain};

use chancery_pdf::SectionKind;

fn stream(entries: &str, data: &str) -> String {
    format!("<<{entries} /Length {}>>\nstream\n{data}\nendstream", data.len())
}

/// A page that inherits everything, with these entries of its own; objects 10 and up are the caller's.
fn document(page: &str, resources: &str, more: &[(u32, &str)]) -> Vec<u8> {
    let page = format!("<</Type /Page /Parent 2 0 R {page}>>");
    let pages = format!(
        "<</Type /Pages /Kids [4 0 R] /Count 1 /Parent 1 0 R /MediaBox [0 0 9 9] /Resources <<{resources}>>>>"
    );
    let root = "<</Type /Pages /Kids [2 0 R] /Count 1 /Rotate 90 /MediaBox [100 200 400 800]>>";
    let inner = pages.replace("/MediaBox [0 0 9 9] ", "").replace("/Parent 1 0 R", "/Parent 5 0 R");
    let mut objects = vec![
        (1, 0, "<</Type /Catalog /Pages 5 0 R /OpenAction <</S /JavaScript /JS (app.alert\\(1\\))>>>>"),
        (2, 0, inner.as_str()),
        (4, 0, page.as_str()),
        (5, 0, root),
    ];
    objects.extend(more.iter().map(|&(number, body)| (number, 0, body)));
    let mut bytes = HEADER.to_vec();
    append(&mut bytes, &Update { objects: &objects, free: &[(0, 65535)], size: 40, ..Update::default() });
    bytes
}

fn read(bytes: &[u8]) -> Result<ImportedPage, PdfError> {
    ImportedPage::read(&Document::open(&bytes)?.latest(), 0)
}

/// Puts the page into a plain file; gives that file and the form in it.
fn placed(page: &ImportedPage) -> (Vec<u8>, chancery_pdf::Reference) {
    let target = plain(SectionKind::Table);
    let document = Document::open(&target).unwrap();
    let mut increment = Increment::new(&document);
    let form = page.put(&mut increment).unwrap();
    let appended = increment.finish().unwrap();
    ([target.as_slice(), &appended.bytes].concat(), form)
}

fn form(document: &Document<'_>, reference: chancery_pdf::Reference) -> (Stream, Vec<u8>) {
    let view = document.latest();
    let Object::Stream(stream) = view.object(reference).unwrap() else { panic!() };
    let content = view.decoded(&stream, 10_000).unwrap().into_owned();
    (*stream, content)
}

fn entry(document: &Document<'_>, dictionary: &Dictionary, path: &[&str]) -> Object {
    let mut found = Object::Dictionary(dictionary.clone());
    for key in path {
        found = document.latest().value(found.as_dictionary().unwrap(), key).unwrap();
    }
    found
}

fn values(object: &Object) -> Vec<f64> {
    object.as_array().unwrap().iter().map(|value| value.as_number().unwrap()).collect()
}

#[test]
fn what_is_inherited_comes_along_and_content_is_joined() {
    let (first, second) = (stream("", "q 1 0 0 RG"), stream("/Filter /ASCIIHexDecode", "51>"));
    let bytes = document(
        "/CropBox [150 250 350 9000] /UserUnit 2 /Contents [10 0 R 11 0 R]",
        "/Font <</F 12 0 R>>",
        &[(10, &first), (11, &second), (12, "<</Type /Font /Subtype /Type1 /BaseFont /Times-Roman>>")],
    );
    let page = read(&bytes).unwrap();
    // 200 × 550 units of two points, turned to the right.
    assert!((page.width() - 1100.0).abs() < 1e-6 && (page.height() - 400.0).abs() < 1e-6);
    let (updated, reference) = placed(&page);
    let document = Document::open(&updated).unwrap();
    let (stream, content) = form(&document, reference);
    assert_eq!(content, b"q 1 0 0 RG\nQ\n");
    let dictionary = stream.dictionary();
    assert_eq!(values(dictionary.get("BBox").unwrap()), [150.0, 250.0, 350.0, 800.0]);
    assert_eq!(values(dictionary.get("Matrix").unwrap()), [0.0, -2.0, 2.0, 0.0, -500.0, 700.0]);
    let base = entry(&document, dictionary, &["Resources", "Font", "F", "BaseFont"]);
    assert_eq!(base.to_bytes(), b"/Times-Roman");
    assert_eq!(document.ambiguities(), []);
}

#[test]
fn each_turn_puts_the_visible_corners_where_the_reader_sees_them() {
    // The corner that the reader sees at the left bottom, for a box from 100, 200 to 400, 800.
    for (rotate, corner, size) in [
        (0, [100.0, 200.0], [300.0, 600.0]),
        (90, [400.0, 200.0], [600.0, 300.0]),
        (180, [400.0, 800.0], [300.0, 600.0]),
        (-90, [100.0, 800.0], [600.0, 300.0]),
    ] {
        let page = read(&document(&format!("/Rotate {rotate}"), "", &[])).unwrap();
        assert_eq!([page.width(), page.height()], size);
        let Object::Stream(form) = &page.objects()[0] else { panic!() };
        let matrix = values(form.dictionary().get("Matrix").unwrap());
        let [x, y] = corner;
        let seen = [matrix[0] * x + matrix[2] * y + matrix[4], matrix[1] * x + matrix[3] * y + matrix[5]];
        assert_eq!(seen, [0.0, 0.0], "{rotate}");
    }
}

#[test]
fn only_what_drawing_needs_comes_along() {
    let image = stream(
        "/Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace [/ICCBased 12 0 R] \
         /Alternates [<</Image 10 0 R>>] /Metadata 13 0 R /AF [13 0 R] /OPI <<>> /StructParent 3 /Parent 4 0 R",
        "x",
    );
    let profile = stream("/N 1 /Alternate /DeviceGray /Metadata 13 0 R", "profile");
    let hidden = stream("/Type /Metadata", "hidden words");
    // A form whose resources lead back to itself, and names that look like actions.
    let nested = stream(
        "/Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources 15 0 R /Ref <</F (x.pdf)>> /AA <</O 16 0 R>>",
        "/JS Do",
    );
    let bytes = document(
        "/Annots [17 0 R] /AA <</O 16 0 R>> /Group <</S /Transparency /CS 12 0 R /A 16 0 R>>",
        "/XObject <</A 10 0 R /JS 14 0 R>> /ExtGState <</Parent <</ca 0.5 /A 16 0 R /SMask /None>>>> \
         /Properties <</P <</ActualText (x) /Deep <</JS (hidden)>> /Page 4 0 R>>>> /ProcSet [/PDF] /JS (hidden)",
        &[
            (10, &image),
            (12, &profile),
            (13, &hidden),
            (14, &nested),
            (15, "<</XObject <</JS 14 0 R /A 10 0 R>>>>"),
            (16, "<</S /JavaScript /JS (hidden words)>>"),
            (17, "<</Type /Annot /Subtype /Link /Rect [0 0 9 9] /A 16 0 R>>"),
        ],
    );
    let page = read(&bytes).unwrap();
    let (updated, reference) = placed(&page);
    let appended = &updated[plain(SectionKind::Table).len()..];
    for word in
        ["hidden", "JavaScript", "/AA", "/Annot", "/Parent 4", "/Ref", "Alternates", "/OPI", "/AF", "/Kids"]
    {
        assert!(!appended.windows(word.len()).any(|window| window == word.as_bytes()), "{word}");
    }
    let document = Document::open(&updated).unwrap();
    let (stream, _) = form(&document, reference);
    let get = |path: &[&str]| entry(&document, stream.dictionary(), path).to_bytes();
    assert_eq!(get(&["Resources", "XObject", "A", "Width"]), b"1");
    assert_eq!(get(&["Resources", "XObject", "JS", "Resources", "XObject", "JS", "Type"]), b"/XObject");
    assert_eq!(get(&["Resources", "ExtGState", "Parent", "ca"]), b"0.5");
    assert_eq!(get(&["Resources", "Properties", "P", "ActualText"]), b"(x)");
    assert_eq!(get(&["Group", "S"]), b"/Transparency");
    // Form, image, profile (as part of a colour space), nested form, its resources.
    assert_eq!(
        page.objects().len(),
        5,
        "{:#?}",
        page.objects().iter().map(|o| String::from_utf8(o.to_bytes()).unwrap()).collect::<Vec<_>>()
    );
}

#[test]
fn what_would_look_different_is_refused() {
    let layer = stream("/Subtype /Image /OC 12 0 R", "");
    let script = stream("/Subtype /PS", "");
    let elsewhere = stream("/Subtype /Image /F (other.bin)", "");
    let names = [("layers", &layer), ("PostScript", &script), ("another file", &elsewhere)];
    for (told, object) in names {
        let refused = read(&document("", "/XObject <</X 10 0 R>>", &[(10, object), (12, "<</Type /OCG>>")]));
        assert!(
            matches!(&refused, Err(PdfError::PageImport { index: 0, problem }) if problem.contains(told)),
            "{refused:?}"
        );
    }
    let group = read(&document("", "/Properties <</L 12 0 R>>", &[(12, "<</Type /OCG>>")]));
    assert!(matches!(group, Err(PdfError::PageImport { .. })));
    let flat = read(&document("/MediaBox [0 0 0 100]", "", &[]));
    assert!(matches!(flat, Err(PdfError::PageImport { .. })));
    assert!(matches!(read(&plain(SectionKind::Table)), Ok(page) if page.objects().len() == 1));
}

#[test]
fn hostile_graphs_are_bounded() {
    // A chain of forms within forms, deeper than any budget.
    let forms: Vec<(u32, String)> = (10..400)
        .map(|number| {
            let next = number + 1;
            let resources = format!("/Subtype /Form /Resources <</XObject <</X {next} 0 R>>>>");
            (number, stream(&resources, ""))
        })
        .collect();
    let borrowed: Vec<(u32, &str)> = forms.iter().map(|(number, body)| (*number, body.as_str())).collect();
    let deep = read(&document("", "/XObject <</X 10 0 R>>", &borrowed));
    assert!(matches!(deep, Err(PdfError::Limit { .. })), "{deep:?}");
    // One array that many graphics states share is copied once, not each time.
    let long = format!("[{}]", "1 ".repeat(10_000));
    let states: String = (0..1_000).map(|state| format!("/S{state} <</D 10 0 R>> ")).collect();
    let shared = read(&document("", &format!("/ExtGState <<{states}>>"), &[(10, &long)])).unwrap();
    assert_eq!(shared.objects().len(), 2);
    // Direct values are counted.
    let states: String = (0..300).map(|state| format!("/S{state} <</D {long}>> ")).collect();
    let much = read(&document("", &format!("/ExtGState <<{states}>>"), &[]));
    assert!(matches!(much, Err(PdfError::Limit { .. })), "{much:?}");
    // A bomb in the content.
    let bomb = miniz_oxide::deflate::compress_to_vec_zlib(&vec![b' '; 100 << 20], 6);
    let entries = format!("<</Filter /FlateDecode /Length {}>>\nstream\n", bomb.len());
    let marker = "BOMB".repeat(10);
    let placeholder = document("/Contents 10 0 R", "", &[(10, &marker)]);
    let at = placeholder.windows(40).position(|window| window == marker.as_bytes()).unwrap();
    let mut bytes = placeholder[..at].to_vec();
    bytes.extend([entries.as_bytes(), &bomb, b"\nendstream\nendobj\n"].concat());
    // The objects before it stand where they stood; the table moves, and is reached by its offset.
    let start = bytes.len();
    let old = placeholder.windows(6).position(|window| window == b"\nxref\n").unwrap() + 1;
    let end = placeholder.windows(9).rposition(|window| window == b"startxref").unwrap();
    bytes.extend(&placeholder[old..end]);
    bytes.extend(format!("startxref\n{start}\n%%EOF\n").bytes());
    assert!(matches!(read(&bytes), Err(PdfError::Limit { .. })));
}

/// Small files whose parts are used again and again: what is done and kept grows with the file, not with its square.
#[test]
fn what_is_used_again_and_again_is_bounded() {
    let refused = |page: &str, resources: &str, objects: &[(u32, &str)]| match read(&document(
        page, resources, objects,
    )) {
        Err(PdfError::Limit { .. }) => {}
        other => panic!("{:?}", other.map(|page| page.objects().len())),
    };
    let times = |count: usize| "10 0 R ".repeat(count);
    let long = "x".repeat(200_000);
    let shared = format!("({long})");
    let resources = |count| format!("/ExtGState <</G <</D [{}]>>>>", times(count));
    assert!(read(&document("", &resources(3), &[(10, &shared)])).is_ok());
    refused("", &resources(2_000), &[(10, &shared)]);
    // A dictionary that is left out is read once.
    let dropped = format!("<</Type /Page /Long ({long})>>");
    let resources = format!("/ExtGState <</G <</D [{}]>>>>", times(2_000));
    assert!(read(&document("", &resources, &[(10, &dropped)])).is_ok());
    // Content that is nothing, but long to decode: once it is nothing, a thousand times it is still nothing.
    let blank = stream("/Filter /ASCIIHexDecode", &format!("{}>", " ".repeat(200_000)));
    let again = read(&document(&format!("/Contents [{}]", times(2_000)), "", &[(10, &blank)])).unwrap();
    assert_eq!(again.objects().len(), 1);
    let text = stream("", &"0 g ".repeat(25_000));
    refused(&format!("/Contents [{}]", times(2_000)), "", &[(10, &text)]);
    // Streams that share how they are encoded, which is long.
    let shared = format!("<</Columns 1 /Other [{}]>>", "0 ".repeat(200_000));
    let streams: Vec<(u32, String)> = (11..39)
        .map(|number| (number, stream("/Filter /ASCIIHexDecode /DecodeParms 10 0 R", "20>")))
        .collect();
    let mut objects: Vec<(u32, &str)> =
        streams.iter().map(|(number, body)| (*number, body.as_str())).collect();
    objects.push((10, &shared));
    let contents: String = (11..39).map(|number| format!("{number} 0 R ")).collect();
    assert!(read(&document(&format!("/Contents [{contents}]"), "", &objects)).is_ok());
}

#[test]
fn encrypted_sources_and_targets() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    for name in ["rc4-128.pdf", "aes-256-streams.pdf"] {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let source = Document::open_with_password(&bytes, "user").unwrap();
        let page = ImportedPage::read(&source.latest(), 0).unwrap();
        let words = b"BT /F1 12 Tf (visible) Tj ET\n";
        let (updated, reference) = placed(&page);
        assert_eq!(form(&Document::open(&updated).unwrap(), reference).1, words, "{name}");

        let mut increment = Increment::new(&source).with_seed([3; 32]);
        let reference = page.put(&mut increment).unwrap();
        let appended = increment.finish().unwrap();
        assert!(!appended.bytes.windows(7).any(|window| window == b"visible"));
        let updated = [bytes.as_slice(), &appended.bytes].concat();
        let again = Document::open_with_password(&updated, "user").unwrap();
        assert_eq!(form(&again, reference).1, words, "{name}");
    }
}
