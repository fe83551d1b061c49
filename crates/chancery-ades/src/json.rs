//! Reports for programs. The schema is `report.schema.json` beside the sources.

mod hexadecimal;
mod path;
mod signature;

use std::collections::HashSet;

use chancery_certificate::Certificate;
use chancery_digest::DigestAlgorithm;
use serde::Serialize;

use self::signature::Signature;
use crate::{Finding, Report};

impl Report {
    /// The report as JSON. Members are only ever added to this schema, version 1; `report.schema.json` of this crate has every
    /// one of them.
    ///
    /// | member | meaning |
    /// | --- | --- |
    /// | `version` | 1 |
    /// | `at` | the moment of validation, RFC 3339 |
    /// | `indication` | `TOTAL-PASSED`, `INDETERMINATE`, `TOTAL-FAILED`, or null if there is no signature |
    /// | `signatures[]` | `kind` (`signature`, `document-timestamp`), `name`, `signer` (claimed), `level` (of its form), `indication`, `subIndication`, `reason`, `help`, `proof`, what they rest on, and the parts `integrity`, `identity`, `time`, `changes` |
    /// | what they rest on | `signatureValue` and `content` (digests), `algorithm`, `times`, `path`, `timestamps[]`, `attributes[]` |
    /// | a part | `conclusion` (`sound`, `unknown`, `broken`), `statements[]`, `findings[]` |
    /// | `proof` | only of a passed signature: `signer` (distinguished name), `fingerprint` (SHA-256), `existedBefore`, `provenBy` (null if nothing but the validation itself) |
    /// | a finding | `kind` (a stable name), `severity` (`information`, `warning`, `error`), `text`, `place`, `page` (`number`, counted from 1, and perhaps `area`: left, bottom, right, top), `rule`, `help` |
    /// | `findings[]` | what was found beside the signatures |
    /// | `certificates[]` | each certificate that `signatures` name by its `fingerprint` |
    ///
    /// Everything that the tree says is in it. Characters that mislead who sees the
    /// text (control, bidirectional, zero-width) are written as `\u202e`: read as JSON, the text is unchanged.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut certificates = Certificates::default();
        let signatures = self.signatures().iter().map(|one| Signature::of(one, &mut certificates)).collect();
        let document = Document {
            version: 1,
            at: self.at().to_string(),
            indication: self.indication().map(|indication| indication.to_string()),
            signatures,
            findings: self.findings(),
            certificates: certificates.list,
        };
        // Strings, numbers and lists of them: there is nothing in it that JSON could not write.
        escape(&serde_json::to_string_pretty(&document).unwrap_or_default())
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
    certificates: Vec<CertificateMembers>,
}

/// The certificates that were named so far, each once.
#[derive(Default)]
struct Certificates {
    list: Vec<CertificateMembers>,
    known: HashSet<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CertificateMembers {
    fingerprint: String,
    name: String,
    subject: String,
    issuer: String,
    serial: String,
    not_before: String,
    not_after: String,
}

impl Certificates {
    /// Adds a certificate and gives the name by which it is found.
    fn add(&mut self, certificate: &Certificate) -> String {
        let fingerprint = certificate.fingerprint(DigestAlgorithm::Sha256).to_string();
        if self.known.insert(fingerprint.clone()) {
            self.list.push(CertificateMembers {
                fingerprint: fingerprint.clone(),
                name: certificate.display_name(),
                subject: certificate.subject().to_string(),
                issuer: certificate.issuer().to_string(),
                serial: certificate.serial_hex(),
                not_before: certificate.not_before().to_string(),
                not_after: certificate.not_after().to_string(),
            });
        }
        fingerprint
    }
}

/// JSON forbids few characters. Those that are drawn as something else than they are stand only within strings, where
/// an escape means the same.
fn escape(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        if character == '\n' || !chancery_certificate::misleads(character) {
            escaped.push(character);
        } else {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

    use super::*;

    #[test]
    fn what_misleads_is_escaped_and_means_the_same() {
        let text = "a\u{202e}b\u{200b}c\u{e0001}d\u{85}\n\"é";
        let json = escape(&serde_json::to_string(text).unwrap());
        assert_eq!(json, r#""a\u202eb\u200bc\udb40\udc01d\u0085\n\"é""#);
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
