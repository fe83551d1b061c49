//! Verifying a revision that was appended to another.

use chancery_ades::{Indication, Policy, SignatureReport};
use chancery_certificate::printable;
use chancery_digest::Source;
use chancery_key::Password;
use chancery_pades::{History, PadesError, PdfVerifier};
use jiff::Timestamp;

use crate::error::SessionError;

/// By what revisions are judged.
#[derive(Clone, Copy)]
pub(crate) struct Judge<'j> {
    pub(crate) policy: &'j Policy,
    pub(crate) password: Option<&'j Password>,
    pub(crate) now: Timestamp,
}

/// A file with what was appended to it.
pub(crate) struct Appended<'s> {
    pub(crate) base: &'s dyn Source,
    pub(crate) whole: &'s dyn Source,
}

impl Judge<'_> {
    /// The reports on the signatures and timestamps that were appended, after it was found that the earlier ones stand no
    /// worse than they did.
    pub(crate) fn new_signatures(self, file: &Appended<'_>) -> Result<Vec<SignatureReport>, SessionError> {
        let before = self.reports(file.base)?;
        let mut after = self.reports(file.whole)?;
        for earlier in &before {
            let place = after.iter().position(|report| report.name() == earlier.name());
            let gone = || SessionError::EarlierHarmed { field: shown(earlier), why: "it is gone".into() };
            let now = after.swap_remove(place.ok_or_else(gone)?);
            if is_worse(earlier, &now) {
                return Err(SessionError::EarlierHarmed {
                    field: shown(&now),
                    why: now.verdict().to_string(),
                });
            }
        }
        Ok(after)
    }

    /// Whether the signature in this field covers all of the file, and the file is its base and one revision more.
    pub(crate) fn is_one_revision(self, file: &Appended<'_>, field: &str) -> Result<(), SessionError> {
        let (before, after) = (self.history(file.base)?, self.history(file.whole)?);
        let revisions = after.revisions().len();
        if revisions != before.revisions().len().saturating_add(1) {
            return Err(SessionError::NotOneSignature { why: "it has not one revision more" });
        }
        let covers =
            after.signatures().iter().find(|signature| signature.field() == field).is_some_and(|one| {
                one.revision() == Some(revisions) && one.length() == Some(file.whole.len())
            });
        if covers {
            Ok(())
        } else {
            Err(SessionError::NotOneSignature { why: "its signature does not cover all of it" })
        }
    }

    fn reports(self, pdf: &dyn Source) -> Result<Vec<SignatureReport>, PadesError> {
        let verifier = PdfVerifier::new(self.policy);
        let verifier = match self.password {
            Some(password) => verifier.password(password),
            None => verifier,
        };
        Ok(verifier.verify_at(pdf, self.now)?.signatures().to_vec())
    }

    fn history(self, pdf: &dyn Source) -> Result<History<'_>, PadesError> {
        match self.password {
            Some(password) => History::with_password(pdf, password),
            None => History::of(pdf),
        }
    }
}

/// That it did not pass, if it did not.
pub(crate) fn passed(report: &SignatureReport) -> Result<&chancery_ades::Proof, SessionError> {
    let not_passed = || SessionError::NotPassed { field: shown(report), why: report.verdict().to_string() };
    report.verdict().proof().ok_or_else(not_passed)
}

/// Whether any part of it came to less. What was in doubt before may stay so: it was there when the envelope was sent.
fn is_worse(before: &SignatureReport, after: &SignatureReport) -> bool {
    let indication = |report: &SignatureReport| -> Indication { report.verdict().indication() };
    indication(after) > indication(before)
        || after.integrity().conclusion() > before.integrity().conclusion()
        || after.changes().conclusion() > before.changes().conclusion()
}

fn shown(report: &SignatureReport) -> String {
    printable(report.name())
}
