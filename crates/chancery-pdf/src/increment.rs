//! An incremental update: new and changed objects, appended (ISO 32000-2, 7.5.6).

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt;

use crate::cipher::Vectors;
use crate::document::Document;
use crate::entry::Entry;
use crate::error::PdfError;
use crate::limits;
use crate::name::Name;
use crate::object::{Dictionary, Object};
use crate::reference::Reference;
use crate::section::SectionKind;
use crate::string::PdfString;
use crate::write;

/// Greatest offset that the ten digits of a classic table can express.
const TABLE_OFFSET: u64 = 9_999_999_999;

/// Keys of a trailer that belong to one section and must not be copied to the next: those of the section
/// itself (ISO 32000-2, table 15), of a cross-reference stream (table 17) and of any stream (table 5).
const SECTION_KEYS: [&str; 14] = [
    "Prev",
    "Size",
    "XRefStm",
    "Type",
    "Index",
    "W",
    "Length",
    "Filter",
    "DecodeParms",
    "F",
    "FFilter",
    "FDecodeParms",
    "DL",
    "ID",
];

/// A revision in the making. The document's bytes stay as they are; [`Increment::finish`] gives what is to be
/// appended to them.
///
/// ```
/// use chancery_pdf::{Document, Increment, Object};
/// # let file = b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n\
/// #   2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n\
/// #   xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000054 00000 n \n\
/// #   trailer\n<</Root 1 0 R/Size 3>>\nstartxref\n100\n%%EOF\n".to_vec();
/// let document = Document::open(&file)?;
/// let (root, mut catalog) = document.latest().catalog()?;
/// catalog.set("Lang", Object::String(chancery_pdf::PdfString::text("de")));
///
/// let mut increment = Increment::new(&document);
/// increment.put(root, &catalog.into())?;
/// let appended = increment.finish()?;
/// let updated = [file.as_slice(), &appended.bytes].concat();
///
/// assert_eq!(Document::open(&updated)?.revisions().len(), 2);
/// # Ok::<(), chancery_pdf::PdfError>(())
/// ```
pub struct Increment<'d> {
    document: &'d Document<'d>,
    /// The next number to be given out.
    next: u32,
    /// Bodies in the order in which they are to be written.
    objects: Vec<(Reference, Body)>,
    /// Where among them each number stands.
    places: HashMap<u32, usize>,
    trailer: Dictionary,
    second_identifier: Option<Vec<u8>>,
    /// Where initialization vectors come from, if the document is encrypted.
    vectors: Option<Vectors>,
}

/// What stands between `obj` and `endobj`.
struct Body {
    before: Vec<u8>,
    /// How many digits `0` follow.
    room: usize,
    after: Vec<u8>,
}

impl Body {
    const fn len(&self) -> usize {
        self.before.len() + self.room + self.after.len()
    }
}

/// What a finished [`Increment`] appends.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Appended {
    /// The bytes to be appended to the file, unchanged.
    pub bytes: Vec<u8>,
    /// Where they begin: the length of the file.
    pub start: u64,
    /// Where its cross-reference section stands.
    pub section: u64,
    bodies: BTreeMap<Reference, u64>,
}

impl Appended {
    /// Where the body of an object begins, just after `obj` and its end of line, counted from the first byte
    /// of the file; `None` if the increment does not hold the object.
    #[must_use]
    pub fn object_offset(&self, reference: Reference) -> Option<u64> {
        self.bodies.get(&reference).copied()
    }

    /// How long the file is once the bytes are appended.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.start.saturating_add(self.bytes.len() as u64)
    }
}

impl<'d> Increment<'d> {
    /// An increment to the latest revision, without objects yet.
    #[must_use]
    pub fn new(document: &'d Document<'d>) -> Self {
        let next = document.latest().next_number();
        Self {
            document,
            next,
            objects: Vec::new(),
            places: HashMap::new(),
            trailer: Dictionary::new(),
            second_identifier: None,
            vectors: None,
        }
    }

    /// A reference for a new object, to be put later.
    pub fn allocate(&mut self) -> Reference {
        let number = self.next;
        // The reader refuses numbers above `limits::OBJECT_NUMBER`, so 2³¹ are left.
        self.next = self.next.saturating_add(1);
        Reference { number, generation: 0 }
    }

    /// Fresh random bytes, from which the initialization vectors of new strings and streams are made if the
    /// document is encrypted with AES. Use a seed once.
    #[must_use]
    pub fn with_seed(mut self, seed: [u8; 32]) -> Self {
        self.vectors = Some(Vectors::new(&seed));
        self
    }

