//! Streams: each event follows on the one before it, and the head is the last one.

use std::collections::HashMap;

use crate::error::StoreError;
use crate::event::{Content, Event};
use crate::hash::Hash;
use crate::holds::Holds;
use crate::housekeeping::{self, Erasure, Release, most_apart};
use crate::name::StreamId;
use crate::number::{Sequence, Version};
use crate::part::Part;
use crate::record::Record;
use crate::verify::cursor::{Cursor, is_of};
use crate::verify::damage::{Flaw, Place};
use crate::verify::events::{Walk, row_place};
use crate::verify::row::{RowReader, key};
use crate::verify::table::{Table, Value};

/// How many streams are remembered; the last event of any other is looked up.
const REMEMBERED: usize = if cfg!(test) { 2 } else { 10_000 };

/// Where streams stood when the walk last met them.
#[derive(Default)]
pub(super) struct Chain(HashMap<StreamId, Link>);

#[derive(Clone)]
struct Link {
    version: Version,
    sequence: Sequence,
    hash: Hash,
    holds: Holds,
    closed: Closed,
}

/// Up to which event nothing of a stream may be erased, because the commit that ended a legal hold goes so far.
#[derive(Copy, Clone)]
enum Closed {
    Known(Option<Sequence>),
    /// The walk has forgotten it.
    Forgotten,
}

