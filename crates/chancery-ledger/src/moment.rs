//! Times as every store can hold them: whole microseconds.

use jiff::Timestamp;

/// The time without what is below a microsecond; the last second of time is cut to its beginning.
pub(crate) fn to_microseconds(time: Timestamp) -> Timestamp {
    // Towards the past, before 1970 too, so that a time stays where it was in the order.
    let whole = time.as_nanosecond().div_euclid(1000);
    let whole = i64::try_from(whole).unwrap_or(i64::MAX);
    let last_second = || Timestamp::from_second(time.as_second()).unwrap_or(Timestamp::MIN);
    Timestamp::from_microsecond(whole).unwrap_or_else(|_| last_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_cut_towards_the_past() {
        let cut = |text: &str| to_microseconds(text.parse().unwrap()).to_string();
        assert_eq!(cut("2026-11-22T10:00:00.123456999Z"), "2026-11-22T10:00:00.123456Z");
        assert_eq!(cut("1969-12-31T23:59:59.999999999Z"), "1969-12-31T23:59:59.999999Z");
        for extreme in [Timestamp::MIN, Timestamp::MAX] {
            let cut = to_microseconds(extreme);
            assert!(cut <= extreme);
            assert_eq!(Timestamp::from_microsecond(cut.as_microsecond()).unwrap(), cut);
        }
    }
}