    /// Adds an object, or a new version of one, under its number and generation. Put twice, the last counts.
    /// A stream is written with its bytes and their true `/Length`. If the document is encrypted, so is what
    /// is written.
    ///
    /// # Errors
    /// If the bytes of a stream that stands in the file cannot be read; [`PdfError::SeedMissing`] if the
    /// document is encrypted with AES and there is no seed.
    pub fn put(&mut self, reference: Reference, object: &Object) -> Result<(), PdfError> {
        let object = self.encrypted(reference, object)?;
        let mut body = Vec::new();
        if let Object::Stream(stream) = &*object {
            let revision = self.document.revisions().len().saturating_sub(1);
            let mut data = self.document.raw(revision, stream)?;
            if let Some(security) = self.document.security_handler() {
                let dictionary = self.document.crypt_entries(revision, stream.dictionary())?;
                data = security.encrypt_stream(data, &dictionary, reference, &mut self.vectors)?;
            }
            let mut dictionary = stream.dictionary().clone();
            dictionary.set("Length", Object::Integer(i64::try_from(data.len()).unwrap_or(i64::MAX)));
            write::dictionary(&dictionary, &mut body);
            body.extend(b"\nstream\n");
            body.extend(&*data);
            body.extend(b"\nendstream");
        } else {
            object.write(&mut body);
        }
        self.put_raw(reference, body);
        Ok(())
    }

