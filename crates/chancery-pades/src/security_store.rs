//! The document security store: certificates and revocation answers that a PDF carries (ETSI EN 319 142-1, 5.4.2).

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use chancery_certificate::Certificate;
use chancery_chain::Evidence;
use chancery_pdf::{Dictionary, Entry, Object, PdfError, Reference, View};

use crate::PadesError;
use crate::references::each_reference;

/// More entries of a list than this are not read; a document with years of renewals has some dozens.
pub(crate) const MAX_ENTRIES: usize = 10_000;
/// The CRLs of the largest authorities have some megabytes.
const MAX_ENTRY: usize = 64 << 20;
/// All together.
pub(crate) const MAX_TOTAL: usize = 256 << 20;

/// The entries of the store that are lists of streams.
pub(crate) const LISTS: [&str; 3] = ["Certs", "CRLs", "OCSPs"];
/// The same for one signature, and when they were gathered (ETSI EN 319 142-1, 5.4.2.3).
pub(crate) const LISTS_OF_ONE: [&str; 3] = ["Cert", "CRL", "OCSP"];

/// What a store holds, by object, for comparing two revisions of it.
#[derive(Debug, Default)]
pub(crate) struct Store {
    /// Each stream with the list that it stands in.
    streams: BTreeSet<(String, Reference)>,
    stream_numbers: HashSet<u32>,
    /// The lengths of those streams that are objects of their own.
    lengths: BTreeSet<u32>,
    /// The dictionaries and lists that are objects of their own.
    structure: BTreeSet<u32>,
    /// What is kept for one signature besides: when it was gathered.
    times: BTreeMap<String, Object>,
}

/// What was read of the store before, by object: as long as no revision changes an object it is not read again.
#[derive(Default)]
pub(crate) struct Kept {
    /// Dictionaries and lists.
    objects: HashMap<u32, (Reference, Rc<Object>)>,
    streams: HashMap<u32, (Reference, Checked)>,
    /// The streams whose length is an object of its own, by the number of that.
    lengths: HashMap<u32, Vec<u32>>,
}

/// What a stream of the store is: data that leads nowhere, with the number of its length if that is an object of its
/// own, or else something that does not belong there.
#[derive(Clone)]
enum Checked {
    Data(Option<u32>),
    NoStream,
    HasEntry(String),
}

impl Kept {
    /// Forgets what a revision changed.
    pub(crate) fn forget(&mut self, number: u32) {
        self.objects.remove(&number);
        self.streams.remove(&number);
        for stream in self.lengths.remove(&number).into_iter().flatten() {
            self.streams.remove(&stream);
        }
    }
}

/// A store as it was read.
pub(crate) struct Read {
    /// What it holds, or what is malformed.
    pub(crate) store: Result<Store, String>,
    /// The objects that say so.
    pub(crate) looked_at: HashSet<u32>,
}

impl Store {
    /// Reads the store of a revision, the value of `/DSS` of the catalog; one that is missing holds nothing. What is
    /// malformed is told: a store holds lists of streams and nothing else, so that nothing can be passed off as long-term
    /// data.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn read(view: &View<'_>, dss: Option<&Object>, kept: &mut Kept) -> Result<Read, PadesError> {
        let mut reading = Reading { view, kept, store: Self::default(), looked_at: HashSet::new() };
        reading.store.note(dss);
        let read = match dss.map(|dss| reading.resolve(dss)).transpose()?.as_deref() {
            None | Some(Object::Null) => Ok(()),
            Some(Object::Dictionary(dictionary)) => reading.dictionary(dictionary)?,
            Some(_) => Err("/DSS is no dictionary".into()),
        };
        let Reading { store, looked_at, .. } = reading;
        Ok(Read { store: read.map(|()| store), looked_at })
    }
}

struct Reading<'r, 'd> {
    view: &'r View<'d>,
    kept: &'r mut Kept,
    store: Store,
    looked_at: HashSet<u32>,
}

impl Reading<'_, '_> {
    /// The value itself, or what it refers to; streams are not kept.
    fn resolve(&mut self, value: &Object) -> Result<Rc<Object>, PadesError> {
        let Some(reference) = value.as_reference() else { return Ok(Rc::new(value.clone())) };
        // Under another generation it is another object, or none.
        let kept = self.kept.objects.get(&reference.number);
        if let Some((_, kept)) = kept.filter(|(kept, _)| *kept == reference) {
            self.looked_at.insert(reference.number);
            return Ok(Rc::clone(kept));
        }
        let mut next = reference;
        while self.looked_at.insert(next.number) {
            let object = self.view.object(next)?;
            match object {
                Object::Reference(further) => next = further,
                // Who leads to it by way of another object may lead elsewhere later.
                object if next == reference && !matches!(object, Object::Stream(_)) => {
                    let object = Rc::new(object);
                    // Of another generation it would be null.
                    if !object.is_null() {
                        self.kept.objects.insert(next.number, (next, Rc::clone(&object)));
                    }
                    return Ok(object);
                }
                object => return Ok(Rc::new(object)),
            }
        }
        Ok(Rc::new(self.view.resolve(value)?))
    }

