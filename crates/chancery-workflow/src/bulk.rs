//! One template, many rows: requests in bulk (G3).
//!
//! A table is planned first: every row is read, bound to the template and judged as if it were sent, and nothing happens
//! unless all rows are right. Then the rows are committed, at most [`BulkPlan::ROWS_AT_ONCE`] in one transaction of the
//! store, each a commit of its own in it: one that fails takes no other with it.
//!
//! The id of each envelope and its idempotency key follow from the batch and the number of the row. So a batch that
//! broke off anywhere is simply sent again: what was made before is made once.
//!
//! Columns are named by role: `tenant.name`, `tenant.email`, `tenant.phone`, `tenant.language`; `title` is the
//! envelope's. Name and address are needed of every role that somebody takes; any other column is refused, since it is
//! more likely a slip than meant to be ignored.

mod error;
mod plan;
mod row;
mod send;

pub use error::{BulkFault, BulkRefused, RowFault, RowFaults};
pub use plan::{BatchId, BulkPlan, PlannedRow};
pub use row::People;
pub use send::{BulkReport, Made, ReadyBulk, RowOutcome};
