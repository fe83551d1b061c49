//! What a file may hide, one test a rule: objects defined twice or listed nowhere, sections that lead astray, a catalog
//! that says two things, other encryption, other identifiers. Each is put together from a sound signed file, and passes
//! without the oddity.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_ades::{Indication, Severity};
use chancery_digest::Source;
use chancery_key::KeyKind;
use chancery_pades::{AmbiguousFile, PadesError, PdfSigner, PdfVerifier};
use chancery_pdf::{Document, Object, PdfError, Reference};
use chancery_testkit::TestPki;
use support::{
    assert_noticed, assert_passed, contract, dictionary, edit_catalog, edit_page, indications, kinds,
    last_section, now, pki, revised, signed, stream, verify, with_section,
};

/// The file with these bytes before its last cross-reference section, which moves.
fn with_hidden(pdf: &[u8], hidden: &str) -> Vec<u8> {
    let section = usize::try_from(last_section(&pdf.to_vec())).unwrap();
    let tail = pdf.len() - 9 - pdf[..pdf.len()].windows(9).rev().position(|w| w == b"startxref").unwrap();
    let start = format!("startxref\n{}\n%%EOF\n", section + hidden.len());
    [&pdf[..section], hidden.as_bytes(), &pdf[section..tail], start.as_bytes()].concat()
}

/// Signs what our signer would refuse.
fn signed_all_the_same(pki: &TestPki, pdf: &dyn Source) -> Vec<u8> {
    let alice = pki.signer("Alice", KeyKind::P256);
    let signer = PdfSigner::new(&alice, now()).ambiguous_file(AmbiguousFile::Sign);
    signer.sign(pdf).unwrap().to_vec().unwrap()
}

fn page_content(pdf: &[u8]) -> Reference {
    let pdf = pdf.to_vec();
    let document = Document::open(&pdf).unwrap();
    let (_, page) = document.latest().page(0).unwrap();
    page.get("Contents").and_then(Object::as_reference).unwrap()
}

/// Whoever signs writes a second definition beside the one that is listed.
#[test]
fn an_object_that_is_defined_twice_in_the_signed_revision_does_not_pass() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let number = page_content(&contract()).number;
    let hiding = |hidden: &str| {
        let entries = "/Type/Sig/SubFilter/ETSI.CAdES.detached";
        support::by_hand(&contract(), entries, support::message_by(&alice), |document, increment, value| {
            let (widget, beside) = (increment.allocate(), increment.allocate());
            let field =
                format!("<</Type/Annot/Subtype/Widget/FT/Sig/T(A)/V {} 0 R/Rect[0 0 0 0]>>", value.number);
            support::put_widget(document, increment, widget, &field);
            increment.put_raw(beside, format!("<<>>{hidden}").into_bytes());
        })
    };
    assert_passed(&verify(&pki, &hiding("")), 1);
    for hidden in [
        // Between two objects; in a comment; the page's content or something the same revision defines.
        format!("\nendobj\n{number} 0 obj\n<</Length 2>>\nstream\nBT\nendstream"),
        format!("\nendobj\n%{number} 0 obj <</Length 2>>"),
        "\nendobj\n1 0 obj\n<</Type/Catalog>>".to_owned(),
        // In a crowd of others.
        format!("\nendobj{}\n{number} 0 obj\n<<>>", "\n900 0 obj null endobj".repeat(20)),
    ] {
        assert_noticed(&pki, &hiding(&hidden), "object-defined-twice");
    }
}

/// What careless programs left behind before is told, and passes: who signs cannot take it away.
#[test]
fn an_object_that_was_defined_twice_before_is_told() {
    let pki = pki();
    let file = contract();
    assert_passed(&verify(&pki, &signed(&pki, &with_hidden(&file, ""))), 1);
    let number = page_content(&file).number;
    let twice =
        with_hidden(&file, &format!("{number} 0 obj\n<</Length 2>>\nstream\nBT\nendstream\nendobj\n"));
    let report = verify(&pki, &signed(&pki, &twice));
    assert_passed(&report, 1);
    assert!(kinds(&report).contains(&"object-defined-twice"), "{report}");
}

