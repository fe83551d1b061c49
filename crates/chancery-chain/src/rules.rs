//! What a path must keep to besides its signatures: RFC 5280 §6.1, and what its anchor is trusted for.

pub(crate) mod anchor;
pub(crate) mod constraints;
pub(crate) mod hosts;
pub(crate) mod judge;
pub(crate) mod mailboxes;
pub(crate) mod name_constraints;
pub(crate) mod name_constraints_error;
pub(crate) mod names;
pub(crate) mod no_revocation;
pub(crate) mod place;
pub(crate) mod policies;
pub(crate) mod profile;
pub(crate) mod purpose;
pub(crate) mod usages;
