//! The one answer.

use std::fmt;

use chancery_certificate::Certificate;
use chancery_chain::VerifiedChain;
use jiff::Timestamp;

use crate::{Indication, SubIndication};

/// The answer about one signature: a bad signature is an answer, not an error.
///
/// ```
/// # fn tell(verdict: &chancery_ades::Verdict) {
/// use chancery_ades::Verdict;
///
/// match verdict {
///     Verdict::Passed(proof) => println!("{} signed before {}", proof.signer().display_name(), proof.time()),
///     Verdict::Indeterminate(why) => println!("cannot tell: {why}"),
///     Verdict::Failed(why) => println!("not valid: {why}"),
/// }
/// # }
/// ```
#[derive(Clone, Debug)]
pub enum Verdict {
    /// Valid (the standard's TOTAL-PASSED), with the proof.
    Passed(Proof),
    /// Neither proven valid nor proven invalid (INDETERMINATE), and why.
    Indeterminate(Reason),
    /// Not valid (TOTAL-FAILED), and why.
    Failed(Reason),
}

/// What makes a signature valid. Only the validation of this crate makes one.
#[derive(Clone, Debug)]
pub struct Proof {
    pub(crate) chain: VerifiedChain,
    pub(crate) existed: Existence,
}

/// Since when a signature is known to exist.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Existence {
    /// A trusted timestamp proves it.
    Proven {
        /// The time of the timestamp.
        before: Timestamp,
        /// Who stamped it.
        by: String,
    },
    /// Nothing proves more than that it exists at the moment of validation.
    AtValidation(Timestamp),
}

/// Why a signature did not pass.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reason {
    sub_indication: SubIndication,
    text: String,
    help: Option<String>,
}

impl Verdict {
    /// The standard's word for this answer.
    #[must_use]
    pub const fn indication(&self) -> Indication {
        match self {
            Self::Passed(_) => Indication::TotalPassed,
            Self::Indeterminate(_) => Indication::Indeterminate,
            Self::Failed(_) => Indication::TotalFailed,
        }
    }

    /// Why the signature did not pass; nothing if it did.
    #[must_use]
    pub const fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Passed(_) => None,
            Self::Indeterminate(reason) | Self::Failed(reason) => Some(reason),
        }
    }

    /// Says what would help.
    pub(crate) fn with_help(self, help: Option<String>) -> Self {
        match self {
            Self::Passed(_) => self,
            Self::Indeterminate(reason) => Self::Indeterminate(reason.with_help(help)),
            Self::Failed(reason) => Self::Failed(reason.with_help(help)),
        }
    }

    /// The proof, if the signature passed.
    #[must_use]
    pub const fn proof(&self) -> Option<&Proof> {
        match self {
            Self::Passed(proof) => Some(proof),
            _ => None,
        }
    }
}

impl Existence {
    /// The moment by which it existed.
    #[must_use]
    pub const fn time(&self) -> Timestamp {
        match self {
            Self::Proven { before, .. } => *before,
            Self::AtValidation(at) => *at,
        }
    }
}

impl Proof {
    /// Who signed.
    #[must_use]
    pub fn signer(&self) -> &Certificate {
        self.chain.certificate()
    }

    /// The path that was verified, with what is known about revocation.
    #[must_use]
    pub const fn chain(&self) -> &VerifiedChain {
        &self.chain
    }

    /// The moment by which the signature existed, and at which its path was judged.
    #[must_use]
    pub const fn time(&self) -> Timestamp {
        self.existed.time()
    }

    /// What is known about when the signature was made.
    #[must_use]
    pub const fn existence(&self) -> &Existence {
        &self.existed
    }
}

impl Reason {
    pub(crate) fn new(sub_indication: SubIndication, text: impl Into<String>) -> Self {
        Self { sub_indication, text: text.into(), help: None }
    }

    pub(crate) fn with_help(self, help: Option<String>) -> Self {
        Self { help, ..self }
    }

    /// The standard's word.
    #[must_use]
    pub const fn sub_indication(&self) -> SubIndication {
        self.sub_indication
    }

    /// A sentence for people.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What would help, as a sentence, where something would: a timestamp from before some time, newer revocation
    /// information.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason() {
            None => write!(f, "{}", self.indication()),
            Some(reason) => {
                write!(f, "{} / {}: {}", self.indication(), reason.sub_indication, reason.text)?;
                reason.help().map_or(Ok(()), |help| write!(f, "; {help}"))
            }
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.text, self.sub_indication)?;
        self.help().map_or(Ok(()), |help| write!(f, "; {help}"))
    }
}
