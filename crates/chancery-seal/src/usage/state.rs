//! What the events of the usage log come to, as far as decisions need it: its size does not grow with finished uses.

use std::collections::{BTreeMap, HashMap};

use chancery_auth::UserId;
use jiff::Timestamp;

use super::event::{UsageEvent, UsageFact as Fact, UseDetails};
use crate::request::Subject;
use crate::text::UseKey;
use crate::violation::Violation;

/// An attempt without an outcome.
#[derive(Clone, Debug)]
pub(crate) struct OpenUse {
    pub(crate) subject: Subject,
    pub(crate) at: Timestamp,
    pub(crate) tries: u32,
    pub(crate) doubt: Doubt,
    /// Who approved it, where the grant asked for a second person.
    pub(crate) approved_by: Option<UserId>,
}

/// What is known of an attempt without an outcome.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Doubt {
    /// Somebody is at it, or has died.
    UnderWay,
    /// Nobody knows what came of it.
    Unknown,
}

/// What the events of the usage log come to. Made by replay only.
#[derive(Clone, Debug, Default)]
pub struct UsageState {
    latest: Option<Timestamp>,
    bought: u64,
    refunded: u64,
    spent: u64,
    open: BTreeMap<UseKey, OpenUse>,
    approvals: HashMap<Subject, Vec<(UserId, Timestamp)>>,
    /// How often those were refused who are no members, or whose tokens are dead.
    strangers: HashMap<UserId, u64>,
}

impl UsageState {
    /// The time of the last event.
    #[must_use]
    pub fn latest(&self) -> Timestamp {
        self.latest.unwrap_or(Timestamp::MIN)
    }

    /// The prepaid times that are left: bought and refunded, less those that were spent or are reserved.
    #[must_use]
    pub fn balance(&self) -> u64 {
        self.bought.saturating_add(self.refunded).saturating_sub(self.spent).saturating_sub(self.reserved())
    }

    /// The prepaid times that attempts without an outcome have reserved.
    #[must_use]
    pub fn reserved(&self) -> u64 {
        u64::try_from(self.open.len()).unwrap_or(u64::MAX)
    }

    /// The prepaid times that were spent.
    #[must_use]
    pub const fn spent(&self) -> u64 {
        self.spent
    }

    pub(crate) fn open_use(&self, key: &UseKey) -> Option<&OpenUse> {
        self.open.get(key)
    }

    /// The keys of attempts of which nobody knows the outcome.
    pub fn unknown(&self) -> impl Iterator<Item = &UseKey> {
        self.open.iter().filter(|(_, open)| open.doubt == Doubt::Unknown).map(|(key, _)| key)
    }

    /// Attempts without an outcome that began before a moment and are not known to be in doubt.
    pub(crate) fn under_way_since(&self, before: Timestamp) -> Option<(&UseKey, &OpenUse)> {
        self.open.iter().find(|(_, open)| open.doubt == Doubt::UnderWay && open.at <= before)
    }

    pub(crate) fn approvals(&self, subject: &Subject) -> &[(UserId, Timestamp)] {
        self.approvals.get(subject).map_or(&[], Vec::as_slice)
    }

    /// How often that person was refused as no member, or dead tokens of that person were, as far as it stands in this log.
    pub(crate) fn refusals_of_stranger(&self, user: UserId) -> u64 {
        self.strangers.get(&user).copied().unwrap_or_default()
    }

    pub(crate) fn apply(&mut self, event: &UsageEvent) {
        match &event.fact {
            // What is refused must not carry the time along: anybody is refused.
            Fact::Refused { .. } | Fact::Erased { .. } => {}
            Fact::ClockSet { to } => {
                self.latest = Some(*to);
                // What was begun in that future was begun by now at the latest, or nobody would ever recover it.
                self.open.values_mut().for_each(|open| open.at = open.at.min(*to));
            }
            _ => self.latest = self.latest.max(Some(event.at)),
        }
        match &event.fact {
            Fact::Bought { times, .. } => self.bought = self.bought.saturating_add(*times),
            Fact::Refunded { .. } => self.refunded = self.refunded.saturating_add(1),
            Fact::Approved { details, by } => {
                // Without its words nobody knows what was approved.
                let Some(subject) = details.subject().filter(|subject| subject.wish.is_some()) else {
                    return;
                };
                let approvals = self.approvals.entry(subject).or_default();
                approvals.retain(|(before, _)| before != by);
                approvals.push((*by, event.at));
            }
            Fact::Refused { details, violations, .. } => {
                if let Some(user) = details.user.filter(|_| violations.iter().any(Violation::is_of_stranger))
                {
                    let count = self.strangers.entry(user).or_default();
                    *count = count.saturating_add(1);
                }
            }
            Fact::Finished { .. } | Fact::Erased { .. } | Fact::ClockSet { .. } => {}
            Fact::Attempted { details, tries, approved_by, .. } => {
                self.attempted(event.at, details, *tries, *approved_by);
            }
            Fact::Sealed { key, .. } => {
                if self.open.remove(key).is_some() {
                    self.spent = self.spent.saturating_add(1);
                }
            }
            Fact::Failed { key, .. } => {
                self.open.remove(key);
            }
            Fact::Unknown { key, tries } => {
                if let Some(open) = self.open.get_mut(key).filter(|open| open.tries == *tries) {
                    open.doubt = Doubt::Unknown;
                }
            }
        }
    }

    fn attempted(&mut self, at: Timestamp, details: &UseDetails, tries: u32, approved_by: Option<UserId>) {
        // An attempt always has a user: without one it is refused.
        let Some(subject) = details.subject() else { return };
        // An approval is for one use; further tries of that use have it already. Where the words of the use are erased,
        // nobody knows any more which one it was, so none is left: to erase something gives nobody a right.
        match (approved_by, subject.wish) {
            (Some(_), Some(_)) => drop(self.approvals.remove(&subject)),
            (Some(_), None) => self.approvals.retain(|approved, _| !approved.is(&subject)),
            (None, _) => {}
        }
        let open = OpenUse { subject, at, tries, doubt: Doubt::UnderWay, approved_by };
        self.open.insert(details.key.clone(), open);
    }
}
