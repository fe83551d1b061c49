//! The names that are not distinguished names: mail addresses, hosts, addresses.

use const_oid::ObjectIdentifier as Oid;

use crate::Name;
use crate::asn1::{Asn1Error, Asn1Fault, Element, Reader, tag};

/// A name of one of the kinds that certificates know (RFC 5280, 4.2.1.6).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum GeneralName {
    /// `[0]`: a name of a kind that an object identifier defines.
    Other {
        /// The kind.
        oid: Oid,
        /// The value as encoded, within its `[0]`.
        value: Vec<u8>,
    },
    /// `[1]`: a mail address.
    Email(String),
    /// `[2]`: a host name.
    Dns(String),
    /// `[4]`: a distinguished name.
    Directory(Name),
    /// `[6]`: a URI.
    Uri(String),
    /// `[7]`: an IP address of 4 or 16 bytes; in name constraints address and mask, 8 or 32 bytes.
    Ip(Vec<u8>),
    /// `[8]`: a registered object identifier.
    RegisteredId(Oid),
    /// `[3]` x400Address or `[5]` ediPartyName, as encoded: nobody uses them.
    Unread(Vec<u8>),
}

impl GeneralName {
    /// Reads every name up to the end of `reader`.
    ///
    /// # Errors
    /// If one is not a GeneralName.
    pub fn read_all(mut reader: Reader<'_>) -> Result<Vec<Self>, Asn1Error> {
        let mut names = Vec::new();
        while !reader.is_empty() {
            names.push(Self::from_element(&reader.element()?)?);
        }
        Ok(names)
    }

    /// Reads one name.
    ///
    /// # Errors
    /// If the element is not a GeneralName.
    pub fn from_element(element: &Element<'_>) -> Result<Self, Asn1Error> {
        Ok(match element.tag {
            0xa0 => {
                let mut fields = element.reader();
                let oid = fields.expect(tag::OBJECT_IDENTIFIER)?.oid()?;
                let value = fields.expect(tag::constructed(0))?.content.to_vec();
                fields.finish()?;
                Self::Other { oid, value }
            }
            0x81 => Self::Email(element.text()?),
            0x82 => Self::Dns(element.text()?),
            0xa4 => {
                let mut fields = element.reader();
                let name = Name::from_der(fields.element()?.raw)?;
                fields.finish()?;
                Self::Directory(name)
            }
            0x86 => Self::Uri(element.text()?),
            0x87 => Self::Ip(element.content.to_vec()),
            0x88 => Self::RegisteredId(element.oid()?),
            0xa3 | 0xa5 => Self::Unread(element.raw.to_vec()),
            // A string in pieces (0xa1) is a name to a lenient reader, so that it must not pass as one of a rare kind.
            _ => return Err(Asn1Error { offset: element.offset, fault: Asn1Fault::Value("a GeneralName") }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn1;

    #[test]
    fn only_the_two_rare_kinds_stay_unread() {
        let read = |tag: u8, content: &[u8]| {
            let der = asn1::encode(tag, content);
            GeneralName::read_all(Reader::new(&der))
        };
        let mail = b"alice@example.com";
        assert_eq!(read(0x81, mail), Ok(vec![GeneralName::Email("alice@example.com".into())]));
        for rare in [0xa3, 0xa5] {
            assert!(matches!(read(rare, &[]).as_deref(), Ok([GeneralName::Unread(_)])), "{rare:#x}");
        }
        let pieces = asn1::encode(tag::IA5_STRING, mail);
        for tag in [0xa1, 0xa2, 0xa6, 0xa7, 0xa8, 0x80, 0x83, 0x84, 0x85, 0x89, 0xa9, tag::IA5_STRING] {
            let found = read(tag, &pieces);
            assert!(found.is_err(), "{tag:#x}: {found:?}");
        }
    }
}