#[test]
fn what_looks_like_an_object_within_a_stream_is_none() {
    let pki = pki();
    let number = page_content(&contract()).number;
    let data = format!("%PDF-1.4\n{number} 0 obj\n<<>>\nendobj\n{} 0 obj\n<<>>\nendobj\n", 77);
    let attached = revised(&contract(), |_, increment| {
        let place = increment.allocate();
        increment.put(place, &stream("<</Type/EmbeddedFile>>", data.as_bytes())).unwrap();
        // Without a length that says where it ends, the data go as far as endstream.
        let place = increment.allocate();
        increment.put_raw(place, [b"<<>>\nstream\n", data.as_bytes(), b"\nendstream"].concat());
    });
    let report = verify(&pki, &signed_all_the_same(&pki, &attached));
    assert!(!kinds(&report).contains(&"object-defined-twice"), "{report}");
    assert!(!kinds(&report).contains(&"object-not-listed"), "{report}");
}

#[test]
fn an_object_that_is_listed_nowhere_is_told() {
    let pki = pki();
    let prepared = with_hidden(&contract(), "900 0 obj\n<</Length 2>>\nstream\nBT\nendstream\nendobj\n");
    let report = verify(&pki, &signed(&pki, &prepared));
    assert_passed(&report, 1);
    let told = report.findings().iter().find(|finding| finding.kind == "object-not-listed").unwrap();
    assert_eq!(told.severity, Severity::Warning);
    // A later section makes it appear: it fills a number that was free, and whatever uses it is noticed.
    let signed = signed(&pki, &prepared);
    let offset = signed.windows(9).position(|window| window == b"900 0 obj").unwrap();
    let shown = with_section(&signed, b"", &[(page_content(&signed).number, offset)], last_section(&signed));
    assert_ne!(indications(&verify(&pki, &shown)), [Indication::TotalPassed]);
}

#[test]
fn an_object_stream_does_not_shadow_what_stands_in_the_file() {
    let pki = pki();
    let sample = support::shapes().into_iter().find(|(name, _)| *name == "object streams").unwrap().1;
    assert_passed(&verify(&pki, &signed(&pki, &sample)), 1);
    let document = Document::open(&sample).unwrap();
    let compressed = document.latest().references().unwrap().into_iter().find(|reference| {
        matches!(document.latest().entry(reference.number), Ok(Some(chancery_pdf::Entry::InStream { .. })))
    });
    let number = compressed.unwrap().number;
    let section = usize::try_from(last_section(&sample)).unwrap();
    // The section is a stream whose entries name offsets before it, so the object goes before the header of the stream.
    let hidden = format!("{number} 0 obj\n<</Shadow true>>\nendobj\n");
    let at = sample.windows(9).rposition(|window| window == b"startxref").unwrap();
    let moved = [
        &sample[..section],
        hidden.as_bytes(),
        &sample[section..at],
        format!("startxref\n{}\n%%EOF\n", section + hidden.len()).as_bytes(),
    ]
    .concat();
    let report = verify(&pki, &signed_all_the_same(&pki, &moved));
    assert!(kinds(&report).contains(&"object-defined-twice"), "{report}");
}

#[test]
fn a_section_that_is_before_itself_is_refused() {
    let pki = pki();
    let signed = signed(&pki, &contract());
    let own = signed.len() as u64;
    let looped = with_section(&signed, b"", &[], own);
    let policy = support::policy(&pki, chancery_chain::RevocationPolicy::NotChecked);
    let error = PdfVerifier::new(&policy).verify_at(&looped, now()).err().unwrap();
    assert!(matches!(error, PadesError::Pdf(PdfError::CrossReferenceLoop { .. })), "{error:?}");
}

/// The gap is not signed, so whoever fills it decides what stands there.
#[test]
fn nothing_leads_into_a_gap() {
    let pki = pki();
    let file = signed(&pki, &contract());
    let gap = file.windows(10).position(|window| window == b"/Contents<").unwrap() + 10;
    // An entry for an object in the gap: digits of hexadecimal are no object.
    let object = with_section(&file, b"", &[(page_content(&file).number, gap)], last_section(&file));
    let report = verify(&pki, &object);
    assert_ne!(indications(&report), [Indication::TotalPassed], "{report}");
    // A section in the gap: it is read as none.
    let policy = support::policy(&pki, chancery_chain::RevocationPolicy::NotChecked);
    let section = [file.as_slice(), format!("startxref\n{gap}\n%%EOF\n").as_bytes()].concat();
    assert!(PdfVerifier::new(&policy).verify_at(&section, now()).is_err());
    let previous = with_section(&file, b"", &[], gap as u64);
    assert!(PdfVerifier::new(&policy).verify_at(&previous, now()).is_err());
}

