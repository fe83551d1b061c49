//! What factors promise, judged from outside: one file for each idea.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod attempts;
mod changes;
mod codes;
mod people;
mod requirements;
mod sessions;
mod states;
mod tickets;
mod users;
mod verifiers;
