//! Distinguished names.

use std::fmt;

use const_oid::ObjectIdentifier as Oid;

use crate::asn1::{Asn1Error, Element, Reader, tag};
use crate::printable;

/// A distinguished name (RFC 5280, 4.1.2.4), kept as it was encoded. Prints as RFC 4514 writes names, with
/// characters that could mislead a reader escaped.
///
/// `==` compares the bytes; [`Name::matches`] compares as certificate chains do.
///
/// ```text
/// Name ::= CHOICE { rdnSequence  RDNSequence }
/// RDNSequence ::= SEQUENCE OF RelativeDistinguishedName
/// RelativeDistinguishedName ::= SET SIZE (1..MAX) OF AttributeTypeAndValue
/// ```
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct Name(Vec<u8>);

/// One attribute of a name: `CN=Alice`.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct NameAttribute {
    /// What it says: common name, organisation, country …
    pub oid: Oid,
    /// The tag of the string type that it is written in.
    pub tag: u8,
    /// The text, or `None` where it is not text or breaks the rules of its string type.
    pub text: Option<String>,
    /// The content as encoded.
    pub value: Vec<u8>,
}

impl Name {
    /// Reads a name.
    ///
    /// # Errors
    /// If the bytes are not exactly one name.
    pub fn from_der(bytes: &[u8]) -> Result<Self, Asn1Error> {
        let name = Element::only(bytes, tag::SEQUENCE)?;
        read_names(&name)?;
        Ok(Self(bytes.to_vec()))
    }

    /// The name as it was encoded.
    #[must_use]
    pub fn to_der(&self) -> &[u8] {
        &self.0
    }

    /// Whether the name says nothing at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.relative_names().is_empty()
    }

    /// The relative distinguished names, each a set of attributes, from the country down to the person.
    #[must_use]
    pub fn relative_names(&self) -> Vec<Vec<NameAttribute>> {
        // The constructor has read them once already.
        Element::only(&self.0, tag::SEQUENCE).and_then(|name| read_names(&name)).unwrap_or_default()
    }

    /// The text of the last attribute of this kind.
    #[must_use]
    pub fn attribute(&self, oid: Oid) -> Option<String> {
        self.relative_names().into_iter().flatten().rev().find(|attribute| attribute.oid == oid)?.text
    }

    /// The common name, which is what people are called in certificates.
    #[must_use]
    pub fn common_name(&self) -> Option<String> {
        self.attribute(COMMON_NAME)
    }

    /// Whether two names are the same to a certificate chain (RFC 5280, 7.1): upper and lower case, the string
    /// type and runs of white space do not matter.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.0 == other.0 || canonical(&self.relative_names()) == canonical(&other.relative_names())
    }

    /// Whether this name lies within `base`: begins with the same relative names (RFC 5280, 4.2.1.10).
    #[must_use]
    pub fn is_within(&self, base: &Self) -> bool {
        canonical(&self.relative_names()).starts_with(&canonical(&base.relative_names()))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, attributes) in self.relative_names().iter().rev().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            for (index, attribute) in attributes.iter().enumerate() {
                if index > 0 {
                    f.write_str("+")?;
                }
                write!(f, "{attribute}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}

impl fmt::Display for NameAttribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match SHORT_NAMES.iter().find(|(oid, _)| *oid == self.oid) {
            Some((_, short)) => write!(f, "{short}=")?,
            None => write!(f, "{}=", self.oid)?,
        }
        let Some(text) = &self.text else {
            f.write_str("#")?;
            return self.value.iter().try_for_each(|byte| write!(f, "{byte:02x}"));
        };
        // RFC 4514, 2.4: these are escaped anywhere; a space and # only at the edges.
        let last = text.chars().count().saturating_sub(1);
        for (index, character) in text.chars().enumerate() {
            let edge = matches!((index, character), (0, '#' | ' ')) || (index == last && character == ' ');
            if edge || matches!(character, '"' | '+' | ',' | ';' | '<' | '>' | '\\') {
                f.write_str("\\")?;
            }
            f.write_str(&printable(character.encode_utf8(&mut [0; 4])))?;
        }
        Ok(())
    }
}

fn read_names(name: &Element<'_>) -> Result<Vec<Vec<NameAttribute>>, Asn1Error> {
    let mut names = Vec::new();
    let mut reader = name.reader();
    while !reader.is_empty() {
        names.push(read_attributes(reader.expect(tag::SET)?.reader())?);
    }
    Ok(names)
}

