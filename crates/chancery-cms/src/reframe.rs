//! Adding an unsigned attribute without touching a byte of anything else.

use chancery_certificate::asn1;
use chancery_certificate::asn1::tag::{self, INTEGER, OBJECT_IDENTIFIER, SEQUENCE, SET};

use crate::ber::{Element, Reader};
use crate::error::CmsError;
use crate::message::signed_data;

/// The bytes of the message with `attribute` (DER) added to the signer with this index, which must exist.
pub(crate) fn with_unsigned_attribute(
    message: &[u8],
    signer: usize,
    attribute: &[u8],
) -> Result<Vec<u8>, CmsError> {
    let info = Reader::new(message).expect(SEQUENCE, "ContentInfo")?;
    let signed_data = signed_data(&info)?;
    let mut fields = info.reader();
    fields.expect(OBJECT_IDENTIFIER, "ContentInfo.contentType")?;
    let explicit = fields.expect(tag::constructed(0), "ContentInfo.content")?;

    let signers = last_set(&signed_data)?;
    let mut reader = signers.reader();
    let mut target = reader.expect(SEQUENCE, "SignerInfo")?;
    for _ in 0..signer {
        target = reader.expect(SEQUENCE, "SignerInfo")?;
    }
    let new_target = with_attribute(&target, attribute)?;

    // From the inside out, each frame around what changed gets a new length.
    [signers, signed_data, explicit, info]
        .iter()
        .try_fold((target, new_target), |(old, new), frame| Ok((*frame, replace(frame, &old, &new))))
        .map(|(_, message)| message)
}

fn last_set<'a>(signed_data: &Element<'a>) -> Result<Element<'a>, CmsError> {
    let mut fields = signed_data.reader();
    fields.expect(INTEGER, "SignedData.version")?;
    fields.expect(SET, "SignedData.digestAlgorithms")?;
    fields.expect(SEQUENCE, "SignedData.encapContentInfo")?;
    fields.optional(tag::constructed(0), "SignedData.certificates")?;
    fields.optional(tag::constructed(1), "SignedData.crls")?;
    fields.expect(SET, "SignedData.signerInfos")
}

fn with_attribute(signer: &Element<'_>, attribute: &[u8]) -> Result<Vec<u8>, CmsError> {
    let mut fields = signer.reader();
    let mut unsigned = None;
    while !fields.is_empty() {
        let field = fields.any("SignerInfo")?;
        unsigned = (field.tag == tag::constructed(1)).then_some(field);
    }
    let Some(unsigned) = unsigned else {
        let added = asn1::encode(tag::constructed(1), attribute);
        return Ok(frame(signer, &[signer.content, &added].concat()));
    };
    let mut attributes = Vec::new();
    let mut reader = unsigned.reader();
    while !reader.is_empty() {
        attributes.push(reader.any("SignerInfo.unsignedAttrs")?.raw);
    }
    // In order if the others are in order, else at the end.
    let position = if attributes.is_sorted() {
        attributes.partition_point(|&other| other <= attribute)
    } else {
        attributes.len()
    };
    attributes.insert(position, attribute);
    Ok(replace(signer, &unsigned, &frame(&unsigned, &attributes.concat())))
}

/// `outer` with the bytes of `old`, an element inside it, replaced.
fn replace(outer: &Element<'_>, old: &Element<'_>, new: &[u8]) -> Vec<u8> {
    let start = old.offset.saturating_sub(outer.content_offset());
    let before = outer.content.get(..start).unwrap_or_default();
    let after = outer.content.get(start + old.raw.len()..).unwrap_or_default();
    frame(outer, &[before, new, after].concat())
}

/// New content in the frame of an element: an indefinite length stays one.
fn frame(element: &Element<'_>, content: &[u8]) -> Vec<u8> {
    if element.indefinite {
        return [&[element.tag, 0x80], content, &[0, 0]].concat();
    }
    asn1::encode(element.tag, content)
}
