//! Which factors are needed, as an expression over distinct kinds.

use std::fmt;

use crate::error::RequirementError;
use crate::kind::{FactorKind, KindSet};
use crate::missing::Missing;

/// Which factors are needed: one kind, all of some, any of some, at least so many distinct kinds of some. One that is
/// met by nothing cannot be written.
///
/// ```
/// use chancery_auth::{FactorKind::*, Requirement};
///
/// // a PIN, and a code that was sent or a second device
/// let strong = Requirement::all_of([
///     Requirement::kind(SigningPin),
///     Requirement::any_of([Requirement::kind(OneTimeCode), Requirement::kind(SecondDevice)])?,
/// ])?;
/// assert_eq!(
///     strong.missing(SigningPin.into()).unwrap().to_string(),
///     "still to be proved: one-time code, or second device"
/// );
/// # Ok::<(), chancery_auth::RequirementError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Requirement {
    node: Node,
    /// Bit n: the set of kinds with the number n meets it. 64 sets, so the whole truth fits into one number.
    met_by: u64,
    parts: usize,
}

#[derive(Clone, PartialEq, Eq)]
enum Node {
    Kind(FactorKind),
    AllOf(Vec<Requirement>),
    AnyOf(Vec<Requirement>),
    AtLeast(u32, KindSet),
}

impl Requirement {
    /// A requirement has at most so many parts, over all levels.
    pub const MOST_PARTS: usize = 256;

    /// A proof of this kind.
    #[must_use]
    pub fn kind(kind: FactorKind) -> Self {
        Self::met_when(Node::Kind(kind), 1, |set| set.contains(kind))
    }

    /// All of these.
    ///
    /// # Errors
    /// [`RequirementError::Empty`] of nothing, which everybody would meet; [`RequirementError::Twice`] if one kind
    /// stands there twice, which one proof would meet; [`RequirementError::TooLarge`].
    pub fn all_of(parts: impl IntoIterator<Item = Self>) -> Result<Self, RequirementError> {
        let (parts, count) = Self::parts(parts)?;
        let mut kinds = KindSet::default();
        for part in &parts {
            if let Node::Kind(kind) = part.node {
                if kinds.contains(kind) {
                    return Err(RequirementError::Twice(kind));
                }
                kinds = kinds.union(kind.into());
            }
        }
        let met_by = parts.iter().fold(u64::MAX, |met_by, part| met_by & part.met_by);
        Ok(Self { node: Node::AllOf(parts), met_by, parts: count })
    }

    /// Any of these.
    ///
    /// # Errors
    /// [`RequirementError::Empty`] of nothing, [`RequirementError::TooLarge`].
    pub fn any_of(parts: impl IntoIterator<Item = Self>) -> Result<Self, RequirementError> {
        let (parts, count) = Self::parts(parts)?;
        let met_by = parts.iter().fold(0, |met_by, part| met_by | part.met_by);
        Ok(Self { node: Node::AnyOf(parts), met_by, parts: count })
    }

    /// Proofs of at least `n` distinct kinds of these. Two proofs of one kind are one.
    ///
    /// # Errors
    /// [`RequirementError::Zero`], [`RequirementError::Twice`], or [`RequirementError::TooMany`] if fewer than `n`
    /// kinds are named.
    pub fn at_least(n: u32, kinds: impl IntoIterator<Item = FactorKind>) -> Result<Self, RequirementError> {
        let mut set = KindSet::default();
        for kind in kinds {
            if set.contains(kind) {
                return Err(RequirementError::Twice(kind));
            }
            set = set.union(kind.into());
        }
        if n == 0 {
            return Err(RequirementError::Zero);
        }
        if n > set.len() {
            return Err(RequirementError::TooMany { asked: n, named: set.len() });
        }
        let met = |proved: KindSet| proved.len() - proved.without(set).len() >= n;
        Ok(Self::met_when(Node::AtLeast(n, set), 1, met))
    }

