//! Small files that would cost much: what is done grows with the length of the file, not with its square, and what
//! cannot be bounded so is refused with an error that says why.
#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

mod support;

use std::fmt::Write;

use chancery_key::KeyKind;
use chancery_pades::{Appearance, PadesError, PdfSigner};
use chancery_pdf::Object;
use support::counting::Counting;
use support::{
    assert_passed, contract, dictionary, edit, edit_catalog, last_section, list, now, pki, revised, signed,
    verify, with_empty_section, with_section,
};

/// The first number of the objects of a form.
const FIRST: u32 = 1_000;

/// The contract with a form: its roots by number, and the objects, written as in a file.
fn with_form(roots: impl Iterator<Item = u32>, objects: impl Iterator<Item = (u32, String)>) -> Vec<u8> {
    let mut fields = String::new();
    roots.for_each(|root| write!(fields, "{root} 0 R ").unwrap());
    let form = dictionary(&format!("<</Fields[{fields}]>>"));
    let named = revised(&contract(), |document, increment| {
        edit_catalog(document, increment, |catalog| catalog.set("AcroForm", form));
    });
    let (mut written, mut rows) = (String::new(), Vec::new());
    for (number, body) in objects {
        rows.push((number, named.len() + written.len()));
        write!(written, "{number} 0 obj\n{body}\nendobj\n").unwrap();
    }
    with_section(&named, written.as_bytes(), &rows, last_section(&named))
}

/// Every field has the same kids, an array of its own.
#[test]
fn kids_that_many_fields_share_are_read_once() {
    let pki = pki();
    let read = |count: u32| {
        let (kids, roots) = (FIRST..FIRST + count, FIRST + count..FIRST + 2 * count);
        let mut list = String::new();
        kids.clone().for_each(|kid| write!(list, "{kid} 0 R ").unwrap());
        let shared = FIRST + 2 * count;
        let fields = roots.clone().map(|root| (root, format!("<</FT/Tx/T(root{root})/Kids {shared} 0 R>>")));
        let widgets = kids.map(|kid| (kid, "<</Kind(without a name)>>".to_owned()));
        let form = with_form(roots, fields.chain(widgets).chain([(shared, format!("[{list}]"))]));
        let file = Counting::new(signed(&pki, &form));
        assert_passed(&verify(&pki, &file), 1);
        file.read()
    };
    let (some, twice) = (read(400), read(800));
    // Twice the fields are twice the work; every pair of field and kid would be four times.
    assert!(twice < 3 * some, "{some} bytes read, then {twice}");
}

/// One field with a long name has many kids, who all inherit it.
#[test]
fn inherited_names_are_bounded() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let form = |kids: u32| {
        let mut list = String::new();
        (0..kids).for_each(|kid| write!(list, "{} 0 R ", FIRST + 1 + kid).unwrap());
        let parent = (FIRST, format!("<</T({})/Kids[{list}]>>", "A".repeat(200_000)));
        let kids = (0..kids).map(|kid| (FIRST + 1 + kid, format!("<</FT/Tx/T(kid{kid})>>")));
        with_form([FIRST].into_iter(), [parent].into_iter().chain(kids))
    };
    assert_passed(&verify(&pki, &signed(&pki, &form(50))), 1);
    let error = PdfSigner::new(&alice, now()).sign(&form(400)).err().unwrap();
    assert!(matches!(error, PadesError::TooMany { what: "bytes of field names", .. }), "{error:?}");
}

/// A field with many kids, on the last of many pages: each kid and each page is looked at once.
#[test]
fn the_place_of_a_field_is_found_in_one_walk() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let file = |count: u32, kids: &str| {
        revised(&contract(), |document, increment| {
            let (field, seen, unseen) = (increment.allocate(), increment.allocate(), increment.allocate());
            let kids: String = (0..count)
                .map(|_| kids.replace('s', &seen.to_string()).replace('u', &unseen.to_string()))
                .collect();
            increment.put(field, &dictionary(&format!("<</FT/Sig/T(f)/Kids[{kids}]>>")).into()).unwrap();
            let widget = format!("<</Subtype/Widget/Parent {field}/Rect[30 30 140 70]/F 4>>");
            increment.put(seen, &dictionary(&widget).into()).unwrap();
            increment.put(unseen, &dictionary(&widget).into()).unwrap();
            let (_, catalog) = document.latest().catalog().unwrap();
            let root = catalog.get("Pages").and_then(Object::as_reference).unwrap();
            let pages: Vec<_> = (0..count).map(|_| increment.allocate()).collect();
            for page in &pages {
                let annotations = if Some(page) == pages.last() { seen.to_string() } else { String::new() };
                let page_entries =
                    format!("<</Type/Page/Parent {root}/MediaBox[0 0 600 800]/Annots[{annotations}]>>");
                increment.put(*page, &dictionary(&page_entries).into()).unwrap();
            }
            edit(document, increment, root, |root| {
                root.set("Count", i64::from(count));
                root.set("Kids", list(pages));
            });
            edit_catalog(document, increment, |catalog| {
                catalog.set("AcroForm", dictionary(&format!("<</Fields[{field}]/SigFlags 3>>")));
            });
        })
    };
    let signer = PdfSigner::new(&alice, now()).field("f").appearance(Appearance::in_field().without_text());
    let read = |count: u32| {
        let file = Counting::new(file(count, "s u "));
        let signed = signer.sign(&file).unwrap();
        let read = file.read();
        assert_passed(&verify(&pki, &signed), 1);
        read
    };
    let (some, twice) = (read(200), read(400));
    assert!(twice < 3 * some, "{some} bytes read, then {twice}");
}

/// Many widgets on a list that many pages share.
#[test]
fn widgets_that_all_want_to_be_seen_are_refused_at_once() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let numbers = FIRST + 1..FIRST + 3_000;
    let mut kids = String::new();
    numbers.clone().for_each(|kid| write!(kids, "{kid} 0 R ").unwrap());
    let widget = format!("<</Subtype/Widget/Parent {FIRST} 0 R/Rect[30 30 140 70]/F 4>>");
    let field = (FIRST, format!("<</FT/Sig/T(f)/Kids[{kids}]>>"));
    let objects = [field].into_iter().chain(numbers.map(|kid| (kid, widget.clone())));
    let form = with_form([FIRST].into_iter(), objects);
    let appearance = Appearance::in_field().without_text();
    let error = PdfSigner::new(&alice, now()).field("f").appearance(appearance).sign(&form).err().unwrap();
    assert!(matches!(error, PadesError::FieldInSeveralPlaces { .. }), "{error}");
}

/// Fifty thousand fields, whose names are the first that a new field would get, and another revision to compare.
#[test]
fn many_fields_are_compared_by_their_names() {
    const FIELDS: u32 = 50_000;
    let pki = pki();
    let numbers = FIRST..FIRST + FIELDS;
    let objects = numbers
        .clone()
        .map(|number| (number, format!("<</FT/Sig/T(Signature{})>>", FIRST + FIELDS - number)));
    let form = with_form(numbers, objects);
    // Each pair compared would be more than a thousand million comparisons: this would seem to hang.
    let signed = signed(&pki, &form);
    let file = Counting::new(with_empty_section(&signed, b""));
    let report = verify(&pki, &file);
    assert_passed(&report, 1);
    assert_eq!(report.signatures()[0].name(), format!("Signature{}", FIELDS + 1));
}
