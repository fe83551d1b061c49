//! What the tests of this crate share: a moment, a policy, documents, and changes to them.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

pub(crate) mod counting;
pub(crate) mod forms;
pub(crate) mod seen;

use chancery_ades::{Indication, Policy, Report};
use chancery_chain::{Evidence, RevocationPolicy, TrustAnchors};
use chancery_cms::Preparation;
use chancery_digest::{AnyDigest, DigestAlgorithm, Source};
use chancery_http::Address;
use chancery_key::{KeyKind, Signer, SoftwareSigner};
use chancery_pades::{PdfSigner, PdfVerifier};
use chancery_pdf::{Dictionary, Document, Increment, Object, Reference, Stream};
use chancery_testkit::TestPki;
use chancery_testkit::pdf::{CrossReference, SamplePdf, contract_pdf};
use chancery_timestamp::TimestampAuthority;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::Timestamp;

pub(crate) fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

pub(crate) fn pki() -> TestPki {
    TestPki::at(now())
}

pub(crate) fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

/// The timestamp authority of a PKI, in process.
pub(crate) fn authority(pki: &TestPki) -> TimestampAuthority<&TestPki> {
    TimestampAuthority::new(Address::parse(&pki.tsa_url()).unwrap(), pki)
}

pub(crate) fn contract() -> Vec<u8> {
    contract_pdf(
        "Lease",
        &["The landlord lets the flat to the tenant.", "The tenant pays 1000 euro a month."],
    )
}

/// A small file of every shape.
pub(crate) fn shapes() -> Vec<(&'static str, Vec<u8>)> {
    let sample = |kind| SamplePdf::new().extra_objects(3).cross_reference(kind).to_bytes();
    vec![
        ("contract", contract()),
        ("table", sample(CrossReference::Table)),
        ("stream", sample(CrossReference::Stream)),
        ("object streams", sample(CrossReference::ObjectStreams)),
        ("hybrid", sample(CrossReference::Hybrid)),
    ]
}

pub(crate) fn lists(pki: &TestPki) -> Evidence {
    pki.crls().into_iter().fold(Evidence::new(), Evidence::with_crl)
}

pub(crate) fn policy(pki: &TestPki, revocation: RevocationPolicy) -> Policy {
    Policy::new(TrustAnchors::new([pki.root().clone()]), revocation)
}

/// The report with revocation required and everything at hand, at the present of the PKI.
pub(crate) fn verify(pki: &TestPki, pdf: &dyn Source) -> Report {
    let policy = policy(pki, RevocationPolicy::Require).evidence(lists(pki));
    PdfVerifier::new(&policy).verify_at(pdf, pki.now()).unwrap()
}

pub(crate) fn indications(report: &Report) -> Vec<Indication> {
    report.signatures().iter().map(|signature| signature.verdict().indication()).collect()
}

#[track_caller]
pub(crate) fn assert_passed(report: &Report, signatures: usize) {
    assert_eq!(indications(report), vec![Indication::TotalPassed; signatures], "{report}");
}

pub(crate) fn kinds(report: &Report) -> Vec<&'static str> {
    report.all_findings().map(|finding| finding.kind).collect()
}

/// The file with a further revision, which `change` fills.
pub(crate) fn revised(pdf: &dyn Source, change: impl FnOnce(&Document<'_>, &mut Increment<'_>)) -> Vec<u8> {
    let document = Document::open(pdf).unwrap();
    let mut increment = Increment::new(&document);
    change(&document, &mut increment);
    [pdf.as_slice().unwrap(), &increment.finish().unwrap().bytes].concat()
}

/// A dictionary written as in a file.
pub(crate) fn dictionary(text: &str) -> Dictionary {
    match Object::parse(text.as_bytes()).unwrap().0 {
        Object::Dictionary(dictionary) => dictionary,
        other => panic!("{other:?}"),
    }
}

/// The file with these entries in its catalog.
pub(crate) fn with_catalog(pdf: &dyn Source, entries: &str) -> Vec<u8> {
    revised(pdf, |document, increment| {
        let (root, mut catalog) = document.latest().catalog().unwrap();
        for (key, value) in dictionary(entries).iter() {
            catalog.set(key.clone(), value.clone());
        }
        increment.put(root, &catalog.into()).unwrap();
    })
}

/// The file with a form of one field, an object of its own: its dictionary, and the full file.
pub(crate) fn with_field(pdf: &dyn Source, field: &str) -> Vec<u8> {
    revised(pdf, |document, increment| {
        let place = increment.allocate();
        increment.put(place, &dictionary(field).into()).unwrap();
        let (root, mut catalog) = document.latest().catalog().unwrap();
        catalog.set("AcroForm", dictionary(&format!("<</Fields[{} 0 R]/DA(/Helv 0 Tf 0 g)>>", place.number)));
        increment.put(root, &catalog.into()).unwrap();
    })
}

