//! The entries of a CRL, walked over raw bytes: a list may have a million of them.

use const_oid::ObjectIdentifier;

use crate::crl_error::RevocationListError;
use crate::extensions;

const BOOLEAN: u8 = 0x01;
const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;

/// Iterates over the content of `revokedCertificates` without allocating. Ends after the first error.
#[derive(Clone, Debug)]
pub(crate) struct Entries<'a> {
    rest: &'a [u8],
    /// Offset of `rest` in the list.
    offset: usize,
}

/// One entry, as little read as a look-up needs.
#[derive(Copy, Clone, Debug)]
pub(crate) struct RawEntry<'a> {
    /// Content of the serial number.
    pub(crate) serial: &'a [u8],
    /// The revocation date as a whole element.
    pub(crate) date: &'a [u8],
    /// The extensions, content of their SEQUENCE.
    pub(crate) extensions: Option<&'a [u8]>,
    /// Where the entry begins in the list.
    pub(crate) offset: usize,
}

/// An extension of an entry, as little read as a look-up needs.
#[derive(Copy, Clone, Debug)]
struct RawExtension<'a> {
    oid: &'a [u8],
    critical: Option<&'a [u8]>,
    value: &'a [u8],
}

impl<'a> Entries<'a> {
    /// The content of `revokedCertificates`, which begins at this offset of the list.
    pub(crate) fn new(content: &'a [u8], offset: usize) -> Self {
        Self { rest: content, offset }
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Result<RawEntry<'a>, RevocationListError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let (offset, before) = (self.offset, self.rest.len());
        let entry = expect(&mut self.rest, SEQUENCE).and_then(|content| read_entry(content, offset));
        self.offset += before - self.rest.len();
        if entry.is_none() {
            self.rest = &[];
        }
        Some(entry.ok_or(RevocationListError::Entry { offset }))
    }
}

fn read_entry(mut fields: &[u8], offset: usize) -> Option<RawEntry<'_>> {
    let serial = expect(&mut fields, INTEGER)?;
    let from_date = fields;
    let (tag, _) = element(&mut fields)?;
    let date = &from_date[..from_date.len() - fields.len()];
    let extensions = if fields.is_empty() { None } else { Some(expect(&mut fields, SEQUENCE)?) };
    let whole = !serial.is_empty() && fields.is_empty() && matches!(tag, UTC_TIME | GENERALIZED_TIME);
    whole.then_some(RawEntry { serial, date, extensions, offset })
}

impl<'a> RawEntry<'a> {
    /// What every entry is asked, looked for or not: has it an extension that forbids the use of the list, and does
    /// it name an issuer? Returns the content of that extension.
    pub(crate) fn issuer(&self) -> Result<Option<&'a [u8]>, RevocationListError> {
        let malformed = RevocationListError::Entry { offset: self.offset };
        let mut rest = self.extensions.unwrap_or_default();
        let mut issuer = None;
        while !rest.is_empty() {
            let Some(extension) = expect(&mut rest, SEQUENCE).and_then(read_extension) else {
                return Err(malformed);
            };
            if extension.oid == extensions::CERTIFICATE_ISSUER.as_bytes() {
                issuer = Some(extension.value);
                continue;
            }
            let known = [extensions::REASON_CODE, extensions::INVALIDITY_DATE];
            let known = known.iter().any(|oid| oid.as_bytes() == extension.oid);
            match extension.critical {
                None | Some([0]) => {}
                Some([0xff]) if known => {}
                Some([0xff]) => {
                    let oid = ObjectIdentifier::from_bytes(extension.oid).map_err(|_| malformed)?;
                    return Err(RevocationListError::UnknownCriticalExtension(oid));
                }
                Some(_) => return Err(malformed),
            }
        }
        Ok(issuer)
    }
}

fn read_extension(mut fields: &[u8]) -> Option<RawExtension<'_>> {
    let oid = expect(&mut fields, OBJECT_IDENTIFIER)?;
    let critical = match fields.first() {
        Some(&BOOLEAN) => Some(expect(&mut fields, BOOLEAN)?),
        _ => None,
    };
    let value = expect(&mut fields, OCTET_STRING)?;
    fields.is_empty().then_some(RawExtension { oid, critical, value })
}

/// The content of the next element, which must have this tag.
fn expect<'a>(input: &mut &'a [u8], tag: u8) -> Option<&'a [u8]> {
    element(input).filter(|(found, _)| *found == tag).map(|(_, content)| content)
}

/// Tag and content of the next element: one tag byte, definite and minimal length (X.690 §10.1).
fn element<'a>(input: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let (&tag, rest) = input.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let length = bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
            let minimal = bytes.first() != Some(&0) && length >= 0x80;
            (Some(length).filter(|_| minimal)?, rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    *input = rest;
    (tag & 0x1f != 0x1f).then_some((tag, content))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_minimal_and_within_the_bytes() {
        let read =
            |mut bytes: &[u8]| element(&mut bytes).map(|(tag, content)| (tag, content.len(), bytes.len()));
        assert_eq!(read(&[4, 2, 1, 2, 9]), Some((4, 2, 1)));
        assert_eq!(read(&[4, 3, 1, 2]), None);
        assert_eq!(read(&[4, 0x81, 2, 1, 2]), None);
        assert_eq!(read(&[4, 0x80, 0, 0]), None);
        assert_eq!(read(&[4, 0x84, 0xff, 0xff, 0xff, 0xff, 1]), None);
        assert_eq!(read(&[0x1f, 1, 0]), None);
        let long = [&[4, 0x82, 1, 0][..], &[7; 256]].concat();
        assert_eq!(read(&long), Some((4, 256, 0)));
        assert_eq!(read(&[]), None);
    }

    #[test]
    fn a_damaged_entry_is_named_by_its_place_and_ends_the_walk() {
        let good = [0x30, 18, 2, 1, 5, 0x17, 13].iter().chain(b"200101000000Z").copied().collect::<Vec<u8>>();
        let mut bytes = good.clone();
        bytes.extend_from_slice(&[0x30, 1, 2]);
        bytes.extend_from_slice(&good);
        let found: Vec<_> = Entries::new(&bytes, 100).collect();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].as_ref().map(|entry| entry.serial), Ok(&[5][..]));
        assert_eq!(found[1].as_ref().err(), Some(&RevocationListError::Entry { offset: 120 }));
    }
}
