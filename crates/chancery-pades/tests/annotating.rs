//! Comments that are laid over pages after signing (ISO 32000-2, 12.5.6 and 12.8.2.2): told with page and place, and
//! nothing that does more than to say something.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_ades::{Indication, Severity};
use chancery_key::KeyKind;
use chancery_pades::{ChangesAllowed, PdfSigner};
use chancery_pdf::{Document, Increment, Object, Reference};
use chancery_testkit::TestPki;
use support::*;

const STROKE: &str = "/Subtype/Highlight/Rect[72 700 300 720]/QuadPoints[72 720 300 720 72 700 300 700]/C[1 1 0]/T(Eve)/Contents(look here)/M(D:20261121120000Z)/P {page}";

/// The contract with a link and a note of the author, certified so that it may be commented on.
fn commented(pki: &TestPki, allowed: Option<ChangesAllowed>) -> (Vec<u8>, [Reference; 2]) {
    let mut places = [Reference::new(0, 0); 2];
    let pdf = revised(&contract(), |document, increment| {
        places = [increment.allocate(), increment.allocate()];
        let page = document.latest().page(0).unwrap().0;
        for (place, text) in places.iter().zip([
            "<</Type/Annot/Subtype/Link/Rect[72 600 200 620]/A<</S/URI/URI(https://example.org)>>>>",
            "<</Type/Annot/Subtype/Text/Rect[72 500 92 520]/Contents(first)/T(Alice)/P {page}>>",
        ]) {
            increment.put(*place, &dictionary(&text.replace("{page}", &page.to_string())).into()).unwrap();
        }
        edit_page(document, increment, |page| page.set("Annots", list(places)));
    });
    let alice = pki.signer("Alice", KeyKind::P256);
    let signer = PdfSigner::new(&alice, now());
    let signer = match allowed {
        Some(allowed) => signer.certify(allowed),
        None => signer,
    };
    (signer.sign(&pdf).unwrap().to_vec().unwrap(), places)
}

/// Adds annotations with these entries to the first page. `{page}` stands for it, `{n}` for the n-th.
fn annotate(document: &Document<'_>, increment: &mut Increment<'_>, annotations: &[&str]) -> Vec<Reference> {
    let places: Vec<Reference> = annotations.iter().map(|_| increment.allocate()).collect();
    let page = document.latest().page(0).unwrap().0;
    for (place, text) in places.iter().zip(annotations) {
        let text =
            places.iter().enumerate().fold(text.replace("{page}", &page.to_string()), |text, (n, place)| {
                text.replace(&format!("{{{n}}}"), &place.to_string())
            });
        increment.put(*place, &dictionary(&format!("<</Type/Annot{text}>>")).into()).unwrap();
    }
    edit_page(document, increment, |page| {
        let mut all = page.get("Annots").and_then(Object::as_array).unwrap().to_vec();
        all.extend(places.iter().map(|place| Object::Reference(*place)));
        page.set("Annots", all);
    });
    places
}

fn without(document: &Document<'_>, increment: &mut Increment<'_>, gone: Reference) {
    edit_page(document, increment, |page| {
        let all = page.get("Annots").and_then(Object::as_array).unwrap();
        let rest: Vec<Object> = all.iter().filter(|one| **one != Object::Reference(gone)).cloned().collect();
        page.set("Annots", rest);
    });
}

type Deed = Box<dyn Fn([Reference; 2], &Document<'_>, &mut Increment<'_>)>;
type Change<'c> = &'c dyn Fn([Reference; 2], &Document<'_>, &mut Increment<'_>);

fn honest() -> Vec<(&'static str, Change<'static>, &'static str)> {
    vec![
        (
            "a stroke",
            &|_, document, increment| drop(annotate(document, increment, &[STROKE])),
            "annotation-added",
        ),
        (
            "a note with its window",
            &|_, document, increment| {
                let note = "/Subtype/Text/Rect[10 10 30 30]/Contents(no)/Popup {1}/P {page}/Name/Note/CA 0.5";
                drop(annotate(
                    document,
                    increment,
                    &[note, "/Subtype/Popup/Rect[30 10 200 90]/Parent {0}/Open true"],
                ));
            },
            "annotation-added",
        ),
        (
            "an answer",
            &|[_, note], document, increment| {
                let answer =
                    format!("/Subtype/Text/Rect[72 500 92 520]/Contents(second)/IRT {note}/RT/R/P {{page}}");
                drop(annotate(document, increment, &[&answer]));
            },
            "annotation-added",
        ),
        (
            "a drawing",
            &|_, document, increment| {
                let drawn = increment.allocate();
                increment
                    .put(drawn, &stream("<</Type/XObject/Subtype/Form/BBox[0 0 20 20]>>", b"0 0 20 20 re f"))
                    .unwrap();
                let ink = format!(
                    "/Subtype/Ink/Rect[10 10 30 30]/InkList[[10 10 30 30]]/AP<</N {drawn}>>/P {{page}}"
                );
                drop(annotate(document, increment, &[&ink]));
            },
            "annotation-added",
        ),
        (
            "changed",
            &|[_, note], document, increment| {
                edit(document, increment, note, |note| {
                    note.set("Contents", chancery_pdf::PdfString::text("other"));
                });
            },
            "annotation-changed",
        ),
        (
            "removed",
            &|[_, note], document, increment| without(document, increment, note),
            "annotation-removed",
        ),
    ]
}

