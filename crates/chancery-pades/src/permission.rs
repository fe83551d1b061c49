//! What the encryption of a document permits (ISO 32000-2, 7.6.4.2, table 22).

use chancery_pdf::{Permission, Permissions};

use crate::PadesError;
use crate::form::Field;

/// Refuses what the author of an encrypted document denies to its users: filling in a field that is there, or making one.
/// Owners may do everything. Timestamps over the document are not asked about: they belong to its signatures, not to its
/// form.
///
/// # Errors
/// [`PadesError::NotPermitted`].
pub(crate) fn check(permissions: Option<Permissions>, field: Option<&Field>) -> Result<(), PadesError> {
    let (needed, what) = match field {
        Some(_) => (Permission::FillFields, "fill in and sign fields"),
        None => (Permission::CreateFields, "add a signature field"),
    };
    match permissions {
        Some(permissions) if !permissions.allows(needed) => Err(PadesError::NotPermitted { what }),
        _ => Ok(()),
    }
}
