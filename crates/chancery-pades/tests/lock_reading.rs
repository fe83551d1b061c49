//! What the signatures of a document say that nobody may do, read from files as others write them: what is not
//! understood forbids everything, and little is read of much.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod support;

use std::time::{Duration, Instant};

use chancery_ades::{Indication, Report};
use chancery_key::KeyKind;
use chancery_pades::{ChangesAllowed, FieldLock, PadesError, PdfSigner};
use chancery_pdf::{Document, Object};
use chancery_testkit::TestPki;
use support::*;

const SIGNATURE: &str = "/Type/Sig/SubFilter/ETSI.CAdES.detached/M(D:20261121120000Z)";

/// Alice signs with these entries in her signature, Bob signs after her.
fn two(pki: &TestPki, pdf: &[u8], entries: &str) -> Report {
    let (alice, bob) = (pki.signer("Alice", KeyKind::P256), pki.signer("Bob", KeyKind::P256));
    let entries = format!("{SIGNATURE}{entries}");
    let first = signed_by_hand(&pdf.to_vec(), "Alice", &entries, message_by(&alice));
    verify(pki, &signed_by_hand(&first, "Bob", SIGNATURE, message_by(&bob)))
}

#[test]
fn what_a_reference_says_binds_in_every_spelling() {
    let pki = pki();
    let level = "<</TransformMethod/DocMDP/TransformParams<</P 1>>>>";
    let lock = |names: &str| {
        format!("/Reference[<</TransformMethod/FieldMDP/TransformParams<</Action/Include/Fields{names}>>>>]")
    };
    let (broken, locked, unclear) =
        ("certification-broken", "field-lock-broken", "signature-reference-unclear");
    for (entries, told) in [
        (format!("/Reference[{level}]"), broken),
        (format!("/Reference[<</TransformMethod/UR3>>{level}]"), broken),
        (format!("/Reference{level}"), unclear),
        (format!("/Reference[[{level}]]"), unclear),
        ("/Reference[<</TransformMethod(DocMDP)/TransformParams<</P 3>>>>]".into(), unclear),
        ("/Reference[<</TransformMethod/DocMDP/TransformParams[3]>>]".into(), unclear),
        ("/Reference[null]".into(), unclear),
        (format!("/Reference[{}]", "<</TransformMethod/Identity>>".repeat(17)), unclear),
        (lock("[(Bob)]"), locked),
        (lock("(Alice)"), locked),
        (lock("[/Alice]"), locked),
        // UTF-16 of both orders, UTF-8, and a name that says it is German.
        (lock("[<FEFF0042006F0062>]"), locked),
        (lock("[<FFFE42006F006200>]"), locked),
        (lock("[<EFBBBF426F62>]"), locked),
        (lock("[<FEFF001B00640065001B0042006F0062>]"), locked),
        (lock("[<FEFF001B0064006500440045001B0042006F0062>]"), locked),
    ] {
        let report = two(&pki, &contract(), &entries);
        assert_eq!(indications(&report)[0], Indication::TotalFailed, "{entries}: {report}");
        assert!(kinds(&report).contains(&told), "{told} by {entries}: {report}");
    }
    for entries in [String::new(), "/Reference null".into(), "/Reference[]".into(), lock("[(Alice)]")] {
        assert_passed(&two(&pki, &contract(), &entries), 2);
    }
}

