//! One line of the usage log.

use std::collections::HashMap;

use chancery_auth::UserId;
use jiff::Timestamp;

use super::event::{Asking, UsageEvent, UsageFact as Fact, UseDetails};
use crate::id::GrantId;
use crate::kept_digest::{KeptDigest, from_hex};
use crate::text::{Label, UseKey};
use crate::violation::Violation;
use crate::window::Window;

/// What came of an attempt.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum UsageOutcome {
    /// It was refused, before the key was used.
    Refused {
        /// What was asked.
        asking: Asking,
        /// Everything that stood against it.
        violations: Vec<Violation>,
    },
    /// The attempt is recorded; what came of it is not, yet.
    UnderWay,
    /// The seal was set.
    Sealed {
        /// The signature value.
        value: Vec<u8>,
    },
    /// The key has not signed.
    Failed {
        /// Why.
        reason: String,
    },
    /// Nobody knows whether the key has signed.
    Unknown,
}

impl UsageOutcome {
    /// The word for it.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "refused",
            Self::UnderWay => "under way",
            Self::Sealed { .. } => "sealed",
            Self::Failed { .. } => "failed",
            Self::Unknown => "unknown",
        }
    }
}

/// The right that an attempt was made by.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UsedRight {
    /// The grant.
    pub grant: GrantId,
    /// When it counts.
    pub window: Window,
    /// Who approved, where it asks for a second person.
    pub approved_by: Option<UserId>,
}

/// One line of the usage log: an attempt or a refusal, and what came of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UsageRecord {
    /// When it was asked.
    pub at: Timestamp,
    /// File, digests, seal, person, token, certificate.
    pub details: UseDetails,
    /// By which right; none for a refusal.
    pub right: Option<UsedRight>,
    /// How many tries there were.
    pub tries: u32,
    /// What came of it.
    pub outcome: UsageOutcome,
    /// When that was known.
    pub settled_at: Option<Timestamp>,
    /// The digest of the finished file, once it was told.
    pub finished_digest: Option<KeptDigest>,
    /// Why a time was given back, if it was.
    pub refunded: Option<Label>,
}

/// The lines, while events are read.
#[derive(Default)]
pub(crate) struct Records {
    lines: Vec<UsageRecord>,
    /// The attempt under a key.
    attempts: HashMap<UseKey, usize>,
}

impl Records {
    pub(crate) fn add(&mut self, event: &UsageEvent) {
        match &event.fact {
            Fact::Bought { .. } | Fact::Approved { .. } | Fact::Erased { .. } | Fact::ClockSet { .. } => {}
            Fact::Refused { asking, details, violations } => {
                let outcome = UsageOutcome::Refused { asking: *asking, violations: violations.clone() };
                self.lines.push(line(event.at, details, None, outcome));
            }
            Fact::Attempted { details, tries, grant, window, approved_by } => {
                let right = UsedRight { grant: *grant, window: *window, approved_by: *approved_by };
                if let Some(before) = self.attempt(&details.key) {
                    before.tries = *tries;
                    before.details.words = before.details.words.take().or_else(|| details.words.clone());
                    before.at = event.at;
                    before.right = Some(right);
                    before.outcome = UsageOutcome::UnderWay;
                    return;
                }
                self.attempts.insert(details.key.clone(), self.lines.len());
                self.lines.push(line(event.at, details, Some(right), UsageOutcome::UnderWay));
            }
            Fact::Sealed { key, value } => {
                let value = from_hex(value).unwrap_or_default();
                self.settled(key, event.at, UsageOutcome::Sealed { value });
            }
            Fact::Failed { key, reason } => {
                self.settled(key, event.at, UsageOutcome::Failed { reason: reason.clone() });
            }
            Fact::Unknown { key, tries } => {
                if self.attempt(key).is_some_and(|attempt| attempt.tries == *tries) {
                    self.settled(key, event.at, UsageOutcome::Unknown);
                }
            }
            Fact::Finished { key, digest } => {
                if let Some(attempt) = self.attempt(key) {
                    attempt.finished_digest = Some(*digest);
                }
            }
            Fact::Refunded { key, reason } => {
                if let Some(attempt) = self.attempt(key) {
                    attempt.refunded = Some(reason.clone());
                }
            }
        }
    }

    pub(crate) fn into_lines(self) -> Vec<UsageRecord> {
        self.lines
    }

    fn attempt(&mut self, key: &UseKey) -> Option<&mut UsageRecord> {
        let index = *self.attempts.get(key)?;
        self.lines.get_mut(index)
    }

    fn settled(&mut self, key: &UseKey, at: Timestamp, outcome: UsageOutcome) {
        if let Some(attempt) = self.attempt(key) {
            attempt.outcome = outcome;
            attempt.settled_at = Some(at);
        }
    }
}

fn line(at: Timestamp, details: &UseDetails, right: Option<UsedRight>, outcome: UsageOutcome) -> UsageRecord {
    let tries = u32::from(right.is_some());
    let details = details.clone();
    UsageRecord {
        at,
        details,
        right,
        tries,
        outcome,
        settled_at: None,
        finished_digest: None,
        refunded: None,
    }
}
