//! What an attacker would pass off as the same in other words, named by its nature.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

#[path = "support/rewrites.rs"]
mod rewrites;
mod support;

use chancery_ades::Indication;
use chancery_pades::ChangesAllowed;
use chancery_pdf::{Name, Object, Reference};
use rewrites::*;
use support::*;

#[test]
fn what_says_something_else_is_named_by_its_nature() {
    let pki = pki();
    let cases: Vec<(&str, Change<'_>, &str)> = vec![
        (
            "another box",
            &|_, document, increment| {
                edit_page(document, increment, |page| page.set("CropBox", value("[0 0 600 700.0]")));
            },
            "page-changed",
        ),
        (
            "null for nothing, which readers inherit",
            &|_, document, increment| {
                edit_page(document, increment, |page| page.set("UserUnit", Object::Null));
            },
            "page-changed",
        ),
        (
            "a rotation with a point",
            &|_, document, increment| edit_page(document, increment, |page| page.set("Rotate", value("0.0"))),
            "page-changed",
        ),
        (
            "a box that was there",
            &|places, document, increment| {
                edit_page(document, increment, |page| page.set("CropBox", places.note));
            },
            "page-changed",
        ),
        (
            "content",
            &|places, document, increment| {
                edit_page(document, increment, |page| page.set("Contents", places.metadata));
            },
            "page-content-replaced",
        ),
        (
            "resources",
            &|places, document, increment| {
                edit_page(document, increment, |page| page.set("Resources", places.resources));
            },
            "page-resources-changed",
        ),
        (
            "a page's action",
            &|_, document, increment| {
                edit_page(document, increment, |page| {
                    page.set("AA", dictionary("<</O<</S/JavaScript/JS(x)>>>>"));
                });
            },
            "action-changed",
        ),
        (
            "private data of the document",
            &|places, document, increment| {
                edit_page(document, increment, |page| {
                    page.set("PieceInfo", dictionary(&format!("<</App {}>>", places.note)));
                });
            },
            "page-changed",
        ),
        (
            "a copy of a note",
            &|_, document, increment| {
                let copy = increment.allocate();
                increment
                    .put(
                        copy,
                        &dictionary("<</Type/Annot/Subtype/Text/Rect[72 500 92 520]/Contents(x)>>").into(),
                    )
                    .unwrap();
                edit_page(document, increment, |page| page.set("Annots", list([copy])));
            },
            "annotation-removed",
        ),
        (
            "fewer extensions",
            &|_, document, increment| {
                edit_catalog(document, increment, |catalog| drop(catalog.remove("Extensions")));
            },
            "extension-removed",
        ),
        (
            "an extension that leads to a page",
            &|_, document, increment| {
                let (page, _) = document.latest().page(0).unwrap();
                edit_catalog(document, increment, |catalog| {
                    let mut extensions =
                        catalog.get("Extensions").and_then(Object::as_dictionary).unwrap().clone();
                    let entries = format!("<</BaseVersion/1.7/ExtensionLevel 5/X {page}>>");
                    extensions.set("ESIC", dictionary(&entries));
                    catalog.set("Extensions", extensions);
                });
            },
            "extensions-lead-on",
        ),
        (
            "an older extension",
            &|_, document, increment| {
                edit_catalog(document, increment, |catalog| {
                    catalog.set("Extensions", dictionary("<</ADBE<</BaseVersion/1.7/ExtensionLevel 1>>>>"));
                });
            },
            "extension-removed",
        ),
        (
            "an older version",
            &|_, document, increment| {
                edit_catalog(document, increment, |catalog| catalog.set("Version", Name::from("1.4")));
            },
            "catalog-changed",
        ),
        (
            "a version that there is not",
            &|_, document, increment| {
                edit_catalog(document, increment, |catalog| catalog.set("Version", Name::from("9.9")));
            },
            "catalog-changed",
        ),
        (
            "a language",
            &|_, document, increment| {
                edit_catalog(document, increment, |catalog| {
                    catalog.set("Lang", chancery_pdf::PdfString::text("en"));
                });
            },
            "catalog-changed",
        ),
        (
            "names",
            &|_, document, increment| {
                edit_catalog(document, increment, |catalog| {
                    catalog.set("Names", dictionary("<</JavaScript<</Names[]>>>>"));
                });
            },
            "names-changed",
        ),
        (
            "layers",
            &|_, document, increment| {
                edit_catalog(document, increment, |catalog| {
                    catalog.set("OCProperties", dictionary("<</OCGs[]/D<<>>>>"));
                });
            },
            "layers-changed",
        ),
        (
            "an action",
            &|_, document, increment| {
                edit_catalog(document, increment, |catalog| {
                    catalog.set("OpenAction", dictionary("<</S/JavaScript/JS(x)>>"));
                });
            },
            "action-changed",
        ),
        (
            "outlines",
            &|_, document, increment| {
                edit_catalog(document, increment, |catalog| {
                    catalog.set("Outlines", dictionary("<</Count 0>>"));
                });
            },
            "outline-changed",
        ),
        (
            "structure",
            &|_, document, increment| {
                edit_catalog(document, increment, |catalog| {
                    catalog.set("StructTreeRoot", dictionary("<</Type/StructTreeRoot>>"));
                });
            },
            "structure-changed",
        ),
        (
            "pages",
            &|places, document, increment| {
                edit_catalog(document, increment, |catalog| catalog.set("Pages", places.note));
            },
            "page-tree-replaced",
        ),
        (
            "metadata that are none",
            &|places, _, increment| {
                increment.put(places.metadata, &stream("<</Type/Metadata/Subtype/XML>>", b"bogus")).unwrap();
            },
            "object-changed",
        ),
        (
            "metadata with entities",
            &|places, _, increment| {
                let xml = b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///x'>]><x>&e;</x>";
                increment.put(places.metadata, &stream("<</Type/Metadata/Subtype/XML>>", xml)).unwrap();
            },
            "object-changed",
        ),
        (
            "metadata of another type of document",
            &|places, _, increment| {
                let xml = b"<!DOCTYPE x SYSTEM 'https://example.org/x'><x/>";
                increment.put(places.metadata, &stream("<</Type/Metadata/Subtype/XML>>", xml)).unwrap();
            },
            "object-changed",
        ),
        (
            "metadata gone",
            &|_, document, increment| {
                let none = increment.allocate();
                increment.put(none, &Object::Null).unwrap();
                edit_catalog(document, increment, |catalog| catalog.set("Metadata", none));
            },
            "catalog-changed",
        ),
        (
            "another font by its name",
            &|places, document, increment| {
                let font = increment.allocate();
                increment
                    .put(font, &dictionary("<</Type/Font/Subtype/Type1/BaseFont/Symbol>>").into())
                    .unwrap();
                edit(document, increment, places.resources, |resources| {
                    resources.set("Font", dictionary(&format!("<</Helv {font}>>")));
                });
            },
            "form-resources-changed",
        ),
        (
            "another font in its place",
            &|places, _, increment| {
                increment
                    .put(places.font, &dictionary("<</Type/Font/Subtype/Type1/BaseFont/Symbol>>").into())
                    .unwrap();
            },
            "font-replaced",
        ),
        (
            "a font that draws",
            &|places, document, increment| {
                let font = increment.allocate();
                increment.put(font, &dictionary("<</Type/Font/Subtype/Type3>>").into()).unwrap();
                edit(document, increment, places.resources, |resources| {
                    resources.set("Font", dictionary(&format!("<</Helv {}/New {font}>>", places.font)));
                });
            },
            "font-added",
        ),
        (
            "a picture for the form",
            &|places, document, increment| {
                edit(document, increment, places.resources, |resources| {
                    resources.set("XObject", dictionary("<</X 1 0 R>>"));
                });
            },
            "form-resources-changed",
        ),
        (
            "a style that moves",
            &|_, document, increment| form_entry(document, increment, "DA", "(1 0 0 1 9 9 cm)"),
            "form-changed",
        ),
        (
            "computed fields",
            &|_, document, increment| form_entry(document, increment, "CO", "[]"),
            "form-changed",
        ),
        (
            "another form of a form",
            &|_, document, increment| form_entry(document, increment, "XFA", "(x)"),
            "form-changed",
        ),
    ];
    for (what, change, kind) in cases {
        for allowed in [None, Some(ChangesAllowed::FormFilling), Some(ChangesAllowed::Annotations)] {
            let report = judge(&pki, allowed, change);
            // A note that is exchanged for its copy is a comment that was exchanged.
            if what == "a copy of a note" && allowed == Some(ChangesAllowed::Annotations) {
                assert!(kinds(&report).contains(&kind), "{report}");
                continue;
            }
            assert_ne!(indications(&report)[0], Indication::TotalPassed, "{what} {allowed:?}: {report}");
            let broken = kinds(&report).contains(&"certification-broken");
            assert!(broken || kinds(&report).contains(&kind), "{what}: {kind} {:?} {report}", kinds(&report));
        }
    }
}

