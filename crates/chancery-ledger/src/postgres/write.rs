//! A commit: one transaction that finds, plans and writes.

use std::collections::BTreeSet;

use futures_util::future::{join, join_all, join5};
use jiff::Timestamp;
use tokio_postgres::Statement;

use crate::commit::Commit;
use crate::committed::Committed;
use crate::error::{CommitError, StoreError};
use crate::hash::Hash;
use crate::name::{Destination, StreamId, Tenant};
use crate::number::{Sequence, Version};
use crate::part::Part;
use crate::plan::{Found, Plan, Planned, PlannedEvent, Target, Writes};
use crate::postgres::columns::{integer, maybe_version, name, number};
use crate::postgres::fault::{failed, failed_at_the_end};
use crate::postgres::param::Param;
use crate::postgres::read;
use crate::postgres::session::Session;

/// Each statement sees what was committed before it began: so after the lock, everything of the tenant.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";

/// Bytes and events of one statement. PostgreSQL takes a gigabyte.
const CHUNK_BYTES: usize = 32 << 20;
const CHUNK: usize = 1000;

/// The advisory lock under which a tenant's log is written. Others may use the same number for something else: then
/// they wait for each other, and nothing worse.
pub(super) fn tenant_lock(schema: &str, tenant: &str) -> i64 {
    lock_of(&["chancery ledger tenant", schema, tenant])
}

pub(super) fn lock_of(names: &[&str]) -> i64 {
    let Hash(hash) = Hash::of(names.join("\0").as_bytes());
    let mut number = [0; 8];
    number.copy_from_slice(&hash[..8]);
    i64::from_be_bytes(number)
}

/// Begins a transaction under some locks. Whoever holds more than one took them in the same order.
pub(super) async fn begin(session: &Session, locks: &BTreeSet<i64>) -> Result<(), StoreError> {
    let numbers: Vec<_> = locks.iter().map(|lock| [Param::Number(*lock)]).collect();
    let locks = numbers.iter().map(|number| session.query(&session.statements.lock, number));
    // Sent together; the server does one after the other.
    let (begun, locked) = join(session.client.batch_execute(BEGIN), join_all(locks)).await;
    begun.map_err(failed)?;
    locked.into_iter().try_for_each(|locked| locked.map(drop).map_err(failed))
}

/// Waits for the disk.
pub(super) async fn end(session: &Session) -> Result<(), StoreError> {
    session.client.batch_execute("COMMIT").await.map_err(failed_at_the_end)
}

pub(super) async fn undo(session: &Session) -> Result<(), StoreError> {
    session.client.batch_execute("ROLLBACK").await.map_err(failed)
}

/// Makes some commits in one transaction. What is refused wrote nothing; where the store fails, nothing of anybody
/// is kept.
pub(super) async fn commit_all(
    session: &Session,
    schema: &str,
    commits: &[&Commit],
) -> Result<Vec<Result<Committed, CommitError>>, StoreError> {
    let plans: Vec<_> = commits.iter().map(|commit| Plan::of(commit)).collect();
    let tenants = plans.iter().flatten().map(|plan| plan.tenant().as_str());
    let locks: BTreeSet<_> = tenants.map(|tenant| tenant_lock(schema, tenant)).collect();
    let (mut begun, mut wrote, mut results) = (false, false, Vec::with_capacity(plans.len()));
    for (plan, commit) in plans.into_iter().zip(commits) {
        let plan = match plan {
            Ok(plan) => plan,
            Err(refusal) => {
                results.push(Err(refusal.into()));
                continue;
            }
        };
        let found = if begun {
            find(session, &plan).await?
        } else {
            let (locked, found) = join(begin(session, &locks), find(session, &plan)).await;
            locked?;
            begun = true;
            found?
        };
        results.push(match plan.against(found) {
            Err(refusal) => Err(refusal.into()),
            Ok(Planned::Replayed(request)) => Ok(Committed::Replayed(request)),
            Ok(Planned::Write(writes)) => {
                write(session, &writes, commit).await?;
                wrote = true;
                Ok(writes.committed())
            }
        });
    }
    if wrote {
        end(session).await?;
    } else if begun {
        undo(session).await?;
    }
    Ok(results)
}

