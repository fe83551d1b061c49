//! What does it cost to open a file of 300,000 objects and to sign it, and how much memory does it take?
//!
//! Bars: to open it at most 30 ms of CPU time and 16 MB resident; to open and sign it in memory at most 30 ms where its
//! objects are in object streams, hashing and copying included, and 30 ms above hashing and copying otherwise.

use std::fs::File;
use std::path::Path;
use std::process::ExitCode;

use chancery_ades::Verdict;
use chancery_benches::{
    Case, Outcome, Person, Rounds, Setting, Table, child_job, ensure, peak_of_child, renewed, tell_parent,
};
use chancery_chain::RevocationPolicy;
use chancery_digest::{AnyDigest, DigestAlgorithm, FileSource};
use chancery_key::{KeyKind, Provider, Signer};
use chancery_pades::{PdfSigner, PdfVerifier};
use chancery_pdf::{Document, Increment, Object};
use chancery_testkit::pdf::{CrossReference, SamplePdf};

const OBJECTS: usize = 300_000;
/// Seconds.
const BAR: f64 = 30e-3;
/// MB of 1,000,000 bytes.
const MEMORY_BAR: f64 = 16.0;

const OBJECT_STREAMS: &str = "object streams";

const FILES: [(&str, CrossReference); 4] = [
    ("classic table", CrossReference::Table),
    ("xref stream", CrossReference::Stream),
    (OBJECT_STREAMS, CrossReference::ObjectStreams),
    ("hybrid", CrossReference::Hybrid),
];

fn main() -> Outcome<ExitCode> {
    if let Some((job, arguments)) = child_job() {
        return open_in_child(&job, &arguments);
    }
    let mut table = Table::new("Open a file of 300,000 objects and sign it (CPU time; page cache warm)");
    let folder = tempfile::tempdir()?;
    let setting = Setting::new()?;
    let person = setting.person(KeyKind::P256, Provider::default())?;
    for (name, kind) in FILES {
        let pdf = folder.path().join("objects.pdf");
        let sample = SamplePdf::new().extra_objects(OBJECTS).cross_reference(kind);
        sample.write_to(&mut File::create(&pdf)?)?;
        measure(&mut table, &setting, &person, &pdf, name)?;
        let path = pdf.to_str().ok_or("a path that is text")?;
        for (job, name) in [("open", "peak memory: open, look, append"), ("sign", "peak memory: prepare")] {
            table.peak_with_bar(name, peak_of_child(job, &[path])?, MEMORY_BAR);
        }
    }
    Ok(table.finish())
}

fn measure(table: &mut Table, setting: &Setting, person: &Person, pdf: &Path, name: &str) -> Outcome<()> {
    let rounds = Rounds::new(21, 3)?;
    let open = Case::new(
        "open, catalog, first page, append one object",
        |number| renewed(pdf, number),
        |pdf| open(pdf),
        |pdf, appended| {
            let whole = [std::fs::read(pdf)?, appended.clone()].concat();
            let document = Document::open(&whole)?;
            ensure(document.revisions().len() == 2 && document.latest().page_count()? == 1, "a new revision")
        },
    );
    let hash = Case::new(
        "bare: SHA-256 of the file through FileSource",
        |number| renewed(pdf, number),
        |pdf| Ok(DigestAlgorithm::Sha256.digest_source(&FileSource::open(pdf)?)?),
        |pdf, digest| ensure(*digest == DigestAlgorithm::Sha256.digest(&std::fs::read(pdf)?), "same digest"),
    );
    let prepare = Case::new(
        "PdfSigner::prepare",
        |number| renewed(pdf, number),
        |pdf| {
            let source = FileSource::open(pdf)?;
            let prepared = PdfSigner::new(&person.signer, setting.now()).prepare(&source)?;
            Ok(prepared.to_be_signed().clone())
        },
        |_, to_be_signed| ensure(to_be_signed.algorithm() == person.signer.algorithm(), "as asked"),
    );
    let read = |number: u64| Ok(std::fs::read(renewed(pdf, number)?)?);
    let bare = Case::new(
        "bare, in memory: SHA-256 of the bytes, to_vec",
        read,
        |pdf| Ok((DigestAlgorithm::Sha256.digest(pdf), pdf.clone())),
        |pdf, (_, copy)| ensure(pdf == copy, "same bytes"),
    );
    let sign = Case::new(
        "PdfSigner::sign and to_vec, in memory",
        read,
        |pdf| Ok(PdfSigner::new(&person.signer, setting.now()).sign(pdf)?.to_vec()?),
        |_, signed| {
            let policy = setting.policy(RevocationPolicy::NotChecked)?;
            let report = PdfVerifier::new(&policy).verify_at(signed, setting.now())?;
            let passed = report.signatures().iter().all(|one| matches!(one.verdict(), Verdict::Passed(_)));
            ensure(passed && report.signatures().len() == 1, "the signature must pass")
        },
    );
    let [open, hash, prepare, bare, sign] = rounds.run([open, hash, prepare, bare, sign])?;
    let megabytes = f64::from(u32::try_from(std::fs::metadata(pdf)?.len())?) / 1e6;
    table.heading(&format!("{name}, {megabytes:.1} MB: {}", rounds.describe()));
    table.row_with_bar(&open, BAR);
    table.row(&hash);
    table.row(&prepare);
    table.row_with_bar(&prepare.minus(&hash).named("prepare above the bare hash"), BAR);
    table.row(&bare);
    let above = sign.minus(&bare).named("sign above hash and copy, in memory");
    // A file with object streams is small; a table of 300,000 lines is itself hashed and copied.
    if name == OBJECT_STREAMS {
        table.row_with_bar(&sign, BAR);
        table.row(&above);
    } else {
        table.row(&sign);
        table.row_with_bar(&above, BAR);
    }
    Ok(())
}

/// What signing does with the structure of a file.
fn open(pdf: &Path) -> Outcome<Vec<u8>> {
    let source = FileSource::open(pdf)?;
    let document = Document::open(&source)?;
    let view = document.latest();
    let (reference, catalog) = view.catalog()?;
    view.page(0)?;
    let mut increment = Increment::new(&document);
    let note = increment.allocate();
    increment.put(note, &Object::from(7))?;
    increment.put(reference, &Object::from(catalog))?;
    ensure(document.ambiguities().is_empty(), "one reading")?;
    Ok(increment.finish()?.bytes)
}

fn open_in_child(job: &str, arguments: &[String]) -> Outcome<ExitCode> {
    let [pdf] = arguments else { return Err("one argument".into()) };
    let setting = Setting::new()?;
    let person = setting.person(KeyKind::P256, Provider::default())?;
    tell_parent(|| match job {
        "open" => open(Path::new(pdf)).map(drop),
        _ => {
            let source = FileSource::open(pdf)?;
            PdfSigner::new(&person.signer, setting.now()).prepare(&source)?;
            Ok(())
        }
    })?;
    Ok(ExitCode::SUCCESS)
}
