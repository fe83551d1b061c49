//! The catalogs that were read last: who goes from revision to revision asks for each of them many times.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::object::Dictionary;
use crate::reference::Reference;

/// The revision before, this one, the newest, and one that was signed.
const KEPT: usize = 4;

/// The catalogs of some revisions, the one used last first.
#[derive(Default)]
pub(crate) struct Catalogs {
    kept: Mutex<VecDeque<(usize, (Reference, Dictionary))>>,
}

impl Catalogs {
    /// That of a revision, if it is kept.
    pub(crate) fn get(&self, revision: usize) -> Option<(Reference, Dictionary)> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let place = kept.iter().position(|(other, _)| *other == revision)?;
        let found = kept.remove(place)?;
        let catalog = found.1.clone();
        kept.push_front(found);
        Some(catalog)
    }

    pub(crate) fn keep(&self, revision: usize, catalog: &(Reference, Dictionary)) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.truncate(KEPT - 1);
        kept.push_front((revision, catalog.clone()));
    }
}
