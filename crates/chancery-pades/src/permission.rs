//! What the encryption of a document permits (ISO 32000-2, 7.6.4.2, table 22).

use chancery_pdf::{Document, Permission};

use crate::PadesError;
use crate::form::Field;

/// Refuses what the author of an encrypted document denies to its users: filling in a field that is there, or making one.
/// Owners may do everything. Timestamps over the document are not asked about: they belong to its signatures, not to its
/// form.
///
/// # Errors
/// [`PadesError::NotPermitted`].
pub(crate) fn check(document: &Document<'_>, field: Option<&Field>) -> Result<(), PadesError> {
    let (needed, what) = match field {
        Some(_) => (Permission::FillFields, "fill in and sign fields"),
        None => (Permission::CreateFields, "add a signature field"),
    };
    match document.permissions() {
        Some(permissions) if !permissions.allows(needed) => Err(PadesError::NotPermitted { what }),
        _ => Ok(()),
    }
}
