//! Who acts instead, and once more.

use chancery_auth::UserId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::facts::facts;
use crate::id::{PartyId, StepId};
use crate::user;

/// How a party's place changed hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Handover {
    /// Another person is to sign instead (G22).
    ChangeSigner,
    /// Another person acts for the party.
    Delegate,
}

/// A party's part that is done once more by a new party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Again {
    /// Who was done.
    pub of: PartyId,
    /// Who does it once more.
    pub party: PartyId,
}

/// A person named for a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bound {
    /// Which party.
    pub party: PartyId,
    /// Who.
    #[serde(with = "user")]
    pub user: UserId,
}

facts! {
    /// A party sent the envelope back.
    "envelope.returned" ReturnedTo {
        /// Who.
        by: PartyId,
        /// To which step.
        step: StepId,
        /// Parts that are done once more.
        again: Vec<Again>,
        /// When.
        at: Timestamp,
    }
    /// A party named another in its place.
    "envelope.signer-changed" SignerChanged {
        /// Who.
        from: PartyId,
        /// The new party.
        to: PartyId,
        /// Who that is.
        #[serde(with = "user")]
        user: UserId,
        /// In which way.
        how: Handover,
        /// When.
        at: Timestamp,
    }
    /// The sender named another in a party's place.
    "envelope.party-reassigned" PartyReassigned {
        /// Whose place.
        from: PartyId,
        /// The new party.
        to: PartyId,
        /// Who that is.
        #[serde(with = "user")]
        user: UserId,
        /// When.
        at: Timestamp,
    }
    /// A nominator named people.
    "envelope.parties-nominated" PartiesNominated {
        /// Who named.
        by: PartyId,
        /// Whom for which party.
        bound: Vec<Bound>,
        /// When.
        at: Timestamp,
    }
}
