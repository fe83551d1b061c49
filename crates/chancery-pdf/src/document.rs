//! A document: a file, its revisions, and the objects in them.

mod lookup;
mod reading;
mod writing;

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, AtomicUsize};

use chancery_digest::Source;

use crate::ambiguity::Ambiguity;
use crate::catalogs::Catalogs;
use crate::error::PdfError;
use crate::file::File;
use crate::limits;
use crate::object::{Dictionary, Object};
use crate::object_streams::Cache;
use crate::open::{self, Opened, Revision};
use crate::permissions::Permissions;
use crate::repaired::Repaired;
use crate::section::Section;
use crate::section_index::SectionIndex;
use crate::security::{self, Security};
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
    catalogs: Catalogs,
    /// How many objects may still change with their streams.
    replaced_budget: AtomicUsize,
    /// How much of object streams was decoded so far.
    decoded_bytes: AtomicU64,
    promised: OnceLock<Vec<(u64, u32)>>,
    section_index: OnceLock<Result<SectionIndex, PdfError>>,
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
            catalogs: Catalogs::default(),
            replaced_budget: AtomicUsize::new(limits::REPLACED_NUMBERS),
            decoded_bytes: AtomicU64::new(0),
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

    /// The trailer of a revision.
    pub(crate) fn trailer(&self, revision: usize) -> Option<&Dictionary> {
        self.sections_at(revision).first().map(|section| &section.trailer)
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

    pub(crate) fn catalogs(&self) -> &Catalogs {
        &self.catalogs
    }

    pub(crate) fn object_streams(&self) -> &Cache {
        &self.object_streams
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
