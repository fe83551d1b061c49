//! The catalog of a revision in the making.

use chancery_pdf::{Dictionary, Increment, Object, Reference, View};

use crate::PadesError;

/// The catalog of a revision in the making. Several things change it (the form, permissions, extensions, the security
/// store): they all change this one, and it is written once, and only if it is not what it was.
pub(crate) struct Catalog<'d> {
    view: View<'d>,
    reference: Reference,
    before: Dictionary,
    now: Dictionary,
}

impl<'d> Catalog<'d> {
    /// The catalog in force, to be changed.
    ///
    /// # Errors
    /// If the document has none that can be read.
    pub(crate) fn of(view: View<'d>) -> Result<Self, PadesError> {
        let (reference, before) = view.catalog()?;
        let now = before.clone();
        Ok(Self { view, reference, before, now })
    }

    /// The revision that is continued.
    pub(crate) const fn view(&self) -> View<'d> {
        self.view
    }

    /// Where it stands.
    pub(crate) const fn reference(&self) -> Reference {
        self.reference
    }

    /// The catalog with what was changed so far.
    pub(crate) const fn dictionary(&self) -> &Dictionary {
        &self.now
    }

    /// Sets an entry of the catalog itself.
    pub(crate) fn set(&mut self, key: &str, value: impl Into<Object>) {
        self.now.set(key, value);
    }

    /// Sets the value of a key where it stands, once for each key: in the object that the key refers to, or in the
    /// catalog itself. What is as it was is not written again. A reference to nothing is not filled in: to a verifier,
    /// that would be an object laid out beforehand.
    ///
    /// # Errors
    /// If what was there cannot be read, or the object not be written.
    pub(crate) fn put(
        &mut self,
        increment: &mut Increment<'_>,
        key: &str,
        value: impl Into<Object>,
    ) -> Result<(), PadesError> {
        let value = value.into();
        let Some(reference) = self.now.get(key).and_then(Object::as_reference) else {
            self.set(key, value);
            return Ok(());
        };
        let is_new = self.before.get(key) != Some(&Object::Reference(reference));
        let before = if is_new { Object::Null } else { self.view.object(reference)? };
        if before.is_null() && !is_new {
            self.set(key, value);
        } else if before != value {
            increment.put(reference, &value)?;
        }
        Ok(())
    }

    /// Writes the catalog, if it changed.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(crate) fn write(self, increment: &mut Increment<'_>) -> Result<(), PadesError> {
        if self.now != self.before {
            increment.put(self.reference, &self.now.into())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use chancery_pdf::{Appended, Document};

    use super::*;

    const FILE: &[u8] = b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Direct 1/Apart 2 0 R/Missing 7 0 R>>\nendobj\n\
        2 0 obj\n<</Size 1>>\nendobj\n\
        xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000077 00000 n \n\
        trailer\n<</Root 1 0 R/Size 3>>\nstartxref\n104\n%%EOF\n";

    fn appended(change: impl FnOnce(&mut Catalog<'_>, &mut Increment<'_>)) -> Appended {
        let file = FILE.to_vec();
        let document = Document::open(&file).unwrap();
        let mut increment = Increment::new(&document);
        let mut catalog = Catalog::of(document.latest()).unwrap();
        change(&mut catalog, &mut increment);
        catalog.write(&mut increment).unwrap();
        increment.finish().unwrap()
    }

    fn size(number: i64) -> Dictionary {
        [("Size", number)].into_iter().collect()
    }

    #[test]
    fn what_is_as_it_was_is_not_written() {
        let nothing = appended(|catalog, increment| {
            catalog.set("Direct", 1_i64);
            catalog.put(increment, "Direct", 1_i64).unwrap();
            catalog.put(increment, "Apart", size(1)).unwrap();
        });
        let written = [1, 2].map(|number| nothing.object_offset(Reference::new(number, 0)));
        assert_eq!(written, [None, None]);
    }

    #[test]
    fn a_value_is_written_where_it_stands() {
        let apart = appended(|catalog, increment| catalog.put(increment, "Apart", size(2)).unwrap());
        let written = [1, 2].map(|number| apart.object_offset(Reference::new(number, 0)).is_some());
        assert_eq!(written, [false, true]);
        let direct = appended(|catalog, increment| {
            catalog.put(increment, "Direct", 2_i64).unwrap();
            catalog.put(increment, "New", 3_i64).unwrap();
        });
        let written = [1, 2].map(|number| direct.object_offset(Reference::new(number, 0)).is_some());
        assert_eq!(written, [true, false]);
    }

    #[test]
    fn a_reference_to_nothing_is_not_filled_in() {
        let appended = appended(|catalog, increment| {
            catalog.put(increment, "Missing", size(1)).unwrap();
            assert_eq!(catalog.dictionary().get("Missing"), Some(&size(1).into()));
        });
        assert!(appended.object_offset(Reference::new(7, 0)).is_none());
    }
}
