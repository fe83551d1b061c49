//! Signatures in tagged files and in archives (PDF/UA, PDF/A): what the file claims stays true.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod support;

use chancery_drawing::{Image, Rectangle};
use chancery_key::KeyKind;
use chancery_pades::{Appearance, PadesError, PdfSigner};
use chancery_pdf::{Dictionary, Document, Object, PdfString, Reference, View};
use support::seen::*;
use support::*;

/// The file with a structure tree: the root has these kids and this parent tree. `{root}` is the number of the root,
/// `{element}` that of an element, `{leaf}` that of a leaf of the parent tree, `{page}` that of the page.
fn tagged(root: &str, element: &str, leaf: &str) -> Vec<u8> {
    revised(&contract(), |document, increment| {
        let places = [increment.allocate(), increment.allocate(), increment.allocate()];
        let page = document.latest().page(0).unwrap().0;
        let fill = |text: &str| {
            let names = ["{root}", "{element}", "{leaf}", "{page}"];
            let numbers = places.iter().chain([&page]).map(|place| place.number.to_string());
            names
                .iter()
                .zip(numbers)
                .fold(text.to_owned(), |text, (name, number)| text.replace(name, &number))
        };
        for (place, text) in places.iter().zip([root, element, leaf]) {
            increment.put(*place, &dictionary(&fill(text)).into()).unwrap();
        }
        edit_catalog(document, increment, |catalog| {
            catalog.set("MarkInfo", dictionary("<</Marked true>>"));
            catalog.set("StructTreeRoot", places[0]);
        });
    })
}

fn tree_root(view: &View<'_>) -> Dictionary {
    let (_, catalog) = view.catalog().unwrap();
    view.value(&catalog, "StructTreeRoot").unwrap().as_dictionary().unwrap().clone()
}

/// The value of a key of the parent tree.
fn parent_of(view: &View<'_>, tree: &Dictionary, key: i64) -> Option<Reference> {
    let pairs = view.value(tree, "Nums").unwrap();
    let pairs = pairs.as_array().unwrap_or_default().chunks(2);
    let found =
        pairs.filter(|pair| pair[0].as_integer() == Some(key)).find_map(|pair| pair[1].as_reference());
    let kids = view.value(tree, "Kids").unwrap();
    let mut kids = kids.as_array().unwrap_or_default().iter();
    found.or_else(|| {
        kids.find_map(|kid| {
            let kid = view.resolve(kid).unwrap().as_dictionary().unwrap().clone();
            let limits = numbers(kid.get("Limits"));
            #[allow(clippy::cast_precision_loss, reason = "small keys")]
            let within = limits[0] <= key as f64 && key as f64 <= limits[1];
            within.then(|| parent_of(view, &kid, key)).flatten()
        })
    })
}

const ONE_LEAF: &str = "<</Type/StructTreeRoot/K {element} 0 R/ParentTree {leaf} 0 R/ParentTreeNextKey 3>>";
const DOCUMENT: &str = "<</Type/StructElem/S/Document/P {root} 0 R/K 0/Pg {page} 0 R>>";
const LEAF: &str = "<</Nums[0[{element} 0 R]2 {element} 0 R]>>";