impl Walk<'_> {
    /// An event follows on the one before it: by hash, in the log, and in its legal holds.
    pub(super) fn link(&mut self, event: &Event, row: &[Value]) -> Result<(), StoreError> {
        let record = &event.record;
        let before = self.before(record)?;
        if self.is_second(record)? {
            self.note(row_place(Table::Events, row, &["stream", "version"]), Flaw::Chain);
        }
        let place = |columns: &[&'static str]| row_place(Table::Events, row, columns);
        match &before {
            None if record.version.0 == 0 => self.note(place(&["version"]), Flaw::Chain),
            None if record.version.0 == 1 => {
                if record.previous != Hash::NONE {
                    self.note(place(&["previous"]), Flaw::Chain);
                }
            }
            None => self.note(place(&["stream", "version"]), Flaw::Chain),
            Some(before) => {
                if before.hash != record.previous {
                    self.note(place(&["previous"]), Flaw::Chain);
                }
                if before.sequence >= record.sequence {
                    self.note(place(&["sequence", "version"]), Flaw::Chain);
                }
            }
        }
        let (held, mut closed) =
            before.map_or((Holds::default(), Closed::Known(None)), |before| (before.holds, before.closed));
        let holds = match record.kind.as_str() {
            housekeeping::HELD => held.with(record.version),
            housekeeping::RELEASED => match event.payload().and_then(Release::from_payload) {
                Some(release) if release.is_by(record.sequence) => {
                    closed = Closed::Known(Some(release.last));
                    held.without(release.hold)
                }
                _ => {
                    self.note(place(&["payload"]), Flaw::Derived);
                    Some(record.holds.clone())
                }
            },
            _ => Some(held.clone()),
        };
        if holds.as_ref() != Some(&record.holds) {
            self.note(place(&["holds"]), Flaw::Derived);
        }
        if record.kind.as_str() == housekeeping::ERASED {
            if !held.is_empty() {
                self.note(place(&[]), Flaw::ErasedUnderHold);
            }
            let last = match closed {
                Closed::Known(last) => last,
                Closed::Forgotten => self.last_release(record)?,
            };
            if last.is_some_and(|last| record.sequence <= last) {
                self.note(place(&[]), Flaw::ErasedAtOnce);
            }
            self.target_is_gone(event, row)?;
        }
        if self.chain.0.len() >= REMEMBERED {
            self.chain.0.clear();
        }
        let (&Record { version, sequence, hash, .. }, holds) = (record, record.holds.clone());
        self.chain.0.insert(record.stream.clone(), Link { version, sequence, hash, holds, closed });
        Ok(())
    }

    /// Where the commit ends that ended a hold of the stream last, as far back as that commit can have begun.
    fn last_release(&mut self, erased: &Record) -> Result<Option<Sequence>, StoreError> {
        let mut version = erased.version.0;
        while let Some(before) = version.checked_sub(1).filter(|version| *version > 0) {
            version = before;
            let found = self.event_of(&erased.stream, Version(version))?;
            let event = found.first().and_then(|row| RowReader::new(Table::Events, row).event());
            let Some(event) = event else { return Ok(None) };
            let away = erased.sequence.0.saturating_sub(event.record.sequence.0);
            if away >= most_apart() || event.record.sequence >= erased.sequence {
                return Ok(None);
            }
            if event.record.kind.as_str() == housekeeping::RELEASED {
                return Ok(event.payload().and_then(Release::from_payload).map(|release| release.last));
            }
        }
        Ok(None)
    }

    /// The rows of events with exactly this stream and version.
    fn event_of(&mut self, stream: &StreamId, version: Version) -> Result<Vec<Vec<Value>>, StoreError> {
        let mut found = self.records.event(self.tenant, stream, version)?;
        let wanted = [Value::text(stream.as_str()), Value::number(version.0)];
        found.retain(|row| is_of(row, self.tenant) && row.get(2..4) == Some(&wanted[..]));
        Ok(found)
    }

    /// Another event has the same place in the stream. Both may follow on the one before, and only one of them is what
    /// a reader of the stream is shown.
    fn is_second(&mut self, record: &Record) -> Result<bool, StoreError> {
        let known = self.chain.0.get(&record.stream).map(|link| link.version);
        match known {
            Some(known) => Ok(known >= record.version),
            None => Ok(self.event_of(&record.stream, record.version)?.len() > 1),
        }
    }

    /// The event before this one in its stream; none before the first, or where it is missing.
    fn before(&mut self, record: &Record) -> Result<Option<Link>, StoreError> {
        let Some(version) = record.version.0.checked_sub(1).map(Version).filter(|version| version.0 > 0)
        else {
            return Ok(None);
        };
        if let Some(link) = self.chain.0.get(&record.stream).filter(|link| link.version == version) {
            return Ok(Some(link.clone()));
        }
        let found = self.event_of(&record.stream, version)?;
        Ok(found.first().and_then(|row| {
            let mut reader = RowReader::new(Table::Events, row);
            let (sequence, hash) = (Sequence(reader.number("sequence")?), reader.hash("hash")?);
            Some(Link { version, sequence, hash, holds: reader.name("holds")?, closed: Closed::Forgotten })
        }))
    }

    /// Whether the event that is said to have erased a part says so.
    pub(super) fn erasure_is_recorded(
        &mut self,
        record: &Record,
        part: Part,
        by: Version,
    ) -> Result<bool, StoreError> {
        let wanted = Erasure { version: record.version, part };
        let found = self.event_of(&record.stream, by)?;
        let event = found.first().and_then(|row| RowReader::new(Table::Events, row).event());
        Ok(event.is_some_and(|event| {
            event.record.kind.as_str() == housekeeping::ERASED
                && event.payload().and_then(Erasure::from_payload) == Some(wanted)
                && event.record.version > record.version
        }))
    }

    /// What an event says to have erased is gone.
    fn target_is_gone(&mut self, event: &Event, row: &[Value]) -> Result<(), StoreError> {
        let record = &event.record;
        let Some(erasure) = event.payload().and_then(Erasure::from_payload) else {
            self.note(row_place(Table::Events, row, &["payload"]), Flaw::Derived);
            return Ok(());
        };
        let found = self.event_of(&record.stream, erasure.version)?;
        let target = found.first().and_then(|row| RowReader::new(Table::Events, row).event());
        let gone = target.is_none_or(|target| {
            let content = match erasure.part {
                Part::Payload => target.payload,
                Part::Evidence => target.evidence,
            };
            content == Content::Erased { by: record.version }
        });
        if let Some(target) = found.first().filter(|_| !gone) {
            self.note(row_place(Table::Events, target, &[]), Flaw::NotGone);
        }
        Ok(())
    }

    /// A stream with a first event has a head.
    pub(super) fn has_head(&mut self, stream: &StreamId) -> Result<(), StoreError> {
        let key = vec![Value::text(stream.as_str())];
        if self.find(Table::Streams, &key)?.is_empty() {
            self.note(Place::Row { table: Table::Streams, key, columns: vec![] }, Flaw::Missing);
        }
        Ok(())
    }

    /// Every head is that of the stream's last event.
    pub(super) fn heads(&mut self) -> Result<(), StoreError> {
        let mut heads = Cursor::new(Table::Streams);
        let mut last_key = None;
        while !self.is_full() {
            let Some(row) = heads.next(self.records, self.tenant)? else { break };
            let key = Some(key(Table::Streams, &row));
            if key == last_key {
                self.note(row_place(Table::Streams, &row, &[]), Flaw::Extra);
            }
            last_key = key;
            let mut reader = RowReader::new(Table::Streams, &row);
            let (stream, version) = (reader.name::<StreamId>("stream"), reader.number("version"));
            let (hash, due) = (reader.hash("hash"), reader.maybe_time("due"));
            let holds = reader.name::<Holds>("holds");
            self.damages.append(&mut reader.damages);
            let place = |columns: &[&'static str]| row_place(Table::Streams, &row, columns);
            let (Some(stream), Some(version)) = (stream, version) else { continue };
            let last = self.event_of(&stream, Version(version))?;
            let Some(last) = last.first() else {
                self.note(place(&["stream", "version"]), Flaw::Derived);
                continue;
            };
            if !self.event_of(&stream, Version(version.saturating_add(1)))?.is_empty() {
                self.note(place(&["version"]), Flaw::Derived);
                continue;
            }
            // What of the event cannot be read is noted with the event.
            let mut reader = RowReader::new(Table::Events, last);
            let differs = [
                ("hash", hash.zip(reader.hash("hash")).is_some_and(|(head, event)| head != event)),
                ("due", due.zip(reader.maybe_time("due")).is_some_and(|(head, event)| head != event)),
                ("holds", holds.zip(reader.name("holds")).is_some_and(|(head, event)| head != event)),
            ];
            for (column, _) in differs.into_iter().filter(|(_, differs)| *differs) {
                self.note(place(&[column]), Flaw::Derived);
            }
        }
        self.heads = Some(heads.taken);
        Ok(())
    }
}
