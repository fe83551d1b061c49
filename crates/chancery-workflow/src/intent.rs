//! Who is to be told what: the bodies of deliveries. They hold ids and generations, never a link, a code or a name.

use serde::{Deserialize, Serialize};

use crate::id::{EnvelopeId, PartyId, Revision};
use crate::role::Act;

/// Where notices to people go in the outbox.
pub const NOTICE: &str = "notice";
/// Where webhooks go.
pub const WEBHOOK: &str = "webhook";
/// Where work for the sealer goes.
pub const SEAL: &str = "seal";

/// What people are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Intent {
    /// It is your turn (G9): exactly one for each turn.
    YourTurn {
        /// To do what.
        act: Act,
    },
    /// It is still your turn.
    Reminder {
        /// To do what.
        act: Act,
    },
    /// The time for it runs out.
    Expiring,
    /// Here is a new link; the old ones are dead.
    NewLink,
    /// You may look.
    ForView,
    /// Here is your copy.
    Copy,
    /// Everything is completed (G11).
    Completed,
    /// A party declined, and with that it is over.
    Declined,
    /// A party declined; the others go on.
    PartyDeclined,
    /// The sender ended it.
    Voided,
    /// Its time passed.
    Expired,
    /// It could not be finished.
    Failed,
    /// Another person has the part of a party.
    SignerChanged,
    /// A party sent it back.
    Returned,
    /// The time of a party passed.
    PartyExpired,
    /// Too many wrong factors: a party is blocked.
    SecurityAlert,
    /// The party may try again.
    Unblocked,
    /// You may download.
    DownloadGranted,
}

impl Intent {
    /// Every intent that exists, those with an act once for each.
    pub const ACTS: [Act; 8] = [
        Act::Approve,
        Act::Sign,
        Act::Witness,
        Act::Seal,
        Act::Fill,
        Act::Acknowledge,
        Act::Receive,
        Act::Nominate,
    ];

    /// Its kind in the outbox: `notice.your-turn`.
    #[must_use]
    pub const fn kind_name(self) -> &'static str {
        match self {
            Self::YourTurn { .. } => "notice.your-turn",
            Self::Reminder { .. } => "notice.reminder",
            Self::Expiring => "notice.expiring",
            Self::NewLink => "notice.new-link",
            Self::ForView => "notice.for-view",
            Self::Copy => "notice.copy",
            Self::Completed => "notice.completed",
            Self::Declined => "notice.declined",
            Self::PartyDeclined => "notice.party-declined",
            Self::Voided => "notice.voided",
            Self::Expired => "notice.expired",
            Self::Failed => "notice.failed",
            Self::SignerChanged => "notice.signer-changed",
            Self::Returned => "notice.returned",
            Self::PartyExpired => "notice.party-expired",
            Self::SecurityAlert => "notice.security-alert",
            Self::Unblocked => "notice.unblocked",
            Self::DownloadGranted => "notice.download-granted",
        }
    }
}

/// Whom a notice is for. A link in it, if there is one, is derived for exactly this party and generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recipient {
    /// The sender of the envelope.
    Sender,
    /// A party.
    Party {
        /// Which.
        party: PartyId,
        /// The generation of its link.
        link: u32,
    },
}

/// The body of a delivery to [`NOTICE`]: one notice, to each of these people on their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// About which envelope.
    pub envelope: EnvelopeId,
    /// What they are told.
    pub intent: Intent,
    /// Who. One, except where very many are told the same.
    pub to: Vec<Recipient>,
    /// The party that it is about, if it is another than who is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<PartyId>,
}

/// The body of a delivery to [`SEAL`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum SealWork {
    /// The turn of a seal has come.
    Seal {
        /// In which envelope.
        envelope: EnvelopeId,
        /// Which party.
        party: PartyId,
    },
    /// An envelope is to be finished.
    Finalize {
        /// Which.
        envelope: EnvelopeId,
        /// At which head. See [`Envelope::seal_key`](crate::Envelope::seal_key).
        head: Revision,
        /// The attempt that comes next.
        attempt: u32,
    },
    /// The documents of an envelope are to be removed.
    Purge {
        /// Which.
        envelope: EnvelopeId,
    },
}

/// The body of a delivery to [`WEBHOOK`]: that something happened. Whoever wants to know more asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookBody {
    /// To which envelope.
    pub envelope: EnvelopeId,
    /// The kind of the event: `envelope.completed`.
    pub event: String,
    /// The party that it is about, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<PartyId>,
    /// When, as the event says.
    pub at: jiff::Timestamp,
}
