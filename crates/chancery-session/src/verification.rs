//! Verifying a revision that was appended to another.

use std::collections::{HashMap, VecDeque};

use chancery_ades::{Finding, Indication, Policy, Proof, SignatureReport};
use chancery_certificate::printable;
use chancery_digest::Source;
use chancery_key::Password;
use chancery_pades::{History, PadesError, PdfVerifier};
use chancery_workflow::{DocumentId, SignerKind};
use jiff::Timestamp;

use crate::error::SessionError;
use crate::level;

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

/// What became of a file when something was appended.
pub(crate) struct Comparison {
    /// The signatures and timestamps that are new.
    pub(crate) new: Vec<SignatureReport>,
    /// The others, as they were and as they are.
    earlier: Vec<(SignatureReport, SignatureReport)>,
}

/// What a seal, timestamps and evidence do to a document that others have signed. To fill in its form, to comment, to lay
/// something over it may be allowed to a signer; it is nothing for whoever only finishes it.
const FINISHING: [&str; 13] = [
    "appearance-added",
    "document-timestamp-added",
    "extensions-changed",
    "form-resources-added",
    "later-revision",
    "long-term-data-added",
    "metadata-changed",
    "nothing",
    "signature-added",
    "signature-field-added",
    "unused-objects-added",
    "version-raised",
    "written-otherwise",
];

impl Comparison {
    /// Whether what was appended was judged by an earlier signature, and nothing but what finishing takes was found.
    pub(crate) fn only_finishes(&self, document: DocumentId) -> Result<(), SessionError> {
        if self.earlier.is_empty() {
            return Err(SessionError::NobodySigned { document });
        }
        for (before, after) in &self.earlier {
            let known = before.changes().findings();
            let is_more = |found: &&Finding| {
                !FINISHING.contains(&found.kind)
                    && !known.iter().any(|known| known.kind == found.kind && known.text == found.text)
            };
            if let Some(found) = after.changes().findings().iter().find(is_more) {
                return Err(SessionError::EarlierHarmed { which: shown(after), why: found.to_string() });
            }
        }
        Ok(())
    }
}

impl Judge<'_> {
    /// Compares the signatures and timestamps of the base with themselves in the whole file, where they must stand no worse.
    pub(crate) fn compare(self, file: &Appended<'_>) -> Result<Comparison, SessionError> {
        let mut earlier: HashMap<String, VecDeque<SignatureReport>> = HashMap::new();
        for report in self.reports(file.base)? {
            earlier.entry(report.name().to_owned()).or_default().push_back(report);
        }
        let mut comparison = Comparison { new: Vec::new(), earlier: Vec::new() };
        for report in self.reports(file.whole)? {
            match earlier.get_mut(report.name()).and_then(VecDeque::pop_front) {
                Some(before) if is_worse(&before, &report) => {
                    let why = report.verdict().to_string();
                    return Err(SessionError::EarlierHarmed { which: shown(&report), why });
                }
                Some(before) => comparison.earlier.push((before, report)),
                None => comparison.new.push(report),
            }
        }
        match earlier.into_values().flatten().next() {
            Some(gone) => Err(SessionError::EarlierHarmed { which: shown(&gone), why: "it is gone".into() }),
            None => Ok(comparison),
        }
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
pub(crate) fn passed(report: &SignatureReport) -> Result<&Proof, SessionError> {
    let not_passed = || SessionError::NotPassed { which: shown(report), why: report.verdict().to_string() };
    report.verdict().proof().ok_or_else(not_passed)
}

/// That it passed, and an organisation made it: what is signed when everybody is done is no person's.
pub(crate) fn is_seal(report: &SignatureReport) -> Result<(), SessionError> {
    match level::signer_kind(passed(report)?.signer()) {
        SignerKind::Legal => Ok(()),
        SignerKind::Natural => Err(SessionError::NotASeal {
            which: shown(report),
            why: "its certificate names no organisation as its holder (ETSI EN 319 412-3)",
        }),
    }
}

/// Whether any part of it came to less. What was in doubt before may stay so: it was there when the envelope was sent.
pub(crate) fn is_worse(before: &SignatureReport, after: &SignatureReport) -> bool {
    let indication = |report: &SignatureReport| -> Indication { report.verdict().indication() };
    indication(after) > indication(before)
        || after.integrity().conclusion() > before.integrity().conclusion()
        || after.changes().conclusion() > before.changes().conclusion()
}

pub(crate) fn shown(report: &SignatureReport) -> String {
    printable(report.name())
}
