//! Arrays that get one more element.

use chancery_pdf::{Dictionary, Increment, Object, Reference, View};

use crate::PadesError;

/// Where an array was that an element was appended to.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Appended {
    /// In the dictionary itself, which has to be written.
    Here,
    /// In an object of its own, which was written.
    Elsewhere,
}

/// Appends a reference to an array that is the value of a key, or begins the array.
///
/// # Errors
/// If the array cannot be read, or not be written.
pub(crate) fn append_to_array(
    view: &View<'_>,
    increment: &mut Increment<'_>,
    dictionary: &mut Dictionary,
    key: &str,
    element: Reference,
) -> Result<Appended, PadesError> {
    let before = view.value(dictionary, key)?;
    let mut array = before.as_array().map(<[Object]>::to_vec).unwrap_or_default();
    array.push(Object::Reference(element));
    match dictionary.get(key).and_then(Object::as_reference) {
        Some(reference) if before.as_array().is_some() => {
            increment.put(reference, &Object::Array(array))?;
            Ok(Appended::Elsewhere)
        }
        _ => {
            dictionary.set(key, Object::Array(array));
            Ok(Appended::Here)
        }
    }
}