#[test]
fn a_visible_signature_stands_in_the_structure() {
    let pki = pki();
    for (root, element, leaf, key, kids) in [
        (ONE_LEAF, DOCUMENT, LEAF, 3, "document"),
        // A key that is taken, whatever the root says.
        (
            "<</K[{element} 0 R]/ParentTree {leaf} 0 R/ParentTreeNextKey 1>>",
            "<</S/Document/P {root} 0 R/K[0 1]/Pg {page} 0 R>>",
            LEAF,
            3,
            "document",
        ),
        // A tree with leaves: none of them is written again.
        (
            "<</K[{element} 0 R]/ParentTree<</Kids[{leaf} 0 R]>>>>",
            DOCUMENT,
            "<</Limits[0 7]/Nums[0[{element} 0 R]7 {element} 0 R]>>",
            8,
            "document",
        ),
        // Several elements at the top, and no parent tree yet.
        ("<</K[{element} 0 R {element} 0 R]>>", DOCUMENT, "<<>>", 0, "root"),
        ("<<>>", DOCUMENT, "<<>>", 0, "root"),
    ] {
        let pdf = tagged(root, element, leaf);
        let signed = shown(&pki, &pdf, at(SPOT).language("en")).unwrap();
        assert_passed(&verify(&pki, &signed), 1);
        let document = Document::open(&signed).unwrap();
        let view = document.latest();
        let widget = widget(&view);
        assert_eq!(widget.get("StructParent").and_then(Object::as_integer), Some(key), "{root}");
        let (_, page) = view.page(0).unwrap();
        assert_eq!(page.get("Tabs").and_then(Object::as_name).unwrap(), "S");

        let root_now = tree_root(&view);
        assert_eq!(root_now.get("ParentTreeNextKey").and_then(Object::as_integer), Some(key + 1));
        let tree = view.value(&root_now, "ParentTree").unwrap().as_dictionary().unwrap().clone();
        let element = parent_of(&view, &tree, key).unwrap();
        let entries = view.object(element).unwrap().as_dictionary().unwrap().clone();
        assert_eq!(entries.get("S").and_then(Object::as_name).unwrap(), "Form");
        assert_eq!(text(&entries, "Lang"), "en");
        let object = entries.get("K").and_then(Object::as_dictionary).unwrap();
        let shown_object = view.value(object, "Obj").unwrap();
        assert_eq!(shown_object.as_dictionary(), Some(&widget), "{root}");

        // It is a kid of its parent, after all that were there.
        let parent = view.value(&entries, "P").unwrap().as_dictionary().unwrap().clone();
        let kids_now = view.value(&parent, "K").unwrap();
        assert_eq!(kids_now.as_array().unwrap().last(), Some(&element.into()), "{root}");
        assert_eq!(parent.get("S").is_some(), kids == "document", "{root}");
        for old in [0, 2, 7] {
            let before = Document::open(&pdf).unwrap();
            let old_tree = before.latest().value(&tree_root(&before.latest()), "ParentTree").unwrap();
            let Some(old_tree) = old_tree.as_dictionary() else { continue };
            assert_eq!(parent_of(&view, &tree, old), parent_of(&before.latest(), old_tree, old), "{old}");
        }
    }
}

#[test]
fn the_language_of_what_is_shown_is_told() {
    let pki = pki();
    for (lang, given, told) in
        [(None, None, Some("und")), (Some("de"), None, None), (None, Some("ja"), Some("ja"))]
    {
        let pdf = revised(&tagged(ONE_LEAF, DOCUMENT, LEAF), |document, increment| {
            edit_catalog(document, increment, |catalog| {
                catalog.remove("Lang");
                if let Some(lang) = lang {
                    catalog.set("Lang", PdfString::text(lang));
                }
            });
        });
        let appearance = given.map_or_else(|| at(SPOT), |given| at(SPOT).language(given));
        let signed = shown(&pki, &pdf, appearance).unwrap();
        let document = Document::open(&signed).unwrap();
        let view = document.latest();
        let tree = view.value(&tree_root(&view), "ParentTree").unwrap();
        let element = parent_of(&view, tree.as_dictionary().unwrap(), 3).unwrap();
        let element = view.object(element).unwrap().as_dictionary().unwrap().clone();
        let found = element.get("Lang").and_then(Object::as_string).map(PdfString::to_text);
        assert_eq!(found.as_deref(), told);
    }
}

