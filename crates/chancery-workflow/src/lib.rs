//! Envelopes that cannot get stuck, leak, or lie: who acts next in a signing workflow.

#![forbid(unsafe_code)]

pub mod webhook;
