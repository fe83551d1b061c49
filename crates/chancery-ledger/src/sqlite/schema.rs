//! The tables, and how they come to be.

use std::collections::BTreeSet;

use rusqlite::{Connection, ErrorCode};

use crate::error::{Failure, StoreError};
use crate::sqlite::fault::failed;

/// Says to `file` and to us that this SQLite file is a ledger: "Chan" in ASCII.
pub(crate) const APPLICATION: i32 = 0x4368_616e;

/// What makes each version of the schema out of the one before it; never edited once it is released.
const MIGRATIONS: [&str; 1] = [VERSION_1];

const VERSION_1: &str = "
CREATE TABLE logs (
    tenant   TEXT    NOT NULL PRIMARY KEY,
    size     INTEGER NOT NULL,
    frontier BLOB    NOT NULL, -- the hashes of the complete subtrees at the right edge
    latest   INTEGER NOT NULL  -- microseconds since 1970, as all times
) STRICT, WITHOUT ROWID;

CREATE TABLE streams (
    tenant       TEXT    NOT NULL,
    stream       TEXT    NOT NULL,
    version      INTEGER NOT NULL,
    hash         BLOB    NOT NULL,
    due          INTEGER,
    holds        TEXT    NOT NULL, -- the events that began them
    leased_until INTEGER,
    PRIMARY KEY (tenant, stream)
) STRICT, WITHOUT ROWID;
CREATE INDEX streams_due ON streams (due) WHERE due IS NOT NULL;

CREATE TABLE events (
    tenant          TEXT    NOT NULL,
    sequence        INTEGER NOT NULL,
    stream          TEXT    NOT NULL,
    version         INTEGER NOT NULL,
    at              INTEGER NOT NULL,
    actor           TEXT    NOT NULL,
    kind            TEXT    NOT NULL,
    schema          INTEGER NOT NULL,
    due             INTEGER,
    holds           TEXT    NOT NULL,
    effects         BLOB,
    request         BLOB,
    previous        BLOB    NOT NULL,
    payload_hash    BLOB    NOT NULL,
    evidence_hash   BLOB    NOT NULL,
    hash            BLOB    NOT NULL,
    payload_erased  INTEGER, -- the version of the event that erased it
    evidence_erased INTEGER,
    payload_salt    BLOB,
    evidence_salt   BLOB,
    evidence        BLOB,
    payload         BLOB,
    PRIMARY KEY (tenant, sequence),
    UNIQUE (tenant, stream, version)
) STRICT;

