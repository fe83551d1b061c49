//! Legal holds: the cases for which a record must be kept.

use chancery_auth::UserId;
use jiff::Timestamp;

use crate::id::HoldId;

/// A legal hold in force: a case for which an envelope must be kept; which one, [`Envelope::reason`](crate::Envelope::reason)
/// says. There may be several, one for each case; each is
/// ended by its own number, and while one is in force nothing is purged. It forbids the purge of the documents: what
/// forbids the erasure of events are the ledger's own holds
/// ([`Commit::hold`](chancery_ledger::Commit::hold)), which are set beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegalHold {
    /// Its number.
    pub id: HoldId,
    /// Who set it.
    pub by: UserId,
    /// Since when.
    pub since: Timestamp,
}

impl LegalHold {
    /// The most that are in force on one envelope at once: as many as the ledger takes on a stream.
    pub const MOST: usize = 64;
}
