//! The file as its history.

mod numbers;
mod past_revision;
mod past_signature;

use std::fmt;

use chancery_ades::SignatureKind;
use chancery_certificate::printable;
use chancery_digest::Source;
use chancery_key::Password;
use chancery_pdf::{Document, Revision};

pub use self::numbers::ObjectNumbers;
pub use self::past_revision::PastRevision;
pub use self::past_signature::PastSignature;
use crate::{PadesError, SignedRevision, opening, placed};

/// A PDF as its history: its revisions, what each of them did to the objects of the document, and which signatures and
/// timestamps cover it.
///
/// A PDF is changed by appending (ISO 32000-2, 7.5.6), so that every state it ever had is still in it. Nothing is judged
/// here, and no policy is needed: see [`PdfVerifier`](crate::PdfVerifier) for that.
///
/// ```no_run
/// use chancery_digest::FileSource;
/// use chancery_pades::History;
///
/// let pdf = FileSource::open("contract-signed.pdf")?;
/// let history = History::of(&pdf)?;
/// for revision in history.revisions() {
///     println!("{revision}");
///     for signature in history.covering(revision.number) {
///         println!("  covered by {:?}", signature.field());
///     }
/// }
/// // What did the first signer see?
/// if let Some(first) = history.signatures().first() {
///     history.signed_revision(first.field())?.save("as-signed.pdf")?;
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// It costs as much as reading the cross-reference sections, and the object streams that were written anew; the other
/// objects are not read. Its lists are bounded ([`ObjectNumbers`]).
#[derive(Clone)]
pub struct History<'s> {
    source: &'s dyn Source,
    revisions: Vec<PastRevision>,
    signatures: Vec<PastSignature>,
}

impl<'s> History<'s> {
    /// The history of a file. For encrypted ones the empty password is tried.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn of(pdf: &'s dyn Source) -> Result<Self, PadesError> {
        Self::read(&opening::document(pdf, None)?)
    }

    /// The history of an encrypted file, with the password of its user or its owner: which objects there are stands in
    /// the clear, but not which fields are signed.
    ///
    /// # Errors
    /// If the file cannot be read, or the password is another.
    pub fn with_password(pdf: &'s dyn Source, password: &Password) -> Result<Self, PadesError> {
        Self::read(&opening::document(pdf, Some(password))?)
    }

    fn read(document: &Document<'s>) -> Result<Self, PadesError> {
        let mut revisions = Vec::new();
        for (index, revision) in document.revisions().iter().enumerate() {
            revisions.push(past_revision(document, index, revision)?);
        }
        let (fields, placed) = placed::all(document)?;
        let signatures = fields.into_iter().zip(&placed);
        let mut signatures: Vec<PastSignature> =
            signatures.map(|(field, placed)| PastSignature::new(field.name, placed)).collect();
        signatures.sort_by_key(|signature| signature.revision().unwrap_or(usize::MAX));
        Ok(Self { source: document.source(), revisions, signatures })
    }

    /// The states of the file, the original first; there is at least one.
    #[must_use]
    pub fn revisions(&self) -> &[PastRevision] {
        &self.revisions
    }

    /// The signatures and timestamps that fields hold, in the order in which they were made; at the end those whose
    /// place in the file is not sound.
    #[must_use]
    pub fn signatures(&self) -> &[PastSignature] {
        &self.signatures
    }

    /// The signatures and timestamps that cover a revision, counted from 1, the one that was made with it first. What
    /// covers a revision covers all before it.
    pub fn covering(&self, revision: usize) -> impl Iterator<Item = &PastSignature> {
        self.signatures.iter().filter(move |one| one.revision().is_some_and(|last| last >= revision))
    }

    /// The bytes that the signer of a field saw, as a PDF of its own.
    ///
    /// # Errors
    /// [`PadesError::NotSigned`] if there is no signature in a field of this name, [`PadesError::CoversNoRevision`] if
    /// what it covers is no state of the document. Whether the signature holds is another question.
    pub fn signed_revision(&self, field: &str) -> Result<SignedRevision<'s>, PadesError> {
        let signature = self.signatures.iter().find(|signature| signature.field() == field);
        let signature = signature.ok_or_else(|| PadesError::NotSigned { name: field.into() })?;
        match (signature.revision(), signature.length()) {
            (Some(revision), Some(length)) => Ok(SignedRevision::new(self.source, revision, length)),
            _ => {
                let reason = signature.problem().map(ToString::to_string).unwrap_or_default();
                Err(PadesError::CoversNoRevision { name: field.into(), reason })
            }
        }
    }
}

fn past_revision(
    document: &Document<'_>,
    index: usize,
    revision: &Revision,
) -> Result<PastRevision, PadesError> {
    let before = index.checked_sub(1);
    let start = before.and_then(|before| document.revisions().get(before)).map_or(0, |before| before.end);
    let is_last = index + 1 == document.revisions().len();
    let mut past = PastRevision {
        number: index + 1,
        bytes: start..if is_last { document.source().len() } else { revision.end },
        cross_reference: revision.kind,
        sections: revision.sections.clone(),
        added: ObjectNumbers::default(),
        changed: ObjectNumbers::default(),
        freed: ObjectNumbers::default(),
    };
    match (document.at(index), before.and_then(|before| document.at(before))) {
        (Some(now), Some(before)) => now.changed_since(&before)?.into_iter().for_each(|one| past.note(one)),
        (Some(now), None) => now.references()?.into_iter().for_each(|one| past.added.push(one.number)),
        (None, _) => {}
    }
    Ok(past)
}

/// For people: what was done to the file, the oldest first.
impl fmt::Display for History<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut signatures = self.signatures.iter().peekable();
        for revision in &self.revisions {
            writeln!(f, "{revision}")?;
            let made_here = |one: &&PastSignature| one.revision() == Some(revision.number);
            while let Some(signature) = signatures.next_if(made_here) {
                let kind = match signature.kind() {
                    Some(SignatureKind::DocumentTimestamp) => "timestamped by",
                    _ => "signed in",
                };
                writeln!(f, "  {kind} {}: all bytes up to here", printable(signature.field()))?;
            }
        }
        for signature in signatures {
            let problem = signature.problem().map(ToString::to_string).unwrap_or_default();
            writeln!(f, "{}: {}", printable(signature.field()), printable(&problem))?;
        }
        let last = self.signatures.iter().filter_map(PastSignature::revision).max();
        match self.revisions.len() - last.unwrap_or(0) {
            0 => Ok(()),
            1 => writeln!(f, "no signature covers revision {}", self.revisions.len()),
            _ => writeln!(
                f,
                "no signature covers revisions {} to {}",
                last.unwrap_or(0) + 1,
                self.revisions.len()
            ),
        }
    }
}

impl fmt::Debug for History<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("History")
            .field("revisions", &self.revisions)
            .field("signatures", &self.signatures)
            .finish_non_exhaustive()
    }
}
