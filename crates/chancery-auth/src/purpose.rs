//! What something is proved for.

use std::fmt;

use crate::kind::FactorKind;

/// What something is proved for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Purpose {
    /// Opening a request to look at it.
    Access,
    /// Signing, approving, sealing.
    Act,
    /// Setting or resetting another factor.
    Change,
    /// Linking an account at another service.
    Link,
}

impl Purpose {
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Access => 0,
            Self::Act => 1,
            Self::Change => 2,
            Self::Link => 3,
        }
    }

    /// Whether a factor of this kind may be proved for it. An access code opens a document and never a key; PIN and
    /// approval code act and never reset anything, themselves least of all.
    #[must_use]
    pub fn admits(self, kind: FactorKind) -> bool {
        match kind {
            FactorKind::AccessCode => self == Self::Access,
            FactorKind::SigningPin => matches!(self, Self::Act | Self::Link),
            FactorKind::ApprovalCode => self == Self::Act,
            FactorKind::Password | FactorKind::OneTimeCode | FactorKind::SecondDevice => true,
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Access => "access",
            Self::Act => "act",
            Self::Change => "change of a factor",
            Self::Link => "linking an account",
        })
    }
}
