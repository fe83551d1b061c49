//! Signature fields in groups of fields: `lease.tenant.signature`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod support;

use chancery_digest::Source;
use chancery_key::KeyKind;
use chancery_pades::{PadesError, PdfSigner};
use chancery_pdf::{Document, Object, Reference};
use chancery_testkit::TestPki;
use support::seen::*;
use support::*;

fn sign_in(pki: &TestPki, pdf: &dyn Source, field: &str) -> Result<Vec<u8>, PadesError> {
    let alice = pki.signer("Alice", KeyKind::P256);
    Ok(PdfSigner::new(&alice, now()).field(field).sign(pdf)?.to_vec().unwrap())
}

/// The form as a tree of partial names.
fn tree(pdf: &dyn Source) -> String {
    let document = Document::open(pdf).unwrap();
    let view = document.latest();
    let (_, catalog) = view.catalog().unwrap();
    let form = view.value(&catalog, "AcroForm").unwrap().as_dictionary().unwrap().clone();
    fn walk(view: &chancery_pdf::View<'_>, list: &Object, parent: Option<Reference>) -> String {
        let list = view.resolve(list).unwrap();
        let names = list.as_array().unwrap().iter().map(|kid| {
            let entries = view.resolve(kid).unwrap().as_dictionary().unwrap().clone();
            assert_eq!(entries.get("Parent").and_then(Object::as_reference), parent, "each knows its group");
            let name = text(&entries, "T");
            match entries.get("Kids") {
                Some(kids) => format!("{name}({})", walk(view, kids, kid.as_reference())),
                None => name,
            }
        });
        names.collect::<Vec<_>>().join(" ")
    }
    walk(&view, form.get("Fields").unwrap(), None)
}

#[test]
fn groups_are_made_as_far_as_they_are_missing() {
    let pki = pki();
    let mut pdf = contract();
    let steps = [
        ("lease.tenant.signature", "lease(tenant(signature))"),
        ("lease.tenant.initials", "lease(tenant(signature initials))"),
        ("lease.landlord", "lease(tenant(signature initials) landlord)"),
        ("annex.a.b.c", "lease(tenant(signature initials) landlord) annex(a(b(c)))"),
        ("Plain", "lease(tenant(signature initials) landlord) annex(a(b(c))) Plain"),
    ];
    for (count, (field, wanted)) in steps.iter().enumerate() {
        pdf = sign_in(&pki, &pdf, field).unwrap();
        assert_eq!(tree(&pdf), *wanted);
        let report = verify(&pki, &pdf);
        assert_passed(&report, count + 1);
        assert_eq!(report.signatures().last().unwrap().name(), *field);
    }
}

#[test]
fn a_field_is_no_group_and_a_group_no_field() {
    let pki = pki();
    let pdf = sign_in(&pki, &contract(), "lease.tenant").unwrap();
    for (field, named) in [("lease.tenant.signature", "lease.tenant"), ("lease", "lease")] {
        let error = sign_in(&pki, &pdf, field).unwrap_err();
        assert!(matches!(&error, PadesError::FieldOfOtherKind { name } if name == named), "{field}: {error}");
    }
    let error = sign_in(&pki, &pdf, "lease.tenant").unwrap_err();
    assert!(matches!(error, PadesError::FieldSigned { .. }), "{error}");
    for field in ["", ".", "a..b", "a.", ".a", &"a.".repeat(40)] {
        let error = sign_in(&pki, &pdf, field).unwrap_err();
        assert!(matches!(error, PadesError::FieldName { .. }), "{field}: {error}");
    }
}

/// A revision after a signature, in which somebody adds an empty signature field to a group in his own way.
fn added(
    change: impl FnOnce(Reference, &Document<'_>, &mut chancery_pdf::Increment<'_>),
) -> (TestPki, Vec<u8>) {
    let pki = pki();
    let signed = sign_in(&pki, &contract(), "lease.tenant").unwrap();
    let revised = revised(&signed, |document, increment| {
        let (_, catalog) = document.latest().catalog().unwrap();
        let form = document.latest().value(&catalog, "AcroForm").unwrap();
        let fields = document.latest().value(form.as_dictionary().unwrap(), "Fields").unwrap();
        let group = fields.as_array().unwrap()[0].as_reference().unwrap();
        change(group, document, increment);
    });
    (pki, revised)
}

