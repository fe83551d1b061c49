//! What a report says of a path.

use chancery_certificate::Certificate;
use chancery_chain::{ChainFailure, RevocationStatus, VerifiedChain};

use crate::facts::Path;
use crate::faults;
use crate::process::refusal::Refusal;
use crate::report::Parts;
use crate::{Finding, Place, Verdict};

/// Says what is known of a path that holds.
pub(crate) fn of_chain(chain: &VerifiedChain, parts: &mut Parts) {
    parts.facts.path = Some(Path::from(chain));
    let names: Vec<String> = chain.certificates().iter().map(Certificate::display_name).collect();
    parts.identity.state(format!("trusted path: {}", names.join(" ← ")));
    for (certificate, status) in chain.certificates().iter().zip(chain.revocation()) {
        let place = Place::Certificate(certificate.display_name().into());
        parts.identity.findings.extend(of_status(status).map(|finding| finding.at(place)));
    }
    let weaknesses = chain.weaknesses().iter().map(ToString::to_string);
    let weak_evidence = chain.weak_evidence().iter().map(ToString::to_string);
    for text in weaknesses.chain(weak_evidence) {
        parts.identity.findings.push(Finding::warning("weak-algorithm", text));
    }
}

fn of_status(status: &RevocationStatus) -> Option<Finding> {
    match status {
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
    }
}

/// Says why a path does not hold, and gives the verdict.
pub(crate) fn of_refusal(signer: &Certificate, refusal: &Refusal, parts: &mut Parts) -> Verdict {
    let faults: Vec<_> = refusal.failure.iter().flat_map(ChainFailure::faults).collect();
    parts.facts.path = refusal.failure.as_ref().map(Path::of_failure);
    parts.identity.worsen(refusal.meaning.conclusion());
    if !faults.iter().any(|fault| fault.to_string() == refusal.text) {
        let finding = Finding::error(refusal.meaning.kind, refusal.text.clone());
        let place = Place::Certificate(signer.display_name().into());
        parts.identity.findings.push(finding.at(place).helped_by(refusal.help.clone()));
    }
    for fault in faults {
        let meaning = faults::of_chain(fault, signer);
        let text = fault.to_string();
        let help = refusal.help.clone().filter(|_| text == refusal.text);
        let finding = Finding::error(meaning.kind, text).helped_by(help);
        let place =
            fault.certificate().map(|certificate| Place::Certificate(certificate.display_name().into()));
        parts.identity.findings.push(match place {
            Some(place) => finding.at(place),
            None => finding,
        });
    }
    if let Some(past) = &refusal.past {
        let text = format!("nor can it be relied on in retrospect: {past}");
        let place = past.reason().certificate().unwrap_or(signer).display_name();
        let finding =
            Finding::information("not-proven-in-retrospect", text).at(Place::Certificate(place.into()));
        parts.identity.findings.push(finding.rule("ETSI EN 319 102-1, 5.6.2"));
    }
    refusal.verdict()
}
