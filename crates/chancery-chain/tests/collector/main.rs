//! Collecting evidence over networks that are good, broken and hostile.

// A helper of tests fails as a test does, although it is not marked as one.
#![allow(clippy::unwrap_used, clippy::panic)]

mod answers;
mod bounds;
mod enough;
mod issuers;
mod parts;
mod signers;
