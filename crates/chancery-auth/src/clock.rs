//! Time is an argument, and the clock that it is read from may be wrong.

use jiff::{SignedDuration, Timestamp};

use crate::error::ClockBehind;

/// How far the clocks of two nodes may differ before we refuse to judge. A minute is far above what NTP leaves, and far
/// below the five minutes that anything here lives.
pub(crate) const TOLERANCE: SignedDuration = SignedDuration::from_secs(60);

/// The time that counts: never before what was seen already, so a clock set back shortens no lock and renews nothing.
pub(crate) fn forward(now: Timestamp, latest: Timestamp) -> Result<Timestamp, ClockBehind> {
    if later(now, TOLERANCE) < latest {
        return Err(ClockBehind { now, latest });
    }
    Ok(now.max(latest))
}

/// `from` and `by` added, or the end of the calendar.
pub(crate) fn later(from: Timestamp, by: SignedDuration) -> Timestamp {
    from.checked_add(by).unwrap_or(if by.is_negative() { Timestamp::MIN } else { Timestamp::MAX })
}

/// Whether something that happened at `at` is younger than `age`. What lies in the future is not.
pub(crate) fn is_fresh(at: Timestamp, age: SignedDuration, now: Timestamp) -> bool {
    at <= later(now, TOLERANCE) && now < later(at, age)
}
