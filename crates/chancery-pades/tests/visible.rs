//! Signatures that people see: where they are, in which field, and that nothing else changes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chancery_digest::{AnyDigest, Source};
use chancery_drawing::{Colour, DrawingError, Rectangle, Size};
use chancery_key::{KeyKind, Password};
use chancery_pades::{Appearance, Corner, PadesError, PdfSigner, Place, PreparedPdf, StoredPdf};
use chancery_pdf::{Dictionary, Document, Object, Reference};
use chancery_testkit::pdf::SamplePdf;
use support::seen::*;
use support::*;

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
        let (form, content) = form(&view, &widget);
        assert_eq!(numbers(form.get("BBox")), [0.0, 0.0, 220.0, 60.0], "{shape}");
        for said in ["(Alice)", "(I agree)", "(2026-11-21 12:00:00 +00:00)"] {
            assert!(content.contains(said), "{said}: {content}");
        }
        assert_eq!(text(&widget, "TU"), "Alice");
    }
}

/// The first page with these entries.
fn page_with(entries: &str) -> Vec<u8> {
    revised(&contract(), |document, increment| {
        edit_page(document, increment, |page| {
            for (key, value) in dictionary(entries).iter() {
                page.set(key.clone(), value.clone());
            }
        });
    })
}

/// Where a reader sees a point of the drawing, as viewers place appearances (ISO 32000-2, 12.5.5) and pages.
fn reader_sees(widget: &Dictionary, form: &Dictionary, page: &Page, point: (f64, f64)) -> (f64, f64) {
    let bbox = numbers(form.get("BBox"));
    let matrix =
        form.get("Matrix").map_or(vec![1.0, 0.0, 0.0, 1.0, 0.0, 0.0], |matrix| numbers(Some(matrix)));
    let turned = |(x, y): (f64, f64)| {
        (matrix[0] * x + matrix[2] * y + matrix[4], matrix[1] * x + matrix[3] * y + matrix[5])
    };
    let corners = [(0, 1), (2, 1), (0, 3), (2, 3)].map(|(x, y)| turned((bbox[x], bbox[y])));
    let least = |values: [f64; 4]| values.into_iter().fold(f64::INFINITY, f64::min);
    let most = |values: [f64; 4]| values.into_iter().fold(f64::NEG_INFINITY, f64::max);
    let (xs, ys) = (corners.map(|corner| corner.0), corners.map(|corner| corner.1));
    let rect = numbers(widget.get("Rect"));
    let (across, up) =
        ((rect[2] - rect[0]) / (most(xs) - least(xs)), (rect[3] - rect[1]) / (most(ys) - least(ys)));
    let (x, y) = turned(point);
    let (x, y) = (rect[0] + (x - least(xs)) * across, rect[1] + (y - least(ys)) * up);
    let [left, bottom, right, top] = page.shown;
    let (x, y) = match page.rotate {
        0 => (x - left, y - bottom),
        90 => (y - bottom, right - x),
        180 => (right - x, top - y),
        _ => (top - y, x - left),
    };
    (x * page.unit, y * page.unit)
}

struct Page {
    rotate: i64,
    shown: [f64; 4],
    unit: f64,
}

#[test]
fn places_are_counted_as_the_reader_sees_the_page() {
    let pki = pki();
    let boxes = [
        ("/MediaBox[0 0 595 842]", [0.0, 0.0, 595.0, 842.0]),
        ("/MediaBox[-100 -50 600 800]", [-100.0, -50.0, 600.0, 800.0]),
        // Any two opposite corners, and no more of the crop box than is on the sheet.
        ("/MediaBox[600 0 0 700]/CropBox[40 30 900 640]", [40.0, 30.0, 600.0, 640.0]),
        // A crop box beside the sheet is none.
        ("/MediaBox[0 0 500 500]/CropBox[900 900 1000 1000]", [0.0, 0.0, 500.0, 500.0]),
    ];
    for (entries, shown_box) in boxes {
        for rotate in [0, 90, 180, 270, -90, 450] {
            for unit in [1.0, 2.5] {
                let entries = format!("<<{entries}/Rotate {rotate}/UserUnit {unit}>>");
                let signed = shown(&pki, &page_with(&entries), at(SPOT)).unwrap();
                assert_passed(&verify(&pki, &signed), 1);
                let document = Document::open(&signed).unwrap();
                let view = document.latest();
                let widget = widget(&view);
                let (form, _) = form(&view, &widget);
                let page = Page { rotate: i64::rem_euclid(rotate, 360), shown: shown_box, unit };
                for (point, seen) in
                    [((0.0, 0.0), (72.0, 90.0)), ((220.0, 0.0), (292.0, 90.0)), ((0.0, 60.0), (72.0, 150.0))]
                {
                    let (x, y) = reader_sees(&widget, &form, &page, point);
                    let near = (x - seen.0).abs() < 0.01 && (y - seen.1).abs() < 0.01;
                    assert!(near, "{entries}: {point:?} is seen at {x}, {y}, not at {seen:?}");
                }
            }
        }
    }
}

