//! Pieces of what statements are written with.

use chancery_certificate::asn1;
use chancery_certificate::asn1::tag::{IA5_STRING, UTF8_STRING};

use crate::ber::Reader;
use crate::error::CmsError;

/// A UTF8String, which must not be empty.
pub(crate) fn utf8(what: &'static str, text: &str) -> Result<Vec<u8>, CmsError> {
    if text.is_empty() {
        return Err(CmsError::Statement { what, reason: "text that is not empty" });
    }
    Ok(asn1::encode(UTF8_STRING, text.as_bytes()))
}

/// An IA5String, which must not be empty.
pub(crate) fn ia5(what: &'static str, text: &str) -> Result<Vec<u8>, CmsError> {
    if text.is_empty() || !text.is_ascii() {
        return Err(CmsError::Statement { what, reason: "ASCII text that is not empty" });
    }
    Ok(asn1::encode(IA5_STRING, text.as_bytes()))
}

/// The bytes, if they are one element.
pub(crate) fn element<'a>(what: &'static str, bytes: &'a [u8]) -> Result<&'a [u8], CmsError> {
    let mut reader = Reader::new(bytes);
    reader.any(what)?;
    reader.finish(what)?;
    Ok(bytes)
}
