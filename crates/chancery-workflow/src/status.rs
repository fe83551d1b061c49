//! Where an envelope stands.

use std::fmt;
use std::sync::Arc;

use chancery_auth::UserId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::acting::Acting;
use crate::id::{ContentDigest, EnvelopeId, PartyId};
use crate::role::Act;
use crate::text::Text;

/// Where an envelope stands. Why it came there, [`Envelope::reason`](crate::Envelope::reason) says.
#[derive(Clone, Debug, PartialEq)]
pub enum Status {
    /// Being written.
    Draft,
    /// Will be sent at this time.
    Scheduled {
        /// When.
        at: Timestamp,
    },
    /// With its parties.
    InProgress,
    /// Held or being corrected: no party may act.
    Paused(Pause),
    /// Everybody is done; the seal and the report are not.
    Finalizing(Finalization),
    /// All of it is done.
    Completed {
        /// What came of it.
        artifacts: Arc<[Artifact]>,
    },
    /// A party declined, and too few are left for its step.
    Declined {
        /// Who.
        by: PartyId,
        /// What the party should have done: an approver declines otherwise than a signer.
        act: Act,
    },
    /// Ended by its sender or owner.
    Voided {
        /// By whom.
        by: Acting,
    },
    /// Its deadline passed.
    Expired,
    /// An operator gave up finishing it.
    Failed {
        /// Who.
        by: Acting,
    },
}

/// The name of a status, without what belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StatusName {
    /// [`Status::Draft`]
    Draft,
    /// [`Status::Scheduled`]
    Scheduled,
    /// [`Status::InProgress`]
    InProgress,
    /// [`Status::Paused`]
    Paused,
    /// [`Status::Finalizing`]
    Finalizing,
    /// [`Status::Completed`]
    Completed,
    /// [`Status::Declined`]
    Declined,
    /// [`Status::Voided`]
    Voided,
    /// [`Status::Expired`]
    Expired,
    /// [`Status::Failed`]
    Failed,
}

/// Whether anything more can come of an envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ended {
    /// It is open.
    Open,
    /// It stays what it is.
    ForEver,
}

impl StatusName {
    /// Every one.
    pub const ALL: [Self; 10] = [
        Self::Draft,
        Self::Scheduled,
        Self::InProgress,
        Self::Paused,
        Self::Finalizing,
        Self::Completed,
        Self::Declined,
        Self::Voided,
        Self::Expired,
        Self::Failed,
    ];

    /// Whether it is final (I1).
    #[must_use]
    pub const fn ended(self) -> Ended {
        match self {
            Self::Draft | Self::Scheduled | Self::InProgress | Self::Paused | Self::Finalizing => Ended::Open,
            Self::Completed | Self::Declined | Self::Voided | Self::Expired | Self::Failed => Ended::ForEver,
        }
    }
}

impl fmt::Display for StatusName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Draft => "a draft",
            Self::Scheduled => "scheduled",
            Self::InProgress => "in progress",
            Self::Paused => "paused",
            Self::Finalizing => "being finished",
            Self::Completed => "completed",
            Self::Declined => "declined",
            Self::Voided => "voided",
            Self::Expired => "expired",
            Self::Failed => "failed",
        })
    }
}

impl Status {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> StatusName {
        match self {
            Self::Draft => StatusName::Draft,
            Self::Scheduled { .. } => StatusName::Scheduled,
            Self::InProgress => StatusName::InProgress,
            Self::Paused(_) => StatusName::Paused,
            Self::Finalizing(_) => StatusName::Finalizing,
            Self::Completed { .. } => StatusName::Completed,
            Self::Declined { .. } => StatusName::Declined,
            Self::Voided { .. } => StatusName::Voided,
            Self::Expired => StatusName::Expired,
            Self::Failed { .. } => StatusName::Failed,
        }
    }
}

/// A pause.
#[derive(Clone, Debug, PartialEq)]
pub struct Pause {
    /// Who paused.
    pub by: UserId,
    /// Since when.
    pub since: Timestamp,
    /// Whether deadlines run on.
    pub clock: Clock,
}

/// Whether deadlines run while an envelope is paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Clock {
    /// They run on.
    Running,
    /// They are moved on by the length of the pause.
    Frozen,
}

/// How far an envelope is finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finalization {
    /// Since when everybody has done their part. A final seal that bears this time has the same bytes in every attempt, so
    /// an office of seals takes a later one for the same use, under the same [`seal_key`](crate::Envelope::seal_key).
    pub since: Timestamp,
    /// How many attempts were begun.
    pub attempt: u32,
    /// Until when the latest attempt holds its lease; none if it failed, or there was none.
    pub lease: Option<Timestamp>,
}

/// Something that came of an envelope: a signed document, the sealed report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Artifact {
    /// What it is called.
    pub name: Text,
    /// SHA-256 of its bytes.
    pub digest: ContentDigest,
}

/// What holds of a completed envelope: it is never uncompleted, it is annotated (pain 22).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Disposition {
    /// It holds.
    #[default]
    InForce,
    /// Another took its place.
    Superseded {
        /// Which.
        by: EnvelopeId,
    },
    /// It was revoked.
    Revoked,
}

/// What the records officer decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Retention {
    /// Kept as long as its rules say.
    #[default]
    Normal,
    /// Kept until every [hold](crate::Envelope::holds) is released.
    LegalHold,
    /// Its documents are to be removed.
    PurgeQueued,
    /// Its documents are gone; record and digests stay.
    Purged,
}
