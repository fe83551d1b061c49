//! Values of columns, as they are read.

use jiff::Timestamp;
use tokio_postgres::Row;

use crate::delivery::Delivery;
use crate::delivery_id::DeliveryId;
use crate::effect::Effect;
use crate::error::StoreError;
use crate::event::{Content, Event};
use crate::hash::Hash;
use crate::hashing::Salt;
use crate::number::{Sequence, Version};
use crate::postgres::fault::unreadable;
use crate::record::Record;

/// PostgreSQL's integers have a sign. No ledger gets as far as their end.
pub(super) fn integer(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::corrupt("a number beyond 2^63"))
}

/// For bounds of a range, where more than everything is everything.
pub(super) fn bound<N: TryInto<i64>>(number: N) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

pub(super) fn number(row: &Row, column: usize) -> Result<u64, StoreError> {
    let value: i64 = row.try_get(column).map_err(unreadable)?;
    u64::try_from(value).map_err(|_| wrong(row, column))
}

pub(super) fn maybe_version(row: &Row, column: usize) -> Result<Option<Version>, StoreError> {
    let value: Option<i64> = row.try_get(column).map_err(unreadable)?;
    let version = value.map(u64::try_from).transpose().map_err(|_| wrong(row, column))?;
    Ok(version.map(Version))
}

pub(super) fn time(row: &Row, column: usize) -> Result<Timestamp, StoreError> {
    let value: i64 = row.try_get(column).map_err(unreadable)?;
    Timestamp::from_microsecond(value).map_err(|_| wrong(row, column))
}

pub(super) fn maybe_time(row: &Row, column: usize) -> Result<Option<Timestamp>, StoreError> {
    let value: Option<i64> = row.try_get(column).map_err(unreadable)?;
    value.map(Timestamp::from_microsecond).transpose().map_err(|_| wrong(row, column))
}

pub(super) fn hash(row: &Row, column: usize) -> Result<Hash, StoreError> {
    array(row, column).map(Hash)
}

fn maybe_hash(row: &Row, column: usize) -> Result<Option<Hash>, StoreError> {
    let value: Option<&[u8]> = row.try_get(column).map_err(unreadable)?;
    value.map(|_| hash(row, column)).transpose()
}

fn array<const N: usize>(row: &Row, column: usize) -> Result<[u8; N], StoreError> {
    let bytes: &[u8] = row.try_get(column).map_err(unreadable)?;
    bytes.try_into().map_err(|_| wrong(row, column))
}

pub(super) fn bytes(row: &Row, column: usize) -> Result<Vec<u8>, StoreError> {
    row.try_get(column).map_err(unreadable)
}

pub(super) fn name<T: for<'t> TryFrom<&'t str>>(row: &Row, column: usize) -> Result<T, StoreError> {
    let text: &str = row.try_get(column).map_err(unreadable)?;
    T::try_from(text).map_err(|_| wrong(row, column))
}

/// A value that no ledger writes.
fn wrong(row: &Row, column: usize) -> StoreError {
    let name = row.columns().get(column).map_or("?", |column| column.name());
    StoreError::corrupt(format!("the column {name} holds what no ledger writes"))
}

pub(super) fn event(row: &Row) -> Result<Event, StoreError> {
    let record = Record {
        tenant: name(row, 0)?,
        sequence: Sequence(number(row, 1)?),
        stream: name(row, 2)?,
        version: Version(number(row, 3)?),
        at: time(row, 4)?,
        actor: name(row, 5)?,
        kind: name(row, 6)?,
        schema: small(row, 7)?,
        due: maybe_time(row, 8)?,
        holds: name(row, 9)?,
        effects: maybe_hash(row, 10)?,
        request: maybe_hash(row, 11)?,
        previous: hash(row, 12)?,
        payload_hash: hash(row, 13)?,
        evidence_hash: hash(row, 14)?,
        hash: hash(row, 15)?,
    };
    let (payload, evidence) = (content(row, 16, 18, 21)?, content(row, 17, 19, 20)?);
    Ok(Event { record, payload, evidence })
}

fn small(row: &Row, column: usize) -> Result<u32, StoreError> {
    u32::try_from(number(row, column)?).map_err(|_| wrong(row, column))
}

fn content(row: &Row, erased: usize, salt: usize, content: usize) -> Result<Content, StoreError> {
    if let Some(by) = maybe_version(row, erased)? {
        return Ok(Content::Erased { by });
    }
    let salt: Salt = array(row, salt)?;
    Ok(Content::Kept { salt, bytes: bytes(row, content)? })
}

/// From `tenant, sequence, n, stream, destination, kind, body, attempts`.
pub(super) fn delivery(row: &Row, until: Timestamp) -> Result<Delivery, StoreError> {
    let id = DeliveryId { sequence: Sequence(number(row, 1)?), n: small(row, 2)? };
    let effect = Effect { destination: name(row, 4)?, kind: name(row, 5)?, body: bytes(row, 6)? };
    Ok(Delivery { tenant: name(row, 0)?, id, stream: name(row, 3)?, effect, attempt: small(row, 7)?, until })
}