#[test]
fn comments_are_told_where_they_are_allowed() {
    let pki = pki();
    for (what, change, kind) in honest() {
        for (allowed, wanted) in [
            (Some(ChangesAllowed::Annotations), Indication::TotalPassed),
            (Some(ChangesAllowed::FormFilling), Indication::TotalFailed),
            (Some(ChangesAllowed::None), Indication::TotalFailed),
            (None, Indication::Indeterminate),
        ] {
            let (signed, places) = commented(&pki, allowed);
            let report =
                verify(&pki, &revised(&signed, |document, increment| change(places, document, increment)));
            assert_eq!(indications(&report)[0], wanted, "{what} {allowed:?}: {report}");
            if wanted == Indication::TotalFailed {
                assert!(kinds(&report).contains(&"certification-broken"), "{what}: {report}");
                continue;
            }
            let told = report.all_findings().find(|finding| finding.kind == kind).unwrap();
            assert_eq!(told.severity, Severity::Warning, "{what}: {report}");
            let page = told.page().unwrap();
            assert!(page.number() == 1 && page.area().is_some(), "{what}: {report}");
        }
    }
}

#[test]
fn a_signature_after_a_comment_does_not_allow_it() {
    let pki = pki();
    let (signed, _) = commented(&pki, None);
    let changed = revised(&signed, |document, increment| drop(annotate(document, increment, &[STROKE])));
    let again =
        PdfSigner::new(&pki.signer("Bob", KeyKind::P256), now()).sign(&changed).unwrap().to_vec().unwrap();
    let report = verify(&pki, &again);
    assert_eq!(indications(&report), [Indication::Indeterminate, Indication::TotalPassed], "{report}");
}

