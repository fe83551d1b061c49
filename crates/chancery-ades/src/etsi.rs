//! Reports for other validators and for archives: ETSI TS 119 102-2.

mod names;
mod objects;
mod signature;
mod status;
mod xml;

use chancery_chain::ProofsOfExistence;

use self::objects::{Objects, Stamp};
use self::xml::Xml;
use crate::{Report, SignatureKind, SignatureReport};

impl Report {
    /// The report as an ETSI validation report: `ValidationReport` of ETSI TS 119 102-2 V1.4.1, in XML.
    ///
    /// Each signature has its result, the path and the timestamps it rests on, and what stands in it. Certificates,
    /// CRLs, OCSP answers and timestamps are named by their SHA-256 digest, with since when they are proven to exist.
    /// A timestamp over a document is no signature there, but an object with a report of its own. `docs/report.md`
    /// says how our words map to the standard's, and what the URIs that are ours mean.
    ///
    /// The same report gives the same octets. It is not signed: sign it with `chancery-cades` if it must speak for
    /// itself.
    ///
    /// ```
    /// # fn archive(report: &chancery_ades::Report) -> std::io::Result<()> {
    /// std::fs::write("contract.validation.xml", report.to_etsi_xml())
    /// # }
    /// ```
    #[must_use]
    pub fn to_etsi_xml(&self) -> String {
        let mut xml = Xml::new();
        let proofs = self.signatures().iter().filter_map(|report| report.facts().proofs.as_deref());
        let mut objects = Objects::new(self.at(), distinct(proofs));
        let namespaces = [
            ("xmlns", names::REPORT),
            ("xmlns:ds", "http://www.w3.org/2000/09/xmldsig#"),
            ("xmlns:xs", "http://www.w3.org/2001/XMLSchema"),
            ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        ];
        xml.within("ValidationReport", &namespaces, |xml| {
            objects.learn(self.signatures().iter().flat_map(stamps).collect());
            if !self.is_signed() {
                signature::write_unsigned(xml, self.findings());
            }
            let (signatures, over_document): (Vec<_>, Vec<_>) =
                self.signatures().iter().partition(|report| report.kind() == SignatureKind::Signature);
            for (index, report) in signatures.into_iter().enumerate() {
                signature::write(xml, &mut objects, report, (index + 1, self.findings()));
            }
            for report in over_document {
                objects.timestamp(Stamp::OverDocument(report));
            }
            if !objects.is_empty() {
                xml.within("SignatureValidationObjects", &[], |xml| write_objects(xml, &mut objects));
            }
        });
        xml.finish()
    }
}

/// Signatures that were validated together share their proofs.
fn distinct<'r>(proofs: impl Iterator<Item = &'r ProofsOfExistence>) -> Vec<&'r ProofsOfExistence> {
    let mut distinct: Vec<&ProofsOfExistence> = Vec::new();
    for one in proofs {
        if !distinct.last().is_some_and(|last| std::ptr::eq(*last, one)) {
            distinct.push(one);
        }
    }
    distinct
}

/// The timestamps that a report speaks of.
fn stamps(report: &SignatureReport) -> Vec<Stamp<'_>> {
    match report.kind() {
        SignatureKind::Signature => report.facts().timestamps().iter().map(Stamp::OfSignature).collect(),
        SignatureKind::DocumentTimestamp => vec![Stamp::OverDocument(report)],
    }
}

/// The report on a timestamp refers to further objects, which are written after it.
fn write_objects(xml: &mut Xml, objects: &mut Objects<'_>) {
    let mut index = 0;
    while let Some((id, stamp)) = objects.next(index) {
        xml.within("ValidationObject", &[("id", &id)], |xml| {
            objects.write_head(xml, index);
            if let Some(stamp) = stamp {
                signature::write_timestamp(xml, objects, stamp, &id);
            }
        });
        index += 1;
    }
}
