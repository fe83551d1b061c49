//! Distinguished names.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::OnceLock;

use chancery_digest::{AnyDigest, Digest, LegacyDigest};
use const_oid::ObjectIdentifier as Oid;

use crate::PreparedName;
use crate::asn1::{Asn1Error, Element, Reader, tag};
use crate::name_parts::{for_each_attribute, read_attribute};

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
#[derive(Clone)]
pub struct Name {
    der: Vec<u8>,
    /// Made when the name is first compared with another encoding: to prepare is dear, most names never need it, and
    /// those of authorities may need it often.
    prepared: OnceLock<PreparedName>,
    sha1: OnceLock<Digest<LegacyDigest>>,
}

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
        check_names(&name)?;
        Ok(Self { der: bytes.to_vec(), prepared: OnceLock::new(), sha1: OnceLock::new() })
    }

    /// The name as it was encoded.
    #[must_use]
    pub fn to_der(&self) -> &[u8] {
        &self.der
    }

    /// The SHA-1 digest of the encoding, computed when it is first asked for: by it OCSP answers name issuers (RFC 6960,
    /// 4.1.1). Who is named by it is not proven by it.
    #[must_use]
    pub fn sha1(&self) -> &Digest<LegacyDigest> {
        self.sha1.get_or_init(|| LegacyDigest::Sha1.digest(&self.der))
    }

    /// Whether the name says nothing at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        // A SEQUENCE without content, whose length is one byte in DER.
        self.der.len() <= 2
    }

    /// The relative distinguished names, each a set of attributes, from the country down to the person.
    #[must_use]
    pub fn relative_names(&self) -> Vec<Vec<NameAttribute>> {
        // The constructor has read them once already.
        Element::only(&self.der, tag::SEQUENCE).and_then(|name| read_names(&name)).unwrap_or_default()
    }

    /// The text of the last attribute of this kind.
    #[must_use]
    pub fn attribute(&self, oid: Oid) -> Option<String> {
        let mut last = None;
        // The constructor has read it once already.
        let name = Element::only(&self.der, tag::SEQUENCE).ok()?;
        for_each_attribute(&name, |attribute, value| {
            if attribute.content == oid.as_bytes() {
                last = Some(value);
            }
        })
        .ok()?;
        last?.text().ok()
    }

    /// The common name, which is what people are called in certificates.
    #[must_use]
    pub fn common_name(&self) -> Option<String> {
        self.attribute(COMMON_NAME)
    }

    /// Whether two names are the same to a certificate chain (RFC 5280, 7.1): upper and lower case, the string
    /// type, runs of white space and characters that nobody sees do not matter.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.der == other.der || (self.has_shape_of(other) && self.prepared() == other.prepared())
    }

    /// Whether both have as many relative names. A person's name rarely has as many as its issuer's, and so need not be
    /// prepared to be told apart from it.
    fn has_shape_of(&self, other: &Self) -> bool {
        self.relative_name_count() == other.relative_name_count()
    }

    fn relative_name_count(&self) -> usize {
        let Ok(name) = Element::only(&self.der, tag::SEQUENCE) else { return 0 };
        let mut reader = name.reader();
        std::iter::from_fn(|| reader.element().ok()).count()
    }

    /// Whether this name lies within `base`: begins with the same relative names (RFC 5280, 4.2.1.10).
    #[must_use]
    pub fn is_within(&self, base: &Self) -> bool {
        self.prepared().is_within(base.prepared())
    }

    /// The name as it is compared.
    #[must_use]
    pub fn prepared(&self) -> &PreparedName {
        // The constructor has read it once already.
        let make = || Element::only(&self.der, tag::SEQUENCE).and_then(|name| PreparedName::of(&name));
        self.prepared.get_or_init(|| make().unwrap_or_default())
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.der.hash(state);
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}

/// Whether [`read_names`] will read it, without keeping anything.
fn check_names(name: &Element<'_>) -> Result<(), Asn1Error> {
    let mut read = Ok(());
    for_each_attribute(name, |attribute, _| {
        if read.is_ok() {
            read = attribute.oid().map(drop);
        }
    })?;
    read
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
        let (attribute, value) = read_attribute(&mut set)?;
        let (oid, text) = (attribute.oid()?, value.text().ok());
        attributes.push(NameAttribute { oid, tag: value.tag, text, value: value.content.to_vec() });
    }
    Ok(attributes)
}

const COMMON_NAME: Oid = Oid::new_unwrap("2.5.4.3");

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
    fn case_type_and_white_space_do_not_matter_to_a_chain() {
        let left = name(&[("2.5.4.10", tag::PRINTABLE_STRING, "  Good   CA ")]);
        let right = name(&[("2.5.4.10", tag::UTF8_STRING, "good ca")]);
        assert!(left.matches(&right));
        assert_ne!(left, right);
        assert!(!left.matches(&name(&[("2.5.4.11", tag::UTF8_STRING, "good ca")])));
        assert!(!left.matches(&name(&[("2.5.4.10", tag::UTF8_STRING, "goodca")])));
    }

    #[test]
    fn a_name_lies_within_another_by_whole_relative_names() {
        let base = name(&[("2.5.4.6", tag::PRINTABLE_STRING, "BE"), ("2.5.4.10", tag::UTF8_STRING, "Acme")]);
        let alice = name(&[
            ("2.5.4.6", tag::PRINTABLE_STRING, "be"),
            ("2.5.4.10", tag::UTF8_STRING, "A\u{200b}CME"),
            ("2.5.4.3", tag::UTF8_STRING, "Alice"),
        ]);
        assert!(alice.is_within(&base) && !base.is_within(&alice) && base.is_within(&base));
        let other =
            name(&[("2.5.4.6", tag::PRINTABLE_STRING, "BE"), ("2.5.4.10", tag::UTF8_STRING, "Acme Ltd")]);
        assert!(!other.is_within(&base));
        let nobody = Name::from_der(&asn1::sequence(&[])).unwrap();
        assert!(alice.is_within(&nobody));
    }

    #[test]
    fn the_order_of_attributes_in_one_relative_name_does_not_matter() {
        let part = |oid: &str, text: &str| {
            asn1::sequence(&[
                &asn1::oid(&Oid::new_unwrap(oid)),
                &asn1::encode(tag::UTF8_STRING, text.as_bytes()),
            ])
        };
        let (cn, o) = (part("2.5.4.3", "a"), part("2.5.4.10", "b"));
        let set =
            |content: Vec<u8>| Name::from_der(&asn1::sequence(&[&asn1::encode(tag::SET, &content)])).unwrap();
        let (one, other) = (set([cn.clone(), o.clone()].concat()), set([o.clone(), cn.clone()].concat()));
        assert!(one.matches(&other));
        assert!(!one.matches(&set(cn.clone())) && !one.matches(&set([cn, o.clone(), o].concat())));
        assert_eq!(one.prepared(), other.prepared());
    }
}
