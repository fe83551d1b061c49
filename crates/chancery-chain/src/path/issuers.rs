//! Which of the certificates that a stranger sent stand above a certificate.

use chancery_certificate::Certificate;
use jiff::Timestamp;

use crate::path::budget::{Budget, Limits};
use crate::path::build::fitness;
use crate::path::signature::{SignatureChecker, SignatureOutcome};

/// Signatures that are checked for one answer. Authorities send their few certificates; who sends hundreds of one name
/// does not make others check them all.
const CHECKS: u64 = 32;
/// Certificates above one another that are looked for in one answer.
const LONGEST: usize = 16;

/// Those whose keys made the signatures from the certificate upwards; nothing else is worth keeping.
pub(crate) fn above(
    certificate: &Certificate,
    found: &[Certificate],
    at: Timestamp,
    signatures: &mut SignatureChecker,
) -> Vec<Certificate> {
    let mut budget = Budget::new(Limits { signature_checks: CHECKS, ..Limits::default() });
    let mut above: Vec<Certificate> = Vec::new();
    let mut next = 0;
    let mut current = certificate.clone();
    while next <= above.len() && next < LONGEST {
        let named = |one: &&Certificate| current.issuer().matches(one.subject()) && **one != current;
        let mut candidates: Vec<_> = found.iter().filter(named).collect();
        candidates.sort_by_cached_key(|candidate| fitness(&current, candidate, at));
        for candidate in candidates {
            match signatures.certificate(&current, candidate, &mut budget) {
                Ok(SignatureOutcome::Right) if !above.contains(candidate) => above.push(candidate.clone()),
                Ok(_) => {}
                Err(_) => return above,
            }
        }
        let Some(following) = above.get(next) else { break };
        current = following.clone();
        next += 1;
    }
    above
}
