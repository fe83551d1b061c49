//! What somebody else stamped about a log.

use std::fmt;

use jiff::Timestamp;

use crate::checkpoint::Checkpoint;
use crate::hash::Hash;
use crate::name::Actor;

/// A checkpoint with a token over it that somebody made: a timestamp authority, another ledger, the own seal.
///
/// The ledger does not know what the token is; an [`AnchorJudge`] does.
#[derive(Clone, Eq, PartialEq)]
pub struct Anchor {
    /// What was stamped.
    pub checkpoint: Checkpoint,
    /// Who stamped it, in the words of the application.
    pub by: Actor,
    /// The proof, for example the DER of an RFC 3161 token over [`Anchor::imprint`] of the checkpoint.
    pub token: Vec<u8>,
}

impl Anchor {
    /// The bytes that a token is to be made over: the size in 8 bytes, most significant first, then the root.
    #[must_use]
    pub fn imprint(checkpoint: &Checkpoint) -> [u8; 40] {
        let mut bytes = [0; 40];
        bytes[..8].copy_from_slice(&checkpoint.size.to_be_bytes());
        bytes[8..].copy_from_slice(checkpoint.root.as_bytes());
        bytes
    }

    /// The payload of the event that keeps it: a line `SIZE ROOT BY`, then the token as it is.
    pub(crate) fn to_payload(&self) -> Vec<u8> {
        let mut payload = format!("{} {}\n", self.checkpoint, self.by).into_bytes();
        payload.extend_from_slice(&self.token);
        payload
    }

    pub(crate) fn from_payload(payload: &[u8]) -> Option<Self> {
        let end = payload.iter().position(|byte| *byte == b'\n')?;
        let (line, token) = (std::str::from_utf8(&payload[..end]).ok()?, payload[end..].split_first()?.1);
        let (size, rest) = line.split_once(' ')?;
        let (root, by) = rest.split_once(' ')?;
        let checkpoint = Checkpoint { size: size.parse().ok()?, root: Hash::from_hex(root)? };
        Some(Self { checkpoint, by: Actor::new(by).ok()?, token: token.to_vec() })
    }
}

impl fmt::Debug for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Anchor({} by {})", self.checkpoint, self.by)
    }
}

/// The joint to whoever can tell what a token proves.
pub trait AnchorJudge {
    /// What the token of an anchor proves about its checkpoint. That the log had this root at this size is checked by
    /// the ledger.
    fn judge(&self, anchor: &Anchor) -> Attestation;
}

/// What a token proves.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Attestation {
    /// A third party, whom the owner of the log cannot command, saw this root.
    ThirdParty {
        /// Who.
        by: String,
        /// At what time at the latest, by the clock of the third party.
        at: Timestamp,
    },
    /// The owner's own seal: proves no more than that the log is consistent, since the owner can seal another one.
    Own,
    /// It proves nothing.
    Nothing {
        /// Why.
        why: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anchor_is_read_as_it_was_written() {
        let checkpoint = Checkpoint { size: 7, root: Hash::of(b"root") };
        let by = Actor::new("a time stamp authority").unwrap();
        for token in [b"".to_vec(), b"\n1 2\n".to_vec()] {
            let anchor = Anchor { checkpoint, by: by.clone(), token };
            assert_eq!(Anchor::from_payload(&anchor.to_payload()), Some(anchor));
        }
        assert_eq!(Anchor::from_payload(b"7 00 x\n"), None);
        assert_eq!(Anchor::from_payload(b"7"), None);
    }
}
