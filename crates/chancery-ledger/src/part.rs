//! The two parts of an event that can be erased.

use std::fmt;

/// What of an event can be erased. Its hash stays, and every proof with it.
#[derive(Copy, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Part {
    /// The payload: what happened.
    Payload,
    /// The evidence: how it was known, for example an address, a device, the factors that were proved.
    Evidence,
}

impl Part {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Payload, Self::Evidence];

    /// Its word, as it stands in the event that records the erasure.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Payload => "payload",
            Self::Evidence => "evidence",
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
