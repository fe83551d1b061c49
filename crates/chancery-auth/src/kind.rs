//! Kinds of factors, and sets of them.

use std::fmt;

/// What a person proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FactorKind {
    /// The password of the application; the application checks it and says so.
    Password,
    /// Set by the sender of a request, told to the party out of band; opens that request for viewing, nothing else.
    AccessCode,
    /// Set by a person, at least eight letters and digits; opens the use of a signing key.
    SigningPin,
    /// Four digits, set at first use of a seal; never enough alone.
    ApprovalCode,
    /// A code of six digits that was sent to the person and lives for minutes.
    OneTimeCode,
    /// A second device of the person confirmed: a passkey, an app. Biometrics are a local unlock of that device and
    /// never leave it (21 CFR 11.200(b)).
    SecondDevice,
}

/// Whether something is known or held. Two things that are known are two kinds, but fall to one keylogger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactorCategory {
    /// Something the person knows.
    Knowledge,
    /// Something the person holds.
    Possession,
}

impl FactorKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Password,
        Self::AccessCode,
        Self::SigningPin,
        Self::ApprovalCode,
        Self::OneTimeCode,
        Self::SecondDevice,
    ];

    /// Whether it is known or held.
    #[must_use]
    pub fn category(self) -> FactorCategory {
        match self {
            Self::Password | Self::AccessCode | Self::SigningPin | Self::ApprovalCode => {
                FactorCategory::Knowledge
            }
            Self::OneTimeCode | Self::SecondDevice => FactorCategory::Possession,
        }
    }

    /// Whether only its owner can use it, as 21 CFR 11.200(a)(1)(i) asks of what stands alone within a session.
    /// An access code is known to its sender, a one-time code to whoever carries it, and an approval code is too short
    /// to stand alone.
    #[must_use]
    pub fn is_personal(self) -> bool {
        match self {
            Self::Password | Self::SigningPin | Self::SecondDevice => true,
            Self::AccessCode | Self::ApprovalCode | Self::OneTimeCode => false,
        }
    }

    /// A number that never changes, for what is stored and hashed.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Password => 0,
            Self::AccessCode => 1,
            Self::SigningPin => 2,
            Self::ApprovalCode => 3,
            Self::OneTimeCode => 4,
            Self::SecondDevice => 5,
        }
    }

    fn bit(self) -> u8 {
        1 << self.number()
    }
}

impl fmt::Display for FactorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Password => "password",
            Self::AccessCode => "access code",
            Self::SigningPin => "signing PIN",
            Self::ApprovalCode => "approval code",
            Self::OneTimeCode => "one-time code",
            Self::SecondDevice => "second device",
        })
    }
}

/// Some of the kinds, each at most once: two proofs of one kind are one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct KindSet(u8);

impl KindSet {
    const FULL: u8 = (1 << FactorKind::ALL.len()) - 1;

    /// Every set of kinds there is, the empty one first.
    pub(crate) fn every() -> impl Iterator<Item = Self> {
        (0..=Self::FULL).map(Self)
    }

    pub(crate) fn bits(self) -> u8 {
        self.0
    }

    pub(crate) fn from_bits(bits: u8) -> Option<Self> {
        (bits <= Self::FULL).then_some(Self(bits))
    }

    /// Whether the kind is among them.
    #[must_use]
    pub fn contains(self, kind: FactorKind) -> bool {
        self.0 & kind.bit() != 0
    }

    /// Whether all of `other` are among them.
    #[must_use]
    pub fn contains_all(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// How many distinct kinds.
    #[must_use]
    pub fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those in either.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those that are not in `other`.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The kinds, in the order of [`FactorKind::ALL`].
    pub fn iter(self) -> impl Iterator<Item = FactorKind> {
        FactorKind::ALL.into_iter().filter(move |kind| self.contains(*kind))
    }
}

impl FromIterator<FactorKind> for KindSet {
    fn from_iter<I: IntoIterator<Item = FactorKind>>(kinds: I) -> Self {
        Self(kinds.into_iter().fold(0, |bits, kind| bits | kind.bit()))
    }
}

impl From<FactorKind> for KindSet {
    fn from(kind: FactorKind) -> Self {
        Self(kind.bit())
    }
}

impl fmt::Display for KindSet {
    /// "password and signing PIN".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("nothing");
        }
        for (n, kind) in self.iter().enumerate() {
            write!(f, "{}{kind}", if n == 0 { "" } else { " and " })?;
        }
        Ok(())
    }
}

impl fmt::Debug for KindSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
