//! How many commits a second do eight writers make in PostgreSQL, beside eight bare clients that write the same rows and
//! indexes under the same lock of the tenant?
//!
//! Wall time, since most of it is waiting for the server's disk; the bare clients send all rows of a commit at once. On the
//! server that `CHANCERY_POSTGRES` names (`.ci/postgres bench` starts one). Bar: at least 0.5 times as many.

use std::collections::HashMap;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chancery_benches::{Case, Commits, Outcome, Rounds, Shape, Table, ensure};
use chancery_ledger::plan::{Found, Plan, Planned, Writes};
use chancery_ledger::tokio_postgres::types::ToSql;
use chancery_ledger::tokio_postgres::{Client, Config, Error, NoTls, Statement};
use chancery_ledger::{Commit, Committed, Head, Log, Postgres, PostgresStore, Store, StreamId};
use futures_util::future::{join, join_all};
use jiff::Timestamp;
use tokio::runtime::{Builder, Runtime};

/// Commits a second, ours over the bare clients'.
const BAR: f64 = 0.5;
/// Longer than any disk takes.
const PATIENCE: Duration = Duration::from_secs(300);
const WRITERS: usize = 8;
const EACH: usize = 25;
const LABELS: [&str; WRITERS] = ["a", "b", "c", "d", "e", "f", "g", "h"];

fn main() -> Outcome<ExitCode> {
    let Some(url) = std::env::var_os("CHANCERY_POSTGRES") else {
        println!("not run: CHANCERY_POSTGRES names no server");
        return Ok(ExitCode::SUCCESS);
    };
    let config: Config = url.to_str().ok_or("a URL")?.parse()?;
    let mut table = Table::new("Commits of eight writers in PostgreSQL, one tenant (wall time)");
    for (shape, title) in [
        (Shape::Plain, "one event"),
        (Shape::Full, "one event with an effect, a deadline and an idempotency key"),
    ] {
        measure(&mut table, &config, shape, title)?;
    }
    Ok(table.finish())
}

fn measure(table: &mut Table, config: &Config, shape: Shape, title: &str) -> Outcome<()> {
    let place = |name| {
        let schema = format!("chancery_bench_{name}_{shape:?}");
        (Postgres::new(config.clone(), NoTls).schema(&schema).connections(WRITERS).patience(PATIENCE), schema)
    };
    let ((ours, our_schema), (theirs, their_schema)) = (place("ours"), place("bare"));
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let drop_both = || {
        runtime.block_on(async {
            let client = connect(config).await?;
            let drop = |schema| format!("DROP SCHEMA IF EXISTS \"{schema}\" CASCADE;");
            client.batch_execute(&[drop(&our_schema), drop(&their_schema)].concat()).await
        })
    };
    drop_both()?;
    let store = PostgresStore::open(ours)?;
    drop(PostgresStore::open(theirs)?); // the schema
    let clients = (0..WRITERS).map(|_| runtime.block_on(Bare::open(config, &their_schema)));
    let clients = clients.collect::<Result<Vec<_>, _>>()?;
    let label = |label| Ok::<_, Box<dyn std::error::Error>>(Mutex::new(Commits::new(shape, label)?));
    let (our_commits, their_commits) = (
        LABELS.into_iter().map(label).collect::<Outcome<Vec<_>>>()?,
        LABELS.into_iter().map(label).collect::<Outcome<Vec<_>>>()?,
    );
    let mut model = Model::default();
    let rounds = Rounds::new(11, 1)?;
    let [bare, ledger] = rounds.run([
        Case::with_time_of("bare: lock, the same rows, COMMIT", |_, _| {
            let commits = next(&their_commits)?;
            let rows = commits.iter().map(|commit| model.rows(commit)).collect::<Outcome<Vec<_>>>()?;
            let start = Instant::now();
            write_bare(&runtime, &clients, &rows)?;
            Ok(start.elapsed())
        }),
        Case::with_time_of("PostgresStore::commit", |_, _| {
            let commits = next(&our_commits)?;
            let start = Instant::now();
            write_ours(&store, &commits)?;
            Ok(start.elapsed())
        }),
    ])?;
    table.heading(&format!("{title}; {WRITERS} writers, {EACH} commits each; {}", rounds.describe()));
    let count = f64::from(u32::try_from(WRITERS * EACH)?);
    let (bare, ledger) = (bare.rate(count), ledger.rate(count));
    table.rate(&bare);
    table.rate(&ledger);
    table.ratio_with_least(&ledger.over(&bare).named("over the bare clients'"), BAR);
    drop_both()?;
    Ok(())
}

