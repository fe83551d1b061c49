//! Reads an export, and checks it without the store that it came from.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read};

use crate::checkpoint::Checkpoint;
use crate::event::{Content, Event};
use crate::export::{EventLine, FORM, FirstLine};
use crate::export_error::ExportFault;
use crate::hash::Hash;
use crate::holds::Holds;
use crate::housekeeping::{ERASED, Erasure, HELD, RELEASED, Release};
use crate::merkle::{Frontier, InclusionProof};
use crate::name::{StreamId, Tenant};
use crate::number::{Sequence, Version};
use crate::part::Part;

/// The longest line: payload and evidence at their limits, with every byte escaped as six, and as much again.
const LINE: u64 = 256 << 20;

/// Whether an export holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ExportVerdict {
    /// Every event is what its hash was made of, follows on the one before it in its stream, and is in the log of this
    /// root. That this is the log that was once anchored, and not one made anew, only a checkpoint tells that was
    /// kept elsewhere.
    Holds(Exported),
    /// It does not.
    Broken {
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        fault: ExportFault,
    },
}

/// What an export holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Exported {
    /// Whose.
    pub tenant: Tenant,
    /// The stream; none for the whole log.
    pub stream: Option<StreamId>,
    /// How many events.
    pub events: u64,
    /// Where the log stood.
    pub checkpoint: Checkpoint,
    /// What the checkpoint said that was given.
    pub kept: Compared,
}

/// What a checkpoint that was kept elsewhere says about an export.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Compared {
    /// The log began with exactly these events then: nothing of them was altered or made anew.
    Agrees,
    /// None was given; or the export is of one stream, and the checkpoint of another size than the log had.
    NotCompared,
}

/// Reads an export that [`export_log`](crate::export_log) or [`export_stream`](crate::export_stream) wrote, gives each
/// event to `each` once it is checked, and says whether the whole holds. What `each` was given before a fault is
/// worth nothing without the rest.
///
/// Memory grows with the number of streams, not of events.
///
/// ```
/// use chancery_ledger::{Compared, ExportVerdict, MemoryStore, Tenant, export_log, read_export};
/// # use chancery_ledger::{Actor, Commit, Kind, NewEvent, Store, StreamId, Version};
/// # let mut rng = getrandom::rand_core::UnwrapErr(getrandom::SysRng);
/// # let (store, acme) = (MemoryStore::new(), Tenant::new("acme")?);
/// # let signed = NewEvent::new(Kind::new("envelope.signed")?, 1, *b"{}");
/// # store.commit(&Commit::new(&acme, &Actor::new("alice")?, jiff::Timestamp::UNIX_EPOCH, &mut rng)
/// #     .append(&StreamId::new("envelope/7")?, Version::EMPTY, [signed]))?;
///
/// let mut file = Vec::new();
/// let kept = export_log(&store, &acme, &mut file)?; // 40 bytes, to be kept elsewhere
///
/// let verdict = read_export(&file[..], Some(&kept), |event| println!("{}", event.record.kind))?;
/// assert!(matches!(verdict, ExportVerdict::Holds(exported) if exported.kept == Compared::Agrees));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If the reader fails. What is wrong with the export is a verdict.
pub fn read_export(
    mut from: impl BufRead,
    kept: Option<&Checkpoint>,
    mut each: impl FnMut(&Event),
) -> io::Result<ExportVerdict> {
    let mut line = 0;
    let mut read = || -> io::Result<Result<Exported, ExportFault>> {
        let mut buffer = Vec::new();
        line = 1;
        let mut check = match next_line(&mut from, &mut buffer)? {
            Err(fault) => return Ok(Err(fault)),
            Ok(first) => match Check::begin(first.unwrap_or_default(), kept) {
                Err(fault) => return Ok(Err(fault)),
                Ok(check) => check,
            },
        };
        loop {
            line += 1;
            let event = match next_line(&mut from, &mut buffer)? {
                Err(fault) => return Ok(Err(fault)),
                Ok(None) => return Ok(check.end()),
                Ok(Some(bytes)) => check.event(bytes),
            };
            match event {
                Err(fault) => return Ok(Err(fault)),
                Ok(event) => each(&event),
            }
        }
    };
    Ok(match read()? {
        Ok(exported) => ExportVerdict::Holds(exported),
        Err(fault) => ExportVerdict::Broken { line, fault },
    })
}

