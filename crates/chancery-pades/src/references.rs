//! Which objects refer to the ones that later revisions changed, and as what.

use std::collections::{BTreeMap, BTreeSet};

use chancery_pdf::{Change, Dictionary, Name, Object, PdfError, Reference, View};

use crate::PadesError;

/// Who refers to the objects of interest, in a revision and what came before it. Made by one walk over the objects of
/// the oldest revision, and continued with what each later one changed.
pub(crate) struct References {
    uses: BTreeMap<u32, BTreeSet<Use>>,
    /// The uses of whole lists of annotations, kids and fields, of interest or not: what stands in them did not change.
    lists: BTreeMap<u32, BTreeSet<Use>>,
    interesting: BTreeSet<u32>,
    /// The fonts that default appearances (`/DA`) name.
    style_fonts: BTreeSet<Name>,
    /// Whether one is an object of its own, so that it may name any.
    styles_apart: Apart,
    unreadable: Option<u32>,
}

/// One use of an object: by which object, under which key of its dictionary (empty in an array).
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Use {
    pub(crate) from: u32,
    pub(crate) key: String,
}

impl Use {
    pub(crate) fn is(&self, from: Option<u32>, key: &str) -> bool {
        Some(self.from) == from && self.key == key
    }
}

impl References {
    /// Walks over every object of a revision, and shows each that can be read to `look`.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn of(
        view: &View<'_>,
        interesting: &BTreeSet<u32>,
        mut look: impl FnMut(Reference, &Object),
    ) -> Result<Self, PadesError> {
        let mut references = Self {
            uses: BTreeMap::new(),
            lists: BTreeMap::new(),
            interesting: interesting.clone(),
            style_fonts: BTreeSet::new(),
            styles_apart: Apart::None,
            unreadable: None,
        };
        view.each_object(|reference, object| references.add_object(reference, object, &mut look))?;
        // The trailer is no object; 0 is the number of none.
        for (key, value) in unknown_entries(view.trailer()) {
            references.add_value(Reference::new(0, 0), &String::from_utf8_lossy(key.as_bytes()), value);
        }
        Ok(references)
    }

    /// Continues with the objects that a revision changed, and shows them to `look`.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn add(
        &mut self,
        view: &View<'_>,
        changed: &[Change],
        mut look: impl FnMut(Reference, &Object),
    ) -> Result<(), PadesError> {
        for change in changed {
            if let Some(generation) = change.after.and_then(|entry| entry.generation_in_use()) {
                let reference = Reference::new(change.number, generation);
                self.add_object(reference, view.object(reference), &mut look)?;
            }
        }
        Ok(())
    }

    /// An object that is said to be there and cannot be read: what it refers to is not known.
    pub(crate) const fn unreadable(&self) -> Option<u32> {
        self.unreadable
    }

    /// The uses of an object.
    pub(crate) fn uses(&self, number: u32) -> impl Iterator<Item = &Use> {
        self.uses.get(&number).into_iter().flatten()
    }

    /// The uses of an array as `/Annots` of a page, `/Kids` of a field or `/Fields` of a form.
    pub(crate) fn uses_of_list(&self, number: u32) -> impl Iterator<Item = &Use> {
        self.lists.get(&number).into_iter().flatten()
    }

    /// Whether anything is drawn by viewers in a font of this name.
    pub(crate) fn is_style_font(&self, name: &str) -> bool {
        self.styles_apart == Apart::Some || self.style_fonts.iter().any(|font| *font == *name)
    }

    /// Whether the uses of an object are known.
    pub(crate) fn is_tracked(&self, number: u32) -> bool {
        self.interesting.contains(&number)
    }

    /// Whether anything refers to an object.
    pub(crate) fn is_used(&self, number: u32) -> bool {
        self.uses.contains_key(&number)
    }

    fn add_object(
        &mut self,
        from: Reference,
        object: Result<Object, PdfError>,
        look: &mut impl FnMut(Reference, &Object),
    ) -> Result<(), PadesError> {
        let object = match object {
            Ok(object) => object,
            Err(PdfError::Read(error)) => return Err(PdfError::Read(error).into()),
            Err(_) => {
                self.unreadable = self.unreadable.or(Some(from.number));
                return Ok(());
            }
        };
        look(from, &object);
        each_style(&object, &mut |style| match style {
            Object::String(style) => self.style_fonts.extend(names_in(style.as_bytes())),
            _ => self.styles_apart = Apart::Some,
        });
        let Self { lists, .. } = self;
        each_list(&object, &mut |key, list| {
            let found = Use { from: from.number, key: key.to_owned() };
            lists.entry(list.number).or_default().insert(found);
        });
        match object.as_dictionary() {
            Some(dictionary) => {
                for (key, value) in dictionary.iter() {
                    self.add_value(from, &String::from_utf8_lossy(key.as_bytes()), value);
                }
            }
            None => self.add_value(from, "", &object),
        }
        Ok(())
    }

    fn add_value(&mut self, from: Reference, key: &str, value: &Object) {
        let Self { uses, interesting, .. } = self;
        each_reference(value, &mut |reference| {
            if interesting.contains(&reference.number) && reference.number != from.number {
                let found = Use { from: from.number, key: key.to_owned() };
                uses.entry(reference.number).or_default().insert(found);
            }
        });
    }
}

