//! Every column of every table, edited and emptied behind the ledger's back.
#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails where it stands")]

mod desk;

use chancery_ledger::{
    Claim, Damage, Lease, LedgerVerifier, Place, Settlement, SqliteRecords, Store, Table, Tenant, Value,
    Verification,
};
use desk::{Desk, fill, second};
use jiff::SignedDuration;
use proptest::prelude::*;
use rusqlite::Connection;
use rusqlite::types::Value as Sql;

/// The ledger of [`fill`] without a single promise in its schema, so that anything can be written into it.
fn unguarded() -> Desk {
    let desk = Desk::new();
    fill(&desk.open());
    let raw = desk.raw();
    for table in tables(&raw) {
        raw.execute_batch(&format!(
            "CREATE TABLE copy AS SELECT * FROM {table}; DROP TABLE {table}; ALTER TABLE copy RENAME TO {table};"
        ))
        .unwrap();
    }
    desk
}

fn tables(raw: &Connection) -> Vec<String> {
    let mut statement = raw.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn columns(raw: &Connection, table: &str) -> Vec<String> {
    let mut statement = raw.prepare(&format!("SELECT name FROM pragma_table_xinfo('{table}')")).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn rows(raw: &Connection, table: &str) -> Vec<i64> {
    let mut statement = raw.prepare(&format!("SELECT rowid FROM {table}")).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn known(table: &str) -> Table {
    Table::ALL.into_iter().find(|known| known.name() == table).expect("a table that the verifier knows")
}

/// What the verifier says of all tenants.
fn all_damages(desk: &Desk) -> Vec<Damage> {
    let mut records = SqliteRecords::open(desk.path()).unwrap();
    let verified = LedgerVerifier::new().verify_all(&mut records).unwrap();
    verified.iter().flat_map(|(_, verification)| verification.damages().to_vec()).collect()
}

/// The same without what it says of constraints and indexes, which the ledger of [`unguarded`] has not.
fn damages(desk: &Desk) -> Vec<Damage> {
    let mut damages = all_damages(desk);
    damages.retain(|damage| !damage.to_string().starts_with("the store: the schema of "));
    damages
}

/// One cell of the file.
struct Cell<'c> {
    raw: &'c Connection,
    table: &'c str,
    column: &'c str,
    row: i64,
}

impl Cell<'_> {
    fn read(&self) -> Sql {
        let statement = format!("SELECT {} FROM {} WHERE rowid = ?1", self.column, self.table);
        self.raw.query_row(&statement, [self.row], |row| row.get(0)).unwrap()
    }

    fn write(&self, value: &Sql) {
        let statement = format!("UPDATE {} SET {} = ?1 WHERE rowid = ?2", self.table, self.column);
        assert_eq!(self.raw.execute(&statement, (value, self.row)).unwrap(), 1);
    }

    /// The key of its row, without the tenant.
    fn key(&self) -> Vec<Value> {
        let table = known(self.table);
        let names = table.columns().iter().take(table.key()).skip(1);
        names
            .map(|column| match (Cell { column: column.name, ..*self }).read() {
                Sql::Integer(number) => Value::Integer(number),
                Sql::Text(text) => Value::Text(text),
                other => panic!("{other:?} in a key"),
            })
            .collect()
    }

    /// Whether some damage names this cell: the table, the row by its key, and no other column.
    fn is_named(&self, key: &[Value], damages: &[Damage]) -> bool {
        let table = known(self.table);
        let is_key = table.columns().iter().take(table.key()).any(|column| column.name == self.column);
        damages.iter().any(|damage| match &damage.at {
            Place::Row { table: named, key: row, columns } => {
                *named == table
                    && (is_key || key.starts_with(row))
                    && (columns.is_empty() || is_key || columns.contains(&self.column))
            }
            _ => false,
        })
    }
}

/// Another value by one byte: of a blob or text its byte `at`, of a number its lowest.
fn edited(value: &Sql, at: usize, change: u8) -> Sql {
    match value {
        Sql::Integer(number) => Sql::Integer(number ^ i64::from(change)),
        Sql::Text(text) if text.is_empty() => Sql::Text("x".to_owned()),
        Sql::Text(text) => {
            let mut bytes = text.clone().into_bytes();
            let place = at % bytes.len();
            // Text stays text.
            bytes[place] = if bytes[place] == b'~' { b'!' } else { b'~' };
            Sql::Text(String::from_utf8(bytes).unwrap())
        }
        Sql::Blob(bytes) if bytes.is_empty() => Sql::Blob(vec![change]),
        Sql::Blob(bytes) => {
            let mut bytes = bytes.clone();
            let place = at % bytes.len();
            bytes[place] ^= change;
            Sql::Blob(bytes)
        }
        // What was empty gets a value of some kind.
        Sql::Null => Sql::Integer(i64::from(change)),
        Sql::Real(_) => panic!("no ledger writes fractions"),
    }
}

/// The indexes of a ledger, which its store asks for by name.
fn index(raw: &Connection) {
    let whole = Desk::new();
    drop(whole.open());
    let whole = whole.raw();
    let mut statement =
        whole.prepare("SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL").unwrap();
    let indexes = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    indexes.for_each(|sql| raw.execute_batch(&sql.unwrap()).unwrap());
}

/// What is not delivered or not claimed within two days of the ledger as it is now.
fn left_undone(desk: &Desk) -> i64 {
    let copy = Desk::new();
    std::fs::copy(desk.path(), copy.path()).unwrap();
    index(&copy.raw());
    let store = copy.open();
    let claim =
        Claim { now: second(2 * 86_400), lease: Lease::new(SignedDuration::from_mins(1)).unwrap(), most: 99 };
    let due =
        copy.raw().query_row("SELECT count(*) FROM streams WHERE due IS NOT NULL", [], |row| row.get(0));
    let due: i64 = due.unwrap();
    let claimed = i64::try_from(store.claim_due(claim).unwrap().len()).unwrap();
    loop {
        let claimed = store.claim_deliveries(claim).unwrap();
        claimed.iter().for_each(|delivery| store.settle(delivery, Settlement::Delivered, claim.now).unwrap());
        if claimed.is_empty() {
            break;
        }
    }
    let open = "SELECT count(*) FROM outbox WHERE delivered_at IS NULL AND dead_at IS NULL";
    due - claimed + copy.raw().query_row(open, [], |row| row.get::<_, i64>(0)).unwrap()
}

fn name_of(table: &str, column: &str) -> &'static str {
    known(table).columns().iter().find(|known| known.name == column).expect("a known column").name
}

