//! Attributes of a signer, kept byte for byte.

use chancery_certificate::Octets;
use chancery_certificate::asn1::{
    self,
    tag::{OBJECT_IDENTIFIER, SEQUENCE, SET},
};
use const_oid::ObjectIdentifier as Oid;

use crate::ber::{self, Element};
use crate::error::{BerFault, CmsError};

/// Something said by or about a signer: a type and its values (RFC 5652, 5.3).
///
/// ```text
/// Attribute ::= SEQUENCE {
///     attrType    OBJECT IDENTIFIER,
///     attrValues  SET OF AttributeValue }
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Attribute {
    oid: Oid,
    values: Vec<Octets>,
}

impl Attribute {
    /// An attribute with one value, given in DER.
    #[must_use]
    pub fn new(oid: Oid, value_der: impl Into<Octets>) -> Self {
        Self { oid, values: vec![value_der.into()] }
    }

    /// What the attribute says, by its object identifier.
    #[must_use]
    pub const fn oid(&self) -> Oid {
        self.oid
    }

    /// The values, each one element as it was received (DER in nearly all messages, BER in some). Those of a message share
    /// its memory.
    #[must_use]
    pub fn values(&self) -> &[Octets] {
        &self.values
    }

    /// The DER encoding, with the values in order.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        asn1::sequence(&[
            &asn1::oid(&self.oid),
            &asn1::set_of(self.values.iter().map(|value| value.to_vec()).collect()),
        ])
    }

    /// Checks that every value is one complete element.
    pub(crate) fn check_values(&self) -> Result<(), CmsError> {
        self.values.iter().try_for_each(|value| {
            let mut reader = ber::Reader::new(value);
            let read = reader.any("attrValues").and_then(|_| reader.finish("attrValues"));
            match read {
                Err(CmsError::Malformed { fault, .. }) => {
                    Err(CmsError::AttributeValue { oid: self.oid, fault })
                }
                other => other,
            }
        })
    }

    /// Checks that every value is one complete element in DER, as what is signed has to be (RFC 5652, 5.3): many
    /// verifiers encode it again.
    pub(crate) fn check_values_in_der(&self) -> Result<(), CmsError> {
        self.check_values()?;
        let in_der = |value: &Octets| {
            let element = ber::Reader::new(value).any("attrValues").ok();
            element.and_then(Element::to_der).as_deref() == Some(value.as_slice())
        };
        if self.values.iter().all(in_der) {
            return Ok(());
        }
        Err(CmsError::AttributeValue { oid: self.oid, fault: BerFault::Content("element in DER") })
    }

    /// `source` is what it was read from.
    pub(crate) fn read(element: &Element<'_>, source: &Octets) -> Result<Self, CmsError> {
        let mut fields = element.reader();
        let oid = fields.expect(OBJECT_IDENTIFIER, "Attribute.attrType")?.oid("Attribute.attrType")?;
        let set = fields.expect(SET, "Attribute.attrValues")?;
        fields.finish("Attribute")?;
        let mut reader = set.reader();
        let mut values = Vec::new();
        while !reader.is_empty() {
            values.push(source.part(reader.any("Attribute.attrValues")?.raw));
        }
        Ok(Self { oid, values })
    }
}

/// The attributes of a signer, in the order in which they were received.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Attributes {
    named: Vec<Attribute>,
    unnamed: Vec<Octets>,
}

