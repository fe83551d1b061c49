//! Signatures that an earlier revision had and the newest has no more: whoever signs after that does not say so.

use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

use chancery_ades::{Finding, Place};
use chancery_pdf::{Document, Object, PdfError, Reference, View};

use crate::PadesError;
use crate::followed::{Followed, Passage};
use crate::form::Field;
use crate::form_history::{FormHistory, FormStep};

/// The first ones tell enough.
const MAX_TOLD: usize = 8;

/// Every signature that a field ever held, as far as the form was followed.
#[derive(Default)]
pub(crate) struct Had<'d> {
    /// The name of the field, and the revision that shows it first.
    signatures: BTreeMap<Reference, (String, View<'d>)>,
    /// From this revision on nobody could follow the form.
    given_up: Option<usize>,
}

impl<'d> Had<'d> {
    /// Notes what the fields hold in a revision.
    pub(crate) fn note(&mut self, view: &View<'d>, passage: &Passage, followed: &Followed) {
        match passage {
            Passage::Whole => {
                self.note_fields(view, followed.form().into_iter().flat_map(FormHistory::fields));
            }
            Passage::Step(step) => self.note_fields(view, now(step)),
            Passage::Lost => {}
            Passage::GivenUp => self.given_up = self.given_up.or(Some(view.revision())),
        }
    }

    fn note_fields(&mut self, view: &View<'d>, fields: impl IntoIterator<Item = Rc<Field>>) {
        for field in fields {
            if let Some(value) = value(&field) {
                self.signatures.entry(value).or_insert_with(|| (field.name.clone(), *view));
            }
        }
    }

    /// Tells of signatures that were taken out; `signed` are the fields that hold one now.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn tell(self, document: &Document<'_>, signed: &[Field]) -> Result<Vec<Finding>, PadesError> {
        let kept: HashSet<Reference> = signed.iter().filter_map(value).collect();
        let latest = document.latest();
        let mut told: Vec<Finding> = self.given_up.map(given_up).into_iter().collect();
        for (value, (field, view)) in self.signatures {
            // One that was written over is another one.
            let is_kept = kept.contains(&value) && view.entry(value.number)? == latest.entry(value.number)?;
            if !is_kept && told.len() < MAX_TOLD && is_signature(&view, value)? {
                let text = format!(
                    "the field {field} is signed in this revision, and the newest shows that signature no more"
                );
                let place = Place::Revision(view.revision() + 1);
                told.push(Finding::warning("signature-removed", text).at(place));
            }
        }
        Ok(told)
    }
}

fn given_up(revision: usize) -> Finding {
    let text = "the form cannot be made out again and again, so nobody knows who signed it once";
    Finding::warning("form-unreadable", text).at(Place::Revision(revision + 1))
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
    let value = match view.object(value) {
        Err(PdfError::Read(error)) => return Err(PdfError::Read(error).into()),
        value => value.ok(),
    };
    Ok(value.as_ref().and_then(Object::as_dictionary).is_some_and(|value| value.get("ByteRange").is_some()))
}
