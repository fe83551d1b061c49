//! What is wrong, and where.

use std::fmt;

use crate::checkpoint::Checkpoint;
use crate::hash::Hash;
use crate::part::Part;
use crate::verify::table::{Table, Value};

/// Something that a ledger does not write by itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Damage {
    /// Where.
    pub at: Place,
    /// What.
    pub flaw: Flaw,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.flaw)
    }
}

/// Where something is wrong.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Place {
    /// The store as a whole.
    Store,
    /// A tenant's log as a whole.
    Log,
    /// A row, and those of its columns that can be meant; none where any of them can.
    Row {
        /// The table.
        table: Table,
        /// The key without the tenant.
        key: Vec<Value>,
        /// The columns that can be meant.
        columns: Vec<&'static str>,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store => f.write_str("the store"),
            Self::Log => f.write_str("the log"),
            Self::Row { table, key, columns } => {
                table.fmt(f)?;
                for (n, value) in key.iter().enumerate() {
                    write!(f, "{}{value}", if n == 0 { " " } else { ", " })?;
                }
                match columns.as_slice() {
                    [] => Ok(()),
                    columns => write!(f, ", column {}", columns.join(" or ")),
                }
            }
        }
    }
}

/// What is wrong.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Flaw {
    /// A row is missing.
    #[error("the row is missing")]
    Missing,
    /// A row that no commit has written.
    #[error("no commit has written this row")]
    Extra,
    /// There are more or fewer rows than were read in their order.
    #[error("there are {found} rows of {table}, not {expected}")]
    Count {
        /// The table.
        table: Table,
        /// How many there must be.
        expected: u64,
        /// How many there are.
        found: u64,
    },
    /// A value is missing or of another kind than every ledger writes.
    #[error("there is {found}, which no ledger writes there")]
    Value {
        /// What is there, in short.
        found: Value,
    },
    /// The row, or what belongs to it, has not the hash that was committed to.
    #[error("this is not what was hashed: altered")]
    Hash,
    /// A value that follows from the events is another.
    #[error("this is not what follows from the events: altered")]
    Derived,
    /// The event does not follow on the one before it in its stream.
    #[error("the event does not follow on the one before it in its stream")]
    Chain,
    /// Bytes are missing, and no event says that they were erased.
    #[error("the {0} is missing, and no event says that it was erased")]
    NotErased(Part),
    /// An event says that something was erased, and it is still there, or never was.
    #[error("the event says that something was erased, and it was not")]
    NotGone,
    /// Something was erased while the stream was under a legal hold.
    #[error("something was erased while the stream was under a legal hold")]
    ErasedUnderHold,
    /// Something was erased by the commit that ended a legal hold, so that nobody could object.
    #[error("something was erased by the commit that ended a legal hold")]
    ErasedAtOnce,
    /// Nothing will ever deliver it, nor what comes after it in its line.
    #[error("nothing says when it is delivered: it and what comes after it wait for ever")]
    Stuck,
    /// An anchor is over another log than this one.
    #[error("the anchor is over {anchored}; this log has {found} there: rebuilt")]
    Anchor {
        /// What was anchored.
        anchored: Checkpoint,
        /// The root of this log at that size.
        found: Hash,
    },
    /// The log has fewer events than it had.
    #[error("the log had {} events and has {size}: its tail was cut off", kept.size)]
    CutOff {
        /// What somebody kept.
        kept: Checkpoint,
        /// How many events there are.
        size: u64,
    },
    /// The log is not the one that it was.
    #[error("the log was {kept} and has {found} there: rebuilt")]
    Rebuilt {
        /// What somebody kept.
        kept: Checkpoint,
        /// The root of this log at that size.
        found: Hash,
    },
    /// Something in the store's schema, or what the database finds itself.
    #[error("{0}")]
    Store(String),
}
