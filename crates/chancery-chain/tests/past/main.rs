//! Chains that are judged in retrospect, by what is proven to have existed when (ETSI EN 319 102-1, 5.6.2.1, 5.6.2.2).

// A helper of tests fails as a test does, although it is not marked as one.
#![allow(clippy::unwrap_used, clippy::panic)]

mod algorithms;
mod anchors;
mod authorities;
mod evidence;
mod kept;
mod order;
mod signers;
mod timeline;