#[test]
fn a_hybrid_section_that_says_two_things_does_not_pass() {
    let pki = pki();
    let hybrid = support::shapes().into_iter().find(|(name, _)| *name == "hybrid").unwrap().1;
    let good = signed(&pki, &hybrid);
    assert_passed(&verify(&pki, &good), 1);
    // The attacker appends a hybrid section: its table leaves the page as it is, its stream shows another one.
    let page = {
        let document = Document::open(&good).unwrap();
        document.latest().page(0).unwrap().0
    };
    let other = format!("{} 0 obj\n<</Type/Page/MediaBox[0 0 9 9]>>\nendobj\n", page.number);
    let start = good.len();
    let stream_at = start + other.len();
    let row = |offset: usize| [&[1_u8][..], &u32::try_from(offset).unwrap().to_be_bytes(), &[0]].concat();
    let document = Document::open(&good).unwrap();
    let size = document.latest().next_number() + 2;
    let own = size - 1;
    let stream = [
        format!(
            "{own} 0 obj\n<</Type/XRef/Size {size}/W[1 4 1]/Index[{} 1]/Root {} 0 R/Length 6>>\nstream\n",
            page.number,
            document.latest().catalog().unwrap().0.number
        )
        .as_bytes(),
        &row(start),
        b"\nendstream\nendobj\n",
    ]
    .concat();
    let old = match document.latest().entry(page.number).unwrap() {
        Some(chancery_pdf::Entry::InFile { offset, .. }) => usize::try_from(offset).unwrap(),
        other => panic!("{other:?}"),
    };
    let table = support::table(&good, &[(page.number, old)], last_section(&good));
    let table = String::from_utf8(table).unwrap();
    let at = table.rfind("<<").unwrap() + 2;
    let table = format!("{}/XRefStm {stream_at}{}", &table[..at], &table[at..]);
    let startxref = format!("startxref\n{}\n%%EOF\n", stream_at + stream.len());
    let two = [good.as_slice(), other.as_bytes(), &stream, table.as_bytes(), startxref.as_bytes()].concat();
    assert_noticed(&pki, &two, "ambiguous-structure");
}

/// Only the section of the first page of a linearized file comes before the one that it continues. Elsewhere it is a way
/// to put what is newest where nobody looks for it.
#[test]
fn a_section_that_continues_a_later_one_is_noticed() {
    let pki = pki();
    let file = signed(&pki, &contract());
    // As long with any number of ten digits.
    let placed = |previous: usize| {
        let mut trailer = Document::open(&file).unwrap().latest().trailer().clone();
        trailer.set("Prev", Object::Integer(i64::try_from(previous).unwrap() + 1_000_000_000));
        let trailer = String::from_utf8(Object::from(trailer).to_bytes()).unwrap();
        let trailer = trailer.replace(&format!("{}", previous + 1_000_000_000), &format!("{previous:010}"));
        format!("xref\n0 1\n0000000000 65535 f \ntrailer\n{trailer}\n").into_bytes()
    };
    let (first, second) = (file.len(), file.len() + placed(0).len());
    let older = support::table(&file, &[], last_section(&file));
    let start = format!("startxref\n{first}\n%%EOF\n");
    let forwards = [file.as_slice(), &placed(second), &older, start.as_bytes()].concat();
    assert_noticed(&pki, &forwards, "ambiguous-structure");
}

