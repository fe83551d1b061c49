//! What our benches share: the clock of the CPU, interleaved rounds, the bare operations, and the people who sign.
//!
//! Each bench is one file and one question; it prints a table and ends with an error when a bar is missed. The method
//! is described in `docs/performance.md`.

#![forbid(unsafe_code)]

mod bare;
mod chain;
mod clock;
mod lasting;
mod ledger;
mod memory;
mod message;
mod rounds;
mod samples;
mod setting;
mod table;

pub use bare::BareKey;
pub use chain::{BarePublicKey, Chain};
pub use clock::cpu_time;
pub use lasting::{Office, RawVerifications, Today, judge_lasting};
pub use ledger::{BareLedger, Commits, Shape, open_ledger};
pub use memory::{Peak, child_job, peak_of_child, tell_parent};
pub use message::{bare_signature, contents, sign_detached, to_be_signed_len, verify_detached};
pub use rounds::{Case, Look, Rounds};
pub use samples::Samples;
pub use setting::{Person, Setting, TimedSigner, contract, providers, renewed};
pub use table::Table;

/// What a bench does, or why it stopped.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Fails a bench whose output is not what it must be.
///
/// # Errors
/// If `holds` is false: with what is wrong.
pub fn ensure(holds: bool, otherwise: &str) -> Outcome<()> {
    if holds { Ok(()) } else { Err(otherwise.into()) }
}