/// The commits of one round, those of a writer one after the other.
fn next(writers: &[Mutex<Commits>]) -> Outcome<Vec<Commit>> {
    let mut commits = Vec::with_capacity(WRITERS * EACH);
    for writer in writers {
        let mut writer = writer.lock().map_err(|_| "a writer failed")?;
        for _ in 0..EACH {
            commits.push(writer.next_commit()?);
        }
    }
    Ok(commits)
}

fn write_ours(store: &PostgresStore, commits: &[Commit]) -> Outcome<()> {
    let made = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for own in commits.chunks(EACH) {
            let made = &made;
            scope.spawn(move || {
                let is_made = |commit| matches!(store.commit(commit), Ok(Committed::Appended(_)));
                made.fetch_add(own.iter().filter(|commit| is_made(commit)).count(), Ordering::SeqCst);
            });
        }
    });
    ensure(made.into_inner() == commits.len(), "all are made")
}

/// The rows go in the order in which they were planned: whoever has the lock writes the next.
fn write_bare(runtime: &Runtime, clients: &[Bare], rows: &[Box<Writes<'_>>]) -> Outcome<()> {
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(None));
    std::thread::scope(|scope| {
        for client in clients {
            let (next, failed) = (&next, &failed);
            scope.spawn(move || {
                let all = async {
                    for _ in 0..EACH {
                        client.write(|| &*rows[next.fetch_add(1, Ordering::SeqCst)]).await?;
                    }
                    Ok::<_, Error>(())
                };
                if let (Err(error), Ok(mut failed)) = (runtime.block_on(all), failed.lock()) {
                    *failed = Some(error);
                }
            });
        }
    });
    failed.into_inner().map_err(|_| "a writer failed")?.map_or(Ok(()), |error| Err(error.into()))
}

/// Where the bare clients' ledger stands, so that their rows can be worked out beforehand.
#[derive(Default)]
struct Model {
    log: Log,
    heads: HashMap<StreamId, Head>,
}

impl Model {
    fn rows<'c>(&mut self, commit: &'c Commit) -> Outcome<Box<Writes<'c>>> {
        let plan = Plan::of(commit)?;
        let heads = plan.streams().iter().map(|stream| self.heads.get(stream).cloned().unwrap_or_default());
        let found = Found { log: self.log.clone(), heads: heads.collect(), ..Found::default() };
        let Planned::Write(writes) = plan.against(found)? else { return Err("a new commit".into()) };
        self.log = writes.log.clone();
        self.heads.extend(writes.heads.iter().cloned());
        Ok(writes)
    }
}

/// A client that only writes.
struct Bare {
    client: Client,
    lock: Statement,
    log: Statement,
    head: Statement,
    event: Statement,
    node: Statement,
    letter: Statement,
    request: Statement,
}

async fn connect(config: &Config) -> Result<Client, Error> {
    let (client, connection) = config.connect(NoTls).await?;
    drop(tokio::spawn(connection));
    Ok(client)
}

