//! What a hostile expert would try on a signed message, one named test for each rule.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod algorithms;
mod attributes;
mod bounds;
mod certificates;
mod content;
mod countersigned;
#[path = "../forge/mod.rs"]
mod forge;
mod parts;
mod signers;
mod work;
