//! What came of a commit.

use jiff::Timestamp;

use crate::checkpoint::Checkpoint;
use crate::head::Head;
use crate::name::StreamId;
use crate::number::Sequence;
use crate::request::Request;

/// What came of a commit. Once this is returned, it lasts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Committed {
    /// It was made.
    Appended(Appended),
    /// A commit with this idempotency key and the same command was made before: nothing was written.
    Replayed(Request),
}

/// A commit that was made.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Appended {
    /// The place of its first event in the log; the others follow without a gap.
    pub first: Sequence,
    /// The place of its last event.
    pub last: Sequence,
    /// Where each stream stands to which it wrote, in the order of their names.
    pub heads: Vec<(StreamId, Head)>,
    /// Where the log stands.
    pub checkpoint: Checkpoint,
    /// If the clock was behind: a later time that the log held already. The time is recorded as it was given.
    pub behind: Option<Timestamp>,
}
