//! What moves into an object of its own, or out of one: harmless where readers only look through it, and another thing
//! where it is known by its number.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

#[path = "support/rewrites.rs"]
mod rewrites;
mod support;

use chancery_ades::{Indication, Report};
use chancery_testkit::TestPki;
use rewrites::*;
use support::counting::Counting;
use support::*;

#[test]
fn what_readers_only_look_through_may_be_written_in_place() {
    let pki = pki();
    let note = "<</Type/Annot/Subtype/Text/Rect #1/BS #2/Contents(x)>>";
    let prepared = prepared(
        &pki,
        &[("Resources", "#3"), ("Annots", "[#0]")],
        &[("AcroForm", "<</Fields[]/DR #3>>")],
        &[note, "[72 500 92 520]", "<</W 1>>", "<</Font<</F1<</Type/Font>>>>>>"],
    );
    for (page, objects) in [
        (vec![("Resources", "<</Font<</F1<</Type/Font>>>>>>")], vec![]),
        (vec![], vec![(0, "<</Type/Annot/Subtype/Text/Rect[72 500 92 520.0]/BS<</W 1>>/Contents(x)>>")]),
    ] {
        let report = prepared.judged(&pki, &page, &[], &objects);
        assert_eq!(indications(&report)[0], Indication::TotalPassed, "{report}");
        assert!(kinds(&report).contains(&"written-otherwise"), "{report}");
    }
}

#[test]
fn a_copy_of_what_is_known_by_its_number_is_another_thing() {
    let pki = pki();
    let layer = "<</Type/OCG/Name(x)>>";
    let layers = ("OCProperties", "<</OCGs[#0]/D<</OFF[#0]>>>>");
    // A layer, a page, an annotation, where a link leads to, a parent; also by names that mean something elsewhere.
    let in_page = |key: &'static str, is: &'static str, was: &'static str, what: &'static str| {
        let prepared = prepared(&pki, &[(key, was)], &[layers], &[what]);
        (key, prepared.judged(&pki, &[(key, is)], &[], &[]))
    };
    let mut reports = vec![
        in_page(
            "Resources",
            "<</Properties<</MC0<</Type/OCG/Name(x)>>>>>>",
            "<</Properties<</MC0 #0>>>>",
            layer,
        ),
        in_page(
            "Resources",
            "<</Properties<</Resources<</Type/OCG/Name(x)>>>>>>",
            "<</Properties<</Resources #0>>>>",
            layer,
        ),
        in_page("Annots", "[<</Subtype/Text/Contents(x)>>]", "[#0]", "<</Subtype/Text/Contents(x)>>"),
        in_page("Parent", "<</Type/Pages>>", "#0", "<</Type/Pages>>"),
        in_page("B", "[<</T(x)>>]", "[#0]", "<</T(x)>>"),
    ];
    let hidden = prepared(&pki, &[("Resources", "<</Properties<</MC0 #0>>>>")], &[layers], &[layer]);
    let shown = [("OCProperties", "<</OCGs[#0]/D<</OFF[<</Type/OCG/Name(x)>>]>>>>")];
    reports.push(("OFF", hidden.judged(&pki, &[], &shown, &[])));
    let page = "<</Type/Page/Parent #0/MediaBox[0 0 9 9]>>";
    let pages = prepared(&pki, &[], &[], &["<</Type/Pages/Kids[#1]/Count 1>>", page]);
    let direct = format!("<</Type/Pages/Kids[{page}]/Count 1>>");
    reports.push(("Kids", pages.judged(&pki, &[], &[], &[(0, &direct)])));
    let links = prepared(&pki, &[], &[], &["<</Subtype/Link/Dest #1>>", "[#p/Fit]"]);
    reports.push(("Dest", links.judged(&pki, &[], &[], &[(0, "<</Subtype/Link/Dest[#p/Fit]>>")])));
    // Something that refers to itself knows itself.
    let selfish = prepared(&pki, &[("Resources", "#0")], &[], &["<</Properties<</A #0>>>>"]);
    let copy = [("Resources", "<</Properties<</A #0>>>>")];
    reports.push(("itself", selfish.judged(&pki, &copy, &[], &[])));
    for (what, report) in reports {
        assert_ne!(indications(&report)[0], Indication::TotalPassed, "{what}: {report}");
    }
}

#[test]
fn what_moves_into_an_object_of_its_own_fills_no_gap() {
    let pki = pki();
    let data = ("PieceInfo", "<</App<</LastModified(D:2026)/Private #0>>>>");
    for (key, was, is) in [
        ("Annots", "<</Annots[#2]>>", "[#2]"),
        ("CropBox", "<</CropBox[0 140 300 200]>>", "[0 140 300 200]"),
        ("Resources", "<</Resources<</Font<<>>>>>>", "<</Font<<>>>>"),
    ] {
        let page = format!("<</Type/Page/{key} #1>>");
        let stamp = "<</Subtype/Stamp/Rect[0 0 9 9]>>";
        let gap = prepared(&pki, &[], &[data], &[was, "", stamp, &page]);
        let moved = format!("<</{key} #1>>");
        let report = gap.judged(&pki, &[], &[], &[(0, &moved), (1, is)]);
        assert_ne!(indications(&report)[0], Indication::TotalPassed, "{key}: {report}");
        assert!(kinds(&report).contains(&"dangling-reference-filled"), "{key}: {report}");
    }
    // Nor is it the value of anything else that changed.
    let prepared = prepared(&pki, &[("CropBox", "[0 0 300 200]")], &[], &["<</X[0 0 300 200]>>", "", "", ""]);
    for (other, wanted) in
        [("<</X[0 0 300 200]>>", Indication::TotalPassed), ("<</X #1>>", Indication::Indeterminate)]
    {
        let report = prepared.judged(&pki, &[("CropBox", "#1")], &[], &[(0, other), (1, "[0 0 300 200]")]);
        assert_eq!(indications(&report)[0], wanted, "{other}: {report}");
    }
}

