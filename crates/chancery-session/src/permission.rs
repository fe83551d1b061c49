//! What a document permits, for the workflow.

use std::collections::BTreeSet;
use std::io;

use chancery_digest::Source;
use chancery_key::Password;
use chancery_pades::{FurtherSignatures, PadesError, StillPermitted};
use chancery_workflow::{Allowance, ContentDigest, ModificationPermission, Text};

use crate::words;

/// What a document permits in one of its revisions, as found in its very bytes: certification and locks in force, the wish
/// of whoever encrypted it, XFA, and whether readers would take it for one document. Only a [`Desk`](crate::Desk) makes it,
/// from the bytes that the digest names:
///
/// ```compile_fail,E0451
/// # fn make(document: chancery_workflow::ContentDigest, found: chancery_pades::StillPermitted) {
/// let mine = chancery_session::DocumentPermission { document, found: Ok(found), places: Ok(1) };
/// # }
/// ```
#[derive(Debug)]
pub struct DocumentPermission {
    document: ContentDigest,
    /// What was found; or why it cannot be signed at all, where it cannot even be read.
    found: Result<StillPermitted, Text>,
    /// How many places an envelope has for signatures, all of which may be signed; else why one may not.
    places: Result<u32, Text>,
}

impl DocumentPermission {
    /// Looks at a revision, which must be the one of this digest.
    ///
    /// # Errors
    /// If its bytes cannot be had. That they are no PDF that could be signed is for the permission to say.
    pub(crate) fn of(
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
            found => found.map_err(told),
        };
        Ok(Self { document, found, places: Ok(0) })
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
        self.found()?.signatures().map_err(told)
    }

    /// Whether the field of this full name may be signed where people see it.
    ///
    /// # Errors
    /// Why not.
    pub fn may_show(&self, field: &str) -> Result<(), Text> {
        self.found()?.may_show(field).map_err(told)
    }

    fn found(&self) -> Result<&StillPermitted, Text> {
        self.found.as_ref().map_err(Clone::clone)
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
        match self.further_signatures() {
            Ok(FurtherSignatures::Any) => Allowance::Any,
            Ok(FurtherSignatures::OnlyIn(fields)) => {
                Allowance::AtMost(u32::try_from(fields.len()).unwrap_or(u32::MAX).max(places))
            }
            // A lock may leave out the very names of fields that are still to be made.
            Err(_) if places > 0 => Allowance::AtMost(places),
            Err(why) => Allowance::Nothing { why },
        }
    }

    fn may_fill(&self, field: &str) -> Result<(), Text> {
        self.found()?.may_fill(field).map_err(told)
    }
}

/// Our own sentence, which may quote a name out of the file.
#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn told(error: PadesError) -> Text {
    words::text(&error.to_string())
}
