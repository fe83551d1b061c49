//! Permissions to download: one party, one file, until one moment.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::id::{ContentDigest, GrantId, PartyId};

/// How often a grant may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Uses {
    /// Until its time is over.
    Any,
    /// Once. The redemption is an event, so of two at once the ledger takes one.
    Once,
}

/// A permission to download one file, for one counterparty (G12), until a moment that is outside (G13). A longer one is
/// a new grant. It is a record, not a capability: a link to it is derived by the deliverer, and the party proves its
/// access factors when it comes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DownloadGrant {
    /// Its number.
    pub id: GrantId,
    /// For whom: a counterparty.
    pub party: PartyId,
    /// SHA-256 of the file.
    pub artifact: ContentDigest,
    /// From then on it is refused.
    pub not_after: Timestamp,
    /// How often.
    pub uses: Uses,
}

impl DownloadGrant {
    /// How long a grant lasts, from completion: 14 days (G13).
    pub const DEFAULT_TTL: SignedDuration = SignedDuration::from_hours(14 * 24);
    /// The longest time.
    pub const LONGEST_TTL: SignedDuration = SignedDuration::from_hours(366 * 24);
    /// The most grants of one envelope.
    pub const MOST: usize = 100_000;
}

/// A grant, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// What was granted.
    pub grant: DownloadGrant,
    /// How often it was used.
    pub redeemed: u32,
}
