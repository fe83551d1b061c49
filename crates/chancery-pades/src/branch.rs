//! The groups of fields above a new field: `contract.seller.signature` stands in `seller`, which stands in `contract`
//! (ISO 32000-2, 12.7.4.2).

use chancery_pdf::{Dictionary, Increment, Object, PdfString, Reference, View};

use crate::PadesError;
use crate::append::{Appended, append_to_array};
use crate::form::Field;

/// A name has no more parts; the form is not read deeper.
const MAX_PARTS: usize = 32;

/// A new field under the groups that its name says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Branch {
    /// The last part of the name: its `/T`.
    pub(crate) name: String,
    /// The group that it stands in, if any: its `/Parent`.
    pub(crate) parent: Option<Reference>,
}

impl Branch {
    /// Hangs a new field into the form, under groups that are there, as far as they are, and new ones for the rest.
    ///
    /// # Errors
    /// If a part of the name is empty, or is a field and no group; or if a group would have to be changed or made after
    /// somebody signed.
    pub(crate) fn grow(
        view: &View<'_>,
        increment: &mut Increment<'_>,
        form: &mut Dictionary,
        (name, field): (&str, Reference),
        existing: &[Field],
    ) -> Result<Self, PadesError> {
        let refused = || PadesError::FieldName { name: name.into() };
        let parts: Vec<&str> = name.split('.').collect();
        let Some((last, groups)) = parts.split_last() else { return Err(refused()) };
        if parts.iter().any(|part| part.is_empty()) || parts.len() > MAX_PARTS {
            return Err(refused());
        }
        // A group is part of what was signed: verifiers take what is added to it for a change of that.
        let signed = existing.iter().find(|field| field.is_signature() && field.value.is_some());
        if let Some(signed) = signed.filter(|_| !groups.is_empty()) {
            return Err(PadesError::FieldGroupSigned { name: name.into(), by: signed.name.clone() });
        }
        let mut found: Option<(Reference, Dictionary)> = None;
        let mut missing = groups;
        while let [part, rest @ ..] = missing {
            let (holder, key) = found.as_ref().map_or((&*form, "Fields"), |(_, group)| (group, "Kids"));
            let Some(group) = group(view, holder, key, part)? else { break };
            (found, missing) = (Some(group), rest);
        }
        // What is a field already holds a value and no other fields, and a group is no field.
        let above = groups.get(..=groups.len() - missing.len()).map(|parts| parts.join("."));
        let field_above = above.filter(|above| existing.iter().any(|field| field.name == *above));
        let below = format!("{name}.");
        let group_here = existing.iter().any(|field| field.name.starts_with(&below)).then(|| name.to_owned());
        if let Some(name) = field_above.or(group_here) {
            return Err(PadesError::FieldOfOtherKind { name });
        }

        // New groups from the top down; each refers to the next.
        let mut parent = found.as_ref().map(|(reference, _)| *reference);
        let places: Vec<Reference> = missing.iter().map(|_| increment.allocate()).collect();
        let kids = places.iter().skip(1).copied().chain([field]);
        for ((part, place), kid) in missing.iter().zip(&places).zip(kids) {
            let mut group = Dictionary::new();
            group.set("T", PdfString::text(part));
            group.set("Kids", vec![kid.into()]);
            if let Some(parent) = parent {
                group.set("Parent", parent);
            }
            increment.put(*place, &group.into())?;
            parent = Some(*place);
        }
        let top = places.first().copied().unwrap_or(field);
        match found {
            None => {
                append_to_array(view, increment, form, "Fields", top)?;
            }
            Some((reference, mut group)) => {
                if append_to_array(view, increment, &mut group, "Kids", top)? == Appended::Here {
                    increment.put(reference, &group.into())?;
                }
            }
        }
        Ok(Self { name: (*last).to_owned(), parent })
    }
}

/// The group of this name among the kids of another, or of the form.
fn group(
    view: &View<'_>,
    holder: &Dictionary,
    key: &str,
    name: &str,
) -> Result<Option<(Reference, Dictionary)>, PadesError> {
    let kids = view.value(holder, key)?;
    for kid in kids.as_array().unwrap_or_default() {
        let Some(reference) = kid.as_reference() else { continue };
        let Object::Dictionary(entries) = view.object(reference)? else { continue };
        let is_named = view.value(&entries, "T")?.as_string().is_some_and(|found| found.to_text() == name);
        if is_named && is_group(view, &entries)? {
            return Ok(Some((reference, entries)));
        }
    }
    Ok(None)
}

/// Whether a field holds other fields: kids with names.
fn is_group(view: &View<'_>, entries: &Dictionary) -> Result<bool, PadesError> {
    let kids = view.value(entries, "Kids")?;
    for kid in kids.as_array().unwrap_or_default() {
        if view.resolve(kid)?.as_dictionary().is_some_and(|kid| kid.get("T").is_some()) {
            return Ok(true);
        }
    }
    Ok(false)
}
