//! Small questions about objects.

use std::collections::BTreeSet;

use chancery_pdf::{Dictionary, Name, Object, View};

pub(super) fn root_number(view: &View<'_>) -> Option<u32> {
    view.trailer().get("Root").and_then(Object::as_reference).map(|reference| reference.number)
}

pub(super) fn type_name(object: &Object) -> Option<String> {
    let name = object.as_dictionary()?.get("Type")?.as_name()?;
    Some(String::from_utf8_lossy(name.as_bytes()).into_owned())
}

pub(super) fn is_type(object: &Object, name: &str) -> bool {
    let kind = object.as_dictionary().and_then(|dictionary| dictionary.get("Type"));
    kind.and_then(Object::as_name).is_some_and(|kind| kind.as_bytes() == name.as_bytes())
}

/// Whether a key stands twice in a dictionary, however deep.
pub(super) fn has_key_twice(object: &Object) -> bool {
    match object {
        Object::Array(elements) => elements.iter().any(has_key_twice),
        Object::Dictionary(_) | Object::Stream(_) => object.as_dictionary().is_some_and(|dictionary| {
            !dictionary.duplicates().is_empty() || dictionary.iter().any(|(_, value)| has_key_twice(value))
        }),
        _ => false,
    }
}

/// Whether an entry is exactly four numbers: of anything else, lenient readers make a rectangle of their own.
pub(super) fn is_rectangle(view: &View<'_>, dictionary: &Dictionary, key: &str) -> bool {
    let number = |number: &Object| view.resolve(number).ok()?.as_number().filter(|number| number.is_finite());
    let value = view.value(dictionary, key).ok();
    let elements = value.as_ref().and_then(Object::as_array).unwrap_or_default();
    elements.len() == 4 && elements.iter().all(|element| number(element).is_some())
}

/// Whether an entry is a rectangle that covers something.
pub(super) fn is_visible_rectangle(view: &View<'_>, dictionary: &Dictionary, key: &str) -> bool {
    let value = view.value(dictionary, key).ok();
    let elements = value.as_ref().and_then(Object::as_array).unwrap_or_default();
    let numbers: Vec<f64> =
        elements.iter().filter_map(|number| view.resolve(number).ok()?.as_number()).collect();
    matches!(numbers.as_slice(), [left, bottom, right, top] if left != right && bottom != top)
}

/// The keys whose values are not the same in both, missing ones included.
pub(super) fn differing_keys(old: &Dictionary, new: &Dictionary) -> Vec<String> {
    let value = |dictionary: &Dictionary, key: &Name| {
        dictionary.iter().filter(|(other, _)| *other == key).last().map(|(_, value)| value.clone())
    };
    let keys: BTreeSet<Name> = old.iter().chain(new.iter()).map(|(key, _)| key.clone()).collect();
    let differs = |key: &Name| value(old, key) != value(new, key);
    keys.into_iter().filter(differs).map(|key| String::from_utf8_lossy(key.as_bytes()).into_owned()).collect()
}
