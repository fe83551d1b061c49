//! The events that the ledger itself writes.

use crate::limits;
use crate::number::{Sequence, Version};
use crate::part::Part;

/// A part of an earlier event of the stream was erased. Payload: `VERSION PART`.
pub(crate) const ERASED: &str = "chancery.erased";
/// A legal hold began. Payload: the reason.
pub(crate) const HELD: &str = "chancery.held";
/// A legal hold ended. Payload: `VERSION LAST`, a line feed, the reason.
pub(crate) const RELEASED: &str = "chancery.released";
/// Somebody stamped the log. Payload: `SIZE ROOT BY`, a line feed, the token.
pub(crate) const ANCHORED: &str = "chancery.anchored";
/// The version of these payloads.
pub(crate) const SCHEMA: u32 = 1;

/// What a `chancery.erased` says.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) struct Erasure {
    pub(crate) version: Version,
    pub(crate) part: Part,
}

impl Erasure {
    pub(crate) fn to_payload(self) -> Vec<u8> {
        format!("{} {}", self.version, self.part).into_bytes()
    }

    pub(crate) fn from_payload(payload: &[u8]) -> Option<Self> {
        let (version, part) = std::str::from_utf8(payload).ok()?.split_once(' ')?;
        let part = Part::ALL.into_iter().find(|known| known.as_str() == part)?;
        Some(Self { version: Version(version.parse().ok()?), part })
    }
}

/// Events of one commit are nearer to each other than this.
pub(crate) fn most_apart() -> u64 {
    u64::try_from(limits::EVENTS).unwrap_or(u64::MAX)
}

/// What a `chancery.released` says.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) struct Release<'r> {
    /// The event that began the hold.
    pub(crate) hold: Version,
    /// The last event of the commit that ended it: up to there nothing of the stream is erased.
    pub(crate) last: Sequence,
    pub(crate) reason: &'r str,
}

impl<'r> Release<'r> {
    /// Whether a commit that has this event can end where it says.
    pub(crate) fn is_by(self, release: Sequence) -> bool {
        let away = self.last.0.checked_sub(release.0);
        away.is_some_and(|away| away < most_apart())
    }

    pub(crate) fn to_payload(self) -> Vec<u8> {
        format!("{} {}\n{}", self.hold, self.last, self.reason).into_bytes()
    }

    pub(crate) fn from_payload(payload: &'r [u8]) -> Option<Self> {
        let (line, reason) = std::str::from_utf8(payload).ok()?.split_once('\n')?;
        let (hold, last) = line.split_once(' ')?;
        Some(Self { hold: Version(hold.parse().ok()?), last: Sequence(last.parse().ok()?), reason })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_erasure_is_read_as_it_was_written() {
        let erasure = Erasure { version: Version(7), part: Part::Evidence };
        assert_eq!(erasure.to_payload(), b"7 evidence");
        assert_eq!(Erasure::from_payload(b"7 evidence"), Some(erasure));
        assert_eq!(Erasure::from_payload(b"7"), None);
        assert_eq!(Erasure::from_payload(b"7 all"), None);
    }

    #[test]
    fn a_release_is_read_as_it_was_written() {
        let release = Release { hold: Version(7), last: Sequence(40), reason: "settled\n" };
        assert_eq!(release.to_payload(), b"7 40\nsettled\n");
        assert_eq!(Release::from_payload(b"7 40\nsettled\n"), Some(release));
        for wrong in [&b"7 40"[..], b"7\n", b"x 40\n", b"7 \n", b"\xff"] {
            assert_eq!(Release::from_payload(wrong), None);
        }
    }
}
