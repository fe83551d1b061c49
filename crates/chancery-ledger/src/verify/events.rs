//! One pass over the events of a log, with all that belongs to them.

use std::collections::HashSet;

use jiff::Timestamp;

use crate::anchor::Anchor;
use crate::checkpoint::Checkpoint;
use crate::effect::Effect;
use crate::error::StoreError;
use crate::event::{Content, Event};
use crate::hashing::{effects_hash, event_hash, part_hash, request_hash};
use crate::housekeeping;
use crate::limits;
use crate::merkle::Frontier;
use crate::name::{Destination, StreamId, Tenant};
use crate::number::Sequence;
use crate::part::Part;
use crate::record::Record;
use crate::request::Request;
use crate::verify::chain::Chain;
use crate::verify::cursor::{Cursor, is_of};
use crate::verify::damage::{Damage, Flaw, Place};
use crate::verify::deliveries::Line;
use crate::verify::records::Records;
use crate::verify::row::{RowReader, key, part_columns};
use crate::verify::table::{Table, Value};
use crate::verify::verification::Witness;
use crate::verify::verifier::{Claim, MOST_DAMAGES};

/// A walk along a tenant's log, from its first event to its last.
pub(super) struct Walk<'w> {
    pub(super) records: &'w mut dyn Records,
    pub(super) tenant: &'w Tenant,
    pub(super) damages: Vec<Damage>,
    pub(super) chain: Chain,
    pub(super) claims: Vec<Claim>,
    pub(super) frontier: Frontier,
    latest: Option<Timestamp>,
    /// An event is missing or cannot be read: what follows stands at another place than it did.
    pub(super) tree_ends: bool,
    events: Cursor,
    outbox: Cursor,
    requests: Cursor,
    /// One for each level, from 1.
    pub(super) nodes: Vec<Cursor>,
    /// The longest part that somebody saw.
    pub(super) seen: Option<(u64, Witness)>,
    /// How many heads there are; none before they were read.
    pub(super) heads: Option<u64>,
    /// Lines of the outbox of which an open delivery was met.
    pub(super) lines: HashSet<Line>,
}

/// What is told at the end: the damage, the log, and the longest part that a witness saw.
pub(super) type End = (Vec<Damage>, Checkpoint, Option<(u64, Witness)>);

impl<'w> Walk<'w> {
    pub(super) fn new(records: &'w mut dyn Records, tenant: &'w Tenant, claims: Vec<Claim>) -> Self {
        Self {
            records,
            tenant,
            damages: Vec::new(),
            chain: Chain::default(),
            claims,
            frontier: Frontier::default(),
            latest: None,
            tree_ends: false,
            events: Cursor::new(Table::Events),
            outbox: Cursor::new(Table::Outbox),
            requests: Cursor::new(Table::Requests),
            nodes: Vec::new(),
            seen: None,
            heads: None,
            lines: HashSet::new(),
        }
    }

    /// Enough was found to know that nothing can be believed.
    pub(super) fn is_full(&self) -> bool {
        self.damages.len() >= MOST_DAMAGES
    }

    pub(super) fn note(&mut self, at: Place, flaw: Flaw) {
        self.damages.push(Damage { at, flaw });
    }

    /// All events, with what they send, what was answered, and the tree over them. `judge` says what an anchor claims.
    pub(super) fn events(
        &mut self,
        judge: &mut dyn FnMut(&Anchor) -> Option<Claim>,
    ) -> Result<(), StoreError> {
        self.compare_claims();
        let mut expected = 0;
        while !self.is_full() {
            let Some(row) = self.events.next(self.records, self.tenant)? else { break };
            let sequence = match row.get(1) {
                Some(Value::Integer(sequence)) => u64::try_from(*sequence).ok(),
                _ => None,
            };
            let Some(sequence) = sequence.filter(|sequence| *sequence >= expected) else {
                self.note(row_place(Table::Events, &row, &["sequence"]), Flaw::Extra);
                continue;
            };
            if sequence > expected {
                let at =
                    Place::Row { table: Table::Events, key: vec![Value::number(expected)], columns: vec![] };
                self.note(at, Flaw::Missing);
                self.tree_ends = true;
            }
            expected = sequence + 1;
            self.event(&row, Sequence(sequence), judge)?;
        }
        Ok(())
    }

