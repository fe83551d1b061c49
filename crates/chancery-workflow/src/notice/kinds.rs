//! The things that people are told.

use jiff::Timestamp;

use crate::factor_rule::FactorName;
use crate::role::Act;

use super::error::NoticeError;

/// Something that somebody is told. Names that are none (erased, never given) are written as "somebody".
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum News {
    /// To a party: its turn has come (G9).
    YourTurn {
        /// To do what.
        act: Act,
        /// Until when.
        before: Option<Timestamp>,
    },
    /// To a host: somebody signs at their device.
    HostSigning {
        /// Who signs.
        party: Option<String>,
        /// Until when.
        before: Option<Timestamp>,
    },
    /// To a viewer: the envelope can be seen.
    MayView,
    /// To whoever gets a copy.
    CopySent,
    /// To a party: here is a new link, the old ones are dead.
    NewLink,
    /// To a party that has not acted.
    Reminder {
        /// What it is to do.
        act: Act,
        /// Until when.
        before: Option<Timestamp>,
    },
    /// To sender and parties that have not acted: the time is nearly over.
    Expiring {
        /// So many days are left, rounded up.
        days: u32,
        /// Until when.
        deadline: Timestamp,
    },
    /// To the sender and all who were done, after it is committed (G11).
    Completed {
        /// How many documents.
        documents: u32,
    },
    /// To a counterparty: it can download (G12).
    MayDownload {
        /// Until when (G13).
        until: Timestamp,
    },
    /// To the sender and all who acted: a party declined.
    Declined {
        /// Who.
        by: Option<String>,
        /// Why.
        reason: Option<String>,
        /// What comes of it.
        then: AfterDecline,
    },
    /// To all who were told of it: the sender or owner ended it.
    Voided {
        /// Who.
        by: Option<String>,
        /// Why.
        reason: Option<String>,
    },
    /// To the sender and all who were told of it: the time is over.
    Expired {
        /// When it was over.
        deadline: Timestamp,
    },
    /// To the sender: the service could not finish it.
    Failed,
    /// To the party whose place another took.
    ReplacedBy {
        /// Who acts now.
        new: Option<String>,
    },
    /// To the sender, when a party named another.
    SignerChanged {
        /// Who did.
        original: Option<String>,
        /// Whom.
        new: Option<String>,
        /// What they said.
        note: Option<String>,
    },
    /// To whoever was named in a party's place; that it is their turn is told besides.
    NamedInstead {
        /// Who named them.
        original: Option<String>,
        /// What they said.
        note: Option<String>,
    },
    /// To a party that is not asked any more: reassigned, removed, not needed.
    Released,
    /// To sender and those who act again: a party sent it back.
    Returned {
        /// Who.
        by: Option<String>,
        /// Why.
        reason: Option<String>,
    },
    /// To those whose turn it is: it is being corrected.
    Paused {
        /// Why.
        reason: Option<String>,
    },
    /// To those whose turn it is: it goes on.
    Resumed,
    /// To the sender: a message did not arrive.
    Undeliverable {
        /// To whom it went.
        party: Option<String>,
    },
    /// To the person whose factor was tried too often (21 CFR 11.300(d)).
    YouAreLocked {
        /// Which factor.
        factor: FactorName,
    },
    /// To the sender, of the same.
    PartyLocked {
        /// Whose factor.
        party: Option<String>,
        /// Which.
        factor: FactorName,
    },
    /// To that person: they may try again.
    Unlocked,
    /// To the sender: a party's own time is over.
    PartyExpired {
        /// Whose.
        party: Option<String>,
    },
    /// To whoever sent in bulk.
    BulkFinished {
        /// How many rows there were.
        rows: u32,
        /// How many were sent.
        sent: u32,
    },
}

/// What comes of a decline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AfterDecline {
    /// The envelope ended.
    Ended,
    /// The others can still reach the quorum.
    GoesOn,
}

/// How soon a message goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Urgency {
    /// In its turn.
    Ordinary,
    /// Before all others: an attack may be under way.
    Urgent,
}

/// What a link in a message opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opens {
    Envelope,
    Download(Timestamp),
    Nothing,
}

