//! What an organisation asks of factors.

use jiff::SignedDuration;

use crate::error::{RuleFault, Weakness};
use crate::kind::FactorKind;
use crate::secret::Secret;
use crate::weak::{Personal, WeakChoices};

/// How many guesses there are, and how long each further one takes.
///
/// After [`tries`](AttemptRules::tries) attempts without a success the factor is locked; when the lock ends one more
/// attempt is allowed, and locks it again for twice as long, up to the longest delay. After
/// [`in_all`](AttemptRules::in_all) attempts without a success only a reset helps. Attempts count when they begin,
/// whatever comes of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptRules {
    tries: u8,
    in_all: u8,
    first_delay: SignedDuration,
    longest_delay: SignedDuration,
}

impl AttemptRules {
    /// `tries` before the first lock, `in_all` before the last; the first lock lasts `first_delay`, each next one twice
    /// as long as the one before, none longer than `longest_delay`.
    ///
    /// # Errors
    /// [`RuleFault`] unless 1 ≤ tries ≤ 10, tries ≤ in_all ≤ 100 (NIST SP 800-63B-4 §3.2.2 allows no more) and
    /// 1 s ≤ first_delay ≤ longest_delay ≤ 365 days.
    pub fn new(
        tries: u8,
        in_all: u8,
        first_delay: SignedDuration,
        longest_delay: SignedDuration,
    ) -> Result<Self, RuleFault> {
        if !(1..=10).contains(&tries) || in_all < tries || in_all > 100 {
            return Err(RuleFault("1 to 10 tries before a lock, and in all no fewer and no more than 100"));
        }
        let (least, most) = (SignedDuration::from_secs(1), SignedDuration::from_hours(365 * 24));
        if first_delay < least || longest_delay < first_delay || longest_delay > most {
            return Err(RuleFault("a lock lasts from one second to 365 days, and later ones no shorter"));
        }
        Ok(Self { tries, in_all, first_delay, longest_delay })
    }

    const fn preset(tries: u8, in_all: u8) -> Self {
        let (first_delay, longest_delay) = (SignedDuration::from_mins(1), SignedDuration::from_hours(24));
        Self { tries, in_all, first_delay, longest_delay }
    }

    /// Attempts before the first lock.
    #[must_use]
    pub fn tries(&self) -> u8 {
        self.tries
    }

    /// Attempts without a success after which only a reset helps.
    #[must_use]
    pub fn in_all(&self) -> u8 {
        self.in_all
    }

    /// How long the lock lasts that follows `locks` others.
    #[must_use]
    pub fn delay(&self, locks: u32) -> SignedDuration {
        let factor = 1_i32.checked_shl(locks.min(30)).unwrap_or(i32::MAX);
        self.first_delay.checked_mul(factor).map_or(self.longest_delay, |delay| delay.min(self.longest_delay))
    }
}

/// What an organisation asks of its access codes, PINs or approval codes: 21 CFR 11.300(b) and (e) beside the attempts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactorRules {
    pub(crate) attempts: AttemptRules,
    pub(crate) longest_age: Option<SignedDuration>,
    pub(crate) test_every: Option<SignedDuration>,
    pub(crate) remembered: u8,
    pub(crate) fresh_for: SignedDuration,
    pub(crate) weak: WeakChoices,
}

impl FactorRules {
    /// More earlier secrets than this are never kept: each costs a whole Argon2id at a change.
    pub const MOST_REMEMBERED: u8 = 24;

    /// For access codes: five tries, twenty in all. They live no longer than their request.
    #[must_use]
    pub fn access_code() -> Self {
        Self::of(AttemptRules::preset(5, 20), 0, WeakChoices::none())
    }

    /// For signing PINs: five tries, twenty in all; the last five PINs are refused.
    #[must_use]
    pub fn signing_pin() -> Self {
        Self::of(AttemptRules::preset(5, 20), 5, WeakChoices::of_pins())
    }

    /// For approval codes of four digits: three tries, ten in all, one guess in a thousand at the most; the last three
    /// codes are refused.
    #[must_use]
    pub fn approval_code() -> Self {
        Self::of(AttemptRules::preset(3, 10), 3, WeakChoices::of_approval_codes())
    }

    /// The ones above, by kind.
    pub(crate) fn preset<S: Secret>() -> Self {
        match S::KIND {
            FactorKind::AccessCode => Self::access_code(),
            FactorKind::ApprovalCode => Self::approval_code(),
            // The trait is sealed; the only other one is the PIN.
            _ => Self::signing_pin(),
        }
    }