    fn dictionary(&mut self, dictionary: &Dictionary) -> Result<Result<(), String>, PadesError> {
        for (key, value) in dictionary.iter() {
            self.store.note(Some(value));
            let key = key.to_string();
            let read = match key.as_str() {
                "Type" => Ok(()),
                "VRI" => self.by_signature(value)?,
                _ if LISTS.contains(&key.as_str()) => self.list(&key, value)?,
                _ => Err(format!("it has the entry /{key}")),
            };
            if read.is_err() {
                return Ok(read);
            }
        }
        Ok(Ok(()))
    }

    fn by_signature(&mut self, value: &Object) -> Result<Result<(), String>, PadesError> {
        let resolved = self.resolve(value)?;
        let Object::Dictionary(signatures) = &*resolved else {
            return Ok(Err("/VRI is no dictionary".into()));
        };
        for (signature, value) in signatures.iter() {
            // No two names may be one here.
            let signature = signature.to_string().replace('/', "\\/");
            // /Type is tolerated: some writers put it there as everywhere.
            if signature == "Type" {
                continue;
            }
            self.store.note(Some(value));
            let resolved = self.resolve(value)?;
            let Object::Dictionary(entries) = &*resolved else {
                return Ok(Err(format!("/VRI /{signature} is no dictionary")));
            };
            for (key, value) in entries.iter() {
                let key = key.to_string();
                let place = format!("VRI/{signature}/{key}");
                // A string holds no timestamp, but leads nowhere either: some writers leave an empty one.
                if key == "TS" && !matches!(value, Object::String(_)) {
                    let read = self.stream(&place, value)?;
                    if read.is_err() {
                        return Ok(read);
                    }
                } else if LISTS_OF_ONE.contains(&key.as_str()) {
                    self.store.note(Some(value));
                    let read = self.list(&place, value)?;
                    if read.is_err() {
                        return Ok(read);
                    }
                } else if matches!(key.as_str(), "TU" | "Type" | "TS") {
                    self.store.times.insert(place, value.clone());
                } else {
                    return Ok(Err(format!("/VRI /{signature} has the entry /{key}")));
                }
            }
            self.store.times.insert(format!("VRI/{signature}"), Object::Null);
        }
        Ok(Ok(()))
    }

    fn list(&mut self, key: &str, value: &Object) -> Result<Result<(), String>, PadesError> {
        let resolved = self.resolve(value)?;
        let Object::Array(list) = &*resolved else { return Ok(Err(format!("/{key} is no array"))) };
        for element in list {
            let read = self.stream(key, element)?;
            if read.is_err() {
                return Ok(read);
            }
        }
        Ok(Ok(()))
    }

    fn stream(&mut self, key: &str, value: &Object) -> Result<Result<(), String>, PadesError> {
        let no_stream = || Ok(Err(format!("/{key} holds something other than streams")));
        let Some(reference) = value.as_reference() else { return no_stream() };
        self.looked_at.insert(reference.number);
        let known = self.kept.streams.get(&reference.number).filter(|(known, _)| *known == reference);
        let checked = match known {
            Some((_, checked)) => checked.clone(),
            None => {
                let checked = self.check(reference)?;
                self.kept.streams.insert(reference.number, (reference, checked.clone()));
                checked
            }
        };
        match checked {
            Checked::Data(length) => {
                self.looked_at.extend(length);
                self.store.lengths.extend(length);
            }
            Checked::NoStream => return no_stream(),
            Checked::HasEntry(name) => return Ok(Err(format!("a stream in /{key} has /{name}"))),
        }
        self.store.stream_numbers.insert(reference.number);
        self.store.streams.insert((key.to_owned(), reference));
        Ok(Ok(()))
    }

    /// A stream of the store is data and leads nowhere.
    fn check(&mut self, reference: Reference) -> Result<Checked, PadesError> {
        let stream = match self.view.object(reference) {
            Err(PdfError::Read(error)) => return Err(PdfError::Read(error).into()),
            Ok(Object::Stream(stream)) => stream,
            _ => return Ok(Checked::NoStream),
        };
        let mut own_length = None;
        for (name, value) in stream.dictionary().iter() {
            let mut leads = Vec::new();
            each_reference(value, &mut |reference| leads.push(reference));
            match (name.as_bytes(), leads.as_slice()) {
                (b"Length", [length]) if matches!(self.view.object(*length), Ok(Object::Integer(_))) => {
                    own_length = Some(length.number);
                    self.kept.lengths.entry(length.number).or_default().push(reference.number);
                }
                (b"Length" | b"Filter" | b"DecodeParms" | b"Type", []) => {}
                (name, leads) => {
                    // It may say something else once what it leads to has changed.
                    for lead in leads {
                        self.looked_at.insert(lead.number);
                        self.kept.lengths.entry(lead.number).or_default().push(reference.number);
                    }
                    return Ok(Checked::HasEntry(String::from_utf8_lossy(name).into_owned()));
                }
            }
        }
        Ok(Checked::Data(own_length))
    }
}

