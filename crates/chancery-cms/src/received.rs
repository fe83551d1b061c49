//! The parts of a message byte for byte as they came: what archive timestamps are over.

use chancery_certificate::Octets;
use chancery_certificate::asn1::tag::{self, INTEGER, OBJECT_IDENTIFIER, SEQUENCE, SET};
use const_oid::ObjectIdentifier as Oid;

use crate::ber::{Element, Reader};
use crate::content_info::signed_data;
use crate::error::CmsError;
use crate::message::SignedMessage;
use crate::signer::SignerInfo;

/// One element as it was received, with its tag and length.
#[derive(Copy, Clone, Debug)]
pub struct ReceivedElement<'a>(Element<'a>);

/// A set of a message as it was received.
#[derive(Clone, Debug)]
pub struct ReceivedSet<'a> {
    element: Element<'a>,
    members: Vec<ReceivedElement<'a>>,
}

/// The parts of a SignedData that an archive timestamp can be over (ETSI EN 319 122-1, 5.5), as they were received.
#[derive(Clone, Debug)]
pub struct ReceivedMessage<'a> {
    content_type: ReceivedElement<'a>,
    encapsulated: ReceivedElement<'a>,
    certificates: Option<ReceivedSet<'a>>,
    revocations: Option<ReceivedSet<'a>>,
}

/// The parts of a SignerInfo, as they were received.
#[derive(Clone, Debug)]
pub struct ReceivedSigner<'a> {
    fields: Vec<ReceivedElement<'a>>,
    unsigned: Option<ReceivedSet<'a>>,
}

/// One value of an attribute, as it was received.
#[derive(Clone, Debug)]
pub struct ReceivedValue<'a> {
    /// What the attribute says.
    pub attribute: Oid,
    /// The attribute as a whole.
    pub whole: ReceivedElement<'a>,
    /// `attrType`: the object identifier.
    pub attribute_type: ReceivedElement<'a>,
    /// The value.
    pub value: ReceivedElement<'a>,
}

impl<'a> ReceivedElement<'a> {
    /// The bytes as they came.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.0.raw
    }

    /// What is inside, without tag and length.
    #[must_use]
    pub const fn content(&self) -> &'a [u8] {
        self.0.content
    }

    /// The DER encoding of the same value, as far as it can be known without its type. None if the element is not BER all
    /// the way down.
    #[must_use]
    pub fn to_der(&self) -> Option<Vec<u8>> {
        self.0.to_der()
    }

    /// The DER encoding of a set that came under an implicit tag: the members in order.
    fn set_to_der(self) -> Option<Vec<u8>> {
        let mut der = Element { tag: SET, ..self.0 }.to_der()?;
        *der.first_mut()? = self.0.tag;
        Some(der)
    }
}

impl<'a> ReceivedSet<'a> {
    fn read(element: Element<'a>) -> Result<Self, CmsError> {
        let mut reader = element.reader();
        let mut members = Vec::new();
        while !reader.is_empty() {
            members.push(ReceivedElement(reader.any("SET OF")?));
        }
        Ok(Self { element, members })
    }

    /// The whole set with its tag and length.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.element.raw
    }

    /// The members in the order in which they came.
    #[must_use]
    pub fn members(&self) -> &[ReceivedElement<'a>] {
        &self.members
    }
}

impl<'a> ReceivedMessage<'a> {
    /// `encapContentInfo.eContentType`: the object identifier.
    #[must_use]
    pub const fn content_type(&self) -> ReceivedElement<'a> {
        self.content_type
    }

    /// `encapContentInfo`, with the content where the message holds it.
    #[must_use]
    pub const fn encapsulated(&self) -> ReceivedElement<'a> {
        self.encapsulated
    }

    /// `certificates`: one member for each CertificateChoices.
    #[must_use]
    pub const fn certificates(&self) -> Option<&ReceivedSet<'a>> {
        self.certificates.as_ref()
    }

    /// `crls`: one member for each RevocationInfoChoice.
    #[must_use]
    pub const fn revocations(&self) -> Option<&ReceivedSet<'a>> {
        self.revocations.as_ref()
    }
}

impl<'a> ReceivedSigner<'a> {
    fn read(element: &Element<'a>) -> Result<Self, CmsError> {
        let mut reader = element.reader();
        let mut fields = vec![
            ReceivedElement(reader.expect(INTEGER, "SignerInfo.version")?),
            ReceivedElement(reader.any("SignerInfo.sid")?),
            ReceivedElement(reader.expect(SEQUENCE, "SignerInfo.digestAlgorithm")?),
        ];
        fields.extend(reader.optional(tag::constructed(0), "SignerInfo.signedAttrs")?.map(ReceivedElement));
        fields.push(ReceivedElement(reader.expect(SEQUENCE, "SignerInfo.signatureAlgorithm")?));
        fields.push(ReceivedElement(reader.any("SignerInfo.signature")?));
        let unsigned = reader.optional(tag::constructed(1), "SignerInfo.unsignedAttrs")?;
        reader.finish("SignerInfo")?;
        Ok(Self { fields, unsigned: unsigned.map(ReceivedSet::read).transpose()? })
    }

