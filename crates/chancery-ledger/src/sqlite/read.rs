//! Reading what is kept.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::error::StoreError;
use crate::event::Event;
use crate::hash::Hash;
use crate::hashing::leaf_hash;
use crate::head::Head;
use crate::limits;
use crate::log::Log;
use crate::merkle::{Frontier, NodeId};
use crate::name::{IdempotencyKey, StreamId, Tenant};
use crate::number::{Sequence, Version};
use crate::request::Request;
use crate::sqlite::columns::{EVENT, bound, event, hash, maybe_time, name, number, time};
use crate::sqlite::fault::failed;

pub(super) fn log(connection: &Connection, tenant: &Tenant) -> Result<Log, StoreError> {
    let found = connection
        .prepare_cached("SELECT size, frontier, latest FROM logs WHERE tenant = ?1")
        .and_then(|mut statement| {
            let log = |row: &Row<'_>| Ok((number(row, 0)?, row.get::<_, Vec<u8>>(1)?, time(row, 2)?));
            statement.query_row([tenant.as_str()], log).optional()
        })
        .map_err(failed)?;
    let Some((size, frontier, latest)) = found else { return Ok(Log::default()) };
    let frontier = Frontier::from_bytes(size, &frontier);
    let frontier = frontier.ok_or_else(|| StoreError::corrupt("the frontier does not fit the log's size"))?;
    Ok(Log { frontier, latest: Some(latest) })
}

pub(super) fn head(connection: &Connection, tenant: &Tenant, stream: &StreamId) -> Result<Head, StoreError> {
    let found = connection
        .prepare_cached("SELECT version, hash, due, holds FROM streams WHERE tenant = ?1 AND stream = ?2")
        .and_then(|mut statement| {
            let head = |row: &Row<'_>| {
                let (version, due) = (Version(number(row, 0)?), maybe_time(row, 2)?);
                Ok(Head { version, hash: hash(row, 1)?, due, holds: name(row, 3)? })
            };
            statement.query_row([tenant.as_str(), stream.as_str()], head).optional()
        });
    Ok(found.map_err(failed)?.unwrap_or_default())
}

pub(super) fn request(
    connection: &Connection,
    tenant: &Tenant,
    key: &IdempotencyKey,
) -> Result<Option<Request>, StoreError> {
    let found = connection
        .prepare_cached(
            "SELECT key, command, first, last, result FROM requests WHERE tenant = ?1 AND key = ?2",
        )
        .and_then(|mut statement| {
            let request = |row: &Row<'_>| {
                let (first, last) = (Sequence(number(row, 2)?), Sequence(number(row, 3)?));
                Ok(Request { key: name(row, 0)?, command: hash(row, 1)?, first, last, result: row.get(4)? })
            };
            statement.query_row([tenant.as_str(), key.as_str()], request).optional()
        });
    found.map_err(failed)
}

pub(super) fn nodes(
    connection: &Connection,
    tenant: &Tenant,
    ids: &[NodeId],
) -> Result<Vec<Option<Hash>>, StoreError> {
    let one = |id: &NodeId| {
        let tenant = tenant.as_str();
        let Ok(position) = i64::try_from(id.index) else { return Ok(None) };
        if id.level == 0 {
            let mut statement =
                connection.prepare_cached("SELECT hash FROM events WHERE tenant = ?1 AND sequence = ?2")?;
            let event = statement.query_row(params![tenant, position], |row| hash(row, 0)).optional()?;
            return Ok(event.map(|event| leaf_hash(&event)));
        }
        let mut statement = connection
            .prepare_cached("SELECT hash FROM nodes WHERE tenant = ?1 AND level = ?2 AND position = ?3")?;
        statement.query_row(params![tenant, id.level, position], |row| hash(row, 0)).optional()
    };
    ids.iter().map(one).collect::<rusqlite::Result<_>>().map_err(failed)
}

pub(super) fn events(
    connection: &Connection,
    tenant: &Tenant,
    stream: &StreamId,
    after: Version,
    most: usize,
) -> Result<Vec<Event>, StoreError> {
    let mut statement = connection.prepare_cached(&events_statement()).map_err(failed)?;
    let key = params![tenant.as_str(), stream.as_str(), bound(after.0), rows(most)];
    let mut rows = statement.query(key).map_err(failed)?;
    page(&mut rows).map_err(failed)
}

pub(super) fn events_statement() -> String {
    format!(
        "SELECT {EVENT} FROM events WHERE tenant = ?1 AND stream = ?2 AND version > ?3 ORDER BY version LIMIT ?4"
    )
}

pub(super) fn since_statement() -> String {
    format!("SELECT {EVENT} FROM events WHERE tenant = ?1 AND sequence >= ?2 ORDER BY sequence LIMIT ?3")
}

pub(super) fn since(
    connection: &Connection,
    tenant: &Tenant,
    from: Sequence,
    most: usize,
) -> Result<Vec<Event>, StoreError> {
    let mut statement = connection.prepare_cached(&since_statement()).map_err(failed)?;
    let mut rows = statement.query(params![tenant.as_str(), bound(from.0), rows(most)]).map_err(failed)?;
    page(&mut rows).map_err(failed)
}

fn rows(most: usize) -> i64 {
    i64::try_from(most.min(limits::PAGE)).unwrap_or(i64::MAX)
}

/// As many events as a page may hold; their bytes come one by one.
fn page(rows: &mut rusqlite::Rows<'_>) -> rusqlite::Result<Vec<Event>> {
    let (mut events, mut bytes) = (Vec::new(), 0);
    while bytes < limits::PAGE_BYTES
        && let Some(row) = rows.next()?
    {
        let event = event(row)?;
        bytes += event.payload().map_or(0, <[u8]>::len) + event.evidence().map_or(0, <[u8]>::len);
        events.push(event);
    }
    Ok(events)
}
