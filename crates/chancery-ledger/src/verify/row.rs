//! Rows, read with suspicion.

use jiff::Timestamp;

use crate::event::{Content, Event};
use crate::hash::Hash;
use crate::number::{Sequence, Version};
use crate::part::Part;
use crate::record::Record;
use crate::verify::damage::{Damage, Flaw, Place};
use crate::verify::table::{Table, Value};

/// A row that is read column by column; what no ledger writes is noted, and reading goes on.
pub(super) struct RowReader<'r> {
    table: Table,
    row: &'r [Value],
    pub(super) damages: Vec<Damage>,
}

impl<'r> RowReader<'r> {
    pub(super) const fn new(table: Table, row: &'r [Value]) -> Self {
        Self { table, row, damages: Vec::new() }
    }

    pub(super) fn key(&self) -> Vec<Value> {
        key(self.table, self.row)
    }

    fn value(&self, column: &str) -> &'r Value {
        let place = self.table.columns().iter().position(|known| known.name == column);
        place.and_then(|place| self.row.get(place)).unwrap_or(&Value::Null)
    }

    fn read<T>(&mut self, column: &'static str, read: impl FnOnce(&'r Value) -> Option<T>) -> Option<T> {
        let value = self.value(column);
        let read = read(value);
        if read.is_none() {
            let found = match value {
                Value::Text(text) => Value::Text(text.chars().take(64).collect()),
                // What is told is kept: no more than it takes to say what it is.
                Value::Bytes(bytes) if bytes.len() > 64 => Value::Other,
                value => value.clone(),
            };
            self.note(vec![column], Flaw::Value { found });
        }
        read
    }

    pub(super) fn note(&mut self, columns: Vec<&'static str>, flaw: Flaw) {
        self.damages.push(Damage { at: Place::Row { table: self.table, key: self.key(), columns }, flaw });
    }

    pub(super) fn number(&mut self, column: &'static str) -> Option<u64> {
        self.read(column, as_number)
    }

    pub(super) fn small(&mut self, column: &'static str) -> Option<u32> {
        self.read(column, |value| u32::try_from(as_number(value)?).ok())
    }

    pub(super) fn maybe_number(&mut self, column: &'static str) -> Option<Option<u64>> {
        self.read(column, |value| maybe(value, as_number))
    }

    pub(super) fn time(&mut self, column: &'static str) -> Option<Timestamp> {
        self.read(column, as_time)
    }

    pub(super) fn maybe_time(&mut self, column: &'static str) -> Option<Option<Timestamp>> {
        self.read(column, |value| maybe(value, as_time))
    }

    pub(super) fn hash(&mut self, column: &'static str) -> Option<Hash> {
        self.read(column, as_hash)
    }

    pub(super) fn maybe_hash(&mut self, column: &'static str) -> Option<Option<Hash>> {
        self.read(column, |value| maybe(value, as_hash))
    }

    pub(super) fn bytes(&mut self, column: &'static str) -> Option<&'r [u8]> {
        self.read(column, as_bytes)
    }

    fn maybe_bytes(&mut self, column: &'static str) -> Option<Option<&'r [u8]>> {
        self.read(column, |value| maybe(value, as_bytes))
    }

    pub(super) fn name<T: for<'t> TryFrom<&'t str>>(&mut self, column: &'static str) -> Option<T> {
        self.read(column, |value| match value {
            Value::Text(text) => T::try_from(text).ok(),
            _ => None,
        })
    }

    /// The event, if each column holds a value of its kind. A part of which only something is there is noted.
    pub(super) fn event(&mut self) -> Option<Event> {
        let record = self.record();
        let payload = self.content(Part::Payload);
        let evidence = self.content(Part::Evidence);
        Some(Event { record: record?, payload: payload?, evidence: evidence? })
    }

    fn record(&mut self) -> Option<Record> {
        let (tenant, sequence) = (self.name("tenant"), self.number("sequence"));
        let (stream, version) = (self.name("stream"), self.number("version"));
        let (at, actor, kind) = (self.time("at"), self.name("actor"), self.name("kind"));
        let schema = self.small("schema");
        let (due, holds) = (self.maybe_time("due"), self.name("holds"));
        let (effects, request) = (self.maybe_hash("effects"), self.maybe_hash("request"));
        let previous = self.hash("previous");
        let (payload_hash, evidence_hash) = (self.hash("payload_hash"), self.hash("evidence_hash"));
        let hash = self.hash("hash");
        Some(Record {
            tenant: tenant?,
            stream: stream?,
            version: Version(version?),
            sequence: Sequence(sequence?),
            at: at?,
            actor: actor?,
            kind: kind?,
            schema: schema?,
            due: due?,
            holds: holds?,
            payload_hash: payload_hash?,
            evidence_hash: evidence_hash?,
            effects: effects?,
            request: request?,
            previous: previous?,
            hash: hash?,
        })
    }

    /// Bytes and salt are both there, or neither is and an event says why.
    fn content(&mut self, part: Part) -> Option<Content> {
        let [erased, salt, bytes] = part_columns(part);
        let by = self.maybe_number(erased)?;
        if let Some(by) = by {
            let (salt, bytes) =
                (self.maybe_bytes(salt)?.map(|_| salt), self.maybe_bytes(bytes)?.map(|_| bytes));
            if let Some(left) = bytes.or(salt) {
                self.note(vec![left, erased], Flaw::NotGone);
                return None;
            }
            return Some(Content::Erased { by: Version(by) });
        }
        if let Some(gone) = [bytes, salt].into_iter().find(|column| *self.value(column) == Value::Null) {
            self.note(vec![gone, erased], Flaw::NotErased(part));
            return None;
        }
        let salt = self.read(salt, |value| as_bytes(value)?.try_into().ok());
        let bytes = self.bytes(bytes)?.to_vec();
        Some(Content::Kept { salt: salt?, bytes })
    }
}

/// What erased a part, its salt, and its bytes.
pub(super) const fn part_columns(part: Part) -> [&'static str; 3] {
    match part {
        Part::Payload => ["payload_erased", "payload_salt", "payload"],
        Part::Evidence => ["evidence_erased", "evidence_salt", "evidence"],
    }
}

/// The key of a row without the tenant.
pub(super) fn key(table: Table, row: &[Value]) -> Vec<Value> {
    row.iter().take(table.key()).skip(1).cloned().collect()
}

fn maybe<'r, T>(value: &'r Value, read: impl FnOnce(&'r Value) -> Option<T>) -> Option<Option<T>> {
    match value {
        Value::Null => Some(None),
        value => read(value).map(Some),
    }
}

fn as_number(value: &Value) -> Option<u64> {
    match value {
        Value::Integer(number) => u64::try_from(*number).ok(),
        _ => None,
    }
}

fn as_time(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Integer(microseconds) => Timestamp::from_microsecond(*microseconds).ok(),
        _ => None,
    }
}

fn as_bytes(value: &Value) -> Option<&[u8]> {
    match value {
        Value::Bytes(bytes) => Some(bytes),
        _ => None,
    }
}

fn as_hash(value: &Value) -> Option<Hash> {
    as_bytes(value)?.try_into().ok().map(Hash)
}
