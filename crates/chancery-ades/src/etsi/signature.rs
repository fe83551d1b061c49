//! The report on one signature or timestamp (ETSI TS 119 102-2, 4.3).

use base64ct::{Base64, Encoding};
use chancery_chain::RevocationPolicy;
use chancery_cms::CertificateBinding;
use chancery_digest::{AnyDigest, Digest, KnownDigest};
use const_oid::ObjectIdentifier as Oid;

use super::names::{self, Scope};
use super::objects::{Objects, Stamp, digest_element, poe, sha256, signature_reference};
use super::status::{Said, Status, has_error};
use super::xml::{Attributes, Xml};
use crate::{
    Existence, Facts, Finding, Indication, Part, SignatureAttribute, SignatureReport, SubIndication,
};

/// A name that its bearer chose (RFC 3739, 3.1.2).
const PSEUDONYM: Oid = Oid::new_unwrap("2.5.4.65");

/// `SignatureValidationReport` of a signature. `beside` is what was found beside the signatures.
pub(super) fn write<'r>(
    xml: &mut Xml,
    objects: &mut Objects<'r>,
    report: &'r SignatureReport,
    (number, beside): (usize, &'r [Finding]),
) {
    let facts = report.facts();
    let id = identifier(facts, number);
    xml.within("SignatureValidationReport", &[], |xml| {
        write_identifier(xml, report, &id);
        write_constraints(xml, Some(report), facts, beside);
        write_times(xml, objects, facts);
        write_document(xml, objects, facts);
        write_attributes(xml, objects, facts);
        write_signer(xml, objects, facts);
        write_quality(xml, facts);
        xml.within("SignatureValidationProcess", &[], |xml| {
            xml.text("SignatureValidationProcessID", "urn:etsi:019102:validationprocess:LTA");
        });
        let mut status = Status::of_verdict(Scope::Signature, report.verdict());
        if status.indication == Indication::TotalPassed && has_error(beside) {
            // Who reads only this must not take for passed what the report as a whole does not.
            (status.indication, status.sub_indication) =
                (Indication::Indeterminate, Some(SubIndication::Generic));
            status.said.push(Said::Reason("an error was found beside the signatures"));
        }
        status.said.extend(report.findings().map(Said::Finding));
        status.said.extend(report.help().map(Said::Help));
        status.write_with(xml, objects, facts, Some(&id));
    });
}

/// `SignatureValidationReport` of a timestamp, within its validation object.
pub(super) fn write_timestamp<'r>(xml: &mut Xml, objects: &mut Objects<'r>, stamp: Stamp<'r>, id: &str) {
    let facts = stamp.facts();
    xml.within("ValidationReport", &[], |xml| {
        let mut status = match stamp {
            Stamp::OfSignature(stamp) => Status::of_verdict(Scope::Part, &stamp.verdict),
            Stamp::OverDocument(report) => {
                write_constraints(xml, Some(report), facts, &[]);
                Status::of_verdict(Scope::Part, report.verdict())
            }
        };
        write_signer(xml, objects, facts);
        if let Stamp::OverDocument(report) = stamp {
            status.said.extend(report.findings().map(Said::Finding));
        }
        status.write_with(xml, objects, facts, Some(id));
    });
}

/// `SignatureValidationReport` where nobody signed: the schema asks for one.
pub(super) fn write_unsigned(xml: &mut Xml, beside: &[Finding]) {
    xml.within("SignatureValidationReport", &[], |xml| {
        write_constraints(xml, None, &Facts::default(), beside);
        xml.within("SignatureValidationStatus", &[], |xml| {
            xml.text("MainIndication", &names::own("no-signature"));
        });
    });
}

/// Two signatures can be equal in every octet, so the number is part of the name.
fn identifier(facts: &Facts, number: usize) -> String {
    let value = facts.value().map(|value| format!("-{}", sha256(value).to_string().to_uppercase()));
    format!("S-{number}{}", value.unwrap_or_default())
}

/// `SignatureIdentifier` (4.3.3).
fn write_identifier(xml: &mut Xml, report: &SignatureReport, id: &str) {
    let facts = report.facts();
    xml.within("SignatureIdentifier", &[("id", id)], |xml| {
        if let Some(digest) = digest_to_be_signed(facts) {
            digest_element(xml, &digest);
        }
        if let Some(value) = facts.value().filter(|value| !value.is_empty()) {
            xml.text("ds:SignatureValue", &Base64::encode_string(value));
        }
        xml.text("HashOnly", "false");
        xml.text("DocHashOnly", "false");
        xml.text("DAIdentifier", report.name());
    });
}

/// The digest of what the signature value is over, by the algorithm of the content's.
fn digest_to_be_signed(facts: &Facts) -> Option<Digest<KnownDigest>> {
    let content = facts.particulars.content?;
    if facts.particulars.to_be_signed.is_empty() {
        return Some(content);
    }
    let algorithm = facts.algorithm.map_or(content.algorithm(), |(algorithm, _)| algorithm.digest());
    Some(algorithm.digest(&facts.particulars.to_be_signed))
}

