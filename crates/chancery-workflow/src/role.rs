//! What a party is there to do.

use chancery_auth::UserId;
use serde::{Deserialize, Serialize};

use crate::id::PartyId;
use crate::text::Text;
use crate::user;

/// How much a signature is worth, as verified elsewhere, never as somebody claims. Ordered: a higher one serves where a
/// lower one is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureLevel {
    /// An electronic signature.
    Simple,
    /// An advanced electronic signature (eIDAS, Article 26).
    Advanced,
    /// A qualified electronic signature (eIDAS, Article 3(12)).
    Qualified,
}

impl SignatureLevel {
    /// Whether it is a digital signature of the signer's own key, which takes a PIN (G23).
    #[must_use]
    pub const fn is_digital(self) -> bool {
        match self {
            Self::Simple => false,
            Self::Advanced | Self::Qualified => true,
        }
    }
}

/// When somebody gets a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CopyMoment {
    /// When the envelope is sent.
    AtSend,
    /// When the step begins in which the party stands.
    AtTurn,
    /// When everything is completed.
    AtEnd,
}

/// What a party is there to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Role {
    /// Says yes before others sign.
    Approve,
    /// Signs.
    Sign {
        /// At this level at least.
        level: SignatureLevel,
    },
    /// Signs at somebody else's device; the host acts for the party, the party proves its own factors.
    SignInPerson {
        /// Whose device.
        #[serde(with = "user")]
        host: UserId,
        /// At this level at least.
        level: SignatureLevel,
    },
    /// Signs that somebody else signed; only after that party has.
    Witness {
        /// Who is witnessed: a party of the same step or an earlier one.
        of: PartyId,
        /// At this level at least.
        level: SignatureLevel,
    },
    /// The seal of a legal person, set by the sealer when the turn comes.
    Seal {
        /// Which seal.
        seal: Text,
        /// At this level at least.
        level: SignatureLevel,
    },
    /// Fills fields.
    Fill,
    /// Confirms to have read.
    Acknowledge,
    /// Must open the envelope: certified delivery.
    Receive,
    /// May look from the sending on; nobody waits for it.
    View,
    /// Gets a copy; nobody waits for it.
    Copy {
        /// When.
        when: CopyMoment,
    },
    /// Names the people of later parties.
    Nominate,
}

/// What a party does when it acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Approves.
    Approve,
    /// Signs, also in person.
    Sign,
    /// Witnesses.
    Witness,
    /// Seals.
    Seal,
    /// Fills fields.
    Fill,
    /// Confirms to have read.
    Acknowledge,
    /// Has received.
    Receive,
    /// Names people.
    Nominate,
}

impl Role {
    /// What the party does; none if nobody waits for it.
    #[must_use]
    pub const fn act(&self) -> Option<Act> {
        match self {
            Self::Approve => Some(Act::Approve),
            Self::Sign { .. } | Self::SignInPerson { .. } => Some(Act::Sign),
            Self::Witness { .. } => Some(Act::Witness),
            Self::Seal { .. } => Some(Act::Seal),
            Self::Fill => Some(Act::Fill),
            Self::Acknowledge => Some(Act::Acknowledge),
            Self::Receive => Some(Act::Receive),
            Self::Nominate => Some(Act::Nominate),
            Self::View | Self::Copy { .. } => None,
        }
    }

    /// The level of its signature, if it signs.
    #[must_use]
    pub const fn level(&self) -> Option<SignatureLevel> {
        match self {
            Self::Sign { level }
            | Self::SignInPerson { level, .. }
            | Self::Witness { level, .. }
            | Self::Seal { level, .. } => Some(*level),
            Self::Approve
            | Self::Fill
            | Self::Acknowledge
            | Self::Receive
            | Self::View
            | Self::Copy { .. }
            | Self::Nominate => None,
        }
    }
}

impl Act {
    /// Whether it needs the consent to electronic records first. Whoever only receives agrees to nothing, and a seal is
    /// set by a machine.
    #[must_use]
    pub const fn needs_consent(self) -> bool {
        match self {
            Self::Approve | Self::Sign | Self::Witness | Self::Fill | Self::Acknowledge | Self::Nominate => {
                true
            }
            Self::Seal | Self::Receive => false,
        }
    }

    /// Whether it changes the documents by a signature.
    #[must_use]
    pub const fn signs(self) -> bool {
        match self {
            Self::Sign | Self::Witness | Self::Seal => true,
            Self::Approve | Self::Fill | Self::Acknowledge | Self::Receive | Self::Nominate => false,
        }
    }
}
