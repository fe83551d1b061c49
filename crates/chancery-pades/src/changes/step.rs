//! From one revision to the next: what both have in common, and what nothing explains.

use std::cell::RefCell;
use std::rc::Rc;

use chancery_pdf::{Change, Entry, Object, PdfError, Reference, View};

use super::budget::Budget;
use super::field_value::Choice;
use super::found::Found;
use super::judgement::Judgement;
use super::looks::Looks;
use super::objection::objection_of;
use super::page_content::Contents;
use super::page_numbers::PageNumbers;
use super::states::States;
use super::values::{has_key_twice, is_type};
use crate::PadesError;
use crate::form_history::FormStep;
use crate::references::{References, each_reference};
use crate::store_history::StoreStep;

/// From one revision to the next.
pub(super) struct Step<'s, 'd> {
    /// The oldest revision of interest: what was signed.
    pub(super) signed: View<'d>,
    pub(super) old: View<'d>,
    pub(super) new: View<'d>,
    pub(super) references: &'s References,
    pub(super) form: &'s FormStep,
    pub(super) store: &'s StoreStep,
    pub(super) pages: &'s PageNumbers<'d>,
    /// What is left of the work for all revisions.
    pub(super) budget: &'s Budget,
    pub(super) states: &'s States,
    pub(super) contents: &'s Contents,
    /// The options of a choice field that are an object of their own, as they were read last.
    pub(super) options: RefCell<Option<(Reference, Rc<Vec<Choice>>)>>,
    /// What fields share that are drawn anew.
    pub(super) looks: RefCell<Looks>,
}

impl Step<'_, '_> {
    pub(super) fn judge(&self, changed: &[Change]) -> Result<Vec<Found>, PadesError> {
        let mut judgement = Judgement::new(changed);
        refuse_other_generations(&mut judgement);
        self.pass_over_what_is_the_same(&mut judgement)?;
        self.refuse_what_was_laid_out(&mut judgement)?;
        self.judge_trailer(&mut judgement)?;
        self.judge_writing(&mut judgement)?;
        let (old_root, old_catalog) = self.old.catalog()?;
        let (new_root, new_catalog) = self.new.catalog()?;
        if old_root != new_root {
            judgement.unexplained(
                "catalog-replaced",
                "another catalog takes the place of the signed one",
                None,
            );
            return Ok(judgement.found);
        }
        self.find_kids(&mut judgement)?;
        self.judge_form(&mut judgement, &old_catalog, &new_catalog)?;
        self.judge_store(&mut judgement, &old_catalog, &new_catalog)?;
        self.judge_metadata(&mut judgement, &old_catalog, &new_catalog)?;
        self.judge_catalog(&mut judgement, new_root, &old_catalog, &new_catalog)?;
        self.judge_pages(&mut judgement)?;
        self.judge_drawn(&mut judgement)?;
        self.explain_unused(&mut judgement)?;
        judgement.tell_rewritten();
        self.judge_the_rest(&mut judgement)?;
        Ok(judgement.found)
    }

    /// An object that was written again as it was is no change; containers of objects are judged by what is in them.
    pub(super) fn pass_over_what_is_the_same(&self, judgement: &mut Judgement) -> Result<(), PadesError> {
        let (mut same, mut rewritten) = (Vec::new(), Vec::new());
        for change in judgement.changed.values() {
            let (before, after) = (self.before(change)?, self.after(change)?);
            // Only a new stream to which nothing referred before: else it could be what a page shows.
            let container = matches!(after, Object::Stream(_))
                && (is_type(&after, "XRef") || is_type(&after, "ObjStm"))
                && judgement.is_new(change.number)
                && !self.references.is_used(change.number);
            // What cannot be read is not the same as anything.
            let read = readable(&self.new, change.number, change.after)?.is_some();
            let same_place = !has_other_generation(change);
            if (read && same_place && self.same(&before, &after)?) || container {
                same.push(change.number);
            } else if read && same_place && !judgement.is_new(change.number) {
                rewritten.push((change.number, before, after));
            }
        }
        judgement.explained.extend(same);
        for (number, before, after) in rewritten {
            let alike = self.says_the_same(judgement, "", (Some(&before), Some(&after)));
            if matches!(objection_of(alike)?, Ok(true)) {
                judgement.explained.insert(number);
            }
        }
        Ok(())
    }

