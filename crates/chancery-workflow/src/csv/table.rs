//! A table that was read.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::error::{CsvError, CsvFault};
use super::reader::Reader;

/// How large a table may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CsvLimits {
    /// Bytes of the whole table.
    pub bytes: usize,
    /// Rows without the header.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// Bytes of a field.
    pub field: usize,
}

impl Default for CsvLimits {
    /// 32 MiB, 50,000 rows, 256 columns, 16 KiB a field.
    fn default() -> Self {
        Self { bytes: 32 << 20, rows: 50_000, columns: 256, field: 16 << 10 }
    }
}

/// A table with a header: every row has as many fields as there are columns, and every column has a name of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Csv {
    columns: Arc<Columns>,
    rows: Vec<CsvRow>,
}

#[derive(Debug, PartialEq, Eq)]
struct Columns {
    names: Vec<String>,
    places: BTreeMap<String, usize>,
}

impl Csv {
    /// Reads a table. Spaces around the names of columns are dropped, those of values are kept.
    ///
    /// # Errors
    /// [`CsvError`] says on which line and in which column, and what would help.
    pub fn read(bytes: &[u8], limits: CsvLimits) -> Result<Self, CsvError> {
        let top = |fault| CsvError { line: 1, column: None, fault };
        if bytes.len() > limits.bytes {
            return Err(top(CsvFault::Bytes { most: limits.bytes, found: bytes.len() }));
        }
        let text = str::from_utf8(bytes).map_err(|error| {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
            CsvError { line, column: None, fault: CsvFault::NotUtf8 }
        })?;
        let mut reader = Reader::new(text.strip_prefix('\u{feff}').unwrap_or(text), limits);
        let header = reader.record()?.ok_or_else(|| top(CsvFault::NoHeader))?;
        let columns = Arc::new(Columns::new(header.line, header.fields)?);
        let width = columns.names.len();
        let mut rows = Vec::new();
        while let Some(record) = reader.record()? {
            let (line, found) = (record.line, record.fields.len());
            if found != width {
                let fault = CsvFault::Width { header: width, row: found };
                return Err(CsvError { line, column: None, fault });
            }
            if rows.len() >= limits.rows {
                return Err(CsvError { line, column: None, fault: CsvFault::Rows { most: limits.rows } });
            }
            rows.push(CsvRow { line, columns: Arc::clone(&columns), fields: record.fields });
        }
        Ok(Self { columns, rows })
    }

    /// The names of the columns, in their order.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns.names
    }

    /// The rows without the header, in their order.
    #[must_use]
    pub fn rows(&self) -> &[CsvRow] {
        &self.rows
    }
}

impl Columns {
    fn new(line: usize, names: Vec<String>) -> Result<Self, CsvError> {
        let names: Vec<_> = names.iter().map(|name| name.trim().to_owned()).collect();
        let mut places = BTreeMap::new();
        for (place, name) in names.iter().enumerate() {
            let error = |fault| CsvError { line, column: Some(place + 1), fault };
            if name.is_empty() {
                return Err(error(CsvFault::Unnamed));
            }
            if places.insert(name.clone(), place).is_some() {
                return Err(error(CsvFault::NamedTwice(name.clone())));
            }
        }
        Ok(Self { names, places })
    }
}

/// One row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvRow {
    line: usize,
    columns: Arc<Columns>,
    fields: Vec<String>,
}

impl CsvRow {
    /// The line in the file on which it begins, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// What stands in a column. `None` if there is no such column.
    #[must_use]
    pub fn value(&self, column: &str) -> Option<&str> {
        let place = self.columns.places.get(column)?;
        self.fields.get(*place).map(String::as_str)
    }

    /// Where a column stands, from 1, as a person counts.
    #[must_use]
    pub fn column_number(&self, column: &str) -> Option<usize> {
        self.columns.places.get(column).map(|place| place + 1)
    }

    /// All values, in the order of the columns.
    #[must_use]
    pub fn values(&self) -> &[String] {
        &self.fields
    }
}

/// A value for a table that a spreadsheet will open: where it would be taken for a formula, a quote stands before it,
/// so that nobody's name computes anything. Values that are read are left as they are; this is for what is written.
///
/// ```
/// assert_eq!(chancery_workflow::csv::harmless("=1+1"), "'=1+1");
/// assert_eq!(chancery_workflow::csv::harmless("Jane"), "Jane");
/// ```
#[must_use]
pub fn harmless(value: &str) -> Cow<'_, str> {
    // Full-width signs are read as signs too (OWASP, "CSV Injection").
    let begins = value.trim_start_matches([' ', '\u{a0}', '\u{3000}']).chars().next();
    let formula =
        matches!(begins, Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠'));
    if formula { Cow::Owned(format!("'{value}")) } else { Cow::Borrowed(value) }
}
