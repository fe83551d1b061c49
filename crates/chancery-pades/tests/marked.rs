//! Reports as pictures: what is marked, where, and that nothing else is touched.
//!
//! `CHANCERY_PICTURES=FOLDER` keeps the copies, for those who want to look at them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails where it stands"
)]

mod support;

use std::path::Path;

use chancery_ades::{Finding, Indication, PageArea, Place, Report};
use chancery_digest::Source;
use chancery_drawing::Font;
use chancery_key::Password;
use chancery_pades::{MarkedPdf, Marker, PadesError};
use chancery_pdf::{Dictionary, Document, Object, PdfError, View};
use chancery_testkit::pdf::{CrossReference, SamplePdf};
use proptest::prelude::*;
use support::seen::{form, numbers};
use support::{contract, edit_page, now, pki, revised, shapes, signed, verify, with_catalog};

fn report(findings: Vec<Finding>) -> Report {
    Report::new(now(), Vec::new(), findings)
}

fn found() -> Vec<Finding> {
    let area = [72.0, 600.0, 272.0, 640.0];
    vec![
        Finding::warning("annotation-changed", "a comment was added")
            .at(Place::Revision(3))
            .on_page(PageArea::page(1).within(area)),
        Finding::error("page-content-changed", "what page 1 shows was changed").on_page(PageArea::page(1)),
        Finding::information("form-filled", "the field a.b was filled in")
            .on_page(PageArea::page(1).within(area)),
        Finding::warning("without-page", "something that no page shows"),
    ]
}

fn keep(name: &str, marked: &MarkedPdf<'_>) {
    if let Ok(folder) = std::env::var("CHANCERY_PICTURES") {
        marked.save(Path::new(&folder).join(format!("{name}.pdf"))).unwrap();
    }
}

/// The annotations of a page, first frame, then label of each mark.
fn annotations(view: &View<'_>, index: usize) -> Vec<Dictionary> {
    let (_, page) = view.page(index).unwrap();
    let list = view.value(&page, "Annots").unwrap();
    let list = list.as_array().unwrap_or_default().iter();
    list.map(|one| view.resolve(one).unwrap().as_dictionary().unwrap().clone()).collect()
}

/// What a drawing says, by `/ActualText`.
fn said(content: &str) -> String {
    let mut said = String::new();
    for part in content.split("/ActualText").skip(1) {
        let (value, _) = Object::parse(part.trim_start().as_bytes()).unwrap();
        said.push_str(&value.as_string().unwrap().to_text());
        said.push('\n');
    }
    said
}

fn last_page(view: &View<'_>) -> String {
    let (_, page) = view.page(view.page_count().unwrap() - 1).unwrap();
    let resources = view.value(&page, "Resources").unwrap();
    let forms = view.value(resources.as_dictionary().unwrap(), "XObject").unwrap();
    let form = view.value(forms.as_dictionary().unwrap(), "Said").unwrap();
    let data = view.decoded(form.as_stream().unwrap(), 1 << 22).unwrap();
    said(&data.iter().map(|byte| char::from(*byte)).collect::<String>())
}

#[test]
fn what_was_found_is_framed_where_it_was_found() {
    for (shape, pdf) in shapes() {
        let report = report(found());
        let marked = Marker::new(&report).mark(&pdf).unwrap();
        keep(shape, &marked);
        assert_eq!(marked.pages(), [1], "{shape}");
        let bytes = marked.to_vec().unwrap();
        assert!(bytes.starts_with(&pdf) && bytes.len() as u64 == Source::len(&marked), "{shape}");

        let (before, after) = (Document::open(&pdf).unwrap(), Document::open(&bytes).unwrap());
        assert_eq!(after.revisions().len(), before.revisions().len() + 1);
        let view = after.latest();
        let marks = annotations(&view, 0);
        assert_eq!(marks.len(), 6, "{shape}: a frame and a label each");
        // The worst is drawn last, over the others, and has the first number.
        let labels: Vec<String> =
            marks.iter().skip(1).step_by(2).map(|one| said(&form(&view, one).1)).collect();
        assert_eq!(labels, ["3  form filled\n", "2  annotation changed\n", "1  page content changed\n"]);
        assert_eq!(numbers(marks[2].get("Rect")), [70.0, 598.0, 274.0, 642.0], "{shape}");
        assert!(support::text(&marks[2], "Contents").starts_with("a comment was added [revision 3, page 1"));
        // A label stands above what it is about, and no other label over that.
        let tops: Vec<f64> =
            marks.iter().skip(1).step_by(2).map(|label| numbers(label.get("Rect"))[1]).collect();
        assert!(tops[0] >= 640.0 && tops[0] != tops[1], "{shape}: {tops:?}");

        assert_eq!(view.page_count().unwrap(), before.latest().page_count().unwrap() + 1);
        assert_eq!(view.pages().unwrap().count(), view.page_count().unwrap());
        let told = last_page(&view);
        for words in
            ["NO SIGNATURE at 2026-11-21", "orange: a person should look", "4 something that no page shows"]
        {
            assert!(told.contains(words), "{shape}: {words}: {told}");
        }
        let (_, catalog) = view.catalog().unwrap();
        assert!(catalog.get("OpenAction").is_some_and(|action| action.as_array().is_some()));
    }
}

