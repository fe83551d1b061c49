//! The outbox: claiming what is to be delivered, and saying what came of it.

use jiff::{SignedDuration, Timestamp};

use crate::delivery_id::{DeliveryEnd, DeliveryId};
use crate::effect::Effect;
use crate::error::SettleError;
use crate::hash::Hash;
use crate::hashing::settlement_hash;
use crate::lease::{LONGEST, Lease, latest_believed};
use crate::moment::to_microseconds;
use crate::name::{StreamId, Tenant};
use crate::number::Version;

/// Something to be delivered, claimed until the lease ends. It may have been delivered before by somebody who could
/// not say so any more: what stays the same then is its [`id`](Self::id) and tenant.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Delivery {
    /// Whose.
    pub tenant: Tenant,
    /// Which.
    pub id: DeliveryId,
    /// The stream of the event that caused it.
    pub stream: StreamId,
    /// What is to be delivered.
    pub effect: Effect,
    /// How often it was claimed, this time included.
    pub attempt: u32,
    /// Until when it is claimed. After that, settling it is refused.
    pub until: Timestamp,
}

impl Delivery {
    /// The hash that a store keeps beside this delivery when it ends so; none where it is to be tried again.
    #[must_use]
    pub fn settlement_hash(&self, settlement: Settlement, now: Timestamp) -> Option<Hash> {
        let end = settlement.end()?;
        Some(settlement_hash(&self.tenant, self.id, self.attempt, end, now))
    }
}

/// What came of a claimed delivery.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Settlement {
    /// It arrived.
    Delivered,
    /// It did not; try again then.
    Again {
        /// When, at most a day from now; a minute more is the difference between two clocks. Later is refused as
        /// [`TooFar`](SettleError::TooFar).
        at: Timestamp,
    },
    /// It did not, and nobody tries again until [`replay`](crate::Store::replay): a dead letter.
    Dead,
}

impl Settlement {
    /// How it ends the delivery; none where it is to be tried again.
    #[must_use]
    pub const fn end(self) -> Option<DeliveryEnd> {
        match self {
            Self::Delivered => Some(DeliveryEnd::Delivered),
            Self::Dead => Some(DeliveryEnd::Dead),
            Self::Again { .. } => None,
        }
    }

    /// The same, if it is one that binds: every store asks this first. A next attempt beyond all waits would be taken
    /// for that of a wrong clock, and be made at once.
    ///
    /// # Errors
    /// [`TooFar`](SettleError::TooFar) if the next attempt is more than a day ahead.
    pub fn checked(self, now: Timestamp) -> Result<Self, SettleError> {
        match self {
            Self::Again { at } if at > latest_believed(now) => {
                Err(SettleError::TooFar { at, latest: latest_believed(now) })
            }
            Self::Again { at } => Ok(Self::Again { at: to_microseconds(at) }),
            Self::Delivered | Self::Dead => Ok(self),
        }
    }
}

/// How often and how soon a delivery that failed is tried again: each wait is twice the one before.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Retry {
    /// The wait after the first attempt.
    pub first: SignedDuration,
    /// The longest wait; never more than a day.
    pub longest: SignedDuration,
    /// After so many attempts it is a dead letter.
    pub attempts: u32,
}

impl Default for Retry {
    /// From 5 seconds to 8 hours, 20 attempts: about three days, which outlasts a weekend.
    fn default() -> Self {
        let (first, longest) = (SignedDuration::from_secs(5), SignedDuration::from_hours(8));
        Self { first, longest, attempts: 20 }
    }
}

impl Retry {
    /// What to say of a delivery that failed now.
    #[must_use]
    pub fn after(&self, delivery: &Delivery, now: Timestamp) -> Settlement {
        if delivery.attempt >= self.attempts {
            return Settlement::Dead;
        }
        let doublings = delivery.attempt.saturating_sub(1).min(30);
        let wait = self.first.checked_mul(1 << doublings).unwrap_or(SignedDuration::MAX);
        let wait = wait.clamp(SignedDuration::ZERO, self.longest.min(LONGEST));
        Settlement::Again { at: to_microseconds(now.saturating_add(wait).unwrap_or(Timestamp::MAX)) }
    }
}

/// A stream whose deadline has come, claimed until the lease ends. A commit to the stream ends the claim as well.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Due {
    /// Whose.
    pub tenant: Tenant,
    /// The stream.
    pub stream: StreamId,
    /// How many events it has.
    pub version: Version,
    /// The deadline.
    pub due: Timestamp,
    /// Until when it is claimed.
    pub until: Timestamp,
}

/// What a claim asks for.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Claim {
    /// The time.
    pub now: Timestamp,
    /// For how long.
    pub lease: Lease,
    /// How many at most.
    pub most: usize,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::{Destination, Kind};
    use crate::number::Sequence;

    #[test]
    fn waits_double_up_to_the_longest_and_end() {
        let effect = Effect {
            destination: Destination::new("mail").unwrap(),
            kind: Kind::new("your-turn").unwrap(),
            body: vec![],
        };
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        let mut delivery = Delivery {
            tenant: Tenant::new("acme").unwrap(),
            id: DeliveryId { sequence: Sequence(0), n: 0 },
            stream: StreamId::new("envelope/1").unwrap(),
            effect,
            attempt: 1,
            until: now,
        };
        let retry = Retry::default();
        let wait = |delivery: &Delivery| match retry.after(delivery, now) {
            Settlement::Again { at } => at.duration_since(now).as_secs(),
            other => panic!("{other:?}"),
        };
        let mut waits = vec![];
        for attempt in 1..20 {
            delivery.attempt = attempt;
            waits.push(wait(&delivery));
        }
        assert_eq!(waits[..4], [5, 10, 20, 40]);
        assert_eq!(waits[18], 8 * 3600);
        assert!((48..96).contains(&(waits.iter().sum::<i64>() / 3600)), "about three days: {waits:?}");
        delivery.attempt = 20;
        assert_eq!(retry.after(&delivery, now), Settlement::Dead);
        let endless = Retry { longest: SignedDuration::MAX, attempts: u32::MAX, ..retry };
        delivery.attempt = u32::MAX - 1;
        assert_eq!(endless.after(&delivery, now), Settlement::Again { at: now + LONGEST });
    }
}
