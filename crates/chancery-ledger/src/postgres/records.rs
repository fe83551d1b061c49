//! The rows of a PostgreSQL ledger as they are, for the verifier.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use tokio_postgres::types::{FromSql, Type};
use tokio_postgres::{Client, Row, Statement};

use crate::error::StoreError;
use crate::limits::PAGE_BYTES;
use crate::name::{Destination, StreamId, Tenant};
use crate::number::Version;
use crate::postgres::fault::{failed, unreadable};
use crate::postgres::param::Param;
use crate::postgres::pool::Postgres;
use crate::postgres::promises::{self, kind_of};
use crate::postgres::session::refer;
use crate::postgres::{Background, PostgresStore, schema};
use crate::sql::tenants_of;
use crate::verify::{Column, Damage, Flaw, Place, Records, Table, Value};

/// A ledger in a PostgreSQL database at one moment, for the [`LedgerVerifier`](crate::LedgerVerifier). Others go on
/// writing meanwhile; what they write is not seen.
///
/// It has a connection and a thread of its own, and one transaction that stays open: a long pass keeps the server from
/// clearing away rows that were replaced meanwhile.
pub struct PostgresRecords {
    runtime: Background,
    client: Client,
    schema: String,
    statements: HashMap<String, Statement>,
}

impl PostgresStore {
    /// Its rows as they are now, for the [`LedgerVerifier`](crate::LedgerVerifier).
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn records(&self) -> Result<PostgresRecords, StoreError> {
        PostgresRecords::open(self.postgres())
    }
}

impl PostgresRecords {
    /// Connects to a ledger, for reading only.
    ///
    /// # Errors
    /// If the database cannot be reached, or the schema does not hold a ledger.
    pub fn open(postgres: &Postgres) -> Result<Self, StoreError> {
        let runtime = Background::start()?;
        let schema = postgres.schema.clone();
        let client = runtime.wait(async {
            let client = postgres.client().await?;
            if schema::version(&client, &schema).await? == 0 {
                return Err(schema::not_ours("the schema is empty or missing".to_owned()));
            }
            // The verifier may think between two reads. From the first read on, the transaction sees one moment.
            let begin = "SET idle_in_transaction_session_timeout = 0;
                BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
            client.batch_execute(begin).await.map_err(failed)?;
            schema::version(&client, &schema).await?;
            Ok(client)
        })?;
        Ok(Self { runtime, client, schema, statements: HashMap::new() })
    }