/// The report on a page whose entries were changed, where objects 0 and 1 are large, and what was read for it.
fn shared(pki: &TestPki, count: usize, (was, is): (&str, &str)) -> (Report, u64) {
    let large = format!("[{}]", "1 ".repeat(50 * count));
    let keys: Vec<String> = (0..count).map(|index| format!("K{index}")).collect();
    let before: Vec<_> = keys.iter().map(|key| (key.as_str(), was)).collect();
    let prepared = prepared(pki, &before, &[], &[&large]);
    let changed = revised(&prepared.signed, |document, increment| {
        increment.put(prepared.place[1], &value(&large)).unwrap();
        let is = value(&numbered(is, prepared.page, prepared.place));
        edit_page(document, increment, |entries| {
            keys.iter().for_each(|key| entries.set(key.as_str(), is.clone()));
        });
    });
    let file = Counting::new(changed);
    let report = verify(pki, &file);
    (report, file.read())
}

#[test]
fn what_many_entries_share_is_read_once() {
    let pki = pki();
    for entries in [("<</Rect #0>>", "<</Rect[]>>"), ("<</Rect[]>>", "<</Rect #1>>")] {
        let read = |count| {
            let (report, read) = shared(&pki, count, entries);
            assert_ne!(indications(&report)[0], Indication::TotalPassed, "{entries:?}: {report}");
            read
        };
        let (some, twice) = (read(200), read(400));
        assert!(twice < 2 * some, "{entries:?}: {some} bytes read, then {twice}");
    }
}

#[test]
fn a_null_is_not_nothing() {
    let pki = pki();
    let (with, without) = ("<</Type/Old/X<</A 1/B null>>>>", "<</Type/Old/X<</A 1>>>>");
    for (was, is) in [(with, without), (without, with), ("<</A null>>", "<<>>"), ("<<>>", "<</A null>>")] {
        let report = prepared(&pki, &[], &[], &[was]).judged(&pki, &[], &[], &[(0, is)]);
        assert_ne!(indications(&report)[0], Indication::TotalPassed, "{was}: {report}");
    }
}

#[test]
fn a_list_of_widths_holds_codes_and_a_line_has_one() {
    let pki = pki();
    for (was, is, wanted) in [
        ("<</BS<</W 1>>>>", "<</BS<</W 1.0>>>>", Indication::TotalPassed),
        ("<</W[48[556]]>>", "<</W[48.[556]]>>", Indication::Indeterminate),
        ("<</W 48>>", "<</W[48]>>", Indication::Indeterminate),
    ] {
        let report = prepared(&pki, &[], &[], &[was]).judged(&pki, &[], &[], &[(0, is)]);
        assert_eq!(indications(&report)[0], wanted, "{was}: {report}");
    }
}

/// One object may look as another one does, and yet be what others refer to.
#[test]
fn an_object_that_looks_the_same_is_another_one() {
    let pki = pki();
    let layer = "<</Type/OCG/Name(x)>>";
    let layers = ("OCProperties", "<</OCGs[#0 #1]/D<</OFF[#0]>>>>");
    let hidden = prepared(&pki, &[("Resources", "<</Properties<</MC0 #0>>>>")], &[layers], &[layer, layer]);
    let report = hidden.judged(&pki, &[("Resources", "<</Properties<</MC0 #1>>>>")], &[], &[]);
    assert_ne!(indications(&report)[0], Indication::TotalPassed, "{report}");
}

/// Some readers do not look for numbers in other objects, nor for what a page is.
#[test]
fn what_readers_expect_in_place_stays_there() {
    let pki = pki();
    for (key, was, is, objects) in [
        ("CropBox", "[0 0 #0 800]", "[0 0 600 800]", ["600", "", "", ""]),
        ("Rotate", "#0", "0", ["0", "", "", ""]),
    ] {
        let report = prepared(&pki, &[(key, was)], &[], &objects).judged(&pki, &[(key, is)], &[], &[]);
        assert_ne!(indications(&report)[0], Indication::TotalPassed, "{key} in place: {report}");
        let moved = prepared(&pki, &[(key, is)], &[], &[]);
        let report = moved.judged(&pki, &[(key, was)], &[], &[(0, objects[0])]);
        assert_ne!(indications(&report)[0], Indication::TotalPassed, "{key} moved: {report}");
    }
}
