//! Odd files that are honest, and files that say something in two ways: which are signed and signed again, which are
//! refused, and what an attacker would make of the same oddity.
#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

mod support;

use chancery_ades::Indication;
use chancery_key::KeyKind;
use chancery_pades::{AmbiguousFile, PadesError, PdfSigner};
use chancery_pdf::{Ambiguity, Dictionary, Document, Increment, Object, Reference};
use support::{
    assert_noticed, assert_passed, contract, dictionary, edit_catalog, edit_page, indications, kinds, now,
    pki, revised, signed, verify,
};

/// The number of an object that the document does not have and no signing will make.
const ELSEWHERE: u32 = 500;

/// The contract with a further revision, in which one object gets an entry before those it has.
fn with_entry(
    entry: &str,
    choose: impl FnOnce(&Document<'_>, &mut Increment<'_>) -> (Reference, Dictionary),
) -> Vec<u8> {
    revised(&contract(), |document, increment| {
        let (place, object) = choose(document, increment);
        let body = String::from_utf8(Object::from(object).to_bytes()).unwrap();
        increment.put_raw(place, body.replacen("<<", &format!("<<{entry}"), 1).into_bytes());
    })
}

/// A key that stands twice in the catalog, the form, or a page that gets the widget. Elsewhere it does not matter.
#[test]
fn what_says_something_twice_is_not_signed_over() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let catalog = with_entry("/AcroForm<</Fields[]>>", |document, _| {
        let (root, mut catalog) = document.latest().catalog().unwrap();
        catalog.set("AcroForm", dictionary("<</Fields[]>>"));
        (root, catalog)
    });
    let page = with_entry("/Rotate 0/Rotate 90", |document, _| document.latest().page(0).unwrap());
    let form = with_entry("/Fields[]", |document, increment| {
        let place = increment.allocate();
        edit_catalog(document, increment, |catalog| catalog.set("AcroForm", place));
        (place, dictionary("<</Fields[]>>"))
    });
    for (file, twice) in [(&catalog, "AcroForm"), (&page, "Rotate"), (&form, "Fields")] {
        let error = PdfSigner::new(&alice, now()).sign(file).err().unwrap();
        let told =
            matches!(&error, PadesError::Ambiguous(Ambiguity::KeyTwice { key, .. }) if key.ends_with(twice));
        assert!(told, "{twice}: {error:?}");
        let all_the_same = PdfSigner::new(&alice, now()).ambiguous_file(AmbiguousFile::Sign).sign(file);
        assert!(all_the_same.is_ok(), "{twice}: whoever asks for it signs");
    }
    let elsewhere = with_entry("/Kind 2", |_, increment| (increment.allocate(), dictionary("<</Kind 1>>")));
    assert_passed(&verify(&pki, &signed(&pki, &elsewhere)), 1);
}

/// Two `startxref` before one `%%EOF`: readers take the last one, so it is told, at the first signature as at the second.
/// After what was signed, it could hide something.
#[test]
fn a_second_start_is_told() {
    let pki = pki();
    let twice = |file: &[u8]| {
        let at = file.windows(9).rposition(|window| window == b"startxref").unwrap();
        [&file[..at], b"startxref\n9\n", &file[at..]].concat()
    };
    let once = signed(&pki, &twice(&contract()));
    let both = signed(&pki, &once);
    for (file, signatures) in [(&once, 1), (&both, 2)] {
        let report = verify(&pki, file);
        assert_passed(&report, signatures);
        let told = Document::open(file).unwrap().ambiguities();
        assert!(matches!(told[..], [Ambiguity::StartTwice { stated: 9, .. }]), "{told:?}");
    }
    let later = revised(&once, |document, increment| {
        edit_catalog(document, increment, |_| {});
    });
    assert_passed(&verify(&pki, &later), 1);
    let report = verify(&pki, &twice(&later));
    assert_eq!(indications(&report), [Indication::Indeterminate], "{report}");
    assert!(kinds(&report).contains(&"ambiguous-structure"), "{report}");
}

/// An entry of the trailer that no standard knows stays as it is in honest files. What it leads to is used, as by any
/// other object: an attacker does not change it, fill it in, or lead elsewhere.
#[test]
fn what_the_trailer_leads_to_stays_as_it_is() {
    let pki = pki();
    let leading = |number: u32| {
        let original = revised(&contract(), |_, increment| {
            increment.put(Reference::new(ELSEWHERE, 0), &dictionary("<</Producer(a)>>").into()).unwrap();
            increment.set_trailer("QTest", Object::Reference(Reference::new(number, 0)));
        });
        signed(&pki, &original)
    };
    let file = leading(ELSEWHERE);
    assert_passed(&verify(&pki, &signed(&pki, &file)), 2);
    let informed = |file: &Vec<u8>, number: u32| {
        revised(file, |_, increment| {
            let place = Reference::new(number, 0);
            increment.put(place, &dictionary("<</Producer(b)>>").into()).unwrap();
            increment.set_trailer("Info", Object::Reference(place));
        })
    };
    assert_passed(&verify(&pki, &informed(&file, ELSEWHERE + 100)), 1);
    assert_noticed(&pki, &informed(&file, ELSEWHERE), "object-changed");
    assert_noticed(&pki, &informed(&leading(ELSEWHERE + 100), ELSEWHERE + 100), "dangling-reference-filled");
    let elsewhere = |key: &[u8]| {
        revised(&file, |document, increment| {
            let (page, _) = document.latest().page(0).unwrap();
            increment.set_trailer(chancery_pdf::Name::new(key), Object::Reference(page));
        })
    };
    for key in [&b"QTest"[..], b"Another", b"\xff"] {
        assert_noticed(&pki, &elsewhere(key), "trailer-entry");
    }
}

/// Some pages do not call themselves pages. They may get the widget of a signature all the same, and nothing else; and
/// what is no kid of a node of the tree of pages may not.
#[test]
fn a_page_is_one_by_its_place() {
    let pki = pki();
    let nameless = |entries: &str| {
        let original = revised(&contract(), |document, increment| {
            edit_page(document, increment, |page| {
                page.remove("Type");
            });
            let (place, _) = document.latest().page(0).unwrap();
            let entries = entries.replace("{page}", &format!("{} 0 R", place.number));
            increment.put(Reference::new(ELSEWHERE, 0), &dictionary(&entries).into()).unwrap();
        });
        signed(&pki, &original)
    };
    let page = nameless("<<>>");
    assert_passed(&verify(&pki, &signed(&pki, &page)), 2);
    let turned = |document: &Document<'_>, increment: &mut Increment<'_>| {
        edit_page(document, increment, |page| page.set("Rotate", 90_i64));
    };
    assert_noticed(&pki, &revised(&page, turned), "page-changed");
    // Also the kid of a field, so that its /Annots could be anything.
    let both = nameless("<</T(Group)/Kids[{page}]>>");
    let report = verify(&pki, &signed(&pki, &both));
    assert_eq!(indications(&report), [Indication::Indeterminate, Indication::TotalPassed], "{report}");
    assert!(kinds(&report).contains(&"object-changed"), "{report}");
}