    fn query(&mut self, text: String, params: &[Param<'_>]) -> Result<Vec<Row>, StoreError> {
        let Self { runtime, client, statements, .. } = self;
        runtime.wait(async {
            let statement = match statements.get(&text) {
                Some(statement) => statement.clone(),
                None => {
                    let statement = client.prepare(&text).await.map_err(failed)?;
                    statements.insert(text, statement.clone());
                    statement
                }
            };
            client.query(&statement, &refer(params)).await.map_err(failed)
        })
    }

    fn rows(&mut self, text: String, params: &[Param<'_>]) -> Result<Vec<Vec<Value>>, StoreError> {
        self.query(text, params)?.iter().map(values).collect()
    }

    /// What the catalogue says of the schema that no ledger's does.
    fn told(&mut self, text: &str) -> Result<Vec<Damage>, StoreError> {
        let schema = self.schema.clone();
        let rows = self.query(text.to_owned(), &[Param::Text(&schema)])?;
        let told = |row: &Row| Ok(odd(row.try_get::<_, String>(0).map_err(unreadable)?));
        rows.iter().map(told).collect()
    }

    fn columns(&mut self, table: Table) -> Result<Vec<Damage>, StoreError> {
        let schema = self.schema.clone();
        let rows = self.query(
            "SELECT attname::text, format_type(atttypid, atttypmod), attgenerated::text FROM pg_attribute
             JOIN pg_class ON pg_class.oid = attrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
             WHERE nspname = $1 AND relname = $2 AND attnum > 0 AND NOT attisdropped"
                .to_owned(),
            &[Param::Text(&schema), Param::Text(table.name())],
        )?;
        let mut found = HashMap::new();
        for row in &rows {
            let (name, kind): (String, String) =
                (row.try_get(0).map_err(unreadable)?, row.try_get(1).map_err(unreadable)?);
            let generated: &str = row.try_get(2).map_err(unreadable)?;
            let kind = if generated.is_empty() { kind } else { format!("computed {kind}") };
            found.insert(name, kind);
        }
        let mut damages = Vec::new();
        for Column { name, .. } in table.columns() {
            let expected = kind_of(table, name);
            match found.remove(*name) {
                None => damages.push(odd(format!("table {table} has no column {name}"))),
                Some(kind) if kind != expected => {
                    damages.push(odd(format!("column {name} of table {table} is {kind}, not {expected}")));
                }
                Some(_) => {}
            }
        }
        let mut extra: Vec<_> = found.into_keys().collect();
        extra.sort_unstable();
        let extra = extra.into_iter();
        damages
            .extend(extra.map(|name| odd(format!("table {table} has a column {name}, which no ledger has"))));
        Ok(damages)
    }

    /// How many of the next rows fit into a page, at least one: whoever wrote them says how large they are.
    fn fitting(
        &mut self,
        table: Table,
        bound: &str,
        params: &[Param<'_>],
        most: usize,
    ) -> Result<usize, StoreError> {
        let sized = table.columns().iter().filter(|column| kind_of(table, column.name) != "bigint");
        let sizes: Vec<_> =
            sized.map(|column| format!("coalesce(octet_length({}), 0)::int8", column.name)).collect();
        let text = format!("SELECT {} FROM {table} WHERE {bound} LIMIT $2", sizes.join(" + "));
        let (mut bytes, mut fitting) = (0, 0);
        for row in self.query(text, params)? {
            if bytes >= PAGE_BYTES {
                break;
            }
            let size: i64 = row.try_get(0).map_err(unreadable)?;
            bytes = bytes.saturating_add(usize::try_from(size).unwrap_or(usize::MAX));
            fitting += 1;
        }
        Ok(fitting.clamp(1, most.max(1)))
    }
}

impl fmt::Debug for PostgresRecords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresRecords").field("schema", &self.schema).finish_non_exhaustive()
    }
}

/// Tables, views, sequences and the like that no ledger has.
const STRANGERS: &str = "
    SELECT 'there is a ' || CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
        WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table' WHEN 'c' THEN 'type' ELSE 'table' END
        || ' ' || quote_ident(relname) || ', which no ledger has'
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = $1 AND relkind NOT IN ('i', 't')
    AND NOT (relkind = 'r' AND relname IN ('ledger_format', 'logs', 'streams', 'events', 'nodes', 'outbox', 'requests'))
    ORDER BY 1";

/// What tables can have that changes what is written, what is read, or whether it lasts.
const HABITS: &str = "
    WITH ours AS (SELECT pg_class.* FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE nspname = $1 AND relkind = 'r')
    SELECT 'table ' || relname || ' has a trigger ' || quote_ident(tgname) || ', which no ledger has'
        FROM pg_trigger JOIN ours ON ours.oid = tgrelid WHERE NOT tgisinternal
    UNION ALL SELECT 'table ' || relname || ' has a rule ' || quote_ident(rulename) || ', which no ledger has'
        FROM pg_rewrite JOIN ours ON ours.oid = ev_class
    UNION ALL SELECT 'table ' || relname || ' hides rows from some: row security'
        FROM ours WHERE relrowsecurity OR relforcerowsecurity
    UNION ALL SELECT 'table ' || relname || ' does not outlast a crash: it is not logged'
        FROM ours WHERE relpersistence <> 'p'
    UNION ALL SELECT 'table ' || relname || ' inherits from another or is inherited from'
        FROM ours WHERE relhassubclass OR EXISTS (SELECT 1 FROM pg_inherits WHERE inhrelid = ours.oid)
    ORDER BY 1";

impl Records for PostgresRecords {
    fn oddities(&mut self) -> Result<Vec<Damage>, StoreError> {
        let mut damages = self.told(STRANGERS)?;
        damages.extend(self.told(HABITS)?);
        let schema = self.schema.clone();
        for table in Table::ALL {
            let exists = "SELECT 1 FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
                WHERE nspname = $1 AND relname = $2 AND relkind = 'r'";
            let params = [Param::Text(&schema), Param::Text(table.name())];
            if self.query(exists.to_owned(), &params)?.is_empty() {
                damages.push(odd(format!("there is no table {table}")));
            } else {
                damages.extend(self.columns(table)?);
            }
        }
        Ok(damages)
    }

