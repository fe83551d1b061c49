//! Does the work grow with the file, however many revisions, signatures, fields and long-term data there are?
//!
//! Bar: one of 1,000 (revisions, signatures, timestamps) costs at most twice what one of 250 does.

use std::fmt::Write;
use std::process::ExitCode;

use chancery_ades::{Policy, Report, Verdict};
use chancery_benches::{Outcome, Setting, Table, contract, cpu_time, ensure};
use chancery_chain::{ChainVerifier, Purpose, RevocationPolicy, TrustAnchors};
use chancery_http::Address;
use chancery_key::{KeyKind, Provider};
use chancery_pades::{PdfSigner, PdfVerifier};
use chancery_pdf::{Dictionary, Document, Increment, Object, PdfString, Reference};
use chancery_testkit::{Profile, TestPki};
use chancery_timestamp::TimestampAuthority;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::SignedDuration;

const COUNTS: [usize; 3] = [250, 500, 1000];
const GROWTH: f64 = 2.0;

fn main() -> Outcome<ExitCode> {
    let only: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let asked = |name: &str| only.is_empty() || only.iter().any(|only| only == name);
    let mut table = Table::new("Verify a PDF of many revisions (CPU time, least of 3 calls)");
    if asked("signatures") {
        signatures(&mut table)?;
    }
    if asked("fields") {
        fields(&mut table)?;
    }
    if asked("archive") {
        archive(&mut table)?;
    }
    Ok(table.finish())
}

/// Each revision is signed by the same person.
fn signatures(table: &mut Table) -> Outcome<()> {
    let setting = Setting::new()?;
    let person = setting.person(KeyKind::P256, Provider::default())?;
    let policy = setting.policy(RevocationPolicy::NotChecked)?;
    table.heading("every revision signed");
    let mut pdf = contract(0);
    let mut made = 0;
    let mut each = Vec::new();
    for count in COUNTS {
        while made < count {
            pdf = PdfSigner::new(&person.signer, setting.now()).sign(&pdf)?.to_vec()?;
            made += 1;
        }
        let verify = || Ok(PdfVerifier::new(&policy).verify_at(&pdf, setting.now())?);
        each.push(measure(table, count, &pdf, verify, |report| all_passed(report, count))?);
    }
    growth(table, &each);
    Ok(())
}

/// A form of a thousand fields in one group, signed once; each revision after that fills another one.
fn fields(table: &mut Table) -> Outcome<()> {
    let setting = Setting::new()?;
    let person = setting.person(KeyKind::P256, Provider::default())?;
    let policy = setting.policy(RevocationPolicy::NotChecked)?;
    table.heading("a form of 1,000 fields, every revision fills one");
    let (form, fields) = with_form(&contract(0), 1000)?;
    let mut pdf = PdfSigner::new(&person.signer, setting.now()).sign(&form)?.to_vec()?;
    let mut made = 0;
    let mut each = Vec::new();
    for count in COUNTS {
        while made < count {
            pdf = filled(&pdf, fields[made], made)?;
            made += 1;
        }
        let verify = || Ok(PdfVerifier::new(&policy).verify_at(&pdf, setting.now())?);
        each.push(measure(table, count, &pdf, verify, |report| {
            ensure(report.signatures().len() == 1, "one signature")
        })?);
    }
    growth(table, &each);
    Ok(())
}

/// Every revision in turn adds long-term data or a timestamp.
fn archive(table: &mut Table) -> Outcome<()> {
    let pki = TestPki::with_keys("2026-11-21T12:00:00Z".parse()?, KeyKind::P256);
    let anchors = TrustAnchors::new([pki.root().clone()]);
    let alice = pki.issue(Profile::signer("Alice", KeyKind::P256)).signer();
    let wait = || pki.set_now(pki.now() + SignedDuration::from_secs(1));
    let authority = || {
        Ok::<_, Box<dyn std::error::Error>>(TimestampAuthority::new(Address::parse(&pki.tsa_url())?, &pki))
    };
    let verifier = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require);
    let contract = contract(0);
    let mut signed = PdfSigner::new(&alice, pki.now()).sign(&contract)?;
    wait();
    signed.timestamp(&authority()?, &mut UnwrapErr(SysRng))?;
    let mut lasting = signed.lasting();
    table.heading("renewed again and again: long-term data and a timestamp each");
    let mut made = 0;
    let mut each = Vec::new();
    for count in COUNTS {
        while made < count {
            wait();
            let evidence = lasting.collector(&verifier, &verifier, pki.now())?.collect(&pki)?;
            lasting = lasting.preserve(&evidence)?;
            wait();
            lasting = lasting.archive(&authority()?, &mut UnwrapErr(SysRng))?;
            made += 1;
        }
        let pdf = lasting.to_vec()?;
        let policy = Policy::archival(anchors.clone());
        let verify = || Ok(PdfVerifier::new(&policy).verify_at(&pdf, pki.now())?);
        each.push(measure(table, count, &pdf, verify, |report| {
            ensure(report.signatures().len() == count + 1, "all of them")
        })?);
    }
    growth(table, &each);
    Ok(())
}