async fn find(session: &Session, plan: &Plan<'_>) -> Result<Found, StoreError> {
    let tenant = plan.tenant();
    let request = async {
        match plan.key() {
            Some(key) => read::request(session, tenant, key).await,
            None => Ok(None),
        }
    };
    let targets = plan.targets().iter().map(|(stream, version)| target(session, tenant, stream, *version));
    let ids = plan.nodes();
    let (log, heads, request, targets, nodes) = join5(
        read::log(session, tenant),
        read::heads(session, tenant, plan.streams()),
        request,
        join_all(targets),
        read::nodes(session, tenant, &ids),
    )
    .await;
    let targets = targets.into_iter().collect::<Result<_, _>>();
    Ok(Found { log: log?, heads: heads?, request: request?, targets: targets?, nodes: nodes? })
}

async fn target(
    session: &Session,
    tenant: &Tenant,
    stream: &StreamId,
    version: Version,
) -> Result<Option<Target>, StoreError> {
    // A number that no row has is found nowhere.
    let Ok(version) = i64::try_from(version.0) else { return Ok(None) };
    let params = [Param::Text(tenant.as_str()), Param::Text(stream.as_str()), Param::Number(version)];
    let rows = session.query(&session.statements.target, &params).await.map_err(failed)?;
    let target = |row| {
        Ok(Target {
            sequence: Sequence(number(row, 0)?),
            kind: name(row, 1)?,
            payload_erased: maybe_version(row, 2)?,
            evidence_erased: maybe_version(row, 3)?,
        })
    };
    rows.first().map(target).transpose()
}

/// A statement to be carried out, and how many rows it must change.
struct Change<'w> {
    statement: &'w Statement,
    params: Vec<Param<'w>>,
    rows: usize,
}

async fn write(session: &Session, writes: &Writes<'_>, commit: &Commit) -> Result<(), StoreError> {
    let frontier = writes.log.frontier.to_bytes();
    let changes = changes(session, writes, commit, &frontier)?;
    // Sent together; the server does one after the other, and after a failure none.
    let done = changes.iter().map(|change| session.execute(change.statement, &change.params));
    for (changed, Change { rows, .. }) in join_all(done).await.into_iter().zip(&changes) {
        if usize::try_from(changed.map_err(failed)?) != Ok(*rows) {
            // A rule or a trigger of somebody else's swallowed something that would be acknowledged.
            return Err(StoreError::corrupt("the database wrote another number of rows than it was given"));
        }
    }
    Ok(())
}

