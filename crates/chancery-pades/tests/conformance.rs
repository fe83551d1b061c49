//! Other people's files: `CHANCERY_CORPUS=DIR cargo test --release -p chancery-pades --test conformance -- --nocapture`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

#[path = "conformance/seeds.rs"]
mod seeds;
#[path = "conformance/verdicts.rs"]
mod verdicts;

use std::path::Path;

use chancery_ades::{Conclusion, Finding, Indication, Part, Policy, Report, Severity, SignatureReport};
use chancery_certificate::Certificate;
use chancery_chain::{RevocationPolicy, TrustAnchors};
use chancery_key::{KeyKind, Password};
use chancery_pades::{AmbiguousFile, NotPermitted, PadesError, PdfSigner, PdfVerifier};
use chancery_pdf::PdfError;
use chancery_testkit::TestPki;
use chancery_testkit::conformance::{self, Case, Outcome, Row, Run};
use jiff::Timestamp;

/// The moment at which `pdf_tampered` is judged. Its README says 12:00 of that day, but its certificates are valid from
/// 19:05:58 on, and its timestamps are of 19:10: at 12:00 they are of the future, and no honest verifier passes them.
const MOMENT: &str = "2026-11-21T20:00:00Z";

/// Findings that mean: this was not judged, not: this was refused.
const NOT_JUDGED: [&str; 2] = ["unsupported", "unsupported-subfilter"];

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
    for (folder, judge) in [("pdf_tampered", judge as Judge), ("pdf_attacks", judge_without_anchors)] {
        let folder_path = corpus.join(folder);
        let Some(rows) = conformance::table(&folder_path.join("manifest.tsv")) else { continue };
        run.folder(folder, rows.iter().filter_map(|row| judge(&folder_path, row)));
    }
    run.finish();
}

/// Signed documents of others: the mathematics, never trust or what later revisions changed.
#[test]
fn the_mathematics_of_real_signatures_hold_or_not() {
    let Some(corpus) = conformance::corpus() else { return };
    let folder = corpus.join("real_signed");
    let Some(rows) = conformance::table(&folder.join("pdf/manifest.tsv")) else { return };
    let mut run = Run::new(include_str!("exceptions_real_signed.json"), |expected| match expected {
        "intact" => Some(&["intact"]),
        "broken" => Some(&["broken", "unreadable"]),
        _ => None,
    });
    run.folder("real_signed", rows.iter().filter_map(|row| integrity(&folder, row)));
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
    for (name, choice) in
        [("plain_pdf", AmbiguousFile::Refuse), ("plain_pdf, repaired", AmbiguousFile::Repair)]
    {
        run.folder(name, rows.iter().filter_map(|row| sign(&folder, row, &pki, choice)));
    }
    run.finish();
}

type Judge = fn(&Path, &Row) -> Option<Case>;

fn judge(folder: &Path, row: &Row) -> Option<Case> {
    let anchors = TrustAnchors::from_pem(&conformance::read(&folder.join(&row["trust"]))?).unwrap();
    let policy = Policy::new(anchors, RevocationPolicy::WhenKnown);
    verify(folder, row, &policy, |signature| signature.verdict().indication(), |_| true)
}

/// Without anchors the manifest judges integrity and changes: identity, time and the strength of algorithms are left
/// aside.
fn judge_without_anchors(folder: &Path, row: &Row) -> Option<Case> {
    let policy = without_anchors();
    let of = |part: &Part| {
        let mut serious = part.findings().iter().filter(|finding| finding.severity > Severity::Information);
        let only_weak = serious.all(|finding| finding.kind == "weak-algorithm");
        match part.conclusion() {
            Conclusion::Sound => Indication::TotalPassed,
            Conclusion::Unknown if only_weak => Indication::TotalPassed,
            Conclusion::Unknown => Indication::Indeterminate,
            Conclusion::Broken => Indication::TotalFailed,
        }
    };
    let aside = |signature: &SignatureReport| of(signature.integrity()).max(of(signature.changes()));
    verify(folder, row, &policy, aside, |finding| !ASIDE.contains(&finding.kind))
}

/// Findings about identity and time.
const ASIDE: [&str; 6] = [
    "weak-algorithm",
    "timestamp-not-trusted",
    "timestamp-in-the-future",
    "no-trusted-path",
    "path-broken",
    "unsupported-path",
];

fn verify(
    folder: &Path,
    row: &Row,
    policy: &Policy,
    indication: impl Fn(&SignatureReport) -> Indication,
    counts: impl Fn(&&Finding) -> bool + Copy,
) -> Option<Case> {
    let pdf = conformance::read(&folder.join(&row["file"]))?;
    let outcome = match PdfVerifier::new(policy).verify_at(&pdf, MOMENT.parse().unwrap()) {
        Ok(report) => outcome(&report, indication, counts),
        Err(PadesError::Pdf(PdfError::Encrypted)) => Outcome::Unsupported("encryption".into()),
        Err(error) => Outcome::said("unreadable", error.to_string()),
    };
    let also = row.get("also_ok").map(String::as_str).unwrap_or_default();
    Some(Case::new(&row["file"], &row["expected"], outcome).also(also))
}

