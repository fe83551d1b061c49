//! Deliveries and deadlines.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::delivery::{Claim, Delivery, Due, Settlement};
use crate::delivery_id::DeliveryId;
use crate::effect::Effect;
use crate::lease::latest_believed;
use crate::limits::PAGE;
use crate::name::Tenant;
use crate::number::{Sequence, Version};
use crate::sqlite::columns::{bound, maybe_time, name, number, time};
use crate::sqlite::write::one;

// Without statistics SQLite takes the key of the tenant for as good as the index of a line, and reads all of the tenant's
// deliveries for each. So the index is named.

/// The first open one of its stream and destination.
const IS_FIRST: &str = "delivered_at IS NULL AND dead_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM outbox AS earlier INDEXED BY outbox_line WHERE earlier.tenant = outbox.tenant AND earlier.stream = outbox.stream
    AND earlier.destination = outbox.destination AND earlier.delivered_at IS NULL AND earlier.dead_at IS NULL
    AND (earlier.sequence, earlier.n) < (outbox.sequence, outbox.n))";

/// The first open one of a line is ready now, unless it waits by itself or is in flight.
const WAKE_THE_NEXT: &str = "UPDATE outbox SET next_at = ?4 WHERE (tenant, sequence, n) = (
        SELECT tenant, sequence, n FROM outbox INDEXED BY outbox_line
        WHERE tenant = ?1 AND stream = ?2 AND destination = ?3 AND delivered_at IS NULL AND dead_at IS NULL
        ORDER BY sequence, n LIMIT 1)
    AND (next_at IS NULL OR attempts = 0 AND next_at > ?4)";

const DEAD_LETTERS: &str = "SELECT tenant, sequence, n, stream, destination, kind, body, attempts, dead_at
    FROM outbox INDEXED BY outbox_dead
    WHERE tenant = ?1 AND dead_at IS NOT NULL AND (sequence, n) > (?2, ?3) ORDER BY sequence, n LIMIT ?4";

/// Until when the line of a dead letter is in flight.
const IN_FLIGHT: &str = "SELECT (SELECT max(other.leased_until) FROM outbox AS other INDEXED BY outbox_line
        WHERE other.tenant = outbox.tenant AND other.stream = outbox.stream
        AND other.destination = outbox.destination AND other.delivered_at IS NULL AND other.dead_at IS NULL)
    FROM outbox WHERE tenant = ?1 AND sequence = ?2 AND n = ?3 AND dead_at IS NOT NULL";

fn ready_where(condition: &str) -> String {
    format!(
        "SELECT tenant, sequence, n, stream, destination, kind, body, attempts FROM outbox
         WHERE next_at IS NOT NULL AND {condition} AND {IS_FIRST} ORDER BY next_at LIMIT ?2"
    )
}

/// What could be claimed now.
pub(super) fn ready(connection: &Connection, claim: &Claim) -> rusqlite::Result<Vec<Delivery>> {
    let until = claim.lease.until(claim.now);
    let (now, believed) = (claim.now.as_microsecond(), latest_believed(claim.now).as_microsecond());
    let mut ready: Vec<Delivery> = Vec::new();
    // What a wrong clock has put off beyond all waits is ready as well.
    for (condition, bound) in [("next_at <= ?1", now), ("next_at > ?1", believed)] {
        let mut statement = connection.prepare_cached(&ready_where(condition))?;
        let mut rows = statement.query(params![bound, most(claim.most) - most(ready.len())])?;
        while let Some(row) = rows.next()? {
            let delivery = delivery(row, until)?;
            ready.push(Delivery { attempt: delivery.attempt.saturating_add(1), ..delivery });
        }
    }
    Ok(ready)
}

pub(super) fn claim_deliveries(connection: &Connection, claim: &Claim) -> rusqlite::Result<Vec<Delivery>> {
    let until = claim.lease.until(claim.now);
    let claimed = ready(connection, claim)?;
    let mut statement = connection.prepare_cached(
        "UPDATE outbox SET attempts = ?4, leased_until = ?5, next_at = ?5
         WHERE tenant = ?1 AND sequence = ?2 AND n = ?3",
    )?;
    for Delivery { tenant, id, attempt, .. } in &claimed {
        one(statement.execute(params![
            tenant.as_str(),
            bound(id.sequence.0),
            id.n,
            attempt,
            until.as_microsecond()
        ])?)?;
    }
    Ok(claimed)
}

/// Whether the claim was still good.
pub(super) fn settle(
    connection: &Connection,
    delivery: &Delivery,
    settlement: Settlement,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let Delivery { tenant, id, stream, effect, attempt, until } = delivery;
    let [delivered, dead, again] = match settlement {
        Settlement::Delivered => [Some(now), None, None],
        Settlement::Dead => [None, Some(now), None],
        Settlement::Again { at } => [None, None, Some(at)],
    }
    .map(|time| time.map(Timestamp::as_microsecond));
    let key = (tenant.as_str(), bound(id.sequence.0), id.n);
    let settled = delivery.settlement_hash(settlement, now).map(|hash| hash.0);
    let changed = connection
        .prepare_cached(
            "UPDATE outbox SET leased_until = NULL, delivered_at = ?6, dead_at = ?7, next_at = ?8,
                 settled = ?9
             WHERE tenant = ?1 AND sequence = ?2 AND n = ?3 AND attempts = ?4 AND leased_until = ?5
             AND delivered_at IS NULL AND dead_at IS NULL",
        )?
        .execute(params![
            key.0,
            key.1,
            key.2,
            attempt,
            until.as_microsecond(),
            delivered,
            dead,
            again,
            settled
        ])?;
    if changed == 0 {
        return Ok(false);
    }
    connection.prepare_cached(WAKE_THE_NEXT)?.execute(params![
        tenant.as_str(),
        stream.as_str(),
        effect.destination.as_str(),
        now.as_microsecond()
    ])?;
    Ok(true)
}

