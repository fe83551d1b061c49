//! A certificate revocation list, read where it lies.

use chancery_certificate::asn1::{Element, tag};
use chancery_certificate::{AlgorithmIdentifier, Name};
use const_oid::ObjectIdentifier;
use jiff::Timestamp;

use crate::extensions;
use crate::revocation::crl_error::RevocationListError;
use crate::revocation::entries::Entries;
use crate::revocation::finder::{Finder, Wanted};
use crate::revocation::list_extension::{Critical, ListExtension, read_extensions};
use crate::revocation::list_values::{RevokedEntry, Version};
use crate::revocation::scope::EntriesOf;

/// A CRL over borrowed bytes. The entries stay unread until a serial number is looked up; a look-up walks them
/// once and allocates nothing, however many there are.
///
/// ```text
/// CertificateList ::= SEQUENCE {                      -- RFC 5280 §5.1
///     tbsCertList SEQUENCE {
///         version              Version OPTIONAL,      -- v2 (1) if present
///         signature            AlgorithmIdentifier,
///         issuer               Name,
///         thisUpdate           Time,
///         nextUpdate           Time OPTIONAL,
///         revokedCertificates  SEQUENCE OF SEQUENCE { userCertificate CertificateSerialNumber,
///                                  revocationDate Time, crlEntryExtensions Extensions OPTIONAL } OPTIONAL,
///         crlExtensions        [0] EXPLICIT Extensions OPTIONAL },
///     signatureAlgorithm AlgorithmIdentifier,
///     signatureValue     BIT STRING }
/// ```
///
/// Reading one says nothing about its truth: [`ChainVerifier`](crate::ChainVerifier) checks signature, issuer,
/// scope and time.
#[derive(Clone, Debug)]
pub struct RevocationList<'a> {
    version: Version,
    to_be_signed: &'a [u8],
    algorithm: AlgorithmIdentifier<'a>,
    signature: &'a [u8],
    issuer: Name,
    this_update: Timestamp,
    next_update: Option<Timestamp>,
    entries: Entries<'a>,
    extensions: Vec<ListExtension<'a>>,
}

impl<'a> RevocationList<'a> {
    /// Reads everything but the entries.
    ///
    /// # Errors
    /// When the bytes are not one DER CRL, without bytes after it.
    pub fn from_der(bytes: &'a [u8]) -> Result<Self, RevocationListError> {
        let mut list = Element::only(bytes, tag::SEQUENCE)?.reader();
        let to_be_signed = list.expect(tag::SEQUENCE)?;
        let algorithm = AlgorithmIdentifier::read(&mut list)?;
        let signature = list.expect(tag::BIT_STRING)?.bit_string()?;
        list.finish()?;

        let mut fields = to_be_signed.reader();
        let version = fields.optional(tag::INTEGER)?.map(|version| version.small_integer()).transpose()?;
        if AlgorithmIdentifier::read(&mut fields)? != algorithm {
            return Err(RevocationListError::AlgorithmMismatch);
        }
        let issuer = Name::from_der(fields.expect(tag::SEQUENCE)?.raw)?;
        let this_update = fields.element()?.time()?;
        let next_update = match fields.peek() {
            Some(tag::UTC_TIME | tag::GENERALIZED_TIME) => Some(fields.element()?.time()?),
            _ => None,
        };
        let entries = fields.optional(tag::SEQUENCE)?.map_or(Entries::new(&[], 0), |entries| {
            Entries::new(entries.content, entries.offset + entries.raw.len() - entries.content.len())
        });
        let extensions = match fields.optional(tag::constructed(0))? {
            Some(outer) => {
                let mut outer = outer.reader();
                let extensions = outer.expect(tag::SEQUENCE)?;
                outer.finish()?;
                read_extensions(extensions.reader())?
            }
            None => Vec::new(),
        };
        fields.finish()?;
        let version = match version {
            Some(1) => Version::V2,
            None if extensions.is_empty() => Version::V1,
            _ => return Err(RevocationListError::Version),
        };
        Ok(Self {
            version,
            to_be_signed: to_be_signed.raw,
            algorithm,
            signature,
            issuer,
            this_update,
            next_update,
            entries,
            extensions,
        })
    }

