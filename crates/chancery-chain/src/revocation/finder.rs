//! Looks for one certificate among the entries of a CRL as they pass by.

use chancery_certificate::asn1::{Asn1Error, Element, Reader, tag};
use chancery_certificate::{GeneralName, Name};

use crate::extensions;
use crate::revocation::crl_error::RevocationListError;
use crate::revocation::entries::RawEntry;
use crate::revocation::integer::minimal;
use crate::revocation::list_extension::read_extension;
use crate::revocation::list_values::{RevokedEntry, Version};
use crate::revocation::reason::RevocationReason;
use crate::revocation::scope::EntriesOf;

/// Whom to look for, in which list.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Wanted<'w> {
    /// Content octets of the serial number.
    pub(crate) serial: &'w [u8],
    /// The issuer of the certificate.
    pub(crate) issuer: &'w Name,
    /// Whose certificates the entries may be. Where they can only be the issuer's own, one that names another issuer
    /// forbids the use of the list: the extension belongs to indirect lists (RFC 5280 §5.3.3), and nobody knows whom
    /// the entry means.
    pub(crate) entries_of: EntriesOf,
}

/// Is shown every entry, in order.
///
/// Every one, because RFC 5280 §5.3 forbids the use of a list with an entry extension that is critical and not known,
/// whichever entry it stands in. It keeps what it found and no more, however many there are.
#[derive(Debug)]
pub(crate) struct Finder<'w> {
    wanted: Wanted<'w>,
    serial: &'w [u8],
    list_issuer: &'w Name,
    version: Version,
    /// Whose entries these are, since the last certificate issuer extension: it holds for those after it too (§5.3.3).
    named: Named,
    found: Option<RevokedEntry>,
}

/// Whom the last certificate issuer extension names.
#[derive(Debug)]
enum Named {
    /// There was none: the issuer of the list.
    Nobody,
    /// The content of the extension, which was not needed yet.
    Unread(Vec<u8>),
    /// The issuer that is looked for. Known for all entries that follow, however many there are and however long the
    /// extension is: nobody checked the signature yet.
    TheIssuer,
    Others,
}

impl<'w> Finder<'w> {
    /// Looks in a list of this issuer and version.
    pub(crate) fn new(wanted: Wanted<'w>, list_issuer: &'w Name, version: Version) -> Self {
        let serial = minimal(wanted.serial);
        Self { wanted, serial, list_issuer, version, named: Named::Nobody, found: None }
    }

    /// Looks at the next entry.
    #[inline]
    pub(crate) fn visit(&mut self, entry: &RawEntry<'_>) -> Result<(), RevocationListError> {
        let usual = entry.is_plain() && (self.version == Version::V2 || entry.extensions.is_none());
        if !usual {
            self.judge_extensions(entry)?;
        }
        if entry.has_serial(self.serial) { self.take(entry) } else { Ok(()) }
    }

    fn take(&mut self, entry: &RawEntry<'_>) -> Result<(), RevocationListError> {
        if !self.is_of_issuer()? {
            return Ok(());
        }
        let entry = read_entry(entry)?;
        // Should a serial stand twice, the worst of both counts.
        self.found = Some(match self.found.take() {
            Some(known) => known.and(entry),
            None => entry,
        });
        Ok(())
    }

    /// What was found.
    pub(crate) fn found(self) -> Option<RevokedEntry> {
        self.found
    }

    fn judge_extensions(&mut self, entry: &RawEntry<'_>) -> Result<(), RevocationListError> {
        // Extensions of entries exist only in lists of version 2 (RFC 5280 §5.1.2.1).
        if self.version != Version::V2 {
            return Err(RevocationListError::Version);
        }
        let Some(named) = entry.issuer()? else { return Ok(()) };
        if self.wanted.entries_of == EntriesOf::TheIssuer {
            return Err(RevocationListError::UnknownCriticalExtension(extensions::CERTIFICATE_ISSUER));
        }
        self.named = Named::Unread(named.to_vec());
        Ok(())
    }

    fn is_of_issuer(&mut self) -> Result<bool, RevocationListError> {
        let issuer = self.wanted.issuer;
        if let Named::Unread(names) = &self.named {
            let names = GeneralName::read_all(Element::only(names, tag::SEQUENCE)?.reader())?;
            let is_issuer =
                |name: &GeneralName| matches!(name, GeneralName::Directory(name) if name.matches(issuer));
            self.named = if names.iter().any(is_issuer) { Named::TheIssuer } else { Named::Others };
        }
        Ok(match self.named {
            Named::Nobody => self.list_issuer.matches(issuer),
            Named::TheIssuer => true,
            Named::Unread(_) | Named::Others => false,
        })
    }
}

fn read_entry(raw: &RawEntry<'_>) -> Result<RevokedEntry, Asn1Error> {
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