fn field(name: &str, parent: Reference) -> chancery_pdf::Dictionary {
    dictionary(&format!("<</FT/Sig/T({name})/Parent {parent}>>"))
}

fn with_kid(
    document: &Document<'_>,
    increment: &mut chancery_pdf::Increment<'_>,
    group: Reference,
    kid: Reference,
) {
    edit(document, increment, group, |group| {
        let mut kids = group.get("Kids").unwrap().as_array().unwrap().to_vec();
        kids.push(kid.into());
        group.set("Kids", kids);
    });
}

#[test]
fn an_empty_field_added_to_a_group_is_told_and_harmless() {
    let (pki, pdf) = added(|group, document, increment| {
        let kid = increment.allocate();
        increment.put(kid, &field("landlord", group).into()).unwrap();
        with_kid(document, increment, group, kid);
    });
    let report = verify(&pki, &pdf);
    assert_passed(&report, 1);
    assert!(kinds(&report).contains(&"signature-field-added"));
}

#[test]
fn a_group_may_get_nothing_but_fields() {
    // Something for its fields to inherit.
    let (pki, pdf) = added(|group, document, increment| {
        let kid = increment.allocate();
        increment.put(kid, &field("landlord", group).into()).unwrap();
        with_kid(document, increment, group, kid);
        let mut entries = document.latest().object(group).unwrap().as_dictionary().unwrap().clone();
        entries.set("Ff", 1);
        let mut kids = entries.get("Kids").unwrap().as_array().unwrap().to_vec();
        kids.push(kid.into());
        entries.set("Kids", kids);
        increment.put(group, &entries.into()).unwrap();
    });
    assert_noticed(&pki, &pdf, "field-added");
    // A widget without a name, which would be one of the group itself.
    let (pki, pdf) = added(|group, document, increment| {
        let (kid, widget) = (increment.allocate(), increment.allocate());
        increment.put(kid, &field("landlord", group).into()).unwrap();
        increment.put(widget, &dictionary("<</Subtype/Widget/Rect[0 0 500 500]>>").into()).unwrap();
        with_kid(document, increment, group, kid);
        let mut entries = document.latest().object(group).unwrap().as_dictionary().unwrap().clone();
        let mut kids = entries.get("Kids").unwrap().as_array().unwrap().to_vec();
        kids.extend([kid.into(), widget.into()]);
        entries.set("Kids", kids);
        increment.put(group, &entries.into()).unwrap();
    });
    assert_noticed(&pki, &pdf, "field-added");
    // A field that says it is in a group that does not hold it.
    let (pki, pdf) = added(|group, document, increment| {
        let kid = increment.allocate();
        increment.put(kid, &field("landlord", group).into()).unwrap();
        edit_catalog(document, increment, |catalog| {
            let mut form = catalog.get("AcroForm").unwrap().as_dictionary().unwrap().clone();
            let mut fields = form.get("Fields").unwrap().as_array().unwrap().to_vec();
            fields.push(kid.into());
            form.set("Fields", fields);
            catalog.set("AcroForm", form);
        });
    });
    assert_noticed(&pki, &pdf, "field-added");
    // A new group with actions.
    let (pki, pdf) = added(|_, document, increment| {
        let (above, kid) = (increment.allocate(), increment.allocate());
        increment.put(kid, &field("landlord", above).into()).unwrap();
        let group = format!("<</T(annex)/Kids[{kid}]/AA<</K<</S/JavaScript/JS(app.alert\\(1\\))>>>>>>");
        increment.put(above, &dictionary(&group).into()).unwrap();
        edit_catalog(document, increment, |catalog| {
            let mut form = catalog.get("AcroForm").unwrap().as_dictionary().unwrap().clone();
            let mut fields = form.get("Fields").unwrap().as_array().unwrap().to_vec();
            fields.push(above.into());
            form.set("Fields", fields);
            catalog.set("AcroForm", form);
        });
    });
    assert_noticed(&pki, &pdf, "field-added");
}

#[test]
fn a_nested_field_may_be_seen() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let first = sign_in(&pki, &contract(), "lease.tenant").unwrap();
    let signer = PdfSigner::new(&alice, now()).field("lease.landlord").appearance(at(SPOT));
    let both = signer.sign(&first).unwrap().to_vec().unwrap();
    assert_passed(&verify(&pki, &both), 2);
}
