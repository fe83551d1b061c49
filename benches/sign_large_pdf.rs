//! What does signing a PDF of 100 MB cost beside hashing and copying the same bytes, in memory and from file to file, and
//! how much memory does it take?
//!
//! Bars: at most 1.15 × (hash + copy) of CPU time, 2.2 × where the document has to be read a second time because the
//! signature waited in storage; at most 64 MB resident from file to file, also for 4 GB.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chancery_ades::Verdict;
use chancery_benches::{
    Case, Outcome, Person, Rounds, Setting, Table, child_job, ensure, peak_of_child, renewed, tell_parent,
};
use chancery_chain::RevocationPolicy;
use chancery_digest::{AnyDigest, DigestAlgorithm, FileSource, Source};
use chancery_key::{KeyKind, Provider, Signer};
use chancery_pades::{PdfSigner, PdfVerifier, SignedPdf, StoredPdf};
use chancery_testkit::pdf::{CrossReference, SamplePdf};

/// Above hashing and copying.
const RATIO_BAR: f64 = 1.15;
/// The same through [`StoredPdf`].
const STORED_BAR: f64 = 2.2;
/// MB of 1,000,000 bytes.
const MEMORY_BAR: f64 = 64.0;

fn main() -> Outcome<ExitCode> {
    if let Some((_, arguments)) = child_job() {
        return sign_in_child(&arguments);
    }
    let mut table = Table::new("Sign a PDF of 100 MB, PAdES B-B (CPU time; page cache warm)");
    let folder = tempfile::tempdir()?;
    let setting = Setting::new()?;
    let person = setting.person(KeyKind::P256, Provider::default())?;
    for (name, kind) in [("classic table", CrossReference::Table), ("xref stream", CrossReference::Stream)] {
        let pdf = folder.path().join("100.pdf");
        SamplePdf::new().padding_megabytes(100).cross_reference(kind).write_to(&mut File::create(&pdf)?)?;
        in_memory(&mut table, &setting, &person, &pdf, name)?;
        measure(&mut table, &setting, &person, folder.path(), &pdf, name)?;
        peak(&mut table, "peak memory, 100 MB", folder.path(), &pdf)?;
    }

    table.heading("4 GB, mostly holes: once");
    let pdf = folder.path().join("4000.pdf");
    SamplePdf::new().padding_megabytes(4000).write_to(&mut Holes(File::create(&pdf)?))?;
    peak(&mut table, "peak memory, 4 GB", folder.path(), &pdf)?;
    Ok(table.finish())
}

fn measure(
    table: &mut Table,
    setting: &Setting,
    person: &Person,
    folder: &Path,
    pdf: &Path,
    name: &str,
) -> Outcome<()> {
    let rounds = Rounds::new(11, 1)?;
    let out = |name: &str| folder.join(name);
    let (copy, lasting) = (out("copy.pdf"), out("lasting.pdf"));
    let (signed, joined) = (out("signed.pdf"), out("joined.pdf"));

    let hash = Case::new(
        "hash: SHA-256 of the file through FileSource",
        |number| renewed(pdf, number),
        |pdf| Ok(DigestAlgorithm::Sha256.digest_source(&FileSource::open(pdf)?)?),
        |pdf, digest| ensure(*digest == DigestAlgorithm::Sha256.digest(&std::fs::read(pdf)?), "same digest"),
    );
    let same = |pdf: &PathBuf, copy: &PathBuf| {
        ensure(std::fs::read(pdf)? == std::fs::read(copy)?, "same bytes")?;
        Ok(std::fs::remove_file(copy)?)
    };
    let copied = Case::new(
        "copy: std::fs::copy to a new file",
        |number| renewed(pdf, number),
        |pdf| Ok((std::fs::copy(pdf, &copy)?, copy.clone()).1),
        same,
    );
    let copied_lasting = Case::new(
        "copy, made durable (sync_all)",
        |number| renewed(pdf, number),
        |pdf| {
            std::fs::copy(pdf, &lasting)?;
            File::open(&lasting)?.sync_all()?;
            Ok(lasting.clone())
        },
        same,
    );
    let sign = |pdf: &PathBuf| {
        let source = FileSource::open(pdf)?;
        PdfSigner::new(&person.signer, setting.now()).sign(&source)?.save(&signed)?;
        Ok(signed.clone())
    };
    let whole = Case::new(
        "sign and save (durable)",
        |number| renewed(pdf, number),
        sign,
        |_, signed| {
            passes(setting, &FileSource::open(signed)?)?;
            Ok(std::fs::remove_file(signed)?)
        },
    );

    let stored = Case::new(
        "prepare, store, join, finish and save (durable)",
        |number| renewed(pdf, number),
        |pdf| {
            let source = FileSource::open(pdf)?;
            through_storage(person, setting, &source)?.save(&joined)?;
            Ok(joined.clone())
        },
        |_, signed| {
            passes(setting, &FileSource::open(signed)?)?;
            Ok(std::fs::remove_file(signed)?)
        },
    );

    let [hash, copied, copied_lasting, whole, stored] =
        rounds.run([hash, copied, copied_lasting, whole, stored])?;
    table.heading(&format!("file to file, {name}, {}: {}", person.title, rounds.describe()));
    table.row(&hash);
    table.row(&copied);
    table.row(&copied_lasting);
    table.row(&whole);
    table.row(&stored);
    let bare = hash.plus(&copied);
    table.ratio_with_bar(&whole.over(&bare).named("sign / (hash + copy)"), RATIO_BAR);
    table.ratio(&whole.over(&hash.plus(&copied_lasting)).named("sign / (hash + durable copy)"));
    table.ratio_with_bar(&stored.over(&bare).named("through StoredPdf / (hash + copy)"), STORED_BAR);
    Ok(())
}

