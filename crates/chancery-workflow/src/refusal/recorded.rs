//! What the record shows of a refusal.

use crate::concern::Concern;
use crate::refusal::Refusal;

impl Refusal {
    /// As what it is recorded before it is answered; none of what was only handed in wrongly, by whoever might, whenever
    /// they liked: that is answered, and asked again.
    ///
    /// What was recorded is answered again to the same idempotency key: who tries again takes a new one.
    ///
    /// Of workers (timer, sealer, notifier) only [`Concern::Authority`] is recorded. They are woken at least once and
    /// race each other, so they ask out of turn as a matter of course: for an attempt that another holds, for an envelope
    /// that is finished already, with a report of a notice to somebody who is done.
    #[must_use]
    pub const fn recorded_as(&self) -> Option<Concern> {
        match self {
            Self::NotPermitted(_)
            | Self::UnknownParty(_)
            | Self::WrongRole { .. }
            | Self::Factors { .. }
            | Self::NotYourField { .. }
            | Self::FieldFixed(_)
            | Self::WrongDocuments(_)
            | Self::ProofDiffers { .. }
            | Self::LevelTooLow { .. }
            | Self::AuthorizationDiffers
            | Self::CertificateOfAnother(_)
            | Self::Forbidden { .. }
            | Self::SecondHop(_)
            | Self::SamePerson(_)
            | Self::Domain
            | Self::LastApprover(_)
            | Self::NotCounterparty(_)
            | Self::UnknownGrant(_)
            | Self::GrantOver { .. }
            | Self::GrantUsed
            | Self::Policy { .. } => Some(Concern::Authority),
            Self::WrongStatus { .. }
            | Self::WrongStanding { .. }
            | Self::NotOpened(_)
            | Self::ConsentMissing { .. }
            | Self::WrongDisclosure { .. }
            | Self::DemonstrationMissing(_)
            | Self::FieldSigned { .. }
            | Self::FieldsEmpty(_)
            | Self::Sessions { .. }
            | Self::NotTheHead { .. }
            | Self::NoSession(_)
            | Self::LeaseExpired { .. }
            | Self::StaleBase { .. }
            | Self::WaitForStep(_)
            | Self::NotYetSigned(_)
            | Self::NotEarlier(_)
            | Self::Signed
            | Self::SessionInFlight { .. }
            | Self::ContentLocked(_)
            | Self::WrongAttempt { .. }
            | Self::LeaseHeld { .. }
            | Self::AttemptsLeft { .. }
            | Self::NotInForce
            | Self::OnHold(_)
            | Self::HoldOver(_)
            | Self::KeptUntil { .. }
            | Self::NotQueued => Some(Concern::Sequence),
            Self::UnknownEnvelope
            | Self::AlreadyExists(_)
            | Self::Draft(_)
            | Self::NotInFuture(_)
            | Self::PermissionMissing(_)
            | Self::SignaturesForbidden { .. }
            | Self::Value { .. }
            | Self::Lease { .. }
            | Self::SignedAt { .. }
            | Self::Nominee(_)
            | Self::Reminders { .. }
            | Self::Undeliverable(_)
            | Self::Deadline { .. }
            | Self::LastParty(_)
            | Self::UnknownDocument(_)
            | Self::Artifacts
            | Self::UnknownArtifact
            | Self::GrantTime { .. }
            | Self::TooMany { .. }
            | Self::UnknownHold(_) => None,
        }
    }
}
