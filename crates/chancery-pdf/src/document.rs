//! A document: a file, its revisions, and the objects in them.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use chancery_digest::Source;

use crate::ambiguity::Ambiguity;
use crate::entry::Entry;
use crate::error::PdfError;
use crate::file::{File, Indirect};
use crate::filter;
use crate::limits;
use crate::object::{Dictionary, Object, Stream, StreamData};
use crate::object_streams::{Cache, ObjectStream};
use crate::open::{self, Opened, Revision};
use crate::permissions::Permissions;
use crate::reference::Reference;
use crate::repaired::Repaired;
use crate::section::Section;
use crate::section_index::{self, SectionIndex};
use crate::security::{self, Security};
use crate::table::Window;
use crate::window::Bytes;

/// A PDF that was opened: its cross-reference is known, its objects are read when they are asked for.
///
/// Opening reads the end of the file and the headers of its cross-reference sections, so it costs about the
/// same for a small and for a large file.
pub struct Document<'a> {
    file: File<'a>,
    sections: Vec<Section>,
    revisions: Vec<Revision>,
    version: Option<(u8, u8)>,
    object_streams: Cache,
    promised: OnceLock<Vec<(u64, u32)>>,
    section_index: OnceLock<Option<SectionIndex>>,
    security: Option<Security>,
    repaired: Vec<Repaired>,
}

impl<'a> Document<'a> {
    /// Opens a document that is not encrypted.
    ///
    /// # Errors
    /// [`PdfError::Encrypted`] if a password is needed, [`PdfError::UnsupportedEncryption`] if none would help; else whatever is wrong with the file's header, its
    /// last `startxref` or its cross-reference sections. Nothing is repaired.
    pub fn open(source: &'a dyn Source) -> Result<Self, PdfError> {
        let document = Self::open_raw(source)?;
        match document.encryption() {
            None => Ok(document),
            Some((revision, value)) => {
                security::check_handler(&document.encryption_dictionary(revision, &value)?)?;
                Err(PdfError::Encrypted)
            }
        }
    }

    /// Opens a document with the password of its user or its owner; the empty one is that of files which
    /// anybody may read. A document that is not encrypted is opened whatever the password.
    ///
    /// Supported is the standard security handler with RC4 of 40 to 128 bits, AES-128, and AES-256 of
    /// revisions 5 and 6.
    ///
    /// Strings and streams then come decrypted, and [`crate::Increment`] encrypts what it adds. `/Encrypt`
    /// stays as it is. What the permissions (`/P`) forbid is told by [`Document::permissions`], not enforced here.
    ///
    /// # Errors
    /// [`PdfError::WrongPassword`], [`PdfError::UnsupportedEncryption`], else as [`Document::open`].
    pub fn open_with_password(source: &'a dyn Source, password: &str) -> Result<Self, PdfError> {
        let mut document = Self::open_raw(source)?;
        document.security = match document.encryption() {
            None => None,
            Some((revision, value)) => Some(document.security(revision, &value, password)?),
        };
        Ok(document)
    }

    fn open_raw(source: &'a dyn Source) -> Result<Self, PdfError> {
        let document = Self::from_opened(open::open(Bytes::new(source))?);
        document.compare_encryption();
        Ok(document)
    }

    pub(crate) fn from_opened(opened: Opened<'a>) -> Self {
        let Opened { file, sections, revisions, version } = opened;
        Self {
            file,
            sections,
            revisions,
            version,
            object_streams: Cache::default(),
            promised: OnceLock::new(),
            section_index: OnceLock::new(),
            security: None,
            repaired: Vec::new(),
        }
    }

    /// The same document with a key, and what was done to read it.
    pub(crate) fn with_repairs(self, security: Option<Security>, repaired: Vec<Repaired>) -> Self {
        Self { security, repaired, ..self }
    }

    /// What was done to read the document; empty unless it was opened by [`Document::repaired`].
    #[must_use]
    pub fn repairs(&self) -> &[Repaired] {
        &self.repaired
    }

    pub(crate) fn into_security(self) -> Option<Security> {
        self.security
    }

    /// One key opens all revisions only if they are all encrypted in the same way.
    fn compare_encryption(&self) {
        let encryption = |revision: usize| self.trailer(revision).and_then(|trailer| trailer.get("Encrypt"));
        for (older, revision) in self.revisions.iter().skip(1).enumerate() {
            if encryption(older) != encryption(older + 1) {
                self.file.record(Ambiguity::EncryptionChanged { section: revision.start_xref });
            }
        }
    }

