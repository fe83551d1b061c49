//! What a later signature draws lies over what was signed: only in its own widgets, on one page, and by somebody.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod support;

use chancery_ades::{Indication, Report};
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_key::KeyKind;
use chancery_pades::{ChangesAllowed, FieldLock, PdfSigner};
use chancery_pdf::{Document, Increment, Object, Reference};
use chancery_testkit::TestPki;
use support::*;

const SIGNATURE: &str = "/Type/Sig/SubFilter/ETSI.CAdES.detached/M(D:20261121120000Z)";
const TIMESTAMP: &str = "/Type/DocTimeStamp/SubFilter/ETSI.RFC3161";
const PAGE: &str = "[0 0 600 800]";

/// A token of a trusted authority, which anybody gets.
fn stamp(pki: &TestPki) -> impl Fn(&[u8]) -> Vec<u8> + '_ {
    |covered| {
        let digest = DigestAlgorithm::Sha256.digest(covered);
        authority(pki).stamp(&digest, &mut rng()).unwrap().to_der().to_vec()
    }
}

/// What covers the text of a page.
fn white(increment: &mut Increment<'_>) -> Reference {
    let place = increment.allocate();
    let form = "<</Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<<>>>>";
    increment.put(place, &stream(form, b"1 1 1 rg 0 0 600 800 re f")).unwrap();
    place
}

/// Puts objects into the file; the first page and the form get what they are told.
struct Parts<'p> {
    objects: &'p [&'p str],
    annotations: &'p [usize],
    fields: &'p [usize],
}

impl Parts<'_> {
    /// The file with these objects, in which `{n}` stands for the n-th and `{page}` for the first page.
    fn put(&self, pdf: &[u8]) -> (Vec<u8>, Vec<Reference>) {
        let mut places = Vec::new();
        let file = revised(&pdf.to_vec(), |document, increment| {
            places = self.objects.iter().map(|_| increment.allocate()).collect();
            let page = document.latest().page(0).unwrap().0;
            for (place, text) in places.iter().zip(self.objects) {
                let text = places
                    .iter()
                    .enumerate()
                    .fold(text.replace("{page}", &page.to_string()), |text, (n, place)| {
                        text.replace(&format!("{{{n}}}"), &place.to_string())
                    });
                increment.put(*place, &Object::parse(text.as_bytes()).unwrap().0).unwrap();
            }
            let chosen = |which: &[usize]| list(which.iter().map(|n| places[*n]));
            edit_page(document, increment, |page| page.set("Annots", chosen(self.annotations)));
            edit_catalog(document, increment, |catalog| {
                let mut form = dictionary("<</SigFlags 3>>");
                form.set("Fields", chosen(self.fields));
                catalog.set("AcroForm", form);
            });
        });
        (file, places)
    }
}

/// Signs the field that is there, by hand, and draws the widget anew.
fn fill(
    pdf: &[u8],
    (field, widget): (Reference, Reference),
    entries: &str,
    message: impl FnOnce(&[u8]) -> Vec<u8>,
) -> Vec<u8> {
    by_hand(&pdf.to_vec(), entries, message, |document, increment, value| {
        let drawn = white(increment);
        edit(document, increment, field, |field| field.set("V", value));
        let shown = dictionary(&format!("<</N {drawn}>>"));
        if field == widget {
            let mut merged = document.latest().object(field).unwrap().as_dictionary().unwrap().clone();
            merged.set("V", value);
            merged.set("AP", shown);
            increment.put(field, &merged.into()).unwrap();
        } else {
            edit(document, increment, widget, |widget| widget.set("AP", shown));
        }
    })
}

/// New fields with one value, drawn in white over these rectangles of the first page. `{page}` stands for it.
fn draw(pdf: &[u8], rectangles: &[&str], entries: &str, message: impl FnOnce(&[u8]) -> Vec<u8>) -> Vec<u8> {
    draw_named("New", (pdf, rectangles), entries, message)
}

