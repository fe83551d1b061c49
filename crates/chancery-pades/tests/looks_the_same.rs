//! What only looks the same as before, or as harmless: numbers that are none, names that are no text, two fields of one
//! name, another object in the trailer, the window of no comment.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_key::KeyKind;
use chancery_pades::{ChangesAllowed, PdfSigner};
use chancery_pdf::{Document, Increment, Name, Object, Reference};
use support::*;

fn value(text: &str) -> Object {
    Object::parse(text.as_bytes()).unwrap().0
}

/// What is told of the contract, prepared, signed and changed.
fn told(
    prepare: impl FnOnce(&Document<'_>, &mut Increment<'_>),
    change: impl FnOnce(&Document<'_>, &mut Increment<'_>),
) -> (bool, Vec<&'static str>) {
    let pki = pki();
    let signed = signed(&pki, &revised(&contract(), prepare));
    let report = verify(&pki, &revised(&signed, change));
    (report.signatures()[0].verdict().proof().is_some(), kinds(&report))
}

/// Readers agree on `300.`, and each makes something else of `300-0`.
#[test]
fn a_number_is_the_same_only_if_it_is_one() {
    let page = |width: &str| value(&format!("[0 0 {width} 200]"));
    for (width, passes) in [
        ("300.0", true),
        ("300.", true),
        ("+300", true),
        ("300-0", false),
        ("300.0.0", false),
        ("+-300", false),
    ] {
        let judged = told(
            |document, increment| {
                edit_page(document, increment, |entries| entries.set("MediaBox", page("300")));
            },
            |document, increment| {
                edit_page(document, increment, |entries| entries.set("MediaBox", page(width)));
            },
        );
        assert_eq!(judged.0, passes, "{width}: {judged:?}");
    }
    let rectangle = |left: &str| dictionary(&format!("<</Subtype/Stamp/F 4/Rect[{left} 150 290 180]>>"));
    for (left, passes) in [("120.0", true), ("120-0", false)] {
        let mut stamp = None;
        let prepare = |document: &Document<'_>, increment: &mut Increment<'_>| {
            let place = increment.allocate();
            increment.put(place, &rectangle("120").into()).unwrap();
            edit_page(document, increment, |page| page.set("Annots", list([place])));
            stamp = Some(place);
        };
        let pki = pki();
        let signed = signed(&pki, &revised(&contract(), prepare));
        let changed = revised(&signed, |_, increment| {
            increment.put(stamp.unwrap(), &rectangle(left).into()).unwrap();
        });
        let report = verify(&pki, &changed);
        assert_eq!(report.signatures()[0].verdict().proof().is_some(), passes, "{left}: {report}");
    }
}

/// A font of the form under a name that is no text becomes another object of the document.
#[test]
fn names_that_are_no_text_have_values_too() {
    let form = |font: Reference| {
        let mut fonts = dictionary("<<>>");
        fonts.set(Name::new(&b"H\xE9"[..]), font);
        let mut form = dictionary("<</Fields[]/DR<<>>>>");
        let mut resources = dictionary("<<>>");
        resources.set("Font", fonts);
        form.set("DR", resources);
        form
    };
    let mut places = None;
    let (passes, kinds) = {
        let places = &mut places;
        let pki = pki();
        let prepared = revised(&contract(), |document, increment| {
            let [one, other] = [increment.allocate(), increment.allocate()];
            for (place, font) in [(one, "Helvetica"), (other, "ZapfDingbats")] {
                let font = format!("<</Type/Font/Subtype/Type1/BaseFont/{font}>>");
                increment.put(place, &dictionary(&font).into()).unwrap();
            }
            edit_catalog(document, increment, |catalog| catalog.set("AcroForm", form(one)));
            *places = Some([one, other]);
        });
        let signed = signed(&pki, &prepared);
        let changed = revised(&signed, |document, increment| {
            edit_catalog(document, increment, |catalog| {
                let mut now = catalog.get("AcroForm").and_then(Object::as_dictionary).unwrap().clone();
                now.set("DR", form(places.unwrap()[1]).get("DR").unwrap().clone());
                catalog.set("AcroForm", now);
            });
        });
        let report = verify(&pki, &changed);
        (report.signatures()[0].verdict().proof().is_some(), kinds(&report))
    };
    assert!(!passes, "{kinds:?}");
}

