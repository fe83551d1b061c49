//! What the author of a certified document allows (ISO 32000-2, 12.8.2.2).

use chancery_pdf::{Dictionary, Object, View};

use crate::PadesError;

/// The access permissions of a certification signature, `/P` (ISO 32000-2, table 257), from strict to lax.
#[derive(Copy, Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum ChangesAllowed {
    /// 1: nothing but long-term data and document timestamps.
    None,
    /// 2: filling in forms and signing.
    FormFilling,
    /// 3: annotations too.
    Annotations,
}

/// What the certification of the document in this revision allows; `None` if it is not certified.
///
/// # Errors
/// If the objects that say so cannot be read.
pub(crate) fn changes_allowed(view: &View<'_>) -> Result<Option<ChangesAllowed>, PadesError> {
    let (_, catalog) = view.catalog()?;
    let permissions = view.value(&catalog, "Perms")?;
    let Some(permissions) = permissions.as_dictionary() else { return Ok(None) };
    let signature = view.value(permissions, "DocMDP")?;
    signature.as_dictionary().map_or(Ok(None), |signature| allowed_by(view, signature))
}

/// What a signature dictionary allows, if it certifies the document.
///
/// # Errors
/// If the objects that say so cannot be read.
pub(crate) fn allowed_by(
    view: &View<'_>,
    signature: &Dictionary,
) -> Result<Option<ChangesAllowed>, PadesError> {
    let references = view.value(signature, "Reference")?;
    for reference in references.as_array().unwrap_or_default() {
        let reference = view.resolve(reference)?;
        let Some(reference) = reference.as_dictionary() else { continue };
        if view
            .value(reference, "TransformMethod")?
            .as_name()
            .is_none_or(|method| method.as_bytes() != b"DocMDP")
        {
            continue;
        }
        let parameters = view.value(reference, "TransformParams")?;
        let level =
            parameters.as_dictionary().map_or(Ok(Object::Null), |parameters| view.value(parameters, "P"))?;
        return Ok(Some(match level.as_integer() {
            Some(3) => ChangesAllowed::Annotations,
            // 2 is the default; whatever else stands there allows nothing.
            Some(2) | None => ChangesAllowed::FormFilling,
            Some(_) => ChangesAllowed::None,
        }));
    }
    Ok(None)
}