fn draw_named(
    name: &str,
    (pdf, rectangles): (&[u8], &[&str]),
    entries: &str,
    message: impl FnOnce(&[u8]) -> Vec<u8>,
) -> Vec<u8> {
    by_hand(&pdf.to_vec(), entries, message, |document, increment, value| {
        let drawn = white(increment);
        let page = document.latest().page(0).unwrap().0;
        let mut widgets = Vec::new();
        for (n, rectangle) in rectangles.iter().enumerate() {
            let place = increment.allocate();
            let widget = format!(
                "<</Type/Annot/Subtype/Widget/FT/Sig/T({name}{n})/V {value}/Rect{rectangle}/F 132/P {page}/AP<</N {drawn}>>>>"
            );
            increment.put(place, &dictionary(&widget).into()).unwrap();
            widgets.push(place);
        }
        add_fields(document, increment, &widgets);
        edit_page(document, increment, |page| {
            let annotations = page.get("Annots").and_then(Object::as_array).unwrap_or_default().to_vec();
            let new = widgets.iter().map(|widget| Object::Reference(*widget));
            page.set("Annots", annotations.into_iter().chain(new).collect::<Vec<_>>());
        });
    })
}

fn add_fields(document: &Document<'_>, increment: &mut Increment<'_>, fields: &[Reference]) {
    edit_catalog(document, increment, |catalog| {
        let mut form = catalog.get("AcroForm").and_then(Object::as_dictionary).unwrap().clone();
        let old = form.get("Fields").and_then(Object::as_array).unwrap().to_vec();
        let new = fields.iter().map(|field| Object::Reference(*field));
        form.set("Fields", old.into_iter().chain(new).collect::<Vec<_>>());
        catalog.set("AcroForm", form);
    });
}

fn certified(pki: &TestPki, pdf: &[u8], allowed: ChangesAllowed, lock: FieldLock) -> Vec<u8> {
    let alice = pki.signer("Alice", KeyKind::P256);
    let signer = PdfSigner::new(&alice, now()).certify(allowed).lock(lock);
    signer.sign(&pdf.to_vec()).unwrap().to_vec().unwrap()
}

/// The verdict over Alice, who signed first, and what is told.
#[track_caller]
fn assert_first(report: &Report, wanted: Indication, kind: &str) {
    assert_eq!(indications(report)[0], wanted, "{report}");
    assert!(kinds(report).contains(&kind), "{kind} is not told: {:?} {report}", kinds(report));
}

/// The empty field of Bob, whose widget is an object apart from it.
const APART: [&str; 2] = [
    "<</FT/Sig/T(Bob)/Kids[{1}]>>",
    "<</Type/Annot/Subtype/Widget/Parent {0}/P {page}/F 4/Rect[0 0 600 800]>>",
];

#[test]
fn a_widget_apart_from_its_field_is_drawn_by_whoever_may_sign_it() {
    let pki = pki();
    let bob = pki.signer("Bob", KeyKind::P256);
    let (pdf, places) = Parts { objects: &APART, annotations: &[1], fields: &[0] }.put(&contract());
    let bobs = (places[0], places[1]);

    let open = certified(&pki, &pdf, ChangesAllowed::FormFilling, FieldLock::Only(Vec::new()));
    let report = verify(&pki, &fill(&open, bobs, SIGNATURE, message_by(&bob)));
    assert_passed(&report, 2);
    assert!(kinds(&report).contains(&"large-appearance-added"), "{report}");

    let locked = certified(&pki, &pdf, ChangesAllowed::FormFilling, FieldLock::Only(vec!["Bob".into()]));
    let report = verify(&pki, &fill(&locked, bobs, SIGNATURE, message_by(&bob)));
    assert_first(&report, Indication::TotalFailed, "field-lock-broken");
}

