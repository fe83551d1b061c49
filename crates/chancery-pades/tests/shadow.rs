//! Attacks by what later revisions say of a signed document: passed off as long-term data, metadata, containers or
//! empty fields, or laid out beforehand in a document that the attacker has signed. Each begins with a control that
//! passes, so that only the attack can be what is noticed.
#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

mod support;

use chancery_ades::Indication;
use chancery_cms::Preparation;
use chancery_digest::{AnyDigest, Digest, DigestAlgorithm, LegacyDigest, Source};
use chancery_key::{KeyKind, Signer};
use chancery_pades::{AmbiguousFile, PdfSigner};
use chancery_pdf::{Document, Entry, Object, Reference};
use chancery_testkit::TestPki;
use chancery_testkit::pdf::{CrossReference, SamplePdf};
use chancery_timestamp::respond::Responder;
use chancery_timestamp::{CertificateRequest, Imprint, TimestampInfo};
use support::{
    assert_noticed, assert_passed, contract, dictionary, edit, edit_catalog, edit_page, indications, kinds,
    last_section, list, now, pki, put_widget, revised, signed, signed_by, signed_by_hand, stream, table,
    verify, with_empty_section, with_section, with_widget,
};

/// What an attacker would like the page to show.
const DRAWN: &[u8] = b"BT /F1 24 Tf 72 600 Td (9000 euro a month) Tj ET";

/// The number of an object that the document does not have and no signing will make.
const ELSEWHERE: u32 = 500;

fn contents(document: &Document<'_>) -> Reference {
    document.latest().page(0).unwrap().1.get("Contents").and_then(Object::as_reference).unwrap()
}

/// The file whose first page shows what is in another object too.
fn shows_also(pdf: &dyn Source, number: u32) -> Vec<u8> {
    revised(pdf, |document, increment| {
        let both = list([contents(document), Reference::new(number, 0)]);
        edit_page(document, increment, |page| page.set("Contents", both));
    })
}

/// The first page shows something else.
fn with_other_contents(pdf: &dyn Source) -> Vec<u8> {
    revised(pdf, |document, increment| {
        increment.put(contents(document), &stream("<<>>", DRAWN)).unwrap();
    })
}

/// The attacker adds long-term data that lead to the page, and in the next revision replaces what they lead to.
#[test]
fn what_long_term_data_lead_to_is_not_long_term_data() {
    let pki = pki();
    let signed = signed(&pki, &contract());
    let stored = |entries: &dyn Fn(&Document<'_>) -> String| {
        revised(&signed, |document, increment| {
            let place = increment.allocate();
            increment.put(place, &stream(&entries(document), &pki.crl())).unwrap();
            let store = dictionary(&format!("<</CRLs[{} 0 R]>>", place.number));
            edit_catalog(document, increment, |catalog| catalog.set("DSS", store));
        })
    };
    let honest = stored(&|_| "<<>>".into());
    assert_passed(&verify(&pki, &honest), 1);
    assert_noticed(&pki, &with_other_contents(&honest), "page-content-replaced");

    let leading = stored(&|document| format!("<</X {} 0 R>>", document.latest().page(0).unwrap().0.number));
    assert_noticed(&pki, &leading, "long-term-data-malformed");
    assert_noticed(&pki, &with_other_contents(&leading), "page-content-replaced");
}

/// The attacker lists a stream of the form (XFA) or of the page as a certificate, and then replaces it.
#[test]
fn a_stream_of_the_document_does_not_become_long_term_data() {
    let pki = pki();
    let mut form = None;
    let original = revised(&contract(), |document, increment| {
        let place = increment.allocate();
        increment.put(place, &stream("<<>>", b"<xdp>10</xdp>")).unwrap();
        let entries = dictionary(&format!("<</Fields[]/XFA {} 0 R>>", place.number));
        edit_catalog(document, increment, |catalog| catalog.set("AcroForm", entries));
        form = Some(place);
    });
    let signed = signed(&pki, &original);
    assert_passed(&verify(&pki, &signed), 1);
    let page = contents(&Document::open(&signed).unwrap());
    for place in [form.unwrap(), page] {
        let listed = revised(&signed, |document, increment| {
            let store = dictionary(&format!("<</Certs[{} 0 R]>>", place.number));
            edit_catalog(document, increment, |catalog| catalog.set("DSS", store));
        });
        let replaced = revised(&listed, |_, increment| increment.put(place, &stream("<<>>", DRAWN)).unwrap());
        assert_noticed(&pki, &replaced, "object-changed");
    }
}

