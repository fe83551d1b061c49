//! What would help: a sentence for whoever has a signature that does not pass.

use chancery_certificate::Certificate;
use chancery_chain::{ChainFailure, ChainFault, Unproven};

use crate::process::strength::Weakness;

/// What would help against a fault of a path.
pub(crate) fn of_chain(fault: &ChainFault, judged: &Certificate) -> Option<String> {
    let over = |certificate: &Certificate| {
        if certificate == judged {
            "the signature"
        } else {
            "the signature, its certificates and revocation information"
        }
    };
    match fault {
        ChainFault::Expired { certificate, not_after, .. } => {
            Some(format!("a trusted timestamp over {} from before {not_after} would help", over(certificate)))
        }
        ChainFault::Revoked { certificate, since, reason, .. } if reason.is_hold() => Some(format!(
            "a trusted timestamp over {} from before {since} would help, or to ask again when the hold of \"{}\" is over",
            over(certificate),
            certificate.display_name()
        )),
        ChainFault::Revoked { certificate, since, .. } => {
            Some(format!("a trusted timestamp over {} from before {since} would help", over(certificate)))
        }
        ChainFault::RevocationUnknown { certificate, at, .. } => Some(format!(
            "a CRL or OCSP answer about \"{}\" that speaks of {at} would help",
            certificate.display_name()
        )),
        ChainFault::WeakAlgorithm { acceptable_until: Some(until), .. } => {
            Some(format!("a trusted timestamp over the certificates from before {until} would help"))
        }
        ChainFault::WeakKey { acceptable_until: Some(until), .. } => {
            Some(format!("a trusted timestamp over the signature from before {until} would help"))
        }
        _ => None,
    }
}

/// What would help against a fault in retrospect: where a proof is missing, the fault says of what and by when.
pub(crate) fn of_past(failure: &ChainFailure, judged: &Certificate) -> Option<String> {
    let missing = |fault: &&ChainFault| matches!(fault, ChainFault::NoProof { .. });
    let fault = failure.faults().find(missing).unwrap_or_else(|| failure.reason());
    let ChainFault::NoProof { certificate, what, proven, needed_by } = fault else {
        return of_chain(fault, judged);
    };
    let name = certificate.display_name();
    let what = match what {
        Unproven::Signature => "the signature".into(),
        Unproven::Evidence { kind, this_update } => format!("the {kind} of {this_update} about \"{name}\""),
        _ => format!("the certificate of \"{name}\""),
    };
    let by = needed_by.time;
    Some(format!(
        "a trusted timestamp of {by} or before over {what} would help, which is proven only since {proven}"
    ))
}

/// Evidence whose signer is no longer valid must be proven to be old.
pub(crate) fn of_expired_evidence(certificate: &Certificate) -> String {
    format!(
        "newer revocation information about \"{}\" would help, or a timestamp over that at hand from before its signer's certificate ended",
        certificate.display_name()
    )
}

/// A signature by an algorithm that was acceptable once.
pub(crate) fn of_weak_signature(weakness: &Weakness) -> Option<String> {
    weakness
        .until
        .map(|until| format!("a trusted timestamp over the signature from before {until} would help"))
}

/// A timestamp by an algorithm that was acceptable once.
pub(crate) fn of_weak_token(weakness: &Weakness) -> Option<String> {
    weakness
        .until
        .map(|until| format!("another trusted timestamp over this one from before {until} would help"))
}