    /// The newest `/Encrypt` entry, and the revision it stands in.
    pub(crate) fn encryption(&self) -> Option<(usize, Object)> {
        let index = self
            .sections
            .iter()
            .position(|section| section.trailer.get("Encrypt").is_some_and(|value| !value.is_null()))?;
        let revision = self.revisions.iter().rposition(|revision| revision.first_section <= index)?;
        let value = self.sections[index].trailer.get("Encrypt")?;
        Some((revision, value.clone()))
    }

    pub(crate) fn security(
        &self,
        revision: usize,
        value: &Object,
        password: &str,
    ) -> Result<Security, PdfError> {
        let resolve = |value: &Object| self.resolve(revision, value, limits::INDIRECTIONS);
        let encryption = self.encryption_dictionary(revision, value)?;
        let identifier =
            self.trailer(revision).and_then(|trailer| trailer.get("ID")).map_or(Ok(Object::Null), resolve)?;
        let first =
            identifier.as_array().and_then(|parts| parts.first()).map_or(Ok(Object::Null), resolve)?;
        // Without an identifier the key is made as if it were empty.
        let first = first.as_string().map(|first| first.as_bytes().to_vec()).unwrap_or_default();
        Security::new(&encryption, value.as_reference(), &first, password)
    }

    /// The encryption dictionary, references followed.
    pub(crate) fn encryption_dictionary(
        &self,
        revision: usize,
        value: &Object,
    ) -> Result<Dictionary, PdfError> {
        let resolve = |value: &Object| self.resolve(revision, value, limits::INDIRECTIONS);
        let wrong = PdfError::Entry { key: "Encrypt", of: "the trailer", expected: "a dictionary" };
        let Object::Dictionary(stored) = resolve(value)? else { return Err(wrong) };
        stored.iter().map(|(key, value)| Ok((key.clone(), resolve(value)?))).collect()
    }

    /// Whether a message authentication code covers the file (ISO/TS 32004).
    pub(crate) fn is_integrity_protected(&self) -> bool {
        let trailer = self.sections.first().map(|section| &section.trailer);
        trailer.and_then(|trailer| trailer.get("AuthCode")).is_some_and(|value| !value.is_null())
            || self.security.as_ref().is_some_and(Security::demands_integrity)
    }

    /// The bytes of the file.
    #[must_use]
    pub fn source(&self) -> &'a dyn Source {
        self.file.bytes().source()
    }

    /// The version in the header, such as `(1, 7)`; the catalog's `/Version` may say a later one.
    #[must_use]
    pub fn header_version(&self) -> Option<(u8, u8)> {
        self.version
    }

    /// The states of the document, oldest first; there is at least one.
    #[must_use]
    pub fn revisions(&self) -> &[Revision] {
        &self.revisions
    }

    /// What whoever gave the password may do; `None` if the document is not encrypted, so that nothing is withheld.
    ///
    /// ```no_run
    /// # let pdf: Vec<u8> = Vec::new();
    /// use chancery_pdf::{Document, OpenedAs, Permission};
    ///
    /// let document = Document::open_with_password(&pdf, "of the user")?;
    /// if let Some(permissions) = document.permissions() {
    ///     println!("opened as the owner: {}", permissions.opened_as() == OpenedAs::Owner);
    ///     println!("a signature field may be added: {}", permissions.allows(Permission::CreateFields));
    /// }
    /// # Ok::<(), chancery_pdf::PdfError>(())
    /// ```
    #[must_use]
    pub fn permissions(&self) -> Option<Permissions> {
        self.security.as_ref().map(Security::permissions)
    }

    /// What was noticed so far that other readers may take differently: in the cross-reference when the
    /// document was opened, in objects when they were read.
    #[must_use]
    pub fn ambiguities(&self) -> Vec<Ambiguity> {
        self.file.ambiguities()
    }

    /// What the file's own offsets are counted from: 0, or the header if bytes stand before it.
    #[must_use]
    pub fn offsets_counted_from(&self) -> u64 {
        self.file.base()
    }

    /// The sections that make up a revision and all before it, newest first.
    pub(crate) fn sections_at(&self, revision: usize) -> &[Section] {
        let first = self.revisions.get(revision).map_or(0, |revision| revision.first_section);
        self.sections.get(first..).unwrap_or_default()
    }

    pub(crate) fn section_count(&self) -> usize {
        self.sections.len()
    }

    pub(crate) fn security_handler(&self) -> Option<&Security> {
        self.security.as_ref()
    }

    pub(crate) fn file(&self) -> &File<'a> {
        &self.file
    }
}

