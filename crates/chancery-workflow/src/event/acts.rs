//! What parties did, filled, declined, and why.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::facts::facts;
use crate::factor_rule::FactorName;
use crate::id::{FieldId, PartyId, Revision};
use crate::reason::ReasonOf;
use crate::role::Act;
use crate::series::InSeries;
use crate::text::Text;

facts! {
    /// A party filled a field. Can be erased.
    "envelope.field-filled" FieldFilled {
        /// Who.
        party: PartyId,
        /// Which.
        field: FieldId,
        /// What stood there; to erase a value, erase the event after it too.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        old: Option<Text>,
        /// What stands there.
        new: Text,
        /// When.
        at: Timestamp,
    }
    /// A party cleared a field.
    "envelope.field-cleared" FieldCleared {
        /// Who.
        party: PartyId,
        /// Which.
        field: FieldId,
        /// When.
        at: Timestamp,
    }
    /// A party did its part.
    "envelope.party-done" PartyDone {
        /// Who.
        party: PartyId,
        /// What.
        act: Act,
        /// Which revision it saw, or made.
        revision: Revision,
        /// Proving what; of a signature `SigningBegan` says it.
        factors: Vec<FactorName>,
        /// In which series, if in one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        series: Option<Box<InSeries>>,
        /// When.
        at: Timestamp,
    }
    /// A party declined.
    "envelope.party-declined" PartyDeclined {
        /// Who.
        party: PartyId,
        /// When.
        at: Timestamp,
    }
    /// With that the quorum was out of reach.
    "envelope.declined" Declined {
        /// Whose decline it was.
        party: PartyId,
        /// What the party should have done.
        act: Act,
        /// When.
        at: Timestamp,
    }
    /// Why somebody did what the event before this one says, in their words. Can be erased.
    "envelope.reason-given" ReasonGiven {
        /// What the reason is of.
        of: ReasonOf,
        /// Their words.
        words: Text,
        /// When.
        at: Timestamp,
    }
}
