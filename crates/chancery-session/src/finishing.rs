//! The documents of an envelope in their final form.

use chancery_ades::SignatureKind;
use chancery_cms::SignedMessage;
use chancery_digest::{AnyDigest, DigestAlgorithm, Source};
use chancery_workflow::{Artifact, ContentDigest, DocumentId, Envelope, Text};
use jiff::Timestamp;

use crate::base::{self, Base, Content, SignedFile, blob};
use crate::desk::Desk;
use crate::error::SessionError;
use crate::file_verification::Stays;
use crate::reader::SourceReader;
use crate::verification::{Appended, is_seal, passed, shown};
use crate::{identifier, words};

impl Desk<'_> {
    /// Takes in a document of an envelope in its final form, for
    /// [`Command::FinalizeOk`](chancery_workflow::Command::FinalizeOk): as it was signed last, or that with a seal,
    /// evidence, timestamps appended, which the caller's signer makes under the key
    /// [`Envelope::seal_key`](chancery_workflow::Envelope::seal_key). What was appended is judged by the signatures that are
    /// there, kept durably, and named.
    ///
    /// Of a document that is no PDF this is the message with the signatures beside it, named as the document with `.p7s`
    /// behind it; [`file`](Self::file) gives the document, which is an artifact too.
    ///
    /// A document that nobody signed comes back as it is: nothing shows what was appended to it. If it is to be sealed, the
    /// seal is a party ([`Role::Seal`](chancery_workflow::Role::Seal)), whose [`turn`](Self::turn) is taken here.
    ///
    /// # Errors
    /// [`SessionError::NotItsSuccessor`] if it does not begin with the document; [`SessionError::NotPassed`] if a signature
    /// or timestamp that was appended does not pass, [`SessionError::NotASeal`] if it is a person's;
    /// [`SessionError::EarlierHarmed`] if anything else was appended, or something is gone;
    /// [`SessionError::NobodySigned`].
    pub fn artifact(
        &self,
        envelope: &Envelope,
        document: DocumentId,
        last: &dyn Source,
        now: Timestamp,
    ) -> Result<Artifact, SessionError> {
        let base = Base::open(self.store, envelope, document)?;
        let name = &base::named(envelope, document)?.name;
        match &base.content {
            Content::Pdf(pdf) => {
                let digest = self.finished_pdf((document, base.digest), &**pdf, last, now)?;
                Ok(Artifact { name: name.clone(), digest })
            }
            Content::File(file) => {
                self.finished_file(envelope, (document, base.digest, name), file, last, now)
            }
        }
    }

    /// The document itself, where signatures stand beside it; none if they are in it, or there are none, since then
    /// [`artifact`](Self::artifact) is all.
    ///
    /// # Errors
    /// If the store has not got it.
    pub fn file(&self, envelope: &Envelope, document: DocumentId) -> Result<Option<Artifact>, SessionError> {
        let name = base::named(envelope, document)?.name.clone();
        let digest = envelope.unsigned(document).ok_or(SessionError::NoDocument(document))?;
        Ok(match Base::open(self.store, envelope, document)?.content {
            Content::File(file) if file.signatures.is_some() => Some(Artifact { name, digest }),
            Content::File(_) | Content::Pdf(_) => None,
        })
    }

    fn finished_pdf(
        &self,
        (document, head): (DocumentId, ContentDigest),
        base: &dyn Source,
        pdf: &dyn Source,
        now: Timestamp,
    ) -> Result<ContentDigest, SessionError> {
        if !begins_with(pdf, base.len(), head)? {
            return Err(SessionError::NotItsSuccessor { document });
        }
        let digest = self.keep(&mut SourceReader::new(pdf), pdf.len())?;
        if digest != head {
            let kept = self.open(digest)?;
            if !begins_with(&*kept, base.len(), head)? {
                return Err(SessionError::NotItsSuccessor { document });
            }
            let compared = self.judge(now).compare(&Appended { base, whole: &*kept })?;
            compared.only_finishes(document)?;
            compared.new.iter().try_for_each(|report| match report.kind() {
                SignatureKind::Signature => is_seal(report),
                _ => passed(report).map(|_| ()),
            })?;
        }
        Ok(digest)
    }

    fn finished_file(
        &self,
        envelope: &Envelope,
        (document, head, name): (DocumentId, ContentDigest, &Text),
        file: &SignedFile,
        last: &dyn Source,
        now: Timestamp,
    ) -> Result<Artifact, SessionError> {
        let digest = self.keep(&mut SourceReader::new(last), last.len())?;
        if file.signatures.is_none() {
            return if digest == head {
                Ok(Artifact { name: name.clone(), digest })
            } else {
                Err(SessionError::NobodySigned { document })
            };
        }
        if digest != head {
            let kept = self.open(digest)?;
            let whole = SignedMessage::from_ber(&kept.read_range(0..kept.len())?);
            let whole = whole.map_err(|_| SessionError::NotItsSuccessor { document })?;
            let new = self.judge(now).beside(file, &whole, Stays::Signed)?;
            for new in new {
                is_seal(&new.report)?;
                if !identifier::is_of(new.signer, (envelope.id(), document)) {
                    let why = "it was not made for this envelope (see `content_identifier`)";
                    return Err(SessionError::NotASeal { which: shown(&new.report), why });
                }
            }
        }
        // By its usual name it is found by programs that look beside the file.
        Ok(Artifact { name: beside(envelope, name), digest })
    }
}

/// The name of the message beside a document: the document's with `.p7s` behind it, or, where another document has that
/// name, with a number before it.
fn beside(envelope: &Envelope, name: &Text) -> Text {
    let taken = |wanted: &Text| envelope.draft().documents.iter().any(|document| document.name == *wanted);
    let numbered = (2_u32..).map(|n| format!(".{n}.p7s"));
    let endings = std::iter::once(".p7s".to_owned()).chain(numbered);
    // There are fewer documents than numbers.
    let mut names = endings.map(|ending| words::text_ending(name.as_str(), &ending));
    names.find(|wanted| !taken(wanted)).unwrap_or_else(|| name.clone())
}

/// Whether the first bytes of a file are those of this digest.
fn begins_with(file: &dyn Source, length: u64, digest: ContentDigest) -> Result<bool, SessionError> {
    if file.len() < length {
        return Ok(false);
    }
    let mut hasher = DigestAlgorithm::Sha256.hasher();
    hasher.update_from(file, 0..length)?;
    Ok(hasher.finalize() == blob(digest).digest())
}
