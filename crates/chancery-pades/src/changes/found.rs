//! One change, and what it needs.

use chancery_ades::Finding;

/// One change: what it needs to be allowed, and what to say.
#[derive(Clone)]
pub(super) struct Found {
    pub(super) need: Need,
    pub(super) finding: Finding,
}

/// What a change needs.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(super) enum Need {
    /// Nothing: it is never a change of the document's content.
    Nothing,
    /// That signing is allowed.
    Signing,
    /// It is not explained, so nothing allows it.
    Unexplained,
}