fn operational(table: &str, column: &str) -> Option<&'static str> {
    known(table).columns().iter().find(|known| known.name == column).expect("a known column").operational
}

#[test]
fn every_column_of_every_row_is_found_when_it_is_edited_or_emptied() {
    let desk = unguarded();
    assert_eq!(damages(&desk), [], "the file without constraints, before any edit");
    let raw = desk.raw();
    let (mut found, mut harmless, mut free) = (0, 0, Vec::new());
    for table in tables(&raw) {
        for column in columns(&raw, &table) {
            let why = operational(&table, &column);
            for row in rows(&raw, &table) {
                let cell = Cell { raw: &raw, table: &table, column: &column, row };
                let (before, key) = (cell.read(), cell.key());
                for value in [edited(&before, 0, 1), Sql::Null] {
                    if value == before {
                        continue;
                    }
                    cell.write(&value);
                    let damages = damages(&desk);
                    let told: Vec<_> = damages.iter().map(ToString::to_string).collect();
                    let edit = format!("{table}.{column} {key:?}: {before:?} to {value:?}");
                    if why.is_some() && told.is_empty() {
                        // Nothing is held up by it.
                        assert_eq!(left_undone(&desk), 0, "{edit}");
                        harmless += 1;
                    } else {
                        assert!(cell.is_named(&key, &damages), "{edit}: {told:#?}");
                        found += 1;
                    }
                    cell.write(&before);
                }
            }
            free.extend(why.map(|why| (table.clone(), column, why)));
        }
    }
    assert_eq!(damages(&desk), []);
    assert!(found > 780, "{found} edits");
    assert!((10..40).contains(&harmless), "{harmless} edits hold up nothing");
    // Each with its reason; whoever adds one must say it here too.
    let names: Vec<_> = free.iter().map(|(table, column, _)| format!("{table}.{column}")).collect();
    let operational = ["attempts", "next_at", "leased_until"];
    let operational = operational.map(|column| format!("outbox.{column}"));
    assert_eq!(names.len(), operational.len() + 1, "{names:?}");
    assert!(operational.iter().chain([&"streams.leased_until".to_owned()]).all(|name| names.contains(name)));
    assert!(free.iter().all(|(_, _, why)| why.len() > 10));
}

