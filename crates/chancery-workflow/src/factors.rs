//! Which factors a party proves to look and to act, in a form that is stored.

use chancery_auth::{
    FactorKind, KindSet, NotMet, Occasion, ProvedFactor, Requirement, Requirements, SessionAct, SessionRules,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::FactorsError;
use crate::factor_rule::FactorRule;
use crate::series::SeriesRule;

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
    /// Of those who may act in a series.
    session: Option<SessionRules>,
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    series: Option<SeriesRule>,
}

impl PartyFactors {
    /// These for access, and these for the act. Proofs count for five minutes.
    ///
    /// # Errors
    /// [`FactorsError`] if one is no requirement, or names a kind that does not serve its purpose.
    pub fn new(access: Option<FactorRule>, act: Option<FactorRule>) -> Result<Self, FactorsError> {
        Stored { access, act, fresh_for: None, series: None }.try_into()
    }

    /// Nothing beyond the login of the application.
    #[must_use]
    pub fn login_only() -> Self {
        Self { stored: Stored::default(), requirements: None, session: None }
    }

    /// How long a proof counts.
    ///
    /// # Errors
    /// [`FactorsError`] outside a second to an hour.
    pub fn fresh_for(self, age: SignedDuration) -> Result<Self, FactorsError> {
        Stored { fresh_for: Some(age), ..self.stored }.try_into()
    }

    /// The party may act in a series: the first time with all factors of its rule for the act, then with fewer.
    ///
    /// # Errors
    /// [`FactorsError`] if nothing, or a single kind, is asked for the act; if later acts could do without a factor that
    /// only its owner can use, or without a PIN that the first takes; or if the times are out of bounds.
    pub fn in_series(self, series: SeriesRule) -> Result<Self, FactorsError> {
        Stored { series: Some(series), ..self.stored }.try_into()
    }

    /// How it may act in a series, if it may.
    #[must_use]
    pub fn series(&self) -> Option<&SeriesRule> {
        self.stored.series.as_ref()
    }

    /// The rules of its controlled sessions, if it may act in a series: for
    /// [`ControlledSession::open`](chancery_auth::ControlledSession::open) and its later acts.
    #[must_use]
    pub fn session_rules(&self) -> Option<&SessionRules> {
        self.session.as_ref()
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
        match (&self.stored.access, &self.requirements) {
            (Some(_), Some(all)) => all.judge(&occasion(), proofs, now).map(|authorized| authorized.kinds()),
            _ => Ok(KindSet::default()),
        }
    }

    /// Judges whether all that its rule names was proved for the act, likewise.
    pub(crate) fn judge_whole(
        &self,
        occasion: impl FnOnce() -> Occasion,
        proofs: &[ProvedFactor],
        now: Timestamp,
    ) -> Result<KindSet, NotMet> {
        match (&self.stored.act, &self.requirements) {
            (Some(_), Some(all)) => all.judge(&occasion(), proofs, now).map(|authorized| authorized.kinds()),
            _ => Ok(KindSet::default()),
        }
    }

    /// Judges what was proved for the act: all that its rule names or, where it may act in a series, what later acts of
    /// one take.
    pub(crate) fn judge_act(
        &self,
        occasion: impl Fn() -> Occasion,
        proofs: &[ProvedFactor],
        now: Timestamp,
    ) -> Result<(KindSet, Option<SessionAct>), NotMet> {
        let whole = self.judge_whole(&occasion, proofs, now);
        let Some((rules, act)) = self.session.as_ref().zip(SessionAct::of(proofs)) else {
            return whole.map(|kinds| (kinds, None));
        };
        let kinds = match whole {
            Err(NotMet::Missing(_)) => rules.judge(&occasion(), proofs, now)?.kinds(),
            whole => whole?,
        };
        Ok((kinds, Some(act)))
    }
}

impl Stored {
    fn session(&self, series: &SeriesRule) -> Result<SessionRules, FactorsError> {
        let first = self.act.as_ref().ok_or(FactorsError::SeriesOfNothing)?.requirement()?;
        let rules = SessionRules::new(first, series.later.requirement()?)?;
        let rules = rules.lasting(series.idle, series.longest).map_err(FactorsError::Series)?;
        match self.fresh_for {
            Some(age) => Ok(rules.fresh_for(age)?),
            None => Ok(rules),
        }
    }
}

impl TryFrom<Stored> for PartyFactors {
    type Error = FactorsError;

    fn try_from(stored: Stored) -> Result<Self, FactorsError> {
        if stored == Stored::default() {
            return Ok(Self::login_only());
        }
        let or_password = |rule: &Option<FactorRule>| {
            rule.as_ref().map_or(Ok(Requirement::kind(FactorKind::Password)), FactorRule::requirement)
        };
        let mut requirements = Requirements::new(or_password(&stored.access)?, or_password(&stored.act)?)?;
        if let Some(age) = stored.fresh_for {
            requirements = requirements.fresh_for(age)?;
        }
        let session = stored.series.as_ref().map(|series| stored.session(series)).transpose()?;
        Ok(Self { stored, requirements: Some(requirements), session })
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
    use crate::factor_rule::FactorName;

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
