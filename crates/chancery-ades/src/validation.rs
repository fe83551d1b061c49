//! The validation process for one signature (ETSI EN 319 102-1 V1.4.1, 5.3 and 5.5).

use chancery_certificate::Certificate;
use chancery_chain::{ChainFailure, Evidence, RevocationStatus, VerifiedChain};
use chancery_cms::{CertificateBinding, CheckedSigner, SignerCheck, SignerFault};
use chancery_key::lifetime::{self, Lifetime};
use chancery_key::{ClaimedAlgorithm, PublicKey};
use chancery_timestamp::{MatchingToken, TokenFault, TrustedTimestamp};
use jiff::Timestamp;

use crate::facts::{Path, TimestampFacts};
use crate::faults;
use crate::report::{Aspect, Conclusion, Parts, Restriction, SignatureKind};
use crate::subject::{CoveringTimestamp, RequiredBinding, SignatureSubject};
use crate::timestamp_kind::TimestampKind;
use crate::verdict::{Existence, Proof, Reason};
use crate::{Finding, Place, Policy, SignatureReport, SubIndication, Verdict};

impl SignatureSubject {
    /// Validates the signature at a moment: integrity, then the time proven by its timestamps, then the path of
    /// the signer's certificate at that time.
    ///
    /// With a trusted timestamp, the path is judged at its time, and what happened to the certificate since does
    /// not matter; without one, at the moment of validation.
    #[must_use]
    pub fn validate(self, policy: &Policy, at: Timestamp) -> SignatureReport {
        let evidence = policy.evidence_with(self.evidence);
        let mut report = match self.check {
            SignerCheck::Faulty(faults) => refuse(self.name, self.claimed_signer.as_ref(), &faults),
            SignerCheck::Sound(signer) => {
                let process = Process { policy, evidence: &evidence, at };
                process.judge(self.name, &signer, self.binding, self.timestamps)
            }
        };
        let facts = &mut report.parts.facts;
        (facts.value, facts.level) = (Some(self.value), Some(self.level));
        (facts.particulars, facts.claimed_signer) = (self.particulars, self.claimed_signer);
        facts.policy = Some(policy.revocation());
        let report = self.restrictions.into_iter().fold(report, SignatureReport::restrict);
        self.notes.into_iter().fold(report, |report, (aspect, finding)| report.note(aspect, finding))
    }
}

/// A timestamp over a whole document, as its format presents it.
#[derive(Debug)]
pub struct DocumentTimestamp {
    /// What the report calls it.
    pub name: String,
    /// The token, or why it is not sound or stamps other bytes.
    pub token: Result<MatchingToken, TokenFault>,
    /// Certificates, CRLs and OCSP answers beside those in the token.
    pub evidence: Evidence,
}

impl DocumentTimestamp {
    /// Validates the timestamp at a moment: its path to a trust anchor for timestamps.
    #[must_use]
    pub fn validate(self, policy: &Policy, at: Timestamp) -> SignatureReport {
        let mut parts = Parts::default();
        let token = match self.token {
            Ok(token) => token,
            Err(fault) => {
                let meaning = faults::of_token(&fault);
                parts.integrity.worsen(meaning.conclusion());
                parts.integrity.findings.push(Finding::error(meaning.kind, fault.to_string()));
                let verdict = meaning.verdict(fault.to_string());
                return SignatureReport {
                    kind: SignatureKind::DocumentTimestamp,
                    name: self.name,
                    signer: None,
                    verdict,
                    parts,
                };
            }
        };
        let (time, authority) = (token.time(), token.signer().certificate().clone());
        parts.facts.token = Some(token.to_der().into());
        parts.facts.note_signer(token.signer());
        parts.facts.policy = Some(policy.revocation());
        let weakness = weakness_of(&token, at);
        parts.integrity.state(format!("what was stamped is unchanged ({})", token.imprint_algorithm()));
        parts.time.state(format!("stamped at {time}"));
        let evidence = policy.evidence_with(token_evidence(&token, &self.evidence));
        let verdict = match token.trust(&policy.timestamp_verifier(&evidence, at), at) {
            Ok(trusted) => {
                let existed = Existence::Proven { before: time, by: authority.display_name() };
                describe_chain(trusted.chain(), &mut parts);
                Verdict::Passed(Proof { chain: trusted.chain().clone(), existed })
            }
            Err(failure) => refuse_chain(&authority, &failure, &mut parts),
        };
        let report = SignatureReport {
            kind: SignatureKind::DocumentTimestamp,
            name: self.name,
            signer: Some(authority.display_name()),
            verdict,
            parts,
        };
        let report = match weakness {
            Some(text) => {
                let word = SubIndication::CryptographicConstraintsFailureNoProof;
                let finding = Finding::error("weak-algorithm", text);
                report.restrict(Restriction::leaves_open(word, Aspect::Integrity, finding))
            }
            None => report,
        };
        if time > at {
            let finding = Finding::error("timestamp-in-the-future", format!("it is of {time}, after {at}"));
            let word = SubIndication::TimestampOrderFailure;
            return report.restrict(Restriction::leaves_open(word, Aspect::Time, finding));
        }
        report
    }
}

