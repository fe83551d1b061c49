//! Turns of parties: real signatures in real documents and beside them, pinned, verified, kept, and recorded.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod added;
mod at_once;
mod beside;
mod beside_finishing;
mod faults;
mod finishing;
mod forms;
mod kept;
mod office;
mod permission;
mod place;
mod record;
mod seal;
mod value;