/// The next line without its end; none at the end of the file.
fn next_line<'b>(
    from: &mut impl BufRead,
    buffer: &'b mut Vec<u8>,
) -> io::Result<Result<Option<&'b [u8]>, ExportFault>> {
    buffer.clear();
    let length = Read::take(&mut *from, LINE).read_until(b'\n', buffer)?;
    Ok(match buffer.as_slice() {
        [] => Ok(None),
        [line @ .., b'\n'] => Ok(Some(line)),
        _ if u64::try_from(length).is_ok_and(|length| length >= LINE) => {
            Err(ExportFault::TooLong { most: LINE })
        }
        // Cut off within a line.
        _ => Err(ExportFault::Unreadable { why: "the line does not end".to_owned() }),
    })
}

/// What is known so far.
struct Check<'k> {
    exported: Exported,
    kept: Option<&'k Checkpoint>,
    found: u64,
    /// Of the whole log.
    frontier: Frontier,
    streams: BTreeMap<StreamId, Chain>,
}

/// Where a stream stands.
#[derive(Default)]
struct Chain {
    version: Version,
    hash: Hash,
    holds: Holds,
    /// Up to where nothing may be erased, because the commit that ended a hold goes so far.
    closed: Option<Sequence>,
    /// What is missing, under the version of the event that must say so.
    missing: BTreeMap<Version, (Version, Part)>,
}

impl<'k> Check<'k> {
    fn begin(line: &[u8], kept: Option<&'k Checkpoint>) -> Result<Self, ExportFault> {
        let first: FirstLine<'_> = serde_json::from_slice(line).map_err(unreadable)?;
        if first.chancery_ledger_export != FORM {
            return Err(ExportFault::UnknownForm { form: first.chancery_ledger_export });
        }
        let tenant = Tenant::new(&first.tenant).map_err(unreadable)?;
        let stream = first.stream.map(|stream| StreamId::new(&stream)).transpose().map_err(unreadable)?;
        let checkpoint = Checkpoint { size: first.size, root: first.root.0 };
        if first.events > checkpoint.size || stream.is_none() && first.events != checkpoint.size {
            return Err(ExportFault::AnotherNumber { announced: checkpoint.size, found: first.events });
        }
        if let Some(kept) = kept.filter(|kept| kept.size > checkpoint.size) {
            return Err(ExportFault::CutOff { kept: *kept, found: checkpoint.size });
        }
        let events = first.events;
        let exported = Exported { tenant, stream, events, checkpoint, kept: Compared::NotCompared };
        let mut check =
            Self { exported, kept, found: 0, frontier: Frontier::default(), streams: BTreeMap::new() };
        check.compare()?;
        Ok(check)
    }

    fn event(&mut self, line: &[u8]) -> Result<Event, ExportFault> {
        if self.found >= self.exported.events {
            return Err(ExportFault::AnotherNumber {
                announced: self.exported.events,
                found: self.found + 1,
            });
        }
        let mut line: EventLine<'_> = serde_json::from_slice(line).map_err(unreadable)?;
        let proof = line.proof.take();
        let event = line.event(&self.exported.tenant).map_err(|why| ExportFault::Unreadable { why })?;
        if !event.hash_holds() {
            return Err(ExportFault::Altered);
        }
        let record = &event.record;
        match &self.exported.stream {
            None if record.sequence.0 != self.found => {
                return Err(ExportFault::OutOfOrder { expected: self.found, found: record.sequence.0 });
            }
            None => self.frontier.push(&record.hash, |_| {}),
            Some(stream) if *stream != record.stream => {
                return Err(ExportFault::OtherStream { found: record.stream.clone() });
            }
            Some(_) => {
                let hashes = proof.ok_or(ExportFault::NotProven)?.into_iter().map(|hash| hash.0).collect();
                let size = self.exported.checkpoint.size;
                let proof = InclusionProof { sequence: record.sequence, size, hashes };
                if !proof.holds(&record.hash, &self.exported.checkpoint) {
                    return Err(ExportFault::NotProven);
                }
            }
        }
        self.streams.entry(record.stream.clone()).or_default().take(&event)?;
        self.found += 1;
        self.compare()?;
        Ok(event)
    }

