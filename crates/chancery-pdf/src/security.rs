//! Encrypted documents: which cipher for what, and applying it to objects (ISO 32000-2, 7.6.2 to 7.6.6).

use std::borrow::Cow;

use crate::cipher::{self, Vectors};
use crate::error::PdfError;
use crate::limits;
use crate::object::{Dictionary, Object};
use crate::permissions::Permissions;
use crate::reference::Reference;
use crate::standard_security::{self, FileKey, Metadata};
use crate::unsupported_encryption::UnsupportedEncryption;

/// What encrypts a string or a stream (`/CFM`, table 25).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Identity,
    Rc4,
    Aes128,
    Aes256,
}

/// Whether changes to the file would be noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Integrity {
    Open,
    Protected,
}

/// An encrypted document that was opened with its password. No `Debug`: it holds the key.
pub(crate) struct Security {
    key: FileKey,
    permissions: Permissions,
    strings: Method,
    streams: Method,
    /// Of embedded files (`/EFF`).
    files: Method,
    /// Methods that a stream may choose by a `/Crypt` filter.
    named: Vec<(String, Method)>,
    metadata: Metadata,
    /// Whether a message authentication code belongs to the document.
    integrity: Integrity,
    /// The encryption dictionary, if it is an indirect object: it is not encrypted itself.
    dictionary: Option<Reference>,
}

impl Security {
    /// `encryption` is the encryption dictionary with references already followed.
    pub(crate) fn new(
        encryption: &Dictionary,
        dictionary: Option<Reference>,
        identifier: &[u8],
        password: &str,
    ) -> Result<Self, PdfError> {
        check_handler(encryption)?;
        let version = encryption.get("V").and_then(Object::as_integer).unwrap_or_default();
        let named = if version < 4 { Vec::new() } else { named(encryption)? };
        let method = |key: &str, default: Method| match encryption.get(key).and_then(Object::as_name) {
            _ if version < 4 => Ok(Method::Rc4),
            None => Ok(default),
            Some(name) => find(&named, &name.to_string()),
        };
        let (strings, streams) = (method("StrF", Method::Identity)?, method("StmF", Method::Identity)?);
        let files = method("EFF", streams)?;
        let standard_security::Opened { key, permissions } =
            standard_security::open(encryption, identifier, password)?;
        let metadata = standard_security::metadata(encryption);
        let metadata = if version < 4 { Metadata::Encrypted } else { metadata };
        // The salt is for the key of the code alone (ISO/TS 32004).
        let salted = encryption.get("KDFSalt").is_some_and(|salt| !salt.is_null());
        let integrity = if salted { Integrity::Protected } else { Integrity::Open };
        Ok(Self { key, permissions, strings, streams, files, named, metadata, integrity, dictionary })
    }

    /// Whether the encryption dictionary prepares a message authentication code over the file.
    pub(crate) fn demands_integrity(&self) -> bool {
        self.integrity == Integrity::Protected
    }

    pub(crate) fn permissions(&self) -> Permissions {
        self.permissions
    }

    /// Decrypts the strings of an object that stands in the file itself.
    pub(crate) fn decrypt_strings(&self, object: &mut Object, owner: Reference) -> Result<(), PdfError> {
        self.each_string(object, owner, &mut |key, data| {
            let problem = "a string is not encrypted as the document says";
            decrypt(self.strings, key, data).ok_or(PdfError::Decryption { number: owner.number, problem })
        })
    }

    pub(crate) fn encrypt_strings(
        &self,
        object: &mut Object,
        owner: Reference,
        vectors: &mut Option<Vectors>,
    ) -> Result<(), PdfError> {
        self.each_string(object, owner, &mut |key, data| encrypt(self.strings, key, data, vectors))
    }

