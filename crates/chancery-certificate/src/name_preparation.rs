//! Text and names made ready to be compared (RFC 5280, 7.1; RFC 4518).

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfkc};

use crate::asn1::{Asn1Error, Element, Reader, tag};
use crate::name_parts::read_attribute;
use crate::printable::misleads;

/// A distinguished name as it is compared (RFC 5280, 7.1): two names match if their prepared forms are equal.
///
/// What is left out does not matter to a comparison: the string type, upper and lower case, runs of white space, the
/// order of the attributes within one relative name, and characters that are drawn as nothing. Made by
/// [`Name::prepared`](crate::Name::prepared); a good key for a map.
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct PreparedName(Vec<u8>);

impl PreparedName {
    /// Every part with its length in front, so that none runs into the next: a name that begins with the bytes of
    /// another begins with its relative names.
    pub(crate) fn of(name: &Element<'_>) -> Result<Self, Asn1Error> {
        let mut prepared = Vec::with_capacity(256);
        let mut names = name.reader();
        while !names.is_empty() {
            let attributes = names.expect(tag::SET)?.reader();
            let mut rest = attributes.clone();
            let mut count: usize = 0;
            while !rest.is_empty() {
                rest.element()?;
                count += 1;
            }
            prepared.extend_from_slice(&count.to_be_bytes());
            prepare_attributes(attributes, count, &mut prepared)?;
        }
        Ok(Self(prepared))
    }

    /// Whether this name lies within `base`: begins with the same relative names (RFC 5280, 4.2.1.10).
    #[must_use]
    pub fn is_within(&self, base: &Self) -> bool {
        self.0.starts_with(&base.0)
    }
}

/// In place of the tag of a string; no tag of one byte is this.
const TEXT: u8 = 0x1f;

/// The attributes of one relative name: a set, so that their order does not matter.
fn prepare_attributes(mut set: Reader<'_>, count: usize, prepared: &mut Vec<u8>) -> Result<(), Asn1Error> {
    if count == 1 {
        let (attribute, value) = read_attribute(&mut set)?;
        prepare_attribute(&attribute, &value, prepared);
        return Ok(());
    }
    let mut sorted = Vec::new();
    while !set.is_empty() {
        let (attribute, value) = read_attribute(&mut set)?;
        let mut one = Vec::new();
        prepare_attribute(&attribute, &value, &mut one);
        sorted.push(one);
    }
    sorted.sort();
    sorted.iter().for_each(|one| prepared.extend_from_slice(one));
    Ok(())
}

/// Text is compared as text whatever its type; what is no text only with the same bytes of the same type.
fn prepare_attribute(attribute: &Element<'_>, value: &Element<'_>, prepared: &mut Vec<u8>) {
    let text = value.borrowed_text().ok();
    let text = text.as_deref().map(prepare_text);
    let (kind, value) = match &text {
        Some(text) => (TEXT, text.as_bytes()),
        None => (value.tag, value.content),
    };
    for part in [attribute.content, &[kind], value] {
        prepared.extend_from_slice(&part.len().to_be_bytes());
        prepared.extend_from_slice(part);
    }
}

/// Text as `caseIgnoreMatch` compares it, which is what RFC 5280, 7.1 asks of names: prepared as RFC 4518, 2 says,
/// with the mappings and the normalisation of today's Unicode instead of those of version 3.2.
///
/// Characters that are drawn as nothing are left out, compatibility forms and upper case become their plain selves,
/// runs of white space one space, and none remains at the edges. Characters that RFC 4518 prohibits, such as those of
/// private use, stand for themselves.
///
/// ```
/// use chancery_certificate::prepare_text;
///
/// assert_eq!(prepare_text("  Straße\u{200b}  ＣＡ "), "strasse ca");
/// ```
#[must_use]
pub fn prepare_text(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return prepare_ascii(text);
    }
    let mut prepared = once(text);
    // Normalisation makes new upper case now and then, and leaving out brings new neighbours together; it settles
    // at once for nearly everything.
    for _ in 0..3 {
        let next = once(&prepared);
        if next == prepared {
            break;
        }
        prepared = next;
    }
    Cow::Owned(prepared)
}

fn once(text: &str) -> String {
    let kept: String = text.chars().filter(|character| !is_nothing(*character)).collect();
    let plain: String = if is_nfkc(&kept) { kept } else { kept.nfkc().collect() };
    let mut folded = String::with_capacity(plain.len());
    plain.chars().for_each(|character| fold(character, &mut folded));
    let normal: String = folded.nfkc().filter(|character| !is_nothing(*character)).collect();
    collapse(&normal)
}

