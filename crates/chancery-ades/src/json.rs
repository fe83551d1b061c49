//! Reports for programs.

use serde::Serialize;

use crate::report::{Conclusion, Part};
use crate::{Existence, Finding, Report, SignatureKind, SignatureReport};

impl Report {
    /// The report as JSON. Members are only ever added to this schema, version 1:
    ///
    /// | member | meaning |
    /// | --- | --- |
    /// | `version` | 1 |
    /// | `at` | the moment of validation, RFC 3339 |
    /// | `indication` | `TOTAL-PASSED`, `INDETERMINATE`, `TOTAL-FAILED`, or null if there is no signature |
    /// | `signatures[]` | `kind` (`signature`, `document-timestamp`), `name`, `signer` (claimed), `indication`, `subIndication`, `reason`, `proof`, and the parts `integrity`, `identity`, `time`, `changes` |
    /// | a part | `conclusion` (`sound`, `unknown`, `broken`), `statements[]`, `findings[]` |
    /// | `proof` | only of a passed signature: `signer` (distinguished name), `fingerprint` (SHA-256), `existedBefore`, `provenBy` (null if nothing but the validation itself) |
    /// | a finding | `kind` (a stable name), `severity` (`information`, `warning`, `error`), `text`, `place`, `rule` |
    /// | `findings[]` | what was found beside the signatures |
    #[must_use]
    pub fn to_json(&self) -> String {
        let document = Document {
            version: 1,
            at: self.at().to_string(),
            indication: self.indication().map(|indication| indication.to_string()),
            signatures: self.signatures().iter().map(Signature::of).collect(),
            findings: self.findings(),
        };
        // Strings, numbers and lists of them: there is nothing in it that JSON could not write.
        serde_json::to_string_pretty(&document).unwrap_or_default()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    version: u8,
    at: String,
    indication: Option<String>,
    signatures: Vec<Signature<'a>>,
    findings: &'a [Finding],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Signature<'a> {
    kind: &'static str,
    name: &'a str,
    signer: Option<&'a str>,
    indication: String,
    sub_indication: Option<String>,
    reason: Option<&'a str>,
    proof: Option<ProofMembers>,
    integrity: PartMembers<'a>,
    identity: PartMembers<'a>,
    time: PartMembers<'a>,
    changes: PartMembers<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProofMembers {
    signer: String,
    fingerprint: String,
    existed_before: String,
    proven_by: Option<String>,
}

#[derive(Serialize)]
struct PartMembers<'a> {
    conclusion: &'static str,
    statements: &'a [String],
    findings: &'a [Finding],
}

impl<'a> Signature<'a> {
    fn of(report: &'a SignatureReport) -> Self {
        let verdict = report.verdict();
        let kind = match report.kind() {
            SignatureKind::Signature => "signature",
            SignatureKind::DocumentTimestamp => "document-timestamp",
        };
        Self {
            kind,
            name: report.name(),
            signer: report.claimed_signer(),
            indication: verdict.indication().to_string(),
            sub_indication: verdict.reason().map(|reason| reason.sub_indication().to_string()),
            reason: verdict.reason().map(super::verdict::Reason::text),
            proof: verdict.proof().map(|proof| ProofMembers {
                signer: proof.signer().subject().to_string(),
                fingerprint: proof.signer().fingerprint(chancery_digest::DigestAlgorithm::Sha256).to_string(),
                existed_before: proof.time().to_string(),
                proven_by: match proof.existence() {
                    Existence::Proven { by, .. } => Some(by.clone()),
                    Existence::AtValidation(_) => None,
                },
            }),
            integrity: PartMembers::of(report.integrity()),
            identity: PartMembers::of(report.identity()),
            time: PartMembers::of(report.time()),
            changes: PartMembers::of(report.changes()),
        }
    }
}

impl<'a> PartMembers<'a> {
    fn of(part: &'a Part) -> Self {
        let conclusion = match part.conclusion() {
            Conclusion::Sound => "sound",
            Conclusion::Unknown => "unknown",
            Conclusion::Broken => "broken",
        };
        Self { conclusion, statements: part.statements(), findings: part.findings() }
    }
}
