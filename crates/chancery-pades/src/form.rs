//! The form of a document: its fields, found by their full names (ISO 32000-2, 12.7).

use std::collections::HashSet;

use chancery_pdf::{Dictionary, Object, Reference, View};

use crate::PadesError;

/// More fields than this are refused; the largest forms of tax offices have some thousands.
const MAX_FIELDS: usize = 100_000;
/// All names together: parents pass theirs on to every kid.
const MAX_NAME_BYTES: usize = 64 << 20;
/// Fields nest as deep as names have parts.
const MAX_DEPTH: usize = 32;

/// A field that holds or can hold a value: a leaf of the tree of fields.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// The names from the root down, joined by periods.
    pub(crate) name: String,
    /// The object, if the field is one of its own, as it must be.
    pub(crate) reference: Option<Reference>,
    pub(crate) dictionary: Dictionary,
    /// `/FT`, which may be inherited.
    pub(crate) kind: Option<String>,
    /// `/V`, which may be inherited.
    pub(crate) value: Option<Object>,
}

impl Field {
    pub(crate) fn is_signature(&self) -> bool {
        self.kind.as_deref() == Some("Sig")
    }
}

/// The interactive form dictionary, empty if there is none.
pub(crate) fn form(view: &View<'_>, catalog: &Dictionary) -> Result<Dictionary, PadesError> {
    Ok(view.value(catalog, "AcroForm")?.as_dictionary().cloned().unwrap_or_default())
}

/// Every leaf of the tree of fields, in the order of the form.
pub(crate) fn fields(view: &View<'_>, form: &Dictionary) -> Result<Vec<Field>, PadesError> {
    let mut walk = Walk { view, fields: Vec::new(), seen: HashSet::new(), name_bytes: 0 };
    let roots = view.value(form, "Fields")?;
    for root in roots.as_array().unwrap_or_default() {
        walk.descend(root, &Inherited::default(), 0)?;
    }
    Ok(walk.fields)
}

/// What a field passes on to its kids.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Inherited {
    pub(crate) name: String,
    pub(crate) kind: Option<String>,
    pub(crate) value: Option<Object>,
}

impl Inherited {
    /// The same with what a field says itself: its `/T` and `/FT`, references followed, and its `/V`.
    pub(crate) fn below(&self, name: &Object, kind: &Object, dictionary: &Dictionary) -> Self {
        let mut here = self.clone();
        if let Some(name) = name.as_string() {
            if !here.name.is_empty() {
                here.name.push('.');
            }
            here.name.push_str(&name.to_text());
        }
        if let Some(kind) = kind.as_name() {
            here.kind = Some(String::from_utf8_lossy(kind.as_bytes()).into_owned());
        }
        if let Some(value) = dictionary.get("V").filter(|value| !value.is_null()) {
            here.value = Some(value.clone());
        }
        here
    }
}

/// # Errors
/// [`PadesError::TooMany`] if there are more fields than this.
pub(crate) const fn check_count(fields: usize) -> Result<(), PadesError> {
    if fields > MAX_FIELDS {
        return Err(PadesError::TooMany { what: "form fields", limit: MAX_FIELDS });
    }
    Ok(())
}

/// # Errors
/// [`PadesError::TooMany`] if a field stands deeper.
pub(crate) const fn check_depth(depth: usize) -> Result<(), PadesError> {
    if depth > MAX_DEPTH {
        return Err(PadesError::TooMany { what: "levels of form fields", limit: MAX_DEPTH });
    }
    Ok(())
}

/// # Errors
/// [`PadesError::TooMany`] if the full names of all fields and groups have more bytes.
pub(crate) const fn check_name_bytes(bytes: usize) -> Result<(), PadesError> {
    if bytes > MAX_NAME_BYTES {
        return Err(PadesError::TooMany { what: "bytes of field names", limit: MAX_NAME_BYTES });
    }
    Ok(())
}

/// Kids with a name are fields; kids without one are widgets of the same field.
pub(crate) fn has_name(kid: &Object) -> bool {
    kid.as_dictionary().is_some_and(|kid| kid.get("T").is_some())
}

struct Walk<'v, 'd> {
    view: &'v View<'d>,
    fields: Vec<Field>,
    /// Fields and lists of kids that were read: each is read once, however many parents it has.
    seen: HashSet<u32>,
    name_bytes: usize,
}

impl Walk<'_, '_> {
    fn descend(&mut self, node: &Object, above: &Inherited, depth: usize) -> Result<(), PadesError> {
        check_depth(depth)?;
        let reference = node.as_reference();
        // A field that is its own descendant, or stands twice, is read once.
        if reference.is_some_and(|reference| !self.seen.insert(reference.number)) {
            return Ok(());
        }
        let Object::Dictionary(dictionary) = self.view.resolve(node)? else { return Ok(()) };
        let (name, kind) = (self.view.value(&dictionary, "T")?, self.view.value(&dictionary, "FT")?);
        let here = above.below(&name, &kind, &dictionary);
        self.name_bytes = self.name_bytes.saturating_add(here.name.len());
        check_name_bytes(self.name_bytes)?;
        let shared = dictionary.get("Kids").and_then(Object::as_reference);
        if shared.is_some_and(|kids| !self.seen.insert(kids.number)) {
            return Ok(());
        }
        let kids = self.view.value(&dictionary, "Kids")?;
        let named_kids = self.named_kids(kids.as_array().unwrap_or_default())?;
        if named_kids.is_empty() {
            check_count(self.fields.len() + 1)?;
            let Inherited { name, kind, value } = here;
            self.fields.push(Field { name, reference, dictionary, kind, value });
            return Ok(());
        }
        named_kids.iter().try_for_each(|kid| self.descend(kid, &here, depth + 1))
    }

    /// The kids that are fields.
    fn named_kids(&self, kids: &[Object]) -> Result<Vec<Object>, PadesError> {
        check_count(kids.len())?;
        let mut named = Vec::new();
        for kid in kids {
            if has_name(&self.view.resolve(kid)?) {
                named.push(kid.clone());
            }
        }
        Ok(named)
    }
}
