//! What can be wrong with values that are handed in. What is refused of a command is a [`Refusal`](crate::Refusal).

use chancery_auth::{RequirementError, RuleFault};

/// Text that is no id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the id of {what} is {digits} hexadecimal digits in lower case")]
pub struct IdError {
    /// Of what.
    pub what: &'static str,
    /// How many digits it has.
    pub digits: usize,
}

/// Text that nobody should have to read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// Nothing but white space.
    #[error("there is nothing in it")]
    Empty,
    /// More than is read.
    #[error("it has {length} bytes; {most} is the most")]
    TooLong {
        /// Its bytes.
        length: usize,
        /// The most.
        most: usize,
    },
    /// A character that does something without being seen.
    #[error("the character {character:?} at byte {offset} cannot be seen; leave it out")]
    Hidden {
        /// Where.
        offset: usize,
        /// Which.
        character: char,
    },
}

/// An address that is none, or a domain in another form than its ASCII one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct AddressError {
    /// What is wrong, and what would be right.
    pub why: &'static str,
}

/// Factors that cannot be asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FactorsError {
    /// The expression is no requirement.
    #[error(transparent)]
    Requirement(#[from] RequirementError),
    /// The time that proofs count.
    #[error("proofs count for a second to an hour: {0}")]
    FreshFor(#[from] RuleFault),
    /// The times of a series.
    #[error("a series: {0}")]
    Series(RuleFault),
    /// A series of acts that take no factors.
    #[error("acts in a series take factors: give a rule for the act")]
    SeriesOfNothing,
}

/// Text that is no amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an amount has digits, and perhaps a point with one to four digits after it: 1250.50")]
pub struct AmountError;