#[test]
fn every_row_is_missed_and_every_copy_is_found() {
    let desk = unguarded();
    let raw = desk.raw();
    for table in tables(&raw) {
        for row in rows(&raw, &table) {
            raw.execute_batch("SAVEPOINT s").unwrap();
            raw.execute(&format!("INSERT INTO {table} SELECT * FROM {table} WHERE rowid = {row}"), [])
                .unwrap();
            raw.execute_batch("RELEASE s").unwrap();
            let copy = raw.last_insert_rowid();
            assert_ne!(damages(&desk), [], "{table}: row {row} twice");
            raw.execute(&format!("DELETE FROM {table} WHERE rowid = {copy}"), []).unwrap();

            let cell = Cell { raw: &raw, table: &table, column: "tenant", row };
            let key = cell.key();
            let tenant = cell.read();
            // As good as deleted, and can be undone.
            cell.write(&Sql::Text("nobody".to_owned()));
            let damages = damages(&desk);
            assert!(cell.is_named(&key, &damages), "{table} {key:?}: {damages:?}");
            cell.write(&tenant);
        }
    }
    assert_eq!(damages(&desk), []);
}

#[test]
fn rows_in_another_order_are_found() {
    let desk = unguarded();
    let raw = desk.raw();
    let swap = |table: &str, column: &str, conditions: [&str; 2]| {
        let cell = |condition: &str| -> Cell<'_> {
            let statement = format!("SELECT rowid FROM {table} WHERE tenant = 'acme' AND {condition}");
            let row = raw.query_row(&statement, [], |row| row.get(0)).unwrap();
            // Tables and columns are named in the test itself.
            Cell { raw: &raw, table: known(table).name(), column: name_of(table, column), row }
        };
        let [one, two] = conditions.map(cell);
        let values = [one.read(), two.read()];
        one.write(&values[1]);
        two.write(&values[0]);
        let found = damages(&desk);
        one.write(&values[0]);
        two.write(&values[1]);
        found
    };
    assert_ne!(swap("events", "sequence", ["sequence = 0", "sequence = 1"]), []);
    assert_ne!(swap("events", "version", ["sequence = 0", "sequence = 1"]), []);
    assert_ne!(swap("outbox", "n", ["sequence = 1 AND n = 0", "sequence = 1 AND n = 1"]), []);
    assert_ne!(swap("requests", "last", ["key = 'k1'", "key = 'k2'"]), []);
    assert_eq!(damages(&desk), []);
}

#[test]
fn what_does_not_belong_into_the_file_is_found() {
    for (statement, told) in [
        ("CREATE TABLE notes (text TEXT)", "table \"notes\""),
        ("CREATE VIEW open AS SELECT * FROM streams", "view \"open\""),
        ("CREATE TRIGGER t AFTER INSERT ON events BEGIN DELETE FROM outbox; END", "trigger \"t\""),
        ("ALTER TABLE events ADD COLUMN note TEXT", "column note"),
        ("ALTER TABLE events ADD COLUMN two INTEGER AS (version * 2)", "column two"),
        ("ALTER TABLE requests RENAME COLUMN result TO answer", "no column result"),
        ("DROP TABLE nodes", "no table nodes"),
        (
            "DROP TABLE nodes; CREATE VIRTUAL TABLE nodes USING fts5(tenant, level, position, hash)",
            "virtual table",
        ),
    ] {
        let desk = Desk::new();
        fill(&desk.open());
        assert_eq!(damages(&desk), []);
        desk.raw().execute_batch(statement).unwrap();
        let damages = damages(&desk);
        assert!(damages.iter().any(|damage| damage.to_string().contains(told)), "{statement}: {damages:?}");
    }
}

