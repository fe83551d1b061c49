//! Other people's files: `CHANCERY_CORPUS=DIR cargo test --release -p chancery-pades --test conformance -- --nocapture`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

use std::path::Path;

use chancery_ades::{Indication, Policy, Report, Severity};
use chancery_chain::{RevocationPolicy, TrustAnchors};
use chancery_key::KeyKind;
use chancery_pades::{PadesError, PdfSigner, PdfVerifier};
use chancery_pdf::PdfError;
use chancery_testkit::TestPki;
use chancery_testkit::conformance::{self, Case, Outcome, Row, Run};
use jiff::Timestamp;

/// The moment at which the signed PDFs of the corpus are to be judged.
const MOMENT: &str = "2026-11-21T12:00:00Z";

/// Findings that mean: this was not judged, not: this was refused.
const NOT_JUDGED: [&str; 7] = [
    "unsupported",
    "unsupported-subfilter",
    "document-timestamp",
    "field-changed",
    "field-added",
    "form-changed",
    "catalog-changed",
];

#[test]
fn signed_files_get_the_verdicts_of_the_manifests() {
    let Some(corpus) = conformance::corpus() else { return };
    let mut run = Run::new(include_str!("exceptions.json"), |expected| match expected {
        "valid" => Some(&["passed"]),
        "must_warn" => Some(&["passed_with_warning", "indeterminate_with_warning"]),
        "must_reject" => Some(&["indeterminate", "indeterminate_with_warning", "failed", "unreadable"]),
        "untrusted" => Some(&["indeterminate", "indeterminate_with_warning"]),
        _ => None,
    });
    for folder in ["pdf_tampered", "pdf_attacks"] {
        let folder_path = corpus.join(folder);
        let Some(rows) = conformance::table(&folder_path.join("manifest.tsv")) else { continue };
        run.folder(folder, rows.iter().filter_map(|row| judge(&folder_path, row)));
    }
    run.finish();
}

#[test]
fn plain_files_are_signed_or_refused() {
    let Some(corpus) = conformance::corpus() else { return };
    let folder = corpus.join("plain_pdf");
    let Some(rows) = conformance::table(&folder.join("manifest.tsv")) else { return };
    let pki = TestPki::at(MOMENT.parse().unwrap());
    let mut run = Run::new("[]", |expected| match expected {
        "must_sign" => Some(&["signed"]),
        "sign_or_clean_error" | "clean_error_or_needs_key" => Some(&["signed", "refused"]),
        _ => None,
    });
    run.folder("plain_pdf", rows.iter().filter_map(|row| sign(&folder, row, &pki)));
    run.finish();
}

fn judge(folder: &Path, row: &Row) -> Option<Case> {
    let pdf = conformance::read(&folder.join(&row["file"]))?;
    let anchors = match row.get("trust").filter(|trust| !trust.is_empty()) {
        Some(trust) => TrustAnchors::from_pem(&conformance::read(&folder.join(trust))?).unwrap(),
        None => return None,
    };
    let policy = Policy::new(anchors, RevocationPolicy::WhenKnown);
    let report = PdfVerifier::new(&policy).verify_at(&pdf, MOMENT.parse().unwrap());
    let also = row.get("also_ok").map(String::as_str).unwrap_or_default();
    Some(Case::new(&row["file"], &row["expected"], outcome(report)).also(also))
}

fn outcome(report: Result<Report, PadesError>) -> Outcome {
    let report = match report {
        Ok(report) => report,
        Err(PadesError::Pdf(PdfError::Encrypted)) => return Outcome::Unsupported("encryption".into()),
        Err(error) => return Outcome::said("unreadable", error.to_string()),
    };
    let of = |severity| report.all_findings().filter(move |finding| finding.severity >= severity);
    let reasons: Vec<String> =
        of(Severity::Warning).map(|finding| format!("{} ({finding})", finding.kind)).collect();
    let indication = report.indication();
    let not_judged = of(Severity::Warning).find(|finding| NOT_JUDGED.contains(&finding.kind));
    let others = of(Severity::Warning).any(|finding| !NOT_JUDGED.contains(&finding.kind));
    if let (Some(Indication::Indeterminate), Some(finding), false) = (indication, not_judged, others) {
        return Outcome::Unsupported(format!("{}: {}", finding.kind, finding.text));
    }
    let warned = !reasons.is_empty();
    let word = match (indication, warned) {
        (Some(Indication::TotalPassed), false) => "passed",
        (Some(Indication::TotalPassed), true) => "passed_with_warning",
        (Some(Indication::Indeterminate), false) => "indeterminate",
        (Some(Indication::Indeterminate), true) => "indeterminate_with_warning",
        (Some(Indication::TotalFailed), _) => "failed",
        (None, _) => "unreadable",
    };
    Outcome::said(word, reasons.join("; "))
}

/// Signs as Alice, then looks at what came out with our own eyes; other judges look at it elsewhere.
fn sign(folder: &Path, row: &Row, pki: &TestPki) -> Option<Case> {
    let pdf = conformance::read(&folder.join(&row["file"]))?;
    let now: Timestamp = MOMENT.parse().unwrap();
    let alice = pki.signer("Alice", KeyKind::P256);
    let outcome = match PdfSigner::new(&alice, now).sign(&pdf) {
        Err(PadesError::Pdf(PdfError::Encrypted)) => Outcome::Unsupported("encryption".into()),
        Err(error) => Outcome::said("refused", error.to_string()),
        Ok(signed) => {
            let bytes = signed.to_vec().unwrap();
            assert!(bytes.starts_with(&pdf), "{}: the original is not kept", row["file"]);
            let policy = Policy::new(TrustAnchors::new([pki.root().clone()]), RevocationPolicy::NotChecked);
            let report = PdfVerifier::new(&policy).verify_at(&bytes, now).unwrap();
            let ours =
                report.signatures().iter().find(|signature| signature.claimed_signer() == Some("Alice"));
            match ours.map(|signature| signature.verdict()) {
                Some(verdict) if verdict.proof().is_some() => Outcome::said("signed", "and verified"),
                verdict => Outcome::said("signed but not verified", format!("{verdict:?}")),
            }
        }
    };
    Some(Case::new(&row["file"], &row["expected"], outcome))
}
