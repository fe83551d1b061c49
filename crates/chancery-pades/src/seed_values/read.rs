//! Reading the seed values of a field.

use chancery_pdf::{Dictionary, Object, PdfString, View};

use super::certificate::CertificateConstraints;
use super::{KindAsked, LockDocument, Rules, SeedValues};
use crate::certification::ChangesAllowed;
use crate::form::Field;
use crate::{AskedTimestamp, PadesError};

/// More texts than this in one list are not read.
const MAX_LISTED: usize = 1_000;

/// All that the seed values of one field say, in bytes; what is referred to twice counts twice. Certificates that may
/// sign are the longest of it, with some kilobytes each.
const MAX_BYTES: usize = 4 << 20;

/// What a value without text takes of that.
const VALUE_BYTES: usize = 16;

impl SeedValues {
    /// What a field asks for; without `/SV`, nothing. What is no value of its kind is remembered as
    /// [`unread`](Self::unread).
    ///
    /// # Errors
    /// If the file cannot be read, or the seed values are larger than any.
    pub(crate) fn of_field(view: &View<'_>, field: &Field) -> Result<Self, PadesError> {
        let value = view.value(&field.dictionary, "SV")?;
        let none = Self { field: field.name.clone(), ..Self::default() };
        let Some(entries) = value.as_dictionary() else {
            let unread = if value.is_null() { Vec::new() } else { vec!["SV"] };
            return Ok(Self { unread, ..none });
        };
        let mut left = MAX_BYTES;
        let mut read = Reader { view, entries, left: &mut left, unread: Vec::new() };
        Ok(Self {
            rules: Rules(read.flags()?),
            filter: read.name("Filter")?,
            sub_filters: read.list("SubFilter")?,
            digests: read.list("DigestMethod")?,
            version: read.stated("V", |_, version| Ok(version.as_number()))?,
            certificate: read.dictionary("Cert", CertificateConstraints::read)?,
            reasons: read.list("Reasons")?,
            kind: read.dictionary("MDP", kind)?.flatten(),
            timestamp: read.dictionary("TimeStamp", timestamp)?,
            attestations: read.list("LegalAttestation")?,
            add_revocation: read.stated("AddRevInfo", |_, stated| Ok(stated.as_boolean()))?,
            lock_document: read.stated("LockDocument", |_, stated| Ok(lock_document(stated)))?.flatten(),
            appearance: read.text("AppearanceFilter")?,
            unread: read.unread,
            ..none
        })
    }
}

/// The entries of a dictionary whose values are texts.
pub(super) type Table = Vec<(String, String)>;

/// Reads the entries of a dictionary, references followed.
pub(super) struct Reader<'r, 'd> {
    view: &'r View<'d>,
    entries: &'r Dictionary,
    /// What may still be read, in bytes.
    left: &'r mut usize,
    /// The keys whose values are none of their kind.
    unread: Vec<&'static str>,
}

impl Reader<'_, '_> {
    fn resolve(&mut self, value: &Object) -> Result<Object, PadesError> {
        let value = self.view.resolve(value)?;
        let left = self.left.checked_sub(weight(&value));
        *self.left = left.ok_or(PadesError::TooMany { what: "bytes of seed values", limit: MAX_BYTES })?;
        Ok(value)
    }

