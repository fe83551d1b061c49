//! Signatures that people see: where, what, and that nothing else changes.

mod support;

use chancery_drawing::Rectangle;
use chancery_key::KeyKind;
use chancery_pades::{Appearance, PadesError, PdfSigner, Place};
use chancery_pdf::{Dictionary, Document, Object, View};
use chancery_testkit::TestPki;
use support::*;

const SPOT: Rectangle = Rectangle { x: 72.0, y: 90.0, width: 220.0, height: 60.0 };

fn at(rectangle: Rectangle) -> Appearance {
    Appearance::at(Place::on_page(0).at(rectangle))
}

fn shown(pki: &TestPki, pdf: &Vec<u8>, appearance: Appearance) -> Result<Vec<u8>, PadesError> {
    let alice = pki.signer("Alice", KeyKind::P256);
    let signer = PdfSigner::new(&alice, now()).reason("I agree").appearance(appearance);
    Ok(signer.sign(pdf)?.to_vec().unwrap())
}

/// The last annotation of the first page.
fn widget(view: &View<'_>) -> Dictionary {
    let (_, page) = view.page(0).unwrap();
    let annotations = view.value(&page, "Annots").unwrap();
    let last = annotations.as_array().unwrap().last().unwrap();
    view.resolve(last).unwrap().as_dictionary().unwrap().clone()
}

/// What the widget's appearance draws.
fn content(view: &View<'_>, widget: &Dictionary) -> (Dictionary, String) {
    let appearances = view.value(widget, "AP").unwrap();
    let form = view.value(appearances.as_dictionary().unwrap(), "N").unwrap();
    let form = form.as_stream().unwrap();
    let data = view.decoded(form, 1 << 20).unwrap();
    (form.dictionary().clone(), data.iter().map(|&byte| char::from(byte)).collect())
}

fn numbers(value: Option<&Object>) -> Vec<f64> {
    value.unwrap().as_array().unwrap().iter().map(|number| number.as_number().unwrap()).collect()
}

#[test]
fn a_signature_is_seen_where_it_was_asked_for() {
    let pki = pki();
    for (shape, pdf) in shapes() {
        let signed = shown(&pki, &pdf, at(SPOT)).unwrap();
        assert_passed(&verify(&pki, &signed), 1);
        let document = Document::open(&signed).unwrap();
        let view = document.latest();
        let widget = widget(&view);
        assert_eq!(numbers(widget.get("Rect")), [72.0, 90.0, 292.0, 150.0], "{shape}");
        let (form, content) = content(&view, &widget);
        assert_eq!(numbers(form.get("BBox")), [0.0, 0.0, 220.0, 60.0], "{shape}");
        for said in ["(Alice)", "(I agree)", "(2026-11-21 12:00:00 +00:00)"] {
            assert!(content.contains(said), "{said}: {content}");
        }
    }
}

#[test]
fn a_second_visible_signature_leaves_the_first_as_it_is() {
    let pki = pki();
    let once = shown(&pki, &contract(), at(SPOT)).unwrap();
    let beside = Rectangle { x: 300.0, ..SPOT };
    let twice = shown(&pki, &once, at(beside)).unwrap();
    assert_passed(&verify(&pki, &twice), 2);
    let over = shown(&pki, &once, at(Rectangle { x: 280.0, ..SPOT }));
    assert!(matches!(over, Err(PadesError::PlaceTaken { field }) if field == "Signature1"));
}