/// `ValidationConstraintsEvaluationReport` (4.3.4): the parts of our report, and what was asked about revocation.
fn write_constraints(xml: &mut Xml, report: Option<&SignatureReport>, facts: &Facts, beside: &[Finding]) {
    if report.is_none() && beside.is_empty() {
        return;
    }
    xml.within("ValidationConstraintsEvaluationReport", &[], |xml| {
        if let Some(report) = report {
            part(xml, "integrity", report.integrity());
            part(xml, "identity", report.identity());
            part(xml, "time", report.time());
            part(xml, "changes", report.changes());
        }
        if let Some(policy) = facts.policy {
            write_revocation_policy(xml, policy);
        }
        if !beside.is_empty() {
            xml.within("ValidationConstraint", &[], |xml| {
                xml.text("ValidationConstraintIdentifier", &names::own("document"));
                constraint_status(xml, "applied");
                Status::of_findings(beside).write(xml, "ValidationStatus");
            });
        }
    });
}

fn part(xml: &mut Xml, name: &str, part: &Part) {
    xml.within("ValidationConstraint", &[], |xml| {
        xml.text("ValidationConstraintIdentifier", &names::own(name));
        if part.is_silent() {
            constraint_status(xml, "disabled");
        } else {
            constraint_status(xml, "applied");
            Status::of_part(part).write(xml, "ValidationStatus");
        }
    });
}

fn write_revocation_policy(xml: &mut Xml, policy: RevocationPolicy) {
    let (word, status) = match policy {
        RevocationPolicy::Require => ("require", "applied"),
        RevocationPolicy::WhenKnown => ("when-known", "applied"),
        RevocationPolicy::NotChecked => ("not-checked", "disabled"),
    };
    xml.within("ValidationConstraint", &[], |xml| {
        xml.text("ValidationConstraintIdentifier", &names::own("revocation"));
        xml.within("ValidationConstraintParameter", &[], |xml| {
            xml.text("Type", &names::own("revocation"));
            xml.value("Value", &[("xsi:type", "xs:string")], word);
        });
        constraint_status(xml, status);
    });
}

fn constraint_status(xml: &mut Xml, status: &str) {
    xml.within("ConstraintStatus", &[], |xml| {
        xml.text("Status", &format!("urn:etsi:019102:constraintStatus:{status}"));
    });
}

/// `ValidationTimeInfo` (4.3.5).
fn write_times(xml: &mut Xml, objects: &Objects<'_>, facts: &Facts) {
    xml.within("ValidationTimeInfo", &[], |xml| {
        xml.text("ValidationTime", &objects.at().to_string());
        xml.within("BestSignatureTime", &[], |xml| match &facts.existence {
            Some(Existence::Proven { before, .. }) => {
                let proven = facts.value().and_then(|value| objects.proven_signature(value));
                let proven = proven.filter(|proven| proven.at == *before);
                poe(xml, *before, proven, |_| true);
            }
            _ => poe(xml, objects.at(), None, |_| true),
        });
    });
}

/// `SignersDocument` (4.3.6).
fn write_document(xml: &mut Xml, objects: &mut Objects<'_>, facts: &Facts) {
    let Some(content) = facts.particulars.content else { return };
    let id = objects.content_of(facts.value(), content);
    xml.within("SignersDocument", &[], |xml| {
        digest_element(xml, &content);
        xml.value("SignersDocumentRepresentation", &[("VOReference", &id)], "");
    });
}

/// `SignerInformation` (4.3.8).
fn write_signer(xml: &mut Xml, objects: &mut Objects<'_>, facts: &Facts) {
    let Some(signer) = facts.claimed_signer() else { return };
    let id = objects.certificate(signer);
    let is_pseudonym = signer.subject().attribute(PSEUDONYM).is_some();
    let pseudonym: Attributes<'_> = if is_pseudonym { &[("Pseudonym", "true")] } else { &[] };
    xml.within("SignerInformation", pseudonym, |xml| {
        xml.value("SignerCertificate", &[("VOReference", &id)], "");
        xml.text("Signer", &signer.display_name());
    });
}

/// `SignatureQuality` (4.3.9): the level of the form, and what the signer's certificate claims. Whether a claim is true
/// is for trusted lists to say.
fn write_quality(xml: &mut Xml, facts: &Facts) {
    let level = facts.level().map(|level| names::own(names::quality(level)));
    let claims = facts.signer().and_then(|signer| signer.claims().ok().flatten());
    let claims = claims.is_some_and(|claims| claims.claims_to_be_qualified());
    let claims = claims.then(|| names::own("quality-claims-qualified"));
    if level.is_none() && claims.is_none() {
        return;
    }
    xml.within("SignatureQuality", &[], |xml| {
        for name in level.into_iter().chain(claims) {
            xml.text("SignatureQualityInformation", &name);
        }
    });
}

