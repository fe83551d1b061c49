//! Events: as they are handed in, and as they are read back.

use std::fmt;

use crate::effect::Effect;
use crate::hash::Hash;
use crate::hashing::{Salt, event_hash, part_hash};
use crate::name::{Destination, Kind};
use crate::number::Version;
use crate::part::Part;
use crate::record::Record;

/// A fact to be recorded: its kind, the version of its format, and its exact bytes.
///
/// ```
/// use chancery_ledger::{Destination, Kind, NewEvent};
///
/// let sent = NewEvent::new(Kind::new("envelope.sent")?, 1, br#"{"envelope":7}"#)
///     .evidence(b"password; 192.0.2.1")
///     .send(Destination::new("mail")?, Kind::new("your-turn")?, b"party 1");
/// # Ok::<(), chancery_ledger::NameError>(())
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct NewEvent {
    pub(crate) kind: Kind,
    pub(crate) schema: u32,
    pub(crate) payload: Vec<u8>,
    pub(crate) evidence: Vec<u8>,
    pub(crate) effects: Vec<Effect>,
}

impl NewEvent {
    /// A fact. `schema` is the version of the payload's format, so that a reader of later years knows how to read it.
    #[must_use]
    pub fn new(kind: Kind, schema: u32, payload: impl Into<Vec<u8>>) -> Self {
        Self { kind, schema, payload: payload.into(), evidence: Vec::new(), effects: Vec::new() }
    }

    /// How it is known: what was proved, from where. Kept beside the payload, and erased apart from it.
    #[must_use]
    pub fn evidence(mut self, evidence: impl Into<Vec<u8>>) -> Self {
        self.evidence = evidence.into();
        self
    }

    /// Asks for a delivery because of this event. See [`Effect`] for what a body must not hold.
    #[must_use]
    pub fn send(mut self, destination: Destination, kind: Kind, body: impl Into<Vec<u8>>) -> Self {
        self.effects.push(Effect { destination, kind, body: body.into() });
        self
    }
}

impl fmt::Debug for NewEvent {
    /// Without payload and evidence, which may concern a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewEvent")
            .field("kind", &self.kind)
            .field("schema", &self.schema)
            .field("effects", &self.effects.len())
            .finish_non_exhaustive()
    }
}

/// An event as it is read back.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Event {
    /// What stays for ever.
    pub record: Record,
    /// What happened.
    pub payload: Content,
    /// How it was known.
    pub evidence: Content,
}

impl Event {
    /// The payload's bytes; none once they are erased.
    #[must_use]
    pub fn payload(&self) -> Option<&[u8]> {
        self.payload.bytes()
    }

    /// The evidence's bytes; none once they are erased.
    #[must_use]
    pub fn evidence(&self) -> Option<&[u8]> {
        self.evidence.bytes()
    }

    /// Whether everything that is here hashes to [`Record::hash`]. That hash itself is proven by an
    /// [`InclusionProof`](crate::InclusionProof).
    #[must_use]
    pub fn hash_holds(&self) -> bool {
        let Record { payload_hash, evidence_hash, .. } = &self.record;
        let part_holds = |part, content: &Content, hash: &Hash| match content {
            Content::Kept { salt, bytes } => part_hash(part, salt, bytes) == *hash,
            Content::Erased { .. } => true,
        };
        part_holds(Part::Payload, &self.payload, payload_hash)
            && part_holds(Part::Evidence, &self.evidence, evidence_hash)
            && event_hash(&self.record) == self.record.hash
    }
}

/// The bytes of a part of an event, or what erased them.
#[derive(Clone, Eq, PartialEq)]
pub enum Content {
    /// They are here.
    Kept {
        /// The random bytes that were hashed before them.
        salt: Salt,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// They were erased, and their salt with them.
    Erased {
        /// The event of the same stream that says so.
        by: Version,
    },
}

impl Content {
    /// The bytes; none once they are erased.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Kept { bytes, .. } => Some(bytes),
            Self::Erased { .. } => None,
        }
    }
}

impl fmt::Debug for Content {
    /// Without the bytes, which may concern a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kept { bytes, .. } => write!(f, "Kept({} bytes)", bytes.len()),
            Self::Erased { by } => write!(f, "Erased(by {by})"),
        }
    }
}
