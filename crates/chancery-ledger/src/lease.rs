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

/// The latest end of a lease, or time of a next attempt, that a right clock can have written by `now`.
#[must_use]
pub fn latest_believed(now: Timestamp) -> Timestamp {
    to_microseconds(now.saturating_add(LONGEST).unwrap_or(Timestamp::MAX))
}
