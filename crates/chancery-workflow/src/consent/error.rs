//! What is wrong with a disclosure, and why a consent does not cover something.

use std::fmt;

use thiserror::Error;

/// A part that a disclosure must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DisclosurePart {
    /// The right or option to have paper.
    Paper,
    /// The right to withdraw, with its conditions.
    WithdrawalRight,
    /// What follows from withdrawing.
    WithdrawalConsequences,
    /// What withdrawing costs.
    WithdrawalFee,
    /// How to withdraw.
    WithdrawalProcedure,
    /// The transaction or the kinds of records.
    Scope,
    /// How to tell a new address.
    ContactUpdates,
    /// How to get a paper copy.
    PaperCopyProcedure,
    /// What a paper copy costs.
    PaperCopyFee,
    /// Devices that are needed.
    Hardware,
    /// Programs that are needed.
    Software,
}

impl DisclosurePart {
    /// Every part.
    pub const ALL: [Self; 11] = [
        Self::Paper,
        Self::WithdrawalRight,
        Self::WithdrawalConsequences,
        Self::WithdrawalFee,
        Self::WithdrawalProcedure,
        Self::Scope,
        Self::ContactUpdates,
        Self::PaperCopyProcedure,
        Self::PaperCopyFee,
        Self::Hardware,
        Self::Software,
    ];

    /// Where the law asks for it.
    #[must_use]
    pub const fn clause(self) -> &'static str {
        match self {
            Self::Paper => "15 USC 7001(c)(1)(B)(i)(I)",
            Self::WithdrawalRight | Self::WithdrawalConsequences | Self::WithdrawalFee => {
                "15 USC 7001(c)(1)(B)(i)(II)"
            }
            Self::Scope => "15 USC 7001(c)(1)(B)(ii)",
            Self::WithdrawalProcedure | Self::ContactUpdates => "15 USC 7001(c)(1)(B)(iii)",
            Self::PaperCopyProcedure | Self::PaperCopyFee => "15 USC 7001(c)(1)(B)(iv)",
            Self::Hardware | Self::Software => "15 USC 7001(c)(1)(C)(i)",
        }
    }
}

impl fmt::Display for DisclosurePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Self::Paper => "the right or option to have paper",
            Self::WithdrawalRight => "the right to withdraw and its conditions",
            Self::WithdrawalConsequences => "what follows from withdrawing",
            Self::WithdrawalFee => "what withdrawing costs",
            Self::WithdrawalProcedure => "how to withdraw",
            Self::Scope => "what the consent is for",
            Self::ContactUpdates => "how to tell a new address",
            Self::PaperCopyProcedure => "how to get a paper copy",
            Self::PaperCopyFee => "what a paper copy costs",
            Self::Hardware => "the devices that are needed",
            Self::Software => "the programs that are needed",
        };
        write!(f, "{words} ({})", self.clause())
    }
}

/// A disclosure that cannot be shown to anybody.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DisclosureFault {
    /// Parts without a word in them; all of them are named.
    #[error("these parts say nothing: {}", list(.0))]
    Empty(Vec<DisclosurePart>),
    /// A part that is too long, or holds characters that direct the eye elsewhere.
    #[error("{part} must have at most {most} bytes, without control or direction characters")]
    Text {
        /// Which one.
        part: DisclosurePart,
        /// The most bytes.
        most: usize,
    },
}

/// A revision of a disclosure that 7001(c)(1)(D)(i)(II) forbids: who consented may withdraw then without any fee, and
/// without a condition or consequence that was not disclosed before.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RevisionFault {
    /// Something is wrong with the new one itself.
    #[error(transparent)]
    Disclosure(#[from] DisclosureFault),
    /// It asks for a fee.
    #[error("after a change of requirements, withdrawing is free (15 USC 7001(c)(1)(D)(i)(II))")]
    WithdrawalFee,
    /// It names conditions or consequences that the one before did not.
    #[error("{0} must stay as it was disclosed before the change (15 USC 7001(c)(1)(D)(i)(II))")]
    NewCondition(DisclosurePart),
    /// Its number is not higher.
    #[error("the version must be higher than {0}")]
    Version(u32),
}

/// Why a consent does not cover something: what the person must be asked first.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConsentNeeded {
    /// It was withdrawn. What was done before stands; nothing new is.
    #[error("the consent was withdrawn; ask for it anew, or use paper")]
    Withdrawn,
    /// The disclosure has changed in what the person must agree to again.
    #[error("consent is needed again, since these parts changed: {}", list(.0))]
    Changed(Vec<DisclosurePart>),
    /// It was given for something else.
    #[error("the consent was given for something else; ask for it here")]
    OtherScope,
    /// It was given later than that.
    #[error("the consent was not given yet at that time")]
    NotYet,
}

fn list(parts: &[DisclosurePart]) -> String {
    parts.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
