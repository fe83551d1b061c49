//! What is wrong with a table, and where.

use std::fmt;

use thiserror::Error;

/// Where a table cannot be read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvError {
    /// The line in the file, from 1, as an editor counts them.
    pub line: usize,
    /// The column of the table, from 1, if it is about one.
    pub column: Option<usize>,
    /// What is wrong.
    pub fault: CsvFault,
}

impl fmt::Display for CsvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}", self.fault)
    }
}

impl std::error::Error for CsvError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.fault)
    }
}

/// What is wrong with a table. Repeats nothing of what is in it but the names of its columns.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CsvFault {
    /// Longer than is taken.
    #[error("the table has {found} bytes; at most {most} are read")]
    Bytes {
        /// The most bytes.
        most: usize,
        /// How many there are.
        found: usize,
    },
    /// Bytes that are no UTF-8: saved in an older encoding.
    #[error("this is not UTF-8; save the table as \"CSV UTF-8\"")]
    NotUtf8,
    /// No header.
    #[error("the first line must name the columns")]
    NoHeader,
    /// More columns than are taken.
    #[error("more than {most} columns")]
    Columns {
        /// The most columns.
        most: usize,
    },
    /// More rows than are taken.
    #[error("more than {most} rows; divide the table")]
    Rows {
        /// The most rows.
        most: usize,
    },
    /// A field longer than is taken.
    #[error("a field of more than {most} bytes")]
    Field {
        /// The most bytes.
        most: usize,
    },
    /// A column without a name.
    #[error("a column without a name")]
    Unnamed,
    /// Two columns of one name.
    #[error("two columns are named {0:?}")]
    NamedTwice(String),
    /// A row of another width than the header.
    #[error("the header has {header} columns, this row has {row}")]
    Width {
        /// How many the header has.
        header: usize,
        /// How many the row has.
        row: usize,
    },
    /// A quote inside a field that does not begin with one.
    #[error(
        "a quote inside a field that does not begin with one; put the field in quotes and double the quote"
    )]
    Quote,
    /// Something other than a separator after a closing quote.
    #[error("text after the closing quote; a quote inside quotes is written twice")]
    AfterQuote,
    /// The quote was never closed.
    #[error("the quote that begins here is never closed")]
    NeverClosed,
    /// CR without LF.
    #[error("a carriage return without a line feed")]
    LoneReturn,
    /// A control character other than the end of a line inside quotes.
    #[error("the control character U+{0:04X}")]
    Control(u32),
}
