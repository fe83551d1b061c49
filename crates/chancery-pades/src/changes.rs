//! What later revisions changed, object by object, by rules that reject by default (pyHanko's difference analysis is the
//! model). The list of what is allowed, and why, is decision 0007.
//!
//! Two revisions that follow each other are a [`Step`]; what is known of its changed objects is a
//! [`Judgement`](judgement::Judgement). [`Step::judge`] asks the rules one after another. Each explains objects, and says
//! what it [`Found`] and what that needs; what nobody explained at the end is unexplained. In this order:
//!
//! 1. **The same again**: `step` takes out what is the same; `rewrites` what is the same in other words, for the entries
//!    in `parts`. `step` and `written` refuse what was laid out beforehand and what readers see differently; `trailer`
//!    judges the trailer.
//! 2. **The form**: `form` goes through the fields that came, went or changed. A signature: `widgets` and `holders` (whose
//!    widget it is). Any other field: `filling`, with `field_entries` (which entries), `filled` and `field_value` (what it
//!    says), `states` (buttons), `rich_text`, and `look`: `look_fonts` (drawn with what), `look_value` (does it show the
//!    value: `drawn_text`, `glyphs` and `letters` for what is certainly another one, `plain_look` for what everybody
//!    sees). The form's own entries: `form_entries` and `style`.
//! 3. **Beside the content**: `data` (long-term data, metadata), `catalog` (extensions, versions, private data).
//! 4. **Pages**: `pages` and `annotations` (lists of annotations), `comments` and `extent` (where they are seen).
//! 5. **Over the content**: `appearance` tells what widgets show and where, with `covering` and `toggled` (what hides
//!    something) and `page_content` (what lies beneath).
//! 6. **The rest**: `unused` (new objects to which nothing leads) and `rest` (named by nature, object and page).
//!
//! Then `allowance` and `locked` compare what was found with what each signature allows, and `later` writes it into the
//! reports. Used throughout: `walks` (through new objects), `values` (small questions), `inherited`, `budget` (what all of
//! it may cost), `objection` (why a rule says no), `page_numbers`.

mod allowance;
mod annotations;
mod appearance;
mod budget;
mod catalog;
mod comments;
mod covering;
mod data;
mod drawn_text;
mod extent;
mod field_entries;
mod field_value;
mod filled;
mod filling;
mod form;
mod form_entries;
mod found;
mod glyphs;
mod holders;
mod inherited;
mod judgement;
mod later;
mod letters;
mod locked;
mod look;
mod look_fonts;
mod look_value;
mod looks;
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
