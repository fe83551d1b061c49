//! Files in which many changed objects share what is large, or many revisions change a little of what is large: what is
//! read of them grows with their length, not with its square.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use std::fmt::Write;

use chancery_key::KeyKind;
use chancery_pades::{ChangesAllowed, PdfSigner};
use chancery_pdf::{Document, Reference};
use chancery_testkit::TestPki;
use support::counting::Counting;
use support::*;

/// The first number of the objects of a case, and of those that come later.
const FIRST: u32 = 1_000;
const LATER: u32 = 100_000;

/// The file with a further revision of these objects, written as in a file.
fn appended(pdf: &[u8], objects: impl IntoIterator<Item = (u32, String)>) -> Vec<u8> {
    let (mut written, mut rows) = (String::new(), Vec::new());
    for (number, body) in objects {
        rows.push((number, pdf.len() + written.len()));
        write!(written, "{number} 0 obj\n{body}\nendobj\n").unwrap();
    }
    with_section(pdf, written.as_bytes(), &rows, last_section(&pdf))
}

fn references(numbers: impl IntoIterator<Item = u32>) -> String {
    numbers.into_iter().map(|number| format!("{number} 0 R ")).collect()
}

/// An object as it is, with further entries.
fn with(pdf: &[u8], number: u32, entries: &str) -> (u32, String) {
    let object = Document::open(&pdf).unwrap().latest().object(Reference::new(number, 0)).unwrap();
    (number, String::from_utf8(object.to_bytes()).unwrap().replacen("<<", &format!("<<{entries}"), 1))
}

/// The contract with these entries in its catalog and page, and these objects; certified.
fn certified(
    pki: &TestPki,
    (catalog, page): (&str, &str),
    objects: impl IntoIterator<Item = (u32, String)>,
) -> Vec<u8> {
    let file = contract();
    let (root, first) = {
        let document = Document::open(&file).unwrap();
        (document.latest().catalog().unwrap().0.number, document.latest().page(0).unwrap().0.number)
    };
    let changed = [with(&file, root, catalog), with(&file, first, page)];
    let file = appended(&file, changed.into_iter().chain(objects));
    let alice = pki.signer("Alice", KeyKind::P256);
    let signer = PdfSigner::new(&alice, now()).certify(ChangesAllowed::Annotations);
    signer.sign(&file).unwrap().to_vec().unwrap()
}

/// What is read of a file that is twice as large is not four times as much.
fn assert_linear(file: impl Fn(&TestPki, u32) -> Vec<u8>) {
    let pki = pki();
    let read = |count: u32| {
        let file = Counting::new(file(&pki, count));
        assert_eq!(verify(&pki, &file).signatures().len(), 1);
        file.read()
    };
    let (some, twice) = (read(60), read(120));
    assert!(twice < 3 * some, "{some} bytes read, then {twice}");
}

#[test]
fn a_group_of_buttons_is_read_once_for_all_revisions() {
    assert_linear(|pki, count| {
        let buttons = FIRST + 1..FIRST + 1 + count;
        let list = references(buttons.clone());
        let button = |more: u32| {
            format!("<</Type/Annot/Subtype/Widget/Parent {FIRST} 0 R/Rect[0 0 9 9]/F 4/AS/Off/M({more})>>")
        };
        let group = (FIRST, format!("<</FT/Btn/Ff 49152/T(b)/Kids[{list}]>>"));
        let objects = [group].into_iter().chain(buttons.map(|number| (number, button(0))));
        let entries = (format!("/AcroForm<</Fields[{FIRST} 0 R]>>"), format!("/Annots[{list}]"));
        let mut file = certified(pki, (&entries.0, &entries.1), objects);
        for revision in 1..=count {
            file = appended(&file, [(FIRST + 1, button(revision))]);
        }
        file
    });
}

/// Read for each field, they would be more than is compared of one file.
#[test]
fn options_that_fields_share_are_read_once() {
    let pki = pki();
    let options: String = (0..30_000).map(|option| format!("(o{option})")).collect();
    let fields = FIRST + 1..FIRST + 451;
    let list = references(fields.clone());
    let field = |number: u32, value: &str| {
        let place = format!("/Type/Annot/Subtype/Widget/Rect[0 0 9 9]/F 4/T(f{number})");
        (number, format!("<<{place}/FT/Ch/Opt {FIRST} 0 R{value}>>"))
    };
    let objects = [(FIRST, format!("[{options}]"))].into_iter();
    let entries = (format!("/AcroForm<</Fields[{list}]>>"), format!("/Annots[{list}]"));
    let objects = objects.chain(fields.clone().map(|number| field(number, "")));
    let file = certified(&pki, (&entries.0, &entries.1), objects);
    let report = verify(&pki, &appended(&file, fields.map(|number| field(number, "/V(o1)"))));
    assert_passed(&report, 1);
    assert!(!kinds(&report).contains(&"too-much-to-compare"), "{report}");
}

