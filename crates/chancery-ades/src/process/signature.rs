//! The verdict on one signature (ETSI EN 319 102-1, 5.3, 5.5 and 5.6).

use chancery_certificate::{Certificate, Octets};
use chancery_chain::{ChainFailure, ChainFault, VerifiedChain, WeakAlgorithms};
use chancery_cms::{CertificateBinding, CheckedSigner, Remark, SignerFault};
use chancery_digest::LegacyDigest;
use jiff::Timestamp;

use crate::faults;
use crate::level::SignatureLevel;
use crate::process::description;
use crate::process::help;
use crate::process::paths::Paths;
use crate::process::refusal::Refusal;
use crate::process::strength;
use crate::process::timestamps::Gathered;
use crate::report::{Aspect, Conclusion, Parts, Restriction, SignatureKind};
use crate::subject::RequiredBinding;
use crate::verdict::{Existence, Proof, Reason};
use crate::{Finding, Place, SignatureReport, SubIndication, Verdict};

/// A signature without what the timestamps need of it.
#[derive(Debug)]
pub(crate) struct Signature {
    pub(crate) name: String,
    pub(crate) value: Octets,
    pub(crate) level: SignatureLevel,
    pub(crate) binding: RequiredBinding,
    /// The latest time of a trusted timestamp over the content, which the signature covers: it was made later.
    pub(crate) made_after: Option<Timestamp>,
}

