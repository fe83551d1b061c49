//! What happens to an envelope, one struct each, and the bytes of each.

mod access;
mod acts;
mod authoring;
mod control;
mod course;
mod facts;
mod finishing;
mod records;
mod routing;
mod signing;

pub use access::{
    ConsentGiven, ConsentWithdrawn, DeliveryRecorded, FactorFailed, FactorProved, FinishedLater, Opened,
    PartyBlocked, PartyUnblocked, ProvedFor, RefusalRecorded, ReminderSent, Resent,
};
pub use acts::{Declined, FieldCleared, FieldFilled, PartyDeclined, PartyDone, ReasonGiven};
pub use authoring::{Discarded, DraftCreated, DraftEdited, FieldsPrefilled, PeopleRecorded, Scheduled, Sent};
pub use control::{Corrected, Paused, Resumed, Voided};
pub use course::{
    AllSatisfied, DeadlineExtended, Expired, ExpiryWarned, PartiesExpired, PartiesSkipped, PartyActivated,
    PolicyReacted, SkippedWhy, StepActivated, StepSatisfied, StepSkipped,
};
pub use finishing::{Completed, DownloadGranted, Downloaded, Failed, FinalizeFailed, FinalizeStarted};
pub use records::{LegalHoldReleased, LegalHoldSet, PurgeQueued, Purged, Revoked, Superseded};
pub use routing::{Again, Bound, Handover, PartiesNominated, PartyReassigned, ReturnedTo, SignerChanged};
pub use signing::{
    AppliedSignature, SessionEndWhy, SessionEnded, SessionStale, SignatureApplied, SignatureDiscarded,
    SignerNamed, SigningAuthorized, SigningBegan,
};

use chancery_ledger::{Kind, NameError, StoredEvent, Unreadable};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::names;

macro_rules! events {
    ($($name:ident)*) => {
        $(
            impl From<$name> for Event {
                fn from(event: $name) -> Self {
                    Self::$name(event)
                }
            }
        )*

        /// What happened to an envelope. In the ledger each is JSON of its struct, under a kind of its own; a field that
        /// is not known is refused.
        #[derive(Clone, Debug, PartialEq)]
        #[allow(missing_docs)] // each variant is the struct of the same name, which says what it is
        pub enum Event {
            $($name($name),)*
            /// Something that was erased: a person, a value. It changes nothing, so the rest of the stream still says
            /// what happened.
            Erased,
        }

        impl Event {
            /// The kinds of all events, as they stand in the ledger.
            pub const KINDS: &[&str] = &[$($name::KIND),*];

            /// When it happened; none of what was erased.
            #[must_use]
            pub const fn at(&self) -> Option<Timestamp> {
                match self {
                    $(Self::$name(event) => Some(event.at),)*
                    Self::Erased => None,
                }
            }

            /// Its kind in the ledger.
            #[must_use]
            pub const fn kind_name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => $name::KIND,)*
                    Self::Erased => ERASED,
                }
            }
        }

        impl StoredEvent for Event {
            fn kind(&self) -> Result<Kind, NameError> {
                Ok(names::kind(self.kind_name()))
            }

            fn schema(&self) -> u32 {
                SCHEMA
            }

            fn to_bytes(&self) -> Vec<u8> {
                match self {
                    $(Self::$name(event) => bytes(event),)*
                    Self::Erased => b"{}".to_vec(),
                }
            }

            fn from_bytes(kind: &Kind, schema: u32, bytes: &[u8]) -> Result<Self, Unreadable> {
                if schema != SCHEMA {
                    return Err(Unreadable::new(format!("schema {schema} of {kind}; {SCHEMA} is known")));
                }
                match kind.as_str() {
                    $($name::KIND => read(bytes).map(Self::$name),)*
                    ERASED => Ok(Self::Erased),
                    other => Err(Unreadable::new(format!("no event is of the kind {other}"))),
                }
            }

            fn erased(kind: &Kind, _: u32) -> Option<Self> {
                // Who people are and what they wrote; all else is needed to understand the stream.
                ERASABLE.contains(&kind.as_str()).then_some(Self::Erased)
            }
        }
    };
}

/// The form of all events, until one changes.
const SCHEMA: u32 = 1;
/// Never stored by us; a test may.
const ERASED: &str = "envelope.erased";
/// Events that may be erased without harm to what follows.
///
/// When each may be, [`Envelope::may_erase`](crate::Envelope::may_erase) says.
const ERASABLE: &[&str] =
    &[PeopleRecorded::KIND, FieldsPrefilled::KIND, FieldFilled::KIND, SignerNamed::KIND, ReasonGiven::KIND];

/// JSON of our own types has no maps with other keys than text and no floating point: it cannot fail. Should it, the
/// empty bytes are refused when they are read.
fn bytes(event: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(event).unwrap_or_default()
}

fn read<'b, T: Deserialize<'b>>(bytes: &'b [u8]) -> Result<T, Unreadable> {
    serde_json::from_slice(bytes).map_err(|error| Unreadable::new(error.to_string()))
}

events! {
    DraftCreated
    DraftEdited
    PeopleRecorded
    FieldsPrefilled
    Discarded
    Scheduled
    Sent
    StepActivated
    PartyActivated
    StepSkipped
    PartiesSkipped
    StepSatisfied
    AllSatisfied
    DeliveryRecorded
    ReminderSent
    Resent
    DeadlineExtended
    ExpiryWarned
    Opened
    FinishedLater
    RefusalRecorded
    FactorProved
    FactorFailed
    PartyBlocked
    PartyUnblocked
    ConsentGiven
    ConsentWithdrawn
    FieldFilled
    FieldCleared
    SigningBegan
    SigningAuthorized
    SignatureApplied
    SignerNamed
    SessionEnded
    SessionStale
    SignatureDiscarded
    PartyDone
    PartyDeclined
    ReasonGiven
    Declined
    ReturnedTo
    SignerChanged
    PartyReassigned
    PartiesNominated
    Paused
    Resumed
    Corrected
    Voided
    PartiesExpired
    Expired
    FinalizeStarted
    FinalizeFailed
    Completed
    Failed
    DownloadGranted
    Downloaded
    Superseded
    Revoked
    LegalHoldSet
    LegalHoldReleased
    PurgeQueued
    Purged
    PolicyReacted
}
