//! What fields and pages inherit from the nodes above them (ISO 32000-2, 7.7.3.4 and table 226).

use chancery_pdf::{Dictionary, Object, View};

use super::budget::BYTE;
use super::objection::Stop;
use super::step::Step;

impl Step<'_, '_> {
    /// An entry that fields inherit from the groups above them (ISO 32000-2, table 226).
    pub(super) fn inherited(&self, field: &Dictionary, key: &str) -> Result<Object, Stop> {
        self.inherited_in(&self.new, field, key)
    }

    /// The same in any revision.
    pub(super) fn inherited_in(
        &self,
        view: &View<'_>,
        field: &Dictionary,
        key: &str,
    ) -> Result<Object, Stop> {
        let mut node = field.clone();
        for _ in 0..MAX_DEPTH {
            let value = view.value(&node, key)?;
            if !value.is_null() {
                return Ok(value);
            }
            match view.value(&node, "Parent")? {
                Object::Dictionary(parent) => {
                    // It is read for each field of the group.
                    self.budget.spend(size(&parent), 4 * BYTE)?;
                    node = parent;
                }
                _ => break,
            }
        }
        Ok(Object::Null)
    }
}

/// The entries of a dictionary, and of the lists in it.
fn size(dictionary: &Dictionary) -> usize {
    dictionary.iter().map(|(_, value)| 1 + value.as_array().map_or(0, <[Object]>::len)).sum()
}

/// Fields nest no deeper.
const MAX_DEPTH: usize = 32;