/// The signature dictionaries of a file, by the names of their fields (of forms without levels).
pub(crate) fn signatures(pdf: &dyn Source) -> Vec<(String, Reference, Dictionary)> {
    let document = Document::open(pdf).unwrap();
    let view = document.latest();
    let (_, catalog) = view.catalog().unwrap();
    let form = view.value(&catalog, "AcroForm").unwrap().as_dictionary().unwrap().clone();
    let fields = view.value(&form, "Fields").unwrap();
    let mut found = Vec::new();
    for field in fields.as_array().unwrap() {
        let field = view.resolve(field).unwrap().as_dictionary().unwrap().clone();
        let Some(reference) = field.get("V").and_then(Object::as_reference) else { continue };
        let signature = view.object(reference).unwrap().as_dictionary().unwrap().clone();
        found.push((field.get("T").and_then(Object::as_string).unwrap().to_text(), reference, signature));
    }
    found
}

pub(crate) fn text(dictionary: &Dictionary, key: &str) -> String {
    dictionary.get(key).and_then(Object::as_string).unwrap_or_else(|| panic!("no /{key}")).to_text()
}

pub(crate) fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// The file with a signature of a new Alice over all of it.
pub(crate) fn signed(pki: &TestPki, pdf: &dyn Source) -> Vec<u8> {
    signed_by(&pki.signer("Alice", KeyKind::P256), pdf)
}

/// The file with a signature over all of it; two files of one length, by one signer, become of one length again.
pub(crate) fn signed_by(signer: &SoftwareSigner, pdf: &dyn Source) -> Vec<u8> {
    PdfSigner::new(signer, now()).sign(pdf).unwrap().to_vec().unwrap()
}

/// No signature of the file passes, and the finding of this kind says why.
#[track_caller]
pub(crate) fn assert_noticed(pki: &TestPki, pdf: &dyn Source, kind: &str) {
    let report = verify(pki, pdf);
    assert!(!report.signatures().is_empty(), "the signature is not hidden: {report}");
    assert!(report.signatures().iter().all(|signature| signature.verdict().proof().is_none()), "{report}");
    assert!(kinds(&report).contains(&kind), "{kind} is not told: {:?} {report}", kinds(&report));
}

/// Writes a dictionary again, changed.
pub(crate) fn edit(
    document: &Document<'_>,
    increment: &mut Increment<'_>,
    place: Reference,
    change: impl FnOnce(&mut Dictionary),
) {
    let mut edited = document.latest().object(place).unwrap().as_dictionary().unwrap().clone();
    change(&mut edited);
    increment.put(place, &edited.into()).unwrap();
}

pub(crate) fn edit_catalog(
    document: &Document<'_>,
    increment: &mut Increment<'_>,
    change: impl FnOnce(&mut Dictionary),
) {
    edit(document, increment, document.latest().catalog().unwrap().0, change);
}

pub(crate) fn edit_page(
    document: &Document<'_>,
    increment: &mut Increment<'_>,
    change: impl FnOnce(&mut Dictionary),
) {
    edit(document, increment, document.latest().page(0).unwrap().0, change);
}

/// A stream with these entries.
pub(crate) fn stream(entries: &str, data: &[u8]) -> Object {
    Stream::new(dictionary(entries), data.to_vec()).into()
}

/// An array of references.
pub(crate) fn list(references: impl IntoIterator<Item = Reference>) -> Object {
    Object::Array(references.into_iter().map(Object::Reference).collect())
}

/// The file with the widget of a field on its first page and in its form. `{page}` stands for the page's number.
pub(crate) fn with_widget(pdf: &dyn Source, widget: &str) -> Vec<u8> {
    revised(pdf, |document, increment| {
        let place = increment.allocate();
        put_widget(document, increment, place, widget);
    })
}

pub(crate) fn put_widget(
    document: &Document<'_>,
    increment: &mut Increment<'_>,
    place: Reference,
    widget: &str,
) {
    let add = |dictionary: &mut Dictionary, key: &str| {
        let mut list = dictionary.get(key).and_then(Object::as_array).unwrap_or_default().to_vec();
        list.push(Object::Reference(place));
        dictionary.set(key, Object::Array(list));
    };
    let page = document.latest().page(0).unwrap().0.number.to_string();
    increment.put(place, &dictionary(&widget.replace("{page}", &page)).into()).unwrap();
    edit_page(document, increment, |page| add(page, "Annots"));
    edit_catalog(document, increment, |catalog| {
        let mut form = catalog.get("AcroForm").and_then(Object::as_dictionary).cloned().unwrap_or_default();
        add(&mut form, "Fields");
        form.set("SigFlags", Object::Integer(3));
        catalog.set("AcroForm", form);
    });
}

