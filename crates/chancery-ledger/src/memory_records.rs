//! The rows of a memory store, for the verifier.

use jiff::Timestamp;

use crate::error::StoreError;
use crate::event::{Content, Event};
use crate::hash::Hash;
use crate::memory::{MemoryStore, Stream, Tables};
use crate::name::{StreamId, Tenant};
use crate::number::Version;
use crate::verify::{Damage, Records, Table, Value};

/// What a [`MemoryStore`] held at one moment, as rows for the [`LedgerVerifier`](crate::LedgerVerifier).
#[derive(Clone, Debug)]
pub struct MemoryRecords(Vec<(Tenant, [Vec<Row>; 6])>);

type Row = Vec<Value>;

impl MemoryStore {
    /// What it holds now, as rows for the [`LedgerVerifier`](crate::LedgerVerifier).
    #[must_use]
    pub fn records(&self) -> MemoryRecords {
        let tenants = self.tenants();
        let rows = |(tenant, tables): (&Tenant, &Tables)| {
            (tenant.clone(), Table::ALL.map(|table| rows(table, tenant, tables)))
        };
        MemoryRecords(tenants.iter().map(rows).collect())
    }
}

impl MemoryRecords {
    fn rows(&self, table: Table, tenant: &Tenant) -> &[Row] {
        let tables = self.0.iter().find(|(known, _)| known == tenant).map(|(_, tables)| tables);
        let place = Table::ALL.iter().position(|known| *known == table);
        tables.zip(place).and_then(|(tables, place)| tables.get(place)).map_or(&[], Vec::as_slice)
    }
}

impl Records for MemoryRecords {
    fn oddities(&mut self) -> Result<Vec<Damage>, StoreError> {
        Ok(Vec::new())
    }

    fn tenants(&mut self) -> Result<Vec<Value>, StoreError> {
        Ok(self.0.iter().map(|(tenant, _)| Value::text(tenant.as_str())).collect())
    }

    fn count(&mut self, table: Table, tenant: &Tenant) -> Result<u64, StoreError> {
        Ok(u64::try_from(self.rows(table, tenant).len()).unwrap_or(u64::MAX))
    }

    fn page(
        &mut self,
        table: Table,
        tenant: &Tenant,
        after: Option<&[Value]>,
        most: usize,
    ) -> Result<Vec<Row>, StoreError> {
        let rows = self.rows(table, tenant);
        let after = after.map(sort_key);
        let begin = rows.partition_point(|row| after.as_ref().is_some_and(|after| key(table, row) <= *after));
        Ok(rows.iter().skip(begin).take(most).cloned().collect())
    }

    fn find(&mut self, table: Table, tenant: &Tenant, wanted: &[Value]) -> Result<Vec<Row>, StoreError> {
        let rows = self.rows(table, tenant);
        let wanted = sort_key(wanted);
        let begin = rows.partition_point(|row| key(table, row) < wanted);
        Ok(rows.iter().skip(begin).take_while(|row| key(table, row) == wanted).cloned().collect())
    }

    fn event(
        &mut self,
        tenant: &Tenant,
        stream: &StreamId,
        version: Version,
    ) -> Result<Vec<Row>, StoreError> {
        let (stream, version) = (Value::text(stream.as_str()), Value::number(version.0));
        let is_it = |row: &&Row| row.get(2) == Some(&stream) && row.get(3) == Some(&version);
        Ok(self.rows(Table::Events, tenant).iter().filter(is_it).cloned().collect())
    }
}

/// The key of a row without the tenant, in an order: text by its bytes, numbers by their size.
fn key(table: Table, row: &Row) -> Vec<(i64, &str)> {
    sort_key(row.get(1..table.key()).unwrap_or_default())
}

fn sort_key(key: &[Value]) -> Vec<(i64, &str)> {
    let part = |value| match value {
        &Value::Integer(number) => (number, ""),
        Value::Text(text) => (0, text.as_str()),
        Value::Null | Value::Bytes(_) | Value::Other => (i64::MIN, ""),
    };
    key.iter().map(part).collect()
}