/// The signed page shows an object that is missing, and the attacker supplies it as a container or as cross-references.
#[test]
fn a_container_is_judged_by_what_uses_it() {
    let pki = pki();
    let signed = signed(&pki, &shows_also(&contract(), ELSEWHERE));
    assert_passed(&verify(&pki, &signed), 1);
    let supplied = [
        stream("<</Type/ObjStm/N 0/First 0>>", DRAWN),
        stream("<</Type/XRef>>", DRAWN),
        dictionary("<</Type/XRef/Subtype/Stamp/Rect[0 0 595 842]>>").into(),
        dictionary("<</Type/ObjStm/Subtype/Stamp/Rect[0 0 595 842]>>").into(),
    ];
    for object in supplied {
        let file = revised(&signed, |_, increment| {
            increment.put(Reference::new(ELSEWHERE, 0), &object).unwrap();
        });
        assert_noticed(&pki, &file, "dangling-reference-filled");
    }
}

/// The signed cross-references promise what the page shows in an object stream, which the attacker supplies.
#[test]
fn an_object_stream_that_was_promised_is_not_supplied() {
    let pki = pki();
    let promised = SamplePdf::new().cross_reference(CrossReference::Stream).to_bytes();
    let promised = promising(&shows_also(&promised, ELSEWHERE), ELSEWHERE, ELSEWHERE + 1);
    let signed = signed(&pki, &promised);
    assert_passed(&verify(&pki, &signed), 1);
    let supplied = revised(&signed, |document, increment| {
        let page = document.latest().page(0).unwrap().1;
        let shown = page.get("Contents").and_then(Object::as_array).unwrap()[0].as_reference().unwrap();
        let inside = format!("{ELSEWHERE} 0 [{} 0 R]", shown.number);
        let first = format!("{ELSEWHERE} 0 ").len();
        let entries = format!("<</Type/ObjStm/N 1/First {first}>>");
        increment.put(Reference::new(ELSEWHERE + 1, 0), &stream(&entries, inside.as_bytes())).unwrap();
    });
    assert_noticed(&pki, &supplied, "page-content-replaced");
}

/// The file with a cross-reference stream that has an object in an object stream.
fn promising(pdf: &[u8], number: u32, container: u32) -> Vec<u8> {
    let document = Document::open(&pdf).unwrap();
    let mut trailer = document.latest().trailer().clone();
    let own = container + 1;
    let row =
        |kind: u8, place: usize| [&[kind][..], &u32::try_from(place).unwrap().to_be_bytes(), &[0]].concat();
    let rows = [row(2, container.try_into().unwrap()), row(1, pdf.len())].concat();
    for key in ["Filter", "DecodeParms"] {
        trailer.remove(key);
    }
    trailer.set("W", dictionary("<</W[1 4 1]>>").get("W").unwrap().clone());
    let index = format!("<</Index[{number} 1 {own} 1]>>");
    trailer.set("Index", dictionary(&index).get("Index").unwrap().clone());
    trailer.set("Size", Object::Integer((own + 1).into()));
    trailer.set("Prev", Object::Integer(last_section(&pdf).try_into().unwrap()));
    trailer.set("Length", Object::Integer(rows.len().try_into().unwrap()));
    let trailer = Object::from(trailer).to_bytes();
    [
        pdf,
        format!("{own} 0 obj\n").as_bytes(),
        &trailer,
        b"\nstream\n",
        &rows,
        format!("\nendstream\nendobj\nstartxref\n{}\n%%EOF\n", pdf.len()).as_bytes(),
    ]
    .concat()
}

/// The signed cross-references have an object just after the signed bytes, where the attacker appends it.
#[test]
fn an_entry_past_the_end_is_not_filled() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let shown = shows_also(&contract(), ELSEWHERE);
    let pointing =
        |offset| signed_by(&alice, &with_section(&shown, b"", &[(ELSEWHERE, offset)], last_section(&shown)));
    let end = pointing(9_999_999_999).len();
    let signed = pointing(end);
    assert_eq!(signed.len(), end);
    assert_passed(&verify(&pki, &signed), 1);
    let object = [
        format!("{ELSEWHERE} 0 obj\n<</Length {}>>\nstream\n", DRAWN.len()).as_bytes(),
        DRAWN,
        b"\nendstream\nendobj\n",
    ]
    .concat();
    assert_noticed(&pki, &with_empty_section(&signed, &object), "dangling-reference-filled");
}