#[test]
fn a_leftover_that_is_used_later_was_there_before() {
    let pki = pki();
    let (signed, _) = signed_contract(&pki, Some(ChangesAllowed::FormFilling));
    let mut left = Reference::new(0, 0);
    let first = revised(&signed, |_, increment| {
        left = increment.allocate();
        increment.put(left, &stream("<<>>", b"1 1 1 rg 0 0 600 800 re f")).unwrap();
    });
    assert_eq!(indications(&verify(&pki, &first))[0], Indication::TotalPassed);
    let second = revised(&first, |document, increment| {
        edit_page(document, increment, |page| page.set("Contents", left));
    });
    let report = verify(&pki, &second);
    assert_ne!(indications(&report)[0], Indication::TotalPassed, "{report}");
    // A second catalog is found by those who repair files.
    let repaired = revised(&signed, |document, increment| {
        let place = increment.allocate();
        increment.put(place, &document.latest().catalog().unwrap().1.into()).unwrap();
    });
    assert_ne!(indications(&verify(&pki, &repaired))[0], Indication::TotalPassed);
}

/// What the extensions of the document stand in is something else of it, too.
#[test]
fn extensions_are_nothing_else_besides() {
    let pki = pki();
    let was = "<</ADBE<</BaseVersion/1.7/ExtensionLevel 3>>>>";
    let is = "<</ADBE<</BaseVersion/1.7/ExtensionLevel 3>>/Font<</F1<</Type/Font>>>>>>";
    for (page, wanted) in
        [(&[][..], Indication::TotalPassed), (&[("Resources", "#0")], Indication::Indeterminate)]
    {
        let prepared = prepared(&pki, page, &[("Extensions", "#0")], &[was]);
        let report = prepared.judged(&pki, &[], &[], &[(0, is)]);
        assert_eq!(indications(&report)[0], wanted, "{report}");
    }
}