    /// Compares with the checkpoint that was kept, when the log is as long as it.
    fn compare(&mut self) -> Result<(), ExportFault> {
        let Some(kept) = self.kept else { return Ok(()) };
        let root = match &self.exported.stream {
            None if kept.size == self.found => self.frontier.root(),
            Some(_) if *kept == self.exported.checkpoint => kept.root,
            Some(_) if kept.size == self.exported.checkpoint.size => self.exported.checkpoint.root,
            _ => return Ok(()),
        };
        same_root(kept, root)?;
        self.exported.kept = Compared::Agrees;
        Ok(())
    }

    fn end(self) -> Result<Exported, ExportFault> {
        if self.found != self.exported.events {
            return Err(ExportFault::AnotherNumber { announced: self.exported.events, found: self.found });
        }
        if self.exported.stream.is_none() {
            same_root(&self.exported.checkpoint, self.frontier.root())?;
        }
        for (stream, chain) in self.streams {
            if let Some((version, part)) = chain.missing.into_values().next() {
                return Err(ExportFault::Missing { stream, version, part });
            }
        }
        Ok(self.exported)
    }
}

impl Chain {
    fn take(&mut self, event: &Event) -> Result<(), ExportFault> {
        let record = &event.record;
        let stream = || record.stream.clone();
        if record.version != self.version.next() {
            return Err(ExportFault::OutOfOrder { expected: self.version.next().0, found: record.version.0 });
        }
        if record.previous != self.hash {
            return Err(ExportFault::Unchained { stream: stream() });
        }
        let holds = match record.kind.as_str() {
            HELD => self.holds.with(record.version),
            RELEASED => {
                let release = event.payload().and_then(Release::from_payload);
                let release = release.filter(|release| release.is_by(record.sequence));
                self.closed = release.map(|release| release.last);
                release.and_then(|release| self.holds.without(release.hold))
            }
            _ => Some(self.holds.clone()),
        };
        if holds.as_ref() != Some(&record.holds) {
            return Err(ExportFault::WrongHolds { stream: stream(), found: record.holds.clone() });
        }
        let is_closed = self.closed.is_some_and(|last| record.sequence <= last);
        if let Some((version, part)) = self.missing.remove(&record.version) {
            // Payloads of the ledger's own events are never erased.
            let said = event
                .payload()
                .filter(|_| record.kind.as_str() == ERASED && record.holds.is_empty() && !is_closed);
            if said.and_then(Erasure::from_payload) != Some(Erasure { version, part }) {
                return Err(ExportFault::Missing { stream: stream(), version, part });
            }
        }
        for (content, part) in [(&event.payload, Part::Payload), (&event.evidence, Part::Evidence)] {
            if let Content::Erased { by } = content {
                // One event erases one part, later than the event that had it.
                if *by <= record.version || self.missing.insert(*by, (record.version, part)).is_some() {
                    return Err(ExportFault::Missing { stream: stream(), version: record.version, part });
                }
            }
        }
        (self.version, self.hash, self.holds) = (record.version, record.hash, record.holds.clone());
        Ok(())
    }
}

fn same_root(expected: &Checkpoint, found: Hash) -> Result<(), ExportFault> {
    if expected.root == found {
        return Ok(());
    }
    Err(ExportFault::OtherRoot { size: expected.size, expected: expected.root, found })
}

fn unreadable(why: impl ToString) -> ExportFault {
    ExportFault::Unreadable { why: why.to_string() }
}
