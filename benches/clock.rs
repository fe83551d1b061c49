//! How much the processor worked for this process.

use std::time::Duration;

/// The CPU time of this process so far, in user and kernel mode. Elsewhere than on Unix: wall time since the first
/// call.
#[must_use]
pub fn cpu_time() -> Duration {
    clock()
}

#[cfg(unix)]
fn clock() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    // The clock begins at zero and its nanoseconds stay below a second.
    let seconds = u64::try_from(now.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(now.tv_nsec).unwrap_or_default())
}

#[cfg(not(unix))]
fn clock() -> Duration {
    use std::sync::OnceLock;
    use std::time::Instant;

    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_moves_with_work_of_microseconds() {
        let start = cpu_time();
        let mut moved = 0;
        let mut last = start;
        while moved < 100 {
            let now = cpu_time();
            assert!(now >= last);
            moved += u32::from(now > last);
            last = now;
        }
        assert!(last - start < Duration::from_millis(100), "{:?}", last - start);
    }
}