#[test]
fn boxes_and_turns_are_inherited() {
    let pki = pki();
    let pdf = revised(&page_with("<<>>"), |document, increment| {
        edit_page(document, increment, |page| {
            page.remove("MediaBox");
        });
        let (_, page) = document.latest().page(0).unwrap();
        let parent = page.get("Parent").and_then(Object::as_reference).unwrap();
        edit(document, increment, parent, |parent| {
            parent.set("MediaBox", Object::parse(b"[0 0 400 300]").unwrap().0);
            parent.set("Rotate", 90);
        });
    });
    let corner =
        Appearance::at(Place::on_page(0).in_corner(Corner::TopRight, Size { width: 100.0, height: 40.0 }));
    let signed = shown(&pki, &pdf, corner).unwrap();
    let document = Document::open(&signed).unwrap();
    // Seen 300 wide and 400 high: the corner is at 164, 324; on the sheet that is counted from its lower right corner.
    assert_eq!(numbers(widget(&document.latest()).get("Rect")), [36.0, 164.0, 76.0, 264.0]);
}

#[test]
fn what_is_not_on_the_page_is_refused() {
    let pki = pki();
    let pdf = page_with("<</MediaBox[0 0 600 800]/CropBox[0 0 500 700]/Rotate 90>>");
    let rectangle = |x: f32, y: f32, width: f32, height: f32| Rectangle { x, y, width, height };
    assert!(shown(&pki, &pdf, at(rectangle(500.0, 400.0, 200.0, 100.0))).is_ok(), "up to the very edge");
    for outside in [
        rectangle(500.1, 0.0, 200.0, 50.0),
        rectangle(0.0, 450.1, 200.0, 50.0),
        rectangle(-1.0, 0.0, 200.0, 50.0),
        rectangle(0.0, -1.0, 200.0, 50.0),
        rectangle(10.0, 10.0, 0.0, 50.0),
        rectangle(10.0, 10.0, 50.0, -50.0),
        rectangle(f32::NAN, 10.0, 50.0, 50.0),
        rectangle(10.0, 10.0, f32::INFINITY, 50.0),
    ] {
        match shown(&pki, &pdf, at(outside)) {
            Err(PadesError::OffPage { page, .. }) => assert_eq!(page, [700.0, 500.0], "{outside:?}"),
            other => panic!("{outside:?}: {:?}", other.map(|_| ())),
        }
    }
    let missing = Appearance::at(Place::on_page(1).at(SPOT));
    let error = shown(&pki, &contract(), missing).unwrap_err();
    assert!(matches!(error, PadesError::Pdf(_)), "{error}");
    // Without a size, it is shown as US Letter.
    let sizeless = page_with("<</MediaBox null>>");
    assert!(shown(&pki, &sizeless, at(rectangle(512.0, 692.0, 100.0, 100.0))).is_ok());
    let beyond = shown(&pki, &sizeless, at(rectangle(513.0, 692.0, 100.0, 100.0))).unwrap_err();
    assert!(matches!(beyond, PadesError::OffPage { page: [612.0, 792.0], .. }), "{beyond}");
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
    // On another page there is room.
    let pages = SamplePdf::new().pages(2).to_bytes();
    let once = shown(&pki, &pages, at(SPOT)).unwrap();
    let twice = shown(&pki, &once, Appearance::at(Place::on_page(1).at(SPOT))).unwrap();
    assert_passed(&verify(&pki, &twice), 2);
}

