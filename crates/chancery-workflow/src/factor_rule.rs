//! Kinds of factors and expressions over them, in a form that is stored.

use chancery_auth::{FactorKind, KindSet, Requirement, RequirementError};
use serde::{Deserialize, Serialize};

/// A kind of factor by its stored name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FactorName {
    /// The password of the application.
    Password,
    /// The code that the sender told the party.
    AccessCode,
    /// The person's signing PIN.
    SigningPin,
    /// The code of a seal.
    ApprovalCode,
    /// A code that was sent.
    OneTimeCode,
    /// A second device.
    SecondDevice,
}

impl FactorName {
    /// Every name.
    pub const ALL: [Self; 6] = [
        Self::Password,
        Self::AccessCode,
        Self::SigningPin,
        Self::ApprovalCode,
        Self::OneTimeCode,
        Self::SecondDevice,
    ];

    /// Its place in [`Self::ALL`].
    pub(crate) const fn place(self) -> usize {
        match self {
            Self::Password => 0,
            Self::AccessCode => 1,
            Self::SigningPin => 2,
            Self::ApprovalCode => 3,
            Self::OneTimeCode => 4,
            Self::SecondDevice => 5,
        }
    }

    /// The kind.
    #[must_use]
    pub const fn kind(self) -> FactorKind {
        match self {
            Self::Password => FactorKind::Password,
            Self::AccessCode => FactorKind::AccessCode,
            Self::SigningPin => FactorKind::SigningPin,
            Self::ApprovalCode => FactorKind::ApprovalCode,
            Self::OneTimeCode => FactorKind::OneTimeCode,
            Self::SecondDevice => FactorKind::SecondDevice,
        }
    }

    /// The names of these kinds.
    #[must_use]
    pub fn of(kinds: KindSet) -> Vec<Self> {
        Self::ALL.into_iter().filter(|name| kinds.contains(name.kind())).collect()
    }
}

/// An expression over kinds of factors, as it is stored; [`PartyFactors::new`](crate::PartyFactors::new) makes a [`Requirement`] of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FactorRule {
    /// A proof of this kind.
    Kind(FactorName),
    /// All of these.
    AllOf(Vec<Self>),
    /// Any of these.
    AnyOf(Vec<Self>),
    /// Proofs of at least so many distinct kinds of these.
    AtLeast(u32, Vec<FactorName>),
}

impl FactorRule {
    pub(crate) fn requirement(&self) -> Result<Requirement, RequirementError> {
        let all = |parts: &[Self]| parts.iter().map(Self::requirement).collect::<Result<Vec<_>, _>>();
        match self {
            Self::Kind(name) => Ok(Requirement::kind(name.kind())),
            Self::AllOf(parts) => Requirement::all_of(all(parts)?),
            Self::AnyOf(parts) => Requirement::any_of(all(parts)?),
            Self::AtLeast(n, names) => Requirement::at_least(*n, names.iter().map(|name| name.kind())),
        }
    }
}
