//! A store in one SQLite file.

mod columns;
mod fault;
mod outbox;
mod read;
mod records;
mod schema;
mod write;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::commit::Commit;
use crate::committed::Committed;
use crate::delivery::{Claim, Delivery, Due, Settlement};
use crate::delivery_id::DeliveryId;
use crate::error::{CommitError, SettleError, StoreError};
use crate::event::Event;
use crate::hash::Hash;
use crate::head::Head;
use crate::log::Log;
use crate::merkle::NodeId;
use crate::name::{IdempotencyKey, StreamId, Tenant};
use crate::number::{Sequence, Version};
use crate::request::Request;
use crate::sqlite::fault::failed;
use crate::sqlite::write::{Writing, carry_out};
use crate::store::Store;

pub use records::SqliteRecords;

/// A store in one SQLite file, for any number of tenants, threads and processes of one machine.
///
/// A commit is on the disk when it returns: write-ahead log, `synchronous=FULL`. Writers wait for each other; each
/// waits no longer than the patience that [`open`](Self::open) is given and then fails as
/// [`Busy`](crate::Failure::Busy), with nothing written. Not for network file systems: their locks do not hold.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
}

impl SqliteStore {
    /// Opens a ledger, or makes a new one where there is no file. `patience` is for how long a write waits while
    /// others write.
    ///
    /// # Errors
    /// If the file cannot be opened or made, is no SQLite file, belongs to another program, or was written by a newer
    /// version of this crate.
    pub fn open(path: impl AsRef<Path>, patience: Duration) -> Result<Self, StoreError> {
        let path = path.as_ref();
        let writer =
            connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE, patience)?;
        schema::version(&writer)?;
        to_write_ahead_log(&writer, patience)?;
        schema::prepare(&writer)?;
        let settings = "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;
            PRAGMA secure_delete = ON;";
        writer.execute_batch(settings).map_err(failed)?;
        // Of its own, so that readers do not wait for the disk with a writer.
        let reader = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE, patience)?;
        reader.execute_batch("PRAGMA query_only = ON").map_err(failed)?;
        Ok(Self { path: path.to_owned(), writer: Mutex::new(writer), reader: Mutex::new(reader) })
    }

    /// The same store with a file that never grows beyond so many bytes, so that room is left for other things on the
    /// disk: a commit that would need more is refused as [`Full`](crate::Failure::Full). A file that is larger already
    /// stays as it is.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn with_largest_file(self, bytes: u64) -> Result<Self, StoreError> {
        {
            let writer = self.writer();
            let page: i64 = writer.pragma_query_value(None, "page_size", |row| row.get(0)).map_err(failed)?;
            let pages = i64::try_from(bytes).unwrap_or(i64::MAX).checked_div(page).unwrap_or(0).max(1);
            writer.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).map_err(failed)?;
        }
        Ok(self)
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A transaction that a panic left open is undone by its guard, so a poisoned lock guards nothing broken.
    fn writer(&self) -> MutexGuard<'_, Connection> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reader(&self) -> MutexGuard<'_, Connection> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A write of its own transaction.
    fn write<T, E: From<StoreError>>(&self, work: impl FnOnce(&Connection) -> Result<T, E>) -> Result<T, E> {
        let connection = self.writer();
        let writing = Writing::begin(&connection)?;
        let done = work(&connection)?;
        writing.commit()?;
        Ok(done)
    }

    /// Moves what was erased out of the write-ahead log as well. Where somebody reads at the moment, this waits for
    /// the next time.
    fn forget<'c>(&self, mut commits: impl Iterator<Item = &'c Commit>) {
        if commits.any(Commit::erases) {
            let truncated = self.writer().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
            // The commit lasts already; this is no part of it.
            drop(truncated);
        }
    }
}

pub(crate) fn connect(path: &Path, flags: OpenFlags, patience: Duration) -> Result<Connection, StoreError> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.busy_timeout(patience).map_err(failed)?;
    // 40 statements in all, each compiled once.
    connection.set_prepared_statement_cache_capacity(64);
    // Otherwise SQLite looks at the bounds and limits that are asked for, and compiles such a statement again for each.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(failed)?;
    // Nothing that somebody hides in the file's schema is run.
    connection
        .execute_batch(
            "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;",
        )
        .map_err(failed)?;
    Ok(connection)
}

/// SQLite does not wait by itself where several processes change the mode of a new file at once.
fn to_write_ahead_log(connection: &Connection, patience: Duration) -> Result<(), StoreError> {
    const STEP: Duration = Duration::from_millis(5);
    let mut waited = Duration::ZERO;
    loop {
        let mode =
            connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0));
        match mode {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(mode) => return Err(StoreError::corrupt(format!("the file stays in journal mode {mode}"))),
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && waited < patience => {
                std::thread::sleep(STEP);
                waited += STEP;
            }
            Err(error) => return Err(failed(error)),
        }
    }
}

impl Store for SqliteStore {
    fn commit(&self, commit: &Commit) -> Result<Committed, CommitError> {
        let committed = self.write(|connection| carry_out(connection, commit))?;
        self.forget(std::iter::once(commit));
        Ok(committed)
    }