/// A stream of the signed page is as long as the file and more, and the attacker appends the rest of it.
#[test]
fn a_stream_past_the_end_is_not_continued() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let open = b"% the beginning\n";
    let running = |length: usize| {
        let shown = shows_also(&contract(), ELSEWHERE);
        let original = revised(&shown, |_, increment| {
            let body = [format!("<</Length {length:08}>>\nstream\n").as_bytes(), open].concat();
            increment.put_raw(Reference::new(ELSEWHERE, 0), body);
        });
        signed_by(&alice, &original)
    };
    let probe = running(99_999_999);
    let begins = probe.windows(open.len()).position(|window| window == open).unwrap();
    let signed = running(probe.len() + DRAWN.len() - begins);
    assert_eq!(signed.len(), probe.len());
    assert_passed(&verify(&pki, &signed), 1);
    let continued = with_empty_section(&signed, &[DRAWN, b"\nendstream\nendobj\n"].concat());
    assert_noticed(&pki, &continued, "object-unreadable");
}

/// Behind the `%%EOF` of the signed document hides a section with another page; the attacker's revision leads there.
#[test]
fn a_section_hidden_behind_the_end_is_not_the_signed_revision() {
    let pki = pki();
    let original = revised(&contract(), |document, increment| {
        let other = [
            format!("\n{} 0 obj\n<</Length {}>>\nstream\n", contents(document).number, DRAWN.len())
                .as_bytes(),
            DRAWN,
            b"\nendstream\nendobj\n",
        ]
        .concat();
        increment.put(Reference::new(ELSEWHERE, 0), &stream("<<>>", &other)).unwrap();
    });
    let alice = pki.signer("Alice", KeyKind::P256);
    let sign = |pdf: &dyn Source| {
        let signer = PdfSigner::new(&alice, now()).ambiguous_file(AmbiguousFile::Sign);
        signer.sign(pdf).unwrap().to_vec().unwrap()
    };
    let numbers = 1..Document::open(&sign(&original)).unwrap().latest().next_number();
    let hiding = |rows: &[(u32, usize)]| {
        [original.as_slice(), &table(&original, rows, last_section(&original))].concat()
    };
    // Signed once to see where everything will stand, and again with that in the hidden section.
    let probe = sign(&hiding(&numbers.clone().map(|number| (number, 1)).collect::<Vec<_>>()));
    let document = Document::open(&probe).unwrap();
    let shown = contents(&document).number;
    let hidden = format!("\n{shown} 0 obj\n");
    let hidden = probe.windows(hidden.len()).rposition(|window| window == hidden.as_bytes()).unwrap() + 1;
    let place = |number| match document.latest().entry(number).unwrap() {
        _ if number == shown => (number, hidden),
        Some(Entry::InFile { offset, .. }) => (number, usize::try_from(offset).unwrap()),
        _ => (number, 1),
    };
    let signed = sign(&hiding(&numbers.map(place).collect::<Vec<_>>()));
    assert_eq!(signed.len(), probe.len());
    let before = verify(&pki, &signed);
    assert!(!kinds(&before).contains(&"revision-redefined"), "{before}");
    let section = u64::try_from(original.len()).unwrap();
    let led = with_section(&signed, b"", &[], section);
    assert_noticed(&pki, &led, "revision-redefined");
    assert_eq!(indications(&verify(&pki, &led)), [Indication::TotalFailed]);
}

/// The attacker says that the dictionary of the layers is metadata, and shows another layer.
#[test]
fn metadata_are_nothing_else_besides() {
    let pki = pki();
    let layers =
        |shown: &str, kind: &str| dictionary(&format!("<<{kind}/OCGs[501 0 R]/D<</{shown}[501 0 R]>>>>"));
    let place = Reference::new(ELSEWHERE, 0);
    let original = revised(&contract(), |document, increment| {
        increment.put(Reference::new(501, 0), &dictionary("<</Type/OCG/Name(rent)>>").into()).unwrap();
        increment.put(place, &layers("OFF", "").into()).unwrap();
        edit_catalog(document, increment, |catalog| catalog.set("OCProperties", Object::Reference(place)));
    });
    let signed = signed(&pki, &original);
    let described = |place: Reference, metadata: Object| {
        revised(&signed, |document, increment| {
            increment.put(place, &metadata).unwrap();
            edit_catalog(document, increment, |catalog| catalog.set("Metadata", Object::Reference(place)));
        })
    };
    let honest = described(Reference::new(600, 0), stream("<</Type/Metadata/Subtype/XML>>", b"<x/>"));
    let report = verify(&pki, &honest);
    assert_passed(&report, 1);
    assert!(kinds(&report).contains(&"metadata-changed"), "{report}");

    let entries = layers("ON", "/Type/Metadata/Subtype/XML");
    let as_stream = stream("<</Type/Metadata/Subtype/XML/OCGs[501 0 R]/D<</ON[501 0 R]>>>>", b"<x/>");
    for metadata in [entries.into(), as_stream] {
        assert_noticed(&pki, &described(place, metadata), "layers-changed");
    }
}