/// Two fields that are no objects of their own: the first takes the value of the second.
#[test]
fn two_fields_of_one_name_are_told_apart() {
    let form = |values: [u32; 2]| {
        let [one, other] = values.map(|value| format!("<</FT/Tx/T(price)/V({value})>>"));
        dictionary(&format!("<</Fields[{one}{other}]>>"))
    };
    let mut place = None;
    let pki = pki();
    let prepared = revised(&contract(), |document, increment| {
        let number = increment.allocate();
        increment.put(number, &form([1000, 9000]).into()).unwrap();
        edit_catalog(document, increment, |catalog| catalog.set("AcroForm", number));
        place = Some(number);
    });
    let signed = signed(&pki, &prepared);
    let judged = |change: &dyn Fn(&mut Vec<Object>)| {
        let changed = revised(&signed, |document, increment| {
            edit(document, increment, place.unwrap(), |form| {
                let mut fields = form.get("Fields").and_then(Object::as_array).unwrap().to_vec();
                change(&mut fields);
                form.set("Fields", fields);
            });
        });
        verify(&pki, &changed)
    };
    let report = judged(&|fields| fields[0] = fields[1].clone());
    assert!(report.signatures()[0].verdict().proof().is_none(), "{report}");
    let report = judged(&|fields| fields.swap(0, 1));
    assert!(report.signatures()[0].verdict().proof().is_none(), "{report}");
    let report = judged(&|fields| drop(fields.remove(0)));
    assert!(kinds(&report).contains(&"field-removed"), "{report}");
}

/// The trailer names another object of the document as its information.
#[test]
fn another_document_information_is_told() {
    let pki = pki();
    let mut place = None;
    let prepared = revised(&contract(), |_, increment| {
        let number = increment.allocate();
        increment.put(number, &dictionary("<</Title(Another title)>>").into()).unwrap();
        place = Some(number);
    });
    let changed = with_empty_section(&signed(&pki, &prepared), b"");
    assert!(!kinds(&verify(&pki, &changed)).contains(&"metadata-changed"));
    let at = changed.windows(7).rposition(|window| window == b"trailer").unwrap();
    let trailer = String::from_utf8_lossy(&changed[at..]).into_owned();
    let start = trailer.find("/Info").map_or(trailer.find("/Root").unwrap(), |start| start);
    let moved = match trailer[start..].strip_prefix("/Info") {
        Some(rest) => {
            let end = rest.find('R').unwrap() + 1;
            format!("{}/Info {}{}", &trailer[..start], place.unwrap(), &rest[end..])
        }
        None => format!("{}/Info {}{}", &trailer[..start], place.unwrap(), &trailer[start..]),
    };
    let report = verify(&pki, &[&changed[..at], moved.as_bytes()].concat());
    assert_passed(&report, 1);
    assert!(kinds(&report).contains(&"metadata-changed"), "{report}");
}

