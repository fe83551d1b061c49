//! Fields that share what they are drawn with: it is read and judged once, and not for each of them.
#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

mod support;

use chancery_key::KeyKind;
use chancery_pades::{ChangesAllowed, PdfSigner};
use chancery_pdf::{Increment, Reference};
use chancery_testkit::TestPki;
use support::counting::Counting;
use support::*;

/// The contract with so many text fields, certified, and then filled in: `looks` makes the look of each.
fn filled(
    pki: &TestPki,
    count: usize,
    looks: impl FnOnce(&mut Increment<'_>) -> Box<dyn Fn(&mut Increment<'_>) -> Reference>,
) -> Vec<u8> {
    let mut fields = Vec::new();
    let form = revised(&contract(), |document, increment| {
        let page = document.latest().page(0).unwrap().0;
        for number in 0..count {
            let field = increment.allocate();
            let entries = format!(
                "<</Type/Annot/Subtype/Widget/P {page}/F 4/FT/Tx/T(f{number})/Rect[0 0 9 9]/DA(/Helv 9 Tf)>>"
            );
            increment.put(field, &dictionary(&entries).into()).unwrap();
            fields.push(field);
        }
        edit_page(document, increment, |page| page.set("Annots", list(fields.iter().copied())));
        let mut form = dictionary("<<>>");
        form.set("Fields", list(fields.iter().copied()));
        edit_catalog(document, increment, |catalog| catalog.set("AcroForm", form));
    });
    let alice = pki.signer("Alice", KeyKind::P256);
    let signer = PdfSigner::new(&alice, now()).certify(ChangesAllowed::FormFilling);
    let signed = signer.sign(&form).unwrap().to_vec().unwrap();
    revised(&signed, |document, increment| {
        let look = looks(increment);
        for field in fields {
            let look = look(increment);
            edit(document, increment, field, |field| {
                field.set("V", dictionary("<</V(1)>>").get("V").unwrap().clone());
                field.set("AP", dictionary(&format!("<</N {look}>>")));
            });
        }
    })
}

/// What is read of a file that is twice as large is not four times as much, and all of it is judged.
fn assert_linear(file: impl Fn(&TestPki, usize) -> Vec<u8>) {
    let pki = pki();
    let read = |count: usize| {
        let file = Counting::new(file(&pki, count));
        let report = verify(&pki, &file);
        let told = report.all_findings().filter(|finding| finding.kind == "field-filled").count();
        assert_eq!(told, count, "{report}");
        file.read()
    };
    let (some, twice) = (read(60), read(120));
    assert!(twice < 3 * some, "{some} bytes read, then {twice}");
}

const FONT: &str = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>";

#[test]
fn a_look_that_all_fields_share_is_read_once() {
    assert_linear(|pki, count| {
        filled(pki, count, |increment| {
            let font = increment.allocate();
            increment.put(font, &dictionary(FONT).into()).unwrap();
            let entries =
                format!("<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</Font<</Helv {font}>>>>>>");
            let content = format!("{}BT /Helv 6 Tf 2 2 Td (1) Tj ET", " ".repeat(count * 1_000));
            let look = increment.allocate();
            increment.put(look, &stream(&entries, content.as_bytes())).unwrap();
            Box::new(move |_| look)
        })
    });
}

#[test]
fn a_list_of_fonts_that_all_looks_share_is_read_once() {
    assert_linear(|pki, count| {
        filled(pki, count, |increment| {
            let font = increment.allocate();
            increment.put(font, &dictionary(FONT).into()).unwrap();
            let fonts: String = (0..count * 10).map(|number| format!("/F{number} {font} ")).collect();
            let list = increment.allocate();
            increment.put(list, &dictionary(&format!("<<{fonts}>>")).into()).unwrap();
            Box::new(move |increment| {
                let entries =
                    format!("<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</Font {list}>>>>");
                let look = increment.allocate();
                increment.put(look, &stream(&entries, b"BT /F0 6 Tf 2 2 Td (1) Tj ET")).unwrap();
                look
            })
        })
    });
}
