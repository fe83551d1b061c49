//! Copying a graph of objects by the table of what may be taken over.

use std::collections::{HashMap, HashSet};

use super::rules::{Kind, Shape};
use crate::error::PdfError;
use crate::limits;
use crate::name::Name;
use crate::object::{Dictionary, Object, Stream};
use crate::reference::Reference;
use crate::view::View;

/// Objects copied so far, numbered from 1 in the order in which they were met.
pub(super) struct Copier<'v, 'd> {
    view: &'v View<'d>,
    page: usize,
    objects: Vec<Object>,
    /// What a source object became, or that it is left out; it may become several things if it is used as several.
    copies: HashMap<(Reference, Kind), Option<Reference>>,
    values_left: usize,
    bytes_left: usize,
}

impl<'v, 'd> Copier<'v, 'd> {
    pub(super) fn new(view: &'v View<'d>, page: usize) -> Self {
        Self {
            view,
            page,
            objects: Vec::new(),
            copies: HashMap::new(),
            values_left: limits::IMPORTED_VALUES,
            bytes_left: limits::IMPORTED_BYTES,
        }
    }

    pub(super) fn into_objects(self) -> Vec<Object> {
        self.objects
    }

    /// A place for an object to come.
    pub(super) fn reserve(&mut self) -> Result<Reference, PdfError> {
        if self.objects.len() == limits::IMPORTED_OBJECTS {
            return Err(too_much("objects behind a page that is imported", limits::IMPORTED_OBJECTS));
        }
        self.objects.push(Object::Null);
        let number = u32::try_from(self.objects.len()).unwrap_or(u32::MAX);
        Ok(Reference::new(number, 0))
    }

    pub(super) fn fill(&mut self, place: Reference, object: Object) {
        let index = usize::try_from(place.number).unwrap_or_default().wrapping_sub(1);
        if let Some(reserved) = self.objects.get_mut(index) {
            *reserved = object;
        }
    }

    pub(super) fn spend_bytes(&mut self, bytes: usize) -> Result<(), PdfError> {
        let left = self.bytes_left.checked_sub(bytes);
        self.bytes_left = left.ok_or_else(|| {
            too_much("bytes of objects behind a page that is imported", limits::IMPORTED_BYTES)
        })?;
        Ok(())
    }

    /// What a value refers to. It is read each time, so that it counts each time.
    pub(super) fn look(&mut self, value: &Object) -> Result<Object, PdfError> {
        let found = self.view.resolve(value)?;
        if value.as_reference().is_some() {
            self.spend_bytes(weight(&found))?;
        }
        Ok(found)
    }

    /// What the key of a dictionary refers to, as [`Self::look`].
    pub(super) fn look_up(&mut self, dictionary: &Dictionary, key: &str) -> Result<Object, PdfError> {
        dictionary.get(key).map_or(Ok(Object::Null), |value| self.look(value))
    }

    pub(super) fn refused(&self, problem: &'static str) -> PdfError {
        PdfError::PageImport { index: self.page, problem }
    }

    /// A value as its kind allows; null if it does not allow it at all.
    pub(super) fn value(&mut self, value: &Object, kind: Kind, depth: u32) -> Result<Object, PdfError> {
        let too_deep = || PdfError::Limit {
            what: "levels of nesting behind a page that is imported",
            limit: u64::from(IMPORTED_DEPTH),
            offset: 0,
        };
        let depth = depth.checked_sub(1).ok_or_else(too_deep)?;
        let too_many = || too_much("values behind a page that is imported", limits::IMPORTED_VALUES);
        self.values_left = self.values_left.checked_sub(1).ok_or_else(too_many)?;
        match value {
            Object::Null
            | Object::Boolean(_)
            | Object::Integer(_)
            | Object::Real(_)
            | Object::String(_)
            | Object::Name(_) => Ok(value.clone()),
            Object::Array(values) => {
                let copied = values.iter().map(|value| self.value(value, kind, depth));
                copied.collect::<Result<_, _>>().map(Object::Array)
            }
            Object::Dictionary(dictionary) => {
                Ok(self.entries(dictionary, kind, depth)?.map_or(Object::Null, Object::Dictionary))
            }
            Object::Stream(stream) => self.stream(stream, kind, depth),
            Object::Reference(reference) => self.reference(*reference, kind, depth),
        }
    }

    fn reference(&mut self, reference: Reference, kind: Kind, depth: u32) -> Result<Object, PdfError> {
        if let Some(&copy) = self.copies.get(&(reference, kind)) {
            return Ok(copy.map_or(Object::Null, Object::Reference));
        }
        let found = self.look(&reference.into())?;
        match (&found, kind.shape()) {
            (Object::Dictionary(_) | Object::Stream(_), Shape::Nothing) => {
                self.copies.insert((reference, kind), None);
                return Ok(Object::Null);
            }
            (Object::Dictionary(_) | Object::Stream(_) | Object::Array(_), _) => {}
            _ => return self.value(&found, kind, depth),
        }
        // The copy has its number before what it holds is copied, which may lead back to it.
        let place = self.reserve()?;
        self.copies.insert((reference, kind), Some(place));
        let copied = self.value(&found, kind, depth)?;
        self.fill(place, copied);
        Ok(place.into())
    }

