//! Reading a document whose cross-reference is damaged.

use std::collections::{BTreeMap, HashSet};

use chancery_digest::Source;

use crate::document::Document;
use crate::entry::Entry;
use crate::error::PdfError;
use crate::file::File;
use crate::limits;
use crate::object::{Dictionary, Object};
use crate::open::{self, Opened, Revision};
use crate::reference::Reference;
use crate::repaired::Repaired;
use crate::salvage::Salvage;
use crate::section::Section;
use crate::security::{self, Security};
use crate::window::Bytes;

impl<'a> Document<'a> {
    /// Opens a document whose cross-reference is damaged or ambiguous, by looking for its objects: one pass over the
    /// file, in which the last definition of each object counts, and the catalog that the last usable trailer names.
    /// [`Document::repairs`] tells what was done.
    ///
    /// This is *one* reading of the file. Another reader may repair it in another way, and objects that were deleted
    /// are back if something still refers to them. An [`crate::Increment`] therefore writes a complete cross-reference
    /// section, with every object and without `/Prev`: from there on all readers see what is seen here, and
    /// [`Document::open`] reads the file as one of a single revision. What came before cannot be told apart any more.
    ///
    /// A document that [`Document::open`] reads well should not be opened this way.
    ///
    /// # Errors
    /// [`PdfError::NotRepairable`] if a signature is in the file, which this would break or disguise, if no catalog is
    /// found, or if it is unclear how the file is encrypted; [`PdfError::Encrypted`] if a password is needed; whatever
    /// is wrong with an object stream; [`PdfError::Limit`] for files made to hurt.
    pub fn repaired(source: &'a dyn Source) -> Result<Self, PdfError> {
        Self::repair(source, None)
    }

    /// The same with the password of a document that may be encrypted. The key is checked against the encryption
    /// dictionary that was found; a damaged one is refused.
    ///
    /// # Errors
    /// As [`Document::repaired`] and [`Document::open_with_password`].
    pub fn repaired_with_password(source: &'a dyn Source, password: &str) -> Result<Self, PdfError> {
        Self::repair(source, Some(password))
    }

    fn repair(source: &'a dyn Source, password: Option<&str>) -> Result<Self, PdfError> {
        let bytes = Bytes::new(source);
        let (header, version) = open::header(&bytes)?;
        let found = Salvage::of(bytes, header)?;
        if let Some(offset) = signature(&bytes, &found)? {
            let problem = "a signature is in it, which a repair would break or disguise";
            return Err(PdfError::NotRepairable { offset, problem });
        }
        let encryption = encryption(&found)?;
        let assemble = |entries: BTreeMap<u32, Entry>, mut trailer: Dictionary| {
            if let Some((encrypt, identifier)) = &encryption {
                trailer.set("Encrypt", encrypt.clone());
                trailer.set("ID", identifier.clone());
            }
            assembled(bytes, header, version, entries, trailer)
        };
        let in_file = found
            .objects
            .iter()
            .map(|(&number, &(offset, generation))| (number, Entry::InFile { offset, generation }));
        let first = assemble(in_file.collect(), Dictionary::new());
        let security = match (first.encryption(), password) {
            (None, _) => None,
            (Some((revision, value)), Some(password)) => Some(first.security(revision, &value, password)?),
            (Some((revision, value)), None) => {
                security::check_handler(&first.encryption_dictionary(revision, &value)?)?;
                return Err(PdfError::Encrypted);
            }
        };
        let first = first.with_repairs(security, Vec::new());
        let entries = with_object_streams(&first, &found)?;
        let mut repairs = vec![counted(&entries)];
        let security = first.into_security();
        let second = assemble(entries.clone(), Dictionary::new()).with_repairs(security, Vec::new());
        let (trailer, note) = trailer(&second, &found)?;
        repairs.push(note);
        repairs.extend(found.notes);
        let security: Option<Security> = second.into_security();
        Ok(assemble(entries, trailer).with_repairs(security, repairs))
    }
}

/// A document of one revision with these entries.
fn assembled<'a>(
    bytes: Bytes<'a>,
    base: u64,
    version: Option<(u8, u8)>,
    entries: BTreeMap<u32, Entry>,
    trailer: Dictionary,
) -> Document<'a> {
    let file = File::new(bytes, base);
    if base > 0 {
        file.record(crate::ambiguity::Ambiguity::JunkBeforeHeader { length: base, counted_from: base });
    }
    let end = bytes.length();
    let section = Section::found(entries, trailer, end);
    let revision = Revision {
        start_xref: end,
        marker_end: end,
        end,
        kind: section.kind(),
        sections: Vec::new(),
        first_section: 0,
    };
    Document::from_opened(Opened { file, sections: vec![section], revisions: vec![revision], version })
}

/// Where something stands that looks like a signature, be it in an object that cannot be read.
fn signature(bytes: &Bytes<'_>, found: &Salvage) -> Result<Option<u64>, PdfError> {
    match found.signature {
        Some(offset) => Ok(Some(offset)),
        None => bytes.find(b"/ByteRange", 0, bytes.length()),
    }
}

