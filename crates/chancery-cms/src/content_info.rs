//! What a message is wrapped in.

use chancery_certificate::asn1::tag::{self, OBJECT_IDENTIFIER, SEQUENCE};

use crate::attributes::SIGNED_DATA;
use crate::ber::Element;
use crate::error::CmsError;

/// The SignedData within a ContentInfo.
///
/// ```text
/// ContentInfo ::= SEQUENCE { contentType OBJECT IDENTIFIER, content [0] EXPLICIT ANY DEFINED BY contentType }
/// ```
pub(crate) fn signed_data<'a>(info: &Element<'a>) -> Result<Element<'a>, CmsError> {
    let mut fields = info.reader();
    let content_type =
        fields.expect(OBJECT_IDENTIFIER, "ContentInfo.contentType")?.oid("ContentInfo.contentType")?;
    if content_type != SIGNED_DATA {
        return Err(CmsError::NotSignedData { content_type });
    }
    let explicit = fields.expect(tag::constructed(0), "ContentInfo.content")?;
    fields.finish("ContentInfo")?;
    let mut content = explicit.reader();
    let signed_data = content.expect(SEQUENCE, "SignedData")?;
    content.finish("ContentInfo.content")?;
    Ok(signed_data)
}
