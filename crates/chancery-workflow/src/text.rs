//! Text that people typed: bounded, one line, nothing hidden.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::TextError;

/// Words of a person or for a person: a title, a reason, a name. 1 to 2,000 bytes, not blank, without control characters
/// and without the characters that turn the direction of text (Unicode bidi controls), so that what is shown is what was
/// recorded. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Arc<str>);

impl Text {
    /// The most bytes.
    pub const MOST: usize = 2000;

    /// Takes words.
    ///
    /// # Errors
    /// [`TextError`] if there is nothing in it, too much, or something that cannot be seen.
    pub fn new(text: &str) -> Result<Self, TextError> {
        if text.trim().is_empty() {
            return Err(TextError::Empty);
        }
        if text.len() > Self::MOST {
            return Err(TextError::TooLong { length: text.len(), most: Self::MOST });
        }
        match text.char_indices().find(|(_, character)| is_hidden(*character)) {
            Some((offset, character)) => Err(TextError::Hidden { offset, character }),
            None => Ok(Self(text.into())),
        }
    }

    /// Words that this crate writes itself, short and plain; never those of anybody else.
    pub(crate) fn of_ours(words: &str) -> Self {
        Self(words.into())
    }

    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Control characters, and the bidi controls of Unicode (embeddings, overrides, isolates, marks).
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

impl TryFrom<&str> for Text {
    type Error = TextError;

    fn try_from(text: &str) -> Result<Self, TextError> {
        Self::new(text)
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words;
        impl serde::de::Visitor<'_> for Words {
            type Value = Text;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text of a person")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Text, E> {
                Text::new(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_refused() {
        assert!(Text::new("I agree, 同意します").is_ok());
        assert_eq!(Text::new(" \u{a0}"), Err(TextError::Empty));
        assert!(matches!(Text::new("a\nBcc: b"), Err(TextError::Hidden { offset: 1, .. })));
        assert!(Text::new("pay \u{202e}001 USD").is_err(), "reads otherwise than it is");
        assert!(Text::new(&"x".repeat(2001)).is_err());
    }
}