/// Two pages with one list of annotations between them, which holds a link.
fn with_shared_list() -> Vec<u8> {
    revised(&SamplePdf::new().pages(2).to_bytes(), |document, increment| {
        let (link, annotations) = (increment.allocate(), increment.allocate());
        let entries = dictionary("<</Type/Annot/Subtype/Link/Rect[10 10 40 20]>>");
        increment.put(link, &entries.into()).unwrap();
        increment.put(annotations, &list([link])).unwrap();
        for index in 0..2 {
            let page = document.latest().page(index).unwrap().0;
            edit(document, increment, page, |page| page.set("Annots", annotations));
        }
    })
}

#[test]
fn a_signature_is_on_no_page_that_shares_its_annotations() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let shared = with_shared_list();
    let on_pages = |pdf: &Vec<u8>| {
        let document = Document::open(pdf).unwrap();
        let view = document.latest();
        [0, 1].map(|index| {
            let page = view.page(index).unwrap().1;
            view.value(&page, "Annots").unwrap().as_array().unwrap().len()
        })
    };
    assert_eq!(on_pages(&shared), [1, 1]);
    for (index, counts) in [(0, [2, 1]), (1, [1, 2])] {
        let visible = shown(&pki, &shared, Appearance::at(Place::on_page(index).at(SPOT))).unwrap();
        assert_eq!(on_pages(&visible), counts);
        assert_passed(&verify(&pki, &visible), 1);
        let unseen = PdfSigner::new(&alice, now()).invisible_on_page(index).sign(&shared).unwrap();
        assert_eq!(on_pages(&unseen.to_vec().unwrap()), counts);
        // The next one comes to a page whose list another page had when the first signed.
        let twice =
            shown(&pki, &visible, Appearance::at(Place::on_page(1).in_corner(Corner::TopLeft, SMALL)));
        let twice = twice.unwrap();
        assert_eq!(on_pages(&twice), if index == 0 { [2, 2] } else { [1, 3] });
        assert_passed(&verify(&pki, &twice), 2);
    }
    // A list of one page stays where it is.
    let one = revised(&contract(), |document, increment| {
        let annotations = increment.allocate();
        increment.put(annotations, &Object::Array(Vec::new())).unwrap();
        edit_page(document, increment, |page| page.set("Annots", annotations));
    });
    let signed = shown(&pki, &one, at(SPOT)).unwrap();
    let list =
        |pdf: &Vec<u8>| Document::open(pdf).unwrap().latest().page(0).unwrap().1.get("Annots").cloned();
    assert_eq!(list(&signed), list(&one));
}

#[test]
fn a_list_of_fields_that_is_also_one_of_annotations_becomes_two() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let pdf = revised(&contract(), |document, increment| {
        let both = increment.allocate();
        increment.put(both, &Object::Array(Vec::new())).unwrap();
        edit_page(document, increment, |page| page.set("Annots", both));
        edit_catalog(document, increment, |catalog| {
            catalog.set("AcroForm", dictionary(&format!("<</Fields {both}>>")));
        });
    });
    let signer = PdfSigner::new(&alice, now()).field("lease.tenant").appearance(at(SPOT));
    let signed = signer.sign(&pdf).unwrap().to_vec().unwrap();
    assert_passed(&verify(&pki, &signed), 1);
    let document = Document::open(&signed).unwrap();
    assert!(form(&document.latest(), &widget(&document.latest())).1.contains("(Alice)"));
}

#[test]
fn the_last_page_is_found_also_out_of_storage() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let pdf = SamplePdf::new().pages(3).to_bytes();
    let size = Size { width: 200.0, height: 60.0 };
    for (place, page) in [
        (Place::on_last_page().in_corner(Corner::BottomLeft, size), 2),
        (Place::on_page(1).in_corner(Corner::TopLeft, size), 1),
    ] {
        let prepared = prepared(&alice, &pdf, Appearance::at(place));
        let stored = StoredPdf::from_bytes(&prepared.to_bytes()).unwrap();
        let joined = stored.with(&pdf).unwrap();
        assert_eq!(joined.to_be_signed().bytes(), prepared.to_be_signed().bytes());
        let value = chancery_key::Signer::sign(&alice, joined.to_be_signed()).unwrap();
        let signed = joined.finish(value).unwrap().to_vec().unwrap();
        let document = Document::open(&signed).unwrap();
        let view = document.latest();
        let on = |index| !view.value(&view.page(index).unwrap().1, "Annots").unwrap().is_null();
        assert_eq!([on(0), on(1), on(2)], [false, page == 1, page == 2]);
    }
}

