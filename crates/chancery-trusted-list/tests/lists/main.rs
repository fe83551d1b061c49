//! Trusted lists: what is read of them, and what would follow from them.

// Helpers of a test fail where the test would.
#![allow(clippy::unwrap_used, clippy::panic)]

mod anchors;
mod qualification;
mod reading;
mod support;
