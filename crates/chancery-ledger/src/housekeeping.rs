//! The events that the ledger itself writes.

use crate::number::Version;
use crate::part::Part;

/// A part of an earlier event of the stream was erased. Payload: `VERSION PART`.
pub(crate) const ERASED: &str = "chancery.erased";
/// A legal hold began. Payload: the reason.
pub(crate) const HELD: &str = "chancery.held";
/// A legal hold ended. Payload: the reason.
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
}
