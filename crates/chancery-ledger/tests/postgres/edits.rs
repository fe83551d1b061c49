//! Every column of every table, edited and emptied behind the ledger's back.

use chancery_ledger::tokio_postgres::Row;
use chancery_ledger::{
    Damage, Failure, LedgerVerifier, Place as Where, PostgresRecords, Records, Table, Tenant, Value,
};

use crate::setting::{Place, Raw, fill};

/// Takes every promise out of the schema, so that any value can be written.
fn unguard(raw: &Raw) {
    let constraints = "SELECT format('ALTER TABLE %I DROP CONSTRAINT %I CASCADE', relname, conname) FROM pg_constraint
        JOIN pg_class ON pg_class.oid = conrelid WHERE relnamespace = quote_ident(current_schema())::regnamespace";
    let columns = "SELECT format('ALTER TABLE %I ALTER COLUMN %I DROP NOT NULL', table_name, column_name)
        FROM information_schema.columns WHERE table_schema = current_schema() AND is_nullable = 'NO'";
    for statements in [constraints, columns] {
        raw.texts(statements).iter().for_each(|statement| raw.run(statement));
    }
}

fn damages(records: &mut PostgresRecords) -> Vec<Damage> {
    let verified = LedgerVerifier::new().verify_all(records).unwrap();
    verified.iter().flat_map(|(_, verification)| verification.damages().to_vec()).collect()
}

/// Without what is said of constraints, which [`unguard`] takes away.
fn found_in(place: &Place) -> Vec<Damage> {
    let mut damages = all_found_in(place);
    damages.retain(|damage| !damage.to_string().starts_with("the store: the schema "));
    damages
}

fn all_found_in(place: &Place) -> Vec<Damage> {
    damages(&mut PostgresRecords::open(&place.postgres()).unwrap())
}

/// What another value is: by its last bit, or something where nothing was.
fn edited(kind: &str, column: &str) -> String {
    match kind {
        "bigint" => format!("coalesce({column} # 1, 1)"),
        "text" => format!("overlay({column} placing '~' from 1 for 1)"),
        "bytea" => format!(
            "CASE WHEN octet_length({column}) > 0 THEN set_byte({column}, 0, get_byte({column}, 0) # 1)
             ELSE '\\x01'::bytea END"
        ),
        other => panic!("a column of type {other}"),
    }
}

/// One column of one row, known by the text of the whole row.
struct Cell<'c> {
    raw: &'c Raw,
    table: Table,
    column: &'c str,
    row: &'c str,
    key: &'c [Value],
}

impl Cell<'_> {
    fn is_key(&self) -> bool {
        self.table.columns()[..self.table.key()].iter().any(|column| column.name == self.column)
    }

    /// The row as it is now; none if it is as it was.
    fn write(&self, value: &str) -> Option<String> {
        let Self { raw, table, column, row, .. } = self;
        let statement = format!(
            "UPDATE {table} SET {column} = {value} WHERE ({table}.*)::text = $1 RETURNING ({table}.*)::text"
        );
        let now: String = raw.query(&statement, &[row])[0].get(0);
        (now != *row).then_some(now)
    }

    fn put_back(&self, now: &str) {
        let Self { raw, table, row, .. } = self;
        // One, where another became the same by the edit.
        let one = format!("SELECT ctid FROM {table} WHERE ({table}.*)::text = $1 LIMIT 1");
        raw.query(&format!("DELETE FROM {table} WHERE ctid = ({one})"), &[&now]);
        raw.query(&format!("INSERT INTO {table} SELECT * FROM kept WHERE (kept.*)::text = $1"), &[row]);
    }

    /// Whether some damage names this cell: the table, the row by its key, and no other column.
    fn is_named(&self, damages: &[Damage], emptied: bool) -> bool {
        damages.iter().any(|damage| match &damage.at {
            Where::Row { table, key, columns } => {
                let fits = self.is_key()
                    || (self.key.starts_with(key) && (columns.is_empty() || columns.contains(&self.column)));
                *table == self.table && fits
            }
            // Rows of nobody.
            _ => emptied && self.column == "tenant",
        })
    }
}