/// Only a timestamp that nobody sees is no change, wherever the field has its widgets.
#[test]
fn a_timestamp_draws_nothing_over_a_certified_document() {
    let pki = pki();
    let merged = "<</FT/Sig/T(Bob)/Type/Annot/Subtype/Widget/P {page}/F 4/Rect[0 0 600 800]>>";
    // Readers are lenient about what a rectangle is.
    let odd = "<</FT/Sig/T(Bob)/Type/Annot/Subtype/Widget/P {page}/F 4/Rect[0 0 600 800 0]>>";
    for (objects, widget) in [(&APART[..], 1), (&[merged], 0), (&[odd], 0)] {
        let (pdf, places) = Parts { objects, annotations: &[widget], fields: &[0] }.put(&contract());
        for allowed in [ChangesAllowed::None, ChangesAllowed::FormFilling] {
            let signed = certified(&pki, &pdf, allowed, FieldLock::Only(Vec::new()));
            let forged = fill(&signed, (places[0], places[widget]), TIMESTAMP, stamp(&pki));
            let wanted = match allowed {
                // What is no widget for all readers is not even a change of one.
                ChangesAllowed::None if objects[0] != odd => Indication::TotalFailed,
                _ => Indication::Indeterminate,
            };
            assert_eq!(indications(&verify(&pki, &forged))[0], wanted, "{allowed:?} {objects:?}");
        }
    }
    let hidden = "<</FT/Sig/T(Bob)/Type/Annot/Subtype/Widget/P {page}/F 4/Rect[0 0 0 0]>>";
    let (pdf, places) = Parts { objects: &[hidden], annotations: &[0], fields: &[0] }.put(&contract());
    let signed = certified(&pki, &pdf, ChangesAllowed::None, FieldLock::All);
    assert_passed(&verify(&pki, &fill(&signed, (places[0], places[0]), TIMESTAMP, stamp(&pki))), 2);
}

/// Anybody gets a timestamp, so nobody answers for what is drawn with it.
#[test]
fn a_new_timestamp_draws_nothing() {
    let pki = pki();
    let signed = certified(&pki, &contract(), ChangesAllowed::FormFilling, FieldLock::Only(Vec::new()));
    let drawn = draw(&signed, &["[0 700 600 800]"], TIMESTAMP, stamp(&pki));
    assert_first(&verify(&pki, &drawn), Indication::Indeterminate, "unsigned-appearance-added");
    let invisible = draw(&signed, &["[0 0 0 0]"], TIMESTAMP, stamp(&pki));
    assert_passed(&verify(&pki, &invisible), 2);
}

/// Before anybody signs, the file is laid out so that what Bob draws is something of others, too.
#[test]
fn what_shows_something_else_too_is_no_widget_of_a_signature() {
    let pki = pki();
    let bob = pki.signer("Bob", KeyKind::P256);
    let price = "<</FT/Tx/T(Price)/V(1000 euro)/Ff 1/Kids[{1}]>>";
    let empty = "<</FT/Sig/T(Bob)/Kids[{1}]>>";
    let widget =
        |entries: &str| format!("<</Type/Annot/Subtype/Widget/F 4/Rect[0 0 200 20]/P {{page}}{entries}>>");
    let of_bob = widget("/Parent {0}");
    let cases: [(&str, &[&str], &[usize]); 9] = [
        ("the widget of a text", &[empty, &widget("/Parent {2}"), price], &[0, 2]),
        ("the kid of a text", &[empty, &of_bob, price], &[0, 2]),
        (
            "the kid of a text in a list apart",
            &[empty, &of_bob, "<</FT/Tx/T(Price)/Kids {3}>>", "[{1}]"],
            &[0, 2],
        ),
        ("a stamp", &[empty, "<</Type/Annot/Subtype/Stamp/Parent {0}/Rect[0 0 200 20]/P {page}>>"], &[0]),
        ("what says not what it is", &[empty, "<</Parent {0}/Rect[0 0 200 20]/P {page}>>"], &[0]),
        ("what says not whose it is", &[empty, &widget("")], &[0]),
        ("a field without a name", &[empty, &widget("/Parent {0}/FT/Tx/V(1000 euro)")], &[0]),
        ("a reply", &[empty, &of_bob, "<</Type/Annot/Subtype/Text/IRT {1}/Rect[0 0 9 9]>>"], &[0]),
        (
            "a rectangle of five numbers",
            &[empty, "<</Type/Annot/Subtype/Widget/Parent {0}/Rect[0 0 9 9 9]>>"],
            &[0],
        ),
    ];
    for (what, objects, fields) in cases {
        let (pdf, places) = Parts { objects, annotations: &[1], fields }.put(&contract());
        let signed = certified(&pki, &pdf, ChangesAllowed::FormFilling, FieldLock::Only(Vec::new()));
        assert_passed(&verify(&pki, &signed), 1);
        let report = verify(&pki, &fill(&signed, (places[0], places[1]), SIGNATURE, message_by(&bob)));
        assert_eq!(indications(&report)[0], Indication::Indeterminate, "{what}: {report}");
        assert!(kinds(&report).contains(&"widget-changed"), "{what}: {report}");
    }
}

