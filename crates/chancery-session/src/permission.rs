//! What a document permits, for the workflow.

use std::collections::BTreeSet;
use std::io;

use chancery_digest::Source;
use chancery_key::Password;
use chancery_pades::{FurtherSignatures, PadesError, StillPermitted};
use chancery_workflow::{Allowance, ContentDigest, ModificationPermission, Text};

use crate::base::SignedFile;
use crate::words;

/// What a document permits in one of its revisions, as found in its very bytes: certification and locks in force, the wish
/// of whoever encrypted it, XFA, and whether readers would take it for one document. Only a [`Desk`](crate::Desk) makes it,
/// from the bytes that the digest names. A document that is no PDF permits 1,500 signatures, since they stand beside
/// it; there is no form in it that could be filled.
///
/// ```compile_fail,E0451
/// # fn make(document: chancery_workflow::ContentDigest, found: chancery_session::DocumentPermission) {
/// let mine = chancery_session::DocumentPermission { document, places: Ok(1), ..found };
/// # }
/// ```
#[derive(Debug)]
pub struct DocumentPermission {
    document: ContentDigest,
    found: Found,
    /// How many places an envelope has for signatures, all of which may be signed; else why one may not.
    places: Result<u32, Text>,
}

/// What was found.
#[derive(Debug)]
enum Found {
    Pdf(Box<StillPermitted>),
    /// Why it cannot be signed at all: it cannot even be read, or not as it should be.
    Forbidden(Text),
    /// No PDF; so many more signatures have room beside it.
    File {
        left: u32,
    },
}

/// The most signatures beside a file. One message holds them all, and a reader looks for each signer among all certificates,
/// of which `chancery-cms` bounds the product at 20,000,000: 1,500 signers may bring chains of eight that share nothing.
const MOST_BESIDE: u32 = 1500;

impl DocumentPermission {
    /// Looks at a revision of a PDF, which must be the one of this digest.
    ///
    /// # Errors
    /// If its bytes cannot be had. That they are no PDF that could be signed is for the permission to say.
    pub(crate) fn of_pdf(
        bytes: &dyn Source,
        document: ContentDigest,
        password: Option<&Password>,
    ) -> Result<Self, io::Error> {
        let found = match password {
            Some(password) => StillPermitted::with_password(bytes, password),
            None => StillPermitted::of(bytes),
        };
        let found = match found {
            Err(PadesError::Io(error)) => return Err(error),
            Err(error) => Found::Forbidden(told(error)),
            Ok(found) => Found::Pdf(Box::new(found)),
        };
        Ok(Self { document, found, places: Ok(0) })
    }

    /// Of a document for which a signature is wanted that cannot be had.
    pub(crate) fn nothing(document: ContentDigest, why: &str) -> Self {
        Self { document, found: Found::Forbidden(words::text(why)), places: Ok(0) }
    }

    /// Of a file with so many signatures beside it.
    pub(crate) fn of_file(document: ContentDigest, file: &SignedFile) -> Self {
        let signed = file.signatures.as_ref().map_or(0, |message| message.signers().len());
        let left = MOST_BESIDE.saturating_sub(u32::try_from(signed).unwrap_or(u32::MAX));
        Self { document, found: Found::File { left }, places: Ok(0) }
    }

    /// The same for an envelope that wants a signature to be seen in each of these fields: all of them must be permitted.
    pub(crate) fn with_places<'f>(mut self, fields: impl Iterator<Item = &'f str>) -> Self {
        let fields: BTreeSet<&str> = fields.collect();
        let shown = fields.iter().try_for_each(|field| self.may_show(field));
        self.places = shown.map(|()| u32::try_from(fields.len()).unwrap_or(u32::MAX));
        self
    }

    /// Where further signatures may stand.
    ///
    /// # Errors
    /// Why nowhere.
    pub fn further_signatures(&self) -> Result<FurtherSignatures, Text> {
        match &self.found {
            Found::Pdf(found) => found.signatures().map_err(told),
            Found::Forbidden(why) => Err(why.clone()),
            Found::File { .. } => Ok(FurtherSignatures::Any),
        }
    }

    /// Whether the field of this full name may be signed where people see it. In a document that is no PDF a field shows
    /// nothing; it says only that its party signs it.
    ///
    /// # Errors
    /// Why not.
    pub fn may_show(&self, field: &str) -> Result<(), Text> {
        match &self.found {
            Found::Pdf(found) => found.may_show(field).map_err(told),
            Found::Forbidden(why) => Err(why.clone()),
            Found::File { .. } => Ok(()),
        }
    }
}

impl ModificationPermission for DocumentPermission {
    fn document(&self) -> ContentDigest {
        self.document
    }

    fn signatures(&self) -> Allowance {
        let places = match &self.places {
            Ok(places) => *places,
            Err(why) => return Allowance::Nothing { why: why.clone() },
        };
        match (&self.found, self.further_signatures()) {
            (Found::File { left }, _) => Allowance::AtMost(*left),
            (_, Ok(FurtherSignatures::Any)) => Allowance::Any,
            (_, Ok(FurtherSignatures::OnlyIn(fields))) => {
                Allowance::AtMost(u32::try_from(fields.len()).unwrap_or(u32::MAX).max(places))
            }
            // A lock may leave out the very names of fields that are still to be made.
            (_, Err(_)) if places > 0 => Allowance::AtMost(places),
            (_, Err(why)) => Allowance::Nothing { why },
        }
    }

    fn may_show(&self, field: &str) -> Result<(), Text> {
        Self::may_show(self, field)
    }

    fn may_fill(&self, field: &str) -> Result<(), Text> {
        match &self.found {
            Found::Pdf(found) => found.may_fill(field).map_err(told),
            Found::Forbidden(why) => Err(why.clone()),
            Found::File { .. } => {
                Err(words::text("it is no PDF, so it has no fields, and it is signed as it is"))
            }
        }
    }
}

/// Our own sentence, which may quote a name out of the file.
#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn told(error: PadesError) -> Text {
    words::text(&error.to_string())
}