    /// The object with its strings encrypted as those of `reference` must be, for who writes its body
    /// himself; the object itself if the document is not encrypted. `/Contents` beside a `/ByteRange` stays
    /// plain, as signatures want it. The data of a stream are left alone.
    ///
    /// # Errors
    /// [`PdfError::SeedMissing`] as for [`Increment::put`].
    pub fn encrypted<'o>(
        &mut self,
        reference: Reference,
        object: &'o Object,
    ) -> Result<Cow<'o, Object>, PdfError> {
        let Some(security) = self.document.security_handler() else { return Ok(Cow::Borrowed(object)) };
        let mut object = object.clone();
        security.encrypt_strings(&mut object, reference, &mut self.vectors)?;
        Ok(Cow::Owned(object))
    }

    /// Adds an object whose body (what stands between `obj` and `endobj`) is already written. The bytes are
    /// not looked at; in an encrypted document their strings must be encrypted ([`Increment::encrypted`]).
    pub fn put_raw(&mut self, reference: Reference, body: Vec<u8>) {
        self.put_body(reference, Body { before: body, room: 0, after: Vec::new() });
    }

    /// As [`Increment::put_raw`] for a body in two parts, with so many digits `0` between them: room in a hexadecimal
    /// string for what is not known yet, such as a signature. It costs nothing before it is written.
    pub fn put_raw_with_room(&mut self, reference: Reference, before: Vec<u8>, room: usize, after: Vec<u8>) {
        self.put_body(reference, Body { before, room, after });
    }

    fn put_body(&mut self, reference: Reference, body: Body) {
        self.next = self.next.max(reference.number.saturating_add(1));
        let place = *self.places.entry(reference.number).or_insert(self.objects.len());
        match self.objects.get_mut(place) {
            Some(object) => *object = (reference, body),
            None => self.objects.push((reference, body)),
        }
    }

    /// The objects put so far that take the place of one of the document, in the order in which they were put.
    ///
    /// # Errors
    /// If an entry of the cross-reference is damaged.
    pub fn replaced(&self) -> Result<Vec<Reference>, PdfError> {
        let view = self.document.latest();
        let mut replaced = Vec::new();
        for (reference, _) in &self.objects {
            if view.entry(reference.number)?.is_some_and(|entry| entry.is_in_use()) {
                replaced.push(*reference);
            }
        }
        Ok(replaced)
    }

    /// Sets an entry of the new trailer. All others are taken over from the latest one; those that belong to
    /// the section itself, such as `/Prev` and `/Size`, are always written anew.
    pub fn set_trailer(&mut self, key: impl Into<Name>, value: impl Into<Object>) {
        self.trailer.set(key, value);
    }

    /// The second part of `/ID`, which changes with every revision (ISO 32000-2, 14.4); 16 random bytes are
    /// usual. Not called, `/ID` stays as it is.
    pub fn set_identifier(&mut self, second: impl Into<Vec<u8>>) {
        self.second_identifier = Some(second.into());
    }

    /// Writes the objects and a cross-reference section of the kind that the file has. A hybrid file gets a
    /// table. For a document opened by [`Document::repaired`], the section is complete: it lists every object and has no
    /// `/Prev`; it is a stream if the file has object streams.
    ///
    /// # Errors
    /// [`PdfError::OffsetTooLarge`] if the file is too long for its classic table, [`PdfError::IntegrityProtected`] if
    /// a code that covers the whole file would no longer hold.
    pub fn finish(self) -> Result<Appended, PdfError> {
        if self.document.is_integrity_protected() {
            return Err(PdfError::IntegrityProtected);
        }
        let source = self.document.source();
        let start = source.len();
        let last = source.read_range(start.saturating_sub(1)..start)?;
        // Room for each object with the words around it and its line in a table, so that it grows rarely.
        let length: usize = self.objects.iter().map(|(_, body)| body.len() + 64).sum();
        let mut out = Vec::with_capacity(length + 512);
        if !matches!(&*last, [b'\n' | b'\r']) {
            out.push(b'\n');
        }
        let mut bodies = BTreeMap::new();
        let base = self.document.offsets_counted_from();
        let mut entries = self.entries_before()?;
        for (reference, body) in &self.objects {
            let Reference { number, generation } = *reference;
            let offset = start + out.len() as u64;
            entries.insert(number, Entry::InFile { offset, generation });
            write::text(&mut out, format_args!("{number} {generation} obj\n"));
            bodies.insert(*reference, start + out.len() as u64);
            out.extend(&body.before);
            out.resize(out.len() + body.room, b'0');
            out.extend(&body.after);
            out.extend(b"\nendobj\n");
        }
        let section = start + out.len() as u64;
        for entry in entries.values_mut() {
            if let Entry::InFile { offset, .. } = entry {
                *offset -= base;
            }
        }
        let stated = section - base;
        let trailer = self.new_trailer()?;
        match self.document.revisions().last().map(|revision| revision.kind) {
            Some(SectionKind::Stream) => write_stream(&mut out, entries, trailer, self.next, stated),
            _ => write_table(&mut out, &entries, trailer, self.next)?,
        }
        write::text(&mut out, format_args!("startxref\n{stated}\n%%EOF\n"));
        Ok(Appended { bytes: out, start, section, bodies })
    }

    /// What the section has to say beside what is added: nothing, or everything if the document was repaired.
    fn entries_before(&self) -> Result<Entries, PdfError> {
        let mut entries = Entries::new();
        if self.document.repairs().is_empty() {
            return Ok(entries);
        }
        let view = self.document.latest();
        for reference in view.references()? {
            entries.extend(view.entry(reference.number)?.map(|entry| (reference.number, entry)));
        }
        // The numbers of a file's only section run from 0 without gaps (7.5.4), which are free and stay so; but for a
        // few very large numbers, which would make it as large, subsections do.
        let free = Entry::Free { next: 0, generation: u16::MAX };
        let greatest = entries.keys().next_back().copied().unwrap_or_default();
        let filled = usize::try_from(greatest).is_ok_and(|greatest| greatest / 2 <= entries.len() + 1_000);
        for number in 0..if filled { greatest.max(1) } else { 1 } {
            entries.entry(number).or_insert(free);
        }
        Ok(entries)
    }

    /// The latest trailer's entries, ours, `/ID` and `/Prev`; without `/Size`.
    fn new_trailer(&self) -> Result<Dictionary, PdfError> {
        let view = self.document.latest();
        let latest = view.trailer();
        let mut trailer = Dictionary::new();
        for (key, value) in latest.iter().filter(|(key, _)| !SECTION_KEYS.iter().any(|own| *key == own)) {
            trailer.set(key.clone(), value.clone());
        }
        for (key, value) in self.trailer.iter() {
            trailer.set(key.clone(), value.clone());
        }
        if let Some(identifier) = self.identifier(latest.get("ID"))? {
            trailer.set("ID", identifier);
        }
        if !self.document.repairs().is_empty() {
            return Ok(trailer);
        }
        let previous = self.document.revisions().last().map_or(0, |revision| revision.start_xref);
        let previous = previous.saturating_sub(self.document.offsets_counted_from());
        trailer.set("Prev", Object::Integer(i64::try_from(previous).unwrap_or(i64::MAX)));
        Ok(trailer)
    }

    fn identifier(&self, present: Option<&Object>) -> Result<Option<Object>, PdfError> {
        let Some(second) = &self.second_identifier else { return Ok(present.cloned()) };
        let second = PdfString::hexadecimal(second.as_slice());
        let present = present.map_or(Ok(Object::Null), |present| self.document.latest().resolve(present))?;
        let first = present.as_array().and_then(|parts| parts.first()).and_then(Object::as_string);
        let first = first.unwrap_or(&second).clone();
        Ok(Some(Object::Array(vec![first.into(), second.into()])))
    }
}

