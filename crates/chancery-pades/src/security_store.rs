//! The document security store: certificates and revocation answers that a PDF carries (ETSI EN 319 142-1, 5.4.2).

use std::collections::{BTreeMap, BTreeSet};

use chancery_certificate::Certificate;
use chancery_chain::Evidence;
use chancery_pdf::{Dictionary, Object, Reference, View};

use crate::PadesError;

/// More entries than this are not read; a document with years of renewals has some dozens.
const MAX_ENTRIES: usize = 1_000;
/// The CRLs of the largest authorities have some megabytes.
const MAX_ENTRY: usize = 64 << 20;
/// All together.
const MAX_TOTAL: usize = 256 << 20;

/// The entries of the store that are lists of streams.
const LISTS: [&str; 3] = ["Certs", "CRLs", "OCSPs"];
/// The same for one signature, and when they were gathered (ETSI EN 319 142-1, 5.4.2.3).
const LISTS_OF_ONE: [&str; 3] = ["Cert", "CRL", "OCSP"];

/// What a store holds, by object, for comparing two revisions of it.
#[derive(Debug, Default)]
pub(crate) struct Store {
    /// Each stream with the list that it stands in.
    streams: BTreeSet<(String, Reference)>,
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
            let Object::Dictionary(entries) = view.resolve(value)? else {
                return Ok(Err(format!("/VRI /{signature} is no dictionary")));
            };
            for (key, value) in entries.iter() {
                let key = String::from_utf8_lossy(key.as_bytes()).into_owned();
                let place = format!("VRI/{signature}/{key}");
                if LISTS_OF_ONE.contains(&key.as_str()) {
                    let read = self.read_list(view, &place, value)?;
                    if read.is_err() {
                        return Ok(read);
                    }
                } else if matches!(key.as_str(), "TU" | "TS" | "Type") {
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
            let reference = element.as_reference();
            let Some(reference) =
                reference.filter(|_| matches!(view.resolve(element), Ok(Object::Stream(_))))
            else {
                return Ok(Err(format!("/{key} holds something other than streams")));
            };
            self.streams.insert((key.to_owned(), reference));
        }
        Ok(Ok(()))
    }

    /// Whether nothing of an older store was lost.
    pub(crate) fn holds_all_of(&self, older: &Self) -> bool {
        older.streams.is_subset(&self.streams)
            && older.times.keys().all(|place| self.times.contains_key(place))
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
        let Ok(Object::Stream(stream)) = view.resolve(element) else { continue };
        if let Ok(bytes) = view.decoded(&stream, MAX_ENTRY.min(*left)) {
            *left = left.saturating_sub(bytes.len());
            found.push(bytes.into_owned());
        }
    }
    Ok(found)
}
