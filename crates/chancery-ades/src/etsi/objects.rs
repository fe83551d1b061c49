//! The list of validation objects: everything that a report refers to, each once, with since when it is proven to exist
//! (ETSI TS 119 102-2, 4.4).

use std::collections::{HashMap, HashSet};

use base64ct::{Base64, Encoding};
use chancery_certificate::{Certificate, Octets};
use chancery_chain::{Evidence, ProofsOfExistence, RevocationStatus};
use chancery_digest::{AnyDigest, Digest, DigestAlgorithm, KnownDigest};
use jiff::Timestamp;

use super::names;
use super::xml::Xml;
use crate::{Coverage, Facts, TimestampFacts};

/// Everything that was referred to so far, in the order of the first reference.
pub(super) struct Objects<'r> {
    list: Vec<Object<'r>>,
    known: HashSet<String>,
    /// Long lists are hashed once: where they lie in memory tells them apart.
    hashed: HashMap<(*const u8, usize), Digest<KnownDigest>>,
    proven: HashMap<String, Proven>,
    /// The content of each signature, by the signature.
    content: HashMap<String, String>,
    documents: Vec<OverDocument>,
    proofs: Vec<&'r ProofsOfExistence>,
    at: Timestamp,
}

/// A timestamp over the document, and the signatures in it.
struct OverDocument {
    id: String,
    time: Timestamp,
    signatures: HashSet<String>,
}

impl OverDocument {
    fn told(&self) -> (String, Timestamp) {
        (self.id.clone(), self.time)
    }
}

/// Since when an object is proven to exist, and by which timestamp.
#[derive(Clone)]
pub(super) struct Proven {
    pub(super) at: Timestamp,
    pub(super) by: String,
}

struct Object<'r> {
    id: String,
    kind: &'static str,
    digest: Digest<KnownDigest>,
    /// If it is a timestamp: what came of it.
    timestamp: Option<Stamp<'r>>,
}