pub(super) fn dead_letters(
    connection: &Connection,
    tenant: &Tenant,
    after: Option<DeliveryId>,
    most: usize,
) -> rusqlite::Result<Vec<Delivery>> {
    let mut statement = connection.prepare_cached(DEAD_LETTERS)?;
    let (sequence, n) = after.map_or((-1, 0), |id| (bound(id.sequence.0), id.n));
    let mut rows = statement.query(params![tenant.as_str(), sequence, n, self::most(most)])?;
    let mut letters = Vec::new();
    while let Some(row) = rows.next()? {
        letters.push(delivery(row, time(row, 8)?)?);
    }
    Ok(letters)
}

/// Whether there was such a dead letter.
pub(super) fn replay(
    connection: &Connection,
    tenant: &Tenant,
    letter: DeliveryId,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let key = params![tenant.as_str(), bound(letter.sequence.0), letter.n];
    // It waits for what overtook it and is in flight now.
    let waits: Option<Option<Timestamp>> =
        connection.prepare_cached(IN_FLIGHT)?.query_row(key, |row| maybe_time(row, 0)).optional()?;
    let Some(in_flight) = waits else { return Ok(false) };
    let next = in_flight.filter(|until| *until > now && *until <= latest_believed(now)).unwrap_or(now);
    connection
        .prepare_cached(
            "UPDATE outbox SET dead_at = NULL, settled = NULL, attempts = 0, leased_until = NULL, next_at = ?4
             WHERE tenant = ?1 AND sequence = ?2 AND n = ?3",
        )?
        .execute(params![tenant.as_str(), bound(letter.sequence.0), letter.n, next.as_microsecond()])
        .and_then(one)?;
    Ok(true)
}

/// Which deadlines could be claimed now.
pub(super) fn due(connection: &Connection, claim: &Claim) -> rusqlite::Result<Vec<Due>> {
    let until = claim.lease.until(claim.now);
    let (now, believed) = (claim.now.as_microsecond(), latest_believed(claim.now).as_microsecond());
    let mut statement = connection.prepare_cached(
        "SELECT tenant, stream, version, due FROM streams WHERE due IS NOT NULL AND due <= ?1
         AND (leased_until IS NULL OR leased_until <= ?1 OR leased_until > ?2) ORDER BY due LIMIT ?3",
    )?;
    let mut rows = statement.query(params![now, believed, most(claim.most)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (tenant, stream) = (name(row, 0)?, name(row, 1)?);
        let (version, due) = (Version(number(row, 2)?), time(row, 3)?);
        found.push(Due { tenant, stream, version, due, until });
    }
    Ok(found)
}

pub(super) fn claim_due(connection: &Connection, claim: &Claim) -> rusqlite::Result<Vec<Due>> {
    let until = claim.lease.until(claim.now);
    let claimed = due(connection, claim)?;
    let mut statement = connection
        .prepare_cached("UPDATE streams SET leased_until = ?3 WHERE tenant = ?1 AND stream = ?2")?;
    for Due { tenant, stream, .. } in &claimed {
        one(statement.execute(params![tenant.as_str(), stream.as_str(), until.as_microsecond()])?)?;
    }
    Ok(claimed)
}

/// As many as a page holds.
fn most(most: usize) -> i64 {
    i64::try_from(most.min(PAGE)).unwrap_or(0)
}

fn delivery(row: &Row<'_>, until: Timestamp) -> rusqlite::Result<Delivery> {
    let effect = Effect { destination: name(row, 4)?, kind: name(row, 5)?, body: row.get(6)? };
    let id = DeliveryId { sequence: Sequence(number(row, 1)?), n: row.get(2)? };
    Ok(Delivery { tenant: name(row, 0)?, id, stream: name(row, 3)?, effect, attempt: row.get(7)?, until })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::time::Duration;

    use super::*;
    use crate::sqlite::SqliteStore;
    use crate::sqlite::write::INSERT_EFFECT;

    /// How SQLite goes about a statement.
    fn plan(connection: &Connection, statement: &str) -> Vec<String> {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {statement}")).unwrap();
        let parameters = vec![0; statement.parameter_count()];
        let steps = statement.query_map(rusqlite::params_from_iter(parameters), |row| row.get(3)).unwrap();
        steps.collect::<rusqlite::Result<_>>().unwrap()
    }

    /// 10,000 open deliveries of a tenant made each commit that sends something read them all: 140 s for a table of
    /// 10,000 rows that take a second.
    #[test]
    fn no_statement_reads_all_deliveries_of_a_tenant() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path().join("ledger.sqlite"), Duration::from_secs(1)).unwrap();
        let connection = store.writer();
        let ready = ["next_at <= ?1", "next_at > ?1"].map(ready_where);
        let others = [INSERT_EFFECT, WAKE_THE_NEXT, DEAD_LETTERS, IN_FLIGHT];
        for statement in ready.iter().map(String::as_str).chain(others) {
            let steps = plan(&connection, statement);
            let long = |step: &&String| step.contains("SCAN") || step.contains("(tenant=?)");
            assert_eq!(steps.iter().find(|step| long(step) && !step.contains("SCALAR")), None, "{statement}");
        }
    }
}