#[test]
fn nothing_passes_for_a_comment_that_does_more() {
    let pki = pki();
    let add = |text: &'static str| -> Deed {
        Box::new(move |_, document, increment| drop(annotate(document, increment, &[text])))
    };
    let cases: Vec<(&str, Deed, &str)> = vec![
        ("a link", add("/Subtype/Link/Rect[0 0 600 800]/P {page}"), "annotation-added"),
        ("a widget", add("/Subtype/Widget/FT/Tx/T(x)/Rect[0 0 600 800]/P {page}"), "annotation-added"),
        ("a file", add("/Subtype/FileAttachment/Rect[0 0 20 20]/FS(x)/P {page}"), "annotation-added"),
        ("a screen", add("/Subtype/Screen/Rect[0 0 20 20]/P {page}"), "annotation-added"),
        ("a watermark", add("/Subtype/Watermark/Rect[0 0 20 20]/P {page}"), "annotation-added"),
        ("a redaction", add("/Subtype/Redact/Rect[0 0 20 20]/P {page}"), "annotation-added"),
        ("none", add("/Rect[0 0 20 20]/P {page}"), "annotation-added"),
        (
            "with an action",
            add("/Subtype/Text/Rect[0 0 20 20]/A<</S/JavaScript/JS(x)>>/P {page}"),
            "annotation-added",
        ),
        ("on a layer", add("/Subtype/Square/Rect[0 0 600 800]/OC<</Type/OCG>>/P {page}"), "annotation-added"),
        ("on another page", add("/Subtype/Square/Rect[0 0 600 800]/P 1 0 R"), "annotation-added"),
        ("without a place", add("/Subtype/Square/Rect[0 0]/P {page}"), "annotation-added"),
        (
            "of what was signed",
            Box::new(|[link, _], document, increment| {
                drop(annotate(
                    document,
                    increment,
                    &[&format!("/Subtype/Stamp/Rect[0 0 600 800]/AP<</N {link}>>/P {{page}}")],
                ));
            }),
            "annotation-added",
        ),
        (
            "drawn on a layer",
            Box::new(|_, document, increment| {
                let drawn = increment.allocate();
                increment
                    .put(
                        drawn,
                        &stream("<</Type/XObject/Subtype/Form/BBox[0 0 20 20]/OC<</Type/OCG>>>>", b""),
                    )
                    .unwrap();
                drop(annotate(
                    document,
                    increment,
                    &[&format!("/Subtype/Stamp/Rect[0 0 9 9]/AP<</N {drawn}>>/P {{page}}")],
                ));
            }),
            "annotation-added",
        ),
        (
            "an answer to a link",
            Box::new(|[link, _], document, increment| {
                drop(annotate(
                    document,
                    increment,
                    &[&format!("/Subtype/Text/Rect[0 0 9 9]/IRT {link}/P {{page}}")],
                ));
            }),
            "annotation-added",
        ),
        (
            "not on the list",
            Box::new(|_, document, increment| {
                edit_page(document, increment, |page| {
                    let mut all = page.get("Annots").and_then(Object::as_array).unwrap().to_vec();
                    all.push(dictionary("<</Subtype/Square/Rect[0 0 600 800]>>").into());
                    page.set("Annots", all);
                });
            }),
            "annotation-added",
        ),
        (
            "a link elsewhere",
            Box::new(|[link, _], document, increment| {
                edit(document, increment, link, |link| {
                    link.set("A", dictionary("<</S/URI/URI(https://example.com)>>"));
                });
            }),
            "object-changed",
        ),
        (
            "a note becomes a link",
            Box::new(|[_, note], document, increment| {
                edit(document, increment, note, |note| note.set("Subtype", chancery_pdf::Name::from("Link")));
            }),
            "object-changed",
        ),
        (
            "a note becomes the window of another one",
            Box::new(|[_, note], document, increment| {
                let other = format!("/Subtype/Text/Rect[0 0 9 9]/Contents(x)/Popup {note}/P {{page}}");
                let places = annotate(document, increment, &[&other]);
                let window =
                    format!("<</Type/Annot/Subtype/Popup/Rect[72 500 92 520]/Parent {}>>", places[0]);
                increment.put(note, &dictionary(&window).into()).unwrap();
            }),
            "object-changed",
        ),
        (
            "a note gets an action",
            Box::new(|[_, note], document, increment| {
                edit(document, increment, note, |note| note.set("A", dictionary("<</S/URI/URI(x)>>")));
            }),
            "object-changed",
        ),
        (
            "a link is gone",
            Box::new(|[link, _], document, increment| without(document, increment, link)),
            "annotation-removed",
        ),
        (
            "in another order",
            Box::new(|[link, note], document, increment| {
                edit_page(document, increment, |page| page.set("Annots", list([note, link])));
            }),
            "annotations-reordered",
        ),
    ];
    let (signed, places) = commented(&pki, Some(ChangesAllowed::Annotations));
    for (what, change, kind) in cases {
        for honest_too in [false, true] {
            let changed = revised(&signed, |document, increment| change(places, document, increment));
            let file = if honest_too {
                revised(&changed, |document, increment| {
                    edit(document, increment, document.latest().page(0).unwrap().0, |_| {});
                    let place = increment.allocate();
                    increment
                        .put(place, &dictionary("<</Type/Annot/Subtype/Text/Rect[9 9 20 20]>>").into())
                        .unwrap();
                })
            } else {
                changed
            };
            let report = verify(&pki, &file);
            assert_ne!(indications(&report)[0], Indication::TotalPassed, "{what}: {report}");
            assert!(kinds(&report).contains(&kind), "{what}: {kind} {:?} {report}", kinds(&report));
        }
    }
}

#[test]
fn a_note_keeps_its_look_when_it_says_something_else() {
    let pki = pki();
    let mut note = Reference::new(0, 0);
    let pdf = revised(&contract(), |document, increment| {
        let look = increment.allocate();
        increment
            .put(look, &stream("<</Type/XObject/Subtype/Form/BBox[0 0 9 9]>>", b"0 0 9 9 re f"))
            .unwrap();
        note = increment.allocate();
        let entries = format!("<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/AP<</N {look}>>/Contents(x)>>");
        increment.put(note, &dictionary(&entries).into()).unwrap();
        edit_page(document, increment, |page| page.set("Annots", list([note])));
    });
    let alice = pki.signer("Alice", KeyKind::P256);
    let signer = PdfSigner::new(&alice, now()).certify(ChangesAllowed::Annotations);
    let signed = signer.sign(&pdf).unwrap().to_vec().unwrap();
    let changed = revised(&signed, |document, increment| {
        edit(document, increment, note, |note| note.set("Contents", chancery_pdf::PdfString::text("y")));
    });
    let report = verify(&pki, &changed);
    assert_passed(&report, 1);
    assert!(kinds(&report).contains(&"annotation-changed"), "{report}");
}

