//! Reading a table from its beginning to its end, a page at a time.

use std::collections::VecDeque;

use crate::error::StoreError;
use crate::name::Tenant;
use crate::verify::records::Records;
use crate::verify::row::key;
use crate::verify::table::{Table, Value};

/// How many rows are held at once: enough that a page costs little, and few enough that 50 tables do.
const PAGE: usize = 256;

/// Whether a row bears exactly this tenant's name.
pub(super) fn is_of(row: &[Value], tenant: &Tenant) -> bool {
    matches!(row.first(), Some(Value::Text(name)) if name == tenant.as_str())
}

/// The rows of a tenant in a table, one after the other.
pub(super) struct Cursor {
    table: Table,
    rows: VecDeque<Vec<Value>>,
    last: Option<Vec<Value>>,
    ended: bool,
    /// How many rows were taken.
    pub(super) taken: u64,
}

impl Cursor {
    pub(super) const fn new(table: Table) -> Self {
        Self { table, rows: VecDeque::new(), last: None, ended: false, taken: 0 }
    }

    /// From after a key on.
    pub(super) const fn after(table: Table, key: Vec<Value>) -> Self {
        Self { table, rows: VecDeque::new(), last: Some(key), ended: false, taken: 0 }
    }

    /// The next row, which stays.
    pub(super) fn peek(
        &mut self,
        records: &mut dyn Records,
        tenant: &Tenant,
    ) -> Result<Option<&Vec<Value>>, StoreError> {
        while self.rows.is_empty() && !self.ended {
            let page = records.page(self.table, tenant, self.last.as_deref(), PAGE)?;
            self.ended = page.is_empty();
            if let Some(row) = page.last() {
                self.last = Some(key(self.table, row));
            }
            // A database that was told to find names in another spelling shows rows of others as well.
            self.rows = page.into_iter().filter(|row| is_of(row, tenant)).collect();
        }
        Ok(self.rows.front())
    }

    /// The next row.
    pub(super) fn next(
        &mut self,
        records: &mut dyn Records,
        tenant: &Tenant,
    ) -> Result<Option<Vec<Value>>, StoreError> {
        self.peek(records, tenant)?;
        let row = self.rows.pop_front();
        self.taken += u64::from(row.is_some());
        Ok(row)
    }
}
