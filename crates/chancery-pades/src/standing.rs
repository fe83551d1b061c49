//! What stands in a document before a signature is placed in it.

use chancery_pdf::{Dictionary, Document};

use crate::PadesError;
use crate::catalog::Catalog;
use crate::form::{Field, fields, form};

/// What stands in a document before a signature is placed in it: read once, for all who ask.
pub(crate) struct Standing<'d> {
    pub(crate) document: &'d Document<'d>,
    pub(crate) catalog: Catalog<'d>,
    /// The interactive form, empty if there is none.
    pub(crate) form: Dictionary,
    /// Every field of it.
    pub(crate) fields: Vec<Field>,
}

impl<'d> Standing<'d> {
    /// Reads the newest revision.
    ///
    /// # Errors
    /// If it cannot be read, or its form is larger than any form.
    pub(crate) fn of(document: &'d Document<'d>) -> Result<Self, PadesError> {
        let catalog = Catalog::of(document.latest())?;
        let form = form(&catalog.view(), catalog.dictionary())?;
        let fields = fields(&catalog.view(), &form)?;
        Ok(Self { document, catalog, form, fields })
    }

    /// The field of this full name.
    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}