/// What a schema says of its rows decides what later writes do.
#[test]
fn a_schema_that_drops_or_admits_what_a_ledger_does_not_is_found() {
    let made_again = |table: &str, old: &str, new: &str| {
        let desk = Desk::new();
        fill(&desk.open());
        let raw = desk.raw();
        let query = format!("SELECT sql FROM sqlite_schema WHERE name = '{table}'");
        let statement: String = raw.query_row(&query, [], |row| row.get(0)).unwrap();
        assert!(statement.contains(old), "{statement}");
        raw.execute_batch(&format!(
            "CREATE TABLE kept AS SELECT * FROM {table}; DROP TABLE {table}; {};
             INSERT INTO {table} SELECT * FROM kept; DROP TABLE kept;",
            statement.replacen(old, new, 1)
        ))
        .unwrap();
        desk
    };
    let unique = "UNIQUE (tenant, stream, version)";
    let same = made_again("events", unique, unique);
    assert_eq!(all_damages(&same), [], "made again as it was");
    let dropping = "UNIQUE (tenant, stream, version), UNIQUE (tenant, at, payload_hash) ON CONFLICT IGNORE";
    for (table, old, new) in [
        ("events", unique, dropping),
        ("events", unique, "CHECK (version > 0)"),
        ("events", ") STRICT", ")"),
        ("requests", "UNIQUE (tenant, key)", "UNIQUE (tenant, key, last)"),
        ("outbox", "destination  TEXT", "destination  TEXT COLLATE NOCASE"),
    ] {
        let told = all_damages(&made_again(table, old, new));
        let wanted = format!("the schema of table {table:?} is not that of a ledger");
        assert!(told.iter().any(|damage| damage.to_string().contains(&wanted)), "{new}: {told:?}");
    }

    let desk = Desk::new();
    drop(desk.open());
    desk.raw().execute_batch("CREATE UNIQUE INDEX one_a_stream ON events (tenant, stream)").unwrap();
    assert_eq!(all_damages(&desk).len(), 1, "in an empty ledger too");
    let desk = Desk::new();
    fill(&desk.open());
    desk.raw().execute_batch("DROP INDEX outbox_line; ANALYZE").unwrap();
    let told: Vec<_> = all_damages(&desk).iter().map(ToString::to_string).collect();
    assert!(told.iter().all(|told| told.contains("index \"outbox_line\"")) && !told.is_empty(), "{told:?}");
}

/// A schema in which names are equal whatever their case hides no other spelling.
#[test]
fn names_in_another_spelling_are_found() {
    for (table, column) in [
        ("logs", "tenant"),
        ("streams", "tenant"),
        ("streams", "stream"),
        ("events", "tenant"),
        ("events", "stream"),
        ("nodes", "tenant"),
        ("outbox", "tenant"),
        ("outbox", "stream"),
        ("requests", "tenant"),
        ("requests", "key"),
    ] {
        let desk = unguarded();
        let raw = desk.raw();
        let names: Vec<_> = columns(&raw, table)
            .iter()
            .map(|name| if name == column { format!("{name} TEXT COLLATE NOCASE") } else { name.clone() })
            .collect();
        raw.execute_batch(&format!(
            "ALTER TABLE {table} RENAME TO old; CREATE TABLE {table} ({}); INSERT INTO {table} SELECT * FROM old;
             DROP TABLE old;",
            names.join(", ")
        ))
        .unwrap();
        assert_eq!(damages(&desk), []);
        raw.execute(&format!("UPDATE {table} SET {column} = upper({column}) WHERE rowid = 1"), []).unwrap();
        assert_ne!(damages(&desk), [], "{table}.{column}");
    }
}

#[test]
fn a_page_of_the_file_that_was_edited_is_found() {
    let desk = Desk::new();
    fill(&desk.open());
    desk.raw().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let whole = std::fs::read(desk.path()).unwrap();
    let place = whole.windows(10).rposition(|bytes| bytes == b"envelope/2").unwrap();
    let mut edited = whole.clone();
    edited[place] = b'E';
    std::fs::write(desk.path(), edited).unwrap();
    assert_ne!(damages(&desk), [], "a name in a row or an index");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn any_byte_of_any_record_is_found(picks in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<usize>(), 1_u8..=255), 20)) {
        thread_local! {
            static DESK: (Desk, Vec<(String, String, i64)>) = {
                let desk = unguarded();
                let raw = desk.raw();
                let mut cells = Vec::new();
                for table in tables(&raw) {
                    for column in columns(&raw, &table).iter().filter(|column| operational(&table, column).is_none()) {
                        cells.extend(rows(&raw, &table).into_iter().map(|row| (table.clone(), column.clone(), row)));
                    }
                }
                (desk, cells)
            };
        }
        DESK.with(|(desk, cells)| {
            let raw = desk.raw();
            for (pick, _, at, change) in picks {
                let (table, column, row) = pick.get(cells);
                let cell = Cell { raw: &raw, table, column, row: *row };
                let (before, key) = (cell.read(), cell.key());
                cell.write(&edited(&before, at, change));
                let damages = damages(desk);
                cell.write(&before);
                prop_assert!(cell.is_named(&key, &damages), "{table}.{column} {key:?}: {damages:?}");
            }
            Ok(())
        })?;
    }
}

