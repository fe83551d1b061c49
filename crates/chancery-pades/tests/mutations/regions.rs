//! Where an edit begins, seen from the last signature.

use std::fmt;

use crate::bases::Base;

#[derive(Copy, Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Region {
    BeforeGap,
    /// The digits of the message.
    Message,
    /// The zeros after it, and the brackets.
    Padding,
    AfterGap,
    Appended,
}

impl Region {
    pub(crate) fn of(base: &Base, place: usize) -> Self {
        let Some(last) = base.signatures.last() else { return Self::Appended };
        let zeros = || {
            let rest = base.file.get(place..last.gap.end.saturating_sub(1)).unwrap_or_default();
            place == last.gap.start || rest.iter().all(|&digit| digit == b'0')
        };
        match place {
            place if place < last.gap.start => Self::BeforeGap,
            place if place >= last.end => Self::Appended,
            place if place >= last.gap.end => Self::AfterGap,
            _ if zeros() => Self::Padding,
            _ => Self::Message,
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::BeforeGap => "before the gap",
            Self::Message => "the message",
            Self::Padding => "its padding",
            Self::AfterGap => "after the gap",
            Self::Appended => "not covered",
        })
    }
}