    /// The fields from `version` to `signature`, one after another: everything but the unsigned attributes.
    #[must_use]
    pub fn signed_fields(&self) -> Vec<u8> {
        self.fields.iter().map(ReceivedElement::as_bytes).collect::<Vec<_>>().concat()
    }

    /// The same in DER. None if one of them is not BER all the way down.
    #[must_use]
    pub fn signed_fields_der(&self) -> Option<Vec<u8>> {
        let der = |field: &ReceivedElement<'a>| {
            if field.0.tag == tag::constructed(0) { field.set_to_der() } else { field.to_der() }
        };
        // The second field is the signer's identifier, which is a string under the same tag as the signed attributes.
        let (first, rest) = self.fields.split_at_checked(2)?;
        let first = first.iter().map(ReceivedElement::to_der);
        Some(first.chain(rest.iter().map(der)).collect::<Option<Vec<_>>>()?.concat())
    }

    /// `unsignedAttrs`: one member for each attribute.
    #[must_use]
    pub const fn unsigned_attributes(&self) -> Option<&ReceivedSet<'a>> {
        self.unsigned.as_ref()
    }

    /// Every value of every unsigned attribute, in order.
    ///
    /// # Errors
    /// What stands among them is not an attribute.
    pub fn unsigned_values(&self) -> Result<Vec<ReceivedValue<'a>>, CmsError> {
        let mut found = Vec::new();
        for &whole in self.unsigned.iter().flat_map(|set| &set.members) {
            let mut fields = whole.0.reader();
            let attribute_type = fields.expect(OBJECT_IDENTIFIER, "Attribute.attrType")?;
            let attribute = attribute_type.oid("Attribute.attrType")?;
            let values = ReceivedSet::read(fields.expect(SET, "Attribute.attrValues")?)?;
            fields.finish("Attribute")?;
            let attribute_type = ReceivedElement(attribute_type);
            let value = |value| ReceivedValue { attribute, whole, attribute_type, value };
            found.extend(values.members.into_iter().map(value));
        }
        Ok(found)
    }
}

impl SignedMessage {
    /// The parts of the message byte for byte as they were received.
    ///
    /// # Errors
    /// None for a message that was read; the parts are found again.
    pub fn received(&self) -> Result<ReceivedMessage<'_>, CmsError> {
        let info = Reader::new(self.to_bytes()).expect(SEQUENCE, "ContentInfo")?;
        let mut fields = signed_data(&info)?.reader();
        fields.expect(INTEGER, "SignedData.version")?;
        fields.expect(SET, "SignedData.digestAlgorithms")?;
        let encapsulated = fields.expect(SEQUENCE, "SignedData.encapContentInfo")?;
        let content_type = encapsulated.reader().expect(OBJECT_IDENTIFIER, "eContentType")?;
        let certificates = fields.optional(tag::constructed(0), "SignedData.certificates")?;
        let revocations = fields.optional(tag::constructed(1), "SignedData.crls")?;
        Ok(ReceivedMessage {
            content_type: ReceivedElement(content_type),
            encapsulated: ReceivedElement(encapsulated),
            certificates: certificates.map(ReceivedSet::read).transpose()?,
            revocations: revocations.map(ReceivedSet::read).transpose()?,
        })
    }
}

impl SignerInfo {
    /// Reads a SignerInfo that stands by itself: the value of a counter-signature (RFC 5652, 11.4).
    ///
    /// # Errors
    /// The bytes are not one SignerInfo and nothing else.
    pub fn from_ber(bytes: &[u8]) -> Result<Self, CmsError> {
        Self::from_octets(&bytes.into())
    }

    /// The same, sharing memory with what it is a part of.
    pub(crate) fn from_octets(octets: &Octets) -> Result<Self, CmsError> {
        let mut reader = Reader::new(octets);
        let element = reader.expect(SEQUENCE, "SignerInfo")?;
        reader.finish("SignerInfo")?;
        Self::read(&element, octets)
    }

    /// The parts of the SignerInfo byte for byte as they were received.
    ///
    /// # Errors
    /// None for a signer that was read; the parts are found again.
    pub fn received(&self) -> Result<ReceivedSigner<'_>, CmsError> {
        ReceivedSigner::read(&Reader::new(self.to_bytes()).expect(SEQUENCE, "SignerInfo")?)
    }
}