    /// The entries that a kind of dictionary may have; `None` if it is not taken over at all.
    fn entries(
        &mut self,
        dictionary: &Dictionary,
        kind: Kind,
        depth: u32,
    ) -> Result<Option<Dictionary>, PdfError> {
        self.refuse_layers(dictionary, kind)?;
        let wanted: Vec<(Name, &Object, Kind)> = match kind.shape() {
            Shape::Nothing => return Ok(None),
            Shape::Map(inner) => {
                // Of a name that stands twice the last one counts, as for `Dictionary::get`.
                let mut seen = HashSet::new();
                let mut once: Vec<_> = dictionary.iter().collect();
                once.reverse();
                once.retain(|(name, _)| seen.insert(*name));
                once.iter().rev().map(|&(name, value)| (name.clone(), value, inner)).collect()
            }
            Shape::Record(table) => {
                let entry = |&(key, inner)| Some((Name::from(key), dictionary.get(key)?, inner));
                table.iter().filter_map(entry).collect()
            }
        };
        let mut copied = Vec::with_capacity(wanted.len());
        for (name, value, inner) in wanted {
            let value = self.value(value, inner, depth)?;
            if !value.is_null() {
                copied.push((name, value));
            }
        }
        Ok(Some(Dictionary::from_entries(copied)))
    }

    /// What a layer shows depends on settings of its document, which do not come along: nobody could say what a
    /// signer saw.
    fn refuse_layers(&mut self, dictionary: &Dictionary, kind: Kind) -> Result<(), PdfError> {
        let mut says = |key: &str, words: &[&str]| {
            let value = self.look_up(dictionary, key)?;
            Ok::<_, PdfError>(value.as_name().is_some_and(|name| words.iter().any(|word| name == word)))
        };
        let layer = match kind {
            Kind::ExternalObject => dictionary.get("OC").is_some_and(|value| !value.is_null()),
            Kind::PropertyList => says("Type", &["OCG", "OCMD"])?,
            _ => false,
        };
        if layer {
            return Err(self.refused("it has layers (optional content): flatten it first"));
        }
        if kind == Kind::ExternalObject && says("Subtype", &["PS"])? {
            return Err(self.refused("it holds a PostScript program"));
        }
        Ok(())
    }

    fn stream(&mut self, stream: &Stream, kind: Kind, depth: u32) -> Result<Object, PdfError> {
        let Some(mut copied) = self.entries(stream.dictionary(), kind, depth)? else {
            return Ok(Object::Null);
        };
        if stream.dictionary().get("F").is_some() {
            return Err(self.refused("a part of it stands in another file"));
        }
        self.filters(stream.dictionary(), &mut copied, depth)?;
        let data = self.view.raw(stream)?;
        self.spend_bytes(data.len())?;
        Ok(Object::Stream(Box::new(Stream::new(copied, data.into_owned()))))
    }

    /// `/Filter` and `/DecodeParms`, written out, without a `/Crypt` filter: the data were decrypted.
    fn filters(&mut self, from: &Dictionary, to: &mut Dictionary, depth: u32) -> Result<(), PdfError> {
        let list = |value: Object| match value {
            Object::Array(values) => values,
            Object::Null => Vec::new(),
            one => vec![one],
        };
        let filters = list(self.look_up(from, "Filter")?);
        let parameters = list(self.look_up(from, "DecodeParms")?);
        if filters.len() > limits::FILTERS {
            return Err(too_much("filters on one stream", limits::FILTERS));
        }
        let (mut names, mut own) = (Vec::new(), Vec::new());
        for (index, filter) in filters.iter().enumerate() {
            let filter = self.look(filter)?;
            let Some(name) = filter.as_name() else {
                return Err(self.refused("a filter of one of its streams has no name"));
            };
            if *name == "Crypt" {
                continue;
            }
            names.push(Object::from(name.clone()));
            let given = parameters.get(index).unwrap_or(&Object::Null);
            own.push(self.value(given, Kind::Parameters, depth)?);
        }
        if own.iter().any(|parameters| !parameters.is_null()) {
            to.set("DecodeParms", Object::Array(own));
        }
        if !names.is_empty() {
            to.set("Filter", Object::Array(names));
        }
        Ok(())
    }
}

/// Levels of values within values, references included.
pub(super) const IMPORTED_DEPTH: u32 = 100;

/// Roughly what a value takes in the file, without the data of a stream.
fn weight(value: &Object) -> usize {
    let own = match value {
        Object::Real(number) => number.text().len(),
        Object::String(string) => string.as_bytes().len(),
        Object::Name(name) => name.as_bytes().len(),
        Object::Array(values) => values.iter().map(weight).sum(),
        Object::Dictionary(entries) => of_entries(entries),
        Object::Stream(stream) => of_entries(stream.dictionary()),
        Object::Null | Object::Boolean(_) | Object::Integer(_) | Object::Reference(_) => 0,
    };
    own.saturating_add(1)
}

fn of_entries(entries: &Dictionary) -> usize {
    entries.iter().map(|(name, value)| name.as_bytes().len() + weight(value)).sum()
}

fn too_much(what: &'static str, limit: usize) -> PdfError {
    PdfError::Limit { what, limit: limit as u64, offset: 0 }
}
