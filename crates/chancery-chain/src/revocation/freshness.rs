//! How recent evidence must be.

use jiff::{SignedDuration, Timestamp};

/// How recent CRLs and OCSP answers must be, so that their silence about a revocation is believed (the revocation
/// freshness of ETSI EN 319 102-1 §5.2.5). That they name a revocation is believed however old they are.
///
/// Evidence that was issued before the moment in question may always say when newer information was due; once that
/// time is over it is not believed. This is also what the standard asks when nothing else is set: there the age that
/// is accepted is the time between `thisUpdate` and `nextUpdate`.
///
/// A revocation takes time: somebody must notice, report, and be heard. Whoever wants to be sure that the key was in
/// the right hands at the moment of a signature waits for a *grace* period, and asks for evidence issued after it.
///
/// ```
/// use chancery_chain::Freshness;
/// use jiff::SignedDuration;
///
/// // Issued at least one day after the signature.
/// let strict = Freshness::issued_after().grace(SignedDuration::from_hours(24));
/// // Older evidence too, while newer was not due a day after the signature, and at most three days old then.
/// let lenient = Freshness::until_next_update()
///     .grace(SignedDuration::from_hours(24))
///     .maximum_age(SignedDuration::from_hours(72));
/// # assert_ne!(strict, lenient);
/// ```
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Freshness {
    older: Older,
    grace: SignedDuration,
    maximum_age: Option<SignedDuration>,
}

/// What becomes of evidence from before the moment in question.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Older {
    UntilNextUpdate,
    Refused,
}

impl Default for Freshness {
    fn default() -> Self {
        Self::until_next_update()
    }
}

impl Freshness {
    /// Evidence from before the moment is believed until newer information was due, and
    /// [reported](crate::VerifiedChain::older_evidence).
    pub const fn until_next_update() -> Self {
        Self { older: Older::UntilNextUpdate, grace: SignedDuration::ZERO, maximum_age: None }
    }

    /// Only evidence that was issued at the moment or later is believed.
    pub const fn issued_after() -> Self {
        Self { older: Older::Refused, ..Self::until_next_update() }
    }

    /// Counts from this time after the moment instead of from the moment itself.
    #[must_use]
    pub const fn grace(self, grace: SignedDuration) -> Self {
        Self { grace, ..self }
    }

    /// Evidence from before the moment may not be older than this, whatever its `nextUpdate` says.
    #[must_use]
    pub const fn maximum_age(self, age: SignedDuration) -> Self {
        Self { maximum_age: Some(age), ..self }
    }

    /// From when on evidence is fresh without more.
    pub(crate) fn wanted(self, at: Timestamp) -> Timestamp {
        at.checked_add(self.grace).unwrap_or(Timestamp::MAX)
    }

    /// The earliest time that evidence about the moment may be of.
    pub(crate) fn earliest(self, at: Timestamp) -> Timestamp {
        let wanted = self.wanted(at);
        match (self.older, self.maximum_age) {
            (Older::Refused, _) => wanted,
            (Older::UntilNextUpdate, Some(age)) => wanted.checked_sub(age).unwrap_or(Timestamp::MIN),
            (Older::UntilNextUpdate, None) => Timestamp::MIN,
        }
    }

    /// The last moment for which evidence of this time, with this end, is fresh.
    pub(crate) fn last_moment(self, this_update: Timestamp, end: Option<Timestamp>) -> Option<Timestamp> {
        let oldest = match (self.older, self.maximum_age) {
            (Older::Refused, _) => Some(this_update),
            (Older::UntilNextUpdate, Some(age)) => this_update.checked_add(age).ok(),
            (Older::UntilNextUpdate, None) => None,
        };
        let end = [oldest, end].into_iter().flatten().min()?;
        Some(end.max(this_update).checked_sub(self.grace).unwrap_or(Timestamp::MIN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_moment_is_the_last_for_which_the_time_is_early_enough() {
        let this_update: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap_or_default();
        let (hour, day) = (SignedDuration::from_hours(1), SignedDuration::from_hours(24));
        for freshness in [
            Freshness::issued_after(),
            Freshness::issued_after().grace(hour),
            Freshness::until_next_update().maximum_age(day),
            Freshness::until_next_update().maximum_age(day).grace(hour),
        ] {
            let last = freshness.last_moment(this_update, None).unwrap_or_default();
            assert!(freshness.earliest(last) <= this_update, "{freshness:?}");
            let later = last + SignedDuration::from_nanos(1);
            assert!(freshness.earliest(later) > this_update, "{freshness:?}");
        }
        assert_eq!(Freshness::default().last_moment(this_update, None), None);
        let end = this_update + day;
        assert_eq!(Freshness::default().grace(hour).last_moment(this_update, Some(end)), Some(end - hour));
    }
}
