//! ETSI TS 119 102-2 reports: what can be said without the schema, which `.ci/judges reports` asks.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod samples;
mod support;

use std::collections::{BTreeMap, HashSet};

use chancery_ades::{Indication, Report, SignatureKind};
use chancery_key::KeyKind;
use chancery_testkit::{Profile, TestExtension};
use const_oid::ObjectIdentifier as Oid;
use roxmltree::{Document, Node};

const REPORT: &str = "http://uri.etsi.org/19102/v1.4.1#";

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.has_tag_name((REPORT, name)))
}

fn text<'a>(node: Node<'a, '_>, path: &[&str]) -> Option<&'a str> {
    path.iter().try_fold(node, |node, name| child(node, name)).and_then(|node| node.text())
}

fn all<'a, 'i>(document: &'a Document<'i>, name: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    document.descendants().filter(move |node| node.has_tag_name((REPORT, name)))
}

#[test]
fn identifiers_are_unique_and_references_lead_to_them() {
    for (name, report) in samples::reports() {
        let xml = report.to_etsi_xml();
        let document = Document::parse(&xml).unwrap_or_else(|error| panic!("{name}: {error}\n{xml}"));
        let ids: Vec<&str> = document.descendants().filter_map(|node| node.attribute("id")).collect();
        let unique: HashSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "{name}: {ids:?}");
        for target in document.descendants().filter_map(|node| node.attribute("VOReference")) {
            assert!(unique.contains(target), "{name}: {target} is nowhere");
        }
    }
}

#[test]
fn the_same_report_gives_the_same_octets() {
    for (name, report) in samples::reports() {
        assert_eq!(report.to_etsi_xml(), report.clone().to_etsi_xml(), "{name}");
    }
}

#[test]
fn each_signature_has_its_status_and_none_passes_that_the_whole_does_not_let_pass() {
    for (name, report) in samples::reports() {
        let xml = report.to_etsi_xml();
        let document = Document::parse(&xml).unwrap();
        let statuses: Vec<_> = document
            .root_element()
            .children()
            .filter(|node| node.has_tag_name((REPORT, "SignatureValidationReport")))
            .map(|node| text(node, &["SignatureValidationStatus", "MainIndication"]).unwrap())
            .collect();
        let signatures = report.signatures().iter().filter(|one| one.kind() == SignatureKind::Signature);
        let expected: Vec<_> = signatures.map(|one| expected(&report, one.verdict().indication())).collect();
        if expected.is_empty() {
            assert!(statuses.len() == 1 && statuses[0].ends_with("#no-signature"), "{name}: {statuses:?}");
        } else {
            assert_eq!(statuses, expected, "{name}");
        }
    }
}

fn expected(report: &Report, own: Indication) -> &'static str {
    let errors = report.findings().iter().any(|one| one.severity == chancery_ades::Severity::Error);
    match own {
        Indication::TotalPassed if !errors => "urn:etsi:019102:mainindication:total-passed",
        Indication::TotalFailed => "urn:etsi:019102:mainindication:total-failed",
        _ => "urn:etsi:019102:mainindication:indeterminate",
    }
}

#[test]
fn text_of_strangers_stays_text() {
    let (_, report) = samples::reports().into_iter().find(|(name, _)| *name == "hostile").unwrap();
    let xml = report.to_etsi_xml();
    let shown = chancery_certificate::printable(samples::HOSTILE).replace('\u{ffff}', r"\u{ffff}");
    for hidden in ['\u{202e}', '\u{200b}', '\u{0}', '\u{ffff}'] {
        assert!(!xml.contains(hidden), "{hidden:?}");
    }
    let document = Document::parse(&xml).unwrap();
    let names: Vec<&str> = all(&document, "DAIdentifier").filter_map(|node| node.text()).collect();
    assert_eq!(names, [shown.as_str()]);
    assert!(all(&document, "Value").any(|node| node.text().is_some_and(|text| text.contains(&shown))));
}

#[test]
fn the_best_signature_time_names_the_timestamp_that_proves_it() {
    let reports: BTreeMap<_, _> = samples::reports().into_iter().collect();
    for name in ["passed-stamped", "passed-archived", "document"] {
        let xml = reports[name].to_etsi_xml();
        let document = Document::parse(&xml).unwrap();
        let best = all(&document, "BestSignatureTime").next().unwrap();
        assert_eq!(text(best, &["POETime"]), Some("2025-06-01T00:00:00Z"), "{name}");
        let stamp = child(best, "POEObject").and_then(|node| node.attribute("VOReference")).unwrap();
        let object =
            all(&document, "ValidationObject").find(|node| node.attribute("id") == Some(stamp)).unwrap();
        assert_eq!(text(object, &["ObjectType"]), Some("urn:etsi:019102:validationObject:timestamp"));
        let status = text(object, &["ValidationReport", "SignatureValidationStatus", "MainIndication"]);
        assert_eq!(status, Some("urn:etsi:019102:mainindication:passed"));
    }
    let unproven = reports["passed"].to_etsi_xml();
    let document = Document::parse(&unproven).unwrap();
    let best = all(&document, "BestSignatureTime").next().unwrap();
    assert_eq!(text(best, &["POETime"]), Some("2025-06-02T00:00:00Z"), "only now");
    assert!(child(best, "POEObject").is_none());
}