#[test]
fn a_damaged_structure_is_left_alone() {
    let pki = pki();
    for root in [
        "<</K {element} 0 R/ParentTree 7>>",
        "<</K {element} 0 R/ParentTree<</Nums[/No {element} 0 R]>>>>",
        "<</K {element} 0 R/ParentTree<</Kids[(no)]>>>>",
        "<</K {element} 0 R/ParentTree<</Kids[{leaf} 0 R]>>>>",
    ] {
        let pdf = tagged(root, DOCUMENT, "<</Limits[0 7]/Kids[{leaf} 0 R]>>");
        let signed = shown(&pki, &pdf, at(SPOT)).unwrap();
        assert_passed(&verify(&pki, &signed), 1);
        let document = Document::open(&signed).unwrap();
        assert_eq!(widget(&document.latest()).get("StructParent"), None, "{root}");
    }
}

#[test]
fn the_structure_of_a_signed_document_stays_as_it_is() {
    let pki = pki();
    let pdf = tagged(ONE_LEAF, DOCUMENT, LEAF);
    let once = shown(&pki, &pdf, at(SPOT)).unwrap();
    let twice = shown(&pki, &once, at(Rectangle { x: 300.0, ..SPOT })).unwrap();
    assert_passed(&verify(&pki, &twice), 2);
    let document = Document::open(&twice).unwrap();
    let before = document.at(document.revisions().len() - 2).unwrap();
    assert_eq!(tree_root(&document.latest()), tree_root(&before));
}

#[test]
fn what_nobody_sees_needs_no_tag() {
    let pki = pki();
    let pdf = tagged(ONE_LEAF, DOCUMENT, LEAF);
    let pdf = revised(&pdf, |document, increment| {
        edit_page(document, increment, |page| {
            page.set("MediaBox", Object::parse(b"[-20 -10 400 400]").unwrap().0);
        });
    });
    let signed = signed(&pki, &pdf);
    let document = Document::open(&signed).unwrap();
    let view = document.latest();
    // In the very corner of what is shown, so that nothing of it is within the page.
    assert_eq!(numbers(widget(&view).get("Rect")), [-20.0, -10.0, -20.0, -10.0]);
    let before = Document::open(&pdf).unwrap();
    assert_eq!(tree_root(&view), tree_root(&before.latest()));
}

/// The file with metadata that claim this.
fn claiming(claim: &str) -> Vec<u8> {
    let metadata = format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?><x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\
         <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" \
         xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\" xmlns:pdfuaid=\"http://www.aiim.org/pdfua/ns/id/\">\
         {claim}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"w\"?>"
    );
    revised(&contract(), |document, increment| {
        let place = increment.allocate();
        let stream = stream("<</Type/Metadata/Subtype/XML>>", metadata.as_bytes());
        increment.put(place, &stream).unwrap();
        edit_catalog(document, increment, |catalog| catalog.set("Metadata", place));
    })
}

fn archive(part: u32) -> Vec<u8> {
    claiming(&format!("<pdfaid:part>{part}</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>"))
}

/// A picture of four pixels, of these colours, as PNG.
fn picture(colours: png::ColorType, samples: &[u8]) -> Image {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 2, 2);
    encoder.set_color(colours);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(samples).unwrap();
    writer.finish().unwrap();
    Image::parse(&bytes).unwrap()
}

#[test]
fn what_an_archive_forbids_is_refused() {
    let pki = pki();
    let refused = |part: u32, appearance: Appearance| match shown(&pki, &archive(part), appearance) {
        Ok(_) => None,
        Err(PadesError::Archive { part: told, problem }) => {
            assert_eq!(told, part);
            Some(problem)
        }
        Err(other) => panic!("{other}"),
    };
    let transparent = || picture(png::ColorType::Rgba, &[0, 0, 0, 128].repeat(4));
    let opaque = || picture(png::ColorType::Rgb, &[200; 12]);
    for part in 1..=4 {
        assert!(refused(part, at(SPOT)).unwrap().contains("Helvetica"), "part {part}");
        assert_eq!(refused(part, at(SPOT).font(&font())), None, "part {part}");
        assert_eq!(refused(part, at(SPOT).font(&font()).image(opaque())), None, "part {part}");
        let seen_through = refused(part, at(SPOT).font(&font()).image(transparent()));
        assert_eq!(seen_through.is_some(), part == 1, "part {part}");
        let foreign = contract();
        let foreign = at(SPOT).pdf_page(&Document::open(&foreign).unwrap(), 0).unwrap();
        assert!(refused(part, foreign).unwrap().contains("not PDF/A"), "part {part}");
    }
    // A page out of an archive of the same part or an earlier one.
    for (from, part, fits) in [(1, 1, true), (1, 2, true), (2, 1, false), (3, 2, false)] {
        let foreign = archive(from);
        let foreign = at(SPOT).pdf_page(&Document::open(&foreign).unwrap(), 0).unwrap();
        assert_eq!(refused(part, foreign).is_none(), fits, "{from} in {part}");
    }
}

