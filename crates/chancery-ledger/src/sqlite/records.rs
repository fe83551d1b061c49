//! The rows of a SQLite file as they are, for the verifier.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use rusqlite::types::{Value as Sql, ValueRef};
use rusqlite::{Connection, OpenFlags, Row, ToSql};

use crate::error::{Failure, StoreError};
use crate::limits::PAGE_BYTES;
use crate::name::{Destination, StreamId, Tenant};
use crate::number::Version;
use crate::sql::tenants_of;
use crate::sqlite::columns::number;
use crate::sqlite::fault::failed;
use crate::sqlite::{SqliteStore, connect, schema};
use crate::verify::{Column, Damage, Flaw, Place, Records, Table, Value};

/// A ledger's file at one moment, for the [`LedgerVerifier`](crate::LedgerVerifier). Others go on writing meanwhile;
/// what they write is not seen.
#[derive(Debug)]
pub struct SqliteRecords(Connection);

/// How long the verifier waits for a file that is being opened or closed by others.
const PATIENCE: Duration = Duration::from_secs(10);

impl SqliteStore {
    /// Its rows as they are now, for the [`LedgerVerifier`](crate::LedgerVerifier).
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn records(&self) -> Result<SqliteRecords, StoreError> {
        SqliteRecords::open(self.path())
    }
}

impl SqliteRecords {
    /// Opens a ledger's file, for reading only.
    ///
    /// # Errors
    /// If it cannot be read, is no SQLite file, or is not a ledger.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let connection = connect(path.as_ref(), OpenFlags::SQLITE_OPEN_READ_ONLY, PATIENCE)?;
        let version = schema::version(&connection)?;
        if version == 0 {
            let kind = Failure::NotALedger("the file is empty".to_owned());
            return Err(StoreError { source: None, ..StoreError::new(kind, "") });
        }
        // From the first read on, the transaction sees one moment.
        connection.execute_batch("BEGIN").map_err(failed)?;
        schema::version(&connection)?;
        Ok(Self(connection))
    }

    fn rows(&self, table: Table, statement: &str, values: &[Sql]) -> Result<Vec<Vec<Value>>, StoreError> {
        let read = || {
            let mut statement = self.0.prepare_cached(statement)?;
            let values: Vec<&dyn ToSql> = values.iter().map(|value| -> &dyn ToSql { value }).collect();
            let mut rows = statement.query(values.as_slice())?;
            let (mut read, mut bytes) = (Vec::new(), 0);
            while bytes < PAGE_BYTES
                && let Some(row) = rows.next()?
            {
                let row = row_of(row, table.columns().len(), &mut bytes)?;
                read.push(row);
            }
            Ok(read)
        };
        read().map_err(failed)
    }

    /// Tables, views and triggers that no ledger has, and what is missing of those that every ledger has.
    fn schema(&self) -> rusqlite::Result<Vec<Damage>> {
        let mut damages = Vec::new();
        let mut statement =
            self.0.prepare("SELECT type, name, rootpage FROM sqlite_schema WHERE type <> 'index'")?;
        let mut rows = statement.query([])?;
        let mut known = Vec::new();
        while let Some(row) = rows.next()? {
            let (kind, name, page): (String, String, Option<i64>) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let kind =
                if kind == "table" && page.unwrap_or(0) == 0 { "virtual table".to_owned() } else { kind };
            match Table::ALL.into_iter().find(|table| kind == "table" && table.name() == name) {
                Some(table) => known.push(table),
                // What ANALYZE keeps: statistics, which no answer depends on.
                None if kind == "table" && name.starts_with("sqlite_stat") => {}
                None => damages.push(odd(format!("there is a {kind} {name:?}, which no ledger has"))),
            }
        }
        for table in Table::ALL {
            if known.contains(&table) {
                damages.extend(self.columns(table)?);
            } else {
                damages.push(odd(format!("there is no table {table}")));
            }
        }
        Ok(damages)
    }

    fn columns(&self, table: Table) -> rusqlite::Result<Vec<Damage>> {
        let mut statement =
            self.0.prepare(&format!("SELECT name, hidden FROM pragma_table_xinfo('{table}')"))?;
        let mut rows = statement.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let (name, hidden): (String, i64) = (row.get(0)?, row.get(1)?);
            found.push(if hidden == 0 { name } else { format!("{name} (computed)") });
        }
        let expected: Vec<_> = table.columns().iter().map(|column| column.name).collect();
        let missing = expected.iter().filter(|name| !found.iter().any(|found| found == *name));
        let missing = missing.map(|name| odd(format!("table {table} has no column {name}")));
        let extra = found.iter().filter(|name| !expected.contains(&name.as_str()));
        let extra = extra.map(|name| odd(format!("table {table} has a column {name}, which no ledger has")));
        Ok(missing.chain(extra).collect())
    }

    /// What SQLite itself finds: pages that are missing or torn, indexes that do not fit their table.
    fn integrity(&self) -> rusqlite::Result<Vec<Damage>> {
        let mut statement = self.0.prepare("PRAGMA integrity_check(8)")?;
        let mut rows = statement.query([])?;
        let mut damages = Vec::new();
        while let Some(row) = rows.next()? {
            let told: String = row.get(0)?;
            if told != "ok" {
                damages.push(odd(format!("SQLite: {told}")));
            }
        }
        Ok(damages)
    }
}