    fn commit_all(&self, commits: &[&Commit]) -> Vec<Result<Committed, CommitError>> {
        let together = self.write(|connection| {
            let mut results = Vec::with_capacity(commits.len());
            for commit in commits {
                match carry_out(connection, commit) {
                    // What was refused wrote nothing; where the store failed, nothing of anybody is kept.
                    Err(CommitError::Failed(error)) => return Err(error),
                    result => results.push(result),
                }
            }
            Ok(results)
        });
        self.forget(commits.iter().copied());
        together.unwrap_or_else(|error: StoreError| {
            let (kind, outcome) = (error.kind.clone(), error.outcome);
            let others = (1..commits.len()).map(|_| StoreError { kind: kind.clone(), outcome, source: None });
            let all: Vec<_> = others.collect();
            std::iter::once(error).chain(all).take(commits.len()).map(|error| Err(error.into())).collect()
        })
    }

    fn head(&self, tenant: &Tenant, stream: &StreamId) -> Result<Head, StoreError> {
        read::head(&self.reader(), tenant, stream)
    }

    fn log(&self, tenant: &Tenant) -> Result<Log, StoreError> {
        read::log(&self.reader(), tenant)
    }

    fn events(
        &self,
        tenant: &Tenant,
        stream: &StreamId,
        after: Version,
        most: usize,
    ) -> Result<Vec<Event>, StoreError> {
        read::events(&self.reader(), tenant, stream, after, most)
    }

    fn since(&self, tenant: &Tenant, from: Sequence, most: usize) -> Result<Vec<Event>, StoreError> {
        read::since(&self.reader(), tenant, from, most)
    }

    fn request(&self, tenant: &Tenant, key: &IdempotencyKey) -> Result<Option<Request>, StoreError> {
        read::request(&self.reader(), tenant, key)
    }

    fn nodes(&self, tenant: &Tenant, ids: &[NodeId]) -> Result<Vec<Option<Hash>>, StoreError> {
        read::nodes(&self.reader(), tenant, ids)
    }

    fn claim_deliveries(&self, claim: Claim) -> Result<Vec<Delivery>, StoreError> {
        // Workers ask all the time; who finds nothing keeps nobody from writing.
        let one = Claim { most: claim.most.min(1), ..claim };
        if outbox::ready(&self.reader(), &one).map_err(failed)?.is_empty() {
            return Ok(Vec::new());
        }
        self.write(|connection| outbox::claim_deliveries(connection, &claim).map_err(failed))
    }

    fn settle(&self, delivery: &Delivery, settlement: Settlement, now: Timestamp) -> Result<(), SettleError> {
        let (settlement, void) = (settlement.checked(now)?, SettleError::Void { ended: delivery.until });
        if delivery.until <= now {
            return Err(void);
        }
        let settled =
            self.write(|connection| outbox::settle(connection, delivery, settlement, now).map_err(failed))?;
        if settled { Ok(()) } else { Err(void) }
    }

    fn dead_letters(
        &self,
        tenant: &Tenant,
        after: Option<DeliveryId>,
        most: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        outbox::dead_letters(&self.reader(), tenant, after, most).map_err(failed)
    }

    fn replay(&self, tenant: &Tenant, letter: DeliveryId, now: Timestamp) -> Result<(), SettleError> {
        let known =
            self.write(|connection| outbox::replay(connection, tenant, letter, now).map_err(failed))?;
        if known { Ok(()) } else { Err(SettleError::NotDead { sequence: letter.sequence, n: letter.n }) }
    }

    fn claim_due(&self, claim: Claim) -> Result<Vec<Due>, StoreError> {
        let one = Claim { most: claim.most.min(1), ..claim };
        if outbox::due(&self.reader(), &one).map_err(failed)?.is_empty() {
            return Ok(Vec::new());
        }
        self.write(|connection| outbox::claim_due(connection, &claim).map_err(failed))
    }
}

#[cfg(test)]
mod tests {
    use getrandom::SysRng;
    use getrandom::rand_core::UnwrapErr;
    use rusqlite::{Connection, StatementStatus};

    use super::*;
    use crate::event::NewEvent;
    use crate::name::{Actor, Kind};

    /// How often the statements that read a stream's events and a tenant's log were compiled again.
    fn compiled_again(connection: &Connection) -> i32 {
        let statements = [read::events_statement(), read::since_statement()];
        let again = |statement: &String| {
            connection.prepare_cached(statement).unwrap().get_status(StatementStatus::RePrepare)
        };
        statements.iter().map(again).sum()
    }

    #[test]
    fn a_statement_is_compiled_once_whatever_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path().join("ledger"), Duration::from_secs(1)).unwrap();
        let (tenant, stream) = (Tenant::new("acme").unwrap(), StreamId::new("s").unwrap());
        let mut rng = UnwrapErr(SysRng);
        let event = NewEvent::new(Kind::new("sent").unwrap(), 1, *b"");
        let actor = Actor::new("alice").unwrap();
        let commit = Commit::new(&tenant, &actor, Timestamp::UNIX_EPOCH, &mut rng).append(
            &stream,
            Version::EMPTY,
            [event],
        );
        let _ = store.commit(&commit).unwrap();
        for most in 1..5 {
            let after = Version(u64::from(most % 2 == 0));
            assert_eq!(store.events(&tenant, &stream, after, most).unwrap().len(), most % 2);
            assert_eq!(store.since(&tenant, Sequence(after.0), most).unwrap().len(), most % 2);
        }
        assert_eq!(compiled_again(&store.reader()), 0);
    }
}
