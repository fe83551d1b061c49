//! A signature of a file, and what of it the signature covers.

use chancery_ades::{Finding, SignatureKind};

use crate::structure::{Covered, Kind, Misplaced, Placed};

/// A signature or timestamp in a file, and how much of the file it covers. Whether it is any good is for
/// [`PdfVerifier`](crate::PdfVerifier) to say: here nothing but its place was looked at.
#[derive(Clone, Debug)]
pub struct PastSignature {
    field: String,
    coverage: Result<(SignatureKind, Covered), Box<Finding>>,
}

impl PastSignature {
    pub(super) fn new(field: String, placed: &Result<Placed, Misplaced>) -> Self {
        let coverage = match placed {
            Ok(placed) => {
                let kind = match placed.kind {
                    Kind::Signature(_) | Kind::OverDigest | Kind::Bare => SignatureKind::Signature,
                    Kind::DocumentTimestamp => SignatureKind::DocumentTimestamp,
                };
                Ok((kind, placed.covered))
            }
            Err(misplaced) => Err(Box::new(misplaced.restriction.finding.clone())),
        };
        Self { field, coverage }
    }

    /// The full name of its field, as the file has it: escape it before you show it.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Whether somebody signed, or a timestamp was put over the document; `None` if its place is not sound.
    #[must_use]
    pub fn kind(&self) -> Option<SignatureKind> {
        self.coverage.as_ref().ok().map(|(kind, _)| *kind)
    }

    /// The number of the revision with which the covered bytes end, counted from 1: it and all before it are covered.
    /// `None` if the place of the signature is not sound, so that it covers nothing that could be told.
    #[must_use]
    pub fn revision(&self) -> Option<usize> {
        self.covered().map(|covered| covered.revision + 1)
    }

    /// How many bytes of the file it covers, from the first one on, its own value among them.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.covered().map(|covered| covered.end)
    }

    /// Why its place is not sound.
    #[must_use]
    pub fn problem(&self) -> Option<&Finding> {
        self.coverage.as_ref().err().map(Box::as_ref)
    }

    fn covered(&self) -> Option<Covered> {
        self.coverage.as_ref().ok().map(|(_, covered)| *covered)
    }
}
