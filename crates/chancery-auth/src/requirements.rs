//! What is needed to see a request, and what to act on it.

use jiff::{SignedDuration, Timestamp};

use crate::error::{NotMet, RequirementError, RuleFault};
use crate::kind::{FactorKind, KindSet};
use crate::occasion::Occasion;
use crate::proof::ProvedFactor;
use crate::purpose::Purpose;
use crate::requirement::Requirement;
use crate::rules::between_a_second_and_an_hour;

/// What is needed to see a request, and, again, to act on it.
///
/// Every proof counts for one occasion, so nothing that opened the document signs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirements {
    access: Requirement,
    act: Requirement,
    fresh_for: SignedDuration,
}

impl Requirements {
    /// For requests whose act is no digital signature. Proofs count for five minutes.
    ///
    /// # Errors
    /// [`RequirementError`] if an approval code would do alone, or if a kind is named that does not serve the purpose
    /// (an access code to act, a PIN to look).
    pub fn new(
        access: impl Into<Requirement>,
        act: impl Into<Requirement>,
    ) -> Result<Self, RequirementError> {
        let (access, act) = (access.into(), act.into());
        check(&access, Purpose::Access)?;
        check(&act, Purpose::Act)?;
        Ok(Self { access, act, fresh_for: SignedDuration::from_mins(5) })
    }

    /// For digital signatures, which need a PIN whatever else they take.
    ///
    /// # Errors
    /// As [`Requirements::new`], and [`RequirementError::PinNotDemanded`] if the act could be done without a PIN.
    pub fn digital(
        access: impl Into<Requirement>,
        act: impl Into<Requirement>,
    ) -> Result<Self, RequirementError> {
        let new = Self::new(access, act)?;
        if new.act.demands(FactorKind::SigningPin) { Ok(new) } else { Err(RequirementError::PinNotDemanded) }
    }

    /// How long a proof counts.
    ///
    /// # Errors
    /// [`RuleFault`] outside a second to an hour.
    pub fn fresh_for(mut self, age: SignedDuration) -> Result<Self, RuleFault> {
        self.fresh_for = between_a_second_and_an_hour(age)?;
        Ok(self)
    }

    /// What is needed to see the request.
    #[must_use]
    pub fn access(&self) -> &Requirement {
        &self.access
    }

    /// What is needed to act on it.
    #[must_use]
    pub fn act(&self) -> &Requirement {
        &self.act
    }

    /// Judges proofs for an occasion of access or act.
    ///
    /// # Errors
    /// [`NotMet`] names what is missing, or the proof that does not count and why. One that does not count is told even
    /// if the others would do: somebody has mixed something up, or tries to.
    pub fn judge(
        &self,
        occasion: &Occasion,
        proofs: &[ProvedFactor],
        now: Timestamp,
    ) -> Result<Authorized, NotMet> {
        let requirement = match occasion.purpose() {
            Purpose::Access => &self.access,
            Purpose::Act => &self.act,
            other => return Err(NotMet::WrongPurpose(other)),
        };
        Authorized::judge(requirement, self.fresh_for, occasion, proofs, now)
    }
}

/// An approval code never does alone, and every kind that is named serves the purpose.
pub(crate) fn check(requirement: &Requirement, purpose: Purpose) -> Result<(), RequirementError> {
    if requirement.is_met_by(FactorKind::ApprovalCode.into()) {
        return Err(RequirementError::ApprovalCodeAlone);
    }
    let mut kinds = requirement.kinds().iter();
    kinds
        .find(|kind| !purpose.admits(*kind))
        .map_or(Ok(()), |kind| Err(RequirementError::NotFor { kind, purpose }))
}

/// A requirement was met: by whom, for what, with which kinds, when. Only [`Requirements::judge`] and
/// [`ControlledSession::act`](crate::ControlledSession::act) make it.
///
/// ```compile_fail
/// # fn f(occasion: chancery_auth::Occasion, at: jiff::Timestamp) {
/// let authorized = chancery_auth::Authorized { occasion, kinds: Default::default(), at };
/// # }
/// ```
#[derive(Debug, PartialEq, Eq)]
pub struct Authorized {
    occasion: Occasion,
    kinds: KindSet,
    at: Timestamp,
}

impl Authorized {
    pub(crate) fn judge(
        requirement: &Requirement,
        fresh_for: SignedDuration,
        occasion: &Occasion,
        proofs: &[ProvedFactor],
        now: Timestamp,
    ) -> Result<Self, NotMet> {
        let mut kinds = KindSet::default();
        for proof in proofs {
            let kind = proof.kind();
            if proof.occasion() != occasion || !occasion.purpose().admits(kind) {
                return Err(NotMet::WrongOccasion { kind });
            }
            if !proof.is_fresh(fresh_for, now) {
                return Err(NotMet::Stale { kind, at: proof.at() });
            }
            kinds = kinds.union(kind.into());
        }
        match requirement.missing(kinds) {
            None => Ok(Self { occasion: *occasion, kinds, at: now }),
            Some(missing) => Err(NotMet::Missing(missing)),
        }
    }

    /// Who may do what.
    #[must_use]
    pub fn occasion(&self) -> &Occasion {
        &self.occasion
    }

    /// With which kinds, for the record.
    #[must_use]
    pub fn kinds(&self) -> KindSet {
        self.kinds
    }

    /// When it was judged.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }
}
