//! Algorithm identifiers.

use const_oid::ObjectIdentifier as Oid;

use crate::asn1::{Asn1Error, Element, Reader, tag};

/// An algorithm and its parameters, as a certificate or a signature names them.
///
/// ```text
/// AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY DEFINED BY algorithm OPTIONAL }
/// ```
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct AlgorithmIdentifier<'a> {
    /// The algorithm.
    pub oid: Oid,
    /// The parameters as encoded, if there are any; NULL is written `05 00`.
    pub parameters: Option<&'a [u8]>,
    /// The whole identifier as encoded.
    pub raw: &'a [u8],
}

impl<'a> AlgorithmIdentifier<'a> {
    /// Reads an algorithm identifier.
    ///
    /// # Errors
    /// If the bytes are not exactly one.
    pub fn from_der(bytes: &'a [u8]) -> Result<Self, Asn1Error> {
        let mut reader = Reader::new(bytes);
        let identifier = Self::read(&mut reader)?;
        reader.finish()?;
        Ok(identifier)
    }

    /// Reads the algorithm identifier that stands next.
    ///
    /// # Errors
    /// If none stands there.
    pub fn read(reader: &mut Reader<'a>) -> Result<Self, Asn1Error> {
        let identifier = reader.expect(tag::SEQUENCE)?;
        let mut fields = identifier.reader();
        let oid = fields.expect(tag::OBJECT_IDENTIFIER)?.oid()?;
        let parameters: Option<Element<'_>> = if fields.is_empty() { None } else { Some(fields.element()?) };
        fields.finish()?;
        Ok(Self { oid, parameters: parameters.map(|element| element.raw), raw: identifier.raw })
    }
}