fn prepare_ascii(text: &str) -> Cow<'_, str> {
    let ready = |byte: u8| byte.is_ascii_graphic() && !byte.is_ascii_uppercase();
    if text.bytes().all(ready) {
        return Cow::Borrowed(text);
    }
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Owned(prepare_printable(text));
    }
    let kept = text.chars().filter(|character| !is_nothing(*character));
    let folded: String = kept.map(|character| character.to_ascii_lowercase()).collect();
    Cow::Owned(collapse(&folded))
}

/// What nearly every name is made of, in one walk: small letters, and one space where there were any.
fn prepare_printable(text: &str) -> String {
    let mut prepared = String::with_capacity(text.len());
    let mut apart = false;
    for byte in text.bytes() {
        if byte == b' ' {
            apart = !prepared.is_empty();
            continue;
        }
        if std::mem::take(&mut apart) {
            prepared.push(' ');
        }
        prepared.push(char::from(byte.to_ascii_lowercase()));
    }
    prepared
}

/// RFC 4518, 2.6.1: white space matters only where it parts words.
fn collapse(text: &str) -> String {
    let mut collapsed = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !collapsed.is_empty() {
            collapsed.push(' ');
        }
        collapsed.push_str(word);
    }
    collapsed
}

/// RFC 4518, 2.2: what is mapped to nothing, with the invisible characters that Unicode has gained since.
fn is_nothing(character: char) -> bool {
    (misleads(character) && !character.is_whitespace())
        || character == '\u{fffc}'
        || character == '\u{6dd}'
        || character == '\u{70f}'
}

/// Full case folding: by way of capitals, which unite what small letters keep apart (ß and ss, σ and ς).
fn fold(character: char, folded: &mut String) {
    // The dotless i shares its capital with i, and is another letter (CaseFolding.txt keeps them apart).
    if character == '\u{131}' {
        folded.push(character);
        return;
    }
    let capitals = character.to_lowercase().flat_map(char::to_uppercase);
    folded.extend(capitals.flat_map(char::to_lowercase));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_looks_the_same_is_the_same() {
        let same = [
            ("Good CA", "good ca"),
            ("  Good \t  CA\u{a0}", "good ca"),
            ("Go\u{200b}od\u{ad} \u{feff}CA\u{2060}", "good ca"),
            ("Ｇｏｏｄ　ＣＡ", "good ca"),
            ("Caf\u{65}\u{301}", "café"),
            ("CAFÉ", "café"),
            ("STRASSE", "straße"),
            ("STRAẞE", "straße"),
            ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"),
            ("ﬁnance", "finance"),
            ("℡", "tel"),
            ("Good\0CA", "goodca"),
            ("\u{1100}\u{1161}", "\u{ac00}"),
            ("K", "k"),
            ("A\u{fe0f}", "a"),
            ("A\u{e0100}", "a"),
            ("A\u{115f}\u{3164}", "a"),
        ];
        for (left, right) in same {
            assert_eq!(prepare_text(left), prepare_text(right), "{left:?}");
        }
    }

    #[test]
    fn what_looks_different_is_different() {
        let different = [
            ("good ca", "goodca"),
            ("fırma", "firma"),
            ("а", "a"),
            ("o", "0"),
            ("a\u{e000}", "a"),
            ("é", "e"),
        ];
        for (left, right) in different {
            assert_ne!(prepare_text(left), prepare_text(right), "{left:?}");
        }
    }

    proptest! {
        #[test]
        fn the_quick_walk_is_the_long_way(text in "[ -~]{0,40}|[ aA]{0,9}") {
            prop_assert_eq!(prepare_text(&text).into_owned(), once(&text));
        }

        #[test]
        fn what_is_prepared_stays_as_it_is(text in any::<String>()) {
            let prepared = prepare_text(&text).into_owned();
            prop_assert_eq!(prepare_text(&prepared).into_owned(), prepared);
        }

        #[test]
        fn case_space_and_invisible_characters_do_not_matter(words in prop::collection::vec("[a-zäöüßéñ]{1,8}", 1..5)) {
            let plain = words.join(" ");
            let dressed = format!(" {}\u{200d}  ", words.join("\u{2009}\u{2003}\u{200b}").to_uppercase());
            prop_assert_eq!(prepare_text(&plain), prepare_text(&dressed));
        }
    }
}
