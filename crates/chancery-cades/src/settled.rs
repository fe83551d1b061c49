//! What was found out about a signature and stays true while it grows.

use std::collections::HashSet;
use std::sync::Arc;

use chancery_chain::Evidence;
use jiff::Timestamp;

/// The timestamps of a signature that lie under an archive timestamp. Whoever adds to the signature need not read them
/// again: no new evidence is needed for them, whatever is added, and what they carry is known.
///
/// This is for those who add to a signature, and what they make is judged by others. Nobody judges by it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settled {
    /// Their hashes, as the catalogue makes them.
    hashes: Arc<HashSet<Vec<u8>>>,
    /// The certificates, CRLs and OCSP answers inside them.
    carried: Evidence,
    /// The time of the youngest.
    youngest: Option<Timestamp>,
    /// Whether an archive timestamp was found whose authority can be asked about.
    pub(crate) under_archive: bool,
}

impl Settled {
    /// The hashes of the timestamps.
    pub(crate) fn hashes(&self) -> &HashSet<Vec<u8>> {
        &self.hashes
    }

    /// The certificates, CRLs and OCSP answers inside them.
    pub(crate) fn carried(&self) -> &Evidence {
        &self.carried
    }

    /// The time of the youngest.
    pub(crate) fn youngest(&self) -> Option<Timestamp> {
        self.youngest
    }

    /// Adds a timestamp, what is inside it, and its time if it matches. One without a hash was signed with the content,
    /// and is read again each time.
    pub(crate) fn add(&mut self, hash: Option<Vec<u8>>, carried: &Evidence, time: Option<Timestamp>) {
        let Some(hash) = hash else { return };
        Arc::make_mut(&mut self.hashes).insert(hash);
        self.carried.extend(carried.clone());
        self.youngest = self.youngest.max(time);
    }
}