/// The file with a signature in an invisible new field: its dictionary has these entries beside what every one has,
/// and its message is made of the covered bytes.
pub(crate) fn signed_by_hand(
    pdf: &dyn Source,
    name: &str,
    entries: &str,
    message: impl FnOnce(&[u8]) -> Vec<u8>,
) -> Vec<u8> {
    by_hand(pdf, entries, message, |document, increment, value| {
        let widget = increment.allocate();
        let field = format!(
            "<</Type/Annot/Subtype/Widget/FT/Sig/T({name})/V {value}/Rect[0 0 0 0]/F 132/P {{page}} 0 R>>"
        );
        put_widget(document, increment, widget, &field);
    })
}

/// The file with a signature whose dictionary has these entries beside what every one has, whose message is made of the
/// covered bytes, and which `hold` puts where it belongs.
pub(crate) fn by_hand(
    pdf: &dyn Source,
    entries: &str,
    message: impl FnOnce(&[u8]) -> Vec<u8>,
    hold: impl FnOnce(&Document<'_>, &mut Increment<'_>, Reference),
) -> Vec<u8> {
    const ROOM: usize = 12_000;
    let numbers = "[0 1111111111 2222222222 3333333333]";
    let zeros = "0".repeat(ROOM);
    let mut file = revised(pdf, |document, increment| {
        let place = increment.allocate();
        let body = format!("<</Filter/Adobe.PPKLite/ByteRange{numbers}/Contents<{zeros}>{entries}>>");
        increment.put_raw(place, body.into_bytes());
        hold(document, increment, place);
    });
    let find =
        |wanted: &str| file.windows(wanted.len()).rposition(|window| window == wanted.as_bytes()).unwrap();
    let (range, start) = (find(numbers), find(&format!("<{zeros}>")));
    let end = start + ROOM + 2;
    let right = format!("[0 {start:010} {end:010} {:010}]", file.len() - end);
    file[range..range + right.len()].copy_from_slice(right.as_bytes());
    let message = message(&[&file[..start], &file[end..]].concat());
    let digits: String = message.iter().map(|byte| format!("{byte:02x}")).collect();
    file[start + 1..start + 1 + digits.len()].copy_from_slice(digits.as_bytes());
    file
}

/// A classic cross-reference section to be appended at the end of a file, without `startxref`: these objects at these
/// offsets, and the section before.
pub(crate) fn table(pdf: &dyn Source, rows: &[(u32, usize)], previous: u64) -> Vec<u8> {
    let document = Document::open(pdf).unwrap();
    let mut trailer = document.latest().trailer().clone();
    let size = rows.iter().map(|(number, _)| number + 1).max().unwrap_or(0);
    trailer.set("Size", Object::Integer(document.latest().next_number().max(size).into()));
    trailer.set("Prev", Object::Integer(previous.try_into().unwrap()));
    let rows: String =
        rows.iter().map(|(number, offset)| format!("{number} 1\n{offset:010} 00000 n \n")).collect();
    let trailer = Object::from(trailer).to_bytes();
    [b"xref\n0 1\n0000000000 65535 f \n", rows.as_bytes(), b"trailer\n", &trailer, b"\n"].concat()
}

/// The file with a revision whose section says nothing but where the one before is; `between` is written before it.
pub(crate) fn with_empty_section(pdf: &[u8], between: &[u8]) -> Vec<u8> {
    let previous = last_section(&pdf);
    with_section(pdf, between, &[], previous)
}

/// The file with a revision of a classic section with these rows; `between` is written before it.
pub(crate) fn with_section(pdf: &[u8], between: &[u8], rows: &[(u32, usize)], previous: u64) -> Vec<u8> {
    let table = table(&pdf, rows, previous);
    let start = format!("startxref\n{}\n%%EOF\n", pdf.len() + between.len());
    [pdf, between, &table, start.as_bytes()].concat()
}

/// Where the last cross-reference section of a file stands.
pub(crate) fn last_section(pdf: &dyn Source) -> u64 {
    Document::open(pdf).unwrap().revisions().last().unwrap().start_xref
}

/// A message of a signer over the bytes that a signature covers, for signatures that are written by hand.
pub(crate) fn message_by(signer: &SoftwareSigner) -> impl Fn(&[u8]) -> Vec<u8> + '_ {
    |covered| {
        let digest = DigestAlgorithm::Sha256.digest(covered);
        let prepared = Preparation::new(signer.chain(), signer.algorithm(), digest).prepare().unwrap();
        let value = signer.sign(prepared.to_be_signed()).unwrap();
        prepared.finish(value).unwrap().into_bytes()
    }
}