    fn parts(parts: impl IntoIterator<Item = Self>) -> Result<(Vec<Self>, usize), RequirementError> {
        let mut found = Vec::new();
        let mut count: usize = 1;
        for part in parts {
            count = count.saturating_add(part.parts);
            if count > Self::MOST_PARTS {
                return Err(RequirementError::TooLarge { most: Self::MOST_PARTS });
            }
            found.push(part);
        }
        if found.is_empty() { Err(RequirementError::Empty) } else { Ok((found, count)) }
    }

    fn met_when(node: Node, parts: usize, met: impl Fn(KindSet) -> bool) -> Self {
        let met_by = KindSet::every().filter(|set| met(*set)).fold(0, |met_by, set| met_by | 1 << set.bits());
        Self { node, met_by, parts }
    }

    /// Every kind that it names.
    #[must_use]
    pub fn kinds(&self) -> KindSet {
        match &self.node {
            Node::Kind(kind) => (*kind).into(),
            Node::AllOf(parts) | Node::AnyOf(parts) => {
                parts.iter().fold(KindSet::default(), |kinds, part| kinds.union(part.kinds()))
            }
            Node::AtLeast(_, kinds) => *kinds,
        }
    }

    /// Whether proofs of these kinds meet it.
    #[must_use]
    pub fn is_met_by(&self, proved: KindSet) -> bool {
        self.met_by >> proved.bits() & 1 == 1
    }

    /// What would help whoever has proved these kinds, or `None` if nothing is missing.
    #[must_use]
    pub fn missing(&self, proved: KindSet) -> Option<Missing> {
        if self.is_met_by(proved) {
            return None;
        }
        let meets = |more: &KindSet| self.is_met_by(proved.union(*more));
        let helpful: Vec<KindSet> =
            KindSet::every().filter(|more| more.without(proved) == *more).filter(meets).collect();
        // Of those, the ones that hold no other.
        let least = |more: &KindSet| !helpful.iter().any(|less| less != more && more.contains_all(*less));
        Some(Missing::new(helpful.iter().copied().filter(least).collect()))
    }

    /// The least number of distinct kinds that meets it: two or more is what people call two-factor authentication.
    #[must_use]
    pub fn least_kinds(&self) -> u32 {
        KindSet::every().filter(|set| self.is_met_by(*set)).map(KindSet::len).min().unwrap_or(u32::MAX)
    }

    /// Whether nothing meets it without a proof of this kind.
    #[must_use]
    pub fn demands(&self, kind: FactorKind) -> bool {
        self.demands_one_of(kind.into())
    }

    /// Whether nothing meets it without a proof of one of these kinds.
    pub(crate) fn demands_one_of(&self, kinds: KindSet) -> bool {
        // It is monotonous: if all the others together do not meet it, fewer of them do not either.
        !self.is_met_by(FactorKind::ALL.into_iter().collect::<KindSet>().without(kinds))
    }
}

impl From<FactorKind> for Requirement {
    fn from(kind: FactorKind) -> Self {
        Self::kind(kind)
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, parts: &[Self], word: &str| {
            f.write_str("(")?;
            for (n, part) in parts.iter().enumerate() {
                write!(f, "{}{part}", if n == 0 { "" } else { word })?;
            }
            f.write_str(")")
        };
        match &self.node {
            Node::Kind(kind) => write!(f, "{kind}"),
            Node::AllOf(parts) => list(f, parts, " and "),
            Node::AnyOf(parts) => list(f, parts, " or "),
            Node::AtLeast(n, kinds) => {
                write!(f, "(at least {n} of")?;
                for (n, kind) in kinds.iter().enumerate() {
                    write!(f, "{}{kind}", if n == 0 { " " } else { ", " })?;
                }
                f.write_str(")")
            }
        }
    }
}

impl fmt::Debug for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Requirement({self})")
    }
}
