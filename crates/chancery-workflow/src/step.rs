//! Steps: parties that act at the same time, how many of them are enough, and whether the step is taken at all.

use serde::{Deserialize, Serialize};

use crate::predicate::Predicate;
use crate::text::Text;

/// How many of a step's parties must be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quorum {
    /// All of them.
    All,
    /// So many of them; all, if there are fewer.
    AtLeast(u32),
}

impl Quorum {
    /// How many of `parties` that is.
    #[must_use]
    pub fn of(self, parties: usize) -> usize {
        match self {
            Self::All => parties,
            Self::AtLeast(n) => parties.min(crate::id::index(n)),
        }
    }
}

/// What a step is for; nothing depends on it but what people are shown, and the order that
/// [`Draft::approvals_first`](crate::Draft::approvals_first) makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Somebody approves.
    Approval,
    /// Somebody fills fields.
    Filling,
    /// Somebody signs.
    Signing,
    /// Somebody receives.
    Delivery,
}

/// Parties that act at the same time. A later step begins when this one is satisfied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What it is for.
    pub phase: Phase,
    /// How many must be done.
    pub quorum: Quorum,
    /// If it is false when the step would begin, the step is skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Predicate>,
    /// A name that people see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Text>,
}

impl Step {
    /// A step in which all parties must act.
    #[must_use]
    pub const fn all(phase: Phase) -> Self {
        Self { phase, quorum: Quorum::All, condition: None, name: None }
    }

    /// A step in which so many parties are enough.
    #[must_use]
    pub const fn at_least(n: u32, phase: Phase) -> Self {
        Self { phase, quorum: Quorum::AtLeast(n), condition: None, name: None }
    }

    /// Taken only if this holds when the step would begin.
    #[must_use]
    pub fn when(mut self, condition: Predicate) -> Self {
        self.condition = Some(condition);
        self
    }
}