fn read_attributes(mut set: Reader<'_>) -> Result<Vec<NameAttribute>, Asn1Error> {
    let mut attributes = Vec::new();
    while !set.is_empty() {
        let mut fields = set.expect(tag::SEQUENCE)?.reader();
        let oid = fields.expect(tag::OBJECT_IDENTIFIER)?.oid()?;
        let value = fields.element()?;
        fields.finish()?;
        let text = value.text().ok();
        attributes.push(NameAttribute { oid, tag: value.tag, text, value: value.content.to_vec() });
    }
    Ok(attributes)
}

/// What is compared of an attribute: its text folded, or its bytes where it is no text.
type Canonical = (Oid, Result<String, Vec<u8>>);

/// What is compared of a name: the attributes of each set in a fixed order.
fn canonical(names: &[Vec<NameAttribute>]) -> Vec<Vec<Canonical>> {
    let fold = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let one = |attribute: &NameAttribute| {
        let value = attribute.text.as_deref().map(fold).ok_or_else(|| attribute.value.clone());
        (attribute.oid, value)
    };
    let mut canonical: Vec<Vec<_>> = names.iter().map(|set| set.iter().map(one).collect()).collect();
    canonical.iter_mut().for_each(|set: &mut Vec<_>| set.sort());
    canonical
}

const COMMON_NAME: Oid = Oid::new_unwrap("2.5.4.3");

/// RFC 4514, section 3, and the ones that certificates for signing add (ETSI EN 319 412-2, 4.2.4; 412-3, 4.2.1).
const SHORT_NAMES: &[(Oid, &str)] = &[
    (COMMON_NAME, "CN"),
    (Oid::new_unwrap("2.5.4.4"), "SN"),
    (Oid::new_unwrap("2.5.4.5"), "serialNumber"),
    (Oid::new_unwrap("2.5.4.6"), "C"),
    (Oid::new_unwrap("2.5.4.7"), "L"),
    (Oid::new_unwrap("2.5.4.8"), "ST"),
    (Oid::new_unwrap("2.5.4.9"), "STREET"),
    (Oid::new_unwrap("2.5.4.10"), "O"),
    (Oid::new_unwrap("2.5.4.11"), "OU"),
    (Oid::new_unwrap("2.5.4.12"), "title"),
    (Oid::new_unwrap("2.5.4.42"), "GN"),
    (Oid::new_unwrap("2.5.4.97"), "organizationIdentifier"),
    (Oid::new_unwrap("0.9.2342.19200300.100.1.1"), "UID"),
    (Oid::new_unwrap("0.9.2342.19200300.100.1.25"), "DC"),
    (Oid::new_unwrap("1.2.840.113549.1.9.1"), "emailAddress"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn1;

    fn name(attributes: &[(&str, u8, &str)]) -> Name {
        let sets: Vec<Vec<u8>> = attributes
            .iter()
            .map(|(oid, tag, text)| {
                let attribute = asn1::sequence(&[
                    &asn1::oid(&Oid::new_unwrap(oid)),
                    &asn1::encode(*tag, text.as_bytes()),
                ]);
                asn1::set_of(vec![attribute])
            })
            .collect();
        Name::from_der(&asn1::encode(tag::SEQUENCE, &sets.concat())).unwrap()
    }

    #[test]
    fn names_print_as_rfc_4514_says_and_hide_nothing() {
        let alice = name(&[
            ("2.5.4.6", tag::PRINTABLE_STRING, "BE"),
            ("2.5.4.10", tag::UTF8_STRING, "Sue, Grabbit and Runn"),
            ("2.5.4.3", tag::UTF8_STRING, "Alice\u{202e}ecilA"),
        ]);
        assert_eq!(alice.to_string(), r"CN=Alice\u{202e}ecilA,O=Sue\, Grabbit and Runn,C=BE");
        assert_eq!(alice.common_name().unwrap(), "Alice\u{202e}ecilA");
    }

    #[test]
    fn case_type_and_white_space_do_not_matter_to_a_chain() {
        let left = name(&[("2.5.4.10", tag::PRINTABLE_STRING, "  Good   CA ")]);
        let right = name(&[("2.5.4.10", tag::UTF8_STRING, "good ca")]);
        assert!(left.matches(&right));
        assert_ne!(left, right);
        assert!(!left.matches(&name(&[("2.5.4.11", tag::UTF8_STRING, "good ca")])));
        assert!(!left.matches(&name(&[("2.5.4.10", tag::UTF8_STRING, "goodca")])));
    }
}
