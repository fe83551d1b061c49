//! Shared by the conformance runs: PEM blocks, and what an answer counts as.

use chancery_certificate::{Certificate, CertificateError};
use chancery_chain::{ChainFailure, ChainFault, EvidenceFault, FaultGroup, RevocationStatus, VerifiedChain};
use chancery_testkit::conformance::Outcome;
use serde_json::Value;

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

pub(crate) fn texts(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(text).collect()
}

/// Every certificate of a PEM text.
pub(crate) fn certificates(pem: &[u8]) -> Result<Vec<Certificate>, CertificateError> {
    let blocks = pem_blocks(pem).into_iter().filter(|(label, _)| label == "CERTIFICATE");
    blocks.map(|(_, der)| Certificate::from_der(&der)).collect()
}

/// Every block of a PEM text, whatever its label.
pub(crate) fn pem_blocks(pem: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut blocks = Vec::new();
    let mut current: Option<(String, String)> = None;
    for line in String::from_utf8_lossy(pem).lines() {
        if let Some(label) = line.strip_prefix("-----BEGIN ").and_then(|rest| rest.strip_suffix("-----")) {
            current = Some((label.to_owned(), String::new()));
        } else if line.starts_with("-----END ") {
            blocks.extend(current.take().map(|(label, body)| (label, base64(&body))));
        } else if let Some((_, body)) = &mut current {
            body.push_str(line.trim());
        }
    }
    blocks
}

pub(crate) fn base64(text: &str) -> Vec<u8> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => u32::from(byte - b'A'),
        b'a'..=b'z' => u32::from(byte - b'a') + 26,
        b'0'..=b'9' => u32::from(byte - b'0') + 52,
        b'+' => 62,
        b'/' => 63,
        other => panic!("no base64: {other}"),
    };
    let digits: Vec<u32> = text.bytes().filter(|byte| *byte != b'=').map(value).collect();
    let mut bytes = Vec::new();
    for group in digits.chunks(4) {
        let bits = group.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - group.len()));
        bytes.extend_from_slice(&bits.to_be_bytes()[1..group.len()]);
    }
    bytes
}

pub(crate) fn refused(reason: impl ToString) -> Outcome {
    Outcome::said("invalid", reason.to_string())
}

/// What an answer counts as.
pub(crate) fn outcome(answer: &Result<VerifiedChain, ChainFailure>) -> Outcome {
    let Err(failure) = answer else { return Outcome::said("valid", "a path holds") };
    match failure.faults().find_map(unsupported) {
        // A real fault beside it refuses just as well.
        Some(what) if failure.faults().all(|fault| unsupported(fault).is_some()) => {
            Outcome::Unsupported(what)
        }
        _ => refused(failure),
    }
}

/// Valid when the certificate itself is known to be good: some suites say nothing of the revocation of responders,
/// or of authorities above.
pub(crate) fn status_outcome(answer: &Result<VerifiedChain, ChainFailure>) -> Outcome {
    match answer.as_ref().map(|chain| &chain.revocation()[0]) {
        Ok(RevocationStatus::Good(_)) => Outcome::said("valid", "known to be good"),
        Ok(other) => refused(format!("{other:?}")),
        Err(_) => outcome(answer),
    }
}

fn unsupported(fault: &ChainFault) -> Option<String> {
    match fault {
        ChainFault::UnsupportedConstraint { what, .. } => Some((*what).to_owned()),
        ChainFault::UnsupportedAlgorithm { algorithm, .. } => Some(algorithm.clone()),
        ChainFault::RevocationUnknown { because, .. } => because.iter().find_map(|fault| match fault {
            EvidenceFault::Unsupported { what, .. } => Some(what.clone()),
            _ => None,
        }),
        other => (other.group() == FaultGroup::Unsupported).then(|| other.to_string()),
    }
}
