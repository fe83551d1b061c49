//! A commit: one transaction that finds, plans and writes.

use rusqlite::{Connection, OptionalExtension, params};

use crate::commit::Commit;
use crate::committed::Committed;
use crate::error::{CommitError, StoreError};
use crate::name::{StreamId, Tenant};
use crate::number::Version;
use crate::part::Part;
use crate::plan::{Found, Plan, Planned, PlannedErasure, PlannedEvent, Target, Writes};
use crate::sqlite::columns::{integer, name, number};
use crate::sqlite::fault::{failed, failed_at_the_end};
use crate::sqlite::read;

/// A transaction that is undone unless it is committed.
pub(super) struct Writing<'c>(Option<&'c Connection>);

impl<'c> Writing<'c> {
    /// Waits until nobody else writes, as long as the connection's patience lasts.
    pub(super) fn begin(connection: &'c Connection) -> Result<Self, StoreError> {
        run(connection, "BEGIN IMMEDIATE").map_err(failed)?;
        Ok(Self(Some(connection)))
    }

    /// Waits for the disk.
    pub(super) fn commit(mut self) -> Result<(), StoreError> {
        if let Some(connection) = self.0 {
            run(connection, "COMMIT").map_err(failed_at_the_end)?;
            self.0 = None;
        }
        Ok(())
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.0.filter(|connection| !connection.is_autocommit()) {
            // If it cannot be undone now, SQLite undoes it when the file is opened again.
            drop(run(connection, "ROLLBACK"));
        }
    }
}

fn run(connection: &Connection, statement: &'static str) -> rusqlite::Result<()> {
    connection.prepare_cached(statement)?.execute([]).map(drop)
}

/// Nothing is acknowledged that a trigger or a conflict clause of somebody else's has swallowed.
pub(super) fn one(changed: usize) -> rusqlite::Result<()> {
    if changed == 1 { Ok(()) } else { Err(rusqlite::Error::StatementChangedRows(changed)) }
}

/// Carries out one commit inside a transaction. A refusal writes nothing.
pub(super) fn carry_out(connection: &Connection, commit: &Commit) -> Result<Committed, CommitError> {
    let plan = Plan::of(commit)?;
    let found = find(connection, &plan)?;
    match plan.against(found)? {
        Planned::Replayed(request) => Ok(Committed::Replayed(request)),
        Planned::Write(writes) => {
            write(connection, &writes, commit)?;
            Ok(writes.committed())
        }
    }
}

fn find(connection: &Connection, plan: &Plan<'_>) -> Result<Found, StoreError> {
    let tenant = plan.tenant();
    let heads = plan.streams().iter().map(|stream| read::head(connection, tenant, stream));
    let targets = plan.targets().iter().map(|(stream, version)| target(connection, tenant, stream, *version));
    Ok(Found {
        log: read::log(connection, tenant)?,
        heads: heads.collect::<Result<_, _>>()?,
        request: plan.key().map(|key| read::request(connection, tenant, key)).transpose()?.flatten(),
        targets: targets.collect::<Result<_, _>>()?,
        nodes: read::nodes(connection, tenant, &plan.nodes())?,
    })
}

fn target(
    connection: &Connection,
    tenant: &Tenant,
    stream: &StreamId,
    version: Version,
) -> Result<Option<Target>, StoreError> {
    let found = connection
        .prepare_cached(
            "SELECT sequence, kind, payload_erased, evidence_erased FROM events
             WHERE tenant = ?1 AND stream = ?2 AND version = ?3",
        )
        .and_then(|mut statement| {
            let key = params![tenant.as_str(), stream.as_str(), integer_or_none(version.0)];
            let erased = |value: Option<i64>| value.and_then(|by| u64::try_from(by).ok()).map(Version);
            statement
                .query_row(key, |row| {
                    Ok(Target {
                        sequence: crate::number::Sequence(number(row, 0)?),
                        kind: name(row, 1)?,
                        payload_erased: erased(row.get(2)?),
                        evidence_erased: erased(row.get(3)?),
                    })
                })
                .optional()
        });
    found.map_err(failed)
}

/// A number that no row has is found nowhere.
fn integer_or_none(number: u64) -> Option<i64> {
    i64::try_from(number).ok()
}

