//! One change, and what it needs.

use chancery_ades::{Finding, Place};

/// One change: what it needs to be allowed, and what to say.
#[derive(Clone)]
pub(super) struct Found {
    pub(super) need: Need,
    /// The full name of the field that was signed, filled or added, which a lock may forbid.
    pub(super) field: Option<String>,
    pub(super) finding: Finding,
}

/// What a change needs, from what everybody may to what nobody may.
#[derive(Copy, Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Need {
    /// Nothing: it is never a change of the document's content.
    Nothing,
    /// Nothing either, unless nothing at all may change: it says the same in other words.
    Rewriting,
    /// That signing is allowed.
    Signing,
    /// That a signer may lay something new over a page, where there was no field for it.
    Placing,
    /// That filling in forms is allowed.
    Filling,
    /// That comments are allowed.
    Annotating,
    /// It is not explained, so nothing allows it.
    Unexplained,
}

impl Found {
    /// An object that cannot be read may refer to anything: nothing can be said about what uses what.
    pub(super) fn unreadable(number: u32) -> Self {
        let text = "an object of the signed document cannot be read, so what uses it is not known";
        let finding = Finding::warning("object-unreadable", text).at(Place::Object(number));
        Self { need: Need::Unexplained, field: None, finding }
    }
}