impl Store {
    fn note(&mut self, value: Option<&Object>) {
        self.structure.extend(value.and_then(Object::as_reference).map(|reference| reference.number));
    }

    /// Whether an object is one of the dictionaries and lists of the store.
    pub(crate) fn is_structure(&self, number: u32) -> bool {
        self.structure.contains(&number)
    }

    /// Whether an object belongs to the store.
    pub(crate) fn holds(&self, number: u32) -> bool {
        self.is_structure(number) || self.lengths.contains(&number) || self.stream_numbers.contains(&number)
    }

    /// Whether nothing of an older store was lost. What was kept for one signature is not, as long as it is kept for
    /// all.
    pub(crate) fn holds_all_of(&self, older: &Self) -> bool {
        let for_all = |list: &str| match list.strip_prefix("VRI/").and_then(|place| place.rsplit('/').next())
        {
            Some("Cert") => Some("Certs"),
            Some("CRL") => Some("CRLs"),
            Some("OCSP") => Some("OCSPs"),
            _ => None,
        };
        let is_kept = |(list, stream): &(String, Reference)| {
            self.streams.contains(&(list.clone(), *stream))
                || for_all(list).is_some_and(|all| self.streams.contains(&(all.to_owned(), *stream)))
        };
        older.streams.iter().all(is_kept) && older.times.keys().all(|place| self.times.contains_key(place))
    }
}

/// Everything in `/DSS` of the document as it is now. What cannot be read is passed over: it is evidence that was
/// offered, and without it less can be proven.
///
/// # Errors
/// If the objects on the way to it cannot be read.
pub(crate) fn evidence(view: &View<'_>) -> Result<Evidence, PadesError> {
    Gathering::new().come_with(view)
}

/// The evidence in the stores of one revision after the other, each piece where it comes first.
pub(crate) struct Gathering {
    left: usize,
    /// Objects by their places in the file: what stands there is always the same.
    gathered: HashSet<(u32, Entry)>,
    /// The way to the lists of the store that was read last.
    way: Vec<Option<(u32, Entry)>>,
}

impl Gathering {
    pub(crate) fn new() -> Self {
        Self { left: MAX_TOTAL, gathered: HashSet::new(), way: Vec::new() }
    }

    /// What the store of a revision holds and those before it did not.
    ///
    /// # Errors
    /// If the objects on the way to it cannot be read.
    pub(crate) fn come_with(&mut self, view: &View<'_>) -> Result<Evidence, PadesError> {
        let mut evidence = Evidence::new();
        let root = view.trailer().get("Root").and_then(Object::as_reference);
        let mut way = vec![place(view, root)?];
        let (_, catalog) = view.catalog()?;
        way.push(place(view, catalog.get("DSS").and_then(Object::as_reference))?);
        let store = view.value(&catalog, "DSS")?;
        let Some(store) = store.as_dictionary() else { return Ok(evidence) };
        for list in LISTS {
            way.push(place(view, store.get(list).and_then(Object::as_reference))?);
        }
        if self.way == way {
            return Ok(evidence);
        }
        self.way = way;
        for bytes in self.list(view, store, "Certs")? {
            if let Ok(certificate) = Certificate::from_der(&bytes) {
                evidence.add_certificate(certificate);
            }
        }
        self.list(view, store, "CRLs")?.into_iter().for_each(|crl| evidence.add_crl(crl));
        self.list(view, store, "OCSPs")?.into_iter().for_each(|answer| evidence.add_ocsp(answer));
        Ok(evidence)
    }

    fn list(&mut self, view: &View<'_>, store: &Dictionary, key: &str) -> Result<Vec<Vec<u8>>, PadesError> {
        let array = view.value(store, key)?;
        let mut found = Vec::new();
        for element in array.as_array().unwrap_or_default().iter().take(MAX_ENTRIES) {
            let place = place(view, element.as_reference())?;
            if place.is_none_or(|place| self.gathered.insert(place)) {
                found.extend(entry(view, element, &mut self.left));
            }
        }
        Ok(found)
    }
}

/// Where an object stands, with its number.
fn place(view: &View<'_>, reference: Option<Reference>) -> Result<Option<(u32, Entry)>, PadesError> {
    let Some(Reference { number, .. }) = reference else { return Ok(None) };
    Ok(view.entry(number)?.map(|entry| (number, entry)))
}

/// The bytes of one entry, if it is a stream that can be read.
pub(crate) fn entry(view: &View<'_>, element: &Object, left: &mut usize) -> Option<Vec<u8>> {
    let Ok(Object::Stream(stream)) = view.resolve(element) else { return None };
    let bytes = view.decoded(&stream, MAX_ENTRY.min(*left)).ok()?;
    *left = left.saturating_sub(bytes.len());
    Some(bytes.into_owned())
}
