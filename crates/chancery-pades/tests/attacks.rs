//! Attacks on the place of a signature (pdf-insecurity.org: signature wrapping, incremental saving, universal
//! forgery), put together here and signed with a good key, so that only the structure can give them away.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_ades::{Indication, Report};
use chancery_cms::{Preparation, SignedMessage};
use chancery_digest::{AnyDigest, Source};
use chancery_key::{KeyKind, Signer, SoftwareSigner};
use chancery_pades::{PadesError, PdfSigner, PdfVerifier};
use chancery_pdf::{Document, Increment, Object};
use chancery_testkit::TestPki;
use support::{
    assert_passed, contract, dictionary, indications, kinds, now, pki, revised, signatures, verify,
};

/// A signature put together by hand, sound unless told otherwise.
struct Forgery {
    /// What stands before and after `/Contents` and its value in the signature dictionary.
    before: &'static str,
    after: &'static str,
    /// The numbers of `/ByteRange`, from those that are right.
    range: fn([i64; 4]) -> [i64; 4],
    /// What becomes of the message.
    message: fn(&SoftwareSigner, &[u8]) -> Vec<u8>,
    /// What becomes of the digits of `/Contents`.
    digits: fn(Vec<u8>) -> Vec<u8>,
    sub_filter: &'static str,
}

const ROOM: usize = 6000;
const RANGE: usize = 60;

impl Default for Forgery {
    fn default() -> Self {
        Self {
            before: "",
            after: "",
            range: |range| range,
            message: detached,
            digits: |digits| digits,
            sub_filter: "ETSI.CAdES.detached",
        }
    }
}

fn detached(signer: &SoftwareSigner, covered: &[u8]) -> Vec<u8> {
    let digest = signer.algorithm().digest().digest(covered);
    signed(signer, Preparation::new(signer.chain(), signer.algorithm(), digest))
}

fn enclosing(signer: &SoftwareSigner, covered: &[u8]) -> Vec<u8> {
    signed(signer, Preparation::enclosing(signer.chain(), signer.algorithm(), covered.to_vec()))
}

fn signed(signer: &SoftwareSigner, preparation: Preparation<'_>) -> Vec<u8> {
    let prepared = preparation.prepare().unwrap();
    let value = signer.sign(prepared.to_be_signed()).unwrap();
    prepared.finish(value).unwrap().into_bytes()
}

impl Forgery {
    /// The contract with this signature in a new field.
    fn file(&self, signer: &SoftwareSigner) -> Vec<u8> {
        let original = contract();
        let mut file = revised(&original, |document, increment| {
            let (place, widget) = (increment.allocate(), increment.allocate());
            let zeros = "0".repeat(ROOM);
            let body = format!(
                "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/{}/ByteRange[{}]{}/Contents<{zeros}>{}>>",
                self.sub_filter,
                " ".repeat(RANGE),
                self.before,
                self.after,
            );
            increment.put_raw(place, body.into_bytes());
            add_field(document, increment, widget, place.number);
        });
        let start = find(&file, format!("<{}", "0".repeat(ROOM)).as_bytes());
        let end = start + ROOM + 2;
        let number = |value: usize| i64::try_from(value).unwrap();
        let right = [0, number(start), number(end), number(file.len() - end)];
        let range = (self.range)(right);
        let text = range.map(|number| number.to_string()).join(" ");
        let place = find(&file, b"/ByteRange[") + "/ByteRange[".len();
        file[place..place + text.len()].copy_from_slice(text.as_bytes());
        let message = (self.message)(signer, &covered(&file, range));
        let mut digits: Vec<u8> =
            message.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect();
        digits = (self.digits)(digits);
        assert!(digits.len() <= ROOM, "{} digits", digits.len());
        file[start + 1..start + 1 + digits.len()].copy_from_slice(&digits);
        file
    }
}

