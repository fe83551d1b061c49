//! The usage log: every attempt, every refusal, every outcome, and the account of prepaid times.

mod csv;
mod decider;
mod erasure;
mod event;
mod query;
mod record;
mod state;
mod words;

pub use csv::to_csv;
pub use erasure::Erasure;
pub use event::{Asking, UsageEvent, UsageFact, UseDetails};
pub use query::Query;
pub use record::{UsageOutcome, UsageRecord, UsedRight};
pub use state::UsageState;
pub use words::UseWords;

pub(crate) use words::read;

pub(crate) use decider::Usage;
pub(crate) use record::Records;
pub(crate) use state::{Doubt, OpenUse};
