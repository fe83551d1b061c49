//! From text to records.

use super::error::{CsvError, CsvFault};
use super::table::CsvLimits;

/// One line of the table: where it begins, and its fields.
pub(super) struct RawRecord {
    pub(super) line: usize,
    pub(super) fields: Vec<String>,
}

/// Reads records one after the other. Each byte is looked at once.
pub(super) struct Reader<'t> {
    rest: &'t str,
    line: usize,
    limits: CsvLimits,
}

/// What follows a field.
enum Next {
    Field,
    Record,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str, limits: CsvLimits) -> Self {
        Self { rest: text, line: 1, limits }
    }

    /// The next record, or `None` at the end. Empty lines are passed over, as spreadsheets leave them at the end.
    pub(super) fn record(&mut self) -> Result<Option<RawRecord>, CsvError> {
        while let Some(rest) = self.rest.strip_prefix("\r\n").or_else(|| self.rest.strip_prefix('\n')) {
            self.rest = rest;
            self.line += 1;
        }
        if self.rest.is_empty() {
            return Ok(None);
        }
        let line = self.line;
        let mut fields = Vec::new();
        loop {
            let column = fields.len() + 1;
            if column > self.limits.columns {
                return Err(self.error(line, None, CsvFault::Columns { most: self.limits.columns }));
            }
            let (field, next) =
                if self.rest.starts_with('"') { self.quoted(column)? } else { self.bare(column)? };
            fields.push(field);
            match next {
                Next::Field => {}
                Next::Record => return Ok(Some(RawRecord { line, fields })),
            }
        }
    }

    /// `TEXTDATA` up to a comma, the end of the line or of the text.
    fn bare(&mut self, column: usize) -> Result<(String, Next), CsvError> {
        let end = self.rest.find([',', '\n', '\r', '"']).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at(end);
        self.check(text, self.line, column)?;
        if rest.starts_with('"') {
            return Err(self.error(self.line, Some(column), CsvFault::Quote));
        }
        self.rest = rest;
        Ok((text.to_owned(), self.separator(column)?))
    }

    /// `DQUOTE *(… / 2DQUOTE) DQUOTE`.
    fn quoted(&mut self, column: usize) -> Result<(String, Next), CsvError> {
        let began = self.line;
        let mut field = String::new();
        self.rest = self.rest.get(1..).unwrap_or_default();
        loop {
            let Some(end) = self.rest.find('"') else {
                return Err(self.error(began, Some(column), CsvFault::NeverClosed));
            };
            let (text, rest) = self.rest.split_at(end);
            field.push_str(text);
            if field.len() > self.limits.field {
                return Err(self.error(began, Some(column), CsvFault::Field { most: self.limits.field }));
            }
            self.line += text.matches('\n').count();
            self.rest = rest.get(1..).unwrap_or_default();
            match self.rest.strip_prefix('"') {
                Some(rest) => {
                    field.push('"');
                    self.rest = rest;
                }
                None => break,
            }
        }
        self.check(&field, began, column)?;
        if !self.rest.is_empty() && !self.rest.starts_with([',', '\n', '\r']) {
            return Err(self.error(self.line, Some(column), CsvFault::AfterQuote));
        }
        Ok((field, self.separator(column)?))
    }

    fn separator(&mut self, column: usize) -> Result<Next, CsvError> {
        if let Some(rest) = self.rest.strip_prefix(',') {
            self.rest = rest;
            return Ok(Next::Field);
        }
        if let Some(rest) = self.rest.strip_prefix("\r\n").or_else(|| self.rest.strip_prefix('\n')) {
            self.rest = rest;
            self.line += 1;
            return Ok(Next::Record);
        }
        if self.rest.is_empty() {
            return Ok(Next::Record);
        }
        Err(self.error(self.line, Some(column), CsvFault::LoneReturn))
    }

    /// Length and characters of a field. Line ends are allowed in quotes; elsewhere they never come here.
    fn check(&self, text: &str, line: usize, column: usize) -> Result<(), CsvError> {
        if text.len() > self.limits.field {
            return Err(self.error(line, Some(column), CsvFault::Field { most: self.limits.field }));
        }
        let mut before = line;
        for character in text.chars() {
            match character {
                '\n' => before += 1,
                '\r' | '\t' => {}
                control if control.is_control() => {
                    return Err(self.error(before, Some(column), CsvFault::Control(u32::from(control))));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn error(&self, line: usize, column: Option<usize>, fault: CsvFault) -> CsvError {
        CsvError { line, column, fault }
    }
}
