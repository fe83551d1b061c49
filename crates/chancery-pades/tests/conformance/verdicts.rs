//! What another implementation's own tests expect of the files that they make (`pdf_verdicts`).

use std::path::Path;

use chancery_ades::{Conclusion, Indication, Policy, Report, Severity, SignatureReport};
use chancery_certificate::Certificate;
use chancery_chain::{Evidence, RevocationPolicy, TrustAnchors};
use chancery_digest::Source;
use chancery_key::Password;
use chancery_pades::{PadesError, PdfVerifier};
use chancery_pdf::PdfError;
use chancery_testkit::conformance::{self, Case, Outcome, Run};
use serde_json::Value;

/// Its tests ask for one of these.
fn accepted(expected: &str) -> Option<&'static [&'static str]> {
    match expected {
        "ok" => Some(&["passed", "passed with warning"]),
        // It lets anybody fill in forms that nobody locked. Here that is left open unless somebody signed it, and told.
        "filled" => Some(&["passed", "passed with warning", "filled in by nobody"]),
        "bad" => Some(&["intact but not passed", "indeterminate", "failed", "unreadable"]),
        "untrusted" => Some(&["intact but not passed"]),
        _ => None,
    }
}

#[test]
fn verdicts_of_another_implementation_are_ours() {
    let Some(corpus) = conformance::corpus() else { return };
    let folder = corpus.join("pdf_verdicts");
    let Some(lines) = conformance::read(&folder.join("verdicts.jsonl")) else { return };
    let lines = String::from_utf8(lines).unwrap();
    let mut run = Run::new(include_str!("../exceptions_verdicts.json"), accepted);
    let rows = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    run.folder("pdf_verdicts", rows.flat_map(|row| cases(&folder, &row)));
    run.finish();
}

fn cases(folder: &Path, row: &Value) -> Vec<Case> {
    let name = row["pdf"].as_str().unwrap();
    let Some(pdf) = conformance::read(&folder.join("pdf").join(name)) else { return Vec::new() };
    // What another judge by the same maker says otherwise, from the file alone, is told and not compared.
    let compared = row["reproduced_by_judge"] != "no";
    let signatures = row["signatures"].as_array().unwrap();
    let case = |signature: &Value| {
        let (field, at) = (signature["field"].as_str().unwrap(), signature["at"].as_str().unwrap());
        let expected = match (signature["ok"] == true, row["kind"].as_str().unwrap()) {
            (true, _) if signature["result"]["modification_level"] == "FORM_FILLING" => "filled",
            (true, _) => "ok",
            (false, kind) => kind,
        };
        let expected = if compared { expected.to_owned() } else { format!("advisory {expected}") };
        let outcome = if is_told(&signature["roots"]) {
            outcome(folder, &pdf, signature).unwrap_or_else(|| Outcome::Unread(name.to_owned()))
        } else {
            Outcome::Unsupported("a trust manager of its own, whose roots the row does not name".into())
        };
        let test = signature["test"].as_str().unwrap().rsplit("::").next().unwrap();
        Case::new(&format!("{name}#{field}@{}", &at[..10]), &format!("{expected} ({test})"), outcome)
    };
    signatures.iter().map(case).collect()
}

/// Whether a row names certificates: digests of them.
fn is_told(names: &Value) -> bool {
    let is_name =
        |name: &Value| name.as_str().is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_hexdigit()));
    names.as_array().is_none_or(|names| names.iter().all(is_name))
}

fn outcome(folder: &Path, pdf: &dyn Source, signature: &Value) -> Option<Outcome> {
    let certificates = |key: &str| -> Option<Vec<Certificate>> {
        let none = Vec::new();
        let names = signature[key].as_array().unwrap_or(&none).iter().map(|name| name.as_str().unwrap());
        let read = |name| conformance::read(&folder.join("certs").join(format!("{name}.der")));
        names.map(|name| read(name).map(|der| Certificate::from_der(&der).unwrap())).collect()
    };
    // The process for signatures that last asks for revocation information, the simple one takes what there is.
    let revocation = match signature["fn"].as_str().unwrap() {
        "ades_lta_validation" => RevocationPolicy::Require,
        _ => RevocationPolicy::WhenKnown,
    };
    let known = Evidence::new().with_certificates(certificates("others")?);
    let policy = Policy::new(TrustAnchors::new(certificates("roots")?), revocation).evidence(known);
    let at = signature["at"].as_str().unwrap().parse().unwrap();
    let verify =
        |password: &str| PdfVerifier::new(&policy).password(&Password::from(password)).verify_at(pdf, at);
    // The passwords of those tests; without encryption, any will do.
    let judged = ["ownersecret", "usersecret", "secret"].into_iter().map(verify);
    let wrong =
        |judged: &Result<Report, PadesError>| matches!(judged, Err(PadesError::Pdf(PdfError::WrongPassword)));
    Some(match judged.reduce(|one, other| if wrong(&one) { other } else { one }).unwrap() {
        Ok(report) => word(&report, signature["field"].as_str().unwrap()),
        Err(PadesError::Pdf(PdfError::WrongPassword | PdfError::UnsupportedEncryption { .. })) => {
            Outcome::Unsupported("encryption".into())
        }
        Err(error) => Outcome::said("unreadable", error.to_string()),
    })
}

/// What came out for the signature in this field, with what concerns the whole document.
fn word(report: &Report, field: &str) -> Outcome {
    let Some(signature) = report.signatures().iter().find(|signature| signature.name() == field) else {
        return Outcome::said("unreadable", "no signature in this field");
    };
    let told = signature.findings().chain(report.findings());
    let serious = told.filter(|finding| finding.severity > Severity::Information);
    let reasons: Vec<String> = serious.map(|finding| format!("{} ({finding})", finding.kind)).collect();
    if let Some(finding) = signature.findings().find(|finding| finding.kind == "unsupported") {
        return Outcome::Unsupported(finding.text.clone());
    }
    let word = match signature.verdict().indication() {
        Indication::TotalPassed if reasons.is_empty() => "passed",
        Indication::TotalPassed => "passed with warning",
        Indication::Indeterminate if only_filled(signature) => "filled in by nobody",
        Indication::Indeterminate if is_intact(signature) => "intact but not passed",
        Indication::Indeterminate => "indeterminate",
        Indication::TotalFailed => "failed",
    };
    Outcome::said(word, format!("{}; {}", signature.verdict(), reasons.join("; ")))
}

/// Whether nothing is left open but what a form was filled with.
fn only_filled(signature: &SignatureReport) -> bool {
    let mut serious = signature.findings().filter(|finding| finding.severity > Severity::Information);
    let mut filled = signature.changes().findings().iter();
    filled.any(|finding| finding.kind == "field-filled")
        && serious.all(|finding| ["field-filled", "appearance-not-compared"].contains(&finding.kind))
}

fn is_intact(signature: &SignatureReport) -> bool {
    signature.integrity().conclusion() == Conclusion::Sound
}
