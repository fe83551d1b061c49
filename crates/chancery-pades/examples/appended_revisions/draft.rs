//! A revision that is being put together: objects as they will be, in whatever way they will be written.

use std::collections::BTreeMap;

use chancery_pdf::{Dictionary, Document, Object, Reference, Stream};

/// What a revision says of an object.
#[derive(Clone)]
pub(crate) enum Body {
    Object(Object),
    /// Written as it stands.
    Raw(Vec<u8>),
    Free,
}

pub(crate) struct Draft<'d> {
    pub(crate) document: &'d Document<'d>,
    pub(crate) bodies: BTreeMap<u32, (u16, Body)>,
    pub(crate) trailer: Vec<(&'static str, Object)>,
    next: u32,
}

impl<'d> Draft<'d> {
    pub(crate) fn new(document: &'d Document<'d>) -> Self {
        let next = document.latest().next_number();
        Self { document, bodies: BTreeMap::new(), trailer: Vec::new(), next }
    }

    /// Numbers that are not used yet.
    pub(crate) fn reserve(&mut self, count: u32) -> u32 {
        let first = self.next;
        self.next += count;
        first
    }

    pub(crate) const fn size(&self) -> u32 {
        self.next
    }

    pub(crate) fn add(&mut self, object: impl Into<Object>) -> Reference {
        let reference = Reference::new(self.reserve(1), 0);
        self.put(reference, object);
        reference
    }

    pub(crate) fn put(&mut self, reference: Reference, object: impl Into<Object>) {
        self.bodies.insert(reference.number, (reference.generation, Body::Object(object.into())));
    }

    pub(crate) fn put_raw(&mut self, reference: Reference, body: Vec<u8>) {
        self.bodies.insert(reference.number, (reference.generation, Body::Raw(body)));
    }

    pub(crate) fn free(&mut self, reference: Reference) {
        self.bodies.insert(reference.number, (reference.generation, Body::Free));
    }

    pub(crate) fn object(&self, reference: Reference) -> Option<Object> {
        match self.bodies.get(&reference.number) {
            Some((_, Body::Object(object))) => Some(object.clone()),
            Some(_) => None,
            None => {
                let view = self.document.latest();
                let object = view.object(reference).ok()?;
                // A stream is taken out of the file, so that it can be written again.
                let Object::Stream(stream) = &object else { return Some(object) };
                let data = view.raw(stream).ok()?.into_owned();
                Some(Stream::new(stream.dictionary().clone(), data).into())
            }
        }
    }

    pub(crate) fn resolve(&self, object: &Object) -> Object {
        match object {
            Object::Reference(reference) => self.object(*reference).unwrap_or(Object::Null),
            other => other.clone(),
        }
    }

    pub(crate) fn value(&self, dictionary: &Dictionary, key: &str) -> Object {
        dictionary.get(key).map_or(Object::Null, |value| self.resolve(value))
    }

    /// The dictionary of an object, or of a stream.
    pub(crate) fn dictionary(&self, reference: Reference) -> Option<Dictionary> {
        match self.object(reference)? {
            Object::Dictionary(dictionary) => Some(dictionary),
            Object::Stream(stream) => Some(stream.dictionary().clone()),
            _ => None,
        }
    }

    pub(crate) fn edit(&mut self, reference: Reference, change: impl FnOnce(&mut Dictionary)) -> Option<()> {
        let edited = match self.object(reference)? {
            Object::Dictionary(mut dictionary) => {
                change(&mut dictionary);
                Object::Dictionary(dictionary)
            }
            Object::Stream(mut stream) => {
                change(stream.dictionary_mut());
                Object::Stream(stream)
            }
            _ => return None,
        };
        self.put(reference, edited);
        Some(())
    }

    /// Changes a dictionary within that of an object, whether it is an object of its own or not.
    pub(crate) fn edit_within(
        &mut self,
        reference: Reference,
        key: &str,
        change: impl FnOnce(&mut Dictionary),
    ) -> Option<()> {
        let outer = self.dictionary(reference)?;
        if let Some(Object::Reference(inner)) = outer.get(key) {
            return self.edit(*inner, change);
        }
        let mut inner = outer.get(key).and_then(Object::as_dictionary).cloned().unwrap_or_default();
        change(&mut inner);
        self.edit(reference, |outer| outer.set(key, inner))
    }

