//! Text that people gave: short, and showing what it is.

use std::fmt;

use chancery_certificate::misleads;
use serde::{Deserialize, Serialize};

use crate::text_error::TextFault;

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident, $what:literal, $most:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The longest, in bytes.
            pub const MOST: usize = $most;

            /// Takes a text.
            ///
            /// # Errors
            /// [`TextFault`] if it is empty, too long, begins or ends with white space, or holds a character that makes
            /// text look like another: control, bidirectional, zero-width.
            pub fn new(text: impl Into<String>) -> Result<Self, TextFault> {
                let text = text.into();
                check($what, $most, &text)?;
                Ok(Self(text))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextFault;

            fn try_from(text: String) -> Result<Self, TextFault> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

texts! {
    /// A name that is shown to people: of an organisation, a seal, a counterparty; also a reason.
    ///
    /// ```
    /// use chancery_seal::Label;
    ///
    /// assert!(Label::new("Contract seal").is_ok());
    /// assert!(Label::new("Contract\u{202e}laes").is_err());
    /// ```
    Label, "a name", 200;
    /// The name of a file, as it was given.
    FileName, "a file name", 255;
    /// What a caller repeats when it asks a second time for the same use of a seal. The same key signs once. It stays in the log
    /// for ever: no name of a person belongs into it.
    UseKey, "the key of a use", 128;
}

fn check(what: &'static str, most: usize, text: &str) -> Result<(), TextFault> {
    if text.is_empty() {
        return Err(TextFault::Empty { what });
    }
    if text.len() > most {
        return Err(TextFault::TooLong { what, found: text.len(), most });
    }
    if text.trim() != text {
        return Err(TextFault::WhiteSpace { what });
    }
    match text.char_indices().find(|(_, character)| misleads(*character)) {
        Some((offset, character)) => {
            Err(TextFault::Misleading { what, offset, character: u32::from(character) })
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_shows_what_it_is() {
        for bad in ["", " x", "x\n", "a\0b", "a\u{202e}b", "a\u{200b}b", "\u{feff}a", &"x".repeat(201)] {
            assert!(Label::new(bad).is_err(), "{bad:?}");
        }
        assert_eq!(
            FileName::new("invoice\u{202e}fdp.exe"),
            Err(TextFault::Misleading { what: "a file name", offset: 7, character: 0x202e })
        );
        assert!(serde_json::from_str::<Label>("\"a\\u0000b\"").is_err(), "also when it is read back");
        assert!(Label::new("株式会社 印").is_ok());
    }
}
