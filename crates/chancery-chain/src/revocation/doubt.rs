//! Revocations that are named by signers of whom not everything is known.

use jiff::Timestamp;

use crate::revocation::evidence_fault::EvidenceFault;
use crate::revocation::statement::{self, Answer, Preference, Statement};
use crate::settings::RevocationPolicy;

/// Brings all statements together, for this moment.
///
/// Where every status must be known, a signer whose own is not known cannot make a certificate revoked; but what it
/// names makes it unknown whether the certificate is good. Otherwise whoever keeps the evidence about the signer back
/// would hide the revocation behind older evidence. Where what is unknown does not matter, its word counts.
pub(crate) fn conclude(
    statements: Vec<Statement>,
    because: Vec<EvidenceFault>,
    at: Timestamp,
    policy: RevocationPolicy,
) -> Answer {
    let doubts: Vec<_> = statements.iter().filter_map(doubt).cloned().collect();
    if doubts.is_empty() || policy != RevocationPolicy::Require {
        return statement::conclude(statements, because, at, Preference::Newest);
    }
    let certain = statements.iter().filter(|statement| doubt(statement).is_none()).cloned().collect();
    let told = doubts.into_iter().chain(because.iter().cloned()).collect();
    let without = statement::conclude(certain, told, at, Preference::Newest);
    let since = |answer: &Answer| match answer {
        Answer::Revoked { since, .. } => Some(*since),
        Answer::Good(_) | Answer::Unknown(_) => None,
    };
    if since(&without).is_some_and(|since| since <= at) {
        return without;
    }
    let reasons = statements.iter().filter_map(doubt).cloned().chain(because.iter().cloned()).collect();
    let with = statement::conclude(statements, because, at, Preference::Newest);
    match (&without, since(&with)) {
        // It is not what the doubtful ones say, or would be the same without them.
        (Answer::Unknown(_), _) | (_, None) => without,
        (_, revoked) if revoked == since(&without) => without,
        _ => Answer::Unknown(reasons),
    }
}

/// What is not known of the signer of the statement, if anything.
pub(crate) fn doubt(statement: &Statement) -> Option<&EvidenceFault> {
    let of_signer = |why: &&EvidenceFault| {
        matches!(why, EvidenceFault::SignerNotAllowed { .. } | EvidenceFault::SignerExpired { .. })
    };
    statement.silence.as_ref().filter(of_signer)
}
