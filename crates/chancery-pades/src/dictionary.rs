//! The signature dictionary with room for the signature (ISO 32000-2, 12.8.1).

use std::ops::Range;

use chancery_pdf::{Dictionary, Increment, Object, PdfString, Reference};

use crate::PadesError;
use crate::meaning::Statement;
use crate::options::Options;
use crate::signature_form::SignatureForm;

/// A number of `/ByteRange` before it is known: the longest that 64 bits can be.
const NUMBER: usize = 20;

/// What stands in a signature dictionary.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// Somebody's signature.
    Signature(SignatureForm),
    /// A timestamp over the document (EN 319 142-1, 5.4.3; ISO 32000-2, 12.8.5).
    Timestamp,
}

impl Kind {
    /// The entries that say so.
    fn entries(self) -> String {
        let (kind, form) = match self {
            Self::Signature(form) => ("Sig", form.sub_filter()),
            Self::Timestamp => ("DocTimeStamp", "ETSI.RFC3161"),
        };
        format!("/Type/{kind}/Filter/Adobe.PPKLite/SubFilter/{form}")
    }
}

/// Where what is filled in later stands in a signature dictionary, counted from its first byte.
pub(crate) struct Placeholder {
    /// The three numbers of `/ByteRange` after the 0, with the space between them.
    pub(crate) byte_range: Range<usize>,
    /// `/Contents` with its angle brackets.
    pub(crate) contents: Range<usize>,
}

impl Placeholder {
    /// Puts a signature dictionary with room for a CMS message of this many bytes. In an encrypted document the texts are
    /// encrypted, `/Contents` is not.
    ///
    /// # Errors
    /// If the document is encrypted with AES and there is no seed.
    pub(crate) fn put(
        kind: Kind,
        texts: &Dictionary,
        room: usize,
        increment: &mut Increment<'_>,
        reference: Reference,
    ) -> Result<Self, PadesError> {
        let mut before = format!("<<{}/ByteRange[0 ", kind.entries()).into_bytes();
        let start = before.len();
        before.resize(start + 3 * NUMBER + 2, b' ');
        let byte_range = start..before.len();
        before.extend_from_slice(b"]/Contents<");
        let digits = 2 * room;
        let contents = before.len() - 1..before.len() + digits + 1;
        let mut after = vec![b'>'];
        if let Object::Dictionary(texts) = &*increment.encrypted(reference, &texts.clone().into())? {
            for (key, value) in texts.iter() {
                Object::Name(key.clone()).write(&mut after);
                value.write(&mut after);
            }
        }
        after.extend_from_slice(b">>");
        increment.put_raw_with_room(reference, before, digits, after);
        Ok(Self { byte_range, contents })
    }
}

/// What the dictionary says in words.
pub(crate) fn texts(options: &Options, statement: &Statement) -> Dictionary {
    let mut texts = Dictionary::new();
    texts.set("M", Object::String(PdfString::literal(statement.date())));
    let said = [
        ("Name", &options.name),
        ("Reason", &options.reason),
        ("Location", &options.location),
        ("ContactInfo", &options.contact),
    ];
    for (key, text) in said {
        if let Some(text) = text {
            texts.set(key, Object::String(PdfString::text(text)));
        }
    }
    if let Some(application) = &options.application {
        texts.set("Prop_Build", application.to_build_properties());
    }
    texts
}

/// The text that goes to where the numbers of `/ByteRange` stand; as long as the room for it.
pub(crate) fn byte_range_text(before: u64, after: u64, length: u64) -> String {
    format!("{before:<NUMBER$} {after:<NUMBER$} {length:<NUMBER$}")
}
