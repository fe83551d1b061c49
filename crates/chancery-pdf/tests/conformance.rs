//! Other people's files: `CHANCERY_CORPUS=DIR cargo test --release -p chancery-pdf --test conformance -- --nocapture`.
//!
//! A file passes if it is opened, every object of its latest revision is read, every stream of a supported
//! filter is decoded, and page 0 is found.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chancery_digest::Source;
use chancery_pdf::{Document, Object, PdfError};

/// More than any decoded stream of the corpus needs.
const BUDGET: usize = 256 << 20;
/// What `fuzz_seeds` allows a file.
const TIME: Duration = Duration::from_secs(2);

/// The outcome of one case in a word, with a reason.
enum Outcome {
    Read,
    /// Something stands in the way that this crate does not support, and says so.
    Unsupported(String),
    Refused(String),
}

fn corpus() -> Option<PathBuf> {
    let found = std::env::var_os("CHANCERY_CORPUS").map(PathBuf::from);
    let required = std::env::var_os("CHANCERY_REQUIRE_CORPUS").is_some_and(|value| value == "1");
    assert!(found.is_some() || !required, "CHANCERY_CORPUS is not set, but CHANCERY_REQUIRE_CORPUS is");
    if found.is_none() {
        println!("CHANCERY_CORPUS is not set: nothing to compare with");
    }
    found
}

/// The rows of a manifest after its header, as bytes: names of producers are in many encodings.
fn rows(manifest: &Path) -> Vec<Vec<String>> {
    let text = fs::read(manifest).unwrap_or_else(|error| panic!("{}: {error}", manifest.display()));
    let text = String::from_utf8_lossy(&text).into_owned();
    let rows = text.lines().skip(1).filter(|line| !line.is_empty());
    rows.map(|line| line.split('\t').map(String::from).collect()).collect()
}

fn exceptions(folder: &str) -> BTreeMap<String, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exceptions.json");
    let listed: Vec<BTreeMap<String, String>> = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let of_folder = listed.into_iter().filter(|exception| exception["case"].starts_with(folder));
    of_folder.map(|exception| (exception["case"].clone(), exception["actual"].clone())).collect()
}

/// Bytes that are read piece by piece, as those of a file.
struct Pieces<'b>(&'b [u8]);

impl Source for Pieces<'_> {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read_at(offset, buffer)
    }
}

fn read_all(source: &dyn Source, password: Option<&str>) -> Result<(), PdfError> {
    let document = match password {
        None => Document::open(source),
        Some(password) => Document::open_with_password(source, password),
    }?;
    let view = document.latest();
    for reference in view.references()? {
        view.object_span(reference)?;
        if let Object::Stream(stream) = view.object(reference)? {
            match view.decoded(&stream, BUDGET) {
                // Image and encryption filters are for others; the stream itself was read.
                Ok(_) | Err(PdfError::UnsupportedFilter { .. }) => {}
                Err(error) => return Err(error),
            }
        }
    }
    view.page(0)?;
    for revision in 0..document.revisions().len() {
        let older = document.at(revision).ok_or(PdfError::NotPdf { searched: 0 })?;
        view.changed_since(&older)?;
    }
    Ok(())
}

fn outcome(bytes: &[u8], password: Option<&str>) -> Outcome {
    let result = read_all(&bytes, password);
    let by_pieces = read_all(&Pieces(bytes), password);
    assert_eq!(
        by_pieces.map_err(|error| error.to_string()),
        result.clone().map_err(|error| error.to_string())
    );
    match result {
        Ok(()) => Outcome::Read,
        Err(error @ (PdfError::Encrypted | PdfError::UnsupportedEncryption { .. })) => {
            Outcome::Unsupported(error.to_string())
        }
        Err(error) => Outcome::Refused(error.to_string()),
    }
}

/// Compares with the exceptions and prints the line of the folder.
fn report(
    folder: &str,
    total: usize,
    failures: &BTreeMap<String, String>,
    unsupported: &BTreeMap<String, usize>,
) {
    let exceptions = exceptions(folder);
    let (count, not_supported) = (exceptions.len(), unsupported.values().sum::<usize>());
    let as_expected = total - failures.len() - not_supported;
    println!(
        "{folder}: {as_expected} of {total} as expected, {count} exceptions, {not_supported} unsupported"
    );
    unsupported.iter().for_each(|(why, count)| println!("  unsupported: {count} × {why}"));
    failures.iter().for_each(|(case, why)| println!("  {case}: {why}"));
    assert_eq!(failures, &exceptions, "differences and exceptions.json do not agree");
    assert!(count * 100 <= total * 3, "more than 3 % exceptions");
}

#[test]
fn plain_pdf() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("plain_pdf");
    let (mut failures, mut unsupported, mut others) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let rows = rows(&folder.join("manifest.tsv"));
    for row in &rows {
        let [file, _, password, password_known, _, expected, ..] = row.as_slice() else { panic!("{row:?}") };
        let bytes = fs::read(folder.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        // Where no password is known, the empty one must lead to a clean error.
        let password = (password_known != "n/a").then_some(password.as_str());
        let start = Instant::now();
        let outcome = outcome(&bytes, password);
        let time = start.elapsed();
        assert!(time < TIME * 5, "{file} took {time:?}");
        let case = format!("plain_pdf/{file}");
        match (expected.as_str(), outcome) {
            ("must_sign", Outcome::Refused(why)) => drop(failures.insert(case, why)),
            ("must_sign", Outcome::Unsupported(why)) => *unsupported.entry(why).or_default() += 1,
            ("must_sign", Outcome::Read) => {}
            (_, Outcome::Read) => *others.entry("read").or_insert(0) += 1,
            (_, Outcome::Refused(why)) => {
                println!("  {case}: refused: {why}");
                *others.entry("refused").or_default() += 1;
            }
            (_, Outcome::Unsupported(why)) => {
                println!("  {case}: unsupported: {why}");
                *others.entry("unsupported").or_default() += 1;
            }
        }
    }
    println!("plain_pdf, files that may be refused: {others:?}");
    report("plain_pdf", rows.len(), &failures, &unsupported);
}

#[test]
fn fuzz_seeds() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("fuzz_seeds");
    let (mut failures, mut outcomes) = (BTreeMap::new(), BTreeMap::new());
    let rows = rows(&folder.join("manifest.tsv"));
    let files = rows.iter().filter(|row| row[1] == "pdf").map(|row| &row[0]).collect::<Vec<_>>();
    for file in &files {
        let bytes = fs::read(folder.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        let start = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| outcome(&bytes, None)));
        let (time, case) = (start.elapsed(), format!("fuzz_seeds/{file}"));
        let kind = match outcome {
            Ok(Outcome::Read) => "read",
            Ok(Outcome::Unsupported(_)) => "encrypted",
            Ok(Outcome::Refused(_)) => "refused",
            Err(_) => {
                failures.insert(case.clone(), String::from("panicked"));
                "panicked"
            }
        };
        if time >= TIME {
            failures.insert(case, format!("took {time:?}"));
        }
        *outcomes.entry(kind).or_insert(0) += 1;
    }
    println!("fuzz_seeds/pdf: {outcomes:?}");
    report("fuzz_seeds", files.len(), &failures, &BTreeMap::new());
}
