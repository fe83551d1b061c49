//! A certificate revocation list, read where it lies.

use chancery_certificate::asn1::{Asn1Error, Element, Reader, tag};
use chancery_certificate::{AlgorithmIdentifier, GeneralName, Name};
use const_oid::ObjectIdentifier;
use jiff::Timestamp;

use crate::crl_error::RevocationListError;
use crate::entries::{Entries, RawEntry};
use crate::extensions;
use crate::integer::minimal;
use crate::reason::RevocationReason;
use crate::scope::EntriesOf;

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
    version: u8,
    to_be_signed: &'a [u8],
    algorithm: AlgorithmIdentifier<'a>,
    signature: &'a [u8],
    issuer: Name,
    this_update: Timestamp,
    next_update: Option<Timestamp>,
    entries: Entries<'a>,
    extensions: Vec<ListExtension<'a>>,
}

/// An extension of a CRL or of one of its entries.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListExtension<'a> {
    pub(crate) oid: ObjectIdentifier,
    pub(crate) critical: Critical,
    /// Content of the OCTET STRING.
    pub(crate) value: &'a [u8],
}

/// Whether an extension that is not known forbids the use of what carries it.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Critical {
    Yes,
    No,
}

/// One revoked certificate of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokedEntry {
    /// When the issuer revoked it.
    pub revocation_date: Timestamp,
    /// Why; [`RevocationReason::Unspecified`] when the entry does not say.
    pub reason: RevocationReason,
    /// Since when the key was known or suspected to be compromised, or the certificate otherwise invalid.
    pub invalidity_date: Option<Timestamp>,
}

impl RevokedEntry {
    /// When the revocation took effect: the earlier of revocation date and invalidity date.
    pub fn since(&self) -> Timestamp {
        self.invalidity_date.map_or(self.revocation_date, |date| date.min(self.revocation_date))
    }
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
            Some(1) => 2,
            None if extensions.is_empty() => 1,
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
    /// critical and not known, whichever entry it stands in. Nothing is allocated on the way.
    ///
    /// # Errors
    /// When an entry cannot be read, or has a critical extension that is not known here.
    pub fn find(&self, serial: &[u8], issuer: &Name) -> Result<Option<RevokedEntry>, RevocationListError> {
        self.look_up(serial, issuer, EntriesOf::Others)
    }

    /// The same; where entries can only be the issuer's own, one that names another issuer forbids the use of the
    /// list: the extension belongs to indirect lists (RFC 5280 §5.3.3), and nobody knows whom the entry means.
    pub(crate) fn look_up(
        &self,
        serial: &[u8],
        issuer: &Name,
        entries_of: EntriesOf,
    ) -> Result<Option<RevokedEntry>, RevocationListError> {
        let serial = minimal(serial);
        let mut found: Option<RevokedEntry> = None;
        // Content of the last certificate issuer extension: it holds for the entries after it too (§5.3.3).
        let mut named: Option<&[u8]> = None;
        for entry in self.entries.clone() {
            let entry = entry?;
            if entry.extensions.is_some() {
                self.require_extensions()?;
                named = entry.issuer()?.or(named);
                if named.is_some() && entries_of == EntriesOf::TheIssuer {
                    return Err(RevocationListError::UnknownCriticalExtension(
                        extensions::CERTIFICATE_ISSUER,
                    ));
                }
            }
            if minimal(entry.serial) != serial || !self.is_issuer(named, issuer)? {
                continue;
            }
            let entry = read_entry(&entry)?;
            // Should a serial stand twice, the entry that took effect first counts.
            if found.as_ref().is_none_or(|known| entry.since() < known.since()) {
                found = Some(entry);
            }
        }
        Ok(found)
    }

    /// Extensions of entries exist only in lists of version 2 (RFC 5280 §5.1.2.1).
    fn require_extensions(&self) -> Result<(), RevocationListError> {
        if self.version == 2 { Ok(()) } else { Err(RevocationListError::Version) }
    }

    fn is_issuer(&self, entries_of: Option<&[u8]>, issuer: &Name) -> Result<bool, RevocationListError> {
        let Some(names) = entries_of else { return Ok(self.issuer.matches(issuer)) };
        let names = GeneralName::read_all(Element::only(names, tag::SEQUENCE)?.reader())?;
        Ok(names.iter().any(|name| matches!(name, GeneralName::Directory(name) if name.matches(issuer))))
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

fn read_entry(raw: &RawEntry<'_>) -> Result<RevokedEntry, RevocationListError> {
    let mut entry = RevokedEntry {
        revocation_date: Reader::new(raw.date).element()?.time()?,
        reason: RevocationReason::Unspecified,
        invalidity_date: None,
    };
    let mut extensions = Reader::new(raw.extensions.unwrap_or_default());
    while !extensions.is_empty() {
        let extension = read_extension(&mut extensions)?;
        match extension.oid {
            extensions::REASON_CODE => {
                let code = Element::only(extension.value, tag::ENUMERATED)?.small_integer()?;
                entry.reason = RevocationReason::from_code(u8::try_from(code).unwrap_or(u8::MAX));
            }
            extensions::INVALIDITY_DATE => {
                let date = Element::only(extension.value, tag::GENERALIZED_TIME)?.time()?;
                entry.invalidity_date = Some(date);
            }
            // Extensions that are critical and not known were refused before.
            _ => {}
        }
    }
    Ok(entry)
}

fn read_extensions(mut reader: Reader<'_>) -> Result<Vec<ListExtension<'_>>, RevocationListError> {
    let mut extensions: Vec<ListExtension<'_>> = Vec::new();
    while !reader.is_empty() {
        let extension = read_extension(&mut reader)?;
        if extensions.iter().any(|known| known.oid == extension.oid) {
            return Err(RevocationListError::DuplicateExtension(extension.oid));
        }
        extensions.push(extension);
    }
    Ok(extensions)
}

fn read_extension<'a>(reader: &mut Reader<'a>) -> Result<ListExtension<'a>, Asn1Error> {
    let mut fields = reader.expect(tag::SEQUENCE)?.reader();
    let oid = fields.expect(tag::OBJECT_IDENTIFIER)?.oid()?;
    let critical = match fields.optional(tag::BOOLEAN)? {
        Some(flag) if flag.boolean()? => Critical::Yes,
        _ => Critical::No,
    };
    let value = fields.expect(tag::OCTET_STRING)?.content;
    fields.finish()?;
    Ok(ListExtension { oid, critical, value })
}