    /// Decrypts the data of a stream.
    pub(crate) fn decrypt_stream<'d>(
        &self,
        data: Cow<'d, [u8]>,
        dictionary: &Dictionary,
        owner: Reference,
    ) -> Result<Cow<'d, [u8]>, PdfError> {
        let method = self.method_of_stream(dictionary)?;
        if method == Method::Identity {
            return Ok(data);
        }
        let problem = "its stream is not encrypted as the document says";
        let failed = PdfError::Decryption { number: owner.number, problem };
        decrypt(method, &self.object_key(method, owner), &data).map(Cow::Owned).ok_or(failed)
    }

    pub(crate) fn encrypt_stream<'d>(
        &self,
        data: Cow<'d, [u8]>,
        dictionary: &Dictionary,
        owner: Reference,
        vectors: &mut Option<Vectors>,
    ) -> Result<Cow<'d, [u8]>, PdfError> {
        let method = self.method_of_stream(dictionary)?;
        if method == Method::Identity {
            return Ok(data);
        }
        encrypt(method, &self.object_key(method, owner), &data, vectors).map(Cow::Owned)
    }

    fn method_of_stream(&self, dictionary: &Dictionary) -> Result<Method, PdfError> {
        let name = |key: &str| dictionary.get(key).and_then(Object::as_name);
        // Cross-reference streams are never encrypted (7.5.8.2).
        if name("Type").is_some_and(|kind| kind == "XRef") {
            return Ok(Method::Identity);
        }
        // A /Crypt filter must be the first one (7.4.10).
        let first = |value: Option<&Object>| match value {
            Some(Object::Array(values)) => values.first().cloned(),
            value => value.cloned(),
        };
        if first(dictionary.get("Filter"))
            .is_some_and(|filter| filter.as_name().is_some_and(|name| name == "Crypt"))
        {
            let parameters = first(dictionary.get("DecodeParms"));
            let parameters = parameters.as_ref().and_then(Object::as_dictionary);
            let chosen = parameters.and_then(|parameters| parameters.get("Name")).and_then(Object::as_name);
            let chosen = chosen.map_or_else(|| String::from("Identity"), ToString::to_string);
            return find(&self.named, &chosen);
        }
        let is = |kind: &str| name("Type").is_some_and(|name| name == kind);
        Ok(match self.metadata {
            Metadata::Plain if is("Metadata") => Method::Identity,
            _ if is("EmbeddedFile") => self.files,
            _ => self.streams,
        })
    }

    /// Applies `convert` to every string, except the `/Contents` of a signature, which is never encrypted
    /// (7.6.2).
    fn each_string(
        &self,
        object: &mut Object,
        owner: Reference,
        convert: &mut impl FnMut(&[u8], &[u8]) -> Result<Vec<u8>, PdfError>,
    ) -> Result<(), PdfError> {
        if self.strings == Method::Identity || self.dictionary == Some(owner) {
            return Ok(());
        }
        let key = self.object_key(self.strings, owner);
        walk(object, limits::NESTING, &mut |data| convert(&key, data))
    }

    /// Algorithm 1: each object has its own key, except with AES-256 (algorithm 1.A).
    fn object_key(&self, method: Method, owner: Reference) -> FileKey {
        if method == Method::Aes256 {
            return self.key.clone();
        }
        let number = owner.number.to_le_bytes();
        let generation = owner.generation.to_le_bytes();
        let salt: &[u8] = if method == Method::Aes128 { b"sAlT" } else { b"" };
        let digest = cipher::md5(&[&self.key, &number[..3], &generation, salt]);
        let length = (self.key.len() + 5).min(16);
        FileKey::new(digest[..length].to_vec())
    }
}

fn decrypt(method: Method, key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    match method {
        Method::Identity => Some(data.to_vec()),
        Method::Rc4 => cipher::rc4(key, data),
        Method::Aes128 | Method::Aes256 => cipher::aes_decrypt(key, data),
    }
}

fn encrypt(
    method: Method,
    key: &[u8],
    data: &[u8],
    vectors: &mut Option<Vectors>,
) -> Result<Vec<u8>, PdfError> {
    let encrypted = match method {
        Method::Identity => Some(data.to_vec()),
        Method::Rc4 => cipher::rc4(key, data),
        Method::Aes128 | Method::Aes256 => {
            let vector = vectors.as_mut().ok_or(PdfError::SeedMissing)?.next();
            cipher::aes_encrypt(key, &vector, data)
        }
    };
    encrypted.ok_or(unsupported(UnsupportedEncryption::KeyLength { bits: None }))
}

