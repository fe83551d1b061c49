//! A ledger in a SQLite file, and the bare rows of one.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use chancery_ledger::plan::{Found, Plan, Planned, PlannedEvent, Writes};
use chancery_ledger::{
    Actor, Commit, Destination, Head, IdempotencyKey, Kind, Log, NewEvent, SqliteStore, StreamId, Tenant,
    Version,
};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::Outcome;

/// How long a writer waits for others.
const PATIENCE: Duration = Duration::from_secs(60);
/// Streams that take turns.
const STREAMS: u64 = 100;

/// What a commit holds besides its event.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Shape {
    /// Nothing.
    Plain,
    /// An effect, a deadline and an idempotency key.
    Full,
}

/// Makes commits of one event, each for the next of many streams.
pub struct Commits {
    tenant: Tenant,
    actor: Actor,
    now: Timestamp,
    streams: Vec<StreamId>,
    number: u64,
    shape: Shape,
    label: String,
}

impl Commits {
    /// Of this shape. No two `label`s share a stream or a key.
    ///
    /// # Errors
    /// Never.
    pub fn new(shape: Shape, label: &str) -> Outcome<Self> {
        Ok(Self {
            tenant: Tenant::new("acme")?,
            actor: Actor::new("user/00000000-0000-4000-8000-000000000000")?,
            now: "2026-11-22T12:00:00Z".parse()?,
            streams: (0..STREAMS)
                .map(|n| StreamId::new(&format!("envelope/{label}/{n:012}")))
                .collect::<Result<_, _>>()?,
            number: 0,
            shape,
            label: label.to_owned(),
        })
    }

    /// Whose.
    #[must_use]
    pub const fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// The next one: a payload of 200 bytes, evidence of 60.
    ///
    /// # Errors
    /// Never.
    pub fn next_commit(&mut self) -> Outcome<Commit> {
        let (turn, round) = (self.number % STREAMS, self.number / STREAMS);
        let stream = &self.streams[usize::try_from(turn)?];
        let payload = format!(r#"{{"envelope":{:0>150},"party":{turn:030}}}"#, self.number);
        let mut event = NewEvent::new(Kind::new("envelope.signed")?, 1, payload).evidence([7; 60]);
        if self.shape == Shape::Full {
            event = event.send(Destination::new("mail")?, Kind::new("your-turn")?, *b"party 000000000007");
        }
        let mut commit = Commit::new(&self.tenant, &self.actor, self.now, &mut UnwrapErr(SysRng)).append(
            stream,
            Version(round),
            [event],
        );
        if self.shape == Shape::Full {
            let key = IdempotencyKey::new(&format!("{}-{:030}", self.label, self.number))?;
            commit =
                commit.due(stream, Some(self.now)).key(key, chancery_ledger::Hash::of(b"command"), [0; 40]);
        }
        self.number += 1;
        Ok(commit)
    }
}

/// Opens or makes a ledger.
///
/// # Errors
/// If that fails.
pub fn open_ledger(path: &Path) -> Outcome<SqliteStore> {
    Ok(SqliteStore::open(path, PATIENCE)?)
}

/// The same tables and indexes as a ledger's, written to by statements alone: no reading, no hashing, no planning.
pub struct BareLedger {
    connection: Connection,
    log: Log,
    heads: HashMap<StreamId, Head>,
}

impl BareLedger {
    /// Makes a new file.
    ///
    /// # Errors
    /// If that fails.
    pub fn create(path: &Path) -> Outcome<Self> {
        drop(open_ledger(path)?); // the schema, and the write-ahead log
        let connection = Connection::open(path)?;
        connection.execute_batch("PRAGMA synchronous = FULL")?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Self { connection, log: Log::default(), heads: HashMap::new() })
    }