/// The report on a signature whose cryptography does not hold, or cannot be judged.
pub(crate) fn refuse(
    name: String,
    claimed: Option<&Certificate>,
    signer_faults: &[SignerFault],
    mut parts: Parts,
) -> SignatureReport {
    let worst = signer_faults.iter().min_by_key(|fault| fault.kind());
    let verdict = worst.map_or_else(
        || Verdict::Indeterminate(Reason::new(SubIndication::Generic, "the signature could not be checked")),
        |fault| faults::of_signer(fault).verdict(fault.to_string()),
    );
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

/// The report on a signature that holds.
pub(crate) fn judge(
    signature: &Signature,
    signer: &CheckedSigner,
    paths: &Paths<'_>,
    gathered: &Gathered,
    mut parts: Parts,
) -> SignatureReport {
    parts.facts.note_signer(signer, paths.policy().algorithms());
    parts.integrity.state(format!("what was signed is unchanged ({})", signer.algorithm()));
    for remark in signer.remarks() {
        parts.integrity.findings.push(Finding::information("remark", remark.to_string()));
    }
    let existed = gathered.existence(&signature.value).cloned();
    let existed = existed.unwrap_or_else(|| Existence::AtValidation(paths.present()));
    match &existed {
        Existence::AtValidation(at) => {
            parts.time.state(format!("nothing proves that it was signed before {at}"));
        }
        Existence::Proven { before, by } if !parts.facts.says_signature_timestamp(*before) => {
            parts.time.state(format!("signed before {before}, as a timestamp of {by} over it proves"));
        }
        Existence::Proven { .. } => {}
    }
    if let Some(after) = signature.made_after {
        parts.time.state(format!("signed after {after}, as a timestamp that it covers proves"));
    }
    if let Some(claimed) = signer.signing_time() {
        parts.time.state(format!("the signer says {claimed}, which nothing proves"));
    }
    parts.facts.existence = Some(existed.clone());
    let certificate = signer.certificate();
    let verdict = match paths.signer(certificate, existed.time(), &gathered.proofs) {
        Ok(chain) => {
            description::of_chain(&chain, &mut parts);
            Verdict::Passed(Proof { chain, existed: existed.clone() })
        }
        Err(refusal) => {
            let refusal = made_too_late(*refusal, certificate, signature.made_after);
            description::of_refusal(certificate, &refusal, &mut parts)
        }
    };
    let report = SignatureReport {
        kind: SignatureKind::Signature,
        name: signature.name.clone(),
        signer: Some(certificate.display_name()),
        verdict,
        parts,
    };
    let report = judge_algorithm(report, signature, signer, paths, existed.time());
    let report = judge_binding(report, signature, signer, paths, existed.time());
    judge_level(report, signature, paths, gathered, &existed)
}

/// A signature that was certainly made after its certificate had ended, or was revoked, cannot become valid any more
/// (5.3.4 step 4).
fn made_too_late(refusal: Refusal, certificate: &Certificate, made_after: Option<Timestamp>) -> Refusal {
    let Some(after) = made_after else { return refusal };
    let faults = refusal.failure.iter().flat_map(ChainFailure::faults);
    let found =
        faults.filter(|fault| fault.certificate() == Some(certificate)).find_map(|fault| match fault {
            ChainFault::Revoked { since, reason, .. } if after > *since && !reason.is_hold() => {
                let text =
                    format!("it was signed after {after}, when its certificate had been revoked at {since}");
                Some((faults::failed(SubIndication::Revoked, "signed-after-revocation"), text))
            }
            ChainFault::Expired { not_after, .. } if after > *not_after => {
                let text =
                    format!("it was signed after {after}, when its certificate had expired at {not_after}");
                Some((faults::failed(SubIndication::Expired, "signed-after-expiry"), text))
            }
            ChainFault::WeakKey { acceptable_until: Some(until), .. } if after >= *until => {
                let text =
                    format!("it was signed after {after}, and its key was acceptable only until {until}");
                Some((faults::open(SubIndication::CryptographicConstraintsFailure, "weak-algorithm"), text))
            }
            _ => None,
        });
    match found {
        Some((meaning, text)) => Refusal { meaning, text, help: None, ..refusal },
        None => refusal,
    }
}

/// 5.2.8: the algorithms must have been acceptable when the signature is known to exist.
fn judge_algorithm(
    report: SignatureReport,
    signature: &Signature,
    signer: &CheckedSigner,
    paths: &Paths<'_>,
    moment: Timestamp,
) -> SignatureReport {
    let Some(weakness) = strength::of_signer(signer, paths.policy().algorithms(), moment) else {
        return report;
    };
    if !paths.refuses_weak() {
        return report.note(Aspect::Integrity, Finding::warning("weak-algorithm", weakness.text));
    }
    let too_late = weakness.until.zip(signature.made_after).is_some_and(|(until, after)| after >= until);
    let (word, help) = if too_late || weakness.until.is_none() {
        (SubIndication::CryptographicConstraintsFailure, None)
    } else {
        (SubIndication::CryptographicConstraintsFailureNoProof, help::of_weak_signature(&weakness))
    };
    let finding = Finding::error("weak-algorithm", weakness.text).helped_by(help);
    report.restrict(Restriction::leaves_open(
        word,
        Aspect::Integrity,
        finding.rule("ETSI EN 319 102-1, 5.2.8"),
    ))
}

/// Whether the signature names its certificate, and by a digest that is worth something.
///
/// MD5 names nothing: anybody makes two certificates with one digest. SHA-1 is bound by date, and what the policy says.
fn judge_binding(
    report: SignatureReport,
    signature: &Signature,
    signer: &CheckedSigner,
    paths: &Paths<'_>,
    moment: Timestamp,
) -> SignatureReport {
    let word = SubIndication::SignatureConstraintsFailure;
    match (signer.binding(), signature.binding) {
        (CertificateBinding::None, binding) => {
            let weak = signer.remarks().iter().find_map(|remark| match remark {
                Remark::WeakReference { digest } => Some(*digest),
                _ => None,
            });
            let text = match weak {
                Some(digest) => format!("the signature names its certificate by {digest} only, which is worth nothing"),
                None => "the signature does not say which certificate it was made with (no signing-certificate attribute)".into(),
            };
            match binding {
                RequiredBinding::Signed => {
                    let finding =
                        Finding::error("certificate-not-bound", text).rule("ETSI EN 319 122-1, 5.2.2");
                    report.restrict(Restriction::fails(word, Aspect::Identity, finding))
                }
                RequiredBinding::Optional => {
                    report.note(Aspect::Identity, Finding::information("certificate-not-bound", text))
                }
            }
        }
        (CertificateBinding::EssV1, _) => {
            let policy = paths.policy();
            let lifetime = policy.algorithms().digest_acceptable_until(LegacyDigest::Sha1.into());
            let named = || "SHA-1, by which alone the signature names its certificate,".to_owned();
            let Some(weakness) = strength::weakness(lifetime, moment, named) else { return report };
            let kind = "weak-certificate-reference";
            match policy.weak_references() {
                WeakAlgorithms::Report => {
                    report.note(Aspect::Identity, Finding::warning(kind, weakness.text))
                }
                WeakAlgorithms::Refuse => {
                    let help = help::of_weak_signature(&weakness);
                    let finding = Finding::error(kind, weakness.text).helped_by(help);
                    let word = SubIndication::CryptographicConstraintsFailureNoProof;
                    report.restrict(Restriction::leaves_open(word, Aspect::Identity, finding))
                }
            }
        }
        (CertificateBinding::EssV2, _) => report,
    }
}

/// The level that the policy demands, by form; for B-T and B-LTA also by what its timestamps prove.
fn judge_level(
    report: SignatureReport,
    signature: &Signature,
    paths: &Paths<'_>,
    gathered: &Gathered,
    existed: &Existence,
) -> SignatureReport {
    let demanded = paths.policy().demanded_level();
    let word = SubIndication::SignatureConstraintsFailure;
    let refuse = |report: SignatureReport, text: String, help: String| {
        let finding = Finding::error("level-too-low", text).helped_by(Some(help));
        report.restrict(Restriction::leaves_open(word, Aspect::Time, finding))
    };
    if signature.level < demanded {
        let text =
            format!("the signature is of level {}, and the policy demands {demanded}", signature.level);
        return refuse(report, text, format!("to extend it to {demanded} would help"));
    }
    if demanded >= SignatureLevel::Time && matches!(existed, Existence::AtValidation(_)) {
        let text =
            format!("the policy demands level {demanded}, and no timestamp of the signature is trusted");
        return refuse(report, text, "a timestamp of a trusted authority would help".into());
    }
    if demanded >= SignatureLevel::Archive && !gathered.is_archived(&signature.value) {
        let text = format!(
            "the policy demands level {demanded}, and no archive timestamp of the signature is trusted"
        );
        return refuse(report, text, "an archive timestamp of a trusted authority would help".into());
    }
    report
}

/// The report on a timestamp over the document.
pub(crate) fn of_document_timestamp(
    name: String,
    existed: Timestamp,
    authority: &Certificate,
    outcome: Result<&VerifiedChain, &Refusal>,
    mut parts: Parts,
) -> SignatureReport {
    let verdict = match outcome {
        Ok(chain) => {
            description::of_chain(chain, &mut parts);
            let by = authority.display_name();
            Verdict::Passed(Proof {
                chain: chain.clone(),
                existed: Existence::Proven { before: existed, by },
            })
        }
        Err(refusal) if refusal.failure.is_some() => description::of_refusal(authority, refusal, &mut parts),
        // Not its path but the timestamp itself is wrong.
        Err(refusal) => {
            let (part, kind) = match refusal.meaning.sub_indication() {
                SubIndication::CryptographicConstraintsFailureNoProof => {
                    (&mut parts.integrity, "weak-algorithm")
                }
                _ => (&mut parts.time, refusal.meaning.kind),
            };
            let finding = Finding::error(kind, refusal.text.clone());
            part.worsen(refusal.meaning.conclusion());
            part.findings.push(finding.at(Place::Time(existed)).helped_by(refusal.help.clone()));
            refusal.verdict()
        }
    };
    SignatureReport {
        kind: SignatureKind::DocumentTimestamp,
        name,
        signer: Some(authority.display_name()),
        verdict,
        parts,
    }
}
