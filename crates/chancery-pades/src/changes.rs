//! What later revisions changed, object by object, by rules that reject by default (pyHanko's difference analysis
//! is the model).
//!
//! Explained are: a further signature in a new or an empty field, fields that were filled, comments, long-term data in
//! `/DSS`, document metadata, and that something was written in another way. Every other change leaves open whether the
//! document is still what was signed.

mod allowance;
mod annotations;
mod appearance;
mod budget;
mod catalog;
mod comments;
mod covering;
mod data;
mod drawn_text;
mod field_value;
mod filling;
mod form;
mod form_entries;
mod found;
mod glyphs;
mod holders;
mod judgement;
mod later;
mod letters;
mod locked;
mod look;
mod objection;
mod page_content;
mod page_numbers;
mod pages;
mod parts;
mod plain_look;
mod rest;
mod rewrites;
mod rich_text;
mod states;
mod step;
mod style;
mod toggled;
mod trailer;
mod unused;
mod values;
mod walks;
mod widgets;
mod written;

use std::cell::RefCell;
use std::collections::BTreeSet;

use chancery_pdf::{Change, Object, PdfError, Reference, View};

use crate::PadesError;
use crate::followed::Revised;
use crate::form_history::FormStep;
use crate::lookout::Lookout;
use crate::references::References;
use crate::store_history::StoreHistory;
use allowance::Answerable;
use budget::Budget;
use found::Found;
pub(crate) use later::Later;
use page_content::Contents;
use page_numbers::PageNumbers;
use states::States;
use step::Step;

/// What one revision changed.
pub(crate) struct RevisionChanges {
    /// Counted from 0.
    revision: usize,
    answerable: Answerable,
    found: Vec<Found>,
}

impl RevisionChanges {
    /// The same where `answered` is the last revision for which somebody answers.
    pub(crate) fn answered(mut self, answered: Option<usize>) -> Self {
        self.answerable =
            if Some(self.revision) <= answered { Answerable::Signer } else { Answerable::Nobody };
        self
    }
}

/// The changes of every revision after one, judged one after another.
pub(crate) struct Changes<'d> {
    /// The oldest revision of interest: what was signed.
    signed: View<'d>,
    /// The revision that was come to.
    old: View<'d>,
    references: References,
    /// An object of what was signed that is said to be there and cannot be read.
    unreadable: Option<u32>,
    store: StoreHistory,
    pages: PageNumbers<'d>,
    budget: Budget,
    states: States,
    contents: Contents,
    judged: Vec<RevisionChanges>,
}

impl<'d> Changes<'d> {
    /// Nothing is judged yet of these later revisions. All objects of the signed one are looked at, and `lookout` sees them.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn since(
        signed: View<'d>,
        later: &[Revised<'d>],
        lookout: &mut Lookout,
    ) -> Result<Self, PadesError> {
        let mut interesting = BTreeSet::new();
        let mut old = signed;
        for revised in later {
            let changed = revised.changed()?;
            interesting.extend(changed.iter().map(|change| change.number));
            interesting.extend(parts(&old, changed)?);
            old = revised.view;
        }
        lookout.come_to(&signed, &[]);
        let references =
            References::of(&signed, &interesting, |place, object| lookout.look_at(place, object))?;
        Ok(Self {
            signed,
            old: signed,
            unreadable: references.unreadable(),
            references,
            store: StoreHistory::read(&signed)?,
            pages: PageNumbers::of(old),
            budget: Budget::new(),
            states: States::default(),
            contents: Contents::default(),
            judged: Vec::new(),
        })
    }

    /// Judges the next revision, which did this to the form.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn judge(
        &mut self,
        revised: &Revised<'d>,
        form: &FormStep,
        lookout: &mut Lookout,
    ) -> Result<(), PadesError> {
        let (new, changed) = (revised.view, revised.changed()?);
        self.states.forget(changed);
        let step = Step {
            signed: self.signed,
            old: self.old,
            new,
            references: &self.references,
            form,
            store: &self.store.advance(&new, changed)?,
            pages: &self.pages,
            budget: &self.budget,
            states: &self.states,
            contents: &self.contents,
            options: RefCell::new(None),
            looks: RefCell::default(),
        };
        let mut found = step.judge(changed)?;
        found.extend(self.unreadable.map(Found::unreadable));
        let (revision, answerable) = (new.revision(), Answerable::Nobody);
        self.judged.push(RevisionChanges { revision, answerable, found });
        lookout.come_to(&new, changed);
        self.references.add(&new, changed, |place, object| lookout.look_at(place, object))?;
        self.old = new;
        Ok(())
    }

    /// The changes, revision by revision, for which nobody answers yet.
    pub(crate) fn finish(self) -> Vec<RevisionChanges> {
        self.judged
    }
}

/// The objects that changed ones only look through, such as appearances and resources: who uses these must be known to say
/// that they belong to one of them alone, and that a copy is as good.
fn parts(view: &View<'_>, changed: &[Change]) -> Result<Vec<u32>, PadesError> {
    let mut found = Vec::new();
    for change in changed {
        let Some(generation) = change.before.and_then(|entry| entry.generation_in_use()) else { continue };
        let object = match view.object(Reference::new(change.number, generation)) {
            Err(PdfError::Read(error)) => return Err(PdfError::Read(error).into()),
            object => object.unwrap_or(Object::Null),
        };
        parts::each_part(&object, &mut |part| found.push(part.number));
    }
    Ok(found)
}
