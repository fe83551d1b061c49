//! The legal holds in force on a stream.

use std::fmt;

use crate::error::HoldsError;
use crate::limits;
use crate::number::Version;

/// The legal holds in force on a stream, each named by the version of the event that began it, the oldest first. While
/// there is one, nothing of the stream can be erased.
///
/// Prints as these versions with a space between, as in the rows of a database: `3 17`.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Holds(Vec<Version>);

impl Holds {
    /// Whether the stream is under none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the hold that began with this event of the stream is in force.
    #[must_use]
    pub fn contains(&self, hold: Version) -> bool {
        self.0.contains(&hold)
    }

    /// Their names, the oldest first: the events that say why.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Version> + '_ {
        self.0.iter().copied()
    }

    /// With the one that begins with this event; none where there would be too many.
    pub(crate) fn with(&self, hold: Version) -> Option<Self> {
        let follows = self.0.last().is_none_or(|last| *last < hold) && self.0.len() < limits::HOLDS;
        follows.then(|| Self(self.iter().chain([hold]).collect()))
    }

    /// Without one of them; none where that one is not in force.
    pub(crate) fn without(&self, hold: Version) -> Option<Self> {
        self.contains(hold).then(|| Self(self.iter().filter(|known| *known != hold).collect()))
    }
}

impl fmt::Display for Holds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().enumerate().try_for_each(|(n, hold)| match n {
            0 => write!(f, "{hold}"),
            _ => write!(f, " {hold}"),
        })
    }
}

impl TryFrom<&str> for Holds {
    type Error = HoldsError;

    /// Reads what was printed, in no other spelling.
    fn try_from(text: &str) -> Result<Self, HoldsError> {
        let holds = text.split_terminator(' ').try_fold(Self::default(), |holds, part| {
            holds.with(Version(part.parse().ok().filter(|version| *version > 0)?))
        });
        holds.filter(|holds| holds.to_string() == text).ok_or(HoldsError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_are_read_as_they_are_written() {
        let holds = Holds::default().with(Version(3)).and_then(|holds| holds.with(Version(17))).unwrap();
        assert_eq!(holds.to_string(), "3 17");
        assert_eq!(Holds::try_from("3 17"), Ok(holds.clone()));
        assert_eq!(Holds::try_from(""), Ok(Holds::default()));
        for wrong in ["0", "3 3", "17 3", "3  17", " 3", "3 ", "+3", "03", "x", "3,17", "-1"] {
            assert_eq!(Holds::try_from(wrong), Err(HoldsError), "{wrong:?}");
        }
        assert_eq!(holds.without(Version(3)).unwrap().to_string(), "17");
        assert_eq!(holds.without(Version(4)), None);
        assert_eq!(holds.with(Version(17)), None, "each event begins one");
        let full = (1..=64).try_fold(Holds::default(), |holds, n| holds.with(Version(n))).unwrap();
        assert_eq!((full.len(), full.with(Version(99))), (limits::HOLDS, None));
    }
}
