//! What tests look at of signatures that people see.

use chancery_digest::Source;
use chancery_drawing::{Font, Rectangle};
use chancery_key::KeyKind;
use chancery_pades::{Appearance, PadesError, PdfSigner, Place};
use chancery_pdf::{Dictionary, Document, Object, View};
use chancery_testkit::TestPki;

use super::now;

pub(crate) const SPOT: Rectangle = Rectangle { x: 72.0, y: 90.0, width: 220.0, height: 60.0 };

pub(crate) fn at(rectangle: Rectangle) -> Appearance {
    Appearance::at(Place::on_page(0).at(rectangle))
}

pub(crate) fn font() -> Font {
    Font::parse(chancery_font::latin()).unwrap()
}

/// The file with a visible signature of a new Alice, who agrees.
pub(crate) fn shown(pki: &TestPki, pdf: &dyn Source, appearance: Appearance) -> Result<Vec<u8>, PadesError> {
    let alice = pki.signer("Alice", KeyKind::P256);
    let signer = PdfSigner::new(&alice, now()).reason("I agree").appearance(appearance);
    Ok(signer.sign(pdf)?.to_vec().unwrap())
}

/// The last annotation of the first page.
pub(crate) fn widget(view: &View<'_>) -> Dictionary {
    let (_, page) = view.page(0).unwrap();
    let annotations = view.value(&page, "Annots").unwrap();
    let last = annotations.as_array().unwrap().last().unwrap();
    view.resolve(last).unwrap().as_dictionary().unwrap().clone()
}

/// The form that the widget shows, and what it draws.
pub(crate) fn form(view: &View<'_>, widget: &Dictionary) -> (Dictionary, String) {
    let appearances = view.value(widget, "AP").unwrap();
    let form = view.value(appearances.as_dictionary().unwrap(), "N").unwrap();
    let form = form.as_stream().unwrap();
    let data = view.decoded(form, 1 << 20).unwrap();
    (form.dictionary().clone(), data.iter().map(|&byte| char::from(byte)).collect())
}

/// The text that the last widget of the first page shows, as its `/ActualText` says: lines without what breaks them.
pub(crate) fn shown_text(pdf: &dyn Source) -> String {
    let document = Document::open(pdf).unwrap();
    let view = document.latest();
    let (_, content) = form(&view, &widget(&view));
    let bytes: Vec<u8> =
        content.chars().map(|character| u8::try_from(u32::from(character)).unwrap()).collect();
    let mut text = String::new();
    let mut rest = bytes.as_slice();
    let mark = b"/Span";
    while let Some(start) = rest.windows(mark.len()).position(|window| window == mark) {
        let (properties, length) = Object::parse(&rest[start + mark.len()..]).unwrap();
        let actual = properties.as_dictionary().unwrap().get("ActualText").unwrap();
        text.push_str(&actual.as_string().unwrap().to_text());
        rest = &rest[start + mark.len() + length..];
    }
    text
}

pub(crate) fn numbers(value: Option<&Object>) -> Vec<f64> {
    value.unwrap().as_array().unwrap().iter().map(|number| number.as_number().unwrap()).collect()
}