#[test]
fn the_other_tenant_is_not_harmed() {
    let desk = unguarded();
    desk.raw().execute("UPDATE events SET actor = 'mallory' WHERE tenant = 'other'", []).unwrap();
    let mut records = SqliteRecords::open(desk.path()).unwrap();
    let verify = |records: &mut SqliteRecords, name| {
        LedgerVerifier::new().verify(records, &Tenant::new(name).unwrap()).unwrap()
    };
    let of_rows = |verification: &Verification| {
        verification.damages().iter().filter(|damage| matches!(damage.at, Place::Row { .. })).count()
    };
    assert_eq!(of_rows(&verify(&mut records, "acme")), 0);
    assert_eq!(of_rows(&verify(&mut records, "other")), 2);
}

/// More than any commit writes is not even read into memory, and told where it begins.
#[test]
fn more_effects_than_an_event_has_are_found() {
    let desk = unguarded();
    let raw = desk.raw();
    raw.execute_batch(
        "WITH RECURSIVE more (n) AS (SELECT 1000 UNION ALL SELECT n + 1 FROM more WHERE n < 5000)
         INSERT INTO outbox SELECT tenant, sequence, more.n, stream, destination, kind, body, 0, 1, NULL, NULL, NULL, NULL
         FROM outbox, more WHERE sequence = 1 AND outbox.n = 0 AND tenant = 'acme';
         WITH RECURSIVE more (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM more WHERE n < 999)
         INSERT INTO outbox SELECT tenant, sequence, more.n, stream, destination, kind, body, 0, 1, NULL, NULL, NULL, NULL
         FROM outbox, more WHERE sequence = 1 AND outbox.n = 0 AND tenant = 'acme';",
    )
    .unwrap();
    let told = LedgerVerifier::new()
        .verify(&mut SqliteRecords::open(desk.path()).unwrap(), &Tenant::new("acme").unwrap());
    let told = told.unwrap().to_string();
    // Too many rows for a file without indexes: made again as it should be, they are looked at.
    assert!(told.contains("were not looked at"), "{told}");
    let whole = Desk::new();
    fill(&whole.open());
    whole.raw().execute("DELETE FROM outbox", []).unwrap();
    let whole_raw = whole.raw();
    whole_raw.execute("ATTACH ?1 AS other", [desk.path().to_str().unwrap()]).unwrap();
    whole_raw.execute("INSERT INTO outbox SELECT * FROM other.outbox", []).unwrap();
    let told = all_damages(&whole);
    let first =
        told.iter().position(|damage| damage.to_string() == "outbox 1, 1000: no commit has written this row");
    assert_eq!(first, Some(0), "{told:?}");
    assert_eq!(told.len(), 32);
}

/// Without its indexes a ledger is read anew for each row: a large one is broken by its schema alone.
#[test]
fn a_large_ledger_without_an_index_is_broken_at_once() {
    let desk = Desk::new();
    let store = desk.open();
    for n in 0..4 {
        let events = (0..1000).map(|_| desk::event("a"));
        let own = desk::stream(&format!("s{n}"));
        desk::made(&store, &desk::commit().append(&own, chancery_ledger::Version(0), events));
    }
    assert_eq!(all_damages(&desk), []);
    desk.raw()
        .execute_batch("DROP INDEX outbox_dead; UPDATE events SET actor = 'x' WHERE sequence = 7")
        .unwrap();
    let told = |verification: &Verification| {
        verification.damages().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let mut records = SqliteRecords::open(desk.path()).unwrap();
    let one = told(&LedgerVerifier::new().verify(&mut records, &Tenant::new("acme").unwrap()).unwrap());
    assert_eq!(one.len(), 2, "{one:?}");
    assert!(
        one[0].contains("index \"outbox_dead\"") && one[1].contains("rows were not looked at"),
        "{one:?}"
    );
    let all = LedgerVerifier::new().verify_all(&mut records).unwrap();
    assert_eq!((all.len(), told(&all[0].1)), (1, one));
}
