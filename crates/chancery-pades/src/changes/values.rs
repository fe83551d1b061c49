//! Small questions about objects.

use std::collections::BTreeSet;

use chancery_pdf::{Dictionary, Object, View};

use crate::references::each_reference;

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

pub(super) fn mentions(value: &Object, number: u32) -> bool {
    let mut found = false;
    each_reference(value, &mut |reference| found |= reference.number == number);
    found
}

/// The keys whose values are not the same in both, missing ones included.
pub(super) fn differing_keys(old: &Dictionary, new: &Dictionary) -> Vec<String> {
    let keys: BTreeSet<String> = old
        .iter()
        .chain(new.iter())
        .map(|(key, _)| String::from_utf8_lossy(key.as_bytes()).into_owned())
        .collect();
    keys.into_iter().filter(|key| old.get(key) != new.get(key)).collect()
}