#[test]
fn an_invisible_field_goes_to_the_page_that_was_asked_for() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let pdf = SamplePdf::new().pages(3).to_bytes();
    let signed = PdfSigner::new(&alice, now()).invisible_on_page(2).sign(&pdf).unwrap().to_vec().unwrap();
    assert_passed(&verify(&pki, &signed), 1);
    let document = Document::open(&signed).unwrap();
    let view = document.latest();
    let annotations = |index| view.value(&view.page(index).unwrap().1, "Annots").unwrap();
    assert_eq!([0, 1].map(|page| annotations(page).is_null()), [true, true]);
    let list = annotations(2);
    let widget = view.resolve(&list.as_array().unwrap()[0]).unwrap();
    assert_eq!(numbers(widget.as_dictionary().unwrap().get("Rect")), [0.0; 4]);
}

const SMALL: Size = Size { width: 100.0, height: 40.0 };

const EMPTY_FIELD: &str = "<</Type/Annot/Subtype/Widget/FT/Sig/T(Approval)/F 4/P {page} 0 R";

fn in_approval(
    pki: &chancery_testkit::TestPki,
    pdf: &dyn Source,
    appearance: Appearance,
) -> Result<Vec<u8>, PadesError> {
    let alice = pki.signer("Alice", KeyKind::P256);
    let signer = PdfSigner::new(&alice, now()).field("Approval").appearance(appearance);
    Ok(signer.sign(pdf)?.to_vec().unwrap())
}

#[test]
fn an_empty_field_shows_its_signature_where_it_lies() {
    let pki = pki();
    // Counted against the clock, as the field says; else as the page is turned.
    for (page, field, matrix) in [
        ("", "/Rect[300 200 400 240]", None),
        ("", "/Rect[400 240 300 200]/MK<</R 90>>", Some([0.0, 1.0, -1.0, 0.0, 100.0, 0.0])),
        ("/Rotate 270", "/Rect[300 200 400 240]", Some([0.0, -1.0, 1.0, 0.0, 0.0, 40.0])),
        ("/Rotate 270", "/Rect[300 200 400 240]/MK<</R 0>>", None),
    ] {
        let turned = page_with(&format!("<<{page}>>"));
        let pdf = with_widget(&turned, &format!("{EMPTY_FIELD}{field}>>"));
        // Another has signed before.
        let pdf = signed(&pki, &pdf);
        let signed = in_approval(&pki, &pdf, Appearance::in_field()).unwrap();
        assert_passed(&verify(&pki, &signed), 2);
        let document = Document::open(&signed).unwrap();
        let view = document.latest();
        let (_, catalog) = view.catalog().unwrap();
        let acro_form = view.value(&catalog, "AcroForm").unwrap();
        let fields = view.value(acro_form.as_dictionary().unwrap(), "Fields").unwrap();
        let widget = view.resolve(&fields.as_array().unwrap()[0]).unwrap().as_dictionary().unwrap().clone();
        let (form, _) = form(&view, &widget);
        let (across, up) = if matches!(matrix, Some([0.0, ..])) { (40.0, 100.0) } else { (100.0, 40.0) };
        assert_eq!(numbers(form.get("BBox")), [0.0, 0.0, across, up], "{page} {field}");
        let found = form.get("Matrix").map(|matrix| numbers(Some(matrix)));
        let wanted = matrix.map(|[a, b, c, d, e, f]: [f64; 6]| {
            // The drawing is moved back to where it begins.
            vec![a, b, c, d, if c < 0.0 { up } else { e }, if b < 0.0 { across } else { f }]
        });
        assert_eq!(found, wanted, "{page} {field}");
    }
}