/// The window of a comment is told as such; what only calls itself one covers the text like any comment.
#[test]
fn a_window_belongs_to_its_comment_and_draws_nothing() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let mut note = None;
    let prepared = revised(&contract(), |document, increment| {
        let place = increment.allocate();
        let entries = dictionary("<</Type/Annot/Subtype/Text/F 4/Rect[5 5 20 20]/Contents(a)>>");
        increment.put(place, &entries.into()).unwrap();
        edit_page(document, increment, |page| page.set("Annots", list([place])));
        note = Some(place);
    });
    let signer = PdfSigner::new(&alice, now()).certify(ChangesAllowed::Annotations);
    let signed = signer.sign(&prepared).unwrap().to_vec().unwrap();
    let note = note.unwrap();
    let warned = |window: &str, of_note: bool| {
        let mut popup = None;
        let changed = revised(&signed, |document, increment| {
            let [place, look] = [increment.allocate(), increment.allocate()];
            let entries = window.replace("{note}", &note.to_string()).replace("{look}", &look.to_string());
            increment.put(place, &dictionary(&entries).into()).unwrap();
            let content = stream("<</Type/XObject/Subtype/Form/BBox[0 0 280 30]>>", b"1 g 0 0 280 30 re f");
            increment.put(look, &content).unwrap();
            edit_page(document, increment, |page| {
                let mut all = page.get("Annots").and_then(Object::as_array).unwrap().to_vec();
                all.push(place.into());
                page.set("Annots", all);
            });
            if of_note {
                edit(document, increment, note, |note| note.set("Popup", place));
            }
            popup = Some(place.number);
        });
        let report = verify(&pki, &changed);
        let place = Some(chancery_ades::Place::Object(popup.unwrap()));
        report
            .all_findings()
            .any(|finding| finding.place == place && finding.severity == chancery_ades::Severity::Warning)
    };
    let window = "<</Type/Annot/Subtype/Popup/F 4/Rect[20 150 290 180]/Open true";
    assert!(!warned(&format!("{window}/Parent {{note}}>>"), true));
    assert!(warned(&format!("{window}/Parent {{note}}>>"), false));
    assert!(warned(&format!("{window}/Parent {{note}}/AP<</N {{look}}>>>>"), true));
    assert!(warned(&format!("{window}/AP<</N {{look}}>>>>"), false));
    assert!(warned(&format!("{window}>>"), false));
}

/// A window that was signed covers nothing until somebody moves it.
#[test]
fn a_window_that_is_moved_is_told_as_any_comment() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let mut window = None;
    let prepared = revised(&contract(), |document, increment| {
        let [note, popup] = [increment.allocate(), increment.allocate()];
        let entries = format!("<</Type/Annot/Subtype/Text/Rect[5 5 20 20]/Contents(a)/Popup {popup}>>");
        increment.put(note, &dictionary(&entries).into()).unwrap();
        let entries = format!("<</Type/Annot/Subtype/Popup/Rect[5 5 20 20]/Parent {note}>>");
        increment.put(popup, &dictionary(&entries).into()).unwrap();
        edit_page(document, increment, |page| page.set("Annots", list([note, popup])));
        window = Some(popup);
    });
    let signer = PdfSigner::new(&alice, now()).certify(ChangesAllowed::Annotations);
    let signed = signer.sign(&prepared).unwrap().to_vec().unwrap();
    let moved = revised(&signed, |document, increment| {
        edit(document, increment, window.unwrap(), |popup| {
            popup.set("Rect", Object::parse(b"[72 690 400 720]").unwrap().0);
            popup.set("Open", Object::Boolean(true));
        });
    });
    let report = verify(&pki, &moved);
    assert_passed(&report, 1);
    let told = report.all_findings().find(|finding| finding.kind == "annotation-changed").unwrap();
    assert_eq!(told.severity, chancery_ades::Severity::Warning, "{report}");
}

/// The store of long-term data is named under a generation that it does not have: to readers there is none.
#[test]
fn a_store_under_another_generation_is_none() {
    let mut place = None;
    let prepare = |document: &Document<'_>, increment: &mut Increment<'_>| {
        let [store, data] = [increment.allocate(), increment.allocate()];
        increment.put(data, &stream("<<>>", b"data")).unwrap();
        increment.put(store, &dictionary(&format!("<</Certs[{data}]>>")).into()).unwrap();
        edit_catalog(document, increment, |catalog| catalog.set("DSS", store));
        place = Some(store);
    };
    let pki = pki();
    let signed = signed(&pki, &revised(&contract(), prepare));
    let named = |generation: u16| {
        let store = Reference::new(place.unwrap().number, generation);
        verify(
            &pki,
            &revised(&signed, |document, increment| {
                edit_catalog(document, increment, |catalog| catalog.set("DSS", store));
            }),
        )
    };
    assert_passed(&named(0), 1);
    let report = named(1);
    assert!(report.signatures()[0].verdict().proof().is_none(), "{report}");
}
