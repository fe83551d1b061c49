//! The same in other words: what honest products write in another way after signing, as the false alarms in the trackers of
//! other verifiers show.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

#[path = "support/rewrites.rs"]
mod rewrites;
mod support;

use chancery_ades::{Indication, Severity};
use chancery_pades::ChangesAllowed;
use chancery_pdf::{Name, Object};
use rewrites::*;
use support::*;

/// What says the same, and needs nobody's leave.
fn same() -> Vec<(&'static str, Change<'static>)> {
    vec![
        ("numbers with a point", &|_, document, increment| {
            edit_page(document, increment, |page| page.set("CropBox", value("[0.0 0 600.00 800.0]")));
        }),
        ("a box of its own", &|_, document, increment| {
            let mut page = document.latest().page(0).unwrap().1;
            moved(increment, &mut page, "CropBox");
            increment.put(document.latest().page(0).unwrap().0, &page.into()).unwrap();
        }),
        ("a list of its own", &|_, document, increment| {
            let mut page = document.latest().page(0).unwrap().1;
            moved(increment, &mut page, "Annots");
            increment.put(document.latest().page(0).unwrap().0, &page.into()).unwrap();
        }),
        ("the form an object of its own", &|_, document, increment| {
            let (root, mut catalog) = document.latest().catalog().unwrap();
            if catalog.get("AcroForm").unwrap().as_reference().is_none() {
                moved(increment, &mut catalog, "AcroForm");
            }
            increment.put(root, &catalog.into()).unwrap();
        }),
        ("written again", &|places, document, increment| edit(document, increment, places.note, |_| {})),
        ("another order", &|places, _, increment| {
            increment
                .put(
                    places.note,
                    &dictionary("<</Contents<78>/Subtype/Text/Rect[72.0 500 92 520]/Type/Annot>>").into(),
                )
                .unwrap();
        }),
        ("private data", &|_, document, increment| {
            let own = increment.allocate();
            increment.put(own, &dictionary("<</Secret(x)>>").into()).unwrap();
            let data = dictionary(&format!("<</App<</LastModified(D:2026)/Private {own}>>>>"));
            edit_page(document, increment, |page| {
                page.set("PieceInfo", data.clone());
                page.set("LastModified", chancery_pdf::PdfString::text("D:20261121"));
            });
            edit_catalog(document, increment, |catalog| catalog.set("PieceInfo", data));
        }),
        ("more extensions", &|_, document, increment| {
            edit_catalog(document, increment, |catalog| {
                let mut extensions =
                    catalog.get("Extensions").and_then(Object::as_dictionary).unwrap().clone();
                extensions.set("ADBE", dictionary("<</BaseVersion/1.7/ExtensionLevel 8>>"));
                extensions.set("ISO_", dictionary("<</BaseVersion/2.0/ExtensionLevel 32002>>"));
                catalog.set("Extensions", extensions);
                catalog.set("Version", Name::from("2.0"));
            });
        }),
        ("extensions of their own", &|_, document, increment| {
            let own = increment.allocate();
            let (_, catalog) = document.latest().catalog().unwrap();
            let mut extensions = catalog.get("Extensions").and_then(Object::as_dictionary).unwrap().clone();
            extensions.set("ISO_", value("[<</BaseVersion/2.0/ExtensionLevel 32002>>]"));
            increment.put(own, &extensions.into()).unwrap();
            edit_catalog(document, increment, |catalog| catalog.set("Extensions", own));
        }),
        ("metadata", &|places, _, increment| {
            increment
                .put(
                    places.metadata,
                    &stream("<</Type/Metadata/Subtype/XML>>", &[b"\xEF\xBB\xBF", XMP, b" "].concat()),
                )
                .unwrap();
        }),
        ("leftovers", &|_, _, increment| {
            let (one, other) = (increment.allocate(), increment.allocate());
            increment.put(one, &dictionary(&format!("<</Type/FontDescriptor/X {other}>>")).into()).unwrap();
            increment.put(other, &value("(x)")).unwrap();
        }),
        ("a font for the form", &|places, document, increment| {
            let font = increment.allocate();
            increment
                .put(font, &dictionary("<</Type/Font/Subtype/Type1/BaseFont/ZapfDingbats>>").into())
                .unwrap();
            edit(document, increment, places.resources, |resources| {
                resources.set("Font", dictionary(&format!("<</Helv {}/ZaDb {font}>>", places.font)));
            });
        }),
    ]
}

#[test]
fn what_says_the_same_passes() {
    let pki = pki();
    for (what, change) in same() {
        for allowed in [None, Some(ChangesAllowed::FormFilling), Some(ChangesAllowed::Annotations)] {
            let report = judge(&pki, allowed, change);
            assert_eq!(indications(&report)[0], Indication::TotalPassed, "{what}: {report}");
            assert!(
                report.all_findings().all(|finding| finding.severity == Severity::Information),
                "{what}: {report}"
            );
        }
    }
}

#[test]
fn where_nothing_may_change_saying_the_same_leaves_it_open() {
    let pki = pki();
    for (what, change) in same().into_iter().take(3) {
        let report = judge(&pki, Some(ChangesAllowed::None), change);
        assert_eq!(indications(&report)[0], Indication::Indeterminate, "{what}: {report}");
        assert!(kinds(&report).contains(&"written-otherwise"), "{what}: {report}");
    }
}
