//! A party's turn: what it is about to sign.

use chancery_key::Password;
use chancery_pades::{PdfSigner, PreparedPdf, SignatureMeaning, StoredPdf};
use chancery_workflow::{ContentDigest, Envelope, Field, FieldContent, SignaturePlace, Text};

use crate::base::Base;
use crate::error::SessionError;
use crate::permission::DocumentPermission;
use crate::prepared::{PreparedTurn, Words};
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

    /// What the revision permits, to this signature in its field.
    ///
    /// # Errors
    /// If its bytes cannot be read any more.
    pub fn permission(&self) -> Result<DocumentPermission, SessionError> {
        let permission = DocumentPermission::of(&*self.base.bytes, self.base.digest, self.password.as_ref())?;
        Ok(permission.with_places(self.field().into_iter()))
    }

    /// Prepares the signature: all but the key. The signer says with which certificate, when, and what people see; the
    /// field is the party's, and the meaning (21 CFR 11.50) goes into the dictionary, the appearance and the record, word
    /// by word. An encrypted document needs the signer's [`password`](PdfSigner::password) too.
    ///
    /// # Errors
    /// If the document must not be signed, or not like this; [`SessionError::Words`] if the meaning cannot be recorded.
    pub fn prepare<K>(
        &self,
        signer: PdfSigner<'_, K>,
        meaning: SignatureMeaning,
    ) -> Result<PreparedTurn<'_>, SessionError> {
        let signer = signer.meaning(meaning);
        let signer = match self.field() {
            Some(field) => signer.field(field),
            None => signer,
        };
        self.prepared(signer.prepare(&*self.base.bytes)?)
    }

    /// Takes up what was stored of this turn ([`PreparedTurn::to_bytes`]), in another process, days later. Nothing of it is
    /// believed: the signature is prepared anew and compared.
    ///
    /// # Errors
    /// [`SessionError::Stored`] if it is another's, [`SessionError::Stale`] if the document has changed since.
    pub fn resume(&self, stored: &[u8]) -> Result<PreparedTurn<'_>, SessionError> {
        let (place, base, pdf) = stored_turn::read(stored)?;
        if place != self.place {
            return Err(SessionError::Stored {
                why: "it was prepared for another envelope, party or document",
            });
        }
        if base != self.base.digest {
            return Err(SessionError::Stale { document: place.document, base, head: self.base.digest });
        }
        let pdf = StoredPdf::from_bytes(pdf)?;
        self.prepared(match &self.password {
            Some(password) => pdf.with_password(&*self.base.bytes, password.clone())?,
            None => pdf.with(&*self.base.bytes)?,
        })
    }

    fn prepared<'t>(&'t self, pdf: PreparedPdf<'t>) -> Result<PreparedTurn<'t>, SessionError> {
        let statement = pdf.statement()?;
        let words = Words::of(&pdf, &statement)?;
        Ok(PreparedTurn { turn: self, pdf, statement, words })
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