/// Calls `tell` for every list of annotations, kids or fields in a value that is an object of its own.
fn each_list(value: &Object, tell: &mut impl FnMut(&'static str, Reference)) {
    if let Object::Array(elements) = value {
        elements.iter().for_each(|element| each_list(element, tell));
    }
    let Some(dictionary) = value.as_dictionary() else { return };
    for (key, value) in dictionary.iter() {
        let key = ["Annots", "Kids", "Fields"].into_iter().find(|list| key.as_bytes() == list.as_bytes());
        match (key, value) {
            (Some(key), Object::Reference(list)) => tell(key, *list),
            _ => each_list(value, tell),
        }
    }
}

/// Calls `tell` for every default appearance (ISO 32000-2, 12.7.4.3) in a value.
fn each_style(value: &Object, tell: &mut impl FnMut(&Object)) {
    if let Object::Array(elements) = value {
        elements.iter().for_each(|element| each_style(element, tell));
    }
    for (key, value) in value.as_dictionary().into_iter().flat_map(Dictionary::iter) {
        match value {
            Object::String(_) | Object::Reference(_) if *key == "DA" => tell(value),
            value => each_style(value, tell),
        }
    }
}

/// Every name in a default appearance.
fn names_in(style: &[u8]) -> impl Iterator<Item = Name> {
    let starts = style.iter().enumerate().filter(|(_, byte)| **byte == b'/');
    starts.filter_map(|(at, _)| Object::parse(style.get(at..)?).ok()?.0.as_name().cloned())
}

/// Whether there are any.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum Apart {
    None,
    Some,
}

/// The entries of a trailer that no standard knows. What they lead to is used by somebody.
pub(crate) fn unknown_entries(trailer: &Dictionary) -> impl Iterator<Item = (&Name, &Object)> {
    let known = |key: &Name| TRAILER_KEYS.iter().any(|known| key.as_bytes() == known.as_bytes());
    trailer.iter().filter(move |(key, _)| !known(key))
}

/// The entries of a trailer or cross-reference stream that may hold references (ISO 32000-2, tables 5, 15 and 17).
const TRAILER_KEYS: [&str; 9] =
    ["Root", "Info", "Encrypt", "ID", "Prev", "XRefStm", "DecodeParms", "Length", "AuthCode"];

/// Calls `tell` for every reference in a value.
pub(crate) fn each_reference(value: &Object, tell: &mut impl FnMut(Reference)) {
    match value {
        Object::Reference(reference) => tell(*reference),
        Object::Array(elements) => elements.iter().for_each(|element| each_reference(element, tell)),
        Object::Dictionary(dictionary) => {
            dictionary.iter().for_each(|(_, value)| each_reference(value, tell));
        }
        Object::Stream(stream) => {
            stream.dictionary().iter().for_each(|(_, value)| each_reference(value, tell));
        }
        _ => {}
    }
}
