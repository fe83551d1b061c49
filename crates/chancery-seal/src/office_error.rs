//! Why an office did not do what was asked.

use std::fmt;

use chancery_ledger::{CommitError, ExportError, NameError, Outcome, Refusal, RunError, StoreError};
use jiff::Timestamp;

use crate::organisation::ActRefusal;
use crate::text::UseKey;
use crate::violation::Violation;

/// Everything that stands against a use, recorded. Prints one line for each, with what would cure it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refused {
    pub(crate) violations: Vec<Violation>,
}

impl Refused {
    /// What stands against it.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }
}

impl std::error::Error for Refused {}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.violations.iter().enumerate() {
            let line = if index == 0 { "" } else { "\n" };
            write!(f, "{line}{violation}: {}", violation.cure())?;
        }
        Ok(())
    }
}

/// The ledger did not do its part.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OfficeError {
    /// The store failed. What was asked may have been recorded where [`outcome`](Self::outcome) says so.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The ledger refuses what was decided.
    #[error(transparent)]
    Ledger(#[from] Refusal),
    /// A stream cannot be read.
    #[error(transparent)]
    Read(#[from] RunError),
    /// A name is none for the ledger.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The log cannot be exported.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// Others were faster each time. Nothing was recorded.
    #[error("others wrote to the ledger first, {attempts} times")]
    Contended {
        /// How often it was tried.
        attempts: u32,
    },
    /// The act is refused.
    #[error("{refusal}: {cure}", refusal = .0, cure = .0.cure())]
    Act(ActRefusal),
    /// There is no seal under this key of a use.
    #[error("nothing was sealed under the key {key}")]
    NotSealed {
        /// The key.
        key: UseKey,
    },
    /// What is kept under a key of the ledger is nothing that an office keeps.
    #[error("what the ledger keeps under a key of this office cannot be read")]
    Unreadable,
}

impl OfficeError {
    /// Whether what was asked may have been recorded nevertheless.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Store(error) => error.outcome,
            Self::Read(error) => error.outcome(),
            Self::Ledger(_)
            | Self::Name(_)
            | Self::Export(_)
            | Self::Contended { .. }
            | Self::Act(_)
            | Self::NotSealed { .. }
            | Self::Unreadable => Outcome::NothingHappened,
        }
    }
}

impl From<CommitError> for OfficeError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Refused(refusal) => refusal.into(),
            CommitError::Failed(error) => error.into(),
            // A kind of failure that this version does not know.
            _ => Self::Unreadable,
        }
    }
}

/// Why there is no permit, or no approval.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// The rules do not agree. That was recorded.
    #[error("refused:\n{0}")]
    Refused(Refused),
    /// The ledger failed. If something stood against the use, it may not have been recorded.
    #[error(transparent)]
    Office(#[from] OfficeError),
}

/// Why there is no signature.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The rules do not agree any more. That was recorded; the key was not used.
    #[error("refused:\n{0}")]
    Refused(Refused),
    /// Somebody is at it, or has died; [`Office::recover`](crate::Office::recover) tells them apart by time.
    #[error("the use {key} is under way since {since}")]
    UnderWay {
        /// The key of the use.
        key: UseKey,
        /// When it was attempted.
        since: Timestamp,
    },
    /// The key has not signed, or what it gave does not hold. That was recorded, and the reserved time is free again. For
    /// another try take another key of the use.
    #[error("the key has not signed: {reason}")]
    Failed {
        /// Why.
        reason: String,
    },
    /// The key did not answer; nobody knows whether it has signed. That was recorded. The same bytes may be tried again
    /// under the same key of the use.
    #[error("nobody knows whether the key has signed: {reason}")]
    Unknown {
        /// Why.
        reason: String,
    },
    /// The key was used, and what came of it could not be recorded; so it is not handed out.
    /// [`Office::recover`](crate::Office::recover) says that it is unknown, and the same bytes may then be tried again.
    #[error("what came of the use could not be recorded")]
    NotRecorded(#[source] OfficeError),
    /// The ledger failed before the key was used.
    #[error(transparent)]
    Office(#[from] OfficeError),
}
