//! One connection, made ready and looked at.

use std::time::Duration;

use tokio_postgres::{Client, Row, Statement};

use crate::error::{Failure, StoreError};
use crate::postgres::fault::{failed, unreadable};
use crate::postgres::param::Param;
use crate::postgres::statements::Statements;

/// A connection with its statements.
pub(super) struct Session {
    pub(super) client: Client,
    pub(super) statements: Statements,
}

impl Session {
    pub(super) async fn query(
        &self,
        statement: &Statement,
        params: &[Param<'_>],
    ) -> Result<Vec<Row>, tokio_postgres::Error> {
        self.client.query(statement, &refer(params)).await
    }

    /// How many rows it changed.
    pub(super) async fn execute(
        &self,
        statement: &Statement,
        params: &[Param<'_>],
    ) -> Result<u64, tokio_postgres::Error> {
        self.client.execute(statement, &refer(params)).await
    }
}

pub(super) fn refer<'p>(params: &'p [Param<'_>]) -> Vec<&'p (dyn tokio_postgres::types::ToSql + Sync)> {
    params.iter().map(|param| -> &(dyn tokio_postgres::types::ToSql + Sync) { param }).collect()
}

/// Refuses a connection to a server that acknowledges what it may lose, and fixes what a change of the server's
/// settings could undo later.
pub(super) async fn make_ready(client: &Client, schema: &str, patience: Duration) -> Result<(), StoreError> {
    let row = client
        .query_one(
            "SELECT current_setting('synchronous_commit'), current_setting('fsync'),
                 current_setting('full_page_writes'), current_setting('server_encoding')",
            &[],
        )
        .await
        .map_err(failed)?;
    for (place, name) in [(0, "synchronous_commit"), (1, "fsync"), (2, "full_page_writes")] {
        let value: String = row.try_get(place).map_err(unreadable)?;
        if value == "off" {
            let kind = Failure::NotDurable(format!("{name} is off"));
            return Err(StoreError { source: None, ..StoreError::new(kind, "") });
        }
    }
    let encoding: String = row.try_get(3).map_err(unreadable)?;
    if encoding != "UTF8" {
        let kind = Failure::NotALedger(format!("the database is encoded in {encoding}, not UTF8"));
        return Err(StoreError { source: None, ..StoreError::new(kind, "") });
    }
    let synchronous: String = row.try_get(0).map_err(unreadable)?;
    let milliseconds = patience.as_millis().clamp(1, 2_147_483_647).to_string();
    // A node that stops in the middle of a commit must not hold its tenant's lock for ever. A COMMIT that is cut off
    // while it waits for a standby would be told as done, though the standby has not got it: no limit on statements.
    client
        .execute(
            "SELECT set_config('synchronous_commit', $1, false), set_config('lock_timeout', $2, false),
                 set_config('idle_in_transaction_session_timeout', $2, false),
                 set_config('statement_timeout', '0', false),
                 set_config('search_path', quote_ident($3) || ', pg_temp', false),
                 set_config('row_security', 'off', false)",
            &[&synchronous, &milliseconds, &schema],
        )
        .await
        .map_err(failed)?;
    Ok(())
}
