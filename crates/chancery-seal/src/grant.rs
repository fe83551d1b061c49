//! Rights of people to seals.

use chancery_auth::UserId;
use serde::{Deserialize, Serialize};

use crate::class::ClassSet;
use crate::condition::Condition;
use crate::id::{GrantId, SealId};
use crate::window::Window;
use crate::wire;

/// A right to be given.
#[derive(Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NewGrant {
    /// To which seal.
    pub seal: SealId,
    /// To whom.
    #[serde(with = "wire::user")]
    pub user: UserId,
    /// For which documents: some of those that the seal is for.
    pub classes: ClassSet,
    /// In which time.
    pub window: Window,
    /// Under which conditions: all must hold.
    pub conditions: Vec<Condition>,
}

/// Where a grant stands.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum GrantState {
    /// It counts, within its window.
    Active,
    /// It does not count until it is enabled again.
    Disabled,
    /// It never counts again. A new grant has a new number.
    Cancelled,
}

/// A right of a person to a seal.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Grant {
    pub(crate) id: GrantId,
    pub(crate) terms: NewGrant,
    pub(crate) state: GrantState,
}

impl Grant {
    /// Its number.
    #[must_use]
    pub const fn id(&self) -> GrantId {
        self.id
    }

    /// What was granted.
    #[must_use]
    pub const fn terms(&self) -> &NewGrant {
        &self.terms
    }

    /// Where it stands.
    #[must_use]
    pub const fn state(&self) -> GrantState {
        self.state
    }
}