/// The bytes of the ranges, as a careless verifier takes them.
fn covered(file: &[u8], range: [i64; 4]) -> Vec<u8> {
    let [a, b, c, d] = range.map(|number| usize::try_from(number).unwrap_or(0));
    let part = |start: usize, length: usize| file.get(start..start + length).unwrap_or_default();
    [part(a, b), part(c, d)].concat()
}

fn add_field(
    document: &Document<'_>,
    increment: &mut Increment<'_>,
    widget: chancery_pdf::Reference,
    signature: u32,
) {
    let (place, mut page) = document.latest().page(0).unwrap();
    let text = format!(
        "<</Type/Annot/Subtype/Widget/FT/Sig/T(Forged)/V {signature} 0 R/Rect[0 0 0 0]/F 132/P {} 0 R>>",
        place.number
    );
    increment.put(widget, &dictionary(&text).into()).unwrap();
    page.set("Annots", Object::Array(vec![Object::Reference(widget)]));
    increment.put(place, &page.into()).unwrap();
    let (root, mut catalog) = document.latest().catalog().unwrap();
    catalog.set("AcroForm", dictionary(&format!("<</Fields[{} 0 R]/SigFlags 3>>", widget.number)));
    increment.put(root, &catalog.into()).unwrap();
}

fn find(file: &[u8], wanted: &[u8]) -> usize {
    file.windows(wanted.len()).position(|window| window == wanted).unwrap()
}

fn alice(pki: &TestPki) -> SoftwareSigner {
    pki.signer("Alice", KeyKind::P256)
}

fn judge(forgery: &Forgery) -> Report {
    let pki = pki();
    let file = forgery.file(&alice(&pki));
    verify(&pki, &file)
}

#[track_caller]
fn assert_fails(forgery: &Forgery, kind: &str) {
    let report = judge(forgery);
    assert_eq!(indications(&report), [Indication::TotalFailed], "{report}");
    assert!(kinds(&report).contains(&kind), "{kind} is not told: {report}");
}

#[test]
fn a_forgery_that_changes_nothing_passes() {
    // Else the others would fail for another reason.
    assert_passed(&judge(&Forgery::default()), 1);
    assert_passed(
        &judge(&Forgery { before: "/Reason(why not)", after: "/Name(me)", ..Forgery::default() }),
        1,
    );
    assert_passed(&judge(&Forgery { sub_filter: "adbe.pkcs7.detached", ..Forgery::default() }), 1);
}

#[test]
fn a_gap_that_is_not_exactly_the_contents_is_refused() {
    let room_before =
        |range| Forgery { before: "/Reason(no room)", after: "/Name(Mallory)", range, ..Forgery::default() };
    let ranges: [fn([i64; 4]) -> [i64; 4]; 7] = [
        // Too wide: before, after, on both sides.
        |[a, b, c, d]| [a, b - 1, c, d],
        |[a, b, c, d]| [a, b - 20, c, d],
        |[a, b, c, d]| [a, b, c + 1, d - 1],
        |[a, b, c, d]| [a, b, c + 14, d - 14],
        |[a, b, c, d]| [a, b - 10, c + 10, d - 10],
        // Shifted.
        |[a, b, c, d]| [a, b - 9, c - 9, d + 9],
        // Too narrow: the digits are signed with the brackets, as some old programs did.
        |[a, b, c, d]| [a, b + 1, c - 1, d + 1],
    ];
    for range in ranges {
        assert_fails(&room_before(range), "gap-is-not-contents");
    }
}

#[test]
fn a_range_that_does_not_begin_at_the_beginning_is_refused() {
    assert_fails(&Forgery { range: |[_, b, c, d]| [1, b - 1, c, d], ..Forgery::default() }, "byte-range");
    assert_fails(&Forgery { range: |[_, b, c, d]| [9, b - 9, c, d], ..Forgery::default() }, "byte-range");
    assert_fails(&Forgery { range: |[_, b, c, d]| [-1, b, c, d], ..Forgery::default() }, "byte-range");
}

