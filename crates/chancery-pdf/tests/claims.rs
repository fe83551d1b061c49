//! What documents say they conform to.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use chancery_pdf::{Claims, Document, Metadata, SectionKind};
use support::{HEADER, PAGE, PAGES, Update, append};

fn claims(catalog: &str, metadata: &str) -> Claims {
    let mut bytes = HEADER.to_vec();
    let catalog = format!("<</Type /Catalog /Pages 2 0 R {catalog}>>");
    let stream = format!(
        "<</Type /Metadata /Subtype /XML /Length {}>>\nstream\n{metadata}\nendstream",
        metadata.len()
    );
    let objects = [(1, 0, catalog.as_str()), PAGES, PAGE, (4, 0, stream.as_str()), (5, 0, "true")];
    append(
        &mut bytes,
        &Update { kind: SectionKind::Table, objects: &objects, free: &[(0, 65535)], ..Update::default() },
    );
    Document::open(&bytes).unwrap().latest().claims().unwrap()
}

const RDF: &str = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' \
    xmlns:pdfaid='http://www.aiim.org/pdfa/ns/id/' xmlns:pdfuaid='http://www.aiim.org/pdfua/ns/id/'>";

#[test]
fn archives_and_accessible_files_say_so() {
    let both = format!(
        "{RDF}<rdf:Description pdfaid:part='2' pdfaid:conformance='A'/>\
         <rdf:Description><pdfuaid:part>1</pdfuaid:part></rdf:Description></rdf:RDF>"
    );
    let found = claims("/Metadata 4 0 R /MarkInfo <</Marked 5 0 R>>", &both);
    let archive = found.archive.unwrap();
    assert_eq!((archive.part, archive.conformance.as_deref()), (2, Some("A")));
    assert_eq!((found.accessibility, found.tagged, found.metadata), (Some(1), true, Metadata::Read));

    let four = format!("{RDF}<rdf:Description pdfaid:part='4' pdfaid:rev='2020'/></rdf:RDF>");
    let archive = claims("/Metadata 4 0 R", &four).archive.unwrap();
    assert_eq!((archive.part, archive.conformance), (4, None));
}

#[test]
fn others_say_nothing() {
    let found = claims("/MarkInfo <</Marked false>>", "");
    assert_eq!(
        (found.archive, found.accessibility, found.tagged, found.metadata),
        (None, None, false, Metadata::Absent)
    );
    let found = claims("/Metadata 4 0 R", "no XML");
    assert!(matches!(found.metadata, Metadata::Unreadable { .. }) && found.archive.is_none());
}

#[test]
fn metadata_of_an_encrypted_file_may_be_plain() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let bytes = std::fs::read(folder.join("plain-metadata.pdf")).unwrap();
    let document = Document::open_with_password(&bytes, "user").unwrap();
    let claims = document.latest().claims().unwrap();
    assert_eq!((claims.metadata, claims.accessibility), (Metadata::Read, Some(1)));
    let view = document.latest();
    let info = view.value(view.trailer(), "Info").unwrap();
    let title = info.as_dictionary().and_then(|info| info.get("Title")).unwrap();
    assert_eq!(title.as_string().unwrap().as_bytes(), b"a secret title");
}
