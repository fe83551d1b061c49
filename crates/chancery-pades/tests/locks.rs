//! Locks of fields: making them, honouring those that fields bring along, and noticing who breaks them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_ades::{Indication, Report};
use chancery_digest::Source;
use chancery_key::{KeyKind, SoftwareSigner};
use chancery_pades::{ChangesAllowed, FieldLock, LastingPdf, PadesError, PdfSigner};
use chancery_pdf::{Dictionary, Document, Object};
use support::{
    assert_passed, authority, contract, dictionary, edit_catalog, indications, kinds, list, message_by, now,
    pki, revised, rng, signatures, signed_by_hand, verify, with_widget,
};

/// A document with empty signature fields of these names, entries beside.
fn form(fields: &[(&str, &str)]) -> Vec<u8> {
    revised(&contract(), |document, increment| {
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, entries)| {
                let place = increment.allocate();
                let field =
                    format!("<</Type/Annot/Subtype/Widget/FT/Sig/T({name})/Rect[0 0 0 0]/F 132{entries}>>");
                increment.put(place, &dictionary(&field).into()).unwrap();
                place
            })
            .collect();
        edit_catalog(document, increment, |catalog| {
            let mut form = Dictionary::new();
            form.set("Fields", list(fields));
            catalog.set("AcroForm", form);
        });
    })
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn sign(signer: &PdfSigner<'_, &SoftwareSigner>, pdf: &dyn Source) -> Result<Vec<u8>, PadesError> {
    Ok(signer.sign(pdf)?.to_vec().unwrap())
}

/// The lock of a field, and the transform of its signature.
fn locks(pdf: &dyn Source, name: &str) -> (Object, Object) {
    let document = Document::open(pdf).unwrap();
    let view = document.latest();
    let (_, catalog) = view.catalog().unwrap();
    let form = view.value(&catalog, "AcroForm").unwrap().as_dictionary().unwrap().clone();
    for field in view.value(&form, "Fields").unwrap().as_array().unwrap() {
        let field = view.resolve(field).unwrap().as_dictionary().unwrap().clone();
        if support::text(&field, "T") == name {
            let signature = view.value(&field, "V").unwrap().as_dictionary().unwrap().clone();
            let reference = signature.get("Reference").and_then(Object::as_array).and_then(<[_]>::first);
            let reference = reference.and_then(Object::as_dictionary).cloned().unwrap_or_default();
            let parameters = reference.get("TransformParams").cloned().unwrap_or(Object::Null);
            return (view.value(&field, "Lock").unwrap(), parameters);
        }
    }
    panic!("no field {name}");
}

#[track_caller]
fn assert_first(report: &Report, indication: Indication, kind: &str, told: bool) {
    assert_eq!(indications(report)[0], indication, "{report}");
    assert_eq!(kinds(report).contains(&kind), told, "{report}");
}

#[test]
fn a_lock_stands_in_the_signature_and_in_its_new_field() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let pdf = form(&[("Bob", ""), ("Carol.date", "")]);
    let rows = [
        (FieldLock::All, None, "/Action/All"),
        (FieldLock::Only(names(&["Bob"])), None, "/Action/Include/Fields[(Bob)]"),
        (
            FieldLock::AllExcept(names(&["Bob", "Zoë"])),
            None,
            "/Action/Exclude/Fields[(Bob)<FEFF005A006F00EB>]",
        ),
        (
            FieldLock::Only(names(&["Carol"])),
            Some(ChangesAllowed::FormFilling),
            "/Action/Include/Fields[(Carol)]/P 2",
        ),
        (FieldLock::All, Some(ChangesAllowed::None), "/Action/All/P 1"),
    ];
    for (lock, allowed, wanted) in rows {
        let mut signer = PdfSigner::new(&alice, now()).lock(lock.clone());
        if let Some(allowed) = allowed {
            signer = signer.allow_only(allowed);
        }
        let signed = sign(&signer, &pdf).unwrap();
        let (in_field, in_signature) = locks(&signed, "Signature1");
        assert_eq!(in_field, dictionary(&format!("<</Type/SigFieldLock{wanted}>>")).into());
        assert_eq!(in_signature, dictionary(&format!("<</Type/TransformParams/V/1.2{wanted}>>")).into());
        assert_passed(&verify(&pki, &signed), 1);
    }
}

