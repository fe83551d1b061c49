//! What a controlled session asks for, and how long it lasts.

use jiff::{SignedDuration, Timestamp};

use crate::clock;
use crate::error::{NotMet, RequirementError, RuleFault, SessionEnd};
use crate::kind::{FactorKind, KindSet};
use crate::occasion::Occasion;
use crate::proof::ProvedFactor;
use crate::purpose::Purpose;
use crate::requirement::Requirement;
use crate::requirements::{self, Authorized};
use crate::rules::between_a_second_and_an_hour;
use crate::session_act::{SessionAct, SessionPlace};

/// What a session asks for, and how long it lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRules {
    pub(crate) first: Requirement,
    pub(crate) later: Requirement,
    pub(crate) idle: SignedDuration,
    pub(crate) longest: SignedDuration,
    pub(crate) fresh_for: SignedDuration,
}

impl SessionRules {
    /// All components at the first signing, fewer at later ones. Ends after 10 minutes without a signing, or after 8 hours.
    ///
    /// # Errors
    /// [`RequirementError::TooFewKinds`] if fewer than two distinct kinds meet `first`,
    /// [`RequirementError::NotPersonal`] if `later` can be met without a component that only its owner can use
    /// ([`FactorKind::is_personal`]), [`RequirementError::PinNotDemanded`] if `first` demands a PIN and `later` does
    /// not; else as [`Requirements::new`](crate::Requirements::new).
    pub fn new(
        first: impl Into<Requirement>,
        later: impl Into<Requirement>,
    ) -> Result<Self, RequirementError> {
        let (first, later) = (first.into(), later.into());
        requirements::check(&first, Purpose::Act)?;
        requirements::check(&later, Purpose::Act)?;
        let least = first.least_kinds();
        if least < 2 {
            return Err(RequirementError::TooFewKinds { least });
        }
        let personal: KindSet = FactorKind::ALL.into_iter().filter(|kind| kind.is_personal()).collect();
        if !later.demands_one_of(personal) {
            return Err(RequirementError::NotPersonal);
        }
        let pin = FactorKind::SigningPin;
        if first.demands(pin) && !later.demands(pin) {
            return Err(RequirementError::PinNotDemanded);
        }
        let (idle, longest) = (SignedDuration::from_mins(10), SignedDuration::from_hours(8));
        Ok(Self { first, later, idle, longest, fresh_for: SignedDuration::from_mins(5) })
    }

    /// Without a signing for `idle` it ends, and after `longest` in any case.
    ///
    /// # Errors
    /// [`RuleFault`] unless one second ≤ idle ≤ one hour, and idle ≤ longest ≤ 24 hours.
    pub fn lasting(mut self, idle: SignedDuration, longest: SignedDuration) -> Result<Self, RuleFault> {
        let known = SignedDuration::from_secs(1)..=SignedDuration::from_hours(1);
        if !known.contains(&idle) || longest < idle || longest > SignedDuration::from_hours(24) {
            return Err(RuleFault(
                "a session may be idle for an hour at the most, and lasts no longer than a day",
            ));
        }
        (self.idle, self.longest) = (idle, longest);
        Ok(self)
    }

    /// How long a proof counts.
    ///
    /// # Errors
    /// [`RuleFault`] outside a second to an hour.
    pub fn fresh_for(mut self, age: SignedDuration) -> Result<Self, RuleFault> {
        self.fresh_for = between_a_second_and_an_hour(age)?;
        Ok(self)
    }

    /// What the first signing takes.
    #[must_use]
    pub fn first(&self) -> &Requirement {
        &self.first
    }

    /// What later signings take.
    #[must_use]
    pub fn later(&self) -> &Requirement {
        &self.later
    }

    /// How long nothing may be signed before it ends.
    #[must_use]
    pub fn idle(&self) -> SignedDuration {
        self.idle
    }

    /// How long it lasts at the most.
    #[must_use]
    pub fn longest(&self) -> SignedDuration {
        self.longest
    }

    /// Judges proofs that were given in a session, for whoever decides on the act and does not keep the session: its own
    /// rules may have been weaker than these. What they bear says when it was opened, with which kinds, and when it was
    /// used before; only [`ControlledSession`](crate::ControlledSession) writes it.
    ///
    /// # Errors
    /// [`NotMet::NoSession`] if they were not given in one session; [`NotMet::SessionEnded`] if by these rules it was over;
    /// else what is missing, or which proof does not count.
    pub fn judge(
        &self,
        occasion: &Occasion,
        proofs: &[ProvedFactor],
        now: Timestamp,
    ) -> Result<Authorized, NotMet> {
        let session = SessionAct::of(proofs).ok_or(NotMet::NoSession)?;
        if let Some(missing) = self.first.missing(session.opened_with()) {
            return Err(NotMet::Missing(missing));
        }
        let now = clock::forward(now, session.at()).map_err(|_| SessionEnd::ClockBehind)?;
        if now >= clock::later(session.since(), self.longest) {
            return Err(SessionEnd::TooLong.into());
        }
        if now >= clock::later(session.before(), self.idle) {
            return Err(SessionEnd::Idle.into());
        }
        let requirement = match session.place() {
            SessionPlace::First => &self.first,
            SessionPlace::Later => &self.later,
        };
        Authorized::judge(requirement, self.fresh_for, occasion, proofs, now)
    }
}