#[test]
fn a_range_that_does_not_lie_in_the_file_is_refused() {
    assert_fails(&Forgery { range: |[a, b, c, d]| [a, b, c, d + 1], ..Forgery::default() }, "byte-range");
    assert_fails(&Forgery { range: |[a, b, c, _]| [a, b, c, i64::MAX], ..Forgery::default() }, "byte-range");
    assert_fails(&Forgery { range: |[a, b, _, d]| [a, b, b, d], ..Forgery::default() }, "byte-range");
    assert_fails(&Forgery { range: |[a, _, c, d]| [a, c + 5, c, d], ..Forgery::default() }, "byte-range");
    assert_fails(&Forgery { range: |_| [0, 0, 0, 0], ..Forgery::default() }, "byte-range");
}

#[test]
fn a_range_that_ends_within_a_revision_is_refused() {
    assert_fails(
        &Forgery { range: |[a, b, c, d]| [a, b, c, d - 30], ..Forgery::default() },
        "byte-range-end",
    );
    assert_fails(&Forgery { range: |[a, b, c, _]| [a, b, c, 0], ..Forgery::default() }, "byte-range-end");
}

#[test]
fn a_second_contents_is_refused() {
    for (before, after) in
        [("/Contents<00>", ""), ("", "/Contents<00>"), ("", "/C#6fntents<00>"), ("", "/ByteRange[0 1 2 3]")]
    {
        assert_fails(&Forgery { before, after, ..Forgery::default() }, "duplicate-key");
    }
}

#[test]
fn content_within_the_message_is_refused() {
    assert_fails(
        &Forgery { message: |signer, _| enclosing(signer, b"short"), ..Forgery::default() },
        "content-enclosed",
    );
}

#[test]
fn two_signers_are_refused() {
    let doubled = |signer: &SoftwareSigner, covered: &[u8]| {
        // The SignerInfo once more in the same SET: the message is unwrapped and built again.
        let message = detached(signer, covered);
        twice_signed(&message)
    };
    let forgery = Forgery { message: doubled, ..Forgery::default() };
    assert_fails(&forgery, "signer-count");
}

/// Duplicates the SignerInfo of a message.
fn twice_signed(message: &[u8]) -> Vec<u8> {
    use chancery_certificate::asn1::{self, Reader, tag};
    let mut content_info = Reader::new(message).expect(tag::SEQUENCE).unwrap().reader();
    let kind = content_info.expect(tag::OBJECT_IDENTIFIER).unwrap().oid().unwrap();
    let mut explicit = content_info.expect(tag::constructed(0)).unwrap().reader();
    let mut fields = explicit.expect(tag::SEQUENCE).unwrap().reader();
    let mut parts: Vec<Vec<u8>> = Vec::new();
    while !fields.is_empty() {
        parts.push(fields.element().unwrap().raw.to_vec());
    }
    let signers = parts.pop().unwrap();
    let one = Reader::new(&signers).expect(tag::SET).unwrap().content.to_vec();
    parts.push(asn1::encode(tag::SET, &[one.clone(), one].concat()));
    let data = asn1::encode(tag::SEQUENCE, &parts.concat());
    let message = asn1::sequence(&[&asn1::oid(&kind), &asn1::encode(tag::constructed(0), &data)]);
    assert_eq!(SignedMessage::from_ber(&message).unwrap().signers().len(), 2);
    message
}

#[test]
fn an_empty_or_littered_contents_is_refused() {
    assert_fails(&Forgery { message: |_, _| Vec::new(), ..Forgery::default() }, "contents-empty");
    assert_fails(&Forgery { message: |_, _| vec![0x30, 0x80], ..Forgery::default() }, "message-unreadable");
    assert_fails(&Forgery { message: |_, _| vec![1; 40], ..Forgery::default() }, "message-unreadable");
    let littered =
        |signer: &SoftwareSigner, covered: &[u8]| [detached(signer, covered), b"\0\0boo".to_vec()].concat();
    assert_fails(&Forgery { message: littered, ..Forgery::default() }, "contents-padding");
    let spaced = |mut digits: Vec<u8>| {
        digits.insert(2, b' ');
        digits
    };
    assert_fails(&Forgery { digits: spaced, ..Forgery::default() }, "contents-not-hexadecimal");
}

