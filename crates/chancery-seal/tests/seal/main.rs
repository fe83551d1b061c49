//! What seals promise, judged from outside: one file for each idea.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod content;
mod crashes;
mod desk;
mod floods;
mod forgetting;
mod four_eyes;
mod hostile;
mod log;
mod offices;
mod organisation;
mod policy;
mod properties;
mod tokens;
mod uses;
mod waiting;