impl Attributes {
    /// All of them, but for those whose [type cannot be named](Self::unnamed).
    pub fn iter(&self) -> std::slice::Iter<'_, Attribute> {
        self.named.iter()
    }

    /// Attributes of types that [`ObjectIdentifier`](Oid) cannot hold, such as one made of a UUID (ITU-T X.667): each
    /// as it was received. No standard defines one, and nothing is known of what they say.
    #[must_use]
    pub fn unnamed(&self) -> &[Octets] {
        &self.unnamed
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.named.len() + self.unnamed.len()
    }

    /// All values of all attributes of this type, each one element as it was received.
    pub fn values(&self, oid: Oid) -> impl Iterator<Item = &[u8]> {
        self.shared_values(oid).map(Octets::as_slice)
    }

    /// The same, to be kept without a copy.
    pub fn shared_values(&self, oid: Oid) -> impl Iterator<Item = &Octets> {
        self.find(oid).flat_map(|attribute| &attribute.values)
    }

    /// The attributes of this type: at most one in an honest message, except for types that may be repeated.
    pub fn find(&self, oid: Oid) -> impl Iterator<Item = &Attribute> {
        self.named.iter().filter(move |attribute| attribute.oid == oid)
    }

    /// The value of this type if there is exactly one, in exactly one attribute.
    #[must_use]
    pub fn single(&self, oid: Oid) -> Option<&[u8]> {
        let mut found = self.find(oid);
        match (found.next(), found.next()) {
            (Some(Attribute { values, .. }), None) => match values.as_slice() {
                [value] => Some(value.as_slice()),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether an attribute of this type is there.
    #[must_use]
    pub fn contains(&self, oid: Oid) -> bool {
        self.find(oid).next().is_some()
    }

    /// `source` is what they were read from.
    pub(crate) fn read(set: &Element<'_>, source: &Octets) -> Result<Self, CmsError> {
        let mut reader = set.reader();
        let mut attributes = Self::default();
        while !reader.is_empty() {
            let element = reader.expect(SEQUENCE, "Attribute")?;
            match Attribute::read(&element, source) {
                Ok(attribute) => attributes.named.push(attribute),
                Err(_) if is_unnamed(&element) => attributes.unnamed.push(source.part(element.raw)),
                Err(error) => return Err(error),
            }
        }
        Ok(attributes)
    }
}

impl<'a> IntoIterator for &'a Attributes {
    type Item = &'a Attribute;
    type IntoIter = std::slice::Iter<'a, Attribute>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Whether this is an attribute of a type that is an object identifier, only one that [`Oid`] cannot hold.
fn is_unnamed(element: &Element<'_>) -> bool {
    let mut fields = element.reader();
    let Ok(oid) = fields.expect(OBJECT_IDENTIFIER, "Attribute.attrType") else { return false };
    let Ok(values) = fields.expect(SET, "Attribute.attrValues") else { return false };
    let mut reader = values.reader();
    while !reader.is_empty() {
        if reader.any("Attribute.attrValues").is_err() {
            return false;
        }
    }
    // X.690, 8.19.2: a number is complete, and does not begin with a zero.
    let complete = oid.content.last().is_some_and(|last| last & 0x80 == 0);
    let mut numbers = oid.content.split_inclusive(|octet| octet & 0x80 == 0);
    fields.is_empty() && complete && numbers.all(|number| number.first() != Some(&0x80))
}

/// How many octets of content suffice to tell whether it [begins as signed
/// attributes](begins_as_signed_attributes): three times an identifier and the longest of lengths.
pub const ATTRIBUTES_BEGINNING: usize = 512;

/// Whether these bytes can be a SET OF Attribute: the form of signed attributes when they are hashed (RFC 5652, 5.4).
///
/// A signature without signed attributes over such content may have been made over the signed attributes of
/// another message; [`SignerInfo::check`](crate::SignerInfo::check) refuses it where the message holds its
/// content. Whoever verifies a detached signature without signed attributes asks this of the content.
///
/// How the content begins, and that the set is all of it, decides: what is inside may be something that this crate
/// cannot read, and others sign.
#[must_use]
pub fn resembles_signed_attributes(content: &[u8]) -> bool {
    begins_as_signed_attributes(content, content.len() as u64)
}

/// The same of content of `length` bytes of which only the beginning is at hand, at least
/// [`ATTRIBUTES_BEGINNING`] bytes of it (or all).
#[must_use]
pub fn begins_as_signed_attributes(beginning: &[u8], length: u64) -> bool {
    begins_as_set(beginning, length).is_some_and(|members| {
        let attribute = ber::header(members).ok().filter(|header| header.tag == SEQUENCE);
        let fields = attribute.and_then(|header| members.get(header.len..));
        fields.is_some_and(|fields| fields.first() == Some(&OBJECT_IDENTIFIER))
    })
}

/// What follows the header of a set that is `length` bytes long.
fn begins_as_set(beginning: &[u8], length: u64) -> Option<&[u8]> {
    let set = ber::header(beginning).ok().filter(|header| header.tag == SET)?;
    // Where an indefinite length ends is not looked for.
    let all = set.content.is_none_or(|content| (set.len as u64).checked_add(content as u64) == Some(length));
    if all { beginning.get(set.len..) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attributes::{CONTENT_TYPE, MESSAGE_DIGEST};

    #[test]
    fn attributes_are_found_only_when_they_are_single() {
        let one = Attribute::new(CONTENT_TYPE, [6, 1, 42]);
        let two = Attribute { oid: MESSAGE_DIGEST, values: vec![[4, 1, 9].into(), [4, 1, 3].into()] };
        let set = [one.to_der(), two.to_der(), two.to_der()].concat();
        let bytes = asn1::encode(SET, &set);
        assert!(resembles_signed_attributes(&bytes));
        assert!(!resembles_signed_attributes(&bytes[..bytes.len() - 1]));
        assert!(!resembles_signed_attributes(b"%PDF-1.7"));

        let bytes = Octets::from(bytes);
        let attributes = Attributes::read(&ber::Reader::new(&bytes).any("set").unwrap(), &bytes).unwrap();
        assert_eq!(attributes.single(CONTENT_TYPE), Some(&[6, 1, 42][..]));
        assert_eq!(attributes.single(MESSAGE_DIGEST), None);
        assert_eq!(attributes.values(MESSAGE_DIGEST).count(), 4);
        assert_eq!(
            attributes.values(MESSAGE_DIGEST).next(),
            Some(&[4, 1, 3][..]),
            "to_der orders the values"
        );
    }
}