#[test]
fn a_number_that_is_used_again_is_another_object() {
    let pki = pki();
    let file = signed(&pki, &contract());
    let number = page_content(&file).number;
    // Freed, then used again with the next generation; what refers to the old one now refers to nothing.
    let body = format!("{number} 1 obj\n<</Length 2>>\nstream\nBT\nendstream\nendobj\n");
    let table = format!("xref\n0 1\n0000000000 65535 f \n{number} 1\n{:010} 00001 n \n", file.len());
    let trailer = {
        let document = Document::open(&file).unwrap();
        let mut trailer = document.latest().trailer().clone();
        trailer.set("Prev", Object::Integer(i64::try_from(last_section(&file)).unwrap()));
        String::from_utf8(Object::from(trailer).to_bytes()).unwrap()
    };
    let section = file.len() + body.len();
    let again = [
        file.as_slice(),
        body.as_bytes(),
        format!("{table}trailer\n{trailer}\nstartxref\n{section}\n%%EOF\n").as_bytes(),
    ]
    .concat();
    let report = verify(&pki, &again);
    assert_ne!(indications(&report), [Indication::TotalPassed], "{report}");
}

#[test]
fn bytes_before_the_header_are_told_and_never_added() {
    let pki = pki();
    let junk = [b"junk before\n".as_slice(), &contract()].concat();
    let alice = pki.signer("Alice", KeyKind::P256);
    assert!(matches!(PdfSigner::new(&alice, now()).sign(&junk).err(), Some(PadesError::Ambiguous(_))));
    let report = verify(&pki, &signed_all_the_same(&pki, &junk));
    assert_passed(&report, 1);
    assert!(kinds(&report).contains(&"unusual-structure"), "{report}");
    // After signing, all that was signed has moved.
    let file = [b"junk before\n".as_slice(), &signed(&pki, &contract())].concat();
    let policy = support::policy(&pki, chancery_chain::RevocationPolicy::NotChecked);
    let report = PdfVerifier::new(&policy).verify_at(&file, now());
    assert!(report.is_ok_and(|report| report.indication() == Some(Indication::TotalFailed)));
}

#[test]
fn another_encryption_or_identifier_afterwards_is_noticed() {
    let pki = pki();
    let identifier =
        |digit: &str| Object::parse(format!("[<{0}><{0}>]", digit.repeat(32)).as_bytes()).unwrap().0;
    let named = with_trailer(&contract(), |trailer| trailer.set("ID", identifier("1")));
    let file = signed(&pki, &named);
    let same = with_trailer(&file, |trailer| trailer.set("ID", identifier("1")));
    assert_passed(&verify(&pki, &same), 1);
    let renamed = with_trailer(&file, |trailer| trailer.set("ID", identifier("2")));
    assert_noticed(&pki, &renamed, "identifier-changed");
    let policy = support::policy(&pki, chancery_chain::RevocationPolicy::NotChecked);
    let encrypted = with_trailer(&file, |trailer| {
        trailer.set("Encrypt", dictionary("<</Filter/Standard/V 1/R 2/O(a)/U(b)/P -4>>"));
    });
    let judged = PdfVerifier::new(&policy).verify_at(&encrypted, now());
    assert!(judged.is_err(), "it is another document now: {judged:?}");
}

/// The file with a section that lists nothing and has another trailer.
fn with_trailer(pdf: &[u8], change: impl FnOnce(&mut chancery_pdf::Dictionary)) -> Vec<u8> {
    let pdf = pdf.to_vec();
    let mut trailer = Document::open(&pdf).unwrap().latest().trailer().clone();
    trailer.set("Prev", Object::Integer(i64::try_from(last_section(&pdf)).unwrap()));
    change(&mut trailer);
    let trailer = Object::from(trailer).to_bytes();
    let start = format!("\nstartxref\n{}\n%%EOF\n", pdf.len());
    [pdf.as_slice(), b"xref\n0 1\n0000000000 65535 f \ntrailer\n", &trailer, start.as_bytes()].concat()
}