impl Records for SqliteRecords {
    fn oddities(&mut self) -> Result<Vec<Damage>, StoreError> {
        let found = self.schema().and_then(|mut damages| {
            damages.extend(self.integrity()?);
            Ok(damages)
        });
        match found.map_err(failed) {
            Err(error) if matches!(error.kind, Failure::Corrupt(_) | Failure::NotALedger(_)) => {
                let told = error.source.map_or_else(String::new, |source| source.to_string());
                Ok(vec![odd(format!("SQLite: {told}"))])
            }
            found => found,
        }
    }

    fn promises(&mut self) -> Result<Vec<Damage>, StoreError> {
        let read = || Ok((schema::objects(&self.0)?, schema::expected()?));
        let (found, expected) = read().map_err(failed)?;
        // One that was altered is in both differences, and is told once.
        let differing = expected.symmetric_difference(&found).map(|(kind, name, _)| (kind, name));
        let told = |(kind, name)| odd(format!("the schema of {kind} {name:?} is not that of a ledger"));
        Ok(differing.collect::<BTreeSet<_>>().into_iter().map(told).collect())
    }

    fn tenants(&mut self) -> Result<Vec<Value>, StoreError> {
        let mut tenants: Vec<Value> = Vec::new();
        for table in Table::ALL {
            let read = || {
                let mut statement = self.0.prepare(&tenants_of(table))?;
                let rows = statement.query_map([], |row| row_of(row, 1, &mut 0))?;
                rows.collect::<rusqlite::Result<Vec<_>>>()
            };
            for tenant in read().map_err(failed)?.into_iter().flatten() {
                if !tenants.contains(&tenant) {
                    tenants.push(tenant);
                }
            }
        }
        Ok(tenants)
    }

