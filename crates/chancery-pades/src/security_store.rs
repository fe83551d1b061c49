//! The document security store: certificates and revocation answers that a PDF carries (ETSI EN 319 142-1, 5.4.2).

use std::collections::{BTreeMap, BTreeSet};

use chancery_certificate::Certificate;
use chancery_chain::Evidence;
use chancery_pdf::{Dictionary, Object, Reference, View};

use crate::PadesError;
use crate::references::each_reference;

/// More entries than this are not read; a document with years of renewals has some dozens.
pub(crate) const MAX_ENTRIES: usize = 1_000;
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
    /// The lengths of those streams that are objects of their own.
    lengths: BTreeSet<u32>,
    /// The dictionaries and lists that are objects of their own.
    structure: BTreeSet<u32>,
    /// What is kept for one signature besides: when it was gathered.
    times: BTreeMap<String, Object>,
}

impl Store {
    /// Reads the store of a revision; one that is missing holds nothing. The inner result says what is malformed:
    /// a store holds lists of streams and nothing else, so that nothing can be passed off as long-term data.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn read(view: &View<'_>, catalog: &Dictionary) -> Result<Result<Self, String>, PadesError> {
        let value = view.value(catalog, "DSS")?;
        let mut store = Self::default();
        store.note(catalog.get("DSS"));
        let dictionary = match &value {
            Object::Null => return Ok(Ok(store)),
            Object::Dictionary(dictionary) => dictionary,
            _ => return Ok(Err("/DSS is no dictionary".into())),
        };
        Ok(store.read_into(view, dictionary)?.map(|()| store))
    }

    fn read_into(
        &mut self,
        view: &View<'_>,
        dictionary: &Dictionary,
    ) -> Result<Result<(), String>, PadesError> {
        for (key, value) in dictionary.iter() {
            self.note(Some(value));
            let key = String::from_utf8_lossy(key.as_bytes()).into_owned();
            let read = match key.as_str() {
                "Type" => Ok(()),
                "VRI" => self.read_by_signature(view, value)?,
                _ if LISTS.contains(&key.as_str()) => self.read_list(view, &key, value)?,
                _ => Err(format!("it has the entry /{key}")),
            };
            if read.is_err() {
                return Ok(read);
            }
        }
        Ok(Ok(()))
    }

    fn read_by_signature(
        &mut self,
        view: &View<'_>,
        value: &Object,
    ) -> Result<Result<(), String>, PadesError> {
        let Object::Dictionary(signatures) = view.resolve(value)? else {
            return Ok(Err("/VRI is no dictionary".into()));
        };
        for (signature, value) in signatures.iter() {
            let signature = String::from_utf8_lossy(signature.as_bytes()).into_owned();
            // /Type is tolerated: some writers put it there as everywhere.
            if signature == "Type" {
                continue;
            }
            self.note(Some(value));
            let Object::Dictionary(entries) = view.resolve(value)? else {
                return Ok(Err(format!("/VRI /{signature} is no dictionary")));
            };
            for (key, value) in entries.iter() {
                let key = String::from_utf8_lossy(key.as_bytes()).into_owned();
                let place = format!("VRI/{signature}/{key}");
                // Some write an empty string for the timestamp that there is not: it leads nowhere.
                let is_empty = |value: &Object| value.as_string().is_some_and(|text| text.as_bytes().is_empty());
                if key == "TS" && is_empty(value) {
                    self.times.insert(place, Object::Null);
                } else if key == "TS" {
                    let read = self.read_stream(view, &place, value)?;
                    if read.is_err() {
                        return Ok(read);
                    }
                } else if LISTS_OF_ONE.contains(&key.as_str()) {
                    self.note(Some(value));
                    let read = self.read_list(view, &place, value)?;
                    if read.is_err() {
                        return Ok(read);
                    }
                } else if matches!(key.as_str(), "TU" | "Type") {
                    self.times.insert(place, value.clone());
                } else {
                    return Ok(Err(format!("/VRI /{signature} has the entry /{key}")));
                }
            }
            self.times.insert(format!("VRI/{signature}"), Object::Null);
        }
        Ok(Ok(()))
    }

    fn read_list(
        &mut self,
        view: &View<'_>,
        key: &str,
        value: &Object,
    ) -> Result<Result<(), String>, PadesError> {
        let Object::Array(list) = view.resolve(value)? else { return Ok(Err(format!("/{key} is no array"))) };
        for element in &list {
            let read = self.read_stream(view, key, element)?;
            if read.is_err() {
                return Ok(read);
            }
        }
        Ok(Ok(()))
    }

    /// A stream of the store is data and leads nowhere.
    fn read_stream(
        &mut self,
        view: &View<'_>,
        key: &str,
        value: &Object,
    ) -> Result<Result<(), String>, PadesError> {
        let (Some(reference), Ok(Object::Stream(stream))) = (value.as_reference(), view.resolve(value))
        else {
            return Ok(Err(format!("/{key} holds something other than streams")));
        };
        for (name, value) in stream.dictionary().iter() {
            let mut leads = Vec::new();
            each_reference(value, &mut |reference| leads.push(reference));
            match (name.as_bytes(), leads.as_slice()) {
                (b"Length", [length]) if matches!(view.object(*length), Ok(Object::Integer(_))) => {
                    self.lengths.insert(length.number);
                }
                (b"Length" | b"Filter" | b"DecodeParms" | b"Type", []) => {}
                (name, _) => {
                    return Ok(Err(format!("a stream in /{key} has /{}", String::from_utf8_lossy(name))));
                }
            }
        }
        self.streams.insert((key.to_owned(), reference));
        Ok(Ok(()))
    }

    fn note(&mut self, value: Option<&Object>) {
        self.structure.extend(value.and_then(Object::as_reference).map(|reference| reference.number));
    }

    /// Whether an object is one of the dictionaries and lists of the store.
    pub(crate) fn is_structure(&self, number: u32) -> bool {
        self.structure.contains(&number)
    }

    /// Whether an object belongs to the store.
    pub(crate) fn holds(&self, number: u32) -> bool {
        self.is_structure(number)
            || self.lengths.contains(&number)
            || self.streams.iter().any(|(_, stream)| stream.number == number)
    }

    /// Whether nothing of an older store was lost. What was kept for one signature is not, as long as it is kept for
    /// all.
    pub(crate) fn holds_all_of(&self, older: &Self) -> bool {
        let for_all = |list: &str| match list.strip_prefix("VRI/").and_then(|place| place.rsplit('/').next()) {
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
    let (_, catalog) = view.catalog()?;
    let store = view.value(&catalog, "DSS")?;
    let Some(store) = store.as_dictionary() else { return Ok(Evidence::new()) };
    let mut left = MAX_TOTAL;
    let mut evidence = Evidence::new();
    for bytes in streams(view, store, "Certs", &mut left)? {
        if let Ok(certificate) = Certificate::from_der(&bytes) {
            evidence.add_certificate(certificate);
        }
    }
    streams(view, store, "CRLs", &mut left)?.into_iter().for_each(|crl| evidence.add_crl(crl));
    streams(view, store, "OCSPs", &mut left)?.into_iter().for_each(|answer| evidence.add_ocsp(answer));
    Ok(evidence)
}

fn streams(
    view: &View<'_>,
    store: &Dictionary,
    key: &str,
    left: &mut usize,
) -> Result<Vec<Vec<u8>>, PadesError> {
    let array = view.value(store, key)?;
    let mut found = Vec::new();
    for element in array.as_array().unwrap_or_default().iter().take(MAX_ENTRIES) {
        found.extend(entry(view, element, left));
    }
    Ok(found)
}

/// The bytes of one entry, if it is a stream that can be read.
pub(crate) fn entry(view: &View<'_>, element: &Object, left: &mut usize) -> Option<Vec<u8>> {
    let Ok(Object::Stream(stream)) = view.resolve(element) else { return None };
    let bytes = view.decoded(&stream, MAX_ENTRY.min(*left)).ok()?;
    *left = left.saturating_sub(bytes.len());
    Some(bytes.into_owned())
}