    fn of(attempts: AttemptRules, remembered: u8, weak: WeakChoices) -> Self {
        let fresh_for = SignedDuration::from_mins(5);
        Self { attempts, longest_age: None, test_every: None, remembered, fresh_for, weak }
    }

    /// Other attempts.
    #[must_use]
    pub fn attempts(mut self, attempts: AttemptRules) -> Self {
        self.attempts = attempts;
        self
    }

    /// Which choices are too weak.
    #[must_use]
    pub fn weak_choices(mut self, weak: WeakChoices) -> Self {
        self.weak = weak;
        self
    }

    /// A secret older than this is not taken any more. No limit by default: NIST SP 800-63B-4 §3.1.1.2 advises against
    /// one, 21 CFR 11.300(b) leaves it to the organisation.
    ///
    /// # Errors
    /// [`RuleFault`] if it is shorter than a day.
    pub fn longest_age(mut self, age: SignedDuration) -> Result<Self, RuleFault> {
        self.longest_age = Some(at_least_a_day(age)?);
        Ok(self)
    }

    /// How often a factor is to be tested at least (21 CFR 11.300(e)): see [`Factor::due`](crate::Factor::due). Every
    /// success is a test.
    ///
    /// # Errors
    /// [`RuleFault`] if it is shorter than a day.
    pub fn test_every(mut self, interval: SignedDuration) -> Result<Self, RuleFault> {
        self.test_every = Some(at_least_a_day(interval)?);
        Ok(self)
    }

    /// How many secrets, with the present one, a new one must differ from.
    ///
    /// # Errors
    /// [`RuleFault`] above [`FactorRules::MOST_REMEMBERED`].
    pub fn remembered(mut self, secrets: u8) -> Result<Self, RuleFault> {
        if secrets > Self::MOST_REMEMBERED {
            return Err(RuleFault("at most 24 earlier secrets are remembered"));
        }
        self.remembered = secrets;
        Ok(self)
    }

    /// How old the proof of the other factor may be at a change: five minutes by default.
    ///
    /// # Errors
    /// [`RuleFault`] outside a second to an hour.
    pub fn fresh_for(mut self, age: SignedDuration) -> Result<Self, RuleFault> {
        self.fresh_for = between_a_second_and_an_hour(age)?;
        Ok(self)
    }

    /// Judges a new secret by the weak choices: for a form that answers while the person types.
    ///
    /// # Errors
    /// [`Weakness`] says why it is too weak.
    pub fn judge<S: Secret>(&self, secret: &S, personal: &Personal) -> Result<(), Weakness> {
        self.weak.judge(secret, personal)
    }
}

pub(crate) fn between_a_second_and_an_hour(age: SignedDuration) -> Result<SignedDuration, RuleFault> {
    if age < SignedDuration::from_secs(1) || age > SignedDuration::from_hours(1) {
        return Err(RuleFault("a proof counts from one second to one hour"));
    }
    Ok(age)
}

fn at_least_a_day(age: SignedDuration) -> Result<SignedDuration, RuleFault> {
    if age < SignedDuration::from_hours(24) {
        return Err(RuleFault("ages and intervals are at least a day"));
    }
    Ok(age)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_and_end() {
        let rules = AttemptRules::preset(3, 10);
        let minutes: Vec<i64> =
            [0, 1, 2, 10, 11, 31, u32::MAX].map(|locks| rules.delay(locks).as_mins()).to_vec();
        assert_eq!(minutes, [1, 2, 4, 1024, 1440, 1440, 1440]);
    }

    #[test]
    fn rules_that_protect_nothing_are_refused() {
        let (second, day) = (SignedDuration::from_secs(1), SignedDuration::from_hours(24));
        for (tries, in_all, first, longest) in [
            (0, 10, second, day),
            (11, 20, second, day),
            (5, 4, second, day),
            (5, 101, second, day),
            (5, 10, SignedDuration::ZERO, day),
            (5, 10, day, second),
            (5, 10, second, SignedDuration::MAX),
            (5, 10, -day, day),
        ] {
            assert!(AttemptRules::new(tries, in_all, first, longest).is_err());
        }
        assert!(AttemptRules::new(1, 1, second, second).is_ok());
        let pins = FactorRules::signing_pin;
        assert!(pins().fresh_for(SignedDuration::from_hours(2)).is_err() && pins().remembered(25).is_err());
        assert!(pins().longest_age(SignedDuration::ZERO).is_err() && pins().test_every(second).is_err());
    }
}
