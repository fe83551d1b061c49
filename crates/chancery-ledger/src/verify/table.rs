//! The tables of a ledger, as the verifier sees those of every store.

use std::fmt;

/// A value of a row, before anything is believed of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Value {
    /// None.
    Null,
    /// A whole number.
    Integer(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Something that no ledger writes, for example a fraction.
    Other,
}

impl Value {
    /// A number; beyond 2^63, where no ledger gets, nothing.
    #[must_use]
    pub fn number(number: u64) -> Self {
        i64::try_from(number).map_or(Self::Other, Self::Integer)
    }

    /// Text.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("nothing"),
            Self::Integer(number) => number.fmt(f),
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::Other => f.write_str("something else"),
        }
    }
}

/// A table of a ledger. Every store shows its rows to the verifier in these columns.
#[derive(Copy, Clone, Debug, Eq, Hash, PartialEq)]
pub enum Table {
    /// One row for each tenant: where the log stands.
    Logs,
    /// One row for each stream: where it stands.
    Streams,
    /// One row for each event.
    Events,
    /// One row for each complete subtree of a log above its leaves.
    Nodes,
    /// One row for each effect.
    Outbox,
    /// One row for each idempotency key.
    Requests,
}

/// A column.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// Why it is no record: nothing is proven by it, and the verifier looks only for what would keep something from being
    /// done. None for all that is recorded.
    pub operational: Option<&'static str>,
}

impl Table {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Logs, Self::Streams, Self::Events, Self::Nodes, Self::Outbox, Self::Requests];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Logs => "logs",
            Self::Streams => "streams",
            Self::Events => "events",
            Self::Nodes => "nodes",
            Self::Outbox => "outbox",
            Self::Requests => "requests",
        }
    }

    /// Its columns, those of the key first.
    #[must_use]
    pub const fn columns(self) -> &'static [Column] {
        match self {
            Self::Logs => &LOGS,
            Self::Streams => &STREAMS,
            Self::Events => &EVENTS,
            Self::Nodes => &NODES,
            Self::Outbox => &OUTBOX,
            Self::Requests => &REQUESTS,
        }
    }

    /// How many of the first columns are the key. The first is always the tenant.
    #[must_use]
    pub const fn key(self) -> usize {
        match self {
            Self::Logs => 1,
            Self::Streams | Self::Events | Self::Requests => 2,
            Self::Nodes | Self::Outbox => 3,
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

const fn record(name: &'static str) -> Column {
    Column { name, operational: None }
}

const fn operational(name: &'static str, why: &'static str) -> Column {
    Column { name, operational: Some(why) }
}

const LEASE: &str =
    "who works on it now; another value makes it wait, or be done twice, which every deliverer expects";

const LOGS: [Column; 4] = [record("tenant"), record("size"), record("frontier"), record("latest")];

const STREAMS: [Column; 7] = [
    record("tenant"),
    record("stream"),
    record("version"),
    record("hash"),
    record("due"),
    record("holds"),
    operational("leased_until", LEASE),
];

const EVENTS: [Column; 22] = [
    record("tenant"),
    record("sequence"),
    record("stream"),
    record("version"),
    record("at"),
    record("actor"),
    record("kind"),
    record("schema"),
    record("due"),
    record("holds"),
    record("effects"),
    record("request"),
    record("previous"),
    record("payload_hash"),
    record("evidence_hash"),
    record("hash"),
    record("payload_erased"),
    record("evidence_erased"),
    record("payload_salt"),
    record("evidence_salt"),
    record("evidence"),
    record("payload"),
];

const NODES: [Column; 4] = [record("tenant"), record("level"), record("position"), record("hash")];

const OUTBOX: [Column; 13] = [
    record("tenant"),
    record("sequence"),
    record("n"),
    record("stream"),
    record("destination"),
    record("kind"),
    record("body"),
    operational("attempts", "how often it was tried; once it has ended, the hash of that covers it"),
    operational("next_at", "when it is tried; what would hold it up for more than a day is found"),
    operational("leased_until", LEASE),
    record("delivered_at"),
    record("dead_at"),
    record("settled"),
];

const REQUESTS: [Column; 6] =
    [record("tenant"), record("last"), record("first"), record("key"), record("command"), record("result")];
