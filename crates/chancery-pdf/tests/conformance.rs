//! Other people's files: `CHANCERY_CORPUS=DIR cargo test --release -p chancery-pdf --test conformance -- --nocapture`.
//!
//! A file is read if it is opened, every object of its latest revision is read, every stream of a supported
//! filter is decoded, and page 0 is found.
#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::io;
use std::path::Path;
use std::time::Duration;

use chancery_digest::Source;
use chancery_pdf::{Document, Object, PdfError};
use chancery_testkit::conformance::{self, Case, Outcome, Row, Run};

/// More than any decoded stream of the corpus needs.
const BUDGET: usize = 256 << 20;
/// What `fuzz_seeds` allows a file.
const TIME: Duration = Duration::from_secs(2);

#[test]
fn files_of_others_are_read_or_refused() {
    let Some(corpus) = conformance::corpus() else { return };
    let mut run = Run::new(include_str!("exceptions.json"), |expected| match expected {
        "must_sign" => Some(&["read"]),
        "sign_or_clean_error" => Some(&["read", "refused"]),
        "clean_error_or_needs_key" => Some(&["read", "refused", "needs a password"]),
        "ends" => Some(&["read", "refused", "needs a password"]),
        _ => None,
    });
    run.folder("plain_pdf", plain(&corpus.join("plain_pdf")).unwrap_or_default());
    run.folder("fuzz_seeds", seeds(&corpus.join("fuzz_seeds")).unwrap_or_default());
    run.finish();
}

fn plain(folder: &Path) -> Option<Vec<Case>> {
    let case = |row: &Row| {
        let bytes = conformance::read(&folder.join(&row["file"]))?;
        // Where no password is known, the empty one must lead to a clean error.
        let password = (row["password_known"] != "n/a").then_some(row["password"].as_str());
        let outcome = conformance::within(TIME * 5, || outcome(&bytes, password));
        Some(Case::new(&row["file"], &row["expected"], outcome))
    };
    Some(conformance::table(&folder.join("manifest.tsv"))?.iter().filter_map(case).collect())
}

/// Damaged files: nothing is said of them but that they are read or refused in time.
fn seeds(folder: &Path) -> Option<Vec<Case>> {
    let rows = conformance::table(&folder.join("manifest.tsv"))?;
    let case = |row: &Row| {
        let bytes = conformance::read(&folder.join(&row["file"]))?;
        Some(Case::new(&row["file"], "ends", conformance::within(TIME, || outcome(&bytes, None))))
    };
    Some(rows.iter().filter(|row| row["category"] == "pdf").filter_map(case).collect())
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
        Ok(()) => Outcome::said("read", ""),
        Err(error @ PdfError::Encrypted) => Outcome::said("needs a password", error.to_string()),
        Err(error) => Outcome::said("refused", error.to_string()),
    }
}