fn outcome(
    report: &Report,
    indication: impl Fn(&SignatureReport) -> Indication,
    counts: impl Fn(&&Finding) -> bool + Copy,
) -> Outcome {
    let warnings =
        || report.all_findings().filter(|finding| finding.severity >= Severity::Warning).filter(counts);
    let reasons: Vec<String> = warnings().map(|finding| format!("{} ({finding})", finding.kind)).collect();
    let indication = report.signatures().iter().map(indication).max();
    let not_judged = warnings().find(|finding| NOT_JUDGED.contains(&finding.kind));
    let others = warnings().any(|finding| !NOT_JUDGED.contains(&finding.kind));
    if let (Some(Indication::Indeterminate), Some(finding), false) = (indication, not_judged, others) {
        return Outcome::Unsupported(format!("{}: {}", finding.kind, finding.text));
    }
    let word = match (indication, reasons.is_empty()) {
        (Some(Indication::TotalPassed), true) => "passed",
        (Some(Indication::TotalPassed), false) => "passed_with_warning",
        (Some(Indication::Indeterminate), true) => "indeterminate",
        (Some(Indication::Indeterminate), false) => "indeterminate_with_warning",
        (Some(Indication::TotalFailed), _) => "failed",
        (None, _) => "unreadable",
    };
    Outcome::said(word, reasons.join("; "))
}

fn integrity(folder: &Path, row: &Row) -> Option<Case> {
    let pdf = conformance::read(&folder.join(&row["file"]))?;
    let policy = without_anchors();
    let password = Password::from(row["password"].as_str());
    let report = PdfVerifier::new(&policy).password(&password).verify_at(&pdf, MOMENT.parse().unwrap());
    let outcome = match report {
        Ok(report) => integrity_of(&report),
        Err(PadesError::Pdf(PdfError::Encrypted)) => {
            Outcome::Unsupported("encryption without a password".into())
        }
        Err(PadesError::Pdf(PdfError::UnsupportedEncryption { .. })) => {
            Outcome::Unsupported("encryption of another kind".into())
        }
        Err(error) => Outcome::said("unreadable", error.to_string()),
    };
    Some(Case::new(&row["file"], &row["integrity"], outcome))
}

fn integrity_of(report: &Report) -> Outcome {
    let mut worst = Conclusion::Sound;
    for signature in report.signatures() {
        let part = signature.integrity();
        let serious = || part.findings().iter().filter(|finding| finding.severity > Severity::Information);
        if serious().all(|finding| finding.kind == "weak-algorithm") {
            continue;
        }
        if let Some(finding) = serious().find(|finding| NOT_JUDGED.contains(&finding.kind)) {
            return Outcome::Unsupported(finding.text.clone());
        }
        worst = worst.max(part.conclusion());
    }
    let reasons: Vec<String> =
        report.signatures().iter().map(|signature| signature.verdict().to_string()).collect();
    // In no field, and judged by themselves.
    let of_rights =
        |kind| report.findings().iter().find(|finding| finding.kind == kind).map(ToString::to_string);
    match (worst, reasons.is_empty()) {
        (_, true) if of_rights("usage-rights-signature").is_some() => {
            Outcome::said("intact", of_rights("usage-rights-signature").unwrap_or_default())
        }
        (_, true) if of_rights("usage-rights-broken").is_some() => {
            Outcome::said("broken", of_rights("usage-rights-broken").unwrap_or_default())
        }
        (_, true) => Outcome::said("unreadable", "no signature"),
        (Conclusion::Sound, _) => Outcome::said("intact", reasons.join("; ")),
        (Conclusion::Unknown, _) => Outcome::said("unknown", reasons.join("; ")),
        (Conclusion::Broken, _) => Outcome::said("broken", reasons.join("; ")),
    }
}

fn without_anchors() -> Policy {
    Policy::new(TrustAnchors::new(Vec::<Certificate>::new()), RevocationPolicy::NotChecked)
}

/// Signs as Alice, with the password if the document is encrypted, then looks at what came out with our own eyes; other
/// judges look at it elsewhere.
fn sign(folder: &Path, row: &Row, pki: &TestPki, choice: AmbiguousFile) -> Option<Case> {
    let pdf = conformance::read(&folder.join(&row["file"]))?;
    let now: Timestamp = MOMENT.parse().unwrap();
    let alice = pki.signer("Alice", KeyKind::P256);
    let signer = match row["password_known"].as_str() {
        "yes" => PdfSigner::new(&alice, now).password(Password::from(row["password"].as_str()), [7; 32]),
        _ => PdfSigner::new(&alice, now),
    };
    let signer = signer.ambiguous_file(choice);
    let signed = match signer.sign(&pdf) {
        // What the author withheld from users is refused, and done by those who say that they may.
        Err(PadesError::NotPermitted { .. }) => signer.not_permitted(NotPermitted::Sign).sign(&pdf),
        signed => signed,
    };
    let outcome = match signed {
        Err(error) => Outcome::said("refused", error.to_string()),
        Ok(signed) => {
            let bytes = signed.to_vec().unwrap();
            assert!(bytes.starts_with(&pdf), "{}: the original is not kept", row["file"]);
            let policy = Policy::new(TrustAnchors::new([pki.root().clone()]), RevocationPolicy::NotChecked);
            let password = Password::from(row["password"].as_str());
            let report = PdfVerifier::new(&policy).password(&password).verify_at(&bytes, now);
            match report {
                Ok(report) => verdict_on_alice(&report),
                Err(error) => Outcome::said("signed but not readable", error.to_string()),
            }
        }
    };
    Some(Case::new(&row["file"], &row["expected"], outcome))
}

fn verdict_on_alice(report: &Report) -> Outcome {
    let ours = report.signatures().iter().find(|signature| signature.claimed_signer() == Some("Alice"));
    match ours.map(SignatureReport::verdict) {
        Some(verdict) if verdict.proof().is_some() => Outcome::said("signed", "and verified"),
        verdict => Outcome::said("signed but not verified", format!("{verdict:?}")),
    }
}
