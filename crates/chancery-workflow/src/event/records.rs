//! After the end: what holds, what is kept.

use chancery_auth::UserId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::facts::facts;
use crate::id::{ContentDigest, EnvelopeId, HoldId};
use crate::user;

facts! {
    /// Another envelope took its place.
    "envelope.superseded" Superseded {
        /// Which.
        by: EnvelopeId,
        /// When.
        at: Timestamp,
    }
    /// It was revoked.
    "envelope.revoked" Revoked {
        /// When.
        at: Timestamp,
    }
    /// It must be kept for a case.
    "envelope.hold-set" LegalHoldSet {
        /// The number of the hold.
        hold: HoldId,
        /// Who said so.
        #[serde(with = "user")]
        by: UserId,
        /// When.
        at: Timestamp,
    }
    /// It need not be kept any more for one case.
    "envelope.hold-released" LegalHoldReleased {
        /// The number of the hold that is over.
        hold: HoldId,
        /// Who said so.
        #[serde(with = "user")]
        by: UserId,
        /// When.
        at: Timestamp,
    }
    /// Its documents are to be removed.
    "envelope.purge-queued" PurgeQueued {
        /// Who said so.
        #[serde(with = "user")]
        by: UserId,
        /// When.
        at: Timestamp,
    }
    /// Its documents were removed; this record and the digests stay.
    "envelope.purged" Purged {
        /// Of what only the digest stays.
        kept: Vec<ContentDigest>,
        /// When.
        at: Timestamp,
    }
}
