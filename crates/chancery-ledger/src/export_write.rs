//! Exports a log or a stream as JSON lines.

use std::io::Write;

use crate::async_store::{AsyncStore, Blocking, run_blocking};
use crate::checkpoint::Checkpoint;
use crate::event::{Content, Event};
use crate::export::{EventLine, FORM, FirstLine, HexHash};
use crate::export_error::ExportError;
use crate::limits;
use crate::name::{StreamId, Tenant};
use crate::number::{Sequence, Version};
use crate::store::Store;

/// Writes the whole log of a tenant, as it stands now, as JSON lines, and says where it stood. Whoever has the file can
/// check it without the store, with [`read_export`](crate::read_export): all hashes, the chain of each stream, and the
/// root of the Merkle tree over all events.
///
/// What events send and what was answered under idempotency keys is in the file only as the hash that the event holds.
///
/// # Errors
/// If the store or the writer fails, or something is erased at the same moment.
pub fn export_log<S: Store + ?Sized>(
    store: &S,
    tenant: &Tenant,
    out: impl Write,
) -> Result<Checkpoint, ExportError> {
    run_blocking(export_log_async(&Blocking(store), tenant, out))
}

/// As [`export_log`], from a store that is waited for; the writer is not.
///
/// # Errors
/// As [`export_log`].
pub async fn export_log_async<S: AsyncStore + ?Sized>(
    store: &S,
    tenant: &Tenant,
    mut out: impl Write,
) -> Result<Checkpoint, ExportError> {
    let checkpoint = store.log(tenant).await?.checkpoint();
    first_line(&mut out, tenant, None, checkpoint.size, &checkpoint)?;
    let mut next = 0;
    while next < checkpoint.size {
        let page = store.since(tenant, Sequence(next), limits::PAGE).await?;
        if page.is_empty() {
            break; // the reader of the file will tell
        }
        for event in page.iter().take_while(|event| event.record.sequence.0 < checkpoint.size) {
            erasures_are_within(store, event, &checkpoint).await?;
            line(&mut out, &EventLine::of(event, None))?;
        }
        next = page.last().map_or(checkpoint.size, |event| event.record.sequence.0.saturating_add(1));
    }
    out.flush()?;
    Ok(checkpoint)
}

/// Writes one stream, as it stands now, as JSON lines, each event with the proof that it is in its tenant's log, and
/// says where the log stood. [`read_export`](crate::read_export) checks it without the store.
///
/// A proof says that an event is in the log, not that no later one of its stream is: the last events may have been
/// left out by whoever made the file.
///
/// # Errors
/// If the store or the writer fails, or something is erased at the same moment.
pub fn export_stream<S: Store + ?Sized>(
    store: &S,
    tenant: &Tenant,
    stream: &StreamId,
    out: impl Write,
) -> Result<Checkpoint, ExportError> {
    run_blocking(export_stream_async(&Blocking(store), tenant, stream, out))
}

/// As [`export_stream`], from a store that is waited for; the writer is not.
///
/// # Errors
/// As [`export_stream`].
pub async fn export_stream_async<S: AsyncStore + ?Sized>(
    store: &S,
    tenant: &Tenant,
    stream: &StreamId,
    mut out: impl Write,
) -> Result<Checkpoint, ExportError> {
    // In this order, so that the log holds all events up to the head.
    let head = store.head(tenant, stream).await?;
    let checkpoint = store.log(tenant).await?.checkpoint();
    first_line(&mut out, tenant, Some(stream), head.version.0, &checkpoint)?;
    let mut after = Version::EMPTY;
    while after < head.version {
        let page = store.events(tenant, stream, after, limits::PAGE).await?;
        if page.is_empty() {
            break; // the reader of the file will tell
        }
        for event in page.iter().take_while(|event| event.record.version <= head.version) {
            erasures_are_within(store, event, &checkpoint).await?;
            let proof = store.prove_inclusion(tenant, event.record.sequence, checkpoint.size).await?;
            line(&mut out, &EventLine::of(event, Some(proof.hashes)))?;
        }
        after = page.last().map_or(head.version, |event| event.record.version);
    }
    out.flush()?;
    Ok(checkpoint)
}

fn first_line(
    out: &mut impl Write,
    tenant: &Tenant,
    stream: Option<&StreamId>,
    events: u64,
    checkpoint: &Checkpoint,
) -> Result<(), ExportError> {
    line(
        out,
        &FirstLine {
            chancery_ledger_export: FORM,
            tenant: tenant.as_str().into(),
            stream: stream.map(|stream| stream.as_str().into()),
            events,
            size: checkpoint.size,
            root: HexHash(checkpoint.root),
        },
    )
}

fn line(out: &mut impl Write, line: &impl serde::Serialize) -> Result<(), ExportError> {
    serde_json::to_writer(&mut *out, line).map_err(std::io::Error::from)?;
    Ok(out.write_all(b"\n")?)
}

/// The event that erased a part must be in the export too, or its reader would miss it.
async fn erasures_are_within<S: AsyncStore + ?Sized>(
    store: &S,
    event: &Event,
    checkpoint: &Checkpoint,
) -> Result<(), ExportError> {
    let record = &event.record;
    for content in [&event.payload, &event.evidence] {
        let Content::Erased { by } = content else { continue };
        let before = Version(by.0.saturating_sub(1));
        let erasure = store.events(&record.tenant, &record.stream, before, 1).await?;
        if erasure.first().is_some_and(|erasure| erasure.record.sequence.0 >= checkpoint.size) {
            return Err(ExportError::ErasedMeanwhile { sequence: record.sequence });
        }
    }
    Ok(())
}
