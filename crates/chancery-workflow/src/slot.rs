//! Where a party stands.

use std::fmt;
use std::sync::Arc;

use chancery_digest::Digest;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::concern::Concern;
use crate::digest;
use crate::factor_rule::FactorName;
use crate::id::{ContentDigest, DocumentId, Fingerprint, PartyId, Revision};
use crate::text::Text;

/// Where a party stands in the order of things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Part of a draft; or somebody nobody waits for.
    Defined,
    /// Its turn has not come.
    Waiting,
    /// Its turn.
    Active,
    /// Its turn, with a signing session under way.
    Signing,
    /// It has acted. For ever.
    Done,
    /// It has declined. For ever.
    Declined,
    /// Another took its place. For ever.
    Replaced {
        /// Who.
        by: PartyId,
    },
    /// It was not needed. For ever.
    Skipped,
    /// It was taken out. For ever.
    Removed,
    /// Too many wrong factors, until the sender unblocks it.
    Blocked {
        /// The last of them.
        factor: FactorName,
    },
    /// Its time passed, until the sender gives it more.
    Expired,
}

/// Whether a party can still do anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Prospect {
    /// It acts, or may yet.
    Open,
    /// It has acted.
    Done,
    /// It has declined.
    Declined,
    /// It counts no more: another does, or nobody.
    Gone,
}

impl Standing {
    /// What can come of it.
    #[must_use]
    pub const fn prospect(self) -> Prospect {
        match self {
            Self::Defined
            | Self::Waiting
            | Self::Active
            | Self::Signing
            | Self::Blocked { .. }
            | Self::Expired => Prospect::Open,
            Self::Done => Prospect::Done,
            Self::Declined => Prospect::Declined,
            Self::Replaced { .. } | Self::Skipped | Self::Removed => Prospect::Gone,
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Defined => f.write_str("not yet sent to"),
            Self::Waiting => f.write_str("waiting for its turn"),
            Self::Active => f.write_str("to act"),
            Self::Signing => f.write_str("signing"),
            Self::Done => f.write_str("done"),
            Self::Declined => f.write_str("declined"),
            Self::Replaced { by } => write!(f, "replaced by {by}"),
            Self::Skipped => f.write_str("skipped"),
            Self::Removed => f.write_str("removed"),
            Self::Blocked { .. } => f.write_str("blocked"),
            Self::Expired => f.write_str("out of time"),
        }
    }
}

/// How a notice fared on its way to a party.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Delivery {
    /// None was asked for.
    #[default]
    None,
    /// Waiting to be sent.
    Queued,
    /// Handed over.
    Sent,
    /// Arrived.
    Delivered,
    /// Came back.
    Bounced,
    /// Answered by a machine.
    AutoReplied,
}

/// The consent of a party to electronic records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Consent {
    /// Not given.
    #[default]
    None,
    /// Given to the disclosure of this digest.
    Given(ContentDigest),
    /// Taken back.
    Withdrawn,
}

/// What a party is about to sign: a document, exactly these bytes of it, and the digest that its key gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pinned {
    /// Which document.
    pub document: DocumentId,
    /// SHA-256 of the revision that the signature is added to.
    pub base: ContentDigest,
    /// The digest of the bytes that the key signs.
    #[serde(with = "digest")]
    pub to_be_signed: Digest,
}

/// A signing session: what was pinned when it began. A result is taken until its lease ends, and only for the revision
/// that is still the head then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningSession {
    /// The head when it began.
    pub base: Revision,
    /// What is signed.
    pub documents: Arc<[Pinned]>,
    /// When the lease ends; that moment is the last in which a result is taken.
    pub until: Timestamp,
    /// The time that stands in the signature (G5).
    pub signed_at: Timestamp,
    /// The certificate that it is made with.
    pub certificate: Fingerprint,
    /// What it means (21 CFR 11.50(a)(3)).
    pub meaning: Option<Text>,
    /// The reference of an authorisation by a remote service, by its digest.
    pub authorization: Option<ContentDigest>,
}

/// Refusals that were recorded of somebody, so that nobody fills the disk by being refused. What is out of turn does not
/// use up the room of what is not theirs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refusals {
    authority: Counted,
    sequence: Counted,
}

/// How many refusals were recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// How many.
    pub recorded: u32,
    /// The latest of them.
    pub latest: Option<Timestamp>,
}

impl Refusals {
    const NONE: Self = Self {
        authority: Counted { recorded: 0, latest: None },
        sequence: Counted { recorded: 0, latest: None },
    };

    /// Those that were recorded as this.
    #[must_use]
    pub const fn of(&self, concern: Concern) -> Counted {
        match concern {
            Concern::Authority => self.authority,
            Concern::Sequence => self.sequence,
        }
    }

    /// One more.
    pub(crate) const fn count(&mut self, concern: Concern, at: Timestamp) {
        let counted = match concern {
            Concern::Authority => &mut self.authority,
            Concern::Sequence => &mut self.sequence,
        };
        counted.recorded = counted.recorded.saturating_add(1);
        counted.latest = Some(at);
    }
}

