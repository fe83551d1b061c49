//! The entries of a CRL, walked over raw bytes: a list may have a million of them.

use const_oid::ObjectIdentifier;

use crate::extensions;
use crate::revocation::crl_error::RevocationListError;
use crate::revocation::integer::minimal;

const BOOLEAN: u8 = 0x01;
const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
/// Tag and length of a UTCTime with seconds.
const SECONDS: [u8; 2] = [UTC_TIME, 13];
/// A reason code, not critical, up to the code itself: what most entries have and nothing else.
const REASON: [u8; 11] = [SEQUENCE, 10, OBJECT_IDENTIFIER, 3, 0x55, 0x1d, 0x15, OCTET_STRING, 3, 0x0a, 1];

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

    /// Where the next entry begins in the list; after an error, where the one begins that cannot be read.
    pub(crate) fn offset(&self) -> usize {
        self.offset
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Result<RawEntry<'a>, RevocationListError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        if let Some((entry, rest)) = read_usual(self.rest, self.offset) {
            self.offset += self.rest.len() - rest.len();
            self.rest = rest;
            return Some(Ok(entry));
        }
        let (offset, before) = (self.offset, self.rest.len());
        let entry = expect(&mut self.rest, SEQUENCE).and_then(|content| read_entry(content, offset));
        if entry.is_some() {
            self.offset += before - self.rest.len();
        } else {
            self.rest = &[];
        }
        Some(entry.ok_or(RevocationListError::Entry { offset }))
    }
}

/// An entry in the form that nearly all have: short lengths, a UTCTime to the second. `None` for any other, which
/// [`read_entry`] judges. Lists of a million entries are walked three times as fast with it.
#[inline]
fn read_usual(input: &[u8], offset: usize) -> Option<(RawEntry<'_>, &[u8])> {
    let [SEQUENCE, length @ 0..=0x7f, rest @ ..] = input else { return None };
    let (fields, rest) = rest.split_at_checked(usize::from(*length))?;
    let [INTEGER, length @ 1..=0x7f, fields @ ..] = fields else { return None };
    let (serial, fields) = fields.split_at_checked(usize::from(*length))?;
    let (date, fields) = fields.split_at_checked(SECONDS.len() + 13)?;
    if !date.starts_with(&SECONDS) {
        return None;
    }
    let extensions = match fields {
        [] => None,
        [SEQUENCE, length @ 0..=0x7f, content @ ..] if content.len() == usize::from(*length) => Some(content),
        _ => return None,
    };
    Some((RawEntry { serial, date, extensions, offset }, rest))
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
    /// Whether it has this serial number, which is minimal and not empty.
    #[inline]
    pub(crate) fn has_serial(&self, wanted: &[u8]) -> bool {
        match self.serial {
            // Sign octets may be superfluous.
            [0 | 0xff, ..] => minimal(self.serial) == wanted,
            // The last octet differs mostly.
            serial => serial.last() == wanted.last() && serial == wanted,
        }
    }

    /// Whether it has no extension, or a reason as nearly all write it, which is nothing to be asked about.
    #[inline]
    pub(crate) fn is_plain(&self) -> bool {
        self.extensions.is_none_or(|rest| rest.len() == REASON.len() + 1 && rest.starts_with(&REASON))
    }

    /// What every entry is asked, looked for or not: has it an extension that forbids the use of the list, and does
    /// it name an issuer? Returns the content of that extension.
    pub(crate) fn issuer(&self) -> Result<Option<&'a [u8]>, RevocationListError> {
        let mut rest = self.extensions.unwrap_or_default();
        let malformed = RevocationListError::Entry { offset: self.offset };
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
    fn usual_entries_are_read_as_all_others_are() {
        let date = [&[0x17, 13][..], b"200101000000Z"].concat();
        let element =
            |tag, content: &[u8]| [&[tag, u8::try_from(content.len()).unwrap_or(0)], content].concat();
        let reason = element(SEQUENCE, &[&REASON[..], &[4]].concat());
        let serials = [vec![], vec![5], vec![0, 0x80], vec![0, 5], vec![0x41; 40]];
        let rests =
            [date.clone(), [date.as_slice(), &reason].concat(), [date.as_slice(), &[0x30, 0]].concat()];
        let odd =
            [vec![], vec![5, 0], [date.as_slice(), &[5, 0]].concat(), [date.as_slice(), &[0x30, 1]].concat()];
        let mut usual = 0;
        for serial in &serials {
            for rest in rests.iter().chain(&odd) {
                let content = [element(INTEGER, serial).as_slice(), rest].concat();
                let bytes = element(SEQUENCE, &content);
                let general = read_entry(&content, 3);
                if let Some((entry, left)) = read_usual(&bytes, 3) {
                    assert!(left.is_empty());
                    assert_eq!(Some(format!("{entry:?}")), general.map(|entry| format!("{entry:?}")));
                    usual += 1;
                }
            }
        }
        assert_eq!(usual, 12);
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