/// Only what the widget shows may change, not where it is and what it does.
#[test]
fn a_widget_apart_from_its_field_stays_where_it_is() {
    let pki = pki();
    let bob = pki.signer("Bob", KeyKind::P256);
    let (pdf, places) = Parts { objects: &APART, annotations: &[1], fields: &[0] }.put(&contract());
    let signed = certified(&pki, &pdf, ChangesAllowed::FormFilling, FieldLock::Only(Vec::new()));
    for entries in
        ["<</Rect[0 0 9 9]>>", "<</F 2>>", "<</A<</S/URI/URI(https://example.com)>>>>", "<</MK<</BG[1]>>>>"]
    {
        let moved = by_hand(&signed, SIGNATURE, message_by(&bob), |document, increment, value| {
            edit(document, increment, places[0], |field| field.set("V", value));
            edit(document, increment, places[1], |widget| {
                dictionary(entries).iter().for_each(|(key, value)| widget.set(key.clone(), value.clone()));
            });
        });
        assert_first(&verify(&pki, &moved), Indication::Indeterminate, "widget-changed");
    }
}

/// An entry of the trailer that no standard knows may lead to what the widget showed.
#[test]
fn a_widget_is_not_drawn_anew_while_the_trailer_leads_somewhere() {
    let pki = pki();
    let bob = pki.signer("Bob", KeyKind::P256);
    let merged = "<</FT/Sig/T(Bob)/Type/Annot/Subtype/Widget/P {page}/F 4/Rect[9 9 99 99]/AP {1}>>";
    for (key, wanted) in [("Odd", Indication::Indeterminate), ("Info", Indication::TotalPassed)] {
        let parts = Parts { objects: &[merged, "<<>>"], annotations: &[0], fields: &[0] };
        let (pdf, places) = parts.put(&contract());
        let pdf = revised(&pdf, |_, increment| {
            let place = increment.allocate();
            increment.put(place, &dictionary("<</Title(Lease)>>").into()).unwrap();
            increment.set_trailer(key, Object::Reference(if key == "Odd" { places[1] } else { place }));
        });
        let signed = certified(&pki, &pdf, ChangesAllowed::FormFilling, FieldLock::Only(Vec::new()));
        let filled = fill(&signed, (places[0], places[0]), SIGNATURE, message_by(&bob));
        assert_eq!(indications(&verify(&pki, &filled))[0], wanted, "{key}");
    }
}

