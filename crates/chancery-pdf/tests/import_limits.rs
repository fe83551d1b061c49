//! How much a page of another document may bring along, and what it does not.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_pdf::{Document, ImportedPage, Object, PdfError};
use support::{HEADER, Update, append};

/// A page with these resources; objects 10 and up are the caller's.
fn document(resources: &str, more: &[String]) -> Vec<u8> {
    let page = format!(
        "<</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources <<{resources}>>>>"
    );
    let mut objects = vec![
        (1, 0, "<</Type /Catalog /Pages 2 0 R>>"),
        (2, 0, "<</Type /Pages /Kids [3 0 R] /Count 1>>"),
        (3, 0, page.as_str()),
        (4, 0, "<</Length 0>>\nstream\n\nendstream"),
    ];
    objects.extend((10..).zip(more).map(|(number, body)| (number, 0, body.as_str())));
    let size = 10 + u32::try_from(more.len()).unwrap();
    let mut bytes = HEADER.to_vec();
    append(&mut bytes, &Update { objects: &objects, free: &[(0, 65535)], size, ..Update::default() });
    bytes
}

fn read(bytes: &[u8]) -> Result<ImportedPage, PdfError> {
    ImportedPage::read(&Document::open(&bytes)?.latest(), 0)
}

/// Which limit refuses a page of which every graphics state refers to one of these.
fn refused(more: &[String]) -> Option<&'static str> {
    let states: String =
        (10..10 + more.len()).map(|number| format!("/S{number} <</D {number} 0 R>> ")).collect();
    what(read(&document(&format!("/ExtGState <<{states}>>"), more)))
}

fn what(read: Result<ImportedPage, PdfError>) -> Option<&'static str> {
    match read {
        Ok(_) => None,
        Err(PdfError::Limit { what, .. }) => Some(what),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn objects_are_counted() {
    let arrays = |count: usize| vec!["[1]".to_owned(); count];
    assert_eq!(refused(&arrays(19_000)), None);
    assert_eq!(refused(&arrays(20_001)), Some("objects behind a page that is imported"));
}

#[test]
fn values_are_counted_over_all_objects() {
    let arrays = |count: usize| vec![format!("[{}]", "1 ".repeat(20_000)); count];
    assert_eq!(refused(&arrays(90)), None);
    assert_eq!(refused(&arrays(101)), Some("values behind a page that is imported"));
}

#[test]
fn the_bytes_of_streams_are_counted() {
    let image = |bytes: usize| {
        let entries = "/Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray";
        format!("<<{entries} /Length {bytes}>>\nstream\n{}\nendstream", "x".repeat(bytes))
    };
    let images = |count: usize| {
        let names: String = (10..10 + count).map(|number| format!("/I{number} {number} 0 R ")).collect();
        what(read(&document(&format!("/XObject <<{names}>>"), &vec![image(4 << 20); count])))
    };
    assert_eq!(images(15), None);
    assert_eq!(images(16), Some("bytes of objects behind a page that is imported"));
}

/// The data are decrypted when they are read, or were not encrypted: the copy must not say that they are.
#[test]
fn what_says_how_a_stream_is_encrypted_stays_behind() {
    let entries = "/Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray";
    let filters = "/Filter [/Crypt /ASCIIHexDecode /FlateDecode] /DecodeParms [<</Name /Identity>> null <</Columns 7>>]";
    let image = format!("<<{entries} {filters} /Length 3>>\nstream\n20>\nendstream");
    let page = read(&document("/XObject <</I 10 0 R>>", &[image])).unwrap();
    let images: Vec<_> = page
        .objects()
        .iter()
        .filter_map(|object| match object {
            Object::Stream(stream) if stream.dictionary().get("Width").is_some() => Some(stream.dictionary()),
            _ => None,
        })
        .collect();
    let [image] = images[..] else { panic!("one image") };
    let written = |key: &str| image.get(key).map(Object::to_bytes);
    assert_eq!(written("Filter").unwrap(), b"[/ASCIIHexDecode /FlateDecode]");
    // Each filter keeps what was said for it.
    assert_eq!(written("DecodeParms").unwrap(), b"[null <</Columns 7>>]");
}