#[test]
fn a_widget_apart_from_its_field_shows_the_signature() {
    let pki = pki();
    let mut kid = Reference::new(0, 0);
    let pdf = revised(&contract(), |document, increment| {
        let field = increment.allocate();
        kid = increment.allocate();
        let page = document.latest().page(0).unwrap().0;
        let widget = format!(
            "<</Type/Annot/Subtype/Widget/F 4/Rect[300 200 400 240]/Parent {} 0 R/P {} 0 R>>",
            field.number, page.number
        );
        increment.put(kid, &dictionary(&widget).into()).unwrap();
        let entries = format!("<</FT/Sig/T(Approval)/Kids[{} 0 R]>>", kid.number);
        increment.put(field, &dictionary(&entries).into()).unwrap();
        edit_page(document, increment, |page| page.set("Annots", list([kid])));
        edit_catalog(document, increment, |catalog| {
            catalog.set("AcroForm", dictionary(&format!("<</Fields[{} 0 R]>>", field.number)));
        });
    });
    let signed = in_approval(&pki, &signed(&pki, &pdf), Appearance::in_field()).unwrap();
    assert_passed(&verify(&pki, &signed), 2);
    let document = Document::open(&signed).unwrap();
    let (_, content) =
        form(&document.latest(), &document.latest().object(kid).unwrap().as_dictionary().unwrap().clone());
    assert!(content.contains("(Alice)"), "{content}");
}

/// A field with its widgets as kids, each listed by some of two pages. `{field}` and `{other}` stand for fields.
fn with_kids(kids: &[(&str, &str)]) -> Vec<u8> {
    revised(&SamplePdf::new().pages(2).to_bytes(), |document, increment| {
        let (field, other) = (increment.allocate(), increment.allocate());
        let mut listed = [Vec::new(), Vec::new()];
        let mut widgets = Vec::new();
        for (entries, pages) in kids {
            let widget = increment.allocate();
            let entries =
                entries.replace("{field}", &field.to_string()).replace("{other}", &other.to_string());
            increment.put(widget, &dictionary(&entries).into()).unwrap();
            for (index, listed) in listed.iter_mut().enumerate() {
                if pages.contains(&index.to_string()) {
                    listed.push(widget);
                }
            }
            widgets.push(widget);
        }
        for (index, listed) in listed.into_iter().enumerate() {
            let page = document.latest().page(index).unwrap().0;
            edit(document, increment, page, |page| page.set("Annots", list(listed)));
        }
        let mut entries = dictionary("<</FT/Sig/T(Approval)>>");
        entries.set("Kids", list(widgets));
        increment.put(field, &entries.into()).unwrap();
        increment.put(other, &dictionary("<</FT/Tx/T(Price)>>").into()).unwrap();
        let acro_form = dictionary(&format!("<</Fields[{field} {other}]>>"));
        edit_catalog(document, increment, |catalog| catalog.set("AcroForm", acro_form));
    })
}

#[test]
fn a_signature_is_shown_where_people_see_the_field_and_nowhere_else() {
    let pki = pki();
    const SEEN: &str = "<</Type/Annot/Subtype/Widget/F 4/Parent {field}/Rect[30 20 140 60]>>";
    let sign = |kids: &[(&str, &str)]| in_approval(&pki, &with_kids(kids), Appearance::in_field());
    let hidden = SEEN.replace("/F 4", "/F 6");
    let signed = sign(&[(&hidden, "0"), (SEEN, "1"), (SEEN, "")]).unwrap();
    assert_passed(&verify(&pki, &signed), 1);
    let document = Document::open(&signed).unwrap();
    let (field, kids) = (document.latest(), |reference: &Object| {
        let widget = document.latest().resolve(reference).unwrap();
        widget.as_dictionary().unwrap().get("AP").is_some()
    });
    let (_, catalog) = field.catalog().unwrap();
    let acro_form = field.value(&catalog, "AcroForm").unwrap();
    let fields = field.value(acro_form.as_dictionary().unwrap(), "Fields").unwrap();
    let approval = field.resolve(&fields.as_array().unwrap()[0]).unwrap();
    let list = approval.as_dictionary().unwrap().get("Kids").and_then(Object::as_array).unwrap().to_vec();
    assert_eq!(list.iter().map(kids).collect::<Vec<_>>(), [false, true, false]);

    for (kids, because) in [
        (&[(SEEN, "0 1")] as &[(&str, &str)], None),
        (&[(SEEN, "0"), (SEEN, "1")], None),
        (&[(SEEN, "")], Some("no page lists it")),
        (&[(&hidden, "0")], Some("/F")),
        (&[(&SEEN.replace("/F 4", "/F 36"), "0")], Some("/F")),
        (&[(&SEEN.replace("/F 4", "/F 6.0"), "0")], Some("/F")),
        (&[(&SEEN.replace("30 20 140 60", "-300 20 -140 60"), "0")], Some("outside")),
        (&[(&SEEN.replace("30 20 140 60", "30 20 30 60"), "0")], Some("extent")),
        // What is drawn in these would change what another field shows, or is no field's.
        (&[(&SEEN.replace("{field}", "{other}"), "0")], Some("no widget of its own")),
        (&[(&SEEN.replace("/Parent {field}", ""), "0")], Some("no widget of its own")),
        (&[(&SEEN.replace("/Widget", "/Stamp"), "0")], Some("no widget of its own")),
        (&[(&SEEN.replace("/F 4", "/F 4/FT/Tx"), "0")], Some("no widget of its own")),
    ] {
        match (sign(kids), because) {
            (Err(PadesError::FieldInSeveralPlaces { .. }), None) => {}
            (Err(PadesError::FieldInvisible { because, .. }), Some(wanted)) if because.contains(wanted) => {}
            (other, _) => panic!("{kids:?}: {:?}", other.map(|_| ())),
        }
    }
}

