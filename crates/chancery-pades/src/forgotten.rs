//! Signatures that an earlier revision had and the newest has no more: whoever signs after that does not say so.

use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

use chancery_ades::{Finding, Place};
use chancery_pdf::{Document, Object, PdfError, Reference, View};

use crate::PadesError;
use crate::form::Field;
use crate::form_history::{FormHistory, FormStep};

/// The first ones tell enough.
const MAX_TOLD: usize = 8;
/// A form is read whole at the beginning, and where the one before it cannot be made out.
const MAX_STARTS: usize = 16;

/// Every signature that a field ever held: the name of the field, and the revision that shows it first.
type Had<'d> = BTreeMap<Reference, (String, View<'d>)>;

/// Tells of signatures that were taken out; `signed` are the fields that hold one now.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn tell(document: &Document<'_>, signed: &[Field]) -> Result<Vec<Finding>, PadesError> {
    let kept: HashSet<Reference> = signed.iter().filter_map(value).collect();
    let mut had = Had::new();
    let mut told = Vec::new();
    let mut starts = 0;
    let mut before: Option<(View<'_>, FormHistory)> = None;
    for view in (0..document.revisions().len()).filter_map(|index| document.at(index)) {
        let next = match before.take() {
            Some((old, mut form)) => readable(advance(&mut form, &old, &view))?.map(|step| {
                note(&mut had, &view, now(&step));
                form
            }),
            None if starts == MAX_STARTS => {
                let text = "the form cannot be made out again and again, so nobody knows who signed it once";
                told.push(Finding::warning("form-unreadable", text).at(Place::Revision(view.revision() + 1)));
                break;
            }
            None => {
                starts += 1;
                let form = readable(FormHistory::read(&view))?;
                form.iter().for_each(|form| note(&mut had, &view, form.fields()));
                form
            }
        };
        before = next.map(|form| (view, form));
    }
    let latest = document.latest();
    for (value, (field, view)) in had {
        // One that was written over is another one.
        let is_kept = kept.contains(&value) && view.entry(value.number)? == latest.entry(value.number)?;
        if !is_kept && told.len() < MAX_TOLD && is_signature(&view, value)? {
            let text = format!(
                "the field {field} is signed in this revision, and the newest shows that signature no more"
            );
            told.push(Finding::warning("signature-removed", text).at(Place::Revision(view.revision() + 1)));
        }
    }
    Ok(told)
}

/// Notes the signatures in these fields, and the revision that shows them first.
fn note<'d>(had: &mut Had<'d>, view: &View<'d>, fields: impl IntoIterator<Item = Rc<Field>>) {
    for field in fields {
        if let Some(value) = value(&field) {
            had.entry(value).or_insert_with(|| (field.name.clone(), *view));
        }
    }
}

fn advance(form: &mut FormHistory, old: &View<'_>, new: &View<'_>) -> Result<FormStep, PadesError> {
    form.advance(new, &new.changed_since(old)?)
}

/// What an old revision makes of its form is no fault of the newest: what cannot be made out is passed over.
fn readable<T>(result: Result<T, PadesError>) -> Result<Option<T>, PadesError> {
    match result {
        Err(PadesError::Pdf(PdfError::Read(error))) => Err(PdfError::Read(error).into()),
        result => Ok(result.ok()),
    }
}

/// The fields that are new or changed in a revision.
fn now(step: &FormStep) -> impl Iterator<Item = Rc<Field>> {
    let touched = step.touched.iter().map(|(_, now)| now);
    step.added.iter().map(|added| &added.field).chain(touched).map(Rc::clone)
}

fn value(field: &Field) -> Option<Reference> {
    field.is_signature().then(|| field.value.as_ref().and_then(Object::as_reference)).flatten()
}

/// Whether a value says what it covers, as a signature does.
fn is_signature(view: &View<'_>, value: Reference) -> Result<bool, PadesError> {
    let value = readable(view.object(value).map_err(PadesError::from))?;
    Ok(value.as_ref().and_then(Object::as_dictionary).is_some_and(|value| value.get("ByteRange").is_some()))
}