#[test]
fn a_kind_of_signature_that_is_not_supported_is_left_open() {
    for sub_filter in ["adbe.x509.rsa", "PBAD.DocTimeStamp", "My.Own"] {
        let report = judge(&Forgery { sub_filter, ..Forgery::default() });
        assert_eq!(indications(&report), [Indication::Indeterminate], "{report}");
        assert!(
            kinds(&report).contains(&"unsupported-subfilter") && report.to_string().contains(sub_filter),
            "{report}"
        );
    }
}

fn signed_contract(pki: &TestPki) -> Vec<u8> {
    PdfSigner::new(&alice(pki), now()).sign(&contract()).unwrap().to_vec().unwrap()
}

#[track_caller]
fn assert_not_passed(pki: &TestPki, file: &dyn Source, kind: &str) {
    let report = verify(pki, file);
    assert!(report.signatures().iter().all(|signature| signature.verdict().proof().is_none()), "{report}");
    assert!(report.indication().is_some(), "the signature is not hidden: {report}");
    assert!(kinds(&report).contains(&kind), "{kind} is not told: {report}");
}

#[test]
fn a_signature_that_is_written_again_is_refused() {
    let pki = pki();
    let signed = signed_contract(&pki);
    let (_, reference, dictionary) = signatures(&signed).remove(0);
    let again =
        revised(&signed, |_, increment| increment.put(reference, &dictionary.clone().into()).unwrap());
    assert_not_passed(&pki, &again, "gap-is-not-contents");
    // With another reason it would tell another story.
    let other = revised(&signed, |_, increment| {
        let mut changed = dictionary.clone();
        changed.set("Reason", Object::String(chancery_pdf::PdfString::text("I agree to everything")));
        increment.put(reference, &changed.into()).unwrap();
    });
    assert_not_passed(&pki, &other, "gap-is-not-contents");
}

#[test]
fn a_field_that_is_redefined_is_refused() {
    let pki = pki();
    let signed = signed_contract(&pki);
    let (_, reference, _) = signatures(&signed).remove(0);
    let renamed = revised(&signed, |document, increment| {
        let place = field_of(document);
        let mut field = document.latest().object(place).unwrap().as_dictionary().unwrap().clone();
        field.set("T", Object::String(chancery_pdf::PdfString::text("Director")));
        increment.put(place, &field.into()).unwrap();
    });
    assert_not_passed(&pki, &renamed, "field-redefined");
    // The signature is lent to another field as well: it is judged once, and the change is told.
    let lent = revised(&signed, |document, increment| {
        let place = increment.allocate();
        let text = format!("<</FT/Sig/T(Director)/V {} 0 R>>", reference.number);
        increment.put(place, &dictionary(&text).into()).unwrap();
        let (root, mut catalog) = document.latest().catalog().unwrap();
        let mut form = catalog.get("AcroForm").and_then(Object::as_dictionary).unwrap().clone();
        let mut fields = form.get("Fields").and_then(Object::as_array).unwrap().to_vec();
        fields.push(Object::Reference(place));
        form.set("Fields", Object::Array(fields));
        catalog.set("AcroForm", form);
        increment.put(root, &catalog.into()).unwrap();
    });
    assert_not_passed(&pki, &lent, "signature-recycled");
}

fn field_of(document: &Document<'_>) -> chancery_pdf::Reference {
    let (_, catalog) = document.latest().catalog().unwrap();
    let form = catalog.get("AcroForm").and_then(Object::as_dictionary).unwrap();
    form.get("Fields").and_then(Object::as_array).unwrap()[0].as_reference().unwrap()
}

