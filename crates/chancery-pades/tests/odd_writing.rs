//! What was signed, written again in words that only some readers understand: they come to another document. Each file is
//! put together from a sound one, and passes without the oddity.
#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

mod support;

use chancery_ades::Indication;
use chancery_chain::RevocationPolicy;
use chancery_pades::PdfVerifier;
use chancery_pdf::Document;
use support::{
    assert_noticed, assert_passed, contract, indications, pki, revised, signed, verify, with_empty_section,
};

const ODD: &str = "odd-writing";

/// The first page, written again as `write` changes its text.
fn page_again(pdf: &[u8], write: impl Fn(&str) -> String) -> Vec<u8> {
    let pdf = pdf.to_vec();
    let document = Document::open(&pdf).unwrap();
    let (page, _) = document.latest().page(0).unwrap();
    let span = document.latest().object_span(page).unwrap().unwrap();
    let text = &pdf[usize::try_from(span.start).unwrap()..usize::try_from(span.end).unwrap()];
    let text = std::str::from_utf8(text).unwrap();
    let text = text.split_once("obj").unwrap().1.strip_suffix("endobj").unwrap().trim();
    let text = write(text);
    revised(&pdf, |_, increment| increment.put_raw(page, text.into_bytes()))
}

/// A revision that rewrites nothing, as `write` changes its section.
fn section_again(pdf: &[u8], write: impl Fn(&str) -> String) -> Vec<u8> {
    let whole = with_empty_section(pdf, b"");
    let section = std::str::from_utf8(&whole[pdf.len()..]).unwrap();
    [pdf, write(section).as_bytes()].concat()
}

#[test]
fn an_object_in_odd_words_is_not_the_same() {
    let pki = pki();
    let file = signed(&pki, &contract());
    let page = |write: &dyn Fn(&str) -> String| page_again(&file, write);
    assert_passed(&verify(&pki, &page(&str::to_owned)), 1);
    assert_passed(&verify(&pki, &page(&|text| text.replace(" 0 R", "\n0\r\nR "))), 1);
    let zeros = "0".repeat(300);
    for odd in [
        page(&|text| text.replacen("<<", "<<% a comment\n", 1)),
        page(&|text| text.replacen("<<", "<<\0", 1)),
        page(&|text| text.replace(" 0 R", " 0%\nR")),
        page(&|text| text.replacen("/MediaBox [", &format!("/MediaBox [{zeros}"), 1)),
        page(&|text| text.replacen("/Type", "/Typ#65", 1).replacen("/Page", "/Page#", 1)),
        page(&|text| format!("% a comment\n{text}")),
        page(&|text| format!("{text}% a comment\n")),
    ] {
        assert_noticed(&pki, &odd, ODD);
    }
    // One word is no reference: it cannot be read at all.
    let report = verify(&pki, &page(&|text| text.replace(" 0 R", " 0R")));
    assert_ne!(indications(&report), [Indication::TotalPassed], "{report}");
}

#[test]
fn data_that_readers_decode_in_two_ways_are_noticed() {
    let pki = pki();
    let file = signed(&pki, &contract());
    let with = |entries: &str, kind: Option<&str>| {
        // Nothing, compressed where the entries say so.
        let data: &[u8] =
            if entries.contains("/Filter/FlateDecode") || entries.contains("/Filter[/FlateDecode") {
                b"x\x9c\x03\0\0\0\0\x01"
            } else {
                b""
            };
        let head = format!("<<{entries}/N 0/First 0/Length {}>>\nstream\n", data.len());
        let appended = revised(&file, |_, increment| {
            let place = increment.allocate();
            increment.put_raw(place, [head.as_bytes(), data, b"\nendstream"].concat());
        });
        match kind {
            Some(kind) => assert_noticed(&pki, &appended, kind),
            None => assert_passed(&verify(&pki, &appended), 1),
        }
    };
    with("/Type/ObjStm", None);
    with("/Type/ObjStm/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 4>>", None);
    with("/Type/ObjStm/Filter[/FlateDecode]", None);
    for entries in [
        "/Type/ObjStm/Filter[/FlateDecode]/DecodeParms<</Predictor 12/Columns 4>>",
        "/Type/ObjStm/Filter/FlateDecode/DecodeParms[<</Predictor 12/Columns 4>>]",
        "/Type/ObjStm/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 4/Colors 3>>",
        "/Type/ObjStm/Filter/FlateDecode/DP<</Predictor 12/Columns 4>>",
        "/Type/ObjStm/Filter/ASCIIHexDecode",
        "/Type/ObjStm/Filter[/ASCIIHexDecode/FlateDecode]",
        "/Type/ObjStm/Filter[/Crypt/FlateDecode]",
        "/Filter[/Crypt]",
        "/Type/XRef/Size 1/W[1 1 1]",
        "/Type/ObjStm/Filter /FlateDecode",
        "/F(other.bin)",
        "/Filter[/FlateDecode]/DecodeParms[null null]",
    ] {
        with(entries, Some(ODD));
    }
}

#[test]
fn a_section_in_another_layout_is_noticed() {
    let pki = pki();
    let file = signed(&pki, &contract());
    let section = |write: &dyn Fn(&str) -> String| section_again(&file, write);
    assert_passed(&verify(&pki, &section(&str::to_owned)), 1);
    assert_passed(&verify(&pki, &section(&|text| text.replace("startxref\n", "startxref\r\n"))), 1);
    for (from, to) in [
        ("xref\n0 1\n", "xref\n0  1\n"),
        ("xref\n0 1\n", "xref\n 0 1\n"),
        ("xref\n0 1\n", "xref\n0 1  \n"),
        ("xref\n0 1\n", "xref % a comment\n0 1\n"),
        ("65535 f", "65535\0f"),
        ("trailer\n", "trailer % a comment\n"),
        ("startxref\n", "startxref\0\n"),
        ("startxref\n", "startxref % a comment\n"),
        ("startxref\n", "startxref\n+"),
        ("startxref\n", &format!("{}startxref\n", "\n".repeat(100))),
        ("%%EOF\n", &format!("%%EOF{}", "\n".repeat(100))),
    ] {
        let odd = section(&|text| {
            assert!(text.contains(from), "{text}");
            text.replacen(from, to, 1)
        });
        // Some cannot be read at all.
        let policy = support::policy(&pki, RevocationPolicy::Require).evidence(support::lists(&pki));
        let Ok(report) = PdfVerifier::new(&policy).verify_at(&odd, pki.now()) else { continue };
        assert_ne!(indications(&report), [Indication::TotalPassed], "{from:?} {to:?}: {report}");
    }
}