#[test]
fn a_note_that_is_something_else_too_is_not_changed() {
    let pki = pki();
    let mut note = Reference::new(0, 0);
    let pdf = revised(&contract(), |document, increment| {
        note = increment.allocate();
        increment.put(note, &dictionary("<</Type/Annot/Subtype/Square/Rect[0 0 9 9]>>").into()).unwrap();
        edit_page(document, increment, |page| {
            page.set("Annots", list([note]));
            page.set("B", list([note]));
        });
    });
    let alice = pki.signer("Alice", KeyKind::P256);
    let signed = PdfSigner::new(&alice, now())
        .certify(ChangesAllowed::Annotations)
        .sign(&pdf)
        .unwrap()
        .to_vec()
        .unwrap();
    let report = verify(
        &pki,
        &revised(&signed, |document, increment| {
            edit(document, increment, note, |note| {
                note.set("Rect", Object::parse(b"[0 0 600 800]").unwrap().0);
            });
        }),
    );
    assert_ne!(indications(&report)[0], Indication::TotalPassed, "{report}");
}

/// Readers draw a comment without a look by its coordinates, wherever its rectangle is.
#[test]
fn a_comment_is_told_where_it_is_seen() {
    let pki = pki();
    let (signed, _) = commented(&pki, Some(ChangesAllowed::Annotations));
    for (entries, wanted) in [
        ("/Subtype/Square", Some([1.0, 1.0, 2.0, 2.0])),
        ("/Subtype/Highlight/QuadPoints[72 720 300 720 72 700 300 700]", Some([1.0, 1.0, 300.5, 720.5])),
        ("/Subtype/Line/L[100 100 200 200]/BS<</W 30>>", Some([1.0, 1.0, 215.0, 215.0])),
        ("/Subtype/Ink/InkList[[0 0][50 60]]/Border[0 0 4]", Some([-2.0, -2.0, 52.0, 62.0])),
        ("/Subtype/Polygon/Vertices[9 9 90 9 9 90]", Some([1.0, 1.0, 90.5, 90.5])),
        ("/Subtype/Line/L[(x) 100 200 200]", None),
    ] {
        let changed = revised(&signed, |document, increment| {
            drop(annotate(document, increment, &[&format!("{entries}/Rect[1 1 2 2]/P {{page}}")]));
        });
        let report = verify(&pki, &changed);
        let told = report.all_findings().find(|finding| finding.kind == "annotation-added").unwrap();
        assert_eq!(told.page().unwrap().area(), wanted, "{entries}: {report}");
    }
}

/// What was signed elsewhere in the document is no new comment, and what is used elsewhere is not freed.
#[test]
fn a_comment_is_new_and_nothing_else_besides() {
    let pki = pki();
    for (key, laid) in [("PieceInfo", true), ("B", false), ("None", false)] {
        let mut stamp = Reference::new(0, 0);
        let pdf = revised(&contract(), |document, increment| {
            stamp = increment.allocate();
            let entries = "<</Type/Annot/Subtype/Stamp/Rect[0 0 9 9]>>";
            increment.put(stamp, &dictionary(entries).into()).unwrap();
            edit_page(document, increment, |page| {
                if key != "None" {
                    page.set(key, list([stamp]));
                }
                page.set("Annots", if laid { list([]) } else { list([stamp]) });
            });
        });
        let alice = pki.signer("Alice", KeyKind::P256);
        let signer = PdfSigner::new(&alice, now()).certify(ChangesAllowed::Annotations);
        let signed = signer.sign(&pdf).unwrap().to_vec().unwrap();
        let changed = revised(&signed, |document, increment| {
            if laid {
                edit_page(document, increment, |page| {
                    let mut all = page.get("Annots").and_then(Object::as_array).unwrap().to_vec();
                    all.push(Object::Reference(stamp));
                    page.set("Annots", all);
                });
            } else {
                without(document, increment, stamp);
            }
            if !laid {
                increment.put(stamp, &Object::Null).unwrap();
            }
        });
        let report = verify(&pki, &changed);
        assert_eq!(indications(&report)[0] == Indication::TotalPassed, key == "None", "{key}: {report}");
    }
}
