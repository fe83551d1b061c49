//! The machine of envelopes: that it cannot get stuck, leak or lie.
//!
//! - `reference`: the machine once more, independent of the crate, and what the model of its design counted.
//! - `explored`: the decider of the crate, exhaustively, against it.
//! - `mutations`: mutations of its rules, each found by an invariant.
//! - `any_sequence`: any commands, by anybody, at any time.
//! - `faults`, `pains`: what went wrong elsewhere, one test for each; `numbers` walks the lists.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod any_sequence;
mod explored;
mod faults;
mod moves;
mod mutations;
mod numbers;
mod pains;
#[path = "../support/proof.rs"]
mod proof;
mod reference;
mod world;
