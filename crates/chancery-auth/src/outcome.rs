//! What came of an attempt.

use crate::attempts::Lock;
use crate::proof::ProvedFactor;

/// What came of an attempt. A wrong secret is an answer, not an error.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// The secret was right. Counts once the state is committed.
    Proved(ProvedFactor),
    /// It was not.
    Wrong(Wrong),
}

impl Outcome {
    /// The proof, if there is one.
    #[must_use]
    pub fn proved(self) -> Option<ProvedFactor> {
        match self {
            Self::Proved(proof) => Some(proof),
            Self::Wrong(_) => None,
        }
    }
}

/// The secret was wrong. Prints what the person should read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("wrong; {}", self.advice())]
pub struct Wrong {
    pub(crate) left: u8,
    pub(crate) lock: Lock,
}

impl Wrong {
    /// Attempts left before the next lock, or, of a one-time code, before it is dead.
    #[must_use]
    pub fn left(&self) -> u8 {
        self.left
    }

    /// Whether, and until when, no further attempt is allowed.
    #[must_use]
    pub fn lock(&self) -> Lock {
        self.lock
    }

    fn advice(&self) -> String {
        match (self.lock, self.left) {
            (Lock::Until(until), _) => format!("locked until {until}"),
            (Lock::UntilReset, _) => "locked until it is reset with another factor".to_owned(),
            (Lock::Open, 0) => "ask for a new one".to_owned(),
            (Lock::Open, 1) => "one attempt is left".to_owned(),
            (Lock::Open, left) => format!("{left} attempts are left"),
        }
    }
}
