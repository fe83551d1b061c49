//! The same in other words: what honest products write in another way after signing, as the false alarms in the trackers of
//! other verifiers show, each with what an attacker would pass off as it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_ades::{Indication, Report, Severity};
use chancery_key::KeyKind;
use chancery_pades::{ChangesAllowed, PdfSigner};
use chancery_pdf::{Dictionary, Document, Increment, Name, Object, Reference};
use chancery_testkit::TestPki;
use chancery_testkit::pdf::{CrossReference, SamplePdf};
use support::counting::Counting;
use support::forms::Form;
use support::*;

const XMP: &[u8] = b"<?xpacket begin=''?><x:xmpmeta xmlns:x='adobe:ns:meta/'/>";

/// The objects of the document that the cases change.
#[derive(Copy, Clone)]
struct Places {
    note: Reference,
    font: Reference,
    metadata: Reference,
    resources: Reference,
}

/// A contract with a note, a form with a font, metadata, extensions; signed.
fn signed_contract(pki: &TestPki, allowed: Option<ChangesAllowed>) -> (Vec<u8>, Places) {
    let mut found = None;
    let pdf = revised(&contract(), |document, increment| {
        let places = Places {
            note: increment.allocate(),
            font: increment.allocate(),
            metadata: increment.allocate(),
            resources: increment.allocate(),
        };
        let Places { note, font, metadata, resources } = places;
        increment
            .put(note, &dictionary("<</Type/Annot/Subtype/Text/Rect[72 500 92 520]/Contents(x)>>").into())
            .unwrap();
        increment.put(font, &dictionary("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>").into()).unwrap();
        increment.put(metadata, &stream("<</Type/Metadata/Subtype/XML>>", XMP)).unwrap();
        increment.put(resources, &dictionary(&format!("<</Font<</Helv {font}>>>>")).into()).unwrap();
        edit_page(document, increment, |page| {
            page.set("Annots", list([note]));
            page.set("CropBox", Object::parse(b"[0 0 600 800]").unwrap().0);
            page.set("Rotate", Object::Integer(0));
        });
        edit_catalog(document, increment, |catalog| {
            catalog.set("AcroForm", dictionary(&format!("<</Fields[]/DR {resources}/DA(/Helv 0 Tf 0 g)>>")));
            catalog.set("Metadata", metadata);
            catalog.set("Extensions", dictionary("<</ADBE<</BaseVersion/1.7/ExtensionLevel 3>>>>"));
            catalog.set("Version", Name::from("1.7"));
            catalog.set("Lang", chancery_pdf::PdfString::text("de"));
        });
        found = Some(places);
    });
    let alice = pki.signer("Alice", KeyKind::P256);
    let signer = PdfSigner::new(&alice, now());
    let signer = match allowed {
        Some(allowed) => signer.certify(allowed),
        None => signer,
    };
    (signer.sign(&pdf).unwrap().to_vec().unwrap(), found.unwrap())
}

type Change<'c> = &'c dyn Fn(Places, &Document<'_>, &mut Increment<'_>);

fn value(text: &str) -> Object {
    Object::parse(text.as_bytes()).unwrap().0
}

/// Moves an entry into an object of its own.
fn moved(increment: &mut Increment<'_>, dictionary: &mut Dictionary, key: &str) {
    let place = increment.allocate();
    increment.put(place, dictionary.get(key).unwrap()).unwrap();
    dictionary.set(key, place);
}

fn form_entry(document: &Document<'_>, increment: &mut Increment<'_>, key: &str, text: &str) {
    let view = document.latest();
    let (_, catalog) = view.catalog().unwrap();
    let stated = catalog.get("AcroForm").unwrap();
    let mut form = view.resolve(stated).unwrap().as_dictionary().unwrap().clone();
    form.set(key, value(text));
    match stated.as_reference() {
        Some(place) => increment.put(place, &form.into()).unwrap(),
        None => edit_catalog(document, increment, |catalog| catalog.set("AcroForm", form)),
    }
}

