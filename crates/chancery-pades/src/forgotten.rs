//! Signatures that an earlier revision had and the newest has no more: whoever signs after that does not say so.

use std::collections::{BTreeMap, HashSet};

use chancery_ades::{Finding, Place};
use chancery_pdf::{Document, Object, PdfError, Reference, View};

use crate::PadesError;
use crate::form::Field;
use crate::form_history::{FormHistory, FormStep};

/// The first ones tell enough.
const MAX_TOLD: usize = 8;

/// Tells of signatures that were taken out; `signed` are the fields that hold one now.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn tell(document: &Document<'_>, signed: &[Field]) -> Result<Vec<Finding>, PadesError> {
    let kept: HashSet<Reference> = signed.iter().filter_map(value).collect();
    let mut gone = BTreeMap::new();
    let mut before: Option<(View<'_>, FormHistory)> = None;
    for view in (0..document.revisions().len()).filter_map(|index| document.at(index)) {
        let next = match before.take() {
            None => readable(FormHistory::read(&view))?,
            Some((old, mut form)) => match readable(advance(&mut form, &old, &view))? {
                None => None,
                Some(step) => {
                    let taken = taken_out(&step).filter(|(value, _)| !kept.contains(value));
                    for (value, field) in taken {
                        if is_signature(&old, value)? {
                            gone.entry(value).or_insert((field, view.revision()));
                        }
                    }
                    Some(form)
                }
            },
        };
        before = next.map(|form| (view, form));
    }
    let told = gone.into_values().take(MAX_TOLD).map(|(field, revision)| {
        let text = format!("the field {field} was signed once, and the document shows that signature no more");
        Finding::warning("signature-removed", text).at(Place::Revision(revision + 1))
    });
    Ok(told.collect())
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

/// The values of signature fields that a revision took out, with the names of the fields.
fn taken_out(step: &FormStep) -> impl Iterator<Item = (Reference, String)> {
    let removed = step.removed.iter();
    let replaced = step.touched.iter().filter(|(old, new)| value(old) != value(new)).map(|(old, _)| old);
    let signatures = removed.chain(replaced).filter(|field| field.is_signature());
    signatures.filter_map(|field| Some((value(field)?, field.name.clone())))
}

fn value(field: &Field) -> Option<Reference> {
    field.is_signature().then(|| field.value.as_ref().and_then(Object::as_reference)).flatten()
}

/// Whether a value says what it covers, as a signature does.
fn is_signature(view: &View<'_>, value: Reference) -> Result<bool, PadesError> {
    let value = readable(view.object(value).map_err(PadesError::from))?;
    Ok(value.as_ref().and_then(Object::as_dictionary).is_some_and(|value| value.get("ByteRange").is_some()))
}
