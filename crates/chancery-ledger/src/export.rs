//! The lines of an export.
//!
//! The first line says what is exported; each further line is one event. An event's payload and evidence stand there
//! as `text` where they are UTF-8 and as `base64` otherwise, with the salt that their hash begins with; or, where they
//! are erased, with the version of the event that says so. Hashes are hexadecimal, times RFC 3339.
//!
//! ```json
//! {"chancery_ledger_export":1,"tenant":"acme","stream":null,"events":2,"size":2,"root":"5a…"}
//! {"sequence":0,"stream":"envelope/7","version":1,"at":"2026-11-22T12:00:00Z","actor":"alice","kind":"envelope.sent", …}
//! {"sequence":1,"stream":"envelope/7","version":2,"at":"2026-11-22T12:00:05Z","actor":"bob","kind":"envelope.signed", …}
//! ```

use std::borrow::Cow;

use base64ct::{Base64, Encoding};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::HoldsError;
use crate::event::{Content, Event};
use crate::hash::Hash;
use crate::hashing::Salt;
use crate::holds::Holds;
use crate::moment::to_microseconds;
use crate::name::{Actor, Kind, StreamId, Tenant};
use crate::number::{Sequence, Version};
use crate::record::Record;

/// The number of this form.
pub(crate) const FORM: u32 = 1;

/// The first line.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FirstLine<'l> {
    pub(crate) chancery_ledger_export: u32,
    #[serde(borrow)]
    pub(crate) tenant: Cow<'l, str>,
    /// One stream; none for the whole log.
    #[serde(borrow)]
    pub(crate) stream: Option<Cow<'l, str>>,
    /// How many lines follow.
    pub(crate) events: u64,
    pub(crate) size: u64,
    pub(crate) root: HexHash,
}

/// A line for one event.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventLine<'l> {
    sequence: u64,
    #[serde(borrow)]
    stream: Cow<'l, str>,
    version: u64,
    at: Timestamped,
    #[serde(borrow)]
    actor: Cow<'l, str>,
    #[serde(borrow)]
    kind: Cow<'l, str>,
    schema: u32,
    due: Option<Timestamped>,
    /// The events that began them, the oldest first.
    holds: Vec<u64>,
    #[serde(borrow)]
    payload: Part<'l>,
    payload_hash: HexHash,
    #[serde(borrow)]
    evidence: Part<'l>,
    evidence_hash: HexHash,
    effects: Option<HexHash>,
    request: Option<HexHash>,
    previous: HexHash,
    hash: HexHash,
    /// The hashes beside the path to the root, in the export of one stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) proof: Option<Vec<HexHash>>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(untagged, deny_unknown_fields)]
enum Part<'l> {
    Text {
        salt: String,
        #[serde(borrow)]
        text: Cow<'l, str>,
    },
    Base64 {
        salt: String,
        base64: String,
    },
    Erased {
        erased_by: u64,
    },
}

/// A hash in hexadecimal.
#[derive(Copy, Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "Cow<'_, str>", into = "String")]
pub(crate) struct HexHash(pub(crate) Hash);

impl TryFrom<Cow<'_, str>> for HexHash {
    type Error = &'static str;

    fn try_from(text: Cow<'_, str>) -> Result<Self, Self::Error> {
        Hash::from_hex(&text).map(Self).ok_or("a hash is 64 hexadecimal digits")
    }
}

impl From<HexHash> for String {
    fn from(HexHash(hash): HexHash) -> Self {
        hash.to_string()
    }
}

/// A time in RFC 3339.
#[derive(Copy, Clone, Debug, Deserialize, Serialize)]
#[serde(try_from = "Cow<'_, str>", into = "String")]
struct Timestamped(Timestamp);

impl TryFrom<Cow<'_, str>> for Timestamped {
    type Error = jiff::Error;

    /// Hashes cover whole microseconds. What stood behind them could be altered unseen.
    fn try_from(text: Cow<'_, str>) -> Result<Self, Self::Error> {
        let time: Timestamp = text.parse()?;
        if to_microseconds(time) != time {
            return Err(jiff::Error::from_args(format_args!("a time of the ledger has whole microseconds")));
        }
        Ok(Self(time))
    }
}

