//! The attributes of a name where they stand.

use crate::asn1::{Asn1Error, Element, Reader, tag};

/// Shows what each attribute says, and its value, in order.
pub(crate) fn for_each_attribute<'a>(
    name: &Element<'a>,
    mut show: impl FnMut(Element<'a>, Element<'a>),
) -> Result<(), Asn1Error> {
    let mut names = name.reader();
    while !names.is_empty() {
        let mut attributes = names.expect(tag::SET)?.reader();
        while !attributes.is_empty() {
            let (attribute, value) = read_attribute(&mut attributes)?;
            show(attribute, value);
        }
    }
    Ok(())
}

/// `AttributeTypeAndValue ::= SEQUENCE { type OBJECT IDENTIFIER, value ANY }`
pub(crate) fn read_attribute<'a>(set: &mut Reader<'a>) -> Result<(Element<'a>, Element<'a>), Asn1Error> {
    let mut fields = set.expect(tag::SEQUENCE)?.reader();
    let attribute = fields.expect(tag::OBJECT_IDENTIFIER)?;
    let value = fields.element()?;
    fields.finish()?;
    Ok((attribute, value))
}
