//! The rules of one envelope: how long, how often, how many.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::field::Need;
use crate::id::ContentDigest;
use crate::person::{Domain, Email};
use crate::text::Text;

/// A day; calendar days would need a zone, and a deadline that moves with the clocks of a country.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Whether something may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Permission {
    /// It may not.
    Forbidden,
    /// It may.
    Permitted,
}

/// The disclosure that a party consents to before it acts with electronic records (ESIGN, 15 U.S.C. 7001(c)): which
/// version, and the digest of exactly the text that is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disclosure {
    /// Its version, as people call it.
    pub version: Text,
    /// SHA-256 of its text.
    pub digest: ContentDigest,
}

/// To whom a party may pass its part on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Domains {
    /// To anybody.
    Any,
    /// To people with an address in exactly one of these domains.
    Only(Vec<Domain>),
}

impl Domains {
    /// Whether somebody of this address may be named. Where domains are given, nobody without an address.
    #[must_use]
    pub fn admit(&self, email: Option<&Email>) -> Permission {
        match (self, email) {
            (Self::Any, _) => Permission::Permitted,
            (Self::Only(domains), Some(email))
                if domains.iter().any(|domain| domain.as_str() == email.domain()) =>
            {
                Permission::Permitted
            }
            (Self::Only(_), _) => Permission::Forbidden,
        }
    }
}

/// The rules of one envelope. They are fixed when it is sent, and hashed into [`PolicyHash`](crate::PolicyHash).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// What parties consent to.
    pub disclosure: Disclosure,
    /// Whether a party shows, with its consent, that it can read the form that is used (ESIGN, 15 U.S.C.
    /// 7001(c)(1)(C)(ii)).
    pub demonstration: Need,
    /// How long the envelope is open, from its sending on (G26).
    pub open_for: SignedDuration,
    /// How long before the deadline those who have not acted are told.
    pub warn_before: SignedDuration,
    /// How long after its turn, and after each reminder, a party is reminded.
    pub remind_after: SignedDuration,
    /// How often a party is reminded.
    pub reminders: u32,
    /// The longest lease of a signing session.
    pub lease: SignedDuration,
    /// How many signing sessions a party may begin, so that nobody keeps an envelope open for ever.
    pub sessions: u32,
    /// How many wrong factors block a party.
    pub failures: u32,
    /// The longest lease of whoever finishes the envelope.
    pub finalize_lease: SignedDuration,
    /// After so many attempts to finish it an operator may give up.
    pub finalize_attempts: u32,
    /// Who may be named instead of a party, by party or by a nominator.
    pub domains: Domains,
    /// Whether a party may send the envelope back to an earlier step.
    pub send_back: Permission,
    /// How often that may happen.
    pub returns: u32,
    /// How long the record is kept after the envelope's end, before it may be purged.
    pub keep_for: SignedDuration,
}

impl Rules {
    /// How long a request is open unless somebody says otherwise: 90 days (G26).
    pub const OPEN_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);
    /// The longest lease that rules may give: what a person with a phone needs, not what an attacker would like.
    pub const LONGEST_LEASE: SignedDuration = SignedDuration::from_hours(24);
    /// The longest time of any kind: 100 years.
    pub const LONGEST: SignedDuration = SignedDuration::from_hours(100 * 366 * 24);
    /// The most of anything that is counted here.
    pub const MOST: u32 = 1000;

    /// With this disclosure, and else: open for 90 days, a warning three days before, three reminders three days apart,
    /// leases of 15 minutes, 20 sessions, 5 wrong factors, an operator after 5 attempts, anybody may be named, nothing is
    /// sent back, kept for ten years.
    #[must_use]
    pub const fn new(disclosure: Disclosure) -> Self {
        Self {
            disclosure,
            demonstration: Need::Optional,
            open_for: Self::OPEN_FOR,
            warn_before: SignedDuration::from_hours(3 * 24),
            remind_after: SignedDuration::from_hours(3 * 24),
            reminders: 3,
            lease: SignedDuration::from_mins(15),
            sessions: 20,
            failures: 5,
            finalize_lease: SignedDuration::from_mins(15),
            finalize_attempts: 5,
            domains: Domains::Any,
            send_back: Permission::Forbidden,
            returns: 10,
            keep_for: SignedDuration::from_hours(10 * 366 * 24),
        }
    }

    /// What is wrong with them.
    pub(crate) fn faults(&self) -> Vec<&'static str> {
        let second = SignedDuration::from_secs(1);
        let within = |time: SignedDuration, most| (second..=most).contains(&time);
        let counted = |n: u32| (1..=Self::MOST).contains(&n);
        [
            (within(self.open_for, Self::LONGEST), "open_for is a second to 100 years"),
            (within(self.warn_before, Self::LONGEST), "warn_before is a second to 100 years"),
            (self.remind_after >= DAY && self.remind_after <= Self::LONGEST, "remind_after is a day or more"),
            (self.reminders <= Self::MOST, "reminders are at most 1000"),
            (within(self.lease, Self::LONGEST_LEASE), "a lease is a second to a day"),
            (within(self.finalize_lease, Self::LONGEST_LEASE), "finalize_lease is a second to a day"),
            (counted(self.sessions), "sessions are 1 to 1000"),
            (counted(self.failures), "failures are 1 to 1000"),
            (counted(self.finalize_attempts), "finalize_attempts are 1 to 1000"),
            (self.returns <= Self::MOST, "returns are at most 1000"),
            (!self.keep_for.is_negative() && self.keep_for <= Self::LONGEST, "keep_for is at most 100 years"),
        ]
        .into_iter()
        .filter_map(|(right, fault)| (!right).then_some(fault))
        .collect()
    }
}