#[test]
fn what_does_not_fit_the_field_is_told() {
    let pki = pki();
    let visible = with_widget(&contract(), &format!("{EMPTY_FIELD}/Rect[300 200 400 240]>>"));
    let error = in_approval(&pki, &visible, at(SPOT)).unwrap_err();
    assert!(matches!(&error, PadesError::FieldHasPlace { name } if name == "Approval"), "{error}");
    let hidden = with_widget(&contract(), &format!("{EMPTY_FIELD}/Rect[0 0 0 0]>>"));
    let error = in_approval(&pki, &hidden, Appearance::in_field()).unwrap_err();
    assert!(matches!(&error, PadesError::FieldInvisible { name, .. } if name == "Approval"), "{error}");
    let error = in_approval(&pki, &contract(), Appearance::in_field()).unwrap_err();
    assert!(matches!(error, PadesError::NoFieldToShowIn), "{error}");
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    let pki = pki();
    let error = shown(&pki, &contract(), at(SPOT).text("承認")).unwrap_err();
    let missing = DrawingError::MissingGlyph { character: '承', at: 0 };
    assert!(matches!(&error, PadesError::Drawing(found) if *found == missing), "{error}");
    let small = Rectangle { width: 40.0, height: 12.0, ..SPOT };
    let error = shown(&pki, &contract(), at(small)).unwrap_err();
    assert!(matches!(error, PadesError::Drawing(DrawingError::TextOverflows { .. })), "{error}");
}

fn prepared<'p>(
    alice: &chancery_key::SoftwareSigner,
    pdf: &'p dyn Source,
    appearance: Appearance,
) -> PreparedPdf<'p> {
    PdfSigner::new(alice, now()).reason("I agree").appearance(appearance).prepare(pdf).unwrap()
}

#[test]
fn the_same_is_always_drawn_the_same() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let pdf = contract();
    let bytes = || {
        let appearance = at(SPOT).font(&font()).qr_code("https://sign.example/1");
        prepared(&alice, &pdf, appearance).to_be_signed().bytes().to_vec()
    };
    assert_eq!(bytes(), bytes());
}

#[test]
fn what_was_drawn_survives_storage_and_is_not_drawn_again() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let pdf = contract();
    let drawn = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&drawn);
    let appearance = at(SPOT).drawing(move |drawing| {
        count.fetch_add(1, Ordering::Relaxed);
        drawing.frame(drawing.rectangle(), 1.0, Colour::BLACK)?;
        Ok(())
    });
    let prepared =
        prepared(&alice, &pdf, appearance.text_of(|said| format!("by {}", said.name())).font(&font()));
    let stored = prepared.to_bytes();
    assert!(!contains(&stored, chancery_font::latin().get(..1000).unwrap()), "no font is stored");
    let joined = StoredPdf::from_bytes(&stored).unwrap().with(&pdf).unwrap();
    assert_eq!(joined.to_be_signed().bytes(), prepared.to_be_signed().bytes());
    assert_eq!(joined.statement().unwrap(), prepared.statement().unwrap());
    assert_eq!(drawn.load(Ordering::Relaxed), 1);
    let value = chancery_key::Signer::sign(&alice, joined.to_be_signed()).unwrap();
    let signed = joined.finish(value).unwrap().to_vec().unwrap();
    assert_passed(&verify(&pki, &signed), 1);
    assert_eq!(shown_text(&signed), "by Alice");
}