fn changes<'w>(
    session: &'w Session,
    writes: &'w Writes<'_>,
    commit: &Commit,
    frontier: &'w [u8],
) -> Result<Vec<Change<'w>>, StoreError> {
    let statements = &session.statements;
    let tenant = || Param::Text(writes.tenant.as_str());
    let latest = writes.log.latest.map_or(0, Timestamp::as_microsecond);
    let size = Param::Number(integer(writes.log.size())?);
    let log = vec![tenant(), size, Param::Bytes(frontier), Param::Number(latest)];
    let mut changes = vec![Change { statement: &statements.write_log, params: log, rows: 1 }];
    let heads = &writes.heads;
    let params = vec![
        tenant(),
        Param::Texts(heads.iter().map(|(stream, _)| stream.as_str()).collect()),
        numbers(heads.iter().map(|(_, head)| head.version.0))?,
        Param::Blobs(heads.iter().map(|(_, head)| &head.hash.0[..]).collect()),
        times(heads.iter().map(|(_, head)| head.due)),
        Param::Written(heads.iter().map(|(_, head)| head.holds.to_string()).collect()),
    ];
    changes.push(Change { statement: &statements.write_heads, params, rows: heads.len() });
    for chunk in chunks(&writes.events, |event| event.payload.len() + event.evidence.len()) {
        let params = std::iter::once(Ok(tenant())).chain(event_columns(chunk));
        let params = params.collect::<Result<_, _>>()?;
        changes.push(Change { statement: &statements.write_events, params, rows: chunk.len() });
    }
    for chunk in chunks(&letters(&writes.events)?, |letter| letter.body.len()) {
        let mut params = vec![tenant()];
        params.extend(letter_columns(chunk));
        params.push(Param::Number(commit.now.as_microsecond()));
        changes.push(Change { statement: &statements.write_effects, params, rows: chunk.len() });
    }
    let nodes = &writes.nodes;
    if !nodes.is_empty() {
        let params = vec![
            tenant(),
            Param::Numbers(nodes.iter().map(|node| i64::from(node.id.level)).collect()),
            numbers(nodes.iter().map(|node| node.id.index))?,
            Param::Blobs(nodes.iter().map(|node| &node.hash.0[..]).collect()),
        ];
        changes.push(Change { statement: &statements.write_nodes, params, rows: nodes.len() });
    }
    if let Some(request) = &writes.request {
        let (last, first) =
            (Param::Number(integer(request.last.0)?), Param::Number(integer(request.first.0)?));
        let (key, command) = (Param::Text(request.key.as_str()), Param::Bytes(&request.command.0));
        let params = vec![tenant(), last, first, key, command, Param::Bytes(&request.result)];
        changes.push(Change { statement: &statements.write_request, params, rows: 1 });
    }
    for erasure in &writes.erasures {
        let statement = match erasure.part {
            Part::Payload => &statements.erase_payload,
            Part::Evidence => &statements.erase_evidence,
        };
        let (sequence, by) = (integer(erasure.sequence.0)?, integer(erasure.by.0)?);
        let params = vec![tenant(), Param::Number(sequence), Param::Number(by)];
        changes.push(Change { statement, params, rows: 1 });
    }
    Ok(changes)
}

/// In the order of the columns of `write_events` after the tenant.
fn event_columns<'w>(events: &'w [PlannedEvent<'_>]) -> impl Iterator<Item = Result<Param<'w>, StoreError>> {
    let records = || events.iter().map(|event| &event.record);
    let hashes = |hash: fn(&crate::record::Record) -> &Hash| {
        Ok(Param::Blobs(events.iter().map(|event| &hash(&event.record).0[..]).collect()))
    };
    let maybe_hashes = |hash: fn(&crate::record::Record) -> Option<&Hash>| {
        Ok(Param::MaybeBlobs(
            events.iter().map(|event| hash(&event.record).map(|hash| &hash.0[..])).collect(),
        ))
    };
    let blobs = |blob: for<'e> fn(&'e PlannedEvent<'_>) -> &'e [u8]| {
        Ok(Param::Blobs(events.iter().map(blob).collect()))
    };
    [
        numbers(records().map(|record| record.sequence.0)),
        Ok(Param::Texts(records().map(|record| record.stream.as_str()).collect())),
        numbers(records().map(|record| record.version.0)),
        Ok(Param::Numbers(records().map(|record| record.at.as_microsecond()).collect())),
        Ok(Param::Texts(records().map(|record| record.actor.as_str()).collect())),
        Ok(Param::Texts(records().map(|record| record.kind.as_str()).collect())),
        Ok(Param::Numbers(records().map(|record| i64::from(record.schema)).collect())),
        Ok(times(records().map(|record| record.due))),
        Ok(Param::Written(records().map(|record| record.holds.to_string()).collect())),
        maybe_hashes(|record| record.effects.as_ref()),
        maybe_hashes(|record| record.request.as_ref()),
        hashes(|record| &record.previous),
        hashes(|record| &record.payload_hash),
        hashes(|record| &record.evidence_hash),
        hashes(|record| &record.hash),
        blobs(|event| &event.payload_salt),
        blobs(|event| &event.evidence_salt),
        blobs(|event| event.evidence),
        blobs(|event| &event.payload),
    ]
    .into_iter()
}

/// An effect on its way into the outbox.
struct Letter<'w> {
    sequence: i64,
    n: i64,
    stream: &'w str,
    destination: &'w str,
    kind: &'w str,
    body: &'w [u8],
    /// Whether it is the first of its stream and destination in this commit: only that one can be ready.
    leads: bool,
}

