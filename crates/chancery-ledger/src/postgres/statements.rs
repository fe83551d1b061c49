//! All statements that a store uses, compiled once for each connection.

use tokio_postgres::{Client, Error, Statement};

macro_rules! statements {
    ($($name:ident = $sql:expr;)*) => {
        pub(super) struct Statements { $(pub(super) $name: Statement,)* }

        impl Statements {
            pub(super) async fn prepare(client: &Client) -> Result<Self, Error> {
                Ok(Self { $($name: client.prepare($sql).await?,)* })
            }
        }
    };
}

/// The columns that an event is read from, in the order of `columns::event`.
macro_rules! event_columns {
    () => {
        "tenant, sequence, stream, version, at, actor, kind, schema, due, holds, effects, request, previous, \
         payload_hash, evidence_hash, hash, payload_erased, evidence_erased, payload_salt, evidence_salt, evidence, \
         payload"
    };
}

/// How many bytes of an event a page counts; PostgreSQL knows without reading them.
macro_rules! event_bytes {
    () => {
        "coalesce(octet_length(payload), 0)::int8 + coalesce(octet_length(evidence), 0)::int8"
    };
}

/// The first open one of its stream and destination. Asked for by one look into the index for each row: the server would
/// read all open rows to answer NOT EXISTS.
macro_rules! is_first {
    () => {
        "outbox.delivered_at IS NULL AND outbox.dead_at IS NULL AND (
             SELECT true FROM outbox AS earlier WHERE earlier.tenant = outbox.tenant AND earlier.stream = outbox.stream
             AND earlier.destination = outbox.destination AND earlier.delivered_at IS NULL
             AND earlier.dead_at IS NULL AND (earlier.sequence, earlier.n) < (outbox.sequence, outbox.n) LIMIT 1) IS NULL"
    };
}

