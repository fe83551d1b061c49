//! The signature dictionary with room for the signature (ISO 32000-2, 12.8.1).

use std::ops::Range;

use chancery_pdf::{Name, Object, PdfString};

use crate::options::Options;

/// A number of `/ByteRange` before it is known: the longest that 64 bits can be.
const NUMBER: usize = 20;

/// The bytes of a signature dictionary, and where what is filled in later stands in them.
pub(crate) struct Placeholder {
    pub(crate) body: Vec<u8>,
    /// The three numbers of `/ByteRange` after the 0, with the space between them.
    pub(crate) byte_range: Range<usize>,
    /// `/Contents` with its angle brackets.
    pub(crate) contents: Range<usize>,
}

impl Placeholder {
    /// Room for a CMS message of this many bytes.
    pub(crate) fn new(options: &Options, room: usize) -> Self {
        let mut body =
            b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange[0 ".to_vec();
        let start = body.len();
        body.resize(start + 3 * NUMBER + 2, b' ');
        let byte_range = start..body.len();
        body.extend_from_slice(b"]/Contents");
        let start = body.len();
        body.push(b'<');
        body.resize(start + 1 + 2 * room, b'0');
        body.push(b'>');
        let contents = start..body.len();
        entry(&mut body, "M", &Object::String(PdfString::literal(options.date())));
        let texts = [
            ("Name", &options.name),
            ("Reason", &options.reason),
            ("Location", &options.location),
            ("ContactInfo", &options.contact),
        ];
        for (key, text) in texts {
            if let Some(text) = text {
                entry(&mut body, key, &Object::String(PdfString::text(text)));
            }
        }
        body.extend_from_slice(b">>");
        Self { body, byte_range, contents }
    }
}

/// The text that goes to where the numbers of `/ByteRange` stand; as long as the room for it.
pub(crate) fn byte_range_text(before: u64, after: u64, length: u64) -> String {
    format!("{before:<NUMBER$} {after:<NUMBER$} {length:<NUMBER$}")
}

fn entry(body: &mut Vec<u8>, key: &str, value: &Object) {
    Object::Name(Name::new(key)).write(body);
    value.write(body);
}