/// A stream with an entry in an object of its own ends elsewhere for those who do not find it.
#[test]
fn a_stream_is_not_put_together_anew() {
    let pki = pki();
    let signed = signed(&pki, &contract());
    let again = |parts: bool| {
        revised(&signed, |document, increment| {
            let view = document.latest();
            let contents = view.page(0).unwrap().1.get("Contents").and_then(Object::as_reference).unwrap();
            let stream = view.object(contents).unwrap();
            let mut entries = stream.as_stream().unwrap().dictionary().clone();
            let data = view.raw(stream.as_stream().unwrap()).unwrap().into_owned();
            let length = increment.allocate();
            if parts {
                increment.put(length, entries.get("Length").unwrap()).unwrap();
                entries.set("Length", length);
            }
            let body =
                [&Object::Dictionary(entries).to_bytes()[..], b"\nstream\n", &data, b"\nendstream"].concat();
            increment.put_raw(contents, body);
        })
    };
    assert_passed(&verify(&pki, &again(false)), 1);
    let report = verify(&pki, &again(true));
    assert_ne!(indications(&report)[0], Indication::TotalPassed, "{report}");
}

/// The signed page leaves room for more of its content, which some readers can read, and others cannot.
#[test]
fn what_cannot_be_read_is_not_the_same_as_nothing() {
    let pki = pki();
    let prepared = prepared(&pki, &[("PieceInfo", "<</App<</Private #1>>>>")], &[], &["<<>>", ""]);
    assert_passed(&verify(&pki, &prepared.signed), 1);
    let changed = revised(&prepared.signed, |_, increment| {
        increment.put_raw(prepared.place[1], b"<</Type/Stamp/X".to_vec());
    });
    let report = verify(&pki, &changed);
    assert_ne!(indications(&report)[0], Indication::TotalPassed, "{report}");
}

/// A list that was there before does not become the widgets of a new signature: it may be which layers are hidden.
#[test]
fn a_list_of_something_else_does_not_become_widgets() {
    let pki = pki();
    let layers = ("OCProperties", "<</OCGs[#0]/D<</OFF #1>>>>");
    let resources = ("Resources", "<</Properties<</MC0 #0>>>>");
    let prepared = prepared(&pki, &[resources], &[layers], &["<</Type/OCG/Name(x)>>", "[#0]"]);
    assert_passed(&verify(&pki, &prepared.signed), 1);
    let changed = revised(&prepared.signed, |document, increment| {
        let (field, widget) = (increment.allocate(), increment.allocate());
        let hidden = prepared.place[1];
        increment.put(field, &dictionary(&format!("<</FT/Sig/T(New)/Kids {hidden}>>")).into()).unwrap();
        let entries = format!("<</Type/Annot/Subtype/Widget/Parent {field}/Rect[0 0 0 0]/F 132>>");
        increment.put(widget, &dictionary(&entries).into()).unwrap();
        increment.put(hidden, &list([widget])).unwrap();
        edit_catalog(document, increment, |catalog| {
            let mut form = catalog.get("AcroForm").and_then(Object::as_dictionary).unwrap().clone();
            let mut fields = form.get("Fields").and_then(Object::as_array).unwrap().to_vec();
            fields.push(Object::Reference(field));
            form.set("Fields", fields);
            catalog.set("AcroForm", form);
        });
    });
    let report = verify(&pki, &changed);
    assert_ne!(indications(&report)[0], Indication::TotalPassed, "{report}");
}
