//! Damaged files (`fuzz_seeds`): each ends in a report or a typed error, in time.

use std::path::Path;
use std::time::Duration;

use chancery_pades::PdfVerifier;
use chancery_testkit::conformance::{self, Case, Outcome, Row, Run};

use super::{MOMENT, without_anchors};

/// What `fuzz_seeds` allows a file.
const TIME: Duration = Duration::from_secs(2);

#[test]
fn damaged_files_are_judged_or_refused() {
    let Some(corpus) = conformance::corpus() else { return };
    let folder = corpus.join("fuzz_seeds");
    let Some(rows) = conformance::table(&folder.join("manifest.tsv")) else { return };
    let mut run = Run::new("[]", |expected| match expected {
        // Nobody is trusted, so nothing passes.
        "ends" => Some(&["not signed", "judged", "refused"]),
        _ => None,
    });
    let damaged = rows.iter().filter(|row| row["category"] == "pdf");
    run.folder("fuzz_seeds", damaged.filter_map(|row| judge(&folder, row)));
    run.finish();
}

fn judge(folder: &Path, row: &Row) -> Option<Case> {
    let pdf = conformance::read(&folder.join(&row["file"]))?;
    let policy = without_anchors();
    let verify = || match PdfVerifier::new(&policy).verify_at(&pdf, MOMENT.parse().unwrap()) {
        Err(error) => Outcome::said("refused", error.to_string()),
        Ok(report) if !report.is_signed() => Outcome::said("not signed", ""),
        Ok(report) if report.signatures().iter().any(|signature| signature.verdict().proof().is_some()) => {
            Outcome::said("passed", "nobody is trusted")
        }
        Ok(report) => Outcome::said("judged", report.to_string()),
    };
    Some(Case::new(&row["file"], "ends", conformance::within(TIME, verify)))
}