    pub(crate) fn root(&self) -> Option<Reference> {
        let stated = self.trailer.iter().rev().find(|(key, _)| *key == "Root");
        match stated {
            Some((_, value)) => value.as_reference(),
            None => Some(self.document.latest().catalog().ok()?.0),
        }
    }

    pub(crate) fn catalog(&self) -> Option<Dictionary> {
        self.dictionary(self.root()?)
    }

    pub(crate) fn edit_catalog(&mut self, change: impl FnOnce(&mut Dictionary)) -> Option<()> {
        self.edit(self.root()?, change)
    }

    /// The pages that the document had before.
    pub(crate) fn pages(&self) -> Vec<Reference> {
        let pages = self.document.latest().pages();
        pages.map(|pages| pages.filter_map(|page| Some(page.ok()?.0)).collect()).unwrap_or_default()
    }

    /// The fields of the form that have a name, with their dictionaries.
    pub(crate) fn fields(&self) -> Vec<(Reference, Dictionary)> {
        let form = self.catalog().map(|catalog| self.value(&catalog, "AcroForm"));
        let Some(form) = form.as_ref().and_then(Object::as_dictionary) else { return Vec::new() };
        let fields = self.value(form, "Fields");
        let references = fields.as_array().unwrap_or_default().iter().filter_map(Object::as_reference);
        references.filter_map(|reference| Some((reference, self.dictionary(reference)?))).collect()
    }

    /// The annotations of all pages, widgets among them.
    pub(crate) fn annotations(&self) -> Vec<(Reference, Dictionary)> {
        let mut found = Vec::new();
        for page in self.pages() {
            let Some(page) = self.dictionary(page) else { continue };
            let list = self.value(&page, "Annots");
            let references = list.as_array().unwrap_or_default().iter().filter_map(Object::as_reference);
            found.extend(references.filter_map(|reference| Some((reference, self.dictionary(reference)?))));
        }
        found
    }

    /// Adds to an array of a dictionary, whether it is an object of its own or not.
    pub(crate) fn append(&mut self, reference: Reference, key: &str, item: Object) -> Option<()> {
        let outer = self.dictionary(reference)?;
        let mut list = self.value(&outer, key).as_array().unwrap_or_default().to_vec();
        list.push(item);
        match outer.get(key) {
            Some(Object::Reference(inner)) => {
                self.put(*inner, Object::Array(list));
                Some(())
            }
            _ => self.edit(reference, |outer| outer.set(key, Object::Array(list))),
        }
    }

    /// The same within the form.
    pub(crate) fn append_field(&mut self, field: Reference) -> Option<()> {
        let root = self.root()?;
        let catalog = self.dictionary(root)?;
        if let Some(Object::Reference(form)) = catalog.get("AcroForm") {
            return self.append(*form, "Fields", field.into());
        }
        let form = self.value(&catalog, "AcroForm");
        let mut form = form.as_dictionary().cloned().unwrap_or_default();
        let listed = form.get("Fields").cloned().unwrap_or(Object::Array(Vec::new()));
        if let Object::Reference(list) = listed {
            let mut fields = self.object(list)?.as_array()?.to_vec();
            fields.push(field.into());
            self.put(list, Object::Array(fields));
            return Some(());
        }
        let mut fields = listed.as_array()?.to_vec();
        fields.push(field.into());
        form.set("Fields", Object::Array(fields));
        self.edit(root, |catalog| catalog.set("AcroForm", form))
    }
}

/// An object written as in a file; in the grammar, where it is right.
pub(crate) fn parsed(text: &str) -> Object {
    match Object::parse(text.as_bytes()) {
        Ok((object, _)) => object,
        Err(error) => panic!("{text}: {error}"),
    }
}

pub(crate) fn dictionary(text: &str) -> Dictionary {
    match parsed(text) {
        Object::Dictionary(dictionary) => dictionary,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn stream(entries: &str, data: impl Into<Vec<u8>>) -> Object {
    Stream::new(dictionary(entries), data.into()).into()
}

pub(crate) fn is_name(dictionary: &Dictionary, key: &str, name: &str) -> bool {
    dictionary.get(key).and_then(Object::as_name).and_then(chancery_pdf::Name::as_str) == Some(name)
}
