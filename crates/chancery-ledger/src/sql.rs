//! What SQLite and PostgreSQL are asked in the same words.

use crate::verify::Table;

/// The tenants that a table has rows of, NULL among them where there is one: a step in the index for each tenant, not for
/// each row.
pub(crate) fn tenants_of(table: Table) -> String {
    format!(
        "WITH RECURSIVE next (tenant) AS (
             SELECT min(tenant) FROM {table}
             UNION ALL SELECT (SELECT min(tenant) FROM {table} WHERE tenant > next.tenant) FROM next
             WHERE tenant IS NOT NULL)
         SELECT tenant FROM next WHERE tenant IS NOT NULL
         UNION ALL SELECT NULL WHERE EXISTS (SELECT 1 FROM {table} WHERE tenant IS NULL)"
    )
}
