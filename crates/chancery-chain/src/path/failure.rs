//! The answer when no path holds.

use std::cmp::Reverse;
use std::fmt;

use chancery_certificate::Certificate;

use crate::path::fault::{ChainFault, FaultGroup};

/// No path holds. Every candidate that was tried is kept, the most telling first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainFailure {
    // Boxed, because failures are rare and a `Result` should stay small.
    first: Box<PathFailure>,
    others: Vec<PathFailure>,
}

/// One candidate path and every rule that it breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathFailure {
    certificates: Vec<Certificate>,
    anchored: Anchored,
    first: ChainFault,
    others: Vec<ChainFault>,
}

/// Whether a candidate path ends at a trust anchor.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Anchored {
    /// Its last certificate is a trust anchor, and every signature up to it verifies.
    Yes,
    /// It ends before one, or at a signature that does not verify.
    No,
}

impl ChainFailure {
    pub(crate) fn new(first: PathFailure, mut others: Vec<PathFailure>) -> Self {
        others.insert(0, first);
        others.sort_by_key(PathFailure::rank);
        let first = Box::new(others.remove(0));
        Self { first, others }
    }

    /// The most telling fault: the first of the path that came closest.
    pub fn reason(&self) -> &ChainFault {
        &self.first.first
    }

    /// All faults of the path that came closest.
    pub fn faults(&self) -> impl Iterator<Item = &ChainFault> {
        self.first.faults()
    }

    /// All candidate paths, the most telling first. At most as many as the limits allow to be kept.
    pub fn paths(&self) -> impl Iterator<Item = &PathFailure> {
        std::iter::once(&*self.first).chain(&self.others)
    }

    /// Whether a candidate path ends at a trust anchor.
    pub(crate) fn reaches_an_anchor(&self) -> bool {
        self.paths().any(|path| path.anchored() == Anchored::Yes)
    }
}

impl PathFailure {
    pub(crate) fn new(
        certificates: Vec<Certificate>,
        anchored: Anchored,
        first: ChainFault,
        others: Vec<ChainFault>,
    ) -> Self {
        let mut faults = others;
        faults.insert(0, first);
        faults.sort_by_key(ChainFault::group);
        let first = faults.remove(0);
        Self { certificates, anchored, first, others: faults }
    }

    /// The certificates of the candidate, the judged one first.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// Whether it ends at a trust anchor.
    pub fn anchored(&self) -> Anchored {
        self.anchored
    }

    /// Its faults, the most telling first.
    pub fn faults(&self) -> impl Iterator<Item = &ChainFault> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// Paths that end at an anchor come first, those with the fewest faults before the others; then that the search
    /// was given up, since what was not tried may have held; then the paths that got furthest by signatures that
    /// verify. Among equals the kind of the fault decides.
    pub(crate) fn rank(&self) -> (u8, usize, Reverse<usize>, FaultGroup) {
        let group = self.first.group();
        let kind = match (self.anchored, group) {
            (Anchored::Yes, _) => 0,
            (Anchored::No, FaultGroup::Budget) => 1,
            (Anchored::No, _) => 2,
        };
        // The last certificate of a path with a wrong signature did not make it.
        let unproven = usize::from(matches!(self.first, ChainFault::BadSignature { .. }));
        let proven = self.certificates.len().saturating_sub(unproven);
        (kind, self.others.len(), Reverse(proven), group)
    }
}

impl fmt::Display for ChainFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first)?;
        match self.others.len() {
            0 => Ok(()),
            1 => write!(f, " (one other path fails too)"),
            more => write!(f, " ({more} other paths fail too)"),
        }
    }
}

impl fmt::Display for PathFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first)?;
        self.others.iter().try_for_each(|fault| write!(f, "; {fault}"))
    }
}

impl std::error::Error for ChainFailure {}
