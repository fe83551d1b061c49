//! One change, and what it needs.

use chancery_ades::{Finding, Place};

use crate::lock::Lock;

/// One change: what it needs to be allowed, and what to say.
#[derive(Clone)]
pub(super) struct Found {
    pub(super) need: Need,
    /// The full name of the field that was signed or added, which a lock may forbid.
    pub(super) field: Option<String>,
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

impl Found {
    /// Whether one of the locks forbids it.
    pub(super) fn is_locked(&self, locks: &[Lock]) -> bool {
        self.field.as_ref().is_some_and(|field| locks.iter().any(|lock| lock.fields.locks(field)))
    }

    /// An object that cannot be read may refer to anything: nothing can be said about what uses what.
    pub(super) fn unreadable(number: u32) -> Self {
        let text = "an object of the signed document cannot be read, so what uses it is not known";
        let finding = Finding::warning("object-unreadable", text).at(Place::Object(number));
        Self { need: Need::Unexplained, field: None, finding }
    }
}
