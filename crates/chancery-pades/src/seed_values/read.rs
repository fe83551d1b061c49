//! Reading the seed values of a field.

use chancery_pdf::{Dictionary, Object, PdfString, View};

use super::certificate::CertificateConstraints;
use super::{KindAsked, LockDocument, Rules, SeedValues};
use crate::certification::ChangesAllowed;
use crate::form::Field;
use crate::{AskedTimestamp, PadesError};

/// More texts than this in one list are not read.
const MAX_LISTED: usize = 1_000;

impl SeedValues {
    /// What a field asks for; without `/SV`, nothing. What is no value of its kind is passed over, as if it was not there.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn of_field(view: &View<'_>, field: &Field) -> Result<Self, PadesError> {
        let value = view.value(&field.dictionary, "SV")?;
        let none = Self { field: field.name.clone(), ..Self::default() };
        let Some(entries) = value.as_dictionary() else { return Ok(none) };
        let read = Reader { view, entries };
        Ok(Self {
            rules: Rules(read.flags()?),
            filter: read.name("Filter")?,
            sub_filters: read.list("SubFilter")?,
            digests: read.list("DigestMethod")?,
            version: read.value("V")?.as_number(),
            certificate: read.dictionary("Cert", |view, entries| {
                CertificateConstraints::read(&Reader { view, entries })
            })?,
            reasons: read.list("Reasons")?,
            kind: read.dictionary("MDP", |view, entries| kind(&view.value(entries, "P")?))?.flatten(),
            timestamp: read.dictionary("TimeStamp", timestamp)?.flatten(),
            attestations: read.list("LegalAttestation")?,
            add_revocation: read.value("AddRevInfo")?.as_boolean(),
            lock_document: lock_document(&read.value("LockDocument")?),
            appearance: read.text("AppearanceFilter")?,
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
}

impl Reader<'_, '_> {
    fn value(&self, key: &str) -> Result<Object, PadesError> {
        Ok(self.view.value(self.entries, key)?)
    }

    /// `/Ff`; a number that is none is as no flags.
    pub(super) fn flags(&self) -> Result<u64, PadesError> {
        Ok(self.value("Ff")?.as_integer().and_then(|flags| u64::try_from(flags).ok()).unwrap_or_default())
    }

    fn name(&self, key: &str) -> Result<Option<String>, PadesError> {
        let value = self.value(key)?;
        Ok(value.as_name().map(|name| String::from_utf8_lossy(name.as_bytes()).into_owned()))
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<String>, PadesError> {
        Ok(self.value(key)?.as_string().map(PdfString::to_text))
    }

    /// An array of texts, or of names.
    pub(super) fn list(&self, key: &str) -> Result<Option<Vec<String>>, PadesError> {
        let text = |element: &Object| match element {
            Object::Name(name) => Some(String::from_utf8_lossy(name.as_bytes()).into_owned()),
            element => element.as_string().map(PdfString::to_text),
        };
        self.elements(key, text)
    }

    /// An array of strings of bytes.
    pub(super) fn byte_strings(&self, key: &str) -> Result<Option<Vec<Vec<u8>>>, PadesError> {
        self.elements(key, |element| element.as_string().map(|string| string.as_bytes().to_vec()))
    }

    /// An array of dictionaries with texts as values.
    pub(super) fn tables(&self, key: &str) -> Result<Option<Vec<Table>>, PadesError> {
        let row = |(key, value): (&chancery_pdf::Name, &Object)| {
            let value = self.view.resolve(value).ok()?.as_string()?.to_text();
            Some((String::from_utf8_lossy(key.as_bytes()).into_owned(), value))
        };
        self.elements(key, |element| Some(element.as_dictionary()?.iter().filter_map(row).collect()))
    }

    fn elements<T>(
        &self,
        key: &str,
        read: impl Fn(&Object) -> Option<T>,
    ) -> Result<Option<Vec<T>>, PadesError> {
        let value = self.value(key)?;
        let Some(elements) = value.as_array() else { return Ok(None) };
        if elements.len() > MAX_LISTED {
            return Err(PadesError::TooMany { what: "elements in one seed value", limit: MAX_LISTED });
        }
        let mut found = Vec::new();
        for element in elements {
            found.extend(read(&self.view.resolve(element)?));
        }
        Ok(Some(found))
    }

    fn dictionary<T>(
        &self,
        key: &str,
        read: impl Fn(&View<'_>, &Dictionary) -> Result<T, PadesError>,
    ) -> Result<Option<T>, PadesError> {
        self.value(key)?.as_dictionary().map(|entries| read(self.view, entries)).transpose()
    }
}

#[expect(clippy::unnecessary_wraps, reason = "as the other readers")]
fn kind(stated: &Object) -> Result<Option<KindAsked>, PadesError> {
    let Some(number) = stated.as_integer() else { return Ok(None) };
    let level = u64::try_from(number).ok().and_then(ChangesAllowed::from_number);
    Ok(Some(match (number, level) {
        (0, _) => KindAsked::Approval,
        (_, Some(level)) => KindAsked::Certification(level),
        _ => KindAsked::Unknown(number),
    }))
}

fn timestamp(view: &View<'_>, entries: &Dictionary) -> Result<Option<AskedTimestamp>, PadesError> {
    let read = Reader { view, entries };
    let is_required = read.flags()? & 1 == 1;
    Ok(read.text("URL")?.map(|url| AskedTimestamp { url, is_required }))
}

/// A name; some write a boolean.
fn lock_document(stated: &Object) -> Option<LockDocument> {
    match (stated.as_name().map(chancery_pdf::Name::as_bytes), stated.as_boolean()) {
        (Some(b"true"), _) | (_, Some(true)) => Some(LockDocument::Lock),
        (Some(b"false"), _) | (_, Some(false)) => Some(LockDocument::Leave),
        // `auto` leaves it to the signer.
        _ => None,
    }
}
