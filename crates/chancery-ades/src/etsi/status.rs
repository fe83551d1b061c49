//! What a validation came to (ETSI TS 119 102-2, 4.2.3 and 4.3.12).

use chancery_key::lifetime::Lifetime;
use jiff::Timestamp;

use super::names::{self, Scope};
use super::objects::Objects;
use super::xml::Xml;
use crate::report::Conclusion;
use crate::{Existence, Facts, Finding, Indication, Part, Severity, SubIndication, Verdict};

/// A result in the words of the standard.
pub(super) struct Status<'a> {
    pub(super) scope: Scope,
    pub(super) indication: Indication,
    pub(super) sub_indication: Option<SubIndication>,
    pub(super) said: Vec<Said<'a>>,
}

/// Something said in words.
pub(super) enum Said<'a> {
    Reason(&'a str),
    Help(&'a str),
    Statement(&'a str),
    Finding(&'a Finding),
}

impl<'a> Status<'a> {
    pub(super) fn of_verdict(scope: Scope, verdict: &'a Verdict) -> Self {
        let reason = verdict.reason();
        let said = reason.map(|reason| Said::Reason(reason.text()));
        Self {
            scope,
            indication: verdict.indication(),
            sub_indication: reason.map(crate::Reason::sub_indication),
            said: said.into_iter().collect(),
        }
    }

    pub(super) fn of_part(part: &'a Part) -> Self {
        let statements = part.statements().iter().map(|text| Said::Statement(text));
        Self {
            scope: Scope::Part,
            indication: match part.conclusion() {
                Conclusion::Sound => Indication::TotalPassed,
                Conclusion::Unknown => Indication::Indeterminate,
                Conclusion::Broken => Indication::TotalFailed,
            },
            sub_indication: None,
            said: statements.chain(part.findings().iter().map(Said::Finding)).collect(),
        }
    }

    /// What was found beside the signatures: an error among it keeps them from passing.
    pub(super) fn of_findings(findings: &'a [Finding]) -> Self {
        let indication =
            if has_error(findings) { Indication::Indeterminate } else { Indication::TotalPassed };
        let sub_indication = (indication != Indication::TotalPassed).then_some(SubIndication::Generic);
        let said = findings.iter().map(Said::Finding).collect();
        Self { scope: Scope::Part, indication, sub_indication, said }
    }

    /// `MainIndication` and `SubIndication`.
    fn write_indications(&self, xml: &mut Xml) {
        xml.text("MainIndication", names::main_indication(self.indication, self.scope));
        if let Some(word) = self.sub_indication {
            xml.text("SubIndication", &names::sub_indication(word));
        }
    }

    /// `ValidationStatusType` with nothing but what is said in words.
    pub(super) fn write(&self, xml: &mut Xml, name: &str) {
        xml.within(name, &[], |xml| {
            self.write_indications(xml);
            if !self.said.is_empty() {
                xml.within("AssociatedValidationReportData", &[], |xml| self.write_words(xml));
            }
        });
    }

    /// `ValidationStatusType` with what the result rests on; `about` is the object or signature that was judged.
    pub(super) fn write_with<'r>(
        &self,
        xml: &mut Xml,
        objects: &mut Objects<'r>,
        facts: &'r Facts,
        about: Option<&str>,
    ) {
        xml.within("SignatureValidationStatus", &[], |xml| {
            self.write_indications(xml);
            let algorithm = about.is_some() && facts.algorithm.is_some();
            let path = facts.path.as_ref().is_some_and(|path| !path.certificates.is_empty());
            if self.said.is_empty() && !algorithm && !path {
                return;
            }
            xml.within("AssociatedValidationReportData", &[], |xml| {
                write_path(xml, objects, facts);
                if let Some(about) = about {
                    write_algorithm(xml, objects.at(), facts, about);
                }
                self.write_words(xml);
            });
        });
    }

    /// `AdditionalValidationReportData`.
    fn write_words(&self, xml: &mut Xml) {
        if self.said.is_empty() {
            return;
        }
        xml.within("AdditionalValidationReportData", &[], |xml| {
            for said in &self.said {
                let (kind, text) = match said {
                    Said::Reason(text) => ("reason".to_owned(), (*text).to_owned()),
                    Said::Help(text) => ("help".to_owned(), (*text).to_owned()),
                    Said::Statement(text) => ("statement".to_owned(), (*text).to_owned()),
                    Said::Finding(finding) => (severity(finding.severity), words(finding)),
                };
                xml.within("ReportData", &[], |xml| {
                    xml.text("Type", &names::own(&kind));
                    xml.value("Value", &[("xsi:type", "xs:string")], &text);
                });
            }
        });
    }
}

pub(super) fn has_error(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}

fn severity(severity: Severity) -> String {
    match severity {
        Severity::Information => "information".into(),
        Severity::Warning => "warning".into(),
        Severity::Error => "error".into(),
    }
}

/// The kind first, since it is the stable part: `digest-mismatch: the digest differs [revision 2] (RFC 5652, 5.4)`.
fn words(finding: &Finding) -> String {
    let rule = finding.rule.map(|rule| format!(" ({rule})")).unwrap_or_default();
    format!("{}: {finding}{rule}", finding.kind)
}

/// `TrustAnchor`, `CertificateChain`, `RelatedValidationObject` and `RevocationStatusInformation`.
fn write_path<'r>(xml: &mut Xml, objects: &mut Objects<'r>, facts: &'r Facts) {
    let Some(path) = &facts.path else { return };
    let ids: Vec<String> = path.certificates.iter().map(|one| objects.certificate(one)).collect();
    let Some((signer, above)) = ids.split_first() else { return };
    let anchor = path.anchor().and_then(|_| ids.last());
    let reference = |xml: &mut Xml, name: &str, id: &str| xml.value(name, &[("VOReference", id)], "");
    if let Some(anchor) = anchor {
        reference(xml, "TrustAnchor", anchor);
    }
    xml.within("CertificateChain", &[], |xml| {
        reference(xml, "SigningCertificate", signer);
        let between = above.len().saturating_sub(usize::from(anchor.is_some()));
        above.iter().take(between).for_each(|id| reference(xml, "IntermediateCertificate", id));
        if let Some(anchor) = anchor {
            reference(xml, "TrustAnchor", anchor);
        }
    });
    for id in objects.path_evidence(&path.revocation) {
        reference(xml, "RelatedValidationObject", &id);
    }
    if let Some(revoked) = &path.revoked {
        let id = objects.certificate(&revoked.certificate);
        xml.within("RevocationStatusInformation", &[], |xml| {
            reference(xml, "ValidationObjectId", &id);
            xml.text("RevocationTime", &revoked.since.to_string());
            if let Some(reason) = names::revocation_reason(revoked.reason) {
                xml.text("RevocationReason", &reason);
            }
        });
    }
}

/// `CryptoInformation`: the algorithm, judged at the time by which the signature is proven to exist.
fn write_algorithm(xml: &mut Xml, at: Timestamp, facts: &Facts, about: &str) {
    let Some((algorithm, lifetime)) = &facts.algorithm else { return };
    let moment = match &facts.existence {
        Some(Existence::Proven { before, .. }) => *before,
        Some(Existence::AtValidation(at)) => *at,
        _ => at,
    };
    xml.within("CryptoInformation", &[], |xml| {
        xml.value("ValidationObjectId", &[("VOReference", about)], "");
        xml.text("Algorithm", &names::signature(algorithm));
        xml.text("SecureAlgorithm", if lifetime.includes(moment) { "true" } else { "false" });
        if let Lifetime::Until(end) = lifetime {
            xml.text("NotAfter", &end.to_string());
        }
    });
}