/// Where a party stands, with everything that was recorded of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    pub(crate) standing: Standing,
    pub(crate) delivery: Delivery,
    pub(crate) consent: Consent,
    /// The first of those who held this place: fields are its.
    pub(crate) seat: PartyId,
    /// Whose part it does once more, after the envelope was sent back.
    pub(crate) again_of: Option<PartyId>,
    /// Who does its part once more.
    pub(crate) again: Option<PartyId>,
    pub(crate) joined: Joined,
    pub(crate) session: Option<Arc<SigningSession>>,
    pub(crate) activated_at: Option<Timestamp>,
    pub(crate) opened_at: Option<Timestamp>,
    /// How often it looked.
    pub(crate) opened: u32,
    pub(crate) downloaded_at: Option<Timestamp>,
    pub(crate) done_at: Option<Timestamp>,
    pub(crate) deadline: Option<Timestamp>,
    pub(crate) reminded_at: Option<Timestamp>,
    pub(crate) reminders: u32,
    /// Wrong factors of each kind since the last right one of that kind.
    pub(crate) failures: [u32; FactorName::ALL.len()],
    /// How often it did what leaves an event and changes little: looked, filled a field.
    pub(crate) events: u32,
    pub(crate) sessions: u32,
    /// Which link is alive; earlier ones are dead.
    pub(crate) link: u32,
    pub(crate) signed: Option<Revision>,
    /// The certificate that it signed with.
    pub(crate) certificate: Option<Fingerprint>,
    pub(crate) refusals: Refusals,
}

/// How a party came to its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Joined {
    /// The sender put it there.
    BySender,
    /// Another party named it; it may not name a further one.
    ByParty,
}

impl Slot {
    pub(crate) const fn new(seat: PartyId, joined: Joined) -> Self {
        Self {
            standing: Standing::Defined,
            delivery: Delivery::None,
            consent: Consent::None,
            seat,
            again_of: None,
            again: None,
            joined,
            session: None,
            activated_at: None,
            opened_at: None,
            opened: 0,
            downloaded_at: None,
            done_at: None,
            deadline: None,
            reminded_at: None,
            reminders: 0,
            failures: [0; FactorName::ALL.len()],
            events: 0,
            sessions: 0,
            link: 0,
            signed: None,
            certificate: None,
            refusals: Refusals::NONE,
        }
    }

    /// Where it stands.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        self.standing
    }

    /// How the latest notice fared.
    #[must_use]
    pub const fn delivery(&self) -> Delivery {
        self.delivery
    }

    /// Its consent.
    #[must_use]
    pub const fn consent(&self) -> Consent {
        self.consent
    }

    /// The first of those who held this place.
    #[must_use]
    pub const fn seat(&self) -> PartyId {
        self.seat
    }

    /// Whose part it does once more.
    #[must_use]
    pub const fn again_of(&self) -> Option<PartyId> {
        self.again_of
    }

    /// Who does its part once more.
    #[must_use]
    pub const fn again(&self) -> Option<PartyId> {
        self.again
    }

    /// How it came to its place.
    #[must_use]
    pub const fn joined(&self) -> Joined {
        self.joined
    }

    /// Its signing session, also one whose lease has ended and nobody has looked since.
    #[must_use]
    pub fn session(&self) -> Option<&SigningSession> {
        self.session.as_deref()
    }

    /// When its turn came.
    #[must_use]
    pub const fn activated_at(&self) -> Option<Timestamp> {
        self.activated_at
    }

    /// When it first opened the envelope.
    #[must_use]
    pub const fn opened_at(&self) -> Option<Timestamp> {
        self.opened_at
    }

    /// When it last downloaded something.
    #[must_use]
    pub const fn downloaded_at(&self) -> Option<Timestamp> {
        self.downloaded_at
    }

    /// When it was done.
    #[must_use]
    pub const fn done_at(&self) -> Option<Timestamp> {
        self.done_at
    }

    /// Its own deadline.
    #[must_use]
    pub const fn deadline(&self) -> Option<Timestamp> {
        self.deadline
    }

    /// How often it was reminded.
    #[must_use]
    pub const fn reminders(&self) -> u32 {
        self.reminders
    }

    /// How many signing sessions it began.
    #[must_use]
    pub const fn sessions(&self) -> u32 {
        self.sessions
    }

    /// The generation of its link: a deliverer derives the link from it, and one of another generation is dead.
    #[must_use]
    pub const fn link(&self) -> u32 {
        self.link
    }

    /// The revision that its signature made.
    #[must_use]
    pub const fn signed(&self) -> Option<Revision> {
        self.signed
    }

    /// Refusals that were recorded of it.
    #[must_use]
    pub const fn refusals(&self) -> Refusals {
        self.refusals
    }

    /// These were proved rightly.
    pub(crate) fn proved(&mut self, factors: &[FactorName]) {
        for factor in factors {
            if let Some(failures) = self.failures.get_mut(factor.place()) {
                *failures = 0;
            }
        }
    }

    /// One more event of little weight.
    pub(crate) const fn count(&mut self) {
        self.events = self.events.saturating_add(1);
    }

    /// Whether a session's lease has not ended.
    pub(crate) fn has_live_session(&self, now: Timestamp) -> bool {
        self.session.as_ref().is_some_and(|session| now <= session.until)
    }
}
