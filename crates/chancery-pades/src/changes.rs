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
mod trailer;
mod unused;
mod values;
mod walks;
mod widgets;
mod written;

use std::cell::RefCell;
use std::collections::BTreeSet;

use chancery_pdf::{Change, Document, Object, PdfError, Reference, View};

use crate::PadesError;
use crate::changeable::Seen;
use crate::form_history::FormHistory;
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

/// The changes of every revision after `first`; `answered` is the last one for which somebody answers. Where all objects are
/// looked at, `seen` is told.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn since(
    document: &Document<'_>,
    first: usize,
    answered: Option<usize>,
    seen: &mut Seen,
) -> Result<Vec<RevisionChanges>, PadesError> {
    let views: Vec<View<'_>> =
        (first..document.revisions().len()).filter_map(|index| document.at(index)).collect();
    let mut steps = Vec::new();
    for pair in views.windows(2) {
        steps.push(pair[1].changed_since(&pair[0])?);
    }
    let mut interesting: BTreeSet<u32> = steps.iter().flatten().map(|change| change.number).collect();
    for (view, changed) in views.iter().zip(&steps) {
        interesting.extend(parts(view, changed)?);
    }
    let Some(oldest) = views.first().filter(|_| !steps.is_empty()) else { return Ok(Vec::new()) };
    let looked_at = seen.come_to(oldest, &[]);
    let mut look = |place, object: &Object| {
        if looked_at {
            seen.look_at(place, object);
        }
    };
    let mut references = References::of(oldest, &interesting, &mut look)?;
    let unreadable = references.unreadable();
    let mut form = FormHistory::read(oldest)?;
    let mut store = StoreHistory::read(oldest)?;
    let pages = PageNumbers::of(document.latest());
    let (budget, states, contents) = (Budget::new(), States::default(), Contents::default());
    let mut all = Vec::new();
    for (pair, changed) in views.windows(2).zip(&steps) {
        let (old, new) = (pair[0], pair[1]);
        states.forget(changed);
        let step = Step {
            signed: *oldest,
            old,
            new,
            references: &references,
            form: &form.advance(&new, changed)?,
            store: &store.advance(&new, changed)?,
            pages: &pages,
            budget: &budget,
            states: &states,
            contents: &contents,
            options: RefCell::new(None),
            looks: RefCell::default(),
        };
        let mut found = step.judge(changed)?;
        found.extend(unreadable.map(Found::unreadable));
        let revision = new.revision();
        let answerable = if Some(revision) <= answered { Answerable::Signer } else { Answerable::Nobody };
        all.push(RevisionChanges { revision, answerable, found });
        let looked_at = seen.come_to(&new, changed);
        references.add(&new, changed, |place, object| {
            if looked_at {
                seen.look_at(place, object);
            }
        })?;
    }
    Ok(all)
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