/// The report on a signature whose cryptography does not hold, or cannot be judged.
fn refuse(name: String, claimed: Option<&Certificate>, signer_faults: &[SignerFault]) -> SignatureReport {
    let worst = signer_faults.iter().min_by_key(|fault| fault.kind());
    let verdict = worst.map_or_else(
        || Verdict::Indeterminate(Reason::new(SubIndication::Generic, "the signature could not be checked")),
        |fault| faults::of_signer(fault).verdict(fault.to_string()),
    );
    let mut parts = Parts::default();
    for fault in signer_faults {
        let meaning = faults::of_signer(fault);
        parts.integrity.worsen(meaning.conclusion());
        parts.integrity.findings.push(Finding::error(meaning.kind, fault.to_string()));
    }
    parts.identity.worsen(Conclusion::Unknown);
    parts.identity.state("not checked, because the signature itself does not hold");
    SignatureReport {
        kind: SignatureKind::Signature,
        name,
        signer: claimed.map(Certificate::display_name),
        verdict,
        parts,
    }
}

struct Process<'a> {
    policy: &'a Policy,
    evidence: &'a Evidence,
    at: Timestamp,
}

impl Process<'_> {
    fn judge(
        &self,
        name: String,
        signer: &CheckedSigner,
        binding: RequiredBinding,
        timestamps: Vec<CoveringTimestamp>,
    ) -> SignatureReport {
        let mut parts = Parts::default();
        parts.facts.note_signer(signer);
        parts.integrity.state(format!("what was signed is unchanged ({})", signer.algorithm()));
        for remark in signer.remarks() {
            parts.integrity.findings.push(Finding::information("remark", remark.to_string()));
        }
        let existed = self.existence(timestamps, &mut parts);
        parts.facts.existence = Some(existed.clone());
        if let Some(claimed) = signer.signing_time() {
            parts.time.state(format!("the signer says {claimed}, which nothing proves"));
        }
        let moment = match existed {
            Existence::Proven { before, .. } => before,
            Existence::AtValidation(at) => at,
        };
        let chain =
            self.policy.signer_verifier(self.evidence, self.at).verify_at(signer.certificate(), moment);
        let verdict = match chain {
            Ok(chain) => {
                describe_chain(&chain, &mut parts);
                Verdict::Passed(Proof { chain, existed })
            }
            Err(failure) => refuse_chain(signer.certificate(), &failure, &mut parts),
        };
        let signer_name = Some(signer.certificate().display_name());
        let report =
            SignatureReport { kind: SignatureKind::Signature, name, signer: signer_name, verdict, parts };
        let report = match algorithm_restriction(signer, moment) {
            Some(restriction) => report.restrict(restriction),
            None => report,
        };
        bind(report, signer, binding)
    }

    /// The earliest time that a trusted timestamp proves, else only that the signature exists now.
    fn existence(&self, timestamps: Vec<CoveringTimestamp>, parts: &mut Parts) -> Existence {
        let mut proven: Option<TrustedTimestamp> = None;
        let proves = |one: &CoveringTimestamp| one.kind != TimestampKind::Content;
        for CoveringTimestamp { kind, name, token, .. } in timestamps.into_iter().filter(proves) {
            let token = match token {
                Ok(token) => token,
                Err(fault) => {
                    let text = format!("a timestamp of the signature proves nothing: {fault}");
                    parts.time.findings.push(Finding::warning("timestamp-invalid", text));
                    let verdict = faults::of_token(&fault).verdict(fault.to_string());
                    parts.facts.timestamps.push(TimestampFacts::unmatched(kind, name, verdict));
                    continue;
                }
            };
            let indeterminate = |word, text: &str| Verdict::Indeterminate(Reason::new(word, text));
            let (time, by) = (token.time(), token.signer().certificate().display_name());
            if time > self.at {
                let text = format!("the timestamp of {by} is of {time}, after the moment of validation");
                let verdict = indeterminate(SubIndication::TimestampOrderFailure, &text);
                parts.time.findings.push(Finding::warning("timestamp-in-the-future", text));
                parts.facts.timestamps.push(TimestampFacts::of(kind, name, &token, verdict));
                continue;
            }
            if let Some(weakness) = weakness_of(&token, self.at) {
                let text = format!("the timestamp of {by} proves nothing: {weakness}");
                let word = SubIndication::CryptographicConstraintsFailureNoProof;
                let verdict = indeterminate(word, &text);
                parts.time.findings.push(Finding::warning("weak-timestamp", text));
                parts.facts.timestamps.push(TimestampFacts::of(kind, name, &token, verdict));
                continue;
            }
            let evidence = self.policy.evidence_with(token_evidence(&token, self.evidence));
            let unknown = indeterminate(SubIndication::Generic, "");
            let mut told = TimestampFacts::of(kind, name, &token, unknown);
            let authority = token.signer().certificate().clone();
            match token.trust(&self.policy.timestamp_verifier(&evidence, self.at), self.at) {
                Ok(trusted) => {
                    let existed = Existence::Proven { before: time, by: by.clone() };
                    told.facts.path = Some(Path::from(trusted.chain()));
                    told.verdict = Verdict::Passed(Proof { chain: trusted.chain().clone(), existed });
                    parts.time.state(format!("signed before {time}, as the timestamp of {by} proves"));
                    if proven.as_ref().is_none_or(|earlier| time < earlier.time()) {
                        proven = Some(trusted);
                    }
                }
                Err(failure) => {
                    let text = format!("the timestamp of {by} ({time}) is not trusted: {failure}");
                    parts.time.findings.push(Finding::warning("timestamp-not-trusted", text));
                    let reason = failure.reason();
                    told.verdict = faults::of_chain(reason, &authority).verdict(reason.to_string());
                    told.facts.path = Some(Path::of_failure(&failure));
                }
            }
            parts.facts.timestamps.push(told);
        }
        match proven {
            Some(trusted) => {
                let by = trusted.token().signer().certificate().display_name();
                Existence::Proven { before: trusted.time(), by }
            }
            None => {
                parts.time.state(format!("nothing proves that it was signed before {}", self.at));
                Existence::AtValidation(self.at)
            }
        }
    }
}