    /// Who issued the list.
    pub fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// When the information was known to be correct.
    pub fn this_update(&self) -> Timestamp {
        self.this_update
    }

    /// When a newer list was promised; RFC 5280 asks for it, some lists lack it.
    pub fn next_update(&self) -> Option<Timestamp> {
        self.next_update
    }

    /// The bytes under the signature, as received.
    pub fn to_be_signed(&self) -> &'a [u8] {
        self.to_be_signed
    }

    /// The algorithm of the signature.
    pub fn signature_algorithm(&self) -> &AlgorithmIdentifier<'a> {
        &self.algorithm
    }

    /// The signature.
    pub fn signature(&self) -> &'a [u8] {
        self.signature
    }

    /// The content of an extension of the list.
    pub(crate) fn extension(&self, oid: ObjectIdentifier) -> Option<&'a [u8]> {
        self.extensions.iter().find(|extension| extension.oid == oid).map(|extension| extension.value)
    }

    /// The first critical extension that is not one of these.
    pub(crate) fn unknown_critical(&self, known: &[ObjectIdentifier]) -> Option<ObjectIdentifier> {
        let mut critical = self.extensions.iter().filter(|extension| extension.critical == Critical::Yes);
        critical.find(|extension| !known.contains(&extension.oid)).map(|extension| extension.oid)
    }

    /// Looks for the certificate with this serial number (content octets of the INTEGER) of this issuer.
    ///
    /// Every entry is visited, because RFC 5280 §5.3 forbids the use of a list with an entry extension that is
    /// critical and not known, whichever entry it stands in. Nothing is kept on the way but what was found.
    ///
    /// # Errors
    /// When an entry cannot be read, or has a critical extension that is not known here.
    pub fn find(&self, serial: &[u8], issuer: &Name) -> Result<Option<RevokedEntry>, RevocationListError> {
        self.look_up(Wanted { serial, issuer, entries_of: EntriesOf::Others })
    }

    /// The same for a list that is known to be indirect, or not to be.
    pub(crate) fn look_up(&self, wanted: Wanted<'_>) -> Result<Option<RevokedEntry>, RevocationListError> {
        let mut finder = self.finder(wanted);
        for entry in self.entries.clone() {
            finder.visit(&entry?)?;
        }
        Ok(finder.found())
    }

    /// What looks at the entries of this list, wherever they lie.
    pub(crate) fn finder<'w>(&'w self, wanted: Wanted<'w>) -> Finder<'w> {
        Finder::new(wanted, &self.issuer, self.version)
    }

    /// The key that the list says that it is signed with (RFC 5280 §5.2.1): a hint. What cannot be read says nothing.
    pub(crate) fn key_identifier(&self) -> Option<&'a [u8]> {
        let value = self.extension(extensions::AUTHORITY_KEY_IDENTIFIER)?;
        let mut fields = Element::only(value, tag::SEQUENCE).ok()?.reader();
        fields.optional(tag::primitive(0)).ok().flatten().map(|identifier| identifier.content)
    }

    /// The number of the list (RFC 5280 §5.2.3), most significant octet first; `None` when it has none.
    pub(crate) fn number(&self) -> Result<Option<&'a [u8]>, RevocationListError> {
        self.extension(extensions::CRL_NUMBER).map(read_number).transpose()
    }

    /// For a delta CRL: the number of the complete list that it continues (RFC 5280 §5.2.4).
    pub(crate) fn base_number(&self) -> Result<Option<&'a [u8]>, RevocationListError> {
        self.extension(extensions::DELTA_CRL_INDICATOR).map(read_number).transpose()
    }
}

/// Octets of the longest number of a list (RFC 5280 §5.2.3).
const LONGEST_NUMBER: usize = 20;

/// A `CRLNumber ::= INTEGER (0..MAX)` without leading zeros, to be compared by length and then octet by octet.
fn read_number(value: &[u8]) -> Result<&[u8], RevocationListError> {
    let number = Element::only(value, tag::INTEGER)?.integer()?;
    if number.first().is_some_and(|first| *first >= 0x80) || number.len() > LONGEST_NUMBER {
        return Err(RevocationListError::Number);
    }
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    Ok(&number[zeros..])
}
