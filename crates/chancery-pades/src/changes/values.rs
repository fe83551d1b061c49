//! Small questions about objects.

use std::collections::{BTreeSet, HashMap};

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
    let number = |stated: &Object| number(&view.resolve(stated).ok()?).filter(|number| number.is_finite());
    let value = view.value(dictionary, key).ok();
    let elements = value.as_ref().and_then(Object::as_array).unwrap_or_default();
    elements.len() == 4 && elements.iter().all(|element| number(element).is_some())
}

/// Whether an entry is a rectangle that covers something.
pub(super) fn is_visible_rectangle(view: &View<'_>, dictionary: &Dictionary, key: &str) -> bool {
    let value = view.value(dictionary, key).ok();
    let elements = value.as_ref().and_then(Object::as_array).unwrap_or_default();
    let numbers: Vec<f64> =
        elements.iter().filter_map(|stated| number(&view.resolve(stated).ok()?)).collect();
    matches!(numbers.as_slice(), [left, bottom, right, top] if left != right && bottom != top)
}

/// What a number is to all readers: of what only looks like one (`300-0`, `3.0.0`), each makes what it likes.
pub(super) fn number(object: &Object) -> Option<f64> {
    let well_formed = match object {
        Object::Real(real) => {
            let text = real.text();
            let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
            let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
            let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            let some = !(whole.is_empty() && fraction.is_empty());
            text.len() <= LONGEST && digits(whole) && digits(fraction) && some
        }
        object => object.as_integer().is_some(),
    };
    object.as_number().filter(|_| well_formed)
}

/// Readers have room for so many digits, and more than any number needs; where there are more, each leaves off elsewhere.
const LONGEST: usize = 32;

/// The value of a key by its bytes: a name need not be text.
pub(super) fn entry<'d>(dictionary: &'d Dictionary, key: &Name) -> Option<&'d Object> {
    dictionary.iter().filter(|(other, _)| *other == key).last().map(|(_, value)| value)
}

/// The keys whose values are not the same in both, missing ones included.
pub(super) fn differing_keys(old: &Dictionary, new: &Dictionary) -> Vec<Name> {
    let values = |dictionary| -> HashMap<&Name, &Object> { Dictionary::iter(dictionary).collect() };
    let (before, after) = (values(old), values(new));
    let keys: BTreeSet<&Name> = before.keys().chain(after.keys()).copied().collect();
    keys.into_iter().filter(|key| before.get(key) != after.get(key)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_sign_one_point_and_a_digit() {
        let parsed = |text: &str| {
            let (object, _) = Object::parse(format!("[{text}]").as_bytes()).unwrap();
            number(&object.as_array().unwrap()[0])
        };
        for (text, value) in [("300", 300.0), ("+300", 300.0), ("-.5", -0.5), ("4.", 4.0), ("0.25", 0.25)] {
            assert_eq!(parsed(text), Some(value), "{text}");
        }
        let long = format!("{}300.", "0".repeat(LONGEST));
        for text in [long.as_str(), "300-0", "300-", "3-00", "--300", "+-300", "300.0.0", "-", ".", "+."] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }

    #[test]
    fn names_that_are_no_text_are_told_apart() {
        let with = |key: &[u8], value: i64| {
            let mut dictionary = Dictionary::new();
            dictionary.set(Name::new(key), value);
            dictionary
        };
        let name = Name::new(&b"H\xE9"[..]);
        assert_eq!(differing_keys(&with(b"H\xE9", 1), &with(b"H\xE9", 2)), vec![name.clone()]);
        assert_eq!(differing_keys(&with(b"H\xE9", 1), &with(b"H\xE8", 1)).len(), 2);
        assert_eq!(entry(&with(b"H\xE9", 1), &name), Some(&Object::Integer(1)));
        assert_eq!(entry(&with(b"H\xE8", 1), &name), None);
    }
}
