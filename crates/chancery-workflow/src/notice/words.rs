//! Words of the catalogue that stand alone.

use crate::factor_rule::FactorName;
use crate::meaning::Meaning;
use crate::slot::Standing;
use crate::status::StatusName;

/// Words that stand alone: in a list, on a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phrase {
    /// Where an envelope stands.
    Status(StatusName),
    /// Where a party stands.
    Standing(Standing),
    /// What a signature means.
    Meaning(Meaning),
    /// A kind of factor.
    Factor(FactorName),
    /// How many of its parties have acted.
    Progress {
        /// So many have.
        done: u32,
        /// Of so many.
        all: u32,
    },
}

impl Phrase {
    /// Its name in the catalogue.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Status(status) => match status {
                StatusName::Draft => "status-draft",
                StatusName::Scheduled => "status-scheduled",
                StatusName::InProgress => "status-pending",
                StatusName::Paused => "status-paused",
                StatusName::Finalizing => "status-finishing",
                StatusName::Completed => "status-complete",
                StatusName::Declined => "status-declined",
                StatusName::Voided => "status-voided",
                StatusName::Expired => "status-expired",
                StatusName::Failed => "status-failed",
            },
            Self::Standing(standing) => match standing {
                Standing::Defined | Standing::Waiting => "slot-waiting",
                Standing::Active => "slot-active",
                Standing::Signing => "slot-signing",
                Standing::Done => "slot-done",
                Standing::Declined => "slot-declined",
                Standing::Replaced { .. } => "slot-replaced",
                Standing::Skipped => "slot-skipped",
                Standing::Removed => "slot-removed",
                Standing::Blocked { .. } => "slot-blocked",
                Standing::Expired => "slot-expired",
            },
            Self::Meaning(meaning) => match meaning {
                Meaning::Review => "meaning-review",
                Meaning::Approval => "meaning-approval",
                Meaning::Responsibility => "meaning-responsibility",
                Meaning::Authorship => "meaning-authorship",
            },
            Self::Factor(factor) => match factor {
                FactorName::Password => "factor-password",
                FactorName::AccessCode => "factor-access-code",
                FactorName::SigningPin => "factor-signing-pin",
                FactorName::ApprovalCode => "factor-approval-code",
                FactorName::OneTimeCode => "factor-one-time-code",
                FactorName::SecondDevice => "factor-second-device",
            },
            Self::Progress { .. } => "progress",
        }
    }
}
