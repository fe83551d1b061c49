//! Object streams that hold a second definition of what the cross-reference looks for elsewhere: readers that rebuild a file
//! take it from there. Each file is put together from a sound one, and passes without the oddity.
#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

mod support;

use chancery_ades::Indication;
use chancery_key::KeyKind;
use chancery_pdf::{Document, Increment, Object, Stream};
use chancery_testkit::TestPki;
use chancery_testkit::pdf::{CrossReference, SamplePdf};
use support::{
    assert_noticed, assert_passed, by_hand, contract, dictionary, indications, kinds, message_by, pki,
    put_widget, revised, signed, verify, with_empty_section,
};

/// The data of an object stream that holds empty dictionaries under these numbers, and its entries but `/Type`.
fn holding(numbers: &[u32]) -> (String, Vec<u8>) {
    let header: String =
        numbers.iter().enumerate().map(|(at, number)| format!("{number} {} ", at * 5)).collect();
    let data = format!("{header}{}", "<<>> ".repeat(numbers.len()));
    (format!("/N {}/First {}", numbers.len(), header.len()), data.into_bytes())
}

fn object_stream(entries: &str, numbers: &[u32]) -> Object {
    let (counts, data) = holding(numbers);
    Stream::compressed(dictionary(&format!("<<{entries}{counts}>>")), data).into()
}

/// The same as it stands in a file, from its header on.
fn written(number: u32, numbers: &[u32]) -> String {
    let (counts, data) = holding(numbers);
    let text = String::from_utf8(data).unwrap();
    format!("{number} 0 obj\n<</Type/ObjStm{counts}/Length {}>>\nstream\n{text}\nendstream", text.len())
}

