//! Judging in retrospect: what existed when, and until when each link of a chain could be relied on
//! (ETSI EN 319 102-1, 5.6.2).

pub(crate) mod control;
pub(crate) mod proofs;
pub(crate) mod settle;
pub(crate) mod slide;
