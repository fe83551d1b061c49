//! Locks that are asked about many changes.

use std::collections::HashSet;

use super::found::{Found, Need};
use crate::lock::{FieldLock, Lock};

/// A lock with its names in a set: a signature may lock thousands of fields, and thousands may have changed.
pub(super) enum Locked<'l> {
    All,
    Only(HashSet<&'l str>),
    AllExcept(HashSet<&'l str>),
}

impl<'l> Locked<'l> {
    pub(super) fn new(lock: &'l Lock) -> Self {
        let set = |names: &'l [String]| names.iter().map(String::as_str).collect();
        match &lock.fields {
            FieldLock::All => Self::All,
            FieldLock::Only(names) => Self::Only(set(names)),
            FieldLock::AllExcept(names) => Self::AllExcept(set(names)),
        }
    }

    /// Whether it forbids a change: of the field that it is about, or of what all fields look like, locked ones too.
    pub(super) fn forbids(&self, found: &Found) -> bool {
        match (&found.field, self) {
            (Some(_), Self::All) => true,
            (Some(field), Self::Only(names)) => is_named(names, field),
            (Some(field), Self::AllExcept(names)) => !is_named(names, field),
            (None, Self::Only(names)) => found.need == Need::Filling && !names.is_empty(),
            (None, Self::All | Self::AllExcept(_)) => found.need == Need::Filling,
        }
    }
}

/// Whether a field, or a group that it stands in, is among the names.
fn is_named(names: &HashSet<&str>, field: &str) -> bool {
    let groups = field.match_indices('.').filter_map(|(end, _)| field.get(..end));
    groups.chain([field]).any(|name| names.contains(name))
}

#[cfg(test)]
mod tests {
    use chancery_ades::Finding;

    use super::*;

    #[test]
    fn names_are_looked_up_as_locks_take_them() {
        let names = ["seller".to_owned(), "buyer.date".to_owned(), String::new()];
        for some in [&names[..2], &names[..], &[]] {
            let fields = [
                "seller",
                "seller.name",
                "sellers",
                "buyer",
                "buyer.date",
                "buyer.date.day",
                "",
                ".a",
                "a..b",
            ];
            for field in fields {
                for lock in
                    [FieldLock::Only(some.to_vec()), FieldLock::AllExcept(some.to_vec()), FieldLock::All]
                {
                    let lock = Lock { fields: lock, allowed: None };
                    let finding = Finding::information("signature-added", "");
                    let found = Found { need: Need::Signing, field: Some(field.to_owned()), finding };
                    assert_eq!(
                        Locked::new(&lock).forbids(&found),
                        lock.fields.locks(field),
                        "{lock:?}: {field:?}"
                    );
                }
            }
        }
    }
}
