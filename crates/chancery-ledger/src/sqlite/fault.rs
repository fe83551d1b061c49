//! What SQLite's failures mean.

use rusqlite::{Error, ErrorCode};

use crate::error::{Failure, StoreError};

/// A failure that left nothing behind.
#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
pub(crate) fn failed(error: Error) -> StoreError {
    let kind = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Failure::Busy,
        Some(ErrorCode::DiskFull) => Failure::Full,
        Some(
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::AuthorizationForStatementDenied,
        ) => Failure::Denied,
        Some(ErrorCode::NotADatabase) => Failure::NotALedger("it is no SQLite database".to_owned()),
        Some(ErrorCode::DatabaseCorrupt) => Failure::Corrupt("SQLite finds its file damaged".to_owned()),
        Some(ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch) => {
            Failure::Corrupt("a row that is to be written stands there already".to_owned())
        }
        Some(_) => Failure::Unavailable,
        None if matches!(error, Error::StatementChangedRows(_)) => {
            let told = "the database wrote another number of rows than it was given";
            Failure::Corrupt(told.to_owned())
        }
        // SQLite itself succeeded: a value is not of the type that only this crate writes there.
        None => Failure::Corrupt("a column holds a value of another type".to_owned()),
    };
    StoreError::new(kind, error)
}

/// A failure while the commit itself was being written. Where the disk failed and not merely had no room, SQLite does
/// not know what of the log is there after a restart.
pub(super) fn failed_at_the_end(error: Error) -> StoreError {
    let unknown = matches!(error.sqlite_error_code(), Some(ErrorCode::SystemIoFailure));
    let failed = failed(error);
    if unknown { failed.of_unknown_outcome() } else { failed }
}
