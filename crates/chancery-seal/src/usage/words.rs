//! What a record says in words.

use chancery_ledger::{Event, StoredEvent};
use serde::{Deserialize, Serialize};

use super::event::UsageEvent;
use crate::office_error::OfficeError;
use crate::text::{FileName, Label};

/// What a record says in words that may name a person. It stands beside the event, as the ledger's evidence, and can be
/// erased ([`Office::forget`](crate::Office::forget)): no decision rests on it.
#[derive(Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct UseWords {
    /// The name of the file.
    pub file_name: FileName,
    /// With whom the document is.
    pub counterparty: Option<Label>,
    /// The name of the seal then; none if there is no such seal.
    pub seal_name: Option<Label>,
}

impl UseWords {
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        // These types have no maps, so writing cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// What stands beside an event; none if nothing ever did, or it was erased.
    fn beside(event: &Event) -> Result<Option<Self>, OfficeError> {
        match event.evidence() {
            None | Some([]) => Ok(None),
            Some(bytes) => serde_json::from_slice(bytes).map(Some).map_err(|_| OfficeError::Unreadable),
        }
    }
}

/// What an event of the usage log says, with its words as far as they stand.
pub(crate) fn read(event: &Event) -> Result<UsageEvent, OfficeError> {
    let (kind, schema) = (&event.record.kind, event.record.schema);
    let read = match event.payload() {
        Some(payload) => UsageEvent::from_bytes(kind, schema, payload).ok(),
        None => UsageEvent::erased(kind, schema),
    };
    let mut read = read.ok_or(OfficeError::Unreadable)?;
    if let Some(details) = read.fact.details_mut() {
        details.words = UseWords::beside(event)?;
    }
    Ok(read)
}
