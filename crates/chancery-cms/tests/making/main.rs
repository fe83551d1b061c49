//! Messages of several signers, and what is added to messages that stand already: ours and others'.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod adding;
mod assembling;
mod countersigning;
mod joining;
mod parts;
mod storing;