#[test]
fn a_catalog_or_form_that_says_something_twice_is_told() {
    let pki = pki();
    let twice = revised(&contract(), |document, increment| {
        let (root, mut catalog) = document.latest().catalog().unwrap();
        catalog.set("Lang", Object::Integer(1));
        let body = String::from_utf8(Object::from(catalog).to_bytes()).unwrap();
        increment.put_raw(root, body.replacen("<<", "<</Lang 2", 1).into_bytes());
    });
    let alice = pki.signer("Alice", KeyKind::P256);
    let report = verify(&pki, &{
        // Written anew by our signer, it would be mended: this one keeps the catalog, as a careless one does.
        support::by_hand(
            &support::with_field(&contract(), "<</FT/Sig/T(Here)/Type/Annot/Subtype/Widget/Rect[0 0 0 0]>>"),
            "/Type/Sig/SubFilter/ETSI.CAdES.detached",
            support::message_by(&alice),
            |document, increment, value| {
                let (root, mut catalog) = document.latest().catalog().unwrap();
                let form = catalog.get("AcroForm").and_then(Object::as_dictionary).unwrap().clone();
                let field = form.get("Fields").and_then(Object::as_array).unwrap()[0].as_reference().unwrap();
                support::edit(document, increment, field, |field| field.set("V", value));
                catalog.set("Lang", Object::Integer(1));
                let body = String::from_utf8(Object::from(catalog).to_bytes()).unwrap();
                increment.put_raw(root, body.replacen("<<", "<</Lang 2", 1).into_bytes());
            },
        )
    });
    assert!(kinds(&report).contains(&"ambiguous-structure"), "{report}");
    assert!(PdfSigner::new(&alice, now()).sign(&twice).is_err());
}

/// Pages that were in the file before it was signed, and are shown by an appended tree of pages.
#[test]
fn a_page_that_was_hidden_is_told_before_and_noticed_after() {
    let pki = pki();
    let hidden = Reference::new(800, 0);
    let prepared = revised(&contract(), |_, increment| {
        increment.put(hidden, &dictionary("<</Type/Page/MediaBox[0 0 595 842]>>").into()).unwrap();
    });
    let file = signed(&pki, &prepared);
    let report = verify(&pki, &file);
    assert_passed(&report, 1);
    assert!(kinds(&report).contains(&"page-not-shown"), "{report}");
    let shown = revised(&file, |document, increment| {
        let (_, catalog) = document.latest().catalog().unwrap();
        let pages = catalog.get("Pages").and_then(Object::as_reference).unwrap();
        support::edit(document, increment, pages, |pages| pages.set("Kids", support::list([hidden])));
    });
    let report = verify(&pki, &shown);
    assert_ne!(indications(&report), [Indication::TotalPassed], "{report}");
}

/// Readers that do not stop where the object seems to end draw more than what was signed.
#[test]
fn an_object_that_was_written_again_ends_where_it_should() {
    let pki = pki();
    let file = signed(&pki, &contract());
    let place = page_content(&file);
    let body = {
        let document = Document::open(&file).unwrap();
        let span = document.latest().object_span(place).unwrap().unwrap();
        let text = &file[usize::try_from(span.start).unwrap()..usize::try_from(span.end).unwrap()];
        let (begins, ends) = (text.windows(3).position(|word| word == b"obj").unwrap() + 3, text.len() - 6);
        text[begins..ends].trim_ascii().to_vec()
    };
    assert!(body.ends_with(b"endstream"));
    let again = |more: &str| {
        let body = [body.as_slice(), more.as_bytes()].concat();
        revised(&file, |_, increment| increment.put_raw(place, body))
    };
    assert_passed(&verify(&pki, &again("")), 1);
    for more in ["\n1 g 0 0 595 842 re f\nendstream", "\nendstream", " 1 g"] {
        assert_noticed(&pki, &again(more), "object-end-missing");
    }
    let report = verify(&pki, &again("x 1 g 0 0 595 842 re f\nendstream"));
    assert_ne!(indications(&report), [Indication::TotalPassed], "{report}");
}

/// What is not below `/Size` is not there for readers that follow the standard.
#[test]
fn a_size_that_leaves_objects_out_is_noticed() {
    let pki = pki();
    let file = signed(&pki, &contract());
    let size = i64::from(Document::open(&file).unwrap().latest().next_number());
    let sized = |size: i64| with_trailer(&file, |trailer| trailer.set("Size", size));
    for enough in [size, size + 1] {
        assert_passed(&verify(&pki, &sized(enough)), 1);
    }
    for little in [0, 1, 4, size - 1] {
        assert_noticed(&pki, &sized(little), "size-lowered");
    }
    let beyond = revised(&file, |_, increment| {
        increment.put(Reference::new(900, 0), &dictionary("<<>>").into()).unwrap();
    });
    let at = beyond.windows(9).rposition(|window| window == b"/Size 901").unwrap();
    let mut left_out = beyond.clone();
    left_out[at..at + 9].copy_from_slice(b"/Size 900");
    assert_noticed(&pki, &left_out, "object-beyond-size");
    assert!(!kinds(&verify(&pki, &beyond)).contains(&"object-beyond-size"));
}

