//! Envelopes that cannot get stuck, leak, or lie: who acts next in a signing workflow.

#![forbid(unsafe_code)]

pub mod consent;
pub mod csv;
mod hex_bytes;
mod language;
mod readable;
pub mod webhook;

pub use language::Language;