impl From<Timestamped> for String {
    fn from(Timestamped(time): Timestamped) -> Self {
        time.to_string()
    }
}

impl<'l> EventLine<'l> {
    pub(crate) fn of(event: &'l Event, proof: Option<Vec<Hash>>) -> Self {
        let record = &event.record;
        Self {
            sequence: record.sequence.0,
            stream: record.stream.as_str().into(),
            version: record.version.0,
            at: Timestamped(record.at),
            actor: record.actor.as_str().into(),
            kind: record.kind.as_str().into(),
            schema: record.schema,
            due: record.due.map(Timestamped),
            holds: record.holds.iter().map(|hold| hold.0).collect(),
            payload: Part::of(&event.payload),
            payload_hash: HexHash(record.payload_hash),
            evidence: Part::of(&event.evidence),
            evidence_hash: HexHash(record.evidence_hash),
            effects: record.effects.map(HexHash),
            request: record.request.map(HexHash),
            previous: HexHash(record.previous),
            hash: HexHash(record.hash),
            proof: proof.map(|hashes| hashes.into_iter().map(HexHash).collect()),
        }
    }

    /// The event, if every field is what it must be. Whether its hashes hold is another question.
    pub(crate) fn event(self, tenant: &Tenant) -> Result<Event, String> {
        let record = Record {
            tenant: tenant.clone(),
            stream: StreamId::new(&self.stream).map_err(|error| error.to_string())?,
            version: Version(self.version),
            sequence: Sequence(self.sequence),
            at: self.at.0,
            actor: Actor::new(&self.actor).map_err(|error| error.to_string())?,
            kind: Kind::new(&self.kind).map_err(|error| error.to_string())?,
            schema: self.schema,
            due: self.due.map(|due| due.0),
            holds: holds_of(&self.holds)?,
            payload_hash: self.payload_hash.0,
            evidence_hash: self.evidence_hash.0,
            effects: self.effects.map(|hash| hash.0),
            request: self.request.map(|hash| hash.0),
            previous: self.previous.0,
            hash: self.hash.0,
        };
        Ok(Event { record, payload: self.payload.content()?, evidence: self.evidence.content()? })
    }
}

impl<'l> Part<'l> {
    fn of(content: &'l Content) -> Self {
        match content {
            Content::Erased { by } => Self::Erased { erased_by: by.0 },
            Content::Kept { salt, bytes } => {
                let salt = salt.iter().map(|byte| format!("{byte:02x}")).collect();
                match std::str::from_utf8(bytes) {
                    Ok(text) => Self::Text { salt, text: text.into() },
                    Err(_) => Self::Base64 { salt, base64: Base64::encode_string(bytes) },
                }
            }
        }
    }

    fn content(self) -> Result<Content, String> {
        Ok(match self {
            Self::Erased { erased_by } => Content::Erased { by: Version(erased_by) },
            Self::Text { salt, text } => {
                Content::Kept { salt: salt_of(&salt)?, bytes: text.into_owned().into_bytes() }
            }
            Self::Base64 { salt, base64 } => {
                let bytes = Base64::decode_vec(&base64).map_err(|_| "a part is no Base64".to_owned())?;
                Content::Kept { salt: salt_of(&salt)?, bytes }
            }
        })
    }
}

fn holds_of(versions: &[u64]) -> Result<Holds, String> {
    let holds = versions.iter().try_fold(Holds::default(), |holds, version| holds.with(Version(*version)));
    holds.filter(|holds| !holds.contains(Version::EMPTY)).ok_or_else(|| HoldsError.to_string())
}

fn salt_of(text: &str) -> Result<Salt, String> {
    // The digits of a salt are half of those of a hash.
    let doubled = Hash::from_hex(&text.repeat(2)).filter(|_| text.len() == 32);
    let hash = doubled.ok_or_else(|| "a salt is 32 hexadecimal digits".to_owned())?;
    let mut salt = Salt::default();
    salt.iter_mut().zip(hash.as_bytes()).for_each(|(byte, read)| *byte = *read);
    Ok(salt)
}