#[test]
fn a_locked_field_is_not_signed_and_the_others_are() {
    let pki = pki();
    let (alice, bob) = (pki.signer("Alice", KeyKind::P256), pki.signer("Bob", KeyKind::P256));
    let pdf = form(&[("Alice", ""), ("Bob", ""), ("Carol", "")]);
    let rows = [
        (FieldLock::All, ["Bob", "Carol", "New"].as_slice(), [].as_slice()),
        (FieldLock::Only(names(&["Bob"])), &["Bob"], &["Carol", "New"]),
        (FieldLock::AllExcept(names(&["Bob"])), &["Carol", "New"], &["Bob"]),
    ];
    for (lock, locked, free) in rows {
        let first = sign(&PdfSigner::new(&alice, now()).field("Alice").lock(lock.clone()), &pdf).unwrap();
        for name in locked {
            let error = sign(&PdfSigner::new(&bob, now()).field(*name), &first).err().unwrap();
            assert!(
                matches!(&error, PadesError::FieldLocked { name: locked, by } if locked == name && by == "Alice"),
                "{lock:?} {name}: {error}"
            );
        }
        for name in free {
            let second = sign(&PdfSigner::new(&bob, now()).field(*name), &first).unwrap();
            let report = verify(&pki, &second);
            assert_passed(&report, 2);
            assert!(!kinds(&report).contains(&"field-lock-broken"), "{lock:?} {name} {report}");
        }
        // Timestamps over the document are no change that a lock forbids.
        let stamped = LastingPdf::new(&first).timestamp(&authority(&pki), &mut rng()).unwrap();
        assert_passed(&verify(&pki, &stamped), 2);
        // Who signs a new field by other means breaks a lock of everything.
        let entries = "/Type/Sig/SubFilter/ETSI.CAdES.detached";
        let forced = signed_by_hand(&first, "New", entries, message_by(&bob));
        let breaks = locked.contains(&"New");
        let first = if breaks { Indication::TotalFailed } else { Indication::TotalPassed };
        assert_first(&verify(&pki, &forced), first, "field-lock-broken", breaks);
    }
}

#[test]
fn the_last_signature_can_close_the_document() {
    let pki = pki();
    let (alice, bob) = (pki.signer("Alice", KeyKind::P256), pki.signer("Bob", KeyKind::P256));
    let first = sign(&PdfSigner::new(&alice, now()), &contract()).unwrap();
    let last = sign(&PdfSigner::new(&bob, now()).allow_only(ChangesAllowed::None), &first).unwrap();
    assert_passed(&verify(&pki, &last), 2);
    let error = sign(&PdfSigner::new(&alice, now()).field("Third"), &last).err().unwrap();
    assert!(matches!(&error, PadesError::LockedDocument { by } if by == "Signature2"), "{error}");
    let entries = "/Type/Sig/SubFilter/ETSI.CAdES.detached";
    let forced = signed_by_hand(&last, "Third", entries, message_by(&alice));
    let report = verify(&pki, &forced);
    let found = indications(&report);
    assert_eq!(
        found[..2],
        [Indication::TotalPassed, Indication::TotalFailed],
        "only the second forbade it {report}"
    );
    let stamped = LastingPdf::new(&last).timestamp(&authority(&pki), &mut rng()).unwrap();
    assert_passed(&verify(&pki, &stamped), 3);
}

#[test]
fn a_lock_that_a_field_brings_along_is_honoured_by_itself() {
    let pki = pki();
    let (alice, bob) = (pki.signer("Alice", KeyKind::P256), pki.signer("Bob", KeyKind::P256));
    let lock = "/Lock<</Type/SigFieldLock/Action/Include/Fields[(Bob)]/P 2>>";
    let pdf = form(&[("Alice", lock), ("Bob", "")]);
    let first = sign(&PdfSigner::new(&alice, now()).field("Alice"), &pdf).unwrap();
    let (in_field, in_signature) = locks(&first, "Alice");
    assert_eq!(
        in_field,
        dictionary("<</Type/SigFieldLock/Action/Include/Fields[(Bob)]/P 2>>").into(),
        "as it was"
    );
    let wanted = "<</Type/TransformParams/V/1.2/Action/Include/Fields[(Bob)]/P 2>>";
    assert_eq!(in_signature, dictionary(wanted).into());
    let error = sign(&PdfSigner::new(&bob, now()).field("Bob"), &first).err().unwrap();
    assert!(matches!(error, PadesError::FieldLocked { .. }), "{error}");
    assert_passed(&verify(&pki, &sign(&PdfSigner::new(&bob, now()), &first).unwrap()), 2);
    // The same again is no contradiction; another lock is.
    let same = PdfSigner::new(&alice, now()).field("Alice").lock(FieldLock::Only(names(&["Bob"])));
    assert!(sign(&same.clone().allow_only(ChangesAllowed::FormFilling), &pdf).is_ok());
    for other in [same.clone().lock(FieldLock::All), same.allow_only(ChangesAllowed::None)] {
        let error = sign(&other, &pdf).err().unwrap();
        assert!(matches!(&error, PadesError::FieldHasLock { name } if name == "Alice"), "{error}");
    }
}