    fn count(&mut self, table: Table, tenant: &Tenant) -> Result<u64, StoreError> {
        let statement = format!("SELECT count(*) FROM {table} WHERE tenant = ?1");
        let count: i64 = self.0.query_row(&statement, [tenant.as_str()], |row| row.get(0)).map_err(failed)?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    fn page(
        &mut self,
        table: Table,
        tenant: &Tenant,
        after: Option<&[Value]>,
        most: usize,
    ) -> Result<Vec<Vec<Value>>, StoreError> {
        let keys = names(table.columns().get(1..table.key()).unwrap_or_default());
        let (columns, most) = (names(table.columns()), i64::try_from(most).unwrap_or(i64::MAX));
        let mut values = vec![Sql::Text(tenant.as_str().to_owned()), Sql::Integer(most)];
        let bound = match after {
            Some(after) if !after.is_empty() => {
                values.extend(after.iter().map(sql));
                let places: Vec<_> = (3..3 + after.len()).map(|place| format!("?{place}")).collect();
                format!("AND ({keys}) > ({})", places.join(", "))
            }
            // The key is the tenant alone, so there is no second row.
            Some(_) => "AND 0".to_owned(),
            None => String::new(),
        };
        let order = if keys.is_empty() { String::new() } else { format!("ORDER BY {keys}") };
        let statement = format!("SELECT {columns} FROM {table} WHERE tenant = ?1 {bound} {order} LIMIT ?2");
        self.rows(table, &statement, &values)
    }

    fn find(&mut self, table: Table, tenant: &Tenant, key: &[Value]) -> Result<Vec<Vec<Value>>, StoreError> {
        let columns = table.columns().get(1..table.key()).unwrap_or_default();
        let equal: String =
            columns.iter().zip(2..).map(|(column, n)| format!(" AND {} = ?{n}", column.name)).collect();
        let statement = format!("SELECT {} FROM {table} WHERE tenant = ?1{equal}", names(table.columns()));
        let mut values = vec![Sql::Text(tenant.as_str().to_owned())];
        values.extend(key.iter().map(sql));
        self.rows(table, &statement, &values)
    }

    fn event(
        &mut self,
        tenant: &Tenant,
        stream: &StreamId,
        version: Version,
    ) -> Result<Vec<Vec<Value>>, StoreError> {
        let columns = names(Table::Events.columns());
        let statement =
            format!("SELECT {columns} FROM events WHERE tenant = ?1 AND stream = ?2 AND version = ?3");
        let texts = [tenant.as_str(), stream.as_str()].map(|text| Sql::Text(text.to_owned()));
        let values: Vec<_> = texts.into_iter().chain([sql(&Value::number(version.0))]).collect();
        self.rows(Table::Events, &statement, &values)
    }

    fn first_open(
        &mut self,
        tenant: &Tenant,
        stream: &StreamId,
        destination: &Destination,
    ) -> Result<Option<Vec<Value>>, StoreError> {
        let columns = names(Table::Outbox.columns());
        let statement = |index| {
            format!(
                "SELECT {columns} FROM outbox {index} WHERE tenant = ?1 AND stream = ?2 AND destination = ?3
                 AND delivered_at IS NULL AND dead_at IS NULL ORDER BY sequence, n LIMIT 1"
            )
        };
        let line = [tenant.as_str(), stream.as_str(), destination.as_str()];
        let values = line.map(|text| Sql::Text(text.to_owned()));
        let found = self.rows(Table::Outbox, &statement("INDEXED BY outbox_line"), &values);
        // Whoever dropped the index is told by `promises`; what can be read is judged all the same.
        Ok(found.or_else(|_| self.rows(Table::Outbox, &statement(""), &values))?.pop())
    }

    fn size(&mut self) -> Result<u64, StoreError> {
        let count =
            |table| self.0.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| number(row, 0));
        Table::ALL.into_iter().map(count).sum::<rusqlite::Result<u64>>().map_err(failed)
    }
}

fn names(columns: &[Column]) -> String {
    columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
}

fn row_of(row: &Row<'_>, columns: usize, bytes: &mut usize) -> rusqlite::Result<Vec<Value>> {
    let value = |place| {
        Ok(match row.get_ref(place)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(number) => Value::Integer(number),
            ValueRef::Real(_) => Value::Other,
            ValueRef::Text(text) => {
                *bytes += text.len();
                std::str::from_utf8(text).map_or(Value::Other, |text| Value::Text(text.to_owned()))
            }
            ValueRef::Blob(blob) => {
                *bytes += blob.len();
                Value::Bytes(blob.to_vec())
            }
        })
    };
    (0..columns).map(value).collect()
}

fn sql(value: &Value) -> Sql {
    match value {
        Value::Null | Value::Other => Sql::Null,
        Value::Integer(number) => Sql::Integer(*number),
        Value::Text(text) => Sql::Text(text.clone()),
        Value::Bytes(bytes) => Sql::Blob(bytes.clone()),
    }
}

fn odd(told: String) -> Damage {
    Damage { at: Place::Store, flaw: Flaw::Store(told) }
}
