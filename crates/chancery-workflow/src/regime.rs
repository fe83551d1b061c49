//! Regimes: what a law asks of an envelope, as rules that hold it to that, and as a reader that says which event shows
//! what.
//!
//! [`Regime::bundle`] is data: how many factors, which meanings, seen or not, kept for how long. [`Held`] is the policy
//! that refuses what does not fit. [`check`] reads the record of an envelope and lists, clause by clause, the events
//! that show it, what is missing, and what stays with the operator.
//!
//! It never says that anything complies: procedures, training, validation of the whole system are nothing that a library
//! sees. It says what the record shows.

mod bundle;
mod check;
mod clause;
mod facts;
mod finding;
mod held;
mod report;

pub use bundle::{Appearance, Bundle, Regime};
pub use check::{Beside, LogVerdict, check, opened_in};
pub use clause::Clause;
pub use facts::{Evidence, Recorded};
pub use finding::{Finding, Shown};
pub use held::Held;
pub use report::RegimeReport;