/// The same without files.
fn in_memory(table: &mut Table, setting: &Setting, person: &Person, pdf: &Path, name: &str) -> Outcome<()> {
    let rounds = Rounds::new(11, 1)?;
    let fresh = |number: u64| Ok(std::fs::read(renewed(pdf, number)?)?);
    let hash = Case::new(
        "hash: SHA-256 of the bytes",
        fresh,
        |pdf| Ok(DigestAlgorithm::Sha256.digest(pdf)),
        |pdf, digest| ensure(*digest == DigestAlgorithm::Sha256.digest_source(pdf)?, "same digest"),
    );
    let copied = Case::new(
        "copy: to_vec",
        fresh,
        |pdf| Ok(pdf.clone()),
        |pdf, copy| ensure(pdf == copy, "same bytes"),
    );
    let whole = Case::new(
        "sign and to_vec",
        fresh,
        |pdf| Ok(PdfSigner::new(&person.signer, setting.now()).sign(pdf)?.to_vec()?),
        |_, signed| passes(setting, signed),
    );
    let stored = Case::new(
        "prepare, store, join, finish and to_vec",
        fresh,
        |pdf| Ok(through_storage(person, setting, pdf)?.to_vec()?),
        |_, signed| passes(setting, signed),
    );
    let [hash, copied, whole, stored] = rounds.run([hash, copied, whole, stored])?;
    table.heading(&format!("in memory, {name}, {}: {}", person.title, rounds.describe()));
    [&hash, &copied, &whole, &stored].into_iter().for_each(|samples| table.row(samples));
    let bare = hash.plus(&copied);
    table.ratio_with_bar(&whole.over(&bare).named("sign / (hash + copy)"), RATIO_BAR);
    table.ratio_with_bar(&stored.over(&bare).named("through StoredPdf / (hash + copy)"), STORED_BAR);
    Ok(())
}

/// As where the key is a day away: the document is read once to prepare and once more to finish.
fn through_storage<'s>(person: &Person, setting: &Setting, pdf: &'s dyn Source) -> Outcome<SignedPdf<'s>> {
    let prepared = PdfSigner::new(&person.signer, setting.now()).prepare(pdf)?;
    let (bytes, value) = (prepared.to_bytes(), person.signer.sign(prepared.to_be_signed())?);
    drop(prepared);
    Ok(StoredPdf::from_bytes(&bytes)?.with(pdf)?.finish(value)?)
}

fn passes(setting: &Setting, signed: &dyn Source) -> Outcome<()> {
    let policy = setting.policy(RevocationPolicy::NotChecked)?;
    let report = PdfVerifier::new(&policy).verify_at(signed, setting.now())?;
    let passed = report.signatures().iter().all(|one| matches!(one.verdict(), Verdict::Passed(_)));
    ensure(passed && report.signatures().len() == 1, "the signature must pass")
}

fn peak(table: &mut Table, name: &str, folder: &Path, pdf: &Path) -> Outcome<()> {
    let signed = folder.join("child.pdf");
    let text = |path: &Path| path.to_str().map(str::to_owned).ok_or("a path that is text");
    let (from, to) = (text(pdf)?, text(&signed)?);
    let jobs = [
        ("bare", format!("{name}: hash and copy")),
        ("sign", format!("{name}: sign")),
        ("stored", format!("{name}: sign through StoredPdf")),
        ("verify", format!("{name}: sign and verify")),
    ];
    for (job, name) in jobs {
        table.peak_with_bar(&name, peak_of_child(job, &[job, &from, &to])?, MEMORY_BAR);
        std::fs::remove_file(&signed)?;
    }
    Ok(())
}

fn sign_in_child(arguments: &[String]) -> Outcome<ExitCode> {
    let [job, from, to] = arguments else { return Err("three arguments".into()) };
    let setting = Setting::new()?;
    let person = setting.person(KeyKind::P256, Provider::default())?;
    tell_parent(|| {
        let source = FileSource::open(from)?;
        if job == "bare" {
            DigestAlgorithm::Sha256.digest_source(&source)?;
            return Ok(std::fs::copy(from, to).map(drop)?);
        }
        if job == "stored" {
            return Ok(through_storage(&person, &setting, &source)?.save(to)?);
        }
        PdfSigner::new(&person.signer, setting.now()).sign(&source)?.save(to)?;
        if job == "verify" { passes(&setting, &FileSource::open(to)?) } else { Ok(()) }
    })?;
    Ok(ExitCode::SUCCESS)
}

/// A file in which long runs of bytes become holes, to be had in no time.
struct Holes(File);

impl Write for Holes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        const LONG: usize = 64 * 1024;
        if bytes.len() < LONG {
            return self.0.write(bytes);
        }
        let length = i64::try_from(bytes.len()).map_err(io::Error::other)?;
        self.0.seek(SeekFrom::Current(length)).map(|_| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
