//! What documents permit, asked before an envelope is sent or corrected.

use chancery_workflow::{ContentDigest, Correction, Document, DocumentId, Envelope, Permissions};

use crate::base::{self, Base, Content};
use crate::concerned::Concerned;
use crate::desk::Desk;
use crate::error::SessionError;
use crate::level;
use crate::permission::DocumentPermission;
use crate::seats::Seats;

impl Desk<'_> {
    /// What a document permits, as its sender names it: by its media type, else by its bytes it is a PDF or not. For the
    /// documents of an envelope, and those that take their places, [`permissions`](Self::permissions) and
    /// [`permissions_to_correct`](Self::permissions_to_correct) ask about the places of signatures too.
    ///
    /// # Errors
    /// If the store has not got it.
    pub fn permission(&self, document: &Document) -> Result<DocumentPermission, SessionError> {
        match Content::unsigned(self.open(document.digest)?, document.media_type.clone())? {
            Content::Pdf(pdf) => Ok(DocumentPermission::of_pdf(&*pdf, document.digest, self.password)?),
            Content::File(file) => Ok(DocumentPermission::of_file(document.digest, &file)),
        }
    }

    /// What the documents permit that somebody signs, for [`Command::Send`](chancery_workflow::Command::Send) and
    /// [`Schedule`](chancery_workflow::Command::Schedule): a document that forbids signatures, or in which one of the
    /// places that the envelope has for them may not be signed, is refused there with the reason. So is one of which
    /// somebody's signature must be qualified, which no [`pass`](Self::pass) finds. Whoever verifies trusted lists and
    /// wraps what passed in a proof of their own asks for each document by [`permission`](Self::permission).
    ///
    /// # Errors
    /// If the store has not got them all.
    pub fn permissions(&self, envelope: &Envelope) -> Result<Permissions, SessionError> {
        let mut permissions: Permissions = Vec::new();
        for (number, revision) in envelope.contents().iter().enumerate() {
            let document = DocumentId::new(u32::try_from(number).unwrap_or(u32::MAX));
            let seats = Seats::of(envelope, document);
            let mut signers =
                envelope.parties().filter(|(party, ..)| seats.signs(envelope, *party)).peekable();
            if signers.peek().is_none() {
                continue;
            }
            if signers.any(|(_, party, _)| level::is_qualified(party)) {
                permissions.push(Box::new(DocumentPermission::nothing(*revision, level::NOT_QUALIFIED)));
                continue;
            }
            permissions.push(Box::new(match Base::open(self.store, envelope, document)?.content {
                Content::Pdf(pdf) => {
                    let places = seats.fields().filter(|field| seats.signs(envelope, field.party));
                    let permission = DocumentPermission::of_pdf(&*pdf, *revision, self.password)?;
                    permission.with_places(places.map(|field| field.name.as_str()))
                }
                Content::File(file) => DocumentPermission::of_file(*revision, &file),
            }));
        }
        Ok(permissions)
    }

    /// What the documents permit that these corrections are about, for
    /// [`Command::Correct`](chancery_workflow::Command::Correct): those that are put in the place of others, and those that
    /// an added party signs or fills in, with the places of all who have yet to sign and its own.
    ///
    /// # Errors
    /// If the store has not got them all.
    pub fn permissions_to_correct(
        &self,
        envelope: &Envelope,
        corrections: &[Correction],
    ) -> Result<Permissions, SessionError> {
        let mut permissions: Permissions = Vec::new();
        for (number, current) in envelope.contents().iter().enumerate() {
            let document = DocumentId::new(u32::try_from(number).unwrap_or(u32::MAX));
            let Some(concerned) = Concerned::of(corrections, document) else { continue };
            let (revision, content) = match concerned.replaced_by {
                Some(digest) => (digest, self.replacement(envelope, document, digest)?),
                None => (*current, Base::open(self.store, envelope, document)?.content),
            };
            permissions.push(Box::new(match content {
                _ if concerned.qualified => DocumentPermission::nothing(revision, level::NOT_QUALIFIED),
                Content::Pdf(pdf) => {
                    let permission = DocumentPermission::of_pdf(&*pdf, revision, self.password)?;
                    let seats = Seats::of(envelope, document);
                    let awaited = seats.fields().filter(|field| seats.is_awaited(envelope, field.party));
                    let awaited = awaited.map(|field| field.name.as_str());
                    permission.with_places(awaited.chain(concerned.places.iter().copied()))
                }
                Content::File(file) => DocumentPermission::of_file(revision, &file),
            }));
        }
        Ok(permissions)
    }

    fn replacement(
        &self,
        envelope: &Envelope,
        document: DocumentId,
        digest: ContentDigest,
    ) -> Result<Content, SessionError> {
        let media_type = base::named(envelope, document)?.media_type.clone();
        Content::unsigned(self.open(digest)?, media_type)
    }
}
