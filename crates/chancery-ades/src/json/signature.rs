//! One signature or document timestamp, as JSON.

use chancery_key::lifetime::Lifetime;
use serde::Serialize;
use serde_json::{Value, json};

use super::Certificates;
use super::hexadecimal::{hexadecimal, sha256};
use super::path::PathMembers;
use crate::report::{Conclusion, Part};
use crate::{
    Existence, Facts, Finding, SignatureAttribute, SignatureKind, SignatureReport, TimestampFacts,
    TimestampKind, Verdict,
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Signature<'a> {
    kind: &'static str,
    name: &'a str,
    signer: Option<&'a str>,
    level: Option<String>,
    #[serde(flatten)]
    answer: Answer<'a>,
    help: Option<&'a str>,
    proof: Option<ProofMembers>,
    #[serde(flatten)]
    rests_on: RestsOn,
    times: Times,
    content: Option<DigestMembers>,
    attributes: Vec<Value>,
    timestamps: Vec<TimestampMembers<'a>>,
    integrity: PartMembers<'a>,
    identity: PartMembers<'a>,
    time: PartMembers<'a>,
    changes: PartMembers<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    indication: String,
    sub_indication: Option<String>,
    reason: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProofMembers {
    signer: String,
    fingerprint: String,
    existed_before: String,
    proven_by: Option<String>,
}

/// What a signature rests on, and a timestamp too.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RestsOn {
    /// SHA-256 of the signature value.
    signature_value: Option<String>,
    certificate: Option<String>,
    algorithm: Option<AlgorithmMembers>,
    path: Option<PathMembers>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AlgorithmMembers {
    name: String,
    acceptable: Acceptable,
    acceptable_until: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Acceptable {
    Unlimited,
    Until,
    Never,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Times {
    claimed: Option<String>,
    best_signature_time: Option<String>,
    proven_by: Option<String>,
}

#[derive(Serialize)]
struct DigestMembers {
    algorithm: &'static str,
    value: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TimestampMembers<'a> {
    kind: &'static str,
    name: &'a str,
    time: Option<String>,
    authority: Option<String>,
    #[serde(flatten)]
    answer: Answer<'a>,
    /// SHA-256 of the token.
    token: Option<String>,
    certificate: Option<String>,
    algorithm: Option<AlgorithmMembers>,
    path: Option<PathMembers>,
}

#[derive(Serialize)]
struct PartMembers<'a> {
    conclusion: &'static str,
    statements: &'a [String],
    findings: &'a [Finding],
}

impl<'a> Signature<'a> {
    pub(super) fn of(report: &'a SignatureReport, certificates: &mut Certificates) -> Self {
        let (verdict, facts) = (report.verdict(), report.facts());
        let kind = match report.kind() {
            SignatureKind::Signature => "signature",
            SignatureKind::DocumentTimestamp => "document-timestamp",
        };
        let content = facts.particulars().content;
        Self {
            kind,
            name: report.name(),
            signer: report.claimed_signer(),
            level: facts.level().map(|level| level.to_string()),
            answer: Answer::of(verdict),
            help: report.help(),
            proof: verdict.proof().map(|proof| ProofMembers {
                signer: proof.signer().subject().to_string(),
                fingerprint: certificates.add(proof.signer()),
                existed_before: proof.time().to_string(),
                proven_by: prover(proof.existence()),
            }),
            rests_on: RestsOn {
                signature_value: facts.value().filter(|value| !value.is_empty()).map(sha256),
                certificate: facts.claimed_signer().map(|certificate| certificates.add(certificate)),
                algorithm: AlgorithmMembers::of(facts),
                path: facts.path().map(|path| PathMembers::of(path, certificates)),
            },
            times: Times {
                claimed: facts.claimed_time().map(|time| time.to_string()),
                best_signature_time: facts.existence().map(|existed| time_of(existed).to_string()),
                proven_by: facts.existence().and_then(prover),
            },
            content: content.map(|digest| DigestMembers {
                algorithm: digest.algorithm().name(),
                value: digest.to_string(),
            }),
            attributes: facts.particulars().attributes.iter().map(attribute).collect(),
            timestamps: facts
                .timestamps()
                .iter()
                .map(|stamp| TimestampMembers::of(stamp, certificates))
                .collect(),
            integrity: PartMembers::of(report.integrity()),
            identity: PartMembers::of(report.identity()),
            time: PartMembers::of(report.time()),
            changes: PartMembers::of(report.changes()),
        }
    }
}

impl<'a> TimestampMembers<'a> {
    fn of(stamp: &'a TimestampFacts, certificates: &mut Certificates) -> Self {
        let facts = stamp.facts();
        let signer = facts.claimed_signer();
        Self {
            kind: match stamp.kind() {
                TimestampKind::Content => "content",
                TimestampKind::Signature => "signature",
                TimestampKind::SignatureAndReferences => "signature-and-references",
                TimestampKind::References => "references",
                TimestampKind::Archive => "archive",
                TimestampKind::Document => "document",
            },
            name: stamp.name(),
            time: stamp.time().map(|time| time.to_string()),
            authority: signer.map(chancery_certificate::Certificate::display_name),
            answer: Answer::of(stamp.verdict()),
            token: facts.token.as_deref().map(sha256),
            certificate: signer.map(|certificate| certificates.add(certificate)),
            algorithm: AlgorithmMembers::of(facts),
            path: facts.path().map(|path| PathMembers::of(path, certificates)),
        }
    }
}

impl<'a> Answer<'a> {
    fn of(verdict: &'a Verdict) -> Self {
        let reason = verdict.reason();
        Self {
            indication: verdict.indication().to_string(),
            sub_indication: reason.map(|reason| reason.sub_indication().to_string()),
            reason: reason.map(crate::Reason::text),
        }
    }
}

impl AlgorithmMembers {
    fn of(facts: &Facts) -> Option<Self> {
        let (algorithm, lifetime) = facts.algorithm()?;
        let (acceptable, acceptable_until) = match lifetime {
            Lifetime::Unlimited => (Acceptable::Unlimited, None),
            Lifetime::Until(end) => (Acceptable::Until, Some(end.to_string())),
            _ => (Acceptable::Never, None),
        };
        Some(Self { name: algorithm.to_string(), acceptable, acceptable_until })
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

/// What a signer states: one member, named by its kind.
fn attribute(attribute: &SignatureAttribute) -> Value {
    match attribute {
        SignatureAttribute::ContentType(oid) => json!({ "contentType": oid }),
        SignatureAttribute::MessageDigest(digest) => json!({ "messageDigest": hexadecimal(digest) }),
        SignatureAttribute::MimeType(text) => json!({ "mimeType": text }),
        SignatureAttribute::CommitmentType(oid) => json!({ "commitmentType": oid }),
        SignatureAttribute::SignaturePolicy(oid) => json!({ "signaturePolicy": oid }),
        SignatureAttribute::ClaimedRole(text) => json!({ "claimedRole": text }),
        SignatureAttribute::SigningTime(time) => json!({ "signingTime": time.to_string() }),
        SignatureAttribute::Place(lines) => json!({ "place": lines }),
        SignatureAttribute::Reason(text) => json!({ "reason": text }),
        SignatureAttribute::Name(text) => json!({ "name": text }),
        SignatureAttribute::ContactInfo(text) => json!({ "contactInfo": text }),
        SignatureAttribute::Filter(text) => json!({ "filter": text }),
        SignatureAttribute::SubFilter(text) => json!({ "subFilter": text }),
        SignatureAttribute::ByteRange(numbers) => json!({ "byteRange": numbers }),
        SignatureAttribute::Countersignature(value) => json!({ "countersignature": hexadecimal(value) }),
        SignatureAttribute::CertificateValues(all) => {
            let digests: Vec<String> = all.iter().map(|one| sha256(one.to_der())).collect();
            json!({ "certificateValues": digests })
        }
        SignatureAttribute::RevocationValues { crls, ocsp } => {
            let digests: Vec<String> = crls.iter().chain(ocsp).map(|one| sha256(one)).collect();
            json!({ "revocationValues": digests })
        }
    }
}

const fn time_of(existed: &Existence) -> jiff::Timestamp {
    match existed {
        Existence::Proven { before, .. } => *before,
        Existence::AtValidation(at) => *at,
    }
}

fn prover(existed: &Existence) -> Option<String> {
    match existed {
        Existence::Proven { by, .. } => Some(by.clone()),
        Existence::AtValidation(_) => None,
    }
}
