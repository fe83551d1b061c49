//! Writing the document security store (EN 319 142-1, 5.4.2): what is there stays, what is new is added, and objects
//! that did not change are not written again.

use std::collections::{HashMap, HashSet};

use chancery_cades::CadesError;
use chancery_chain::{Evidence, EvidenceFileError};
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_pdf::{Dictionary, Document, Increment, Object, PdfString, Reference, Stream, View};

use crate::PadesError;
use crate::catalog::Catalog;
use crate::declarations::{Extension, declare};
use crate::security_store::{LISTS, LISTS_OF_ONE, MAX_TOTAL, entry};

/// Adds what signatures rest on to the store; says whether that changed anything. `additions` are by the names of the
/// signatures in `/VRI`; `time` is the PDF date at which they were gathered, for what is kept of each signature (`/TU`,
/// EN 319 142-1, 5.4.2.3).
///
/// # Errors
/// If the document cannot be read, or evidence cannot be written.
pub(crate) fn add(
    document: &Document<'_>,
    increment: &mut Increment<'_>,
    additions: &[(String, Evidence)],
    time: Option<&str>,
) -> Result<bool, PadesError> {
    let view = document.latest();
    let mut catalog = Catalog::of(view)?;
    let mut store = dictionary(&view, catalog.dictionary(), "DSS")?;
    let mut writer = Writer { view, increment, written: HashSet::new(), left: MAX_TOTAL };
    let mut lists = LISTS.map(|_| List::default());
    for (list, key) in lists.iter_mut().zip(LISTS) {
        *list = writer.read(&store, key)?;
    }
    let mut by_signature = dictionary(&view, &store, "VRI")?;
    let mut changed = Changed::default();
    for (signature, evidence) in additions {
        let of_one_is_new = by_signature.get(signature).is_none();
        let mut of_one = dictionary(&view, &by_signature, signature)?;
        let mut one_changed = Changed::default();
        for ((list, pieces), key) in lists.iter_mut().zip(pieces(evidence)?).zip(LISTS_OF_ONE) {
            let mut references = array(&view, &of_one, key)?;
            let before = references.len();
            for piece in pieces {
                let reference = Object::Reference(writer.stream(list, &piece)?);
                if !references.contains(&reference) {
                    references.push(reference);
                }
            }
            if references.len() > before {
                one_changed.note(writer.put(&mut of_one, key, Object::Array(references))?);
            }
        }
        // Whoever proves the time with a token says it no second time.
        if one_changed.anything
            && of_one.get("TS").is_none()
            && let Some(time) = time
        {
            let time = Object::String(PdfString::literal(time));
            one_changed.note(writer.put(&mut of_one, "TU", time)?);
        }
        changed.anything |= one_changed.anything;
        if one_changed.here && of_one_is_new {
            // An object of its own, which stays as it is when signatures after it come in: written again, its texts
            // would be encrypted anew in an encrypted document, and look changed.
            let place = writer.increment.allocate();
            writer.increment.put(place, &of_one.into())?;
            by_signature.set(signature.as_str(), place);
            changed.here = true;
        } else if one_changed.here {
            changed.note(writer.put(&mut by_signature, signature, of_one.into())?);
        }
    }
    let mut store_changed = Changed { anything: changed.anything, here: false };
    if changed.here {
        store_changed.note(writer.put(&mut store, "VRI", by_signature.into())?);
    }
    for (list, key) in lists.into_iter().zip(LISTS).filter(|(list, _)| list.grown) {
        store_changed.note(writer.put(&mut store, key, Object::Array(list.elements))?);
    }
    if store_changed.here {
        let stands = catalog.dictionary().get("DSS").and_then(Object::as_reference);
        if stands.is_none_or(|stands| writer.written.contains(&stands.number)) {
            // From here on an object of its own, so that the next time the catalog stays as it is.
            let place = writer.increment.allocate();
            catalog.set("DSS", place);
            declare(document, &mut catalog, &[Extension::LongTerm])?;
        }
        catalog.put(writer.increment, "DSS", store)?;
    }
    catalog.write(increment)?;
    Ok(store_changed.anything)
}

