//! Values of columns, as they are written and as they are read.

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Row, RowIndex};

use crate::error::StoreError;
use crate::event::{Content, Event};
use crate::hash::Hash;
use crate::hashing::Salt;
use crate::name::{Actor, Kind, StreamId, Tenant};
use crate::number::{Sequence, Version};
use crate::record::Record;

/// SQLite's integers have a sign. No ledger gets as far as their end.
pub(super) fn integer(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::corrupt("a number beyond 2^63"))
}

/// For bounds of a range, where more than everything is everything.
pub(super) fn bound(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn number<I: RowIndex + Copy>(row: &Row<'_>, column: I) -> rusqlite::Result<u64> {
    let value: i64 = row.get(column)?;
    u64::try_from(value).map_err(|_| wrong(row, column, Type::Integer))
}

pub(super) fn time<I: RowIndex + Copy>(row: &Row<'_>, column: I) -> rusqlite::Result<Timestamp> {
    Timestamp::from_microsecond(row.get(column)?).map_err(|_| wrong(row, column, Type::Integer))
}

pub(super) fn maybe_time<I: RowIndex + Copy>(
    row: &Row<'_>,
    column: I,
) -> rusqlite::Result<Option<Timestamp>> {
    let value: Option<i64> = row.get(column)?;
    value.map(Timestamp::from_microsecond).transpose().map_err(|_| wrong(row, column, Type::Integer))
}

pub(super) fn hash<I: RowIndex + Copy>(row: &Row<'_>, column: I) -> rusqlite::Result<Hash> {
    row.get(column).map(Hash)
}

pub(super) fn maybe_hash<I: RowIndex + Copy>(row: &Row<'_>, column: I) -> rusqlite::Result<Option<Hash>> {
    Ok(row.get::<_, Option<[u8; 32]>>(column)?.map(Hash))
}

pub(super) fn name<T, I>(row: &Row<'_>, column: I) -> rusqlite::Result<T>
where
    T: for<'t> TryFrom<&'t str>,
    I: RowIndex + Copy,
{
    let text = row.get_ref(column)?.as_str().map_err(|_| wrong(row, column, Type::Text))?;
    T::try_from(text).map_err(|_| wrong(row, column, Type::Text))
}

/// A value that no ledger writes.
fn wrong<I: RowIndex>(row: &Row<'_>, column: I, kind: Type) -> rusqlite::Error {
    let place = column.idx(row.as_ref()).unwrap_or(0);
    rusqlite::Error::FromSqlConversionFailure(place, kind, "not what a ledger writes".into())
}

/// The columns that [`event`] reads, in its order.
pub(super) const EVENT: &str = "tenant, sequence, stream, version, at, actor, kind, schema, due, holds, effects, \
    request, previous, payload_hash, evidence_hash, hash, payload_erased, evidence_erased, payload_salt, \
    evidence_salt, evidence, payload";

pub(super) fn event(row: &Row<'_>) -> rusqlite::Result<Event> {
    let record = Record {
        tenant: name::<Tenant, _>(row, 0)?,
        sequence: Sequence(number(row, 1)?),
        stream: name::<StreamId, _>(row, 2)?,
        version: Version(number(row, 3)?),
        at: time(row, 4)?,
        actor: name::<Actor, _>(row, 5)?,
        kind: name::<Kind, _>(row, 6)?,
        schema: row.get(7)?,
        due: maybe_time(row, 8)?,
        holds: name(row, 9)?,
        effects: maybe_hash(row, 10)?,
        request: maybe_hash(row, 11)?,
        previous: hash(row, 12)?,
        payload_hash: hash(row, 13)?,
        evidence_hash: hash(row, 14)?,
        hash: hash(row, 15)?,
    };
    let evidence = content(row, 17, 19, 20)?;
    let payload = content(row, 16, 18, 21)?;
    Ok(Event { record, payload, evidence })
}

fn content(row: &Row<'_>, erased: usize, salt: usize, bytes: usize) -> rusqlite::Result<Content> {
    if let Some(by) = row.get::<_, Option<i64>>(erased)? {
        return u64::try_from(by)
            .map(|by| Content::Erased { by: Version(by) })
            .map_err(|_| wrong(row, erased, Type::Integer));
    }
    Ok(Content::Kept { salt: row.get::<_, Salt>(salt)?, bytes: row.get(bytes)? })
}
