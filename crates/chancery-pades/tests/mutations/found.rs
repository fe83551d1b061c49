//! What the grammar of appended revisions found, each in its smallest form.

use chancery_pdf::{Document, Object};

use crate::support::{assert_noticed, assert_passed, contract, last_section, pki, signed, verify};

/// Where a table and its stream say that an object is.
#[derive(Copy, Clone)]
enum Said {
    Here,
    Nowhere,
}

/// The signed contract with a hybrid section that has its page content once more, letter by letter the same.
fn content_again(table: Said, stream: Said) -> (chancery_testkit::TestPki, Vec<u8>) {
    let pki = pki();
    let signed = signed(&pki, &contract());
    let document = Document::open(&signed).unwrap();
    let page = document.latest().page(0).unwrap().1;
    let content = page.get("Contents").and_then(Object::as_reference).unwrap();
    let span = document.latest().object_span(content).unwrap().unwrap();
    let object = &signed[usize::try_from(span.start).unwrap()..usize::try_from(span.end).unwrap()];
    let (number, own) = (content.number, document.latest().next_number());
    let at = signed.len();
    let mut file = [&signed[..], object, b"\n"].concat();
    let start = file.len();
    let place = u32::try_from(at).unwrap().to_be_bytes();
    let row = match stream {
        Said::Here => [&[1][..], &place, &[0]].concat(),
        Said::Nowhere => vec![0; 6],
    };
    let mut trailer = document.latest().trailer().clone();
    trailer.set("Size", i64::from(own + 1));
    trailer.set("Prev", i64::try_from(last_section(&signed)).unwrap());
    let entries = String::from_utf8(Object::from(trailer).to_bytes()).unwrap();
    let entries = entries.strip_suffix(">>").unwrap();
    file.extend_from_slice(
        format!("{own} 0 obj\n{entries}/Type/XRef/W[1 4 1]/Index[{number} 1]/Length 6>>\nstream\n")
            .as_bytes(),
    );
    file.extend_from_slice(&row);
    file.extend_from_slice(b"\nendstream\nendobj\n");
    let (section, said) = (file.len(), if matches!(table, Said::Here) { (at, 'n') } else { (0, 'f') });
    let (offset, kind) = said;
    file.extend_from_slice(
        format!(
            "xref\n0 1\n0000000000 65535 f \n{number} 1\n{offset:010} 00000 {kind} \ntrailer\n{entries}/XRefStm {start}>>\n\
             startxref\n{section}\n%%EOF\n"
        )
        .as_bytes(),
    );
    (pki, file)
}

/// Some readers believe the table, and some the stream: the page is empty for one of them.
#[test]
fn the_halves_of_a_hybrid_section_agree_on_what_is_free() {
    let (pki, file) = content_again(Said::Here, Said::Here);
    assert_passed(&verify(&pki, &file), 1);
    for (table, stream) in [(Said::Here, Said::Nowhere), (Said::Nowhere, Said::Here)] {
        let (pki, file) = content_again(table, stream);
        assert_noticed(&pki, &file, "ambiguous-structure");
    }
}
