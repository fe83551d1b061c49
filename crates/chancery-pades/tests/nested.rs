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

/// A form with a group `lease` that holds the text field `lease.rent` and the empty group `lease.tenant`'s field `name`.
fn grouped() -> Vec<u8> {
    revised(&contract(), |document, increment| {
        let [lease, rent, tenant, name] = [(); 4].map(|()| increment.allocate());
        for (place, entries) in [
            (lease, format!("<</T(lease)/Kids[{rent} {tenant}]>>")),
            (rent, format!("<</T(rent)/FT/Tx/Parent {lease}>>")),
            (tenant, format!("<</T(tenant)/Kids[{name}]/Parent {lease}>>")),
            (name, format!("<</T(name)/FT/Tx/Parent {tenant}>>")),
        ] {
            increment.put(place, &dictionary(&entries).into()).unwrap();
        }
        edit_catalog(document, increment, |catalog| {
            catalog.set("AcroForm", dictionary(&format!("<</Fields[{lease}]>>")));
        });
    })
}

#[test]
fn groups_are_made_as_far_as_they_are_missing() {
    let pki = pki();
    for (pdf, field, wanted) in [
        (contract(), "Plain", "Plain"),
        (contract(), "lease.tenant.signature", "lease(tenant(signature))"),
        (grouped(), "lease.signature", "lease(rent tenant(name) signature)"),
        (grouped(), "lease.tenant.signature", "lease(rent tenant(name signature))"),
        (grouped(), "lease.tenant.a.b", "lease(rent tenant(name a(b)))"),
        (grouped(), "annex.a", "lease(rent tenant(name)) annex(a)"),
    ] {
        let signed = sign_in(&pki, &pdf, field).unwrap();
        assert_eq!(tree(&signed), wanted);
        let report = verify(&pki, &signed);
        assert_passed(&report, 1);
        assert_eq!(report.signatures()[0].name(), field);
    }
}

#[test]
fn a_list_of_fields_apart_gets_one_more() {
    let pki = pki();
    let pdf = revised(&grouped(), |document, increment| {
        let list = increment.allocate();
        let (_, catalog) = document.latest().catalog().unwrap();
        let form = catalog.get("AcroForm").and_then(Object::as_dictionary).unwrap();
        let group = form.get("Fields").and_then(Object::as_array).unwrap()[0].as_reference().unwrap();
        let mut kids = Object::Null;
        edit(document, increment, group, |group| {
            kids = group.get("Kids").unwrap().clone();
            group.set("Kids", list);
        });
        increment.put(list, &kids).unwrap();
    });
    let signed = sign_in(&pki, &pdf, "lease.signature").unwrap();
    assert_eq!(tree(&signed), "lease(rent tenant(name) signature)");
    assert_passed(&verify(&pki, &signed), 1);
}

#[test]
fn groups_of_a_signed_document_stay_as_they_are() {
    let pki = pki();
    for first in ["lease.tenant.signature", "Plain"] {
        let pdf = sign_in(&pki, &grouped(), first).unwrap();
        for field in ["lease.landlord", "annex.a"] {
            let error = sign_in(&pki, &pdf, field).unwrap_err();
            let told = matches!(&error, PadesError::FieldGroupSigned { by, .. } if by == first);
            assert!(told, "{field}: {error}");
        }
        assert_passed(&verify(&pki, &sign_in(&pki, &pdf, "Second").unwrap()), 2);
    }
}

#[test]
fn a_field_is_no_group_and_a_group_no_field() {
    let pki = pki();
    for (field, named) in
        [("lease.rent.signature", "lease.rent"), ("lease", "lease"), ("lease.tenant", "lease.tenant")]
    {
        let error = sign_in(&pki, &grouped(), field).unwrap_err();
        assert!(matches!(&error, PadesError::FieldOfOtherKind { name } if name == named), "{field}: {error}");
    }
    for field in ["", ".", "a..b", "a.", ".a", &"a.".repeat(40)] {
        let error = sign_in(&pki, &contract(), field).unwrap_err();
        assert!(matches!(error, PadesError::FieldName { .. }), "{field}: {error}");
    }
}

#[test]
fn a_nested_field_may_be_seen() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let signer = PdfSigner::new(&alice, now()).field("lease.landlord").appearance(at(SPOT));
    let signed = signer.sign(&grouped()).unwrap().to_vec().unwrap();
    assert_passed(&verify(&pki, &signed), 1);
    assert!(shown_text(&signed).starts_with("Alice"));
}

/// Somebody adds an empty signature field to a group after it was signed, or makes a new group for one.
#[test]
fn a_field_added_to_a_group_after_a_signature_is_noticed() {
    let pki = pki();
    for new_group in [false, true] {
        let signed = sign_in(&pki, &contract(), "lease.tenant").unwrap();
        let pdf = revised(&signed, |document, increment| {
            let (_, catalog) = document.latest().catalog().unwrap();
            let mut form = catalog.get("AcroForm").and_then(Object::as_dictionary).unwrap().clone();
            let mut fields = form.get("Fields").and_then(Object::as_array).unwrap().to_vec();
            let kid = increment.allocate();
            let group = if new_group { increment.allocate() } else { fields[0].as_reference().unwrap() };
            let field = format!("<</FT/Sig/T(landlord)/Parent {group}>>");
            increment.put(kid, &dictionary(&field).into()).unwrap();
            if new_group {
                increment.put(group, &dictionary(&format!("<</T(annex)/Kids[{kid}]>>")).into()).unwrap();
                fields.push(group.into());
                form.set("Fields", fields);
                edit_catalog(document, increment, |catalog| catalog.set("AcroForm", form));
            } else {
                edit(document, increment, group, |group| {
                    let mut kids = group.get("Kids").and_then(Object::as_array).unwrap().to_vec();
                    kids.push(kid.into());
                    group.set("Kids", kids);
                });
            }
        });
        assert_noticed(&pki, &pdf, "field-added");
    }
}
