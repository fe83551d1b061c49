//! A revision that a signature is to be added to.

use chancery_certificate::asn1::tag;
use chancery_cms::SignedMessage;
use chancery_digest::{BlobId, BlobStore, Source};
use chancery_workflow::{ContentDigest, Document, DocumentId, Envelope, Text};

use crate::error::SessionError;
use crate::form::DocumentForm;

/// A revision, opened by its digest; all its bytes were compared with it.
pub(crate) struct Base {
    pub(crate) digest: ContentDigest,
    pub(crate) content: Content,
}

/// What the revision is.
pub(crate) enum Content {
    /// A PDF with the signatures that it has.
    Pdf(Box<dyn Source>),
    /// A file with the signatures beside it.
    File(Box<SignedFile>),
}

/// A file and the signatures beside it. As long as there are none, the revision is the file; then it is the message.
pub(crate) struct SignedFile {
    pub(crate) bytes: Box<dyn Source>,
    pub(crate) signatures: Option<SignedMessage>,
    pub(crate) media_type: Option<Text>,
}

impl Content {
    /// A document that nobody has signed yet, opened.
    pub(crate) fn unsigned(bytes: Box<dyn Source>, media_type: Option<Text>) -> Result<Self, SessionError> {
        let form = match DocumentForm::of_media_type(media_type.as_ref()) {
            Some(form) => form,
            None => DocumentForm::of_bytes(&*bytes)?,
        };
        Ok(match form {
            DocumentForm::Pdf => Self::Pdf(bytes),
            DocumentForm::File => Self::File(Box::new(SignedFile { bytes, signatures: None, media_type })),
        })
    }
}

impl Base {
    /// Opens the current revision of a document.
    pub(crate) fn open(
        store: &dyn BlobStore,
        envelope: &Envelope,
        document: DocumentId,
    ) -> Result<Self, SessionError> {
        let none = || SessionError::NoDocument(document);
        let digest = envelope.content(document).ok_or_else(none)?;
        let unsigned = envelope.unsigned(document).ok_or_else(none)?;
        let media_type = named(envelope, document)?.media_type.clone();
        let current = store.open(&blob(digest))?;
        if digest == unsigned {
            return Ok(Self { digest, content: Content::unsigned(current, media_type)? });
        }
        let said = DocumentForm::of_media_type(media_type.as_ref());
        // Our messages are DER, and begin so; nearly no PDF does.
        let is_message = current.read_range(0..current.len().min(1))?.first() == Some(&tag::SEQUENCE);
        let content = if said == Some(DocumentForm::Pdf) || !is_message {
            Content::Pdf(current)
        } else {
            // Further on a message may say whatever a certificate does, so it is the file that tells.
            match Content::unsigned(store.open(&blob(unsigned))?, media_type)? {
                Content::Pdf(_) => Content::Pdf(current),
                Content::File(mut file) => {
                    file.signatures = Some(SignedMessage::from_ber(&current.read_range(0..current.len())?)?);
                    Content::File(file)
                }
            }
        };
        Ok(Self { digest, content })
    }

    pub(crate) const fn form(&self) -> DocumentForm {
        match self.content {
            Content::Pdf(_) => DocumentForm::Pdf,
            Content::File(_) => DocumentForm::File,
        }
    }
}

/// A document as the sender named it.
pub(crate) fn named(envelope: &Envelope, document: DocumentId) -> Result<&Document, SessionError> {
    let number = usize::try_from(document.number()).ok();
    let named = number.and_then(|number| envelope.draft().documents.get(number));
    named.ok_or(SessionError::NoDocument(document))
}

/// Revisions are kept under the digests by which workflows name them.
pub(crate) fn blob(digest: ContentDigest) -> BlobId {
    BlobId::from_bytes(digest.to_bytes())
}