    /// The changed objects that were there before and belong to another one without a name of their own.
    fn find_kids(&self, judgement: &mut Judgement) -> Result<(), PadesError> {
        for change in judgement.open() {
            let after = self.after(&change)?;
            let kid = after.as_dictionary().filter(|kid| kid.get("T").is_none());
            let parent = kid.and_then(|kid| kid.get("Parent")).and_then(Object::as_reference);
            if let Some(parent) = parent.filter(|_| !judgement.is_new(change.number)) {
                judgement.kids.entry(parent.number).or_default().push(change.number);
            }
        }
        Ok(())
    }

    /// What the signed document already referred to, though it was not there, was laid out beforehand to be filled in;
    /// and a dictionary with a key twice is read in two ways.
    fn refuse_what_was_laid_out(&self, judgement: &mut Judgement) -> Result<(), PadesError> {
        for change in judgement.open() {
            let number = change.number;
            if judgement.is_new(number) && self.references.is_used(number) {
                let text = "an object was filled in that the signed document already referred to";
                judgement.explained.insert(number);
                judgement.unexplained("dangling-reference-filled", text, Some(number));
            }
            if has_key_twice(&self.after(&change)?) {
                let text = "a dictionary has a key twice, so readers take it in two ways";
                judgement.unexplained("duplicate-key", text, Some(number));
            }
        }
        Ok(())
    }

    /// Marks the new objects that a value leads to.
    pub(super) fn explain_new_objects(
        &self,
        judgement: &mut Judgement,
        value: &Object,
    ) -> Result<(), PadesError> {
        let mut waiting = vec![value.clone()];
        while let Some(value) = waiting.pop() {
            let mut found = Vec::new();
            each_reference(&value, &mut |reference| found.push(reference));
            for reference in found {
                if judgement.is_new(reference.number) && judgement.explained.insert(reference.number) {
                    waiting.push(self.new.object(reference)?);
                }
            }
        }
        Ok(())
    }

    /// What a changed object was; null if it was not there, or could not be read.
    pub(super) fn before(&self, change: &Change) -> Result<Object, PadesError> {
        Ok(readable(&self.old, change.number, change.before)?.unwrap_or(Object::Null))
    }

    /// What a changed object is; null if it is not there, or cannot be read.
    pub(super) fn after(&self, change: &Change) -> Result<Object, PadesError> {
        Ok(readable(&self.new, change.number, change.after)?.unwrap_or(Object::Null))
    }

    pub(super) fn same(&self, before: &Object, after: &Object) -> Result<bool, PadesError> {
        match (before, after) {
            (Object::Stream(old), Object::Stream(new)) => {
                Ok(old.dictionary() == new.dictionary() && self.old.raw(old)? == self.new.raw(new)?)
            }
            _ => Ok(before == after),
        }
    }
}

/// Whether a number that was in use is in use under another generation: references to the older one lead to nothing now.
fn has_other_generation(change: &Change) -> bool {
    let generation = |entry: Option<Entry>| entry.and_then(|entry| entry.generation_in_use());
    match (generation(change.before), generation(change.after)) {
        (Some(before), Some(after)) => before != after,
        _ => false,
    }
}

/// Whatever such an object holds, readers that follow the standard lose what was signed, and others do not.
fn refuse_other_generations(judgement: &mut Judgement) {
    let moved = judgement.changed.values().filter(|change| has_other_generation(change));
    let moved: Vec<u32> = moved.map(|change| change.number).collect();
    for number in moved {
        let text =
            "an object was written again under another generation, so what refers to it leads to nothing";
        judgement.unexplained("generation-changed", text, Some(number));
    }
}

/// An object by its entry, null if it is not in use; `None` if it cannot be read.
pub(super) fn readable(
    view: &View<'_>,
    number: u32,
    entry: Option<Entry>,
) -> Result<Option<Object>, PadesError> {
    let generation = entry.and_then(|entry| entry.generation_in_use());
    let Some(generation) = generation else { return Ok(Some(Object::Null)) };
    match view.object(Reference::new(number, generation)) {
        Err(PdfError::Read(error)) => Err(PdfError::Read(error).into()),
        object => Ok(object.ok()),
    }
}
