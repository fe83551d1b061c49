//! The runner, alone and among others, with failures between any two calls of the store: what was answered is in the
//! log exactly once, and nothing is there twice.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

#[path = "runner/account.rs"]
mod account;
#[path = "runner/alone.rs"]
mod alone;
#[path = "runner/any_order.rs"]
mod any_order;
#[path = "runner/failing.rs"]
mod failing;
#[path = "runner/rivals.rs"]
mod rivals;