    /// What is stated, if it can be read: `read` gives nothing for what is not of the kind that it has to be.
    fn stated<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Self, &Object) -> Result<Option<T>, PadesError>,
    ) -> Result<Option<T>, PadesError> {
        let Some(value) = self.entries.get(key) else { return Ok(None) };
        let value = self.resolve(value)?;
        if value.is_null() {
            return Ok(None);
        }
        let found = read(self, &value)?;
        if found.is_none() {
            self.unread.push(key);
        }
        Ok(found)
    }

    /// `/Ff`.
    pub(super) fn flags(&mut self) -> Result<u64, PadesError> {
        let flags = |stated: &Object| stated.as_integer().and_then(|flags| u64::try_from(flags).ok());
        Ok(self.stated("Ff", |_, stated| Ok(flags(stated)))?.unwrap_or_default())
    }

    fn name(&mut self, key: &'static str) -> Result<Option<String>, PadesError> {
        let name = |stated: &Object| Some(String::from_utf8_lossy(stated.as_name()?.as_bytes()).into_owned());
        self.stated(key, |_, stated| Ok(name(stated)))
    }

    pub(super) fn text(&mut self, key: &'static str) -> Result<Option<String>, PadesError> {
        self.stated(key, |_, stated| Ok(stated.as_string().map(PdfString::to_text)))
    }

    /// An array of texts, or of names.
    pub(super) fn list(&mut self, key: &'static str) -> Result<Option<Vec<String>>, PadesError> {
        self.elements(key, |_, element| {
            Ok(match element {
                Object::Name(name) => Some(String::from_utf8_lossy(name.as_bytes()).into_owned()),
                element => element.as_string().map(PdfString::to_text),
            })
        })
    }

    /// An array of strings of bytes.
    pub(super) fn byte_strings(&mut self, key: &'static str) -> Result<Option<Vec<Vec<u8>>>, PadesError> {
        self.elements(key, |_, element| Ok(element.as_string().map(|string| string.as_bytes().to_vec())))
    }

    /// An array of dictionaries with texts as values.
    pub(super) fn tables(&mut self, key: &'static str) -> Result<Option<Vec<Table>>, PadesError> {
        self.elements(key, |read, element| {
            let Some(rows) = element.as_dictionary() else { return Ok(None) };
            let mut table = Vec::new();
            for (name, value) in rows.iter() {
                let value = read.resolve(value)?;
                let Some(text) = value.as_string().map(PdfString::to_text) else { return Ok(None) };
                table.push((String::from_utf8_lossy(name.as_bytes()).into_owned(), text));
            }
            Ok(Some(table))
        })
    }

    fn elements<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&mut Self, &Object) -> Result<Option<T>, PadesError>,
    ) -> Result<Option<Vec<T>>, PadesError> {
        self.stated(key, |reader, value| {
            let Some(elements) = value.as_array() else { return Ok(None) };
            if elements.len() > MAX_LISTED {
                return Err(PadesError::TooMany { what: "elements in one seed value", limit: MAX_LISTED });
            }
            let mut found = Vec::new();
            for element in elements {
                let element = reader.resolve(element)?;
                match read(reader, &element)? {
                    Some(one) => found.push(one),
                    None => reader.unread.push(key),
                }
            }
            Ok(Some(found))
        })
    }

    /// A dictionary; `read` gives nothing for one that asks for what cannot be read.
    fn dictionary<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Reader<'_, '_>) -> Result<Option<T>, PadesError>,
    ) -> Result<Option<T>, PadesError> {
        self.stated(key, |reader, value| {
            let Some(entries) = value.as_dictionary() else { return Ok(None) };
            read(&mut Reader { view: reader.view, entries, left: &mut *reader.left, unread: Vec::new() })
        })
    }

    /// The keys so far whose values are none of their kind.
    pub(super) fn take_unread(&mut self) -> Vec<&'static str> {
        std::mem::take(&mut self.unread)
    }
}

/// What a value takes, with all that stands in it.
fn weight(value: &Object) -> usize {
    let own = match value {
        Object::String(string) => string.as_bytes().len(),
        Object::Name(name) => name.as_bytes().len(),
        Object::Array(elements) => elements.iter().map(weight).sum(),
        value => {
            let entries = value.as_dictionary().into_iter().flat_map(Dictionary::iter);
            entries.map(|(name, value)| name.as_bytes().len() + weight(value)).sum()
        }
    };
    own.saturating_add(VALUE_BYTES)
}

/// Inside: nothing, where it does not say which kind.
#[expect(clippy::option_option, reason = "outside: whether it can be read")]
fn kind(read: &mut Reader<'_, '_>) -> Result<Option<Option<KindAsked>>, PadesError> {
    let number = read.stated("P", |_, stated| Ok(stated.as_integer()))?;
    if !read.unread.is_empty() {
        return Ok(None);
    }
    Ok(Some(number.map(|number| {
        let level = u64::try_from(number).ok().and_then(ChangesAllowed::from_number);
        match (number, level) {
            (0, _) => KindAsked::Approval,
            (_, Some(level)) => KindAsked::Certification(level),
            _ => KindAsked::Unknown(number),
        }
    })))
}

/// A timestamp may be demanded without saying from whom (table 239).
fn timestamp(read: &mut Reader<'_, '_>) -> Result<Option<AskedTimestamp>, PadesError> {
    let flags = read.flags()?;
    if flags > 1 || !read.unread.is_empty() {
        return Ok(None);
    }
    Ok(Some(AskedTimestamp { url: read.text("URL")?, is_required: flags == 1 }))
}

/// A name; some write a boolean. Inside: nothing for `auto`, which leaves it to the signer.
#[expect(clippy::option_option, reason = "outside: whether it can be read")]
fn lock_document(stated: &Object) -> Option<Option<LockDocument>> {
    match (stated.as_name().map(chancery_pdf::Name::as_bytes), stated.as_boolean()) {
        (Some(b"true"), _) | (_, Some(true)) => Some(Some(LockDocument::Lock)),
        (Some(b"false"), _) | (_, Some(false)) => Some(Some(LockDocument::Leave)),
        (Some(b"auto"), _) => Some(None),
        _ => None,
    }
}