fn letters<'w>(events: &'w [PlannedEvent<'_>]) -> Result<Vec<Letter<'w>>, StoreError> {
    let (mut letters, mut lines) = (Vec::new(), BTreeSet::<(&StreamId, &Destination)>::new());
    for event in events {
        let (sequence, stream) = (integer(event.record.sequence.0)?, &event.record.stream);
        for (n, effect) in (0..).zip(event.effects) {
            let leads = lines.insert((stream, &effect.destination));
            let (destination, kind) = (effect.destination.as_str(), effect.kind.as_str());
            let (stream, body) = (stream.as_str(), &*effect.body);
            letters.push(Letter { sequence, n, stream, destination, kind, body, leads });
        }
    }
    Ok(letters)
}

fn letter_columns<'w>(letters: &[Letter<'w>]) -> [Param<'w>; 7] {
    let each = || letters.iter();
    [
        Param::Numbers(each().map(|letter| letter.sequence).collect()),
        Param::Numbers(each().map(|letter| letter.n).collect()),
        Param::Texts(each().map(|letter| letter.stream).collect()),
        Param::Texts(each().map(|letter| letter.destination).collect()),
        Param::Texts(each().map(|letter| letter.kind).collect()),
        Param::Blobs(each().map(|letter| letter.body).collect()),
        Param::Flags(each().map(|letter| letter.leads).collect()),
    ]
}

fn numbers<'w>(numbers: impl Iterator<Item = u64>) -> Result<Param<'w>, StoreError> {
    numbers.map(integer).collect::<Result<_, _>>().map(Param::Numbers)
}

fn times<'w>(times: impl Iterator<Item = Option<Timestamp>>) -> Param<'w> {
    Param::MaybeNumbers(times.map(|time| time.map(Timestamp::as_microsecond)).collect())
}

/// Parts that one statement takes: each begins a new one when the last is full.
fn chunks<T>(items: &[T], bytes: impl Fn(&T) -> usize) -> Vec<&[T]> {
    let (mut chunks, mut begin, mut held) = (Vec::new(), 0, 0);
    for (place, item) in items.iter().enumerate() {
        let size = bytes(item);
        if place > begin && (held + size > CHUNK_BYTES || place - begin >= CHUNK) {
            chunks.push(&items[begin..place]);
            (begin, held) = (place, 0);
        }
        held += size;
    }
    if begin < items.len() {
        chunks.push(&items[begin..]);
    }
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_hold_all_in_order_and_none_is_too_large() {
        let sizes = [CHUNK_BYTES + 1, 1, 2, CHUNK_BYTES, 3];
        let cut: Vec<_> = chunks(&sizes, |size| *size).into_iter().map(<[usize]>::to_vec).collect();
        assert_eq!(cut, [vec![CHUNK_BYTES + 1], vec![1, 2], vec![CHUNK_BYTES], vec![3]]);
        let many: Vec<usize> = (0..2500).collect();
        let lengths: Vec<_> = chunks(&many, |_| 1).iter().map(|chunk| chunk.len()).collect();
        assert_eq!(lengths, [1000, 1000, 500]);
        assert_eq!(chunks(&many, |_| 1).concat(), many);
        assert!(chunks(&[0_usize; 0], |_| 1).is_empty());
    }

    #[test]
    fn tenants_and_schemas_have_locks_of_their_own() {
        let locks = [("a", "b"), ("a", "c"), ("b", "b"), ("ab", "")].map(|(a, b)| tenant_lock(a, b));
        assert_eq!(BTreeSet::from(locks).len(), 4);
    }
}
