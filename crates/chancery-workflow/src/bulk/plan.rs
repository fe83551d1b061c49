//! A batch that was read and found right.

use chancery_ledger::IdempotencyKey;
use rand_core::CryptoRng;
use sha2::{Digest, Sha256};

use super::column::{FieldColumn, field_columns, fill};
use super::error::{BulkFault, RowFault, RowFaults};
use super::row::{People, TITLE, bindings, needed_columns, person_columns};
use crate::command::{Command, Permissions};
use crate::csv::{Csv, CsvLimits, CsvRow};
use crate::draft::Draft;
use crate::draft_check::faults;
use crate::hex::hex_type;
use crate::id::{EnvelopeId, number};
use crate::names;
use crate::template::Template;

hex_type! {
    /// A batch: 128 random bits, kept by whoever sends it until all of it is sent. Who sends the same table under the
    /// same batch again makes nothing twice.
    BatchId, 16
}

impl BatchId {
    /// A new one.
    #[must_use]
    pub fn random<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Self::from_bytes(bytes)
    }
}

/// A batch that was read and found right, row by row. Nothing has been sent.
#[derive(Clone, Debug)]
pub struct BulkPlan {
    batch: BatchId,
    rows: Vec<PlannedRow>,
}

/// A row that can be sent.
#[derive(Clone, Debug)]
pub struct PlannedRow {
    /// The line of the file on which it began.
    pub line: usize,
    /// The envelope that it makes: always the same, of this row of this batch.
    pub envelope: EnvelopeId,
    /// Under which it is made once.
    pub key: IdempotencyKey,
    /// What is in it.
    pub draft: Draft,
}

impl PlannedRow {
    /// What is asked for, for those who send rows by a [`Runner`](chancery_ledger::Runner) of their own, one after the
    /// other: the draft, under [`PlannedRow::key`], and then its sending, for which a second attempt changes nothing.
    #[must_use]
    pub fn commands(&self, permissions: Permissions) -> [Command; 2] {
        let create = Command::CreateDraft { envelope: self.envelope, draft: Box::new(self.draft.clone()) };
        [create, Command::Send { permissions }]
    }
}

impl BulkPlan {
    /// So many rows are committed in one transaction of the store.
    pub const ROWS_AT_ONCE: usize = 500;
    /// So many rows are in one batch at the most.
    pub const MOST_ROWS: usize = 50_000;

    /// Reads a table (UTF-8, RFC 4180) and plans it.
    ///
    /// # Errors
    /// As [`BulkPlan::of`], or if it is no table.
    pub fn read(
        template: &Template,
        table: &[u8],
        batch: BatchId,
        people: &mut impl People,
    ) -> Result<Self, RowFaults> {
        let limits = CsvLimits { rows: Self::MOST_ROWS, ..CsvLimits::default() };
        Self::of(template, &Csv::read(table, limits).map_err(RowFaults::Table)?, batch, people)
    }

    /// Plans a table.
    ///
    /// # Errors
    /// [`RowFaults`] says what is wrong with which rows; nothing is planned unless all are right.
    pub fn of(
        template: &Template,
        csv: &Csv,
        batch: BatchId,
        people: &mut impl People,
    ) -> Result<Self, RowFaults> {
        let top = |fault| RowFaults::Rows { first: vec![RowFault { line: 1, column: None, fault }], all: 1 };
        if csv.rows().is_empty() {
            return Err(top(BulkFault::NoRows));
        }
        if csv.rows().len() > Self::MOST_ROWS {
            return Err(top(BulkFault::TooMany { most: Self::MOST_ROWS }));
        }
        let fields = field_columns(template);
        let mut found = header_faults(template, &fields, csv);
        if !found.is_empty() {
            let all = found.len();
            found.truncate(RowFaults::SHOWN);
            return Err(RowFaults::Rows { first: found, all });
        }
        let (mut rows, mut first, mut all) = (Vec::with_capacity(csv.rows().len()), Vec::new(), 0);
        for (n, row) in csv.rows().iter().enumerate() {
            match plan_row(template, &fields, row, people) {
                Ok(draft) => {
                    let (envelope, key) = names_of(batch, number(n));
                    rows.push(PlannedRow { line: row.line(), envelope, key, draft });
                }
                Err(faults) => {
                    all += faults.len();
                    let room = RowFaults::SHOWN.saturating_sub(first.len());
                    first.extend(faults.into_iter().take(room));
                }
            }
        }
        if all == 0 { Ok(Self { batch, rows }) } else { Err(RowFaults::Rows { first, all }) }
    }

