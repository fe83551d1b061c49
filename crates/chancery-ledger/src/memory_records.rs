//! The rows of a memory store, for the verifier.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use crate::delivery_id::DeliveryEnd;
use crate::error::StoreError;
use crate::event::{Content, Event};
use crate::hash::Hash;
use crate::hashing::settlement_hash;
use crate::memory::{MemoryStore, Stream, Tables};
use crate::name::{Destination, StreamId, Tenant};
use crate::number::Version;
use crate::verify::{Damage, Records, Table, Value};

/// What a [`MemoryStore`] held at one moment, as rows for the [`LedgerVerifier`](crate::LedgerVerifier).
#[derive(Clone, Debug)]
pub struct MemoryRecords(BTreeMap<Tenant, Rows>);

type Row = Vec<Value>;

/// The rows of one tenant, and where some of them are.
#[derive(Clone, Debug)]
struct Rows {
    tables: [Vec<Row>; 6],
    /// Of each stream and version.
    places: HashMap<(String, u64), Vec<usize>>,
    /// The first open one of each stream and destination.
    open: HashMap<(String, String), usize>,
}

impl Rows {
    fn of(tenant: &Tenant, tables: &Tables) -> Self {
        let (mut places, mut open) = (HashMap::<_, Vec<_>>::new(), HashMap::new());
        for (place, event) in tables.events.iter().enumerate() {
            let key = (event.record.stream.as_str().to_owned(), event.record.version.0);
            places.entry(key).or_default().push(place);
        }
        for (place, letter) in tables.outbox.values().enumerate().filter(|(_, letter)| letter.end.is_none()) {
            let line = (letter.stream.as_str().to_owned(), letter.effect.destination.as_str().to_owned());
            open.entry(line).or_insert(place);
        }
        Self { tables: Table::ALL.map(|table| rows(table, tenant, tables)), places, open }
    }
}

impl MemoryStore {
    /// What it holds now, as rows for the [`LedgerVerifier`](crate::LedgerVerifier).
    #[must_use]
    pub fn records(&self) -> MemoryRecords {
        let tenants = self.tenants();
        let rows = |(tenant, tables): (&Tenant, &Tables)| (tenant.clone(), Rows::of(tenant, tables));
        MemoryRecords(tenants.iter().map(rows).collect())
    }
}

impl MemoryRecords {
    fn rows(&self, table: Table, tenant: &Tenant) -> &[Row] {
        let place = Table::ALL.iter().position(|known| *known == table);
        self.0.get(tenant).zip(place).and_then(|(of, place)| of.tables.get(place)).map_or(&[], Vec::as_slice)
    }
}

impl Records for MemoryRecords {
    fn oddities(&mut self) -> Result<Vec<Damage>, StoreError> {
        Ok(Vec::new())
    }

    fn tenants(&mut self) -> Result<Vec<Value>, StoreError> {
        Ok(self.0.keys().map(|tenant| Value::text(tenant.as_str())).collect())
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
        let key = (stream.as_str().to_owned(), version.0);
        let places = self.0.get(tenant).and_then(|of| of.places.get(&key)).map_or(&[][..], Vec::as_slice);
        let rows = self.rows(Table::Events, tenant);
        Ok(places.iter().filter_map(|place| rows.get(*place)).cloned().collect())
    }

    fn first_open(
        &mut self,
        tenant: &Tenant,
        stream: &StreamId,
        destination: &Destination,
    ) -> Result<Option<Vec<Value>>, StoreError> {
        let line = (stream.as_str().to_owned(), destination.as_str().to_owned());
        let place = self.0.get(tenant).and_then(|of| of.open.get(&line));
        Ok(place.and_then(|place| self.rows(Table::Outbox, tenant).get(*place)).cloned())
    }

    fn size(&mut self) -> Result<u64, StoreError> {
        let rows = self.0.values().flat_map(|of| &of.tables).map(Vec::len).sum::<usize>();
        Ok(u64::try_from(rows).unwrap_or(u64::MAX))
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
    let mut rows: Vec<Row> = match table {
        Table::Logs => vec![log(tables)],
        Table::Streams => tables.streams.iter().map(|(name, stream)| head(name, stream)).collect(),
        Table::Events => tables.events.iter().map(event).collect(),
        Table::Nodes => nodes(tables),
        Table::Outbox => outbox(tenant, tables),
        Table::Requests => requests(tables),
    };
    rows.iter_mut().for_each(|row| row.insert(0, Value::text(tenant.as_str())));
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

fn outbox(tenant: &Tenant, tables: &Tables) -> Vec<Row> {
    let letters = tables.outbox.iter();
    letters
        .map(|(id, letter)| {
            let open = letter.end.is_none();
            let ended = |wanted| letter.end.filter(|(end, _)| *end == wanted).map(|(_, at)| at);
            let settled =
                letter.end.map(|(end, at)| hash(&settlement_hash(tenant, *id, letter.attempts, end, at)));
            let mut row = vec![Value::number(id.sequence.0), Value::number(u64::from(id.n))];
            row.push(Value::text(letter.stream.as_str()));
            row.push(Value::text(letter.effect.destination.as_str()));
            row.push(Value::text(letter.effect.kind.as_str()));
            row.push(Value::Bytes(letter.effect.body.clone()));
            row.push(Value::number(u64::from(letter.attempts)));
            row.push(time(Some(letter.next_at).filter(|_| open)));
            row.push(time(letter.leased_until));
            row.push(time(ended(DeliveryEnd::Delivered)));
            row.push(time(ended(DeliveryEnd::Dead)));
            row.push(settled.unwrap_or(Value::Null));
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
