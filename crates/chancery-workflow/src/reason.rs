//! What people gave reasons for.

use serde::{Deserialize, Serialize};

use crate::id::{HoldId, PartyId};

/// What somebody gave a reason for, or a note with. The words stand in an event of their own, which can be erased;
/// [`Envelope::reason`](crate::Envelope::reason) reads them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReasonOf {
    /// That this party declined.
    Decline(PartyId),
    /// That this party sent the envelope back, the last time.
    Return(PartyId),
    /// That this party passed its part on: its note.
    Handover(PartyId),
    /// The last pause.
    Pause,
    /// That it was ended.
    Void,
    /// That finishing it was given up.
    Abandon,
    /// That it was revoked.
    Revoke,
    /// A legal hold: the case.
    Hold(HoldId),
    /// The end of a legal hold. It stands in the record only.
    Release(HoldId),
}
