//! Fields that parties fill, and places for signatures.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::amount::Amount;
use crate::id::{DocumentId, FieldId, PartyId};
use crate::rules::Permission;
use crate::text::Text;

/// A field in a document, for one party.
///
/// The sender may write something into it before the party looks. What stands there then is either *suggested*: the party
/// may write something else or clear it, and if it leaves it, it stands; so it counts as filled. Or it is
/// [fixed](Self::fixed): the party sees it and cannot change it; whoever does not agree declines. Nobody writes a
/// signature for somebody else, nor ticks a box: those are the party's own words. A fact with two answers is
/// [`FieldContent::OneOf`].
///
/// ```
/// use chancery_workflow::*;
/// # let (lease, tenant) = (DocumentId::new(0), PartyId::new(0));
/// let rent = FieldContent::Amount { least: None, most: None };
/// let rent = Field::new(lease, tenant, Text::new("Rent")?, rent).prefilled(Text::new("1200")?).fixed();
/// let from = Field::new(lease, tenant, Text::new("From")?, FieldContent::Date).prefilled(Text::new("2027-01-01")?);
/// assert_eq!((rent.change, from.change), (Permission::Forbidden, Permission::Permitted));
/// # Ok::<(), TextError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// In which document.
    pub document: DocumentId,
    /// Whose it is. If somebody takes the party's place, it is theirs, and empty again unless it is fixed.
    pub party: PartyId,
    /// Its name in the document.
    pub name: Text,
    /// What may stand in it.
    pub content: FieldContent,
    /// Whether the party may act without it.
    pub need: Need,
    /// What the sender writes into it before the party looks; none of a signature, nor of a check box. In the record it
    /// stands apart from the draft, so that it can be erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefill: Option<Text>,
    /// Whether the party may change what stands in it.
    #[serde(default = "permitted", skip_serializing_if = "is_permitted")]
    pub change: Permission,
}

/// What the sender wrote into a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prefilled {
    /// Which field.
    pub field: FieldId,
    /// What.
    pub value: Text,
}

const fn permitted() -> Permission {
    Permission::Permitted
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_permitted(change: &Permission) -> bool {
    *change == Permission::Permitted
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
    /// An empty one that must be filled.
    #[must_use]
    pub const fn new(document: DocumentId, party: PartyId, name: Text, content: FieldContent) -> Self {
        let (need, prefill, change) = (Need::Required, None, Permission::Permitted);
        Self { document, party, name, content, need, prefill, change }
    }

    /// The party may act without it.
    #[must_use]
    pub fn optional(self) -> Self {
        Self { need: Need::Optional, ..self }
    }

    /// The sender writes this into it.
    #[must_use]
    pub fn prefilled(self, value: Text) -> Self {
        Self { prefill: Some(value), ..self }
    }

    /// The party cannot change what stands in it.
    #[must_use]
    pub fn fixed(self) -> Self {
        Self { change: Permission::Forbidden, ..self }
    }

    /// Whether the sender may write into it.
    #[must_use]
    pub fn can_be_prefilled(&self) -> bool {
        match &self.content {
            // A box that somebody else has ticked shows nobody's will, the optional one above all (CJEU C-673/17).
            FieldContent::Signature | FieldContent::CheckBox => false,
            FieldContent::Text { .. }
            | FieldContent::Amount { .. }
            | FieldContent::Date
            | FieldContent::OneOf(_) => true,
        }
    }

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
            need,
            ..Field::new(DocumentId::new(0), PartyId::new(0), text("f"), content)
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
