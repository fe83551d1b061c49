//! Which column fills which field.

use std::collections::{BTreeMap, BTreeSet};

use super::error::{BulkFault, RowFault};
use super::row::person_columns;
use crate::csv::CsvRow;
use crate::field::{Field, Need};
use crate::id::{DocumentId, FieldId, PartyId, index, number};
use crate::rules::Permission;
use crate::template::{Bindings, Template};
use crate::text::Text;

/// The fields of one name, role and document: in a PDF they are one field, shown at several places.
type Group<'t> = Vec<(FieldId, &'t Field)>;

/// A column of values, and the fields that they stand in: one, or several of one name, role and document.
pub(super) struct FieldColumn<'t> {
    pub(super) name: String,
    fields: Group<'t>,
}

impl FieldColumn<'_> {
    /// Whether every row must have a value: else a field stays empty that must be filled, and that nobody may fill.
    pub(super) fn is_needed(&self) -> bool {
        let is_needed = |field: &Field| {
            field.change == Permission::Forbidden && field.need == Need::Required && field.prefill.is_none()
        };
        self.fields.iter().any(|(_, field)| is_needed(field))
    }
}

/// A column for each field that a sender may write into, in the order of the fields. Each has the shortest of the names
/// `Rent`, `tenant.Rent`, `tenant.lease.pdf.Rent` that no other field and no column of people has.
pub(super) fn field_columns(template: &Template) -> Vec<FieldColumn<'_>> {
    let mut groups: BTreeMap<(DocumentId, PartyId, &Text), Group<'_>> = BTreeMap::new();
    for (n, field) in template.draft().fields.iter().enumerate() {
        if template.may_prefill(field) {
            let group = groups.entry((field.document, field.party, &field.name)).or_default();
            group.push((FieldId::new(number(n)), field));
        }
    }
    let mut taken: BTreeSet<String> = person_columns(template).into_iter().collect();
    let mut columns = Vec::new();
    for spelled in [plain, of_role, of_document] {
        let mut names: BTreeMap<String, usize> = BTreeMap::new();
        for name in groups.values().filter_map(|group| spelled(template, group)) {
            *names.entry(name).or_default() += 1;
        }
        groups.retain(|_, group| {
            let name = spelled(template, group).filter(|name| names.get(name) == Some(&1));
            let Some(name) = name.filter(|name| !taken.contains(name)) else { return true };
            columns.push(FieldColumn { name, fields: std::mem::take(group) });
            false
        });
        taken.extend(names.into_keys());
    }
    columns.sort_by_key(|column| column.fields.first().map(|(id, _)| *id));
    columns
}

fn plain(_: &Template, group: &[(FieldId, &Field)]) -> Option<String> {
    group.first().map(|(_, field)| field.name.to_string())
}

fn of_role(template: &Template, group: &[(FieldId, &Field)]) -> Option<String> {
    let (_, field) = group.first()?;
    Some(format!("{}.{}", template.roles().get(index(field.party.number()))?, field.name))
}

fn of_document(template: &Template, group: &[(FieldId, &Field)]) -> Option<String> {
    let (_, field) = group.first()?;
    let role = template.roles().get(index(field.party.number()))?;
    let document = template.draft().documents.get(index(field.document.number()))?;
    Some(format!("{role}.{}.{}", document.name, field.name))
}

/// The values of a row. What is wrong is added to the faults; an empty one leaves what the template says.
pub(super) fn fill(
    columns: &[FieldColumn<'_>],
    row: &CsvRow,
    mut bindings: Bindings,
    faults: &mut Vec<RowFault>,
) -> Bindings {
    for column in columns {
        let Some(value) = row.value(&column.name).map(str::trim) else { continue };
        let mut wrong = |fault| {
            let place = row.column_number(&column.name).map(|number| (number, column.name.clone()));
            faults.push(RowFault { line: row.line(), column: place, fault });
        };
        if value.is_empty() {
            if column.is_needed() {
                wrong(BulkFault::Empty);
            }
            continue;
        }
        let value = match Text::new(value) {
            Ok(value) => value,
            Err(why) => {
                wrong(BulkFault::Value(why.to_string()));
                continue;
            }
        };
        match column.fields.iter().find_map(|(_, field)| field.check(&value).err()) {
            Some(right) => wrong(BulkFault::Value(format!("this field takes {right}"))),
            None => {
                bindings = column
                    .fields
                    .iter()
                    .fold(bindings, |bindings, (id, _)| bindings.fill(*id, value.clone()));
            }
        }
    }
    bindings
}