/// What the document is, not what it holds.
impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("length", &self.source().len())
            .field("revisions", &self.revisions)
            .finish_non_exhaustive()
    }
}

const PAST_THE_END: &str = "it runs past the end of its revision";

/// Reading objects as of a revision.
impl Document<'_> {
    pub(crate) fn entry(&self, revision: usize, number: u32) -> Result<Option<Entry>, PdfError> {
        self.next_entry(revision, number, &mut [])
    }

    /// As `entry`, for many numbers in ascending order: the windows, one for each section, keep what was read around the
    /// last one.
    pub(crate) fn next_entry(
        &self,
        revision: usize,
        number: u32,
        windows: &mut [Window],
    ) -> Result<Option<Entry>, PdfError> {
        let entry = self.newest_entry(revision, number, windows)?;
        // When the revision was all there was, an entry that points beyond its end led to nothing.
        let end = self.end_of(revision);
        Ok(entry.filter(|entry| !matches!(entry, Entry::InFile { offset, .. } if *offset >= end)))
    }

    /// The entry in the newest section up to a revision that has one.
    fn newest_entry(
        &self,
        revision: usize,
        number: u32,
        windows: &mut [Window],
    ) -> Result<Option<Entry>, PdfError> {
        let first = self.revisions.get(revision).map_or(0, |revision| revision.first_section);
        let mut in_section = |index: usize| {
            let section = self.sections.get(index)?;
            section.next_entry(&self.file, windows.get_mut(index), number).transpose()
        };
        match self.section_index()? {
            Some(index) => index.candidates(number, first).find_map(in_section).transpose(),
            None => (first..self.sections.len()).find_map(&mut in_section).transpose(),
        }
    }

    fn section_index(&self) -> Result<Option<&SectionIndex>, PdfError> {
        if self.sections.len() < section_index::WORTHWHILE {
            return Ok(None);
        }
        if let Some(index) = self.section_index.get() {
            return Ok(index.as_ref());
        }
        let index = SectionIndex::new(&self.sections, &self.file)?;
        Ok(self.section_index.get_or_init(|| index).as_ref())
    }

    /// The numbers of which an entry points beyond the end of its own revision, to between the ends of these two: nothing
    /// stood there when it was all there was, and whoever appends decides what stands there now. All are read once.
    pub(crate) fn promised(
        &self,
        older: usize,
        newer: usize,
    ) -> Result<impl Iterator<Item = u32> + '_, PdfError> {
        let promised = match self.promised.get() {
            Some(promised) => promised,
            None => {
                let promised = self.read_promised()?;
                self.promised.get_or_init(|| promised)
            }
        };
        let before = |end: u64| promised.partition_point(|(offset, _)| *offset < end);
        let (one, other) = (before(self.end_of(older)), before(self.end_of(newer)));
        let (start, end) = (one.min(other), one.max(other));
        Ok(promised.get(start..end).unwrap_or_default().iter().map(|&(_, number)| number))
    }

    /// By the offsets that they point to.
    fn read_promised(&self) -> Result<Vec<(u64, u32)>, PdfError> {
        let mut promised = Vec::new();
        let mut until = self.sections.len();
        for (index, revision) in self.revisions.iter().enumerate() {
            let end = self.end_of(index);
            for section in self.sections.get(revision.first_section..until).unwrap_or_default() {
                let (mut numbers, mut window) = (Vec::new(), Window::default());
                section.numbers(&self.file, &mut numbers)?;
                for number in numbers {
                    if let Some(Entry::InFile { offset, .. }) =
                        section.next_entry(&self.file, Some(&mut window), number)?
                        && offset >= end
                    {
                        promised.push((offset, number));
                    }
                }
            }
            until = revision.first_section;
        }
        promised.sort_unstable();
        Ok(promised)
    }

    /// Where a revision ends that is followed by others; the latest ends nowhere.
    fn end_of(&self, revision: usize) -> u64 {
        let followed = revision + 1 < self.revisions.len();
        self.revisions.get(revision).filter(|_| followed).map_or(u64::MAX, |revision| revision.end)
    }

    /// The object, or null if there is none of this number and generation.
    pub(crate) fn object(
        &self,
        revision: usize,
        reference: Reference,
        depth: u32,
    ) -> Result<Object, PdfError> {
        let Some(entry) = self.entry(revision, reference.number)? else { return Ok(Object::Null) };
        if entry.generation_in_use() != Some(reference.generation) {
            return Ok(Object::Null);
        }
        match entry {
            Entry::Free { .. } => Ok(Object::Null),
            Entry::InFile { offset, .. } => {
                self.object_in_file(&self.file, revision, reference, offset, depth)
            }
            Entry::InStream { stream, index } => {
                let container = self.object_stream(revision, stream, depth)?;
                self.object_in_stream(&container, stream, reference.number, index)
            }
        }
    }

    /// The object that an entry says is at `offset`, read from `file`, which is this one or reads ahead in it.
    pub(crate) fn object_in_file(
        &self,
        file: &File<'_>,
        revision: usize,
        reference: Reference,
        offset: u64,
        depth: u32,
    ) -> Result<Object, PdfError> {
        let mut object = self.read_in_file(file, revision, reference, offset, depth)?.object;
        if let Some(security) = &self.security {
            security.decrypt_strings(&mut object, reference)?;
        }
        Ok(object)
    }

    /// The indirect object that an entry says is at `offset`.
    pub(crate) fn in_file(
        &self,
        revision: usize,
        reference: Reference,
        offset: u64,
        depth: u32,
    ) -> Result<Indirect, PdfError> {
        self.read_in_file(&self.file, revision, reference, offset, depth)
    }

    fn read_in_file(
        &self,
        file: &File<'_>,
        revision: usize,
        reference: Reference,
        offset: u64,
        depth: u32,
    ) -> Result<Indirect, PdfError> {
        let depth = depth.checked_sub(1).ok_or(PdfError::ReferenceLoop { number: reference.number })?;
        let mut length = |value: &Object| self.length(revision, value, depth);
        let found = file.indirect(offset, &mut length)?;
        if found.reference != reference {
            let (number, generation) = (reference.number, reference.generation);
            let problem = "another object stands where the cross-reference says it is";
            return Err(PdfError::Object { number, generation, offset, problem });
        }
        if found.span.end > self.end_of(revision) {
            let Reference { number, generation } = reference;
            return Err(PdfError::Object { number, generation, offset, problem: PAST_THE_END });
        }
        Ok(found)
    }

    /// What a stream's `/Length` says. One that leads nowhere is as good as none: the data then go as far as
    /// `endstream`, and that is recorded.
    fn length(&self, revision: usize, value: &Object, depth: u32) -> Result<Option<u64>, PdfError> {
        let found = match value {
            Object::Reference(reference) => match self.object(revision, *reference, depth) {
                Err(PdfError::Read(error)) => return Err(PdfError::Read(error)),
                found => found.ok(),
            },
            direct => Some(direct.clone()),
        };
        Ok(found.and_then(|found| found.as_integer()).and_then(|length| u64::try_from(length).ok()))
    }

    /// The object stream `number`, decoded.
    pub(crate) fn object_stream(
        &self,
        revision: usize,
        number: u32,
        depth: u32,
    ) -> Result<Arc<ObjectStream>, PdfError> {
        let depth = depth.checked_sub(1).ok_or(PdfError::ReferenceLoop { number })?;
        let problem = |offset, problem| PdfError::Object { number, generation: 0, offset, problem };
        let Some(Entry::InFile { offset, generation: 0 }) = self.entry(revision, number)? else {
            return Err(problem(0, "an object stream must stand in the file itself, in generation 0"));
        };
        let stream = self.object_streams.get(offset, || {
            let found = self.in_file(revision, Reference::new(number, 0), offset, depth)?;
            let Object::Stream(stream) = found.object else {
                return Err(problem(offset, "it is no object stream"));
            };
            let dictionary = stream.dictionary();
            if dictionary.get("Type").and_then(Object::as_name).is_none_or(|name| name != "ObjStm") {
                return Err(problem(offset, "it is no object stream"));
            }
            let data = self.decoded(revision, &stream, limits::OBJECT_STREAM_BYTES, depth)?;
            let opened = ObjectStream::new(dictionary, data.into_owned(), number, offset..found.span.end)?;
            if let Some(twice) = opened.number_twice() {
                self.file.record(Ambiguity::ObjectStreamTwice { number: twice, stream: number });
            }
            Ok(opened)
        })?;
        // It may have been decoded for a later revision, which sees further.
        if stream.end() > self.end_of(revision) {
            return Err(problem(offset, PAST_THE_END));
        }
        Ok(stream)
    }

    /// The value that a chain of references leads to.
    pub(crate) fn resolve(&self, revision: usize, value: &Object, depth: u32) -> Result<Object, PdfError> {
        let Object::Reference(first) = value else { return Ok(value.clone()) };
        let mut next = *first;
        for _ in 0..limits::INDIRECTIONS {
            match self.object(revision, next, depth)? {
                Object::Reference(further) => next = further,
                found => return Ok(found),
            }
        }
        Err(PdfError::ReferenceLoop { number: first.number })
    }

    /// A stream's bytes before its filters, decrypted.
    pub(crate) fn raw<'s>(&'s self, revision: usize, stream: &'s Stream) -> Result<Cow<'s, [u8]>, PdfError> {
        match stream.data() {
            StreamData::InMemory(data) => Ok(Cow::Borrowed(data)),
            StreamData::InFile { range, owner } => {
                let data = self.file.bytes().range(range.clone())?;
                match &self.security {
                    None => Ok(data),
                    Some(security) => {
                        let dictionary = self.crypt_entries(revision, stream.dictionary())?;
                        security.decrypt_stream(data, &dictionary, *owner)
                    }
                }
            }
        }
    }

    /// The dictionary of a stream with the entries written out that may name a crypt filter.
    pub(crate) fn crypt_entries<'s>(
        &self,
        revision: usize,
        dictionary: &'s Dictionary,
    ) -> Result<Cow<'s, Dictionary>, PdfError> {
        let mut dictionary = Cow::Borrowed(dictionary);
        for key in ["Filter", "DecodeParms"] {
            let Some(value) = dictionary.get(key) else { continue };
            let first = value.as_array().and_then(|values| values.first());
            if value.as_reference().is_none() && first.and_then(Object::as_reference).is_none() {
                continue;
            }
            let mut value = self.resolve(revision, value, limits::INDIRECTIONS)?;
            if let Object::Array(values) = &mut value {
                for value in values.iter_mut() {
                    *value = self.resolve(revision, value, limits::INDIRECTIONS)?;
                }
            }
            dictionary.to_mut().set(key, value);
        }
        Ok(dictionary)
    }

    pub(crate) fn decoded<'s>(
        &'s self,
        revision: usize,
        stream: &'s Stream,
        budget: usize,
        depth: u32,
    ) -> Result<Cow<'s, [u8]>, PdfError> {
        let mut resolve = |value: &Object| self.resolve(revision, value, depth);
        let mut steps = filter::steps(stream.dictionary(), &mut resolve)?;
        if self.security.is_some() && steps.first().is_some_and(filter::Step::is_decryption) {
            // It was undone with the rest of the encryption.
            steps.remove(0);
        }
        let mut notes = filter::Notes::default();
        let decoded = filter::decode(self.raw(revision, stream)?, &steps, budget, &mut notes)?;
        if let (true, Some(range)) = (notes.wrong_checksum, stream.file_range()) {
            self.file.record(Ambiguity::FlateChecksum { offset: range.start });
        }
        Ok(decoded)
    }

    /// Where an object stands in the file; `None` if it does not, or is part of an object stream.
    pub(crate) fn span(&self, revision: usize, reference: Reference) -> Result<Option<Range<u64>>, PdfError> {
        match self.entry(revision, reference.number)? {
            Some(Entry::InFile { offset, generation }) if generation == reference.generation => {
                Ok(Some(self.in_file(revision, reference, offset, limits::INDIRECTIONS)?.span))
            }
            _ => Ok(None),
        }
    }

    /// Whether an object ends with `endobj`, and a stream with `endstream` before it. One that is not in use, or part of an
    /// object stream, does.
    pub(crate) fn is_closed(&self, revision: usize, reference: Reference) -> Result<bool, PdfError> {
        match self.entry(revision, reference.number)? {
            Some(Entry::InFile { offset, generation }) if generation == reference.generation => {
                Ok(self.in_file(revision, reference, offset, limits::INDIRECTIONS)?.closed)
            }
            _ => Ok(true),
        }
    }

    /// The file range of a value in the dictionary of an object that stands in the file; the last one if its
    /// key stands twice.
    pub(crate) fn value_span(
        &self,
        revision: usize,
        reference: Reference,
        key: &str,
    ) -> Result<Option<Range<u64>>, PdfError> {
        let Some(span) = self.span(revision, reference)? else { return Ok(None) };
        self.file.bytes().parse(span.start, |parser| {
            parser.object_header()?;
            let mut found = None;
            parser.dictionary_places(|name, place| {
                if name == key {
                    found = Some(place);
                }
            })?;
            Ok(found)
        })
    }

    /// The trailer of a revision.
    pub(crate) fn trailer(&self, revision: usize) -> Option<&Dictionary> {
        self.sections_at(revision).first().map(|section| &section.trailer)
    }
}