#[test]
fn pages_that_are_turned_cropped_and_scaled_are_marked_as_they_are_seen() {
    let area = [120.0, 300.0, 220.0, 340.0];
    for turn in [0, 90, 180, 270] {
        let pdf = revised(&contract(), |document, increment| {
            edit_page(document, increment, |page| {
                page.set("Rotate", turn);
                page.set("UserUnit", 2);
                page.set("CropBox", support::dictionary("<</B[100 250 500 700]>>").get("B").unwrap().clone());
            });
        });
        let finding = Finding::warning("here", "here").on_page(PageArea::page(1).within(area));
        let whole = Finding::error("page", "all of it").on_page(PageArea::page(1));
        let report = report(vec![finding, whole]);
        let marked = Marker::new(&report).mark(&pdf).unwrap();
        keep(&format!("turned-{turn}"), &marked);
        let bytes = marked.to_vec().unwrap();
        let document = Document::open(&bytes).unwrap();
        let view = document.latest();
        let marks = annotations(&view, 0);
        // Two points for the reader are one unit of a page with /UserUnit 2.
        let scale = 4.0 / 3.0;
        let more = scale_of(&marks[0], area);
        assert!(more.iter().all(|more| (0.5..4.0 * scale).contains(more)), "{turn}: {more:?}");
        for mark in &marks {
            let rect = numbers(mark.get("Rect"));
            assert!(rect[0] >= 100.0 && rect[1] >= 250.0 && rect[2] <= 500.0 && rect[3] <= 700.0, "{rect:?}");
            let (form, _) = form(&view, mark);
            let matrix = form.get("Matrix").map_or(vec![1.0, 0.0, 0.0, 1.0], |matrix| numbers(Some(matrix)));
            let upright = match turn {
                0 => [1.0, 0.0, 0.0, 1.0],
                90 => [0.0, 1.0, -1.0, 0.0],
                180 => [-1.0, 0.0, 0.0, -1.0],
                _ => [0.0, -1.0, 1.0, 0.0],
            };
            assert_eq!(matrix[..4], upright, "{turn}");
        }
    }
}

/// By how much a frame is larger than the area, on each side.
fn scale_of(mark: &Dictionary, area: [f32; 4]) -> [f64; 4] {
    let rect = numbers(mark.get("Rect"));
    let area = area.map(f64::from);
    [area[0] - rect[0], area[1] - rect[1], rect[2] - area[2], rect[3] - area[3]]
}

#[test]
fn only_marked_pages_are_touched() {
    let pdf = SamplePdf::new().pages(3_000).cross_reference(CrossReference::Stream).to_bytes();
    let finding = Finding::warning("here", "here").on_page(PageArea::page(2_500));
    let report = report(vec![finding]);
    let marked = Marker::new(&report).mark(&pdf).unwrap();
    assert_eq!(marked.pages(), [2_500]);
    let bytes = marked.to_vec().unwrap();
    let document = Document::open(&bytes).unwrap();
    let (last, before) = (document.latest(), document.at(document.revisions().len() - 2).unwrap());
    let changed = last.changed_since(&before).unwrap();
    let old: Vec<u32> = changed
        .iter()
        .filter(|change| change.before.is_some_and(|entry| entry.is_in_use()))
        .map(|one| one.number)
        .collect();
    let (page, _) = before.page(2_499).unwrap();
    let (catalog, entries) = before.catalog().unwrap();
    let root = entries.get("Pages").and_then(Object::as_reference).unwrap();
    let mut expected = vec![page.number, catalog.number, root.number];
    expected.sort_unstable();
    assert_eq!(old, expected);
}

