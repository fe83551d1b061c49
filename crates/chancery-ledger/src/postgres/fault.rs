//! What PostgreSQL's failures mean.

use tokio_postgres::Error;
use tokio_postgres::error::{DbError, Severity, SqlState};

use crate::error::{Failure, StoreError};

/// A failure that left nothing behind: before a commit was sent, what was written goes with the connection.
#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
pub(super) fn failed(error: Error) -> StoreError {
    match error.as_db_error() {
        Some(told) => StoreError::new(kind(told.code()), message(told)),
        None => StoreError::new(Failure::Unavailable, error.to_string()),
    }
}

/// A failure after a commit was sent. Unless the server says that it refuses, nobody knows.
pub(super) fn failed_at_the_end(error: Error) -> StoreError {
    let refused = error.as_db_error().is_some_and(|told| told.parsed_severity() == Some(Severity::Error));
    let failed = failed(error);
    if refused { failed } else { failed.of_unknown_outcome() }
}

fn kind(code: &SqlState) -> Failure {
    let taken = "a row that is to be written stands there already, or is not as a ledger writes it";
    match code.code() {
        // lock_not_available, deadlock_detected, serialization_failure, query_canceled,
        // idle_in_transaction_session_timeout, too_many_connections
        "55P03" | "40P01" | "40001" | "57014" | "25P03" | "53300" => Failure::Busy,
        "53100" | "53200" => Failure::Full,   // disk_full, out_of_memory
        "42501" | "25006" => Failure::Denied, // insufficient_privilege, read_only_sql_transaction
        "3F000" | "42P01" | "42703" => Failure::Corrupt("a table or a column is missing".to_owned()),
        "XX001" | "XX002" => Failure::Corrupt("PostgreSQL finds its files damaged".to_owned()),
        code if code.starts_with("28") => Failure::Denied, // invalid authorization
        code if code.starts_with("23") => Failure::Corrupt(taken.to_owned()), // integrity constraints
        _ => Failure::Unavailable,
    }
}

/// Without the detail, which quotes whole rows.
fn message(told: &DbError) -> String {
    format!("PostgreSQL: {} {}: {}", told.severity(), told.code().code(), told.message())
}

/// A value that is not of the type that only this crate writes there.
#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
pub(super) fn unreadable(error: Error) -> StoreError {
    StoreError::corrupt(format!("a column holds a value of another type: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_told_apart() {
        assert_eq!(kind(&SqlState::LOCK_NOT_AVAILABLE), Failure::Busy);
        assert_eq!(kind(&SqlState::DISK_FULL), Failure::Full);
        assert_eq!(kind(&SqlState::INVALID_PASSWORD), Failure::Denied);
        assert!(matches!(kind(&SqlState::UNIQUE_VIOLATION), Failure::Corrupt(_)));
        assert_eq!(kind(&SqlState::ADMIN_SHUTDOWN), Failure::Unavailable);
    }
}