/// In what nobody signed, nothing has a place that the cross-reference does not list: it is there for a reader that repairs.
#[test]
fn what_is_listed_nowhere_after_the_signed_bytes_is_noticed() {
    let pki = pki();
    let file = signed(&pki, &contract());
    let number = page_content(&file).number;
    let hiding = |hidden: &str| support::with_empty_section(&file, hidden.as_bytes());
    assert_passed(&verify(&pki, &hiding("")), 1);
    let crowd = "900 0 obj null endobj\n".repeat(20);
    for hidden in ["900 0 obj\n<<>>\nendobj\n", "%900 0 obj\n", &crowd] {
        assert_noticed(&pki, &hiding(hidden), "object-not-listed");
    }
    let second = format!("{number} 0 obj\n<</Length 2>>\nstream\nBT\nendstream\nendobj\n");
    for hidden in [second.clone(), crowd + &second] {
        assert_noticed(&pki, &hiding(&hidden), "object-defined-twice");
        // Also where somebody signs over it: for who signed before, it is as if a stranger had written it.
        let both = signed_all_the_same(&pki, &hiding(&hidden));
        let report = verify(&pki, &both);
        assert_eq!(indications(&report)[0], Indication::Indeterminate, "{report}");
    }
}

/// A careless second definition in the signed bytes is only told. It must not come back: an appended section that readers
/// repair makes them look for objects.
#[test]
fn a_section_that_readers_repair_is_noticed_after_the_signed_bytes() {
    let pki = pki();
    let number = page_content(&contract()).number;
    let hidden = format!("{number} 0 obj\n<</Length 2>>\nstream\nBT\nendstream\nendobj\n");
    let file = signed(&pki, &with_hidden(&contract(), &hidden));
    let odd = |from: &str, to: &str| {
        let appended = support::with_empty_section(&file, b"");
        let tail = String::from_utf8(appended[file.len()..].to_vec()).unwrap();
        assert!(tail.contains(from), "{tail}");
        [file.as_slice(), tail.replacen(from, to, 1).as_bytes()].concat()
    };
    let entry = "0000000000 65535 f \n";
    let report = verify(&pki, &odd(entry, entry));
    assert_passed(&report, 1);
    assert!(kinds(&report).contains(&"object-defined-twice"), "{report}");
    for (from, to) in [
        (entry, "0000000000 65535 f\n".to_owned()),
        ("trailer", format!("8388700 1\n{entry}trailer")),
        ("xref", "\nxref".to_owned()),
    ] {
        assert_noticed(&pki, &odd(from, &to), "unusual-structure");
    }
}

/// One number twice in a stream of objects, of which the second is the page that was signed.
#[test]
fn an_object_stream_that_says_two_things_is_noticed() {
    let pki = pki();
    let sample = support::shapes().into_iter().find(|(name, _)| *name == "object streams").unwrap().1;
    let file = signed(&pki, &sample);
    let document = Document::open(&file).unwrap();
    let view = document.latest();
    let (place, page) = view.page(0).unwrap();
    let page = String::from_utf8(Object::from(page).to_bytes()).unwrap();
    let (stream, own) = (view.next_number(), view.next_number() + 1);
    let other = format!("{:1$}", "<</Type/Page/MediaBox[0 0 9 9]>>", 40);
    let appended = |first: u32| {
        let header = format!("{first} 0 {} 40 ", place.number);
        let held = format!("{header}{other}{page}");
        let object = format!(
            "{stream} 0 obj\n<</Type/ObjStm/N 2/First {}/Length {}>>\nstream\n{held}\nendstream\nendobj\n",
            header.len(),
            held.len()
        );
        let start = file.len() + object.len();
        let row = |kind: u8, second: usize, third: u8| {
            [&[kind][..], &u32::try_from(second).unwrap().to_be_bytes(), &[third]].concat()
        };
        let rows = [row(2, usize::try_from(stream).unwrap(), 1), row(1, file.len(), 0), row(1, start, 0)];
        let mut trailer = view.trailer().clone();
        for (key, value) in [("Prev", last_section(&file).to_string()), ("Size", (own + 1).to_string())] {
            trailer.set(key, Object::parse(value.as_bytes()).unwrap().0);
        }
        for key in ["Filter", "DecodeParms"] {
            trailer.remove(key);
        }
        trailer.set("W", Object::parse(b"[1 4 1]").unwrap().0);
        trailer.set("Index", Object::parse(format!("[{} 1 {stream} 2]", place.number).as_bytes()).unwrap().0);
        trailer.set("Length", Object::Integer(18));
        let trailer = Object::from(trailer).to_bytes();
        let section = [format!("{own} 0 obj\n").as_bytes(), &trailer, b"\nstream\n", &rows.concat()].concat();
        let end = format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n");
        [file.as_slice(), object.as_bytes(), &section, end.as_bytes()].concat()
    };
    assert_noticed(&pki, &appended(place.number), "ambiguous-structure");
    let apart = verify(&pki, &appended(own + 1));
    assert!(!kinds(&apart).contains(&"ambiguous-structure"), "{apart}");
}

