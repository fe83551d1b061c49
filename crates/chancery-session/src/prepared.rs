//! A turn that lacks only the signature.

use std::fmt;

use chancery_auth::ProvedFactor;
use chancery_certificate::Certificate;
use chancery_key::{SignatureValue, ToBeSigned};
use chancery_pades::{PreparedPdf, Statement};
use chancery_workflow::{BeginSigning, Command, Fingerprint, Permissions, Pinned, Text};
use jiff::{SignedDuration, Timestamp};

use crate::base::SignedFile;
use crate::error::SessionError;
use crate::prepared_file::PreparedFile;
use crate::signed::{Signed, SignedTurn};
use crate::turn::Turn;
use crate::{fingerprint, stored_turn, words};

/// A turn that lacks only the signature value: what the key has to sign, and what the workflow pins.
pub struct PreparedTurn<'t> {
    pub(crate) turn: &'t Turn,
    pub(crate) made: Prepared<'t>,
    pub(crate) words: Words,
}

/// What was prepared.
pub(crate) enum Prepared<'t> {
    Pdf { pdf: Box<PreparedPdf<'t>>, statement: Statement },
    File { file: Box<PreparedFile>, base: &'t SignedFile },
}

/// What the signature says, and the record with it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Words {
    pub(crate) certificate: Fingerprint,
    pub(crate) signed_at: Timestamp,
    pub(crate) meaning: Text,
}

impl<'t> PreparedTurn<'t> {
    /// What the key has to sign. Only its digest has to leave the house.
    #[must_use]
    pub const fn to_be_signed(&self) -> &ToBeSigned {
        match &self.made {
            Prepared::Pdf { pdf, .. } => pdf.to_be_signed(),
            Prepared::File { file, .. } => file.to_be_signed(),
        }
    }

    /// What the workflow pins of this document when the signing begins.
    #[must_use]
    pub fn pinned(&self) -> Pinned {
        Pinned {
            document: self.turn.place.document,
            base: self.turn.base.digest,
            to_be_signed: *self.to_be_signed().digest(),
        }
    }

    /// What the signature says in words, as its dictionary and its appearance have it, or its signed attributes; and the
    /// record with them.
    #[must_use]
    pub const fn statement(&self) -> &Statement {
        match &self.made {
            Prepared::Pdf { statement, .. } => statement,
            Prepared::File { file, .. } => &file.statement,
        }
    }

    /// What is needed to go on later: neither the document nor a password. [`Turn::resume`] reads it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let made = match &self.made {
            Prepared::Pdf { pdf, .. } => pdf.to_bytes(),
            Prepared::File { file, .. } => file.to_bytes(),
        };
        stored_turn::write(self.turn.place, self.turn.base.digest, &made)
    }

    /// Puts the signature value in. One from outside this process is verified first.
    ///
    /// # Errors
    /// If the value was not made over these bytes with the key of the certificate.
    pub fn finish(self, value: SignatureValue) -> Result<SignedTurn<'t>, SessionError> {
        let to_be_signed = *self.to_be_signed().digest();
        let Self { turn, made, words } = self;
        let made = match made {
            Prepared::Pdf { pdf, .. } => Signed::Pdf(Box::new(pdf.finish(value)?)),
            Prepared::File { file, base } => {
                Signed::File { signature: Box::new(file.finish(base, value)?), base }
            }
        };
        Ok(SignedTurn { turn, made, words, to_be_signed, timestamp: None })
    }
}

impl fmt::Debug for PreparedTurn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedTurn")
            .field("place", &self.turn.place)
            .field("pinned", &self.pinned())
            .finish_non_exhaustive()
    }
}

/// The command by which a party begins to sign these documents, all of one envelope, with one certificate, one time and one
/// meaning; in the order in which [`Envelope::signs`](chancery_workflow::Envelope::signs) names them.
///
/// `factors` are proved for [`Envelope::signing_occasion`](chancery_workflow::Envelope::signing_occasion) of
/// [`PreparedTurn::pinned`].
///
/// # Errors
/// [`SessionError::Apart`] if they do not go together, [`SessionError::Read`] if a revision cannot be read any more.
pub fn begin_signing(
    turns: &[PreparedTurn<'_>],
    lease: SignedDuration,
    factors: Vec<ProvedFactor>,
) -> Result<Command, SessionError> {
    let first = turns.first().ok_or(SessionError::Apart { why: "there is none" })?;
    let whose = |turn: &PreparedTurn<'_>| (turn.turn.place.envelope, turn.turn.place.party);
    let mut permissions: Permissions = Vec::new();
    for turn in turns {
        if whose(turn) != whose(first) {
            return Err(SessionError::Apart { why: "they are of two parties" });
        }
        if turn.words != first.words {
            return Err(SessionError::Apart { why: "their certificates, times or meanings differ" });
        }
        permissions.push(Box::new(turn.turn.permission()?));
    }
    let Words { certificate, signed_at, meaning } = first.words.clone();
    Ok(Command::BeginSigning(Box::new(BeginSigning {
        party: first.turn.place.party,
        lease,
        documents: turns.iter().map(PreparedTurn::pinned).collect(),
        certificate,
        signed_at,
        meaning: Some(meaning),
        permissions,
        factors,
    })))
}

impl Words {
    /// What a signature will say: from the very statement that its dictionary and its appearance are made of.
    pub(crate) fn of(signer: &Certificate, statement: &Statement) -> Result<Self, SessionError> {
        Ok(Self {
            certificate: fingerprint::of(signer),
            signed_at: whole_seconds(statement.signed_at()),
            meaning: words::meaning(statement)?,
        })
    }
}

/// Neither a PDF date nor a signing-time has fractions of a second (ISO 32000-2, 7.9.4; RFC 5652, 11.3).
fn whole_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}