/// `/Encrypt` and `/ID` of the trailers, which must agree. Whether the file is encrypted must not be a guess.
fn encryption(found: &Salvage) -> Result<Option<(Object, Object)>, PdfError> {
    let present = |value: Option<&Object>| value.filter(|value| !value.is_null()).cloned();
    let mut encryption: Option<(Object, Object)> = None;
    for (offset, trailer) in &found.trailers {
        let not_repairable = |problem| PdfError::NotRepairable { offset: *offset, problem };
        if present(trailer.get("AuthCode")).is_some() {
            return Err(PdfError::IntegrityProtected);
        }
        let Some(encrypt) = present(trailer.get("Encrypt")) else { continue };
        let identifier = trailer.get("ID").cloned().unwrap_or(Object::Null);
        match &encryption {
            Some((known, _)) if *known != encrypt => {
                return Err(not_repairable("its trailers differ in how it is encrypted"));
            }
            // The first part of the identifier belongs to the key, and the first trailer knows it best.
            Some((_, known)) if !known.is_null() => {}
            _ => encryption = Some((encrypt, identifier)),
        }
    }
    match (encryption, found.encryption) {
        (None, Some(offset)) => {
            let problem = "it seems to be encrypted, but no trailer says how";
            Err(PdfError::NotRepairable { offset, problem })
        }
        (encryption, _) => Ok(encryption),
    }
}

/// The entries of all objects, those in object streams included. An object in a stream stands where the stream does.
fn with_object_streams(document: &Document<'_>, found: &Salvage) -> Result<BTreeMap<u32, Entry>, PdfError> {
    let mut streams: Vec<(u64, u32)> =
        found.object_streams.iter().map(|(&number, &offset)| (offset, number)).collect();
    streams.sort_unstable();
    let mut places: BTreeMap<u32, (u64, Entry)> = found
        .objects
        .iter()
        .map(|(&number, &(offset, generation))| (number, (offset, Entry::InFile { offset, generation })))
        .collect();
    let mut budget = limits::REPAIRED_BYTES;
    for (offset, stream) in streams {
        let contents = document.object_stream(0, stream, limits::INDIRECTIONS)?;
        let limit = |what, limit: usize| PdfError::Limit { what, limit: limit as u64, offset };
        budget = budget
            .checked_sub(contents.size())
            .ok_or_else(|| limit("bytes in the object streams of a damaged file", limits::REPAIRED_BYTES))?;
        if contents.data().windows(10).any(|window| window == b"/ByteRange") {
            let problem = "something like a signature is in an object stream";
            return Err(PdfError::NotRepairable { offset, problem });
        }
        for (index, number) in (0..).zip(contents.numbers()) {
            let later = places.get(&number).is_none_or(|&(place, _)| place <= offset);
            // Object 0 is always free, and no stream of objects holds itself.
            if later && number != 0 && number != stream {
                places.insert(number, (offset, Entry::InStream { stream, index }));
            }
        }
        if places.len() > limits::REPAIRED_OBJECTS {
            return Err(limit("objects in a damaged file", limits::REPAIRED_OBJECTS));
        }
    }
    Ok(places.into_iter().map(|(number, (_, entry))| (number, entry)).collect())
}

fn counted(entries: &BTreeMap<u32, Entry>) -> Repaired {
    let in_streams = entries.values().filter(|entry| matches!(entry, Entry::InStream { .. })).count();
    Repaired::CrossReference { objects: entries.len() - in_streams, in_streams }
}

/// The last trailer that names a catalog, else the last one with the last catalog of the file.
fn trailer(document: &Document<'_>, found: &Salvage) -> Result<(Dictionary, Repaired), PdfError> {
    let mut tried = HashSet::new();
    for (offset, trailer) in found.trailers.iter().rev() {
        let Some(root) = trailer.get("Root").and_then(Object::as_reference) else { continue };
        if tried.len() == limits::CATALOGS {
            break;
        }
        if tried.insert(root) && is_catalog(document, root)? {
            return Ok((trailer.clone(), Repaired::RootFromTrailer { offset: *offset, number: root.number }));
        }
    }
    for root in found.catalogs.iter().rev() {
        if tried.insert(*root) && is_catalog(document, *root)? {
            let mut trailer = found.trailers.last().map(|(_, trailer)| trailer.clone()).unwrap_or_default();
            trailer.set("Root", Object::Reference(*root));
            return Ok((trailer, Repaired::RootFromCatalog { number: root.number }));
        }
    }
    let problem = "no catalog is found in it";
    Err(PdfError::NotRepairable { offset: document.source().len(), problem })
}

/// A catalog has pages (table 29).
fn is_catalog(document: &Document<'_>, root: Reference) -> Result<bool, PdfError> {
    match document.object(0, root, limits::INDIRECTIONS) {
        Ok(Object::Dictionary(catalog)) => Ok(catalog.get("Pages").is_some()),
        Err(PdfError::Read(error)) => Err(PdfError::Read(error)),
        _ => Ok(false),
    }
}