/// A lock that stands only in the field, as others leave it, and the level that a lock states.
#[test]
fn a_lock_binds_wherever_it_stands() {
    let pki = pki();
    let (alice, bob) = (pki.signer("Alice", KeyKind::P256), pki.signer("Bob", KeyKind::P256));
    for (lock, told) in [
        ("<</Action/All>>", Some("field-lock-broken")),
        ("(no lock)", Some("field-lock-broken")),
        ("<</Action/Include/Fields[(Other)]/P 1>>", Some("certification-broken")),
        ("<</Action/Include/Fields[(Other)]/P 2>>", None),
    ] {
        let field = format!("<</FT/Sig/T(Alice)/Lock{lock}>>");
        let pdf = with_widget(&contract(), &field);
        let document = Document::open(&pdf).unwrap();
        let (_, catalog) = document.latest().catalog().unwrap();
        let form = catalog.get("AcroForm").and_then(Object::as_dictionary).unwrap().clone();
        let place = form.get("Fields").and_then(Object::as_array).unwrap()[0].as_reference().unwrap();
        let first = by_hand(&pdf, SIGNATURE, message_by(&alice), |document, increment, value| {
            edit(document, increment, place, |field| field.set("V", value));
        });
        let refused = PdfSigner::new(&bob, now()).sign(&first).err();
        let report = verify(&pki, &signed_by_hand(&first, "Bob", SIGNATURE, message_by(&bob)));
        match told {
            Some(told) => {
                assert_eq!(indications(&report)[0], Indication::TotalFailed, "{lock}: {report}");
                assert!(kinds(&report).contains(&told), "{told} by {lock}: {report}");
                assert!(refused.is_some(), "{lock}");
            }
            None => {
                assert!(refused.is_none(), "{lock}");
                assert_eq!(indications(&report)[0], Indication::TotalPassed, "{report}");
            }
        }
    }
}

/// What the catalog names as certification binds whoever signed after it.
#[test]
fn a_certification_binds_approvals_too() {
    let pki = pki();
    let [alice, bob] = ["Alice", "Bob"].map(|name| pki.signer(name, KeyKind::P256));
    let pdf = contract();
    let certified = PdfSigner::new(&alice, now()).certify(ChangesAllowed::None).sign(&pdf).unwrap();
    let bobs = signed_by_hand(&certified.to_vec().unwrap(), "Bob", SIGNATURE, message_by(&bob));
    let third = signed_by_hand(&bobs, "Carol", SIGNATURE, message_by(&bob));
    assert_eq!(indications(&verify(&pki, &third))[..2], [Indication::TotalFailed; 2]);
}

#[test]
fn what_the_catalog_names_counts_if_it_is_there() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    for nothing in ["null", "999 0 R"] {
        let pdf = with_catalog(&contract(), &format!("<</Perms<</DocMDP {nothing}>>>>"));
        let signer = PdfSigner::new(&alice, now()).certify(ChangesAllowed::None);
        assert_passed(&verify(&pki, &signer.sign(&pdf).unwrap().to_vec().unwrap()), 1);
    }
    // In no field, and stricter than the one in a field.
    let pdf = revised(&contract(), |document, increment| {
        let [field, lax, strict] = [(); 3].map(|()| increment.allocate());
        for (place, level) in [(lax, 3), (strict, 1)] {
            let entries =
                format!("<</Type/Sig/Reference[<</TransformMethod/DocMDP/TransformParams<</P {level}>>>>]>>");
            increment.put(place, &dictionary(&entries).into()).unwrap();
        }
        increment.put(field, &dictionary(&format!("<</FT/Sig/T(f)/V {lax}>>")).into()).unwrap();
        edit_catalog(document, increment, |catalog| {
            catalog.set("AcroForm", dictionary(&format!("<</Fields[{field}]/SigFlags 3>>")));
            catalog.set("Perms", dictionary(&format!("<</DocMDP {strict}>>")));
        });
    });
    let error = PdfSigner::new(&alice, now()).sign(&pdf).err().unwrap();
    assert!(matches!(error, PadesError::CertifiedWithoutChanges), "{error}");
}

