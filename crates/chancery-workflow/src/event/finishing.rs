//! From the last act to the download.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::acting::Acting;
use crate::event::facts::facts;
use crate::grant::DownloadGrant;
use crate::id::{ContentDigest, GrantId, PartyId};
use crate::status::Artifact;
use crate::text::Text;

facts! {
    /// Somebody begins to finish it.
    "envelope.finalize-started" FinalizeStarted {
        /// The number of the attempt, from 1.
        attempt: u32,
        /// Until when nobody else begins.
        until: Timestamp,
        /// When.
        at: Timestamp,
    }
    /// That failed.
    "envelope.finalize-failed" FinalizeFailed {
        /// Which attempt.
        attempt: u32,
        /// Why.
        error: Text,
        /// When.
        at: Timestamp,
    }
    /// It is completed.
    "envelope.completed" Completed {
        /// By which attempt.
        attempt: u32,
        /// What came of it.
        artifacts: Vec<Artifact>,
        /// When.
        at: Timestamp,
    }
    /// An operator gave up.
    "envelope.failed" Failed {
        /// Who.
        by: Acting,
        /// When.
        at: Timestamp,
    }
    /// A party may download.
    "envelope.download-granted" DownloadGranted {
        /// What, until when.
        grant: DownloadGrant,
        /// When.
        at: Timestamp,
    }
    /// A party downloaded.
    "envelope.downloaded" Downloaded {
        /// By which grant.
        grant: GrantId,
        /// Who.
        party: PartyId,
        /// What.
        artifact: ContentDigest,
        /// When.
        at: Timestamp,
    }
}