/// The attacker lays something over the page and calls it a signature field that nobody signed yet.
#[test]
fn an_empty_signature_field_shows_nothing() {
    let pki = pki();
    let signed = signed(&pki, &contract());
    let field = |entries: &str| {
        let number = Document::open(&signed).unwrap().latest().next_number() + 20;
        let drawn = stream("<</Type/XObject/Subtype/Form/BBox[0 0 595 842]>>", DRAWN);
        revised(&signed, |document, increment| {
            let place = increment.allocate();
            let entries = entries.replace("{drawn}", &number.to_string());
            put_widget(
                document,
                increment,
                place,
                &format!("<</FT/Sig/T(Here)/F 4/P {{page}} 0 R{entries}>>"),
            );
            if entries.contains("/AP") {
                increment.put(Reference::new(number, 0), &drawn).unwrap();
            }
        })
    };
    let small = "/Type/Annot/Subtype/Widget/Rect[70 70 200 100]";
    for harmless in [small, "/Type/Annot/Subtype/Widget/Rect[0 0 0 0]"] {
        let report = verify(&pki, &field(harmless));
        assert_passed(&report, 1);
        assert!(kinds(&report).contains(&"signature-field-added"), "{report}");
    }
    let drawn = "/AP<</N {drawn} 0 R>>";
    let page = "/Type/Annot/Subtype/Widget/Rect[0 0 595 842]";
    for (entries, kind) in [
        (format!("{page}{drawn}"), "unsigned-appearance-added"),
        (format!("{small}{drawn}"), "unsigned-appearance-added"),
        (format!("{page}/MK<</BG[1 1 1]/CA(9000 euro)>>"), "unsigned-appearance-added"),
        // Readers are lenient about what a rectangle is.
        (format!("/Type/Annot/Subtype/Widget/Rect[0 0 595 842 0]{drawn}"), "field-added"),
        (format!("/Type/Annot/Subtype/Stamp/Rect[0 0 595 842]{drawn}"), "field-added"),
        ("/Type/Annot/Subtype/Stamp/Rect[0 0 595 842]".into(), "field-added"),
        (format!("{page}/AA<</PV<</S/JavaScript/JS(app.alert\\(1\\))>>>>"), "field-added"),
        (format!("{page}/A<</S/URI/URI(https://example.com)>>"), "field-added"),
    ] {
        assert_noticed(&pki, &field(&entries), kind);
    }
}

/// The attacker writes an entry twice, so that one reader takes the signed value and another the new one.
#[test]
fn an_entry_that_stands_twice_is_noticed() {
    let pki = pki();
    let signed = signed(&pki, &contract());
    assert_passed(&verify(&pki, &with_widget(&signed, "<</FT/Sig/T(Here)>>")), 1);
    let twice = |entry: &str, of_catalog: bool| {
        revised(&signed, |document, increment| {
            let place = increment.allocate();
            put_widget(document, increment, place, "<</FT/Sig/T(Here)>>");
            let view = document.latest();
            let (place, written) = if of_catalog { view.catalog() } else { view.page(0) }.unwrap();
            let body = String::from_utf8(Object::from(written).to_bytes()).unwrap();
            increment.put_raw(place, body.replacen("<<", &format!("<<{entry}"), 1).into_bytes());
        })
    };
    assert_noticed(&pki, &twice("/Contents 2 0 R", false), "duplicate-key");
    assert_noticed(&pki, &twice("/Pages 4 0 R", true), "duplicate-key");
    assert_noticed(&pki, &twice("/PieceInfo<</A 1/A 2>>", false), "duplicate-key");
}

/// The signed document has an object that only lenient readers can read; it shows what the attacker writes as
/// document information.
#[test]
fn nothing_is_unused_while_an_object_cannot_be_read() {
    let pki = pki();
    let with_information = |broken: bool| {
        let original = revised(&contract(), |document, increment| {
            let place = Reference::new(ELSEWHERE, 0);
            increment.put(place, &dictionary("<</Producer(a)>>").into()).unwrap();
            increment.set_trailer("Info", Object::Reference(place));
            let end = if broken { "" } else { ">>" };
            let shows = format!("<</Kept {} 0 R/Shows {ELSEWHERE} 0 R{end}", contents(document).number);
            if broken {
                increment.put_raw(Reference::new(ELSEWHERE + 1, 0), shows.into_bytes());
            }
        });
        let signed = signed(&pki, &original);
        assert_passed(&verify(&pki, &signed), 1);
        revised(&signed, |document, increment| {
            edit(document, increment, Reference::new(ELSEWHERE, 0), |information| {
                information.set("Producer", Object::String(chancery_pdf::PdfString::text("b")));
            });
        })
    };
    let report = verify(&pki, &with_information(false));
    assert_passed(&report, 1);
    assert!(kinds(&report).contains(&"metadata-changed"), "{report}");
    assert_noticed(&pki, &with_information(true), "object-unreadable");
}

