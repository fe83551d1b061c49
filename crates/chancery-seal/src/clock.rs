//! Time is an argument, and the clock that it is read from may be wrong.

use jiff::{SignedDuration, Timestamp};

/// How far the clocks of two nodes may differ: a minute, as in `chancery-auth`.
pub(crate) const TOLERANCE: SignedDuration = SignedDuration::from_secs(60);

/// The time that counts: never before what was recorded already, so a clock set back revives nothing. None if it is
/// behind by more than two nodes differ.
pub(crate) fn forward(now: Timestamp, latest: Timestamp) -> Option<Timestamp> {
    (later(now, TOLERANCE) >= latest).then_some(now.max(latest))
}

/// `from` and `by` added, or the end of the calendar.
pub(crate) fn later(from: Timestamp, by: SignedDuration) -> Timestamp {
    from.checked_add(by).unwrap_or(if by.is_negative() { Timestamp::MIN } else { Timestamp::MAX })
}

/// Whether something that happened at `at` is younger than `age`. What lies in the future is not.
pub(crate) fn is_fresh(at: Timestamp, age: SignedDuration, now: Timestamp) -> bool {
    at <= later(now, TOLERANCE) && now < later(at, age)
}