    /// The names of all columns that a table for this template may have, for the header of an empty one.
    #[must_use]
    pub fn columns(template: &Template) -> Vec<String> {
        all_columns(template, &field_columns(template))
    }

    /// Which batch.
    #[must_use]
    pub const fn batch(&self) -> BatchId {
        self.batch
    }

    /// Its rows.
    #[must_use]
    pub fn rows(&self) -> &[PlannedRow] {
        &self.rows
    }
}

fn all_columns(template: &Template, fields: &[FieldColumn<'_>]) -> Vec<String> {
    person_columns(template).into_iter().chain(fields.iter().map(|column| column.name.clone())).collect()
}

/// What is wrong with the names of the columns.
fn header_faults(template: &Template, fields: &[FieldColumn<'_>], csv: &Csv) -> Vec<RowFault> {
    let known = all_columns(template, fields);
    let of_fields = fields.iter().filter(|column| column.is_needed()).map(|column| column.name.clone());
    let needed = needed_columns(template).into_iter().chain(of_fields);
    let missing = needed.filter(|name| !csv.columns().contains(name));
    let missing =
        missing.map(|name| RowFault { line: 1, column: None, fault: BulkFault::ColumnMissing(name) });
    let unknown =
        csv.columns().iter().enumerate().filter(|(_, name)| !known.contains(name)).map(|(n, name)| {
            let fault = BulkFault::ColumnUnknown(known.clone());
            RowFault { line: 1, column: Some((n + 1, name.clone())), fault }
        });
    missing.chain(unknown).collect()
}

fn plan_row(
    template: &Template,
    fields: &[FieldColumn<'_>],
    row: &CsvRow,
    people: &mut impl People,
) -> Result<Draft, Vec<RowFault>> {
    let mut found = Vec::new();
    let bindings = bindings(template, row, people, &mut found);
    let bindings = fill(fields, row, bindings, &mut found);
    let given = row.value(TITLE).map(str::trim).filter(|title| !title.is_empty());
    let title = given.unwrap_or(template.name().as_str());
    if !found.is_empty() {
        return Err(found);
    }
    let draft = template.instantiate(title, &bindings).map_err(|error| {
        // Every role is bound and every value checked by now; what is left is the title.
        let column = row.column_number(TITLE).map(|number| (number, TITLE.to_owned()));
        vec![RowFault { line: row.line(), column, fault: BulkFault::Value(error.to_string()) }]
    })?;
    let faults: Vec<_> = faults(&draft)
        .into_iter()
        .map(|fault| RowFault { line: row.line(), column: None, fault: BulkFault::Draft(fault) })
        .collect();
    if faults.is_empty() { Ok(draft) } else { Err(faults) }
}

/// The envelope of a row, and the key under which it is made.
fn names_of(batch: BatchId, row: u32) -> (EnvelopeId, IdempotencyKey) {
    let hash = Sha256::new_with_prefix(b"chancery bulk v1")
        .chain_update(batch.to_bytes())
        .chain_update(row.to_be_bytes())
        .finalize();
    let mut id = [0; 16];
    for (to, from) in id.iter_mut().zip(hash) {
        *to = from;
    }
    (EnvelopeId::from_bytes(id), names::key(&format!("bulk/{batch}/{row}")))
}
