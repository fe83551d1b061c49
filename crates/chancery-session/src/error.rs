//! Why a turn could not be taken.

use std::io;

use chancery_cades::CadesError;
use chancery_cms::CmsError;
use chancery_digest::BlobError;
use chancery_pades::PadesError;
use chancery_timestamp::TimestampError;
use chancery_workflow::{ContentDigest, DocumentId, PartyId, Revision, Text, TextError};
use jiff::Timestamp;

use crate::form::DocumentForm;

/// Why a turn could not be taken, or a signature not be handed to the workflow. Nothing was written that an envelope names.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// The party does not sign this document, or is none.
    #[error("{party} does not sign {document}: `Envelope::signs` says which documents it signs")]
    NotToSign {
        /// Who.
        party: PartyId,
        /// Which document.
        document: DocumentId,
    },
    /// The envelope has no such document.
    #[error("there is no {0} in this envelope")]
    NoDocument(DocumentId),
    /// The store has not got the revision, or another in its place.
    #[error("the revision cannot be had from the store")]
    Blob(#[from] BlobError),
    /// The revision cannot be read.
    #[error("the document could not be read")]
    Read(#[from] io::Error),
    /// The document cannot be signed, or not like this.
    #[error(transparent)]
    Pades(#[from] PadesError),
    /// The signature beside a document cannot be made or read.
    #[error(transparent)]
    Cades(#[from] CadesError),
    /// The document is signed in another way: a PDF in itself, by [`Turn::prepare`](crate::Turn::prepare), anything else
    /// beside itself, by [`Turn::prepare_file`](crate::Turn::prepare_file).
    #[error("{document} is signed {}", how(*.form))]
    OtherForm {
        /// Which document.
        document: DocumentId,
        /// How it is signed.
        form: DocumentForm,
    },
    /// The signer's certificate is not valid at the time that the signature would say.
    #[error("the certificate is valid from {from} to {until}: sign with another, or within that time")]
    OutsideValidity {
        /// From when it is valid.
        from: Timestamp,
        /// Until when.
        until: Timestamp,
    },
    /// Words that the record does not take: of many lines, of hidden characters, too long.
    #[error("the {what} cannot be recorded as it is")]
    Words {
        /// Which: the meaning, the subject of the certificate.
        what: &'static str,
        /// What is wrong with them.
        #[source]
        source: TextError,
    },
    /// A session without documents, or of signatures that do not go together.
    #[error("these signatures are not of one session: {why}")]
    Apart {
        /// In what they differ.
        why: &'static str,
    },
    /// What was stored is no turn, or that of another.
    #[error("this is not what was stored of this turn: {why}")]
    Stored {
        /// In what it differs.
        why: &'static str,
    },
    /// Somebody else signed first: the signature is for a revision that is not current any more. Prepare it again on the
    /// new one, and tell the workflow, which records it: `CompleteSigning` without proofs.
    #[error("{document} was prepared on {base}, and is {head} by now: prepare it again")]
    Stale {
        /// Which document.
        document: DocumentId,
        /// What it was prepared on.
        base: ContentDigest,
        /// What it is now.
        head: ContentDigest,
    },
    /// The party has no signing session, or one for something else.
    #[error("{party} has begun no signing of these bytes at {head}: begin it first")]
    NotBegun {
        /// Who.
        party: PartyId,
        /// The head.
        head: Revision,
    },
    /// The lease of the session is over.
    #[error("the signing session ended at {until}: begin another")]
    LeaseExpired {
        /// When.
        until: Timestamp,
    },
    /// The authority gave no timestamp.
    #[error(transparent)]
    Timestamp(#[from] TimestampError),
    /// The new revision was verified, and its signature did not pass.
    #[error("the signature `{which}` did not pass: {why}")]
    NotPassed {
        /// Which: the full name of its field, or its number among those beside a file; safe to show.
        which: String,
        /// The verdict, with what would help.
        why: String,
    },
    /// The new revision holds something else than its base and one signature more.
    #[error("the new revision is not its base with one more signature: {why}")]
    NotOneSignature {
        /// What it holds.
        why: &'static str,
    },
    /// Somebody signed at the end who is no seal of this envelope: people sign in their turns only.
    #[error("the signature `{which}` is no seal of the final document: {why}")]
    NotASeal {
        /// Which, safe to show.
        which: String,
        /// Why not.
        why: &'static str,
    },
    /// An earlier signature would stand worse than before.
    #[error("the signature `{which}` would not stand as before: {why}")]
    EarlierHarmed {
        /// Which: the full name of its field, or its number among those beside a file; safe to show.
        which: String,
        /// Its verdict then.
        why: String,
    },
    /// The signature says another meaning or time than was pinned when signing began.
    #[error("the signature differs in its {what} from what was pinned when signing began")]
    NotAsPinned {
        /// In what.
        what: &'static str,
    },
    /// The signature certifies or locks the document, so that somebody who has yet to sign could not.
    #[error("with this signature others could not sign any more: {why}")]
    ShutsOut {
        /// Why not.
        why: Text,
    },
    /// Something was appended at the end to a document that nobody has signed.
    #[error(
        "nobody has signed {document}, so nothing shows what was appended to it: hand it in as it is, or give the envelope a party that seals it"
    )]
    NobodySigned {
        /// Which document.
        document: DocumentId,
    },
    /// What should be the final document is not made of the one that was signed.
    #[error("this is not {document} as it was signed last, with something appended")]
    NotItsSuccessor {
        /// Which document.
        document: DocumentId,
    },
}

impl From<CmsError> for SessionError {
    fn from(error: CmsError) -> Self {
        Self::Cades(error.into())
    }
}

const fn how(form: DocumentForm) -> &'static str {
    match form {
        DocumentForm::Pdf => "in itself, as a PDF: prepare it with a `PdfSigner`",
        DocumentForm::File => "beside itself, as it is no PDF: prepare it with a `FileSigner`",
    }
}
