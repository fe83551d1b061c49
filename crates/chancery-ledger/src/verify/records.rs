//! What a store shows to the verifier.

use crate::error::StoreError;
use crate::name::{Destination, StreamId, Tenant};
use crate::number::Version;
use crate::verify::damage::Damage;
use crate::verify::table::{Table, Value};

/// A store's rows as they are, at one moment: nothing of what is written meanwhile is seen.
///
/// Rows are values in the order of [`Table::columns`]. A store must read the rows themselves and believe none of the
/// promises of its schema, which an attacker may have changed.
pub trait Records {
    /// What is wrong with the store as a whole: tables or columns that are missing, or that no ledger has; views and
    /// triggers; what the database itself finds damaged.
    ///
    /// # Errors
    /// If the store cannot be read.
    fn oddities(&mut self) -> Result<Vec<Damage>, StoreError>;

    /// What of the schema is not as every ledger has it, although all rows can be read: constraints, keys, indexes. A
    /// constraint that was added can make the database drop what is written later; without one that was removed, what
    /// a reader is shown depends on the order of rows.
    ///
    /// # Errors
    /// If the store cannot be read.
    fn promises(&mut self) -> Result<Vec<Damage>, StoreError> {
        Ok(Vec::new())
    }

    /// Every value that stands in the column `tenant` of any table, each once.
    ///
    /// # Errors
    /// If the store cannot be read.
    fn tenants(&mut self) -> Result<Vec<Value>, StoreError>;

    /// How many rows a tenant has in a table.
    ///
    /// # Errors
    /// If the store cannot be read.
    fn count(&mut self, table: Table, tenant: &Tenant) -> Result<u64, StoreError>;

    /// The next rows of a tenant in the order of the key: at least one if there is one, at most `most`; those whose
    /// key, without the tenant, comes after `after`, or the very first ones, whatever their key is.
    ///
    /// # Errors
    /// If the store cannot be read.
    fn page(
        &mut self,
        table: Table,
        tenant: &Tenant,
        after: Option<&[Value]>,
        most: usize,
    ) -> Result<Vec<Vec<Value>>, StoreError>;

    /// The rows with this key, without the tenant.
    ///
    /// # Errors
    /// If the store cannot be read.
    fn find(&mut self, table: Table, tenant: &Tenant, key: &[Value]) -> Result<Vec<Vec<Value>>, StoreError>;

    /// The rows of [`Table::Events`] with this stream and version, found without the sequence.
    ///
    /// # Errors
    /// If the store cannot be read.
    fn event(
        &mut self,
        tenant: &Tenant,
        stream: &StreamId,
        version: Version,
    ) -> Result<Vec<Vec<Value>>, StoreError>;

    /// The first row of [`Table::Outbox`] of a stream and destination that is neither delivered nor dead.
    ///
    /// # Errors
    /// If the store cannot be read.
    fn first_open(
        &mut self,
        tenant: &Tenant,
        stream: &StreamId,
        destination: &Destination,
    ) -> Result<Option<Vec<Value>>, StoreError>;

    /// How many rows all tables have together, of all tenants.
    ///
    /// # Errors
    /// If the store cannot be read.
    fn size(&mut self) -> Result<u64, StoreError>;
}
