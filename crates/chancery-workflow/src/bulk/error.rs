//! What is wrong with rows.

use std::fmt;

use thiserror::Error;

use crate::csv::CsvError;
use crate::draft_check::DraftFault;
use crate::refusal::Refusal;

/// What is wrong with a row, and where. Repeats no value of it: reports of faults travel further than tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// The line of the file on which the row begins.
    pub line: usize,
    /// The column, by number from 1 and name, if it is about one.
    pub column: Option<(usize, String)>,
    /// What is wrong.
    pub fault: BulkFault,
}

impl fmt::Display for RowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some((number, name)) = &self.column {
            write!(f, ", column {number} ({name})")?;
        }
        write!(f, ": {}", self.fault)
    }
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BulkFault {
    /// A column that a role needs is not there.
    #[error("the column {0} is missing")]
    ColumnMissing(String),
    /// A column that means nothing.
    #[error("this column means nothing; there can be: {}", .0.join(", "))]
    ColumnUnknown(Vec<String>),
    /// Nothing stands there.
    #[error("there must be something here")]
    Empty,
    /// What stands there is no title, name, address, number or language, or does not fit into its field.
    #[error("{0}")]
    Value(String),
    /// The application knows nobody of this name and address.
    #[error("this person cannot be asked: {0}")]
    Person(String),
    /// What comes of it could not be sent.
    #[error("{0}")]
    Draft(DraftFault),
    /// More rows than one batch takes.
    #[error("a batch has at most {most} rows; divide the table")]
    TooMany {
        /// The most rows.
        most: usize,
    },
    /// A table without rows.
    #[error("there are no rows")]
    NoRows,
}

/// Why nothing is planned: the table cannot be read, or rows are wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowFaults {
    /// It is no table.
    Table(CsvError),
    /// Rows are wrong: the first faults, and how many there are in all.
    Rows {
        /// The first [`RowFaults::SHOWN`] of them, by line.
        first: Vec<RowFault>,
        /// How many there are.
        all: usize,
    },
}

impl RowFaults {
    /// So many faults are told at once.
    pub const SHOWN: usize = 100;
}

impl fmt::Display for RowFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table(error) => error.fmt(f),
            Self::Rows { first, all } => {
                write!(f, "{all} faults, nothing was sent")?;
                first.iter().try_for_each(|fault| write!(f, "\n{fault}"))
            }
        }
    }
}

impl std::error::Error for RowFaults {}

/// A row that would be refused when it is sent. Nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}: {refusal}")]
pub struct BulkRefused {
    /// The line of the file.
    pub line: usize,
    /// Why.
    pub refusal: Refusal,
}