/// What a token carries, with what the signature carries beside it.
fn token_evidence(token: &MatchingToken, carried: &Evidence) -> Evidence {
    let mut evidence = carried.clone();
    token.certificates().iter().for_each(|certificate| evidence.add_certificate(certificate.clone()));
    token.message().crls().iter().for_each(|crl| evidence.add_crl(crl.as_slice()));
    evidence
}

fn describe_chain(chain: &VerifiedChain, parts: &mut Parts) {
    parts.facts.path = Some(Path::from(chain));
    let names: Vec<String> = chain.certificates().iter().map(Certificate::display_name).collect();
    parts.identity.state(format!("trusted path: {}", names.join(" ← ")));
    for (certificate, status) in chain.certificates().iter().zip(chain.revocation()) {
        let place = Place::Certificate(certificate.display_name());
        let finding = match status {
            RevocationStatus::Good(good) => Some(Finding::information(
                "not-revoked",
                format!("not revoked, says the {} of {}", good.kind, good.this_update),
            )),
            RevocationStatus::RevokedLater { since, reason, .. } => Some(Finding::warning(
                "revoked-later",
                format!("revoked at {since} ({reason}), after the signature"),
            )),
            RevocationStatus::NotAvailable(_) => Some(Finding::information(
                "revocation-not-available",
                "the issuer says in the certificate that nothing is published about its revocation",
            )),
            RevocationStatus::NotChecked => Some(Finding::information(
                "revocation-not-checked",
                "revocation was not checked: the policy does not ask",
            )),
            RevocationStatus::Unknown { .. } => Some(Finding::information(
                "revocation-unknown",
                "nothing is known about revocation; the policy asks only for what is known",
            )),
            _ => None,
        };
        parts.identity.findings.extend(finding.map(|finding| finding.at(place)));
    }
}

