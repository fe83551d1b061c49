//! What is answered.

use chancery_ledger::JsonStored;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{GrantId, HoldId, PartyId, Revision};
use crate::refusal::Refusal;
use crate::status::StatusName;

/// What is answered to a command, after everything that belongs to it was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[must_use]
pub enum Reply {
    /// It was done.
    Accepted(Accepted),
    /// It was not.
    Refused(Refusal),
}

/// How things stand after a command was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// How the envelope stands.
    pub status: StatusName,
    /// Its head.
    pub head: Revision,
    /// What came of it, if it made something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<Made>,
}

/// What a command made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Made {
    /// A party, in another's place.
    Party(PartyId),
    /// A permission to download.
    Grant(GrantId),
    /// A legal hold.
    Hold(HoldId),
    /// A signing session.
    Session {
        /// Until when a result is taken.
        until: Timestamp,
    },
    /// An attempt to finish.
    Attempt {
        /// Its number.
        attempt: u32,
        /// Until when nobody else begins.
        until: Timestamp,
    },
}

impl Reply {
    /// What was done.
    ///
    /// # Errors
    /// The refusal, if it was not.
    pub fn accepted(self) -> Result<Accepted, Refusal> {
        match self {
            Self::Accepted(accepted) => Ok(accepted),
            Self::Refused(refusal) => Err(refusal),
        }
    }

    /// Why it was not done, if it was not.
    #[must_use]
    pub const fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Accepted(_) => None,
            Self::Refused(refusal) => Some(refusal),
        }
    }
}

impl JsonStored for Reply {}