/// What becomes of the bytes of a string.
type Convert<'c> = dyn FnMut(&[u8]) -> Result<Vec<u8>, PdfError> + 'c;

fn walk(object: &mut Object, depth: u32, convert: &mut Convert<'_>) -> Result<(), PdfError> {
    let too_deep =
        PdfError::Limit { what: "levels of nesting", limit: u64::from(limits::NESTING), offset: 0 };
    let depth = depth.checked_sub(1).ok_or(too_deep)?;
    let mut entries = |dictionary: &mut Dictionary| {
        let is_signature = dictionary.get("ByteRange").is_some();
        let mut values = dictionary.values_mut();
        values.try_for_each(|(key, value)| {
            let stays = is_signature && *key == "Contents";
            if stays { Ok(()) } else { walk(value, depth, convert) }
        })
    };
    match object {
        Object::String(string) => {
            *string = string.with_bytes(convert(string.as_bytes())?);
            Ok(())
        }
        Object::Array(values) => values.iter_mut().try_for_each(|value| walk(value, depth, convert)),
        Object::Dictionary(dictionary) => entries(dictionary),
        Object::Stream(stream) => entries(stream.dictionary_mut()),
        _ => Ok(()),
    }
}

/// The crypt filters of `/CF`, and `Identity`, which needs no definition.
fn named(encryption: &Dictionary) -> Result<Vec<(String, Method)>, PdfError> {
    let mut named = vec![(String::from("Identity"), Method::Identity)];
    let Some(Object::Dictionary(filters)) = encryption.get("CF") else { return Ok(named) };
    for (name, filter) in filters.iter() {
        let method = filter.as_dictionary().and_then(|filter| filter.get("CFM")).and_then(Object::as_name);
        let method = match method.map(ToString::to_string).as_deref() {
            None | Some("None") => Method::Identity,
            Some("V2") => Method::Rc4,
            Some("AESV2") => Method::Aes128,
            Some("AESV3") => Method::Aes256,
            Some("AESV4") => return Err(unsupported(UnsupportedEncryption::AesGcm)),
            Some(other) => {
                return Err(unsupported(UnsupportedEncryption::FilterMethod { method: other.to_owned() }));
            }
        };
        if name != "Identity" {
            named.push((name.to_string(), method));
        }
    }
    Ok(named)
}

fn find(named: &[(String, Method)], name: &str) -> Result<Method, PdfError> {
    let found = named.iter().find(|(own, _)| own == name).map(|&(_, method)| method);
    found.ok_or_else(|| unsupported(UnsupportedEncryption::FilterMissing { name: name.to_owned() }))
}

fn unsupported(what: UnsupportedEncryption) -> PdfError {
    PdfError::UnsupportedEncryption { what }
}

/// Whether the encryption is of a kind that a password may open: so that nobody is asked for one in vain.
pub(crate) fn check_handler(encryption: &Dictionary) -> Result<(), PdfError> {
    let name = encryption.get("Filter").and_then(Object::as_name).map(ToString::to_string);
    let sub_filter = encryption.get("SubFilter").and_then(Object::as_name).map(ToString::to_string);
    // Any handler may be asked to speak one of the public-key formats (7.6.5.1).
    let public_key = sub_filter.is_some_and(|name| name.starts_with("adbe.pkcs7."));
    match name.as_deref() {
        Some("Standard") => {}
        Some("Adobe.PubSec") => return Err(unsupported(UnsupportedEncryption::PublicKey)),
        _ if public_key => return Err(unsupported(UnsupportedEncryption::PublicKey)),
        _ => return Err(unsupported(UnsupportedEncryption::Handler { name: name.unwrap_or_default() })),
    }
    let number = |key: &str| encryption.get(key).and_then(Object::as_integer).unwrap_or_default();
    match (number("V"), number("R")) {
        (6, _) | (_, 7) => Err(unsupported(UnsupportedEncryption::AesGcm)),
        (1..=2 | 4..=5, 2..=6) => Ok(()),
        (version, revision) => Err(unsupported(UnsupportedEncryption::Version { version, revision })),
    }
}