#[test]
fn every_column_of_every_row_is_found_when_it_is_edited_or_emptied() {
    let Some(place) = Place::new() else { return };
    fill(&place.open());
    let raw = place.raw();
    unguard(&raw);
    assert_eq!(found_in(&place), [], "the tables without constraints, before any edit");
    let columns = raw.query(
        "SELECT table_name::text, column_name::text, data_type::text FROM information_schema.columns
         WHERE table_schema = current_schema() ORDER BY 1, ordinal_position",
        &[],
    );
    let (mut found, mut free) = (0, Vec::new());
    for row in &columns {
        let (table, column, kind): (&str, &str, &str) = (row.get(0), row.get(1), row.get(2));
        let Some(table) = Table::ALL.into_iter().find(|known| known.name() == table) else {
            assert_eq!((table, column), ("ledger_format", "version"), "a test of its own");
            continue;
        };
        let known = table.columns().iter().find(|known| known.name == column).expect("a known column");
        raw.run(&format!(
            "DROP TABLE IF EXISTS pg_temp.kept; CREATE TEMP TABLE kept AS SELECT * FROM {table}"
        ));
        for (row, key) in rows(&raw, table) {
            let cell = Cell { raw: &raw, table, column: known.name, row: &row, key: &key };
            for (value, emptied) in [(edited(kind, column), false), ("NULL".to_owned(), true)] {
                let Some(now) = cell.write(&value) else { continue };
                let damages = found_in(&place);
                cell.put_back(&now);
                let told: Vec<_> = damages.iter().map(ToString::to_string).collect();
                let edit = format!("{table}.{column} of {row} to {value}");
                // Of these only what holds something up is found; which that is, the test of the file looks at.
                if known.operational.is_none() || !told.is_empty() {
                    assert!(cell.is_named(&damages, emptied), "{edit}: {told:#?}");
                    found += 1;
                }
            }
        }
        free.extend(known.operational.map(|_| format!("{table}.{column}")));
    }
    assert_eq!(found_in(&place), []);
    println!("{found} edits of rows in PostgreSQL, each found and named");
    assert!(found > 780, "{found} edits");
    // Each has its reason in `Table::columns`; whoever adds one must say it here too.
    free.sort();
    let outbox = ["attempts", "leased_until", "next_at"];
    let expected: Vec<_> = outbox.iter().map(|column| format!("outbox.{column}")).collect();
    assert_eq!(free, [&expected[..], &["streams.leased_until".to_owned()]].concat());
}

/// The text of each row, and its key without the tenant.
fn rows(raw: &Raw, table: Table) -> Vec<(String, Vec<Value>)> {
    let names = table.columns()[1..table.key()].iter().map(|column| column.name);
    let list: String = names.map(|name| format!(", {name}")).collect();
    let rows = raw.query(&format!("SELECT ({table}.*)::text{list} FROM {table}"), &[]);
    let value = |row: &Row, place: usize| {
        row.try_get(place).map_or_else(|_| Value::Text(row.get(place)), Value::Integer)
    };
    rows.iter().map(|row| (row.get(0), (1..table.key()).map(|place| value(row, place)).collect())).collect()
}

#[test]
fn a_format_that_was_edited_is_no_ledger() {
    let Some(place) = Place::new() else { return };
    fill(&place.open());
    let raw = place.raw();
    raw.run("ALTER TABLE ledger_format ALTER COLUMN version DROP NOT NULL");
    for value in ["2", "0", "-1", "NULL"] {
        raw.run(&format!("UPDATE ledger_format SET version = {value}"));
        let error = PostgresRecords::open(&place.postgres()).unwrap_err();
        assert!(
            matches!(&error.kind, Failure::NotALedger(why) if why.contains("format")),
            "{value}: {error}"
        );
        assert!(chancery_ledger::PostgresStore::open(place.postgres()).is_err());
    }
}

#[test]
fn every_row_is_missed_and_every_copy_is_found() {
    let Some(place) = Place::new() else { return };
    fill(&place.open());
    let raw = place.raw();
    unguard(&raw);
    for table in Table::ALL {
        raw.run(&format!(
            "DROP TABLE IF EXISTS pg_temp.kept; CREATE TEMP TABLE kept AS SELECT * FROM {table}"
        ));
        for (row, key) in rows(&raw, table) {
            let cell = Cell { raw: &raw, table, column: "", row: &row, key: &key };
            raw.query(&format!("INSERT INTO {table} SELECT * FROM kept WHERE (kept.*)::text = $1"), &[&row]);
            assert_ne!(found_in(&place), [], "twice: {row}");
            cell.put_back(&row);
            raw.query(&format!("DELETE FROM {table} WHERE ({table}.*)::text = $1"), &[&row]);
            assert_ne!(found_in(&place), [], "missing: {row}");
            cell.put_back(&row);
        }
    }
    assert_eq!(found_in(&place), []);
}

#[test]
fn what_does_not_belong_into_the_schema_is_found() {
    for (statements, told) in [
        ("CREATE TABLE notes (text text)", "table notes"),
        ("CREATE VIEW open AS SELECT * FROM streams", "view open"),
        ("CREATE SEQUENCE places", "sequence places"),
        (
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
          CREATE TRIGGER t BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION f()",
            "trigger t",
        ),
        ("CREATE RULE r AS ON INSERT TO requests DO INSTEAD NOTHING", "rule r"),
        ("ALTER TABLE events ENABLE ROW LEVEL SECURITY", "row security"),
        ("ALTER TABLE outbox SET UNLOGGED", "not logged"),
        ("CREATE TABLE more () INHERITS (events)", "inherits"),
        ("ALTER TABLE events ADD COLUMN note text", "column note"),
        ("ALTER TABLE events ADD COLUMN two bigint GENERATED ALWAYS AS (version * 2) STORED", "column two"),
        ("ALTER TABLE requests RENAME COLUMN result TO answer", "no column result"),
        ("ALTER TABLE events ALTER COLUMN version TYPE numeric", "version of table events is numeric"),
        ("DROP TABLE nodes", "no table nodes"),
    ] {
        let Some(place) = Place::new() else { return };
        fill(&place.open());
        place.raw().run(statements);
        let damages = found_in(&place);
        assert!(damages.iter().any(|damage| damage.to_string().contains(told)), "{statements}: {damages:?}");
    }
}