#[test]
fn pages_are_counted_once_for_all_revisions() {
    assert_linear(|pki, count| {
        let pages = FIRST + 2..FIRST + 2 + count;
        let list = references(pages.clone());
        let tree = FIRST + 1;
        let nodes = [(tree, format!("<</Type/Pages/Kids[{list}]/Count {count}/MediaBox[0 0 9 9]>>"))];
        let field = |value: &str| {
            (FIRST, format!("<</Type/Annot/Subtype/Widget/FT/Tx/T(f)/Rect[0 0 9 9]/F 4/V({value})>>"))
        };
        let page = |number: u32| {
            let shows = if number == FIRST + 2 { format!("/Annots[{FIRST} 0 R]") } else { String::new() };
            (number, format!("<</Type/Page/Parent {tree} 0 R{shows}>>"))
        };
        let objects = nodes.into_iter().chain([field("0")]).chain(pages.map(page));
        let entries = format!("/AcroForm<</Fields[{FIRST} 0 R]>>/Pages {tree} 0 R");
        let file = contract();
        let root = Document::open(&file).unwrap().latest().catalog().unwrap().0.number;
        let catalog = (root, format!("<</Type/Catalog{entries}>>"));
        let file = appended(&file, [catalog].into_iter().chain(objects));
        let alice = pki.signer("Alice", KeyKind::P256);
        let signer = PdfSigner::new(&alice, now()).certify(ChangesAllowed::FormFilling);
        let mut file = signer.sign(&file).unwrap().to_vec().unwrap();
        for revision in 1..=count {
            file = appended(&file, [field(&revision.to_string())]);
        }
        file
    });
}

/// A chain of new objects, each of which leads to the next.
fn chain(count: u32, end: &str) -> Vec<(u32, String)> {
    let links = (0..count).map(|link| (LATER + link, format!("[{} 0 R]", LATER + link + 1)));
    links.chain([(LATER + count, end.to_owned())]).collect()
}

/// However the chain ends: what it leads to may be what was there before.
#[test]
fn what_comments_share_is_walked_through_once() {
    for end in ["[]", "[1 0 R]", "<</OC null>>"] {
        assert_linear(|pki, count| {
            let comments = FIRST..FIRST + count;
            let file = certified(pki, ("", ""), []);
            let page = Document::open(&file).unwrap().latest().page(0).unwrap().0.number;
            let (page, mut written) = with(&file, page, "");
            let list = references(comments.clone());
            written = match written.contains("/Annots [") {
                true => written.replace("/Annots [", &format!("/Annots [{list}")),
                false => written.replacen("<<", &format!("<</Annots[{list}]"), 1),
            };
            let comment =
                |number| (number, format!("<</Type/Annot/Subtype/Square/Rect[0 0 9 9]/C {LATER} 0 R>>"));
            appended(
                &file,
                [(page, written)].into_iter().chain(comments.map(comment)).chain(chain(count, end)),
            )
        });
    }
}

#[test]
fn what_applications_keep_for_themselves_is_walked_through_once() {
    for end in ["[]", "[1 0 R]"] {
        assert_linear(|pki, count| {
            let pages = FIRST + 1..FIRST + 1 + count;
            let list = references(pages.clone());
            let tree = (FIRST, format!("<</Type/Pages/Kids[{list}]/Count {count}/MediaBox[0 0 9 9]>>"));
            let page = |number: u32| (number, format!("<</Type/Page/Parent {FIRST} 0 R>>"));
            let file = contract();
            let root = Document::open(&file).unwrap().latest().catalog().unwrap().0.number;
            let catalog = (root, format!("<</Type/Catalog/Pages {FIRST} 0 R>>"));
            let file = appended(&file, [catalog, tree].into_iter().chain(pages.clone().map(page)));
            let file = signed(pki, &file);
            let data = |number: u32| with(&file, number, &format!("/PieceInfo {LATER} 0 R"));
            appended(&file, pages.map(data).chain(chain(count, end)))
        });
    }
}

#[test]
fn a_list_of_annotations_of_many_pages_is_not_followed_to_each() {
    assert_linear(|pki, count| {
        let pages = FIRST + 2..FIRST + 2 + count;
        let list = references(pages.clone());
        let tree = (FIRST, format!("<</Type/Pages/Kids[{list}]/Count {count}/MediaBox[0 0 9 9]>>"));
        let shared = FIRST + 1;
        let page = |number| (number, format!("<</Type/Page/Parent {FIRST} 0 R/Annots {shared} 0 R>>"));
        let file = contract();
        let root = Document::open(&file).unwrap().latest().catalog().unwrap().0.number;
        let catalog = (root, format!("<</Type/Catalog/Pages {FIRST} 0 R>>"));
        let objects = [catalog, tree, (shared, "[]".to_owned())];
        let mut file = signed(pki, &appended(&file, objects.into_iter().chain(pages.map(page))));
        for revision in 1..=count {
            file = appended(&file, [(shared, format!("[{revision}]"))]);
        }
        file
    });
}
