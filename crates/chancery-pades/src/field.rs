//! Putting a signature into a field of the form: an empty one that is there, or a new one.

use std::collections::HashSet;

use chancery_pdf::{Dictionary, Increment, Object, PdfString, Reference, View};

use crate::PadesError;
use crate::catalog::Catalog;
use crate::dictionary::Kind;
use crate::form::{Field, fields, form};

/// Annotation flags Print (3) and Locked (8) (ISO 32000-2, table 167): PDF/A wants the first, and nobody should
/// move a signature.
const PRINT_AND_LOCKED: i64 = 4 + 128;
/// SignaturesExist and AppendOnly (ISO 32000-2, table 225).
const SIGNATURES_EXIST_APPEND_ONLY: i64 = 3;

/// Writes the objects that make `signature` the value of the field called `name`, or of a new field with the first
/// free name.
pub(crate) fn place(
    catalog: &mut Catalog<'_>,
    increment: &mut Increment<'_>,
    signature: Reference,
    (kind, name): (Kind, Option<&str>),
) -> Result<(), PadesError> {
    let view = &catalog.view();
    let mut form_dictionary = form(view, catalog.dictionary())?;
    let existing = fields(view, &form_dictionary)?;
    let found = name.and_then(|name| existing.iter().find(|field| field.name == name));
    match found {
        Some(field) => fill(increment, field, signature)?,
        None => {
            let name = match name {
                Some(name) if name.is_empty() || name.contains('.') => {
                    return Err(PadesError::FieldName { name: name.into() });
                }
                Some(name) => name.to_owned(),
                None => free_name(&existing, kind),
            };
            let widget = new_widget(view, increment, signature, &name)?;
            append_to_array(view, increment, &mut form_dictionary, "Fields", widget)?;
        }
    }
    form_dictionary.set("SigFlags", Object::Integer(SIGNATURES_EXIST_APPEND_ONLY));
    // A direct form stays in the catalog with all that it holds.
    catalog.put(increment, "AcroForm", form_dictionary)
}

fn fill(increment: &mut Increment<'_>, field: &Field, signature: Reference) -> Result<(), PadesError> {
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
    dictionary.set("V", Object::Reference(signature));
    Ok(increment.put(reference, &Object::Dictionary(dictionary))?)
}

/// A field and its only widget in one object, invisible, on the first page.
fn new_widget(
    view: &View<'_>,
    increment: &mut Increment<'_>,
    signature: Reference,
    name: &str,
) -> Result<Reference, PadesError> {
    let (page_reference, mut page) = view.page(0)?;
    let widget = increment.allocate();
    let mut dictionary = Dictionary::new();
    dictionary.set("Type", Object::Name("Annot".into()));
    dictionary.set("Subtype", Object::Name("Widget".into()));
    dictionary.set("FT", Object::Name("Sig".into()));
    dictionary.set("T", Object::String(PdfString::text(name)));
    dictionary.set("V", Object::Reference(signature));
    dictionary.set("F", Object::Integer(PRINT_AND_LOCKED));
    dictionary.set("Rect", Object::Array(vec![Object::Integer(0); 4]));
    dictionary.set("P", Object::Reference(page_reference));
    increment.put(widget, &Object::Dictionary(dictionary))?;
    if append_to_array(view, increment, &mut page, "Annots", widget)? == Appended::Here {
        increment.put(page_reference, &Object::Dictionary(page))?;
    }
    Ok(widget)
}

/// Where an array was that an element was appended to.
#[derive(Eq, PartialEq)]
enum Appended {
    /// In the dictionary itself, which has to be written.
    Here,
    /// In an object of its own, which was written.
    Elsewhere,
}

/// Appends a reference to an array that is the value of a key, or begins the array.
fn append_to_array(
    view: &View<'_>,
    increment: &mut Increment<'_>,
    dictionary: &mut Dictionary,
    key: &str,
    element: Reference,
) -> Result<Appended, PadesError> {
    let before = view.value(dictionary, key)?;
    let mut array = before.as_array().map(<[Object]>::to_vec).unwrap_or_default();
    array.push(Object::Reference(element));
    match dictionary.get(key).and_then(Object::as_reference) {
        Some(reference) if before.as_array().is_some() => {
            increment.put(reference, &Object::Array(array))?;
            Ok(Appended::Elsewhere)
        }
        _ => {
            dictionary.set(key, Object::Array(array));
            Ok(Appended::Here)
        }
    }
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
