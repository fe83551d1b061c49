//! What was erased from the usage log.

use chancery_ledger::{Actor, Kind, Part};
use jiff::Timestamp;

/// Something that was erased from the usage log. That it was there, when, by whom, and its hash remain, and every proof
/// holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Erasure {
    /// When the event was recorded.
    pub recorded_at: Timestamp,
    /// Who made it: a user, or the service desk.
    pub recorded_by: Actor,
    /// What kind of event it is.
    pub kind: Kind,
    /// What of it was erased: its words ([`Part::Evidence`]), or all that it said.
    pub part: Part,
    /// When that was erased.
    pub erased_at: Timestamp,
    /// Who erased it.
    pub erased_by: Actor,
}
