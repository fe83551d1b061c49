//! Reading what is kept.

use std::collections::HashMap;

use futures_util::future::join;

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
use crate::postgres::columns::{bound, bytes, event, hash, maybe_time, name, number, time};
use crate::postgres::fault::failed;
use crate::postgres::param::Param;
use crate::postgres::session::Session;
use crate::request::Request;

pub(super) async fn log(session: &Session, tenant: &Tenant) -> Result<Log, StoreError> {
    let rows = session.query(&session.statements.log, &[Param::Text(tenant.as_str())]).await;
    let rows = rows.map_err(failed)?;
    let Some(row) = rows.first() else { return Ok(Log::default()) };
    let frontier = Frontier::from_bytes(number(row, 0)?, &bytes(row, 1)?);
    let frontier = frontier.ok_or_else(|| StoreError::corrupt("the frontier does not fit the log's size"))?;
    Ok(Log { frontier, latest: Some(time(row, 2)?) })
}

/// The heads of some streams, in their order.
pub(super) async fn heads(
    session: &Session,
    tenant: &Tenant,
    streams: &[StreamId],
) -> Result<Vec<Head>, StoreError> {
    let names = streams.iter().map(StreamId::as_str).collect();
    let params = [Param::Text(tenant.as_str()), Param::Texts(names)];
    let rows = session.query(&session.statements.heads, &params).await.map_err(failed)?;
    let mut found = HashMap::with_capacity(rows.len());
    for row in &rows {
        let (version, due) = (Version(number(row, 1)?), maybe_time(row, 3)?);
        let head = Head { version, hash: hash(row, 2)?, due, holds: name(row, 4)? };
        found.insert(name::<StreamId>(row, 0)?, head);
    }
    Ok(streams.iter().map(|stream| found.get(stream).cloned().unwrap_or_default()).collect())
}

pub(super) async fn request(
    session: &Session,
    tenant: &Tenant,
    key: &IdempotencyKey,
) -> Result<Option<Request>, StoreError> {
    let params = [Param::Text(tenant.as_str()), Param::Text(key.as_str())];
    let rows = session.query(&session.statements.request, &params).await.map_err(failed)?;
    let Some(row) = rows.first() else { return Ok(None) };
    let (first, last) = (Sequence(number(row, 2)?), Sequence(number(row, 3)?));
    Ok(Some(Request { key: name(row, 0)?, command: hash(row, 1)?, first, last, result: bytes(row, 4)? }))
}

pub(super) async fn nodes(
    session: &Session,
    tenant: &Tenant,
    ids: &[NodeId],
) -> Result<Vec<Option<Hash>>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let known = ids.iter().filter_map(|id| Some((id.level, i64::try_from(id.index).ok()?)));
    let (leaves, inner): (Vec<_>, Vec<_>) = known.partition(|(level, _)| *level == 0);
    let tenant = || Param::Text(tenant.as_str());
    let leaves = [tenant(), Param::Numbers(leaves.into_iter().map(|(_, index)| index).collect())];
    let (levels, places) = inner.into_iter().map(|(level, index)| (i64::from(level), index)).unzip();
    let inner = [tenant(), Param::Numbers(levels), Param::Numbers(places)];
    let statements = &session.statements;
    let found =
        join(session.query(&statements.leaves, &leaves), session.query(&statements.nodes, &inner)).await;
    let mut hashes = HashMap::new();
    for row in &found.0.map_err(failed)? {
        hashes.insert((0, number(row, 0)?), leaf_hash(&hash(row, 1)?));
    }
    for row in &found.1.map_err(failed)? {
        hashes.insert((number(row, 0)?, number(row, 1)?), hash(row, 2)?);
    }
    Ok(ids.iter().map(|id| hashes.get(&(u64::from(id.level), id.index)).copied()).collect())
}

pub(super) async fn events(
    session: &Session,
    tenant: &Tenant,
    stream: &StreamId,
    after: Version,
    most: usize,
) -> Result<Vec<Event>, StoreError> {
    let (most, room) = page(most);
    let names = [tenant.as_str(), stream.as_str()].map(Param::Text);
    let [tenant, stream] = names;
    let params = [tenant, stream, Param::Number(bound(after.0)), most, room];
    let rows = session.query(&session.statements.events, &params).await.map_err(failed)?;
    rows.iter().map(event).collect()
}

pub(super) async fn since(
    session: &Session,
    tenant: &Tenant,
    from: Sequence,
    most: usize,
) -> Result<Vec<Event>, StoreError> {
    let (most, room) = page(most);
    let params = [Param::Text(tenant.as_str()), Param::Number(bound(from.0)), most, room];
    let rows = session.query(&session.statements.since, &params).await.map_err(failed)?;
    rows.iter().map(event).collect()
}

/// How many events a page holds, and after how many bytes it ends.
fn page(most: usize) -> (Param<'static>, Param<'static>) {
    (Param::Number(bound(most.min(limits::PAGE))), Param::Number(bound(limits::PAGE_BYTES)))
}
