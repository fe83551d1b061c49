//! What would make a refused command succeed.

use crate::next_action::{Capacity, NextAction};
use crate::refusal::Refusal;
use crate::slot::Standing;
use crate::status::StatusName;

impl Refusal {
    /// What would make it succeed (G10).
    #[must_use]
    pub fn next_action(&self) -> NextAction {
        use NextAction as Next;
        match self {
            Self::UnknownEnvelope => Next::Create,
            Self::NotPermitted(capacity) => Next::LogInAs(*capacity),
            Self::WrongStatus { found, needed } => status_action(*found, *needed),
            Self::WrongStanding { standing, .. } => standing_action(*standing),
            Self::NotOpened(_) => Next::Open,
            Self::ConsentMissing { version, .. } | Self::WrongDisclosure { version } => {
                Next::GiveConsent(version.clone())
            }
            Self::DemonstrationMissing(_) => Next::Demonstrate,
            Self::Factors { .. } => Next::ProveFactors,
            Self::FieldsEmpty(_) => Next::FillFields,
            Self::NoSession(_) | Self::LeaseExpired { .. } => Next::BeginSigning,
            Self::StaleBase { head, .. } | Self::NotTheHead { head, .. } => Next::PrepareAgain(*head),
            Self::SessionInFlight { until, .. } | Self::LeaseHeld { until } | Self::KeptUntil { until } => {
                Next::WaitUntil(*until)
            }
            Self::NotYetSigned(_) | Self::WaitForStep(_) => Next::WaitForTurn,
            Self::Forbidden { .. } | Self::SecondHop(_) | Self::Domain => {
                Next::AskSender("permit it, or to name the person")
            }
            Self::Sessions { .. } => Next::AskSender("reassign the part"),
            Self::GrantOver { .. } | Self::GrantUsed | Self::UnknownGrant(_) => {
                Next::AskSender("grant a further download")
            }
            Self::FieldFixed(_) => Next::AskSender("send another envelope with the right value"),
            Self::Undeliverable(_) => Next::AskSender("correct the address"),
            Self::FieldSigned { .. } | Self::Signed | Self::ContentLocked(_) => Next::SendAnother,
            Self::AttemptsLeft { .. } => Next::AskOperator,
            Self::LastApprover(_) => Next::LogInAs(Capacity::Owner),
            Self::OnHold(_) => Next::Release,
            Self::HoldOver(_) | Self::NotInForce | Self::NotQueued | Self::Reminders { .. } => Next::Nothing,
            Self::AlreadyExists(_)
            | Self::UnknownParty(_)
            | Self::CertificateOfAnother(_)
            | Self::WrongRole { .. }
            | Self::Draft(_)
            | Self::NotInFuture(_)
            | Self::PermissionMissing(_)
            | Self::SignaturesForbidden { .. }
            | Self::NotYourField { .. }
            | Self::Value { .. }
            | Self::Lease { .. }
            | Self::WrongDocuments(_)
            | Self::SignedAt { .. }
            | Self::ProofDiffers { .. }
            | Self::LevelTooLow { .. }
            | Self::AuthorizationDiffers
            | Self::NotEarlier(_)
            | Self::SamePerson(_)
            | Self::Nominee(_)
            | Self::Deadline { .. }
            | Self::LastParty(_)
            | Self::UnknownDocument(_)
            | Self::WrongAttempt { .. }
            | Self::Artifacts
            | Self::NotCounterparty(_)
            | Self::UnknownArtifact
            | Self::UnknownHold(_)
            | Self::GrantTime { .. }
            | Self::TooMany { .. }
            | Self::Policy { .. } => Next::Correct,
        }
    }
}

fn status_action(found: StatusName, needed: StatusName) -> NextAction {
    match (found, needed) {
        (StatusName::Completed, _) => NextAction::Nothing,
        (StatusName::Declined | StatusName::Voided | StatusName::Expired | StatusName::Failed, _) => {
            NextAction::SendAnother
        }
        (StatusName::Paused, _) => NextAction::AskSender("resume the envelope"),
        (StatusName::InProgress, StatusName::Paused) => NextAction::Pause,
        (StatusName::Draft | StatusName::Scheduled, _) => NextAction::AskSender("send the envelope"),
        (StatusName::InProgress, _) => NextAction::WaitForTurn,
        (StatusName::Finalizing, _) => NextAction::WaitForTurn,
    }
}

fn standing_action(standing: Standing) -> NextAction {
    match standing {
        Standing::Defined => NextAction::AskSender("send the envelope"),
        Standing::Waiting => NextAction::WaitForTurn,
        Standing::Active => NextAction::BeginSigning,
        Standing::Signing => NextAction::AskSender("wait until the signing session has ended"),
        Standing::Blocked { .. } => NextAction::AskSender("unblock the party"),
        Standing::Expired => NextAction::AskSender("extend the deadline"),
        Standing::Done | Standing::Skipped => NextAction::Nothing,
        Standing::Declined | Standing::Replaced { .. } | Standing::Removed => NextAction::SendAnother,
    }
}