#[test]
fn a_field_that_others_signed_beside_keeps_its_dictionary() {
    let pki = pki();
    let (alice, bob) = (pki.signer("Alice", KeyKind::P256), pki.signer("Bob", KeyKind::P256));
    let pdf = form(&[("Alice", ""), ("Bob", ""), ("Carol", "")]);
    let first = sign(&PdfSigner::new(&alice, now()).field("Alice"), &pdf).unwrap();
    let lock = PdfSigner::new(&bob, now()).field("Bob").lock(FieldLock::Only(names(&["Carol"])));
    let second = sign(&lock, &first).unwrap();
    let (in_field, in_signature) = locks(&second, "Bob");
    assert!(in_field.is_null(), "a changed field would be a change of what Alice signed");
    assert!(!in_signature.is_null());
    assert_passed(&verify(&pki, &second), 2);
    let error = sign(&PdfSigner::new(&alice, now()).field("Carol"), &second).err().unwrap();
    assert!(matches!(&error, PadesError::FieldLocked { by, .. } if by == "Bob"), "{error}");
}

#[test]
fn permissions_can_be_denied_but_not_added() {
    let pki = pki();
    let (alice, bob) = (pki.signer("Alice", KeyKind::P256), pki.signer("Bob", KeyKind::P256));
    let first =
        sign(&PdfSigner::new(&alice, now()).certify(ChangesAllowed::FormFilling), &contract()).unwrap();
    let second = sign(&PdfSigner::new(&bob, now()).allow_only(ChangesAllowed::Annotations), &first).unwrap();
    let (in_field, _) = locks(&second, "Signature2");
    assert_eq!(in_field, dictionary("<</Type/SigFieldLock/Action/Include/Fields[]/P 2>>").into());
    assert_passed(&verify(&pki, &second), 2);
}

#[test]
fn a_lock_of_a_field_that_is_not_there_is_refused() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let lock = |lock| sign(&PdfSigner::new(&alice, now()).lock(lock), &form(&[("Bob.date", "")]));
    let error = lock(FieldLock::Only(names(&["Bob", "Bop"]))).err().unwrap();
    assert!(matches!(&error, PadesError::LockOfUnknownField { name } if name == "Bop"), "{error}");
    // A field that is to stay free may come later; a group and the signature's own field are there.
    assert!(lock(FieldLock::AllExcept(names(&["Bop"]))).is_ok());
    assert!(lock(FieldLock::Only(names(&["Bob", "Bob.date", "Signature1"]))).is_ok());
}

#[test]
fn a_lock_that_is_not_understood_locks_everything() {
    let pki = pki();
    let (alice, bob) = (pki.signer("Alice", KeyKind::P256), pki.signer("Bob", KeyKind::P256));
    for lock in ["<<>>", "<</Action/Some>>", "<</Action/Include>>", "<</Action/Exclude/Fields[(Bob) 7]>>"] {
        let entries = format!(
            "/Type/Sig/SubFilter/ETSI.CAdES.detached/Reference[<</TransformMethod/FieldMDP/TransformParams{lock}>>]"
        );
        let first = signed_by_hand(&contract(), "Odd", &entries, message_by(&alice));
        let error = sign(&PdfSigner::new(&bob, now()).field("Bob"), &first).err().unwrap();
        assert!(matches!(error, PadesError::FieldLocked { .. }), "{lock}: {error}");
    }
}

#[test]
fn an_empty_field_that_nobody_sees_breaks_no_lock() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let locked = sign(&PdfSigner::new(&alice, now()).lock(FieldLock::All), &contract()).unwrap();
    let field = |rectangle: &str| {
        format!("<</Type/Annot/Subtype/Widget/FT/Sig/T(Later)/Rect[{rectangle}]/F 132/P {{page}} 0 R>>")
    };
    let hidden = verify(&pki, &with_widget(&locked, &field("0 0 0 0")));
    assert_first(&hidden, Indication::TotalPassed, "field-lock-broken", false);
    let seen = verify(&pki, &with_widget(&locked, &field("100 100 200 150")));
    assert_first(&seen, Indication::TotalFailed, "field-lock-broken", true);
}

#[test]
fn an_unlocked_empty_field_of_a_certified_document_is_signed() {
    let pki = pki();
    let (alice, bob) = (pki.signer("Alice", KeyKind::P256), pki.signer("Bob", KeyKind::P256));
    let pdf = form(&[("Alice", ""), ("Bob", ""), ("Carol", "")]);
    let certify = PdfSigner::new(&alice, now()).field("Alice").certify(ChangesAllowed::FormFilling);
    let first = sign(&certify.lock(FieldLock::Only(names(&["Carol"]))), &pdf).unwrap();
    let second = sign(&PdfSigner::new(&bob, now()).field("Bob"), &first).unwrap();
    assert_passed(&verify(&pki, &second), 2);
    assert_eq!(signatures(&second).len(), 2);
    let error = sign(&PdfSigner::new(&bob, now()).field("Carol"), &first).err().unwrap();
    assert!(matches!(error, PadesError::FieldLocked { .. }), "{error}");
}