fn refuse_chain(signer: &Certificate, failure: &ChainFailure, parts: &mut Parts) -> Verdict {
    parts.facts.path = Some(Path::of_failure(failure));
    for fault in failure.faults() {
        let meaning = faults::of_chain(fault, signer);
        parts.identity.worsen(meaning.conclusion());
        let finding = Finding::error(meaning.kind, fault.to_string());
        let place = fault.certificate().map(|certificate| Place::Certificate(certificate.display_name()));
        parts.identity.findings.push(match place {
            Some(place) => finding.at(place),
            None => finding,
        });
    }
    faults::of_chain(failure.reason(), signer).verdict(failure.reason().to_string())
}

/// ETSI EN 319 102-1, 5.2.8: the algorithms must have been acceptable when the signature is known to exist.
fn algorithm_restriction(signer: &CheckedSigner, moment: Timestamp) -> Option<Restriction> {
    let finding = Finding::error("weak-algorithm", weakness_of_signer(signer, moment)?);
    let word = SubIndication::CryptographicConstraintsFailureNoProof;
    Some(Restriction::leaves_open(word, Aspect::Integrity, finding))
}

/// Why a timestamp proves nothing although its mathematics hold: with a broken digest or key, whoever wanted to could
/// have it made for other octets, and for any time. So its algorithms are judged at the moment of validation, not at
/// the time that it claims.
fn weakness_of(token: &MatchingToken, at: Timestamp) -> Option<String> {
    let imprint = token.imprint_algorithm();
    let of_imprint = too_late(lifetime::digest_acceptable_until(imprint), at);
    let of_imprint = of_imprint.map(|until| format!("its digest is by {imprint}, which {until}"));
    of_imprint.or_else(|| weakness_of_signer(token.signer(), at))
}

fn weakness_of_signer(signer: &CheckedSigner, moment: Timestamp) -> Option<String> {
    let kind = PublicKey::of(signer.certificate()).ok()?.kind();
    let algorithm: ClaimedAlgorithm = signer.algorithm();
    let until = too_late(lifetime::acceptable_until(&algorithm, kind), moment)?;
    Some(format!("{algorithm} with a key of kind {kind} {until}"))
}

/// What to say of an algorithm that was not acceptable at a moment.
fn too_late(lifetime: Lifetime, moment: Timestamp) -> Option<String> {
    match lifetime {
        Lifetime::Unlimited => None,
        Lifetime::Until(until) if moment < until => None,
        Lifetime::Until(until) => Some(format!("was acceptable only until {until}")),
        _ => Some("was never acceptable".into()),
    }
}

fn bind(report: SignatureReport, signer: &CheckedSigner, binding: RequiredBinding) -> SignatureReport {
    let text =
        "the signature does not say which certificate it was made with (no signing-certificate attribute)";
    match (signer.binding(), binding) {
        (CertificateBinding::None, RequiredBinding::Signed) => {
            let finding = Finding::error("certificate-not-bound", text).rule("ETSI EN 319 122-1, 5.2.2");
            let word = SubIndication::SignatureConstraintsFailure;
            report.restrict(Restriction::fails(word, Aspect::Identity, finding))
        }
        (CertificateBinding::None, RequiredBinding::Optional) => {
            report.note(Aspect::Identity, Finding::information("certificate-not-bound", text))
        }
        _ => report,
    }
}