/// Lists that are objects of their own, structure and groups are what honest files have.
#[test]
fn a_widget_may_be_held_in_every_honest_way() {
    let pki = pki();
    let bob = pki.signer("Bob", KeyKind::P256);
    let widget = "<</Type/Annot/Subtype/Widget/Parent {0}/P {page}/F 4/Rect[9 9 99 99]>>";
    let merged = "<</FT/Sig/T(Bob)/Type/Annot/Subtype/Widget/F 4/Rect[9 9 99 99]/P {page}";
    let cases: [(&str, &[&str], [usize; 3]); 4] = [
        ("a list of kids", &["<</FT/Sig/T(Bob)/Kids {2}>>", widget, "[{1}]"], [0, 0, 1]),
        (
            "structure",
            &[APART[0], widget, "<</Type/StructElem/S/Form/K[<</Type/OBJR/Obj {1}>>]>>"],
            [0, 0, 1],
        ),
        ("a group", &["<</T(both)/Kids[{1}]>>", &format!("{merged}/Parent {{0}}>>")], [0, 1, 1]),
        (
            "a group with a list",
            &["<</T(both)/Kids {2}>>", &format!("{merged}/Parent {{0}}>>"), "[{1}]"],
            [0, 1, 1],
        ),
    ];
    for (what, objects, [root, field, widget]) in cases {
        for list_apart in [false, true] {
            let (pdf, places) = Parts { objects, annotations: &[widget], fields: &[root] }.put(&contract());
            let pdf = revised(&pdf, |document, increment| {
                let annotations = increment.allocate();
                if list_apart {
                    increment.put(annotations, &list([places[widget]])).unwrap();
                    edit_page(document, increment, |page| page.set("Annots", annotations));
                }
            });
            let signed = certified(&pki, &pdf, ChangesAllowed::FormFilling, FieldLock::Only(Vec::new()));
            let report =
                verify(&pki, &fill(&signed, (places[field], places[widget]), SIGNATURE, message_by(&bob)));
            assert_eq!(indications(&report), [Indication::TotalPassed; 2], "{what} {list_apart}: {report}");
            assert!(kinds(&report).contains(&"appearance-added"), "{what}: {report}");
        }
    }
}

/// The file with a second page like the first, both in the tree.
fn two_pages(pdf: &[u8], entries: &str) -> Vec<u8> {
    revised(&pdf.to_vec(), |document, increment| {
        let (_, catalog) = document.latest().catalog().unwrap();
        let tree = catalog.get("Pages").and_then(Object::as_reference).unwrap();
        let (first, mut page) = document.latest().page(0).unwrap();
        dictionary(entries).iter().for_each(|(key, value)| page.set(key.clone(), value.clone()));
        let second = increment.allocate();
        increment.put(first, &page.clone().into()).unwrap();
        increment.put(second, &page.into()).unwrap();
        edit(document, increment, tree, |tree| {
            tree.set("Kids", list([first, second]));
            tree.set("Count", Object::Integer(2));
        });
    })
}

/// Bob's new widget is put on these pages, and says that it is on another.
fn on_pages(pki: &TestPki, pdf: &[u8], pages: &[usize], stated: &str, rectangle: &str) -> Vec<u8> {
    let bob = pki.signer("Bob", KeyKind::P256);
    by_hand(&pdf.to_vec(), SIGNATURE, message_by(&bob), |document, increment, value| {
        let (drawn, widget, other) = (white(increment), increment.allocate(), increment.allocate());
        let view = document.latest();
        let stated = stated
            .replace("{0}", &view.page(0).unwrap().0.to_string())
            .replace("{1}", &view.page(1).unwrap().0.to_string())
            .replace("{other}", &other.to_string());
        if stated.contains(&other.to_string()) {
            increment.put(other, &dictionary("<</MediaBox[0 0 99999 99999]>>").into()).unwrap();
        }
        let entries = format!(
            "<</Type/Annot/Subtype/Widget/FT/Sig/T(Bob)/V {value}/Rect{rectangle}/F 4{stated}/AP<</N {drawn}>>>>"
        );
        increment.put(widget, &dictionary(&entries).into()).unwrap();
        add_fields(document, increment, &[widget]);
        for page in pages {
            edit(document, increment, view.page(*page).unwrap().0, |page| {
                let mut annotations =
                    page.get("Annots").and_then(Object::as_array).unwrap_or_default().to_vec();
                annotations.push(widget.into());
                page.set("Annots", annotations);
            });
        }
    })
}

