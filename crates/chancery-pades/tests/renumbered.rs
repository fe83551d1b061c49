//! Objects that a later revision writes again under another generation: what refers to the old one leads to nothing.
#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

mod support;

use chancery_key::KeyKind;
use chancery_pades::{ChangesAllowed, PdfSigner};
use chancery_pdf::{Document, Object, Reference};
use support::{
    assert_noticed, assert_passed, contract, dictionary, edit_catalog, now, pki, revised, signed, verify,
};

/// The page stays as it is in every byte, and its reader sees nothing any more.
#[test]
fn an_object_is_not_the_same_under_another_generation() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let signer = PdfSigner::new(&alice, now()).certify(ChangesAllowed::None);
    let signed = signer.sign(&contract()).unwrap().to_vec().unwrap();
    let page = Document::open(&signed).unwrap().latest().page(0).unwrap();
    let contents = page.1.get("Contents").and_then(Object::as_reference).unwrap();
    for (reference, generation, noticed) in [(contents, 0, false), (contents, 1, true), (page.0, 7, true)] {
        let file = revised(&signed, |document, increment| {
            let object = document.latest().object(reference).unwrap();
            increment.put(Reference::new(reference.number, generation), &object).unwrap();
        });
        if noticed {
            assert_noticed(&pki, &file, "generation-changed");
        } else {
            assert_passed(&verify(&pki, &file), 1);
        }
    }
}

/// A page that gets the widget of another field is explained, but not under another generation.
#[test]
fn a_change_that_is_allowed_is_none_under_another_generation() {
    let pki = pki();
    let signed = signed(&pki, &contract());
    let with_field = |generation| {
        revised(&signed, |document, increment| {
            let field = increment.allocate();
            let (page, mut entries) = document.latest().page(0).unwrap();
            let widget = "<</Type/Annot/Subtype/Widget/FT/Sig/T(Bob)/Rect[0 0 0 0]>>";
            increment.put(field, &dictionary(widget).into()).unwrap();
            let mut annotations = entries.get("Annots").and_then(Object::as_array).unwrap().to_vec();
            annotations.push(field.into());
            entries.set("Annots", annotations);
            increment.put(Reference::new(page.number, generation), &entries.into()).unwrap();
            edit_catalog(document, increment, |catalog| {
                let mut form = catalog.get("AcroForm").and_then(Object::as_dictionary).unwrap().clone();
                let mut fields = form.get("Fields").and_then(Object::as_array).unwrap().to_vec();
                fields.push(field.into());
                form.set("Fields", fields);
                catalog.set("AcroForm", form);
            });
        })
    };
    assert_passed(&verify(&pki, &with_field(0)), 1);
    assert_noticed(&pki, &with_field(1), "generation-changed");
}