#[test]
fn a_list_of_annotations_that_pages_share_is_left_alone() {
    let pdf = SamplePdf::new().pages(2).to_bytes();
    let pdf = revised(&pdf, |document, increment| {
        let list = increment.allocate();
        increment.put(list, &Object::Array(Vec::new())).unwrap();
        for index in 0..2 {
            let (place, mut page) = document.latest().page(index).unwrap();
            page.set("Annots", list);
            increment.put(place, &page.into()).unwrap();
        }
    });
    let finding = Finding::warning("here", "here").on_page(PageArea::page(2));
    let report = report(vec![finding]);
    let bytes = Marker::new(&report).mark(&pdf).unwrap().to_vec().unwrap();
    let document = Document::open(&bytes).unwrap();
    assert_eq!(annotations(&document.latest(), 0).len(), 0);
    assert_eq!(annotations(&document.latest(), 1).len(), 2);
}

#[test]
fn what_cannot_be_drawn_is_told() {
    let findings = vec![
        Finding::warning("nowhere", "on a page that is not there").on_page(PageArea::page(7)),
        Finding::warning("zero", "pages are counted from 1").on_page(PageArea::page(0)),
        Finding::error("beside", "beside the page")
            .on_page(PageArea::page(1).within([5000.0, 0.0, 5100.0, 50.0])),
        Finding::error("huge", "more than the page")
            .on_page(PageArea::page(1).within([-1e30, -1e30, 1e30, 1e30])),
        Finding::error("point", "no extent").on_page(PageArea::page(1).within([100.0, 100.0, 100.0, 100.0])),
    ];
    let report = report(findings);
    let pdf = contract();
    let marked = Marker::new(&report).mark(&pdf).unwrap();
    assert_eq!(marked.pages(), [1]);
    let bytes = marked.to_vec().unwrap();
    let document = Document::open(&bytes).unwrap();
    let told = last_page(&document.latest());
    let missing = told.lines().filter(|line| line.contains("(not drawn")).count();
    assert_eq!(missing, 3, "{told}");
    assert_eq!(annotations(&document.latest(), 0).len(), 4);
}

#[test]
fn hostile_words_are_spelled_and_bounded() {
    let hostile = "a\u{202e}b\u{0}中文 \u{ad}\u{200b}🙂".to_owned() + &"long".repeat(200);
    let findings = (0..3_000).map(|number| {
        let page = PageArea::page(1).within([10.0, 10.0, 20.0, 20.0]);
        Finding::warning("hostile", format!("{number} {hostile}"))
            .at(Place::Field(hostile.as_str().into()))
            .on_page(page)
    });
    let report = report(findings.collect());
    let pdf = contract();
    let font = Font::parse(chancery_font::latin()).unwrap();
    for marker in [Marker::new(&report), Marker::new(&report).font(&font)] {
        let marked = marker.mark(&pdf).unwrap();
        let bytes = marked.to_vec().unwrap();
        let document = Document::open(&bytes).unwrap();
        let view = document.latest();
        assert_eq!(annotations(&view, 0).len(), 2 * 64, "a page shows so many and no more");
        assert!(last_page(&view).contains("and 2000 more: see the report"));
        let (_, first) = view.page(1).unwrap();
        assert!(first.get("Parent").is_some());
        assert!(view.page_count().unwrap() < 150);
    }
}

#[test]
fn encrypted_documents_are_marked_with_their_password() {
    let report = report(found());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../chancery-pdf/tests/fixtures");
    for name in ["rc4-128.pdf", "aes-128.pdf", "aes-256-r6.pdf"] {
        let pdf = std::fs::read(folder.join(name)).unwrap();
        assert!(matches!(Marker::new(&report).mark(&pdf), Err(PadesError::Pdf(PdfError::Encrypted))));
        let marker = Marker::new(&report).password(Password::from("user"), [3; 32]);
        let marked = marker.mark(&pdf).unwrap();
        keep(name.trim_end_matches(".pdf"), &marked);
        let bytes = marked.to_vec().unwrap();
        let document = Document::open_with_password(&bytes, "user").unwrap();
        let marks = annotations(&document.latest(), 0);
        assert!(marks.iter().any(|mark| {
            mark.get("Contents")
                .and_then(Object::as_string)
                .is_some_and(|text| text.to_text().starts_with("what page 1 shows"))
        }));
        assert!(!support::contains(&bytes, b"what page 1 shows"), "{name}: what is added is encrypted too");
    }
}