/// `SignatureAttributes` (4.3.7 and annex A).
fn write_attributes<'r>(xml: &mut Xml, objects: &mut Objects<'r>, facts: &'r Facts) {
    let bound = facts.signer().filter(|_| facts.binding.is_some_and(|how| how != CertificateBinding::None));
    let stamped = facts.timestamps.iter().any(|stamp| stamp.time.is_some());
    let stated = &facts.particulars.attributes;
    let over_document = objects.over_document(facts);
    let stamped = stamped || !over_document.is_empty();
    if bound.is_none() && facts.claimed_time.is_none() && !stamped && stated.is_empty() {
        return;
    }
    xml.within("SignatureAttributes", &[], |xml| {
        if let Some(time) = facts.claimed_time {
            xml.within("SigningTime", &[("Signed", "true")], |xml| xml.text("Time", &time.to_string()));
        }
        if let Some(certificate) = bound {
            let id = objects.certificate(certificate);
            xml.within("SigningCertificate", &[("Signed", "true")], |xml| {
                xml.value("AttributeObject", &[("VOReference", &id)], "");
            });
        }
        stated.iter().for_each(|attribute| write_attribute(xml, objects, attribute));
        for stamp in &facts.timestamps {
            let Some(time) = stamp.time else { continue };
            let id = objects.timestamp(Stamp::OfSignature(stamp));
            xml.within(names::timestamp_attribute(stamp.kind), &[], |xml| {
                if let Some(id) = id {
                    xml.value("AttributeObject", &[("VOReference", &id)], "");
                }
                xml.text("TimeStampValue", &time.to_string());
            });
        }
        for (id, time) in over_document {
            xml.within("DocTimeStamp", &[], |xml| {
                xml.value("AttributeObject", &[("VOReference", &id)], "");
                xml.text("TimeStampValue", &time.to_string());
            });
        }
    });
}

fn write_attribute(xml: &mut Xml, objects: &mut Objects<'_>, attribute: &SignatureAttribute) {
    let signed = names::is_signed(attribute);
    let mut one = |name: &str, inner: &str, text: &str| {
        xml.within(name, signed, |xml| xml.text(inner, text));
    };
    let references = |xml: &mut Xml, name: &str, ids: Vec<String>| {
        xml.within(name, signed, |xml| {
            ids.iter().for_each(|id| xml.value("AttributeObject", &[("VOReference", id)], ""));
        });
    };
    match attribute {
        SignatureAttribute::CertificateValues(all) => {
            let ids = all.iter().map(|certificate| objects.certificate(certificate)).collect();
            references(xml, "CertificateValues", ids);
        }
        SignatureAttribute::RevocationValues { crls, ocsp } => {
            references(xml, "RevocationValues", objects.carried(crls, ocsp));
        }
        SignatureAttribute::ContentType(oid) => one("DataObjectFormat", "ContentType", &urn(oid)),
        SignatureAttribute::MimeType(text) => one("DataObjectFormat", "MimeType", text),
        SignatureAttribute::MessageDigest(digest) => {
            one("MessageDigest", "Digest", &Base64::encode_string(digest));
        }
        SignatureAttribute::CommitmentType(oid) => {
            one("CommitmentTypeIndication", "CommitmentTypeIdentifier", &urn(oid));
        }
        SignatureAttribute::SignaturePolicy(oid) => one("SigPolicyIdentifier", "SigPolicyId", &urn(oid)),
        SignatureAttribute::ClaimedRole(role) => xml.within("SignerRole", signed, |xml| {
            xml.within("RoleDetails", &[], |xml| {
                xml.text("Role", role);
                xml.text("EndorsementType", "claimed");
            });
        }),
        SignatureAttribute::SigningTime(time) => one("SigningTime", "Time", &time.to_string()),
        SignatureAttribute::Place(lines) if !lines.is_empty() => {
            xml.within("SignatureProductionPlace", signed, |xml| {
                lines.iter().for_each(|line| xml.text("AddressString", line));
            });
        }
        SignatureAttribute::Place(_) => {}
        SignatureAttribute::Reason(text) => one("Reason", "ReasonElement", text),
        SignatureAttribute::Name(text) => one("Name", "NameElement", text),
        SignatureAttribute::ContactInfo(text) => one("ContactInfo", "ContactInfoElement", text),
        SignatureAttribute::Filter(text) => one("Filter", "Filter", text),
        SignatureAttribute::SubFilter(text) => one("SubFilter", "SubFilterElement", text),
        SignatureAttribute::ByteRange(numbers) => {
            let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
            xml.text("ByteRange", &numbers.join(" "));
        }
        SignatureAttribute::Countersignature(value) => xml.within("CounterSignature", signed, |xml| {
            xml.within("CounterSignature", &[], |xml| signature_reference(xml, value));
        }),
    }
}

fn urn(oid: &str) -> String {
    format!("urn:oid:{oid}")
}
