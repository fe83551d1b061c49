//! The tables, and how they come to be.

use tokio_postgres::Client;

use crate::error::{Failure, StoreError};
use crate::postgres::fault::{failed, failed_at_the_end, unreadable};
use crate::postgres::write::lock_of;

/// The table that says that a schema holds a ledger, and in which format.
pub(super) const FORMAT: &str = "ledger_format";

/// What makes each version of the schema out of the one before it; never edited once it is released.
const MIGRATIONS: [&str; 1] = [VERSION_1];

/// Text is compared by its bytes, whatever the database's language is and will be.
const VERSION_1: &str = r#"
CREATE TABLE ledger_format (version bigint NOT NULL);

CREATE TABLE logs (
    tenant   text   COLLATE "C" NOT NULL PRIMARY KEY,
    size     bigint NOT NULL,
    frontier bytea  NOT NULL, -- the hashes of the complete subtrees at the right edge
    latest   bigint NOT NULL  -- microseconds since 1970, as all times
) WITH (fillfactor = 50);

CREATE TABLE streams (
    tenant       text   COLLATE "C" NOT NULL,
    stream       text   COLLATE "C" NOT NULL,
    version      bigint NOT NULL,
    hash         bytea  NOT NULL,
    due          bigint,
    holds        text   COLLATE "C" NOT NULL, -- the events that began them
    leased_until bigint,
    PRIMARY KEY (tenant, stream)
) WITH (fillfactor = 70);
CREATE INDEX streams_due ON streams (due) WHERE due IS NOT NULL;

CREATE TABLE events (
    tenant          text   COLLATE "C" NOT NULL,
    sequence        bigint NOT NULL,
    stream          text   COLLATE "C" NOT NULL,
    version         bigint NOT NULL,
    at              bigint NOT NULL,
    actor           text   COLLATE "C" NOT NULL,
    kind            text   COLLATE "C" NOT NULL,
    schema          bigint NOT NULL,
    due             bigint,
    holds           text   COLLATE "C" NOT NULL,
    effects         bytea,
    request         bytea,
    previous        bytea  NOT NULL,
    payload_hash    bytea  NOT NULL,
    evidence_hash   bytea  NOT NULL,
    hash            bytea  NOT NULL,
    payload_erased  bigint, -- the version of the event that erased it
    evidence_erased bigint,
    payload_salt    bytea,
    evidence_salt   bytea,
    evidence        bytea,
    payload         bytea,
    PRIMARY KEY (tenant, sequence),
    UNIQUE (tenant, stream, version)
);

CREATE TABLE nodes ( -- the complete subtrees of the Merkle log above its leaves
    tenant   text   COLLATE "C" NOT NULL,
    level    bigint NOT NULL,
    position bigint NOT NULL,
    hash     bytea  NOT NULL,
    PRIMARY KEY (tenant, level, position)
);

CREATE TABLE outbox (
    tenant       text   COLLATE "C" NOT NULL,
    sequence     bigint NOT NULL,
    n            bigint NOT NULL,
    stream       text   COLLATE "C" NOT NULL,
    destination  text   COLLATE "C" NOT NULL,
    kind         text   COLLATE "C" NOT NULL,
    body         bytea  NOT NULL,
    attempts     bigint NOT NULL,
    next_at      bigint, -- only for the first open one of each stream and destination
    leased_until bigint,
    delivered_at bigint,
    dead_at      bigint,
    settled      bytea, -- the hash of how it ended
    PRIMARY KEY (tenant, sequence, n)
) WITH (fillfactor = 70);
CREATE INDEX outbox_ready ON outbox (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX outbox_line ON outbox (tenant, stream, destination, sequence, n)
    WHERE delivered_at IS NULL AND dead_at IS NULL;
CREATE INDEX outbox_dead ON outbox (tenant, sequence, n) WHERE dead_at IS NOT NULL;

CREATE TABLE requests ( -- idempotency keys; they never expire
    tenant  text   COLLATE "C" NOT NULL,
    last    bigint NOT NULL,
    first   bigint NOT NULL,
    key     text   COLLATE "C" NOT NULL,
    command bytea  NOT NULL,
    result  bytea  NOT NULL,
    PRIMARY KEY (tenant, last),
    UNIQUE (tenant, key)
);
"#;

/// Refuses what is no ledger of ours, and brings an older one up to this version.
pub(super) async fn prepare(client: &Client, schema: &str) -> Result<(), StoreError> {
    if version(client, schema).await? == MIGRATIONS.len() {
        return Ok(());
    }
    client.batch_execute("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE").await.map_err(failed)?;
    let migrated = migrate(client, schema).await;
    if migrated.is_err() {
        // It is the first failure that is told.
        drop(client.batch_execute("ROLLBACK").await);
    }
    migrated
}

async fn migrate(client: &Client, schema: &str) -> Result<(), StoreError> {
    let lock = lock_of(&["chancery ledger schema", schema]);
    client.execute("SELECT pg_advisory_xact_lock($1)", &[&lock]).await.map_err(failed)?;
    let exists = client.query("SELECT 1 FROM pg_namespace WHERE nspname = $1", &[&schema]).await;
    if exists.map_err(failed)?.is_empty() {
        client.batch_execute(&format!("CREATE SCHEMA {}", quoted(schema))).await.map_err(failed)?;
    }
    // Looked at again: somebody else may have done it while we waited.
    let version = version(client, schema).await?;
    for migration in MIGRATIONS.iter().skip(version) {
        client.batch_execute(migration).await.map_err(failed)?;
    }
    if version < MIGRATIONS.len() {
        let latest = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
        let statement = if version == 0 {
            "INSERT INTO ledger_format (version) VALUES ($1)"
        } else {
            "UPDATE ledger_format SET version = $1"
        };
        client.execute(statement, &[&latest]).await.map_err(failed)?;
    }
    client.batch_execute("COMMIT").await.map_err(failed_at_the_end)
}

/// The version of the schema; 0 for one that does not exist or is empty.
pub(super) async fn version(client: &Client, schema: &str) -> Result<usize, StoreError> {
    let named = client
        .query(
            "SELECT relname::text FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
             WHERE nspname = $1 AND relkind <> 'i'",
            &[&schema],
        )
        .await
        .map_err(failed)?;
    if named.is_empty() {
        return Ok(0);
    }
    let names =
        named.iter().map(|row| row.try_get(0)).collect::<Result<Vec<&str>, _>>().map_err(unreadable)?;
    if !names.contains(&FORMAT) {
        return Err(not_ours("the schema belongs to another program".to_owned()));
    }
    let rows = client.query("SELECT version::bigint FROM ledger_format", &[]).await.map_err(failed)?;
    let versions = rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<Option<i64>>, _>>();
    match versions.map_err(unreadable)?.as_slice() {
        [Some(version)] => match usize::try_from(*version) {
            Ok(known) if (1..=MIGRATIONS.len()).contains(&known) => Ok(known),
            _ => {
                Err(not_ours(format!("its format is {version}, and this program knows {}", MIGRATIONS.len())))
            }
        },
        _ => Err(not_ours(format!("{FORMAT}.version does not say its format"))),
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub(super) fn not_ours(why: String) -> StoreError {
    StoreError { source: None, ..StoreError::new(Failure::NotALedger(why), "") }
}