CREATE TABLE nodes ( -- the complete subtrees of the Merkle log above its leaves
    tenant   TEXT    NOT NULL,
    level    INTEGER NOT NULL,
    position INTEGER NOT NULL,
    hash     BLOB    NOT NULL,
    PRIMARY KEY (tenant, level, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
    tenant       TEXT    NOT NULL,
    sequence     INTEGER NOT NULL,
    n            INTEGER NOT NULL,
    stream       TEXT    NOT NULL,
    destination  TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    body         BLOB    NOT NULL,
    attempts     INTEGER NOT NULL,
    next_at      INTEGER, -- only for the first open one of each stream and destination
    leased_until INTEGER,
    delivered_at INTEGER,
    dead_at      INTEGER,
    settled      BLOB,    -- the hash of how it ended
    PRIMARY KEY (tenant, sequence, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_ready ON outbox (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX outbox_line ON outbox (tenant, stream, destination, sequence, n)
    WHERE delivered_at IS NULL AND dead_at IS NULL;
CREATE INDEX outbox_dead ON outbox (tenant, sequence, n) WHERE dead_at IS NOT NULL;

CREATE TABLE requests ( -- idempotency keys; they never expire
    tenant  TEXT    NOT NULL,
    last    INTEGER NOT NULL,
    first   INTEGER NOT NULL,
    key     TEXT    NOT NULL,
    command BLOB    NOT NULL,
    result  BLOB    NOT NULL,
    PRIMARY KEY (tenant, last),
    UNIQUE (tenant, key)
) STRICT, WITHOUT ROWID;
";

/// Refuses what is no ledger of ours, and brings an older one up to this version.
pub(super) fn prepare(connection: &Connection) -> Result<(), StoreError> {
    if version(connection)? == MIGRATIONS.len() {
        return Ok(());
    }
    connection.execute_batch("BEGIN IMMEDIATE").map_err(failed)?;
    // Looked at again: somebody else may have done it while we waited.
    let migrated = version(connection).and_then(|version| {
        for migration in MIGRATIONS.iter().skip(version) {
            connection.execute_batch(migration).map_err(failed)?;
        }
        connection.pragma_update(None, "application_id", APPLICATION).map_err(failed)?;
        let version = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
        connection.pragma_update(None, "user_version", version).map_err(failed)?;
        connection.execute_batch("COMMIT").map_err(failed)
    });
    if migrated.is_err() {
        // It is the first failure that is told.
        drop(connection.execute_batch("ROLLBACK"));
    }
    migrated
}

/// The version of the schema; 0 for a new file.
pub(crate) fn version(connection: &Connection) -> Result<usize, StoreError> {
    let (application, version, objects) =
        at_one_moment(connection).map_err(|error: rusqlite::Error| match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => {
                StoreError::new(Failure::NotALedger("it is no SQLite database".to_owned()), error)
            }
            _ => failed(error),
        })?;
    let not_ours = |why: String| {
        let kind = Failure::NotALedger(why);
        StoreError { source: None, ..StoreError::new(kind, "") }
    };
    match usize::try_from(version) {
        Ok(0) if application == 0 && objects == 0 => Ok(0),
        Ok(version) if application == i64::from(APPLICATION) && version >= 1 => {
            if version <= MIGRATIONS.len() {
                return Ok(version);
            }
            Err(not_ours(format!("its format is {version}, and this program knows {}", MIGRATIONS.len())))
        }
        _ => Err(not_ours("it is the database of another program".to_owned())),
    }
}

/// What stands in a file's schema: of each table, index, view and trigger its type, its name, and the statement that
/// made it (none for an index that belongs to a constraint). Without the statistics that ANALYZE keeps.
pub(super) fn objects(
    connection: &Connection,
) -> rusqlite::Result<BTreeSet<(String, String, Option<String>)>> {
    let mut statement =
        connection.prepare("SELECT type, name, sql FROM sqlite_schema WHERE name NOT GLOB 'sqlite_stat*'")?;
    statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect()
}

/// What [`objects`] finds in every ledger.
pub(super) fn expected() -> rusqlite::Result<BTreeSet<(String, String, Option<String>)>> {
    let connection = Connection::open_in_memory()?;
    MIGRATIONS.iter().try_for_each(|migration| connection.execute_batch(migration))?;
    objects(&connection)
}

/// The application, the version and the number of tables and the like. In one transaction, within another or not: while
/// somebody else makes the file, one of them may be there before the others.
fn at_one_moment(connection: &Connection) -> rusqlite::Result<(i64, i64, i64)> {
    let number = |pragma| connection.pragma_query_value(None, pragma, |row| row.get(0));
    let count = |query| connection.query_row(query, [], |row| row.get(0));
    connection.execute_batch("SAVEPOINT look")?;
    let read = || {
        Ok((number("application_id")?, number("user_version")?, count("SELECT count(*) FROM sqlite_schema")?))
    };
    let found = read();
    connection.execute_batch("RELEASE look")?;
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_is_made_once_and_others_are_refused() {
        let connection = Connection::open_in_memory().unwrap();
        prepare(&connection).unwrap();
        prepare(&connection).unwrap();
        assert_eq!(version(&connection).unwrap(), 1);

        connection.pragma_update(None, "user_version", 2).unwrap();
        let error = prepare(&connection).unwrap_err().to_string();
        assert!(error.contains("its format is 2, and this program knows 1"), "{error}");

        let foreign = Connection::open_in_memory().unwrap();
        foreign.execute_batch("CREATE TABLE contacts (name TEXT)").unwrap();
        let error = prepare(&foreign).unwrap_err().to_string();
        assert!(error.contains("another program"), "{error}");
    }
}
