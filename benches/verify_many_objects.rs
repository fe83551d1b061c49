//! What does it cost to verify a file of 102,000 objects with two signatures, and how much memory does it take?
//!
//! Bars: at most 0.3 s of CPU time and 100 MB, with a classic table and with object streams.
//!
//! `verify_many_objects [SIGNED.pdf]…` measures files that are there already, each signed by anybody: how many signatures
//! pass is not asked of them.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chancery_ades::{Report, Verdict};
use chancery_benches::{
    Case, Outcome, Rounds, Setting, Table, child_job, ensure, peak_of_child, renewed, tell_parent,
};
use chancery_chain::RevocationPolicy;
use chancery_digest::{AnyDigest, DigestAlgorithm, FileSource};
use chancery_key::{KeyKind, Provider};
use chancery_pades::{PdfSigner, PdfVerifier};
use chancery_testkit::pdf::{CrossReference, SamplePdf};

const PAGES: usize = 1_000;
const LINKS: usize = 50;
/// Seconds.
const BAR: f64 = 0.3;
/// MB of 1,000,000 bytes.
const MEMORY_BAR: f64 = 100.0;

fn main() -> Outcome<ExitCode> {
    if let Some((_, arguments)) = child_job() {
        let setting = Setting::new()?;
        let [pdf] = arguments.as_slice() else { return Err("one argument".into()) };
        tell_parent(|| verify(&setting, Path::new(pdf)).map(drop))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table =
        Table::new("Verify a file of 102,000 objects with two signatures (CPU time; page cache warm)");
    let setting = Setting::new()?;
    let files: Vec<PathBuf> =
        std::env::args_os().skip(1).filter(|argument| argument != "--bench").map(PathBuf::from).collect();
    for file in &files {
        measure(&mut table, &setting, file, |_| file.clone(), None)?;
    }
    if !files.is_empty() {
        return Ok(table.finish());
    }
    let folder = tempfile::tempdir()?;
    for (name, kind) in
        [("classic table", CrossReference::Table), ("object streams", CrossReference::ObjectStreams)]
    {
        let pdf = folder.path().join(format!("{name}.pdf"));
        let sample = SamplePdf::new().pages(PAGES).links(LINKS).cross_reference(kind);
        sample.write_to(&mut File::create(&pdf)?)?;
        let person = setting.person(KeyKind::P256, Provider::default())?;
        let signed = folder.path().join(format!("{name}, signed.pdf"));
        let twice = |number: u64| -> Outcome<PathBuf> {
            let source = FileSource::open(renewed(&pdf, number)?)?;
            let once = PdfSigner::new(&person.signer, setting.now()).sign(&source)?.to_vec()?;
            let twice = PdfSigner::new(&person.signer, setting.now()).sign(&once)?.to_vec()?;
            std::fs::write(&signed, twice)?;
            Ok(signed.clone())
        };
        twice(0)?;
        measure(&mut table, &setting, &signed, |number| twice(number).unwrap_or_default(), Some(2))?;
    }
    Ok(table.finish())
}

fn measure(
    table: &mut Table,
    setting: &Setting,
    pdf: &Path,
    fresh: impl Fn(u64) -> PathBuf,
    signatures: Option<usize>,
) -> Outcome<()> {
    let rounds = Rounds::new(11, 1)?;
    let check = |report: &Report| {
        let Some(signatures) = signatures else { return Ok(()) };
        let passed = report.signatures().iter().all(|one| matches!(one.verdict(), Verdict::Passed(_)));
        ensure(passed && report.signatures().len() == signatures, "the signatures must pass")
    };
    let [hash, file, memory] = rounds.run([
        Case::new(
            "bare: SHA-256 of the file through FileSource",
            |number| Ok(fresh(number)),
            |pdf| Ok(DigestAlgorithm::Sha256.digest_source(&FileSource::open(pdf)?)?),
            |pdf, digest| ensure(*digest == DigestAlgorithm::Sha256.digest(&std::fs::read(pdf)?), "same"),
        ),
        Case::new(
            "PdfVerifier, from the file",
            |number| Ok(fresh(number)),
            |pdf| verify(setting, pdf),
            |_, report| check(report),
        ),
        Case::new(
            "PdfVerifier, in memory",
            |number| Ok(std::fs::read(fresh(number))?),
            |pdf| {
                let policy = setting.policy(RevocationPolicy::NotChecked)?;
                Ok(PdfVerifier::new(&policy).verify_at(pdf, setting.now())?)
            },
            |_, report| check(report),
        ),
    ])?;
    let name = pdf.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let megabytes = f64::from(u32::try_from(std::fs::metadata(pdf)?.len())?) / 1e6;
    table.heading(&format!("{name}, {megabytes:.1} MB: {}", rounds.describe()));
    table.row(&hash);
    table.row_with_bar(&file, BAR);
    table.row_with_bar(&memory, BAR);
    let path = pdf.to_str().ok_or("a path that is text")?;
    table.peak_with_bar("peak memory, from the file", peak_of_child("verify", &[path])?, MEMORY_BAR);
    Ok(())
}

fn verify(setting: &Setting, pdf: &Path) -> Outcome<Report> {
    let policy = setting.policy(RevocationPolicy::NotChecked)?;
    Ok(PdfVerifier::new(&policy).verify_at(&FileSource::open(pdf)?, setting.now())?)
}
