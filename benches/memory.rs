//! How much memory a job needs at most, asked of a process of its own.

use std::process::Command;

use crate::{Outcome, cpu_time};

/// The argument that makes a bench a child that does one job.
const CHILD: &str = "--child";

/// The most memory that a process had resident, in KiB: before its job, and in all.
#[derive(Copy, Clone, Debug)]
pub struct Peak {
    /// When the job began: the program itself, keys and certificates.
    pub before: u64,
    /// In all.
    pub total: u64,
    /// The CPU time of the job in milliseconds, once, for what is too long for rounds.
    pub milliseconds: u64,
}

/// Runs a job of this bench in a process of its own and says how much memory it took; `None` where the system does
/// not tell (elsewhere than on Linux).
///
/// # Errors
/// If the child failed.
pub fn peak_of_child(job: &str, arguments: &[&str]) -> Outcome<Option<Peak>> {
    let output = Command::new(std::env::current_exe()?).arg(CHILD).arg(job).args(arguments).output()?;
    if !output.status.success() {
        return Err(format!("{job}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let text = String::from_utf8(output.stdout)?;
    let mut numbers = text.split_whitespace().filter_map(|word| word.parse().ok());
    let mut next = || numbers.next();
    Ok(next().zip(next()).zip(next()).map(|((before, total), milliseconds)| Peak {
        before,
        total,
        milliseconds,
    }))
}

/// What this process was started for, if it is a child: the job and its arguments.
#[must_use]
pub fn child_job() -> Option<(String, Vec<String>)> {
    let mut arguments = std::env::args().skip(1);
    let is_child = arguments.next().is_some_and(|first| first == CHILD);
    let job = is_child.then(|| arguments.next()).flatten()?;
    Some((job, arguments.collect()))
}

/// Does the job of a child and tells its parent.
///
/// # Errors
/// What the job says.
pub fn tell_parent(job: impl FnOnce() -> Outcome<()>) -> Outcome<()> {
    let before = peak_of_this_process();
    let start = cpu_time();
    job()?;
    let milliseconds = cpu_time().saturating_sub(start).as_millis();
    if let Some((before, total)) = before.zip(peak_of_this_process()) {
        println!("{before} {total} {milliseconds}");
    }
    Ok(())
}

/// The peak of the resident memory of this process so far in KiB (`VmHWM` of proc(5)), if the system tells.
fn peak_of_this_process() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