#[test]
fn another_catalog_is_noticed() {
    let pki = pki();
    let signed = signed_contract(&pki);
    let replaced = revised(&signed, |document, increment| {
        let (_, catalog) = document.latest().catalog().unwrap();
        let place = increment.allocate();
        increment.put(place, &catalog.into()).unwrap();
        increment.set_trailer("Root", Object::Reference(place));
    });
    assert_not_passed(&pki, &replaced, "catalog-replaced");
}

#[test]
fn bytes_after_the_end_are_told_and_objects_among_them_do_not_pass() {
    let pki = pki();
    let signed = signed_contract(&pki);
    let harmless = [signed.as_slice(), b"\n% sent by mail\n"].concat();
    let report = verify(&pki, &harmless);
    assert!(kinds(&report).contains(&"bytes-after-end"), "never in silence: {report}");

    let objects = [signed.as_slice(), b"\n4 0 obj\n<</Length 0>>\nstream\nendstream\nendobj\n"].concat();
    let report = verify(&pki, &objects);
    assert_eq!(indications(&report), [Indication::Indeterminate], "{report}");
    assert!(kinds(&report).contains(&"bytes-after-end"), "{report}");
}

#[test]
fn a_signature_from_another_document_is_refused() {
    let pki = pki();
    let (signed, other) = (signed_contract(&pki), support::shapes().remove(1).1);
    let (_, _, signature) = signatures(&signed).remove(0);
    let borrowed = revised(&other, |document, increment| {
        let (place, widget) = (increment.allocate(), increment.allocate());
        increment.put(place, &signature.clone().into()).unwrap();
        add_field(document, increment, widget, place.number);
    });
    let report = verify(&pki, &borrowed);
    assert_eq!(indications(&report), [Indication::TotalFailed], "{report}");
}

#[test]
fn a_message_from_another_document_is_refused() {
    let pki = pki();
    let signer = alice(&pki);
    let other = |signer: &SoftwareSigner, _: &[u8]| detached(signer, b"another document");
    let file = Forgery { message: other, ..Forgery::default() }.file(&signer);
    let report = verify(&pki, &file);
    assert_eq!(indications(&report), [Indication::TotalFailed], "{report}");
    assert!(kinds(&report).contains(&"digest-mismatch"), "{report}");
}

#[test]
fn two_fields_cannot_cover_one_revision() {
    let pki = pki();
    let signed = signed_contract(&pki);
    let (_, _, signature) = signatures(&signed).remove(0);
    // A copy of the dictionary under another number, in a later revision: its gap is not its own.
    let copied = revised(&signed, |document, increment| {
        let (place, field) = (increment.allocate(), increment.allocate());
        increment.put(place, &signature.clone().into()).unwrap();
        let text = format!("<</FT/Sig/T(Copy)/V {} 0 R>>", place.number);
        increment.put(field, &dictionary(&text).into()).unwrap();
        let (root, mut catalog) = document.latest().catalog().unwrap();
        let first = field_of(document);
        catalog.set(
            "AcroForm",
            dictionary(&format!("<</Fields[{} 0 R {} 0 R]/SigFlags 3>>", first.number, field.number)),
        );
        increment.put(root, &catalog.into()).unwrap();
    });
    let report = verify(&pki, &copied);
    let copy = report.signatures().iter().find(|signature| signature.name() == "Copy").unwrap();
    assert_eq!(copy.verdict().indication(), Indication::TotalFailed, "{report}");
    assert_eq!(report.indication(), Some(Indication::TotalFailed));
}

#[test]
fn what_a_field_calls_its_signature_must_be_one() {
    let pki = pki();
    for (value, kind) in [
        ("<</Type/Sig/Contents<00>>>", "signature-not-indirect"),
        ("(signed)", "signature-not-indirect"),
        ("2 0 R", "unsupported-subfilter"),
        ("999 0 R", "signature-missing"),
    ] {
        let pdf = support::with_field(&contract(), &format!("<</FT/Sig/T(Odd)/V {value}>>"));
        let report = verify(&pki, &pdf);
        assert!(
            report.indication().is_some_and(|whole| whole > Indication::TotalPassed),
            "{value}: {report}"
        );
        assert!(kinds(&report).contains(&kind), "{value}: {report}");
    }
}

