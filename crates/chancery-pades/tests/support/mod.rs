//! What the tests of this crate share: a moment, a policy, documents, and changes to them.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

use chancery_ades::{Indication, Policy, Report};
use chancery_chain::{Evidence, RevocationPolicy, TrustAnchors};
use chancery_digest::Source;
use chancery_http::Address;
use chancery_pades::PdfVerifier;
use chancery_pdf::{Dictionary, Document, Increment, Object, Reference};
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