/// A timestamp, of a signature or over a document.
#[derive(Copy, Clone)]
pub(super) enum Stamp<'r> {
    OfSignature(&'r TimestampFacts),
    OverDocument(&'r crate::SignatureReport),
}

impl<'r> Objects<'r> {
    /// No objects yet, in the report of this moment. Since when anything is proven to exist, `proofs` say.
    pub(super) fn new(at: Timestamp, proofs: Vec<&'r ProofsOfExistence>) -> Self {
        Self {
            list: Vec::new(),
            known: HashSet::new(),
            hashed: HashMap::new(),
            proven: HashMap::new(),
            content: HashMap::new(),
            documents: Vec::new(),
            proofs,
            at,
        }
    }

    pub(super) const fn at(&self) -> Timestamp {
        self.at
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(super) fn certificate(&mut self, certificate: &Certificate) -> String {
        self.add("C", "certificate", sha256(certificate.to_der()), None)
    }

    /// What was signed. What proves that the signature existed proves it of this too: its digest is in it.
    pub(super) fn content_of(&mut self, signature: Option<&[u8]>, content: Digest<KnownDigest>) -> String {
        let id = self.add("D", "signedData", content, None);
        if let Some(key) = signature.map(signature_key) {
            if let Some(proven) = self.proven.get(&key).cloned() {
                let known = self.proven.entry(id.clone()).or_insert_with(|| proven.clone());
                if proven.at < known.at {
                    *known = proven;
                }
            }
            self.content.insert(key, id.clone());
        }
        id
    }

    /// A timestamp; nothing if there is no token.
    pub(super) fn timestamp(&mut self, stamp: Stamp<'r>) -> Option<String> {
        let token = stamp.facts().token.as_deref()?;
        Some(self.add("T", "timestamp", sha256(token), Some(stamp)))
    }

    /// The timestamps over the document that cover a signature, with the times that they say.
    pub(super) fn over_document(&self, facts: &Facts) -> Vec<(String, Timestamp)> {
        let Some(value) = facts.value() else { return Vec::new() };
        let key = signature_key(value);
        self.documents
            .iter()
            .filter(|stamp| stamp.signatures.contains(&key))
            .map(OverDocument::told)
            .collect()
    }

    /// CRLs and OCSP answers that a signature carries.
    pub(super) fn carried(&mut self, crls: &[Octets], ocsp: &[Octets]) -> Vec<String> {
        let crls: Vec<String> = crls.iter().map(|crl| self.shared("CRL", crl)).collect();
        let ocsp = ocsp.iter().map(|answer| self.shared("OCSPResponse", answer));
        crls.into_iter().chain(ocsp).collect()
    }

    /// CRLs and OCSP answers.
    pub(super) fn revocations(&mut self, evidence: &Evidence) -> Vec<String> {
        let mut ids = Vec::new();
        for crl in evidence.crls() {
            ids.push(self.shared("CRL", crl));
        }
        for answer in evidence.ocsp() {
            ids.push(self.shared("OCSPResponse", answer));
        }
        ids
    }

    /// What the answers about the revocation of the certificates of a path rest on.
    pub(super) fn path_evidence(&mut self, statuses: &[RevocationStatus]) -> Vec<String> {
        let mut ids = Vec::new();
        for status in statuses {
            if let RevocationStatus::Good(evidence) | RevocationStatus::RevokedLater { evidence, .. } = status
            {
                let evidence = evidence.evidence();
                ids.extend(self.revocations(&evidence));
                ids.extend(evidence.certificates().iter().map(|certificate| self.certificate(certificate)));
            }
        }
        let mut seen = HashSet::new();
        ids.retain(|id| seen.insert(id.clone()));
        ids
    }

    /// Everything that a timestamp covers.
    fn covered(&mut self, stamp: Stamp<'r>) -> Vec<String> {
        let covers = &stamp.facts().covers;
        let evidence = covers.covered_evidence();
        let certificates = evidence.certificates().iter();
        let mut ids: Vec<String> = certificates.map(|certificate| self.certificate(certificate)).collect();
        ids.extend(covers.signatures().filter_map(|value| self.content.get(&signature_key(value)).cloned()));
        ids.extend(self.revocations(evidence));
        // A token that nobody judged is no object of this report.
        let tokens = covers.tokens().map(|token| id("T", &sha256(token)));
        ids.extend(tokens.filter(|id| self.known.contains(id)));
        ids
    }

    fn shared(&mut self, kind: &'static str, bytes: &Octets) -> String {
        let digest = self.digest_of_list(bytes);
        self.add("R", kind, digest, None)
    }

    fn digest_of_list(&mut self, bytes: &Octets) -> Digest<KnownDigest> {
        let place = (bytes.as_ptr(), bytes.len());
        *self.hashed.entry(place).or_insert_with(|| sha256(bytes))
    }

    fn add(
        &mut self,
        prefix: &str,
        kind: &'static str,
        digest: Digest<KnownDigest>,
        timestamp: Option<Stamp<'r>>,
    ) -> String {
        let id = id(prefix, &digest);
        if self.known.insert(id.clone()) {
            self.list.push(Object { id: id.clone(), kind, digest, timestamp });
        }
        id
    }

    /// Learns from the timestamps of a report what they prove. Of two that prove the same, the earlier counts.
    pub(super) fn learn(&mut self, stamps: Vec<Stamp<'r>>) {
        let at_hand: HashMap<&[u8], Stamp<'r>> =
            stamps.iter().filter_map(|stamp| Some((stamp.facts().token.as_deref()?, *stamp))).collect();
        for stamp in &stamps {
            if let (Stamp::OverDocument(report), Some(token)) = (stamp, stamp.facts().token.as_deref()) {
                let (covers, id) = (&report.facts().covers, id("T", &sha256(token)));
                let signatures = covers.signatures().map(signature_key).collect();
                self.documents.extend(report.facts().stamped_at.map(|time| OverDocument {
                    id,
                    time,
                    signatures,
                }));
            }
        }
        let mut passed: Vec<_> =
            stamps.into_iter().filter_map(|stamp| Some((stamp.proves()?, stamp))).collect();
        passed.sort_by_key(|(time, _)| *time);
        // What a token covers is covered by whatever covers the token. The earliest timestamp comes first, so each is
        // looked at once.
        let mut seen: HashSet<&[u8]> = HashSet::new();
        for (at, stamp) in passed {
            let Some(token) = stamp.facts().token.as_deref() else { continue };
            let proven = Proven { at, by: id("T", &sha256(token)) };
            let mut waiting = vec![(token, stamp)];
            while let Some((token, covering)) = waiting.pop() {
                if !seen.insert(token) {
                    continue;
                }
                let covers = &covering.facts().covers;
                self.prove(covers, &proven);
                waiting.extend(covers.tokens().filter_map(|token| Some((token, *at_hand.get(token)?))));
            }
        }
    }

    fn prove(&mut self, covers: &Coverage, proven: &Proven) {
        let evidence = covers.covered_evidence();
        for certificate in evidence.certificates() {
            self.prove_one(id("C", &sha256(certificate.to_der())), certificate.to_der(), proven);
        }
        for list in evidence.crls().iter().chain(evidence.ocsp()) {
            let id = id("R", &self.digest_of_list(list));
            self.prove_one(id, list, proven);
        }
        for token in covers.tokens() {
            self.prove_one(id("T", &sha256(token)), token, proven);
        }
        for value in covers.signatures() {
            self.prove_one(signature_key(value), value, proven);
        }
    }

    /// The validation has the last word on what is proven; this only finds which timestamp proves it.
    fn prove_one(&mut self, id: String, octets: &[u8], proven: &Proven) {
        let believed = self.proofs.iter().any(|proofs| proofs.earliest(octets) <= proven.at);
        let earlier = self.proven.get(&id).is_none_or(|known| proven.at < known.at);
        if believed && earlier {
            self.proven.insert(id, proven.clone());
        }
    }

    /// Since when a signature is proven to exist, by the timestamps.
    pub(super) fn proven_signature(&self, value: &[u8]) -> Option<&Proven> {
        self.proven.get(&signature_key(value))
    }

    /// The object with this number, and the timestamp that it is.
    pub(super) fn next(&self, index: usize) -> Option<(String, Option<Stamp<'r>>)> {
        self.list.get(index).map(|object| (object.id.clone(), object.timestamp))
    }

    /// Writes what an object is, since when it exists, and what it proves.
    pub(super) fn write_head(&mut self, xml: &mut Xml, index: usize) {
        let Some(object) = self.list.get(index) else { return };
        xml.text("ObjectType", &format!("urn:etsi:019102:validationObject:{}", object.kind));
        xml.within("ValidationObjectRepresentation", &[], |xml| digest_element(xml, &object.digest));
        let proven = self.proven.get(&object.id);
        xml.within("POE", &[], |xml| poe(xml, self.at, proven, |id| self.known.contains(id)));
        if let Some(stamp) = object.timestamp {
            self.write_provisioning(xml, stamp);
        }
    }

    /// What a timestamp that passed proves.
    fn write_provisioning(&mut self, xml: &mut Xml, stamp: Stamp<'r>) {
        let Some(time) = stamp.proves() else { return };
        let covered = self.covered(stamp);
        xml.within("POEProvisioning", &[], |xml| {
            xml.text("POETime", &time.to_string());
            for id in covered {
                xml.value("ValidationObject", &[("VOReference", &id)], "");
            }
            for value in stamp.facts().covers.signatures() {
                xml.within("SignatureReference", &[], |xml| signature_reference(xml, value));
            }
        });
    }
}

impl<'r> Stamp<'r> {
    pub(super) fn facts(self) -> &'r Facts {
        match self {
            Self::OfSignature(stamp) => &stamp.facts,
            Self::OverDocument(report) => report.facts(),
        }
    }

    /// The time that it proves, if it passed.
    fn proves(self) -> Option<Timestamp> {
        match self {
            Self::OfSignature(stamp) => stamp.verdict.proof().and(stamp.time),
            Self::OverDocument(report) => report.verdict().proof().map(crate::Proof::time),
        }
    }
}

/// `POEType`: proven by a timestamp, or known only because it is at hand.
pub(super) fn poe(xml: &mut Xml, at: Timestamp, proven: Option<&Proven>, is_listed: impl Fn(&str) -> bool) {
    let time = proven.map_or(at, |proven| proven.at);
    xml.text("POETime", &time.to_string());
    xml.text("TypeOfProof", "urn:etsi:019102:poetype:validation");
    if let Some(proven) = proven.filter(|proven| is_listed(&proven.by)) {
        xml.value("POEObject", &[("VOReference", &proven.by)], "");
    }
}

/// `XAdES:DigestAlgAndValueType`.
pub(super) fn digest_element(xml: &mut Xml, digest: &Digest<KnownDigest>) {
    xml.within("DigestAlgAndValue", &[], |xml| {
        xml.value("ds:DigestMethod", &[("Algorithm", &names::digest(digest.algorithm()))], "");
        xml.text("ds:DigestValue", &Base64::encode_string(digest.as_bytes()));
    });
}

/// `SignatureReferenceType`: a signature by the digest of its value.
pub(super) fn signature_reference(xml: &mut Xml, value: &[u8]) {
    let digest = sha256(value);
    xml.text("DigestMethod", &names::digest(digest.algorithm()));
    xml.text("DigestValue", &Base64::encode_string(digest.as_bytes()));
}

pub(super) fn sha256(bytes: &[u8]) -> Digest<KnownDigest> {
    DigestAlgorithm::Sha256.digest(bytes).into()
}

/// An identifier within the report: what it is, and its digest.
fn id(prefix: &str, digest: &Digest<KnownDigest>) -> String {
    format!("{prefix}-{}", digest.to_string().to_uppercase())
}

/// Signatures are no objects of the list; their values are proven to exist all the same.
fn signature_key(value: &[u8]) -> String {
    id("S", &sha256(value))
}