#[test]
fn a_file_that_can_be_read_in_two_ways_is_not_signed() {
    let pki = pki();
    let with_tail = [contract().as_slice(), b"\n4 0 obj\n(hidden)\nendobj\n"].concat();
    let error = PdfSigner::new(&alice(&pki), now()).sign(&with_tail).err().unwrap();
    assert!(matches!(error, PadesError::Ambiguous(_)), "{error:?}");
    assert!(error.to_string().contains("have its producer write it anew"), "{error}");
}

#[test]
fn nothing_panics_on_halves_put_together() {
    let pki = pki();
    let signed = signed_contract(&pki);
    let policy = support::policy(&pki, chancery_chain::RevocationPolicy::NotChecked);
    for cut in (0..signed.len()).step_by(997) {
        for from in (0..signed.len()).step_by(1499) {
            let mixed = [&signed[..cut], &signed[from..]].concat();
            if mixed == signed {
                continue;
            }
            if let Ok(report) = PdfVerifier::new(&policy).verify_at(&mixed, now()) {
                assert_ne!(report.indication(), Some(Indication::TotalPassed), "{cut} and {from}: {report}");
            }
        }
    }
}

#[test]
fn a_place_that_was_left_empty_cannot_be_filled_in_later() {
    // The signed page refers to a content stream that is not there; a container of objects would not be looked at.
    let pki = pki();
    let mut place = None;
    let prepared = revised(&contract(), |document, increment| {
        let (page_reference, mut page) = document.latest().page(0).unwrap();
        let shown = page.get("Contents").unwrap().clone();
        let hidden = chancery_pdf::Reference::new(document.latest().next_number() + 20, 0);
        page.set("Contents", Object::Array(vec![shown, Object::Reference(hidden)]));
        increment.put(page_reference, &page.into()).unwrap();
        place = Some(hidden);
    });
    let signed = PdfSigner::new(&alice(&pki), now()).sign(&prepared).unwrap().to_vec().unwrap();
    assert_passed(&verify(&pki, &signed), 1);
    for entries in
        ["<<>>", "<</Type/XRef>>", "<</Type/ObjStm/N 0/First 0>>", "<</Type/Metadata/Subtype/XML>>"]
    {
        let filled = revised(&signed, |_, increment| {
            let stream = chancery_pdf::Stream::new(dictionary(entries), b"BT (9000 euro) Tj ET".to_vec());
            increment.put(place.unwrap(), &stream.into()).unwrap();
        });
        let report = verify(&pki, &filled);
        assert_eq!(indications(&report), [Indication::Indeterminate], "{entries}: {report}");
    }
    // Nor passed off as something that may be added.
    let drawn =
        |entries: &str| chancery_pdf::Stream::new(dictionary(entries), b"BT (9000 euro) Tj ET".to_vec());
    let as_information = revised(&signed, |_, increment| {
        increment.put(place.unwrap(), &drawn("<<>>").into()).unwrap();
        increment.set_trailer("Info", Object::Reference(place.unwrap()));
    });
    let in_catalog = |entries: &str, key: &str, value: Object| {
        revised(&signed, |document, increment| {
            let (root, mut catalog) = document.latest().catalog().unwrap();
            catalog.set(key, value);
            increment.put(root, &catalog.into()).unwrap();
            increment.put(place.unwrap(), &drawn(entries).into()).unwrap();
        })
    };
    let as_metadata =
        in_catalog("<</Type/Metadata/Subtype/XML>>", "Metadata", Object::Reference(place.unwrap()));
    let store = dictionary(&format!("<</CRLs[{} 0 R]>>", place.unwrap().number));
    let as_evidence = in_catalog("<<>>", "DSS", store.into());
    for file in [as_information, as_metadata, as_evidence] {
        let report = verify(&pki, &file);
        assert_eq!(indications(&report), [Indication::Indeterminate], "{report}");
    }
}