/// What can show something else without a byte being changed is told; a document without it is quiet.
#[test]
fn content_that_changes_by_itself_is_told() {
    let pki = pki();
    let quiet = verify(&pki, &signed(&pki, &contract()));
    let warnings = quiet.all_findings().filter(|finding| finding.severity > Severity::Information);
    assert_eq!(warnings.count(), 0, "{quiet}");

    let in_catalog = |key: &'static str, value: &str| {
        let value = value.to_owned();
        revised(&contract(), move |document, increment| {
            let layer = increment.allocate();
            increment.put(layer, &dictionary("<</Type/OCG/Name(Price)>>").into()).unwrap();
            let value = value.replace("{layer}", &format!("{} 0 R", layer.number));
            edit_catalog(document, increment, |catalog| {
                catalog.set(key, Object::parse(value.as_bytes()).unwrap().0);
            });
        })
    };
    let with = |object: Object| {
        revised(&contract(), |_, increment| {
            let place = increment.allocate();
            increment.put(place, &object).unwrap();
        })
    };
    let beside = |object: &str| with(dictionary(object).into());
    let of_stream = |entries: &str| with(stream(entries, b""));
    let cases = [
        ("hidden-layers", in_catalog("OCProperties", "<</OCGs[{layer}]/D<</OFF[{layer}]>>>>")),
        ("hidden-layers", in_catalog("OCProperties", "<</OCGs[{layer}]/D<</BaseState/OFF>>>>")),
        (
            "hidden-layers",
            in_catalog(
                "OCProperties",
                "<</OCGs[{layer}]/D<</AS[<</Event/Print/OCGs[{layer}]/Category[/Print]>>]>>>>",
            ),
        ),
        ("javascript", in_catalog("OpenAction", "<</S/JavaScript/JS(app.alert\\(1\\))>>")),
        ("javascript", in_catalog("AA", "<</WP<</S/Rendition/JS(this.x)>>>>")),
        ("javascript", in_catalog("Names", "<</JavaScript<</Names[]>>>>")),
        ("changing-action", in_catalog("AA", "<</WP<</S/Hide/T(price)/H false>>>>")),
        ("changing-action", in_catalog("OpenAction", "<</S/SetOCGState/State[/ON {layer}]>>")),
        ("changing-action", in_catalog("AA", "<</DS[<</S/ImportData/F(other.fdf)>>]>>")),
        ("hidden-layers", in_catalog("OCProperties", "<</OCGs[{layer}]/D<<>>/Configs[<</OFF[{layer}]>>]>>")),
        ("hidden-layers", beside("<</Type/OCMD/OCGs 1 0 R/P/AllOff>>")),
        ("hidden-layers", beside("<</Type/OCMD/OCGs 1 0 R/P/AnyOff>>")),
        ("hidden-layers", beside("<</Type/OCMD/VE[/And[/Not 1 0 R]]>>")),
        ("printed-only", beside("<</Type/Annot/Subtype/Stamp/F 36/Rect[0 0 595 842]>>")),
        ("moving-content", beside("<</Type/Annot/Subtype/RichMedia/Rect[0 0 5 5]>>")),
        ("javascript", beside(&format!("{}<</S/JavaScript>>{}", "<</Next".repeat(40), ">>".repeat(40)))),
        ("javascript", beside(&format!("{}<</S/JavaScript>>{}", "<</Next".repeat(60), ">>".repeat(60)))),
        ("page-not-shown", beside("<</MediaBox[0 0 595 842]/Contents 1 0 R>>")),
        ("external-page", of_stream("<</Type/XObject/Subtype/Form/Ref<</F(other.pdf)/Page 0>>>>")),
        (
            "alternate-image",
            of_stream("<</Subtype/Image/Alternates[<</Image 1 0 R/DefaultForPrinting true>>]>>"),
        ),
        ("xfa-form", in_catalog("AcroForm", "<</Fields[]/XFA(a)>>")),
        (
            "external-stream",
            revised(&contract(), |document, increment| {
                let place = increment.allocate();
                increment.put(place, &stream("<</F(other.txt)/FFilter/FlateDecode>>", b"")).unwrap();
                edit_page(document, increment, |page| page.set("Contents", place));
            }),
        ),
    ];
    for (kind, file) in cases {
        let report = verify(&pki, &signed(&pki, &file));
        assert_passed(&report, 1);
        let told = report.findings().iter().filter(|finding| finding.severity == Severity::Warning);
        assert!(told.map(|finding| finding.kind).any(|told| told == kind), "{kind}: {report}");
    }
    let shown = in_catalog("OCProperties", "<</OCGs[{layer}]/D<</ON[{layer}]/Order[]>>>>");
    let report = verify(&pki, &signed(&pki, &shown));
    assert!(!kinds(&report).contains(&"hidden-layers"), "{report}");
    // What looks alike and is harmless.
    for object in [
        "<</Type/OCMD/OCGs 1 0 R/P/AnyOn>>",
        "<</Type/OCMD/VE[/And 1 0 R]>>",
        "<</Type/Annot/Subtype/Stamp/F 4/Rect[0 0 5 5]>>",
        "<</Type/Annot/Contents(a)/Rect[0 0 5 5]>>",
        "<</S/GoTo/D[1 0 R/Fit]>>",
        "<</Type/StructElem/S/P/Ref[1 0 R]>>",
    ] {
        let report = verify(&pki, &signed(&pki, &beside(object)));
        let warned = report.all_findings().any(|finding| finding.severity > Severity::Information);
        assert!(!warned, "{object}: {report}");
    }
}