fn rows(table: Table, tenant: &Tenant, tables: &Tables) -> Vec<Row> {
    let tenant = Value::text(tenant.as_str());
    let mut rows: Vec<Row> = match table {
        Table::Logs => vec![log(tables)],
        Table::Streams => tables.streams.iter().map(|(name, stream)| head(name, stream)).collect(),
        Table::Events => tables.events.iter().map(event).collect(),
        Table::Nodes => nodes(tables),
        Table::Outbox => outbox(tables),
        Table::Requests => requests(tables),
    };
    rows.iter_mut().for_each(|row| row.insert(0, tenant.clone()));
    rows.sort_by(|left, right| key(table, left).cmp(&key(table, right)));
    rows
}

fn log(tables: &Tables) -> Row {
    let frontier = Value::Bytes(tables.log.frontier.to_bytes());
    vec![Value::number(tables.log.size()), frontier, time(tables.log.latest)]
}

fn head(name: &StreamId, stream: &Stream) -> Row {
    let head = &stream.head;
    let (name, version, holds) =
        (Value::text(name.as_str()), Value::number(head.version.0), Value::text(&head.holds.to_string()));
    // The lease is operational: nobody looks at it.
    vec![name, version, hash(&head.hash), time(head.due), holds, Value::Null]
}

fn event(event: &Event) -> Row {
    let record = &event.record;
    let maybe_hash = |value: &Option<Hash>| value.as_ref().map_or(Value::Null, hash);
    let [payload_erased, payload_salt, payload] = content(&event.payload);
    let [evidence_erased, evidence_salt, evidence] = content(&event.evidence);
    vec![
        Value::number(record.sequence.0),
        Value::text(record.stream.as_str()),
        Value::number(record.version.0),
        time(Some(record.at)),
        Value::text(record.actor.as_str()),
        Value::text(record.kind.as_str()),
        Value::number(u64::from(record.schema)),
        time(record.due),
        Value::text(&record.holds.to_string()),
        maybe_hash(&record.effects),
        maybe_hash(&record.request),
        hash(&record.previous),
        hash(&record.payload_hash),
        hash(&record.evidence_hash),
        hash(&record.hash),
        payload_erased,
        evidence_erased,
        payload_salt,
        evidence_salt,
        evidence,
        payload,
    ]
}

fn content(content: &Content) -> [Value; 3] {
    match content {
        Content::Kept { salt, bytes } => {
            [Value::Null, Value::Bytes(salt.to_vec()), Value::Bytes(bytes.clone())]
        }
        Content::Erased { by } => [Value::number(by.0), Value::Null, Value::Null],
    }
}

fn nodes(tables: &Tables) -> Vec<Row> {
    let nodes = tables.nodes.iter();
    nodes
        .map(|(id, value)| vec![Value::number(u64::from(id.level)), Value::number(id.index), hash(value)])
        .collect()
}

fn outbox(tables: &Tables) -> Vec<Row> {
    let letters = tables.outbox.iter();
    letters
        .map(|(id, letter)| {
            let mut row = vec![Value::number(id.sequence.0), Value::number(u64::from(id.n))];
            row.push(Value::text(letter.stream.as_str()));
            row.push(Value::text(letter.effect.destination.as_str()));
            row.push(Value::text(letter.effect.kind.as_str()));
            row.push(Value::Bytes(letter.effect.body.clone()));
            // The rest is operational: nobody looks at it.
            row.resize(Table::Outbox.columns().len() - 1, Value::Null);
            row
        })
        .collect()
}

fn requests(tables: &Tables) -> Vec<Row> {
    let requests = tables.requests.values();
    requests
        .map(|request| {
            let (last, first) = (Value::number(request.last.0), Value::number(request.first.0));
            let (key, result) = (Value::text(request.key.as_str()), Value::Bytes(request.result.clone()));
            vec![last, first, key, hash(&request.command), result]
        })
        .collect()
}

fn hash(hash: &Hash) -> Value {
    Value::Bytes(hash.0.to_vec())
}

fn time(time: Option<Timestamp>) -> Value {
    time.map_or(Value::Null, |time| Value::Integer(time.as_microsecond()))
}
