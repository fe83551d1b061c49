//! What the catalogue says of a ledger's tables that changes what later writes do: keys, constraints, collations,
//! defaults, indexes. Compared with what the migrations make.
//!
//! Where rows are kept and how tightly (tablespaces, fill factors, compression, statistics) is the operator's.

use std::collections::BTreeSet;

use crate::postgres::schema::FORMAT;
use crate::verify::Table;

/// One line for each thing that counts. NOT NULL is asked of the columns: servers differ in whether they call it a
/// constraint. Index definitions name a table without its schema where the search path leads to it.
pub(super) const FOUND: &str = "
    WITH ours AS (SELECT pg_class.* FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE nspname = $1 AND relkind = 'r'),
    space AS (SELECT oid FROM pg_namespace WHERE nspname = $1)
    SELECT 'table ' || relname || ' is kept by ' || amname FROM ours JOIN pg_am ON pg_am.oid = relam
    UNION ALL SELECT 'column ' || relname || '.' || attname || ' is ' || format_type(atttypid, atttypmod)
        || CASE WHEN attnotnull THEN ', not null' ELSE '' END
        || coalesce(', collated by ' || pg_namespace.nspname || '.' || collname, '')
        || CASE WHEN atthasdef OR attidentity <> '' THEN ', filled by itself' ELSE '' END
        FROM pg_attribute JOIN ours ON ours.oid = attrelid LEFT JOIN pg_collation ON pg_collation.oid = attcollation
        LEFT JOIN pg_namespace ON pg_namespace.oid = collnamespace WHERE attnum > 0 AND NOT attisdropped
    UNION ALL SELECT 'constraint ' || conname || ' of ' || relname || ' is ' || pg_get_constraintdef(pg_constraint.oid, true)
        FROM pg_constraint JOIN ours ON ours.oid = conrelid WHERE contype <> 'n'
    UNION ALL SELECT 'index: ' || pg_get_indexdef(indexrelid, 0, true)
        || CASE WHEN indisvalid AND indisready AND indislive THEN '' ELSE ', not in use' END
        || CASE WHEN indimmediate THEN '' ELSE ', looked at late' END
        FROM pg_index JOIN ours ON ours.oid = indrelid
    UNION ALL SELECT 'policy ' || quote_ident(polname) || ' of ' || relname FROM pg_policy JOIN ours ON ours.oid = polrelid
    UNION ALL SELECT 'function ' || pg_proc.oid::regprocedure FROM pg_proc JOIN space ON space.oid = pronamespace
    UNION ALL SELECT 'operator ' || pg_operator.oid::regoperator FROM pg_operator JOIN space ON space.oid = oprnamespace
    UNION ALL SELECT 'collation ' || quote_ident(collname) FROM pg_collation JOIN space ON space.oid = collnamespace
    UNION ALL SELECT 'type ' || format_type(pg_type.oid, NULL) FROM pg_type JOIN space ON space.oid = typnamespace
        WHERE typtype NOT IN ('c', 'b', 'p') OR typtype = 'b' AND typelem = 0
    ORDER BY 1";

/// What [`FOUND`] finds in every ledger.
pub(super) fn expected() -> BTreeSet<String> {
    let tables = Table::ALL.into_iter().map(Table::name).chain([FORMAT]);
    let mut lines: BTreeSet<_> = tables.map(|table| format!("table {table} is kept by heap")).collect();
    lines.insert(format!("column {FORMAT}.version is bigint, not null"));
    for table in Table::ALL {
        for column in table.columns() {
            let kind = kind_of(table, column.name);
            let filled = if may_be_empty(table, column.name) { "" } else { ", not null" };
            let collated = if kind == "text" { ", collated by pg_catalog.C" } else { "" };
            lines.insert(format!("column {table}.{} is {kind}{filled}{collated}", column.name));
        }
    }
    lines.extend(KEYS.iter().flat_map(|(table, name, word, columns)| {
        [
            format!("constraint {name} of {table} is {word} ({columns})"),
            format!("index: CREATE UNIQUE INDEX {name} ON {table} USING btree ({columns})"),
        ]
    }));
    lines.extend(
        INDEXES
            .iter()
            .map(|(table, name, rest)| format!("index: CREATE INDEX {name} ON {table} USING btree {rest}")),
    );
    lines
}

const KEYS: [(&str, &str, &str, &str); 8] = [
    ("logs", "logs_pkey", "PRIMARY KEY", "tenant"),
    ("streams", "streams_pkey", "PRIMARY KEY", "tenant, stream"),
    ("events", "events_pkey", "PRIMARY KEY", "tenant, sequence"),
    ("events", "events_tenant_stream_version_key", "UNIQUE", "tenant, stream, version"),
    ("nodes", "nodes_pkey", "PRIMARY KEY", "tenant, level, position"),
    ("outbox", "outbox_pkey", "PRIMARY KEY", "tenant, sequence, n"),
    ("requests", "requests_pkey", "PRIMARY KEY", "tenant, last"),
    ("requests", "requests_tenant_key_key", "UNIQUE", "tenant, key"),
];

const INDEXES: [(&str, &str, &str); 4] = [
    ("streams", "streams_due", "(due) WHERE due IS NOT NULL"),
    ("outbox", "outbox_ready", "(next_at) WHERE next_at IS NOT NULL"),
    (
        "outbox",
        "outbox_line",
        "(tenant, stream, destination, sequence, n) WHERE delivered_at IS NULL AND dead_at IS NULL",
    ),
    ("outbox", "outbox_dead", "(tenant, sequence, n) WHERE dead_at IS NOT NULL"),
];

/// What the migrations make of a column.
pub(super) fn kind_of(table: Table, column: &str) -> &'static str {
    match (table, column) {
        (_, "tenant" | "stream" | "actor" | "kind" | "destination" | "key" | "holds") => "text",
        (_, "frontier" | "hash" | "previous" | "effects" | "payload_hash" | "evidence_hash" | "settled") => {
            "bytea"
        }
        (_, "payload_salt" | "evidence_salt" | "payload" | "evidence" | "body" | "command" | "result") => {
            "bytea"
        }
        (Table::Events, "request") => "bytea",
        _ => "bigint",
    }
}

fn may_be_empty(table: Table, column: &str) -> bool {
    match table {
        Table::Streams => matches!(column, "due" | "leased_until"),
        Table::Events => matches!(
            column,
            "due"
                | "effects"
                | "request"
                | "payload_erased"
                | "evidence_erased"
                | "payload_salt"
                | "evidence_salt"
                | "evidence"
                | "payload"
        ),
        Table::Outbox => {
            matches!(column, "next_at" | "leased_until" | "delivered_at" | "dead_at" | "settled")
        }
        Table::Logs | Table::Nodes | Table::Requests => false,
    }
}