/// A timestamp over the document says that it was there, and forbids nothing, whatever stands beside it.
#[test]
fn a_timestamp_over_the_document_locks_nothing() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let timestamp = "/Type/DocTimeStamp/SubFilter/ETSI.RFC3161";
    for (entries, locks) in [
        (timestamp, false),
        ("/Type/Sig/SubFilter/ETSI.CAdES.detached", true),
        // What is a timestamp only by half is a signature.
        ("/Type/DocTimeStamp/SubFilter/ETSI.CAdES.detached", true),
        ("/Type/Sig/SubFilter/ETSI.RFC3161", true),
    ] {
        let all = "<</Action/All>>";
        for (in_field, in_value) in [
            (format!("/Lock{all}"), String::new()),
            (String::new(), format!("/Reference[<</TransformMethod/FieldMDP/TransformParams{all}>>]")),
        ] {
            let pdf = revised(&contract(), |document, increment| {
                let [field, value] = [(); 2].map(|()| increment.allocate());
                increment.put(value, &dictionary(&format!("<<{entries}{in_value}>>")).into()).unwrap();
                let held = dictionary(&format!("<</FT/Sig/T(Held)/V {value}{in_field}>>"));
                increment.put(field, &held.into()).unwrap();
                edit_catalog(document, increment, |catalog| {
                    catalog.set("AcroForm", dictionary(&format!("<</Fields[{field}]/SigFlags 3>>")));
                });
            });
            let signed = PdfSigner::new(&alice, now()).field("New").sign(&pdf).map(drop);
            match signed {
                Ok(()) => assert!(!locks, "{entries}{in_value}"),
                Err(PadesError::FieldLocked { by, .. }) => assert!(locks && by == "Held", "{entries}"),
                Err(other) => panic!("{other}"),
            }
        }
    }
}

/// Two fields of one name are one to some readers.
#[test]
fn a_new_field_has_a_name_of_its_own() {
    let pki = pki();
    let (alice, bob) = (pki.signer("Alice", KeyKind::P256), pki.signer("Bob", KeyKind::P256));
    let pdf = with_field(&contract(), "<</FT/Sig/T(Bob)/Type/Annot/Subtype/Widget/Rect[0 0 0 0]>>");
    let signer = PdfSigner::new(&alice, now()).lock(FieldLock::AllExcept(vec!["Bob".into(), "Carol".into()]));
    let signed = signer.sign(&pdf).unwrap().to_vec().unwrap();
    assert_passed(&verify(&pki, &signed_by_hand(&signed, "Carol", SIGNATURE, message_by(&bob))), 2);
    for name in ["Bob", "Bob.x", "Carol.x", ""] {
        let file = signed_by_hand(&signed, name, SIGNATURE, message_by(&bob));
        let report = verify(&pki, &file);
        assert_ne!(indications(&report)[0], Indication::TotalPassed, "{name}: {report}");
        assert!(kinds(&report).contains(&"field-name-taken"), "{name}: {report}");
    }
}

/// One lock of many names, to which many references and many signatures lead.
#[test]
fn locks_are_bounded_all_together() {
    const MANY: usize = 2_000;
    let alice = pki().signer("Alice", KeyKind::P256);
    let file = |signatures: usize, references: usize, names: usize| {
        revised(&contract(), |document, increment| {
            let lock = increment.allocate();
            let names = "(a)".repeat(names);
            let entries =
                format!("<</TransformMethod/FieldMDP/TransformParams<</Action/Include/Fields[{names}]>>>>");
            increment.put(lock, &dictionary(&entries).into()).unwrap();
            let fields: Vec<_> = (0..signatures)
                .map(|n| {
                    let (field, value) = (increment.allocate(), increment.allocate());
                    let references = format!("{lock} ").repeat(references);
                    let entries = format!("<</Type/Sig/Reference[{references}]>>");
                    increment.put(value, &dictionary(&entries).into()).unwrap();
                    increment
                        .put(field, &dictionary(&format!("<</FT/Sig/T(f{n})/V {value}>>")).into())
                        .unwrap();
                    field
                })
                .collect();
            edit_catalog(document, increment, |catalog| {
                let mut form = dictionary("<</SigFlags 3>>");
                form.set("Fields", list(fields));
                catalog.set("AcroForm", form);
            });
        })
    };
    let begun = Instant::now();
    let sign = |file: Vec<u8>| PdfSigner::new(&alice, now()).field("New").sign(&file).map(|_| ());
    sign(file(1, 10, MANY)).unwrap();
    // More references than anybody writes are not understood.
    assert!(matches!(sign(file(1, MANY, MANY)), Err(PadesError::CertifiedWithoutChanges)));
    assert!(matches!(sign(file(MANY / 4, 1, MANY)), Err(PadesError::TooMany { .. })));
    // A reference costs something even where it names nothing.
    sign(file(1_024, 1, 0)).unwrap();
    assert!(matches!(sign(file(1_025, 1, 0)), Err(PadesError::TooMany { .. })));
    // Each lock read as often as it is referred to would be millions of names.
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}
