//! Rows from a spreadsheet: comma-separated values (RFC 4180), with a header, bounded, and with errors that say where.
//!
//! ```
//! use chancery_workflow::csv::{Csv, CsvLimits};
//!
//! let csv = Csv::read(b"name,email\r\n\"Doe, Jane\",jane@example.org\r\n", CsvLimits::default())?;
//! assert_eq!(csv.rows()[0].value("name"), Some("Doe, Jane"));
//!
//! let error = Csv::read(b"name,email\nJane\n", CsvLimits::default()).unwrap_err();
//! assert_eq!(error.to_string(), "line 2: the header has 2 columns, this row has 1");
//! # Ok::<(), chancery_workflow::csv::CsvError>(())
//! ```
//!
//! Lines may end in LF alone, and a byte order mark of UTF-8 is taken for none: both come out of spreadsheets. Whatever
//! is doubtful is refused, not guessed: text after a closing quote, a quote inside a bare field, a lone CR.

mod error;
mod reader;
mod table;

pub use error::{CsvError, CsvFault};
pub use table::{Csv, CsvLimits, CsvRow, harmless};