#[test]
fn a_new_widget_is_on_the_one_page_that_it_says() {
    let pki = pki();
    let signed = signed(&pki, &two_pages(&contract(), "<<>>"));
    let small = "[9 9 99 99]";
    for (pages, stated, rectangle, wanted) in [
        (&[1][..], "/P {1}", small, "appearance-added"),
        (&[1], "", small, "appearance-added"),
        (&[1], "/P {1}", PAGE, "large-appearance-added"),
        (&[1], "", PAGE, "large-appearance-added"),
        (&[], "/P {1}", PAGE, "large-appearance-added"),
    ] {
        let report = verify(&pki, &on_pages(&pki, &signed, pages, stated, rectangle));
        assert_passed(&report, 2);
        assert!(kinds(&report).contains(&wanted), "{pages:?} {stated} {rectangle}: {report}");
    }
    for (pages, stated) in [
        (&[0, 1][..], "/P {1}"),
        (&[0, 1], ""),
        (&[1], "/P {0}"),
        (&[1], "/P {other}"),
        (&[], "/P {other}"),
        (&[1], "/P 7"),
    ] {
        let report = verify(&pki, &on_pages(&pki, &signed, pages, stated, small));
        assert_first(&report, Indication::Indeterminate, "appearance-misplaced");
    }
}

/// What is large is told by what is shown of the page: its boxes may be inherited.
#[test]
fn large_is_what_covers_much_of_what_is_shown() {
    let pki = pki();
    for (boxes, rectangle, wanted) in [
        ("<</MediaBox[0 0 9999 9999]>>", PAGE, "appearance-added"),
        ("<</MediaBox[0 0 9999 9999]/CropBox[0 0 600 800]>>", PAGE, "large-appearance-added"),
        ("<</MediaBox null/Parent<<>>/CropBox[0 0 9 9]>>", "[0 0 9 9]", "large-appearance-added"),
        ("<</MediaBox[0 0 100 100]>>", "[0 0 90 90]", "large-appearance-added"),
        // Off the page it covers nothing.
        ("<</MediaBox[0 0 100 100]>>", "[100 100 900 900]", "appearance-added"),
    ] {
        let signed = signed(&pki, &two_pages(&contract(), boxes));
        let report = verify(&pki, &on_pages(&pki, &signed, &[1], "", rectangle));
        assert_passed(&report, 2);
        assert!(kinds(&report).contains(&wanted), "{boxes}: {report}");
    }
}

/// Each covers an eighth of the page, all of them the whole.
#[test]
fn a_signature_is_in_one_field_and_its_revision_covers_little() {
    let pki = pki();
    let bob = pki.signer("Bob", KeyKind::P256);
    let signed = certified(&pki, &contract(), ChangesAllowed::Annotations, FieldLock::Only(Vec::new()));
    let eighths = ["[0 0 600 100]", "[0 100 600 200]", "[0 200 600 300]", "[0 300 600 400]"];
    let report = verify(&pki, &draw(&signed, &eighths[..1], SIGNATURE, message_by(&bob)));
    assert_passed(&report, 2);
    assert!(!kinds(&report).contains(&"large-appearance-added"), "{report}");
    let report = verify(&pki, &draw(&signed, &eighths, SIGNATURE, message_by(&bob)));
    assert_first(&report, Indication::Indeterminate, "signature-in-two-fields");
    assert!(kinds(&report).contains(&"large-appearance-added"), "{report}");
}