fn judge(pki: &TestPki, allowed: Option<ChangesAllowed>, change: Change<'_>) -> Report {
    let (signed, places) = signed_contract(pki, allowed);
    verify(pki, &revised(&signed, |document, increment| change(places, document, increment)))
}

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
        ("null for nothing", &|_, document, increment| {
            edit_page(document, increment, |page| page.set("Thumb", Object::Null));
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

#[test]
fn what_the_form_says_of_all_fields_needs_leave() {
    let pki = pki();
    for (key, text, kind, severity) in [
        ("DA", "(/Helv 12 Tf 1 0 0 rg)", "form-style-changed", Severity::Warning),
        ("Q", "1", "form-style-changed", Severity::Warning),
        ("NeedAppearances", "true", "appearances-drawn-anew", Severity::Warning),
        ("NeedAppearances", "false", "form-style-changed", Severity::Warning),
    ] {
        for (allowed, wanted) in [
            (None, Indication::Indeterminate),
            (Some(ChangesAllowed::None), Indication::TotalFailed),
            (Some(ChangesAllowed::FormFilling), Indication::TotalPassed),
        ] {
            let report =
                judge(&pki, allowed, &|_, document, increment| form_entry(document, increment, key, text));
            assert_eq!(indications(&report)[0], wanted, "{key} {allowed:?}: {report}");
            if wanted == Indication::TotalPassed {
                let told = report.all_findings().find(|finding| finding.kind == kind).unwrap();
                assert_eq!(told.severity, severity, "{key}: {report}");
            }
        }
    }
}

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

#[test]
fn the_document_information_is_metadata_in_every_kind_of_section() {
    let pki = pki();
    for kind in
        [CrossReference::Table, CrossReference::Stream, CrossReference::ObjectStreams, CrossReference::Hybrid]
    {
        let with_information = {
            let pdf = SamplePdf::new().cross_reference(kind).to_bytes();
            let document = Document::open(&pdf).unwrap();
            let mut increment = Increment::new(&document);
            let place = increment.allocate();
            increment.put(place, &dictionary("<</Title(x)>>").into()).unwrap();
            increment.set_trailer("Info", place);
            let appended = increment.finish().unwrap().bytes;
            [pdf.as_slice(), &appended].concat()
        };
        let signed = signed(&pki, &with_information);
        let document = Document::open(&signed).unwrap();
        let place = document.latest().trailer().get("Info").and_then(Object::as_reference).unwrap();
        let changed = revised(&signed, |_, increment| {
            increment.put(place, &dictionary("<</Title(x)/ModDate(D:20261122)>>").into()).unwrap();
        });
        let report = verify(&pki, &changed);
        assert_passed(&report, 1);
        assert!(kinds(&report).contains(&"metadata-changed"), "{report}");
        let leading = revised(&signed, |_, increment| {
            increment.put(place, &dictionary("<</Title 1 0 R>>").into()).unwrap();
        });
        assert_ne!(indications(&verify(&pki, &leading))[0], Indication::TotalPassed);
    }
}

/// A contract whose parts are objects of their own, or not there yet; signed.
struct Prepared {
    signed: Vec<u8>,
    page: Reference,
    place: [Reference; 4],
}

/// `page` are entries of the page, `catalog` of the catalog, `objects` are written one after the other; in all of them
/// `#0` to `#3` stand for these objects, and `#p` for the page.
fn prepared(pki: &TestPki, page: &[(&str, &str)], catalog: &[(&str, &str)], objects: &[&str]) -> Prepared {
    let (mut at, mut place) = (Reference::new(0, 0), [Reference::new(0, 0); 4]);
    let pdf = revised(&contract(), |document, increment| {
        at = document.latest().page(0).unwrap().0;
        place = std::array::from_fn(|_| increment.allocate());
        let value = |text: &str| value(&numbered(text, at, place));
        for (object, place) in objects.iter().zip(place).filter(|(object, _)| !object.is_empty()) {
            increment.put(place, &value(object)).unwrap();
        }
        edit_page(document, increment, |entries| {
            page.iter().for_each(|(key, text)| entries.set(*key, value(text)));
        });
        edit_catalog(document, increment, |entries| {
            catalog.iter().for_each(|(key, text)| entries.set(*key, value(text)));
        });
    });
    Prepared { signed: signed(pki, &pdf), page: at, place }
}

fn numbered(text: &str, page: Reference, place: [Reference; 4]) -> String {
    let mut text = text.replace("#p", &page.to_string());
    for (index, place) in place.iter().enumerate() {
        text = text.replace(&format!("#{index}"), &place.to_string());
    }
    text
}

impl Prepared {
    /// The report after entries of the page and the catalog, and objects, became these.
    fn judged(
        &self,
        pki: &TestPki,
        page: &[(&str, &str)],
        catalog: &[(&str, &str)],
        objects: &[(usize, &str)],
    ) -> Report {
        assert_passed(&verify(pki, &self.signed), 1);
        let value = |text: &str| value(&numbered(text, self.page, self.place));
        let changed = revised(&self.signed, |document, increment| {
            for (index, object) in objects {
                increment.put(self.place[*index], &value(object)).unwrap();
            }
            if !page.is_empty() {
                edit_page(document, increment, |entries| {
                    page.iter().for_each(|(key, text)| entries.set(*key, value(text)));
                });
            }
            if !catalog.is_empty() {
                edit_catalog(document, increment, |entries| {
                    catalog.iter().for_each(|(key, text)| entries.set(*key, value(text)));
                });
            }
        });
        verify(pki, &changed)
    }
}

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
fn a_ground_of_its_own_may_hide_what_was_signed() {
    let pki = pki();
    let form = Form::new();
    let text = "BT /Helv 12 Tf 0 g 2 5 Td (9000) Tj ET";
    for (ground, covers) in [
        ("", false),
        ("0.5 G 0.5 0.5 199 19 re S", false),
        ("1 g 0 0 200 20 re f", true),
        ("1 G 20 w 0 10 m 200 10 l S", true),
    ] {
        let content = format!("{ground} {text}");
        let report = form.judged(&pki, ChangesAllowed::FormFilling, |document, increment| {
            form.fill(document, increment, "plain", ("9000", &content));
        });
        assert_eq!(indications(&report)[0], Indication::TotalPassed, "{ground}: {report}");
        let told = report.all_findings().find(|finding| finding.kind == "signed-content-covered");
        assert_eq!(told.is_some(), covers, "{ground}: {report}");
        if let Some(told) = told {
            assert_eq!(told.severity, Severity::Warning);
            assert!(told.page().is_some_and(|page| page.area().is_some()), "{report}");
        }
    }
}