/// Where the author allows timestamps only, the attacker adds somebody's signature and calls it a timestamp.
#[test]
fn a_document_timestamp_is_one_by_more_than_its_name() {
    const NO_CHANGES: &str = "/Type/Sig/SubFilter/ETSI.CAdES.detached/Reference[<</TransformMethod/DocMDP/TransformParams<</P 1>>>>]";
    const TIMESTAMP: &str = "/Type/DocTimeStamp/SubFilter/ETSI.RFC3161";
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let message = |covered: &[u8]| {
        let digest = alice.algorithm().digest().digest(covered);
        let prepared = Preparation::new(alice.chain(), alice.algorithm(), digest).prepare().unwrap();
        let value = alice.sign(prepared.to_be_signed()).unwrap();
        prepared.finish(value).unwrap().into_bytes()
    };
    let certified = signed_by_hand(&contract(), "Author", NO_CHANGES, message);
    assert_passed(&verify(&pki, &certified), 1);
    let stamped = signed_by_hand(&certified, "Stamp", TIMESTAMP, |covered| {
        timestamp(&pki, DigestAlgorithm::Sha256.digest(covered))
    });
    let report = verify(&pki, &stamped);
    assert_passed(&report, 2);
    assert!(kinds(&report).contains(&"document-timestamp-added"), "{report}");

    let pretended = "/Type/DocTimeStamp/SubFilter/ETSI.CAdES.detached";
    let signed_again = signed_by_hand(&certified, "Stamp", pretended, message);
    assert_breaks_certification(&pki, &signed_again);
    let visible = |value: &str| {
        let place = ELSEWHERE;
        revised(&certified, |document, increment| {
            increment.put(Reference::new(place, 0), &dictionary(value).into()).unwrap();
            let field = increment.allocate();
            let widget =
                format!("<</Type/Annot/Subtype/Widget/FT/Sig/T(Stamp)/Rect[0 0 595 842]/V {place} 0 R>>");
            put_widget(document, increment, field, &widget);
        })
    };
    for value in [pretended, TIMESTAMP] {
        assert_breaks_certification(&pki, &visible(&format!("<<{value}/ByteRange[0 1 2 3]/Contents<00>>>")));
    }
}

#[track_caller]
fn assert_breaks_certification(pki: &TestPki, pdf: &dyn Source) {
    let report = verify(pki, pdf);
    let author = report.signatures().iter().find(|signature| signature.name() == "Author").unwrap();
    assert_eq!(author.verdict().indication(), Indication::TotalFailed, "{report}");
    assert!(kinds(&report).contains(&"certification-broken"), "{report}");
}

/// A timestamp token of the PKI's authority over a digest.
fn timestamp<D: AnyDigest>(pki: &TestPki, digest: Digest<D>) -> Vec<u8>
where
    Imprint: From<Digest<D>>,
{
    let policy = chancery_testkit::oid::TIMESTAMP_POLICY;
    let info = TimestampInfo::new(policy, digest, &[7], now());
    Responder::new(pki.tsa(), policy).sign(&info, CertificateRequest::Include).unwrap()
}

/// The attacker has another document with the same weak digest, so a timestamp over that digest proves nothing.
#[test]
fn a_timestamp_over_a_weak_digest_proves_nothing() {
    let pki = pki();
    let stamped = |token: &dyn Fn(&[u8]) -> Vec<u8>| {
        signed_by_hand(&contract(), "Stamp", "/Type/DocTimeStamp/SubFilter/ETSI.RFC3161", token)
    };
    let strong = stamped(&|covered| timestamp(&pki, DigestAlgorithm::Sha256.digest(covered)));
    assert_passed(&verify(&pki, &strong), 1);
    for algorithm in LegacyDigest::ALL {
        let weak = stamped(&|covered| timestamp(&pki, algorithm.digest(covered)));
        assert_noticed(&pki, &weak, "weak-algorithm");
    }
}