fn write(connection: &Connection, writes: &Writes<'_>, commit: &Commit) -> Result<(), StoreError> {
    let tenant = writes.tenant.as_str();
    let size = integer(writes.log.size())?;
    let latest = writes.log.latest.map_or(0, jiff::Timestamp::as_microsecond);
    connection
        .prepare_cached(
            "INSERT INTO logs (tenant, size, frontier, latest) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (tenant) DO UPDATE SET size = ?2, frontier = ?3, latest = ?4",
        )
        .and_then(|mut statement| {
            one(statement.execute(params![tenant, size, writes.log.frontier.to_bytes(), latest])?)
        })
        .map_err(failed)?;
    for (stream, head) in &writes.heads {
        let (version, holds) = (integer(head.version.0)?, head.holds.to_string());
        let due = head.due.map(jiff::Timestamp::as_microsecond);
        connection
            .prepare_cached(
                "INSERT INTO streams (tenant, stream, version, hash, due, holds) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (tenant, stream) DO UPDATE
                 SET version = ?3, hash = ?4, due = ?5, holds = ?6, leased_until = NULL",
            )
            .and_then(|mut statement| {
                one(statement.execute(params![tenant, stream.as_str(), version, head.hash.0, due, holds])?)
            })
            .map_err(failed)?;
    }
    let now = commit.now.as_microsecond();
    for event in &writes.events {
        insert_event(connection, tenant, event)?;
        insert_effects(connection, tenant, event, now).map_err(failed)?;
    }
    for node in &writes.nodes {
        let position = integer(node.id.index)?;
        connection
            .prepare_cached("INSERT INTO nodes (tenant, level, position, hash) VALUES (?1, ?2, ?3, ?4)")
            .and_then(|mut statement| {
                one(statement.execute(params![tenant, node.id.level, position, node.hash.0])?)
            })
            .map_err(failed)?;
    }
    if let Some(request) = &writes.request {
        let (last, first) = (integer(request.last.0)?, integer(request.first.0)?);
        connection
            .prepare_cached(
                "INSERT INTO requests (tenant, last, first, key, command, result)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )
            .and_then(|mut statement| {
                let (key, command) = (request.key.as_str(), request.command.0);
                one(statement.execute(params![tenant, last, first, key, command, request.result])?)
            })
            .map_err(failed)?;
    }
    writes.erasures.iter().try_for_each(|erasure| erase(connection, tenant, erasure))
}

fn insert_event(connection: &Connection, tenant: &str, event: &PlannedEvent<'_>) -> Result<(), StoreError> {
    let record = &event.record;
    let (sequence, version) = (integer(record.sequence.0)?, integer(record.version.0)?);
    let holds = record.holds.to_string();
    connection
        .prepare_cached(
            "INSERT INTO events (tenant, sequence, stream, version, at, actor, kind, schema, due, holds, effects,
                 request, previous, payload_hash, evidence_hash, hash, payload_salt, evidence_salt, evidence, payload)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
        )
        .and_then(|mut statement| {
            one(statement.execute(params![
                tenant,
                sequence,
                record.stream.as_str(),
                version,
                record.at.as_microsecond(),
                record.actor.as_str(),
                record.kind.as_str(),
                record.schema,
                record.due.map(jiff::Timestamp::as_microsecond),
                holds,
                record.effects.map(|hash| hash.0),
                record.request.map(|hash| hash.0),
                record.previous.0,
                record.payload_hash.0,
                record.evidence_hash.0,
                record.hash.0,
                event.payload_salt,
                event.evidence_salt,
                event.evidence,
                &*event.payload,
            ])?)
        })
        .map_err(failed)
}

/// Only the first open effect of a stream and destination is ready; the others follow it. The index is named since SQLite
/// would rather read all deliveries of the tenant.
pub(super) const INSERT_EFFECT: &str =
    "INSERT INTO outbox (tenant, sequence, n, stream, destination, kind, body, attempts, next_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, CASE WHEN EXISTS (
         SELECT 1 FROM outbox INDEXED BY outbox_line WHERE tenant = ?1 AND stream = ?4 AND destination = ?5
         AND delivered_at IS NULL AND dead_at IS NULL) THEN NULL ELSE ?8 END)";

fn insert_effects(
    connection: &Connection,
    tenant: &str,
    event: &PlannedEvent<'_>,
    now: i64,
) -> rusqlite::Result<()> {
    let (stream, sequence) = (event.record.stream.as_str(), event.record.sequence.0);
    for (n, effect) in (0_u32..).zip(event.effects) {
        let mut statement = connection.prepare_cached(INSERT_EFFECT)?;
        let (destination, kind) = (effect.destination.as_str(), effect.kind.as_str());
        let sequence = integer_or_none(sequence);
        one(statement.execute(params![tenant, sequence, n, stream, destination, kind, effect.body, now])?)?;
    }
    Ok(())
}

fn erase(connection: &Connection, tenant: &str, erasure: &PlannedErasure) -> Result<(), StoreError> {
    let (sequence, by) = (integer(erasure.sequence.0)?, integer(erasure.by.0)?);
    let statement = match erasure.part {
        Part::Payload => {
            "UPDATE events SET payload = NULL, payload_salt = NULL, payload_erased = ?3
             WHERE tenant = ?1 AND sequence = ?2"
        }
        Part::Evidence => {
            "UPDATE events SET evidence = NULL, evidence_salt = NULL, evidence_erased = ?3
             WHERE tenant = ?1 AND sequence = ?2"
        }
    };
    connection
        .prepare_cached(statement)
        .and_then(|mut statement| one(statement.execute(params![tenant, sequence, by])?))
        .map_err(failed)
}