impl Bare {
    async fn open(config: &Config, schema: &str) -> Result<Self, Error> {
        let client = connect(config).await?;
        client.batch_execute(&format!("SET search_path TO \"{schema}\"")).await?;
        Ok(Self {
            lock: client.prepare("SELECT pg_advisory_xact_lock(4711)").await?,
            log: client
                .prepare(
                    "INSERT INTO logs VALUES ($1, $2, $3, $4)
                     ON CONFLICT (tenant) DO UPDATE SET size = $2, frontier = $3, latest = $4",
                )
                .await?,
            head: client
                .prepare(
                    "INSERT INTO streams VALUES ($1, $2, $3, $4, $5, '') ON CONFLICT (tenant, stream)
                     DO UPDATE SET version = $3, hash = $4, due = $5, holds = '', leased_until = NULL",
                )
                .await?,
            event: client
                .prepare(
                    "INSERT INTO events VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', $10, $11, $12, $13, $14, $15,
                         NULL, NULL, $16, $17, $18, $19)",
                )
                .await?,
            node: client.prepare("INSERT INTO nodes VALUES ($1, $2, $3, $4)").await?,
            letter: client.prepare("INSERT INTO outbox VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8)").await?,
            request: client.prepare("INSERT INTO requests VALUES ($1, $2, $3, $4, $5, $6)").await?,
            client,
        })
    }

    async fn write<'w>(&self, next: impl FnOnce() -> &'w Writes<'w>) -> Result<(), Error> {
        let (begun, locked) =
            join(self.client.batch_execute("BEGIN"), self.client.execute(&self.lock, &[])).await;
        begun?;
        locked?;
        let writes = next();
        let rows = rows(self, writes);
        let sent = rows.iter().map(|(statement, values)| async move {
            let values: Vec<&(dyn ToSql + Sync)> =
                values.iter().map(|value| -> &(dyn ToSql + Sync) { &**value }).collect();
            self.client.execute(*statement, &values).await
        });
        for written in join_all(sent).await {
            written?;
        }
        self.client.batch_execute("COMMIT").await
    }
}

type Values<'w> = Vec<Box<dyn ToSql + Sync + Send + 'w>>;

fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn time(time: Option<Timestamp>) -> Option<i64> {
    time.map(Timestamp::as_microsecond)
}

macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$(Box::new($value)),*] };
}

fn rows<'w>(bare: &'w Bare, writes: &'w Writes<'_>) -> Vec<(&'w Statement, Values<'w>)> {
    let tenant = writes.tenant.as_str();
    let log: Values<'w> =
        values![tenant, number(writes.log.size()), writes.log.frontier.to_bytes(), time(writes.log.latest)];
    let mut rows = vec![(&bare.log, log)];
    for (stream, head) in &writes.heads {
        let values: Values<'w> =
            values![tenant, stream.as_str(), number(head.version.0), &head.hash.0[..], time(head.due)];
        rows.push((&bare.head, values));
    }
    for event in &writes.events {
        let record = &event.record;
        let (stream, sequence) = (record.stream.as_str(), number(record.sequence.0));
        let values: Values<'w> = values![
            tenant,
            sequence,
            stream,
            number(record.version.0),
            record.at.as_microsecond(),
            record.actor.as_str(),
            record.kind.as_str(),
            i64::from(record.schema),
            time(record.due),
            record.effects.as_ref().map(|hash| &hash.0[..]),
            record.request.as_ref().map(|hash| &hash.0[..]),
            &record.previous.0[..],
            &record.payload_hash.0[..],
            &record.evidence_hash.0[..],
            &record.hash.0[..],
            &event.payload_salt[..],
            &event.evidence_salt[..],
            event.evidence,
            &*event.payload,
        ];
        rows.push((&bare.event, values));
        for (n, effect) in (0_i64..).zip(event.effects) {
            // The others of a stream wait for its first.
            let ready = (record.version.0 == 1).then(|| record.at.as_microsecond());
            let (destination, kind) = (effect.destination.as_str(), effect.kind.as_str());
            let values: Values<'w> =
                values![tenant, sequence, n, stream, destination, kind, &*effect.body, ready];
            rows.push((&bare.letter, values));
        }
    }
    for node in &writes.nodes {
        let values: Values<'w> =
            values![tenant, i64::from(node.id.level), number(node.id.index), &node.hash.0[..]];
        rows.push((&bare.node, values));
    }
    if let Some(request) = &writes.request {
        let (last, first) = (number(request.last.0), number(request.first.0));
        let values: Values<'w> =
            values![tenant, last, first, request.key.as_str(), &request.command.0[..], &*request.result];
        rows.push((&bare.request, values));
    }
    rows
}