/// Whether something was changed, and whether that has to be written with the dictionary that holds it.
#[derive(Default)]
struct Changed {
    anything: bool,
    here: bool,
}

impl Changed {
    const fn note(&mut self, written: Written) {
        self.anything = true;
        self.here = self.here || matches!(written, Written::Here);
    }
}

/// Where a value went.
enum Written {
    /// Into the dictionary, which has to be written.
    Here,
    /// Into an object of its own.
    Elsewhere,
}

/// One of the lists of the store.
#[derive(Default)]
struct List {
    elements: Vec<Object>,
    /// Which stream holds the bytes with this digest.
    known: HashMap<Vec<u8>, Reference>,
    grown: bool,
}

struct Writer<'w, 'd, 'i> {
    view: View<'d>,
    increment: &'w mut Increment<'i>,
    /// Objects that this revision has a new version of.
    written: HashSet<u32>,
    /// How many bytes of the old store may still be read.
    left: usize,
}

impl Writer<'_, '_, '_> {
    fn read(&mut self, store: &Dictionary, key: &str) -> Result<List, PadesError> {
        let elements = array(&self.view, store, key)?;
        let mut known = HashMap::new();
        for element in &elements {
            if let (Some(reference), Some(bytes)) =
                (element.as_reference(), entry(&self.view, element, &mut self.left))
            {
                known.entry(digest(&bytes)).or_insert(reference);
            }
        }
        Ok(List { elements, known, grown: false })
    }

    /// The stream of a list that holds these bytes: the one that is there, or a new one.
    fn stream(&mut self, list: &mut List, bytes: &[u8]) -> Result<Reference, PadesError> {
        let digest = digest(bytes);
        if let Some(reference) = list.known.get(&digest) {
            return Ok(*reference);
        }
        let reference = self.increment.allocate();
        self.increment.put(reference, &Stream::compressed(Dictionary::new(), bytes.to_vec()).into())?;
        list.elements.push(Object::Reference(reference));
        list.known.insert(digest, reference);
        list.grown = true;
        Ok(reference)
    }

    /// Sets the value of a key: in the object that the key refers to, or in the dictionary. An object that two keys
    /// share is changed for the first and left to it.
    fn put(&mut self, dictionary: &mut Dictionary, key: &str, value: Object) -> Result<Written, PadesError> {
        match dictionary.get(key).and_then(Object::as_reference) {
            Some(reference) if self.written.insert(reference.number) => {
                self.increment.put(reference, &value)?;
                Ok(Written::Elsewhere)
            }
            _ => {
                dictionary.set(key, value);
                Ok(Written::Here)
            }
        }
    }
}

fn digest(bytes: &[u8]) -> Vec<u8> {
    DigestAlgorithm::Sha256.digest(bytes).as_bytes().to_vec()
}

/// Certificates, CRLs and OCSP answers, in the order of [`LISTS`].
fn pieces(evidence: &Evidence) -> Result<[Vec<Vec<u8>>; 3], PadesError> {
    let unreadable = |reason: String| CadesError::from(EvidenceFileError::Crl { reason });
    let certificates = evidence.certificates().iter().map(|one| one.to_der().to_vec()).collect();
    let mut lists: Vec<Vec<u8>> = evidence.crls().iter().map(|crl| crl.to_vec()).collect();
    for source in evidence.crl_sources() {
        lists.push(source.to_der().map_err(|error| unreadable(error.to_string()))?);
    }
    let answers = evidence.ocsp_responses().map_err(CadesError::from)?;
    Ok([certificates, lists, answers])
}

fn dictionary(view: &View<'_>, of: &Dictionary, key: &str) -> Result<Dictionary, PadesError> {
    Ok(view.value(of, key)?.as_dictionary().cloned().unwrap_or_default())
}

fn array(view: &View<'_>, of: &Dictionary, key: &str) -> Result<Vec<Object>, PadesError> {
    Ok(view.value(of, key)?.as_array().map(<[Object]>::to_vec).unwrap_or_default())
}
