//! For how long a claim is somebody's own.

use jiff::{SignedDuration, Timestamp};

use crate::error::LeaseError;
use crate::moment::to_microseconds;

/// For how long a claim is somebody's own: after that, others may claim the same thing. At most a day.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Lease(SignedDuration);

/// The longest lease, and the longest wait between two attempts. What ends later than that after "now" was written by
/// a clock that was wrong, and binds nobody.
pub(crate) const LONGEST: SignedDuration = SignedDuration::from_hours(24);

impl Lease {
    /// A lease of this length.
    ///
    /// # Errors
    /// If it is shorter than a millisecond or longer than a day.
    pub fn new(length: SignedDuration) -> Result<Self, LeaseError> {
        if length < SignedDuration::from_millis(1) || length > LONGEST {
            return Err(LeaseError { most_hours: LONGEST.as_hours() });
        }
        Ok(Self(length))
    }

    /// When a lease that begins now ends.
    #[must_use]
    pub fn until(self, now: Timestamp) -> Timestamp {
        to_microseconds(now.saturating_add(self.0).unwrap_or(Timestamp::MAX))
    }
}

/// How far the clocks of two nodes may differ: far above what NTP leaves. Without it the longest lease would be void to
/// whoever is a second behind.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(1);

/// The latest end of a lease, or time of a next attempt, that a right clock can have written by `now`.
#[must_use]
pub fn latest_believed(now: Timestamp) -> Timestamp {
    to_microseconds(now.saturating_add(LONGEST + TOLERANCE).unwrap_or(Timestamp::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_lease_holds_against_a_clock_that_is_a_little_behind() {
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        let until = Lease::new(LONGEST).unwrap().until(now);
        assert!(until <= latest_believed(now - SignedDuration::from_secs(30)));
        assert!(until > latest_believed(now - SignedDuration::from_mins(5)), "a clock that was wrong");
        assert_eq!(latest_believed(Timestamp::MAX), to_microseconds(Timestamp::MAX));
    }
}
