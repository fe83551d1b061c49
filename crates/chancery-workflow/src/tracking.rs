//! How many envelopes are pending, complete, declined, expired, live: from the ledger's log and nothing else (G8).

use std::collections::BTreeMap;

use chancery_ledger::{Event as LedgerEvent, Sequence};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::EnvelopeId;
use crate::status::StatusName;

/// How an envelope is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// Not sent: of no party's concern.
    Draft,
    /// Somebody or something is waited for: scheduled, in progress, paused, being finished.
    Pending,
    /// Completed.
    Complete,
    /// Declined.
    Declined,
    /// Its time passed.
    Expired,
    /// Ended by its sender or owner.
    Voided,
    /// It could not be finished.
    Failed,
}

impl StatusName {
    /// How an envelope that stands like this is counted.
    #[must_use]
    pub const fn progress(self) -> Progress {
        match self {
            Self::Draft => Progress::Draft,
            Self::Scheduled | Self::InProgress | Self::Paused | Self::Finalizing => Progress::Pending,
            Self::Completed => Progress::Complete,
            Self::Declined => Progress::Declined,
            Self::Voided => Progress::Voided,
            Self::Expired => Progress::Expired,
            Self::Failed => Progress::Failed,
        }
    }
}

/// How many envelopes are counted how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// [`Progress::Draft`]
    pub draft: u64,
    /// [`Progress::Pending`]
    pub pending: u64,
    /// [`Progress::Complete`]
    pub complete: u64,
    /// [`Progress::Declined`]
    pub declined: u64,
    /// [`Progress::Expired`]
    pub expired: u64,
    /// [`Progress::Voided`]
    pub voided: u64,
    /// [`Progress::Failed`]
    pub failed: u64,
}

impl Summary {
    /// How many are counted like this.
    #[must_use]
    pub const fn of(&self, progress: Progress) -> u64 {
        match progress {
            Progress::Draft => self.draft,
            Progress::Pending => self.pending,
            Progress::Complete => self.complete,
            Progress::Declined => self.declined,
            Progress::Expired => self.expired,
            Progress::Voided => self.voided,
            Progress::Failed => self.failed,
        }
    }

    fn count(&mut self, progress: Progress) -> &mut u64 {
        match progress {
            Progress::Draft => &mut self.draft,
            Progress::Pending => &mut self.pending,
            Progress::Complete => &mut self.complete,
            Progress::Declined => &mut self.declined,
            Progress::Expired => &mut self.expired,
            Progress::Voided => &mut self.voided,
            Progress::Failed => &mut self.failed,
        }
    }
}

/// How envelopes stand, kept up to date by the pages of a tenant's log.
///
/// ```
/// use chancery_ledger::{MemoryStore, Sequence, Store, Tenant};
/// use chancery_workflow::Tracking;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (store, acme) = (MemoryStore::new(), Tenant::new("acme")?);
/// let mut tracking = Tracking::subscribe(Sequence(0));
/// // …again and again:
/// for change in tracking.page(&store.since(&acme, tracking.from(), 1000)?)? {
///     println!("{} {}", change.envelope, change.kind);
/// }
/// println!("{} pending", tracking.summary().pending);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tracking {
    from: Sequence,
    envelopes: BTreeMap<EnvelopeId, Progress>,
    summary: Summary,
}

/// Something that happened to an envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// To which.
    pub envelope: EnvelopeId,
    /// Its place in the tenant's log.
    pub sequence: Sequence,
    /// The kind of the event: `envelope.opened`.
    pub kind: String,
    /// When it was recorded.
    pub at: Timestamp,
    /// How the envelope is counted from then on.
    pub progress: Progress,
}

/// A page of the log that does not follow on what was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("event {found:?} of the log came where {expected:?} was expected")]
pub struct Gap {
    /// What was expected.
    pub expected: Sequence,
    /// What came.
    pub found: Sequence,
}

impl Tracking {
    /// From this place of the log on. Envelopes that began before it are known from their next event on that changes how
    /// they are counted; to count all of them, begin at 0.
    #[must_use]
    pub fn subscribe(from: Sequence) -> Self {
        Self { from, envelopes: BTreeMap::new(), summary: Summary::default() }
    }

    /// Where the next page begins.
    #[must_use]
    pub const fn from(&self) -> Sequence {
        self.from
    }

    /// Takes the next page. What was seen before is passed over, so a page may come twice.
    ///
    /// # Errors
    /// [`Gap`] if something between is missing; nothing of the page is taken then.
    pub fn page(&mut self, events: &[LedgerEvent]) -> Result<Vec<Change>, Gap> {
        let mut expected = self.from;
        for event in events {
            let found = event.record.sequence;
            if found > expected {
                return Err(Gap { expected, found });
            }
            if found == expected {
                expected = Sequence(expected.0.saturating_add(1));
            }
        }
        let fresh: Vec<_> = events.iter().filter(|event| event.record.sequence >= self.from).collect();
        self.from = expected;
        Ok(fresh.into_iter().filter_map(|event| self.take(event)).collect())
    }

    fn take(&mut self, event: &LedgerEvent) -> Option<Change> {
        let record = &event.record;
        let envelope = EnvelopeId::of_stream(&record.stream)?;
        let known = self.envelopes.get(&envelope).copied();
        let progress = progress_after(record.kind.as_str()).or(known)?;
        if known != Some(progress) {
            if let Some(known) = known {
                let count = self.summary.count(known);
                *count = count.saturating_sub(1);
            }
            let count = self.summary.count(progress);
            *count = count.saturating_add(1);
            self.envelopes.insert(envelope, progress);
        }
        let (sequence, kind, at) = (record.sequence, record.kind.as_str().to_owned(), record.at);
        Some(Change { envelope, sequence, kind, at, progress })
    }

    /// How many are counted how.
    #[must_use]
    pub const fn summary(&self) -> Summary {
        self.summary
    }

    /// How one envelope is counted.
    #[must_use]
    pub fn progress(&self, envelope: EnvelopeId) -> Option<Progress> {
        self.envelopes.get(&envelope).copied()
    }
}

/// How an envelope is counted after an event of this kind, where that changes. It needs no payload, so erasure changes
/// no summary.
fn progress_after(kind: &str) -> Option<Progress> {
    match kind {
        "envelope.draft-created" => Some(Progress::Draft),
        "envelope.scheduled" | "envelope.sent" => Some(Progress::Pending),
        "envelope.completed" => Some(Progress::Complete),
        "envelope.declined" => Some(Progress::Declined),
        "envelope.expired" => Some(Progress::Expired),
        "envelope.voided" | "envelope.discarded" => Some(Progress::Voided),
        "envelope.failed" => Some(Progress::Failed),
        _ => None, // every other event leaves it as it is: `tests/tracking.rs` compares with the states
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;

    #[test]
    fn every_kind_that_counts_is_one_that_exists() {
        let counts = Event::KINDS.iter().filter(|kind| progress_after(kind).is_some()).count();
        assert_eq!(counts, 9);
    }
}