/// Seconds for each of `count`.
fn measure(
    table: &Table,
    count: usize,
    pdf: &[u8],
    verify: impl Fn() -> Outcome<Report>,
    check: impl Fn(&Report) -> Outcome<()>,
) -> Outcome<f64> {
    let (mut least, mut findings) = (f64::INFINITY, 0);
    for _ in 0..3 {
        let start = cpu_time();
        let report = verify()?;
        least = least.min(cpu_time().saturating_sub(start).as_secs_f64());
        check(&report)?;
        findings = report.to_string().len();
    }
    let each = least / f64::from(u32::try_from(count)?);
    let megabytes = f64::from(u32::try_from(pdf.len())?) / 1e6;
    table.note(&format!(
        "{count:5}, {megabytes:6.1} MB: {:8.1} ms, {:6.1} µs each; the report as text has {findings} bytes",
        least * 1e3,
        each * 1e6
    ));
    Ok(each)
}

fn growth(table: &mut Table, each: &[f64]) {
    if let [first, .., last] = each {
        table.number_with_bar("one among 1,000 / one among 250", last / first, GROWTH);
    }
}

fn all_passed(report: &Report, count: usize) -> Outcome<()> {
    let passed = report.signatures().iter().all(|one| matches!(one.verdict(), Verdict::Passed(_)));
    ensure(passed && report.signatures().len() == count, "the signatures must pass")
}

fn with_form(pdf: &Vec<u8>, count: usize) -> Outcome<(Vec<u8>, Vec<Reference>)> {
    let document = Document::open(pdf)?;
    let mut increment = Increment::new(&document);
    let group = increment.allocate();
    let mut fields = Vec::new();
    for number in 0..count {
        let field = increment.allocate();
        increment.put(field, &text_field(number, group, "").into())?;
        fields.push(field);
    }
    let mut entries = Dictionary::new();
    entries.set("T", PdfString::text("group"));
    entries.set("Kids", fields.iter().map(|field| Object::from(*field)).collect::<Vec<_>>());
    increment.put(group, &entries.into())?;
    let (root, mut catalog) = document.latest().catalog()?;
    let mut form = Dictionary::new();
    form.set("Fields", vec![Object::from(group)]);
    catalog.set("AcroForm", form);
    increment.put(root, &catalog.into())?;
    let appended = increment.finish()?.bytes;
    Ok(([pdf.as_slice(), appended.as_slice()].concat(), fields))
}

fn filled(pdf: &Vec<u8>, field: Reference, number: usize) -> Outcome<Vec<u8>> {
    let document = Document::open(pdf)?;
    let mut increment = Increment::new(&document);
    let before = document.latest().object(field)?;
    let group = before.as_dictionary().and_then(|field| field.get("Parent")).and_then(Object::as_reference);
    increment.put(field, &text_field(number, group.ok_or("a group")?, "filled").into())?;
    Ok([pdf.as_slice(), increment.finish()?.bytes.as_slice()].concat())
}

fn text_field(number: usize, group: Reference, value: &str) -> Dictionary {
    let mut name = String::new();
    let _ = write!(name, "field {number}");
    let mut field = Dictionary::new();
    field.set("FT", chancery_pdf::Name::from("Tx"));
    field.set("T", PdfString::text(&name));
    field.set("Parent", group);
    field.set("V", PdfString::text(value));
    field
}
