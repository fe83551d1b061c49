//! A party's turn: what it is about to sign.

use chancery_key::Password;
use chancery_pades::{PadesError, PdfSigner, PreparedPdf, SignatureMeaning, StoredPdf};
use chancery_workflow::{ContentDigest, Envelope, Field, FieldContent, SignaturePlace, Text};

use crate::base::{Base, Content, SignedFile};
use crate::error::SessionError;
use crate::file_signer::FileSigner;
use crate::form::DocumentForm;
use crate::permission::DocumentPermission;
use crate::prepared::{Prepared, PreparedTurn, Words};
use crate::prepared_file::PreparedFile;
use crate::stored_turn;

/// A party's turn to sign one document: its current revision, opened and compared with its digest, and the field in which
/// the party signs. It lives for minutes; [`Desk::turn`](crate::Desk::turn) opens it.
pub struct Turn {
    pub(crate) place: SignaturePlace,
    pub(crate) base: Base,
    field: Option<Text>,
    password: Option<Password>,
}

impl Turn {
    pub(crate) fn new(
        place: SignaturePlace,
        base: Base,
        field: Option<Text>,
        password: Option<&Password>,
    ) -> Self {
        Self { place, base, field, password: password.cloned() }
    }

    /// The envelope, party and document.
    #[must_use]
    pub const fn place(&self) -> SignaturePlace {
        self.place
    }

    /// SHA-256 of the revision that the signature will be added to.
    #[must_use]
    pub const fn base(&self) -> ContentDigest {
        self.base.digest
    }

    /// The full name of the field in which the party signs; none where its signature is not to be seen.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.field.as_ref().map(Text::as_str)
    }

    /// How the document is signed: by [`prepare`](Self::prepare) or by [`prepare_file`](Self::prepare_file).
    #[must_use]
    pub const fn form(&self) -> DocumentForm {
        self.base.form()
    }

    /// What the revision permits, to this signature in its field.
    ///
    /// # Errors
    /// If its bytes cannot be read any more.
    pub fn permission(&self) -> Result<DocumentPermission, SessionError> {
        let digest = self.base.digest;
        match &self.base.content {
            Content::Pdf(pdf) => {
                let permission = DocumentPermission::of_pdf(&**pdf, digest, self.password.as_ref())?;
                Ok(permission.with_places(self.field().into_iter()))
            }
            Content::File(file) => Ok(DocumentPermission::of_file(digest, file)),
        }
    }

    /// Prepares the signature in a PDF: all but the key. The signer says with which certificate, when, and what people see; the
    /// field is the party's, and the meaning (21 CFR 11.50) goes into the dictionary, the appearance and the record, word
    /// by word. An encrypted document needs the signer's [`password`](PdfSigner::password) too.
    ///
    /// # Errors
    /// [`SessionError::OtherForm`] if it is no PDF. If the document must not be signed, or not like this;
    /// [`SessionError::Words`] if the meaning cannot be recorded.
    pub fn prepare<K>(
        &self,
        signer: PdfSigner<'_, K>,
        meaning: SignatureMeaning,
    ) -> Result<PreparedTurn<'_>, SessionError> {
        let Content::Pdf(pdf) = &self.base.content else { return Err(self.other_form()) };
        let signer = signer.meaning(meaning);
        let signer = match self.field() {
            Some(field) => signer.field(field),
            None => signer,
        };
        self.prepared_pdf(signer.prepare(&**pdf)?)
    }

    /// Prepares the signature beside a document that is no PDF: all but the key. What it says stands in its signed
    /// attributes, see [`FileSigner`]. The document is digested by the algorithm of the signature; nothing of it is in
    /// what the key gets.
    ///
    /// # Errors
    /// [`SessionError::OtherForm`] if it is a PDF, [`SessionError::OutsideValidity`] of the certificate,
    /// [`SessionError::Words`] if the meaning cannot be recorded.
    pub fn prepare_file(
        &self,
        signer: &FileSigner,
        meaning: SignatureMeaning,
    ) -> Result<PreparedTurn<'_>, SessionError> {
        let Content::File(base) = &self.base.content else { return Err(self.other_form()) };
        self.prepared_file(PreparedFile::new(base, self.place, signer, meaning)?, base)
    }

    /// Takes up what was stored of this turn ([`PreparedTurn::to_bytes`]), in another process, days later. Nothing of it is
    /// believed: the signature is prepared anew and compared.
    ///
    /// # Errors
    /// [`SessionError::Stored`] if it is another's, [`SessionError::Stale`] if the document has changed since.
    pub fn resume(&self, stored: &[u8]) -> Result<PreparedTurn<'_>, SessionError> {
        let (place, base, made) = stored_turn::read(stored)?;
        if place != self.place {
            return Err(SessionError::Stored {
                why: "it was prepared for another envelope, party or document",
            });
        }
        if base != self.base.digest {
            return Err(SessionError::Stale { document: place.document, base, head: self.base.digest });
        }
        match &self.base.content {
            Content::Pdf(pdf) => {
                let stored = StoredPdf::from_bytes(made)?;
                self.prepared_pdf(match &self.password {
                    Some(password) => stored.with_password(&**pdf, password.clone())?,
                    None => stored.with(&**pdf)?,
                })
            }
            Content::File(base) => {
                self.prepared_file(PreparedFile::from_bytes(made, base, self.place)?, base)
            }
        }
    }

    fn prepared_pdf<'t>(&'t self, pdf: PreparedPdf<'t>) -> Result<PreparedTurn<'t>, SessionError> {
        let statement = pdf.statement()?;
        let words = Words::of(pdf.chain().first().ok_or(PadesError::NoCertificate)?, &statement)?;
        Ok(PreparedTurn { turn: self, made: Prepared::Pdf { pdf: Box::new(pdf), statement }, words })
    }

    fn prepared_file<'t>(
        &'t self,
        file: PreparedFile,
        base: &'t SignedFile,
    ) -> Result<PreparedTurn<'t>, SessionError> {
        let words = Words::of(file.certificate(), &file.statement)?;
        Ok(PreparedTurn { turn: self, made: Prepared::File { file: Box::new(file), base }, words })
    }

    pub(crate) const fn other_form(&self) -> SessionError {
        SessionError::OtherForm { document: self.place.document, form: self.form() }
    }
}

/// The field in which the holder of a seat signs a document.
pub(crate) fn field(envelope: &Envelope, place: SignaturePlace) -> Option<Text> {
    let seat = envelope.slot(place.party)?.seat();
    let fields = &envelope.draft().fields;
    let is_its = |field: &&Field| {
        field.party == seat && field.document == place.document && field.content == FieldContent::Signature
    };
    fields.iter().find(is_its).map(|field| field.name.clone())
}
