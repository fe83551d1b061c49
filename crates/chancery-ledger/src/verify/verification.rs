//! The three words of the verifier.

use std::fmt;

use jiff::Timestamp;

use crate::checkpoint::Checkpoint;
use crate::verify::damage::Damage;

/// What a ledger turned out to be.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verification {
    /// Everything holds, and the first `size` events are those that a witness saw, whom the log's owner could not
    /// command. What came later is consistent.
    Anchored {
        /// The witness of the longest part.
        by: Witness,
        /// How many events it saw.
        size: u64,
        /// The log as it is now.
        log: Checkpoint,
    },
    /// Everything holds; but whoever owns the store could have rebuilt the log as a whole, or cut off its tail, and
    /// it would look the same.
    ConsistentOnly {
        /// Why it is no more.
        why: Weakness,
        /// The log as it is now.
        log: Checkpoint,
    },
    /// Something was altered, removed or added.
    Broken {
        /// What and where: at least one, at most 32, in the order in which they were found.
        damages: Vec<Damage>,
    },
}

/// Who saw the log.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Witness {
    /// Who asks, and kept a checkpoint.
    Checkpoint,
    /// A third party, by the judgement of the caller's [`AnchorJudge`](crate::AnchorJudge).
    ThirdParty {
        /// Who.
        by: String,
        /// Since when at the latest the events are what they are.
        since: Timestamp,
    },
}

/// Why a log is no more than consistent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Weakness {
    /// No checkpoint was given, and no anchor is in the log.
    NoWitness,
    /// The anchors prove nothing about the owner: its own seal, or tokens that the judge did not accept.
    NoneAccepted {
        /// How many anchors there are.
        anchors: usize,
        /// Why the last of them was not accepted; none for the own seal.
        last: Option<String>,
    },
}

impl Verification {
    /// What is wrong; nothing, unless it is broken.
    #[must_use]
    pub fn damages(&self) -> &[Damage] {
        match self {
            Self::Broken { damages } => damages,
            Self::Anchored { .. } | Self::ConsistentOnly { .. } => &[],
        }
    }
}

impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anchored { by: Witness::Checkpoint, size, log } => {
                write!(f, "ANCHORED: {size} of {} events are those of the checkpoint", log.size)
            }
            Self::Anchored { by: Witness::ThirdParty { by, since }, size, log } => {
                write!(f, "ANCHORED: {size} of {} events are as they were at {since}, by {by}", log.size)
            }
            Self::ConsistentOnly { why, log } => {
                write!(f, "CONSISTENT ONLY: {} events hold together; {why}", log.size)
            }
            Self::Broken { damages } => {
                write!(f, "BROKEN")?;
                damages.iter().try_for_each(|damage| write!(f, "\n  {damage}"))
            }
        }
    }
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoWitness => f.write_str("nobody outside has seen them"),
            Self::NoneAccepted { last: None, .. } => f.write_str("only their owner has sealed them"),
            Self::NoneAccepted { last: Some(why), .. } => write!(f, "no anchor is accepted: {why}"),
        }
    }
}