/// Who allows to fill in and to sign allows no new place for it: a field that is there may be drawn.
#[test]
fn nothing_new_is_drawn_where_only_forms_may_be_filled_in() {
    let pki = pki();
    let bob = pki.signer("Bob", KeyKind::P256);
    let signed = certified(&pki, &contract(), ChangesAllowed::FormFilling, FieldLock::Only(Vec::new()));
    let report = verify(&pki, &draw(&signed, &["[0 0 60 20]"], SIGNATURE, message_by(&bob)));
    assert_first(&report, Indication::Indeterminate, "appearance-added");
    let report = verify(&pki, &draw(&signed, &["[0 0 0 0]"], SIGNATURE, message_by(&bob)));
    assert_passed(&report, 2);
}

/// A new signature may pass for another one that it covers.
#[test]
fn a_widget_over_another_is_a_warning() {
    let pki = pki();
    let bob = pki.signer("Bob", KeyKind::P256);
    let signed = signed(&pki, &contract());
    let once = draw(&signed, &["[0 0 60 20]"], SIGNATURE, message_by(&bob));
    for (rectangle, over) in [("[50 10 90 30]", true), ("[60 0 120 20]", false)] {
        let twice = draw_named(
            "Other",
            (&once, &[rectangle]),
            SIGNATURE,
            message_by(&pki.signer("Carol", KeyKind::P256)),
        );
        let report = verify(&pki, &twice);
        assert_eq!(kinds(&report).contains(&"appearance-over-another"), over, "{rectangle}: {report}");
    }
}

/// A new signature may say something else than what was signed beneath it.
#[test]
fn a_widget_over_signed_text_is_a_warning() {
    let pki = pki();
    let bob = pki.signer("Bob", KeyKind::P256);
    for allowed in [None, Some(ChangesAllowed::Annotations)] {
        let signed = match allowed {
            Some(allowed) => certified(&pki, &contract(), allowed, FieldLock::Only(Vec::new())),
            None => signed(&pki, &contract()),
        };
        for (rectangle, over) in
            [("[150 705 250 725]", true), ("[150 90 250 150]", false), ("[0 0 0 0]", false)]
        {
            let report = verify(&pki, &draw(&signed, &[rectangle], SIGNATURE, message_by(&bob)));
            assert_passed(&report, 2);
            let told = report.all_findings().find(|finding| finding.kind == "signed-content-covered");
            assert_eq!(told.is_some(), over, "{rectangle}: {report}");
            if let Some(told) = told {
                assert_eq!(told.severity, chancery_ades::Severity::Warning);
                assert_eq!(told.page().unwrap().area(), Some([150.0, 705.0, 250.0, 725.0]));
            }
        }
    }
}

/// Who signs a field that was empty fills in what shows that, and nothing else of it.
#[test]
fn a_field_stays_what_it_was_when_it_is_signed() {
    let pki = pki();
    let bob = pki.signer("Bob", KeyKind::P256);
    let (pdf, places) = Parts { objects: &APART, annotations: &[1], fields: &[0] }.put(&contract());
    let signed = certified(&pki, &pdf, ChangesAllowed::FormFilling, FieldLock::Only(Vec::new()));
    for (entries, wanted) in [
        ("<<>>", Indication::TotalPassed),
        ("<</TU(Somebody else)>>", Indication::Indeterminate),
        ("<</SV<</Ff 0>>>>", Indication::Indeterminate),
        ("<</AA<</F<</S/JavaScript/JS(x)>>>>>>", Indication::Indeterminate),
    ] {
        let filled = by_hand(&signed, SIGNATURE, message_by(&bob), |document, increment, value| {
            edit(document, increment, places[0], |field| {
                field.set("V", value);
                dictionary(entries).iter().for_each(|(key, value)| field.set(key.clone(), value.clone()));
            });
        });
        assert_eq!(indications(&verify(&pki, &filled))[0], wanted, "{entries}");
    }
}