#[test]
fn what_was_changed_in_storage_is_not_signed() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let pdf = contract();
    let stored = prepared(&alice, &pdf, at(SPOT)).to_bytes();
    // Without the checksum, which whoever changes something computes anew.
    let content = &stored[..stored.len() - 32];
    let changed = |from: &[u8], to: &[u8]| {
        let place = content.windows(from.len()).position(|window| window == from).unwrap();
        let mut changed = content.to_vec();
        changed[place..place + from.len()].copy_from_slice(to);
        let checksum = chancery_digest::DigestAlgorithm::Sha256.digest(&changed);
        [changed.as_slice(), checksum.as_bytes()].concat()
    };
    for (from, to) in [("/BBox [0 0 220 60]", "/BBox [0 0 220 61]"), ("WinAnsiEncoding", "MacRomanEncodin")] {
        let read = StoredPdf::from_bytes(&changed(from.as_bytes(), to.as_bytes())).unwrap();
        assert!(matches!(read.with(&pdf), Err(PadesError::OtherDocument)), "{from}");
    }
    // The number of the form stands before its objects.
    let number = |number: u32| u64::from(number).to_be_bytes();
    let signed = shown(&pki, &pdf, at(SPOT)).unwrap();
    let document = Document::open(&signed).unwrap();
    let appearances = widget(&document.latest()).get("AP").and_then(Object::as_dictionary).unwrap().clone();
    let form = appearances.get("N").and_then(Object::as_reference).unwrap().number;
    let wrong = changed(&number(form), &number(form + 40));
    match StoredPdf::from_bytes(&wrong) {
        Err(PadesError::Stored { reason }) => assert!(reason.contains("not among"), "{reason}"),
        other => panic!("{:?}", other.map(|_| ())),
    }
}

#[test]
fn an_appearance_in_an_encrypted_document_is_encrypted_too() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    for name in ["rc4-128.pdf", "aes-128.pdf", "aes-256-r6.pdf"] {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../chancery-pdf/tests/fixtures");
        let pdf = std::fs::read(folder.join(name)).unwrap();
        let small = Rectangle { x: 10.0, y: 10.0, width: 100.0, height: 40.0 };
        let signed = PdfSigner::new(&alice, now())
            .password(Password::from("user"), [3; 32])
            .appearance(at(small).text("clearly to be read"))
            .sign(&pdf)
            .unwrap()
            .to_vec()
            .unwrap();
        assert!(!contains(&signed, b"clearly"), "{name}");
        let document = Document::open_with_password(&signed, "user").unwrap();
        let view = document.latest();
        let (form, content) = form(&view, &widget(&view));
        assert!(content.contains("clearly to be read"), "{name}: {content}");
        let space = form.get("Resources").and_then(Object::as_dictionary).unwrap().get("ColorSpace");
        assert!(space.is_some(), "{name}");
    }
}

#[test]
fn a_page_of_another_document_is_shown() {
    let pki = pki();
    let stamp = contract();
    let stamp = Document::open(&stamp).unwrap();
    let appearance = at(SPOT).pdf_page(&stamp, 0).unwrap();
    let signed = shown(&pki, &contract(), appearance).unwrap();
    assert_passed(&verify(&pki, &signed), 1);
    let document = Document::open(&signed).unwrap();
    let view = document.latest();
    let (form, content) = form(&view, &widget(&view));
    assert!(content.contains("/X0 Do"), "{content}");
    let resources = form.get("Resources").and_then(Object::as_dictionary).unwrap();
    let pages = resources.get("XObject").and_then(Object::as_dictionary).unwrap();
    let page = view.value(pages, "X0").unwrap();
    let drawn = view.decoded(page.as_stream().unwrap(), 1 << 20).unwrap().to_vec();
    assert!(contains(&drawn, b"The landlord lets the flat"));
    assert!(signed.as_slice().starts_with(&contract()), "the original is untouched");
    let missing = at(SPOT).pdf_page(&stamp, 7);
    assert!(matches!(missing, Err(PadesError::Pdf(_))));
}
