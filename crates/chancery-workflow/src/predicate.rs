//! Conditions of steps, as data.

use serde::{Deserialize, Serialize};

use crate::amount::Amount;
use crate::id::{FieldId, PartyId};
use crate::text::Text;

/// A condition, judged when its step would begin, over what has happened until then. What cannot be known (an empty
/// field, text that is no amount) is false; write [`Not`](Self::Not) where that should let a step be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Predicate {
    /// The field holds exactly this.
    FieldIs {
        /// Which field.
        field: FieldId,
        /// What.
        value: Text,
    },
    /// The field holds an amount below this.
    FieldBelow {
        /// Which field.
        field: FieldId,
        /// The amount that is not reached.
        amount: Amount,
    },
    /// The party, or whoever took its place, has acted.
    PartyDone(PartyId),
    /// The party, or whoever took its place, has declined.
    PartyDeclined(PartyId),
    /// All of these.
    All(Vec<Self>),
    /// Any of these.
    Any(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
}

/// Parts of a predicate, over all levels.
const MOST_PARTS: usize = 1000;
/// Levels of a predicate.
const MOST_DEPTH: usize = 32;

impl Predicate {
    /// Whether it holds, by what `facts` knows. It looks at a bounded number of parts.
    pub(crate) fn holds(&self, facts: &impl Facts) -> bool {
        match self {
            Self::FieldIs { field, value } => facts.value(*field) == Some(value),
            Self::FieldBelow { field, amount } => {
                let value = facts.value(*field).and_then(|value| Amount::parse(value.as_str()).ok());
                value.is_some_and(|value| value < *amount)
            }
            Self::PartyDone(party) => facts.done(*party),
            Self::PartyDeclined(party) => facts.declined(*party),
            Self::All(parts) => parts.iter().all(|part| part.holds(facts)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(facts)),
            Self::Not(part) => !part.holds(facts),
        }
    }

    /// Small enough to be judged.
    pub(crate) fn is_bounded(&self) -> bool {
        fn count(part: &Predicate, depth: usize, left: &mut usize) -> bool {
            if depth == 0 || *left == 0 {
                return false;
            }
            *left -= 1;
            match part {
                Predicate::All(parts) | Predicate::Any(parts) => {
                    parts.iter().all(|part| count(part, depth - 1, left))
                }
                Predicate::Not(part) => count(part, depth - 1, left),
                Predicate::FieldIs { .. }
                | Predicate::FieldBelow { .. }
                | Predicate::PartyDone(_)
                | Predicate::PartyDeclined(_) => true,
            }
        }
        count(self, MOST_DEPTH, &mut { MOST_PARTS })
    }

    /// Calls `see` with every field and party that it names.
    pub(crate) fn names(&self, see: &mut impl FnMut(Named)) {
        match self {
            Self::FieldIs { field, .. } | Self::FieldBelow { field, .. } => see(Named::Field(*field)),
            Self::PartyDone(party) | Self::PartyDeclined(party) => see(Named::Party(*party)),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.names(see)),
            Self::Not(part) => part.names(see),
        }
    }
}

/// What a predicate names.
pub(crate) enum Named {
    Field(FieldId),
    Party(PartyId),
}

/// What predicates may look at.
pub(crate) trait Facts {
    fn value(&self, field: FieldId) -> Option<&Text>;
    fn done(&self, party: PartyId) -> bool;
    fn declined(&self, party: PartyId) -> bool;
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Known;

    impl Facts for Known {
        fn value(&self, field: FieldId) -> Option<&Text> {
            static VALUE: std::sync::LazyLock<Text> =
                std::sync::LazyLock::new(|| Text::new("999.50").unwrap());
            (field == FieldId::new(0)).then(|| &*VALUE)
        }
        fn done(&self, party: PartyId) -> bool {
            party == PartyId::new(0)
        }
        fn declined(&self, party: PartyId) -> bool {
            party == PartyId::new(1)
        }
    }

    #[test]
    fn conditions_are_what_they_say() {
        let below = |n, amount| Predicate::FieldBelow {
            field: FieldId::new(n),
            amount: Amount::parse(amount).unwrap(),
        };
        assert!(below(0, "1000").holds(&Known) && !below(0, "999.5").holds(&Known));
        assert!(!below(1, "1000").holds(&Known), "an empty field is below nothing");
        assert!(Predicate::Not(Box::new(below(1, "1000"))).holds(&Known));
        let (done, declined) =
            (Predicate::PartyDone(PartyId::new(0)), Predicate::PartyDeclined(PartyId::new(0)));
        assert!(!Predicate::All(vec![done.clone(), declined.clone()]).holds(&Known));
        assert!(Predicate::Any(vec![declined, done]).holds(&Known));
        assert!(Predicate::All(Vec::new()).holds(&Known) && !Predicate::Any(Vec::new()).holds(&Known));
    }

    #[test]
    fn what_is_too_deep_or_too_long_is_not_judged() {
        let deep = (0..40).fold(Predicate::All(Vec::new()), |part, _| Predicate::Not(Box::new(part)));
        assert!(!deep.is_bounded());
        assert!(!Predicate::Any(vec![Predicate::PartyDone(PartyId::new(0)); 1000]).is_bounded());
        assert!(Predicate::Any(vec![Predicate::PartyDone(PartyId::new(0)); 999]).is_bounded());
    }
}