/// The file with an output intent for PDF/A, of a profile in this colour space.
fn with_intent(pdf: &[u8], space: &str) -> Vec<u8> {
    revised(&pdf.to_vec(), |document, increment| {
        let profile = [&[0; 16], space.as_bytes(), &[0; 108]].concat();
        let place = increment.allocate();
        increment.put(place, &stream("<</N 3>>", &profile)).unwrap();
        let intent = format!("<</Type/OutputIntent/S/GTS_PDFA1/DestOutputProfile {place}>>");
        edit_catalog(document, increment, |catalog| {
            catalog.set("OutputIntents", Object::Array(vec![dictionary(&intent).into()]));
        });
    })
}

/// Colours of a device mean what the output intent says. A page without one uses none.
#[test]
fn a_page_of_another_archive_keeps_its_colours_or_stays_away() {
    let pki = pki();
    let of = |space: Option<&str>| space.map_or_else(|| archive(2), |space| with_intent(&archive(2), space));
    for (from, to, fits) in [
        (None, None, true),
        (None, Some("CMYK"), true),
        (Some("RGB "), Some("RGB "), true),
        (Some("RGB "), Some("CMYK"), false),
        (Some("CMYK"), Some("RGB "), false),
        (Some("RGB "), None, false),
    ] {
        let foreign = of(from);
        let foreign = at(SPOT).pdf_page(&Document::open(&foreign).unwrap(), 0).unwrap();
        match shown(&pki, &of(to), foreign) {
            Ok(_) => assert!(fits, "{from:?} in {to:?}"),
            Err(PadesError::Archive { part: 2, problem }) => {
                assert!(!fits && problem.contains("another output intent"), "{from:?} in {to:?}: {problem}");
            }
            Err(other) => panic!("{other}"),
        }
    }
}

#[test]
fn an_invisible_field_has_an_appearance_where_part_1_wants_one() {
    let pki = pki();
    for part in 1..=4 {
        let signed = signed(&pki, &archive(part));
        assert_passed(&verify(&pki, &signed), 1);
        let document = Document::open(&signed).unwrap();
        let view = document.latest();
        let widget = widget(&view);
        assert_eq!(widget.get("AP").is_some(), part == 1, "part {part}");
        if part == 1 {
            assert_eq!(form(&view, &widget).1, "");
        }
    }
    let alice = pki.signer("Alice", KeyKind::P256);
    let second = PdfSigner::new(&alice, now()).sign(&signed(&pki, &archive(1))).unwrap().to_vec().unwrap();
    assert_passed(&verify(&pki, &second), 2);
}

#[test]
fn what_a_widget_of_pdf_ua_2_is_for_is_said() {
    let pki = pki();
    for part in [1, 2] {
        let pdf = claiming(&format!("<pdfuaid:part>{part}</pdfuaid:part>"));
        let signed = shown(&pki, &pdf, at(SPOT)).unwrap();
        let document = Document::open(&signed).unwrap();
        let said =
            widget(&document.latest()).get("Contents").and_then(Object::as_string).map(PdfString::to_text);
        assert_eq!(said, (part == 2).then(|| "Alice".to_owned()));
        let twice = shown(&pki, &signed, at(Rectangle { x: 300.0, ..SPOT })).unwrap();
        assert_passed(&verify(&pki, &twice), 2);
    }
}