#[test]
fn the_report_of_a_real_change_is_drawn() {
    let pki = pki();
    let changed = with_catalog(&signed(&pki, &contract()), "<</Lang(de)/OpenAction 7>>");
    let report = verify(&pki, &changed);
    let marked = Marker::new(&report).mark(&changed).unwrap();
    keep("changed", &marked);
    let bytes = marked.to_vec().unwrap();
    let document = Document::open(&bytes).unwrap();
    let told = last_page(&document.latest());
    assert!(told.contains("Signature1 by Alice: INDETERMINATE"), "{told}");
    // The copy is not mistaken for the document: a verifier sees that something came later.
    let again = verify(&pki, &bytes);
    assert_ne!(again.indication(), Some(Indication::TotalPassed), "{again}");
    // And a picture of a file that is in order says so.
    let signed = signed(&pki, &contract());
    let report = verify(&pki, &signed);
    let marked = Marker::new(&report).mark(&signed).unwrap();
    keep("passed", &marked);
    assert!(marked.pages().is_empty());
    let bytes = marked.to_vec().unwrap();
    let told = last_page(&Document::open(&bytes).unwrap().latest());
    assert!(
        told.contains("Nothing was found that could be marked") && told.contains("TOTAL-PASSED"),
        "{told}"
    );
}

#[test]
fn signatures_that_are_seen_say_what_came_of_them() {
    let pki = pki();
    let signed = support::seen::shown(&pki, &contract(), support::seen::at(support::seen::SPOT)).unwrap();
    let changed = with_catalog(&signed, "<</Lang(de)/OpenAction 7>>");
    let mut tampered = signed.clone();
    let rent = tampered.windows(4).position(|window| window == b"1000").unwrap();
    tampered[rent] = b'9';
    let cases = [
        ("valid", signed, "1  signature valid\n"),
        ("uncertain", changed, "1  signature not certain\n"),
        ("tampered", tampered, "1  signature not valid\n"),
    ];
    for (name, pdf, expected) in cases {
        let report = verify(&pki, &pdf);
        let marked = Marker::new(&report).mark(&pdf).unwrap();
        keep(&format!("signature-{name}"), &marked);
        assert_eq!(marked.pages(), [1], "{name}");
        let bytes = marked.to_vec().unwrap();
        let document = Document::open(&bytes).unwrap();
        let view = document.latest();
        let marks = annotations(&view, 0);
        assert_eq!(marks.len(), 3, "{name}: the widget, a frame and a label");
        assert_eq!(said(&form(&view, &marks[2]).1), expected, "{name}");
        assert_eq!(numbers(marks[1].get("Rect")), [70.0, 88.0, 294.0, 152.0], "{name}");
    }
}

#[test]
fn pages_are_counted_not_believed() {
    let pdf = revised(&SamplePdf::new().pages(3).to_bytes(), |document, increment| {
        let (_, catalog) = document.latest().catalog().unwrap();
        let root = catalog.get("Pages").and_then(Object::as_reference).unwrap();
        support::edit(document, increment, root, |tree| tree.set("Count", 1));
    });
    let finding = Finding::warning("here", "here").on_page(PageArea::page(3));
    let report = report(vec![finding]);
    let marked = Marker::new(&report).mark(&pdf).unwrap();
    assert_eq!(marked.pages(), [3]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever page and area a report names, a copy comes out that can be read.
    #[test]
    fn any_place_makes_a_copy(
        page in 0_usize..4,
        corners in prop::array::uniform4(any::<f32>()),
        turn in -400_i64..400,
        bounds in prop::array::uniform4(-2000.0_f64..2000.0),
    ) {
        let pdf = revised(&contract(), |document, increment| {
            edit_page(document, increment, |page| {
                page.set("Rotate", turn / 90 * 90);
                let bounds: Vec<Object> =
                    bounds.iter().map(|number| chancery_pdf::Real::new(*number).into()).collect();
                page.set("MediaBox", Object::Array(bounds));
            });
        });
        let findings = vec![
            Finding::error("there", "x").on_page(PageArea::page(page).within(corners)),
            Finding::error("all", "x").on_page(PageArea::page(page)),
        ];
        let report = report(findings);
        let bytes = Marker::new(&report).mark(&pdf).unwrap().to_vec().unwrap();
        prop_assert!(Document::open(&bytes).unwrap().latest().page_count().is_ok());
    }
}
