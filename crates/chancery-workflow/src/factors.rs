//! Which factors a party proves to look and to act, in a form that is stored.

use chancery_auth::{
    FactorKind, KindSet, NotMet, Occasion, ProvedFactor, Requirement, RequirementError, Requirements,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::FactorsError;

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

/// An expression over kinds of factors, as it is stored; [`PartyFactors::new`] makes a [`Requirement`] of it.
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
    fn requirement(&self) -> Result<Requirement, RequirementError> {
        let all = |parts: &[Self]| parts.iter().map(Self::requirement).collect::<Result<Vec<_>, _>>();
        match self {
            Self::Kind(name) => Ok(Requirement::kind(name.kind())),
            Self::AllOf(parts) => Requirement::all_of(all(parts)?),
            Self::AnyOf(parts) => Requirement::any_of(all(parts)?),
            Self::AtLeast(n, names) => Requirement::at_least(*n, names.iter().map(|name| name.kind())),
        }
    }
}

/// Which factors a party proves: to see the envelope, and again to act. Without a rule the login of the application is
/// all that is asked for, except that a digital signature always takes a PIN (G23).
///
/// ```
/// use chancery_workflow::{FactorName, FactorRule, PartyFactors};
///
/// let factors = PartyFactors::new(Some(FactorRule::Kind(FactorName::AccessCode)), Some(FactorRule::Kind(FactorName::SigningPin)))?;
/// # Ok::<(), chancery_workflow::FactorsError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct PartyFactors {
    stored: Stored,
    /// Where one of the two is not asked for, a password stands in its place and is never judged.
    requirements: Option<Requirements>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    access: Option<FactorRule>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    act: Option<FactorRule>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fresh_for: Option<SignedDuration>,
}

impl PartyFactors {
    /// These for access, and these for the act. Proofs count for five minutes.
    ///
    /// # Errors
    /// [`FactorsError`] if one is no requirement, or names a kind that does not serve its purpose.
    pub fn new(access: Option<FactorRule>, act: Option<FactorRule>) -> Result<Self, FactorsError> {
        Stored { access, act, fresh_for: None }.try_into()
    }

    /// Nothing beyond the login of the application.
    #[must_use]
    pub fn login_only() -> Self {
        Self { stored: Stored::default(), requirements: None }
    }

    /// How long a proof counts.
    ///
    /// # Errors
    /// [`FactorsError`] outside a second to an hour.
    pub fn fresh_for(self, age: SignedDuration) -> Result<Self, FactorsError> {
        Stored { fresh_for: Some(age), ..self.stored }.try_into()
    }

    /// The rule for access.
    #[must_use]
    pub fn access(&self) -> Option<&FactorRule> {
        self.stored.access.as_ref()
    }

    /// The rule for the act.
    #[must_use]
    pub fn act(&self) -> Option<&FactorRule> {
        self.stored.act.as_ref()
    }

    /// Whether nobody acts without a proof of this kind.
    #[must_use]
    pub fn act_demands(&self, kind: FactorKind) -> bool {
        self.stored.act.is_some() && self.requirements.as_ref().is_some_and(|all| all.act().demands(kind))
    }

    /// The least number of distinct kinds that the act takes; none where the login of the application does.
    #[must_use]
    pub fn act_least_kinds(&self) -> u32 {
        match (&self.stored.act, &self.requirements) {
            (Some(_), Some(all)) => all.act().least_kinds(),
            _ => 0,
        }
    }

    /// Every kind that either rule names.
    #[must_use]
    pub fn kinds(&self) -> KindSet {
        let Some(all) = &self.requirements else { return KindSet::default() };
        let access = self.stored.access.as_ref().map_or(KindSet::default(), |_| all.access().kinds());
        let act = self.stored.act.as_ref().map_or(KindSet::default(), |_| all.act().kinds());
        access.union(act)
    }

    /// Judges what was proved for access. Nothing is judged, and no occasion is worked out, where nothing is asked for.
    pub(crate) fn judge_access(
        &self,
        occasion: impl FnOnce() -> Occasion,
        proofs: &[ProvedFactor],
        now: Timestamp,
    ) -> Result<KindSet, NotMet> {
        judge(self.stored.access.as_ref(), self.requirements.as_ref(), occasion, proofs, now)
    }

    /// Judges what was proved for the act, likewise.
    pub(crate) fn judge_act(
        &self,
        occasion: impl FnOnce() -> Occasion,
        proofs: &[ProvedFactor],
        now: Timestamp,
    ) -> Result<KindSet, NotMet> {
        judge(self.stored.act.as_ref(), self.requirements.as_ref(), occasion, proofs, now)
    }
}

fn judge(
    rule: Option<&FactorRule>,
    requirements: Option<&Requirements>,
    occasion: impl FnOnce() -> Occasion,
    proofs: &[ProvedFactor],
    now: Timestamp,
) -> Result<KindSet, NotMet> {
    let (Some(_), Some(requirements)) = (rule, requirements) else { return Ok(KindSet::default()) };
    requirements.judge(&occasion(), proofs, now).map(|authorized| authorized.kinds())
}

impl TryFrom<Stored> for PartyFactors {
    type Error = FactorsError;

    fn try_from(stored: Stored) -> Result<Self, FactorsError> {
        if stored.access.is_none() && stored.act.is_none() && stored.fresh_for.is_none() {
            return Ok(Self::login_only());
        }
        let or_password = |rule: &Option<FactorRule>| {
            rule.as_ref().map_or(Ok(Requirement::kind(FactorKind::Password)), FactorRule::requirement)
        };
        let mut requirements = Requirements::new(or_password(&stored.access)?, or_password(&stored.act)?)?;
        if let Some(age) = stored.fresh_for {
            requirements = requirements.fresh_for(age)?;
        }
        Ok(Self { stored, requirements: Some(requirements) })
    }
}

impl From<PartyFactors> for Stored {
    fn from(factors: PartyFactors) -> Self {
        factors.stored
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_stored_and_read_and_judged_when_they_are_read() {
        let pin = || Some(FactorRule::Kind(FactorName::SigningPin));
        let factors = PartyFactors::new(Some(FactorRule::Kind(FactorName::AccessCode)), pin()).unwrap();
        let json = serde_json::to_string(&factors).unwrap();
        assert_eq!(json, r#"{"access":{"kind":"access-code"},"act":{"kind":"signing-pin"}}"#);
        assert_eq!(serde_json::from_str::<PartyFactors>(&json).unwrap(), factors);
        assert!(factors.act_demands(FactorKind::SigningPin), "G23");
        assert!(PartyFactors::new(pin(), None).is_err(), "a PIN opens nothing");
        assert!(serde_json::from_str::<PartyFactors>(r#"{"access":{"kind":"signing-pin"}}"#).is_err());
        assert!(
            !PartyFactors::login_only().act_demands(FactorKind::Password),
            "the stand-in demands nothing"
        );
        let act_only = PartyFactors::new(None, pin()).unwrap();
        assert!(!act_only.kinds().contains(FactorKind::Password));
    }
}