#[test]
fn what_an_archive_timestamp_covers_exists_since_its_time() {
    let reports: BTreeMap<_, _> = samples::reports().into_iter().collect();
    let xml = reports["passed-archived"].to_etsi_xml();
    let document = Document::parse(&xml).unwrap();
    let since = |kind: &str| -> Vec<&str> {
        let kind = format!("urn:etsi:019102:validationObject:{kind}");
        let objects = all(&document, "ValidationObject");
        let of_kind = objects.filter(|node| text(*node, &["ObjectType"]) == Some(&kind));
        let mut times: Vec<_> = of_kind.map(|node| text(node, &["POE", "POETime"]).unwrap()).collect();
        times.sort_unstable();
        times
    };
    let (archived, present) = ("2026-06-01T00:00:00Z", "2027-06-02T00:00:00Z");
    let stamps = [archived, "2026-12-01T00:00:00Z", present];
    assert_eq!(since("timestamp"), stamps, "each by the next, the last is only at hand");
    assert!(since("CRL").contains(&archived) && since("certificate").contains(&archived), "{xml}");
}

#[test]
fn a_timestamp_over_the_document_is_an_object_and_an_attribute_of_what_it_covers() {
    let reports: BTreeMap<_, _> = samples::reports().into_iter().collect();
    let xml = reports["document"].to_etsi_xml();
    let document = Document::parse(&xml).unwrap();
    let stamps: Vec<_> = all(&document, "DocTimeStamp").collect();
    assert_eq!(stamps.len(), 1, "the other signature is not covered: {xml}");
    assert_eq!(text(stamps[0], &["TimeStampValue"]), Some("2025-06-01T00:00:00Z"));
    assert_eq!(all(&document, "SignatureValidationReport").count(), 2, "a timestamp is no signature");
}

/// What a signature carries for its own validation is among the objects, and named by its attributes.
#[test]
fn what_a_signature_carries_is_named_as_objects() {
    let reports: BTreeMap<_, _> = samples::reports().into_iter().collect();
    let xml = reports["document"].to_etsi_xml();
    let document = Document::parse(&xml).unwrap();
    let kinds = |attribute: &'static str| -> Vec<String> {
        let attribute = all(&document, attribute).next().unwrap();
        assert_eq!(attribute.attribute("Signed"), Some("false"));
        let references = attribute.children().filter_map(|node| node.attribute("VOReference"));
        let object = |id: &str| {
            all(&document, "ValidationObject").find(|node| node.attribute("id") == Some(id)).unwrap()
        };
        let kind = |id| text(object(id), &["ObjectType"]).unwrap().rsplit(':').next().unwrap().to_owned();
        references.map(kind).collect()
    };
    assert_eq!(kinds("CertificateValues"), ["certificate"]);
    assert_eq!(kinds("RevocationValues"), ["CRL", "OCSPResponse"]);
}

/// The level of the form is told, whatever the verdict; that a certificate claims to be qualified is told as a claim.
#[test]
fn the_quality_of_a_signature_is_its_level_and_a_claim() {
    let reports: BTreeMap<_, _> = samples::reports().into_iter().collect();
    for (name, report) in &reports {
        let xml = report.to_etsi_xml();
        let document = Document::parse(&xml).unwrap();
        let told: Vec<&str> =
            all(&document, "SignatureQualityInformation").filter_map(|node| node.text()).collect();
        let signatures = report.signatures().iter().filter(|one| one.kind() == SignatureKind::Signature);
        let expected: Vec<String> = signatures
            .filter_map(|one| one.facts().level())
            .map(|level| level.to_string().to_lowercase().replace("below b-b", "below-baseline"))
            .collect();
        assert_eq!(told.len(), expected.len(), "{name}: {told:?}");
        for (told, expected) in told.iter().zip(expected) {
            assert!(told.ends_with(&format!("docs/report.md#quality-{expected}")), "{name}: {told}");
        }
        assert!(!xml.contains("quality-claims-qualified"), "{name}: nobody claims it");
    }

    let world = support::World::new();
    // QCStatements with id-etsi-qcs-QcCompliance (EN 319 412-5, 4.2.1).
    let statements = [0x30, 10, 0x30, 8, 0x06, 6, 0x04, 0, 0x8e, 0x46, 1, 1];
    let extension = TestExtension::plain(Oid::new_unwrap("1.3.6.1.5.5.7.1.3"), statements.to_vec());
    let profile =
        Profile::signer("Alice", KeyKind::P256).valid(support::at("2024-01-01"), support::at("2026-01-01"));
    let subject = support::Signed::by(&world.issuing.issue(profile.extension(extension))).subject();
    let moment = support::at("2025-06-02");
    let report = Report::new(moment, vec![subject.validate(&world.policy(), moment)], Vec::new());
    assert!(report.to_etsi_xml().contains("quality-claims-qualified<"), "{}", report.to_etsi_xml());
}

#[test]
fn a_revoked_certificate_is_named_with_time_and_reason() {
    let reports: BTreeMap<_, _> = samples::reports().into_iter().collect();
    for (name, word, reason) in [
        ("revoked", "REVOKED_NO_POE", "keyCompromise"),
        ("authority-revoked", "REVOKED_CA_NO_POE", "cACompromise"),
    ] {
        let xml = reports[name].to_etsi_xml();
        let document = Document::parse(&xml).unwrap();
        let status = all(&document, "SignatureValidationStatus").next().unwrap();
        assert_eq!(text(status, &["SubIndication"]).unwrap().rsplit(':').next(), Some(word));
        let revoked = all(&document, "RevocationStatusInformation").next().unwrap();
        assert_eq!(text(revoked, &["RevocationTime"]), Some("2025-03-01T00:00:00Z"));
        let said = text(revoked, &["RevocationReason"]).unwrap();
        assert_eq!(said, format!("urn:etsi:019102:revocationReason:{reason}"));
    }
}
