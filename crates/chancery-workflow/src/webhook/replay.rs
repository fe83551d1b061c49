//! What has been received before.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::error::ReplayUnknown;
use super::verifier::GenuineWebhook;

/// Whether a webhook is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a webhook that came before must not be acted on again"]
pub enum Received {
    /// It is: act on it.
    First,
    /// It came before, or somebody repeats it: answer as if all were well, and do nothing.
    Again,
}

/// The ids that may still be repeated. Bounded: when it is full it takes no more and forgets none, so that nobody
/// makes room for a repetition. Only genuine webhooks get in, so no stranger can fill it.
///
/// One cache for each sender, that is, for each [`WebhookVerifier`](super::WebhookVerifier): ids are the sender's, and
/// one sender could use up the ids of another.
///
/// It remembers for as long as a recorded webhook would be accepted. A sender that tries again after hours signs
/// anew: if doing something twice would harm, keep the id beside what was done, in the same transaction.
#[derive(Clone, Debug)]
pub struct ReplayCache {
    most: usize,
    ids: BTreeMap<String, Timestamp>,
    ends: BTreeSet<(Timestamp, String)>,
    /// The latest time at which something was forgotten. What ended before then cannot be told from it any more.
    forgotten: Timestamp,
}

impl ReplayCache {
    /// At most so many ids.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { most, ids: BTreeMap::new(), ends: BTreeSet::new(), forgotten: Timestamp::MIN }
    }

    /// Whether it is new; from now on it is not.
    ///
    /// # Errors
    /// [`ReplayUnknown`] if too many came at once, or the clock went back.
    pub fn receive(&mut self, webhook: &GenuineWebhook, now: Timestamp) -> Result<Received, ReplayUnknown> {
        if self.ids.contains_key(webhook.id()) {
            // A later attempt lives longer than the one before.
            self.remember(webhook);
            return Ok(Received::Again);
        }
        self.forget_until(now);
        // It could have been here and been forgotten, when the clock stood later than it does now.
        if webhook.counts_until() < self.forgotten {
            return Err(ReplayUnknown::ClockBehind { forgotten: self.forgotten });
        }
        if self.ids.len() >= self.most {
            return Err(ReplayUnknown::Full { most: self.most });
        }
        self.remember(webhook);
        Ok(Received::First)
    }

    /// Acting on it failed: the next attempt is the first again.
    pub fn failed(&mut self, webhook: &GenuineWebhook) {
        if let Some(end) = self.ids.remove(webhook.id()) {
            self.ends.remove(&(end, webhook.id().to_owned()));
        }
    }

    /// How many it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    fn remember(&mut self, webhook: &GenuineWebhook) {
        let (id, end) = (webhook.id().to_owned(), webhook.counts_until());
        match self.ids.insert(id.clone(), end) {
            Some(before) if before > end => {
                self.ids.insert(id, before);
            }
            Some(before) => {
                self.ends.remove(&(before, id.clone()));
                self.ends.insert((end, id));
            }
            None => {
                self.ends.insert((end, id));
            }
        }
    }

    /// Forgets what would be refused as too old.
    fn forget_until(&mut self, now: Timestamp) {
        while let Some((end, _)) = self.ends.first() {
            if *end >= now {
                return;
            }
            self.forgotten = self.forgotten.max(now);
            if let Some((_, id)) = self.ends.pop_first() {
                self.ids.remove(&id);
            }
        }
    }
}