/// What the catalogue promises decides what later writes do.
#[test]
fn a_schema_that_drops_or_admits_what_a_ledgers_does_not_is_found() {
    for (statements, told) in [
        ("ALTER TABLE events DROP CONSTRAINT events_tenant_stream_version_key", "lacks: constraint events_tenant_stream"),
        ("ALTER TABLE requests DROP CONSTRAINT requests_tenant_key_key", "lacks: index: CREATE UNIQUE INDEX requests_tenant_key_key"),
        (
            "ALTER TABLE requests DROP CONSTRAINT requests_tenant_key_key;
             ALTER TABLE requests ADD CONSTRAINT requests_tenant_key_key UNIQUE (tenant, key) DEFERRABLE INITIALLY DEFERRED",
            "DEFERRABLE INITIALLY DEFERRED",
        ),
        ("ALTER TABLE events ADD CHECK (version > 0)", "has: constraint events_version_check"),
        ("ALTER TABLE events ADD EXCLUDE (hash WITH =)", "has: constraint events_hash_excl"),
        ("ALTER TABLE outbox ADD FOREIGN KEY (tenant, stream) REFERENCES streams ON DELETE CASCADE", "ON DELETE CASCADE"),
        ("CREATE UNIQUE INDEX one ON events (tenant, hash)", "has: index: CREATE UNIQUE INDEX one"),
        ("DROP INDEX outbox_line", "lacks: index: CREATE INDEX outbox_line"),
        ("DROP INDEX outbox_ready; CREATE INDEX outbox_ready ON outbox (next_at) WHERE next_at > 7", "outbox_ready"),
        ("ALTER TABLE events ALTER actor DROP NOT NULL", "lacks: column events.actor is text, not null"),
        ("ALTER TABLE events ALTER due SET NOT NULL", "has: column events.due is bigint, not null"),
        ("ALTER TABLE events ALTER due SET DEFAULT 7", "has: column events.due is bigint, filled by itself"),
        ("ALTER TABLE outbox ALTER n ADD GENERATED ALWAYS AS IDENTITY", "sequence outbox_n_seq"),
        ("ALTER TABLE streams ALTER stream TYPE text COLLATE \"und-x-icu\"", "collated by pg_catalog.und-x-icu"),
        ("CREATE POLICY p ON events USING (false)", "has: policy p of events"),
        ("CREATE FUNCTION lower(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT $1'", "has: function lower(bytea)"),
        ("CREATE FUNCTION same(text, text) RETURNS bool LANGUAGE sql AS 'SELECT true';
          CREATE OPERATOR === (LEFTARG = text, RIGHTARG = text, FUNCTION = same)", "has: operator ===(text,text)"),
        ("CREATE DOMAIN small AS bigint", "has: type small"),
        ("CREATE TYPE colour AS ENUM ('red')", "has: type colour"),
    ] {
        let Some(place) = Place::new() else { return };
        let store = place.open();
        // In an empty ledger as in one that is in use.
        if statements.contains("DROP") && !statements.contains("DEFERRABLE") {
            fill(&store);
        }
        assert_eq!(all_found_in(&place), []);
        place.raw().run(statements);
        let damages = all_found_in(&place);
        assert!(damages.iter().any(|damage| damage.to_string().contains(told)), "{statements}: {damages:#?}");
    }
}

/// What is the operator's: where rows are kept, and who may read them.
#[test]
fn what_an_operator_may_do_is_no_damage() {
    let Some(place) = Place::new() else { return };
    fill(&place.open());
    place.raw().run(
        "ALTER TABLE events SET (fillfactor = 80, autovacuum_enabled = off); ALTER TABLE events ALTER payload SET STORAGE EXTERNAL;
         GRANT SELECT ON events TO PUBLIC; CREATE STATISTICS s ON tenant, stream FROM events; ANALYZE events;
         REINDEX TABLE events; COMMENT ON TABLE events IS 'facts'",
    );
    assert_eq!(all_found_in(&place), []);
}

/// How much the verifier holds at once is not for whoever wrote the rows to say.
#[test]
fn a_page_of_large_rows_is_a_small_one() {
    let Some(place) = Place::new() else { return };
    fill(&place.open());
    place.raw().run("UPDATE outbox SET body = convert_to(repeat('x', 20000000), 'UTF8')");
    let mut records = PostgresRecords::open(&place.postgres()).unwrap();
    let acme = Tenant::new("acme").unwrap();
    let count = usize::try_from(records.count(Table::Outbox, &acme).unwrap()).unwrap();
    let page = records.page(Table::Outbox, &acme, None, 256).unwrap();
    assert!((1..=2).contains(&page.len()) && count > 2, "{} of {count} rows", page.len());
}
