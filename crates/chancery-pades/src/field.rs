//! Putting a signature into a field of the form: an empty one that is there, or a new one.

use std::collections::HashSet;

use chancery_pdf::{Dictionary, Increment, Name, Object, PdfString, Reference, View};

use crate::appearance::{Seen, Visible};
use crate::append::append_to_array;
use crate::catalog::Catalog;
use crate::dictionary::Kind;
use crate::form::{Field, fields, form};
use crate::{PadesError, widget};

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
}

/// Writes the objects that make `signature` the value of a field; what was drawn for it.
pub(crate) fn place(
    catalog: &mut Catalog<'_>,
    increment: &mut Increment<'_>,
    signature: Reference,
    wanted: &WantedField<'_>,
) -> Result<Option<Seen>, PadesError> {
    let view = &catalog.view();
    let mut form_dictionary = form(view, catalog.dictionary())?;
    let existing = fields(view, &form_dictionary)?;
    let WantedField { kind, name, page, visible } = *wanted;
    let found = name.and_then(|name| existing.iter().find(|field| field.name == name));
    let seen = match found {
        Some(field) => fill(view, increment, (field, signature), visible.as_ref())?,
        None => {
            let name = match name {
                Some(name) if name.is_empty() || name.contains('.') => {
                    return Err(PadesError::FieldName { name: name.into() });
                }
                Some(name) => name.to_owned(),
                None => free_name(&existing, kind),
            };
            let place = increment.allocate();
            let mut entries = Dictionary::new();
            entries.set("Type", Name::from("Annot"));
            entries.set("Subtype", Name::from("Widget"));
            entries.set("FT", Name::from("Sig"));
            entries.set("T", PdfString::text(&name));
            entries.set("V", signature);
            let seen = widget::add(view, increment, (place, entries), (page, visible.as_ref()), &existing)?;
            append_to_array(view, increment, &mut form_dictionary, "Fields", place)?;
            seen
        }
    };
    form_dictionary.set("SigFlags", Object::Integer(SIGNATURES_EXIST_APPEND_ONLY));
    // A direct form stays in the catalog with all that it holds.
    catalog.put(increment, "AcroForm", form_dictionary)?;
    Ok(seen)
}

fn fill(
    view: &View<'_>,
    increment: &mut Increment<'_>,
    (field, signature): (&Field, Reference),
    visible: Option<&Visible<'_>>,
) -> Result<Option<Seen>, PadesError> {
    let name = field.name.clone();
    if !field.is_signature() {
        return Err(PadesError::FieldOfOtherKind { name });
    }
    if field.value.is_some() {
        return Err(PadesError::FieldSigned { name });
    }
    // A lock or seed values that are not honoured would make a signature that says less than its field asks for.
    let asks_for = [("Lock", "a lock (/Lock)"), ("SV", "seed values (/SV)")];
    if let Some((_, entry)) = asks_for.iter().find(|(key, _)| field.dictionary.get(key).is_some()) {
        return Err(PadesError::FieldConstraint { name, entry });
    }
    let Some(reference) = field.reference else {
        return Err(PadesError::FieldConstraint { name, entry: "no object number of its own" });
    };
    let mut dictionary = field.dictionary.clone();
    dictionary.set("V", signature);
    let seen = visible.map(|visible| widget::show(view, increment, (field, &mut dictionary), visible));
    let seen = seen.transpose()?;
    increment.put(reference, &dictionary.into())?;
    Ok(seen)
}

/// `Signature1` or `Timestamp1`, or the next number that no field has.
fn free_name(existing: &[Field], kind: Kind) -> String {
    let word = match kind {
        Kind::Signature => "Signature",
        Kind::Timestamp => "Timestamp",
    };
    let taken: HashSet<&str> = existing.iter().map(|field| field.name.as_str()).collect();
    let mut names = (1..).map(|number: u64| format!("{word}{number}"));
    names.find(|name| !taken.contains(name.as_str())).unwrap_or_default()
}
