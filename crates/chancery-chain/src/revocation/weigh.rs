//! What an answer about revocation means under a policy.

use chancery_certificate::Certificate;
use jiff::Timestamp;

use crate::path::fault::ChainFault;
use crate::revocation::foundation::Foundation;
use crate::revocation::statement::{self, Answer};
use crate::rules::no_revocation::NoRevocation;
use crate::settings::RevocationPolicy;
use crate::verified::RevocationStatus;

/// What the status of one certificate rests on, and until when.
pub(crate) fn rests_on(status: &RevocationStatus) -> Foundation {
    match status {
        RevocationStatus::Good(evidence) => evidence.foundation.clone(),
        RevocationStatus::RevokedLater { evidence, since, .. } => {
            evidence.foundation.clone().until(statement::last_moment_before(*since))
        }
        RevocationStatus::Anchor
        | RevocationStatus::NotAvailable(_)
        | RevocationStatus::NotChecked
        | RevocationStatus::Unknown { .. } => Foundation::default(),
    }
}

/// What an answer means under the policy.
pub(crate) fn weigh(
    answer: Answer,
    certificate: &Certificate,
    no_revocation: Option<NoRevocation>,
    policy: RevocationPolicy,
    at: Timestamp,
) -> Result<RevocationStatus, ChainFault> {
    if let (Answer::Unknown(_), Some(said)) = (&answer, no_revocation) {
        return Ok(RevocationStatus::NotAvailable(said));
    }
    match (answer, policy) {
        (Answer::Good(evidence), _) => Ok(RevocationStatus::Good(evidence)),
        (Answer::Revoked { since, reason, .. }, _) if since <= at => {
            Err(ChainFault::Revoked { certificate: certificate.clone(), at, since, reason })
        }
        (Answer::Revoked { evidence, since, reason }, _) => {
            Ok(RevocationStatus::RevokedLater { evidence, since, reason })
        }
        (Answer::Unknown(because), RevocationPolicy::Require) => {
            Err(ChainFault::RevocationUnknown { certificate: certificate.clone(), at, because })
        }
        (Answer::Unknown(because), RevocationPolicy::WhenKnown | RevocationPolicy::NotChecked) => {
            Ok(RevocationStatus::Unknown { because })
        }
    }
}