statements! {
    lock = "SELECT pg_advisory_xact_lock($1)";

    log = "SELECT size, frontier, latest FROM logs WHERE tenant = $1";
    heads = "SELECT stream, version, hash, due, holds FROM streams WHERE tenant = $1 AND stream = ANY ($2)";
    request = "SELECT key, command, first, last, result FROM requests WHERE tenant = $1 AND key = $2";
    target = "SELECT sequence, kind, payload_erased, evidence_erased FROM events
        WHERE tenant = $1 AND stream = $2 AND version = $3";
    nodes = "SELECT level, position, hash FROM nodes WHERE tenant = $1 AND (level, position) IN (
        SELECT * FROM unnest($2::int8[], $3::int8[]))";
    leaves = "SELECT sequence, hash FROM events WHERE tenant = $1 AND sequence = ANY ($2)";
    events = concat!("SELECT ", event_columns!(), " FROM events WHERE tenant = $1 AND stream = $2 AND version > $3
        AND version <= (SELECT max(version) FROM (
            SELECT version, sum(", event_bytes!(), ") OVER (ORDER BY version) - ", event_bytes!(), " AS before
            FROM events WHERE tenant = $1 AND stream = $2 AND version > $3 ORDER BY version LIMIT $4) AS page
            WHERE before < $5::int8)
        ORDER BY version");
    since = concat!("SELECT ", event_columns!(), " FROM events WHERE tenant = $1 AND sequence >= $2
        AND sequence <= (SELECT max(sequence) FROM (
            SELECT sequence, sum(", event_bytes!(), ") OVER (ORDER BY sequence) - ", event_bytes!(), " AS before
            FROM events WHERE tenant = $1 AND sequence >= $2 ORDER BY sequence LIMIT $3) AS page
            WHERE before < $4::int8)
        ORDER BY sequence");

    write_log = "INSERT INTO logs (tenant, size, frontier, latest) VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant) DO UPDATE SET size = $2, frontier = $3, latest = $4";
    write_heads = "INSERT INTO streams (tenant, stream, version, hash, due, holds)
        SELECT $1, * FROM unnest($2::text[], $3::int8[], $4::bytea[], $5::int8[], $6::text[])
        ON CONFLICT (tenant, stream) DO UPDATE SET version = excluded.version, hash = excluded.hash,
            due = excluded.due, holds = excluded.holds, leased_until = NULL";
    write_events = "INSERT INTO events (tenant, sequence, stream, version, at, actor, kind, schema, due, holds, effects,
            request, previous, payload_hash, evidence_hash, hash, payload_salt, evidence_salt, evidence, payload)
        SELECT $1, * FROM unnest($2::int8[], $3::text[], $4::int8[], $5::int8[], $6::text[], $7::text[], $8::int8[],
            $9::int8[], $10::text[], $11::bytea[], $12::bytea[], $13::bytea[], $14::bytea[], $15::bytea[],
            $16::bytea[], $17::bytea[], $18::bytea[], $19::bytea[], $20::bytea[])";
    write_effects = "INSERT INTO outbox (tenant, sequence, n, stream, destination, kind, body, attempts, next_at)
        SELECT $1, sequence, n, stream, destination, kind, body, 0, CASE WHEN leads AND (
            SELECT true FROM outbox WHERE tenant = $1 AND stream = added.stream AND destination = added.destination
            AND delivered_at IS NULL AND dead_at IS NULL LIMIT 1) IS NULL THEN $9::int8 END
        FROM unnest($2::int8[], $3::int8[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::bool[])
            AS added (sequence, n, stream, destination, kind, body, leads)";
    write_nodes = "INSERT INTO nodes (tenant, level, position, hash)
        SELECT $1, * FROM unnest($2::int8[], $3::int8[], $4::bytea[])";
    write_request = "INSERT INTO requests (tenant, last, first, key, command, result) VALUES ($1, $2, $3, $4, $5, $6)";
    erase_payload = "UPDATE events SET payload = NULL, payload_salt = NULL, payload_erased = $3
        WHERE tenant = $1 AND sequence = $2";
    erase_evidence = "UPDATE events SET evidence = NULL, evidence_salt = NULL, evidence_erased = $3
        WHERE tenant = $1 AND sequence = $2";

    ready = concat!("SELECT tenant, sequence, n FROM outbox WHERE next_at <= $1 AND ", is_first!(), "
        ORDER BY next_at LIMIT $2 FOR UPDATE SKIP LOCKED");
    ready_in_the_far_future = concat!("SELECT tenant, sequence, n FROM outbox WHERE next_at > $1 AND ", is_first!(), "
        ORDER BY next_at LIMIT $2 FOR UPDATE SKIP LOCKED");
    claim = concat!("UPDATE outbox SET attempts = least(outbox.attempts + 1, 4294967295), leased_until = $4, next_at = $4
        FROM unnest($1::text[], $2::int8[], $3::int8[]) AS ready (tenant, sequence, n)
        WHERE outbox.tenant = ready.tenant AND outbox.sequence = ready.sequence AND outbox.n = ready.n AND ", is_first!(), "
        RETURNING outbox.tenant, outbox.sequence, outbox.n, stream, destination, kind, body, attempts");
    settle = "UPDATE outbox SET leased_until = NULL, delivered_at = $6, dead_at = $7, next_at = $8,
            settled = $9
        WHERE tenant = $1 AND sequence = $2 AND n = $3 AND attempts = $4 AND leased_until = $5
        AND delivered_at IS NULL AND dead_at IS NULL";
    wake_the_next = "UPDATE outbox SET next_at = $4 WHERE (tenant, sequence, n) = (
            SELECT tenant, sequence, n FROM outbox WHERE tenant = $1 AND stream = $2 AND destination = $3
            AND delivered_at IS NULL AND dead_at IS NULL ORDER BY sequence, n LIMIT 1)
        AND (next_at IS NULL OR attempts = 0 AND next_at > $4)";
    dead_letters = "SELECT tenant, sequence, n, stream, destination, kind, body, attempts, dead_at FROM outbox
        WHERE tenant = $1 AND dead_at IS NOT NULL AND (sequence, n) > ($2::int8, $3::int8)
        ORDER BY sequence, n LIMIT $4";
    in_flight = "SELECT other.leased_until FROM outbox AS letter JOIN outbox AS other ON other.tenant = letter.tenant
            AND other.stream = letter.stream AND other.destination = letter.destination
        WHERE letter.tenant = $1 AND letter.sequence = $2 AND letter.n = $3 AND letter.dead_at IS NOT NULL
            AND other.delivered_at IS NULL AND other.dead_at IS NULL AND other.next_at IS NOT NULL
        FOR UPDATE OF other";
    revive = "UPDATE outbox SET dead_at = NULL, settled = NULL, attempts = 0, leased_until = NULL, next_at = $4
        WHERE tenant = $1 AND sequence = $2 AND n = $3 AND dead_at IS NOT NULL";
    claim_due = "WITH ready AS (
            SELECT tenant, stream FROM streams WHERE due <= $1
            AND (leased_until IS NULL OR leased_until <= $1 OR leased_until > $2)
            ORDER BY due LIMIT $3 FOR UPDATE SKIP LOCKED)
        UPDATE streams SET leased_until = $4 FROM ready
        WHERE streams.tenant = ready.tenant AND streams.stream = ready.stream
        RETURNING streams.tenant, streams.stream, streams.version, streams.due";
}
