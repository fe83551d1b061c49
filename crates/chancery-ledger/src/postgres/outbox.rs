//! Deliveries and deadlines.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use crate::delivery::{Claim, Delivery, Due, Settlement};
use crate::delivery_id::DeliveryId;
use crate::error::StoreError;
use crate::lease::latest_believed;
use crate::limits::PAGE;
use crate::name::Tenant;
use crate::number::{Sequence, Version};
use crate::postgres::columns::{bound, delivery, maybe_time, name, number, time};
use crate::postgres::fault::{failed, unreadable};
use crate::postgres::param::Param;
use crate::postgres::session::Session;
use crate::postgres::write::{begin, end, tenant_lock, undo};

/// Two steps: rows that nobody else holds are locked, and looked at again under the lock. In between somebody may have
/// sent a dead letter again that comes before them; who does that waits for rows that are locked here.
pub(super) async fn claim_deliveries(session: &Session, claim: &Claim) -> Result<Vec<Delivery>, StoreError> {
    let until = claim.lease.until(claim.now);
    let (now, believed) = (claim.now.as_microsecond(), latest_believed(claim.now).as_microsecond());
    begin(session, &BTreeSet::new()).await?;
    let (statements, mut ready) = (&session.statements, Vec::new());
    // What a wrong clock has put off beyond all waits is ready as well.
    for (statement, time) in [(&statements.ready, now), (&statements.ready_in_the_far_future, believed)] {
        let room = Param::Number(bound(claim.most.min(PAGE).saturating_sub(ready.len())));
        ready.extend(session.query(statement, &[Param::Number(time), room]).await.map_err(failed)?);
    }
    if ready.is_empty() {
        undo(session).await?;
        return Ok(Vec::new());
    }
    let (mut tenants, mut sequences, mut ns) = (Vec::new(), Vec::new(), Vec::new());
    for row in &ready {
        tenants.push(row.try_get(0).map_err(unreadable)?);
        sequences.push(row.try_get(1).map_err(unreadable)?);
        ns.push(row.try_get(2).map_err(unreadable)?);
    }
    let params = [
        Param::Texts(tenants),
        Param::Numbers(sequences),
        Param::Numbers(ns),
        Param::Number(until.as_microsecond()),
    ];
    let rows = session.query(&statements.claim, &params).await.map_err(failed)?;
    let mut claimed = HashMap::with_capacity(rows.len());
    for row in &rows {
        let delivery = delivery(row, until)?;
        claimed.insert((delivery.tenant.clone(), delivery.id), delivery);
    }
    end(session).await?;
    // In the order in which they became ready.
    let mut deliveries = Vec::with_capacity(claimed.len());
    for row in &ready {
        let id = DeliveryId {
            sequence: Sequence(number(row, 1)?),
            n: u32::try_from(number(row, 2)?).unwrap_or(u32::MAX),
        };
        deliveries.extend(claimed.remove(&(name(row, 0)?, id)));
    }
    Ok(deliveries)
}

/// Whether the claim was still good.
pub(super) async fn settle(
    session: &Session,
    schema: &str,
    delivery: &Delivery,
    settlement: Settlement,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Delivery { tenant, id, stream, effect, attempt, until } = delivery;
    let [delivered, dead, again] = match settlement {
        Settlement::Delivered => [Some(now), None, None],
        Settlement::Dead => [None, Some(now), None],
        Settlement::Again { at } => [None, None, Some(at)],
    }
    .map(|time| Param::MaybeNumber(time.map(Timestamp::as_microsecond)));
    // Under the lock nobody adds to the line what neither of us would make ready.
    begin(session, &BTreeSet::from([tenant_lock(schema, tenant.as_str())])).await?;
    let [tenant_name, sequence, n] = key(tenant, *id);
    let (attempt, leased) = (Param::Number(i64::from(*attempt)), Param::Number(until.as_microsecond()));
    let settled = delivery.settlement_hash(settlement, now);
    let settled = Param::MaybeBytes(settled.as_ref().map(AsRef::as_ref));
    let params = [tenant_name, sequence, n, attempt, leased, delivered, dead, again, settled];
    let changed = session.execute(&session.statements.settle, &params).await.map_err(failed)?;
    if changed == 0 {
        undo(session).await?;
        return Ok(false);
    }
    // The first open one of the line is ready now, unless it is this one, which waits, or it waits itself.
    let line = [tenant.as_str(), stream.as_str(), effect.destination.as_str()].map(Param::Text);
    let [tenant, stream, destination] = line;
    let params = [tenant, stream, destination, Param::Number(now.as_microsecond())];
    session.execute(&session.statements.wake_the_next, &params).await.map_err(failed)?;
    end(session).await?;
    Ok(true)
}

pub(super) async fn dead_letters(
    session: &Session,
    tenant: &Tenant,
    after: Option<DeliveryId>,
    most: usize,
) -> Result<Vec<Delivery>, StoreError> {
    let (sequence, n) = after.map_or((-1, 0), |id| (bound(id.sequence.0), i64::from(id.n)));
    let after = [Param::Number(sequence), Param::Number(n)];
    let [sequence, n] = after;
    let params = [Param::Text(tenant.as_str()), sequence, n, Param::Number(bound(most.min(PAGE)))];
    let rows = session.query(&session.statements.dead_letters, &params).await.map_err(failed)?;
    rows.iter().map(|row| delivery(row, time(row, 8)?)).collect()
}

/// Whether there was such a dead letter.
pub(super) async fn replay(
    session: &Session,
    schema: &str,
    tenant: &Tenant,
    letter: DeliveryId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    begin(session, &BTreeSet::from([tenant_lock(schema, tenant.as_str())])).await?;
    // It waits for what overtook it and is in flight now; who claims at this moment is waited for.
    let rows = session.query(&session.statements.in_flight, &key(tenant, letter)).await.map_err(failed)?;
    let mut next = now;
    for row in &rows {
        let until = maybe_time(row, 0)?.filter(|until| *until <= latest_believed(now));
        next = until.map_or(next, |until| next.max(until));
    }
    let [tenant, sequence, n] = key(tenant, letter);
    let params = [tenant, sequence, n, Param::Number(next.as_microsecond())];
    let changed = session.execute(&session.statements.revive, &params).await.map_err(failed)?;
    if changed == 0 {
        undo(session).await?;
        return Ok(false);
    }
    end(session).await?;
    Ok(true)
}

pub(super) async fn claim_due(session: &Session, claim: &Claim) -> Result<Vec<Due>, StoreError> {
    let until = claim.lease.until(claim.now);
    let believed = latest_believed(claim.now).as_microsecond();
    let times = [claim.now.as_microsecond(), believed, bound(claim.most.min(PAGE)), until.as_microsecond()];
    begin(session, &BTreeSet::new()).await?;
    let rows = session.query(&session.statements.claim_due, &times.map(Param::Number)).await;
    let mut claimed = Vec::new();
    for row in &rows.map_err(failed)? {
        let (tenant, stream, due) = (name(row, 0)?, name(row, 1)?, time(row, 3)?);
        claimed.push(Due { tenant, stream, version: Version(number(row, 2)?), due, until });
    }
    end(session).await?;
    claimed.sort_by_key(|claimed| claimed.due);
    Ok(claimed)
}

fn key(tenant: &Tenant, id: DeliveryId) -> [Param<'_>; 3] {
    let (sequence, n) = (Param::Number(bound(id.sequence.0)), Param::Number(i64::from(id.n)));
    [Param::Text(tenant.as_str()), sequence, n]
}