    fn event(
        &mut self,
        row: &[Value],
        sequence: Sequence,
        judge: &mut dyn FnMut(&Anchor) -> Option<Claim>,
    ) -> Result<(), StoreError> {
        let mut reader = RowReader::new(Table::Events, row);
        let hash = reader.hash("hash");
        // Read again with the rest, which notes it once.
        reader.damages.clear();
        let event = reader.event();
        self.damages.append(&mut reader.damages);
        let (effects, request) = (self.effects(sequence, row)?, self.request(sequence)?);
        if let Some(event) = event {
            let place = |columns: &[&'static str]| row_place(Table::Events, row, columns);
            for part in Part::ALL {
                self.part(row, &event, part)?;
            }
            let record = &event.record;
            if event_hash(record) != record.hash {
                self.note(place(&[]), Flaw::Hash);
            }
            self.link(&event, row)?;
            self.committed_with(record, effects, request);
            if record.version.0 == 1 {
                self.has_head(&record.stream)?;
            }
            if record.kind.as_str() == housekeeping::ANCHORED && record.stream == StreamId::anchors() {
                match event.payload().and_then(Anchor::from_payload) {
                    Some(anchor) => {
                        if let Some(claim) = judge(&anchor) {
                            self.compare_earlier(claim, place(&["payload"]))?;
                        }
                    }
                    None => self.note(place(&["payload"]), Flaw::Derived),
                }
            }
            self.latest = self.latest.max(Some(record.at));
        }
        match hash.filter(|_| !self.tree_ends) {
            Some(hash) => self.grow(&hash)?,
            None => self.tree_ends = true,
        }
        Ok(())
    }

    /// A part is what was hashed, or an event says that it was erased.
    fn part(&mut self, row: &[Value], event: &Event, part: Part) -> Result<(), StoreError> {
        let record = &event.record;
        let (content, hash, column) = match part {
            Part::Payload => (&event.payload, record.payload_hash, "payload_hash"),
            Part::Evidence => (&event.evidence, record.evidence_hash, "evidence_hash"),
        };
        let [erased, salt, bytes] = part_columns(part);
        match content {
            Content::Kept { salt: kept, bytes: found } => {
                if part_hash(part, kept, found) != hash {
                    self.note(row_place(Table::Events, row, &[bytes, salt, column]), Flaw::Hash);
                }
            }
            Content::Erased { by } => {
                if !self.erasure_is_recorded(record, part, *by)? {
                    self.note(row_place(Table::Events, row, &[erased, bytes, salt]), Flaw::NotErased(part));
                }
            }
        }
        Ok(())
    }

    /// What was committed with an event is there, and nothing else is.
    fn committed_with(
        &mut self,
        record: &Record,
        effects: Option<Vec<Effect>>,
        request: Option<Option<Request>>,
    ) {
        let key = vec![Value::number(record.sequence.0)];
        let belongs = |table, key: &[Value]| Place::Row { table, key: key.to_vec(), columns: vec![] };
        if let Some(effects) = effects
            && effects_hash(effects.iter()) != record.effects
        {
            let flaw = if effects.is_empty() { Flaw::Missing } else { Flaw::Hash };
            // With one effect it is known which; else it is one of the event's.
            let n = (effects.len() == 1).then(|| Value::number(0));
            let key: Vec<_> = key.iter().cloned().chain(n).collect();
            self.note(belongs(Table::Outbox, &key), flaw);
        }
        if let Some(request) = request
            && request.as_ref().map(request_hash) != record.request
        {
            let flaw = if request.is_none() { Flaw::Missing } else { Flaw::Hash };
            self.note(belongs(Table::Requests, &key), flaw);
        }
    }

    /// What the event of this row sends, in order; none if a row of it cannot be read, which is noted.
    fn effects(&mut self, sequence: Sequence, event: &[Value]) -> Result<Option<Vec<Effect>>, StoreError> {
        let (mut effects, mut readable) = (Vec::new(), true);
        while let Some(row) = self.take(Table::Outbox, sequence)? {
            let mut reader = RowReader::new(Table::Outbox, &row);
            let (n, stream) = (reader.number("n"), reader.name::<StreamId>("stream"));
            let (destination, kind) = (reader.name::<Destination>("destination"), reader.name("kind"));
            let body = reader.bytes("body");
            if n.is_some_and(|n| Some(n) != u64::try_from(effects.len()).ok()) {
                reader.note(vec!["n"], Flaw::Derived);
                readable = false;
            }
            if stream.as_ref().is_some_and(|stream| Some(&Value::text(stream.as_str())) != event.get(2)) {
                reader.note(vec!["stream"], Flaw::Derived);
            }
            // No commit writes more, and none of these is held for long.
            let body = match body {
                Some(_) if effects.len() >= limits::EFFECTS => {
                    reader.note(vec![], Flaw::Extra);
                    None
                }
                Some(body) if body.len() > limits::BODY => {
                    reader.note(vec!["body"], Flaw::Hash);
                    None
                }
                body => body,
            };
            self.damages.append(&mut reader.damages);
            self.delivery(&row, stream.zip(destination.clone()))?;
            match (destination, kind, body) {
                (Some(destination), Some(kind), Some(body)) => {
                    effects.push(Effect { destination, kind, body: body.to_vec() });
                }
                _ => readable = false,
            }
            if self.is_full() {
                return Ok(None);
            }
        }
        Ok(readable.then_some(effects))
    }

    /// What was answered to the request that ended with this event; none if its row cannot be read.
    fn request(&mut self, sequence: Sequence) -> Result<Option<Option<Request>>, StoreError> {
        let Some(row) = self.take(Table::Requests, sequence)? else { return Ok(Some(None)) };
        let mut reader = RowReader::new(Table::Requests, &row);
        let (first, key) = (reader.number("first"), reader.name("key"));
        let (command, result) = (reader.hash("command"), reader.bytes("result"));
        self.damages.append(&mut reader.damages);
        let request = || {
            let (first, last) = (Sequence(first?), sequence);
            Some(Request { key: key?, command: command?, first, last, result: result?.to_vec() })
        };
        Ok(request().map(Some))
    }

    /// The next row of this event; rows of no event on the way to it are noted.
    fn take(&mut self, table: Table, sequence: Sequence) -> Result<Option<Vec<Value>>, StoreError> {
        let cursor = if table == Table::Outbox { &mut self.outbox } else { &mut self.requests };
        while let Some(row) = cursor.peek(self.records, self.tenant)? {
            let its = match row.get(1) {
                Some(Value::Integer(its)) => u64::try_from(*its).ok(),
                None | Some(Value::Null) => None,
                // Behind all numbers, in the order of every database that has such a thing.
                Some(_) => return Ok(None),
            };
            if its == Some(sequence.0) {
                return cursor.next(self.records, self.tenant);
            }
            if its.is_some_and(|its| its > sequence.0) || self.damages.len() >= MOST_DAMAGES {
                return Ok(None);
            }
            let at = row_place(table, row, &[]);
            cursor.next(self.records, self.tenant)?;
            self.damages.push(Damage { at, flaw: Flaw::Extra });
        }
        Ok(None)
    }

    /// The rows with exactly this key.
    pub(super) fn find(&mut self, table: Table, wanted: &[Value]) -> Result<Vec<Vec<Value>>, StoreError> {
        let mut found = self.records.find(table, self.tenant, wanted)?;
        found.retain(|row| is_of(row, self.tenant) && key(table, row) == wanted);
        Ok(found)
    }

    /// What is left over, and where the log stands.
    pub(super) fn end(mut self) -> Result<End, StoreError> {
        let log = Checkpoint { size: self.frontier.size(), root: self.frontier.root() };
        if !self.is_full() {
            self.left_over(Table::Outbox)?;
            self.left_over(Table::Requests)?;
            if !self.tree_ends {
                for claim in std::mem::take(&mut self.claims) {
                    self.note(Place::Log, Flaw::CutOff { kept: claim.checkpoint, size: log.size });
                }
                self.log_row()?;
                self.counts()?;
            }
        }
        Ok((self.damages, log, self.seen))
    }

    fn left_over(&mut self, table: Table) -> Result<(), StoreError> {
        let cursor = if table == Table::Outbox { &mut self.outbox } else { &mut self.requests };
        while let Some(row) = cursor.next(self.records, self.tenant)? {
            self.damages.push(Damage { at: row_place(table, &row, &[]), flaw: Flaw::Extra });
            if self.damages.len() >= MOST_DAMAGES {
                break;
            }
        }
        Ok(())
    }

    fn log_row(&mut self) -> Result<(), StoreError> {
        let rows = self.find(Table::Logs, &[])?;
        let at = |columns| Place::Row { table: Table::Logs, key: vec![], columns };
        let Some(row) = rows.first() else {
            if self.frontier.size() > 0 {
                self.note(at(vec![]), Flaw::Missing);
            }
            return Ok(());
        };
        let mut reader = RowReader::new(Table::Logs, row);
        let (size, latest) = (reader.number("size"), reader.time("latest"));
        let frontier = reader.bytes("frontier").map(<[u8]>::to_vec);
        self.damages.append(&mut reader.damages);
        let tail_is_missing = size.is_some_and(|size| size > self.frontier.size())
            && frontier.as_ref().is_some_and(|bytes| *bytes != self.frontier.to_bytes());
        if tail_is_missing {
            let key = vec![Value::number(self.frontier.size())];
            self.note(Place::Row { table: Table::Events, key, columns: vec![] }, Flaw::Missing);
            return Ok(());
        }
        let derived = [
            ("size", size.is_some_and(|size| size != self.frontier.size())),
            ("frontier", frontier.is_some_and(|bytes| bytes != self.frontier.to_bytes())),
            ("latest", latest.is_some_and(|latest| Some(latest) != self.latest)),
        ];
        for (column, _) in derived.into_iter().filter(|(_, differs)| *differs) {
            self.note(at(vec![column]), Flaw::Derived);
        }
        Ok(())
    }

    /// Two rows with one key, or rows that no order reaches, are found by counting.
    fn counts(&mut self) -> Result<(), StoreError> {
        let nodes = self.nodes.iter().map(|cursor| cursor.taken).sum();
        let logs = u64::from(self.frontier.size() > 0);
        let expected = [
            (Table::Logs, Some(logs)),
            (Table::Events, Some(self.events.taken)),
            (Table::Nodes, Some(nodes)),
            (Table::Outbox, Some(self.outbox.taken)),
            (Table::Requests, Some(self.requests.taken)),
            (Table::Streams, self.heads),
        ];
        for (table, expected) in expected {
            let found = self.records.count(table, self.tenant)?;
            if let Some(expected) = expected.filter(|expected| *expected != found) {
                self.note(Place::Log, Flaw::Count { table, expected, found });
            }
        }
        Ok(())
    }
}

/// The place of a row.
pub(super) fn row_place(table: Table, row: &[Value], columns: &[&'static str]) -> Place {
    Place::Row { table, key: key(table, row), columns: columns.to_vec() }
}