    fn promises(&mut self) -> Result<Vec<Damage>, StoreError> {
        let schema = self.schema.clone();
        let rows = self.query(promises::FOUND.to_owned(), &[Param::Text(&schema)])?;
        // Which names are quoted depends on the words that a server knows.
        let line = |row: &Row| row.try_get::<_, String>(0).map(|line| line.replace('"', ""));
        let found = rows.iter().map(line).collect::<Result<BTreeSet<_>, _>>().map_err(unreadable)?;
        let expected = promises::expected();
        let missing = expected.difference(&found).map(|line| odd(format!("the schema lacks: {line}")));
        let extra =
            found.difference(&expected).map(|line| odd(format!("the schema of no ledger has: {line}")));
        Ok(missing.chain(extra).collect())
    }

    fn tenants(&mut self) -> Result<Vec<Value>, StoreError> {
        let mut tenants: Vec<Value> = Vec::new();
        for table in Table::ALL {
            for tenant in self.rows(tenants_of(table), &[])?.into_iter().flatten() {
                if !tenants.contains(&tenant) {
                    tenants.push(tenant);
                }
            }
        }
        Ok(tenants)
    }

    fn count(&mut self, table: Table, tenant: &Tenant) -> Result<u64, StoreError> {
        let statement = format!("SELECT count(*) FROM {table} WHERE tenant = $1");
        let rows = self.query(statement, &[Param::Text(tenant.as_str())])?;
        let count: i64 = rows.first().map_or(Ok(0), |row| row.try_get(0)).map_err(unreadable)?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    fn page(
        &mut self,
        table: Table,
        tenant: &Tenant,
        after: Option<&[Value]>,
        most: usize,
    ) -> Result<Vec<Vec<Value>>, StoreError> {
        let keys = table.columns().get(1..table.key()).unwrap_or_default();
        let columns = names(table.columns());
        let room = || Param::Number(i64::try_from(most).unwrap_or(i64::MAX));
        let order = if keys.is_empty() { String::new() } else { format!("ORDER BY {}", names(keys)) };
        // What has no key comes first, once, and would not be found by any comparison.
        let begun =
            after.is_some_and(|after| !after.contains(&Value::Null) && !after.contains(&Value::Other));
        if after.is_none() && !keys.is_empty() {
            let keyless: Vec<_> = keys.iter().map(|column| format!("{} IS NULL", column.name)).collect();
            let keyless = keyless.join(" OR ");
            let statement =
                format!("SELECT {columns} FROM {table} WHERE tenant = $1 AND ({keyless}) LIMIT $2");
            let rows = self.rows(statement, &[Param::Text(tenant.as_str()), room()])?;
            if !rows.is_empty() {
                return Ok(rows);
            }
        }
        if begun && keys.is_empty() {
            return Ok(Vec::new()); // the key is the tenant alone, so there is no second row
        }
        let mut bound = "tenant = $1".to_owned();
        let bounds = after.filter(|_| begun).unwrap_or_default();
        if begun {
            let places: Vec<_> = (3..3 + bounds.len()).map(|place| format!("${place}")).collect();
            bound = format!("{bound} AND ({}) > ({})", names(keys), places.join(", "));
        }
        let params = |room| {
            let values = [Param::Text(tenant.as_str()), room].into_iter();
            values.chain(bounds.iter().map(param)).collect::<Vec<_>>()
        };
        let bound = format!("{bound} {order}");
        let fitting = self.fitting(table, &bound, &params(room()), most)?;
        let room = Param::Number(i64::try_from(fitting).unwrap_or(i64::MAX));
        self.rows(format!("SELECT {columns} FROM {table} WHERE {bound} LIMIT $2"), &params(room))
    }

    fn find(&mut self, table: Table, tenant: &Tenant, key: &[Value]) -> Result<Vec<Vec<Value>>, StoreError> {
        let columns = table.columns().get(1..table.key()).unwrap_or_default();
        let equal: String =
            columns.iter().zip(2..).map(|(column, n)| format!(" AND {} = ${n}", column.name)).collect();
        let statement = format!("SELECT {} FROM {table} WHERE tenant = $1{equal}", names(table.columns()));
        let mut params = vec![Param::Text(tenant.as_str())];
        params.extend(key.iter().map(param));
        self.rows(statement, &params)
    }

    fn event(
        &mut self,
        tenant: &Tenant,
        stream: &StreamId,
        version: Version,
    ) -> Result<Vec<Vec<Value>>, StoreError> {
        let columns = names(Table::Events.columns());
        let statement =
            format!("SELECT {columns} FROM events WHERE tenant = $1 AND stream = $2 AND version = $3");
        let version = Value::number(version.0);
        self.rows(statement, &[Param::Text(tenant.as_str()), Param::Text(stream.as_str()), param(&version)])
    }

    fn first_open(
        &mut self,
        tenant: &Tenant,
        stream: &StreamId,
        destination: &Destination,
    ) -> Result<Option<Vec<Value>>, StoreError> {
        let columns = names(Table::Outbox.columns());
        let statement = format!(
            "SELECT {columns} FROM outbox WHERE tenant = $1 AND stream = $2 AND destination = $3
             AND delivered_at IS NULL AND dead_at IS NULL ORDER BY sequence, n LIMIT 1"
        );
        let line = [tenant.as_str(), stream.as_str(), destination.as_str()];
        Ok(self.rows(statement, &line.map(Param::Text))?.pop())
    }

    fn size(&mut self) -> Result<u64, StoreError> {
        let mut size = 0_u64;
        for table in Table::ALL {
            let rows = self.query(format!("SELECT count(*) FROM {table}"), &[])?;
            let count: i64 = rows.first().map_or(Ok(0), |row| row.try_get(0)).map_err(unreadable)?;
            size = size.saturating_add(u64::try_from(count).unwrap_or(0));
        }
        Ok(size)
    }
}

fn names(columns: &[Column]) -> String {
    columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
}

fn values(row: &Row) -> Result<Vec<Value>, StoreError> {
    (0..row.len())
        .map(|place| row.try_get::<_, Loose>(place).map(|Loose(value)| value).map_err(unreadable))
        .collect()
}

/// A value of whatever type the column has.
struct Loose(Value);

type Read = Result<Loose, Box<dyn std::error::Error + Sync + Send>>;

impl<'r> FromSql<'r> for Loose {
    fn from_sql(kind: &Type, raw: &'r [u8]) -> Read {
        Ok(Self(match *kind {
            Type::INT8 => Value::Integer(i64::from_sql(kind, raw)?),
            Type::INT4 => Value::Integer(i32::from_sql(kind, raw)?.into()),
            Type::INT2 => Value::Integer(i16::from_sql(kind, raw)?.into()),
            Type::TEXT | Type::VARCHAR => Value::text(<&str>::from_sql(kind, raw)?),
            Type::BYTEA => Value::Bytes(raw.to_vec()),
            _ => Value::Other,
        }))
    }

    fn from_sql_null(_: &Type) -> Read {
        Ok(Self(Value::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

fn param(value: &Value) -> Param<'_> {
    match value {
        Value::Null | Value::Other => Param::MaybeNumber(None),
        Value::Integer(number) => Param::Number(*number),
        Value::Text(text) => Param::Text(text),
        Value::Bytes(bytes) => Param::Bytes(bytes),
    }
}

fn odd(told: String) -> Damage {
    Damage { at: Place::Store, flaw: Flaw::Store(told) }
}