impl News {
    /// Its name in the catalogue.
    pub(super) fn key(&self) -> Result<&'static str, NoticeError> {
        Ok(match self {
            Self::YourTurn { act, .. } => turn_key(*act)?,
            Self::HostSigning { .. } => "turn-host",
            Self::MayView => "viewing",
            Self::CopySent => "copy",
            Self::NewLink => "new-link",
            Self::Reminder { .. } => "reminder",
            Self::MayDownload { .. } => "download",
            Self::PartyExpired { .. } => "party-expired",
            Self::Expiring { .. } => "expiring",
            Self::Completed { .. } => "completed",
            Self::Declined { then: AfterDecline::Ended, .. } => "declined",
            Self::Declined { then: AfterDecline::GoesOn, .. } => "declined-open",
            Self::Voided { .. } => "voided",
            Self::Expired { .. } => "expired",
            Self::Failed => "failed",
            Self::ReplacedBy { .. } => "signer-changed-original",
            Self::SignerChanged { .. } => "signer-changed-sender",
            Self::NamedInstead { .. } => "signer-changed-new",
            Self::Released => "released",
            Self::Returned { .. } => "returned",
            Self::Paused { .. } => "paused",
            Self::Resumed => "resumed",
            Self::Undeliverable { .. } => "undeliverable",
            Self::YouAreLocked { .. } => "alert-party",
            Self::PartyLocked { .. } => "alert-sender",
            Self::Unlocked => "unblocked",
            Self::BulkFinished { .. } => "bulk-finished",
        })
    }

    /// How soon it goes out.
    #[must_use]
    pub fn urgency(&self) -> Urgency {
        match self {
            Self::YouAreLocked { .. }
            | Self::PartyLocked { .. }
            | Self::ReplacedBy { .. }
            | Self::SignerChanged { .. }
            | Self::NamedInstead { .. } => Urgency::Urgent,
            Self::YourTurn { .. }
            | Self::HostSigning { .. }
            | Self::MayView
            | Self::CopySent
            | Self::NewLink
            | Self::Reminder { .. }
            | Self::Expiring { .. }
            | Self::Completed { .. }
            | Self::MayDownload { .. }
            | Self::PartyExpired { .. }
            | Self::Declined { .. }
            | Self::Voided { .. }
            | Self::Expired { .. }
            | Self::Failed
            | Self::Released
            | Self::Returned { .. }
            | Self::Paused { .. }
            | Self::Resumed
            | Self::Undeliverable { .. }
            | Self::Unlocked
            | Self::BulkFinished { .. } => Urgency::Ordinary,
        }
    }

    /// What the addressee's link in it opens.
    pub(super) fn opens(&self) -> Opens {
        match self {
            Self::YourTurn { .. }
            | Self::HostSigning { .. }
            | Self::MayView
            | Self::CopySent
            | Self::NewLink
            | Self::Reminder { .. }
            | Self::Expiring { .. }
            | Self::Returned { .. }
            | Self::Resumed
            | Self::Unlocked => Opens::Envelope,
            Self::MayDownload { until } => Opens::Download(*until),
            Self::Completed { .. }
            | Self::PartyExpired { .. }
            | Self::Declined { .. }
            | Self::Voided { .. }
            | Self::Expired { .. }
            | Self::Failed
            | Self::ReplacedBy { .. }
            | Self::SignerChanged { .. }
            | Self::NamedInstead { .. }
            | Self::Released
            | Self::Paused { .. }
            | Self::Undeliverable { .. }
            | Self::YouAreLocked { .. }
            | Self::PartyLocked { .. }
            | Self::BulkFinished { .. } => Opens::Nothing,
        }
    }
}

/// The message that asks for an act.
pub(super) fn turn_key(act: Act) -> Result<&'static str, NoticeError> {
    match act {
        Act::Approve => Ok("turn-approve"),
        Act::Sign => Ok("turn-sign"),
        Act::Witness => Ok("turn-witness"),
        Act::Fill => Ok("turn-fill"),
        Act::Acknowledge => Ok("turn-acknowledge"),
        Act::Receive => Ok("turn-receive"),
        Act::Nominate => Ok("turn-nominate"),
        Act::Seal => Err(NoticeError::Machine),
    }
}
