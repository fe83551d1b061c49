//! Which objects refer to the ones that later revisions changed.

use std::collections::{BTreeMap, BTreeSet};

use chancery_pdf::{Change, Object, Reference, View};

use crate::PadesError;

/// Who refers to the objects of interest, in a revision and what came before it. Made by one walk over the objects of
/// the oldest revision, and continued with what each later one changed.
pub(crate) struct References {
    to: BTreeMap<u32, BTreeSet<u32>>,
    interesting: BTreeSet<u32>,
}

impl References {
    /// Walks over every object of a revision.
    ///
    /// # Errors
    /// If the file cannot be read. An object that is damaged refers to nothing.
    pub(crate) fn of(view: &View<'_>, interesting: &BTreeSet<u32>) -> Result<Self, PadesError> {
        let mut references = Self { to: BTreeMap::new(), interesting: interesting.clone() };
        for reference in view.references()? {
            references.add_object(view, reference)?;
        }
        Ok(references)
    }

    /// Continues with the objects that a revision changed.
    pub(crate) fn add(&mut self, view: &View<'_>, changed: &[Change]) -> Result<(), PadesError> {
        for change in changed {
            if let Some(generation) = change.after.and_then(|entry| entry.generation_in_use()) {
                self.add_object(view, Reference::new(change.number, generation))?;
            }
        }
        Ok(())
    }

    /// The numbers of the objects that refer to this one.
    pub(crate) fn to(&self, number: u32) -> impl Iterator<Item = u32> {
        self.to.get(&number).into_iter().flatten().copied()
    }

    fn add_object(&mut self, view: &View<'_>, from: Reference) -> Result<(), PadesError> {
        let object = match view.object(from) {
            Ok(object) => object,
            Err(chancery_pdf::PdfError::Read(error)) => {
                return Err(chancery_pdf::PdfError::Read(error).into());
            }
            Err(_) => return Ok(()),
        };
        let Self { to, interesting } = self;
        each_reference(&object, &mut |reference| {
            if interesting.contains(&reference.number) && reference.number != from.number {
                to.entry(reference.number).or_default().insert(from.number);
            }
        });
        Ok(())
    }
}

/// Calls `tell` for every reference in a value.
pub(crate) fn each_reference(value: &Object, tell: &mut impl FnMut(Reference)) {
    match value {
        Object::Reference(reference) => tell(*reference),
        Object::Array(elements) => elements.iter().for_each(|element| each_reference(element, tell)),
        Object::Dictionary(dictionary) => {
            dictionary.iter().for_each(|(_, value)| each_reference(value, tell));
        }
        Object::Stream(stream) => {
            stream.dictionary().iter().for_each(|(_, value)| each_reference(value, tell));
        }
        _ => {}
    }
}
