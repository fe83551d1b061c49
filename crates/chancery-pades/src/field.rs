//! Putting a signature into a field of the form: an empty one that is there, or a new one.

use std::collections::HashSet;

use chancery_pdf::{Dictionary, Increment, Name, Object, PdfString, Reference, View};

use crate::PadesError;
use crate::appearance::{Seen, Visible};
use crate::branch::Branch;
use crate::catalog::Catalog;
use crate::dictionary::Kind;
use crate::field_place;
use crate::form::Field;
use crate::lock::Lock;
use crate::standing::Standing;
use crate::widget::NewWidget;

/// SignaturesExist and AppendOnly (ISO 32000-2, table 225).
const SIGNATURES_EXIST_APPEND_ONLY: i64 = 3;

/// The field that is to hold a signature or timestamp.
#[derive(Copy, Clone, Debug)]
pub(crate) struct WantedField<'w> {
    pub(crate) kind: Kind,
    /// Its full name; without it, a new one with the first free name.
    pub(crate) name: Option<&'w str>,
    /// The page of a new field that nobody sees.
    pub(crate) page: usize,
    pub(crate) visible: Option<Visible<'w>>,
    /// The lock that the field gets.
    pub(crate) lock: Option<&'w Lock>,
}

/// Writes the objects that make `signature` the value of a field; the catalog, which has to be written, and what was
/// drawn.
pub(crate) fn place<'d>(
    standing: Standing<'d>,
    (increment, signature): (&mut Increment<'_>, Reference),
    wanted: &WantedField<'_>,
) -> Result<(Catalog<'d>, Option<Seen>), PadesError> {
    let WantedField { kind, name, page, visible, lock } = *wanted;
    let found = name.and_then(|name| standing.field(name)).cloned();
    let Standing { mut catalog, form: mut form_dictionary, fields: existing, .. } = standing;
    let view = &catalog.view();
    let lock = lock.map(|lock| put_lock(increment, lock)).transpose()?;
    let seen = match found {
        Some(field) => fill(view, increment, (&field, signature, lock), visible.as_ref())?,
        None => {
            let name = match name {
                Some(name) => name.to_owned(),
                None => free_name(&existing, kind),
            };
            let place = increment.allocate();
            let mut entries = Dictionary::new();
            entries.set("Type", Name::from("Annot"));
            entries.set("Subtype", Name::from("Widget"));
            entries.set("FT", Name::from("Sig"));
            let grown = Branch::grow(view, increment, &mut form_dictionary, (&name, place), &existing)?;
            entries.set("T", PdfString::text(&grown.name));
            if let Some(parent) = grown.parent {
                entries.set("Parent", parent);
            }
            entries.set("V", signature);
            if let Some(lock) = lock {
                entries.set("Lock", lock);
            }
            let widget = NewWidget { reference: place, entries, page, visible: visible.as_ref() };
            widget.add(&catalog, increment, &existing)?
        }
    };
    form_dictionary.set("SigFlags", Object::Integer(SIGNATURES_EXIST_APPEND_ONLY));
    // A direct form stays in the catalog with all that it holds.
    catalog.put(increment, "AcroForm", form_dictionary)?;
    Ok((catalog, seen))
}

fn fill(
    view: &View<'_>,
    increment: &mut Increment<'_>,
    (field, signature, lock): (&Field, Reference, Option<Reference>),
    visible: Option<&Visible<'_>>,
) -> Result<Option<Seen>, PadesError> {
    refuse_filled(field)?;
    let Some(reference) = field.reference else {
        return Err(PadesError::FieldConstraint {
            name: field.name.clone(),
            entry: "no object number of its own",
        });
    };
    let mut dictionary = field.dictionary.clone();
    dictionary.set("V", signature);
    if let Some(lock) = lock {
        dictionary.set("Lock", lock);
    }
    let seen = visible.map(|visible| field_place::show(view, increment, (field, &mut dictionary), visible));
    let seen = seen.transpose()?;
    increment.put(reference, &dictionary.into())?;
    Ok(seen)
}

/// Only an empty signature field can be signed.
///
/// # Errors
/// If this is none.
pub(crate) fn refuse_filled(field: &Field) -> Result<(), PadesError> {
    let name = field.name.clone();
    if !field.is_signature() {
        return Err(PadesError::FieldOfOtherKind { name });
    }
    if field.value.is_some() { Err(PadesError::FieldSigned { name }) } else { Ok(()) }
}

/// A lock must be an object of its own (ISO 32000-2, table 235).
fn put_lock(increment: &mut Increment<'_>, lock: &Lock) -> Result<Reference, PadesError> {
    let place = increment.allocate();
    increment.put(place, &lock.to_dictionary().into())?;
    Ok(place)
}

/// `Signature1` or `Timestamp1`, or the next number that neither a field nor a group of fields has.
pub(crate) fn free_name(existing: &[Field], kind: Kind) -> String {
    let word = match kind {
        Kind::Signature(_) => "Signature",
        Kind::Timestamp => "Timestamp",
    };
    let taken: HashSet<&str> = existing.iter().filter_map(|field| field.name.split('.').next()).collect();
    let mut names = (1..).map(|number: u64| format!("{word}{number}"));
    names.find(|name| !taken.contains(name.as_str())).unwrap_or_default()
}
