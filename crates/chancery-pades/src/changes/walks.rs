//! Walks through the new objects that a value leads to. What several values share is walked through once for all of them,
//! whatever came of it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use chancery_pdf::Object;

use super::judgement::Judgement;
use super::objection::{Stop, objection_of};
use super::step::Step;
use crate::references::each_reference;

/// The objects through which walks led, with what spoke against those that did.
#[derive(Default)]
pub(super) struct Walks {
    seen: RefCell<BTreeMap<u32, Option<&'static str>>>,
}

impl Step<'_, '_> {
    /// The new objects that a value leads to and no walk before did, or why it may not: it leads to what was there before,
    /// or one of them is `refused`.
    pub(super) fn walk(
        &self,
        judgement: &Judgement,
        walks: &Walks,
        value: &Object,
        refused: fn(&Object) -> bool,
    ) -> Result<Result<BTreeSet<u32>, &'static str>, Stop> {
        let mut here = BTreeSet::new();
        let mut seen = walks.seen.borrow_mut();
        let mut against = None;
        let mut waiting = references(value);
        while let (Some(reference), None) = (waiting.pop(), against) {
            against = match seen.get(&reference.number) {
                Some(known) => *known,
                None if !judgement.is_new(reference.number) => Some("leads to what was there before"),
                None if here.insert(reference.number) => {
                    match objection_of(self.new.object(reference).map_err(Stop::from))? {
                        Ok(object) => {
                            waiting.extend(references(&object));
                            refused(&object).then_some("hides or does something")
                        }
                        Err(_) => Some("leads to what cannot be read"),
                    }
                }
                None => None,
            };
        }
        // Of one that ended early not all is known; what shares objects with it is refused with it.
        seen.extend(here.iter().map(|number| (*number, against)));
        Ok(match against {
            None => Ok(here),
            Some(against) => Err(against),
        })
    }
}

fn references(value: &Object) -> Vec<chancery_pdf::Reference> {
    let mut found = Vec::new();
    each_reference(value, &mut |reference| found.push(reference));
    found
}
