//! What a signature means.

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// What a signature means, from the closed list of 21 CFR 11.50(a)(3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Meaning {
    /// The signer has reviewed it.
    Review,
    /// The signer approves it.
    Approval,
    /// The signer is responsible for it.
    Responsibility,
    /// The signer is its author.
    Authorship,
}

impl Meaning {
    /// Every meaning.
    pub const ALL: [Self; 4] = [Self::Review, Self::Approval, Self::Responsibility, Self::Authorship];

    /// The words that stand in a signature and in its record, in English; the catalogue of notices has them in other
    /// languages, for what people see.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Review => "I have reviewed this document",
            Self::Approval => "I approve this document",
            Self::Responsibility => "I am responsible for this document",
            Self::Authorship => "I am the author of this document",
        }
    }

    /// The meaning of these words, if they are among the list.
    #[must_use]
    pub fn of(text: &Text) -> Option<Self> {
        Self::ALL.into_iter().find(|meaning| meaning.words() == text.as_str())
    }

    /// The words, as a signing session takes them.
    #[must_use]
    pub fn text(self) -> Text {
        Text::of_ours(self.words())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_meaning_is_read_as_it_is_written_and_nothing_else_is() {
        for meaning in Meaning::ALL {
            assert_eq!(Meaning::of(&meaning.text()), Some(meaning));
            assert_eq!(Text::new(meaning.words()), Ok(meaning.text()));
        }
        assert_eq!(Meaning::of(&Text::new("I approve").unwrap()), None);
    }
}
