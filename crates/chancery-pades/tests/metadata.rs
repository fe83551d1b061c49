//! Metadata may change, and be nothing else besides.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_ades::Indication;
use chancery_pdf::{Document, Increment, Object, Reference};
use chancery_testkit::pdf::{CrossReference, SamplePdf};
use support::*;

#[test]
fn the_document_information_is_metadata_in_every_kind_of_section() {
    let pki = pki();
    for kind in
        [CrossReference::Table, CrossReference::Stream, CrossReference::ObjectStreams, CrossReference::Hybrid]
    {
        let with_information = {
            let pdf = SamplePdf::new().cross_reference(kind).to_bytes();
            let document = Document::open(&pdf).unwrap();
            let mut increment = Increment::new(&document);
            let place = increment.allocate();
            increment.put(place, &dictionary("<</Title(x)>>").into()).unwrap();
            increment.set_trailer("Info", place);
            let appended = increment.finish().unwrap().bytes;
            [pdf.as_slice(), &appended].concat()
        };
        let signed = signed(&pki, &with_information);
        let document = Document::open(&signed).unwrap();
        let place = document.latest().trailer().get("Info").and_then(Object::as_reference).unwrap();
        let changed = revised(&signed, |_, increment| {
            increment.put(place, &dictionary("<</Title(x)/ModDate(D:20261122)>>").into()).unwrap();
        });
        let report = verify(&pki, &changed);
        assert_passed(&report, 1);
        assert!(kinds(&report).contains(&"metadata-changed"), "{report}");
        let leading = revised(&signed, |_, increment| {
            increment.put(place, &dictionary("<</Title 1 0 R>>").into()).unwrap();
        });
        assert_ne!(indications(&verify(&pki, &leading))[0], Indication::TotalPassed);
    }
}

/// What calls an object its information need not be the trailer.
#[test]
fn the_information_of_something_else_is_content() {
    let pki = pki();
    let mut place = Reference::new(0, 0);
    let pdf = revised(&contract(), |document, increment| {
        place = increment.allocate();
        let holder = increment.allocate();
        increment.put(place, &dictionary("<</Title(x)>>").into()).unwrap();
        increment.put(holder, &dictionary(&format!("<</Info {place}>>")).into()).unwrap();
        edit_page(document, increment, |page| page.set("PieceInfo", holder));
        increment.set_trailer("Info", place);
    });
    let report = verify(
        &pki,
        &revised(&signed(&pki, &pdf), |_, increment| {
            increment.put(place, &dictionary("<</Title(y)>>").into()).unwrap();
        }),
    );
    assert_ne!(indications(&report)[0], Indication::TotalPassed, "{report}");
}
