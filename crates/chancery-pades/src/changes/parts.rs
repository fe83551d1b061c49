//! Entries of which it makes no difference whether their value stands in them, or is an object of its own.
//!
//! Elsewhere an object is known by its number: a layer, a page, an annotation, a destination is what others refer to, and
//! a copy of it is another thing, even if it says the same. So this is a list of what products rewrite, and readers only
//! look through.

use chancery_pdf::{Object, Reference};

use super::values::number;

/// Entries that are dictionaries.
const DICTIONARIES: [&str; 12] = [
    "AcroForm",
    "AP",
    "BS",
    "ColorSpace",
    "DR",
    "ExtGState",
    "Font",
    "MK",
    "Pattern",
    "Resources",
    "Shading",
    "XObject",
];
/// Entries that are lists. What stands in them is known by its number.
const LISTS: [&str; 3] = ["Annots", "Fields", "ProcSet"];
/// Entries that are texts.
const TEXTS: [&str; 1] = ["DA"];
/// Entries that are numbers, or lists of them, whole or not where readers make no difference: coordinates, sizes, colours.
const MEASURES: [&str; 21] = [
    "MediaBox",
    "CropBox",
    "BleedBox",
    "TrimBox",
    "ArtBox",
    "Rect",
    "BBox",
    "RD",
    "QuadPoints",
    "Vertices",
    "L",
    "InkList",
    "Matrix",
    "C",
    "IC",
    "BC",
    "BG",
    "CA",
    "ca",
    "Border",
    "UserUnit",
];
/// Entries that are one number, whole or not: lists of the same name are the widths of a font, in which the codes are whole.
const WIDTHS: [&str; 1] = ["W"];
/// Entries that are whole numbers.
const COUNTS: [&str; 1] = ["Length"];

/// Whether the number of an entry may be whole or not.
pub(super) fn is_measure(key: &[u8]) -> bool {
    are_measures(key) || has(&WIDTHS, key)
}

/// Whether the numbers in a list may be whole or not.
pub(super) fn are_measures(key: &[u8]) -> bool {
    has(&MEASURES, key)
}

/// Whether a value of this entry says the same in an object of its own.
pub(super) fn is_part(key: &[u8], value: &Object) -> bool {
    match value {
        Object::Dictionary(_) => has(&DICTIONARIES, key),
        Object::String(_) => has(&TEXTS, key),
        Object::Integer(_) => is_measure(key) || has(&COUNTS, key),
        Object::Real(_) => is_measure(key) && number(value).is_some(),
        Object::Array(elements) if are_measures(key) => elements.iter().all(is_of_numbers),
        Object::Array(_) => has(&LISTS, key),
        _ => false,
    }
}

/// Whether a value can be known by its number, so that it counts who else refers to it.
pub(super) const fn may_be_known(value: &Object) -> bool {
    matches!(value, Object::Dictionary(_) | Object::Array(_))
}

/// Whether who refers to an object by this entry only looks through it.
pub(super) fn looks_through(key: &str) -> bool {
    let key = key.as_bytes();
    [&DICTIONARIES[..], &LISTS, &MEASURES].iter().any(|known| has(known, key))
}

/// Calls `tell` for every object that is the value of such an entry.
pub(super) fn each_part(value: &Object, tell: &mut impl FnMut(Reference)) {
    if let Object::Array(elements) = value {
        elements.iter().for_each(|element| each_part(element, tell));
    }
    let Some(dictionary) = value.as_dictionary() else { return };
    for (key, value) in dictionary.iter() {
        match value {
            Object::Reference(reference) => {
                if key.as_str().is_some_and(looks_through) {
                    tell(*reference);
                }
            }
            value => each_part(value, tell),
        }
    }
}

fn is_of_numbers(value: &Object) -> bool {
    match value {
        Object::Array(elements) => elements.iter().all(is_of_numbers),
        value => number(value).is_some(),
    }
}

fn has(known: &[&str], key: &[u8]) -> bool {
    known.iter().any(|known| known.as_bytes() == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Object {
        Object::parse(text.as_bytes()).unwrap().0
    }

    #[test]
    fn only_what_readers_look_through_is_a_part() {
        for (key, value) in [
            ("Resources", "<</Font<<>>>>"),
            ("Annots", "[1 0 R]"),
            ("DA", "(/Helv 0 Tf)"),
            ("CropBox", "[0 0 1 1.5]"),
            ("Border", "[0 0 1[3 2]]"),
            ("Length", "7"),
        ] {
            assert!(is_part(key.as_bytes(), &parsed(value)), "{key} {value}");
        }
        for (key, value) in [
            ("MC0", "<</Type/OCG>>"),
            ("Kids", "[1 0 R]"),
            ("Parent", "<<>>"),
            ("Resources", "[1 0 R]"),
            ("Annots", "<<>>"),
            ("CropBox", "[0 0 1 1-5]"),
            ("CropBox", "[0 0 1 5 0 R]"),
            ("Rect", "<<>>"),
            ("V", "(x)"),
        ] {
            assert!(!is_part(key.as_bytes(), &parsed(value)), "{key} {value}");
        }
    }

    #[test]
    fn parts_are_found_however_deep() {
        let mut found = Vec::new();
        let value = parsed("<</A[<</Resources 1 0 R/V 2 0 R>>]/Annots 3 0 R/Kids[4 0 R]>>");
        each_part(&value, &mut |reference| found.push(reference.number));
        found.sort_unstable();
        assert_eq!(found, [1, 3]);
    }
}
