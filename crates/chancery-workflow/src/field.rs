//! Fields that parties fill, and places for signatures.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::amount::Amount;
use crate::id::{DocumentId, PartyId};
use crate::text::Text;

/// A field in a document, for one party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// In which document.
    pub document: DocumentId,
    /// Whose it is. If somebody takes the party's place, it is theirs, and empty again.
    pub party: PartyId,
    /// Its name in the document.
    pub name: Text,
    /// What may stand in it.
    pub content: FieldContent,
    /// Whether the party may act without it.
    pub need: Need,
}

/// Whether something may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// It may not.
    Required,
    /// It may.
    Optional,
}

/// What may stand in a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldContent {
    /// The party's signature: a place for it. Nobody fills it by hand.
    Signature,
    /// Any text of at most so many characters.
    Text {
        /// How many characters.
        most: u32,
    },
    /// An [`Amount`] within these.
    Amount {
        /// The least.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        least: Option<Amount>,
        /// The most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        most: Option<Amount>,
    },
    /// A day: `2026-11-22`.
    Date,
    /// `yes` or `no`; where it is required, `yes`.
    CheckBox,
    /// One of these.
    OneOf(Vec<Text>),
}

impl Field {
    /// Whether this value may stand in it; if not, what would be right.
    ///
    /// # Errors
    /// What would be right.
    pub fn check(&self, value: &Text) -> Result<(), &'static str> {
        let text = value.as_str();
        let right = match &self.content {
            FieldContent::Signature => return Err("a signature is set by signing"),
            FieldContent::Text { most } => {
                (text.chars().count() <= crate::id::index(*most), "a shorter text")
            }
            FieldContent::Amount { least, most } => {
                let amount = Amount::parse(text);
                let within = |amount: &Amount| {
                    least.is_none_or(|least| least <= *amount) && most.is_none_or(|most| *amount <= most)
                };
                (amount.as_ref().is_ok_and(within), "an amount within the bounds of the field")
            }
            FieldContent::Date => {
                (text.len() == 10 && text.parse::<Date>().is_ok(), "a day, as 2026-11-22 is written")
            }
            FieldContent::CheckBox => match self.need {
                Need::Required => (text == "yes", "yes"),
                Need::Optional => (text == "yes" || text == "no", "yes or no"),
            },
            FieldContent::OneOf(choices) => (choices.contains(value), "one of the choices of the field"),
        };
        if right.0 { Ok(()) } else { Err(right.1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_checked_by_what_the_field_holds() {
        let text = |text: &str| Text::new(text).unwrap();
        let field = |content, need| Field {
            document: DocumentId::new(0),
            party: PartyId::new(0),
            name: text("f"),
            content,
            need,
        };
        let takes =
            |content: FieldContent, value: &str| field(content, Need::Optional).check(&text(value)).is_ok();
        assert!(
            takes(FieldContent::Text { most: 2 }, "同意") && !takes(FieldContent::Text { most: 2 }, "abc")
        );
        let most = FieldContent::Amount { least: None, most: Amount::parse("100").ok() };
        assert!(takes(most.clone(), "100") && !takes(most.clone(), "100.0001") && !takes(most, "ten"));
        assert!(takes(FieldContent::Date, "2026-02-28") && !takes(FieldContent::Date, "2026-02-30"));
        assert!(takes(FieldContent::CheckBox, "no") && !takes(FieldContent::CheckBox, "maybe"));
        assert!(field(FieldContent::CheckBox, Need::Required).check(&text("no")).is_err());
        let choice = FieldContent::OneOf(vec![text("a")]);
        assert!(takes(choice.clone(), "a") && !takes(choice, "b"));
        assert!(!takes(FieldContent::Signature, "John Hancock"));
    }
}