/// Signed in a revision to which `add` adds what it wants; it is told the number of the new field.
fn signed_with(pki: &TestPki, pdf: &[u8], add: impl FnOnce(&mut Increment<'_>, u32)) -> Vec<u8> {
    let alice = pki.signer("Alice", KeyKind::P256);
    by_hand(
        &pdf,
        "/Type/Sig/SubFilter/ETSI.CAdES.detached",
        message_by(&alice),
        |document, increment, value| {
            let widget = increment.allocate();
            let field = format!("<</Type/Annot/Subtype/Widget/FT/Sig/T(A)/V {value}/Rect[0 0 0 0]>>");
            put_widget(document, increment, widget, &field);
            add(increment, widget.number);
        },
    )
}

fn page(pdf: &[u8]) -> u32 {
    let pdf = pdf.to_vec();
    let document = Document::open(&pdf).unwrap();
    document.latest().page(0).unwrap().0.number
}

fn sample(kind: CrossReference) -> Vec<u8> {
    SamplePdf::new().extra_objects(3).cross_reference(kind).to_bytes()
}

#[test]
fn a_stream_to_which_no_entry_leads_holds_nothing_that_stands_elsewhere() {
    let pki = pki();
    for file in [contract(), sample(CrossReference::Stream), sample(CrossReference::ObjectStreams)] {
        let page = page(&file);
        let with = |object: Object| {
            signed_with(&pki, &file, |increment, _| {
                let place = increment.allocate();
                increment.put(place, &object).unwrap();
            })
        };
        assert_passed(&verify(&pki, &with(object_stream("/Type/ObjStm", &[]))), 1);
        for entries in ["/Type/ObjStm", "/Type/Obj#53tm", "/Type/XObject", "/Type 1 0 R", ""] {
            let file = with(object_stream(entries, &[900, page]));
            assert_noticed(&pki, &file, "object-defined-twice");
        }
    }
}

/// Before the object that is in force, and behind it; written by the same revision, and by an older one.
#[test]
fn nor_does_one_that_is_not_listed() {
    let pki = pki();
    let file = contract();
    let page = page(&file);
    let hiding = |hidden: &dyn Fn(u32) -> String| {
        signed_with(&pki, &file, |increment, widget| {
            let place = increment.allocate();
            increment.put_raw(place, format!("<<>>{}", hidden(widget)).into_bytes());
        })
    };
    assert_passed(&verify(&pki, &hiding(&|_| String::new())), 1);
    let stands = |number: u32| format!("\nendobj\n{}", written(900, &[number]));
    assert_noticed(&pki, &hiding(&|_| stands(page)), "object-defined-twice");
    assert_noticed(&pki, &hiding(&stands), "object-defined-twice");
    // In a crowd, and in a comment.
    let crowd = |_| format!("\nendobj{}{}", "\n901 0 obj null endobj".repeat(20), stands(page));
    assert_noticed(&pki, &hiding(&crowd), "object-defined-twice");
    let comment = |_| format!("\nendobj\n%{}", written(900, &[page]));
    assert_noticed(&pki, &hiding(&comment), "object-defined-twice");
    // One that holds nothing else is only told, as an object that is not listed is.
    let report = verify(&pki, &hiding(&|_| stands(902)));
    assert_passed(&report, 1);
    assert!(kinds(&report).contains(&"object-not-listed"), "{report}");
}

#[test]
fn what_a_revision_writes_in_the_file_is_in_no_stream_of_it() {
    let pki = pki();
    let file = signed_with(&pki, &contract(), |increment, widget| {
        let place = increment.allocate();
        increment.put(place, &object_stream("/Type/ObjStm", &[widget])).unwrap();
    });
    assert_noticed(&pki, &file, "object-defined-twice");
}

/// A file of one page that is in an object stream, with these bytes between its header and its first object.
fn compressed_page(between: &str) -> Vec<u8> {
    let mut file = format!("%PDF-1.7\n{between}").into_bytes();
    let mut rows = vec![[0; 7]];
    let content = "3 0 <</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>";
    let stream =
        format!("<</Type/ObjStm/N 1/First 4/Length {}>>\nstream\n{content}\nendstream", content.len());
    let objects = [
        (1, "<</Type/Catalog/Pages 2 0 R>>"),
        (2, "<</Type/Pages/Kids[3 0 R]/Count 1>>"),
        (3, ""),
        (4, stream.as_str()),
    ];
    for (number, body) in objects {
        if body.is_empty() {
            rows.push([2, 0, 0, 0, 4, 0, 0]);
            continue;
        }
        rows.push(row(file.len()));
        file.extend_from_slice(format!("{number} 0 obj\n{body}\nendobj\n").as_bytes());
    }
    let section = file.len();
    rows.push(row(section));
    let head = "<</Type/XRef/Size 6/Root 1 0 R/W[1 4 2]/Length 42>>";
    file.extend_from_slice(format!("5 0 obj\n{head}\nstream\n").as_bytes());
    file.extend(rows.concat());
    file.extend_from_slice(format!("\nendstream\nendobj\nstartxref\n{section}\n%%EOF\n").as_bytes());
    file
}

/// The row of a cross-reference stream for an object that stands there.
fn row(offset: usize) -> [u8; 7] {
    let [one, two, three, four] = u32::try_from(offset).unwrap().to_be_bytes();
    [1, one, two, three, four, 0, 0]
}

/// What an entry looks for in a stream stands nowhere else in its revision, not before the stream either: readers that
/// rebuild a file without looking into its streams find it there.
#[test]
fn what_is_in_a_stream_does_not_stand_in_the_file() {
    let pki = pki();
    let report = |between: &str| verify(&pki, &signed(&pki, &compressed_page(between)));
    assert_passed(&report(""), 1);
    assert!(!kinds(&report("")).contains(&"object-defined-twice"));
    let report = report("3 0 obj\n<</Type/Page/Rotate 180>>\nendobj\n");
    assert_passed(&report, 1);
    assert!(kinds(&report).contains(&"object-defined-twice"), "{report}");
}

/// Some readers take as much from it as they can.
#[test]
fn a_stream_that_cannot_be_read_leaves_it_open() {
    let pki = pki();
    let damaged = [
        "<</Type/ObjStm/N 2/First 4/Length 8>>\nstream\n4 0 <<>>\nendstream",
        "<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length 8>>\nstream\n4 0 <<>>\nendstream",
        "<</Type/ObjStm/N 1/First 4/Filter/Unknown/Length 8>>\nstream\n4 0 <<>>\nendstream",
        "<</Type/ObjStm/N 1/First 4/First 5/Length 8>>\nstream\n4 0 <<>>\nendstream",
        "<</Type/ObjStm/N 1/First 4/Length 8 . >>\nstream\n4 0 <<>>\nendstream",
    ];
    for body in damaged {
        let file = signed_with(&pki, &contract(), |increment, _| {
            let place = increment.allocate();
            increment.put_raw(place, format!("<<>>\nendobj\n900 0 obj\n{body}").into_bytes());
        });
        assert_noticed(&pki, &file, "object-stream-unreadable");
    }
    let listed = signed_with(&pki, &contract(), |increment, _| {
        let place = increment.allocate();
        increment.put_raw(place, damaged[0].as_bytes().to_vec());
    });
    assert_noticed(&pki, &listed, "object-stream-unreadable");
}

/// What careless programs left behind before is told, and passes: who signs cannot take it away.
#[test]
fn what_was_there_before_is_told() {
    let pki = pki();
    let file = contract();
    let page = page(&file);
    let before = revised(&file, |_, increment| {
        let place = increment.allocate();
        increment.put(place, &object_stream("/Type/ObjStm", &[page])).unwrap();
    });
    let file = signed(&pki, &before);
    let report = verify(&pki, &file);
    assert_passed(&report, 1);
    assert!(kinds(&report).contains(&"object-defined-twice"), "{report}");
    assert_passed(&verify(&pki, &with_empty_section(&file, b"")), 1);
    // Readers that do not find the end of the file repair it, and show what was left behind.
    assert_noticed(&pki, &[file.as_slice(), &[b'\n'; 2_000]].concat(), "object-defined-twice");
}

/// A later revision supersedes what older object streams hold: that is what revisions are for.
#[test]
fn what_older_revisions_held_is_theirs() {
    let pki = pki();
    let file = sample(CrossReference::ObjectStreams);
    let again = |file: &[u8]| {
        revised(&file, |document, increment| {
            support::edit_page(document, increment, |page| page.set("Rotate", 90));
        })
    };
    let report = verify(&pki, &signed(&pki, &again(&again(&file))));
    assert_passed(&report, 1);
    let told = ["object-defined-twice", "object-not-listed", "object-stream-unreadable"];
    assert!(!kinds(&report).iter().any(|kind| told.contains(kind)), "{report}");
}

#[test]
fn nobody_appends_a_stream_with_what_stands_elsewhere() {
    let pki = pki();
    for file in [contract(), sample(CrossReference::ObjectStreams)] {
        let file = signed(&pki, &file);
        let page = page(&file);
        let appended = |numbers: &[u32]| {
            revised(&file, |_, increment| {
                let place = increment.allocate();
                increment.put(place, &object_stream("/Type/ObjStm", numbers)).unwrap();
            })
        };
        assert_passed(&verify(&pki, &appended(&[])), 1);
        assert_noticed(&pki, &appended(&[page]), "object-defined-twice");
        // Nor one with what is not in use: a reference of the signed bytes may wait for it.
        assert_noticed(&pki, &appended(&[900]), "object-not-listed");
        // Nor one whose keys stand twice: readers take the first or the last.
        let twice = revised(&file, |_, increment| {
            let place = increment.allocate();
            let body = "<</Type/ObjStm/N 0/First 0/First 1/Length 0>>\nstream\n\nendstream";
            increment.put_raw(place, body.as_bytes().to_vec());
        });
        assert_noticed(&pki, &twice, "ambiguous-structure");
        let hidden = with_empty_section(&file, format!("{}\nendobj\n", written(900, &[page])).as_bytes());
        assert_noticed(&pki, &hidden, "object-defined-twice");
    }
}

/// A bomb is not let off, nor waited for.
#[test]
fn streams_that_nothing_leads_to_are_read_within_a_budget() {
    let pki = pki();
    let bomb = Stream::compressed(dictionary("<</Type/ObjStm/N 1/First 30000000>>"), vec![b' '; 30_000_000]);
    let file = signed_with(&pki, &contract(), |increment, _| {
        for _ in 0..4 {
            let place = increment.allocate();
            increment.put(place, &Object::from(bomb.clone())).unwrap();
        }
    });
    assert_noticed(&pki, &file, "object-stream-unreadable");
}

/// Objects that stand within each other are not read again and again to their common end.
#[test]
fn objects_within_each_other_are_read_within_a_budget() {
    let pki = pki();
    let nested: String = (1_000..21_000).map(|number| format!("{number} 0 obj <</A(")).collect();
    let file = signed_with(&pki, &contract(), |increment, _| {
        let place = increment.allocate();
        increment.put_raw(place, format!("<<>>\nendobj\n{nested}").into_bytes());
    });
    assert_ne!(indications(&verify(&pki, &file)), [Indication::TotalPassed]);
}
