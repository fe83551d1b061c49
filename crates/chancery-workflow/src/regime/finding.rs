//! What the record shows of one clause.

use chancery_ledger::Version;

use super::clause::Clause;

/// What the record shows of one clause. What the operator sees to besides says [`Clause::operator`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The clause.
    pub clause: Clause,
    /// What was found.
    pub shown: Shown,
}

/// What the record shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// These events show it.
    By {
        /// By their places in the envelope's stream; none where the whole log shows it.
        events: Vec<Version>,
        /// What about them.
        what: String,
    },
    /// It should be shown, and is not.
    Missing {
        /// The events that lack it; none where an event itself is missing.
        events: Vec<Version>,
        /// What is missing.
        what: String,
    },
    /// Nothing happened that calls for it.
    NotCalledFor {
        /// What did not happen.
        why: &'static str,
    },
    /// Nothing in an envelope can show it: it is the operator's.
    Outside,
}

impl Shown {
    pub(super) fn by(events: Vec<Version>, what: impl Into<String>) -> Self {
        Self::By { events, what: what.into() }
    }

    pub(super) fn missing(events: Vec<Version>, what: impl Into<String>) -> Self {
        Self::Missing { events, what: what.into() }
    }

    /// Shown by these, unless some lack it; not called for where there are none.
    pub(super) fn each(
        good: Vec<Version>,
        bad: Vec<Version>,
        what: &str,
        lack: &str,
        none: &'static str,
    ) -> Self {
        match (good.is_empty(), bad.is_empty()) {
            (_, false) => Self::missing(bad, lack),
            (false, true) => Self::by(good, what),
            (true, true) => Self::NotCalledFor { why: none },
        }
    }
}