#[test]
fn who_signed_before_is_not_forgotten() {
    let pki = pki();
    let alice = signed(&pki, &contract());
    let without_form = revised(&alice, |document, increment| {
        let (root, mut catalog) = document.latest().catalog().unwrap();
        catalog.remove("AcroForm");
        increment.put(root, &catalog.into()).unwrap();
    });
    let bob = pki.signer("Bob", KeyKind::P256);
    let again = PdfSigner::new(&bob, now()).sign(&without_form).unwrap().to_vec().unwrap();
    let report = verify(&pki, &again);
    let removed = report.findings().iter().find(|finding| finding.kind == "signature-removed").unwrap();
    assert!(removed.severity == Severity::Warning && removed.text.contains("Signature1"), "{report}");
    assert_eq!(removed.place, Some(chancery_ades::Place::Revision(2)));
    // Nor is who signed before the form could not be made out, or whose signature was written over.
    let broken = revised(&alice, |document, increment| {
        let (root, _) = document.latest().catalog().unwrap();
        increment.put(root, &Object::Array(Vec::new())).unwrap();
    });
    let mended = revised(&broken, |_, increment| {
        let document = Document::open(&alice).unwrap();
        let (root, mut catalog) = document.latest().catalog().unwrap();
        catalog.remove("AcroForm");
        increment.put(root, &catalog.into()).unwrap();
    });
    let again = PdfSigner::new(&bob, now()).sign(&mended).unwrap().to_vec().unwrap();
    assert!(kinds(&verify(&pki, &again)).contains(&"signature-removed"));
    // A further signature takes none out.
    let further = PdfSigner::new(&bob, now()).sign(&alice).unwrap().to_vec().unwrap();
    assert!(!kinds(&verify(&pki, &further)).contains(&"signature-removed"));
}