/// The numbers it writes; no contents, which may be secret.
impl fmt::Debug for Increment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let references = self.objects.iter().map(|(reference, _)| reference).collect::<Vec<_>>();
        f.debug_struct("Increment").field("objects", &references).finish_non_exhaustive()
    }
}

/// Offsets as the section states them.
type Entries = BTreeMap<u32, Entry>;

/// Runs of consecutive numbers, as first number and entries.
fn runs(entries: &Entries) -> Vec<(u32, Vec<Entry>)> {
    let mut runs: Vec<(u32, Vec<Entry>)> = Vec::new();
    let mut next = None;
    for (&number, &entry) in entries {
        match runs.last_mut() {
            Some((_, run)) if next == Some(number) => run.push(entry),
            _ => runs.push((number, vec![entry])),
        }
        next = Some(number + 1);
    }
    runs
}

fn write_table(
    out: &mut Vec<u8>,
    entries: &Entries,
    mut trailer: Dictionary,
    size: u32,
) -> Result<(), PdfError> {
    out.extend(b"xref\n");
    if entries.is_empty() {
        out.extend(b"0 0\n");
    }
    for (first, run) in runs(entries) {
        write::text(out, format_args!("{first} {}\n", run.len()));
        for entry in run {
            let (kind, offset, generation) = match entry {
                Entry::InFile { offset, generation } => ('n', offset, generation),
                Entry::Free { next, generation } => ('f', next, generation),
                // Documents with object streams have cross-reference streams.
                Entry::InStream { .. } => ('f', 0, u16::MAX),
            };
            if offset > TABLE_OFFSET {
                return Err(PdfError::OffsetTooLarge { offset });
            }
            write::text(out, format_args!("{offset:010} {generation:05} {kind} \n"));
        }
    }
    trailer.set("Size", size);
    out.extend(b"trailer\n");
    write::dictionary(&trailer, out);
    out.push(b'\n');
    Ok(())
}

/// The stream is an object of its own, with the next number; its own entry is in it.
fn write_stream(out: &mut Vec<u8>, mut entries: Entries, trailer: Dictionary, number: u32, offset: u64) {
    entries.insert(number, Entry::InFile { offset, generation: 0 });
    let row = |entry: &Entry| match *entry {
        Entry::Free { next, generation } => (0, next, u64::from(generation)),
        Entry::InFile { offset, generation } => (1, offset, u64::from(generation)),
        Entry::InStream { stream, index } => (2, u64::from(stream), u64::from(index)),
    };
    let bytes_of = |value: u64| 8 - value.leading_zeros() as usize / 8;
    let offset_width = entries.values().map(|entry| bytes_of(row(entry).1)).max().unwrap_or(1);
    let generation_width = entries.values().map(|entry| bytes_of(row(entry).2)).max();
    let generation_width = generation_width.unwrap_or(1).max(1);
    let mut data = Vec::new();
    let mut index = Vec::new();
    for (first, run) in runs(&entries) {
        index.extend([Object::from(first), Object::from(u32::try_from(run.len()).unwrap_or(u32::MAX))]);
        for entry in &run {
            let (kind, second, third) = row(entry);
            data.push(kind);
            data.extend(&second.to_be_bytes()[8 - offset_width..]);
            data.extend(&third.to_be_bytes()[8 - generation_width..]);
        }
    }
    let width = |width: usize| Object::Integer(i64::try_from(width).unwrap_or(8));
    let mut dictionary = Dictionary::new();
    dictionary.set("Type", Name::from("XRef"));
    dictionary.set("Size", number.saturating_add(1).min(limits::OBJECT_NUMBER));
    dictionary.set("Index", Object::Array(index));
    dictionary
        .set("W", Object::Array(vec![Object::Integer(1), width(offset_width), width(generation_width)]));
    for (key, value) in trailer.iter() {
        dictionary.set(key.clone(), value.clone());
    }
    dictionary.set("Length", Object::Integer(i64::try_from(data.len()).unwrap_or(i64::MAX)));
    write::text(out, format_args!("{number} 0 obj\n"));
    write::dictionary(&dictionary, out);
    out.extend(b"\nstream\n");
    out.extend(&data);
    out.extend(b"\nendstream\nendobj\n");
}