    /// Works out the rows of a commit, and goes on as if they were written.
    ///
    /// # Errors
    /// If the commit is refused.
    pub fn rows<'c>(&mut self, commit: &'c Commit) -> Outcome<Box<Writes<'c>>> {
        let plan = Plan::of(commit)?;
        let heads = plan.streams().iter().map(|stream| self.heads.get(stream).cloned().unwrap_or_default());
        let found = Found { log: self.log.clone(), heads: heads.collect(), ..Found::default() };
        let Planned::Write(writes) = plan.against(found)? else { return Err("a new commit".into()) };
        self.log = writes.log.clone();
        self.heads.extend(writes.heads.iter().cloned());
        Ok(writes)
    }

    /// Writes the rows of some commits in one transaction, and waits for the disk.
    ///
    /// # Errors
    /// If SQLite fails.
    pub fn write(&self, commits: &[Box<Writes<'_>>]) -> Outcome<()> {
        let connection = &self.connection;
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        for writes in commits {
            self.write_one(writes)?;
        }
        connection.prepare_cached("COMMIT")?.execute([])?;
        Ok(())
    }

    fn write_one(&self, writes: &Writes<'_>) -> Outcome<()> {
        let connection = &self.connection;
        let tenant = writes.tenant.as_str();
        connection
            .prepare_cached(
                "INSERT INTO logs (tenant, size, frontier, latest) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (tenant) DO UPDATE SET size = ?2, frontier = ?3, latest = ?4",
            )?
            .execute(params![tenant, i64::try_from(writes.log.size())?, writes.log.frontier.to_bytes(), 0])?;
        for (stream, head) in &writes.heads {
            let (version, due) = (i64::try_from(head.version.0)?, head.due.map(Timestamp::as_microsecond));
            connection
                .prepare_cached(
                    "INSERT INTO streams (tenant, stream, version, hash, due, holds) VALUES (?1, ?2, ?3, ?4, ?5, '')
                     ON CONFLICT (tenant, stream) DO UPDATE
                     SET version = ?3, hash = ?4, due = ?5, holds = '', leased_until = NULL",
                )?
                .execute(params![tenant, stream.as_str(), version, head.hash.0, due])?;
        }
        for event in &writes.events {
            self.write_event(tenant, event)?;
        }
        for node in &writes.nodes {
            connection
                .prepare_cached("INSERT INTO nodes (tenant, level, position, hash) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![tenant, node.id.level, i64::try_from(node.id.index)?, node.hash.0])?;
        }
        if let Some(request) = &writes.request {
            let (last, first) = (i64::try_from(request.last.0)?, i64::try_from(request.first.0)?);
            let (key, command) = (request.key.as_str(), request.command.0);
            connection
                .prepare_cached(
                    "INSERT INTO requests (tenant, last, first, key, command, result) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![tenant, last, first, key, command, request.result])?;
        }
        Ok(())
    }

    fn write_event(&self, tenant: &str, event: &PlannedEvent<'_>) -> Outcome<()> {
        let record = &event.record;
        let sequence = i64::try_from(record.sequence.0)?;
        self.connection
            .prepare_cached(
                "INSERT INTO events (tenant, sequence, stream, version, at, actor, kind, schema, due, holds, effects,
                     request, previous, payload_hash, evidence_hash, hash, payload_salt, evidence_salt, evidence,
                     payload)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, '', ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
            )?
            .execute(params![
                tenant,
                sequence,
                record.stream.as_str(),
                i64::try_from(record.version.0)?,
                record.at.as_microsecond(),
                record.actor.as_str(),
                record.kind.as_str(),
                record.schema,
                record.due.map(Timestamp::as_microsecond),
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
            ])?;
        for (n, effect) in (0_u32..).zip(event.effects) {
            let (stream, destination) = (record.stream.as_str(), effect.destination.as_str());
            let ready = (record.version == Version(1)).then_some(0); // the others of a stream wait for it
            self.connection
                .prepare_cached(
                    "INSERT INTO outbox (tenant, sequence, n, stream, destination, kind, body, attempts, next_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8)",
                )?
                .execute(params![
                    tenant,
                    sequence,
                    n,
                    stream,
                    destination,
                    effect.kind.as_str(),
                    effect.body,
                    ready
                ])?;
        }
        Ok(())
    }
}
